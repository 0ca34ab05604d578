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
JUDGED = "estimated on other judgements"
CODE = "code"
TODAYS_CODE = "today's code, which made neither run"


@dataclass(frozen=True)
class Ground:
    """What changed outside the plan: input files at the same path, code, libraries.

    ``code`` says whose code it is: what changed between the runs is called ``CODE``, and today's code is not always that.
    ``estimated`` are tables of the inputs' paths that are others since they were estimated on other judgements, by name.
    """

    estimated: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.named)

    @property
    def named(self) -> tuple[str, ...]:
        """Everything that changed, by name."""
        return (*(f"{one}, {JUDGED}" for one in self.estimated), *self.unjudged)

    @property
    def unjudged(self) -> tuple[str, ...]:
        """What changed for a reason that no account states."""
        return (*self.inputs, *self.code, *self.libraries)

    @property
    def name(self) -> str:
        """Which of these changed, as one change; tables that were estimated on other judgements by their names.

        >>> Ground(inputs=("curves.loans.hazard (hazard.csv)",), code=(CODE,)).name
        'inputs changed in place and code'
        >>> Ground(estimated=("curves.loans.hazard", "curves.loans.recovery")).name
        'curves.loans.hazard, curves.loans.recovery: estimated on other judgements'
        """
        estimated = [f"{', '.join(self.estimated)}: {JUDGED}"] * bool(self.estimated)
        inputs, libraries = ["inputs changed in place"] * bool(self.inputs), ["libraries"] * bool(self.libraries)
        return " and ".join([*estimated, *inputs, *self.code, *libraries])


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
    """Every change in turn: what changed outside the plan, the prior run, then keys of a close in the order of the new plan."""
    links = [Link(ground.name)] if ground else []
    links += [Link(PRIOR, exchanges_prior_run=True)] if changes.prior_run else []
    return links + [Link(dotted(change.key), (change.key,), change.key[0] == PRIOR_RUN[0]) for change in changes.of_the_close]


def difference(before: Amounts, after: Amounts) -> Amounts:
    """What moved from one state to another, cell by cell.

    >>> difference({"a": 1, "b": 2}, {"b": 2, "c": 3})
    {'a': -1, 'c': 3}
    """
    moved = {address: after.get(address, 0) - before.get(address, 0) for address in {**before, **after}}
    return {address: amount for address, amount in moved.items() if amount}
