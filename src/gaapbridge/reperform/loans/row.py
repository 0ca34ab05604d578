"""The whole measured row of one loan, calculated: its states, VAT legs and stage 3 interest by column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.calculation import (
    AS_WRITTEN,
    NIL,
    STATES,
    Calculation,
    Choices,
    Figure,
    Section,
    State,
    StateKind,
    alternatives_of,
    column_prefix,
    estimated,
    whole,
)
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import FRAMEWORKS, ZERO, Framework
from gaapbridge.reperform.loan import ON_BOOK, WRITTEN_OFF, Event, Loan, Paid, Payment, recovered_until
from gaapbridge.reperform.loans.capitalised import modified_in, with_capitalised
from gaapbridge.reperform.loans.owed import explained
from gaapbridge.reperform.loans.recoveries import interest_on_recoveries
from gaapbridge.reperform.loans.stage_three import stage_3_interest
from gaapbridge.reperform.loans.state import COMPONENTS, VAT_COMPONENTS, calculate_state, vat_leg
from gaapbridge.reperform.loans.told import Told
from gaapbridge.reperform.paths import LOST, has_left_since, path_of
from gaapbridge.reperform.schedule import contractual_schedule

LOAN = "loan"
STAGE_3_INTEREST = "ifrs_interest_on_allowance"
INTEREST_AFTER_WRITE_OFF = "ifrs_interest_on_recoveries"


def calculate_contract(
    opening: Loan | None,
    closing: Loan | None,
    events: tuple[Event, ...],
    assumptions: Assumptions,
    elections: Elections,
    *,
    payments: Paid | None = None,
    detail: bool = True,
    choices: Choices = AS_WRITTEN,
) -> Calculation:
    """The measured row of a contract from its two tape rows (either may be missing), its events and its payments, None where
    the lender gave none of any contract.

    The opening state uses curves and answers of the opening instant, the closing state those of the closing instant
    and, restated, those of the opening; a contract that left in the period is measured the moment before, with
    those of the opening.
    """
    row = closing or opening
    assert row is not None, "a contract is on one tape at least"
    if opening is not None and closing is not None:
        end = closing.maturity_date or opening.maturity_date
        opening, closing = replace(opening, maturity_date=end), replace(closing, maturity_date=end)
    states: dict[tuple[StateKind, Framework], State] = {}
    late: dict[StateKind, int] = {}
    for kind, contract, day, curve_date in _state_dates(opening, closing, elections):
        late[kind] = contract.days_past_due
        recovered = recovered_until(events, day)
        for framework in FRAMEWORKS:
            states[kind, framework] = calculate_state(
                contract,
                kind,
                day,
                framework,
                assumptions,
                elections.on(curve_date),
                curve_date,
                recovered_minor=recovered,
                detail=detail,
                choices=choices,
            )
    interest, further = _in_default(opening, closing, events, payments, states, assumptions, elections, choices)
    rates, after = _rates(states), ZERO
    if "ifrs" in rates and path_of(opening, closing, elections.opening, WRITTEN_OFF) != LOST:
        after, made = interest_on_recoveries(row, rates["ifrs"], assumptions, elections)
        further += (("Steps, interest on expected recoveries, IFRS", made),) if made else ()
    return Calculation(
        LOAN,
        row.contract_id,
        states,
        _figures(states, late, interest, elections) | {INTEREST_AFTER_WRITE_OFF: estimated(after)},
        _facts(states, opening, closing, elections.opening),
        rates,
        further,
        alternatives_of(states.values()),
        next((state.problem for state in states.values() if state.problem), ""),
    )


def _told_in_part(
    opening: Loan | None, closing: Loan | None, events: tuple[Event, ...], payments: Paid | None, instant: date
) -> tuple[tuple[Payment, ...], int]:
    """What the events of a period that begins at an instant write off of a contract in part, each as principal of its day: of
    one written off in the end those more than 20 days before; and by how much its principal fell beside what was paid of it."""
    off = [event for event in events if event.kind == "write_off"]
    path = path_of(opening, closing, instant, WRITTEN_OFF)
    if closing is None or path not in _ROLLED:
        return (), 0
    before = closing.principal_minor if path.startswith("new") else opening.outstanding_principal_minor if opening else 0
    repaid = sum(one.principal_minor for one in payments.payments) if payments is not None else 0
    left = 0 if payments is not None and path in ("settled", "new_settled") else closing.outstanding_principal_minor
    fell, rest = before - repaid - left, sum(event.amount_minor for event in off)
    if closing.status == WRITTEN_OFF and closing.exit_date is not None:
        off = [event for event in off if event.event_date < closing.exit_date - timedelta(days=_NEAR_DAYS)]
        rest -= closing.outstanding_principal_minor
    taken = off if sum(event.amount_minor for event in off) <= rest else []
    return tuple(Payment(event.contract_id, event.event_date, event.amount_minor) for event in taken), fell


def _is_explained(told: Told, opening: date) -> bool:
    """Whether payments tell the principal of the period."""
    row, before = told.row, told.before
    first = row.principal_minor if row.origination_date > opening else None
    first = first if before is None else before.outstanding_principal_minor
    return first is not None and explained(told, Decimal(first))


_ROLLED = ("stayed", "new", "settled", "new_settled", "written_off", "new_written_off")
_NEAR_DAYS = 20


def _in_default(
    opening: Loan | None,
    closing: Loan | None,
    events: tuple[Event, ...],
    payments: Paid | None,
    states: Mapping[tuple[StateKind, Framework], State],
    assumptions: Assumptions,
    elections: Elections,
    choices: Choices,
) -> tuple[Decimal, tuple[Section, ...]]:
    """Stage 3 interest up to the closing of a contract on book, or up to its exit, with its steps."""
    kind: StateKind = "closing" if closing is not None and closing.status == ON_BOOK else "exit"
    state = states.get((kind, "ifrs"))
    if closing is None or state is None or state.rate_per_period is None:
        return ZERO, ()
    if choices.instalment_minor is not None and contractual_schedule(closing, closing.grid).instalment_is_near_half:
        closing = replace(closing, instalment_minor=choices.instalment_minor)
    told_off, fell = _told_in_part(opening, closing, events, payments, elections.opening)
    parts = told_off if sum(one.principal_minor for one in told_off) <= fell else ()
    before = opening if opening is not None and opening.status == ON_BOOK else None
    of_period = [one for one in events if elections.opening < one.event_date <= elections.closing]
    done = modified_in(before, closing, state.day, of_period, payments, parts, told_off, elections.opening)
    if payments is not None:
        payments = replace(payments, payments=(*payments.payments, *done.off))
        payments = with_capitalised(payments, done.capitalised, closing.contract_id)
    told = Told(closing, state.day, opening, payments, done.capitalised)
    told = told if _is_explained(told, elections.opening) else replace(told, off=done.off)
    interest, made = stage_3_interest(told, assumptions, elections.on(elections.opening))
    return interest, (("Steps, interest on the allowance in stage 3, IFRS", made),) if made else ()


def _state_dates(opening: Loan | None, closing: Loan | None, elections: Elections) -> list[tuple[StateKind, Loan, date, date]]:
    """The states a contract has: kind, row, date, date of the curves. Nothing is expected back of one that is lost."""
    found: list[tuple[StateKind, Loan, date, date]] = []
    if opening is not None and opening.status in (ON_BOOK, WRITTEN_OFF):
        found.append(("opening", opening, elections.opening, elections.opening))
    if closing is None:
        return found
    is_lost = path_of(opening, closing, elections.opening, WRITTEN_OFF) == LOST
    if closing.status in (ON_BOOK, WRITTEN_OFF) and not is_lost:
        found.append(("closing", closing, elections.closing, elections.closing))
    if closing.status == ON_BOOK:
        found.append(("restated", closing, elections.closing, elections.opening))
    if closing.exit_date is not None and has_left_since(closing, elections.opening):
        found.append(("exit", closing, closing.exit_date, elections.opening))
    return found


def _figures(
    states: dict[tuple[StateKind, Framework], State], late: dict[StateKind, int], interest: Decimal, elections: Elections
) -> dict[str, Figure]:
    """Every integer column, with the days past due of each state; a state that does not exist is nil."""
    figures: dict[str, Figure] = {}
    for kind in STATES:
        us, ifrs = states.get((kind, "us")), states.get((kind, "ifrs"))
        for framework, state in (("us", us), ("ifrs", ifrs)):
            for name in COMPONENTS:
                figures[f"{column_prefix(kind)}{framework}_{name}"] = state.figure(name) if state else NIL
        principal = us.principal if us else 0
        later = us.principal_non_current if us else ZERO
        figures[f"{kind}_principal"] = whole(principal)
        figures[f"{kind}_principal_non_current"] = estimated(later)
        vat = vat_leg(us, ifrs, late[kind], elections) if us and ifrs else {}
        for name in VAT_COMPONENTS:
            figures[f"{kind}_vat_{name}"] = vat.get(name, NIL)
    figures[STAGE_3_INTEREST] = estimated(interest)
    return figures


def _rates(states: dict[tuple[StateKind, Framework], State]) -> dict[Framework, Decimal]:
    """The solved rate of each framework, of the latest state that has one."""
    rates: dict[Framework, Decimal] = {}
    for kind in STATES:
        for framework in FRAMEWORKS:
            state = states.get((kind, framework))
            if state is not None and state.rate_per_period is not None:
                rates[framework] = state.rate_per_period
    return rates


def _facts(
    states: dict[tuple[StateKind, Framework], State], before: Loan | None, after: Loan | None, opening: date
) -> dict[str, str | int]:
    """Path; stage at opening and closing, 0 where the contract is not on book; status as the closing tape has it."""
    found: dict[str, str | int] = {} if after is None else {"status": after.status}
    found["path"] = path_of(before, after, opening, WRITTEN_OFF)
    kinds: tuple[StateKind, StateKind] = ("opening", "closing")
    for kind in kinds:
        state = states.get((kind, "ifrs"))
        found[f"stage_{kind}"] = state.stage.number if state is not None and state.stage is not None else 0
    return found
