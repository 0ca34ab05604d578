"""The life of one loan from origination on: as the contract has it, and as prepayments are expected, with the cost deferred in
it at the effective rate of each. What a picture of the difference between the frameworks is drawn from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from decimal import Decimal, localcontext

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT, FRAMEWORKS, ONE, Framework
from gaapbridge.reperform.interest import Terms, contract_terms, framework_flows
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.sources import read_sources
from gaapbridge.reperform.tapes import read_contracts
from gaapbridge.reperform.yields import present_value


@dataclass(frozen=True, slots=True)
class Life:
    """A loan after each instalment, minor units: principal by contract and on average of loans like it; and amortised cost less
    principal at the contractual rate (US GAAP) and the expected one (IFRS), of a loan that is still there."""

    contract_id: str
    contractual: tuple[Decimal, ...]
    expected: tuple[Decimal, ...]
    us_deferred: tuple[Decimal, ...]
    ifrs_deferred: tuple[Decimal, ...]
    us_rate: Decimal
    ifrs_rate: Decimal


def life_of(run: str | os.PathLike[str], contract_id: str) -> Life | None:
    """The life of a loan whose input rows a run keeps; None where it keeps none, or the loan has no effective rate.

    Raises ``UnusableInput`` where the tables of assumptions have gone or are not as they were.
    """
    sources = read_sources(run, ("loans",), kept=True)
    elections = Elections.from_plans(sources.plans, sources.plan_file)
    tapes = (sources.tape("loans", instant) for instant in ("closing", "opening"))
    found = ({} if tape is None else read_contracts(tape, elections.minor_digits, {contract_id}) for tape in tapes)
    loan = next((rows[contract_id] for rows in found if contract_id in rows), None)
    if loan is None:
        return None
    assumptions = Assumptions.of_prepayment(sources.needed_table("loans", "prepayment"))
    with localcontext(EXACT):
        return _life(loan, assumptions)


def _life(loan: Loan, assumptions: Assumptions) -> Life | None:
    us, ifrs = (contract_terms(loan, side, assumptions) for side in FRAMEWORKS)
    if us.rate.per_period is None or ifrs.rate.per_period is None:
        return None
    leaving = assumptions.single_monthly_mortality(loan.origination_date, loan.segment)
    staying, expected = ONE, list[Decimal]()
    for month, balance in enumerate(us.schedule.balances):
        staying *= ONE - leaving.at(month) if month else ONE
        expected.append(balance * staying)
    return Life(
        loan.contract_id,
        us.schedule.balances,
        tuple(expected),
        _deferred(loan, us, "us", assumptions),
        _deferred(loan, ifrs, "ifrs", assumptions),
        us.rate.per_period,
        ifrs.rate.per_period,
    )


def _deferred(loan: Loan, terms: Terms, side: Framework, assumptions: Assumptions) -> tuple[Decimal, ...]:
    """Amortised cost less principal after each instalment, of a loan still there."""
    flows = framework_flows(loan, terms.schedule, side, assumptions, loan.origination_date)
    rate = terms.rate_per_period
    return tuple(
        present_value(flows, terms.grid, rate, month) - balance for month, balance in enumerate(terms.schedule.balances)
    )
