"""Writes the page of findings again: ``python -m tests.catalogue``, from the folder of the checkout."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.catalogue.conftest import write_lender
from tests.catalogue.page import PAGE, page_of

with TemporaryDirectory() as folder:
    scratch = Path(folder)
    Path(PAGE).write_text(page_of(write_lender(scratch / "lender"), scratch), encoding="utf-8")
