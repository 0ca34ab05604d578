"""What a calculation consists of: figures by column, states by date and framework, the whole row of a contract.

The same for loans, guarantees and awards, so that one comparison and one explanation serve all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, Protocol

from gaapbridge.reperform.exact import ZERO, Framework, Step, decimal_of, is_near_half, rounded, rounded_fraction
from gaapbridge.reperform.losses import Month
from gaapbridge.reperform.stages import Stage

StateKind = Literal["opening", "closing", "restated", "exit"]
STATES: tuple[StateKind, ...] = ("opening", "closing", "restated", "exit")

Section = tuple[str, tuple[Step, ...]]
"""A title and the steps under it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One whole-number column of a measured row as calculated here.

    `slack` is how many roundings near half a unit it rests on: 0 means the figure must agree exactly. A `derived`
    figure is made of rounded ones rather than rounded itself.
    """

    amount: int
    exact: Decimal
    slack: int = 0
    derived: bool = False


NIL = Figure(0, ZERO)


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
    """One contract at one date under one framework: its figures, and the steps and months that lead to them.

    A contract that cannot be measured has a `problem` and no figures. The restated state is the closing one with the curves
    of the opening. Rate and principal are a loan's, and what the allowance of one in default has taken of its deferred fees,
    and its gross amount, which is the most that can be lost.
    """

    day: date
    figures: dict[str, Figure] = field(default_factory=dict)
    rate_per_period: Decimal | None = None
    principal: int = 0
    principal_non_current: Decimal = ZERO
    stage: Stage | None = None
    steps: tuple[Step, ...] = ()
    months: tuple[Month, ...] = ()
    instalment_near_half: int | None = None
    problem: str = ""
    fees_taken: Figure = NIL
    most_lost: int | None = None

    def figure(self, name: str) -> Figure:
        """A component of the state; nil where it has none."""
        return self.figures.get(name, NIL)


@dataclass(frozen=True, slots=True)
class Calculation:
    """A contract calculated: every state, every column, and the honest alternatives it leaves open.

    `facts` are columns that are stated rather than rounded: stages, status, path, segment.
    """

    kind: str
    contract_id: str
    states: dict[tuple[StateKind, Framework], State]
    figures: dict[str, Figure]
    facts: dict[str, str | int]
    rates: dict[Framework, Decimal] = field(default_factory=dict)
    further: tuple[Section, ...] = ()
    alternatives: tuple[tuple[str, Choices], ...] = ()
    problem: str = ""


class Calculate(Protocol):
    """The calculation of one contract of a run, ready to be made."""

    def __call__(self, *, detail: bool = True, choices: Choices = AS_WRITTEN) -> Calculation:
        """Calculate; `detail` keeps the steps, `choices` takes honest alternatives."""
        ...


def whole(amount: int, slack: int = 0) -> Figure:
    """A figure made of whole figures with `slack` between them."""
    return Figure(amount, Decimal(amount), slack, derived=True)


def estimated(exact: Decimal, slack: int = 0) -> Figure:
    """A figure rounded once from an estimate, which may itself rest on rounded figures with `slack`.

    >>> estimated(Decimal("2.5")).amount, estimated(Decimal("2.5")).slack, estimated(Decimal("2.4")).slack
    (3, 1, 0)
    """
    return Figure(rounded(exact), exact, slack + int(is_near_half(exact)), derived=slack > 0)


def proportion(exact: Fraction, slack: int = 0, *, is_estimate: bool) -> Figure:
    """A figure rounded once from a fraction; where it is no estimate, only what it rests on may differ.

    >>> proportion(Fraction(5, 2), is_estimate=False).slack, proportion(Fraction(5, 2), is_estimate=True).slack
    (0, 1)
    """
    decimal = decimal_of(exact)
    near = int(is_estimate and is_near_half(decimal))
    return Figure(rounded_fraction(exact), decimal, slack + near, derived=slack > 0)


def total(*parts: tuple[int, Figure]) -> Figure:
    """Whole figures added with their signs.

    >>> total((1, whole(7)), (-1, whole(9, slack=1)))
    Figure(amount=-2, exact=Decimal('-2'), slack=1, derived=True)
    """
    amount = sum(sign * figure.amount for sign, figure in parts)
    return whole(amount, sum(figure.slack for _, figure in parts))


def column_prefix(kind: StateKind) -> str:
    """How a state's columns begin: the closing state's have no prefix.

    >>> column_prefix("closing") + "us_loss_allowance", column_prefix("exit")
    ('us_loss_allowance', 'exit_')
    """
    return "" if kind == "closing" else f"{kind}_"


def alternatives_of(states: Iterable[State]) -> tuple[tuple[str, Choices], ...]:
    """The other honest answers: an instalment near half a unit, a PD test next to its threshold."""
    known = list(states)
    instalment = next((state.instalment_near_half for state in known if state.instalment_near_half is not None), None)
    close = any(state.stage is not None and state.stage.pd_test_is_close for state in known)
    found = []
    if instalment is not None:
        found.append(("instalment near half", Choices(instalment_minor=instalment)))
    if close:
        found.append(("PD test at its threshold", Choices(turn_pd_test=True)))
    if instalment is not None and close:
        found.append(("instalment near half, PD test at its threshold", Choices(instalment, True)))
    return tuple(found)
