"""The pages of contracts: which there are, and each of them under both frameworks; of some every step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from gaapbridge.explanation.contract import BY_MONTH, FLOWS, INPUT, MEASURED, STEPS
from gaapbridge.form import Table, as_printed
from gaapbridge.report.pack.listings import Content, Part, part
from gaapbridge.report.pack.site import CONTRACTS
from gaapbridge.report.pack.views import Cell, Shown, View, simple
from gaapbridge.report.told.contract_words import facts_in_words, value_in_words
from gaapbridge.report.told.trail import ToldContract
from gaapbridge.run.reader import Run


def place_contracts(contracts: Sequence[ToldContract], shown: Shown) -> None:
    """Say where each contract stands: on a page of its own, called by its id, its mask, or the hash of either."""
    for one in contracts:
        word, _, contract_id = shown.masks.address(one.address).partition("/")
        shown.site.add(one.address, shown.site.own_page("contracts", word, contract_id), "")


def contract_title(address: str, shown: Shown) -> str:
    """The title of the page of a contract: `Loan L-0042`."""
    word, _, contract_id = shown.masks.address(address).partition("/")
    return f"{word.capitalize()} {contract_id}"


OTHERS_ALIKE = "So is any contract of the book: with its address in the place of this one."
OTHERS_NOT_KEPT = "This run keeps totals only, so no other contract of the book can be told: close again with detail for these."


def contracts_content(run: Run, contracts: Sequence[ToldContract], shown: Shown) -> Content:
    """The contracts that are told in full, and those that are told as they were measured."""
    said = [
        "A few contracts of each kind are told in full: under both frameworks, every step with its paragraph, the rows they "
        "were read from. Every other one that this pack names is told as it was measured, and its page has the command that "
        "calculates its steps. " + (OTHERS_NOT_KEPT if run.keeps_totals_only else OTHERS_ALIKE)
    ]
    full, others = ([one for one in contracts if one.in_full is yes] for yes in (True, False))
    views = [
        simple(caption, ("contract", "kind", "why"), [_row(one, shown) for one in own])
        for caption, own in (("Told in full", full), ("Told as measured", others))
        if own
    ]
    return {"said": [*said, *([explained_by(contracts[0].address, shown)] if contracts else ())], "parts": [part("", views)]}


def _row(contract: ToldContract, shown: Shown) -> tuple[Cell, ...]:
    return shown.text("", contract.address, CONTRACTS), Cell(contract.contracts), Cell(contract.why)


def explained_by(address: str, shown: Shown) -> str:
    """The command that writes the page of a contract with every step, as it is typed where the run lies."""
    return f"In the folder of the run: {shown.command(address)}"


def contract_content(contract: ToldContract, shown: Shown, page: str) -> Content:
    """One contract: facts, both frameworks side by side, the input rows, every step."""
    facts = facts_in_words({name: one for name, one in contract.explanation.facts.items() if name != "calculated from"})
    tables = contract.explanation.tables
    views = [(table.tells.what, _contract_table(table, shown, page)) for table in tables]
    said = [f"{contract.why.capitalize()}. Amounts in {shown.currency}, but where minor units are named."]
    if not contract.in_full:
        said.append(f"Every step, month by month, is written by one command. {explained_by(contract.address, shown)}")
    worked = [said for table in tables if table.tells.what == BY_MONTH for said in _worked(table)]
    return {"said": said, "facts_shown": facts, "parts": list(_grouped(views, shown, worked[:1]))}


def _contract_table(table: Table, shown: Shown, page: str) -> View:
    """A table of a contract: what was measured in the currency, the values of an input row with what they say; steps and
    months, of which there are many, folded."""
    told = table.tells
    if told.row is not None:
        return _input_row(table, shown)
    if told.what in (MEASURED, FLOWS):
        return shown.in_currency(table, page)
    view = shown.table(table, page, money=())
    return replace(view, fold=f"{len(view.rows):,} rows") if told.what in _FOLDED else view


def _input_row(table: Table, shown: Shown) -> View:
    """An input row as the tape has it, each value with what it says where it is a code or in minor units; an id masked."""
    rows = []
    for name, value in table.rows:
        text = as_printed(value, table.nil)
        is_minor = name in table.tells.minor and isinstance(value, int)
        says = f"{shown.money(value)} {shown.currency}" if is_minor and value else value_in_words(name, text)
        rows.append((Cell(name), shown.text(name, text, ""), Cell(says)))
    return simple(table.title, ("column of the tape", "as read", "that is"), rows)


def _worked(table: Table) -> Iterator[str]:
    """The month of a table in which most is lost, with its figures in the places of the formula."""
    most = max(table.by_name, key=lambda row: row["loss"], default=None)
    if most is not None and most["loss"]:
        of = {name: as_printed(value, table.nil) for name, value in most.items()}
        lost = f"{of['loss given default']} x {of['principal']} + {of['loss of interest']} x {of['interest']}"
        chance = f"{of['weight']} x {of['survival']} x {of['hazard']}"
        product = f"{chance} x [{lost} + {of['deferral']}] x {of['discount factor']} = {of['weighted loss']}"
        yield f"Of month {of['recognised in month']}, {of['scenario']}: {product} ({table.title})."


def _grouped(views: Sequence[tuple[str, View]], shown: Shown, worked: Sequence[str]) -> Iterator[Part]:
    """Tables of a kind under the heading that they share."""
    minor = f"Amounts in minor units, as they are calculated and before any is rounded: {10**shown.minor_digits:,} are one "
    for what, own in groupby(views, key=itemgetter(0)):
        said = [f"{minor}{shown.currency}."] if what in _FOLDED else []
        said += [LOSS_OF_A_MONTH, *worked] if what == BY_MONTH else []
        yield part(GROUPS[what], [view for _, view in own], said=said, anchor=what)


GROUPS = {
    MEASURED: "Both frameworks side by side", FLOWS: "Flows of the period", INPUT: "Input rows: file and row below its header",
    STEPS: "Every step", BY_MONTH: "Month by month: the cash flows behind the loss allowance",
}  # fmt: skip
_FOLDED = (STEPS, BY_MONTH)

LOSS_OF_A_MONTH = (
    "Weighted loss = weight x survival x hazard x [loss given default x principal + loss of interest x interest + deferral] x "
    "discount factor. Loss is the same, but nil where all scenarios of a month together are below nil. Month 0 is a default of "
    "before: it is certain, and nothing is discounted."
)
"""How the columns of a month give its loss, in words."""
