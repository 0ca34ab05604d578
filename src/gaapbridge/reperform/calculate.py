"""The independent calculation of one contract: one state at a time, then the whole row of a measurement.

`calculate_state` follows one contract at one date under one framework, step by step, in exact decimals.
`calculate_contract` puts the states of opening, closing and exit together into the measured columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal

from gaapbridge.reperform.allowance import Allowance, loss_allowance
from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.contract import ON_BOOK, WRITTEN_OFF, Contract
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import (
    EXACT,
    ONE,
    ZERO,
    Framework,
    Step,
    is_near_half,
    rounded,
    rounded_fraction,
)
from gaapbridge.reperform.grid import Position, months_later, whole_months
from gaapbridge.reperform.interest import (
    Interest,
    Terms,
    contract_terms,
    interest_at,
    non_current_part,
    terms_steps,
)
from gaapbridge.reperform.losses import Month, weighted_loss_given_default
from gaapbridge.reperform.stages import Stage

StateKind = Literal["opening", "closing", "restated", "exit"]
STATES: tuple[StateKind, ...] = ("opening", "closing", "restated", "exit")
COMPONENTS = (
    "deferred_fees",
    "deferred_fees_non_current",
    "deferred_costs",
    "deferred_costs_non_current",
    "accrued_interest",
    "loss_allowance",
    "loss_allowance_current",
    "expected_recoveries",
)


@dataclass(frozen=True, slots=True)
class Choices:
    """Honest alternatives, to see whether they explain a difference: the measured run may have taken them.

    `instalment_minor` replaces a computed level instalment that lies near half a minor unit;
    `turn_pd_test` answers a PD test next to its threshold the other way.
    """

    instalment_minor: int | None = None
    turn_pd_test: bool = False


AS_WRITTEN = Choices()


@dataclass(frozen=True, slots=True)
class State:
    """One contract at one date under one framework.

    `exact` holds each component before rounding (where one is rounded itself), `amounts` the minor units,
    `slack` how many roundings near half feed an amount, `steps` and `months` the way there. A contract
    without an effective rate has a `problem` and no amounts. `exposure` is that of a defaulted contract. The
    restated state is the closing one with the curves of the opening.
    """

    kind: StateKind
    day: date
    framework: Framework
    amounts: dict[str, int] = field(default_factory=dict)
    exact: dict[str, Decimal] = field(default_factory=dict)
    slack: dict[str, int] = field(default_factory=dict)
    rate_per_period: Decimal | None = None
    principal: int = 0
    principal_non_current: Decimal = ZERO
    stage: Stage | None = None
    default_since: date | None = None
    exposure: Decimal = ZERO
    steps: tuple[Step, ...] = ()
    months: tuple[Month, ...] = ()
    instalment_near_half: int | None = None
    problem: str = ""


def calculate_state(
    contract: Contract,
    kind: StateKind,
    day: date,
    framework: Framework,
    assumptions: Assumptions,
    elections: Elections,
    curve_date: date,
    *,
    recovered_minor: int = 0,
    detail: bool = True,
    choices: Choices = AS_WRITTEN,
) -> State:
    """Every component of a contract on `day`, with `curve_date` naming the version of the curves.

    Gross amounts and allowance exist while the contract is on book; an exit state describes the moment before
    the contract left, so it has them too. A written-off contract has expected recoveries only (US GAAP).
    """
    with localcontext(EXACT):
        if contract.status != ON_BOOK and kind != "exit":
            return _after_exit(contract, kind, day, framework, assumptions, curve_date, recovered_minor)
        terms = contract_terms(contract, framework, assumptions)
        if choices.instalment_minor is not None and terms.schedule.instalment_is_near_half:
            contract = replace(contract, instalment_minor=choices.instalment_minor)
            terms = contract_terms(contract, framework, assumptions)
        position = terms.grid.position(day)
        steps = terms_steps(contract, terms, position, framework) if detail else ()
        if terms.rate.per_period is None:
            return State(kind, day, framework, steps=steps, problem=terms.rate.reason)
        interest = interest_at(contract, terms, day, framework, assumptions, elections, curve_date)
        lost = loss_allowance(
            contract,
            terms,
            position,
            day,
            framework,
            assumptions,
            elections,
            curve_date,
            detail,
            choices.turn_pd_test,
        )
        return _assembled(contract, kind, day, framework, terms, position, interest, lost, steps)


def _assembled(
    contract: Contract,
    kind: StateKind,
    day: date,
    framework: Framework,
    terms: Terms,
    position: Position,
    interest: Interest,
    lost: Allowance,
    steps: tuple[Step, ...],
) -> State:
    """Round each component once and derive those that rest on rounded ones."""
    costs_exact = interest.deferral * interest.cost_share
    costs = rounded(costs_exact)
    fees = rounded(interest.deferral) - costs
    later = [
        non_current_part(amount, terms.schedule, position.k)
        for amount in (fees, costs, contract.outstanding_principal_minor, 1)
    ]
    exact = dict.fromkeys(COMPONENTS, ZERO) | {
        "deferred_fees": interest.deferral - costs_exact,
        "deferred_fees_non_current": later[0],
        "deferred_costs": costs_exact,
        "deferred_costs_non_current": later[1],
        "accrued_interest": interest.accrued,
        "loss_allowance": lost.losses.estimate,
        "loss_allowance_current": lost.losses.current,
    }
    amounts = {name: rounded(exact[name]) for name in COMPONENTS} | {"deferred_fees": fees}
    slack = {name: int(is_near_half(exact[name])) for name in COMPONENTS}
    slack["deferred_fees"] = int(is_near_half(interest.deferral)) + slack["deferred_costs"]
    for name in ("deferred_fees", "deferred_costs"):
        slack[f"{name}_non_current"] += slack[name]
    shared = Step("non-current share", later[3], "", "B_{k+12} / B_k; deferral pro rata")
    near = _other_instalment(terms) if terms.schedule.instalment_is_near_half else None
    return State(
        kind,
        day,
        framework,
        amounts,
        exact,
        slack,
        terms.rate_per_period,
        contract.outstanding_principal_minor,
        later[2],
        lost.stage,
        lost.default_since,
        lost.exposure,
        (*steps, *interest.steps, shared, *lost.steps) if steps else (),
        lost.losses.months,
        near,
    )


def _other_instalment(terms: Terms) -> int:
    """The whole instalment on the other side of the half."""
    instalment = terms.schedule.instalment or 0
    n, rate = terms.schedule.instalments, terms.schedule.rate
    exact = terms.schedule.balances[0] * rate / (ONE - (ONE + rate) ** -n)
    return instalment - 1 if Decimal(instalment) > exact else instalment + 1


def _after_exit(
    contract: Contract,
    kind: StateKind,
    day: date,
    framework: Framework,
    assumptions: Assumptions,
    curve_date: date,
    recovered_minor: int,
) -> State:
    """A contract that has left: expected recoveries of a write-off under US GAAP, nothing else."""
    amounts, slack = dict.fromkeys(COMPONENTS, 0), dict.fromkeys(COMPONENTS, 0)
    exact = dict.fromkeys(COMPONENTS, ZERO)
    steps: tuple[Step, ...] = ()
    left = contract.exit_date
    if framework == "us" and contract.status == WRITTEN_OFF and left is not None and left <= day:
        months = whole_months(left, day)
        ratio = assumptions.remaining_recovery_ratio(curve_date, contract.segment).at(months)
        written_off = contract.outstanding_principal_minor
        expected, cap = ratio * written_off, written_off - recovered_minor
        amounts["expected_recoveries"] = max(min(rounded(expected), cap), 0)
        exact["expected_recoveries"] = max(min(expected, Decimal(cap)), ZERO)
        slack["expected_recoveries"] = int(is_near_half(expected) and rounded(expected) <= cap)
        steps = (
            Step("written off", written_off, "326-20-35-8", f"on {left}"),
            Step("months since write-off", months, "", "whole calendar months"),
            Step("remaining recovery ratio", ratio, "326-20-30-1", ""),
            Step("recovered in the period", recovered_minor, "326-20-30-1", "reduces the cap"),
            Step("expected recoveries", amounts["expected_recoveries"], "326-20-30-1", "an asset"),
        )
    return State(kind, day, framework, amounts, exact, slack, steps=steps)


def stage_3_interest(
    contract: Contract, state: State, assumptions: Assumptions, elections: Elections
) -> tuple[Decimal, tuple[Step, ...]]:
    """Interest u not recognised on the opening allowance of each month in stage 3 (IFRS 9 5.4.1(b)).

    Months count from the one after entry: those whose opening is at least a month after the default date and
    before the state's date. The allowance of a month is the state's exposure x the loss at that month, by the
    curves in force at the opening instant.
    """
    if state.stage is None or state.stage.number != 3 or state.default_since is None:
        return ZERO, ()
    assert state.rate_per_period is not None, "a measured state has a rate"
    with localcontext(EXACT):
        since, total, steps = state.default_since, ZERO, []
        for q in range(whole_months(elections.opening, elections.closing)):
            opening = months_later(elections.opening, q)
            if opening < months_later(since, 1) or opening >= state.day:
                continue
            months = whole_months(since, opening)
            ratio = weighted_loss_given_default(
                contract, "ifrs", assumptions, elections, elections.opening, months, discounted=True
            )
            interest = state.rate_per_period * state.exposure * ratio
            total += interest
            steps.append(Step(f"stage 3 interest from {opening}", interest, "5.4.1(b)", "rate x EAD x LGD"))
        return total, (*steps, Step("stage 3 interest u", total, "5.4.1(b)", ""))


def vat_leg(us: State, ifrs: State, elections: Elections) -> dict[str, tuple[int, int]]:
    """VAT inside the difference of each inclusive component, and the slack of the amounts it rests on.

    round(d v / (1 + v)), d = ifrs - us in whole minor units.
    """
    ratio = elections.vat_rate / (1 + elections.vat_rate)
    found = {}
    for name in elections.vat_inclusive:
        difference = ifrs.amounts.get(name, 0) - us.amounts.get(name, 0)
        slack = us.slack.get(name, 0) + ifrs.slack.get(name, 0)
        found[name] = (rounded_fraction(Fraction(difference) * ratio), slack)
    return found
