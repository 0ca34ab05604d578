"""The elections of a plan as plain values, read straight from the parsed TOML.

`tomllib.loads(text, parse_float=Decimal)` gives the mapping; no default is supplied here, a missing
election is unusable input. Estimates are those of a day, and so are techniques: what a plan of a period before answered
counts to the end of that period (`dated`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from gaapbridge.reperform.dated import answered_on, days_of_change, in_force
from gaapbridge.terms.errors import UnusableInput, nearest

PLAN = "plan.toml"

Answers = TypeVar("Answers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Elections:
    """Every choice of the plan that a measurement of loans and their losses depends on, and the period it is made for.

    Scenario weights are pairs (scenario, weight) in the plan's order; rates and ratios are exact decimals. Without
    `nonaccrual_days_past_due` accrual never stops; `stage_3_interest_from` and `ifrs_after_write_off` are blank of guarantees.
    """

    opening: date
    closing: date
    minor_digits: int
    us_method: str
    us_interest: str
    us_dcf_lost_interest: str
    us_scenarios: tuple[tuple[str, Decimal], ...]
    us_supportable_months: int
    us_reversion: str
    us_reversion_months: int
    us_reversion_reached: str
    us_historical_scenario: str
    ifrs_scenarios: tuple[tuple[str, Decimal], ...]
    default_timeline: str
    default_timing: str
    exposure_at_default: str
    default_days_past_due: int | Mapping[str, int]
    sicr_pd_ratio: Decimal
    sicr_pd_increase: Decimal
    sicr_days_past_due: int
    low_credit_risk_pd_12m: Decimal
    cure_probation_days: int
    nonaccrual_days_past_due: int | None
    stage_3_interest_from: str
    ifrs_after_write_off: str
    vat_rate: Fraction
    vat_inclusive: tuple[str, ...]
    interest_taxed_days: int | None
    by_day: tuple[tuple[date, Elections], ...] = ()

    def on(self, day: date) -> Elections:
        """The answers of a day, those of the first day known for one before; without others, these."""
        return replace(_latest(self.by_day, day, self), by_day=self.by_day)

    @classmethod
    def from_plans(cls, plans: Sequence[Mapping[str, Any]], file: str = PLAN) -> Elections:
        """The elections of a plan that stands before those of the periods before it, the latest first; at the closing."""
        answers = ((day, cls.from_plan(answered_on(day, plans), file)) for day in days_of_change(plans))
        return replace(cls.from_plan(plans[0], file), by_day=tuple(answers))

    @classmethod
    def from_plan(cls, plan: Mapping[str, Any], file: str = PLAN) -> Elections:
        """The elections of a parsed plan; names what is missing or not one of its choices."""
        losses, interest = _elected(plan, "expected_credit_loss", file), _elected(plan, "effective_interest", file)
        included = _choice(losses, "us_accrued_interest", ("included", "excluded"), file) == "included"
        return cls._with(
            plan,
            file,
            us_interest="at_the_instant" if included else "none",
            default_days_past_due=int(_entry(losses, "default_days_past_due", file)),
            nonaccrual_days_past_due=int(_entry(interest, "nonaccrual_days_past_due", file)),
            stage_3_interest_from=_choice(losses, "stage_3_interest_from", ("day", "next_period"), file),
            ifrs_after_write_off=_choice(losses, "ifrs_after_write_off", ("expected_recoveries", "nil"), file),
        )

    @classmethod
    def of_guarantees(cls, plan: Mapping[str, Any], file: str = PLAN) -> Elections:
        """The elections for the loans guaranteed: the event is payout at its trigger, by segment or one for all.

        What is paid to the funder holds the interest to that day.
        """
        losses = _elected(plan, "expected_credit_loss", file)
        return cls._with(
            plan,
            file,
            us_interest="to_recognition",
            default_days_past_due=_days(_entry(losses, "payout_days_past_due", file)),
            nonaccrual_days_past_due=None,
            stage_3_interest_from="",
            ifrs_after_write_off="",
        )

    @classmethod
    def _with(
        cls,
        plan: Mapping[str, Any],
        file: str,
        *,
        us_interest: str,
        default_days_past_due: int | Mapping[str, int],
        nonaccrual_days_past_due: int | None,
        stage_3_interest_from: str,
        ifrs_after_write_off: str,
    ) -> Elections:
        period, losses = _table(plan, "period", file), _elected(plan, "expected_credit_loss", file)
        vat: Mapping[str, Any] = plan.get("vat") or {"rate": 0, "inclusive": []}
        return cls(
            opening=_day(_entry(period, "opening", file), file),
            closing=_day(_entry(period, "closing", file), file),
            minor_digits=int(_entry(_table(plan, "entity", file), "minor_digits", file)),
            us_method=_choice(losses, "us_method", ("pd_lgd", "dcf"), file),
            us_interest=us_interest,
            us_dcf_lost_interest=_choice(losses, "us_dcf_lost_interest", ("at_loss_given_default", "whole"), file),
            us_scenarios=_weights(losses, "us_scenarios", file),
            us_supportable_months=int(_entry(losses, "us_supportable_months", file)),
            us_reversion=_choice(losses, "us_reversion", ("immediate", "straight_line"), file),
            us_reversion_months=int(_entry(losses, "us_reversion_months", file)),
            us_reversion_reached=_choice(losses, "us_reversion_reached", ("in_month", "month_after"), file),
            us_historical_scenario=str(_entry(losses, "us_historical_scenario", file)),
            ifrs_scenarios=_weights(losses, "ifrs_scenarios", file),
            default_timeline=_choice(losses, "default_timeline", ("first_missed", "none"), file),
            default_timing=_choice(losses, "default_timing", ("start", "middle", "end"), file),
            exposure_at_default=_choice(losses, "exposure_at_default", ("before_instalment", "after_instalment"), file),
            default_days_past_due=default_days_past_due,
            sicr_pd_ratio=as_decimal(_entry(losses, "sicr_pd_ratio", file)),
            sicr_pd_increase=as_decimal(_entry(losses, "sicr_pd_increase", file)),
            sicr_days_past_due=int(_entry(losses, "sicr_days_past_due", file)),
            low_credit_risk_pd_12m=as_decimal(_entry(losses, "low_credit_risk_pd_12m", file)),
            cure_probation_days=int(_entry(losses, "cure_probation_days", file)),
            nonaccrual_days_past_due=nonaccrual_days_past_due,
            stage_3_interest_from=stage_3_interest_from,
            ifrs_after_write_off=ifrs_after_write_off,
            vat_rate=Fraction(as_decimal(_entry(vat, "rate", file))),
            vat_inclusive=tuple(str(name) for name in _entry(vat, "inclusive", file)),
            interest_taxed_days=None if vat.get("interest_past_due_days") is None else int(vat["interest_past_due_days"]),
        )

    def default_days(self, segment: str) -> int:
        """The days past due at which a default of a segment is recognised."""
        days = self.default_days_past_due
        return days if isinstance(days, int) else days[segment]

    @property
    def default_timing_tau(self) -> Decimal:
        """How far before a month's end the default is taken to happen: end 0, middle 1/2, start 1."""
        return {"end": Decimal(0), "middle": Decimal("0.5"), "start": Decimal(1)}[self.default_timing]


@dataclass(frozen=True, slots=True, kw_only=True)
class GuaranteeElections:
    """Every choice a measurement of guarantees depends on; `losses` are those of the loans guaranteed.

    `vat_rate` is nil where guarantee fees are not quoted inclusive of value-added tax.
    """

    losses: Elections
    us_discount: str
    discount_rate: Decimal
    compensated_guarantees: str
    stand_ready_measurement: str
    stand_ready_discount_rate: Decimal
    stand_ready_margin: Decimal
    fee_accretion: str
    early_settlement: str
    ifrs_fee_revenue: str
    ifrs_liability: str
    vat_rate: Fraction
    by_day: tuple[tuple[date, GuaranteeElections], ...] = ()

    def on(self, day: date) -> GuaranteeElections:
        """The answers of a day, those of the first day known for one before; without others, these."""
        found = _latest(self.by_day, day, self)
        return replace(found, by_day=self.by_day, losses=replace(found.losses, by_day=self.losses.by_day))

    @classmethod
    def from_plans(cls, plans: Sequence[Mapping[str, Any]], file: str = PLAN) -> GuaranteeElections:
        """The elections of a plan that stands before those of the periods before it, the latest first; at the closing."""
        closing = cls.from_plan(plans[0], file)
        by_day = tuple((day, cls.from_plan(answered_on(day, plans), file)) for day in days_of_change(plans))
        losses = replace(closing.losses, by_day=tuple((day, one.losses) for day, one in by_day))
        return replace(closing, by_day=by_day, losses=losses)

    @classmethod
    def from_plan(cls, plan: Mapping[str, Any], file: str = PLAN) -> GuaranteeElections:
        """The elections of a parsed plan that has guarantees."""
        fees, losses = _elected(plan, "financial_guarantee", file), Elections.of_guarantees(plan, file)
        of_losses = _elected(plan, "expected_credit_loss", file)
        return cls(
            losses=losses,
            us_discount=_choice(of_losses, "us_guarantee_discount", ("current_rate", "contract_rate"), file),
            discount_rate=as_decimal(_entry(of_losses, "guarantee_discount_rate", file)),
            compensated_guarantees=_choice(of_losses, "compensated_guarantees", ("receivable", "net_in_liability"), file),
            stand_ready_measurement=_choice(
                fees, "stand_ready_measurement", ("nominal_fees", "discounted_fees", "expected_payouts_plus_margin"), file
            ),
            stand_ready_discount_rate=as_decimal(_entry(fees, "stand_ready_discount_rate", file)),
            stand_ready_margin=as_decimal(_entry(fees, "stand_ready_margin", file)),
            fee_accretion=_choice(fees, "fee_accretion", ("pro_rata", "after_fair_value"), file),
            early_settlement=_choice(fees, "early_settlement", ("fee_derecognised", "fee_kept"), file),
            ifrs_fee_revenue=_choice(fees, "ifrs_fee_revenue", ("accrued", "when_due"), file),
            ifrs_liability=_choice(fees, "ifrs_liability", ("additive", "higher_of"), file),
            vat_rate=losses.vat_rate if "guarantee_fees" in losses.vat_inclusive else Fraction(0),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardElections:
    """Every choice a measurement of share awards depends on, and the period it is made for."""

    opening: date
    closing: date
    minor_digits: int
    us_attribution: str
    us_forfeitures: str

    @classmethod
    def from_plan(cls, plan: Mapping[str, Any], file: str = PLAN) -> AwardElections:
        """The elections of a parsed plan that has awards."""
        period, awards = _table(plan, "period", file), _elected(plan, "share_based_compensation", file)
        return cls(
            opening=_day(_entry(period, "opening", file), file),
            closing=_day(_entry(period, "closing", file), file),
            minor_digits=int(_entry(_table(plan, "entity", file), "minor_digits", file)),
            us_attribution=_choice(awards, "us_attribution", ("straight_line", "graded"), file),
            us_forfeitures=_choice(awards, "us_forfeitures", ("as_they_occur", "estimated"), file),
        )


def as_decimal(value: object) -> Decimal:
    """The decimal a person wrote: a float is taken at its shortest text, so 0.1 is one tenth.

    >>> as_decimal(0.1) == Decimal("0.1"), as_decimal(2), as_decimal("0.25")
    (True, Decimal('2'), Decimal('0.25'))
    """
    return Decimal(value) if isinstance(value, str) else value if isinstance(value, Decimal) else Decimal(str(value))


def _elected(plan: Mapping[str, Any], note: str, file: str) -> Mapping[str, Any]:
    """A note's answers at the closing instant: of an estimate, given in dated versions, the one in force then."""
    day = _day(_entry(_table(plan, "period", file), "closing", file), file)
    answers = _table(_table(plan, "elections", file), note, file)
    return {name: in_force(answer, day, name, file) if isinstance(answer, list) else answer for name, answer in answers.items()}


def _latest(by_day: Sequence[tuple[date, Answers]], day: date, otherwise: Answers) -> Answers:
    """What is answered from the latest day not after `day`, from the first one if `day` precedes them all."""
    found = otherwise if not by_day else by_day[0][1]
    for since, answers in by_day:
        if since <= day:
            found = answers
    return found


def _table(plan: Mapping[str, Any], name: str, file: str) -> Mapping[str, Any]:
    value = _entry(plan, name, file)
    if not isinstance(value, Mapping):
        raise UnusableInput(file=file, column=name, value=str(value), rule="a table is needed here", remedy=f"write [{name}]")
    return value


def _entry(table: Mapping[str, Any], name: str, file: str) -> Any:
    if name not in table:
        near = ", ".join(nearest(name, table)) or "nothing like it"
        remedy = f"add {name} and close the plan again (found {near})"
        raise UnusableInput(file=file, column=name, rule="the plan states every election", remedy=remedy)
    return table[name]


def _choice(table: Mapping[str, Any], name: str, choices: tuple[str, ...], file: str) -> str:
    value = str(_entry(table, name, file))
    if value not in choices:
        raise UnusableInput(
            file=file,
            column=name,
            value=value,
            rule="not a choice of this election",
            remedy=" or ".join(choices),
        )
    return value


def _weights(table: Mapping[str, Any], name: str, file: str) -> tuple[tuple[str, Decimal], ...]:
    weights = _entry(table, name, file)
    if not isinstance(weights, Mapping) or not weights:
        raise UnusableInput(file=file, column=name, value=str(weights), rule="scenarios have weights", remedy="{ base = 1.0 }")
    return tuple((str(scenario), as_decimal(weight)) for scenario, weight in weights.items())


def _days(value: object) -> int | Mapping[str, int]:
    """A number of days, or a number by segment."""
    if isinstance(value, Mapping):
        return {str(segment): int(days) for segment, days in value.items()}
    return int(as_decimal(value))


def _day(value: object, file: str) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as wrong:
        raise UnusableInput(file=file, value=str(value), rule="a date is needed", remedy="write it as 2023-12-31") from wrong
