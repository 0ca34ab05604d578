"""What the tapes of loans and of guarantees have in common: the schedule of a loan, its balance and its standing.

Columns and rules stand here once, in the order in which a tape lists them; each tape puts its own between.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from gaapbridge.contracts.last_missed import as_of, missed_column, missed_rules
from gaapbridge.tapes.schema import (
    LARGEST_MINOR,
    MOST_INSTALMENTS,
    Circumstances,
    Column,
    Rule,
    Unusual,
    amount_from,
    at_least,
    between,
    by_instant,
    of_entity,
    one_of,
    ordered,
    real_dates,
)

REPAYMENT_TYPES = ("level", "equal_principal", "bullet", "interest_free_instalments")

DAY_COUNT, FREQUENCY = "30/360", "monthly"
"""How interest counts days, and how often an instalment falls due, of what is measured."""

SIGN = "state the amount as a positive number; the column already says which way it flows"
DATES = "correct the date that is wrong"
NEAR_DAYS = 20
"""Days by which the end of a contract may differ from its last due date: ends of months, and a first period of odd length."""

AHEAD_DAYS = 62
"""Days before its last due date from which a contract that is repaid ends early: its last two instalments may be paid ahead."""

_NEAR = timedelta(days=NEAR_DAYS)
_DAYS_A_MONTH = 365.25 / 12
_THEN = "describe the contract as it was on the instant of the tape"

RISK = (
    Column("rating", "text", "the borrower's rating today, where curves are by rating", nullable=True),
    Column("rating_at_origination", "text", "the rating when the contract was made, where curves are by rating", nullable=True),
    Column("pd_12m", "number", "probability of default within 12 months as seen today, where the lender has it", nullable=True),
    Column("pd_12m_at_origination", "number", "the same as seen when the contract was made", nullable=True),
)

CONCERNS = (
    Column("watch_list", "flag", "whether the contract is on the watch list", default=False),
    Column("forborne", "flag", "whether concessions were granted to the borrower", default=False),
)


UNUSUAL_RATE = Unusual(
    "annual rate above 100 %",
    "annual_rate",
    1.0,
    "state rates as fractions: 7.9 % is 0.079; where the loans bear such a rate, raise thresholds.findings",
)


def schedule_columns(maturity: str) -> tuple[Column, ...]:
    """The columns of what was agreed with the borrower; `maturity` says what the maturity date is for."""
    return (
        Column("segment", "text", "the pool whose curves apply to the contract"),
        Column("currency", "text", "ISO 4217 code of every amount in the row"),
        Column("origination_date", "date", "day on which the principal was paid out"),
        Column(
            "first_payment_date", "date", "due date of the first instalment; the others fall on the due day of their months"
        ),
        Column("maturity_date", "date", maturity, nullable=True),
        Column("principal_minor", "minor", "principal paid out at origination"),
        Column("annual_rate", "number", "nominal rate for a year, as a fraction (0.18 is 18 %)"),
        Column("term_instalments", "count", "number of instalments agreed"),
        Column("repayment_type", "text", "how the principal is repaid: " + ", ".join(REPAYMENT_TYPES)),
        Column("instalment_minor", "minor", "level instalment as contracted; computed where empty", nullable=True),
        Column("day_count", "text", f"how interest counts days, where the tape says so: {DAY_COUNT}", nullable=True),
        Column("payment_frequency", "text", f"how often an instalment falls due, where it says so: {FREQUENCY}", nullable=True),
    )


def standing_columns(statuses: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns of how the borrower pays and whether the contract is still there, or how it left."""
    return (
        Column("days_past_due", "count", "days since the oldest unpaid instalment fell due"),
        Column("status", "text", "whether it is on book, or how it left: " + ", ".join(statuses), default="on_book"),
        Column("exit_date", "date", "day on which it left the book", nullable=True),
        Column("default_date", "date", "day on which it became credit-impaired", nullable=True),
        Column("cured_date", "date", "day on which the criteria of default ceased", nullable=True),
        missed_column(),
        Column("claim_at_default_minor", "minor", "amount owed when default was recognised, interest included", nullable=True),
    )


def schedule_rules(most_minor: int) -> tuple[Rule, ...]:
    """The rules of the schedule, amounts up to `most_minor`."""
    return (
        Rule(
            "segment_in_curves",
            "segment",
            "segment is a segment of the curves",
            "correct the segment, or give its curves in every table",
            _segment_unknown,
        ),
        of_entity("translate the contract, or leave it to the entity that holds it"),
        by_instant("origination_date", "take the contract off the tape, or correct the date"),
        ordered("first_payment_date", "after", "origination_date", DATES),
        ordered("maturity_date", "after", "origination_date", DATES),
        ordered("maturity_date", "from", "first_payment_date", DATES),
        *real_dates("origination_date", "first_payment_date", "maturity_date"),
        amount_from("principal_minor", 1, "state the original principal, above nil", most_minor),
        Rule(
            "annual_rate_bounds",
            "annual_rate",
            "annual_rate is a finite number from 0 to below 10",
            "state the nominal yearly rate as a fraction: 18 % is 0.18",
            _rate_out_of_bounds,
        ),
        between("term_instalments", 1, MOST_INSTALMENTS, "state the number of monthly instalments agreed"),
        one_of("repayment_type", REPAYMENT_TYPES),
        amount_from("instalment_minor", 1, "leave the cell empty to have the instalment computed", most_minor),
        Rule(
            "instalment_of_level_loan",
            "instalment_minor",
            "instalment_minor is given for repayment_type level only",
            "leave the cell empty, or correct the repayment type",
            lambda _: pl.col("instalment_minor").is_not_null() & (pl.col("repayment_type") != "level"),
            beside=("repayment_type",),
        ),
        _measured_only("day_count", DAY_COUNT, "every month bears a twelfth of annual_rate, a broken one by its days"),
        _measured_only("payment_frequency", FREQUENCY, "instalments fall due a month apart"),
    )


def _measured_only(column: str, word: str, means: str) -> Rule:
    """The rule that a contract which states a convention has the one that is measured."""
    return Rule(
        f"{column}_measured",
        column,
        f"{column} is {word}: {means}; no other is measured",
        f"take the contract off the tapes and measure it apart; where your word means {word}, say so in read.values.{column} "
        "of the plan",
        lambda _: pl.col(column).str.strip_chars().str.to_lowercase() != word,
    )


def balance_columns(unpaid: str) -> tuple[Column, ...]:
    """What a contract owes; ``unpaid`` says what its billed interest holds."""
    return (
        Column(
            "outstanding_principal_minor",
            "minor",
            "principal not yet repaid; of a contract that left, as it was the moment before",
        ),
        Column("billed_unpaid_interest_minor", "minor", unpaid, default=0),
    )


def balance_rules(most_minor: int) -> tuple[Rule, ...]:
    """The rules of the balance, amounts up to `most_minor`."""
    return (
        amount_from("outstanding_principal_minor", 0, "state the principal not yet repaid", most_minor),
        Rule(
            "outstanding_within_twice_principal",
            "outstanding_principal_minor",
            "outstanding_principal_minor is at most twice principal_minor",
            "check the unit of both amounts; state further drawings as contracts of their own",
            _outstanding_above_twice_principal,
            beside=("principal_minor",),
        ),
        amount_from("billed_unpaid_interest_minor", 0, SIGN, most_minor),
    )


def standing_rules(statuses: tuple[str, ...]) -> tuple[Rule, ...]:
    """The rules of the standing: `statuses` are on_book and the ways to leave."""
    return (
        at_least("days_past_due", 0, "state 0 for a contract that is paid up or ahead"),
        Rule(
            "days_past_due_since_first_payment",
            "days_past_due",
            "days_past_due are at most the days since first_payment_date, of a contract that left those up to exit_date",
            "correct the days past due or the date; of a contract that left, state how late it was when it did",
            _late_before_anything_was_due,
            beside=("first_payment_date", "exit_date"),
        ),
        *missed_rules(),
        one_of("status", statuses),
        Rule(
            "exit_date_given",
            "exit_date",
            "exit_date is given for a contract that is not on_book",
            "give the day on which the contract left, or correct the status",
            lambda _: pl.col("exit_date").is_null() & (pl.col("status") != "on_book"),
            beside=("status",),
            of_giving=True,
        ),
        Rule(
            "exit_date_absent",
            "exit_date",
            "exit_date is empty for a contract that is on_book",
            "state how the contract left in status, or empty the date",
            lambda _: pl.col("exit_date").is_not_null() & (pl.col("status") == "on_book"),
            beside=("status",),
        ),
        ordered("exit_date", "from", "origination_date", DATES),
        by_instant("exit_date", _THEN),
        *_default_rules(),
        Rule(
            "on_book_until_its_end",
            "status",
            f"status is not on_book more than {NEAR_DAYS} days after maturity_date, or the last instalment, while principal "
            "is owed and nothing is past due",
            "state how and when it left, how late it is, or the terms that it has now",
            _on_book_after_its_end,
            beside=("days_past_due", "maturity_date", "first_payment_date", "term_instalments"),
        ),
    )


def _default_rules() -> tuple[Rule, ...]:
    """The rules of default and cure, and of the claim at default."""
    return (
        *dated_rules("default_date"),
        ordered("exit_date", "from", "cured_date", DATES),
        *real_dates("exit_date", "default_date", "cured_date"),
        Rule(
            "cured_date_needs_default_date",
            "cured_date",
            "cured_date is given only with a default_date",
            "give the day of default, or empty the date",
            lambda _: pl.col("cured_date").is_not_null() & pl.col("default_date").is_null(),
            beside=("default_date",),
        ),
        ordered("cured_date", "from", "default_date", DATES),
        Rule(
            "cured_date_before_default_again",
            "cured_date",
            "cured_date is not after the day on which days_past_due say that the contract was in default again",
            "correct the date or the days past due; of a default that lasts, leave cured_date empty",
            _cured_after_default_again,
            beside=("days_past_due", "segment", "exit_date"),
        ),
        amount_from("claim_at_default_minor", 0, "state what was owed, or leave the cell empty", LARGEST_MINOR),
        by_instant("cured_date", _THEN),
    )


def term_rule() -> Rule:
    """The rule that maturity, first due date and number of instalments of a loan say the same of its end."""
    return Rule(
        "maturity_of_term",
        "maturity_date",
        f"maturity_date is within {NEAR_DAYS} days of the last of term_instalments, a month apart from first_payment_date on",
        "correct what is wrong of the three; take a contract whose instalments do not fall due a month apart off the tapes, "
        "it is not measured",
        lambda _: _IN_ORDER & ((pl.col("maturity_date") - last_due_date()).abs() > _NEAR),
        beside=("first_payment_date", "term_instalments"),
    )


def risk_rules() -> tuple[Rule, ...]:
    """The rules of ratings and default probabilities, where a tape or the curves have them."""
    return (
        *(_rating_known(column) for column in ("rating", "rating_at_origination")),
        *(_probability(column, other) for column, other in (_PAIR, _PAIR[::-1])),
    )


_PAIR = ("pd_12m", "pd_12m_at_origination")


def _rating_known(column: str) -> Rule:
    def unknown(circumstances: Circumstances) -> pl.Expr | None:
        if circumstances.ratings is None:
            return None
        return ~pl.col(column).fill_null("").is_in(list(circumstances.ratings))

    return Rule(
        f"{column}_in_curves",
        column,
        f"{column} is a rating of the curves, where they are by rating",
        "correct the rating, or give its hazards in every bucket",
        unknown,
        of_giving=True,
    )


def _probability(column: str, other: str) -> Rule:
    def broken(_: Circumstances) -> pl.Expr:
        value, alone = pl.col(column), pl.col(column).is_null() & pl.col(other).is_not_null()
        return alone | (value.is_not_null() & ~(value.is_finite() & (value >= 0.0) & (value <= 1.0)))

    return Rule(
        f"{column}_bounds",
        column,
        f"{column} is a finite number from 0 to 1, given where {other} is",
        "state the probability as a fraction, 2 % is 0.02, today's and that at origination",
        broken,
        beside=(other,),
        of_giving=True,
    )


def dated_rules(column: str) -> tuple[Rule, ...]:
    """The rules that something befell the contract not before origination, not after it left, nor after the tape's instant."""
    return (
        ordered(column, "from", "origination_date", DATES),
        ordered("exit_date", "from", column, DATES),
        by_instant(column, _THEN),
    )


def _late_before_anything_was_due(circumstances: Circumstances) -> pl.Expr | None:
    if circumstances.instant is None:
        return None
    since = (as_of(circumstances.instant) - pl.col("first_payment_date")).dt.total_days()
    return pl.col("days_past_due") > pl.max_horizontal(since, pl.lit(0))


def _cured_after_default_again(circumstances: Circumstances) -> pl.Expr | None:
    if circumstances.instant is None or circumstances.default_days is None:
        return None
    segments, days = zip(*circumstances.default_days, strict=True)
    in_default = pl.col("days_past_due") - pl.col("segment").replace_strict(segments, days, default=None)
    since_cure = (as_of(circumstances.instant) - pl.col("cured_date")).dt.total_days()
    return (in_default >= 0) & (since_cure < in_default)


_IN_ORDER = (pl.col("origination_date") < pl.col("first_payment_date")) & (
    pl.col("first_payment_date") <= pl.coalesce("maturity_date", "first_payment_date")
)
"""Whether the dates of a schedule break no rule of their order: one break is named once."""


def last_due_date() -> pl.Expr:
    """The due date of the last instalment, months taken as alike: at most two days off."""
    later = (pl.col("term_instalments").clip(1, MOST_INSTALMENTS) - 1) * _DAYS_A_MONTH
    return pl.col("first_payment_date") + pl.duration(days=later.round().cast(pl.Int64))


def _on_book_after_its_end(circumstances: Circumstances) -> pl.Expr | None:
    if circumstances.instant is None:
        return None
    ended = pl.lit(circumstances.instant) - pl.coalesce("maturity_date", last_due_date()) > _NEAR
    owing = (pl.col("days_past_due") == 0) & (pl.col("outstanding_principal_minor") > 0)
    return _IN_ORDER & ended & owing & (pl.col("status") == "on_book")


def _segment_unknown(circumstances: Circumstances) -> pl.Expr | None:
    if circumstances.segments is None:
        return None
    return ~pl.col("segment").is_in(list(circumstances.segments))


def _rate_out_of_bounds(_: Circumstances) -> pl.Expr:
    rate = pl.col("annual_rate")
    return ~(rate.is_finite() & (rate >= 0.0) & (rate < 10.0))


def _outstanding_above_twice_principal(_: Circumstances) -> pl.Expr:
    sound = pl.col("principal_minor").is_between(1, LARGEST_MINOR)
    return sound & (pl.col("outstanding_principal_minor") > pl.col("principal_minor") * 2)
