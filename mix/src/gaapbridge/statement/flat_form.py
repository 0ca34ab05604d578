"""The document of a table that was read into the JSON shape: its rolls follow from the dates, for it cannot declare them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from gaapbridge.statement.decimals import decimals_of_row
from gaapbridge.statement.document import Document
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.rolls_by_date import with_rolls_by_date

NO_VAT = "no_vat_in_lines"
Paths = Mapping[str, Mapping[str, Mapping[str, Decimal]]]
"""By flow statement, column and name: movements declared not to be profit."""


def document_of_table(raw: Mapping[str, object], file: str, paths: Paths, paths_pretax: Paths) -> Document:
    """The document; `raw` may name the columns without value-added tax alone in `no_vat_in_lines`, else its columns do not say.

    Raises `UnusableInput`.
    """
    said = raw.get(NO_VAT)
    document = _with_vat_in_lines(read_document(raw, file), str(said).split() if said is not None else None)
    named = (one for of_flow in (*paths.values(), *paths_pretax.values()) for one in of_flow.values())
    decimals = max((document.wording.decimals, *(decimals_of_row({"adj": amounts}) for amounts in named)))
    document = document.with_decimals(decimals)
    return with_rolls_by_date(document, _scaled(paths, decimals), _scaled(paths_pretax, decimals))


def _with_vat_in_lines(document: Document, without: Sequence[str] | None) -> Document:
    """The document whose columns say whether their lines hold value-added tax only; None where the table does not say."""
    said = {column: None if without is None else column not in without for column in document.column_ids}
    return replace(document, columns=tuple(replace(column, vat_in_lines=said[column.id]) for column in document.columns))


def _scaled(paths: Paths, decimals: int) -> dict[str, dict[str, dict[str, int]]]:
    return {
        flow: {column: {name: int(amount.scaleb(decimals)) for name, amount in named.items()} for column, named in held.items()}
        for flow, held in paths.items()
    }
