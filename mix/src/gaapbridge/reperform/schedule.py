"""The contractual schedule of one loan: balances and instalments, unrounded inside."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from gaapbridge.reperform.exact import ONE, ZERO, is_near_half, rounded, rounded_fraction
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.loan import Loan

MONTHS_A_YEAR = Decimal(12)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Balances B_0..B_n and contractual flows c_1..c_n of a loan, in minor units.

    `balances[j]` is the principal after instalment j. `flows[j]` is what the borrower owes at j, service fee
    included (`flows[0]` is nil). `rate` is the contract rate a period. `instalment` is the level instalment,
    if there is one; `instalment_is_near_half` that its own rounding could honestly have gone either way.
    """

    rate: Decimal
    balances: tuple[Decimal, ...]
    flows: tuple[Decimal, ...]
    instalment: int | None
    instalment_is_near_half: bool = False

    @property
    def instalments(self) -> int:
        """Number of instalments n."""
        return len(self.balances) - 1

    @property
    def other_instalment(self) -> int | None:
        """The whole instalment on the other side of the half, where the instalment is near it."""
        if self.instalment is None or not self.instalment_is_near_half:
            return None
        exact = self.balances[0] * self.rate / (ONE - (ONE + self.rate) ** -self.instalments)
        return self.instalment - 1 if Decimal(self.instalment) > exact else self.instalment + 1


def contractual_schedule(contract: Loan, grid: Grid) -> Schedule:
    """The schedule the contract promises, whatever the borrower has since done.

    Interest of a period is balance x rate x length of the period; the last instalment takes what is left.
    A loan of 1,200.00 at 18 % over 12 level instalments pays 110.02 a month:

    >>> from datetime import date
    >>> loan = Loan(contract_id="A", segment="s", origination_date=date(2023, 1, 15),
    ...     first_payment_date=date(2023, 2, 15), principal_minor=120_000, annual_rate=Decimal("0.18"),
    ...     term_instalments=12, repayment_type="level", outstanding_principal_minor=120_000)
    >>> contractual_schedule(loan, loan.grid).instalment
    11002
    """
    n, principal = contract.term_instalments, Decimal(contract.principal_minor)
    interest_free = contract.repayment_type == "interest_free_instalments"
    rate = ZERO if interest_free else contract.annual_rate / MONTHS_A_YEAR
    instalment, near = _level_instalment(contract, rate)
    principal_part = Decimal(rounded_fraction(Fraction(contract.principal_minor, n)))
    service_fee = Decimal(contract.service_fee_minor)

    balances, flows = [principal], [ZERO]
    for j in range(1, n + 1):
        before = balances[-1]
        interest = before * rate * grid.length(j)
        if j == n:
            repaid = before
        elif contract.repayment_type == "level":
            repaid = min(Decimal(instalment or 0), before + interest) - interest
        elif contract.repayment_type == "bullet":
            repaid = ZERO
        else:
            repaid = min(principal_part, before)
        balances.append(before - repaid)
        flows.append(interest + repaid + service_fee if before > ZERO else interest + repaid)
    return Schedule(rate, tuple(balances), tuple(flows), instalment, near)


def _level_instalment(contract: Loan, rate: Decimal) -> tuple[int | None, bool]:
    """The level instalment in whole minor units, and whether it lies near half a unit."""
    if contract.repayment_type != "level":
        return None, False
    if contract.instalment_minor is not None:
        return contract.instalment_minor, False
    n = contract.term_instalments
    if rate == ZERO:
        return rounded_fraction(Fraction(contract.principal_minor, n)), False
    exact = Decimal(contract.principal_minor) * rate / (ONE - (ONE + rate) ** -n)
    return rounded(exact), is_near_half(exact)
