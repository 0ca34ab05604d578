"""Which rows a total adds up, told from their order and figures where the table does not say so.

The rows just above a total that no other total adds up are its candidates. What adds up is told by the figures of both
frameworks, or, where rows that no column touches are not printed, by those of the columns. Where nothing does and the
candidates are plain (the rows above the first total, or those of its section), the total is held against them all the same:
900 and 50 are not 1,000.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gaapbridge.statement.document import IFRS, US_GAAP, Document, Row, Statement
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.total_readings import Reading, adds_up, captioned_sign, is_of_sheet, of_its_side, reading_of
from gaapbridge.statement.totals_as_read import held_by_no_total
from gaapbridge.terms.captions import is_mezzanine, is_part_of_another, looks_like_total, may_be_deducted, side_of
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT

LONGEST_RUN = 50
"""Rows that are looked back over: more than a part of a statement prints."""


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
        statements.append(replace(statement, rows=_with_full_parts(statement, made)))
        below = made[1:]  # above the first row nothing is printed that it could add up
        left += [_untold(statement, row) for row in below if not row.of and row.role == "line" and looks_like_total(row.label)]
    left += [*_full_elsewhere(statements), *held_by_no_total(statements)]
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

    Where rows that no column touches are printed, total assets, liabilities and equity add up all of their side that no other
    total does, and an allowance below nil is added, too. A table that says it is not complete, an income statement, and a row
    above nil that some print to be taken off leave it open.
    """

    statement: Statement
    prints_all: bool

    def reading(self, row: Row, candidates: Sequence[Row], above: Sequence[Row]) -> Reading | None:
        """Two rows at least, or nothing."""
        if not is_of_sheet(self.statement, row):
            return None
        first = not row.section and not any(map(adds_up, above))
        run = [one for one in candidates if first or (row.section and one.section == row.section)]
        if len(run) < 2 or list(candidates[-len(run) :]) != run:
            run = self._of_its_side(row, candidates)
        if len(run) < 2 or any(may_be_deducted(one.label) and self._may_be_positive(one) for one in run):
            return None
        return Reading(tuple((captioned_sign(one), one) for one in run), full=self.prints_all)

    def _may_be_positive(self, row: Row) -> bool:
        """Whether a row that some take off may have been printed so here; one below nil is added as it stands."""
        return not self.prints_all or max(row.us_gaap, row.ifrs) > 0

    def _of_its_side(self, row: Row, candidates: Sequence[Row]) -> list[Row]:
        """What the whole total of a side adds up: all since the total of another side, where no row may be elsewhere."""
        side = side_of(row.section, row.label)
        if not self.prints_all or side is None or row not in [self.statement.row(name) for name in ("ta", "tl", "eq")]:
            return []
        run = of_its_side(row, candidates)
        return list(run) if all(_is_within(one, side) for one in run) else []


def _is_within(row: Row, side: str) -> bool:
    """Whether a row can only be added to the whole total of a side: none of another side, part of a row, or total untold."""
    if is_mezzanine(row.label, id=row.id, section=row.section) or is_part_of_another(row.label):
        return False
    return side_of(row.section, row.label) in (None, side) and (bool(row.of) or not adds_up(row))


def _told(statement: Statement, columns: tuple[str, ...], plain: _Plain | None = None) -> list[Row]:
    """The rows with their totals told, one by one: a total that is told leaves fewer candidates to the next."""
    added = {child for row in statement.rows for _, child in row.of}
    assets = statement.row("ta")
    candidates: list[Row] = []
    rows: list[Row] = []
    for row in statement.rows:
        made = row
        if not row.of and adds_up(row):
            near = candidates[-LONGEST_RUN:]
            if row is statement.row("tle"):
                near = [one for one in near if assets is None or one.id != assets.id]
            reading = reading_of(row, near, columns, sheet=is_of_sheet(statement, row))
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


def _prints_all(rows: Sequence[Row]) -> bool:
    """Whether rows that no column touches are printed, too: no total holds more than those it adds up."""
    by_id = {row.id: row for row in rows}
    return all(sum(sign * by_id[child].us_gaap for sign, child in row.of) == row.us_gaap for row in rows if row.of)


def _with_full_parts(statement: Statement, rows: Sequence[Row]) -> tuple[Row, ...]:
    """The rows, of a balance sheet those full that add up two or more sub-totals and nothing else."""
    parts = {row.id for row in rows if row.of} if statement.kind == BALANCE_SHEET else set()
    of_parts = (len(row.of) > 1 and all(child in parts for _, child in row.of) for row in rows)
    return tuple(replace(row, role="subtotal_full") if full else row for row, full in zip(rows, of_parts, strict=True))
