"""The disclosures beside an exhibit as a document: each table in printed units, and last what each of them agrees to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.report.exhibit import blocks
from gaapbridge.report.exhibit.blocks import Block, Contents, Heading, Pairs, Paragraph, Picture, Table, TableRow
from gaapbridge.report.exhibit.front import foot_of, front_of
from gaapbridge.report.exhibit.words import CONTINUED, Words
from gaapbridge.report.told.compared_run import REFUSED, is_refused
from gaapbridge.report.told.disclosed import (
    BESIDE,
    DAYS_AS_YEARS,
    IN_ACCOUNTS,
    IN_INCOME,
    IN_RUN,
    MONEY,
    NOT_TIED,
    ON_SHEET,
    PER_UNIT,
    TOTAL,
    Books,
    Disclosure,
    Row,
    Tie,
)
from gaapbridge.report.told.disclosures import compared_disclosures
from gaapbridge.report.told.footing import PrintedUnits, footed
from gaapbridge.report.told.not_disclosed import not_disclosed
from gaapbridge.report.told.pictured import DEFAULTS, EXPECTED_AND_CAME, by_stage, hindsight_bands
from gaapbridge.report.told.statements import ToldStatements, told_statements
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import amount_text, money_text

TITLE = "Disclosures on credit losses, guarantees and share awards"

ROUNDED = (
    "Tables add up down and across as printed: each amount is the unit below or above its exact one. Last come the same "
    "amounts in full, held against the books that the reconciliation prints."
)
DISAGREE = "These do not agree: {ties}."
AGREE = "Every amount in the tables below agrees. What no row names is held against nothing."

AGREED, AGREED_BEFORE = "Agreed to the books", "Comparative amounts agreed to the books"

COMPARED = "Below the amounts of the period stand those of the period before, as its own run measured them (IAS 1.38)."
COMPARED_AT_OPENING = (
    "Tables of balances have those of the opening below; of what moved in the period before, this run and the one that it "
    "opens with have none at hand, so those tables lack their comparative amounts (IAS 1.38)."
)
WITHOUT_COMPARATIVES = "Tables lack their comparative amounts (IAS 1.38)."
TOTALS_ONLY = "The run keeps totals only, so the tables that are made of its contracts are not here."
NOT_COMPARED = "No run of a period before is at hand, so tables lack their comparative amounts (IAS 1.38)."

NOT_DISCLOSED = "Required and not disclosed here"

DAYS_A_YEAR = 365


def disclosures_of(run: Run, language: str) -> Contents:
    """The disclosures of a run in a language of the table of words."""
    words = Words.of(run, language)
    told, made = told_statements(run), compared_disclosures(run)
    made_of: list[Block] = [*front_of(run, told, (TITLE.upper(),), words), Paragraph(words(ROUNDED))]
    made_of += [Paragraph(words(said)) for said in _period_before(run, made)]
    printed = _Printed(_printed_before(told), int(run.plan_content["entity"]["minor_digits"]), words)
    for subject, of_subject in groupby(made, key=lambda one: one.subject):
        made_of += [Heading(words(subject), 1), *(block for one in of_subject for block in printed.blocks(one))]
        made_of += _pictured(run, subject, told, words)
    made_of += _agreed(AGREED, [tie for one in made for tie in one.ties], run.document.currency, printed)
    if any(one.before for one in made):
        compared = [tie for one in made if one.before for tie in one.before.ties]
        made_of += _agreed(AGREED_BEFORE, compared, run.document.currency, printed)
    asked = tuple(
        (words(paragraph), words.filled("{what}: {why}", what=words(what), why=words(why)))
        for paragraph, what, why in not_disclosed(Books(run))
    )
    made_of += [
        Heading(words(NOT_DISCLOSED), 1),
        Pairs((words("Paragraph"), words("What, and why")), asked, left_percent=25),
    ]
    return Contents(words(TITLE), words(told.entity), language, foot_of(run, words), tuple(made_of))


def _period_before(run: Run, made: Sequence[Disclosure]) -> Iterator[str]:
    """Which tables have comparative amounts (IAS 1.38), and why others have none."""
    if run.keeps_totals_only:
        yield TOTALS_ONLY
        return
    if all(one.before for one in made if not one.lacks):
        yield COMPARED
        return
    refused = is_refused(run)
    if refused:
        yield REFUSED
    if any(one.before for one in made):
        yield COMPARED_AT_OPENING
    else:
        yield WITHOUT_COMPARATIVES if refused else NOT_COMPARED


def _pictured(run: Run, subject: str, told: ToldStatements, words: Words) -> Iterator[Block]:
    """Pictures of a subject: its allowances by stage, and what came of what was expected."""
    held = [one for one in run.movements if KINDS[one.kind].contracts.capitalize() == subject]
    if held:
        bars = [by_stage(one, told.unit_minor) for one in held]
        stages = tuple((words(name), tuple((words(stage), amount) for stage, amount in by.items())) for name, by in bars)
        alt = words.prose(f"{subject}: loss allowance at the closing by stage, in {told.unit}.")
        yield Picture(alt, words(told.unit), stages=stages)
    for _, title, found in hindsight_bands(run):
        if title.removeprefix("Defaults of ").capitalize() == subject:
            shown = tuple(replace(one, label=words(one.label)) for one in found)
            yield Picture(words.prose(f"{title}: {EXPECTED_AND_CAME}."), words(DEFAULTS), bands=shown)


def _printed_before(told: ToldStatements) -> PrintedUnits:
    """How the statements that the tables stand beside print their amounts."""
    known = PrintedUnits(told.unit_minor)
    for cell in (cell for one in told.statements for row in one.printed_rows for cell in row.cells.values()):
        known.add(cell.exact_minor or 0, cell.printed)
    return known


class _Printed:
    """How amounts are printed: in printed units so that they foot, one amount alike wherever it stands; in full, as units of
    shares or years; in a language."""

    def __init__(self, known: PrintedUnits, minor_digits: int, words: Words) -> None:
        self.known, self.minor_digits, self.words = known, minor_digits, words

    def blocks(self, disclosure: Disclosure) -> Iterator[Block]:
        """A disclosure as a table, that of the period before below in it, or in one of its own where other columns head it; or
        why there is none."""
        title = self.words.filled("{title} ({reference})", title=self.words(disclosure.title), reference=disclosure.paragraph)
        if disclosure.lacks:
            yield Paragraph(self.words(disclosure.lacks), self.words.filled("{lead}.", lead=title))
            return
        before = disclosure.before
        if before is None:
            yield self._table(title, disclosure.heads, self._printed(disclosure, self._units(disclosure, None)))
            return
        heads = _merged(disclosure.heads, before.heads)
        now, then = (_under(one, heads or one.heads) for one in (disclosure, before))
        units = self._units(now, None)
        parts = ((now, units), (then, self._units(then, _closes(then, now, units))))
        dated = [(TableRow(self.words(one.when), (), blocks.HEADING), *self._printed(one, own)) for one, own in parts]
        if heads is not None:
            yield self._table(title, heads, (*dated[0], *dated[1]))
        else:
            yield self._table(title, now.heads, dated[0])
            yield self._table(self.words.filled(CONTINUED, title=title), then.heads, dated[1])

    def _table(self, title: str, heads: Sequence[str], rows: Sequence[TableRow]) -> Table:
        return Table(title, tuple(map(self.words, heads)), tuple(rows), is_wide=len(heads) > 2)

    def _printed(self, disclosure: Disclosure, units: Sequence[Mapping[int, int]]) -> tuple[TableRow, ...]:
        """The rows of a disclosure, of which money is in printed units already."""
        totals = disclosure.totals
        kinds = dict.fromkeys(totals, blocks.SUB_TOTAL) | dict.fromkeys(totals[-1:], blocks.TOTAL)
        return tuple(
            TableRow(self.words(row.caption), self._texts(disclosure, row, own), kinds.get(place, blocks.LINE))
            for place, (row, own) in enumerate(zip(disclosure.rows, units, strict=True))
        )

    def _units(self, disclosure: Disclosure, closes: Closes | None) -> list[dict[int, int]]:
        """The money of each row in printed units, by column: lines up to a total foot together, a total adds what is above it;
        the first of them close at what is printed elsewhere."""
        money = [place for place in range(len(disclosure.heads)) if _is_money(disclosure, place)]
        running, made = dict.fromkeys(money, 0), list[dict[int, int]]()
        for is_total, held in groupby(disclosure.rows, key=lambda row: row.kind == TOTAL):
            rows = list(held)
            units = self._footed(rows, money, closes, is_across=bool(disclosure.sums))
            closes = None
            for row, printed in zip(rows, units, strict=True):
                if row.kind != BESIDE and not is_total:
                    running = {place: running[place] + printed[place] for place in money}
                made.append(_added_across(disclosure, dict(running) if is_total else printed))
                for place, own in made[-1].items():
                    self.known.add(row.amounts[place], own)
        return made

    def _footed(
        self, rows: Sequence[Row], money: Sequence[int], closes: Closes | None, *, is_across: bool
    ) -> list[dict[int, int]]:
        """The money of some rows in printed units, by column: footed across too where columns add up, else each by itself."""
        together = [list(money)] if is_across else [[place] for place in money]
        printed: list[dict[int, int]] = [{} for _ in rows]
        for places in together:
            columns = None if closes is None or closes.columns is None else [closes.columns[place] for place in places]
            cells = [[row.amounts[place] for place in places] for row in rows]
            given = None if closes is None else closes.rows
            lines = footed(cells, self.known.unit_minor, rows=given, columns=columns, known=self.known)
            for row, units, line in zip(rows, printed, lines, strict=True):
                units.update(zip(places, line, strict=True))
                for place in places:
                    self.known.add(row.amounts[place], units[place])
        return printed

    def _texts(self, disclosure: Disclosure, row: Row, units: Mapping[int, int]) -> tuple[str, ...]:
        """The cells of a row."""
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


def _merged(heads: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...] | None:
    """The heads of two tables as those of one, where one of them has all of the other's; else None."""
    longer, shorter = (heads, before) if len(heads) >= len(before) else (before, heads)
    return longer if set(shorter) <= set(longer) else None


def _under(disclosure: Disclosure, heads: tuple[str, ...]) -> Disclosure:
    """A disclosure under heads that hold its own: columns that it lacks are nil."""
    if heads == disclosure.heads:
        return disclosure
    places = [disclosure.heads.index(head) if head in disclosure.heads else None for head in heads]
    rows = (
        replace(row, amounts=tuple(0 if place is None else row.amounts[place] for place in places)) for row in disclosure.rows
    )
    sums = tuple(at for at, place in enumerate(places) if place in disclosure.sums)
    return replace(disclosure, heads=heads, rows=tuple(rows), sums=sums)


@dataclass(frozen=True, slots=True)
class Closes:
    """What a roll-forward closes at where that is printed already, as the next one's opening: by column, or row by row."""

    columns: Mapping[int, int] | None = None
    rows: Sequence[int] | None = None


def _closes(before: Disclosure, after: Disclosure, units: Sequence[Mapping[int, int]]) -> Closes | None:
    """What a roll-forward closes at, as the one after it opens in printed units, where both have the same amounts there."""
    opening = after.rows[0]
    if before.heads == after.heads and after.goes_on(before):
        same = before.rows[before.totals[0]].amounts == opening.amounts
        return Closes(columns=units[0]) if same else None
    if before.heads[-1] != after.heads[0] or before.sums != (len(before.heads) - 1,):
        return None
    opened = {row.caption: (row.amounts[0], own.get(0, 0)) for row, own in zip(after.rows, units, strict=True)}
    closing = [(row.amounts[-1], *opened.get(row.caption, (0, 0))) for row in before.rows if row.kind != TOTAL]
    return Closes(rows=[unit for _, _, unit in closing]) if all(held == amount for held, amount, _ in closing) else None


def _added_across(disclosure: Disclosure, units: dict[int, int]) -> dict[int, int]:
    """The money of a row with the columns that add up others: these add what is printed."""
    for place in disclosure.sums:
        units[place] = sum(amount for at, amount in units.items() if at < place and at not in disclosure.sums)
    return units


def _agreed(heading: str, ties: Sequence[Tie], currency: str, printed: _Printed) -> Iterator[Block]:
    """What each disclosure comes to, what the books hold, and the difference, to the minor unit."""
    words = printed.words
    failing = [words(one.what) for one in ties if not one.holds]
    yield Heading(words(heading), 1)
    said = DISAGREE.format(ties="; ".join(failing)) if failing else AGREE
    yield Paragraph(words.prose(f"{said} Amounts in {currency}."))
    for against in (ON_SHEET, IN_INCOME, IN_ACCOUNTS, IN_RUN, NOT_TIED):
        rows = [TableRow(words(one.what), tuple(map(printed.exact, _across(one)))) for one in ties if one.against == against]
        heads = tuple(map(words, ("Disclosed", "Held against", "Difference")))
        if rows:
            yield Table(words(f"Held against {against}"), heads, tuple(rows), is_wide=True)


def _across(tie: Tie) -> tuple[int, int, int]:
    return tie.disclosed_minor, tie.books_minor, tie.disclosed_minor - tie.books_minor
