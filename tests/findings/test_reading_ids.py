"""An id that two tapes write differently is named as that: no contract that left, none that came, and none that is unknown."""

from pathlib import Path

import polars as pl
import pytest

from gaapbridge.checking import check
from gaapbridge.contracts.alike_ids import Apart, without_alike
from gaapbridge.period_close import close
from gaapbridge.plan.reading import ReadTable
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from tests.findings.tapes_made import broken, csv_text, read_loans, rows_of, write_csv

NAME = "id written differently on the two tapes"


def lender(folder: Path, contract_id: str, *, read: str = "") -> Path:
    """The plan of the starter's lender with the closing tape's first loan called otherwise."""
    write_starter(folder / "lender")
    tape, plan = folder / "lender/tapes/loans-2023-12-31.csv", folder / "lender/plan.toml"
    tape.write_text(tape.read_text(encoding="utf-8").replace("LOAN-1,", f"{contract_id},"), encoding="utf-8")
    plan.write_text(plan.read_text(encoding="utf-8") + read, encoding="utf-8")
    return plan


def named(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.name for finding in findings]


@pytest.mark.campaign(but=3)
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("LOAN-1 ", '"LOAN-1 "'),
        ("LOAN-1\u00a0", '"LOAN-1\\u00a0"'),
        ("loan-1", '"loan-1"'),
        ("'LOAN-1", '"\'LOAN-1"'),
        ('"=""LOAN-1"""', '"="LOAN-1""'),
        ("ＬＯＡＮ-1", '"ＬＯＡＮ-1"'),
        ("LOAN\u20131", '"LOAN\\u20131"'),
    ],
)
def test_check_names_both_ids(written: str, shown: str, tmp_path: Path) -> None:
    (finding,) = check(lender(tmp_path, written)).findings
    assert (finding.name, finding.where, finding.check) == (NAME, "loan/LOAN-1", "R9")
    assert f'"LOAN-1" at the opening is {shown} at the closing' in finding.why


def test_another_id_is_another_contract(tmp_path: Path) -> None:
    assert check(lender(tmp_path, "LOAN-10")).findings == ()


@pytest.mark.campaign
def test_a_close_says_so_instead_of_two_causes(tmp_path: Path) -> None:
    found = named(close(lender(tmp_path, "LOAN-1 ")).listed.findings)
    assert NAME in found
    assert "contract left without a reason" not in found and "contract missing at the opening" not in found


def test_the_remedy_is_one(tmp_path: Path) -> None:
    trimmed = lender(tmp_path, "LOAN-1 ", read='\n[tapes.loans.read]\ntrim = ["contract_id"]\n')
    assert check(trimmed).findings == ()


def test_nils_before_a_number() -> None:
    """A workbook cuts them; ids with letters keep them."""
    assert Apart(["0012", "A012"], ["12", "A12"]).pairs() == [("0012", "12")]


def test_other_causes_and_other_contracts_stay() -> None:
    causes = {"lost": [("A", 5), ("B", 6)], "not on the opening tape": [("a", 5)], "modified": [("A", 5)]}
    assert without_alike(causes, [("A", "a")]) == {"lost": [("B", 6)], "modified": [("A", 5)]}


FEES = "guarantee-fees-2023-12-31.csv"


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize(
    ("tape", "listed", "written", "shown", "rows"),
    [
        ("loan-events-2023.csv", "LOAN-3", "loan-3", '"loan-3"', 1),
        ("loan-payments-2023.csv", "LOAN-1", "LOAN-1 ", '"LOAN-1 "', 12),
        ("loan-payments-2023.csv", "LOAN-1", "LOAN\u20111", '"LOAN\\u20111"', 12),
        (FEES, "GUARANTEE-2", "GUARANTEE-2\u00a0", '"GUARANTEE-2\\u00a0"', 12),
        ("award-events.csv", "AWARD-1", "ＡＷＡＲＤ-1", '"ＡＷＡＲＤ-1"', 1),
    ],
)
def test_a_row_of_a_contract_written_differently_is_of_no_unknown_one(
    tape: str, listed: str, written: str, shown: str, rows: int, tmp_path: Path
) -> None:
    """What happened to a contract is told with the id that is on its tape, and with the one that is on this."""
    plan = write_starter(tmp_path / "lender").plan
    file = plan.parent / "tapes" / tape
    file.write_text(file.read_text(encoding="utf-8").replace(f"{listed},", f"{written},"), encoding="utf-8")
    rejects = check(plan).rejects.filter(pl.col("file").str.ends_with(tape) & (pl.col("contract_id") == written))
    assert rejects.height == rows
    (rule,), (remedy,) = rejects["rule"].unique(), rejects["remedy"].unique()
    assert f'; listed is "{listed}", and this is {shown}' in rule
    assert f'trim = ["{"award_id" if "award" in tape else "contract_id"}"]' in remedy
    with pytest.raises(UnusableInput, match=f'listed is "{listed}"'):
        close(plan)


def test_a_row_of_an_unknown_contract_stays_one(tmp_path: Path) -> None:
    plan = write_starter(tmp_path / "lender").plan
    file = plan.parent / "tapes/loan-events-2023.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("LOAN-3", "LOAN-33"), encoding="utf-8")
    (rule,), (remedy,) = (check(plan).rejects[column] for column in ("rule", "remedy"))
    assert rule == "contract_id is on the opening or the closing loan tape"
    assert remedy == "correct the contract, or list it on the closing tape"


def test_fees_are_of_guarantees_of_their_own_instant(tmp_path: Path) -> None:
    """GUARANTEE-2 is on the closing tape alone: a fee of `guarantee-2` on the opening tape is of no guarantee of that day."""
    plan = write_starter(tmp_path / "lender").plan
    file = plan.parent / "tapes/guarantee-fees-2022-12-31.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([*lines, lines[1].replace("GUARANTEE-1", "guarantee-2")]) + "\n", encoding="utf-8")
    (rule,) = check(plan).rejects["rule"]
    assert rule == "contract_id is on the guarantee tape of the same instant"


@pytest.mark.parametrize("sign", ["\u200b", "\u2060", "\ufeff", "\u00ad"])
def test_two_ids_that_look_the_same_are_not_two_contracts(sign: str, tmp_path: Path) -> None:
    """On one tape: the row with what is not seen is rejected and the other stands; around an id it is trimmed, and the id
    stands twice."""
    path = write_csv(tmp_path, csv_text({"contract_id": "A1"}, {"contract_id": f"A{sign}1"}, {"contract_id": f"A1{sign}"}))
    checked = read_loans(path)
    assert rows_of(checked) == [1]
    assert broken(checked) == [(2, "contract_id", f"A{sign}1"), (3, "contract_id", f"A1{sign}")]
    assert f"U+{ord(sign):04X}" in checked.rejects["rule"][0] and 'trim = ["contract_id"]' in checked.rejects["remedy"][0]
    trimmed = read_loans(path, read=ReadTable(trim=["contract_id"]))
    assert [row for row, *_ in broken(trimmed)] == [1, 2, 3] and rows_of(trimmed) == []
    assert trimmed.rejects["rule"].to_list()[0] == trimmed.rejects["rule"].to_list()[2] == "contract_id stands once on the tape"


def test_a_check_says_what_to_do_about_an_id_that_looks_the_same(tmp_path: Path) -> None:
    checked = check(lender(tmp_path, "LOAN-\u200b1"))
    (loans,) = [file for file in checked.files if file.source == "tapes.loans.closing"]
    assert loans.rejected_rows == 1
