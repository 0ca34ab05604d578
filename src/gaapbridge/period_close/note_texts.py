"""What the notes of a close say beside their figures: of each note its text and this lender's elections, tax among them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.measured import Measured
from gaapbridge.difference import BASIS_DIFFERENCE, RETAINED, Note
from gaapbridge.notes import FOLDERS, NOTES
from gaapbridge.period_close.given import BROUGHT_FORWARD, Accounts
from gaapbridge.period_close.tax_proof import TaxProof
from gaapbridge.period_close.ties import VAT
from gaapbridge.plan import Plan
from gaapbridge.plan.election import Election
from gaapbridge.plan.shares import per_cent
from gaapbridge.plan.tax import NoteTax
from gaapbridge.run.comparatives import Comparatives, last_year_end
from gaapbridge.run.given_rows import ADJUSTMENT, REVERSED, GivenRow
from gaapbridge.run.judgements import told_judgements
from gaapbridge.run.manifest import Estimated, by_account
from gaapbridge.run.movements import LINES
from gaapbridge.statement.note_tables import Losses, within
from gaapbridge.statement.notes_text import Adjusted, NoteText, paragraphs_of
from gaapbridge.statement.printing import caption_when
from gaapbridge.terms.money import nearest_unit

TAX_METHODS = {
    "liability_method": "the rate on the cumulative difference before tax",
    "roll_forward": "what was brought forward, and the rate on the period's movement before tax",
}
TAX_BASES = {
    "enacted": "as enacted at the balance date for the years in which the difference reverses",
    "group_effective": "the group's effective rate of the year",
}
"""The words of a plan's answers on tax."""

TAX_SIDES = "in the order of the columns it takes from the asset or liability of the ledger before it adds to the other"


GIVEN_TEXT = {"US GAAP": "us_gaap", "IFRS": "ifrs", "Accordingly": "effect"}
"""The key of a given note's text in the plan, by the heading under which it is printed."""


def note_text(
    plan: Plan,
    note: Note,
    tax: Sequence[tuple[str, int]] = (),
    adjustments: Sequence[Adjusted] = (),
    losses: Sequence[Losses] = (),
    estimated: Mapping[str, Estimated] | None = None,
) -> NoteText:
    """A note's text about the kinds of contracts the plan names, and its elections as the plan answers them; ``tax`` are the
    items of its tax proof (``tax_items``), ``adjustments`` those inside it (``adjusted``), ``losses`` the movements of those
    that it measures (``losses_moved``), ``estimated`` the tables of assumptions whose making is known, by source."""
    if note.is_given:
        stated = plan.given[note.key]
        paragraphs = {heading: " ".join(getattr(stated.text, key).split()) for heading, key in GIVEN_TEXT.items()}
        return NoteText(paragraphs, [(_GIVEN_BY, f"{stated.file}, as given"), *_given_tax(plan, note)], tax, adjustments)
    folder, kinds = FOLDERS[note.key], plan.tapes.kinds
    asked = [one for one in folder.elections.ELECTIONS if one.kind is None or one.kind in kinds]
    days = (plan.instants["closing"], plan.instants["opening"])
    answered = {day: plan.answers_at(note.key, day) for day in days}
    elections = [(one.question, said) for one in asked if (said := _answered(answered, one))]
    made = _estimated(plan, note, estimated or {})
    answers = [*elections, *made, *_value_added_tax(plan, note), *_deferred_tax(plan, note)]
    return NoteText(paragraphs_of(folder.text, kinds, with_vat=plan.vat.rate != 0), answers, tax, adjustments, losses)


_GIVEN_BY = "Where do its amounts come from, which no contract measures?"


def _given_tax(plan: Plan, note: Note) -> list[tuple[str, str]]:
    """The tax of a given note's column: as of any other, or as its file states it."""
    if note.key in plan.tax:
        return _deferred_tax(plan, note)
    return [("How is deferred tax on the difference measured?", f"as its file states it; {TAX_SIDES}")]


def adjusted(plan: Plan, note: Note, rows: Sequence[GivenRow], unit: int, late: Collection[str] = ()) -> list[Adjusted]:
    """The adjustments of a note among its rows, in units of so many minor units: each with its legs as they stand.

    What was income of an earlier period stands in retained earnings by now; of those that are ``late``, dated before the
    opening and not in the prior run, it is in the opening basis difference.
    """
    legs: dict[tuple[str, str], list[GivenRow]] = {}
    for row in rows:
        if row.prepared_by:
            legs.setdefault((row.name, row.flow), []).append(row)
    profit = Accounts.of(plan, note).profit
    return [
        Adjusted(
            name=name,
            what=_LATE if flow == BROUGHT_FORWARD and name in late else _ADJUSTED[flow],
            said=_said_of(own[0]),
            legs=[
                (plan.accounts[code].name, nearest_unit(leg.amount_minor, unit))
                for leg, code in _standing(plan, own, profit, late)
            ],
        )
        for (name, flow), own in legs.items()
    ]


def _standing(
    plan: Plan, legs: Sequence[GivenRow], profit: Collection[str], late: Collection[str]
) -> Iterator[tuple[GivenRow, str]]:
    """The legs of an adjustment with the accounts on which they stand in the period."""
    for leg in legs:
        is_earlier = leg.flow == BROUGHT_FORWARD and leg.account in profit
        yield leg, plan.account_of(BASIS_DIFFERENCE if leg.name in late else RETAINED) if is_earlier else leg.account


_LATE = "of an earlier period and not in its run, so through the opening basis difference in equity"
_ADJUSTED = {ADJUSTMENT: "made", REVERSED: "reversed", BROUGHT_FORWARD: "carried on"}


def _said_of(row: GivenRow) -> str:
    """Reason, people, document and reversal of an adjustment in one sentence."""
    said = [row.reason, f"prepared by {row.prepared_by}", f"approved by {row.approved_by or 'nobody'}"]
    said += [f"source {row.source}"] if row.source else []
    said += [f"reverses on {row.reversing_date}"] if row.reversing_date else []
    return "; ".join(said)


def losses_moved(plan: Plan, note: Note, measured: Sequence[Measured], unit: int) -> list[Losses]:
    """The movement tables of the losses that a note measures, over all stages, in units of so many minor units; what rounding
    leaves between them is a row of its own. None where there is no opening."""
    if plan.opening.source == "none":
        return []
    tabled = []
    for one in measured:
        losses = KINDS[one.kind].losses
        if losses is None or not set(losses.roles) & set(note.balances.get(one.kind, ())):
            continue
        sides = [_in_units(table.totals, unit) for table in one.tables]
        captions = {"opening": caption_when(str(plan.period.opening)), **LINES, "rounding": "Rounding"}
        captions["closing"] = caption_when(str(plan.period.closing))
        rows = [(caption, sides[0].get(name, 0), sides[1].get(name, 0)) for name, caption in captions.items()]
        tabled.append(Losses(KINDS[one.kind].contracts, rows))
    return tabled


def _in_units(lines: Mapping[str, int], unit: int) -> dict[str, int]:
    printed = {name: nearest_unit(amount, unit) for name, amount in lines.items()}
    closing = nearest_unit(sum(lines.values()), unit)
    return {**printed, "rounding": closing - sum(printed.values()), "closing": closing}


def text_of_comparatives(plan: Plan, beside: Comparatives) -> str:
    """Of which earlier periods nothing stands beside the statements, where a reader would look for it."""
    if plan.opening.source == "none":
        return ""
    year_end = last_year_end(plan)
    missing = []
    if beside.income is None:
        missing.append("income statement of the same period a year before")
    if beside.year_end is None and year_end != plan.period.opening:
        missing.append(f"balance sheet {_as_of(year_end)}, the last year end,")
    return f"No {' and no '.join(missing)} stands beside." if missing else ""


def tax_items(proof: TaxProof, unit: int) -> list[tuple[str, int]]:
    """What leads from a column's income before tax to its income tax, in units of so many minor units."""
    rates = ", then ".join(per_cent(_to_decimals(rate)) for rate in proof.rates)
    of = "the opening difference" if len(proof.rates) == 1 else "what stood that day"
    items = {
        f"Income tax at {rates}": proof.at_rate,
        f"Change of rate, on {of}": proof.change_of_rate,
        "Valuation allowance": proof.allowance,
        "As files state": proof.stated,
    }
    return [(name, nearest_unit(amount, unit)) for name, amount in items.items()]


def _answered(answers: Mapping[date, Mapping[str, Any]], election: Election) -> str:
    """An answer in words; of an estimate, that of each instant where they differ. ``answers`` are those of the note by day."""
    return _at_each({day: election.in_words(of_day[election.name]) for day, of_day in answers.items()})


def _estimated(plan: Plan, note: Note, estimated: Mapping[str, Estimated]) -> list[tuple[str, str]]:
    """How the tables of assumptions were made that a history gave, and on which judgements they rest, in the first note on
    their kind of contract; those of one estimate together."""
    measured = [key for key in plan.notes.order if key in NOTES]
    first = {kind: next((key for key in measured if kind in NOTES[key].kinds), None) for kind in plan.tapes.kinds}
    own = {source: made for source, made in estimated.items() if first.get(source.split(".")[1]) == note.key}
    told = []
    for sources, made in by_account(own):
        asked = f"table {sources[0]}" if len(sources) == 1 else f"tables {', '.join(sources)}"
        told.append((f"How {'was' if len(sources) == 1 else 'were'} the {asked} made?", made.told()))
        kind = sources[0].split(".")[1]
        told += [(f"Decided for the curves of {kind}: {about}", words) for about, words in told_judgements(made.stated)]
    return told


def _at_each(said: Mapping[date, str]) -> str:
    """What is said of each instant, the later one first; once where it is the same of both."""
    if len(set(said.values())) == 1:
        return next(iter(said.values()))
    return "; ".join(f"{words} {_as_of(day)}" for day, words in said.items())


def _to_decimals(share: Fraction) -> Decimal:
    """A share as it is printed: a ten-thousandth of a per cent at the least."""
    return round(Decimal(share.numerator) / share.denominator, 6)


def _value_added_tax(plan: Plan, note: Note) -> list[tuple[str, str]]:
    """Which amounts of a note contain value-added tax, where it can have any and the lender has that tax."""
    taxed = [kind for kind in plan.tapes.kinds if VAT in note.balances.get(kind, ())]
    if not taxed or not plan.vat.rate:
        return []
    inclusive = [one for kind in taxed for one in KINDS[kind].components if one.inclusive in plan.vat.inclusive]
    contained = dict.fromkeys(str(one.inclusive).replace("_", " ") for one in inclusive if note.owns(VAT, one.name))
    rate = f"{', '.join(contained)}: {per_cent(plan.vat.rate)}" if contained else "none"
    return [("Which amounts contain value-added tax, at which rate?", rate)]


def _deferred_tax(plan: Plan, note: Note) -> list[tuple[str, str]]:
    """The tax of a note's column: how it is measured, and the rate in force at each instant."""
    tax = plan.tax[note.key]
    rates = {day: per_cent(_to_decimals(tax.rate_at(day))) for day in (plan.instants["closing"], plan.instants["opening"])}
    return [
        ("How is deferred tax on the difference measured?", f"{TAX_METHODS[tax.method]}; {TAX_SIDES}"),
        ("At which rate of tax?", _at_each(rates)),
        ("Which rate is that?", f"{TAX_BASES[tax.basis]}{_reversal(tax)}"),
        ("Which deferred tax assets are realised?", _at_each({day: _realised(plan, day) for day in rates})),
    ]


def _realised(plan: Plan, day: date) -> str:
    """What the entity's valuation allowance leaves of the columns' deferred tax at an instant."""
    version = plan.deferred_tax.allowance_at(day)
    assert version is not None, "refused where none is in force"
    if version.further is None:
        return "all that the columns add"
    if version.further:
        return f"at most {_major(plan, version.further)} more than the ledger's"
    used = f"; what they take uses up the ledger's allowance of {_major(plan, version.in_ledger_minor)} first"
    return f"none that the columns add{used if version.in_ledger_minor else ''}"


def _major(plan: Plan, minor: int) -> str:
    """An amount with its currency, to the minor unit: `CNY 1,234.56`."""
    return f"{plan.entity.currency} {Decimal(minor).scaleb(-plan.entity.minor_digits):,f}"


def _reversal(tax: NoteTax) -> str:
    """In which years after the balance date a difference reverses."""
    if tax.reverses is None:
        return ""
    shares = [f"{per_cent(share)} in year {year}" for year, share in enumerate(tax.reverses, start=1) if share]
    return f": {_listed(shares)} after it"


def source_of_us_gaap(plan: Plan, ledgers: Collection[str], comparative: bool) -> str:
    """Where the US GAAP amounts come from, given the states (opening, closing) there are trial balances of.

    ``comparative`` says that the opening balance sheet is printed as the prior run printed it.
    """
    days = {"closing": plan.period.closing}
    if plan.opening.source not in ("none", "prior_run"):
        days["opening"] = plan.period.opening
    without = [_as_of(day) for state, day in days.items() if state not in ledgers]
    said = ["They come from the lender's trial balance."] if len(without) < len(days) else []
    if without:
        when = f" {' and '.join(without)}" if said or plan.opening.source == "prior_run" else ""
        said.append(
            f"No trial balance was given{when}: they hold only what was measured from {_listed(plan.tapes.kinds)}, "
            "and equity is the figure that balances them. Neither they nor the IFRS amounts are a balance sheet or an income "
            "statement of the lender; the adjustments do not depend on them."
        )
    if plan.opening.source == "prior_run":
        said.append("Amounts of the prior period stand as its own reconciliation printed them.")
        if not comparative:
            opening = _as_of(plan.period.opening)
            said.append(f"But the balance sheet {opening} is restated: its ledger is not the one that period was closed with.")
    return " ".join(said)


def _as_of(day: date) -> str:
    return within(caption_when(str(day)))


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
