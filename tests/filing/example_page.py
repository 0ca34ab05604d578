"""The figures of docs/example.md, from a demonstration: ``python -m tests.filing.example_page DEMO`` writes them into the page.

The words stay as they are: where a sign has changed they have to be read again.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.filing.example_figures import figures

ROOT = Path(__file__).resolve().parents[2]
PAGE = Path("docs/example.md")
NEAR = re.compile(r"^(\| ([^|]+) \| [^|]* \| )([0-9. /]+)( \|)$", re.MULTILINE)
"""Rows of the page's first table: a magnitude, what was published, what the example shows at both ends of year."""
COMPARED = re.compile(r"^(\| (\([iv]+\)) \| ([^|]+) \| )[^|]+ \| [^|]+ \| [^|]+( \|)", re.MULTILINE)
"""Rows of its second: column, line, the filing, here, sign; the cause stays."""

ROWS = {
    "loans receivable, current": ("bs-2023", "loans_c"),
    "loans receivable, non-current": ("bs-2023", "loans_nc"),
    "contingent guarantee liability": ("bs-2023", "gl_c"),
    "additional paid-in capital": ("bs-2023", "apic"),
    "financial assets receivable, both lines and related parties": ("bs-2023", "far_c", "far_nc", "rp_c", "rp_nc"),
    "stand-ready liability": ("bs-2023", "gl_sr"),
    "contract liability": ("bs-2023", "cl"),
    "equity": ("bs-2023", "eq"),
    "net income of 2023": ("is-2023", "ni"),
    "net income of 2022": ("is-2022", "ni"),
}
"""Statement and rows behind each line of the second table."""


def rendered(page: str, demo: Path) -> str:
    """The page with the figures of a demonstration, each with as many decimals as it has there."""
    found = figures(demo)
    ours = json.loads((demo / "runs/example-lender/2023-01-01_2023-12-31/v1/statement.json").read_text(encoding="utf-8"))
    filing = json.loads((ROOT / "src/gaapbridge/filings/published/qifu-2023.json").read_text(encoding="utf-8"))

    def near(row: re.Match[str]) -> str:
        decimals = [len(cell.strip().partition(".")[2]) for cell in row[3].split("/")]
        shown = [f"{one:.{places}f}" for one, places in zip(found[row[2]], decimals, strict=True)]
        return f"{row[1]}{' / '.join(shown)}{row[4]}"

    def compared(row: re.Match[str]) -> str:
        theirs, here = (adjusted(printed, row[3], row[2]) for printed in (filing, ours))
        sign = "—" if theirs * here == 0 else "same" if theirs * here > 0 else "other"
        return f"{row[1]}{in_print(theirs)} | {in_print(here)} | {sign}{row[4]}"

    return COMPARED.sub(compared, NEAR.sub(near, page))


def adjusted(printed: dict[str, Any], line: str, note: str) -> int:
    """What a reconciliation prints in the column of a note for a line of the page."""
    statement, *rows = ROWS[line]
    columns = {f"({column['note']})": column["id"] for column in printed["columns"]}
    (found,) = [each["rows"] for each in printed["statements"] if each["id"] == statement]
    return sum(row.get("adj", {}).get(columns[note], 0) for row in found if row["id"] in rows)


def in_print(amount: int) -> str:
    """As statements print it."""
    return "—" if amount == 0 else f"({-amount:,})" if amount < 0 else f"{amount:,}"


if __name__ == "__main__":
    (ROOT / PAGE).write_text(rendered((ROOT / PAGE).read_text(encoding="utf-8"), Path(sys.argv[1])), encoding="utf-8")
