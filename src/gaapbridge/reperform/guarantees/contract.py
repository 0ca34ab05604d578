"""One guarantee as the independent calculator reads it: a row of the guarantee tape, and its fee instalments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.exact import ONE
from gaapbridge.reperform.loan import ON_BOOK, Loan

SETTLED_EARLY, MATURED, PAID_OUT = "settled_early", "matured", "paid_out"
STATUSES = (ON_BOOK, SETTLED_EARLY, MATURED, PAID_OUT)
STANDING = (
    "outstanding_principal_minor",
    "billed_unpaid_interest_minor",
    "days_past_due",
    "status",
    "exit_date",
    "default_date",
    "cured_date",
    "months_since_last_missed",
    "watch_list",
    "forborne",
    "rating",
    "pd_12m",
    "paid_out_minor",
    "recovered_minor",
)
"""What a tape says of a guarantee at its instant; everything else is terms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """A guarantee as one tape describes it: the terms of the loan guaranteed, and its standing at the tape's instant.

    Amounts are whole minor units. A guarantee that left in the period is described the moment before it left.
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
    guaranteed_share: Decimal = ONE
    stand_ready_minor: int | None = None
    billed_unpaid_interest_minor: int = 0
    days_past_due: int = 0
    status: str = ON_BOOK
    exit_date: date | None = None
    default_date: date | None = None
    cured_date: date | None = None
    months_since_last_missed: int | None = None
    watch_list: bool = False
    forborne: bool = False
    rating: str | None = None
    rating_at_origination: str | None = None
    pd_12m: Decimal | None = None
    pd_12m_at_origination: Decimal | None = None
    related_party: bool = False
    paid_out_minor: int = 0
    recovered_minor: int = 0

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"{self.contract_id}: unknown status {self.status!r}")
        if (self.exit_date is None) != (self.status == ON_BOOK):
            raise ValueError(f"{self.contract_id}: exit_date goes with a status other than on_book")
        self.loan()  # refuses terms that no loan can have

    @classmethod
    def from_row(cls, row: Mapping[str, object]) -> Guarantee:
        """The guarantee of a row with canonical column names; absent and empty fields take their default."""
        return cls(**row)  # type: ignore[arg-type]

    def with_terms_of(self, other: Guarantee) -> Guarantee:
        """This guarantee's standing under the terms another tape gives."""
        return replace(other, **{name: getattr(self, name) for name in STANDING})

    def loan(self) -> Loan:
        """The loan guaranteed, as it stands: what schedule, hazards and stages are read from."""
        return Loan(
            contract_id=self.contract_id,
            segment=self.segment,
            origination_date=self.origination_date,
            first_payment_date=self.first_payment_date,
            principal_minor=self.principal_minor,
            annual_rate=self.annual_rate,
            term_instalments=self.term_instalments,
            repayment_type=self.repayment_type,
            maturity_date=self.maturity_date,
            instalment_minor=self.instalment_minor,
            outstanding_principal_minor=self.outstanding_principal_minor,
            billed_unpaid_interest_minor=self.billed_unpaid_interest_minor,
            days_past_due=self.days_past_due,
            default_date=self.default_date,
            cured_date=self.cured_date,
            months_since_last_missed=self.months_since_last_missed,
            watch_list=self.watch_list,
            forborne=self.forborne,
            rating=self.rating,
            rating_at_origination=self.rating_at_origination,
            pd_12m=self.pd_12m,
            pd_12m_at_origination=self.pd_12m_at_origination,
        )

    @property
    def term_days(self) -> int:
        """Days from origination to maturity, at least one; maturity is the last due date where the tape gives none."""
        last_due = self.loan().grid.due(self.term_instalments)
        return max(((self.maturity_date or last_due) - self.origination_date).days, 1)


GUARANTEE_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(Guarantee))


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeInstalment:
    """One instalment of a guarantee's fee: when it is due, the days it covers, what has become of it to date."""

    contract_id: str
    due_date: date
    coverage_start: date
    coverage_end: date
    fee_minor: int
    collected_minor: int = 0
    written_off_minor: int = 0

    def __post_init__(self) -> None:
        if self.coverage_end <= self.coverage_start:
            raise ValueError(f"{self.contract_id}: the instalment due {self.due_date} covers no day")


FEE_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(FeeInstalment))
