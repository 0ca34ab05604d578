"""Deferred tax over several years: columns roll, and no sum of the ledger and the first columns is on its wrong side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.difference import PATHS, Sums
from gaapbridge.period_close import close
from gaapbridge.period_close.entries import NoteColumn, post_notes
from gaapbridge.plan import Plan, read_plan
from gaapbridge.plan.tax import DeferredTax
from gaapbridge.run import Run
from gaapbridge.run.brought_forward import carried_forward
from gaapbridge.starter import write_starter
from gaapbridge.statement.document import US_GAAP
from gaapbridge.terms.statement_kinds import BALANCE_SHEET
from tests.differences.journals import brought
from tests.miniature import first_year, second_year

SERIES = {
    "expected_credit_loss": ("loans", "{}_us_loss_allowance"),
    "effective_interest": ("loans", "{}_ifrs_deferred_costs"),
    "financial_guarantee": ("guarantees", "{}_us_fee_allowance"),
}
"""Of each note that is taxed: the kind of contract, and a series of which more under it is more equity under IFRS."""

SIDES = ("deferred_tax_assets", "deferred_tax_liabilities")

YEARS = 5
AMOUNTS = st.integers(-(10**9), 10**9)
ALLOWANCES = st.one_of(
    st.just((0, "all")), st.tuples(st.just(0), st.integers(0, 10**9)), st.tuples(st.integers(1, 10**9), st.just(0))
)
"""The valuation allowance in the ledger, and how much more of an asset would be realised."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return read_plan(write_starter(tmp_path_factory.mktemp("starter") / "lender").plan, DECLARED)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, years: list[Run]) -> list[Run]:
    """Both years of the example lender, and both of the starter's, each second year opening with the run of the first."""
    lender = write_starter(tmp_path_factory.mktemp("starter") / "lender").plan
    text = lender.read_text(encoding="utf-8")
    runs = [*years]
    for written in (first_year(text), second_year(text)):
        lender.write_text(written, encoding="utf-8")
        runs.append(close(lender))
    return runs


def realising(plan: Plan, *versions: tuple[int, int | str]) -> Plan:
    """The plan with this allowance in the ledger and this much more realised; of two, the second from the closing on."""
    stated = [
        {"valid_from": day, "in_ledger_minor": allowance, "further_minor": further}
        for day, (allowance, further) in zip((date(2020, 1, 1), plan.period.closing), versions, strict=False)
    ]
    return plan.model_copy(update={"deferred_tax": DeferredTax.model_validate({"valuation_allowance": stated})})


def sums(opening: Mapping[str, int], closing: Mapping[str, int]) -> dict[str, Sums]:
    """Totals of contracts that stayed, nil but for one component of each note."""
    stayed: dict[str, dict[str, dict[str, int]]] = {
        kind: defaultdict(lambda: {"all": 0}) for kind in ("loans", "guarantees", "awards")
    }
    for note, (kind, series) in SERIES.items():
        for state, amounts in (("opening", opening), ("late", closing), ("closing", closing)):
            stayed[kind][series.format(state)] = {"all": amounts[note]}
    segments = {"loans": ("all",), "guarantees": ("all",), "awards": ("research_and_development",)}
    nil: Mapping[str, dict[str, int]] = defaultdict(dict)
    return {kind: Sums(segments[kind], {path: stayed[kind] if path == "stayed" else nil for path in PATHS}) for kind in stayed}


def deferred(plan: Plan, column: NoteColumn, *kinds: str) -> tuple[int, int]:
    """What entries of these kinds come to in deferred tax assets and in deferred tax liabilities, each by its own sign."""
    balances = column.journal.balances(*kinds)
    assets, liabilities = (balances.get(plan.account_of(role), 0) for role in SIDES)
    return assets, -liabilities


@pytest.mark.campaign
@given(
    st.lists(st.fixed_dictionaries(dict.fromkeys(SERIES, AMOUNTS)), min_size=YEARS + 1, max_size=YEARS + 1),
    st.lists(AMOUNTS, min_size=YEARS + 1, max_size=YEARS + 1),
    st.lists(ALLOWANCES, min_size=YEARS + 1, max_size=YEARS + 1),
)
def test_five_years_of_any_differences_beside_any_ledger(
    plan: Plan, differences: list[dict[str, int]], ledger_tax: list[int], allowances: list[tuple[int, int | str]]
) -> None:
    """Each year opens with what the last one left; what a column carries moves by its tax expense, side by side with the rest.

    The ledger has net deferred tax on one side, another amount each year: an asset above nil, a liability below; and what is
    realised of deferred tax assets is another estimate each year.
    """
    ledgers = [{plan.account_of(SIDES[0]): max(amount, 0), plan.account_of(SIDES[1]): min(amount, 0)} for amount in ledger_tax]
    prior, left = None, dict.fromkeys(plan.notes.order, (0, 0))
    for year in range(YEARS):
        opening = differences[year] if year else dict.fromkeys(SERIES, 0)
        beside = {"opening": ledgers[year], "closing": ledgers[year + 1]}
        estimated = realising(plan, *allowances[year : year + 2])
        columns, findings = post_notes(estimated, sums(opening, differences[year + 1]), brought(prior), beside)
        assert findings == []
        assets, liabilities = [max(ledger_tax[year + 1], 0)], [max(-ledger_tax[year + 1], 0)]
        for column in columns:
            carried = deferred(plan, column, "brought_forward", "movement", "tax")
            assert deferred(plan, column, "brought_forward") == left[column.note.key]
            expense = column.journal.balances("tax").get(plan.account_of("income_tax_expense"), 0)
            before, after = (asset - liability for asset, liability in (left[column.note.key], carried))
            assert after - before == -expense
            left[column.note.key] = carried
            assets.append(carried[0])
            liabilities.append(carried[1])
        assert min(*accumulate(assets), *accumulate(liabilities)) >= 0
        prior = brought_forward(plan, columns)


def brought_forward(plan: Plan, columns: tuple[NoteColumn, ...]) -> dict[str, dict[tuple[str, str], int]]:
    """What a run of these columns leaves to the next."""
    balances: dict[str, dict[tuple[str, str], int]] = {key: {} for key in plan.notes.order}
    for note, account, segment, debit, credit in carried_forward(plan, {one.note.key: one.journal for one in columns}):
        balances[str(note)][str(account), str(segment)] = int(str(debit)) - int(str(credit))
    return balances


def test_no_balance_of_deferred_tax_is_below_nil_in_any_year(closed: list[Run]) -> None:
    """From the ledger over the first columns to IFRS, exactly; and as printed."""
    for run in closed:
        order = (US_GAAP, *run.exact.column_ids)
        for statement in (one for one in run.exact.statements if one.kind == BALANCE_SHEET):
            rows = [row for row in statement.rows if row.id in ("dta", "dtl")]
            assert any(row.us_gaap != row.ifrs for row in rows), "every balance sheet of both lenders has some"
            for row in rows:
                assert min(accumulate(row.amount(column) for column in order)) >= 0, (run.folder, statement.id, row.id)
                printed = run.document.statement(statement.id)
                shown = printed and printed.row(row.id)
                assert shown is None or shown.ifrs >= 0


def test_what_is_printed_at_the_opening_is_what_closed_the_year_before(closed: list[Run]) -> None:
    for first, second in (closed[:2], closed[2:]):
        before, again = first.exact.statement("bs-2022"), second.exact.statement("bs-2022")
        assert before is not None and again is not None
        rows = {row.id: row for row in before.rows}
        for row in (row for row in again.rows if row.id in ("dta", "dtl")):
            assert (row.us_gaap, row.adjustments) == (rows[row.id].us_gaap, rows[row.id].adjustments)
