"""The disclosures beside the statements, in minor units, in the order in which they are printed.

They are what IFRS 7 and ASC 326, 460 and 718 ask of a lender's loans, guarantees and share awards; each is held against the
books of the run.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from gaapbridge.report.told.award_disclosures import award_disclosures
from gaapbridge.report.told.compared_run import compared_run
from gaapbridge.report.told.disclosed import Books, Disclosure, Tie
from gaapbridge.report.told.guarantee_disclosures import guarantee_disclosures
from gaapbridge.report.told.loan_disclosures import loan_balances, loan_disclosures
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import caption_when


def told_disclosures(run: Run) -> tuple[Disclosure, ...]:
    """The disclosures that a run has figures for. A run of one instant has no period, so none of how anything moved; one that
    keeps totals only has none."""
    if run.keeps_totals_only:
        return ()
    books, has_period = Books(run), run.manifest.statements.income is not None
    made: dict[str, Iterable[Disclosure]] = {}
    if "loans" in run.kinds:
        made["Loans"] = loan_disclosures(books, has_period=has_period)
    if "guarantees" in run.kinds and has_period:
        made["Guarantees"] = guarantee_disclosures(books)
    if "awards" in run.kinds and has_period:
        made["Share awards"] = award_disclosures(books)
    period = run.manifest.period
    in_words = {True: caption_when(period.closing), False: caption_when(None, f"{period.opening}/{period.closing}")}
    return tuple(
        replace(one, subject=subject, when=in_words[one.is_instant])
        for subject, told in made.items()
        for one in told
        if not one.is_nil
    )


def compared_disclosures(run: Run) -> tuple[Disclosure, ...]:
    """The disclosures of a run, each with that of the period before (IAS 1.38): of the run that it opens with, where that is at
    hand as it was written; else, of what stands at a day, by what this run measured at its opening. Of what moved in a period
    that no run at hand has there is none."""
    before = {one.title: one for one in _before(run) if not one.lacks}
    return tuple(one if one.lacks else _compared(one, before.get(one.title)) for one in told_disclosures(run))


def _compared(one: Disclosure, before: Disclosure | None) -> Disclosure:
    """A disclosure with its comparative; a roll-forward is held to open at what the period before closed at."""
    if before is None or not one.goes_on(before):
        return replace(one, before=before)
    closed, opened = before.rows[before.totals[-1]].amounts[-1], one.rows[0].amounts[-1]
    tie = Tie(f"{one.title}: opening, and what the period before closed at", opened, closed)
    return replace(one, before=replace(before, ties=(*before.ties, tie)))


def _before(run: Run) -> Iterable[Disclosure]:
    prior = compared_run(run)
    if prior is not None and prior.manifest.format > 1 and not prior.keeps_totals_only:  # the first kept no days past due
        return told_disclosures(prior)
    if "loans" not in run.kinds or run.manifest.statements.income is None or run.keeps_totals_only:
        return ()
    day = caption_when(run.manifest.period.opening)
    return (replace(one, when=day) for one in loan_balances(Books(run, is_opening=True)) if not one.is_nil)
