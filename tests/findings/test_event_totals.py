"""Control totals of tapes without a key: what events, payments, fees or awards must come to, and what is said else."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.period_close import close
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput

NAME = "control total differs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_starter(tmp_path / "mine").plan.parent


def stating(folder: Path, table: str, **totals: int) -> Path:
    """The plan with control totals in a further table."""
    plan = folder / "plan.toml"
    lines = "".join(f"{name} = {total}\n" for name, total in totals.items())
    plan.write_text(f"{plan.read_text()}\n[{table}]\n{lines}")
    return plan


TOTALS = [
    ("tapes.events.control", {"rows": 1, "amount_minor": 2_500_000}),
    ("tapes.payments.control", {"rows": 2, "principal_minor": 1_300, "interest_minor": 70, "fees_minor": 5}),
    ("tapes.award_events.control", {"rows": 2, "units": 430}),
    ("tapes.award_tranches.control", {"rows": 4, "units": 8_000}),
    ("tapes.awards.control", {"rows": 1}),
]
"""What the tapes of ``written`` come to, by hand."""


def written(folder: Path) -> None:
    """Payments and award events of a test's own: 1,000 + 300 of principal, 50 + 20 of interest, 5 of fees; 400 + 30 units."""
    tapes = folder / "tapes"
    (tapes / "loan-payments-2023.csv").write_text(
        "contract_id,date,principal_minor,interest_minor,fees_minor\nLOAN-1,2023-01-15,1000,50,5\nLOAN-2,2023-05-16,300,20,0\n"
    )
    (tapes / "award-events.csv").write_text(
        "award_id,tranche,event_date,kind,units\nAWARD-1,4,2022-11-30,forfeiture,400\nAWARD-1,3,2023-11-30,forfeiture,30\n"
    )


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize(("table", "totals"), TOTALS, ids=lambda one: one if isinstance(one, str) else "")
def test_a_tape_that_ties_is_clean_and_one_that_does_not_is_found(folder: Path, table: str, totals: dict[str, int]) -> None:
    written(folder)
    source = table.removesuffix(".control")
    plan = stating(folder, table, **totals)
    assert [one for one in check(plan).findings if one.name == NAME] == []
    text = plan.read_text()
    for name, total in totals.items():
        plan.write_text(text.rsplit(f"[{table}]", 1)[0] + f"[{table}]\n{name} = {total + 3}\n")
        (found,) = [one for one in check(plan).findings if one.name == NAME]
        assert (found.where, found.amount_minor, found.check) == (f"{source}/{name}", -3, "R9")
        assert found.unit == ("minor units" if name.endswith("_minor") else name)


def test_fees_state_what_was_collected_of_them(folder: Path) -> None:
    """Twelve of GUARANTEE-1 and seven of GUARANTEE-2, 31,000 each, are collected: 589,000."""
    plan = folder / "plan.toml"
    table = "[tapes.guarantee_fees.control.closing]\n"
    plan.write_text(plan.read_text().replace(table, f"{table}collected_minor = 588999\n"))
    (found,) = close(plan).listed.findings
    assert (found.name, found.where, found.amount_minor) == (NAME, "tapes.guarantee_fees.closing/collected_minor", 1)


def test_a_tape_that_was_cut_off_is_found_by_a_close(folder: Path) -> None:
    """An empty tape of events is a good one; only its total says that the prepayment of LOAN-3 is not on it."""
    plan = stating(folder, "tapes.events.control", rows=1, amount_minor=2_500_000)
    (folder / "tapes/loan-events-2023.csv").write_text("contract_id,event_date,kind,amount_minor\n")
    found = [one for one in close(plan).listed.findings if one.name == NAME]
    assert [(one.where, one.amount_minor, one.unit) for one in found] == [
        ("tapes.events/rows", -1, "rows"),
        ("tapes.events/amount_minor", -2_500_000, "minor units"),
    ]


def test_rejected_rows_count_in_the_totals(folder: Path) -> None:
    """The same row twice: one is rejected, and the total of the source system, which counted it once, says by how much."""
    tape = folder / "tapes/loan-payments-2023.csv"
    lines = tape.read_text().splitlines()
    tape.write_text("\n".join([*lines, lines[1]]) + "\n")
    interest = sum(int(line.split(",")[3]) for line in lines[1:])
    (found,) = check(stating(folder, "tapes.payments.control", interest_minor=interest)).findings
    assert found.amount_minor == int(lines[1].split(",")[3]) == 300_000


@pytest.mark.parametrize(("table", "total"), [("events", "principal_minor"), ("awards", "units"), ("payments", "closing")])
def test_a_total_that_a_tape_does_not_have_is_refused(folder: Path, table: str, total: str) -> None:
    with pytest.raises(UnusableInput, match="no such key in a plan"):
        check(stating(folder, f"tapes.{table}.control", **{total: 1}))
