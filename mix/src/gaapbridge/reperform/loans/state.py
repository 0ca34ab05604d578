"""The independent calculation of one loan at one date under one framework, step by step, in exact decimals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

from gaapbridge.reperform.allowance import Allowance, Coverage, loss_allowance
from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.calculation import AS_WRITTEN, NIL, Choices, Figure, State, StateKind, estimated, total, whole
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT, ONE, ZERO, Framework, Step, is_near_half, rounded, rounded_fraction
from gaapbridge.reperform.grid import Position
from gaapbridge.reperform.interest import (
    Interest,
    Terms,
    contract_terms,
    deferred_ahead,
    interest_at,
    non_current_part,
    terms_steps,
)
from gaapbridge.reperform.loan import ON_BOOK, Loan
from gaapbridge.reperform.loans.claim import Claim, at_most
from gaapbridge.reperform.loans.recoveries import expected_recoveries
from gaapbridge.reperform.losses import with_deferral
from gaapbridge.reperform.timeline import interest_exposed, timeline_of

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
VAT_COMPONENTS = ("deferred_fees", "accrued_interest")


def calculate_state(
    contract: Loan,
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
    the contract left, so it has them too. A written-off contract has expected recoveries, from its last moment on.
    """
    with localcontext(EXACT):
        terms = contract_terms(contract, framework, assumptions)
        if choices.instalment_minor is not None and terms.schedule.instalment_is_near_half:
            contract = replace(contract, instalment_minor=choices.instalment_minor)
            terms = contract_terms(contract, framework, assumptions)
        position = terms.grid.position(day)
        steps = terms_steps(contract, terms, position, framework) if detail else ()
        if terms.rate.per_period is None:
            return State(day, steps=steps, problem=terms.rate.reason)
        later = expected_recoveries(
            contract, day, framework, terms.rate_per_period, assumptions, elections, curve_date, recovered_minor
        )
        if contract.status != ON_BOOK and kind != "exit":
            figures = dict.fromkeys(COMPONENTS, NIL) | {"expected_recoveries": later[0]}
            return State(day, figures, terms.rate_per_period, steps=later[1])
        interest = interest_at(contract, terms, day, framework, assumptions, elections, curve_date)
        recognised = timeline_of(contract, terms.grid, day, elections).recognised
        lost = loss_allowance(
            contract,
            terms.schedule,
            terms.grid,
            Coverage(
                terms.rate_per_period,
                ONE,
                "B5.5.44",
                deferred_ahead(contract, terms, recognised, day, framework, assumptions, elections, curve_date),
            ),
            day,
            framework,
            assumptions,
            elections,
            curve_date,
            detail,
            choices.turn_pd_test,
        )
        return _assembled(contract, day, framework, assumptions, elections, terms, position, interest, lost, later, steps)


def _assembled(
    contract: Loan,
    day: date,
    framework: Framework,
    assumptions: Assumptions,
    elections: Elections,
    terms: Terms,
    position: Position,
    interest: Interest,
    lost: Allowance,
    later: tuple[Figure, tuple[Step, ...]],
    steps: tuple[Step, ...],
) -> State:
    """Round each component once and derive those that rest on rounded ones; a loan in default is all current."""
    costs = estimated(interest.deferral * interest.cost_share)
    slack = int(is_near_half(interest.deferral)) + costs.slack
    fees = Figure(rounded(interest.deferral) - costs.amount, interest.deferral - costs.exact, slack, derived=True)
    later_fees, later_costs, later_principal, share = (
        ZERO if lost.in_default else non_current_part(amount, terms.schedule, position.k)
        for amount in (fees.amount, costs.amount, contract.outstanding_principal_minor, 1)
    )
    exposed = NIL if interest_exposed(contract, day, framework, elections) == "none" else estimated(interest.accrued)
    gross = total((1, whole(contract.outstanding_principal_minor)), (1, fees), (1, costs), (1, exposed))
    allowance, current = (at_most(gross, estimated(one)) for one in (lost.losses.estimate, lost.losses.current))
    of_losses, fees_taken, months = lost.steps, NIL, lost.losses.months
    if lost.in_default:
        claim = Claim.of(
            contract, terms, day, framework, assumptions, elections, lost.losses.estimate, fees, interest.deferral, gross
        )
        allowance = current = claim.allowance
        of_losses, fees_taken = of_losses + claim.steps(framework), claim.fees_taken
        months = with_deferral(months, Decimal(claim.counted.amount), claim.why)
    elif lost.losses.estimate > gross.exact and steps:
        most = "the most that can be lost"
        of_losses += (Step("gross amount", gross.amount, "5.5.17, B5.5.28" if framework == "ifrs" else "326-20-30-1", most),)
    figures = dict.fromkeys(COMPONENTS, NIL) | {
        "deferred_fees": fees,
        "deferred_fees_non_current": estimated(later_fees, fees.slack),
        "deferred_costs": costs,
        "deferred_costs_non_current": estimated(later_costs, costs.slack),
        "accrued_interest": estimated(interest.accrued),
        "loss_allowance": allowance,
        "loss_allowance_current": current,
        "expected_recoveries": later[0],
    }
    shared = Step("non-current share", share, "", "B_{k+12} / B_k, nil in default; deferral pro rata")
    return State(
        day,
        figures,
        terms.rate_per_period,
        contract.outstanding_principal_minor,
        later_principal,
        lost.stage,
        (*steps, *interest.steps, shared, *of_losses, *later[1]) if steps else (),
        months,
        terms.schedule.other_instalment,
        fees_taken=fees_taken,
        most_lost=gross.amount,
    )


def vat_leg(us: State, ifrs: State, days_past_due: int, elections: Elections) -> dict[str, Figure]:
    """VAT inside the difference of each inclusive component: round(d v / (1 + v)), d = ifrs - us in whole minor units.

    Of deferred fees d is what no allowance has taken: what is never income is never taxed. Interest past due for more days
    than it is taxed in has none before it is received; a plan of before states no days.
    """
    ratio, taxed_days = elections.vat_rate / (1 + elections.vat_rate), elections.interest_taxed_days
    found = {}
    for name in VAT_COMPONENTS:
        is_untaxed = name == "accrued_interest" and taxed_days is not None and days_past_due > taxed_days
        if name in elections.vat_inclusive and not is_untaxed:
            taken = ((-1, ifrs.fees_taken), (1, us.fees_taken)) if name == "deferred_fees" else ()
            difference = total((1, ifrs.figure(name)), (-1, us.figure(name)), *taken)
            found[name] = whole(rounded_fraction(difference.amount * ratio), difference.slack)
    return found
