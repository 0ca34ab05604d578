"""The roll-forward of a run by component: opening, flows and closing add up, to the journals and to what is measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from tests.miniature import first_year, second_year

CHANGED = {
    "nothing": (),
    "a liability": (('ifrs_liability = "higher_of"', 'ifrs_liability = "additive"'),),
    "awards": (('us_attribution = "straight_line"', 'us_attribution = "graded"'),),
}
"""What the second year answers otherwise than the first did."""


def rows(run: Run) -> list[dict[str, object]]:
    content: list[dict[str, object]] = json.loads((run.folder / "roll_forward.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter's lender, its first year closed."""
    folder = write_starter(tmp_path_factory.mktemp("rolled") / "lender").folder
    (folder / "first.toml").write_text(first_year((folder / "plan.toml").read_text(encoding="utf-8")), encoding="utf-8")
    close(folder / "first.toml")
    return folder


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("changed", CHANGED)
def test_each_component_rolls_to_its_own_closing(lender: Path, changed: str) -> None:
    """Opening, flows and closing of a component; all of an account are its journals. After a basis difference each component
    closes as where the opening tape, and no prior run, is what the period opens with."""
    text = (lender / "plan.toml").read_text(encoding="utf-8")
    for old, new in CHANGED[changed]:
        assert old in text
        text = text.replace(old, new)
    plans = {"prior": second_year(text), "tape": text.replace('"Example Lender', '"Another Lender')}
    for name, content in plans.items():
        (lender / f"{name}.toml").write_text(content, encoding="utf-8")
    prior, tape = (close(lender / f"{name}.toml") for name in plans)
    assert any(one.name == "opening basis difference" for one in prior.listed.findings) is (changed != "nothing")
    equity = {prior.manifest.posting[role] for role in ("retained_earnings", "opening_basis_difference")}
    closings = []
    for run in (prior, tape):
        sums: dict[tuple[str, str], int] = {}
        for row in rows(run):
            flows: dict[str, int] = row["flows_minor"]  # type: ignore[assignment]
            assert row["opening_minor"] + sum(flows.values()) == row["closing_minor"]  # type: ignore[operator]
            key = (str(row["note"]), str(row["account"]))
            sums[key] = sums.get(key, 0) + int(str(row["closing_minor"]))
        posted: dict[tuple[str, str], int] = {}
        for line in run.listed.journals:
            posted[line.note, line.account] = posted.get((line.note, line.account), 0) + line.amount_minor
        assert sums == posted
        closing = {(row["note"], row["component"], row["account"]): row["closing_minor"] for row in rows(run)}
        closings.append({key: amount for key, amount in closing.items() if amount and key[2] not in equity})
    assert closings[0] == closings[1] != {}


def test_flow_and_component_of_a_line_are_those_of_its_entry(lender: Path) -> None:
    run = Run(sorted(lender.glob("runs/*/*/v1"))[0])
    for line in run.listed.journals:
        assert line.entry.endswith(f"-{line.component}") and line.flow
