"""The notes below the statement: on what basis it stands, what each framework does, and what each column amounts to.

Under each note: its text, the lender's elections, the period's figures line by line, and how the difference in equity
rolls forward from the opening balance sheet to the closing one.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from gaapbridge.statement.document import Document, Roll, Statement
from gaapbridge.statement.effects import equity_row
from gaapbridge.statement.printing import BALANCING, amount_text, caption_when, unit_of
from gaapbridge.terms.statement_kinds import BALANCE_SHEET
from gaapbridge.terms.text import text_of

WIDTH = 100
LABEL_WIDTH = 52
QUESTION_WIDTH = 56

TITLES = {"US GAAP": "US GAAP", "IFRS": "IFRS", "Accordingly": "Effect on the statements"}
"""Headings of a note's text that are printed, in the order of print, and the words they are printed as."""


@dataclass(frozen=True)
class Adjusted:
    """An adjustment inside a note: its number, what became of it in the period, who made it why, and its legs, debit positive
    in printed units, by the names of their accounts."""

    name: str
    what: str
    said: str
    legs: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Losses:
    """How the losses expected of one kind of contract moved over all stages, in printed units that add: captions with the
    amounts of US GAAP and IFRS, a release below nil."""

    contracts: str
    rows: Sequence[tuple[str, int, int]]


@dataclass(frozen=True)
class NoteText:
    """What is said of a note beside its figures: its text by heading, and the lender's answer to each of its elections.

    ``tax`` are the items of its tax proof, in printed units: what leads from income before tax to income tax, by name;
    ``adjustments`` are in its figures, ``losses`` move as it measures them.
    """

    paragraphs: Mapping[str, str]
    elections: Sequence[tuple[str, str]]
    tax: Sequence[tuple[str, int]] = ()
    adjustments: Sequence[Adjusted] = ()
    losses: Sequence[Losses] = ()


def paragraphs_of(text: str, kinds: Collection[str]) -> dict[str, str]:
    """The printed paragraphs of a note's text by heading, in one line each, without emphasis.

    What stands under a heading of the third level is about that kind of contract, and left out where there is none.

    >>> text = "## US GAAP\\n\\nOver the **whole**\\nlife.\\n\\n### Guarantees\\n\\nPayouts too.\\n\\n## IFRS\\n\\nStages."
    >>> paragraphs_of(text, ["loans"])
    {'US GAAP': 'Over the whole life.', 'IFRS': 'Stages.'}
    >>> paragraphs_of(text, ["guarantees"])["US GAAP"]
    'Over the whole life. Payouts too.'
    """
    found = {}
    for title, body in _headed(text, 2)[1:]:
        parts = [part for kind, part in _headed(body, 3) if not kind or kind.lower() in kinds]
        found[title] = " ".join(" ".join(parts).replace("**", "").split())
    return {title: body for title, body in found.items() if title in TITLES}


def _headed(text: str, level: int) -> list[tuple[str, str]]:
    """The parts of a text by their headings of a level; what comes before the first one has none."""
    parts = re.split(rf"^#{{{level}}} +(.+?) *$", text, flags=re.MULTILINE)
    return list(zip(["", *parts[1::2]], parts[::2], strict=True))


def print_notes(document: Document, us_gaap: str, notes: Mapping[str, NoteText], beside: str = "") -> str:
    """The notes of every column of a document.

    ``us_gaap`` says where the US GAAP amounts come from; ``notes`` holds what is said of each column's note; ``beside`` says
    what of earlier periods does not stand beside.
    """
    lines = [
        document.issuer,
        "Notes to the reconciliation between U.S. GAAP and International Financial Reporting Standards",
        f"(Amounts in {unit_of(document)}; IFRS less U.S. GAAP)",
        *filter(None, [document.status]),
        *_prose("Basis of preparation", _basis(document)),
        *_prose("US GAAP amounts", us_gaap),
        *(_prose("Earlier periods", beside) if beside else ()),
        *_prose("Rounding", _rounding(document)),
    ]
    for column in document.columns:
        note = notes[column.id]
        lines += ["", column.caption]
        for heading, title in TITLES.items():
            lines += _prose(title, note.paragraphs[heading])
        lines += ["", "Elections", *(line for answered in note.elections for line in _answered(*answered))]
        for kind, statements in _by_kind(document).items():
            lines += _figures(column.id, kind, statements, document)
        for roll in document.rolls:
            lines += _roll_forward(document, roll, column.id)
            lines += _tax_proof(document, roll, column.id, note.tax)
        lines += [line for one in note.losses for line in _losses(one)]
        lines += _adjustments(note.adjustments)
    return text_of(lines) + "\n"


def wrapped(title: str, text: str) -> list[str]:
    """A paragraph of the notes."""
    return textwrap.wrap(_as_filed(f"{title}. {text}"), WIDTH, break_on_hyphens=False)


def _prose(title: str, text: str) -> list[str]:
    return ["", *wrapped(title, text)]


def _as_filed(text: str) -> str:
    return text.replace("US GAAP", "U.S. GAAP")


def _basis(document: Document) -> str:
    """Whose statements are reconciled, of which dates and periods, and what a column is."""
    stated = [
        f"its {kind}{'s' if len(statements) > 1 else ''} {_listed([within(_when(one)) for one in statements])}"
        for kind, statements in _by_kind(document).items()
    ]
    return (
        f"{document.issuer} reports under US GAAP. The reconciliation shows what {' and '.join(stated)} would be under "
        "International Financial Reporting Standards (IFRS). Each note is one difference between the two, with a column of its "
        "own: IFRS less US GAAP, with the value-added tax and the deferred tax that belong to it."
    )


def _listed(words: Sequence[str]) -> str:
    """Some words in a sentence.

    >>> _listed(["a", "b", "c"]), _listed(["a"])
    ('a, b and c', 'a')
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _rounding(document: Document) -> str:
    balanced = any(row.id == BALANCING and row.us_gaap for statement in document.statements for row in statement.rows)
    but = ", but for the balancing figure" if balanced else ""
    return (
        f"Amounts are in {unit_of(document)}, with the signs that their captions bear in the reconciliation, and rounded so "
        "that every row and every total of it adds. An adjustment may therefore differ from its exact amount by less than one "
        "printed unit in either direction, and an IFRS amount, being the sum of its row, by less than one for each amount "
        f"added. Captions that no note adjusts are not printed{but}; sub-totals and totals include them."
    )


def within(caption: str) -> str:
    """A caption as it stands inside a sentence.

    >>> within("As of December 31, 2023")
    'as of December 31, 2023'
    """
    return caption[:1].lower() + caption[1:]


@cache
def _answered(question: str, answer: str) -> tuple[str, ...]:
    """An election beside its answer, each wrapped in its own half: the same words in every run."""
    left = textwrap.wrap(_as_filed(question), QUESTION_WIDTH)
    right = textwrap.wrap(_as_filed(answer), WIDTH - QUESTION_WIDTH - 4)
    both = zip_longest(left, right, fillvalue="")
    return tuple(f"  {asked.ljust(QUESTION_WIDTH)}  {said}".rstrip() for asked, said in both)


def _when(statement: Statement) -> str:
    return caption_when(statement.as_of, statement.period)


def _by_kind(document: Document) -> dict[str, list[Statement]]:
    kinds: dict[str, list[Statement]] = {}
    for statement in document.statements:
        kinds.setdefault(statement.kind, []).append(statement)
    return kinds


def _figures(column: str, kind: str, statements: Sequence[Statement], document: Document) -> list[str]:
    """The lines that a column touches in any of the statements of a kind, and the profit they lead to, by statement."""
    profit = {roll.flow_row for roll in document.rolls}
    deducted = {row_id for one in statements for total in profit for row_id in _deducted(one, total)}
    rows = [row for row in statements[0].rows if row.role == "line" or row.id in profit]
    amounts = {row.id: [_amount(statement, row.id, column) for statement in statements] for row in rows}
    touched = [row for row in rows if any(amounts[row.id])]
    if not touched:
        return []
    titles = [_in_two(_when(statement)) for statement in statements]
    widths = [3 + max(map(len, title)) for title in titles]
    lines = [""]
    for level in (0, 1):
        lines.append(" " * LABEL_WIDTH + "".join(title[level].rjust(w) for title, w in zip(titles, widths, strict=True)))
    for row in touched:
        beyond = kind == BALANCE_SHEET and row.section.startswith("non-current") and "noncurrent" not in row.label
        less = "Less: " if row.id in deducted else ""
        lines.append(_row(f"{less}{row.label}{' (non-current)' if beyond else ''}", amounts[row.id], widths))
    return lines


def _deducted(statement: Statement, total: str, sign: int = 1) -> set[str]:
    """The rows that are deducted on the way to a total."""
    row = statement.row(total)
    if row is None or not row.of:
        return {total} if sign < 0 else set()
    return {row_id for step, part in row.of for row_id in _deducted(statement, part, sign * step)}


def _in_two(caption: str) -> tuple[str, str]:
    """A caption's words, and the day they lead to.

    >>> _in_two("For the year ended December 31, 2023"), _in_two("For the period 2023-W01")
    (('For the year ended', 'December 31, 2023'), ('', 'For the period 2023-W01'))
    """
    dated = re.fullmatch(r"(.+) (\w+ \d+, \d{4})", caption)
    return (dated[1], dated[2]) if dated else ("", caption)


def _row(label: str, amounts: Sequence[int], widths: Sequence[int]) -> str:
    """A caption with its amounts, digits under digits: a closing parenthesis hangs over."""
    figures = (f"{amount_text(amount)}{'' if amount < 0 else ' '}".rjust(w) for amount, w in zip(amounts, widths, strict=True))
    return (f"  {label}".ljust(LABEL_WIDTH - 1) + " " + "".join(figures)).rstrip()


def _amount(statement: Statement, row_id: str, column: str) -> int:
    row = statement.row(row_id)
    return 0 if row is None else row.amount(column)


def _roll_forward(document: Document, roll: Roll, column: str) -> list[str]:
    """From the opening difference in equity to the closing one: through profit, and through what is declared not to be profit.

    Statements are rounded one by one; where that leaves a unit between them it is printed, so that the figures add.
    """
    opening, closing, flow = (_statement(document, name) for name in (roll.opening.statement, roll.close, roll.flow))
    equity = equity_row(closing, roll.retained if column in roll.offset else None)
    profit = flow.row(roll.flow_row)
    if equity is None or profit is None:
        return []
    opened, closed, income = (
        _amount(statement, row_id, column)
        for statement, row_id in ((opening, equity.id), (closing, equity.id), (flow, profit.id))
    )
    moved = {name.replace("_", " ").capitalize(): amount for name, amount in roll.paths.get(column, {}).items()}
    moved["Rounding"] = closed - opened - income - sum(moved.values())
    rows = [
        (_when(opening), opened),
        (f"{profit.label} {within(_when(flow))}", income),
        *((name, amount) for name, amount in moved.items() if amount),
        (_when(closing), closed),
    ]
    width = 3 + max(map(len, _in_two(_when(closing))))
    title = f"Roll-forward of the difference in {equity.label.lower()}"
    return ["", title, *(_row(label, [amount], [width]) for label, amount in rows)]


def _tax_proof(document: Document, roll: Roll, column: str, items: Sequence[tuple[str, int]]) -> list[str]:
    """From what a column adds to income before tax to its income tax, a benefit above nil; nothing where it bears no tax."""
    flow = _statement(document, roll.flow)
    income, tax = flow.row("pbt"), flow.row("tax")
    if not items or income is None or tax is None or not any((tax.amount(column), *(amount for _, amount in items))):
        return []
    named = {**dict(items), "Rounding": tax.amount(column) - sum(amount for _, amount in items)}
    rows = [
        (income.label, income.amount(column)),
        *((name, amount) for name, amount in named.items() if amount),
        (tax.label, tax.amount(column)),
    ]
    width = 3 + max(map(len, _in_two(_when(flow))))
    title = f"Income tax on the difference {within(_when(flow))}"
    return ["", title, *(_row(label, [amount], [width]) for label, amount in rows)]


def _adjustments(adjustments: Sequence[Adjusted]) -> list[str]:
    """The adjustments in a column, each with its legs: a debit above nil."""
    if not adjustments:
        return []
    lines = ["", "Adjustments in the figures above, before tax unless they state it (debits positive)"]
    for one in adjustments:
        lines += textwrap.wrap(
            f"{one.name}, {one.what}: {one.said}", WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
        )
        lines += [_row(f"  {label}", [amount], [18]) for label, amount in one.legs]
    return lines


def _losses(losses: Losses) -> list[str]:
    """From the losses expected at the opening to those of the closing, under both frameworks."""
    widths = [18, 18]
    heads = "".join(f"{head} ".rjust(width) for head, width in zip(("U.S. GAAP", "IFRS"), widths, strict=True))
    title = f"Losses expected of {losses.contracts}, all stages (IFRS 7.35H; ASC 326-20-50-13)"
    lines = ["", title, (" " * LABEL_WIDTH + heads).rstrip()]
    return lines + [_row(caption, amounts, widths) for caption, *amounts in losses.rows if any(amounts)]


def _statement(document: Document, name: str | None) -> Statement:
    return next(statement for statement in document.statements if statement.id == name)
