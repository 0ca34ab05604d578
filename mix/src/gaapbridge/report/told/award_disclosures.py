"""The disclosures of share awards: units not vested and their grant-date fair value (ASC 718-10-50-2(c); IFRS 2.45), cost not
yet recognised under both frameworks and the period in which it will be (718-10-50-2(i)), expense of the period (IFRS 2.51)."""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.difference import FRAMEWORKS
from gaapbridge.report.told.disclosed import (
    BESIDE,
    DAYS_AS_YEARS,
    IFRS,
    MONEY,
    PER_UNIT,
    TOTAL,
    UNITS,
    US,
    Books,
    Disclosure,
    Row,
    Tie,
    explained,
    rolled,
)
from gaapbridge.statement.notes_text import as_filed

KEPT = "us_unrecognised_cost"
"""A column by which a run tells whether it keeps what is left of an award's cost."""

NOT_KEPT = "Not kept by the version that made this run: units, grant-date fair values and days by award. Close its plan again."

_COST = "Cost of share awards"
_UNVESTED = "Share awards not vested"


def award_disclosures(books: Books) -> Iterator[Disclosure]:
    """What a run of a period tells of its share awards; what a run of before does not keep is said."""
    if KEPT not in books.columns("awards"):
        yield Disclosure(_UNVESTED, "ASC 718-10-50-2(c); IFRS 2.45", (), (), lacks=NOT_KEPT)
        yield Disclosure(_COST, "ASC 718-10-50-2(i)", (), (), lacks=NOT_KEPT)
    else:
        yield _unvested(books)
        yield _unrecognised(books)
    yield _recognised(books)


def _unvested(books: Books) -> Disclosure:
    """Units not vested from opening to closing, each line with its grant-date fair value, a unit and in all.

    Lines are what counts and values to date rose by, so that they lead to the closing whatever they are: no tie.
    """
    names = ("units_granted", "units_vested", "units_forfeited")
    values = ("granted_value", "vested_value", "forfeited_value")
    sums = books.sums(
        "awards",
        *(f"{state}{name}" for name in names for state in ("", "opening_")),
        *(f"{state}{name}" for name in values for state in ("closing_", "opening_")),
    )

    def row(caption: str, units: int, value: int, kind: str = "line") -> Row:
        each = (2 * value + units) // (2 * units) if units > 0 else 0
        return Row(caption, (units, each, value), kind)

    def at(state: str, of_values: str) -> tuple[int, int]:
        units = [sums[f"{state}{name}"] for name in names]
        value = [sums[f"{of_values}{name}"] for name in values]
        return units[0] - units[1] - units[2], value[0] - value[1] - value[2]

    def moved(caption: str, place: int, sign: int) -> Row:
        units = sums[names[place]] - sums[f"opening_{names[place]}"]
        value = sums[f"closing_{values[place]}"] - sums[f"opening_{values[place]}"]
        made = row(caption, units, value)
        return Row(caption, (sign * units, made.amounts[1], sign * value))

    first, last = books.days
    rows = (
        row(first, *at("opening_", "opening_")),
        moved("Granted", 0, 1),
        moved("Vested", 1, -1),
        moved("Forfeited", 2, -1),
        row(last, *at("", "closing_"), TOTAL),
    )
    average = f"Weighted average grant-date fair value a unit, {books.run.document.currency}"
    heads, forms = ("Units", average, "Grant-date fair value"), (UNITS, PER_UNIT, MONEY)
    return Disclosure(_UNVESTED, "ASC 718-10-50-2(c); IFRS 2.45", heads, rows, forms=forms)


def _unrecognised(books: Books) -> Disclosure:
    """Cost not yet recognised from opening to closing under both frameworks, and the weighted average period it will take.

    What was granted is forfeited, recognised, not yet recognised, or expected to be forfeited: that is its tie.
    """
    sums = books.sums("awards", *_NAMES)
    granted, forfeited = (sums[f"closing_{name}"] - sums[f"opening_{name}"] for name in ("granted_value", "forfeited_value"))
    columns: dict[str, list[int]] = {}
    ties = []
    for side, named in FRAMEWORKS.items():
        moves = {
            "Granted in the period": granted,
            "Forfeited in the period": -forfeited,
            "Change in units expected to vest": sums[f"opening_{side}_expected_forfeitures"]
            - sums[f"{side}_expected_forfeitures"],
            "Recognised in the period": sums[f"opening_{side}_cumulative_cost"] - sums[f"{side}_cumulative_cost"],
        }
        for caption, amount in moves.items():
            columns.setdefault(caption, []).append(amount)
        parts = ("cumulative_cost", "unrecognised_cost", "expected_forfeitures")
        accounted = sum(sums[f"{side}_{part}"] for part in parts) + sums["closing_forfeited_value"]
        what = f"Awards granted, {as_filed(named)}: recognised, unrecognised or forfeited"
        ties.append(Tie(what, accounted, sums["closing_granted_value"]))
    opening, closing = ([sums[f"{state}{side}_unrecognised_cost"] for side in FRAMEWORKS] for state in ("opening_", ""))
    rows = rolled(books, opening, columns, closing)
    title = "Cost of share awards not yet recognised"
    years = Row("Weighted average period, years", tuple(_days_left(books, side) for side in FRAMEWORKS), BESIDE, DAYS_AS_YEARS)
    ties += [explained(title, rows)]
    return Disclosure(title, "ASC 718-10-50-2(i)", (US, IFRS), (*rows, years), tuple(ties))


_LEFT = ("cumulative_cost", "unrecognised_cost", "expected_forfeitures")
_NAMES = (
    *(f"{state}{side}_{name}" for state in ("opening_", "") for side in FRAMEWORKS for name in _LEFT),
    *(f"{state}_{name}" for state in ("opening", "closing") for name in ("granted_value", "forfeited_value")),
)


def _days_left(books: Books, side: str) -> int:
    """Days in which cost not yet recognised will be, on average by that cost."""
    import polars as pl

    cost = pl.col(f"{side}_unrecognised_cost").cast(pl.Float64)
    weighted = (cost * pl.col(f"{side}_days_left")).sum() / cost.sum()
    days = books.run.measurements("awards").select(weighted).collect().item()
    return round(days) if days and days == days else 0


def _recognised(books: Books) -> Disclosure:
    """Cost of share awards recognised to date under both frameworks (IFRS 2.51; 718-10-50-2(h))."""
    sums = books.sums("awards", *(f"{state}{side}_cumulative_cost" for state in ("opening_", "") for side in FRAMEWORKS))
    opening, closing = ([sums[f"{state}{side}_cumulative_cost"] for side in FRAMEWORKS] for state in ("opening_", ""))
    moved = [end - begin for begin, end in zip(opening, closing, strict=True)]
    brought = sum(
        one.closing_minor
        for one in books.run.roll_forward
        if one.component == "cumulative_cost" and books.in_sheet(one.account)
    )
    ties = (Tie("Cost of share awards, IFRS less U.S. GAAP", -(closing[1] - closing[0]), brought),)
    rows = rolled(books, opening, {"Cost of the period": moved}, closing)
    return Disclosure("Cost of share awards recognised to date", "ASC 718-10-50-2(h); IFRS 2.51", (US, IFRS), rows, ties)
