"""The page of income tax: what each note bears at its rate, how the rate becomes that of IFRS, and tax as it is printed."""

from __future__ import annotations

from collections.abc import Sequence

from gaapbridge.report.pack.listings import Content, part
from gaapbridge.report.pack.notes import note_page, printed_view
from gaapbridge.report.pack.views import Cell, Shown, View, simple
from gaapbridge.report.told.notes import ToldNotes
from gaapbridge.report.told.tax import DEFERRED, ITEMS, SAID, ToldDeferred, ToldNoteTax, ToldTax, percent


def tax_content(told: ToldTax, notes: ToldNotes, unit: str, shown: Shown) -> Content:
    """Deferred tax by note at both instants, the reconciliation of the rate, income and deferred tax as printed."""
    instants = {"closing": [one.closing for one in told.notes], "opening": [one.opening for one in told.notes if one.opening]}
    views = [_deferred(told.notes, own, when, shown) for when, own in instants.items() if own]
    parts = [part("Difference before tax, times its rate", views)]
    if told.columns:
        parts.append(part("From the tax on U.S. GAAP income to that on IFRS income", [_reconciled(told, shown)]))
    parts.append(part("Tax as it is printed, by note", [printed_view(one, unit) for one in notes.tax]))
    return {"said": [*SAID, f"Amounts in {shown.currency}."], "parts": parts}


def _deferred(notes: Sequence[ToldNoteTax], own: Sequence[ToldDeferred], when: str, shown: Shown) -> View:
    rows = [
        (
            Cell(note.caption, False, f"{note_page(note.id)}"),
            Cell(shown.money(one.before_tax), True),
            Cell("" if one.rate is None else percent(one.rate), True),
            *(Cell(shown.money(amount), True) for amount in (one.at_rate, one.allowance, one.other, one.deferred)),
        )
        for note, one in zip(notes, own, strict=True)
    ]
    sums = (sum(getattr(one, name) for one in own) for name in ("before_tax", "at_rate", "allowance", "other", "deferred"))
    before, *others = (Cell(shown.money(amount), True) for amount in sums)
    return simple(f"Deferred tax at the {when}", ("note", *DEFERRED), rows, total=(Cell("Total"), before, Cell(""), *others))


def _reconciled(told: ToldTax, shown: Shown) -> View:
    names = ("", *(one.caption for one in told.columns))
    lines = {"Income before tax": "before_tax", **{caption: name for name, caption in ITEMS.items()}, "Income tax": "tax"}
    rows = [
        (Cell(caption), *(Cell(shown.money(getattr(one, name)), True) for one in told.columns))
        for caption, name in lines.items()
    ]
    last = (Cell("Effective rate"), *(Cell(percent(one.effective), True) for one in told.columns))
    return simple(f"Reconciliation of the rate of tax; the common rate is {percent(told.rate)}", names, rows, total=last)
