"""The printed statement: a reconciliation document as text, as a filing prints it, and as comma-separated values."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

LABEL_WIDTH = 46
COLUMN_WIDTH = 16


def print_statement(document: Mapping[str, Any]) -> str:
    """Every statement of a document (the shape of a filing's JSON): parentheses for negatives, an em dash for nil."""
    unit = document.get("unit", "")
    plural = {"thousand": "thousands", "million": "millions", "one": "units"}.get(unit, unit)
    lines = [
        f"{document['issuer']}",
        "Reconciliation between U.S. GAAP and International Financial Reporting Standards",
        f"(Amounts in {plural} of {document['currency']})",
        "",
    ]
    for statement in document["statements"]:
        lines += _statement(document, statement)
    return "\n".join(lines).rstrip() + "\n"


def amount_text(amount: int) -> str:
    """An amount as a filing prints it.

    >>> amount_text(-1234), amount_text(0)
    ('(1,234)', '—')
    """
    return "—" if amount == 0 else f"({-amount:,})" if amount < 0 else f"{amount:,}"


def _statement(document: Mapping[str, Any], statement: Mapping[str, Any]) -> list[str]:
    columns = [column["id"] for column in document["columns"]]
    shown = [c for c in columns if any(row["adj"].get(c) for row in statement["rows"])] or columns
    titles = ["U.S. GAAP", *(_title(c) for c in document["columns"] if c["id"] in shown), "IFRS"]
    when = f"As of {statement['as_of']}" if "as_of" in statement else f"For the period {statement.get('period', '')}"
    lines = [_heading(statement), when, *_header(titles)]
    sums = {row["id"]: bool(row.get("of")) for row in statement["rows"]}
    for place, row in enumerate(statement["rows"]):
        amounts = [row["us_gaap"], *(row["adj"].get(c, 0) for c in shown), row["ifrs"]]
        before = statement["rows"][place - 1] if place else None
        if sums[row["id"]] and before is not None and not sums[before["id"]]:
            lines.append(_rule("-", len(titles)))
        lines += _row(row, amounts)
        if row["role"] == "total":
            lines.append(_rule("=", len(titles)))
    return [*lines, ""]


def _heading(statement: Mapping[str, Any]) -> str:
    return {"balance sheet": "BALANCE SHEET", "income statement": "INCOME STATEMENT"}.get(
        statement["kind"], str(statement["kind"]).upper()
    )


def _title(column: Mapping[str, Any]) -> str:
    return f"({column['note']}) {column['label']}" if column.get("note") else str(column["label"])


def _header(titles: Sequence[str]) -> list[str]:
    """Column titles wrapped and set flush at the bottom, with a rule beneath."""
    wrapped = [textwrap.wrap(title, COLUMN_WIDTH - 2) for title in titles]
    height = max(len(words) for words in wrapped)
    padded = [[""] * (height - len(words)) + words for words in wrapped]
    lines = [" " * LABEL_WIDTH + "".join(words[level].rjust(COLUMN_WIDTH) for words in padded) for level in range(height)]
    return [*(line.rstrip() for line in lines), _rule("-", len(titles))]


def _rule(mark: str, columns: int) -> str:
    return " " * LABEL_WIDTH + ("  " + mark * (COLUMN_WIDTH - 2)) * columns


def _row(row: Mapping[str, Any], amounts: Sequence[int]) -> list[str]:
    """A caption, wrapped where it is long, with the amounts on its last line."""
    words = textwrap.wrap(row["label"], LABEL_WIDTH - 2, subsequent_indent="  ") or [""]
    figures = "".join(_right(amount_text(amount)) for amount in amounts)
    return [*words[:-1], words[-1].ljust(LABEL_WIDTH) + figures.rstrip()]


def _right(text: str) -> str:
    """Right-aligned so that digits stand under digits: a closing parenthesis hangs over."""
    return text.rjust(COLUMN_WIDTH) if text.endswith(")") else (text + " ").rjust(COLUMN_WIDTH)


def statement_csv(document: Mapping[str, Any]) -> str:
    """Every row of every statement: statement, date or period, row, label, US GAAP, columns, IFRS."""
    columns = [column["id"] for column in document["columns"]]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["statement", "when", "row", "label", "us_gaap", *columns, "ifrs"])
    for statement in document["statements"]:
        when = statement.get("as_of") or statement.get("period", "")
        for row in statement["rows"]:
            amounts = [row["us_gaap"], *(row["adj"].get(c, 0) for c in columns), row["ifrs"]]
            writer.writerow([statement["id"], when, row["id"], row["label"], *amounts])
    return stream.getvalue()
