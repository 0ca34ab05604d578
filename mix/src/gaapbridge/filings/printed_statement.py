"""A statement as its rows are met, and what it is once the last one is: its kind, its id, the ids and sections of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gaapbridge.filings.column_words import slug, unique_in
from gaapbridge.filings.dates import Span
from gaapbridge.filings.refusals import Blank
from gaapbridge.filings.table_read import Raw, named_pair
from gaapbridge.terms.captions import (
    OF_BALANCE_SHEET,
    OF_INCOME,
    TOTALS,
    is_mezzanine,
    looks_like_total,
    meaning_below,
    plain_caption,
    rows_by_meaning,
    section_of,
)
from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT

_SECTION_OF = {
    **{"ta": "assets", "tl": "liabilities", "tle": "total"},
    **dict.fromkeys(("eq", "eq_parent", "re", "apic"), "equity"),
}
_AFTER = {
    "current assets": "non-current assets",
    "current liabilities": "non-current liabilities",
    "assets": "liabilities",
    "liabilities": "equity",
    "mezzanine": "equity",
}
_BALANCES = (
    *("loan", "cash", "deposit", "receivable", "payable", "inventor", "liabilit", "asset", "equity", "debt", "borrowing"),
    *("allowance", "贷款", "应收", "负债"),
)
_FLOWS = ("revenue", "expense", "cost", "income", "profit", "loss", "sales", "earnings", "收入", "费用", "利润")


@dataclass
class PrintedRow:
    """A row with its caption as printed; `role` is memo or blank, `named` the id given to it in the file."""

    line: int
    caption: str
    section: str
    role: str
    amounts: Raw
    named: str = ""


@dataclass
class PrintedStatement:
    """Rows under one heading and one date; `called` is its name in the file, if any, `names` the frameworks it reconciles."""

    kind: str | None = None
    span: Span | None = None
    called: str = ""
    names: tuple[str, str] = ("", "")
    column: int = 0
    """Where its figures begin, which tells it from another period beside it."""
    rows: list[PrintedRow] = field(default_factory=list)
    section: str = ""
    heading: str = ""
    blanks: list[Blank] = field(default_factory=list)
    """Amounts without which the statement cannot be read."""
    met: set[str | None] = field(default_factory=set)
    """The meanings of its rows."""

    def head(self, text: str) -> None:
        """Open the section that a heading names."""
        self.heading, self.section = text, section_of(text)

    def add(self, row: PrintedRow) -> None:
        """Take a row, and close the section that its total closes."""
        self.rows.append(row)
        meaning = meaning_below(row.caption, self.met)
        self.met.add(meaning)
        if meaning in ("ta", "tl"):
            self.section = _AFTER[_SECTION_OF[meaning]]
        elif looks_like_total(row.caption) and row.role != "memo":
            closed = section_of(row.caption)
            self.section = _AFTER.get(closed, _AFTER.get(self.section, "") if is_mezzanine(row.caption) else "")

    def ends_before(self, caption: str) -> bool:
        """Whether a row of this caption is of the next statement: the balance sheet is whole, or has that total already."""
        meaning = meaning_below(caption, self.met)
        return "tle" in self.met or (meaning in ("ta", "tl") and meaning in self.met)

    def as_raw(self, taken: Callable[[str], bool]) -> Raw:
        """The statement in the JSON shape, under an id that is not taken."""
        ids = self._ids()
        kind = self.kind or self._kind_of(ids)
        assets = ids.index("ta") if "ta" in ids else 0
        rows = [
            self._row(row, row_id, kind, place < assets) for place, (row, row_id) in enumerate(zip(self.rows, ids, strict=True))
        ]
        dated = f"{self.called} {self.span.short}" if self.span is not None and taken(self.called) else self.called
        raw: Raw = {
            "id": unique_in(taken, dated or self._id(kind)),
            "kind": _known(kind),
            **named_pair(self.names),
            "rows": rows,
        }
        if self.span is not None and kind != INCOME_STATEMENT and (kind == BALANCE_SHEET or self.span.first is None):
            raw |= {"as_of": self.span.as_of} if self.span.as_of else {}
        elif self.span is not None and self.span.period:
            raw["period"] = self.span.period
        raw["complete"] = _is_whole(kind, ids)
        return raw

    def _id(self, kind: str) -> str:
        prefix = {BALANCE_SHEET: "bs", INCOME_STATEMENT: "is"}.get(kind, "list")
        if self.span is None:
            return prefix
        day = Span(None, self.span.last) if kind == BALANCE_SHEET else self.span
        return f"{prefix}-{day.short}"

    def _ids(self) -> list[str]:
        """An id for each row: that of its meaning where one row has it, else its caption."""
        places = rows_by_meaning(["" if row.role == "memo" else row.caption for row in self.rows])
        meanings = {place: meaning for meaning, place in places.items()}
        held: set[str] = set()
        times: Counter[str] = Counter()
        ids = []
        for place, row in enumerate(self.rows):
            own = meanings.get(place)
            name = row.named or own or slug(plain_caption(row.caption)) or f"line_{row.line}"
            if not (row.named or own) and name in (*OF_BALANCE_SHEET, *OF_INCOME, "balancing"):
                name = f"{name}_row"
            times[name] += 1
            ids.append(unique_in(held.__contains__, name, first=max(times[name], 2)))  # those below are taken
            held.add(ids[-1])
        return ids

    def _kind_of(self, ids: Sequence[str]) -> str:
        if any(one in OF_BALANCE_SHEET for one in ids):
            return BALANCE_SHEET
        if any(one in OF_INCOME for one in ids):
            return INCOME_STATEMENT
        captions = " ".join(row.caption.lower() for row in self.rows)
        flow, balance = (any(word in captions for word in words) for words in (_FLOWS, _BALANCES))
        if self.span is not None and self.span.first is not None:
            return INCOME_STATEMENT if flow else "list"
        return BALANCE_SHEET if balance and (not flow or self.span is not None) else INCOME_STATEMENT if flow else "list"

    def _row(self, row: PrintedRow, row_id: str, kind: str, above_assets: bool) -> Raw:
        role = row.role
        if not role:
            total = row_id in TOTALS and kind == BALANCE_SHEET
            result = looks_like_total(row.caption) and row is not self.rows[0]
            role = "total" if total else "subtotal" if result or not row.caption else "line"
        raw: Raw = {"id": row_id, "label": plain_caption(row.caption) or row_id, "role": role, **row.amounts}
        if section := self._section(row, row_id, kind, above_assets):
            raw["section"] = section
        return raw

    def _section(self, row: PrintedRow, row_id: str, kind: str, above_assets: bool) -> str:
        if kind != BALANCE_SHEET:
            return row.section
        if row_id in _SECTION_OF:
            return _SECTION_OF[row_id]
        if is_mezzanine(row.caption) and "assets" not in row.section and not row.section.endswith("current liabilities"):
            return "mezzanine"
        if not row.section and above_assets:
            return "assets"
        return row.section


def _known(kind: str) -> str:
    """The kind as the rules know it; of a flow of cash they know nothing."""
    return kind if kind in (BALANCE_SHEET, INCOME_STATEMENT) else "list"


def _is_whole(kind: str, ids: Sequence[str]) -> bool:
    """Whether a statement prints its totals, so that a row which it leaves out is nil."""
    if kind == BALANCE_SHEET:
        return "ta" in ids and ("tl" in ids or "tle" in ids)
    return kind == INCOME_STATEMENT and "pbt" in ids and "ni" in ids
