"""What every note and every kind must satisfy, found by their folders and tried on the starter's lender, which has them all.

A further kind, or a further note, is measured here without a word of this file: each brings its contracts to the starter.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.engine.local import Threads
from gaapbridge.notes import FOLDERS, NOTES, standard_treatments
from gaapbridge.period_close import close
from gaapbridge.period_close.inputs import read_inputs
from gaapbridge.plan import read_plan
from gaapbridge.run import Run
from gaapbridge.run.folder import measurement_path
from gaapbridge.starter import write_starter
from gaapbridge.tapes import ranges, survey
from tests.differences.journals import amount, changed, journal, rolled
from tests.miniature import first_year, second_year

ENTITY = '"Example Lender"'


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_starter(tmp_path_factory.mktemp("notes") / "lender").plan


@pytest.fixture(scope="module")
def run(plan: Path) -> Run:
    return close(plan)


@pytest.fixture(scope="module")
def alike(plan: Path) -> dict[str, Run]:
    """The lender closed with one framework on both sides of every note, by framework."""
    return {
        name: close(
            changed(plan, f"plan-{name}.toml", (ENTITY, f'"Both {name}"')),
            treatments={key: (sides[side], sides[side]) for key, sides in standard_treatments().items()},
        )
        for side, name in enumerate(("US GAAP", "IFRS"))
    }


@pytest.fixture(scope="module")
def years(plan: Path) -> list[Run]:
    """2022, before which there is nothing, and 2023, which opens with it."""
    text = plan.read_text(encoding="utf-8").replace(ENTITY, '"Two Years"')
    runs = []
    for name, of_year in (("first", first_year), ("second", second_year)):
        stated = plan.with_name(f"plan-{name}.toml")
        stated.write_text(of_year(text), encoding="utf-8")
        runs.append(close(stated))
    return runs


def test_every_note_and_every_kind_is_in_the_plan(plan: Path) -> None:
    stated = read_plan(plan, DECLARED)
    missing = set(FOLDERS) - set(stated.notes.order)
    assert not missing, f"the starter's plan has no note {missing}: is its kind among the kinds of contracts?"
    assert [population.kind for population in read_inputs(stated).populations] == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_note_is_measured_on_every_kind(kind: str) -> None:
    notes = [note.key for note in NOTES.values() if kind in note.kinds]
    assert notes, f"no note under differences names {kind} in its balances: what is measured of them is never posted"


@pytest.mark.parametrize("kind", KINDS)
def test_contracts_of_every_kind_are_measured(run: Run, kind: str) -> None:
    assert list(measurement_path(run.folder, kind).glob("*.parquet")), (
        f"no contract of {kind} was measured: see its starter/tapes"
    )


@pytest.mark.parametrize("framework", ["US GAAP", "IFRS"])
@pytest.mark.parametrize("key", sorted(FOLDERS))
def test_equal_policies_make_no_difference(alike: dict[str, Run], key: str, framework: str) -> None:
    """One framework on both sides of the note: its journal has no line. A policy that one side has alone answers as well."""
    lines = [line for line in journal(alike[framework]) if line["note"] == NOTES[key].column]
    assert lines == [], f"note {key} posts with {framework} on both sides: what does it read past the treatments?"


@pytest.mark.parametrize("key", sorted(FOLDERS))
def test_each_note_makes_a_difference(run: Run, key: str) -> None:
    """The rest would hold of notes that post nothing: every note moves and brings forward."""
    kinds = {line["kind"] for line in journal(run) if line["note"] == NOTES[key].column}
    missing = {"brought_forward", "movement"} - kinds
    assert not missing, (
        f"note {key} posts no {missing}: bring a contract to {', '.join(NOTES[key].kinds)} of the starter that makes it"
    )


@pytest.mark.parametrize("key", sorted(FOLDERS))
def test_each_note_touches_what_it_declares_only(run: Run, key: str) -> None:
    posting = json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))["posting"]
    declared = {posting[role] for role in NOTES[key].roles(KINDS)}
    other = {line["account"] for line in journal(run) if line["note"] == NOTES[key].column} - declared
    assert not other, f"note {key} posts to accounts of roles that differences/{key}/__init__.py does not name"


@pytest.mark.parametrize("key", sorted(FOLDERS))
def test_each_entry_balances_in_every_segment(run: Run, key: str) -> None:
    sums: dict[tuple[str, str], int] = {}
    for line in journal(run):
        if line["note"] == NOTES[key].column:
            place = (line["entry"], line["segment"])
            sums[place] = sums.get(place, 0) + amount(line)
    assert sums and {place: total for place, total in sums.items() if total} == {}


def test_totals_do_not_depend_on_ranges_or_workers(plan: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranges of one row on one thread give the totals of whole tapes on two, for every kind of contract."""
    for module in (ranges, survey):
        monkeypatch.setattr(module, "MARK_ROWS", 1)
    monkeypatch.setattr(ranges, "CHUNK_ROWS", 1)
    again = close(changed(plan, "plan-ranges.toml", (ENTITY, '"Ranges"')), engine=Threads(1))
    assert _totals(again) == _totals(run)


@pytest.mark.campaign
def test_totals_do_not_depend_on_the_order_of_rows(plan: Path, run: Run) -> None:
    """Every tape upside down."""
    turned = plan.parent / "turned"
    turned.mkdir()
    tapes = sorted((plan.parent / "tapes").glob("*.csv"))
    for tape in tapes:
        header, *rows = tape.read_text(encoding="utf-8").splitlines(keepends=True)
        (turned / tape.name).write_text("".join([header, *reversed(rows)]), encoding="utf-8")
    places = [(f'"tapes/{tape.name}"', f'"turned/{tape.name}"') for tape in tapes]
    again = close(changed(plan, "plan-turned.toml", (ENTITY, '"Turned"'), *places))
    assert _totals(again) == _totals(run)


def _totals(run: Run) -> dict[str, dict[str, object]]:
    totals: dict[str, dict[str, object]] = json.loads((run.folder / "totals.json").read_text(encoding="utf-8"))
    assert set(totals["measured"]) == set(KINDS), "totals of every kind are compared"
    return totals


def test_every_check_holds_and_nothing_is_found(run: Run, alike: dict[str, Run], years: list[Run]) -> None:
    """With US GAAP on both sides too: the ledger, which is kept in US GAAP, agrees with it."""
    for one in (run, alike["US GAAP"], *years):
        assert [check.id for check in one.listed.checks if not check.holds] == []
        assert one.listed.findings == ()


@pytest.mark.parametrize("key", sorted(FOLDERS))
def test_a_year_opens_as_the_year_before_closed(years: list[Run], key: str) -> None:
    """What the second year brings forward is what the first year posted, account by account."""
    closed, opened = (
        {account: row[state] for (note, account), row in rolled(one).items() if note == NOTES[key].column and row[state]}
        for one, state in zip(years, ("closing", "opening"), strict=True)
    )
    assert opened == closed
    assert opened, f"note {key} has no difference at the end of 2022: bring one to the starter's opening tapes"
