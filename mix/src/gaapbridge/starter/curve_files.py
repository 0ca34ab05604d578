"""Curves for the segments of a lender's own loans: an example's figures, copied to each, that the lender is to replace."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

COPIED = "consumer"
"""The segment of the example whose figures are copied, where a table has it; otherwise its first."""

README = "curves/README.md"

_DAYS = "default_days"
"""The column of hazards that says from how many days past due a contract is in default in them."""


def for_segments(table: str, segments: Sequence[str]) -> str:
    """A curve file of the example with other segments in the place of its own; one that knows no segments as it is.

    >>> print(for_segments("segment,month_on_book\\nbusiness,1\\nconsumer,1\\nconsumer,2\\n", ["A", "B"]), end="")
    segment,month_on_book
    A,1
    A,2
    B,1
    B,2
    """
    reader = csv.DictReader(io.StringIO(table))
    rows, names = list(reader), list(reader.fieldnames or ())
    if "segment" not in names:
        return table
    of_example = list(dict.fromkeys(row["segment"] for row in rows))
    copied = [row for row in rows if row["segment"] == (COPIED if COPIED in of_example else of_example[0])]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, "segment": segment} for segment in segments for row in copied)
    return stream.getvalue()


def days_of_default(tables: Mapping[str, str]) -> str:
    """What is said of the days for which the hazards among some tables are made: an election that answers others is refused.

    >>> days_of_default({"a.csv": "segment,default_days\\nx,90\\n", "b.csv": "segment,lgd\\nx,0.5\\n"})[:66]
    'The hazards are made for a default from 90 days past due (a.csv). '
    """
    stated = {name: {row.get(_DAYS) for row in csv.DictReader(io.StringIO(table))} for name, table in tables.items()}
    made = [f"{' or '.join(sorted(filter(None, days)))} days past due ({name})" for name, days in stated.items() if any(days)]
    return (
        f"The hazards are made for a default from {' and from '.join(made)}. Where the elections answer other days "
        "(default_days_past_due, payout_days_past_due), a close is refused until there are hazards estimated for those."
    )


def curves_readme(files: Mapping[str, str], segments: Sequence[str]) -> str:
    """The text of the page beside the curves, by their paths: that no figure in them is the lender's."""
    return "\n".join(_page(files, segments)) + "\n"


def _page(files: Mapping[str, str], segments: Sequence[str]) -> Iterator[str]:
    yield "# Copied figures, to be replaced"
    yield ""
    yield "No figure in these files was estimated from your contracts. They are those of an example, so that the plan closes:"
    yield "one segment of it, copied for each segment of your tapes:"
    yield ""
    yield from (f"- `{segment}`" for segment in segments)
    yield ""
    yield "Replace before any statement is relied on:"
    yield ""
    yield from (f"- `{file.removeprefix('curves/')}`" for file in files)
    yield ""
    yield days_of_default(files)
    yield ""
    yield "A segment that is not listed, as where another column is read for it, needs rows of its own in each of these files:"
    yield "copy those of one that is, and replace them alike."
    yield ""
    yield "What each holds, column by column: `../dictionary.md`."
