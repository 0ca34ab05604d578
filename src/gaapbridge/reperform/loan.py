"""One contract as the independent calculator reads it: a frozen row of the loan tape, and its events.

The rows are read by `reperform.tapes`, not by the measured run's own reader, so that a mistake of reading
shows as a disagreement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.grid import Grid

REPAYMENT_TYPES = ("level", "equal_principal", "bullet", "interest_free_instalments")
ON_BOOK, PREPAID, MATURED, WRITTEN_OFF = STATUSES = ("on_book", "prepaid", "matured", "written_off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A loan as one tape describes it: terms of origination, and its situation at the tape's instant.

    Amounts are whole minor units, `annual_rate` is nominal a year (twelve periods). A contract that left in
    the period is described the moment before it left. Interest received, since origination, is None where the tape has no
    such column.

    >>> Loan(contract_id="A", segment="s", origination_date=date(2023, 1, 31),
    ...     first_payment_date=date(2023, 2, 28), principal_minor=120_000, annual_rate=Decimal("0.18"),
    ...     term_instalments=12, repayment_type="level", outstanding_principal_minor=120_000).status
    'on_book'
    """

    contract_id: str
    segment: str
    origination_date: date
    first_payment_date: date
    principal_minor: int
    annual_rate: Decimal
    term_instalments: int
    repayment_type: str
    outstanding_principal_minor: int
    maturity_date: date | None = None
    instalment_minor: int | None = None
    service_fee_minor: int = 0
    fees_received_minor: int = 0
    costs_paid_minor: int = 0
    billed_unpaid_interest_minor: int = 0
    service_fees_ahead_minor: int = 0
    interest_received_minor: int | None = None
    days_past_due: int = 0
    status: str = ON_BOOK
    exit_date: date | None = None
    default_date: date | None = None
    cured_date: date | None = None
    months_since_last_missed: int | None = None
    nonaccrual_date: date | None = None
    watch_list: bool = False
    forborne: bool = False
    rating: str | None = None
    rating_at_origination: str | None = None
    pd_12m: Decimal | None = None
    pd_12m_at_origination: Decimal | None = None

    def __post_init__(self) -> None:
        if self.repayment_type not in REPAYMENT_TYPES:
            raise ValueError(f"{self.contract_id}: unknown repayment type {self.repayment_type!r}")
        if self.status not in STATUSES:
            raise ValueError(f"{self.contract_id}: unknown status {self.status!r}")
        if self.term_instalments < 1 or self.principal_minor <= 0:
            raise ValueError(f"{self.contract_id}: needs a principal and at least one instalment")
        if self.first_payment_date <= self.origination_date:
            raise ValueError(f"{self.contract_id}: the first payment must fall after origination")
        if (self.exit_date is None) != (self.status == ON_BOOK):
            raise ValueError(f"{self.contract_id}: exit_date goes with a status other than on_book")

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> Loan:
        """The contract of a row with canonical column names; absent and empty fields take their default."""
        given = {name: row[name] for name in FIELD_NAMES if row.get(name) is not None}
        return cls(**given)  # type: ignore[arg-type]

    @property
    def billed_unpaid(self) -> int:
        """Interest billed and unpaid less the service fees that were paid before they fall due, in minor units: these reduce
        what is carried until then (IFRS 9 Appendix A; 310-20-35-18)."""
        return self.billed_unpaid_interest_minor - self.service_fees_ahead_minor

    @property
    def grid(self) -> Grid:
        """Its due dates."""
        return Grid.of(self.origination_date, self.first_payment_date, self.term_instalments, self.maturity_date)


FIELD_NAMES: tuple[str, ...] = tuple(field.name for field in fields(Loan))


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a contract inside the period: a write-off, recovery, prepayment or modification."""

    contract_id: str
    event_date: date
    kind: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Payment:
    """Cash received from the borrower of a contract on a day; two that are the same to their number are one."""

    contract_id: str
    paid_on: date
    principal_minor: int
    interest_minor: int = 0
    fees_minor: int = 0
    service_fees_minor: int = 0
    payment_id: str = ""

    def counts(self, opening: date, closing: date) -> bool:
        """Whether it is of the period, and of something received."""
        parts = (self.principal_minor, self.interest_minor, self.fees_minor)
        return opening < self.paid_on <= closing and min(parts) >= 0 and any(parts)


@dataclass(frozen=True, slots=True)
class Paid:
    """What a borrower paid in the period by the tape of payments; whether that tape tells interest, fees, and service fees
    among them. `service_fees_by_day` is what of the fees of a day are these.

    300 of principal on 1 March; 40 of interest on 1 June.

    >>> paid = Paid((Payment("A", date(2023, 3, 1), 300), Payment("A", date(2023, 6, 1), 0, 40)))
    >>> paid.principal(date(2023, 3, 1)), paid.interest(date(2023, 3, 1), date(2023, 6, 1))
    (300, 40)
    >>> paid.interest(date(2023, 6, 1), date(2023, 12, 31))
    0
    """

    payments: tuple[Payment, ...] = ()
    tells_interest: bool = True
    tells_fees: bool = True
    tells_service_fees: bool = False
    service_fees_by_day: Mapping[date, int] = field(default_factory=dict)

    def with_service_fees(self, service_fee_minor: int, most: Callable[[date], int]) -> Paid:
        """The same, with what of the fees of each day are service fees: as the tape says, else no more than the `most` that may
        be paid in all up to it. Of a loan that has a service fee a tape without fees tells no interest: it may be in it.

        900 due each month on the 15th, none paid, and none more than 15 days before: of fees of 500 on 20 January and 10 March
        and 5,000 on 20 March

        >>> days = ((date(2023, 1, 20), 500), (date(2023, 3, 10), 500), (date(2023, 3, 20), 5_000))
        >>> paid = Paid(tuple(Payment("A", day, 0, 0, fees) for day, fees in days))
        >>> told = paid.with_service_fees(900, lambda day: 900 * day.month)
        >>> list(told.service_fees_by_day.values()), told.service_fees(date(2023, 1, 20), date(2023, 3, 31))
        ([500, 500, 1700], 2200)
        """
        found: dict[date, int] = {}
        for day in sorted(self.days):
            of_day = [payment for payment in self.payments if payment.paid_on == day]
            if self.tells_service_fees:
                found[day] = sum(payment.service_fees_minor for payment in of_day)
                continue
            unpaid = most(day) - sum(found.values())
            found[day] = max(0, min(sum(payment.fees_minor for payment in of_day), unpaid))
        tells_interest = self.tells_interest and (self.tells_fees or not service_fee_minor)
        return replace(self, tells_interest=tells_interest, service_fees_by_day=found)

    @property
    def days(self) -> frozenset[date]:
        """The days on which something was paid."""
        return frozenset(payment.paid_on for payment in self.payments)

    def principal(self, until: date) -> int:
        """Principal paid up to and including a day, in minor units."""
        return sum(payment.principal_minor for payment in self._within(date.min, until))

    def interest(self, after: date, until: date) -> int:
        """Interest paid after one day up to and including another, in minor units; nil where the tape tells none."""
        return sum(payment.interest_minor for payment in self._within(after, until))

    def service_fees(self, after: date, until: date) -> int:
        """The service fees among the fees paid after one day up to and including another, in minor units."""
        return sum(fees for day, fees in self.service_fees_by_day.items() if after < day <= until)

    def _within(self, after: date, until: date) -> Iterator[Payment]:
        return (payment for payment in self.payments if after < payment.paid_on <= until)


def recovered_until(events: tuple[Event, ...], day: date) -> int:
    """Cash recovered on a written-off contract by `day`, of the events given (those of the period).

    >>> recovered_until((Event("A", date(2023, 5, 1), "recovery", 700),), date(2023, 12, 31))
    700
    """
    return sum(event.amount_minor for event in events if event.kind == "recovery" and event.event_date <= day)
