"""The endings of the names of files that hold tables; apart, so that whoever asks for them need not load what reads them."""

from __future__ import annotations

TEXT_FORMS = (".csv", ".tsv", ".txt")
PAGES = (".htm", ".html")
TABLE_FORMS = (*TEXT_FORMS, ".xlsx", *PAGES)
