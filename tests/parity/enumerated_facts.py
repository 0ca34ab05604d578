"""Small contracts whose losses are known by enumeration: how borrowers behave, the curves of it, what is owed at default."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tests.parity.enumeration import Borrower, Contract, curves_of, defaults_of

LOSS, INTEREST = Fraction("0.6"), Fraction("0.01")
CLOSING = date(2023, 12, 31)
BUCKETS = ("current", "1-30", "31-60", "61-90")
DAYS_DUE = (30, 16, 1)
"""Days of the month on which instalments fall due; December's last period is then 1, 15 and 30 of 31 days old."""

SEGMENTS = tuple(f"due-{day}" for day in DAYS_DUE)
VALID_FROM = "2020-01-01"

OF_LOANS = Borrower(
    paying=(
        {1: Fraction("0.95"), 0: Fraction("0.05")},
        {2: Fraction("0.6"), 1: Fraction("0.1"), 0: Fraction("0.3")},
        {3: Fraction("0.3"), 1: Fraction("0.1"), 0: Fraction("0.6")},
    ),
    rescued=Fraction("0.2"),
    prepaying=Fraction("0.03"),
    days_at_recognition=90,
)
OF_GUARANTEES = Borrower(
    paying=(*OF_LOANS.paying[:2], {3: Fraction("0.05"), 2: Fraction("0.05"), 0: Fraction("0.9")}),
    rescued=Fraction("0.04"),
    prepaying=Fraction("0.005"),
    days_at_recognition=62,
)
CALLED_EARLY = Borrower(OF_LOANS.paying[:2], Fraction("0.5"), Fraction("0.01"), 31)


@dataclass(frozen=True)
class Standing:
    """A contract due on one day of the month: instalments, due dates passed at the closing, instalments unpaid of them."""

    day_due: int
    instalments: int
    passed: int
    unpaid: int
    repayment_type: str

    @property
    def stub(self) -> Fraction:
        """Share elapsed of the period that runs at the closing."""
        return Fraction((CLOSING - date(2023, 12, self.day_due)).days, 31)

    @property
    def paid(self) -> int:
        """Instalments paid in full."""
        return min(self.passed, self.instalments) if self.unpaid == 0 else self.passed - self.unpaid

    @property
    def days_past_due(self) -> int:
        """Days since the oldest unpaid instalment was due."""
        return (CLOSING - self.due(self.paid + 1)).days if self.unpaid else 0

    def due(self, number: int) -> date:
        """Due date of an instalment, of those up to December."""
        months = 12 * 2023 + 11 - (self.passed - number)
        return date(months // 12, months % 12 + 1, self.day_due)

    def balances(self, principal: int, instalment: int | None) -> list[Fraction]:
        """Principal after each instalment: nothing is rounded, and the last instalment takes the rest."""
        left = [Fraction(principal)]
        for _ in range(self.instalments - 1):
            equal = Fraction(0) if self.repayment_type == "bullet" else Fraction(principal, self.instalments)
            left.append(left[-1] - (equal if instalment is None else instalment - left[-1] * INTEREST))
        return [*left, Fraction(0)]


def standings(borrower: Borrower, *, instalments: int, days_due: Iterable[int] = DAYS_DUE) -> Iterator[Standing]:
    """Every age and every number of instalments unpaid, after maturity too, of contracts on book and not in default."""
    for day_due in days_due:
        for passed in range(instalments + borrower.most_unpaid):
            for unpaid in range(borrower.most_unpaid + 1):
                one = Standing(day_due, instalments, passed, unpaid, "level")
                is_there = 0 <= one.paid < instalments and one.days_past_due < borrower.days_at_recognition
                if is_there and (unpaid > 0 or passed < instalments):
                    for repayment_type in ("level", "equal_principal", "bullet"):
                        yield Standing(day_due, instalments, passed, unpaid, repayment_type)


def lost(
    borrower: Borrower,
    one: Standing,
    facts: dict[str, Any],
    *,
    interest: str,
    discount: Fraction,
    of_interest: Fraction = LOSS,
) -> Fraction:
    """Expected loss by enumeration: what is owed at the end of the month of recognition, a share of it lost, discounted.

    Interest to recognition runs from the last instalment paid: of one paid before the instant it is what is billed and what
    accrues from now on. Of the instant it is what is billed and accrued, and nothing of later instalments.
    """
    balances = one.balances(facts["principal_minor"], facts["instalment_minor"])
    owed, billed = Fraction(facts["outstanding_principal_minor"]), Fraction(facts["billed_unpaid_interest_minor"])
    total = Fraction(0)
    for default in defaults_of(borrower, Contract(one.instalments, one.passed, one.paid, one.stub)):
        principal = owed * balances[default.paid] / balances[one.paid]
        has_paid_since = default.paid > one.paid
        periods = one.passed + default.month - default.paid if has_paid_since else default.month
        running = billed * (not has_paid_since) + principal * INTEREST * periods
        if interest == "at_the_instant":
            is_running = one.passed < one.instalments
            running = Fraction(0) if has_paid_since else billed + owed * INTEREST * one.stub * is_running
        if interest == "none":
            running = Fraction(0)
        total += default.chance * (principal * LOSS + running * of_interest) * discount**default.month
    return total


def facts_of(one: Standing, principal: int = 98_765_432) -> dict[str, Any]:
    """What a tape says of the contract: it owes a little more than its schedule, and some interest is billed."""
    level = principal * INTEREST / (1 - (1 + INTEREST) ** -one.instalments)
    instalment = int(level) if one.repayment_type == "level" else None
    left = one.balances(principal, instalment)[one.paid]
    return {
        "segment": f"due-{one.day_due}",
        "origination_date": one.due(0),
        "first_payment_date": one.due(1),
        "principal_minor": principal,
        "annual_rate": 12 * INTEREST,
        "term_instalments": one.instalments,
        "repayment_type": one.repayment_type,
        "instalment_minor": instalment,
        "outstanding_principal_minor": min(principal, int(left) + 777_777),
        "billed_unpaid_interest_minor": 12_345 * one.unpaid,
        "days_past_due": one.days_past_due,
    }


def prepayment_rows(borrower: Borrower, days_due: Iterable[int] = DAYS_DUE) -> list[dict[str, Any]]:
    """Rows of a prepayment table of segments: the same in every month on book."""
    leaving = {"month_on_book": 1, "single_monthly_mortality": decimal(borrower.prepaying, 3)}
    return [{"valid_from": VALID_FROM, "segment": f"due-{day}", **leaving} for day in days_due]


def loss_rows(scenario: str) -> list[dict[str, Any]]:
    """Rows of a table of losses: the same share of everything at any time, discounted or not."""
    lost = {"lgd_undiscounted": decimal(LOSS, 1), "lgd_discounted": decimal(LOSS, 1)}
    return [
        {"valid_from": VALID_FROM, "scenario": scenario, "segment": one, "months_since_default": 0, **lost} for one in SEGMENTS
    ]


def hazard_rows(
    borrower: Borrower, scenario: str, months: int, digits: int, days_due: Iterable[int] = DAYS_DUE
) -> list[dict[str, Any]]:
    """Rows of a hazard table of segments and every bucket; no probation occurs, its rows are those of the current."""
    rows = []
    for day_due in days_due:
        stub = Standing(day_due, 1, 0, 0, "level").stub
        for bucket, unpaid in (*zip(BUCKETS, range(4), strict=True), ("probation", 0)):
            curves = curves_of(borrower, min(unpaid, borrower.most_unpaid), stub, months)
            rows += [
                {
                    "valid_from": VALID_FROM,
                    "scenario": scenario,
                    "segment": f"due-{day_due}",
                    "bucket": bucket,
                    "months_ahead": month,
                    "hazard": decimal(hazard, digits),
                    "performing": decimal(performing, digits),
                    "default_days": borrower.days_at_recognition,
                }
                for month, (hazard, performing) in enumerate(zip(*curves, strict=True), start=1)
            ]
    return rows


def decimal(share: Fraction, digits: int) -> str:
    """A fraction below one in so many decimals.

    >>> decimal(Fraction(2, 3), 4)
    '0.6667'
    """
    whole, part = divmod(round(share * 10**digits), 10**digits)
    return f"{whole}.{part:0{digits}}"
