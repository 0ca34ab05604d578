"""The flat form of a reconciliation: one table row for each statement row, with ids, for CSV and XLSX.

Header: `statement, kind, as_of, period, id, label, section, role, of, us_gaap`, one column per
adjustment, `ifrs`. What stands between `us_gaap` and `ifrs` is an adjustment; the other columns may
stand in any order, and all but `statement`, `id`, `us_gaap` and `ifrs` may be left out. Further ones
are `complete`, `derived`, `issuer`, `currency`, `unit` and `no_vat_in_lines`, the ids of adjustments
whose lines hold amounts that bear no value-added tax. `of` is written `rev - opex`. A row of role
`path` or `path_pretax` declares a movement that is not profit. Where the cell of the statement is
blank, what the row above says of it goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gaapbridge.filings.amounts import figure_of
from gaapbridge.filings.column_map import ColumnMap
from gaapbridge.filings.column_words import Means, meaning_of
from gaapbridge.filings.grid import Grid, Line, Uncalculated, words_of
from gaapbridge.filings.headings import Column
from gaapbridge.filings.pairs import Pair, settled
from gaapbridge.filings.refusals import Refusals, plain_number
from gaapbridge.filings.table_read import Raw, TableRead
from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.periods import first_and_last_day
from gaapbridge.terms.statement_kinds import kind_in

US_GAAP, IFRS = "us_gaap", "ifrs"
NO_VAT = "no_vat_in_lines"
NEEDED = ("statement", "id", US_GAAP, IFRS)
KNOWN = (
    *("statement", "kind", "as_of", "period", "id", "label", "section", "role", "of", US_GAAP, IFRS),
    *("complete", "derived", "issuer", "currency", "unit", NO_VAT),
)
PATH_ROLES = ("path", "path_pretax")
_FOLDED = (US_GAAP, IFRS, "as_of")


def is_flat(grid: Grid) -> bool:
    """Whether the first line of a table is a header of this form: it names statements and rows by id."""
    names = {_heading(cell.value) for cell in grid.lines[0].cells} if grid.lines else set()
    return {"statement", "id"} <= names


def read_flat(grid: Grid, refusals: Refusals, given: ColumnMap) -> TableRead:
    """What a table of this form says. Raises `UnusableInput` where the header is not sound; the rest is noted."""
    header = _header(grid, given)
    columns = _between(header, grid, refusals)
    pair = _pair(header, columns, grid.lines[1:], given)
    read = TableRead(columns=_declared(pair))
    statements: dict[str, Raw] = {}
    paths: dict[str, dict[str, dict[str, dict[str, Decimal]]]] = {role: {} for role in PATH_ROLES}
    held: dict[str, str] = {}
    for line in grid.lines[1:]:
        here = _Line(grid, line, header, refusals)
        here.refuse_beyond()
        held = here.filled_down(held)
        statement = statements.setdefault(held["statement"], {"id": held["statement"], "rows": []})
        here.settle(statement, ("kind", "as_of", "period"))
        here.dates()
        here.settle(read.top, ("issuer", "currency", "unit", NO_VAT))
        here.known_columns(NO_VAT, columns)
        if complete := here.text("complete"):
            statement["complete"] = here.true_or_false("complete", complete)
        printed = {column.words: amount for column in pair.adjustments if (amount := here.amount(column.words))}
        role = here.text("role")
        if role in PATH_ROLES:
            for column_id, amount in printed.items():
                paths[role].setdefault(held["statement"], {}).setdefault(column_id, {})[here.text("id", needed=True)] = amount
            continue
        filed = statement["rows"]
        assert isinstance(filed, list)
        filed.append(_raw_row(here, role, pair, printed, held["section"]))
    if NO_VAT in header:
        read.top.setdefault(NO_VAT, "")
    for statement in statements.values():
        statement["kind"] = kind_in(str(statement.get("kind", ""))) or statement.get("kind", "list")
    read.statements, read.paths = list(statements.values()), paths
    return read


def _raw_row(here: _Line, role: str, pair: Pair, printed: dict[str, Decimal], section: str) -> Raw:
    sums = {one.words: here.amount(one.words) for one, _ in pair.sums}
    row: Raw = {
        "id": here.text("id", needed=True),
        "us_gaap": plain_number(here.amount(US_GAAP, needed=True)),
        "adj": {name: plain_number(amount) for name, amount in {**printed, **sums}.items()},
        "ifrs": plain_number(here.amount(IFRS, needed=True)),
        "of": here.of(),
        "derived": here.text("derived").split(),
    }
    if label := here.text("label"):
        row["label"] = label
    if section:
        row["section"] = section
    if role:
        row["role"] = role
    return row


def _heading(value: object) -> str:
    """A header as it is compared: `US GAAP` is `us_gaap`, `IFRS` is `ifrs`."""
    text = "" if value is None or isinstance(value, Uncalculated) else str(value).strip()
    plain = text.lower().replace(" ", "_")
    return plain if plain in _FOLDED else text


def _header(grid: Grid, given: ColumnMap) -> list[str]:
    """The names of the columns; a framework that is called otherwise, by a synonym or in `--columns`, is put under ours."""
    cells = grid.lines[0].cells
    header = [""] * max(cell.end for cell in cells)
    for cell in cells:
        header[cell.start] = given.text_column(cell.text) or _heading(cell.value)
    for means in (Means.FROM, Means.TO):
        called = [name for name in header if name and name not in KNOWN and (given.meaning(name) or meaning_of(name)) == means]
        if means not in header and called:
            header[header.index(called[0])] = str(means)
    return header


def _between(header: Sequence[str], grid: Grid, refusals: Refusals) -> list[str]:
    """The headers between `us_gaap` and `ifrs`, once the header is sound."""

    def refuse(rule: str, remedy: str, column: str) -> UnusableInput:
        row = f"{grid.place}, header" if grid.place else "header"
        return refusals.one(rule, remedy, row=row, column=column)

    for name in NEEDED:
        if name not in header:
            like = nearest(name, [one for one in header if one not in KNOWN], n=1)
            meant = f"rename {like[0]}, if that is it; " if like else ""
            raise refuse("the table has this column", f"{meant}docs/reference/verify.md has the layout", name)
    for name in header:
        if name and list(header).count(name) > 1:
            raise refuse("a column occurs once", "rename or remove one of the two", name)
    first, last = sorted((header.index(US_GAAP), header.index(IFRS)))
    between = list(header)[first + 1 : last]
    for name in header:
        if not name:
            raise refuse("a column with figures has a name", "name it or remove it", "(blank)")
        if name not in KNOWN and name not in between:
            like = nearest(name, KNOWN, n=1)
            near = f"did you mean {like[0]}" if like else "remove it"
            raise refuse("the column is known", f"{near}; adjustments stand between us_gaap and ifrs", name)
        if name in KNOWN and name in between:
            raise refuse("only adjustments stand between us_gaap and ifrs", "move the column", name)
    return between


def _pair(header: Sequence[str], between: Sequence[str], lines: Sequence[Line], given: ColumnMap) -> Pair:
    """The columns in their parts: what adds up those before it is a sum, a note's number or a per cent a memo."""

    def column(name: str) -> Column:
        place, means = header.index(name), given.meaning(name) or meaning_of(name)
        return Column(place, place + 1, name, name, None, Means.MEMO if means == Means.MEMO else means)

    rows = []
    for line in lines:
        held = ((cell.start, figure_of(cell.value)) for cell in line.cells)
        rows.append({place: figure.amount for place, figure in held if figure is not None})
    ends = (column(US_GAAP), column(IFRS))
    return settled([*ends, *map(column, between)], *ends, rows)


def _declared(pair: Pair) -> list[Raw]:
    of_sums = {column.words: [one.words for one in parts] for column, parts in pair.sums}
    declared: list[Raw] = []
    for column in pair.in_order:
        name = column.words
        role = "memo" if column in pair.memos else "sum" if name in of_sums else "adjustment"
        declared.append({"id": name, "role": role, **({"of": of_sums[name]} if name in of_sums else {})})
    return declared


@dataclass(frozen=True)
class _Line:
    """One line of the table and its place, for refusals."""

    grid: Grid
    line: Line
    header: Sequence[str]
    refusals: Refusals

    @property
    def row(self) -> str:
        return f"{self.grid.place}, line {self.line.number}" if self.grid.place else f"line {self.line.number}"

    def refuse(self, column: str, value: object, rule: str, remedy: str) -> None:
        self.refusals.add(rule, remedy, row=self.row, column=column, value=value)

    def cell(self, column: str) -> object:
        if column not in self.header:
            return None
        place = self.header.index(column)
        return next((cell.value for cell in self.line.cells if cell.start == place), None)

    def refuse_beyond(self) -> None:
        """Refuse a line of more cells than the header, and formulas that were never calculated, wherever they stand."""
        for cell in self.line.cells:
            if cell.start >= len(self.header):
                rule = f"a row has no more cells than the header ({len(self.header)})"
                self.refusals.add(rule, "quote texts that hold the separator", row=self.row, value=cell.value)
                break

    def text(self, column: str, *, needed: bool = False) -> str:
        value = self.cell(column)
        if isinstance(value, Uncalculated):
            self.refusals.amount(value, self.row, column)
            return ""
        text = words_of(value)
        if text.startswith("'") and text[1:2] in ("=", "+", "-", "@"):
            text = text[1:]
        if needed and not text:
            self.refuse(column, None, "the cell is not blank", "fill it in")
        return text

    def filled_down(self, held: Mapping[str, str]) -> dict[str, str]:
        """The statement and section of the row: its own, or where the statement is left blank those of the row above."""
        statement, section = self.text("statement", needed=not held), self.text("section")
        if statement or not held:
            return {"statement": statement, "section": section}
        return {"statement": held["statement"], "section": section or held["section"]}

    def amount(self, column: str, *, needed: bool = False) -> Decimal:
        """An amount, as a number or as printed: `(1,234)`, `-1234`, a dash for nil."""
        value = self.cell(column)
        if words_of(value):
            return self.refusals.amount(value, self.row, column)
        if needed:
            remedy = "give the amount, 0 for nil; a formula needs its value stored with it"
            self.refuse(column, None, "every row gives this amount", remedy)
        return Decimal(0)

    def of(self) -> list[list[object]]:
        """`rev - opex` as `[[1, "rev"], [-1, "opex"]]`."""
        text = self.text("of")
        pairs: list[list[object]] = []
        for word in text.replace("+", " + ").split():
            if word in ("+", "-"):
                pairs.append([1 if word == "+" else -1, ""])
            elif pairs and pairs[-1][1] == "":
                pairs[-1][1] = word
            elif not pairs:
                pairs.append([1, word])
            else:
                self.refuse("of", text, "rows are joined by + or -", "write it as: rev - opex")
                return []
        if pairs and pairs[-1][1] == "":
            self.refuse("of", text, "a row follows each sign", "write it as: rev - opex")
            return []
        return pairs

    def known_columns(self, name: str, columns: Sequence[str]) -> None:
        """Refuse a cell that names an adjustment column which the table does not have."""
        for column in self.text(name).split():
            if column not in columns:
                rule = "it names adjustment columns, separated by spaces"
                self.refuse(name, column, rule, f"the table has {', '.join(columns)}")

    def settle(self, owner: Raw, names: Sequence[str]) -> None:
        """Take what the line says of its statement or file; two lines must not disagree."""
        for name in names:
            text = self.text(name)
            if text and owner.setdefault(name, text) != text:
                rule = "all rows of a statement say the same here"
                self.refuse(name, text, rule, f"the first row says {owner[name]}")

    def dates(self) -> None:
        """Refuse a date in another form: the rolls follow from the dates, and would be missing in silence."""
        as_of, period = self.text("as_of"), self.text("period")
        day = first_and_last_day(f"{as_of}/{as_of}")
        if as_of and (day is None or day[0].isoformat() != as_of):
            self.refuse("as_of", as_of, "a date is written 2023-12-31", "write it so, or leave it blank")
        span = first_and_last_day(period)
        if period and (span is None or span[0] > span[1]):
            rule = "a period is written 2023-01-01/2023-12-31, or 2023"
            self.refuse("period", period, rule, "write it so, or leave it blank")

    def true_or_false(self, column: str, text: str) -> bool:
        answer = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.lower() not in answer:
            self.refuse(column, text, "the cell is true or false", "write true or false")
        return answer.get(text.lower(), True)
