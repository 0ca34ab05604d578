"""What the standards ask of loans, guarantees and share awards and no table has, with the reason: so that a reader who looks
for it knows that it is to be written beside."""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.report.told.disclosed import Books
from gaapbridge.report.told.loan_disclosures import tells_accruing

NOT_KEPT = "not kept by a run"
WRITTEN = "words, for the lender to write"
"""Why there is none."""

_LOANS = (
    ("ASC 326-20-50-4 to 50-8", "Credit quality other than by days past due, such as scores or grades", NOT_KEPT),
    ("ASC 326-20-50-11", "How the allowance is estimated, what changed in it and why", WRITTEN),
    ("ASC 326-20-50-16(b); 310-10-50-6", "Interest income recognised on loans on non-accrual", NOT_KEPT),
    ("ASC 326-20-50-19", "Collateral of loans that depend on it", NOT_KEPT),
    ("ASC 310-10-50-42", "Loans modified for borrowers in difficulty", NOT_KEPT),
    ("IFRS 7.35F, 35G", "How losses are measured, and the forecasts behind them", WRITTEN),
    ("IFRS 7.35H(c)", "Purchased or originated credit-impaired loans", NOT_KEPT),
    ("IFRS 7.35J", "Loans modified without derecognition", NOT_KEPT),
    ("IFRS 7.35K", "Collateral and what it takes off losses", NOT_KEPT),
    ("IFRS 7.35L", "Contractual amounts written off in the period and still enforced", NOT_KEPT),
    ("IFRS 7.35M", "Grades of credit risk other than days past due", NOT_KEPT),
)
_ACCRUING = (
    "ASC 326-20-50-16(c)",
    "Loans 90 days past due or more that still accrue: non-accrual begins later, and days past due are kept up to 61",
    NOT_KEPT,
)
_GUARANTEES = (
    ("ASC 460-10-50-4(b)", "The most that may have to be paid on guarantees", NOT_KEPT),
    ("ASC 460-10-50-4(a), (e), (f)", "Nature, recourse and collateral of guarantees", WRITTEN),
    ("IFRS 7.35M", "Exposure on guarantees by grade", NOT_KEPT),
)
_AWARDS = (
    (
        "ASC 718-10-50-2(c), (d); IFRS 2.45",
        "Exercise prices and remaining terms of options, awards vested and outstanding",
        NOT_KEPT,
    ),
    ("ASC 718-10-50-2(f); IFRS 2.47", "How fair values at grant were found", WRITTEN),
    ("ASC 718-10-50-2(h)", "Tax benefit of awards, and cost that is capitalised", NOT_KEPT),
)


def not_disclosed(books: Books) -> Iterator[tuple[str, str, str]]:
    """Paragraph, what it asks for, and why no table has it, of the kinds of contracts of a run."""
    kinds = books.run.kinds
    if "loans" in kinds:
        yield from _LOANS
        yield from () if books.run.keeps_totals_only or tells_accruing(books) else (_ACCRUING,)
    if "guarantees" in kinds:
        yield from _GUARANTEES
    if "awards" in kinds:
        yield from _AWARDS
