"""Tables as a page shows them: every cell a text with its side and, where a page has more, a link; amounts in the currency."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from shlex import quote
from typing import TYPE_CHECKING, Any

from gaapbridge.contracts.kinds import OF_WORD
from gaapbridge.form import Table, as_printed
from gaapbridge.report.masks import Masks
from gaapbridge.report.pack.site import Site
from gaapbridge.report.told.findings import InCurrency
from gaapbridge.run.manifest import Account
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import money_text

if TYPE_CHECKING:  # a library of reports, which is looked for before it is used
    from markupsafe import Markup

MINOR = "minor"
"""The column of an explanation that holds minor units."""

MOST_STACKED = 200
"""Rows of a table that a phone shows one below the other, each cell on a line of its own."""

LONGEST_WORD = 34
"""Letters of a word that is not broken; a hash has more."""

HEADINGS = {
    "us_gaap": "US GAAP", "ifrs": "IFRS", "address": "contract"
}  # fmt: skip
"""Headings that are no words of their own; of all others the line below the letters becomes a space."""


_NUMBERS = (int, float, Decimal)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: what it shows, whether it is a number and stands to the right, where it leads, and its own anchor."""

    text: str
    numeric: bool = False
    href: str | None = None
    anchor: str | None = None

    @property
    def side(self) -> str:
        """Its class on a page: numbers stand to the right, those in brackets by their digits, an endless word is broken, a
        sentence keeps some width."""
        if self.numeric:
            return "n m" if self.text.endswith(")") else "n"
        if len(self.text) <= LONGEST_WORD:
            return ""
        return "long" if max(map(len, self.text.split()), default=0) > LONGEST_WORD else "said"


@dataclass(frozen=True)
class View:
    """A table of a page: its caption, headings, rows, the row that adds them up, what is said below it; where it can be folded,
    what ``fold`` says of it in its place, and whether it is open at first. One that ``stacks`` does so on a phone whatever it
    holds."""

    caption: str
    header: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = ()
    remark: str = ""
    anchor: str | None = None
    fold: str = ""
    is_open: bool = False
    stacks: bool = False

    @cached_property
    def is_stacked(self) -> bool:
        """Whether a phone shows each row as a block, its cells below each other under their headings: where sentences, or
        endless words, stand beside what heads it, and it is short enough to be read so."""
        beside = (cell for row in self.rows for cell in row[1:])
        with_sentences = any(len(cell.text) > LONGEST_WORD and not cell.numeric for cell in beside)
        return self.stacks or (len(self.rows) <= MOST_STACKED and with_sentences)

    def head(self, escaped: Callable[[str], str]) -> Markup:
        """The headings as markup, every text as ``escaped`` has it: a template takes ten times as long."""
        from markupsafe import Markup

        sides = (' class="n"' if one.numeric else "" for one in self.header)
        heads = zip(sides, self.header, strict=True)
        return Markup("".join(f'<th scope="col"{side}>{escaped(one.text)}</th>' for side, one in heads))

    def body(self, escaped: Callable[[str], str]) -> Markup:
        """The rows as markup, likewise."""
        from markupsafe import Markup

        heads = [_attribute("data-head", one.text, escaped) if self.is_stacked else "" for one in self.header]
        return Markup("".join(_row(row, heads, escaped) for row in self.rows))


def _row(row: Sequence[Cell], heads: Sequence[str], escaped: Callable[[str], str]) -> str:
    """A row; its first cell is its heading unless it is a number, the others may say the heading of their column."""
    first = row[0]
    cells = [_cell(cell, "td", head, escaped) for cell, head in zip(row, heads, strict=True)]
    if not first.numeric:
        cells[0] = _cell(first, "th", ' scope="row"', escaped)
    return f"<tr{_attribute('id', first.anchor, escaped)}>{''.join(cells)}</tr>\n"


def _cell(cell: Cell, name: str, said: str, escaped: Callable[[str], str]) -> str:
    text, side = escaped(cell.text), cell.side
    shown = f"<a{_attribute('href', cell.href, escaped)}>{text}</a>" if cell.href else text
    return f'<{name}{said} class="{side}">{shown}</{name}>' if side else f"<{name}{said}>{shown}</{name}>"


def _attribute(name: str, value: str | None, escaped: Callable[[str], str]) -> str:
    return f' {name}="{escaped(value)}"' if value else ""


@dataclass(frozen=True)
class Shown:
    """What pages share: the run's own name, where addresses stand, masks, the names of accounts, the currency with its minor
    digits, and what entries of the journals are called in words."""

    run: str
    site: Site
    masks: Masks
    accounts: Mapping[str, Account]
    currency: str
    minor_digits: int
    entries: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Run, site: Site, masks: Masks) -> Shown:
        """What the pages of a run share."""
        entity = run.plan_content["entity"]
        currency, digits = str(entity["currency"]), int(entity["minor_digits"])
        return cls(run.folder.resolve().name, site, masks, run.manifest.accounts, currency, digits)

    def command(self, address: str) -> str:
        """The command that writes the page of an address, typed where the run lies."""
        return f"gaapbridge explain {quote(self.run)} {quote(self.masks.address(address))} --html"

    @property
    def texts(self) -> InCurrency:
        """How amounts stand within sentences."""
        return InCurrency(self.currency, self.minor_digits)

    def money(self, minor: int) -> str:
        """Minor units as people write an amount of the currency."""
        return money_text(minor, self.minor_digits)

    def table(self, table: Table, page: str, *, most: int | None = None, money: Collection[str] = (MINOR,)) -> View:
        """A table of an explanation on a page; columns of ``money`` in the currency, the others as they are.

        Of a table that is longer than ``most`` the first rows are shown, and the others counted.
        """
        numeric, shown = table.numeric, table.rows if most is None else table.rows[:most]
        is_money = [name in money for name in table.header]
        names = [self.currency if name == MINOR else heading(name) for name in table.header]
        columns = tuple(zip(table.header, numeric, is_money, strict=True))
        rows = tuple(
            tuple(
                Cell(self.money(value) if yes and isinstance(value, int) else as_printed(value, table.nil), True)
                if right or is_number(value)
                else self.text(name, as_printed(value, table.nil), page)
                for value, (name, right, yes) in zip(row, columns, strict=True)
            )
            for row in shown
        )
        total: tuple[Cell, ...] = ()
        if table.adds_up:
            added = self.money(int(table.total)) if is_money[-1] else as_printed(table.total, table.nil)
            total = (Cell("Total"), *(Cell("") for _ in table.header[2:]), Cell(added, True))
        left = len(table.rows) - len(shown)
        header = tuple(Cell(name, right) for name, right in zip(names, numeric, strict=True))
        return View(table.title, header, rows, total, f"and {left:,} rows more" if left else "")

    def in_currency(self, table: Table, page: str) -> View:
        """A table that tells which of its columns are in minor units, with these in the currency, which its caption names."""
        told = table.tells
        named = replace(table, title=f"{told.name}, {self.currency}") if told.minor else table
        return self.table(named, page, money=told.minor)

    def text(self, column: str, text: str, page: str) -> Cell:
        """A text cell: an id masked, an account with its name, an address as a link."""
        if column.endswith("_id"):
            return Cell(self.masks.contract(text))
        if column == "account" and text in self.accounts:
            return Cell(f"{text} {self.accounts[text].name}")
        href = self.site.link(text, page)
        word, _, rest = text.partition("/")
        return Cell(self.masks.address(text) if rest and word in OF_WORD else text, False, href)

    def cells(self, values: Iterable[Any], page: str) -> tuple[Cell, ...]:
        """A row of texts and numbers that no column needs to be known of."""
        return tuple(
            self.text("", value, page) if isinstance(value, str) else Cell(as_printed(value), True) for value in values
        )


def is_number(value: Any) -> bool:
    """Whether a value stands to the right, as numbers do, in a column that holds texts too."""
    return isinstance(value, _NUMBERS) and not isinstance(value, bool)


def heading(name: str) -> str:
    """The heading of a column in words.

    >>> heading("us_gaap"), heading("days_past_due")
    ('US GAAP', 'days past due')
    """
    return HEADINGS.get(name, name.replace("_", " "))


def simple(
    caption: str, names: Sequence[str], rows: Iterable[tuple[Cell, ...]], *, remark: str = "", total: tuple[Cell, ...] = ()
) -> View:
    """A table of cells, its columns to the right where the first row's are."""
    made = tuple(rows)
    right = [cell.numeric for cell in made[0]] if made else [False] * len(names)
    return View(caption, tuple(Cell(name, one) for name, one in zip(names, right, strict=True)), made, total, remark)
