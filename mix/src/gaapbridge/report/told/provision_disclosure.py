"""The provision for loans as the income statement prints it, from what moved the allowance and what went through it besides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from gaapbridge.difference import FRAMEWORKS
from gaapbridge.report.told.disclosed import IFRS, TOTAL, US, Books, Disclosure, Row
from gaapbridge.run.movements import LINES, Movements

if TYPE_CHECKING:  # loaded when a run is read
    import polars as pl

PARTS = ("accrued_interest", "deferred_costs", "deferred_fees")
"""What a loan carries beside its principal."""

LOST = "Accrued interest and deferred amounts lost at write-off"

_ELSEWHERE = ("opening", "opening_basis_difference", "transfers", "unwind", "write_off")
"""Lines of a movement table that are no provision: interest on the allowance is taken from revenue (IFRS 9 5.4.1(b))."""


def written_off(books: Books, side: str) -> dict[str, int]:
    """Of what was written off, accrued interest and deferred amounts: by path."""
    import polars as pl

    by = books.grouped("loans", ("path",), {"lost": pl.sum_horizontal(f"exit_{side}_{part}" for part in PARTS)})
    return {path: by[path,]["lost"] for path in OFF if (path,) in by}


def cost_written_off() -> pl.Expr:
    """The amortised cost under US GAAP of a loan that was written off, and nil of any other."""
    import polars as pl

    beside = pl.sum_horizontal(f"exit_us_{part}" for part in PARTS)
    return pl.col("principal_written_off") + pl.when(pl.col("path").is_in(OFF)).then(beside).otherwise(0)


def gross_used(books: Books, moved: Movements) -> int:
    """The gross amount written off, as the movement table of the allowance has it with what was lost beside the principal."""
    return -sum(moved.lines["write_off"].values()) + sum(written_off(books, moved.framework).values())


OFF = ("written_off", "new_written_off")
"""The paths of loans that were written off."""


def provision_disclosure(books: Books, moved: Mapping[str, Movements]) -> Disclosure:
    """From the lines of the allowance (326-20-50-13(b); IFRS 7.35H) to the provision in the income statement, both frameworks.

    An allowance that moved by 787,422,844 of provision, 45,196,167 lost at write-off, less 56,861,557 recovered and 53,450,557
    expected anew, provides 722,306,897.
    """
    names = dict.fromkeys(name for one in moved.values() for name in one.lines if name not in _ELSEWHERE)
    lines = {LINES[name]: [sum(moved[side].lines.get(name, {}).values()) for side in FRAMEWORKS] for name in names}
    taxed = _tax_lost(books)
    lost = [sum(written_off(books, side).values()) - (taxed if side == "ifrs" else 0) for side in FRAMEWORKS]
    columns = ("recoveries_received", *(f"{at}{side}_{of}" for side in FRAMEWORKS for at, of in _EXPECTED))
    sums = books.sums("loans", *columns)
    grown = [
        sums[f"opening_{side}_expected_recoveries"]
        + sums[f"{side}_interest_on_recoveries"]
        - sums[f"{side}_expected_recoveries"]
        for side in FRAMEWORKS
    ]
    lines |= {LOST: lost, "Recoveries received": [-sums["recoveries_received"]] * 2, _GROWN: grown}
    total = [sum(amounts) for amounts in zip(*lines.values(), strict=True)]
    rows = [Row(caption, tuple(amounts)) for caption, amounts in lines.items() if any(amounts)]
    ties = [
        tie
        for (side, named), amount in zip(FRAMEWORKS.items(), total, strict=True)
        for tie in books.stated(
            f"Provision for loans, {IFRS if side == 'ifrs' else US}", amount, ("provision_for_loans",), side
        )
    ]
    title = "Provision for loans in the income statement"
    return Disclosure(
        title, "ASC 326-20-50-13; IFRS 7.35H", (US, IFRS), (*rows, Row("Provision", tuple(total), TOTAL)), tuple(ties)
    )


_EXPECTED = (("opening_", "expected_recoveries"), ("", "expected_recoveries"), ("", "interest_on_recoveries"))
_GROWN = "Change in expected recoveries, without interest on them"


def _tax_lost(books: Books) -> int:
    """Value-added tax in what IFRS had of loans written off beyond US GAAP: it is owed no longer, and no loss."""
    import polars as pl

    lost = {"lost": pl.sum_horizontal("exit_vat_accrued_interest", "exit_vat_deferred_fees")}
    by = books.grouped("loans", ("path",), lost)
    return sum(by[path,]["lost"] for path in OFF if (path,) in by)
