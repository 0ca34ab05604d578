"""Records of one contract that contradict each other, on one tape or between the two: what loans and guarantees have alike.

A row that cannot be true is a reject of its tape; what stands here may be true but seldom is, or needs both tapes to be seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from gaapbridge.contracts.credit import CreditSetting, RiskTerms, Schedule, StateRows, of_contracts
from gaapbridge.contracts.often_asked import BORN, IN_PERIOD, ON_BOTH
from gaapbridge.contracts.scan import Cause
from gaapbridge.contracts.side_by_side import OF_OPENING, OUTSTANDING, Course, Numbers, Whole
from gaapbridge.difference import SETTLED
from gaapbridge.measure import kernels
from gaapbridge.measure.rounding import to_minor

FAR_ABOVE = 2.0
"""How many times its scheduled balance, beside one instalment, a contract with nothing past due may owe."""

BEHIND_INSTALMENTS = 2
"""How many instalments its principal is behind of a contract whose days past due are held against it."""

BEFORE = pl.when(BORN).then("principal_minor").otherwise("outstanding_principal_minor" + OF_OPENING)
"""Principal at the opening, and of a contract born since what was advanced."""

RISE = pl.col("outstanding_principal_minor") - BEFORE
ROSE = (RISE > 0).fill_null(False) & IN_PERIOD
"""Whether more principal is outstanding than at the opening, or than was advanced, and how much."""


def terms_told(
    schedule: Schedule, late: StateRows, risk: RiskTerms, course: Course, setting: CreditSetting
) -> dict[str, pl.Series]:
    """What the terms say beside each contract's row: ``default_days``, the days past due of default; ``above_schedule``,
    what is owed above a scheduled balance that it is far above, nothing being past due; ``behind_schedule``, what is owed
    above the balance that its days past due leave; ``falls_due``, whether the day on which it is described is a due date.
    ``late`` is the row of each, and ``risk`` what was measured of it then."""
    days = setting.bases.of["late"].default_days[0][schedule.segment]
    above = np.where(course.remained & (late.days_past_due == 0), _above_schedule(schedule, late, risk.at.instalments_due), 0)
    behind = np.where(course.remained & ~late.forborne, _behind(schedule, late, risk), 0)
    return {
        "default_days": pl.Series(days),
        "above_schedule": pl.Series(above),
        "behind_schedule": pl.Series(behind),
        "falls_due": pl.Series(risk.at.stub == 0.0),
    }


def _above_schedule(schedule: Schedule, rows: StateRows, due: Whole) -> Whole:
    """What is owed above a scheduled balance that it is far above. That balance, dear to find, is no less than what was lent
    less an instalment for each due date, so that most contracts need no looking at."""
    instalment = np.maximum(schedule.instalment, schedule.part)
    least = np.maximum(schedule.principal - due * instalment, 0.0)
    above = np.zeros(len(due), np.int64)
    places = np.flatnonzero(rows.principal > FAR_ABOVE * least + instalment)
    if places.size:
        balance = kernels.scheduled_balances(of_contracts(schedule, places).terms(), due[places][None])[0]
        owed = rows.principal[places]
        far = owed > FAR_ABOVE * balance + instalment[places]
        above[places[far]] = to_minor((owed - balance)[far])
    return above


def _behind(schedule: Schedule, rows: StateRows, risk: RiskTerms) -> Whole:
    """What is owed above the balance that the days past due leave, of contracts whose principal is ``BEHIND_INSTALMENTS``
    or more behind, one more than those days say and half an instalment: where interest runs by days a little is always
    left. Balances are dear to find; a formula that knows no rounding tells where to look."""
    due, paid = risk.at.instalments_due, risk.paid
    mark = np.minimum(due - BEHIND_INSTALMENTS, paid - 1)
    instalment = np.maximum(schedule.instalment, schedule.part)
    behind = np.zeros(len(due), np.int64)
    places = np.flatnonzero((mark >= 0) & (rows.principal > _about(schedule, paid) + instalment / 4.0))
    if places.size:
        terms = of_contracts(schedule, places).terms()
        told, as_marked = kernels.scheduled_balances(terms, np.stack([paid[places], mark[places]]))
        owed = rows.principal[places]
        rounded = owed + due[places]  # a minor unit for each instalment that was billed
        differs = (rounded >= as_marked) & (owed >= told + instalment[places] / 2.0)
        behind[places[differs]] = to_minor((owed - told)[differs])
    return behind


def _about(schedule: Schedule, paid: Whole) -> Numbers:
    """The scheduled balances after ``paid`` instalments, before any rounding and however many are agreed."""
    rate, level = schedule.rate, schedule.kind == kernels.LEVEL
    growth = np.where(level, (1.0 + rate) ** paid, 1.0)
    first = np.where(level & (paid > 0), (1.0 + rate * schedule.first_length) / (1.0 + rate), 1.0)
    instalments = np.where(level & (rate > 0.0), (growth - 1.0) / np.where(rate > 0.0, rate, 1.0), paid)
    each = np.select([level, schedule.kind == kernels.BULLET], [schedule.instalment, 0.0], schedule.part)
    balance: Numbers = schedule.principal * first * growth - each * instalments
    return balance


def contradictory(opening: date | None, off_status: str, lost_minor: str) -> dict[str, pl.Expr]:
    """Contracts whose records contradict each other, by cause; beside the columns of both tapes stand ``path`` and those of
    ``terms_told``. ``off_status`` is the one of a loss, ``lost_minor`` the column of its amount."""
    billed, overdue = pl.col("billed_unpaid_interest_minor"), pl.col("days_past_due") > 0
    claim = pl.col("claim_at_default_minor")
    return {
        "above schedule": pl.col("above_schedule") > 0,
        "behind schedule": (pl.col("behind_schedule") > 0) & (pl.col("above_schedule") == 0) & ~ROSE,
        "billed, not past due": IN_PERIOD & (billed > 0) & ~overdue & ~pl.col("falls_due"),
        "billed above principal": IN_PERIOD & (billed > pl.col("outstanding_principal_minor")),
        "matured in default": pl.col("path").is_in(SETTLED)
        & (pl.col("status") == "matured")
        & in_default("")
        & (OUTSTANDING > 0),
        "claim without default": IN_PERIOD
        & (claim > 0)
        & _none("default_date")
        & ~in_default("")
        & (pl.col("status") != off_status),
        "claim changed": _SAME_DEFAULT & (claim != pl.col("claim_at_default_minor" + OF_OPENING)),
        "loss changed": _loss_changed(off_status, lost_minor),
        **_defaults_changed(opening),
    }


def shown(lost_minor: str) -> dict[str, pl.Expr]:
    """The amounts of the causes of ``contradictory`` that are about another one than the principal."""
    billed, claim = pl.col("billed_unpaid_interest_minor"), pl.col("claim_at_default_minor")
    return {
        "above schedule": pl.col("above_schedule"),
        "behind schedule": pl.col("behind_schedule"),
        "billed, not past due": billed,
        "billed above principal": billed - pl.col("outstanding_principal_minor"),
        "claim without default": claim,
        "claim changed": claim - pl.col("claim_at_default_minor" + OF_OPENING),
        "loss changed": pl.col(lost_minor) - pl.col(lost_minor + OF_OPENING),
    }


def _none(name: str) -> pl.Expr:
    return pl.col(name).is_null()


def in_default(suffix: str) -> pl.Expr:
    """Whether a tape has a contract in default: as late as that, or defaulted and not cured."""
    stated = ~_none("default_date" + suffix) & _none("cured_date" + suffix)
    return stated | (pl.col("days_past_due" + suffix) >= pl.col("default_days"))


_SAME_DEFAULT = ON_BOTH & pl.col("default_date").eq_missing(pl.col("default_date" + OF_OPENING))
"""Whether both tapes speak of the same default, or of none."""


def _loss_changed(off_status: str, lost_minor: str) -> pl.Expr:
    earlier = (pl.col("path") == "written_off_earlier") & (pl.col("status") == off_status)
    changed = [pl.col(name) != pl.col(name + OF_OPENING) for name in ("exit_date", lost_minor)]
    return earlier & (pl.col("status" + OF_OPENING) == off_status) & pl.any_horizontal(changed)


def _defaults_changed(opening: date | None) -> dict[str, pl.Expr]:
    """Contracts that were on book at the opening, and whose past the closing tape tells otherwise; none without an opening."""
    there = ON_BOTH & (pl.col("status" + OF_OPENING) == "on_book")
    default, cured = pl.col("default_date"), pl.col("cured_date")
    default_before, cured_before = pl.col("default_date" + OF_OPENING), pl.col("cured_date" + OF_OPENING)
    by_then = pl.lit(False) if opening is None else (default <= opening).fill_null(False)
    cured_by_then = pl.lit(False) if opening is None else (cured <= opening).fill_null(False)
    taken_away = default.is_null() | (by_then & (default != default_before))
    cure_changed = (default == default_before) & cured.ne_missing(cured_before) & (cured_before.is_not_null() | cured_by_then)
    return {
        "default before the opening": there & by_then & default_before.is_null() & ~in_default(OF_OPENING),
        "default changed": there & default_before.is_not_null() & (taken_away | cure_changed),
    }


ALIKE: Mapping[str, Cause] = {
    "above schedule": Cause(
        "outstanding far above the schedule",
        None,
        "nothing is past due, and more is outstanding than twice the scheduled balance and an instalment: the terms on the "
        "tape are not those of the contract; the amount is what is above the schedule",
        "correct the balance or the days past due; of a contract with other terms, state those",
    ),
    "behind schedule": Cause(
        "days past due differ from the balance",
        None,
        f"the principal is {BEHIND_INSTALMENTS} instalments or more behind its schedule, and at least one more than "
        "days_past_due say; the amount is what is above the balance that they leave",
        "correct days_past_due or the balance; of a contract with other terms, state those, and of one that was given "
        "time that it is forborne",
    ),
    "billed, not past due": Cause(
        "interest billed and nothing past due",
        None,
        "interest has fallen due and is not paid, and days_past_due is 0 on a day on which nothing falls due; the amount is "
        "the interest",
        "correct the interest or the days past due; a column of interest accrued and not yet due is no billed interest: list "
        "it in ignore",
    ),
    "billed above principal": Cause(
        "interest billed above the principal",
        None,
        "more interest has fallen due and is not paid than principal is outstanding; the amount is the excess",
        "check the unit of the interest, and that what was paid of it is taken off",
    ),
    "matured in default": Cause(
        "matured in default",
        None,
        "it left as matured with principal outstanding, and by its days past due or its default date it was in default then",
        "state the loss as what it is, or correct the days past due or the dates of default; of a loan that was repaid in "
        "default, a tape of payments shows it",
    ),
    "claim without default": Cause(
        "claim at default without a default",
        None,
        "claim_at_default_minor is given, and no default_date or days_past_due tells of a default; it is the amount",
        "give default_date, or leave the claim empty",
    ),
    "claim changed": Cause(
        "claim at default changed",
        None,
        "the tapes state different amounts owed at the same default; the amount is the change",
        "correct the tape that is wrong",
    ),
    "default before the opening": Cause(
        "default dated before the opening",
        "R9",
        "the closing tape dates a default on or before the opening instant, and on the opening tape the contract was in none",
        "correct the date; where the opening tape is wrong, close the period before again",
    ),
    "default changed": Cause(
        "default of the opening tape changed",
        "R9",
        "a default or cure that the opening tape has is not on the closing tape, or by another day before the opening",
        "correct the tape that is wrong; state the end of a default as its cured_date, and keep both dates",
    ),
}
"""The wording of the findings that loans and guarantees have alike."""
