"""The whole measured row of one contract, calculated: its states, VAT legs and stage 3 interest by column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.calculate import (
    AS_WRITTEN,
    COMPONENTS,
    STATES,
    Choices,
    State,
    StateKind,
    calculate_state,
    stage_3_interest,
    vat_leg,
)
from gaapbridge.reperform.contract import ON_BOOK, WRITTEN_OFF, Contract, Event, recovered_until
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import FRAMEWORKS, ZERO, Framework, Step, is_near_half, rounded

VAT_COMPONENTS = ("deferred_fees", "accrued_interest")
STAGE_3_INTEREST = "ifrs_interest_on_allowance"


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of a measured row as calculated here.

    `slack` is how many roundings near half a unit it rests on: 0 means the figure must agree exactly.
    """

    amount: int
    exact: Decimal
    slack: int = 0


@dataclass(frozen=True, slots=True)
class Calculation:
    """A contract calculated: every state, every column, and the honest alternatives it leaves open."""

    contract_id: str
    states: dict[tuple[StateKind, Framework], State]
    figures: dict[str, Figure]
    rates: dict[Framework, Decimal]
    stages: dict[str, int]
    stage_3_steps: tuple[Step, ...]
    alternatives: tuple[tuple[str, Choices], ...]
    problem: str = ""


def calculate_contract(
    opening: Contract | None,
    closing: Contract | None,
    events: tuple[Event, ...],
    assumptions: Assumptions,
    elections: Elections,
    *,
    detail: bool = True,
    choices: Choices = AS_WRITTEN,
) -> Calculation:
    """The measured row of a contract from its two tape rows (either may be missing) and its events.

    The opening state uses the curves at the opening instant, the closing state those at the closing instant
    and, restated, those of the opening; a contract that left in the period is measured the moment before, with
    the curves of the opening.
    """
    row = closing or opening
    assert row is not None, "a contract is on one tape at least"
    states: dict[tuple[StateKind, Framework], State] = {}
    for kind, contract, day, curve_date in _state_dates(opening, closing, elections):
        recovered = recovered_until(events, day)
        for framework in FRAMEWORKS:
            states[kind, framework] = calculate_state(
                contract,
                kind,
                day,
                framework,
                assumptions,
                elections,
                curve_date,
                recovered_minor=recovered,
                detail=detail,
                choices=choices,
            )
    interest = ZERO
    steps: tuple[Step, ...] = ()
    kinds: tuple[StateKind, ...] = ("closing", "exit")
    for kind in kinds:
        state = states.get((kind, "ifrs"))
        if state is not None and closing is not None and not state.problem:
            unrecognised, made = stage_3_interest(closing, state, assumptions, elections)
            interest, steps = interest + unrecognised, (*steps, *made)
    problem = next((state.problem for state in states.values() if state.problem), "")
    return Calculation(
        row.contract_id,
        states,
        _figures(states, interest, elections),
        _rates(states),
        _stages(states),
        steps,
        _alternatives(states),
        problem,
    )


def _state_dates(
    opening: Contract | None, closing: Contract | None, elections: Elections
) -> list[tuple[StateKind, Contract, date, date]]:
    """The states a contract has: kind, row, date, date of the curves."""
    found: list[tuple[StateKind, Contract, date, date]] = []
    if opening is not None and opening.status in (ON_BOOK, WRITTEN_OFF):
        found.append(("opening", opening, elections.opening, elections.opening))
    if closing is None:
        return found
    if closing.status in (ON_BOOK, WRITTEN_OFF):
        found.append(("closing", closing, elections.closing, elections.closing))
    if closing.status == ON_BOOK:
        found.append(("restated", closing, elections.closing, elections.opening))
    if closing.exit_date is not None and closing.exit_date > elections.opening:
        found.append(("exit", closing, closing.exit_date, elections.opening))
    return found


def column_prefix(kind: StateKind) -> str:
    """How a state's columns begin: the closing state's have no prefix.

    >>> column_prefix("closing") + "us_loss_allowance", column_prefix("exit")
    ('us_loss_allowance', 'exit_')
    """
    return "" if kind == "closing" else f"{kind}_"


def _figures(states: dict[tuple[StateKind, Framework], State], interest: Decimal, elections: Elections) -> dict[str, Figure]:
    """Every integer column; a state that does not exist is nil."""
    figures: dict[str, Figure] = {}
    for kind in STATES:
        us, ifrs = states.get((kind, "us")), states.get((kind, "ifrs"))
        for framework, state in (("us", us), ("ifrs", ifrs)):
            for name in COMPONENTS:
                figures[f"{column_prefix(kind)}{framework}_{name}"] = _figure(state, name)
        principal = us.principal if us else 0
        later = us.principal_non_current if us else ZERO
        figures[f"{kind}_principal"] = Figure(principal, Decimal(principal))
        figures[f"{kind}_principal_non_current"] = Figure(rounded(later), later, int(is_near_half(later)))
        vat = vat_leg(us, ifrs, elections) if us and ifrs else {}
        for name in VAT_COMPONENTS:
            amount, slack = vat.get(name, (0, 0))
            figures[f"{kind}_vat_{name}"] = Figure(amount, Decimal(amount), slack)
    figures[STAGE_3_INTEREST] = Figure(rounded(interest), interest, int(is_near_half(interest)))
    return figures


def _figure(state: State | None, name: str) -> Figure:
    if state is None or name not in state.amounts:
        return Figure(0, ZERO)
    return Figure(state.amounts[name], state.exact[name], state.slack[name])


def _rates(states: dict[tuple[StateKind, Framework], State]) -> dict[Framework, Decimal]:
    """The solved rate of each framework, of the latest state that has one."""
    rates: dict[Framework, Decimal] = {}
    for kind in STATES:
        for framework in FRAMEWORKS:
            state = states.get((kind, framework))
            if state is not None and state.rate_per_period is not None:
                rates[framework] = state.rate_per_period
    return rates


def _stages(states: dict[tuple[StateKind, Framework], State]) -> dict[str, int]:
    """Stage at opening and closing; 0 where the contract is not on book."""
    found: dict[str, int] = {}
    kinds: tuple[StateKind, StateKind] = ("opening", "closing")
    for kind in kinds:
        state = states.get((kind, "ifrs"))
        found[f"stage_{kind}"] = state.stage.number if state is not None and state.stage is not None else 0
    return found


def _alternatives(states: dict[tuple[StateKind, Framework], State]) -> tuple[tuple[str, Choices], ...]:
    """The other honest answers: an instalment near half a unit, a PD test next to its threshold."""
    instalments = (state.instalment_near_half for state in states.values())
    instalment = next((other for other in instalments if other is not None), None)
    close = any(state.stage is not None and state.stage.pd_test_is_close for state in states.values())
    found = []
    if instalment is not None:
        found.append(("instalment near half", Choices(instalment_minor=instalment)))
    if close:
        found.append(("PD test at its threshold", Choices(turn_pd_test=True)))
    if instalment is not None and close:
        found.append(("instalment near half, PD test at its threshold", Choices(instalment, True)))
    return tuple(found)
