"""Note (i): each named flow of the loss allowance, of expected recoveries and of write-offs as a balanced entry.

An allowance is a credit balance: a larger IFRS allowance credits the allowance and charges the provision (section
"Accordingly" of NOTE.md).
"""

from __future__ import annotations

from gaapbridge.difference import (
    OPENED,
    REMAINED,
    SETTLED,
    WRITTEN_OFF,
    BySegment,
    FlowEntry,
    LoanSums,
    Posted,
    Term,
    entry,
    minus,
    moved,
    plus,
)

EVER_WRITTEN_OFF = (*WRITTEN_OFF, "written_off_earlier")

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
"""Each flow of the allowance to the provision: text, states it moves between, paths whose unwinding is shown apart."""


def post(sums: LoanSums, written_off_carrying_difference: BySegment) -> Posted:
    """The journal of note (i) from the sums of the loan tape and what note (ii) passed on.

    ``written_off_carrying_difference`` is what note (ii) posted to ``transfers_between_notes``; here it turns around. The
    principal written off uses the allowance equally under both frameworks, so it makes no difference.
    """
    opening: tuple[Term, ...] = (("opening", OPENED, 1),)
    brought = (
        _allowance(sums, "brought_forward", "difference brought forward", opening, (), "retained_earnings"),
        _recoveries(sums, "brought_forward", (("opening", EVER_WRITTEN_OFF, 1),), "retained_earnings"),
    )
    movements = [_allowance(sums, flow, text, terms, unwound, "provision_for_loans") for flow, text, terms, unwound in FLOWS]
    movements.append(_unwind(sums))
    movements.append(
        entry(
            "write_off",
            "written_off",
            "carrying difference of contracts written off, from note (ii)",
            {
                "transfers_between_notes": minus(written_off_carrying_difference),
                "provision_for_loans": written_off_carrying_difference,
            },
        )
    )
    lifetime: tuple[Term, ...] = (("opening", EVER_WRITTEN_OFF, -1), ("closing", EVER_WRITTEN_OFF, 1))
    movements.append(_recoveries(sums, "recovery", lifetime, "provision_for_loans"))
    return Posted(brought, tuple(movements))


def _allowance(
    sums: LoanSums, flow: str, text: str, terms: tuple[Term, ...], unwound: tuple[str, ...], contra: str
) -> FlowEntry:
    """A movement of the allowance less the interest that unwound in it, against the contra role."""
    current = plus(moved(sums, "loss_allowance_current", terms), minus(_interest(sums, unwound)))
    beyond = plus(moved(sums, "loss_allowance", terms), minus(moved(sums, "loss_allowance_current", terms)))
    amounts: dict[str, BySegment] = {
        "loss_allowance_current": minus(current),
        "loss_allowance_non_current": minus(beyond),
        contra: plus(current, beyond),
    }
    return entry(flow, "loss_allowance", text, amounts)


def _unwind(sums: LoanSums) -> FlowEntry:
    """Interest on the allowance of stage 3 contracts: it raises the allowance and lowers financing income (5.4.1(b))."""
    interest = _interest(sums, REMAINED + SETTLED + WRITTEN_OFF)
    amounts: dict[str, BySegment] = {"loss_allowance_current": minus(interest), "financing_income": interest}
    return entry("unwind", "loss_allowance", "interest on the allowance of stage 3 contracts (IFRS 9 5.4.1(b))", amounts)


def _interest(sums: LoanSums, paths: tuple[str, ...]) -> dict[str, int]:
    return plus(sums.of("ifrs_interest_on_allowance", paths), minus(sums.of("us_interest_on_allowance", paths)))


def _recoveries(sums: LoanSums, flow: str, terms: tuple[Term, ...], contra: str) -> FlowEntry:
    """Expected recoveries of amounts written off, an asset within the allowance (326-20-30-1)."""
    asset = moved(sums, "expected_recoveries", terms)
    amounts: dict[str, BySegment] = {"expected_recoveries": asset, contra: minus(asset)}
    return entry(flow, "expected_recoveries", "expected recoveries of amounts written off (326-20-30-1)", amounts)
