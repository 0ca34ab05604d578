"""Note (i): each named flow of loss allowances, of expected recoveries and of write-offs as a balanced entry.

An allowance is a credit balance: a larger IFRS allowance credits the allowance and charges the provision (section
"Accordingly" of NOTE.md). Guarantees move as loans do, with their contingent liability in the place of the allowance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gaapbridge.difference import (
    EVER_WRITTEN_OFF,
    OPENED,
    REMAINED,
    SETTLED,
    WRITTEN_OFF,
    BySegment,
    FlowEntry,
    Posted,
    Sums,
    Term,
    entry,
    minus,
    moved,
    plus,
)
from gaapbridge.differences.expected_credit_loss.elections import Elections

FLOWS: tuple[tuple[str, str, tuple[Term, ...], tuple[str, ...]], ...] = (
    ("origination", "first allowance of contracts new in the period", (("late", ("new",), 1),), ("new", "new_written_off")),
    (
        "remeasurement",
        "remeasurement, changes of stage included",
        (("opening", ("stayed", "written_off"), -1), ("late", ("stayed",), 1)),
        ("stayed", "written_off"),
    ),
    ("assumptions", "revised curves and scenarios", (("late", REMAINED, -1), ("closing", REMAINED, 1)), ()),
    ("derecognition", "allowance of settled contracts released", (("opening", ("settled", "lost"), -1),), SETTLED),
)
"""Each flow of an allowance to the provision: text, states it moves between, paths whose unwinding is shown apart."""

OPENING: tuple[Term, ...] = (("opening", OPENED, 1),)
AT_OPENING: tuple[Term, ...] = (("opening", EVER_WRITTEN_OFF, 1),)
IN_PERIOD: tuple[Term, ...] = (("opening", EVER_WRITTEN_OFF, -1), ("closing", EVER_WRITTEN_OFF, 1))


@dataclass(frozen=True)
class _Allowance:
    """How one kind of contract is posted: names of its components, roles of its balances, and its provision."""

    component: str
    recovered: str
    current: str
    non_current: str | None
    recoveries: str
    provision: str
    recovery_text: str


LOANS = _Allowance(
    "loss_allowance", "expected_recoveries", "loss_allowance_current", "loss_allowance_non_current", "expected_recoveries",
    "provision_for_loans", "expected recoveries of amounts written off (326-20-30-1)",
)  # fmt: skip

GUARANTEES = _Allowance(
    "contingent", "compensated", "guarantee_contingent", None, "guarantee_contingent", "provision_for_contingent",
    "expected recoveries of guarantees paid out, net in the liability",
)  # fmt: skip


def post(tapes: Mapping[str, Sums], passed: Mapping[str, BySegment], elections: Elections) -> Posted:
    """The journal of note (i) from the sums of the tapes and what note (ii) passed on.

    ``written_off_carrying_difference`` is what note (ii) posted to ``transfers_between_notes``; here it turns around. The
    principal written off and the amounts paid out use the allowance equally under both frameworks, so they make no difference.
    """
    brought: list[FlowEntry] = []
    movements: list[FlowEntry] = []
    if "loans" in tapes:
        brought += _brought_forward(tapes["loans"], LOANS)
        movements += _movements(tapes["loans"], LOANS)
        movements.append(_unwind(tapes["loans"]))
        movements.append(_transferred(passed.get("written_off_carrying_difference", {})))
    if "guarantees" in tapes:
        brought += _brought_forward(tapes["guarantees"], GUARANTEES)
        movements += _movements(tapes["guarantees"], GUARANTEES)
    return Posted(tuple(brought), tuple(movements))


def _brought_forward(sums: Sums, kind: _Allowance) -> list[FlowEntry]:
    return [
        _allowance(sums, kind, "brought_forward", "difference brought forward", OPENING, (), "retained_earnings"),
        _recoveries(sums, kind, "brought_forward", AT_OPENING, "retained_earnings"),
    ]


def _movements(sums: Sums, kind: _Allowance) -> list[FlowEntry]:
    flows = [_allowance(sums, kind, flow, text, terms, unwound, kind.provision) for flow, text, terms, unwound in FLOWS]
    return [*flows, _recoveries(sums, kind, "recovery", IN_PERIOD, kind.provision)]


def _allowance(
    sums: Sums, kind: _Allowance, flow: str, text: str, terms: tuple[Term, ...], unwound: tuple[str, ...], contra: str
) -> FlowEntry:
    """A movement of the allowance less the interest that unwound in it, against the contra role."""
    total = plus(moved(sums, "loss_allowance", terms), minus(_interest(sums, unwound)))
    beyond: BySegment = {}
    if kind.non_current is not None:
        beyond = plus(moved(sums, "loss_allowance", terms), minus(moved(sums, "loss_allowance_current", terms)))
    amounts: dict[str, BySegment] = {kind.current: plus(beyond, minus(total)), contra: total}
    if kind.non_current is not None:
        amounts[kind.non_current] = minus(beyond)
    return entry(flow, kind.component, text, amounts)


def _recoveries(sums: Sums, kind: _Allowance, flow: str, terms: tuple[Term, ...], contra: str) -> FlowEntry:
    """Expected recoveries of amounts written off or paid out: an asset within the allowance."""
    asset = moved(sums, "expected_recoveries", terms)
    return entry(flow, kind.recovered, kind.recovery_text, {kind.recoveries: asset, contra: minus(asset)})


def _unwind(sums: Sums) -> FlowEntry:
    """Interest on the allowance of stage 3 loans: it raises the allowance and lowers financing income (5.4.1(b))."""
    interest = _interest(sums, REMAINED + SETTLED + WRITTEN_OFF)
    amounts: dict[str, BySegment] = {"loss_allowance_current": minus(interest), "financing_income": interest}
    return entry("unwind", "loss_allowance", "interest on the allowance of stage 3 contracts (IFRS 9 5.4.1(b))", amounts)


def _interest(sums: Sums, paths: tuple[str, ...]) -> dict[str, int]:
    return plus(sums.of("ifrs_interest_on_allowance", paths), minus(sums.of("us_interest_on_allowance", paths)))


def _transferred(carrying_difference: BySegment) -> FlowEntry:
    text = "carrying difference of contracts written off, from note (ii)"
    amounts = {"transfers_between_notes": minus(carrying_difference), "provision_for_loans": carrying_difference}
    return entry("write_off", "written_off", text, amounts)
