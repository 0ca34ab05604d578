"""The disclosures beside an exhibit as a document: each table in printed units, and last what each of them agrees to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby

from gaapbridge.report.exhibit import blocks
from gaapbridge.report.exhibit.blocks import Block, Contents, Heading, Pairs, Paragraph, Table, TableRow
from gaapbridge.report.exhibit.front import foot_of, front_of
from gaapbridge.report.exhibit.words import Words
from gaapbridge.report.told.disclosed import (
    BESIDE,
    DAYS_AS_YEARS,
    IN_ACCOUNTS,
    IN_INCOME,
    IN_RUN,
    MONEY,
    ON_SHEET,
    PER_UNIT,
    TOTAL,
    Books,
    Disclosure,
    Row,
    Tie,
)
from gaapbridge.report.told.disclosures import told_disclosures
from gaapbridge.report.told.footing import footed
from gaapbridge.report.told.not_disclosed import not_disclosed
from gaapbridge.report.told.statements import told_statements
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import amount_text, caption_when, money_text

TITLE = "Disclosures on credit losses, guarantees and share awards"

ROUNDED = (
    "Tables add up down and across as printed: each amount is the unit below or above its exact one. Last come the same "
    "amounts in full, held against the books that the reconciliation prints."
)
DISAGREE = "These do not agree: {ties}."
AGREE = "Every amount in the tables below agrees. What no row names is held against nothing."

NOT_DISCLOSED = "Required and not disclosed here"

DAYS_A_YEAR = 365


def disclosures_of(run: Run, language: str) -> Contents:
    """The disclosures of a run in a language of the table of words."""
    words = Words.of(run, language)
    told, made = told_statements(run), told_disclosures(run)
    made_of: list[Block] = [*front_of(run, told, (TITLE.upper(),), words), Paragraph(words(ROUNDED))]
    made_of += [Paragraph(words.prose(said)) for said in _period_before(run)]
    printed = _Printed(told.unit_minor, int(run.plan_content["entity"]["minor_digits"]), words)
    for subject, of_subject in groupby(made, key=lambda one: one.subject):
        made_of += [Heading(words(subject), 1), *(block for one in of_subject for block in printed.blocks(one))]
    made_of += _agreed([tie for one in made for tie in one.ties], run.document.currency, printed)
    asked = tuple(
        (words(paragraph), words.filled("{what}: {why}", what=words(what), why=words(why)))
        for paragraph, what, why in not_disclosed(Books(run))
    )
    made_of += [
        Heading(words(NOT_DISCLOSED), 1, on_new_page=True),
        Pairs((words("Paragraph"), words("What, and why")), asked, left_percent=25),
    ]
    return Contents(words(TITLE), words(told.entity), language, foot_of(run, words), tuple(made_of))


def _period_before(run: Run) -> Iterator[str]:
    """Where the comparative amounts stand (IAS 1.38): in the report of the run that this one opens from."""
    if run.manifest.prior_run is not None:
        day = caption_when(run.manifest.period.opening).removeprefix("As of ")
        yield f"Tables are of one period; those of the one before, to {day}, stand in the report of its run."


class _Printed:
    """How amounts are printed: in printed units so that they foot, in full, as units of shares or years; in a language."""

    def __init__(self, unit_minor: int, minor_digits: int, words: Words) -> None:
        self.unit_minor, self.minor_digits, self.words = unit_minor, minor_digits, words

    def blocks(self, disclosure: Disclosure) -> Iterator[Block]:
        """A disclosure as a table, or why there is none."""
        title = self.words.filled("{title} ({reference})", title=self.words(disclosure.title), reference=disclosure.paragraph)
        if disclosure.lacks:
            yield Paragraph(self.words(disclosure.lacks), self.words.filled("{lead}.", lead=title))
            return
        heads = tuple(map(self.words, disclosure.heads))
        totals = [place for place, row in enumerate(disclosure.rows) if row.kind == TOTAL]
        kinds = dict.fromkeys(totals, blocks.SUB_TOTAL) | dict.fromkeys(totals[-1:], blocks.TOTAL)
        rows = tuple(
            TableRow(self.words(row.caption), amounts, kinds.get(place, blocks.LINE))
            for place, (row, amounts) in enumerate(zip(disclosure.rows, self._rows(disclosure), strict=True))
        )
        yield Table(title, heads, rows, is_wide=len(heads) > 2)

    def _rows(self, disclosure: Disclosure) -> Iterator[tuple[str, ...]]:
        """The amounts of each row as printed: lines up to a total foot together, a total adds what is above it."""
        money = [place for place in range(len(disclosure.heads)) if _is_money(disclosure, place)]
        running = dict.fromkeys(money, 0)
        for is_total, held in groupby(disclosure.rows, key=lambda row: row.kind == TOTAL):
            rows = list(held)
            units = self._footed(rows, money, is_across=bool(disclosure.sums))
            for row, printed in zip(rows, units, strict=True):
                if row.kind != BESIDE and not is_total:
                    running = {place: running[place] + printed[place] for place in money}
                yield self._row(disclosure, row, dict(running) if is_total else printed)

    def _footed(self, rows: Sequence[Row], money: Sequence[int], *, is_across: bool) -> list[dict[int, int]]:
        """The money of some rows in printed units, by column: footed across too where columns add up, else each by itself."""
        together = [list(money)] if is_across else [[place] for place in money]
        printed: list[dict[int, int]] = [{} for _ in rows]
        for places in together:
            lines = footed([[row.amounts[place] for place in places] for row in rows], self.unit_minor)
            for units, line in zip(printed, lines, strict=True):
                units.update(zip(places, line, strict=True))
        return printed

    def _row(self, disclosure: Disclosure, row: Row, units: dict[int, int]) -> tuple[str, ...]:
        """The cells of a row; a column that adds up others adds what is printed of them."""
        for place in disclosure.sums:
            units[place] = sum(amount for at, amount in units.items() if at < place and at not in disclosure.sums)
        forms = [disclosure.form(row, place) for place in range(len(row.amounts))]
        return tuple(
            amount_text(units[place]) if form == MONEY else self._formed(amount, form)
            for place, (amount, form) in enumerate(zip(row.amounts, forms, strict=True))
        )

    def _formed(self, amount: int, form: str) -> str:
        if form == DAYS_AS_YEARS:
            return f"{Decimal(amount) / DAYS_A_YEAR:.2f}" if amount else "—"
        return self.exact(amount) if form == PER_UNIT else amount_text(amount)

    def exact(self, amount: int) -> str:
        """An amount in major units with its decimals, as a filing writes it."""
        return money_text(amount, self.minor_digits)


def _is_money(disclosure: Disclosure, place: int) -> bool:
    """Whether a column holds amounts that are rounded, and adds up no others."""
    return place not in disclosure.sums and (not disclosure.forms or disclosure.forms[place] == MONEY)


def _agreed(ties: Sequence[Tie], currency: str, printed: _Printed) -> Iterator[Block]:
    """What each disclosure comes to, what the books hold, and the difference, to the minor unit."""
    words = printed.words
    failing = [words(one.what) for one in ties if not one.holds]
    yield Heading(words("Agreed to the books"), 1)
    said = DISAGREE.format(ties="; ".join(failing)) if failing else AGREE
    yield Paragraph(words.prose(f"{said} Amounts in {currency}."))
    for against in (ON_SHEET, IN_INCOME, IN_ACCOUNTS, IN_RUN):
        rows = [TableRow(words(one.what), tuple(map(printed.exact, _across(one)))) for one in ties if one.against == against]
        heads = tuple(map(words, ("Disclosed", "Held against", "Difference")))
        if rows:
            yield Table(words(f"Held against {against}"), heads, tuple(rows), is_wide=True)


def _across(tie: Tie) -> tuple[int, int, int]:
    return tie.disclosed_minor, tie.books_minor, tie.disclosed_minor - tie.books_minor
