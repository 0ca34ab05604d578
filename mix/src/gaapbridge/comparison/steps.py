"""The steps from one run to another: changes in the order in which they are put into the plan, and what each contributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaapbridge.changes.between import Changes
from gaapbridge.changes.plan_keys import PRIOR_RUN, Key, dotted

Amounts = Mapping[str, int]
"""Minor units by the address of a cell; nil where it has none."""

PRIOR = "prior run"
CODE = "code"
TODAYS_CODE = "today's code, which made neither run"


@dataclass(frozen=True)
class Ground:
    """What changed outside the plan: input files at the same path, code, libraries.

    ``code`` says whose code it is: what changed between the runs is called ``CODE``, and today's code is not always that.
    """

    inputs: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.named)

    @property
    def named(self) -> tuple[str, ...]:
        """Everything that changed, by name."""
        return (*self.inputs, *self.code, *self.libraries)

    @property
    def name(self) -> str:
        """Which of the three changed, as one change.

        >>> Ground(inputs=("curves.loans.hazard (hazard.csv)",), code=(CODE,)).name
        'inputs changed in place and code'
        """
        inputs, libraries = ["inputs changed in place"] * bool(self.inputs), ["libraries"] * bool(self.libraries)
        return " and ".join([*inputs, *self.code, *libraries])


@dataclass(frozen=True)
class Link:
    """One change to be put into the plan: its name, the keys it sets, and whether the prior run is the new run's from here."""

    name: str
    keys: tuple[Key, ...] = ()
    exchanges_prior_run: bool = False


@dataclass(frozen=True)
class Step:
    """One change, or several where those between cannot be closed: ``merged`` says why. Contributions that are not nil."""

    changes: tuple[str, ...]
    contributions: Amounts
    merged: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {"changes": self.changes, "merged_because": self.merged, "contributions_minor": dict(self.contributions)}


def links_of(changes: Changes, ground: Ground) -> list[Link]:
    """Every change in turn: what changed outside the plan, the prior run, then keys in the order of the new plan."""
    links = [Link(ground.name)] if ground else []
    links += [Link(PRIOR, exchanges_prior_run=True)] if changes.prior_run else []
    return links + [Link(dotted(change.key), (change.key,), change.key[0] == PRIOR_RUN[0]) for change in changes.keys]


def difference(before: Amounts, after: Amounts) -> Amounts:
    """What moved from one state to another, cell by cell.

    >>> difference({"a": 1, "b": 2}, {"b": 2, "c": 3})
    {'a': -1, 'c': 3}
    """
    moved = {address: after.get(address, 0) - before.get(address, 0) for address in {**before, **after}}
    return {address: amount for address, amount in moved.items() if amount}
