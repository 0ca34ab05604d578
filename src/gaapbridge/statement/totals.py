"""Which rows a total adds up, told from their order and figures where the table does not say so.

The rows just above a total that no other total adds up are its candidates. What adds up is told by the figures of both
frameworks, or, where rows that no column touches are not printed, by those of the columns. Where nothing does and the
candidates are plain (the rows above the first total, or those of its section), the total is held against them all the same:
900 and 50 are not 1,000.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from gaapbridge.statement.checks import printed_figures
from gaapbridge.statement.document import IFRS, US_GAAP, Document, Row, Statement
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.captions import adds_up, is_deducted, is_of_balance_sheet, may_be_deducted
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT

LONGEST_RUN = 50
"""Rows that are looked back over: more than a part of a statement prints."""
MOST_SIGNED = 5
"""Rows of which every combination of signs is tried; of more, a match would be chance."""
LEAST_TELLING = 100
"""An amount, in last digits, from which a match tells signs that no caption gives, or a sum that rounding made miss by one."""

NET = "ifrs - us_gaap"
"""All adjustments of a row, added: what one framework has more than the other."""

Signed = tuple[tuple[int, Row], ...]


@dataclass(frozen=True)
class _Reading:
    """One way to add up a total: its rows, each with its sign; `full` where both frameworks are held to them, too."""

    rows: Signed
    full: bool


def with_totals_told(document: Document) -> Document:
    """The document whose totals say what they add up, as far as that can be told; what cannot is said.

    A total of sub-totals alone is held under both frameworks, too: of a balance sheet's parts nothing stands outside.
    """
    left: list[NotChecked] = []
    statements = []
    for statement in document.statements:
        columns = document.column_ids
        made = _told(statement, columns)
        if statement.complete and statement.kind != INCOME_STATEMENT:
            made = _told(statement, columns, plain=_Plain(statement, _prints_all(made)))
        statements.append(replace(statement, rows=tuple(map(_full_of_parts, *_with_parts(statement, made)))))
        below = made[1:]  # above the first row nothing is printed that it could add up
        left += [_untold(statement, row) for row in below if not row.of and row.role == "line" and adds_up(row.label)]
    left += _full_elsewhere(statements)
    return replace(document, statements=tuple(statements), left=(*document.left, *left))


def _full_elsewhere(statements: Sequence[Statement]) -> Iterator[NotChecked]:
    """Sub-totals that come to their rows under both frameworks in every other statement, and here hold something more.

    A row that no column touches may have gone unprinted, so it is no finding; or both frameworks are misprinted by the same.
    """
    alike: dict[tuple[str, str, tuple[tuple[int, str], ...]], list[tuple[Statement, Row]]] = {}
    for statement in statements:
        for row in statement.rows:
            if row.of and row.role not in ("subtotal_full", "memo"):
                alike.setdefault((statement.kind, row.id, row.of), []).append((statement, row))
    for found in alike.values():
        beyond = [(_beyond(row, statement, US_GAAP), _beyond(row, statement, IFRS)) for statement, row in found]
        more = [place for place, rests in enumerate(beyond) if any(rests)]
        if len(more) == 1 and len(found) > 1 and beyond[more[0]][0] == beyond[more[0]][1]:
            statement, row = found[more[0]]
            elsewhere = ", ".join(one.id for one, _ in found if one.id != statement.id)
            why = f"beyond its rows it holds {statement.wording.amount(beyond[more[0]][0])}, and nothing in {elsewhere}"
            remedy = "see whether a row is not printed here, or an amount is misprinted under both frameworks"
            yield NotChecked("R2", statement.id, row.id, None, why, remedy)


def _beyond(row: Row, statement: Statement, column: str) -> int:
    """What a sub-total holds more than its rows."""
    return row.amount(column) - sum(sign * statement.by_id[child].amount(column) for sign, child in row.of)


def _untold(statement: Statement, row: Row) -> NotChecked:
    why = "the row looks like a total, and does not say which rows it adds up"
    return NotChecked("R2", statement.id, row.id, None, why, "name its rows in `of`")


@dataclass(frozen=True)
class _Plain:
    """Which candidates a total adds up that none of its readings foots: the whole table above a first total, or its section.

    A table that says it is not complete, an income statement, and a row that some print to be taken off leave it open.
    """

    statement: Statement
    prints_all: bool

    def reading(self, row: Row, candidates: Sequence[Row], above: Sequence[Row]) -> _Reading | None:
        """Two rows at least, or nothing."""
        if self.statement.kind != BALANCE_SHEET and not is_of_balance_sheet(row.id, row.label, row.section):
            return None
        first = not row.section and not any(map(_adds_up, above))
        run = [one for one in candidates if first or (row.section and one.section == row.section)]
        if len(run) < 2 or list(candidates[-len(run) :]) != run or any(may_be_deducted(one.label) for one in run):
            return None
        return _Reading(tuple((_sign(one), one) for one in run), full=self.prints_all)


def _told(statement: Statement, columns: tuple[str, ...], plain: _Plain | None = None) -> list[Row]:
    """The rows with their totals told, one by one: a total that is told leaves fewer candidates to the next."""
    added = {child for row in statement.rows for _, child in row.of}
    assets = statement.row("ta")
    candidates: list[Row] = []
    rows: list[Row] = []
    for row in statement.rows:
        made = row
        if not row.of and _adds_up(row):
            near = candidates[-LONGEST_RUN:]
            if row is statement.row("tle"):
                near = [one for one in near if assets is None or one.id != assets.id]
            reading = _reading(row, near, columns)
            if reading is None and plain is not None:
                reading = plain.reading(row, near, rows)
            if reading is not None:
                of = tuple((sign, one.id) for sign, one in reading.rows)
                made = replace(row, of=of, role="subtotal_full" if reading.full else "subtotal", resolved=True)
                taken = {child for _, child in of}
                candidates[-LONGEST_RUN:] = [one for one in candidates[-LONGEST_RUN:] if one.id not in taken]
        if row.role != "memo" and row.id not in added:
            candidates.append(made)
        rows.append(made)
    return rows


def _adds_up(row: Row) -> bool:
    return row.role not in ("line", "memo") or (row.role == "line" and adds_up(row.label))


def _reading(row: Row, candidates: Sequence[Row], columns: tuple[str, ...]) -> _Reading | None:
    """The one reading that foots, looked for where it is likeliest: as captions sign the rows, then taken off, then any.

    Both frameworks tell most, then the columns, then the columns as far as rounding allows, then all columns added: an amount
    under the wrong caption leaves their sum as it is.
    """
    frameworks = (US_GAAP, IFRS)
    captioned, taken_off, contra = _as_captioned(candidates), _first_less_rest(candidates), _contra_taken_off(candidates)
    largest = max(abs(row.us_gaap), abs(row.ifrs))
    found = _first_run(row, (captioned, contra, taken_off), frameworks) if largest else None
    if found is None and largest >= LEAST_TELLING:
        found = _any_signs(row, candidates) or _one_run(row, captioned, frameworks, slack=True)
    if found is not None:
        return _Reading(found, full=True)
    largest = max((abs(row.amount(column)) for column in columns), default=0)
    found = _first_run(row, (captioned, contra, taken_off), columns) if largest else None
    if found is None and largest >= LEAST_TELLING:
        found = _one_run(row, captioned, columns, slack=True)
    if found is None and abs(_amount(row, NET)) >= 10 * LEAST_TELLING and len(columns) > 1:
        found = _one_run(row, captioned, (NET,)) or _one_run(row, contra, (NET,))
        found = found if found is not None and len(found) > 1 else None
    return None if found is None else _Reading(found, full=False)


def _as_captioned(candidates: Sequence[Row]) -> Signed:
    """The rows with the signs that their captions tell."""
    return tuple((_sign(one), one) for one in candidates)


def _contra_taken_off(candidates: Sequence[Row]) -> Signed:
    """The same, where an allowance or treasury shares are printed as positive amounts and taken off."""
    return tuple((-1 if may_be_deducted(one.label) else _sign(one), one) for one in candidates)


def _sign(row: Row) -> int:
    return -1 if is_deducted(row.label) else 1


def _first_less_rest(candidates: Sequence[Row]) -> Signed:
    """The rows taken off, but that a run begins with a row that is not: revenue less its costs."""
    return tuple((0, one) for one in candidates)


def _any_signs(row: Row, candidates: Sequence[Row]) -> Signed | None:
    """The only short run that adds up to the total under both frameworks, whatever its signs."""
    fitting: list[Signed] = []
    for length in range(2, min(len(candidates), MOST_SIGNED) + 1):
        run = candidates[-length:]
        if not (run[0].us_gaap or run[0].ifrs):
            break
        for signs in product((1, -1), repeat=length):
            if sum(sign * one.us_gaap for sign, one in zip(signs, run, strict=True)) == row.us_gaap:
                fitting.append(tuple(zip(signs, run, strict=True)))
    fitting = [run for run in fitting if sum(sign * one.ifrs for sign, one in run) == row.ifrs]
    return fitting[0] if len(fitting) == 1 else None


def _amount(row: Row, column: str) -> int:
    return row.ifrs - row.us_gaap if column == NET else row.amount(column)


def _first_run(row: Row, tried: Iterable[Signed], columns: Sequence[str]) -> Signed | None:
    """The run of the first way of signing the rows that has one."""
    return next((found for signed in tried if (found := _one_run(row, signed, columns))), None)


def _one_run(row: Row, signed: Signed, columns: Sequence[str], slack: bool = False) -> Signed | None:
    """The only run of the last rows that adds up to the total in each column; of several that differ by rows of nil, one.

    A sign of 0 stands for `taken off, unless the run begins with it`. With slack, a run of two rows and more may miss by
    what rounding can make.
    """
    telling = max(columns, key=lambda column: abs(_amount(row, column)))
    gap = _amount(row, telling)
    fitting: list[Signed] = []
    for length, (sign, one) in enumerate(reversed(signed), start=1):
        amount = _amount(one, telling)
        if abs(gap - (sign or 1) * amount) <= (length if slack else 0) and (length > 1 or (sign and not slack)):
            run = tuple((child_sign or (1 if child is one else -1), child) for child_sign, child in signed[-length:])
            if all(_foots(row, run, column, slack) for column in columns):
                fitting.append(run)
        gap -= (sign or -1) * amount
    return _longest_alike(row, fitting, columns)


def _foots(row: Row, run: Signed, column: str, slack: bool) -> bool:
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
        if not any(_adds_up(child) or child.section != row.section for child in more):
            found = run
    return found


def _prints_all(rows: Sequence[Row]) -> bool:
    """Whether rows that no column touches are printed, too: no total holds more than those it adds up."""
    by_id = {row.id: row for row in rows}
    return all(sum(sign * by_id[child].us_gaap for sign, child in row.of) == row.us_gaap for row in rows if row.of)


def _with_parts(statement: Statement, rows: Sequence[Row]) -> tuple[Sequence[Row], Iterable[bool]]:
    """The rows, and of each whether it adds up two or more sub-totals of a balance sheet and nothing else."""
    parts = {row.id for row in rows if row.of}
    sheet = statement.kind == BALANCE_SHEET
    return rows, [sheet and len(row.of) > 1 and all(child in parts for _, child in row.of) for row in rows]


def _full_of_parts(row: Row, of_parts: bool) -> Row:
    return replace(row, role="subtotal_full") if of_parts else row
