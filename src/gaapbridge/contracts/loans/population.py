"""The loans of a close: opening and closing rows brought together range by range, and measured."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.contracts.ages_counted import age_not_counted
from gaapbridge.contracts.contradictions import terms_told
from gaapbridge.contracts.dated_rules import default_not_counted
from gaapbridge.contracts.days_apart import paid_up_late
from gaapbridge.contracts.hindsight import Hindsight, Outcome, hindsight_of
from gaapbridge.contracts.instalment_apart import least_instalment
from gaapbridge.contracts.last_missed import SINCE_MISSED
from gaapbridge.contracts.loans import KIND, direct
from gaapbridge.contracts.loans.causes import CAUSES, Told, causes_of
from gaapbridge.contracts.loans.columns import LONG_BEFORE, TERMS, Loans, loans_of
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.interest_by_rows import with_interest_by_rows
from gaapbridge.contracts.loans.interest_capitalised import with_interest_capitalised
from gaapbridge.contracts.loans.measurement import Measurement, detail_of, measure
from gaapbridge.contracts.loans.payments import PAYMENTS
from gaapbridge.contracts.loans.recoveries import recovered_in_period
from gaapbridge.contracts.loans.schema import COUNTING, LOANS
from gaapbridge.contracts.loans.setting import LoanSetting, loan_setting
from gaapbridge.contracts.loans.tapes import CLOSING_TAPE, EVENTS_TAPE, OPENING_TAPE, PAYMENTS_TAPE, open_tapes
from gaapbridge.contracts.missed_instalments import told_apart
from gaapbridge.contracts.movements import movement_tables
from gaapbridge.contracts.population import Population
from gaapbridge.contracts.rows import Rows, worded
from gaapbridge.contracts.scan import Part
from gaapbridge.contracts.side_by_side import flag_listed, side_by_side, whole
from gaapbridge.contracts.totals import Standing, refuse_sums, total
from gaapbridge.contracts.unmeasurable import GROWS, Fault, unmeasurable
from gaapbridge.difference import PATHS
from gaapbridge.measure.effective_rates import NEVER_REPAID, NO_ROOT, NO_SIGN_CHANGE
from gaapbridge.measure.rounding import BEYOND, to_minor
from gaapbridge.plan import Plan
from gaapbridge.tapes.ranges import Held, empty_frame, not_given


def open_population(plan: Plan, paths: Mapping[str, Path]) -> Population:
    """Open the loans of a plan. Raises ``UnusableInput``; reads no loan."""
    tapes = open_tapes(plan, paths)
    setting = partial(loan_setting, plan, tapes.assumed, tapes.longest_term)
    return Population(
        tapes, CAUSES, setting, tapes.measured(measured), direct, plan.closing_answers, movement_tables, tapes.unstated
    )


def events_by_contract(events: pl.DataFrame) -> pl.DataFrame:
    """The period's events by contract: amounts recovered, prepaid and written off, none where there is no such event; the
    first recovery, whether terms were modified and when last."""
    recovered, prepaid, written_off = (
        pl.col("amount_minor").filter(pl.col("kind") == kind) for kind in ("recovery", "prepayment", "write_off")
    )
    return events.group_by("contract_id").agg(
        _added(recovered).alias("recovered_minor"),
        _added(prepaid).alias("prepaid_minor"),
        pl.when(written_off.len() > 0).then(_added(written_off)).alias("event_written_off_minor"),
        (pl.col("kind") == "modification").any().alias("modified"),
        pl.col("event_date").filter(pl.col("kind") == "modification").max().alias("modified_on"),
        pl.col("event_date").filter(pl.col("kind") == "recovery").min().alias("first_recovery"),
    )


def payments_by_contract(payments: pl.DataFrame) -> pl.DataFrame:
    """Cash of the period's payments by contract: principal repaid, interest and fees paid, and all of it."""
    principal, interest, fees = pl.col("principal_minor"), pl.col("interest_minor"), pl.col("fees_minor")
    return payments.group_by("contract_id").agg(
        _added(principal).alias("repaid_minor"),
        _added(interest).alias("interest_paid_minor"),
        _added(fees).alias("fees_paid_minor"),
        _added(principal + interest + fees).alias("paid_minor"),
    )


def _added(amounts: pl.Expr) -> pl.Expr:
    """The sum of amounts, none below nil: at most what no contract has, which a total refuses, and never turned round."""
    return pl.min_horizontal(amounts.cast(pl.Int128).sum(), pl.lit(BEYOND, pl.Int128)).cast(pl.Int64)


def beside(opening: pl.DataFrame, closing: pl.DataFrame, events: pl.DataFrame, payments: pl.DataFrame) -> pl.DataFrame:
    """Opening and closing rows of a range side by side, with the amounts of the period's events and payments."""
    counting = pl.col("status").is_in(COUNTING)
    joined = side_by_side(opening.filter(counting), closing, (*TERMS, "maturity_date"))
    if events.is_empty() and payments.is_empty():
        joined = joined.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in _nothing_told().items())
    else:
        told = _told_by_rows(events, payments, joined)
        joined = joined.join(told, on="contract_id", how="left", maintain_order="left")
    return flag_listed(joined, opening.filter(~counting)["contract_id"])


def _told_by_rows(events: pl.DataFrame, payments: pl.DataFrame, joined: pl.DataFrame) -> pl.DataFrame:
    """What rows of events and payments tell of contracts, one row of each that is in some of them."""
    paid = pl.col("principal_minor") + pl.col("interest_minor") + pl.col("fees_minor")
    changing = events.filter(pl.col("kind") != "recovery")
    told = (
        events_by_contract(events),
        payments_by_contract(payments),
        _outside(changing, "event_date", pl.col("amount_minor"), joined).rename({"outside": "events_outside_minor"}),
        _outside(payments, "date", paid, joined).rename({"outside": "payments_outside_minor"}),
        _written_off_before(changing, joined),
        _recovered_twice(events),
        _paid_since_default(payments, joined),
    )  # most contracts are in none: together they are looked for once
    return pl.concat(told, how="align")


@lru_cache(1)
def _nothing_told() -> dict[str, pl.DataType]:
    """The columns of that but the ids, empty where there is neither an event nor a payment in a range."""
    none = empty_frame(LOANS)
    told = _told_by_rows(empty_frame(EVENTS), empty_frame(PAYMENTS), side_by_side(none, none, (*TERMS, "maturity_date")))
    return dict(told.drop("contract_id").schema)


def _outside(rows: pl.DataFrame, day: str, amount: pl.Expr, joined: pl.DataFrame) -> pl.DataFrame:
    """By contract of the closing tape, the amounts of its rows dated before its origination or after its exit: ``outside``."""
    lives = joined.filter(pl.col("status").is_not_null()).select("contract_id", "origination_date", "exit_date")
    beyond = (pl.col(day) < pl.col("origination_date")) | (pl.col(day) > pl.col("exit_date")).fill_null(False)
    found = rows.join(lives, on="contract_id", how="inner").filter(beyond)
    return found.group_by("contract_id").agg(_added(amount).alias("outside"))


def _written_off_before(events: pl.DataFrame, joined: pl.DataFrame) -> pl.DataFrame:
    """By contract, what events write off long before the closing tape does: ``written_off_before_minor``."""
    left = joined.filter(pl.col("status") == "written_off").select("contract_id", "exit_date")
    found = events.filter(pl.col("kind") == "write_off").join(left, on="contract_id", how="inner").filter(LONG_BEFORE)
    return found.group_by("contract_id").agg(_added(pl.col("amount_minor")).alias("written_off_before_minor"))


def _recovered_twice(events: pl.DataFrame) -> pl.DataFrame:
    """By contract, what recoveries repeat that came in by the business day before, as of one booked on its day and on its value
    day: ``recovered_twice_minor``. Three or more in a row are paid day by day."""
    by = ["contract_id", "amount_minor", "event_date"]
    recoveries = events.filter(pl.col("kind") == "recovery").select(by).sort(by)
    alike = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in by[:2])
    day = pl.col("event_date")
    next_day = day.is_between(day.shift(), day.shift().dt.add_business_days(1, roll="backward"), closed="right")
    row = (~(alike & next_day).fill_null(False)).cum_sum().alias("row")
    rows = recoveries.group_by("contract_id", row).agg(pl.col("amount_minor").first(), times=pl.len())
    found = rows.filter(pl.col("times") == 2)
    return found.group_by("contract_id").agg(_added(pl.col("amount_minor")).alias("recovered_twice_minor"))


REGULAR_MONTHS = 6
"""Months of whole instalments since a default that lasts, more than many a lender asks for before it is cured."""


def _paid_since_default(payments: pl.DataFrame, joined: pl.DataFrame) -> pl.DataFrame:
    """By contract in default by its date and not cured, what it paid since in months of whole instalments, of those that did so
    for long: ``paid_since_default_minor``. Of one that is forborne a default lasts while it is observed."""
    lasting = joined.filter(
        pl.col("status").is_not_null()
        & pl.col("default_date").is_not_null()
        & pl.col("cured_date").is_null()
        & ~pl.col("forborne").fill_null(False)
    )
    whole = least_instalment().alias("whole")
    paid = pl.col("principal_minor") + pl.col("interest_minor")
    of_these = payments.join(lasting.select("contract_id", "default_date", whole), on="contract_id", how="inner")
    since = of_these.filter((pl.col("date") > pl.col("default_date")) & (pl.col("whole") > 0))
    month = pl.col("date").dt.truncate("1mo").alias("month")
    by_month = since.group_by("contract_id", "whole", month).agg(_added(paid).alias("paid"))
    regular = by_month.filter(pl.col("paid") >= pl.col("whole"))
    found = regular.group_by("contract_id").agg(_added(pl.col("paid")).alias("paid_since_default_minor"), months=pl.len())
    return found.filter(pl.col("months") >= REGULAR_MONTHS).drop("months")


def measured(tapes: Mapping[str, Held], setting: LoanSetting) -> Part:
    """Totals, table, rejects and causes of the loans of a range."""
    opening, closing = tapes.get(OPENING_TAPE, not_given(LOANS)), tapes[CLOSING_TAPE]
    events = tapes.get(EVENTS_TAPE, not_given(EVENTS))
    payments = tapes.get(PAYMENTS_TAPE, not_given(PAYMENTS))
    joined = beside(opening.good, closing.good, events.good, payments.good)
    refuse_sums(joined, ("paid_minor",), PAYMENTS_TAPE, "payments")
    refuse_sums(joined, ("recovered_minor", "prepaid_minor", "event_written_off_minor"), EVENTS_TAPE, "events")
    told = _told(tapes, setting)
    paid = payments.good if told.payments else None
    columns = frozenset(tapes[PAYMENTS_TAPE].every.columns) if told.payments else frozenset[str]()
    loans = loans_of(joined, setting.credit, paid, events.good, stated=told.received, paid=columns)
    loans = with_interest_by_rows(with_interest_capitalised(loans, joined, events.good, setting.credit), setting.credit)
    measurement = measure(loans, setting, Rows.of(KIND, joined.height))
    look_back = setting.credit.bases.of["closing"].look_back
    unsolved = measurement.outcomes != 0
    failed = joined.filter(pl.Series(unsolved)).with_columns(pl.Series("outcome", measurement.outcomes[unsolved]))
    standing = Standing(
        loans.schedule.segment,
        loans.course.path_where(~unsolved),
        measurement.stage_opening,
        measurement.stage_closing,
    )
    return Part(
        totals=total(standing, measurement.rows, setting.credit.segments),
        table=detail_of(loans, measurement, setting),
        rejects=unmeasurable(failed, _FAULTS, _LENT, opening, closing, (events, payments)),
        hindsight=_hindsight(loans, measurement, setting) if OPENING_TAPE in tapes else None,
        causes=causes_of(
            joined.with_columns(
                path=worded(loans.course.path, PATHS),
                not_carried_minor=pl.Series(measurement.recoveries_not_carried),
                without_allowance=pl.Series(measurement.expected.without_allowance(measurement.rows) & ~unsolved),
                paid_up_late=_paid_up_late(joined, loans, measurement),
                interest_settled=pl.Series(measurement.rows["interest_settled"]),
                written_off_in_part=pl.Series(loans.written_off_in_part),
                capitalised_minor=pl.Series(loans.capitalised),
                not_capitalised_minor=pl.Series(loans.not_capitalised),
                forgiven_minor=pl.Series(loans.forgiven).replace(0, None),
                fee_soon_minor=loans.origination_fees.soon,
                us_accrued_minor=pl.Series(measurement.rows["closing_us_accrued_interest"]),
                **told_apart(loans.schedule, loans.states["closing"], measurement.expected, look_back, stated=told.missed),
                **terms_told(loans.schedule, loans.states["late"], measurement.late, loans.course, setting.credit),
            ).with_columns(
                default_not_counted=default_not_counted(setting.unchanged, setting.credit.closing),
                age_not_counted=age_not_counted(setting.ages_counted, setting.credit.closing),
            ),
            setting.credit.known_from,
            told,
        ),
        buckets=measurement.expected.by_bucket(setting.credit.segments),
    )


def _paid_up_late(joined: pl.DataFrame, loans: Loans, measurement: Measurement) -> pl.Series:
    """Which loans are past due with principal and interest paid; a service fee may be unpaid, and what was prepaid makes up for
    an instalment that is."""
    otherwise = (loans.service_fee > 0) | (whole(joined, "prepaid_minor") > 0)
    risk = {"opening": measurement.opening, "late": measurement.late}
    return paid_up_late(loans.schedule, loans.states, risk, loans.course, otherwise)


def _told(tapes: Mapping[str, Held], setting: LoanSetting) -> Told:
    """What the tapes that a plan names can tell; a column is named where the file has it."""
    received = all(_has(tapes, source, _RECEIVED) for source in (OPENING_TAPE, CLOSING_TAPE) if source in tapes)
    opening, told = setting.credit.opening if OPENING_TAPE in tapes else None, PAYMENTS_TAPE in tapes
    paid = _has(tapes, PAYMENTS_TAPE, "interest_minor")
    missed = _has(tapes, CLOSING_TAPE, SINCE_MISSED)
    return Told(opening, setting.credit.closing, EVENTS_TAPE in tapes, told, received, paid, missed)


def _has(tapes: Mapping[str, Held], source: str, column: str) -> bool:
    """Whether there is a tape and it has a column, filled or not."""
    return source in tapes and column in tapes[source].every.columns


def _hindsight(loans: Loans, measurement: Measurement, setting: LoanSetting) -> Hindsight:
    """What the opening's curves expected of the loans, against what came; and of those written off before, their recoveries."""
    credit, course = setting.credit, loans.course
    stock = course.off_at_opening & ~course.lost
    written_off = np.where(stock, loans.written_off_principal, 0.0)
    outcome = Outcome(
        share=np.ones(len(loans.claim)),
        claim=loans.claim,
        claimed=loans.claimed,
        stock_paid=to_minor(written_off),
        stock_expected=to_minor(written_off * recovered_in_period(loans, setting)),
        stock_received=np.where(stock, measurement.rows["recoveries_received"], 0),
    )
    measured = measurement.outcomes == 0
    return hindsight_of(loans.schedule, loans.states, measurement.opening, course, measured, outcome, credit)


_RECEIVED = "interest_received_minor"
_FAULTED = "principal_minor, fees_received_minor, costs_paid_minor"
_MEND = "correct principal, fees, costs or instalments of this contract"
_FAULTS = {
    NO_SIGN_CHANGE: Fault(_FAULTED, "the cash flows must change sign to have an effective rate", _MEND),
    NO_ROOT: Fault(_FAULTED, "the effective rate must lie between -50 % and +100 % a period", _MEND),
    NEVER_REPAID: Fault(_FAULTED, GROWS, _MEND),
}
"""Why a loan has no effective rate, by outcome of the kernels."""

_LENT = pl.format("{} - {} + {}", "principal_minor", "fees_received_minor", "costs_paid_minor")
