"""The history of a plan: a lender's monthly records, from which curves are estimated, and what is decided in estimating them.

Nothing here has a default that decides a figure: whoever signs the curves states it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from gaapbridge.plan.queries import Files
from gaapbridge.plan.reading import ReadTable, Written
from gaapbridge.plan.scenarios import Scenarios
from gaapbridge.plan.section import Amounts, Section
from gaapbridge.plan.shares import Rate, Share

ExclusionRule = Literal["count_unchanged", "months_left_out", "contracts_left_out"]

Total = Annotated[int | None, Field(ge=0)]


def is_alone(content: Mapping[str, Any]) -> bool:
    """Whether a file states a history and nothing of a close.

    >>> is_alone({"format": 1, "entity": {}, "history": {}}), is_alone({"entity": {}, "history": {}, "period": {}})
    (True, False)
    """
    return "history" in content and set(content) <= {"format", "entity", "sources", "history", "starter"}


class HistoryControl(Section):
    """Control totals of a tape of a history: its rows; and of performance the sum of all balances, of contracts that of
    principal, of outcomes that of amounts, of fees that of fees, of tranches and events of awards that of units."""

    rows: Total = None
    balance_minor: Total = None
    principal_minor: Total = None
    amount_minor: int | None = None
    fee_minor: Total = None
    units: Total = None

    @property
    def stated(self) -> dict[str, int]:
        """The totals stated, by name: rows first."""
        return {name: total for name, total in self.model_dump().items() if total is not None}


class HistoryTape(Section):
    """One tape of a history, in one file or several, or queries, and how they are written."""

    path: Files
    amounts: Amounts
    ignore: list[str] = Field(default_factory=list)
    columns: dict[str, str] = Field(default_factory=dict)
    read: ReadTable | None = None
    control: HistoryControl = HistoryControl()

    @property
    def written(self) -> Written:
        """How the tape is written."""
        return Written(self.amounts, self.ignore, self.columns, self.read)


WEIGHED_BY = {
    "performance": "balance_minor", "contracts": "principal_minor", "outcomes": "amount_minor", "fees": "fee_minor",
}  # fmt: skip
"""The tapes of a history, and the column of which a control total of each may state the sum."""


class Exclusion(Section):
    """A dated rule by which a part of history counts otherwise, and why; figures with it and without it are both told.

    ``count_unchanged``: in the months from ``from`` to ``to`` arrears stay as they were, as under a deferral.
    ``months_left_out``: nothing counts that begins or ends in them. ``contracts_left_out``: those named, or those of segments.
    """

    rule: ExclusionRule
    from_: Annotated[date | None, Field(alias="from")] = None
    to: date | None = None
    contracts: list[str] = Field(default_factory=list)
    segments: list[str] = Field(default_factory=list)
    reason: Annotated[str, Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Exclusion:
        if self.rule == "contracts_left_out":
            if self.from_ is not None or self.to is not None:
                raise ValueError("contracts are left out for the whole of history; remove from and to")
            if not (self.contracts or self.segments):
                raise ValueError('contracts that are left out are named; add contracts = ["..."] or segments = ["..."]')
        elif self.from_ is None or self.to is None:
            raise ValueError(f"{self.rule} is of some months; add from = 2020-04-01 and to = 2020-08-31")
        elif self.to < self.from_:
            raise ValueError("to must not be before from; write the first month's day and the last's")
        return self


def _month_end(day: date) -> date:
    if (day + timedelta(days=1)).day != 1:
        raise ValueError(f"must be the end of a month, and {day} is none; write its last day")
    return day


def _inside(share: Decimal) -> Decimal:
    if not 0 < share < 1:
        raise ValueError("must be above 0 and below 1; write 95 % as 0.95")
    return share


def _positive(value: Any) -> Any:
    number = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if number != "contract" and not (isinstance(number, Decimal) and number.is_finite() and 0 <= number < 1):
        raise ValueError('must be a fraction from 0 to below 1, or "contract"; write 12 % a year as 0.12')
    return number


class Origins(Section):
    """The months on book that a contract may have at a month's end from which hazards are counted: ``from`` one ``to`` another,
    both counted. Instalments due by then are months on book: a loan whose first falls due in May has one at the end of May."""

    from_: Annotated[int, Field(alias="from", ge=0, le=480)]
    to: Annotated[int, Field(ge=0, le=480)]

    @model_validator(mode="after")
    def _in_order(self) -> Origins:
        if self.to < self.from_:
            raise ValueError("to must not be below from; write the fewest months on book, then the most")
        return self


class PayoutReading(Section):
    """When a segment's funder counts as paid on one day: where ``minimum_share`` of payouts lie within ``span_days``."""

    span_days: Annotated[int, Field(ge=1, le=31)]
    minimum_share: Share


class FeeReading(Section):
    """How losses of fees are counted: fees open at a month end are followed for ``horizon_months``; a bucket of a segment has
    its own rates from ``minimum_contracts`` on, else those of all segments that are paid out on the same day."""

    horizon_months: Annotated[int, Field(ge=1, le=480)]
    minimum_contracts: Annotated[int, Field(ge=1)]


class ContractHistory(Section):
    """The history of one kind of contracts: its tapes, and what is decided in estimating from them.

    ``default_days`` is the day past due on which a default is recognised, ``default_days_of`` that of segments of which it is
    another: those of one day are estimated together, of different days apart. ``look_back_months`` is how long a default or a
    missed instalment marks a contract that owes nothing overdue. A contract repaid with no more than ``matured_within_months``
    instalments left has matured, and was not prepaid. ``minimum_months`` are contract-months below which a segment is thin,
    ``minimum_defaults`` contracts with a default by which a segment is held to all segments together, ``minimum_on_book``
    those without which a month ahead is not read from counts. ``minimum_charge_offs`` and ``minimum_at_risk`` are the same of
    losses. ``severity_years`` are the years of charge-off whose severity serves: the last so many, all, or with drift.
    With ``origins`` hazards are counted from month ends at which a contract has so many months on book, not from every one.
    With ``without_last_row`` a contract whose rows end with a balance was repaid, unless in default or written off.
    ``last_month`` is the last of which every contract's rows are there, where some go on after it: later rows are left out.
    ``discount_rate`` is a rate a year for recoveries, or "contract" for each one's own. Of guarantees alone, whose performance
    is that of the guaranteed loans: ``payouts`` says when those of a segment count as of one day, ``fee_losses`` how losses of
    ``fees`` are counted.
    """

    performance: HistoryTape
    contracts: HistoryTape | None = None
    outcomes: HistoryTape | None = None
    fees: HistoryTape | None = None
    payouts: PayoutReading | None = None
    fee_losses: FeeReading | None = None
    default_days: Annotated[int, Field(ge=1, le=90)]
    default_days_of: dict[str, Annotated[int, Field(ge=1, le=90)]] = Field(default_factory=dict)
    look_back_months: Annotated[int, Field(ge=1, le=60)]
    matured_within_months: Annotated[int, Field(ge=0, le=12)]
    minimum_months: Annotated[int, Field(ge=0)]
    minimum_defaults: Annotated[int, Field(ge=1)]
    minimum_on_book: Annotated[int, Field(ge=1)]
    minimum_charge_offs: Annotated[int, Field(ge=1)]
    minimum_at_risk: Annotated[int, Field(ge=1)]
    severity_years: Annotated[int, Field(ge=1)] | Literal["all", "drift"]
    discount_rate: Annotated[Decimal | Literal["contract"], BeforeValidator(_positive)]
    origins: Origins | None = None
    without_last_row: Literal["repaid"] | None = None
    last_month: Annotated[date, AfterValidator(_month_end)] | None = None
    segments: list[str] = Field(default_factory=list)
    exclusions: list[Exclusion] = Field(default_factory=list)

    @model_validator(mode="after")
    def _of_its_own(self) -> ContractHistory:
        for key, tape in self.tapes.items():
            for name in tape.control.stated:
                if name not in ("rows", WEIGHED_BY[key]):
                    raise ValueError(f"control totals of {key} are rows and {WEIGHED_BY[key]}; remove {name}")
        return self

    @property
    def tapes(self) -> dict[str, HistoryTape]:
        """The tapes that are stated, by their keys."""
        named: dict[str, HistoryTape | None] = {key: getattr(self, key) for key in WEIGHED_BY}
        return {key: tape for key, tape in named.items() if tape is not None}

    @property
    def ages_counted(self) -> tuple[int, int] | None:
        """The fewest and the most months on book from which hazards are counted; None where from all."""
        return None if self.origins is None else (self.origins.from_, self.origins.to)

    def written(self, key: str) -> Written:
        """How one of them is written."""
        return self.tapes[key].written

    def days_of(self, segment: str) -> int:
        """Days past due on which a default of a segment is recognised: of a guarantee, on which its funder is paid."""
        return self.default_days_of.get(segment, self.default_days)


class AwardHistory(Section):
    """The history of share awards: their three tapes, ``first_day`` from which every grant and event stands on them, and how
    many forfeitures a rate of its own takes, ``minimum_forfeitures``."""

    awards: HistoryTape
    award_tranches: HistoryTape
    award_events: HistoryTape
    first_day: date
    minimum_forfeitures: Annotated[int, Field(ge=1)]

    @property
    def tapes(self) -> dict[str, HistoryTape]:
        """The tapes by their keys."""
        return {"awards": self.awards, "award_tranches": self.award_tranches, "award_events": self.award_events}


def _month_ends(days: list[date]) -> list[date]:
    days = list(map(_month_end, days))
    if sorted(set(days)) != days:
        raise ValueError("month ends are in order, each once; sort them")
    return days


class Validation(Section):
    """How curves are held against what came: from which month ends, how far ahead, and what counts as a surprise.

    ``openings`` are tested on curves as known then; the contracts of each tenth on curves of all others, as known at
    ``out_of_sample_known_at``. ``calendar_allowance`` is the standard deviation, as a share, of what a year does to all alike;
    of a cell with fewer than ``least_expected`` nothing is said; a run-off loss is said to come true within a quarter from
    ``claims_from`` charge-offs on.
    """

    openings: Annotated[list[date], Field(min_length=1), AfterValidator(_month_ends)]
    out_of_sample_known_at: Annotated[date, AfterValidator(_month_end)]
    window_months: Annotated[int, Field(ge=1, le=60)]
    confidence: Annotated[Share, AfterValidator(_inside)]
    calendar_allowance: Rate
    least_expected: Annotated[int, Field(ge=1)]
    claims_from: Annotated[int, Field(ge=1)]


class History(Section):
    """What curves are estimated from: ``known_at`` the month ends of which tables are made, the instants of the plan where it
    states none; ``to`` the folder they are written to; how many rows may be rejected and how many findings are borne."""

    known_at: Annotated[list[date], AfterValidator(_month_ends)] = Field(default_factory=list)
    to: Annotated[str, Field(min_length=1)]
    rejected_rows: Annotated[int, Field(ge=0)]
    findings: Annotated[int, Field(ge=0)]
    scenarios: Scenarios
    validation: Validation | None = None
    loans: ContractHistory | None = None
    guarantees: ContractHistory | None = None
    awards: AwardHistory | None = None

    @model_validator(mode="after")
    def _of_some_kind(self) -> History:
        if not self.kinds and self.awards is None:
            raise ValueError("history is of some kind of contracts; add [history.loans.performance]")
        return self

    @model_validator(mode="after")
    def _of_guarantees(self) -> History:
        if self.loans is not None and (self.loans.payouts or self.loans.fees or self.loans.fee_losses):
            raise ValueError("payouts and fees are of guarantees; remove them from [history.loans]")
        if self.guarantees is None:
            return self
        if self.guarantees.outcomes is not None and self.guarantees.payouts is None:
            raise ValueError(
                "payouts are held against default_days; add payouts = { span_days = 5, minimum_share = 0.9 } to "
                "[history.guarantees]"
            )
        if self.guarantees.fees is not None and self.guarantees.fee_losses is None:
            raise ValueError(
                "fees are followed; add fee_losses = { horizon_months = 36, minimum_contracts = 30 } to [history.guarantees]"
            )
        return self

    @property
    def all_kinds(self) -> dict[str, ContractHistory | AwardHistory]:
        """Everything there is history of, by kind."""
        awards = {} if self.awards is None else {"awards": self.awards}
        return {**self.kinds, **awards}

    @property
    def kinds(self) -> dict[str, ContractHistory]:
        """The kinds of contracts there is history of."""
        stated = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: one for name, one in stated.items() if isinstance(one, ContractHistory)}


_WHERE_STATED = "without_last_row"
"""A judgement that is taken where it is stated alone."""


def judgements_of(history: History, kind: str) -> dict[str, Any]:
    """What is decided in estimating a kind, by key, as ``estimation.json`` states it: everything that is stated but the tapes,
    and of contracts the scenarios.

    With ``default_days = 60`` of loans it has ``"default_days": 60``."""
    stated = history.all_kinds[kind]
    dumped = stated.model_dump(mode="json", by_alias=True, exclude={*stated.tapes, *WEIGHED_BY})
    decided = {key: value for key, value in dumped.items() if key != _WHERE_STATED or value is not None}
    return decided | ({SCENARIOS: history.scenarios.judgements} if kind in history.kinds else {})


SCENARIOS = "scenarios"
"""The key under which the judgements of a kind have those of its scenarios."""
