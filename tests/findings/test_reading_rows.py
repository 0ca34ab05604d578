"""Rows that a plan leaves out of a file: none of totals is a contract, totals are compared, and no kind is left out unsaid."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from gaapbridge.checking import PlanCheck, check
from gaapbridge.period_close import close
from gaapbridge.plan.reading import ReadTable
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.tapes.read import Source, open_tape
from gaapbridge.tapes.schema import Column, Schema
from gaapbridge.terms.errors import UnusableInput
from tests.findings.tapes_made import write_csv

SMALL = Schema(
    name="small",
    title="Small tape",
    description="Contracts with a day, two amounts and a word.",
    columns=(
        Column("contract_id", "text", "id"),
        Column("day", "date", "a day"),
        Column("lent_minor", "minor", "an amount"),
        Column("months", "count", "a count"),
        Column("note", "text", "a word", nullable=True),
    ),
    rules=(),
    key=("contract_id",),
    identity="contract_id",
    amount="lent_minor",
)
HEADER = "contract_id,day,lent_minor,months,note\n"
ROWS = "A1,2023-01-31,5,12,\nA2,2023-02-28,6,24,\n"


def tape(folder: Path, text: str, **read: Any) -> Source:
    return open_tape(write_csv(folder, HEADER + text, "small.csv"), SMALL, file="small.csv", read=ReadTable(**read))


@pytest.mark.parametrize("last", ["A3,2023-03-31,7,6,", "A3,2023-03-31,x,6,", "A3,2023-03-31,,6,no amount"])
def test_a_cut_row_that_is_a_contract_is_refused(last: str, tmp_path: Path) -> None:
    """Also one of which a cell is wrong or empty: as a row of the tape it would be rejected with its reason."""
    with pytest.raises(UnusableInput, match="this row is a contract's") as refused:
        tape(tmp_path, f"{ROWS}{last}\n", total_rows=1)
    assert (refused.value.file, refused.value.row, refused.value.value) == ("small.csv", "3", "A3")
    assert "total_rows = 0" in refused.value.remedy and 'total_where = { contract_id = "Total" }' in refused.value.remedy


@pytest.mark.parametrize("last", ["Total,,11,36,", "合计,,11,,2 loans", ",,,,printed by", "As of,2023-12-31,,,"])
def test_a_row_of_totals_is_cut(last: str, tmp_path: Path) -> None:
    source = tape(tmp_path, f"{ROWS}{last}\n", total_rows=1)
    assert (source.rows, source.raw.left_out) == (2, 1)


def test_the_contract_above_totals_is_named_by_its_row(tmp_path: Path) -> None:
    """Of two rows cut off the first is a contract's; a workbook has days as days."""
    book = openpyxl.Workbook()
    for line in (HEADER + ROWS + "Total,,11,,\n").splitlines():
        book.active.append([int(cell) if cell.isdigit() else cell or None for cell in line.split(",")])
    book.save(tmp_path / "small.xlsx")
    with pytest.raises(UnusableInput, match="this row is a contract's") as refused:
        open_tape(tmp_path / "small.xlsx", SMALL, read=ReadTable(total_rows=2))
    assert (refused.value.row, refused.value.value) == ("2", "A2")
    assert open_tape(tmp_path / "small.xlsx", SMALL, read=ReadTable(total_rows=1)).rows == 2


def test_each_of_several_files_is_looked_at(tmp_path: Path) -> None:
    files = {
        "1.csv": write_csv(tmp_path, HEADER + ROWS + "Total,,11,,\n", "1.csv"),
        "2.csv": write_csv(tmp_path, HEADER + "A3,2023-03-31,7,6,\nA4,2023-04-30,7,6,\n", "2.csv"),
    }
    with pytest.raises(UnusableInput) as refused:
        open_tape(tmp_path / "1.csv", SMALL, files=files, file="all", read=ReadTable(total_rows=1))
    assert (refused.value.file, refused.value.row, refused.value.value) == ("2.csv", "2", "A4")


@pytest.mark.parametrize(
    ("read", "stated"),
    [
        ({"total_rows": 1}, (11,)),
        ({"total_rows": 1, "units": {"lent_minor": "thousand"}}, (1_100_000,)),
        ({"total_where": {"contract_id": ["Subtotal", "Total"]}}, (5, 11)),
    ],
)
def test_the_sums_that_rows_of_totals_state(read: dict[str, Any], stated: tuple[int, ...], tmp_path: Path) -> None:
    """They are read as the column is, whichever way the rows are told."""
    first, second = ROWS.splitlines()
    subtotal = "Subtotal,,5,,\n" if "total_where" in read else ""
    source = tape(tmp_path, f"{first}\n{subtotal}{second}\nTotal,,11,,\n", **read)
    assert source.rows == 2 and source.raw.totals == {"lent_minor": stated}


def test_a_column_made_of_several_has_no_total(tmp_path: Path) -> None:
    source = tape(tmp_path, f"{ROWS}Total,,11,,\n", total_rows=1, first_of={"lent_minor": ["lent", "lent_minor"]})
    assert source.raw.totals == {"lent_minor": (11,)}, "of two columns that are named the file has one"
    path = write_csv(tmp_path, "contract_id,day,lent,old,months\nA1,2023-01-31,5,9,12\nTotal,,5,9,\n", "two.csv")
    read = ReadTable(total_rows=1, first_of={"lent_minor": ["lent", "old"]})
    assert open_tape(path, SMALL, read=read).raw.totals == {}


LENT = 18_000_000 + 5_174_662 + 2_500_000
"""What the starter's closing tape of loans adds up to."""

CONTROL = "[tapes.loans.control.closing]\nrows = 3\noutstanding_principal_minor = 25674662\n"
READ_TOTALS = "\n[tapes.loans.read.closing]\ntotal_rows = 1\n"


def checked(folder: Path, total: int, *, stated: bool = False, read: str = READ_TOTALS) -> PlanCheck:
    """The check of the starter's lender, whose closing tape of loans has a row of totals; the plan's control total is taken out
    unless it stays ``stated``."""
    plan = write_starter(folder).plan
    tape = folder / "tapes/loans-2023-12-31.csv"
    names = tape.read_text(encoding="utf-8").splitlines()[0].split(",")
    cells = {"contract_id": "Total", "outstanding_principal_minor": str(total)}
    with tape.open("a", encoding="utf-8") as stream:
        stream.write(",".join(cells.get(name, "") for name in names) + "\n")
    text = plan.read_text(encoding="utf-8")
    assert CONTROL in text
    plan.write_text((text if stated else text.replace(CONTROL, "")) + read, encoding="utf-8")
    return check(plan)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("read", [READ_TOTALS, '\n[tapes.loans.read.closing]\ntotal_where = { contract_id = "Total" }\n'])
def test_the_row_of_totals_is_a_control_total(read: str, tmp_path: Path) -> None:
    held = checked(tmp_path / "held", LENT, read=read)
    assert held.findings == () and held.exit_code == 0
    assert "outstanding principal held; 1 row of totals left out" in held.as_text()
    (finding,) = checked(tmp_path / "differs", LENT + 500, read=read).findings
    assert (finding.name, finding.where) == ("control total differs", "tapes.loans.closing/outstanding_principal_minor")
    assert finding.amount_minor == -500 and "the row of totals of the file states 25,675,162" in finding.why


def test_a_control_total_of_the_plan_goes_before_that_of_the_file(tmp_path: Path) -> None:
    assert checked(tmp_path / "lender", LENT + 500, stated=True).findings == ()


KINDS = """
[tapes.payments.read]
only = { "类型" = ["还款", "结清"] }
left_out = { "类型" = ["放款", "核销"] }
"""


def transactions(folder: Path, words: dict[int, str], more: tuple[str, ...] = (), read: str = KINDS) -> Path:
    """The plan of the starter's lender, whose payments are in an export of all transactions: 还款 but in some rows, and below
    them rows of other kinds."""
    plan = write_starter(folder).plan
    tape = folder / "tapes/loan-payments-2023.csv"
    header, *rows = tape.read_text(encoding="utf-8").splitlines()
    kept = [f"{row},{words.get(number, '还款')}" for number, row in enumerate(rows, start=1)]
    tape.write_text("\n".join([f"{header},类型", *more, *kept]) + "\n", encoding="utf-8")
    plan.write_text(plan.read_text(encoding="utf-8") + read, encoding="utf-8")
    return plan


OTHERS = ("LOAN-2,2023-03-16,12000000,0,0,放款", "LOAN-2,2023-03-16,1,0,0, 核销 ", "NONE,2023-03-16,1,0,0,放款")


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(close(write_starter(tmp_path_factory.mktemp("ours") / "lender").plan).folder)


@pytest.mark.campaign
def test_only_rows_of_the_kinds_that_are_named_are_read(ours: Run, tmp_path: Path) -> None:
    """Three rows of an advance and a write-off stand before the payments: the figures are those of payments alone, and rows
    read and left out are the rows of the file."""
    plan = transactions(tmp_path / "lender", {1: "结清"}, OTHERS)
    (payments,) = [file for file in check(plan).files if file.source == "tapes.payments"]
    lines = (tmp_path / "lender/tapes/loan-payments-2023.csv").read_text(encoding="utf-8").splitlines()
    assert payments.others == {"放款": 2, "核销": 1}
    assert payments.rows + sum(payments.others.values()) == len(lines) - 1
    assert "rows of other kinds left out: 2 of 放款, 1 of 核销" in check(plan).as_text()
    run = Run(close(plan).folder)
    assert run.manifest.rows_of_other_kinds == {"tapes.payments": {"放款": 2, "核销": 1}}
    assert "Rows of other kinds left out: 2 of 放款, 1 of 核销." in run.as_text()
    assert ours.manifest.rows_of_other_kinds is None
    assert all(run.measurements(kind).collect().equals(ours.measurements(kind).collect()) for kind in ours.kinds)
    assert run.listed.checks == ours.listed.checks and reperform(run.folder).differences == ()


def test_a_reject_keeps_the_number_of_its_row(tmp_path: Path) -> None:
    plan = transactions(tmp_path / "lender", {}, (*OTHERS, "LOAN-2,2023-03-16,-5,0,0,还款"))
    assert check(plan).rejects.select("row", "value").rows() == [(4, "-5")]


@pytest.mark.parametrize(("word", "value"), [("冲正", "冲正"), ("", "an empty cell"), ("还 款", "还 款")])
def test_a_kind_that_the_plan_does_not_know_is_refused(word: str, value: str, tmp_path: Path) -> None:
    """It is neither read as a payment nor dropped."""
    with pytest.raises(UnusableInput, match="a kind of row is taken or left out") as refused:
        check(transactions(tmp_path / "lender", {2: word}))
    assert (refused.value.row, refused.value.column, refused.value.value) == ("2", "类型", value)
    assert "read.only or to read.left_out" in refused.value.remedy


REFUSED = {
    "a word on both sides": ('only = { "类型" = ["还款"] }\nleft_out = { "类型" = ["还款"] }', "taken or left out"),
    "none that is taken": ('left_out = { "类型" = ["放款"] }', 'add only = { "类型" = [...] }'),
    "a column that the file lacks": ('only = { "类别" = ["还款"] }', "a column of read.only is in the file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_kinds_that_cannot_be_told_are_refused(name: str, tmp_path: Path) -> None:
    stated, said = REFUSED[name]
    with pytest.raises(UnusableInput) as refused:
        check(transactions(tmp_path / "lender", {}, read=f"\n[tapes.payments.read]\n{stated}\n"))
    assert said in f"{refused.value.rule}; {refused.value.remedy}"


def test_a_row_of_totals_of_all_kinds_is_compared_with_none(tmp_path: Path) -> None:
    """It adds up what is read and what is left out."""
    text = f"{HEADER[:-1]},kind\n{ROWS.splitlines()[0]},pay\n{ROWS.splitlines()[1]},lend\nTotal,,11,,,\n"
    read = ReadTable(total_rows=1, only={"kind": ["pay"]}, left_out={"kind": ["lend"]})
    source = open_tape(write_csv(tmp_path, text, "small.csv"), SMALL, read=read)
    assert (source.rows, source.raw.left_out, source.raw.others, source.raw.totals) == (1, 1, {"lend": 1}, {})
