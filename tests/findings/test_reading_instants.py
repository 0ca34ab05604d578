"""A lender that changed its system: the tape of each instant in its own layout, and a prior run read as its own plan says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.plan import Plan, read_plan
from gaapbridge.plan.reading import at_instant
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput
from tests.findings.test_reading_close import LOANS, rewritten
from tests.miniature import first_year, second_year

OLD_NAMES = {"contract_id": "借据号", "status": "状态"}
OLD_LAYOUT = """
encoding = "GB18030"
delimiter = ";"
skip_rows = 1
total_rows = 1
dates = ["%Y%m%d"]
thousands = ","
units = { principal_minor = "ten_thousand", outstanding_principal_minor = "major" }
"""
COLUMNS = 'columns = { contract_id = "借据号", status = "状态" }'
WORDS = '"正常" = "on_book"\n"提前结清" = "prepaid"\n'
OF_OPENING = f"\n[tapes.loans.read.opening]\n{COLUMNS}{OLD_LAYOUT}[tapes.loans.read.opening.values.status]\n{WORDS}"
NEW_NAMES = {"contract_id": "Loan ID", "status": "State"}
OF_CLOSING = """
[tapes.loans.read.closing]
columns = { contract_id = "Loan ID", status = "State" }
encoding = "UTF-16"
delimiter = ";"
[tapes.loans.read.closing.values.status]
"Open" = "on_book"
"Paid" = "prepaid"
"""
OF_ALL = f"\n[tapes.loans.read]{OLD_LAYOUT}[tapes.loans.read.values.status]\n{WORDS}"
SHARED_COLUMNS = ("columns = {}", COLUMNS)


def lender(folder: Path) -> Path:
    """The starter's lender, whose tape of loans of 2022 is in the writing of its old system."""
    write_starter(folder)
    tape = folder / "tapes/loans-2022-12-31.csv"
    rewritten(tape, LOANS, names=OLD_NAMES, title="贷款明细表\n", total="合计;2;3\n", encoding="GB18030")
    return folder


def planned(folder: Path, change: Callable[[str], str]) -> Path:
    plan = folder / "plan.toml"
    plan.write_text(change(plan.read_text(encoding="utf-8")), encoding="utf-8")
    return plan


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The starter's lender, both tapes in our writing."""
    return Run(close(write_starter(tmp_path_factory.mktemp("ours") / "lender").plan).folder)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The same, each tape in a layout of its own."""
    folder = lender(tmp_path_factory.mktemp("other") / "lender")
    words = {"status": {"on_book": "Open", "prepaid": "Paid"}.__getitem__}
    rewritten(folder / "tapes/loans-2023-12-31.csv", words, names=NEW_NAMES, encoding="utf-16")
    return Run(close(planned(folder, lambda text: text + OF_OPENING + OF_CLOSING)).folder)


def same_figures(one: Run, another: Run) -> bool:
    return all(one.measurements(kind).collect().equals(another.measurements(kind).collect()) for kind in one.kinds)


def test_each_instant_is_read_in_its_own_layout(ours: Run, other: Run) -> None:
    assert same_figures(ours, other) and other.listed.findings == ()
    assert other.manifest.rows_left_out == {"tapes.loans.opening": 1}


def test_the_second_calculator_and_an_explanation_follow(other: Run) -> None:
    assert reperform(other.folder).differences == ()
    shown = "\n".join(str(table) for table in explain(other, "loan/LOAN-2").tables if table.title.startswith("Input row"))
    assert "'status in the file', 'Open'" in shown


@pytest.mark.campaign
def test_a_prior_run_is_read_as_its_own_plan_says(ours: Run, tmp_path: Path) -> None:
    """The old system closed 2022; the plan of 2023 knows nothing of its layout, and takes the tape over with the run."""
    folder = lender(tmp_path / "lender")
    whole = (folder / "plan.toml").read_text(encoding="utf-8")
    close(planned(folder, lambda text: first_year(text).replace(*SHARED_COLUMNS, 1) + OF_ALL))
    named = 'opening = "tapes/loans-2022-12-31.csv"\n'
    assert named in whole
    second = Run(close(planned(folder, lambda _: second_year(whole).replace(named, ""))).folder)
    assert second.listed.findings == ()
    assert reperform(second.folder).differences == ()
    assert same_figures(ours, second)


def read(folder: Path, text: str) -> Plan:
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return read_plan(path, DECLARED)


@pytest.fixture(scope="module")
def stated(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_starter(tmp_path_factory.mktemp("stated") / "lender").plan.read_text(encoding="utf-8")


REFUSED = {
    "what contradicts what both share": (
        '[tapes.loans.read]\ndecimal = ","\n[tapes.loans.read.opening]\nthousands = ","', "tapes.loans", "must differ",
    ),
    "percent and per mille together": (
        '[tapes.loans.read]\npercent = ["annual_rate"]\n[tapes.loans.read.closing]\nper_mille = ["annual_rate"]',
        "tapes.loans",
        "percent or per mille",
    ),
    "a key that is none": ("[tapes.loans.read.opening]\ncolumn = {}", "tapes.loans.read.opening.column", "columns"),
    "an instant of a tape of the whole period": (
        "[tapes.events.read.opening]\nskip_rows = 1", "tapes.events.read.opening", "no such key",
    ),
    "of the ledger, what contradicts": (
        '[trial_balance.read]\ndecimal = ","\n[trial_balance.read.opening]\nthousands = ","', "trial_balance", "must differ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_an_instant_cannot_state_is_refused(name: str, stated: str, tmp_path: Path) -> None:
    lines, key, said = REFUSED[name]
    with pytest.raises(UnusableInput) as caught:
        read(tmp_path, f"{stated}\n{lines}\n")
    assert caught.value.key == key and said in f"{caught.value.rule}; {caught.value.remedy}"


def test_an_opening_that_no_tape_of_the_plan_is_read_by_is_refused(stated: str, tmp_path: Path) -> None:
    """The tape of a prior run is read as that run's plan says, so that a table for it would be read by nothing."""
    without = second_year(stated).replace('opening = "tapes/loans-2022-12-31.csv"\n', "")
    with pytest.raises(UnusableInput, match="that run's own plan says") as caught:
        read(tmp_path, without + "\n[tapes.loans.read.opening]\nskip_rows = 1\n")
    assert caught.value.key == "tapes.loans.read.opening"


def test_what_an_instant_states_goes_before_what_both_share() -> None:
    """Column by column: of a column made in another way at one instant, what both share of it is not read there."""
    tape = {
        "amounts": "minor",
        "columns": {"status": "a", "segment": "b"},
        "read": {
            "constant": {"currency": "CNY"},
            "values": {"status": {"x": "on_book"}},
            "percent": ["annual_rate"],
            "skip_rows": 2,
            "opening": {
                "amounts": "major", "columns": {"currency": "c"}, "values": {"status": {"y": "matured"}}, "percent": [],
                "constant": {"segment": "all"},
            },
        },
    }  # fmt: skip
    assert at_instant(tape, "closing") == {
        "amounts": "minor",
        "columns": {"status": "a", "segment": "b"},
        "read": {key: value for key, value in tape["read"].items() if key != "opening"},  # type: ignore[attr-defined]
    }
    assert at_instant(tape, "opening") == {
        "amounts": "major",
        "columns": {"status": "a", "currency": "c"},
        "read": {
            "constant": {"segment": "all"},
            "values": {"status": {"x": "on_book", "y": "matured"}},
            "percent": [],
            "skip_rows": 2,
        },
    }
