"""Losses month by month as reports tell them, and findings in the currency: from tables and findings made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from gaapbridge.explanation.contract import BY_MONTH, MEASURED, MONTHS
from gaapbridge.form import Table, Tells
from gaapbridge.report.told.contract_words import yes_or_no
from gaapbridge.report.told.findings import InCurrency, told_findings
from gaapbridge.report.told.months import told_losses
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import INDEPENDENT
from gaapbridge.terms.finding import Finding

HALF, ONE = Decimal("0.5"), Decimal(1)


def months(at_most: int | None) -> Table:
    """A month ahead under two scenarios, half of 10,000.00 lost in the one and all in the other, ten in a hundred each."""
    rows = tuple(
        (1, name, date(2024, 1, 16), HALF, ONE, Decimal("0.2"), lost, 1_000_000, lost, 0, 50_000, "", ONE, loss, loss)
        for name, lost, loss in (("base", HALF, Decimal(55_000)), ("downside", ONE, Decimal(105_000)))
    )
    return Table("of any title", MONTHS, rows, tells=Tells(BY_MONTH, framework="ifrs", instant="closing", at_most=at_most))


def test_scenarios_of_a_month_multiply_to_its_loss() -> None:
    (told,) = told_losses([months(None)])
    (month,) = told.months
    assert (month.probability, month.loss_given_default, month.loss) == (Decimal("0.20"), Decimal("0.75"), 160_000)
    exposed = month.loss_given_default * month.principal + month.loss_of_interest * month.interest + month.deferral
    assert month.probability * exposed * month.discount_factor == month.loss
    assert (told.at_most, told.allowance) == (None, None)


def test_what_is_above_the_gross_amount_is_told_where_there_is_any() -> None:
    """1,600.00 of months: all of it of a gross amount as large, and 1,500.00 of one that is smaller."""
    assert [told_losses([months(most)])[0].at_most for most in (160_000, 150_000)] == [None, 150_000]
    measured = Table(
        "another title", ("amount", "us_gaap", "ifrs", "difference"), (("loss allowance", 70, 150_000, 149_930),),
        tells=Tells(MEASURED, instant="closing"),
    )  # fmt: skip
    assert told_losses([measured, months(150_000)])[0].allowance == 150_000
    opening = replace(measured, tells=Tells(MEASURED, instant="opening"))
    assert told_losses([opening, months(150_000)])[0].allowance is None


def test_findings_of_reports_are_in_the_currency() -> None:
    check = Check("R9/bs-2023/1301", "R9", "bs-2023", "1301", "us_gaap", 539_800, 0, INDEPENDENT)
    apart = check.as_finding("compare")
    counted = Finding("control total differs", "tapes.loans/rows", -1, "one row less", "see", unit="rows")
    without = Finding("credit risk compared by curves alone", "loans", None, "no rating", "state it")
    (table,) = told_findings([apart, counted, without], [check], InCurrency("USD", 2), lambda minor: f"{minor / 100:,.2f}")
    amounts = [(row["amount"], row["unit"]) for row in table.by_name]
    assert amounts == [("-5,398.00", "USD"), (-1, "rows"), (None, None)]
    assert table.by_name[0]["why"].startswith("expected USD 5,398.00, found USD 0.00")


def test_only_flags_are_said_otherwise() -> None:
    assert [yes_or_no(one) for one in (True, "False", 0, None, "falsely")] == ["yes", "no", 0, None, "falsely"]
