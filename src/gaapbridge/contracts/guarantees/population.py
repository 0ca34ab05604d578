"""The guarantees of a close: four tapes read, checked side by side and measured range by range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.contracts.ages_counted import age_not_counted
from gaapbridge.contracts.contradictions import terms_told
from gaapbridge.contracts.dated_rules import default_not_counted
from gaapbridge.contracts.days_apart import paid_up_late
from gaapbridge.contracts.guarantees import KIND, direct
from gaapbridge.contracts.guarantees.causes import CAUSES, causes_of
from gaapbridge.contracts.guarantees.columns import (
    FAIR_VALUE_ABOVE_FEES,
    NO_FEES,
    TERMS,
    Guarantees,
    guarantees_of,
)
from gaapbridge.contracts.guarantees.measurement import Measurement, detail_of, measure
from gaapbridge.contracts.guarantees.setting import GuaranteeSetting, guarantee_setting
from gaapbridge.contracts.guarantees.tapes import SCHEMAS, open_tapes
from gaapbridge.contracts.hindsight import Hindsight, Outcome, hindsight_of
from gaapbridge.contracts.last_missed import SINCE_MISSED
from gaapbridge.contracts.missed_instalments import told_apart
from gaapbridge.contracts.movements import contingent_tables
from gaapbridge.contracts.population import Population
from gaapbridge.contracts.rows import Rows, worded
from gaapbridge.contracts.scan import Part
from gaapbridge.contracts.side_by_side import OF_OPENING, Flags, Whole, flag_listed, side_by_side
from gaapbridge.contracts.totals import Standing, total
from gaapbridge.contracts.unmeasurable import GROWS, Fault, unmeasurable
from gaapbridge.difference import PATHS
from gaapbridge.measure.calendar import whole_months_between
from gaapbridge.measure.effective_rates import NEVER_REPAID
from gaapbridge.measure.guarantee import higher_of
from gaapbridge.measure.rounding import fraction_of, to_minor
from gaapbridge.plan import Plan
from gaapbridge.tapes.ranges import Held, not_given


def open_population(plan: Plan, paths: Mapping[str, Path]) -> Population:
    """Open the guarantees of a plan. Raises ``UnusableInput``; reads no guarantee."""
    tapes = open_tapes(plan, paths)
    setting = partial(guarantee_setting, plan, *tapes.assumed, tapes.longest_term)
    return Population(tapes, CAUSES, setting, tapes.measured(measured), direct, plan.closing_answers, contingent_tables)


def measured(tapes: Mapping[str, Held], setting: GuaranteeSetting) -> Part:
    """Totals, table, rejects and causes of the guarantees of a range."""
    (opening, closing), fees = (
        [tapes.get(f"tapes.{name}.{state}", not_given(schema)) for state in ("opening", "closing")]
        for name, schema in SCHEMAS.items()
    )
    counting = _counting(opening.good, fees[0].good, setting)
    joined = flag_listed(side_by_side(counting, closing.good, TERMS), opening.good["contract_id"])
    guarantees = guarantees_of(joined, (fees[0].good, fees[1].good), setting)
    measurement = measure(guarantees, setting, Rows.of(KIND, joined.height))
    usable = measurement.outcomes == 0
    ifrs = setting.treatments[1]
    beside, waits = ifrs.stands_beside(setting.elections), ifrs.waits_for_due_date(setting.elections)
    segment = guarantees.schedule.segment + guarantees.related * len(setting.credit.segments)
    standing = Standing(segment, guarantees.course.path_where(usable), measurement.stage_opening, measurement.stage_closing)
    moved = _moved(fees[0].good, fees[1].good, joined["contract_id"].filter(pl.Series(guarantees.moved)))
    look_back = setting.credit.bases.of["closing"].look_back
    missed_told = SINCE_MISSED in closing.every.columns
    told = joined.join(moved, on="contract_id", how="left", maintain_order="left").with_columns(
        path=worded(guarantees.course.path, PATHS),
        outcome=pl.Series(measurement.outcomes),
        beside=pl.Series(_beside(measurement, setting)),
        above_fees=pl.Series(guarantees.above_fees),
        covered_before_due=pl.Series(guarantees.covered_before_due),
        offset=pl.Series(measurement.rows["closing_ifrs_expected_recoveries"]),
        given_up=pl.Series(_given_up(guarantees, measurement)),
        without_allowance=pl.Series(measurement.expected.without_allowance(measurement.rows)),
        outside_life=pl.Series(guarantees.outside_life),
        collected_ahead=pl.Series(guarantees.collected_ahead),
        due_outside=pl.Series(guarantees.due_outside),
        broken_coverage=pl.Series(guarantees.broken),
        matured_early=pl.Series(guarantees.matured_early),
        paid_up_late=_paid_up_late(guarantees, measurement),
        **terms_told(guarantees.schedule, guarantees.states["late"], measurement.late, guarantees.course, setting.credit),
        **told_apart(guarantees.schedule, guarantees.states["closing"], measurement.expected, look_back, stated=missed_told),
        **_fees_to_date(guarantees),
    )
    told = told.with_columns(
        default_not_counted=default_not_counted(setting.unchanged, setting.credit.closing),
        age_not_counted=age_not_counted(setting.ages_counted, setting.credit.closing),
    )
    opened = setting.credit.opening if "tapes.guarantees.opening" in tapes else None
    return Part(
        totals=total(standing, measurement.rows, setting.segments),
        table=detail_of(guarantees, measurement, setting),
        rejects=_unusable(told, opening, closing, fees),
        causes=causes_of(
            told.filter(pl.col("outcome") == 0),
            beside,
            waits,
            (opened, setting.credit.closing),
            setting.credit.known_from,
            missed_told,
        ),
        buckets=measurement.expected.by_bucket(setting.credit.segments),
        hindsight=None if opened is None else _hindsight(guarantees, measurement, setting),
    )


def _hindsight(guarantees: Guarantees, measurement: Measurement, setting: GuaranteeSetting) -> Hindsight:
    """What the opening's curves expected to be paid out, against what was; and of what was paid out before, its recoveries:
    the closing row tells them, so without one nothing is known. Those of loans are told by events, with or without a row."""
    credit, schedule = setting.credit, guarantees.schedule
    before, after = guarantees.compensated["opening"], guarantees.compensated["closing"]
    stock = before.listed & after.listed & ~guarantees.course.lost
    lost = [
        credit.bases.of["opening"].mean_loss(0, schedule.segment, whole_months_between(before.paid_date, at))
        for at in (np.full(stock.shape, np.datetime64(day)) for day in (credit.opening, credit.closing))
    ]
    outcome = Outcome(
        share=guarantees.share,
        claim=guarantees.claim,
        claimed=guarantees.claimed,
        stock_paid=np.where(stock, before.paid, 0),
        stock_expected=to_minor(np.where(stock, before.paid * (lost[1] - lost[0]), 0.0)),
        stock_received=np.where(stock, after.recovered - before.recovered, 0),
    )
    measured = measurement.outcomes == 0
    return hindsight_of(schedule, guarantees.states, measurement.opening, guarantees.course, measured, outcome, credit)


def _counting(opening: pl.DataFrame, fees: pl.DataFrame, setting: GuaranteeSetting) -> pl.DataFrame:
    """Rows of the opening tape that still count: on book, still recovering, or ended with fees still owed."""
    ended = pl.col("status").is_in(list(setting.kept_statuses))
    settled = pl.col("collected_minor") + pl.col("written_off_minor") >= pl.col("fee_minor")
    owing = fees.filter(~settled)["contract_id"].unique().implode()
    return opening.filter(pl.col("status").is_in(["on_book", "paid_out"]) | (ended & pl.col("contract_id").is_in(owing)))


def _moved(before: pl.DataFrame, now: pl.DataFrame, among: pl.Series) -> pl.DataFrame:
    """By guarantee, ``among`` some, the fee instalments of the opening tape that the closing tape does not have alike:
    ``fees_moved``."""
    before, now = (fees.filter(pl.col("contract_id").is_in(among.implode())) for fees in (before, now))
    lost = before.join(now, on=["contract_id", "due_date", "coverage_start", "coverage_end", "fee_minor"], how="anti")
    return lost.group_by("contract_id").agg(pl.col("fee_minor").sum().alias("fees_moved"))


def _beside(measurement: Measurement, setting: GuaranteeSetting) -> Whole:
    """Unearned fees that stand beside a loss allowance which would absorb them (IFRS 9 4.2.1(c))."""
    liability = measurement.rows["closing_ifrs_contract_liability"]
    unearned = liability - fraction_of(liability, setting.vat)
    return higher_of(unearned, measurement.rows["closing_ifrs_loss_allowance"]).absorbed


def _given_up(guarantees: Guarantees, measurement: Measurement) -> Whole:
    """What was still expected at the opening of guarantees that had ended and are no longer listed: fees, and recoveries."""
    listed: Flags = (guarantees.status != "missing").to_numpy()
    amounts = measurement.rows
    recoveries: Whole = amounts["opening_us_expected_recoveries"] + amounts["opening_us_recoveries_receivable"]
    expected: Whole = amounts["opening_us_fee_receivable"] + recoveries
    given_up: Whole = np.where(listed | guarantees.course.opened, 0, expected)
    return given_up


def _paid_up_late(guarantees: Guarantees, measurement: Measurement) -> pl.Series:
    """Of which guarantees the borrower is past due with principal and interest paid, and the fees that are due as well."""
    unpaid = guarantees.fees["late"].owed_of_due > 0
    risk = {"opening": measurement.opening, "late": measurement.late}
    return paid_up_late(guarantees.schedule, guarantees.states, risk, guarantees.course, unpaid)


def _fees_to_date(guarantees: Guarantees) -> dict[str, pl.Series]:
    """Fees of each guarantee, and what of them is collected and written off, on the closing tape and on the opening one."""
    on = {"": guarantees.fees["late"], OF_OPENING: guarantees.fees["opening"]}
    sums = {
        suffix: {"fees": at.total, "collected": at.collected, "fees_written_off": at.written_off} for suffix, at in on.items()
    }
    return {name + suffix: pl.Series(amounts) for suffix, named in sums.items() for name, amounts in named.items()}


_FAULTS = {
    NO_FEES: Fault("contract_id", "a guarantee has at least one fee instalment", "list its fee instalments"),
    FAIR_VALUE_ABOVE_FEES: Fault(
        "stand_ready_minor",
        "the fair value of a fee receivable is at most the sum of its instalments",
        "correct stand_ready_minor, or list all fee instalments",
    ),
    NEVER_REPAID: Fault(
        "principal_minor, instalment_minor", GROWS, "correct principal, rate or instalment of the guaranteed loan"
    ),
}
"""Why a guarantee cannot be measured, by outcome."""


def _unusable(told: pl.DataFrame, opening: Held, closing: Held, fees: Sequence[Held]) -> pl.DataFrame:
    """Guarantees that could not be measured and their fee instalments, as rejects of the tapes."""
    given = pl.coalesce("stand_ready_minor", pl.lit(0)).cast(pl.String)
    value = pl.when(pl.col("outcome") == FAIR_VALUE_ABOVE_FEES).then(given).otherwise("contract_id")
    return unmeasurable(told.filter(pl.col("outcome") != 0), _FAULTS, value, opening, closing, fees)
