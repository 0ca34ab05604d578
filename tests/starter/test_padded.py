"""Ids that a workbook has taken for numbers: the plan gives them the nils that the other file shows."""

from pathlib import Path

import polars as pl
import pytest

from gaapbridge.checking import check
from tests.starter.test_proposed import US, answered, proposed, workbook, written

PAID = ('#"Paid in Full" = "prepaid"  # or matured', '"Paid in Full" = "prepaid"')
WIDE = "\n".join(f"000000{line}" if line.startswith("100") else line for line in US.replace(" ,", ",").splitlines())
"""A text in which loan 1001 is 0000001001, all of ten digits."""
BEFORE = US.replace("December 31, 2023", "December 31, 2022").replace(" ,", ",")
PAID_LOANS = "Payment Date,Loan #,Principal Paid,Interest Paid\n2023-05-01,1001,100.00,10.00\n2023-06-01,1002,100.00,10.00\n"


def test_ids_of_a_workbook_have_the_width_of_those_of_the_other_tape(tmp_path: Path, folder: Path) -> None:
    """The opening lists three loans of 2023 too, which are rejected under the ids that they are read by."""
    opening, closing = workbook(tmp_path / "old.xlsx", BEFORE), written(tmp_path / "new.csv", WIDE)
    starter, plan = proposed(folder, opening, closing)
    read = plan["tapes"]["loans"]["read"]
    assert read["opening"]["pad"] == {"contract_id": 10} and "pad" not in read and "pad" not in read["closing"]
    assert "1001 is 0000001001 in another file" in " ".join(starter.as_text().split())
    answered(starter, PAID)
    rejects = check(starter.plan).rejects.filter(pl.col("column") == "origination_date")
    assert rejects["contract_id"].to_list() == ["0000001002", "0000001003", "0000001004"]


def test_tapes_in_one_layout_share_the_width(tmp_path: Path, folder: Path) -> None:
    opening, closing = written(tmp_path / "old.csv", BEFORE), written(tmp_path / "new.csv", WIDE)
    assert proposed(folder, opening, closing)[1]["tapes"]["loans"]["read"]["pad"] == {"contract_id": 10}


def test_payments_have_the_width_of_the_tape(tmp_path: Path, folder: Path) -> None:
    payments = written(tmp_path / "payments.csv", PAID_LOANS)
    _, plan = proposed(folder, written(tmp_path / "new.csv", WIDE), payments=(payments,))
    assert plan["tapes"]["payments"]["read"]["pad"] == {"contract_id": 10}
    assert "pad" not in plan["tapes"]["loans"]["read"]


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize(
    "other",
    [
        WIDE.replace("0000001004", "00001004"),  # no one width
        WIDE.replace("0000001004", "A000001004"),  # not all numbers
        WIDE.replace("0000001", "0000009"),  # no contract of the two files is the same
        BEFORE,  # nothing lost
    ],
)
def test_ids_that_differ_otherwise_are_left_as_they_are(tmp_path: Path, folder: Path, other: str) -> None:
    _, plan = proposed(folder, written(tmp_path / "old.csv", BEFORE), written(tmp_path / "new.csv", other))
    assert "pad" not in plan["tapes"]["loans"]["read"]
