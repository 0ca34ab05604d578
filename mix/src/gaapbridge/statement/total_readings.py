"""Which rows one total adds up: the readings that its figures allow, likeliest first.

A plain sum comes before everything else. Where it fits under one framework it is the reading, and the other columns are held
to it: 400, 600 and nil are total assets of 1,000, so right-of-use assets of 500 make them 1,500 and not 500. A row is taken
off where its caption says so (`Less: ...`, an allowance, a cost in an income statement). Without such a caption signs are told
from figures only outside of a balance sheet, where no plain sum fits any column, and of rows printed under both frameworks: a
row that is nil under one of them, as every line of a new standard is, fits there under either sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from gaapbridge.statement.checks import printed_figures
from gaapbridge.statement.document import IFRS, US_GAAP, Row, Statement
from gaapbridge.terms.captions import (
    is_deducted,
    is_of_balance_sheet,
    looks_like_total,
    may_be_deducted,
    side_of,
    speaks_of_cost,
    speaks_of_income,
)
from gaapbridge.terms.sections import ASSETS, LIABILITIES
from gaapbridge.terms.statement_kinds import BALANCE_SHEET

MOST_SIGNED = 5
"""Rows of which every combination of signs is tried; of more, a match would be chance."""
LEAST_TELLING = 100
"""An amount, in last digits, from which a match tells signs that no caption gives, or a sum that rounding made miss by one."""
BEYOND_CHANCE = 10_000
"""An amount, in last digits, that rows which do not belong to it hardly come to."""

NET = "ifrs - us_gaap"
"""All adjustments of a row, added: what one framework has more than the other."""
FRAMEWORKS = (US_GAAP, IFRS)

Signed = tuple[tuple[int, Row], ...]
"""Rows with their signs; 0 stands for `taken off, unless the run begins with it`."""

_CURRENT = re.compile(r"current|流[动動]|(?:kurz|lang)fristig|\bcourants?\b")
_NON_CURRENT = re.compile(r"non-? ?(?:current|courants?)|非流[动動]|langfristig")


@dataclass(frozen=True)
class Reading:
    """One way to add up a total: its rows, each with its sign; `full` where both frameworks are held to them, too."""

    rows: Signed
    full: bool


def adds_up(row: Row) -> bool:
    """Whether a row is a total, by its role or its caption."""
    return row.role != "memo" and (row.role != "line" or looks_like_total(row.label))


def is_of_sheet(statement: Statement, row: Row) -> bool:
    """Whether a total is one of a balance sheet."""
    return statement.kind == BALANCE_SHEET or is_of_balance_sheet(row.id, row.label, row.section)


def captioned_sign(row: Row) -> int:
    """The sign that a row has in a plain sum."""
    return -1 if is_deducted(row.label) else 1


def reading_of(row: Row, candidates: Sequence[Row], columns: tuple[str, ...], *, sheet: bool) -> Reading | None:
    """The one reading that holds; None where none does, or two.

    Both frameworks tell most, then a plain sum under one of them, then the columns, since rows that no column touches are often
    not printed; then all columns added: an amount under the wrong caption leaves their sum as it is. `sheet` says that the
    total is one of a balance sheet, whose rows have the signs of their captions alone.
    """
    candidates = of_its_side(row, candidates) if sheet else candidates
    if not candidates:
        return None
    ways = list(_ways(candidates, sheet))
    largest = max(abs(row.us_gaap), abs(row.ifrs))
    if largest:
        found = _first_run(row, ways, FRAMEWORKS)
        if found is None and largest >= LEAST_TELLING:
            found = _one_run(row, ways[0], FRAMEWORKS, slack=True)
        if found is None:
            found = _under_one_framework(row, candidates, ways)
        else:
            found = _reaching_back(found, candidates)
        if found is not None:
            return Reading(found, full=True)
    found = _by_columns(row, candidates, ways, columns, sheet=sheet)
    if found is None and not sheet and largest >= LEAST_TELLING and not _is_plain_anywhere(row, ways[0], columns):
        found = _any_signs(row, candidates, (*FRAMEWORKS, *columns))
        if found is not None:
            return Reading(found, full=True)
    if found is not None and sheet and _is_current_and_not(found):
        return Reading(found, full=True)
    return None if found is None or (sheet and _holds_less_than_its_rows(row, found)) else Reading(found, full=False)


def _holds_less_than_its_rows(row: Row, run: Signed) -> bool:
    """Whether a total of assets, or of liabilities, is less than its rows, all above nil; equity has others below nil."""
    if _side(row) not in (ASSETS, LIABILITIES):
        return False
    held = [(row.amount(one), [sign * child.amount(one) for sign, child in run]) for one in FRAMEWORKS]
    return any(amounts and min(amounts) >= 0 and total < sum(amounts) for total, amounts in held)


def _is_current_and_not(run: Signed) -> bool:
    """Whether a run is all that is current and all that is not, beside which a total holds nothing."""
    captions = [one.label.casefold() for _, one in run]
    apart = [_NON_CURRENT.search(one) is not None for one in captions]
    return all(adds_up(one) and _CURRENT.search(one.label.casefold()) for _, one in run) and sorted(apart) == [False, True]


def of_its_side(row: Row, candidates: Sequence[Row]) -> Sequence[Row]:
    """The candidates below the last total of another side of the balance sheet: equity adds up no assets."""
    side = _side(row)
    for place in range(len(candidates), 0, -1):
        one = candidates[place - 1]
        if side and adds_up(one) and _side(one) not in (None, side):
            return candidates[place:]
    return candidates


def natural_starts(candidates: Sequence[Row]) -> list[int]:
    """Where the rows of a total may begin: at a total or below one, or where a section or a side of the sheet begins."""
    places = []
    for place, one in enumerate(candidates):
        before = candidates[place - 1] if place else None
        if before is None or adds_up(one) or adds_up(before) or before.section != one.section or _side(before) != _side(one):
            places.append(place)
    return places


def _side(row: Row) -> str | None:
    """Assets, liabilities or equity, as a row's section says, else its caption."""
    return side_of(row.section, row.label)


def _ways(candidates: Sequence[Row], sheet: bool) -> Iterator[Signed]:
    """How rows may be signed: as captions say; contra accounts of positive amounts taken off; costs taken off."""
    yield tuple((captioned_sign(one), one) for one in candidates)
    yield tuple((-1 if may_be_deducted(one.label) else captioned_sign(one), one) for one in candidates)
    if not sheet:
        yield tuple((-1 if is_cost(one) else captioned_sign(one), one) for one in candidates)
        yield tuple((0, one) for one in candidates)


def is_cost(row: Row) -> bool:
    """Whether a row is a cost printed as a positive amount, as income less costs prints it."""
    return not adds_up(row) and min(row.us_gaap, row.ifrs) >= 0 and speaks_of_cost(row.label)


def _run_from(signed: Signed, start: int) -> Signed:
    """The rows from a place on, those of sign 0 taken off but for the first."""
    return tuple((sign or (-1 if place else 1), one) for place, (sign, one) in enumerate(signed[start:]))


def _under_one_framework(row: Row, candidates: Sequence[Row], ways: Sequence[Signed]) -> Signed | None:
    """The rows since a natural start that come to the total under one framework; None where two different runs do.

    Of an amount that nothing comes to by chance, any rows as captions sign them: not every total is known by its caption.
    """
    starts = [place for place in natural_starts(candidates) if len(candidates) - place > 1]
    tried = [(signed, starts, LEAST_TELLING) for signed in ways]
    for signed, places, least in (*tried, (ways[0], range(len(candidates) - 1), BEYOND_CHANCE)):
        fitting: list[Signed] = []
        for framework in FRAMEWORKS:
            runs = [run for place in reversed(places) if _foots(row, run := _run_from(signed, place), framework)]
            runs = [run for run in runs if _printed_where_flipped(run)]
            fitting += runs[:1] if abs(row.amount(framework)) >= least else []
        if fitting:
            return fitting[0] if all(run == fitting[0] for run in fitting) else None
    return None


def _reaching_back(run: Signed, candidates: Sequence[Row]) -> Signed:
    """A run with the rows before it that belong to it, where these are nil under one framework: the longer sum fits there."""
    start = len(candidates) - len(run)
    first = max((place for place in natural_starts(candidates) if place <= start), default=start)
    before = candidates[first:start]
    if len(run) > 1 and any(all(not one.amount(framework) for one in before) for framework in FRAMEWORKS):
        return (*((captioned_sign(one), one) for one in before), *run)
    return run


def _by_columns(
    row: Row, candidates: Sequence[Row], ways: Sequence[Signed], columns: tuple[str, ...], *, sheet: bool
) -> Signed | None:
    """The rows that come to the total in every column."""
    largest = max((abs(row.amount(column)) for column in columns), default=0)
    found = _first_run(row, ways[:2], columns) if largest else None
    if found is None and not sheet and largest and not _is_plain_anywhere(row, ways[0], columns):
        found = _first_run(row, ways[2:], (*columns, NET))
    if found is None and largest >= LEAST_TELLING:
        found = _one_run(row, ways[0], columns, slack=True)
    if found is None and abs(_amount(row, NET)) >= 10 * LEAST_TELLING and len(columns) > 1:
        found = _first_run(row, ways[:2], (NET,))
        found = found if found is not None and len(found) > 1 else None
    return found


def _is_plain_anywhere(row: Row, plain: Signed, columns: tuple[str, ...]) -> bool:
    """Whether a plain sum comes to the total in any column."""
    runs = [_run_from(plain, place) for place in range(len(plain) - 1)]
    return any(row.amount(column) and _foots(row, run, column) for run in runs for column in (*FRAMEWORKS, *columns))


def _printed_where_flipped(run: Signed) -> bool:
    """Whether every row taken off without a caption that says so is printed under both frameworks, and no income."""
    flipped = [one for sign, one in run if sign < captioned_sign(one) and not (is_cost(one) or may_be_deducted(one.label))]
    return all(one.us_gaap and one.ifrs and (adds_up(one) or not speaks_of_income(one.label)) for one in flipped)


def _any_signs(row: Row, candidates: Sequence[Row], columns: Sequence[str]) -> Signed | None:
    """The only short run that adds up to the total in every column, whatever its signs."""
    fitting: list[Signed] = []
    for length in range(2, min(len(candidates), MOST_SIGNED) + 1):
        run = candidates[-length:]
        if not (run[0].us_gaap or run[0].ifrs):
            break
        for signs in product((1, -1), repeat=length):
            if sum(sign * one.us_gaap for sign, one in zip(signs, run, strict=True)) == row.us_gaap:
                fitting.append(tuple(zip(signs, run, strict=True)))
    fitting = [run for run in fitting if all(_foots(row, run, column) for column in columns)]
    return fitting[0] if len(fitting) == 1 and _printed_where_flipped(fitting[0]) else None


def _amount(row: Row, column: str) -> int:
    return row.ifrs - row.us_gaap if column == NET else row.amount(column)


def _first_run(row: Row, tried: Iterable[Signed], columns: Sequence[str]) -> Signed | None:
    """The run of the first way of signing the rows that has one."""
    return next((found for signed in tried if (found := _one_run(row, signed, columns))), None)


def _one_run(row: Row, signed: Signed, columns: Sequence[str], slack: bool = False) -> Signed | None:
    """The only run of the last rows that adds up to the total in each column; of several that differ by rows of nil, one.

    With slack, a run of two rows and more may miss by what rounding can make.
    """
    telling = max(columns, key=lambda column: abs(_amount(row, column)))
    gap = _amount(row, telling)
    fitting: list[Signed] = []
    for length, (sign, one) in enumerate(reversed(signed), start=1):
        amount = _amount(one, telling)
        if abs(gap - (sign or 1) * amount) <= (length if slack else 0) and (length > 1 or (sign and not slack)):
            run = _run_from(signed, len(signed) - length)
            if all(_foots(row, run, column, slack) for column in columns) and _printed_where_flipped(run):
                fitting.append(run)
        gap -= (sign or -1) * amount
    return _longest_alike(row, fitting, columns)


def _foots(row: Row, run: Signed, column: str, slack: bool = False) -> bool:
    """Whether the rows of a run add up to the total in a column, with slack as far as rounding of its figures allows."""
    amounts = [sign * _amount(one, column) for sign, one in run]
    return 2 * abs(sum(amounts) - _amount(row, column)) <= (printed_figures(1, *amounts) if slack else 0)


def _longest_alike(row: Row, fitting: Sequence[Signed], columns: Sequence[str]) -> Signed | None:
    """The longest run of those of its section, or up to the total before, where the rows that it has more are nil."""
    if not fitting:
        return None
    shortest, found = fitting[0], fitting[0]
    for run in fitting[1:]:
        more = [child for _, child in run[: len(run) - len(shortest)]]
        if run[-len(shortest) :] != shortest or any(_amount(child, column) for child in more for column in columns):
            return None
        if not any(adds_up(child) or child.section != row.section for child in more):
            found = run
    return found
