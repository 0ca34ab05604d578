"""Note (i): each named flow of loss allowances, of expected recoveries and of accrued interest as a balanced entry.

An allowance is a credit balance: a larger IFRS allowance credits the allowance and charges the provision (section
"Accordingly" of NOTE.md). Guarantees move as loans do, with their contingent liability in the place of the allowance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gaapbridge.difference import (
    ASSUMPTIONS,
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
    tax_moved,
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
    (ASSUMPTIONS, "revised estimates and techniques", (("late", REMAINED, -1), ("closing", REMAINED, 1)), ()),
    ("derecognition", "allowance of settled contracts released", (("opening", ("settled", "lost"), -1),), SETTLED),
)
"""Each flow of an allowance to the provision: text, states it moves between, paths whose unwinding is shown apart."""

INTEREST: tuple[tuple[str, str, str, tuple[Term, ...]], ...] = (
    (
        "accretion",
        "financing_income",
        "interest accrued, IFRS less US GAAP",
        (("opening", OPENED, -1), ("closing", REMAINED, 1), ("late", SETTLED + WRITTEN_OFF, 1)),
    ),
    (
        "cash",
        "financing_income",
        "interest received on settlement that US GAAP had not accrued (310-10-35-53A)",
        (("late", SETTLED, -1),),
    ),
    (
        "write_off",
        "provision_for_loans",
        "interest accrued on contracts written off (326-20-35-8; IFRS 9 5.4.4)",
        (("late", WRITTEN_OFF, -1),),
    ),
)
"""Each flow of the difference in accrued interest: its contra role, its text and the states it moves between."""

OPENING: tuple[Term, ...] = (("opening", OPENED, 1),)
AT_OPENING: tuple[Term, ...] = (("opening", EVER_WRITTEN_OFF, 1),)
IN_PERIOD: tuple[Term, ...] = (("opening", EVER_WRITTEN_OFF, -1), ("closing", EVER_WRITTEN_OFF, 1))
AT_WRITE_OFF: tuple[Term, ...] = (("late", WRITTEN_OFF, 1),)


@dataclass(frozen=True)
class _Allowance:
    """How one kind of contract is posted: names of its components, roles of its balances, and its provision.

    ``recoveries`` has the role of each component that holds expected recoveries.
    """

    component: str
    recovered: str
    current: str
    non_current: str | None
    recoveries: Mapping[str, str]
    provision: str
    recovery_text: str


LOANS = _Allowance(
    "loss_allowance", "expected_recoveries", "loss_allowance_current", "loss_allowance_non_current",
    {"expected_recoveries": "expected_recoveries"}, "provision_for_loans",
    "expected recoveries of amounts written off (326-20-30-1)",
)  # fmt: skip

GUARANTEES = _Allowance(
    "contingent", "compensated", "guarantee_contingent", None,
    {"expected_recoveries": "guarantee_contingent", "recoveries_receivable": "recoveries_receivable"},
    "provision_for_contingent", "expected recoveries of guarantees paid out",
)  # fmt: skip


def post(tapes: Mapping[str, Sums], elections: Elections) -> Posted:
    """The journal of note (i) from the sums of the tapes.

    The principal written off and the amounts paid out use the allowance equally under both frameworks, so they make no
    difference.
    """
    brought: list[FlowEntry] = []
    movements: list[FlowEntry] = []
    if "loans" in tapes:
        brought += _brought_forward(tapes["loans"], LOANS)
        brought.append(_accrued(tapes["loans"], "brought_forward", "retained_earnings", "difference brought forward", OPENING))
        movements += _movements(tapes["loans"], LOANS)
        movements.append(_unwind(tapes["loans"]))
        movements += _after_write_off(tapes["loans"])
        movements += [_accrued(tapes["loans"], *flow) for flow in INTEREST]
    if "guarantees" in tapes:
        brought += _brought_forward(tapes["guarantees"], GUARANTEES)
        movements += _movements(tapes["guarantees"], GUARANTEES)
        movements.append(_recoveries(tapes["guarantees"], GUARANTEES, "recovery", IN_PERIOD, GUARANTEES.provision))
    return Posted(tuple(brought), tuple(movements))


def _brought_forward(sums: Sums, kind: _Allowance) -> list[FlowEntry]:
    return [
        _allowance(sums, kind, "brought_forward", "difference brought forward", OPENING, (), "retained_earnings"),
        _recoveries(sums, kind, "brought_forward", AT_OPENING, "retained_earnings"),
    ]


def _movements(sums: Sums, kind: _Allowance) -> list[FlowEntry]:
    return [_allowance(sums, kind, flow, text, terms, unwound, kind.provision) for flow, text, terms, unwound in FLOWS]


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
    """Expected recoveries of amounts written off or paid out: an asset within the allowance, or one of its own."""
    assets = {role: moved(sums, component, terms) for component, role in kind.recoveries.items()}
    return entry(flow, kind.recovered, kind.recovery_text, {**assets, contra: minus(plus(*assets.values()))})


def _after_write_off(sums: Sums) -> list[FlowEntry]:
    """What is expected of loans written off: recognised on the day, raised by its interest, and taken off as it comes in."""
    arises, whole = (moved(sums, "expected_recoveries", terms) for terms in (AT_WRITE_OFF, IN_PERIOD))
    interest = plus(
        sums.of("ifrs_interest_on_recoveries", EVER_WRITTEN_OFF), minus(sums.of("us_interest_on_recoveries", EVER_WRITTEN_OFF))
    )
    flows = (
        ("write_off", "provision_for_loans", "what is expected of loans written off (326-20-30-1; IFRS 9 5.4.4)", arises),
        ("unwind", "financing_income", "interest on what is expected of loans written off (IFRS 9 5.4.1(b))", interest),
        ("recovery", "provision_for_loans", LOANS.recovery_text, plus(whole, minus(arises), minus(interest))),
    )
    return [
        entry(flow, "expected_recoveries", text, {"expected_recoveries": asset, contra: minus(asset)})
        for flow, contra, text, asset in flows
    ]


def _unwind(sums: Sums) -> FlowEntry:
    """Interest of stage 3 loans that is not revenue: it raises the allowance and lowers financing income, the other way where
    the effective rate on what is owed less its allowance is more than the contract brings (5.4.1(b))."""
    interest = _interest(sums, REMAINED + SETTLED + WRITTEN_OFF)
    amounts: dict[str, BySegment] = {"loss_allowance_current": minus(interest), "financing_income": interest}
    return entry("unwind", "loss_allowance", "interest on the allowance of stage 3 contracts (IFRS 9 5.4.1(b))", amounts)


def _interest(sums: Sums, paths: tuple[str, ...]) -> dict[str, int]:
    return plus(sums.of("ifrs_interest_on_allowance", paths), minus(sums.of("us_interest_on_allowance", paths)))


def _accrued(sums: Sums, flow: str, contra: str, text: str, terms: tuple[Term, ...]) -> FlowEntry:
    """A movement of the difference in accrued interest: the asset, its value-added tax, and the contra role for the rest."""
    asset, tax = moved(sums, "accrued_interest", terms), tax_moved(sums, "accrued_interest", terms)
    amounts = {"accrued_interest": asset, "other_tax_payable": minus(tax), contra: minus(plus(asset, minus(tax)))}
    return entry(flow, "accrued_interest", text, amounts)
