"""The disclosures beside an exhibit as a document: each table in printed units, and last what each of them agrees to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gaapbridge.report.exhibit.blocks import LINE, TOTAL, Block, Centred, Contents, Heading, Paragraph, Table, TableRow
from gaapbridge.report.exhibit.words import ENGLISH
from gaapbridge.report.told.disclosures import Disclosure, Tie, told_disclosures
from gaapbridge.report.told.statements import told_statements
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import amount_text
from gaapbridge.terms.money import nearest_unit

TITLE = "Disclosures on credit losses, guarantees and share awards"

_ROUNDED = (
    "Amounts are rounded one by one; what that leaves in a column is its row Rounding, and a total across may differ from its "
    "parts by a few units. Last come the same amounts in full, held against the books that the reconciliation prints."
)


def disclosures_of(run: Run) -> Contents:
    """The disclosures of a run, in English."""
    told, made = told_statements(run), told_disclosures(run)
    blocks: list[Block] = [
        Centred((told.entity,), is_strong=True),
        Centred((TITLE.upper(),), is_strong=True),
        Centred((f"(Amounts in {told.unit})", *filter(None, [told.status]))),
        Paragraph(_ROUNDED),
        *(_table(one, told.unit_minor) for one in made),
        *_agreed(run, [tie for one in made for tie in one.ties]),
    ]
    return Contents(TITLE, told.entity, ENGLISH, "Page", tuple(blocks))


def _table(disclosure: Disclosure, unit_minor: int) -> Table:
    """A table in printed units, whose columns add by a row for what rounding leaves."""
    printed = [(caption, [nearest_unit(amount, unit_minor) for amount in line]) for caption, line in disclosure.rows]
    *parts, (last, closing) = printed
    left = [total - sum(line[place] for _, line in parts) for place, total in enumerate(closing)]
    rows = [TableRow(caption, tuple(map(amount_text, line)), LINE) for caption, line in parts]
    rows += [TableRow("Rounding", tuple(map(amount_text, left)), LINE)] if any(left) else []
    rows.append(TableRow(last, tuple(map(amount_text, closing)), TOTAL))
    title = f"{disclosure.title} ({disclosure.paragraph})"
    return Table(title, disclosure.heads, tuple(rows), is_wide=len(disclosure.heads) > 3)


def _agreed(run: Run, ties: Sequence[Tie]) -> Iterator[Block]:
    """What each disclosure comes to, what the books hold, and the difference, to the minor unit."""
    digits = int(run.plan_content["entity"]["minor_digits"])
    rows = (TableRow(one.what, tuple(_exact(amount, digits) for amount in _across(one)), LINE) for one in ties)
    failing = [one.what for one in ties if not one.holds]
    yield Heading("Agreed to the books", 1)
    said = f"These do not agree: {'; '.join(failing)}." if failing else "Every one of them agrees."
    yield Paragraph(f"{said} Amounts in {run.document.currency}.")
    yield Table("", ("Disclosed", "Books", "Difference"), tuple(rows))


def _across(tie: Tie) -> tuple[int, int, int]:
    return tie.disclosed_minor, tie.books_minor, tie.disclosed_minor - tie.books_minor


def _exact(amount: int, digits: int) -> str:
    """An amount in major units with its decimals, as a filing writes it."""
    if amount == 0:
        return "—"
    written = f"{abs(amount) // 10**digits:,}" + (f".{abs(amount) % 10**digits:0{digits}d}" if digits else "")
    return f"({written})" if amount < 0 else written
