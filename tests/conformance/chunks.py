"""Worked examples as a close takes contracts: chunks of a few contracts, periods counted, through its treatments and kernels.

An example in amounts and years is restated as the columns of a chunk. What comes out is what a close keeps: states of
contracts, one beside the other. Of its own this module takes the difference of two states, or of two sides, as a close
does where it posts a movement or an adjustment; the rest is done by what a close runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.differences.effective_interest import ifrs as yields_ifrs
from gaapbridge.differences.effective_interest import us_gaap as yields_us
from gaapbridge.differences.expected_credit_loss import ifrs as losses_ifrs
from gaapbridge.differences.expected_credit_loss import us_gaap as losses_us
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.differences.expected_credit_loss.treatment import Credit
from gaapbridge.measure import carrying, kernels
from gaapbridge.measure.effective_rates import SOLVED
from gaapbridge.measure.rounding import fraction_of, to_minor
from gaapbridge.measure.survival import Risk, loss_weights
from gaapbridge.measure.timeline import BEFORE_INSTALMENT, TO_RECOGNITION
from gaapbridge.terms.money import vat_fraction
from tests.conformance.given import NotCoveredError

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Amount = Any
"""A number, or an array of them."""

US, IFRS = 0, 1
SIDES = ((yields_us, losses_us), (yields_ifrs, losses_ifrs))

YEAR_MONTHS = 12


def by_period(states: Sequence[float] | Numbers, opening: float | None = None) -> Numbers:
    """Movements between successive states; before the first stands ``opening``, where there is one."""
    return np.diff(np.asarray(states)) if opening is None else np.diff(np.asarray(states), prepend=opening)


def less(minuend: Amount, subtrahend: Amount) -> Amount:
    """What one state or side has above another."""
    return np.asarray(minuend) - np.asarray(subtrahend) if isinstance(minuend, np.ndarray) else minuend - subtrahend


def added(amounts: Sequence[Any] | NDArray[Any]) -> Any:
    """Amounts added up, as totals are."""
    return np.sum(np.asarray(amounts))


def together(amounts: Amount, others: Amount) -> Amount:
    """Two liabilities that stand beside each other."""
    return amounts + others


def to_date(amounts: Sequence[float]) -> list[float]:
    """Amounts added up to each period, from nil on, as a tape states them."""
    return [0, *np.cumsum(np.asarray(amounts)).tolist()]


def likeliest(weights: Mapping[str, float]) -> str:
    """The scenario of most weight."""
    return max(weights, key=lambda name: weights[name])


# ---------------------------------------------------------------- schedules


def agreed(kind: int, principal: Sequence[float], rate: float, periods: int, instalment: float = 0.0) -> kernels.ScheduleTerms:
    """Loans of one kind, rate and term; ``instalment`` a unit of principal, of level loans."""
    amount = np.asarray(principal, dtype=np.float64)
    same = np.ones_like(amount)
    return kernels.ScheduleTerms(
        principal=amount, rate=same * rate, instalments=np.full(amount.shape, periods), kind=np.full(amount.shape, kind),
        instalment=amount * instalment, part=amount / periods, service_fee=same * 0.0, first_length=same,
    )  # fmt: skip


def bullet(principal: float, rate: float, periods: int) -> kernels.ScheduleTerms:
    """A loan repaid at the end, with interest every period."""
    return agreed(kernels.BULLET, [principal], rate, periods)


def equal_parts(exposure: Sequence[float]) -> kernels.ScheduleTerms:
    """A loan without interest, whose balance before each instalment is ``exposure``, which falls in equal steps to nil."""
    steps = by_period([*exposure, 0.0])
    if not np.allclose(steps, steps[0]):
        raise NotCoveredError("an exposure that falls in unequal steps")
    return agreed(kernels.EQUAL_PRINCIPAL, [exposure[0]], 0.0, len(exposure))


def discounted_instalments(instalment: float, periods: int) -> kernels.ScheduleTerms:
    """Equal instalments without interest of their own: interest is what they come to above the amount paid out."""
    return agreed(kernels.INTEREST_FREE, [instalment * periods], 0.0, periods)


def of_coupons(flows: Sequence[float]) -> kernels.ScheduleTerms:
    """The bullet loan whose flows these are; no other flows are a schedule of a tape."""
    coupon, last = flows[0], flows[-1]
    if any(flow != coupon for flow in flows[:-1]):
        raise NotCoveredError("annual_cash_flows_end_of_year: steps")
    return bullet(last - coupon, coupon / (last - coupon), len(flows))


def level(loans: Sequence[float], principal: float, rate: float, periods: int) -> kernels.ScheduleTerms:
    """Level loans at a rate, each standing for so many alike; the instalment is not rounded."""
    amounts = [principal * count for count in loans]
    return agreed(kernels.LEVEL, amounts, rate, periods, kernels.level_instalment(1.0, rate, periods))


def split_pool(loans: int, prepaying: float) -> tuple[float, float]:
    """Loans of a pool that stay, and those that prepay."""
    return loans * (1.0 - prepaying), loans * prepaying


def initial_amount(principal: float, fees_received: float, costs_paid: float, loans: float = 1.0) -> float:
    """What so many loans are carried at first: paid out, less fees received, plus costs paid, as a tape states them."""
    return loans * (principal - fees_received + costs_paid)


def balances(schedule: kernels.ScheduleTerms, place: int) -> Numbers:
    """Scheduled balance of one loan after each instalment."""
    balance, flow = (np.zeros(schedule.instalments[place] + 1) for _ in range(2))
    kernels.agreed_outgrows(schedule, place, balance, flow)
    return balance


def worth(schedule: kernels.ScheduleTerms, rate: float) -> Numbers:
    """The price at which a single loan bears an effective rate."""
    periods = int(schedule.instalments[0])
    balance, flow = np.zeros(periods + 1), np.zeros(periods + 1)
    kernels.agreed_outgrows(schedule, 0, balance, flow)
    found = np.zeros(periods + 1)
    carrying.fill_carrying_amounts(balance, flow, np.zeros(periods + 1), periods, 0, 1.0, 1.0 / (1.0 + rate), found)
    return found[:1]


# ---------------------------------------------------------------- carrying amounts


@dataclass(frozen=True)
class Carried:
    """Loans under one framework, added up: effective rate a period, carrying amount from the start to the end of each
    period, and interest of each."""

    rate: float
    carrying: Numbers
    interest: Numbers

    @property
    def opening(self) -> Numbers:
        """Carrying amount at the start of each period."""
        return self.carrying[:-1]

    @property
    def closing(self) -> Numbers:
        """Carrying amount at the end of each period."""
        return self.carrying[1:]


def carried(
    schedule: kernels.ScheduleTerms, initial: Sequence[float] | Numbers, prepaying: Sequence[float] | None = None,
    left_after: Sequence[int] | None = None,
) -> tuple[Carried, Carried]:  # fmt: skip
    """Loans of one term under US GAAP and under IFRS: deferral and interest accrued; the state after each instalment is one
    value row.

    ``prepaying`` is the share expected to repay in full after each instalment; ``left_after`` says after which instalment
    each loan has in fact been repaid.
    """
    periods, loans = int(schedule.instalments[0]), schedule.principal.size
    mortality = np.zeros((2, periods + 1))
    mortality[1, 1:] = 0.0 if prepaying is None else prepaying
    gone = np.full(loans, periods) if left_after is None else np.asarray(left_after)
    curve, states = np.ones(loans, dtype=np.int64), np.arange(periods + 1)
    after = np.where(states[:, None] < gone[None, :], states[:, None], -1)
    balance = np.stack([balances(schedule, place) for place in range(loans)], axis=1)
    outstanding = np.where(after >= 0, balance, 0.0)
    rows = [(yields, state) for yields, _ in SIDES for state in states]
    factors, outcomes, deferrals, *_ = kernels.scan_loans(
        schedule,
        kernels.RateRows(np.asarray(initial, dtype=np.float64), mortality, np.stack([y.rate_curve(curve) for y, _ in SIDES])),
        kernels.ValueRows(
            rate_row=np.repeat([US, IFRS], periods + 1),
            curve=np.stack([yields.carrying_curve(curve) for yields, _ in rows]),
            after=np.tile(after, (2, 1)),
            elapsed=np.zeros((len(rows), loans)),
            length=np.ones((len(rows), loans)),
            principal=np.tile(outstanding, (2, 1)),
        ),
        *_no_losses(loans),
    )
    if (outcomes != SOLVED).any():
        raise ValueError("no effective rate")
    contractual = (outstanding[:-1] * schedule.rate).sum(axis=1)
    found = []
    for side, (_, losses) in enumerate(SIDES):
        deferral = deferrals[side * (periods + 1) : (side + 1) * (periods + 1)].sum(axis=1)
        accrued = losses.accrued_interest(contractual, np.zeros(periods), np.ones(periods, dtype=np.bool_))
        found.append(
            Carried(float(1.0 / factors[side, 0] - 1.0), outstanding.sum(axis=1) + deferral, accrued + by_period(deferral))
        )
    return found[US], found[IFRS]


def _no_losses(loans: int) -> tuple[kernels.LossRows, kernels.LossRates, kernels.DeferredRows, kernels.SplitRows]:
    whole, number, flag = np.zeros((0, loans), dtype=np.int64), np.zeros((0, loans)), np.zeros(0, dtype=np.bool_)
    row = whole[:, 0]
    rows = kernels.LossRows(
        np.zeros((1, 1)), whole, whole, whole, whole, number, whole, number, number, whole, row, row, number[:, 0], 0
    )
    return rows, kernels.LossRates(row, flag), _none_deferred(0, loans), kernels.SplitRows(whole, YEAR_MONTHS)


def _none_deferred(rows: int, loans: int) -> kernels.DeferredRows:
    """Losses that count nothing deferred: examples state one exposure, with all that is in it."""
    periods = np.zeros((rows, loans))
    return kernels.DeferredRows(np.full(rows, -1), np.zeros(rows, dtype=np.int64), periods != 0, periods, periods, periods)


# ---------------------------------------------------------------- expected losses

ANSWERS = Elections(
    us_method="pd_lgd", us_accrued_interest="excluded", us_scenarios={"base": 1.0}, us_supportable_months=480,
    us_reversion="immediate", us_reversion_months=0, us_reversion_reached="month_after",
    us_dcf_lost_interest="at_loss_given_default", us_historical_scenario="base", ifrs_scenarios={"base": 1.0},
    default_timeline="none", default_timing="end", exposure_at_default="before_instalment",
    default_days_past_due=90, sicr_pd_ratio=2.0,
    sicr_pd_increase=0.02, sicr_days_past_due=30, sicr_backstop_rebuttal="", low_credit_risk_pd_12m=0.0,
    cure_probation_days=90, hindsight_confidence=0.99, hindsight_overdispersion=1.0, stage_3_interest_from="day",
    ifrs_after_write_off="expected_recoveries",
    payout_days_past_due=60, us_guarantee_discount="current_rate", guarantee_discount_rate=0.03,
    compensated_guarantees="net_in_liability",
)  # fmt: skip
"""A lender's answers to note (i) that an example changes where it says something else."""


@dataclass(frozen=True)
class Exposed:
    """One loan at risk: its terms, effective rate, default probability a period and loss given default, by scenario.

    ``period_months`` says how many months a period of the example has; ``lost_discounted`` is the loss given default with
    recoveries discounted, where that is another figure.
    """

    schedule: kernels.ScheduleTerms
    rate: float
    hazard: Sequence[Sequence[float]]
    lost: Sequence[float]
    period_months: int
    elections: Elections = ANSWERS
    scenarios: tuple[str, ...] = ("base",)
    lost_discounted: Sequence[float] | None = None

    def answering(self, **changed: Any) -> Exposed:
        """The same loan under other answers."""
        return replace(self, elections=replace(self.elections, **changed))


def allowances(exposed: Exposed, side: int, after: Sequence[int] = (0,), watched: bool = False) -> Numbers:
    """Loss allowance of a loan under one framework, after some numbers of instalments; ``watched`` puts it into stage 2."""
    remaining = np.array([int(exposed.schedule.instalments[0]) - done for done in after])
    months = _horizon(exposed, side, remaining * exposed.period_months, watched)
    return _losses(exposed, side, after, -(-months // exposed.period_months))


def late_by_a_period(rate: float) -> float:
    """Share lost of what is paid in full, a period late and without interest for it: recoveries, discounted."""
    return 1.0 - 1.0 / (1.0 + rate)


def to_horizons(exposed: Exposed, side: int) -> Numbers:
    """Loss of a loan, as measured at its start, within one period, two, and so on: the remaining life a treatment is asked
    about is cut off there."""
    periods = 1 + np.arange(int(exposed.schedule.instalments[0]))
    months = _horizon(exposed, side, periods * exposed.period_months, watched=True)
    return _losses(exposed, side, [0] * len(periods), months // exposed.period_months)


def _horizon(exposed: Exposed, side: int, remaining_months: Whole, watched: bool) -> Whole:
    """Months ahead that count, as the treatment says of a loan that pays and is on the watch list or not."""
    treatment = SIDES[side][1]
    credit = _credit(len(remaining_months), watched)
    return treatment.horizon(treatment.lifetime(credit, exposed.elections), remaining_months)


def _credit(count: int, watched: bool) -> Credit:
    """Loans that pay, on the watch list or not, of which nothing else is known."""
    none, never = np.zeros(count), np.full(count, np.datetime64("NaT", "D"))
    watch, days = np.full(count, watched), np.zeros(count, dtype=np.int64)
    return Credit(
        guaranteed=False, instant=never, days_past_due=days, default_days=days + 90, default_date=never,
        cured_date=never, watch_list=watch,
        forborne=np.zeros(count, dtype=np.bool_), pd_now=none, pd_at_origination=none, pd_12m=none,
    )  # fmt: skip


def _losses(exposed: Exposed, side: int, after: Sequence[int], horizon: Whole) -> Numbers:
    """One pass of the kernel over one loan, with a loss row for each state."""
    treatment, elections, rows = SIDES[side][1], exposed.elections, len(after)
    hazard = np.asarray(exposed.hazard, dtype=np.float64)[:, None, None, :]
    hazard = treatment.forecast(hazard, exposed.scenarios, elections)
    discounted = exposed.lost if exposed.lost_discounted is None else exposed.lost_discounted
    tables = (np.asarray(table, dtype=np.float64)[:, None] for table in (exposed.lost, discounted))
    lost = treatment.loss_given_default(*tables, elections)
    weights = treatment.scenario_weights(exposed.scenarios, elections)
    table = loss_weights(Risk(hazard, np.ones_like(hazard), np.zeros((1, hazard.shape[-1] + 1)), weights, 1), lost)
    periods, balance = int(exposed.schedule.instalments[0]), balances(exposed.schedule, 0)
    whole = np.array(after)[:, None]
    *_, totals, _ = kernels.scan_loans(
        exposed.schedule,
        kernels.RateRows(worth(exposed.schedule, exposed.rate), np.zeros((1, periods + 1)), np.zeros((1, 1), dtype=np.int64)),
        kernels.ValueRows(
            np.zeros(0, dtype=np.int64), *(np.zeros((0, 1), dtype=np.int64),) * 2, *(np.zeros((0, 1)),) * 3
        ),
        kernels.LossRows(
            weights=table, table=np.zeros((rows, 1), dtype=np.int64), due=whole, paid=whole, lag=np.zeros_like(whole),
            elapsed_periods=np.zeros((rows, 1)), horizon=horizon[:, None], principal=balance[whole], billed=np.zeros((rows, 1)),
            interest=_interest(treatment, elections, rows), exposure=np.full(rows, treatment.exposure(elections)),
            interest_beside=np.zeros(rows, dtype=np.int64), shift=np.full(rows, treatment.default_shift(elections)),
            near_months=YEAR_MONTHS,
        ),
        kernels.LossRates(np.zeros(rows, dtype=np.int64), np.full(rows, treatment.discounts(elections))),
        _none_deferred(rows, 1),
        kernels.SplitRows(np.zeros((0, 1), dtype=np.int64), YEAR_MONTHS),
    )  # fmt: skip
    return totals[:, 0]


def _interest(treatment: Any, elections: Elections, rows: int) -> Whole:
    """Interest in the exposure of a loan that accrues it, as the treatment says."""
    runs = np.ones((rows, 1), dtype=np.bool_)
    found: Whole = treatment.interest_in_exposure(_credit(rows, watched=False), runs, ~runs, elections)
    return found


def paid_out(payouts: Sequence[float], factor: float, after: Sequence[int] = (0,)) -> Numbers:
    """Expected payouts of a guarantee after some numbers of periods, where those of each period are known.

    A guaranteed loan of one, without interest: its loss table has a row for each age, as that of a tape has.
    """
    periods = len(payouts)
    ahead = np.zeros((periods, periods))
    for age in range(periods):
        ahead[age, : periods - age] = payouts[age:]
    rows, whole = len(after), np.array(after)[:, None]
    totals, _ = kernels.scan_guaranteed(
        bullet(1.0, 0.0, periods),
        kernels.LossRows(
            weights=ahead, table=np.minimum(whole, periods - 1), due=np.where(whole < periods, whole, -1), paid=whole,
            lag=np.zeros_like(whole), elapsed_periods=np.zeros((rows, 1)), horizon=periods - whole,
            principal=np.ones((rows, 1)), billed=np.zeros((rows, 1)), interest=np.full((rows, 1), TO_RECOGNITION),
            exposure=np.full(rows, BEFORE_INSTALMENT), interest_beside=np.zeros(rows, dtype=np.int64), shift=np.zeros(rows),
            near_months=0,
        ),
        np.full((rows, 1), factor),
    )  # fmt: skip
    return totals[:, 0]


def placed(amounts: Mapping[int, float], periods: int) -> list[float]:
    """Amounts by number of the period, in the order of periods; nil in between."""
    return [amounts.get(period, 0.0) for period in range(1, periods + 1)]


def placed_at_year_ends(flows: Sequence[tuple[int, float]]) -> list[float]:
    """Amounts by year as amounts by month, each in the last month of its year."""
    months = {YEAR_MONTHS * year: amount for year, amount in flows}
    return placed(months, max(months))


def monthly_factor(annual_rate: float) -> float:
    """Discount factor a month of losses on guarantees under IFRS, at the rate elected."""
    elections = replace(ANSWERS, guarantee_discount_rate=annual_rate)
    return float(1.0 / (1.0 + losses_ifrs.guarantee_rate(np.zeros(1), elections)[0]))


# ---------------------------------------------------------------- value-added tax


def vat_inside(amounts: Sequence[float], rate: float, digits: int = 0) -> list[float]:
    """Value-added tax inside each amount, rounded to so many digits of it, as it is of each contract."""
    whole = to_minor(np.asarray(amounts, dtype=np.float64) * 10**digits)
    inside = fraction_of(whole, vat_fraction(Decimal(str(rate))))
    return [amount / 10**digits if digits else amount for amount in inside.tolist()]
