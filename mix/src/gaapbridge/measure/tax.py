"""Tax arithmetic in integers: deferred tax of the columns as realised, and by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from gaapbridge.terms.money import round_half_away


def tax_on(amount: int | Decimal, rate: Decimal | Fraction) -> int:
    """Tax of an amount at a rate, rounded half away from zero to whole units.

    >>> tax_on(321886, Decimal("0.15536613"))
    50010
    """
    return round_half_away(Fraction(amount) * Fraction(rate))


def realised(nets: Iterable[int], in_ledger: int, further: int | None) -> tuple[int, ...]:
    """What of columns' net deferred tax, in their order, is realised (740-10-30-5(e), 30-18(a); IAS 12.24, 12.28).

    ``in_ledger`` is the valuation allowance that a ledger needs less where its asset is less: so far a net amount below nil
    costs nothing. ``further`` is how much more of an asset than the ledger's is realised (None: all of it). Each column is
    given what it changes; none changes its sign, or grows. Nets of -60, -70 and 10 beside an allowance of 100, of 60, -70 and
    10 where 50 more are realised:

    >>> realised([-60, -70, 10], 100, 0), realised([60, -70, 10], 0, 50)
    ((0, -30, 10), (50, -60, 10))
    """
    changes, whole, before = [], 0, 0
    for net in nets:
        whole += net
        after = min(whole + in_ledger, 0) if whole < 0 else whole if further is None else min(whole, further)
        changes.append(after - before)
        before = after
    return tuple(changes)


@dataclass(frozen=True)
class Sides:
    """Deferred tax by side, neither below nil: an asset and a liability, or what a column changes of either."""

    asset: int
    liability: int

    @property
    def net(self) -> int:
        """The asset less the liability."""
        return self.asset - self.liability

    def plus(self, change: Sides) -> Sides:
        """Both sides after a change."""
        return Sides(self.asset + change.asset, self.liability + change.liability)


def on_sides(ledger: Sides, nets: Iterable[int]) -> tuple[Sides, ...]:
    """What columns, in their order, change of a ledger's deferred tax of one entity and authority (IAS 12.74; 740-10-45-6).

    A net amount below nil takes from the asset down to nil and adds the rest to the liability; one above nil takes from the
    liability down to nil and adds the rest to the asset. No sum of ledger and first columns is on its wrong side; sides that
    the ledger shows both stay both. From an asset of 100, nets of -60, -70 and 10:

    >>> [(change.asset, change.liability) for change in on_sides(Sides(100, 0), [-60, -70, 10])]
    [(-60, 0), (-40, 30), (0, -10)]
    """
    changes, standing = [], ledger
    for net in nets:
        if net < 0:
            taken = min(-net, max(standing.asset, 0))
            change = Sides(-taken, -net - taken)
        else:
            taken = min(net, max(standing.liability, 0))
            change = Sides(net - taken, -taken)
        changes.append(change)
        standing = standing.plus(change)
    return tuple(changes)
