"""A plan of given notes alone: checked, explained, compared and verified as any other; what one with contracts states."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.comparison import compare
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import verify
from tests.given.holder import plan_of


@pytest.fixture
def january(months: list[Run], tmp_path: Path) -> Path:
    """The plan of January in a copy of the books, beside the run of the year before."""
    plan = Path(shutil.copytree(months[0].plan_folder, tmp_path / "books")) / "plan.toml"
    plan.write_text(plan_of(1), encoding="utf-8")
    return plan


def test_a_plan_without_contracts_is_looked_at_as_any_other(months: list[Run], january: Path) -> None:
    assert check(january).exit_code == 0
    assert [column.note for column in months[1].exact.columns] == ["i", "ii", "iii"]
    assert months[1].kinds == []
    told = explain(months[1], f"{months[1].manifest.statements.closing}/rou/leases")
    (rows,) = [table for table in told.tables if table.title == "Rows of files"]
    assert [(row[0], row[-1]) for row in rows.rows] == [
        ("leases.csv", -100_00), ("leases.csv", -30_00), ("adjustments.csv", 8_00),
    ]  # fmt: skip
    assert verify(months[1].folder / "statement.json").exit_code == 0


@pytest.mark.parametrize("table", ["elections", "vat", "tax", "tapes", "curves"])
def test_a_plan_with_contracts_states_all_about_them(runs: list[Run], tmp_path: Path, table: str) -> None:
    lines = (runs[1].plan_folder / "plan.toml").read_text(encoding="utf-8").splitlines()
    kept, dropping = [], False
    for line in lines:
        if line.startswith("["):
            dropping = line.startswith((f"[{table}]", f"[{table}."))
        kept += [] if dropping else [line]
    plan = tmp_path / "plan.toml"
    plan.write_text("\n".join([*kept, ""]), encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"this key has no default and must be stated") as told:
        check(plan)
    assert (told.value.key, told.value.remedy) == (table, f"add the table [{table}]")


def test_a_changed_adjustment_is_named_as_what_moved_its_column(january: Path) -> None:
    """1.50 more of an adjustment: 1.50 more of the asset, and 1.12 or 1.13 of equity after tax, in its column alone."""
    before = close(january)
    file = january.parent / "adjustments.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("8.00", "9.50"), encoding="utf-8")
    after = close(january)
    compared = compare(before, after)
    assert [one.name for one in compared.changes.in_place] == ["adjustments"]
    assert {one.column for one in compared.effects if one.cell.difference_minor} == {"leases", "ifrs"}
    (moved,) = [one for one in compared.effects if (one.column, one.on) == ("leases", "equity")]
    assert compared.attribution is not None
    (step,) = compared.attribution.steps
    sheet = after.manifest.statements.closing
    assert step.contributions[f"{sheet}/rou/leases"] == 1_50
    assert moved.cell.difference_minor in (1_12, 1_13)
    assert moved.cell.difference_minor == step.contributions[f"{sheet}/eq/leases"]
    assert "adjustments" in compared.as_text()


def test_all_that_is_wrong_with_the_given_notes_of_a_plan_is_told_at_once(january: Path) -> None:
    """One that is no column, one with an account of no chart and no rates, one that states tax and has a rate."""
    text = january.read_text(encoding="utf-8").replace(', "preferred_shares"]', "]").replace("[tax.investments]", "[tax.other]")
    text = text.replace('["1831", "4012"]', '["1831", "4099", "6801"]')
    leases, _, others = text.partition('tax = "rate"')
    january.write_text(f'{leases}tax = "stated"{others}', encoding="utf-8")
    with pytest.raises(UnusableInput) as told:
        check(january)
    assert [(one.key, one.value) for one in (told.value, *told.value.further)] == [
        ("tax.leases", "leases"),
        ("given.investments.accounts", '"4099"'),
        ("given.investments.accounts", '"6801"'),
        ("tax.investments", "missing"),
        ("notes.order", '["leases", "investments"]'),
    ]


def test_what_is_wrong_with_the_files_of_given_notes_is_told_at_once(january: Path) -> None:
    for name, old, new in (("leases.csv", "1821,-30.00", "1821,-31.00"), ("investments.csv", "4012,-100.00", "4012,-101.00")):
        file = january.parent / name
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(UnusableInput) as told:
        check(january)
    assert [(one.file, one.column) for one in (told.value, *told.value.further)] == [
        ("leases.csv", "path"), ("investments.csv", "path"),
    ]  # fmt: skip


def test_rates_that_begin_too_late_are_told_at_once(january: Path) -> None:
    text = january.read_text(encoding="utf-8").replace("enacted = 2007-03-16", "enacted = 2023-01-10")
    january.write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput) as told:
        check(january)
    assert [one.key for one in (told.value, *told.value.further)] == ["tax.leases.rates", "tax.investments.rates"]


def test_an_approval_alone_moves_nothing(january: Path) -> None:
    before = close(january)
    file = january.parent / "adjustments.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("Li,Wang", "Li,Zhao"), encoding="utf-8")
    compared = compare(before, close(january))
    assert [one.name for one in compared.changes.in_place] == ["adjustments"]
    assert [one for one in compared.effects if one.cell.difference_minor] == []
