"""Deferred tax of columns by hand: notes post made-up differences; both methods, both dates and both sides are figured.

Minor units throughout. A difference that raises equity by 1,000 is a temporary difference of 1,000 (IAS 12.15; 740-10-25-20).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.difference import BASIS_DIFFERENCE, PATHS, Sums
from gaapbridge.example import ExampleFiles
from gaapbridge.measure.tax import Sides, on_sides
from gaapbridge.period_close.deferred_tax import sided_anew, standing
from gaapbridge.period_close.entries import NoteColumn, post_notes
from gaapbridge.plan import Plan, read_plan
from gaapbridge.plan.tax import NoteTax
from gaapbridge.terms.finding import Finding
from tests.differences.journals import brought

NOTE = "effective_interest"
ASSET, LIABILITY, EXPENSE, EQUITY = (
    "deferred_tax_assets", "deferred_tax_liabilities", "income_tax_expense", "retained_earnings",
)  # fmt: skip
LONG_AGO = date(2007, 3, 16)
A_QUARTER_THEN_A_FIFTH = ((LONG_AGO, date(2008, 1, 1), "0.25"), (date(2023, 6, 30), date(2024, 1, 1), "0.20"))
"""25 % at the opening of 2023; at its closing 20 %, enacted in the year for those after it."""


def taxed(lender: ExampleFiles, method: str, rates: Any = A_QUARTER_THEN_A_FIFTH, reverses: Sequence[str] = ("1",)) -> Plan:
    """The plan of the lender's second year with note (ii) alone, taxed like this."""
    plan = read_plan(lender.plans[2023], DECLARED)
    dated = [{"enacted": enacted, "from": day, "rate": Decimal(rate)} for enacted, day, rate in rates]
    shares = [Decimal(share) for share in reverses]
    tax = NoteTax.model_validate({"method": method, "basis": "enacted", "reverses": shares, "rates": dated})
    return plan.model_copy(update={"notes": plan.notes.model_copy(update={"order": [NOTE]}), "tax": {**plan.tax, NOTE: tax}})


def differences(opening: int, closing: int, written_off: int = 0) -> dict[str, Sums]:
    """Fees deferred under IFRS less US GAAP, of loans that stay and of loans written off, which end in the provision."""
    totals: dict[str, Mapping[str, dict[str, int]]] = {path: defaultdict(dict) for path in PATHS}
    stayed = {"opening": opening, "late": closing, "closing": closing}
    for path, amounts in (("stayed", stayed), ("written_off", {"opening": written_off, "late": written_off})):
        for state, amount in amounts.items():
            totals[path][f"{state}_ifrs_deferred_fees"]["consumer"] = amount
    return {"loans": Sums(("consumer",), totals)}


def posted(plan: Plan, sums: dict[str, Sums], prior: Any = None, asset: int = 1_000) -> tuple[NoteColumn, list[Finding]]:
    """The column beside a ledger that has this deferred tax asset at both instants."""
    ledger = {plan.account_of(ASSET): asset}
    (column,), findings = post_notes(plan, sums, brought(prior), {"opening": ledger, "closing": ledger})
    return column, findings


def deferred(plan: Plan, column: NoteColumn) -> tuple[int, int]:
    """Net deferred tax liability at the opening, restated where it was, and at the closing."""
    at_opening, at_closing = 0, 0
    for entry in column.journal.entries:
        for line in entry.lines:
            if line.account in (plan.account_of(ASSET), plan.account_of(LIABILITY)):
                at_closing -= line.amount_minor
                at_opening -= line.amount_minor if entry.kind == "brought_forward" or entry.flow == BASIS_DIFFERENCE else 0
    return at_opening, at_closing


def moved(plan: Plan, column: NoteColumn, kind: str) -> dict[str, int]:
    """What entries of a kind did to the accounts of tax and to retained earnings, debit positive; untouched ones left out."""
    balances = column.journal.balances(kind)
    found = {role: balances.get(plan.account_of(role), 0) for role in (ASSET, LIABILITY, EXPENSE, EQUITY)}
    return {role: amount for role, amount in found.items() if amount}


def test_a_change_of_rate_goes_through_income_under_the_liability_method(lender: ExampleFiles) -> None:
    """1,000 at 25 % is 250; 1,600 at 20 % is 320: 70 of expense, the fall of the rate in it (IAS 12.46, 12.60; 740-10-35-4)."""
    plan = taxed(lender, "liability_method")
    column, findings = posted(plan, differences(1_000, 1_600))
    assert deferred(plan, column) == (250, 320)
    assert moved(plan, column, "brought_forward") == {ASSET: -250, EQUITY: -1_000 + 250}
    assert moved(plan, column, "tax") == {ASSET: -70, EXPENSE: 70}
    assert findings == []


def test_what_was_brought_forward_keeps_its_rate_when_rolled_forward(lender: ExampleFiles) -> None:
    """250 stays 250; the period's 600 is taxed at 20 %, the rate of its end: 250 + 120."""
    plan = taxed(lender, "roll_forward")
    column, _ = posted(plan, differences(1_000, 1_600))
    assert deferred(plan, column) == (250, 370)
    assert moved(plan, column, "tax") == {ASSET: -120, EXPENSE: 120}


def test_a_rate_is_known_from_its_enactment(lender: ExampleFiles) -> None:
    """A rate for the years from 2024 on is the closing balance's where it was enacted by its date; the day after is too late.
    Enacted a year before, it is the opening's for what reverses in its second year alone (IAS 12.47; 740-10-30-8)."""
    quarter = (LONG_AGO, date(2008, 1, 1), "0.25")
    for enacted, closing in ((date(2023, 12, 31), 320), (date(2024, 1, 1), 400)):
        plan = taxed(lender, "liability_method", rates=(quarter, (enacted, date(2024, 1, 1), "0.20")))
        assert deferred(plan, posted(plan, differences(1_000, 1_600))[0]) == (250, closing)
    early = (quarter, (date(2022, 12, 31), date(2024, 1, 1), "0.20"))
    for reverses, opening in ((("1",), 250), (("0.6", "0.4"), 230), (("0", "1"), 200)):
        plan = taxed(lender, "liability_method", early, reverses)
        assert deferred(plan, posted(plan, differences(1_000, 1_600))[0]) == (opening, 320)


QUARTER = {"enacted": LONG_AGO, "from": date(2008, 1, 1), "rate": Decimal("0.25")}


def note_tax(*later: tuple[date, date, str], reverses: Sequence[str] = ("1",)) -> NoteTax:
    """25 % since long ago, and further rates."""
    rates = [QUARTER, *({"enacted": enacted, "from": day, "rate": Decimal(rate)} for enacted, day, rate in later)]
    shares = [Decimal(share) for share in reverses]
    return NoteTax.model_validate({"method": "liability_method", "basis": "enacted", "reverses": shares, "rates": rates})


def test_a_rate_that_changes_within_a_year_counts_by_its_days() -> None:
    """20 % from July 2024 on: of its 366 days 182 at 25 %, 184 at 20 %; at 30 September 2023, 92 days at 25 % are followed by
    182 more at 25 % and 92 at 20 %."""
    tax = note_tax((date(2022, 3, 1), date(2024, 7, 1), "0.20"))
    assert tax.rate_at(date(2023, 12, 31)) == Fraction(182 * 25 + 184 * 20, 366 * 100)
    assert tax.rate_at(date(2023, 9, 30)) == Fraction((92 + 182) * 25 + 92 * 20, 366 * 100)
    assert tax.rate_at(date(2024, 6, 30)) == Fraction(1, 5)
    assert tax.rate_at(date(2021, 12, 31)) == Fraction(1, 4), "not yet enacted"


def test_of_two_rates_from_one_day_the_later_law_counts_once_it_is_enacted() -> None:
    tax = note_tax((date(2021, 5, 1), date(2024, 1, 1), "0.20"), (date(2023, 5, 1), date(2024, 1, 1), "0.22"))
    assert [tax.rate_at(date(year, 12, 31)) for year in (2022, 2023)] == [Fraction(1, 4), Fraction(22, 100)]
    assert tax.rate_at(date(2023, 3, 31)) == Fraction(275 * 25 + 91 * 20, 366 * 100), "three months of 2024, as enacted first"


def test_a_year_from_the_leap_day_ends_before_the_first_of_march() -> None:
    """At 28 February 2024 the first year has 366 days, all before a rate that begins on 1 March 2025."""
    tax = note_tax((LONG_AGO, date(2025, 3, 1), "0.20"), reverses=("0.5", "0.5"))
    assert tax.rate_at(date(2024, 2, 28)) == Fraction(225, 1000)


def test_a_law_that_leaves_open_whether_another_holds_is_refused() -> None:
    """20 % from 2025 on was enacted in 2021; a law of 2023 has 15 % from 2024 on, and says nothing of 2025 unless repeated."""
    first, second = (date(2021, 5, 1), date(2025, 1, 1), "0.20"), (date(2023, 5, 1), date(2024, 1, 1), "0.15")
    with pytest.raises(ValidationError, match="state the rate from 2025-01-01 on again, with enacted = 2023-05-01"):
        note_tax(first, second)
    tax = note_tax(first, second, (date(2023, 5, 1), date(2025, 1, 1), "0.15"))
    assert [100 * tax.rate_at(date(year, 12, 31)) for year in (2022, 2023, 2024)] == [25, 15, 15]


def test_the_group_s_effective_rate_is_that_of_the_balance_and_is_found(lender: ExampleFiles) -> None:
    """The filing's way: 15.5 % of 1,000 at the opening, 14.7 % of 1,600 at the closing; before the first there is none."""
    rates = [
        {"from": date(2022, 12, 31), "rate": Decimal("0.155")}, {"from": date(2023, 12, 31), "rate": Decimal("0.147")},
    ]  # fmt: skip
    tax = NoteTax.model_validate({"method": "liability_method", "basis": "group_effective", "rates": rates})
    assert tax.unrated(date(2022, 12, 30)) == date(2022, 12, 30)
    plan = taxed(lender, "liability_method").model_copy(update={"tax": {NOTE: tax}})
    column, (finding,) = posted(plan, differences(1_000, 1_600))
    assert deferred(plan, column) == (155, 235)
    assert (finding.name, finding.amount_minor) == ("deferred tax at the group's effective rate", 235)
    assert "14.7000%" in finding.why and "740-10-30-8" in finding.why
    assert posted(plan, differences(1_000, 0))[1] == [], "nothing is measured at it"


@pytest.mark.parametrize(("method", "closing"), [("liability_method", 320), ("roll_forward", 250 + 120)])
def test_what_is_open_at_a_write_off_goes_through_the_provision_of_its_column_and_is_taxed(
    lender: ExampleFiles, method: str, closing: int
) -> None:
    """Of 1,000 a loan with 100 is written off and 700 is earned: 1,600 are left, 600 more than at the opening."""
    plan = taxed(lender, method)
    column, _ = posted(plan, differences(900, 1_600, written_off=100))
    through = column.journal.balances("movement")
    assert (through[plan.account_of("financing_income")], through[plan.account_of("provision_for_loans")]) == (-700, 100)
    assert column.pre_tax_income == 600
    assert deferred(plan, column) == (250, closing)


def test_a_prior_run_says_what_tax_is_rolled_forward(lender: ExampleFiles) -> None:
    """The prior run left 260, by whatever rates: 260 + 120; measured again it would have been 250."""
    plan = taxed(lender, "roll_forward")
    fees = {(plan.account_of("deferred_current"), "consumer"): 1_000}
    prior = {NOTE: {**fees, (plan.account_of(ASSET), "all"): -260}}
    column, findings = posted(plan, differences(1_000, 1_600), prior)
    assert deferred(plan, column) == (260, 380)
    assert findings == [], "what was rolled forward is no gap"


def test_under_the_liability_method_another_tax_brought_forward_is_a_gap(lender: ExampleFiles) -> None:
    plan = taxed(lender, "liability_method")
    fees = {(plan.account_of("deferred_current"), "consumer"): 1_000}
    column, (finding,) = posted(plan, differences(1_000, 1_600), {NOTE: {**fees, (plan.account_of(ASSET), "all"): -260}})
    assert deferred(plan, column) == (250, 320)
    assert (finding.name, finding.where, finding.amount_minor) == ("opening basis difference", "eir/opening", 10)
    assert moved(plan, column, "movement") == {ASSET: 10}


@pytest.mark.parametrize(
    ("asset", "opening", "brought", "change"),
    [
        (1_000, 1_000, {ASSET: -250}, {ASSET: 370}),
        (0, 1_000, {LIABILITY: -250}, {LIABILITY: 250, ASSET: 120}),
        (100, 1_000, {ASSET: -100, LIABILITY: -150}, {ASSET: 220, LIABILITY: 150}),
        (0, -1_000, {ASSET: 250}, {ASSET: -130}),
    ],
)
def test_a_gain_uses_up_the_ledger_s_asset_before_it_is_a_liability(
    lender: ExampleFiles, asset: int, opening: int, brought: dict[str, int], change: dict[str, int]
) -> None:
    """The column closes at a loss of 600: an asset of 120 at 20 % (IAS 12.15, 12.24, 12.74; 740-10-25-20, 45-6)."""
    plan = taxed(lender, "liability_method")
    column, _ = posted(plan, differences(opening, -600), asset=asset)
    found = moved(plan, column, "brought_forward")
    del found[EQUITY]
    assert found == brought
    assert moved(plan, column, "tax") == {**change, EXPENSE: -sum(change.values())}


def test_another_ledger_at_the_closing_moves_tax_from_side_to_side_without_expense(lender: ExampleFiles) -> None:
    """250 stand as a liability beside an empty ledger; a year later the ledger has an asset of 300 to take them from."""
    plan = taxed(lender, "liability_method", rates=((LONG_AGO, date(2008, 1, 1), "0.25"),))
    ledgers = {"opening": {}, "closing": {plan.account_of(ASSET): 300}}
    (column,), _ = post_notes(plan, differences(1_000, 1_000), None, ledgers)
    assert moved(plan, column, "tax") == {LIABILITY: 250, ASSET: -250}


def test_what_was_brought_forward_keeps_its_side_where_its_net_amount_is_measured_again(lender: ExampleFiles) -> None:
    """A run before left a liability of 250 where the ledger's asset would take it: the net amount agrees, so nothing is found;
    the year moves it to the other side against no equity."""
    plan = taxed(lender, "liability_method", rates=((LONG_AGO, date(2008, 1, 1), "0.25"),))
    fees = {(plan.account_of("deferred_current"), "consumer"): 1_000}
    column, findings = posted(plan, differences(1_000, 1_600), {NOTE: {**fees, (plan.account_of(LIABILITY), "all"): -250}})
    assert findings == []
    assert moved(plan, column, "brought_forward") == {LIABILITY: -250, EQUITY: -750}
    assert moved(plan, column, "movement") == {}, "no gap to the opening"
    assert moved(plan, column, "tax") == {LIABILITY: 250, ASSET: -400, EXPENSE: 150}


def test_amounts_beside_another_ledger_are_sided_anew(lender: ExampleFiles) -> None:
    """A file says an asset of -250, as plans could once ask for; the ledger has an asset of 100, so 150 are a liability."""
    plan = taxed(lender, "liability_method")
    asset, liability, fees = (plan.account_of(role) for role in (ASSET, LIABILITY, "deferred_current"))
    sided = sided_anew(plan, {NOTE: {(fees, "consumer"): 1_000, (asset, "all"): -250}}, {asset: 100})
    assert sided == {NOTE: {(fees, "consumer"): 1_000, (asset, "all"): -100, (liability, "all"): -150}}


def test_an_account_that_serves_both_sides_is_what_its_balance_is(lender: ExampleFiles) -> None:
    plan = taxed(lender, "liability_method")
    one = plan.model_copy(update={"posting": {**plan.posting, LIABILITY: plan.account_of(ASSET)}})
    assert standing(one, {one.account_of(ASSET): -70}) == Sides(0, 70)
    column, _ = posted(one, differences(1_000, 1_600), asset=-70)
    assert column.journal.balances("brought_forward", "tax")[one.account_of(ASSET)] == -320
    assert one.account_of(EXPENSE) in column.journal.balances("tax")


def test_a_ledger_that_shows_both_sides_stays_and_is_found(lender: ExampleFiles) -> None:
    """Both are towards one authority: a gain of 1,600 takes 320 from the asset of 400 and leaves the liability of 35."""
    plan = taxed(lender, "liability_method")
    both = {plan.account_of(ASSET): 400, plan.account_of(LIABILITY): -35}
    (column,), (finding,) = post_notes(plan, differences(0, 1_600), None, {"closing": both, "opening": {}})
    assert moved(plan, column, "tax") == {ASSET: -320, EXPENSE: 320}
    assert (finding.name, finding.amount_minor) == ("deferred tax on both sides", 35)
    assert finding.where == f"trial_balance.closing/{plan.account_of(ASSET)}"


@given(st.builds(Sides, st.integers(0, 10**12), st.integers(0, 10**12)), st.lists(st.integers(-(10**12), 10**12), max_size=6))
def test_columns_add_up_and_no_sum_of_the_first_is_on_its_wrong_side(ledger: Sides, nets: list[int]) -> None:
    """For any ledger and any columns: each moves the net by its own amount; what was on one side alone ends on one."""
    standing_now, one_sided = ledger, min(ledger.asset, ledger.liability) == 0
    for net, change in zip(nets, on_sides(ledger, nets), strict=True):
        standing_now = standing_now.plus(change)
        assert change.net == net
        assert min(standing_now.asset, standing_now.liability) >= 0
        assert min(standing_now.asset, standing_now.liability) == 0 or not one_sided


def test_tax_left_where_nothing_is_left_to_tax_is_found(lender: ExampleFiles) -> None:
    """250 of tax and a difference that reverses at 20 %: 50 are left for good, and the statement must say so."""
    _, (finding,) = posted(taxed(lender, "roll_forward"), differences(1_000, 0))
    assert (finding.name, finding.where, finding.amount_minor) == ("deferred tax residue", "eir/deferred_tax", 50)
    assert (finding.check, "liability_method" in finding.remedy) == ("R6", True)


def test_what_was_written_off_is_no_longer_there_to_be_taxed(lender: ExampleFiles) -> None:
    """900 reverse and 100 leave with a loan written off: nil is left, and 250 - 200 of tax."""
    _, (finding,) = posted(taxed(lender, "roll_forward"), differences(900, 0, written_off=100))
    assert (finding.name, finding.amount_minor) == ("deferred tax residue", 50)


@pytest.mark.parametrize(("method", "closing"), [("roll_forward", 1), ("liability_method", 0)])
def test_no_residue_is_found_while_a_difference_or_the_liability_method_explains_it(
    lender: ExampleFiles, method: str, closing: int
) -> None:
    plan = taxed(lender, method)
    column, findings = posted(plan, differences(1_000, closing))
    assert findings == []
    assert (deferred(plan, column)[1] != 0) == (method == "roll_forward")
