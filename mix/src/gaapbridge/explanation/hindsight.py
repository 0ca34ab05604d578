"""The opening's expected losses against what came, as tables for each kind of contract and framework (R17)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.difference import FRAMEWORKS
from gaapbridge.explanation.form import Explanation, Table
from gaapbridge.form import Tells
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput

HINDSIGHT = "hindsight"
"""The address of the tables."""

IN_ALL = ("contracts", "framework", "expected", "came", "of expected", "no surprise", "holds")
OUTSIDE = ("contracts", "lost", "principal lost", "in default at opening", "new", "and defaulted")
RECOVERIES = ("losses of", "contracts", "expected", "received", "from", "to", "holds")
NUMBERS = ("by", "contracts", "expected", "came", "no surprise", "at closing", "holds")
AMOUNTS = ("by", "expected", "came", "from", "to", "holds")
LOSSES = ("by", "expected", "came", "difference")
"""Columns of the tables, each as wide as a terminal of 80."""

NOT_JUDGED, FEW = "not judged", "few"
"""What is said of an amount, and of a number, that no outcome would make a surprise, or that is not known."""

READING = {
    "expected": "by the curves of the opening; at closing: by those of the closing",
    "no surprise": "from where to where chance explains it",
    FEW: "too few contracts for any number to be a surprise",
    NOT_JUDGED: "too few defaults for a surprise, or claims not stated",
    "lost": "on the opening tape and on no later one; held against nothing",
    "new": "made in the period, expected by no opening; held against nothing",
}
"""What columns mean."""


def explain_hindsight(run: Run) -> Explanation:
    """Numbers of defaults, amounts owed when they were recognised, and losses, by note, segment and bucket; minor units.

    First what came of all contracts and of each kind; then each kind and framework in detail. Raises ``UnusableInput`` where
    the run has none: it was written before, or had no opening.
    """
    if not run.hindsight:
        raise UnusableInput(
            file=str(run.folder), value=HINDSIGHT, rule="hindsight needs the contracts of an opening that was measured",
            remedy="close a period whose plan names an opening tape",
        )  # fmt: skip
    every = [(_called(kind), kind) for kind in run.hindsight]
    kinds = [(name, kind) for name, kind in every if kind["outside"]]
    totals = [_in_all(name, cell) for name, kind in every for cell in kind["cells"] if cell["by"] == "total"]
    tables = [
        Table("Defaults recognised in the period, in all", IN_ALL, tuple(totals), "0"),
        _in_money("What stands outside", OUTSIDE, ("principal lost",), [_outside(*one) for one in kinds]),
        _in_money("Recoveries of earlier losses", RECOVERIES, RECOVERIES[2:-1], [_recoveries(*one) for one in kinds]),
        *(table for name, kind in kinds for table in _in_detail(name, kind["cells"])),
    ]
    period = run.manifest.period
    return Explanation(HINDSIGHT, {"period": f"{period.opening} to {period.closing}", **READING}, tuple(tables))


def _called(kind: Mapping[str, Any]) -> str:
    """The words for the contracts of a kind; of all kinds together there is no kind."""
    return KINDS[kind["kind"]].contracts if kind["kind"] in KINDS else "all"


def _in_all(name: str, total: Mapping[str, Any]) -> tuple[object, ...]:
    share = f"{total['observed'] / total['expected']:.0%}" if total["expected"] else None
    return (
        name, FRAMEWORKS[total["framework"]], round(total["expected"], 1), total["observed"], share, _band_of_number(total),
        _said(_number_holds(total) and _amount_holds(total)) if total["tested"] else FEW,
    )  # fmt: skip


def _outside(name: str, kind: Mapping[str, Any]) -> tuple[object, ...]:
    outside = kind["outside"]
    names = ("lost", "lost_principal_minor", "in_default_at_opening", "born", "born_and_defaulted")
    return (name, *(outside[what] for what in names))


def _recoveries(name: str, kind: Mapping[str, Any]) -> tuple[object, ...]:
    contracts, expected, received, bound = (
        kind["recoveries"][what] for what in ("contracts", "expected_minor", "received_minor", "no_surprise_minor")
    )
    holds = _said(abs(received - expected) <= bound) if contracts else FEW
    return (name, contracts, expected, received, max(expected - bound, 0), expected + bound, holds)


def _in_detail(name: str, cells: Sequence[Mapping[str, Any]]) -> Iterator[Table]:
    for framework, called in FRAMEWORKS.items():
        rows = [cell for cell in cells if cell["framework"] == framework]
        known = [cell for cell in rows if cell["observed_amount_minor"] is not None]
        title = f"{name.capitalize()}, {called}: "
        yield Table(title + "defaults recognised in the period", NUMBERS, tuple(map(_numbers, rows)), "0")
        yield _in_money(title + "owed when default was recognised", AMOUNTS, AMOUNTS[1:-1], map(_amounts, rows))
        yield _in_money(title + "loss at the opening's loss given default", LOSSES, LOSSES[1:], map(_losses, known))


def _in_money(name: str, header: tuple[str, ...], minor: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Table:
    """A table some of whose columns are in minor units."""
    return Table(f"{name}, minor units", header, tuple(rows), "0", tells=Tells(HINDSIGHT, name, minor=minor))


def _numbers(cell: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        _place(cell), cell["contracts"], round(cell["expected"], 1), cell["observed"], _band_of_number(cell),
        round(cell["expected_by_closing_curves"], 1), _said(_number_holds(cell)) if "number" in cell["tested"] else FEW,
    )  # fmt: skip


def _amounts(cell: Mapping[str, Any]) -> tuple[object, ...]:
    """An amount with its bounds, where it is judged: it is shown alone where too few may default, or claims are not stated."""
    judged = "amount" in cell["tested"]
    return (
        _place(cell), cell["expected_amount_minor"], cell["observed_amount_minor"],
        max(cell["amount_low_minor"], 0) if judged else None, cell["amount_high_minor"] if judged else None,
        _said(_amount_holds(cell)) if judged else NOT_JUDGED,
    )  # fmt: skip


def _losses(cell: Mapping[str, Any]) -> tuple[object, ...]:
    expected, came = cell["expected_loss_minor"], cell["observed_loss_minor"]
    return (_place(cell), expected, came, came - expected)


def _place(cell: Mapping[str, Any]) -> str:
    return f"{cell['by']} {cell['cell']}".strip()


def _band_of_number(cell: Mapping[str, Any]) -> str:
    return f"{cell['low']:,} to {cell['high']:,}"


def _number_holds(cell: Mapping[str, Any]) -> bool:
    """Whether the number is no surprise, or not judged."""
    return bool(cell["low"] <= cell["observed"] <= cell["high"])


def _amount_holds(cell: Mapping[str, Any]) -> bool:
    """Whether the amount is no surprise, or not judged."""
    if "amount" not in cell["tested"]:
        return True
    return bool(cell["amount_low_minor"] <= cell["observed_amount_minor"] <= cell["amount_high_minor"])


def _said(holds: bool) -> str:
    return "yes" if holds else "NO"
