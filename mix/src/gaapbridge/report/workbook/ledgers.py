"""The trial balance account by account: U.S. GAAP, the columns from the journals, IFRS, in minor units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gaapbridge.report.workbook.declared import Declared
from gaapbridge.report.workbook.places import LEDGER_FIRST_ROW, TRIAL_BALANCE, Places
from gaapbridge.report.workbook.sheets import Book, Sheet, at, quoted

TITLES = ("Account", "Name", "Statement", "Row")
NOT_IN_PLAN = "in no account of the plan"
OF_LEDGER = "Account of the ledger"
INCOME = "income"
OF_INCOME = "Income is what the accounts of the income statement took in the period; those of the balance sheet have none."


def trial_balance_sheet(places: Places) -> Iterator[Declared]:
    """Balances of the ledger, then the closing to IFRS by each note's journal lines."""
    yield Declared(TRIAL_BALANCE, "trial balance to IFRS", "account by account from U.S. GAAP to IFRS", _write)


def _write(book: Book, places: Places, declared: Declared) -> None:
    states, notes = _states(places), places.told.notes
    own = places.codes_of_ledger
    widths = (12, 52, 10, 10, *[16] * (len(states) + len(notes) + 1), *([40] if own else []))
    sheet = declared.opened(book, widths, freeze=(LEDGER_FIRST_ROW, 2))
    sheet.heading(
        "Minor units, debit positive. The columns of the notes are the journals of the closing, account by account.", "said"
    )
    if any(state == INCOME for state, _ in states):
        sheet.text(0, OF_INCOME, "said")
    sheet.on_paper(head=2)
    sheet.row = LEDGER_FIRST_ROW - 2
    first_note = len(TITLES) + len(states)
    for place, note in enumerate(notes):
        sheet.text(first_note + place, note.id, "id_right")
    sheet.next()
    titles = [*TITLES, *(f"U.S. GAAP, {name}" for name, _ in states), *(one.caption for one in notes), "IFRS, closing"]
    sheet.header([*titles, *([OF_LEDGER] if own else [])], [False] * 4 + [True] * (len(titles) - 4))
    for account in places.accounts:
        if account in own:
            sheet.text(len(titles), ", ".join(own[account]), "apart")
        _account(sheet, places, account, states)
    of_states = [sum(ledger.get(account, 0) for account in places.accounts) for _, ledger in states]
    _totals(sheet, [*of_states, *(0 for _ in notes), of_states[-1]])
    _names(book, places, states)


def _states(places: Places) -> list[tuple[str, dict[str, int]]]:
    """The ledgers of the run by what they are of, that of a period with its income alone; the closing stands last, beside the
    notes."""
    ids, ledgers = places.manifest.statements, places.run.ledgers
    named = (("opening", ids.opening), (INCOME, ids.income), ("closing", ids.closing))
    found = [(state, dict(ledgers[name])) for state, name in named if name is not None and name in ledgers]
    return [(state, _income(places, ledger) if state == INCOME else ledger) for state, ledger in found]


def _income(places: Places, ledger: Mapping[str, int]) -> dict[str, int]:
    """What the accounts of the income statement took, of a ledger that has balances too."""
    return {code: amount for code, amount in ledger.items() if places.statement_of(places.line_of(code)) == "IS"}


def _account(sheet: Sheet, places: Places, account: str, states: list[tuple[str, dict[str, int]]]) -> None:
    """One account across."""
    line = places.line_of(account)
    name = places.manifest.accounts[account].name if account in places.manifest.accounts else NOT_IN_PLAN
    for column, text in enumerate((account, name, places.statement_of(line), line)):
        sheet.text(column, text)
    balances = [(ledger.get(account, 0)) for _, ledger in states]
    for place, (balance, (state, ledger)) in enumerate(zip(balances, states, strict=True)):
        if state != INCOME or account in ledger:
            sheet.number(len(TITLES) + place, balance)
    first = len(TITLES) + len(states)
    posted = []
    for place, note in enumerate(places.told.notes):
        head = at(LEDGER_FIRST_ROW - 2, first + place, fixed=True)
        posted.append(places.posted_by_account.get((note.id, account), 0))
        sheet.formula(first + place, f"={places.net_posted(note=head, account=f'$A{sheet.row + 1}')}", posted[-1])
    last = first + len(places.told.notes)
    across = f"{at(sheet.row, first - 1)}:{at(sheet.row, last - 1)}"
    sheet.formula(last, f"=SUM({across})", balances[-1] + sum(posted))
    sheet.next()


def _totals(sheet: Sheet, sums: Sequence[int]) -> None:
    """Every column added up: the trial balance of an instant and a journal come to nil, that of a period to its profit."""
    first, last = LEDGER_FIRST_ROW, sheet.row - 1
    sheet.text(1, "Sum: nil where it balances, of income the profit", "strong")
    for column, added in enumerate(sums, len(TITLES)):
        sheet.formula(column, f"=SUM({at(first, column)}:{at(last, column)})", added, "total")
    sheet.next()


def _names(book: Book, places: Places, states: list[tuple[str, dict[str, int]]]) -> None:
    """The names of the columns that formulas use."""
    first, last = LEDGER_FIRST_ROW, LEDGER_FIRST_ROW + len(places.accounts) - 1
    named = {"tb_account": 0, "tb_statement": 2, "tb_line": 3}
    named |= {f"tb_{state}": len(TITLES) + place for place, (state, _) in enumerate(states)}
    for name, column in named.items():
        book.name(name, f"{quoted(TRIAL_BALANCE)}!{at(first, column, fixed=True)}:{at(last, column, fixed=True)}")
