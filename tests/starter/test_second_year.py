"""The next period as its page describes it: the table has every key that changes, and the plan made so closes."""

import fnmatch
import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.checking import check
from gaapbridge.example.demo import Demonstration
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.terms.errors import UnusableInput
from tests.docs.pages import DOCS, Page
from tests.made_once import MadeOnce

CHANGED = [row["in the plan"] for row in Page(DOCS / "second-year.md").table("What changes in the plan").rows]

BASIS = "opening basis difference"


@pytest.fixture(scope="module")
def done(made_once: MadeOnce, tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """Both years of a small example lender, in a copy."""
    return made_once.copied(300, tmp_path_factory.mktemp("years") / "demo")


def flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every key of a plan, written in full, with its value."""
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def differing(one: Path, other: Path) -> set[str]:
    """Keys of either plan that the other does not have, or has with another value."""
    first, second = (dict(flat(tomllib.loads(path.read_text(encoding="utf-8")))) for path in (one, other))
    return {key for key in first | second if first.get(key) != second.get(key)}


def test_the_table_has_every_key_that_changes_and_no_other(done: Demonstration) -> None:
    changed = differing(done.plan.with_name("plan-2022.toml"), done.plan)
    assert {key for key in changed if not any(fnmatch.fnmatch(key, row) for row in CHANGED)} == set()
    assert [row for row in CHANGED if not fnmatch.filter(changed, row)] == []


def test_the_second_year_opens_with_what_the_first_left(done: Demonstration) -> None:
    assert (done.prior.exit_code, done.run.exit_code) == (0, 0)
    (brought,) = [line for line in check(done.plan).as_text().split("\n") if "brought forward" in line]
    amounts = len((done.prior.folder / "brought_forward.csv").read_text().splitlines()) - 1
    assert brought.endswith(f"the prior run runs/example-lender/2022-01-01_2022-12-31/v1, {amounts} amounts")


def test_opening_tapes_left_out_are_those_of_the_prior_run(done: Demonstration) -> None:
    lines = done.plan.read_text(encoding="utf-8").split("\n")
    shorter = done.plan.with_name("shorter.toml")
    shorter.write_text("\n".join(line for line in lines if not line.startswith('opening = "tapes/')), encoding="utf-8")
    assert len(differing(done.plan, shorter)) == 3
    again = close(shorter)
    assert (again.folder / "totals.json").read_bytes() == (done.run.folder / "totals.json").read_bytes()


def test_a_control_total_left_from_the_year_before_is_a_finding(done: Demonstration) -> None:
    first = tomllib.loads(done.plan.with_name("plan-2022.toml").read_text(encoding="utf-8"))["tapes"]["loans"]["control"]
    second = tomllib.loads(done.plan.read_text(encoding="utf-8"))["tapes"]["loans"]["control"]
    rows, stale = (f"rows = {control['closing']['rows']}\n" for control in (second, first))
    forgotten = done.plan.with_name("forgotten.toml")
    forgotten.write_text(done.plan.read_text(encoding="utf-8").replace(rows, stale, 1), encoding="utf-8")
    assert any("control" in finding.name for finding in check(forgotten).findings)


@pytest.mark.campaign
def test_an_old_version_of_a_curve_changed_is_an_opening_basis_difference_and_a_new_one_is_not(done: Demonstration) -> None:
    curve = done.plan.parent / "curves" / "loss_given_default.csv"
    own = curve.read_text(encoding="utf-8")
    header, *rows = own.splitlines()
    newest = max(row.split(",")[0] for row in rows)
    halved = [halved_losses(row) for row in rows if row.startswith(newest)]
    try:
        curve.write_text("\n".join([header, *map(halved_losses, rows)]) + "\n", encoding="utf-8")
        assert BASIS in {finding.name for finding in close(done.plan).listed.findings}
        added = [row.replace(newest, "2023-12-01", 1) for row in halved]
        curve.write_text("\n".join([header, *rows, *added]) + "\n", encoding="utf-8")
        assert BASIS not in {finding.name for finding in close(done.plan).listed.findings}
    finally:
        curve.write_text(own, encoding="utf-8")


def halved_losses(row: str) -> str:
    """A row of losses given default with half of both."""
    *key, undiscounted, discounted = row.split(",")
    return ",".join([*key, str(float(undiscounted) / 2), str(float(discounted) / 2)])


@pytest.mark.campaign
def test_a_comparative_is_explained_from_the_run_it_is_printed_from(done: Demonstration) -> None:
    printed = json.loads((done.run.folder / "statement.json").read_text(encoding="utf-8"))
    (comparative,) = [statement for statement in printed["statements"] if statement["id"] == "is-2022"]
    for row in comparative["rows"]:
        told = explain(done.run.folder, f"is-2022/{row['id']}/ifrs").facts
        assert (told["printed"], Path(told["run"])) == (row["ifrs"], done.prior.folder)


def changed_plan(done: Demonstration, name: str, old: str, new: str) -> Path:
    """The plan of the second year with a text replaced, beside it."""
    text = done.plan.read_text(encoding="utf-8")
    assert old in text
    path = done.plan.with_name(name)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.campaign
def test_another_opening_ledger_is_a_finding_and_the_notes_say_restated(done: Demonstration) -> None:
    """70,000 more cash than the prior run closed with, and as much more retained earnings."""
    other = done.plan.parent / "ledger" / "restated.csv"
    ledger = pl.read_csv(other.with_name("trial-balance-2022-12-31.csv"))
    ledger.with_columns(
        debit_minor=pl.col("debit_minor") + 7_000_000 * (pl.col("account") == 1001).cast(pl.Int64),
        credit_minor=pl.col("credit_minor") + 7_000_000 * (pl.col("account") == 4104).cast(pl.Int64),
    ).write_csv(other)
    plan = changed_plan(done, "restated.toml", "ledger/trial-balance-2022-12-31.csv", "ledger/restated.csv")
    told = {finding.where: finding.amount_minor for finding in check(plan).findings}
    assert told == {"trial_balance.opening/1001": 7_000_000, "trial_balance.opening/4104": -7_000_000}
    run = close(plan)
    names = {"opening ledger differs from the prior close", "retained earnings do not roll forward"}
    assert {finding.name for finding in run.listed.findings} == names
    notes = " ".join((run.folder / "notes.txt").read_text(encoding="utf-8").split())
    assert "the balance sheet as of December 31, 2022 is restated" in notes


@pytest.mark.parametrize(
    ("old", "new"), [("presentation_unit = 1000", "presentation_unit = 1"), ("minor_digits = 2", "minor_digits = 3")]
)
def test_a_prior_run_in_other_units_is_refused(done: Demonstration, old: str, new: str) -> None:
    with pytest.raises(UnusableInput, match=f"entity.{old.split()[0]}"):
        check(changed_plan(done, "units.toml", old, new))


@pytest.mark.parametrize("name", ["statement.json", "brought_forward.csv", "ledger.json"])
def test_a_prior_run_that_was_changed_is_refused(done: Demonstration, name: str) -> None:
    artefact = done.prior.folder / name
    own = artefact.read_bytes()
    try:
        artefact.write_bytes(own + b"\n")
        with pytest.raises(UnusableInput, match="this one is changed"):
            check(done.plan)
    finally:
        artefact.write_bytes(own)
