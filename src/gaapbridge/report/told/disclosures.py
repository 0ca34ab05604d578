"""The disclosures beside the statements, in minor units, in the order in which they are printed.

They are what IFRS 7 and ASC 326, 460 and 718 ask of a lender's loans, guarantees and share awards; each is held against the
books of the run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gaapbridge.report.told.award_disclosures import award_disclosures
from gaapbridge.report.told.disclosed import Books, Disclosure
from gaapbridge.report.told.guarantee_disclosures import guarantee_disclosures
from gaapbridge.report.told.loan_disclosures import loan_disclosures
from gaapbridge.run.reader import Run


def told_disclosures(run: Run) -> tuple[Disclosure, ...]:
    """The disclosures that a run has figures for. A run of one instant has no period, so none of how anything moved."""
    books, has_period = Books(run), run.manifest.statements.income is not None
    made: dict[str, Iterable[Disclosure]] = {}
    if "loans" in run.kinds:
        made["Loans"] = loan_disclosures(books, has_period=has_period)
    if "guarantees" in run.kinds and has_period:
        made["Guarantees"] = guarantee_disclosures(books)
    if "awards" in run.kinds and has_period:
        made["Share awards"] = award_disclosures(books)
    return tuple(replace(one, subject=subject) for subject, told in made.items() for one in told if not one.is_nil)
