"""The flat form of a reconciliation: one table row per statement row, for CSV and XLSX.

Header: `statement, kind, as_of, period, id, label, section, role, of, us_gaap`, one column per
adjustment, `ifrs`. What stands between `us_gaap` and `ifrs` is an adjustment; the other columns may
stand in any order, and all but `statement`, `id`, `us_gaap` and `ifrs` may be left out. Further ones
are `complete`, `derived`, `issuer`, `currency`, `unit` and `no_vat_in_lines`, the ids of adjustments
whose lines hold amounts that bear no value-added tax. `of` is written `rev - opex`. A row of role
`path` or `path_pretax` declares a movement that is not profit. Rolls follow from the dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from gaapbridge.statement.document import IFRS, US_GAAP, Document
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.rolls_by_date import first_and_last_day, with_rolls_by_date
from gaapbridge.terms.errors import UnusableInput, nearest

NO_VAT = "no_vat_in_lines"
NEEDED = ("statement", "id", US_GAAP, IFRS)
KNOWN = (
    *("statement", "kind", "as_of", "period", "id", "label", "section", "role", "of", US_GAAP, IFRS),
    *("complete", "derived", "issuer", "currency", "unit", NO_VAT),
)
NumberedRow = tuple[int, Mapping[str, object]]
PATH_ROLES = ("path", "path_pretax")

_AMOUNT = re.compile(r"(?P<minus>[-−])?(?P<digits>\d{1,3}(?:,\d{3})+|\d+)")
_NIL = ("", "-", "–", "—")


def document_of_table(header: Sequence[str], rows: Iterable[NumberedRow], file: str) -> Document:
    """The document a flat table holds; each row comes with its line number and its cells by header.

    Raises `UnusableInput` naming line and column.
    """
    columns = _adjustment_columns(header, file)
    raw_statements: dict[str, dict[str, object]] = {}
    paths: dict[str, dict[str, dict[str, dict[str, int]]]] = {role: {} for role in PATH_ROLES}
    top: dict[str, object] = {"columns": [{"id": column} for column in columns]}
    for number, cells in rows:
        here = _Line(file, number, cells)
        statement_id = here.text("statement", needed=True)
        statement = raw_statements.setdefault(statement_id, {"id": statement_id, "rows": []})
        here.settle(statement, ("kind", "as_of", "period"))
        here.dates()
        here.settle(top, ("issuer", "currency", "unit", NO_VAT))
        here.known_columns(NO_VAT, columns)
        if complete := here.text("complete"):
            statement["complete"] = here.true_or_false("complete", complete)
        adjustments = {column: here.amount(column) for column in columns}
        printed = {column: amount for column, amount in adjustments.items() if amount}
        role = here.text("role")
        if role in PATH_ROLES:
            for column, amount in printed.items():
                named = paths[role].setdefault(statement_id, {}).setdefault(column, {})
                named[here.text("id", needed=True)] = amount
            continue
        filed = statement["rows"]
        assert isinstance(filed, list)
        filed.append(_raw_row(here, role, printed))
    if not raw_statements:
        raise UnusableInput(file=file, rule="the table has rows", remedy="export the statements again")
    top["statements"] = list(raw_statements.values())
    document = _with_vat_in_lines(read_document(top, file), str(top.get(NO_VAT, "")).split() if NO_VAT in header else None)
    return with_rolls_by_date(document, paths["path"], paths["path_pretax"])


def _with_vat_in_lines(document: Document, without: Sequence[str] | None) -> Document:
    """The document whose columns say whether their lines hold value-added tax only; None where the table does not say."""
    said = {column: None if without is None else column not in without for column in document.column_ids}
    return replace(document, columns=tuple(replace(column, vat_in_lines=said[column.id]) for column in document.columns))


def _raw_row(here: _Line, role: str, printed: dict[str, int]) -> dict[str, object]:
    row: dict[str, object] = {
        "id": here.text("id", needed=True),
        "us_gaap": here.amount(US_GAAP, needed=True),
        "adj": printed,
        "ifrs": here.amount(IFRS, needed=True),
        "of": here.of(),
        "derived": here.text("derived").split(),
    }
    for name in ("label", "section"):
        if text := here.text(name):
            row[name] = text
    if role:
        row["role"] = role
    return row


def _adjustment_columns(header: Sequence[str], file: str) -> list[str]:
    """The headers between `us_gaap` and `ifrs`, once the header is sound."""

    def refuse(rule: str, remedy: str, column: str) -> UnusableInput:
        return UnusableInput(file=file, row="header", column=column, rule=rule, remedy=remedy)

    for name in NEEDED:
        if name not in header:
            like = nearest(name, [one for one in header if one not in KNOWN], n=1)
            meant = f"rename {like[0]}, if that is it; " if like else ""
            remedy = f"{meant}docs/reference/verify.md has the layout"
            raise refuse("the table has this column", remedy, name)
    for name in header:
        if list(header).count(name) > 1:
            raise refuse("a column occurs once", "rename or remove one of the two", name)
    first, last = list(header).index(US_GAAP), list(header).index(IFRS)
    if last < first:
        raise refuse("us_gaap stands before ifrs", "put the adjustments between us_gaap and ifrs", IFRS)
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


@dataclass(frozen=True)
class _Line:
    """One line of the table and its place, for refusals."""

    file: str
    number: int
    cells: Mapping[str, object]

    def refuse(self, column: str, value: object, rule: str, remedy: str) -> UnusableInput:
        shown = None if value is None else str(value)[:60]
        line = f"line {self.number}"
        return UnusableInput(file=self.file, row=line, column=column, value=shown, rule=rule, remedy=remedy)

    def text(self, column: str, *, needed: bool = False) -> str:
        value = self.cells.get(column)
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date):
            text = value.isoformat()
        elif isinstance(value, float) and value.is_integer():
            text = str(int(value))
        else:
            text = "" if value is None else str(value).strip()
        if text.startswith("'") and text[1:2] in ("=", "+", "-", "@"):
            text = text[1:]
        if needed and not text:
            raise self.refuse(column, None, "the cell is not blank", "fill it in")
        return text

    def amount(self, column: str, *, needed: bool = False) -> int:
        """A whole amount, as a number or as printed: `(1,234)`, `-1234`, a dash for nil."""
        value = self.cells.get(column)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
            return int(value)
        text = "" if value is None else str(value).strip()
        if needed and not text:
            remedy = "give the amount, 0 for nil; a formula needs its value stored with it"
            raise self.refuse(column, None, "every row gives this amount", remedy)
        if isinstance(value, str) or value is None:
            if text in _NIL:
                return 0
            bracketed = text.startswith("(") and text.endswith(")")
            found = _AMOUNT.fullmatch(text[1:-1].strip() if bracketed else text)
            if found and found["digits"].isascii() and len(text) < 40:
                negative = bracketed or found["minus"] is not None
                return (-1 if negative else 1) * int(found["digits"].replace(",", ""))
        rule = "an amount is a whole number of presentation units"
        raise self.refuse(column, value, rule, "give the figure as printed, such as (1,234)")

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
                raise self.refuse("of", text, "rows are joined by + or -", "write it as: rev - opex")
        if pairs and pairs[-1][1] == "":
            raise self.refuse("of", text, "a row follows each sign", "write it as: rev - opex")
        return pairs

    def known_columns(self, name: str, columns: Sequence[str]) -> None:
        """Refuse a cell that names an adjustment column which the table does not have."""
        for column in self.text(name).split():
            if column not in columns:
                rule = "it names adjustment columns, separated by spaces"
                raise self.refuse(name, column, rule, f"the table has {', '.join(columns)}")

    def settle(self, owner: dict[str, object], names: Sequence[str]) -> None:
        """Take what the line says of its statement or file; two lines must not disagree."""
        for name in names:
            text = self.text(name)
            if text and owner.setdefault(name, text) != text:
                rule = "all rows of a statement say the same here"
                raise self.refuse(name, text, rule, f"the first row says {owner[name]}")

    def dates(self) -> None:
        """Refuse a date in another form: the rolls follow from the dates, and would be missing in silence."""
        as_of, period = self.text("as_of"), self.text("period")
        day = first_and_last_day(f"{as_of}/{as_of}")
        if as_of and (day is None or day[0].isoformat() != as_of):
            raise self.refuse("as_of", as_of, "a date is written 2023-12-31", "write it so, or leave it blank")
        span = first_and_last_day(period)
        if period and (span is None or span[0] > span[1]):
            rule = "a period is written 2023-01-01/2023-12-31, or 2023"
            raise self.refuse("period", period, rule, "write it so, or leave it blank")

    def true_or_false(self, column: str, text: str) -> bool:
        answer = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if text.lower() not in answer:
            raise self.refuse(column, text, "the cell is true or false", "write true or false")
        return answer[text.lower()]
