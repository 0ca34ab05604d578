"""The pages of contracts: which are told in full, and each of them step by step under both frameworks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from gaapbridge.form import Table
from gaapbridge.report.pack.listings import Content, Part, part
from gaapbridge.report.pack.site import CONTRACTS
from gaapbridge.report.pack.views import Cell, Shown, View, simple
from gaapbridge.report.told.trail import ToldContract


def place_contracts(contracts: Sequence[ToldContract], shown: Shown) -> None:
    """Say where each contract stands: on a page of its own, called by its id, its mask, or the hash of either."""
    for one in contracts:
        word, _, contract_id = shown.masks.address(one.address).partition("/")
        shown.site.add(one.address, shown.site.own_page("contracts", word, contract_id), "")


def contract_title(address: str, shown: Shown) -> str:
    """The title of the page of a contract: `Loan L-0042`."""
    word, _, contract_id = shown.masks.address(address).partition("/")
    return f"{word.capitalize()} {contract_id}"


def contracts_content(contracts: Sequence[ToldContract], shown: Shown) -> Content:
    """The contracts that are told in full."""
    rows = [(shown.text("", one.address, CONTRACTS), Cell(one.contracts), Cell(one.why)) for one in contracts]
    said = [
        "A few contracts of each kind in full: under both frameworks, every step with its paragraph, the rows they were read "
        "from. Any other is opened by gaapbridge explain, with its address, and written as a page like these by --html."
    ]
    return {"said": said, "parts": [part("", [simple("Contracts", ("contract", "kind", "why"), rows)])]}


def contract_content(contract: ToldContract, shown: Shown, page: str) -> Content:
    """One contract: facts, both frameworks side by side, the input rows, every step."""
    facts = [(name, value) for name, value in contract.explanation.facts.items() if name != "calculated from"]
    views = [_contract_table(table, shown, page) for table in contract.explanation.tables]
    said = f"{contract.why.capitalize()}. Amounts in minor units: {10**shown.minor_digits:,} are one {shown.currency}."
    return {"said": [said], "facts_shown": facts, "parts": list(_grouped(views))}


def _contract_table(table: Table, shown: Shown, page: str) -> View:
    """A table of a contract; the values of a row stand alike below each other, and that of a column of ids is an id."""
    view = shown.table(table, page, money=())
    if table.header != ("column", "value"):
        return view
    rows = tuple(
        (name, Cell(shown.masks.contract(value.text) if name.text.endswith("_id") else value.text)) for name, value in view.rows
    )
    return View(view.caption, view.header, rows, view.total, view.remark)


def _grouped(views: Sequence[View]) -> Iterator[Part]:
    """Tables under the word their captions begin with: Measured, Input, Steps, Months."""
    for word, own in groupby(views, key=lambda view: view.caption.split(" ", 1)[0].rstrip(",")):
        yield part(GROUPS.get(word, word), list(own), anchor=word.lower())


GROUPS = {
    "Measured": "Both frameworks side by side", "Flows": "Flows of the period", "Input": "Input rows: file and row",
    "Steps": "Every step", "Months": "Month by month: the cash flows behind the loss allowance",
}  # fmt: skip
