"""What every difference of the example lender must satisfy; test_every_note.py holds to it also the notes that it has not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.engine.local import Threads
from gaapbridge.example import ExampleFiles
from gaapbridge.notes import NOTES, standard_treatments
from gaapbridge.period_close import close
from gaapbridge.period_close.inputs import read_inputs
from gaapbridge.period_close.period import close_plan
from gaapbridge.plan import Plan, read_plan
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.run.folder import measurement_path
from gaapbridge.tapes import ranges, survey
from tests.differences.journals import amount, changed, journal, rolled

US_SIDE, IFRS_SIDE = 0, 1


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("side", [US_SIDE, IFRS_SIDE])
def test_equal_policies_make_no_difference(lender: ExampleFiles, side: int) -> None:
    """One framework on both sides of every note: no journal has a line."""
    both = {key: (sides[side], sides[side]) for key, sides in standard_treatments().items()}
    plan = changed(lender.plans[2022], f"plan-both-{side}.toml", ('"Example Lender"', f'"Both {side}"'))
    run = close(plan, treatments=both)
    assert journal(run) == []


def test_journals_balance_entry_by_entry_and_segment_by_segment(years: list[Run]) -> None:
    sums: dict[tuple[str, str, str], int] = {}
    for line in journal(years[-1]):
        place = (line["note"], line["entry"], line["segment"])
        sums[place] = sums.get(place, 0) + amount(line)
    assert len(sums) > 100
    within_account_segments = {place for place, total in sums.items() if total}
    assert {entry for _, entry, _ in within_account_segments} <= {
        entry for _, entry, _ in sums if "prior_run" in entry or "opening_basis" in entry
    }


@pytest.mark.campaign
def test_totals_do_not_depend_on_ranges_or_workers(
    lender: ExampleFiles, years: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ranges of 97 rows on one thread give the totals of whole tapes on two, for every kind of contract."""
    for module in (ranges, survey):
        monkeypatch.setattr(module, "MARK_ROWS", 1)
    monkeypatch.setattr(ranges, "CHUNK_ROWS", 97)
    run = close(changed(lender.plans[2022], "plan-chunks.toml", ('"Example Lender"', '"Chunks"')), engine=Threads(1))
    assert (run.folder / "totals.json").read_bytes() == (years[0].folder / "totals.json").read_bytes()


@pytest.mark.campaign
def test_totals_do_not_depend_on_the_order_of_rows(lender: ExampleFiles, years: list[Run], tmp_path: Path) -> None:
    shuffled: list[tuple[str, str]] = []
    named = re.findall(r'"tapes/([\w-]+\.parquet)"', lender.plans[2022].read_text())
    for name in named:
        rows = pl.read_parquet(lender.folder / "tapes" / name)
        rows.sample(fraction=1.0, shuffle=True, seed=3).write_parquet(tmp_path / name)
        shuffled.append((f'"tapes/{name}"', f'"{tmp_path / name}"'))
    run = close(changed(lender.plans[2022], "plan-shuffled.toml", ('"Example Lender"', '"Shuffled"'), *shuffled))
    assert len(set(named)) == len(named) > len(KINDS), "every tape of every kind of the example has been dealt anew"
    assert (run.folder / "totals.json").read_bytes() == (years[0].folder / "totals.json").read_bytes()


def test_what_has_left_has_no_balance(tables: dict[str, Path]) -> None:
    """Nothing stays on either side of a contract that has left, but recoveries that are still expected."""
    for kind in ("loans", "guarantees"):
        gone = pl.scan_parquet(tables[kind]).filter(~pl.col("closing_on_book")).collect()
        flows = (
            "rate",
            "interest_on",
            "expected_recoveries",
            "recoveries_receivable",
            "inception",
            "set_off",
            "release",
            "revenue",
            "accretion",
            "write_off",
        )
        kept = [c for c in gone.columns if c[:3] in ("us_", "ifr") and not any(word in c for word in flows)]
        assert len(kept) > 5 and gone.height
        assert {column: gone[column].abs().sum() for column in kept} == dict.fromkeys(kept, 0)


def test_every_check_holds_and_nothing_is_found(years: list[Run]) -> None:
    for run in years:
        assert [check.id for check in run.listed.checks if not check.holds] == []
        assert run.listed.findings == ()
        rules = {check.check for check in run.listed.checks}
        assert rules >= {"R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12"}


def test_opening_is_last_closing(lender: ExampleFiles, years: list[Run]) -> None:
    """What the second year brings forward is what the first year posted, note by note and account by account."""
    first, second = (rolled(run) for run in years)
    opened = {key: row["opening"] for key, row in second.items() if row["opening"]}
    closed = {key: row["closing"] for key, row in first.items() if row["closing"]}
    assert opened == closed
    order = read_plan(lender.plans[2023], DECLARED).notes.order
    assert {note for note, _ in opened} == {NOTES[key].column for key in order}


@pytest.mark.campaign
def test_the_independent_calculator_agrees(years: list[Run]) -> None:
    outcome = reperform(years[-1].folder, sample=240)
    assert outcome.figures_compared > 10_000
    assert outcome.disagreements == ()


def test_two_runs_are_byte_identical(lender: ExampleFiles, years: list[Run]) -> None:
    again = close(lender.plans[2023])
    assert again.folder != years[-1].folder
    names = sorted(p.relative_to(again.folder) for p in again.folder.rglob("*") if p.is_file())
    assert {Path("statement.json"), Path("brought_forward.csv")} <= set(names)
    for name in names:
        if name.stem != "manifest":
            assert (again.folder / name).read_bytes() == (years[-1].folder / name).read_bytes(), name


def test_a_wrong_opening_goes_to_equity_not_to_profit(lender: ExampleFiles, years: list[Run]) -> None:
    """Another policy than the prior run's: the gap is a finding and an equity line; the profit is on one basis."""
    policy = ('ifrs_liability = "higher_of"', 'ifrs_liability = "additive"')
    run = close(changed(lender.plans[2023], "plan-changed.toml", policy))
    gaps = {finding.where for finding in run.listed.findings if finding.name == "opening basis difference"}
    assert gaps == {"fg/opening"}
    assert [finding.name for finding in run.listed.findings if finding.check != "R4"] == [
        "guarantee liability above IFRS 9 4.2.1(c)"
    ]
    assert run.exit_code == 1
    exact = json.loads((run.folder / "exact.json").read_text())
    assert exact["rollforward"][0]["paths"]["fg"]["opening_basis_difference: change of policy"] != 0
    assert [c.id for c in run.listed.checks if c.check in ("R4", "R5") and not c.holds] == []


PRIOR_RUN = re.compile(r'source = "prior_run".*\nrun = "latest"')


@pytest.fixture
def from_amounts(lender: ExampleFiles, years: list[Run]) -> Iterator[tuple[Path, Path]]:
    """A plan that opens from a file of amounts, and the file, to be changed: what the first year left, opening tapes named."""
    text = PRIOR_RUN.sub('source = "amounts"\nfile = "brought.csv"', lender.plans[2023].read_text())
    plan, amounts = lender.folder / "plan-amounts.toml", lender.folder / "brought.csv"
    amounts.write_bytes((years[0].folder / "brought_forward.csv").read_bytes())
    plan.write_text(text.replace('"Example Lender"', '"Amounts"'))
    yield plan, amounts


@pytest.mark.campaign
def test_amounts_brought_forward_open_as_the_prior_run_does(from_amounts: tuple[Path, Path], years: list[Run]) -> None:
    run = close(from_amounts[0])
    assert run.listed.findings == ()
    assert sorted(map(str, journal(run))) == sorted(map(str, journal(years[-1])))


@pytest.mark.campaign
def test_a_gap_to_amounts_brought_forward_is_an_equity_line(from_amounts: tuple[Path, Path], years: list[Run]) -> None:
    plan, amounts = from_amounts
    rows = amounts.read_text().splitlines()
    place = next(i for i, row in enumerate(rows) if row.startswith("financial_guarantee") and row.endswith(",0"))
    note, account, segment, debit, credit = rows[place].split(",")
    rows[place] = ",".join((note, account, segment, str(int(debit) + 1_000), credit))
    amounts.write_text("\n".join(rows) + "\n")
    run = close(plan)
    (finding,) = run.listed.findings
    assert (finding.name, finding.where, finding.amount_minor) == ("opening basis difference", "fg/opening", -1_000)
    gap = [amount(line) for line in journal(run) if line["flow"] == "opening_basis_difference"]
    assert sorted(gap) == [-1_000, 1_000]
    before, after = (_profit(one) for one in (years[-1], run))
    assert before == after


@pytest.mark.campaign
def test_a_gap_to_amounts_is_a_line_of_no_stage_in_the_movement_table(
    from_amounts: tuple[Path, Path], years: list[Run]
) -> None:
    """The lender's own figures have an allowance of 10.00 less under IFRS, of whatever stage: the table opens 10.00 lower."""
    plan, amounts = from_amounts
    posting = years[0].manifest.posting
    allowance = {posting[role] for role in KINDS["loans"].losses.roles}
    rows = [row.split(",") for row in amounts.read_text().splitlines()]
    changed = next(row for row in rows if row[1] in allowance)
    debit = int(changed[3]) - int(changed[4]) + 1_000
    changed[3:] = [str(max(debit, 0)), str(max(-debit, 0))]
    amounts.write_text("\n".join(map(",".join, rows)) + "\n")
    run = close(plan)
    before, now = ({one.framework: one.lines for one in made.movements if one.kind == "loans"} for made in (years[-1], run))
    assert now["us"] == before["us"]
    opened = {**before["ifrs"]["opening"], "not_allocated": -1_000}
    differs = {**dict.fromkeys(opened, 0), "not_allocated": 1_000}
    assert now["ifrs"] == {**before["ifrs"], "opening": opened, "opening_basis_difference": differs}
    assert [check.id for check in run.listed.checks if not check.holds] == []


def _profit(run: Run) -> dict[str, int]:
    exact = json.loads((run.folder / "exact.json").read_text())
    income = next(s for s in exact["statements"] if s["id"] == "is-2023")
    return dict(next(row["adj"] for row in income["rows"] if row["id"] == "ni"))


def test_populations_know_their_kind(lender: ExampleFiles) -> None:
    plan: Plan = read_plan(lender.plans[2022], DECLARED)
    assert [population.kind for population in read_inputs(plan).populations] == list(plan.tapes.kinds)


def test_a_plan_of_awards_alone_closes(lender: ExampleFiles) -> None:
    """A lender that needs one note states one note: no other tape, curve, account or election."""
    plan = read_plan(lender.plans[2022], DECLARED)
    tapes = plan.tapes.model_copy(update=dict.fromkeys(("loans", "events", "guarantees", "guarantee_fees")))
    notes = plan.notes.model_copy(update={"order": ["share_based_compensation"]})
    entity = plan.entity.model_copy(update={"name": "Awards alone"})
    alone = plan.model_copy(update={"tapes": tapes, "notes": notes, "entity": entity, "trial_balance": None})
    alone._path = plan.path
    run = close_plan(alone)
    assert all(check.holds for check in run.listed.checks)
    assert [path.name for path in (run.folder / "measurements").iterdir()] == ["awards"]
    assert measurement_path(run.folder, "awards").is_dir()


@pytest.mark.campaign
@pytest.mark.usefixtures("years")
@pytest.mark.parametrize("kind", ["loans", "guarantees"])
def test_a_row_rejected_at_one_instant_is_not_a_contract_that_left(lender: ExampleFiles, tmp_path: Path, kind: str) -> None:
    """The other row is rejected too: nothing is written off, and the rejects name both."""
    tape = lender.folder / "tapes" / f"{kind}-2023-12-31.parquet"
    bad = pl.read_parquet(tape).filter(pl.col("status") == "on_book", pl.col("origination_date") < pl.date(2022, 12, 1))
    contract_id = bad["contract_id"][0]
    spoiled = pl.when(pl.col("contract_id") == contract_id).then(-1).otherwise("principal_minor").alias("principal_minor")
    pl.read_parquet(tape).with_columns(spoiled).write_parquet(tmp_path / tape.name)
    plan = changed(
        lender.plans[2023],
        f"plan-rejected-{kind}.toml",
        (f'"tapes/{tape.name}"', f'"{tmp_path / tape.name}"'),
        ("rejected_rows = 0\n", "rejected_rows = 99\n"),
        ("rejected_principal_minor = 0", "rejected_principal_minor = 999_999_999"),
    )
    run = close(plan)
    assert contract_id not in pl.read_parquet(measurement_path(run.folder, kind))["contract_id"].to_list()
    rejects = pl.read_csv(run.folder / "rejects.csv").filter(pl.col("contract_id") == contract_id)
    assert {Path(file).name for file in rejects["file"]} >= {f"{kind}-2022-12-31.parquet", tape.name}
    assert {finding.name for finding in run.listed.findings} >= {"opening basis difference"}
    assert not any("left without a reason" in finding.name for finding in run.listed.findings)
