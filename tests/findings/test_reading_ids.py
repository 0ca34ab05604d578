"""An id that two tapes write differently is named as that, not as a contract that left and another that came."""

from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.contracts.alike_ids import Apart, without_alike
from gaapbridge.period_close import close
from gaapbridge.starter import write_starter
from gaapbridge.terms.finding import Finding

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


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("LOAN-1 ", '"LOAN-1 "'),
        ("LOAN-1\u00a0", '"LOAN-1\\u00a0"'),
        ("loan-1", '"loan-1"'),
        ("'LOAN-1", '"\'LOAN-1"'),
        ('"=""LOAN-1"""', '"="LOAN-1""'),
        ("ＬＯＡＮ-1", '"ＬＯＡＮ-1"'),
    ],
)
def test_check_names_both_ids(written: str, shown: str, tmp_path: Path) -> None:
    (finding,) = check(lender(tmp_path, written)).findings
    assert (finding.name, finding.where, finding.check) == (NAME, "loan/LOAN-1", "R9")
    assert f'"LOAN-1" at the opening is {shown} at the closing' in finding.why


def test_another_id_is_another_contract(tmp_path: Path) -> None:
    assert check(lender(tmp_path, "LOAN-10")).findings == ()


def test_a_close_says_so_instead_of_two_causes(tmp_path: Path) -> None:
    found = named(close(lender(tmp_path, "LOAN-1 ")).findings)
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
