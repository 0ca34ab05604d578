"""The notes below the statement: what each framework does, and accordingly the period's figures of the column, line by line."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from gaapbridge.statement.effects import BALANCE_SHEET
from gaapbridge.statement.printing import UNITS, amount_text, caption_when

Raw = Mapping[str, Any]

WIDTH = 120
LABEL_WIDTH = 50

PARAGRAPHS = ("US GAAP", "IFRS", "Accordingly")
"""Headings of a note's text that are printed, in the order of the filing."""


def paragraphs_of(text: str) -> dict[str, str]:
    """The paragraphs of a note's text by heading, in one line each, without emphasis.

    >>> paragraphs_of("# Note\\n\\n## US GAAP\\n\\nOver the **contractual**\\nlife.\\n\\n## IFRS\\n\\nOver the expected life.")
    {'US GAAP': 'Over the contractual life.', 'IFRS': 'Over the expected life.'}
    """
    parts = re.split(r"^## +(.+?) *$", text, flags=re.MULTILINE)
    found = {title: " ".join(body.replace("**", "").split()) for title, body in zip(parts[1::2], parts[2::2], strict=True)}
    return {title: body for title, body in found.items() if title in PARAGRAPHS}


def print_notes(document: Raw, texts: Mapping[str, str]) -> str:
    """The notes of every column of a document; ``texts`` holds the text of each column's note."""
    unit = str(document.get("unit", ""))
    lines = [
        str(document["issuer"]),
        "Notes to the reconciliation between U.S. GAAP and International Financial Reporting Standards",
        f"(Amounts in {UNITS.get(unit, f'units of {unit} ')}{document['currency']}; IFRS less U.S. GAAP)",
    ]
    for column in document["columns"]:
        lines += ["", f"({column['note']}) {column['label']}"]
        for title, body in paragraphs_of(texts[column["id"]]).items():
            lines += ["", *textwrap.wrap(f"{title.replace('US GAAP', 'U.S. GAAP')}. {body}", WIDTH)]
        for kind, statements in _by_kind(document).items():
            lines += _figures(column["id"], kind, statements)
    return "\n".join(lines) + "\n"


def _by_kind(document: Raw) -> dict[str, list[Raw]]:
    kinds: dict[str, list[Raw]] = {}
    for statement in document["statements"]:
        kinds.setdefault(statement["kind"], []).append(statement)
    return kinds


def _figures(column: str, kind: str, statements: Sequence[Raw]) -> list[str]:
    """The lines that a column touches in any of the statements of a kind, one amount for each statement."""
    rows = [row for row in statements[0]["rows"] if row["role"] == "line"]
    amounts = {row["id"]: [_amount(statement, row["id"], column) for statement in statements] for row in rows}
    touched = [row for row in rows if any(amounts[row["id"]])]
    if not touched:
        return []
    titles = [caption_when(statement) for statement in statements]
    lines = ["", " " * LABEL_WIDTH + "".join(f"  {title}" for title in titles)]
    for row in touched:
        figures = (amount_text(amount).rjust(len(title) + 2) for amount, title in zip(amounts[row["id"]], titles, strict=True))
        beyond = kind == BALANCE_SHEET and str(row["section"]).startswith("non-current") and "noncurrent" not in row["label"]
        label = f"  {row['label']}{' (non-current)' if beyond else ''}"
        lines.append(label.ljust(LABEL_WIDTH) + "".join(figures))
    return lines


def _amount(statement: Raw, row_id: str, column: str) -> int:
    return next((int(row["adj"].get(column, 0)) for row in statement["rows"] if row["id"] == row_id), 0)
