"""Which day of a tape is that of leaving, by the rows that lack it; and the period, by the titles of any file that has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.starter import OwnFiles, Starter, write_starter

BRIDGE = """\
Note ID,Book,Ccy,Closing Date,1st Due,Matures,Face,Note Rate %,Term (Mos.),Amort. Type,P&I Pmt,UPB,DPD,Loan Status,Date Resolved
HB-1,Bridge,USD,01/20/2024,02/20/2024,01/20/2026,283000.00,11.25,24,Interest Only,,283000.00,0,Performing,
HB-2,Bridge,USD,07/05/2023,08/05/2023,07/05/2025,305000.00,12.00,24,Interest Only,,305000.00,0,Performing,
HB-3,Bridge,USD,03/16/2023,04/16/2023,03/16/2024,120000.00,12.00,12,Interest Only,,0.00,0,Paid at Maturity,03/16/2024
"""
LEDGER = """\
Harbor Bridge Capital LLC,,,
"Trial Balance as of December 31, {year}",,,
GL Acct,{name},Debit,Credit
12000,Notes Receivable,588000.00,0.00
32000,Accumulated Earnings,0.00,588000.00
"""


def _proposed(folder: Path, tapes: dict[str, str], ledgers: dict[str, str] | None = None) -> Starter:
    for name, text in {**tapes, **(ledgers or {})}.items():
        (folder / name).write_text(text, encoding="utf-8")
    own = OwnFiles(loans=tuple(folder / name for name in tapes), trial_balance=tuple(folder / name for name in ledgers or {}))
    return write_starter(folder / "own", own)


@pytest.mark.parametrize("called", ["Date Resolved", "Payoff/CO Date", "Resolved"])
@pytest.mark.parametrize("made", ["Closing Date", "Closed On"])
def test_the_day_that_contracts_on_book_have_is_not_that_of_leaving(tmp_path: Path, made: str, called: str) -> None:
    """A mortgage is closed when it is made: it was read as having left then, and Date Resolved was no candidate."""
    text = BRIDGE.replace("Closing Date", made).replace("Date Resolved", called)
    tape = _proposed(tmp_path, {"notes.csv": text}).tapes["loans"]
    assert tape.matches["exit_date"].theirs == called and "exit_date" not in tape.faults
    assert made in tape.may_be["origination_date"]


def test_a_closing_date_that_rows_lack_is_the_day_of_leaving(tmp_path: Path) -> None:
    text = BRIDGE.replace("Closing Date", "Opened").replace("Date Resolved", "Closing Date")
    assert _proposed(tmp_path, {"notes.csv": text}).tapes["loans"].matches["exit_date"].theirs == "Closing Date"


@pytest.mark.parametrize("called", ["Account Title", "Account Name", "Title"])
def test_titles_of_accounts_are_their_names_and_the_title_of_a_ledger_its_day(tmp_path: Path, called: str) -> None:
    """The tapes state no day: that of the ledgers is the period, where an example's 2023 stood."""
    tapes = {"opening.csv": BRIDGE, "closing.csv": BRIDGE}
    starter = _proposed(tmp_path, tapes, {f"tb-{n}.csv": LEDGER.format(year=2022 + n, name=called) for n in (1, 2)})
    assert starter.ledger is not None and starter.ledger.accounts[0].name == "Notes Receivable"
    text = starter.plan.read_text(encoding="utf-8")
    assert "opening = 2023-12-31" in text and "closing = 2024-12-31" in text


def test_the_title_of_an_opening_tape_alone_states_the_period(tmp_path: Path) -> None:
    """As of 31 December 2023, and a year on; a day of the closing tape goes before that of a ledger."""
    opening = "Note register as of 12/31/2023" + "," * 14 + "\n" + BRIDGE
    text = _proposed(tmp_path, {"a.csv": opening, "b.csv": BRIDGE}).plan.read_text(encoding="utf-8")
    assert "opening = 2023-12-31" in text and "closing = 2024-12-31" in text
