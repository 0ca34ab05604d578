"""The period before, below the period in every disclosure (IAS 1.38): whose figures it has, and what stands without them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gaapbridge.example.demo import Demonstration
from gaapbridge.report.told.disclosed import TOTAL
from gaapbridge.report.told.disclosures import compared_disclosures, told_disclosures
from gaapbridge.report.told.footing import PrintedUnits, footed
from gaapbridge.run import Run
from tests.made_once import MadeOnce
from tests.manifests import rewrite
from tests.report.disclosures_read import amount_of, paragraphs, printed_of


@pytest.fixture(scope="module")
def done(made_once: MadeOnce) -> Demonstration:
    """Both years of an example lender."""
    return made_once.demonstration(2_000)


def test_printed_tables_add_down_and_across(done: Demonstration) -> None:
    """As a reader adds them: lines to their total, total and lines to the next, columns to those that add them up; those of the
    period before, too."""
    read = list(printed_of(done.run))
    assert len(read) == 32
    for made, heads, rows in read:
        running = dict.fromkeys(heads, 0)
        for row, printed in zip(made.rows, rows, strict=True):
            if row.form or any(made.forms):
                continue
            amounts = dict(zip(heads, map(amount_of, printed.amounts), strict=True))
            exact = dict(zip(made.heads, row.amounts, strict=True))
            summed = [made.heads[place] for place in made.sums]
            for place, head in zip(made.sums, summed, strict=True):
                assert amounts[head] == sum(amounts[one] for one in made.heads[:place] if one not in summed)
            of_lines = [head for head in heads if row.kind != TOTAL and head not in summed]
            assert all(abs(amounts[head] * 100_000 - exact.get(head, 0)) < 100_000 for head in of_lines)
            if row.kind == TOTAL:
                assert amounts == running
            elif row.kind == "line":
                running = {head: amount + amounts[head] for head, amount in running.items()}


def test_the_period_before_stands_below_as_its_run_has_it(done: Demonstration) -> None:
    """Each table with the same of the run before, its ties among them; a roll-forward opens, as printed, where that closed."""
    before = {one.title: one for one in told_disclosures(done.prior)}
    compared = compared_disclosures(done.run)
    assert [one.title for one in compared if one.before] == [one.title for one in compared] and len(compared) == 16
    for one in compared:
        assert one.before is not None and one.before.rows == before[one.title].rows
        assert all(tie.holds for tie in one.before.ties) and set(before[one.title].ties) <= set(one.before.ties)
    opened = [tie.what for one in compared if one.before for tie in one.before.ties if "what the period before" in tie.what]
    assert len(opened) == 10 and "Loss allowance of loans: opening, and what the period before closed at" in opened
    read = {(made.title, made.when): rows for made, _, rows in printed_of(done.run)}
    met = 0
    for one in compared:
        assert one.before is not None
        now, then = read[one.title, one.when], read[one.title, one.before.when]
        if one.goes_on(one.before):
            closed = next(row for row in then if row.kind == "total")
            assert now[0].amounts == closed.amounts and (now[0].caption, closed.caption) == ("As of December 31, 2022",) * 2
            met += 1
        elif one.before.heads[-1] == one.heads[0]:
            assert {row.caption: row.amounts[0] for row in now} == {row.caption: row.amounts[-1] for row in then}
            met += 1
    assert met == 11


@pytest.mark.campaign
def test_without_the_run_before_balances_are_those_of_the_opening(done: Demonstration, tmp_path: Path) -> None:
    """Of a run that is gone, was changed, or was closed again: what stood at the opening was measured again, and is held
    against its ledger."""
    lender = Path(shutil.copytree(done.plan.parent, tmp_path / "lender"))
    run = Run(lender / done.run.folder.relative_to(done.plan.parent))
    assert all(one.before for one in compared_disclosures(run))
    prior = run.prior_folder
    assert prior is not None
    of_another = Path(shutil.copytree(prior, tmp_path / "kept"))
    manifest = json.loads((prior / "manifest.json").read_text(encoding="utf-8"))
    rewrite(prior, {**manifest, "written_at": "2024-01-02T03:04:05"})
    assert Run(prior).unchanged(), "a run by itself, but not the one that this opened with"
    closed_again = paragraphs(run)
    shutil.rmtree(prior)
    shutil.copytree(of_another, prior)
    assert all(one.before for one in compared_disclosures(run))
    (prior / "movements.json").write_text("[]", encoding="utf-8")
    changed = paragraphs(run)
    shutil.rmtree(prior)
    compared = {one.title: one.before for one in compared_disclosures(run)}
    at_hand = {title: one for title, one in compared.items() if one}
    assert list(at_hand) == [
        "Loans by days past due and stage",
        "Loans by year of origination",
        "Aging of loans, amortised cost",
        "Loans on non-accrual, amortised cost",
    ]
    of_prior = {one.title: one for one in told_disclosures(done.prior)}
    for title, one in at_hand.items():
        assert one.when == "As of December 31, 2022" and one.ties and all(tie.holds and tie.disclosed_minor for tie in one.ties)
        kept = [row for row in of_prior[title].rows if row.caption != "Gross write-offs of the period"]
        assert [row.amounts for row in one.rows] == [row.amounts[-len(one.heads) :] for row in kept if any(row.amounts[1:])]
    held = {tie.what for one in at_hand.values() for tie in one.ties}
    assert {"Carrying amount of loans, U.S. GAAP", "Allowance for credit losses of loans"} <= held
    lacking = [text for text in paragraphs(run) if "lack their comparative amounts" in text]
    assert len(lacking) == 1 and lacking[0].startswith("Tables of balances")
    refused = "The run of the period before is at hand and was refused"
    assert changed == closed_again and next(text for text in changed if text not in paragraphs(run)).startswith(refused)
    assert [text for text in changed if not text.startswith(refused)] == paragraphs(run)


def test_a_comparative_that_the_ledger_does_not_have_is_told(done: Demonstration, tmp_path: Path) -> None:
    other = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    ledgers = json.loads((other / "ledger.json").read_text(encoding="utf-8"))
    ledgers["bs-2022"]["1301"] += 500
    (other / "ledger.json").write_text(json.dumps(ledgers), encoding="utf-8")
    compared = [one.before for one in compared_disclosures(Run(other)) if one.before]
    failing = [(tie.what, tie.books_minor - tie.disclosed_minor) for one in compared for tie in one.ties if not tie.holds]
    assert {amount for _, amount in failing} == {500} and len(failing) == 4


def test_the_same_amount_is_printed_alike_in_every_table(done: Demonstration) -> None:
    """Of an amount that stands in several tables, or under both frameworks, with another sign too: one figure, but where a
    table would not foot. What was written off stands in three tables, what was remeasured in two."""
    printed: dict[int, set[int]] = {}
    by_row: dict[tuple[str, str], set[int]] = {}
    for made, heads, rows in printed_of(done.run):
        for row, shown in zip(made.rows, rows, strict=True):
            if row.form or any(made.forms):
                continue
            units = dict(zip(heads, map(amount_of, shown.amounts), strict=True))
            for head, amount in zip(made.heads, row.amounts, strict=True):
                if amount:
                    printed.setdefault(abs(amount), set()).add(abs(units[head]))
                    by_row.setdefault((made.title, row.caption), set()).add(abs(amount))
    several = {amount for amount, units in printed.items() if len(units) > 1}
    assert len(printed) > 300 and len(several) <= 5
    both = ("Loss allowance of loans", "Provision for loans in the income statement")
    remeasured = {caption for title, caption in by_row if title == both[0]} & {one for title, one in by_row if title == both[1]}
    assert len(remeasured) > 1
    shared = set.union(*(by_row[both[0], one] & by_row[both[1], one] for one in remeasured))
    off = by_row["Loans by year of origination", "Gross write-offs of the period"]
    shared |= off & by_row["Allowance for credit losses of loans, by segment", "Total"]
    assert len(shared) > 4 and not shared & several


def test_amounts_that_are_known_are_printed_as_before() -> None:
    """1.5 printed as 1 stays 1, and takes its neighbour up; what cannot foot so gives the smaller one up."""
    known = PrintedUnits(1_000)
    known.add(1_500, 1)
    assert footed([[1_500], [1_500]], 1_000) == [[2], [1]] and footed([[-1_500], [2_600]], 1_000, known=known) == [[-1], [2]]
    assert footed([[1_500], [1_600]], 1_000, known=known) == [[1], [2]]
    known.add(2_700, 2)
    assert footed([[1_500], [2_700], [1_000]], 1_000, known=known) == [[2], [2], [1]], "4.2 and 1 are 5"
