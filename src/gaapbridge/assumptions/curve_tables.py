"""The contracts of the curve tables: prepayment, hazard, loss given default and recovery; and of the tables of rates."""

from __future__ import annotations

import polars as pl

from gaapbridge.tapes.schema import Circumstances, Column, Rule, Schema, between, one_of

FUNCTIONS = (
    "origination_and_servicing",
    "sales_and_marketing",
    "general_and_administrative",
    "research_and_development",
)
"""The functions of an income statement that bear the cost of awards."""

ARREARS = ("current", "1-30", "31-60", "61-90")
"""The delinquency buckets; a contract more than 90 days past due and not in default is in the last."""

ALWAYS = (*ARREARS, "probation")
"""The buckets that every hazard table has: by days past due, and of contracts cured a while ago with nothing overdue."""

RECENTLY_LATE = "recently_late"
"""The bucket, in tables that have it, of contracts with nothing overdue, not in probation, that missed an instalment lately."""

BUCKETS = (*ALWAYS, RECENTLY_LATE)
"""The buckets that a hazard table may have."""

MONTHS = 480
"""Months every table reaches: the longest term a tape may have."""

SERVICE_YEARS = 40
"""Completed years of service that a forfeiture table may tell apart."""

_FROM = Column("valid_from", "date", "first day on which this version of the table is in force")
_SEGMENT = Column("segment", "text", "the pool the curve applies to")
_SCENARIO = Column("scenario", "text", "the scenario the curve belongs to")
_BUCKET = Column("bucket", "text", "delinquency bucket today: " + ", ".join(ARREARS))
_HOLDS = "Beyond the last month given the last value holds."


def _ratio(column: str, *, one_allowed: bool) -> Rule:
    def broken(_: Circumstances) -> pl.Expr:
        value = pl.col(column)
        below_top = value <= 1.0 if one_allowed else value < 1.0
        return ~(value.is_finite() & (value >= 0.0) & below_top)

    return Rule(
        f"{column}_bounds",
        column,
        f"{column} is a finite number from 0 to {'1' if one_allowed else 'below 1'}",
        "state the ratio as a fraction: 1 % is 0.01",
        broken,
    )


PREPAYMENT = Schema(
    name="prepayment",
    title="Prepayment curves",
    description=f"Probability of prepaying in full in a month, of the contracts alive at its beginning. {_HOLDS}",
    columns=(
        _FROM,
        _SEGMENT,
        Column("month_on_book", "count", "month since origination, from 1"),
        Column("single_monthly_mortality", "number", "probability of prepayment in the month"),
    ),
    rules=(
        between("month_on_book", 1, MONTHS, "number the months from 1"),
        _ratio("single_monthly_mortality", one_allowed=False),
    ),
    key=("valid_from", "segment", "month_on_book"),
)

HAZARD = Schema(
    name="hazard",
    title="Hazard curves",
    description=(
        "Probability that default is recognised in a month ahead, of the contracts on book at its beginning, and who of those "
        "can prepay: a chain that never matures, so in estimating, a month in which a contract matures counts nowhere, nor "
        "does any from that in which its last instalment falls due, as who pays leaves then and who is late stays. One "
        "table serves one day of recognition. Hazard and performing of a month are together at most 1. "
        f"Every version has every segment and the buckets {', '.join(ALWAYS)}; a segment may have {RECENTLY_LATE} besides. "
        "What owes nothing overdue is in probation where it was cured of a default lately, else in "
        f"{RECENTLY_LATE} where it missed an instalment lately and the table has the bucket, else in current. Lately is "
        "look_back_months; without it probation lasts as the plan elects, and nothing else is known of the past. "
        f"Where a default begins with the first instalment missed, hazards of buckets current and {RECENTLY_LATE} are nil in "
        "the months at whose end nobody can be as late as default_days who owes nothing today: in the first two for 90 days, "
        f"in the first for 60. {_HOLDS}"
    ),
    columns=(
        _FROM,
        _SCENARIO,
        _SEGMENT,
        Column("rating", "text", "the rating the curve belongs to, where curves are by rating", default=""),
        Column("bucket", "text", "bucket today: " + ", ".join(BUCKETS)),
        Column("months_ahead", "count", "month ahead, from 1"),
        Column("hazard", "number", "probability that default is recognised in the month"),
        Column(
            "performing",
            "number",
            "share of those on book at the beginning of the month who are current and pay; where they prepay otherwise than "
            "others of their age, times as often",
        ),
        Column("default_days", "count", "days past due at which a default is recognised; of a guarantee, at which it pays out"),
        Column(
            "look_back_months",
            "count",
            f"how many months a cure puts a contract in probation, and a missed instalment in {RECENTLY_LATE}; one number a "
            "version and segment",
            nullable=True,
        ),
    ),
    rules=(
        one_of("bucket", BUCKETS),
        between("months_ahead", 1, MONTHS, "number the months from 1"),
        _ratio("hazard", one_allowed=True),
        _ratio("performing", one_allowed=True),
        between("default_days", 1, 90, "state the days past due for which the hazards were made"),
        between("look_back_months", 1, MONTHS, "state the months for which the buckets were made, or leave the column out"),
        Rule(
            "look_back_of_recently_late",
            "look_back_months",
            f"look_back_months is given where bucket is {RECENTLY_LATE}",
            "state within how many months an instalment was missed of the contracts that the hazards were made of",
            lambda _: pl.col("look_back_months").is_null() & (pl.col("bucket") == RECENTLY_LATE),
            beside=("bucket",),
            of_giving=True,
        ),
    ),
    key=("valid_from", "scenario", "segment", "rating", "bucket", "months_ahead"),
)

LOSS_GIVEN_DEFAULT = Schema(
    name="loss_given_default",
    title="Loss given default curves",
    description=(
        "Share of the exposure that is lost, by whole months since default was recognised. A row holds from its monthly day to "
        f"the day before the next: that of month 0 for a default of today and of the whole first month. {_HOLDS}"
    ),
    columns=(
        _FROM,
        _SCENARIO,
        _SEGMENT,
        Column("months_since_default", "count", "whole months since default was recognised, not since the first miss; from 0"),
        Column("lgd_undiscounted", "number", "share lost, recoveries not discounted"),
        Column("lgd_discounted", "number", "share lost, recoveries discounted to the month"),
    ),
    rules=(
        between("months_since_default", 0, MONTHS - 1, "number the months from 0"),
        _ratio("lgd_undiscounted", one_allowed=True),
        _ratio("lgd_discounted", one_allowed=True),
    ),
    key=("valid_from", "scenario", "segment", "months_since_default"),
)

RECOVERY = Schema(
    name="recovery",
    title="Recovery curves",
    description=(
        "Share of the amount written off still expected to be recovered, by whole months since write-off. Optional. "
        "Beyond the last month given nothing is expected. The share does not rise."
    ),
    columns=(
        _FROM,
        _SEGMENT,
        Column("months_since_write_off", "count", "whole months since write-off, from 0"),
        Column("remaining_recovery_ratio", "number", "share still expected"),
    ),
    rules=(
        between("months_since_write_off", 0, MONTHS - 1, "number the months from 0"),
        _ratio("remaining_recovery_ratio", one_allowed=True),
    ),
    key=("valid_from", "segment", "months_since_write_off"),
)

FEE_LOSS = Schema(
    name="fee_loss",
    title="Fee loss table",
    description=(
        "Credit losses of a guarantee's fees, by how late the guaranteed loan is today: what is written off when the guarantee "
        "is paid out or the borrower is let off. A fee that is no longer owed because the borrower settles early is not lost. "
        "Every version has every segment of the guarantees' curves and every bucket."
    ),
    columns=(
        _FROM,
        _SEGMENT,
        _BUCKET,
        Column("loss_rate", "number", "share of all fees not yet collected, to the end of the term, that will be written off"),
        Column(
            "earned_loss_rate",
            "number",
            "share of the fees already earned and not yet collected, overdue or due with the next instalment, that will be "
            "written off",
        ),
    ),
    rules=(
        one_of("bucket", ARREARS),
        _ratio("loss_rate", one_allowed=True),
        _ratio("earned_loss_rate", one_allowed=True),
    ),
    key=("valid_from", "segment", "bucket"),
)

FORFEITURE = Schema(
    name="forfeiture",
    title="Forfeiture table",
    description=(
        "Yearly share of unvested units expected to be forfeited, where told by length of service: a row holds while so many "
        "years since the grant are complete, of 365 days each, and the last given holds beyond. Every version has every "
        "function that any version has."
    ),
    columns=(
        _FROM,
        Column("function", "text", "the expense line of the award: " + ", ".join(FUNCTIONS)),
        Column("annual_rate", "number", "share expected to be forfeited in a year"),
        Column(
            "service_years", "count", "completed years since the grant, where rates are by length of service; from 0", default=0
        ),
    ),
    rules=(
        one_of("function", FUNCTIONS),
        _ratio("annual_rate", one_allowed=False),
        between("service_years", 0, SERVICE_YEARS, "number the completed years from 0"),
    ),
    key=("valid_from", "function", "service_years"),
)
