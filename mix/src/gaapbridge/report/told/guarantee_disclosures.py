"""The disclosures of guarantees: liabilities from opening to closing (ASC 460-10-50-4; 326-20-50-13; IFRS 7.35H), and the fees
receivable for them with their allowance, in the form in which lenders file them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from gaapbridge.report.told.disclosed import BESIDE, NOT_TIED, US, Books, Disclosure, Row, Tie, across, explained, rolled
from gaapbridge.report.told.loan_disclosures import stage_rows, stages_of
from gaapbridge.run.movements import LINES, STAGES, Movements
from gaapbridge.terms.money import share_of, vat_fraction

if TYPE_CHECKING:  # loaded when a run is read
    import polars as pl

CONTINGENT = ("guarantee_contingent", "recoveries_receivable")
"""The roles on whose accounts the losses of guarantees stand, and what is expected back of those paid out."""

HIGHER = "higher_of"
"""What note (iv) adds to the provision where unearned fees are above the loss (IFRS 9 4.2.1(c)): no loss, so in no line."""

_PROVIDED, _OFF = "Provision", "Written off"
"""The rows of the allowance for fees."""

_FEES = "guarantee_fees"
"""What a plan calls fees of guarantees that are quoted with value-added tax in them."""

_TERMS = ("_current", "_non_current")


def _roles(name: str) -> tuple[str, ...]:
    """The roles of a guarantee's fee: of related parties or not, due within twelve months or later."""
    return tuple(f"{name}{related}{term}" for related in ("", "_related") for term in _TERMS)


def guarantee_disclosures(books: Books) -> Iterator[Disclosure]:
    """What a run of a period tells of its guarantees."""
    moved = {one.framework: one for one in books.run.movements if one.kind == "guarantees"}
    if "ifrs" in moved:
        yield _by_stage(books, moved["ifrs"])
    yield _stand_ready(books)
    if "us" in moved:
        yield _contingent(books, moved["us"])
    yield _receivable(books)
    yield _allowance(books)


def _by_stage(books: Books, moved: Movements) -> Disclosure:
    """Losses expected of guarantees from opening to closing by stage (IFRS 7.35H), what is expected back of those paid out
    taken off."""
    lines = {LINES.get(name, name): line for name, line in moved.lines.items() if name not in ("opening", "write_off")}
    lines = {**lines, "Paid out": moved.lines["write_off"]}
    stages = stages_of((*lines.values(), moved.closing))
    rows = stage_rows(books, moved, lines, stages)
    title = "Losses expected of guarantees"
    account = books.run.manifest.posting.get("provision_for_contingent")
    higher = sum(one.closing_minor for one in books.run.roll_forward if (one.component, one.account) == (HIGHER, account))
    ties = (
        *books.ends(title, rows[0].amounts[-1], rows[-1].amounts[-1], CONTINGENT, "ifrs", -1),
        explained(title, rows),
        *books.stated(
            "Provision for contingent liabilities, IFRS", _provided(moved) + higher, ("provision_for_contingent",), "ifrs"
        ),
    )
    heads = (*(STAGES[stage] for stage in stages), "Total")
    return Disclosure(title, "IFRS 7.35H", heads, rows, ties, sums=(len(stages),))


def _stand_ready(books: Books) -> Disclosure:
    """The liability to stand ready, from the guarantees issued to those on book (ASC 460-10-50-4)."""
    causes = {
        "Fair value of guarantees issued": ("us_inception", 1),
        "Released to revenue": ("us_release", -1),
        "Set off against fees not collected": ("us_set_off", -1),
    }
    title = "Guarantee liabilities, stand-ready"
    made = _fees_rolled(books, title, "ASC 460-10-50-4", "us_stand_ready", causes)
    return _tied(made, books.ends(title, *_both(made), ("stand_ready_liability",), sign=-1))


def _contingent(books: Books, moved: Movements) -> Disclosure:
    """The contingent liability as it is filed (326-20-50-13): what was provided, for guarantees issued and by changes in
    estimate, what was paid out, and what was recovered of it."""
    lines = {name: sum(line.values()) for name, line in moved.lines.items()}
    adjusted = lines.get("adjustment", 0)
    changed = _provided(moved) - lines["origination"] - adjusted
    causes = {
        LINES["opening_basis_difference"]: lines.get("opening_basis_difference", 0),
        "Provision, guarantees issued": lines["origination"],
        "Provision, changes in estimate": changed,
        LINES["adjustment"]: adjusted,
        "Paid out": lines["write_off"],
        "Recovered after payout": lines.get("recovery", 0),
    }
    closing = sum(moved.closing.values())
    rows = rolled(books, [lines["opening"]], {caption: [amount] for caption, amount in causes.items()}, [closing])
    title = "Guarantee liabilities, contingent, net of recoveries expected"
    ties = (
        *books.ends(title, lines["opening"], closing, CONTINGENT, sign=-1),
        explained(title, rows),
        *books.stated("Provision for contingent liabilities, U.S. GAAP", _provided(moved), ("provision_for_contingent",)),
    )
    return Disclosure(title, "ASC 326-20-50-13", (US,), rows, ties)


def _provided(moved: Movements) -> int:
    """What a movement of losses took through the provision: all but what stood, was paid out and was recovered."""
    beside = ("opening", "opening_basis_difference", "write_off", "recovery")
    return sum(sum(line.values()) for name, line in moved.lines.items() if name not in beside)


def _receivable(books: Books) -> Disclosure:
    """Fees receivable of guarantees before their allowance, added at what the stand-ready liability was."""
    causes = {
        "Guarantees issued": ("us_inception", 1),
        "Collected above fair value": ("us_fee_accretion", 1),
        "Collected": ("fees_collected", -1),
        "Written off": ("us_fee_write_off", -1),
        "Set off against the stand-ready liability": ("us_set_off", -1),
    }
    title = "Financial assets receivable, gross"
    made = _fees_rolled(books, title, "ASC 326-20-50-13", "us_fee_receivable", causes)
    return _tied(made, books.ends(title, *_both(made), _roles("fee_receivable")))


def _allowance(books: Books) -> Disclosure:
    """The allowance on these fees: what was provided is what leads from opening to closing (326-20-50-13), and is held against
    the income statement, net of the value-added tax of fees written off where the lender states it so (R19)."""
    title = "Allowance for financial assets receivable"
    made = _fees_rolled(books, title, "ASC 326-20-50-13", "us_fee_allowance", {_OFF: ("us_fee_write_off", -1)}, _PROVIDED)
    ends = books.ends(title, *_both(made), _roles("fee_allowance"), sign=-1)
    whole = sum(row.amounts[-1] for row in made.rows if row.caption == _PROVIDED)
    stated = books.stated("Provision for financial assets receivable, U.S. GAAP", whole, ("provision_for_fee_receivable",))
    if not stated or stated[0].against == NOT_TIED:
        return _tied(made, (*ends, *stated))
    provided = _net_of_tax(books, made, stated[0].books_minor)
    held = (replace(one, disclosed_minor=provided[-1].amounts[-1]) for one in stated)
    return _tied(replace(made, rows=(*made.rows, *provided)), (*ends, *held))


def _net_of_tax(books: Books, made: Disclosure, booked_minor: int) -> tuple[Row, ...]:
    """What was provided, as it stands in the income statement: whole, or less the tax in fees written off, which is owed no
    longer. Which of both is the lender's way, told by what is ``booked_minor``; nothing between them is.

    Of 162,093,452 provided and 162,347,163 written off at 6 %, 9,189,462 is tax and 152,903,990 the expense. The tax of each
    guarantee is rounded by itself in a ledger: up to half a unit of each, by which its expense is another, is a row.
    """
    amounts = {row.caption: row.amounts for row in made.rows}
    whole, off = amounts.get(_PROVIDED, (0,) * len(made.heads)), amounts.get(_OFF, (0,) * len(made.heads))
    parties = len(made.heads) - len(made.sums)
    share = _tax_in_fees(books)
    taxes = [share_of(-one, share.numerator, share.denominator) for one in off[:parties]]
    taxed = booked_minor != sum(whole[:parties])
    net = [one - (tax if taxed else 0) for one, tax in zip(whole[:parties], taxes, strict=True)]
    apart, stated = booked_minor - sum(net), Row("Provision in the income statement", _with_sum(net, made), BESIDE)
    if not apart or 2 * abs(apart) > books.grouped("guarantees", (), {"off": _with_fees_written_off()})[()]["off"]:
        return (stated,)
    rounding = [*[0] * (parties - 1), apart]
    by_party = [one + more for one, more in zip(net, rounding, strict=True)]
    return Row(_ROUNDED, _with_sum(rounding, made), BESIDE), replace(stated, amounts=_with_sum(by_party, made))


_ROUNDED = "Rounding of the tax of each guarantee by itself"


def _with_sum(amounts: Sequence[int], made: Disclosure) -> tuple[int, ...]:
    """Amounts by party, with what they come to where the table has a column of it."""
    return (*amounts, *([sum(amounts)] if made.sums else []))


def _tax_in_fees(books: Books) -> Fraction:
    """The share of a guarantee's fee that is value-added tax, as the plan of the run has it."""
    vat = books.run.plan_content["vat"]
    return vat_fraction(Decimal(str(vat["rate"]))) if _FEES in vat["inclusive"] else Fraction(0)


def _with_fees_written_off() -> pl.Expr:
    """Guarantees of which fees were written off."""
    import polars as pl

    return (pl.col("us_fee_write_off") != 0).cast(pl.Int64)


def _fees_rolled(
    books: Books, title: str, paragraph: str, balance: str, causes: Mapping[str, tuple[str, int]], rest: str = ""
) -> Disclosure:
    """A balance of fees from opening to closing, of third parties and of related ones where there are any; ``rest`` names what
    leads to the closing where no cause of its own is measured."""
    named = dict.fromkeys((f"opening_{balance}", balance, *(column for column, _ in causes.values())))
    by = books.grouped("guarantees", ("related_party",), named)
    parties = [by.get((related,), dict.fromkeys(named, 0)) for related in (False, True)]
    told = parties if any(parties[1].values()) else parties[:1]
    opening, closing = ([one[name] for one in told] for name in (f"opening_{balance}", balance))
    moves = {caption: [sign * one[column] for one in told] for caption, (column, sign) in causes.items()}
    if rest:
        left = [end - begin - sum(moved) for end, begin, *moved in zip(closing, opening, *moves.values(), strict=True)]
        moves = {rest: left, **moves}
    rows = rolled(books, opening, moves, closing)
    rows = rows if len(told) == 1 else across(rows)
    ties = () if rest else (explained(title, rows),)
    if len(told) == 1:
        return Disclosure(title, paragraph, (US,), rows, ties)
    return Disclosure(title, paragraph, _PARTIES, rows, ties, sums=(2,))


_PARTIES = ("Third parties", "Related parties", "Total")


def _both(made: Disclosure) -> tuple[int, int]:
    """What a roll-forward opens and closes at."""
    return made.rows[0].amounts[-1], made.rows[-1].amounts[-1]


def _tied(made: Disclosure, ties: Sequence[Tie]) -> Disclosure:
    """A disclosure with what its closing is held against before what it holds already."""
    return replace(made, ties=(*ties, *made.ties))
