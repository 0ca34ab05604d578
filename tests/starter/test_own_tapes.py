"""A plan for a lender's own loans: names matched, money and currency seen, what is missing said, and the plan closes."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from gaapbridge.checking import check
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.estimation.schema import SCHEMAS as HISTORY
from gaapbridge.period_close import close
from gaapbridge.plan import read_plan
from gaapbridge.starter import OwnFiles, Starter, write_starter
from gaapbridge.starter.curve_files import COPIED
from gaapbridge.starter.first_sight import look_at
from gaapbridge.starter.known_names import KNOWN_BY_CELLS, KNOWN_NAMES, OF_TAPE, names_of
from gaapbridge.starter.miniature import files as example_files
from gaapbridge.starter.names import matched
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.starter.tape_words import words_of_ours
from gaapbridge.tapes.ledger import TRIAL_BALANCE
from gaapbridge.tapes.plain_words import plain
from gaapbridge.tapes.schema import Schema
from gaapbridge.tapes.trade_words import KNOWN_WORDS, meanings
from gaapbridge.terms.errors import UnusableInput

HEADER = {
    "Account No": "contract_id",
    "Product": "segment",
    "CCY": "currency",
    "Issue Date": "origination_date",
    "First Due Date": "first_payment_date",
    "Loan Amount": "principal_minor",
    "Int Rate": "annual_rate",
    "Term (months)": "term_instalments",
    "Repayment Method": "repayment_type",
    "Current Balance": "outstanding_principal_minor",
    "DPD": "days_past_due",
}
ROWS = [
    ["A-1", "business", "USD", "2022-06-15", "2022-07-15", "360000.00", "0.12", "36", "equal_principal", "180000.00", "0"],
    ["A-2", "consumer", "USD", "2023-03-16", "2023-04-16", "120000.00", "0.12", "12", "level", "51746.62", "45"],
]
TYPES = {
    "Loan Amount": pl.Float64,
    "Int Rate": pl.Float64,
    "Term (months)": pl.Int32,
    "Current Balance": pl.Float64,
    "DPD": pl.Int16,
}

PLACEHOLDERS = ["credit risk compared by curves alone"]
"""What a close says of a starter's curves as long as the tape states no credit risk."""


def made(path: Path, header: Sequence[str] = tuple(HEADER), rows: Sequence[list[str]] = tuple(ROWS)) -> Path:
    """A loan file of the ending's format."""
    frame = pl.DataFrame(list(rows), schema=list(header), orient="row")
    match path.suffix:
        case ".csv":
            frame.write_csv(path)
        case ".parquet":
            typed = frame.with_columns(pl.col(name).cast(dtype) for name, dtype in TYPES.items() if name in header)
            typed.write_parquet(path)
        case _:
            workbook = openpyxl.Workbook()
            for row in [list(header), *rows]:
                workbook.active.append([float(cell) if cell.replace(".", "").isdigit() else cell for cell in row])
            workbook.save(path)
    return path


SCHEMAS = [*(tape.schema for kind in KINDS.values() for tape in kind.tapes), *HISTORY.values()]


def own(folder: Path, *loans: Path) -> Starter:
    """The plan of a loan tape, or of those of both instants."""
    return write_starter(folder, OwnFiles(loans=loans))


def looked(*loans: Path) -> TapeFile:
    return look_at(loans, LOANS, len(loans) - 1)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_complete_tape_under_its_own_names_closes_at_once(tmp_path: Path, folder: Path, ending: str) -> None:
    starter = own(folder, made(tmp_path / f"loans.{ending}"))
    plan = read_plan(starter.plan, DECLARED)
    assert plan.tapes.loans is not None and plan.tapes.kinds == ("loans",)
    assert plan.tapes.loans.columns == {ours: theirs for theirs, ours in HEADER.items()}
    assert (plan.tapes.loans.amounts, plan.entity.currency) == ("major", "USD")
    assert (plan.opening.source, plan.notes.order) == ("none", ["expected_credit_loss", "effective_interest"])
    run = close(starter.plan)
    assert ([finding.name for finding in run.listed.findings], run.rejected_rows) == (PLACEHOLDERS, 0)
    table = pl.read_parquet(run.folder / "measurements" / "loans" / "*.parquet")
    assert table["closing_principal"].to_list() == [18_000_000, 5_174_662]


@pytest.mark.parametrize(("currency", "rate"), [("USD", 0.0), ("CNY", 0.06)])
def test_only_yuan_have_the_value_added_tax_of_china(tmp_path: Path, folder: Path, currency: str, rate: float) -> None:
    """Its days past due go with it, or the plan would be refused; it stays an answer to be given."""
    rows = [[currency if cell == "USD" else cell for cell in row] for row in ROWS]
    starter = own(folder, made(tmp_path / "loans.csv", rows=rows))
    plan = tomllib.loads(starter.plan.read_text(encoding="utf-8"))
    vat = plan["vat"]
    assert (vat["rate"], bool(vat["inclusive"]), vat.get("interest_past_due_days")) == (rate, rate > 0, 90 if rate else None)
    assert {"vat", "tax"} <= set(plan["starter"]["unanswered"])
    assert float(read_plan(starter.plan, DECLARED).vat.rate) == rate


def test_what_is_missing_unread_and_wrong_is_said(tmp_path: Path, folder: Path) -> None:
    header = ["Account No", "Issue Date", "Loan Amount", "Int Rate", "status", "Purpose"]
    rows = [["A-1", "Jan-2022", "5000", "5.9", "Current", "car"], ["A-2", "Feb-2022", "6000", "6.9", "Late", "house"]]
    starter = own(folder, made(tmp_path / "loans.csv", header, rows))
    assert [column.name for column in starter.tapes["loans"].missing] == [
        "currency", "first_payment_date", "term_instalments", "repayment_type", "outstanding_principal_minor", "days_past_due",
    ]  # fmt: skip
    assert set(starter.tapes["loans"].faults) == {"origination_date"}
    assert starter.tapes["loans"].read["constant"] == {"segment": "all"}
    text = starter.as_text()
    asked = "amounts no cell has decimals, and no header names the unit, of Loan Amount: 5000 may be 5,000.00 or 50.00: "
    assert f'{asked}amounts = "major" or amounts = "minor"' in " ".join(text.split())
    for said in (
        "contract_id                   Account No  (a name of the trade)",
        "days_past_due                 days since the oldest unpaid instalment fell due",
        "Jan-2022: origination_date is a day of the calendar, written %Y-%m-%d",
        "(5.9 would be 590 %)",
        "status                        Current → on_book, Late → on_book",
        "Segments of loans: all. Each has its rows in curves/",
        "0                             service_fee_minor, fees_received_minor",
        "In the file and not read (ignore): Purpose",
    ):
        assert said in text
    plan = starter.plan.read_text(encoding="utf-8")
    assert '\n# Not found: days since the oldest unpaid instalment fell due.\n#days_past_due = ""\n' in plan
    assert tomllib.loads(plan)["tapes"]["loans"]["ignore"] == ["Purpose"]
    assert '\n#amounts = "major"\n#amounts = "minor"\n' in plan and "amounts" not in tomllib.loads(plan)["tapes"]["loans"]
    assert json.loads(json.dumps(starter.as_dict()))["tapes"]["loans"]["amounts"] is None


def test_a_tape_in_our_own_names_needs_no_mapping(tmp_path: Path, folder: Path) -> None:
    starter = own(folder, made(tmp_path / "loans.csv", list(HEADER.values()), ROWS))
    plan = tomllib.loads(starter.plan.read_text(encoding="utf-8"))
    assert plan["tapes"]["loans"]["columns"] == {} and plan["tapes"]["loans"]["ignore"] == []


def test_many_unread_columns_with_odd_names_are_still_toml(tmp_path: Path, folder: Path) -> None:
    odd = [f'note "{number}", back\\slash' for number in range(20)]
    starter = own(folder, made(tmp_path / "loans.csv", [*HEADER, *odd], [row + ["x"] * 20 for row in ROWS]))
    plan = tomllib.loads(starter.plan.read_text(encoding="utf-8"))
    assert plan["tapes"]["loans"]["ignore"] == odd
    assert close(starter.plan).rejected_rows == 0


def names(*header: str) -> dict[str, str]:
    """Our names to those of a header, where cells fit whatever is asked."""
    found = matched(header, LOANS.names, names_of(LOANS.name), lambda ours, theirs: True)
    return {ours: match.theirs for ours, match in found.items()}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("contract_id", "contract_id"), ("Contract ID", "contract_id"), ("loanId", "contract_id"), ("acct_no", "contract_id"),
        ("current_upb", "outstanding_principal_minor"), ("Unpaid Principal", "outstanding_principal_minor"),
        ("out_prncp", "outstanding_principal_minor"), ("ORIG_UPB", "principal_minor"), ("loan_amnt", "principal_minor"),
        ("int_rate", "annual_rate"), ("APR", "annual_rate"), ("Term in Months", "term_instalments"),
        ("dpd", "days_past_due"), ("Days Delinquent", "days_past_due"), ("date_of_origination", "origination_date"),
        ("issue_d", "origination_date"), ("installment", "instalment_minor"), ("Curency", "currency"),
        ("First Due", "first_payment_date"), ("Closed on", "exit_date"), ("Broker cost", "costs_paid_minor"),
        ("Day Count", "day_count"), ("Day-count convention", "day_count"), ("Repayment Frequency", "payment_frequency"),
        ("Principle", "principal_minor"), ("outstanding_principle", "outstanding_principal_minor"),
    ],
)  # fmt: skip
def test_a_name_is_known(theirs: str, ours: str) -> None:
    assert names(theirs) == {ours: theirs}


@pytest.mark.parametrize("theirs", ["paid_principal", "last_pymnt_d", "delinq_2y", "vehicle_value", "balance_begin_t0"])
def test_a_name_that_means_something_else_is_left(theirs: str) -> None:
    assert names(theirs) == {}


@pytest.mark.parametrize(
    ("theirs", "cells", "ours"),
    [
        ("Disbursed", ["2022-06-15"], "origination_date"), ("Disbursed", ["5000.00"], "principal_minor"),
        ("Type", ["Annuity", "Bullet"], "repayment_type"), ("Type", ["car", "house"], "segment"),
        ("State", ["Open", "Closed", "Written off"], "status"), ("State", ["Alaska", "Ohio"], None),
        ("Closed", ["2022-06-15"], "exit_date"), ("Closed", ["yes"], None),
    ],
)  # fmt: skip
def test_a_name_of_more_than_one_meaning_is_told_by_its_cells(
    tmp_path: Path, theirs: str, cells: list[str], ours: str | None
) -> None:
    rows = [[str(number), cell] for number, cell in enumerate(cells)]
    found = looked(made(tmp_path / "loans.csv", ["contract_id", theirs], rows)).matches
    assert {name: match.theirs for name, match in found.items()} == {"contract_id": "contract_id"} | (
        {ours: theirs} if ours else {}
    )
    assert KNOWN_BY_CELLS.keys() <= {name for schema in SCHEMAS for name in schema.names}
    assert all(words == plain(words) for known in KNOWN_BY_CELLS.values() for words in known)


WORDED = {"business": "Cars", "consumer": "Homes, small", "equal_principal": "Linear", "level": "Annuity"}
"""The words of `ROWS` as another lender writes them."""


def worded(path: Path, *more: list[str]) -> Path:
    """The loan file in that lender's words, with a status."""
    rows = [[*(WORDED.get(cell, cell) for cell in row), "Open"] for row in ROWS]
    return made(path, [*HEADER, "State"], [*rows, *more])


def test_words_of_the_lender_are_told_with_ours(tmp_path: Path, folder: Path) -> None:
    left = [*(WORDED.get(cell, cell) for cell in ROWS[1]), "Closed"]
    starter = own(folder, worded(tmp_path / "loans.csv", ["A-3", *left[1:8], "Balloon", *left[9:]]))
    assert starter.as_dict()["tapes"]["loans"]["words"] == {
        "repayment_type": {"Annuity": ["level"], "Balloon": [], "Linear": ["equal_principal"]},
        "status": {"Closed": ["prepaid", "matured"], "Open": ["on_book"]},
    }
    lines = starter.as_text().split("\n")
    assert "  repayment_type                Annuity → level, Linear → equal_principal" in lines
    assert "  repayment_type                Balloon → not known" in lines
    assert "  status                        Closed → prepaid or matured" in lines
    assert starter.tapes["loans"].faults == {}
    plan = starter.plan.read_text(encoding="utf-8")
    assert '\n[tapes.loans.read.values.status]\n#"Closed" = "prepaid"  # or matured\n"Open" = "on_book"\n' in plan
    assert '\n#"Balloon" = ""  # not known; one of level, equal_principal, bullet, interest_free_instalments\n' in plan


def test_the_second_column_of_the_report_stands_in_line(tmp_path: Path, folder: Path) -> None:
    long = max(LOANS.names, key=len)
    starter = own(folder, made(tmp_path / "loans.csv", [*HEADER, long], [[*row, "0.00"] for row in ROWS]))
    lines = [
        line
        for line in starter.as_text().split("\n")
        if line.endswith(")") and line.split()[0] in starter.tapes["loans"].matches
    ]
    assert len(lines) == len(HEADER) + 2 and {line[: len(long) + 4].rstrip().count(" ") for line in lines} == {2}
    assert {line[len(long) + 2 : len(long) + 4] for line in lines} == {"  "}
    assert all(line[len(long) + 4] != " " for line in lines)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_words_of_the_trade_stand_for_those_of_the_tape(schema: Schema) -> None:
    for rule in (rule for rule in schema.rules if rule.id.endswith("_known")):
        ours = words_of_ours(schema, rule.column)
        assert sorted(rule.sentence.removeprefix(f"{rule.column} is one of ").split(", ")) == sorted(ours)
        for word in ours:
            known = KNOWN_WORDS[rule.column].get(word, ())
            assert all(word in meanings(rule.column, one, ours) for one in (word, *known))


def test_the_segments_of_the_file_get_curves_marked_as_copied(tmp_path: Path, folder: Path) -> None:
    starter = own(folder, worded(tmp_path / "loans.csv"))
    files = [name for name in starter.files if name.endswith(".csv")]
    examples = example_files()
    assert len(files) == 4
    for name in files:
        table, example = pl.read_csv(folder / name), pl.read_csv(examples[name].encode())
        assert table.columns == example.columns
        for segment in ("Cars", "Homes, small"):
            copied = example.filter(pl.col("segment") == COPIED).drop("segment")
            assert table.filter(pl.col("segment") == segment).drop("segment").equals(copied), name
        assert set(table["segment"]) == {"Cars", "Homes, small"}
    page = (folder / "curves" / "README.md").read_text(encoding="utf-8")
    assert "to be replaced" in page and "- `Homes, small`\n" in page and "- `loans-hazard.csv`\n" in page
    assert "\n# COPIED FIGURES, TO BE REPLACED: " in starter.plan.read_text(encoding="utf-8")
    assert "Segments of loans: Cars, Homes, small. Each has its rows in curves/" in starter.as_text()
    days = "The hazards are made for a default from 90 days past due (curves/loans-hazard.csv)."
    assert days in page, "what a lender with other days learns before its first close"
    assert days in starter.plan.read_text(encoding="utf-8").replace("\n# ", " ")
    assert days in " ".join(starter.as_text().split())
    key = "elections.expected_credit_loss.default_days_past_due"
    with pytest.raises(UnusableInput, match=f"or state 90; gaapbridge close .*plan.toml --set {key}=90 shows all else"):
        check(starter.plan, settings=[f"{key}=60"])


def test_words_that_are_clear_need_no_answer_and_one_that_is_not_keeps_the_plan_open(tmp_path: Path, folder: Path) -> None:
    starter = own(folder / "clear", worded(tmp_path / "loans.csv"))
    assert [finding.name for finding in close(starter.plan).listed.findings] == PLACEHOLDERS
    left = [WORDED.get(cell, cell) for cell in ROWS[1]]
    open_still = own(folder / "open", worded(tmp_path / "more.csv", ["A-3", *left[1:], "Sold"]))
    rejected = check(open_still.plan)
    assert rejected.exit_code == 2 and rejected.rejects["value"].to_list() == ["Sold"]
    assert '\n#"Sold" = ""  # not known; one of on_book, prepaid, matured, written_off\n' in open_still.plan.read_text()


def test_a_segment_far_down_the_file_is_seen(tmp_path: Path) -> None:
    rows = [[str(number), "late" if number == 2_500 else "early"] for number in range(2_501)]
    assert looked(made(tmp_path / "loans.csv", ["contract_id", "product"], rows)).segments == ("early", "late")


def test_a_column_stands_for_one_of_ours_and_the_surest_name_wins() -> None:
    assert names("principal", "amount", "balance") == {"principal_minor": "principal", "outstanding_principal_minor": "balance"}
    assert names("grade", "pool", "product") == {"segment": "product"}


def test_a_name_nearly_the_same_must_fit_by_its_cells(tmp_path: Path) -> None:
    misspelt = made(tmp_path / "a.csv", ["contract_id", "Principle"], [["1", "100"]])
    assert looked(misspelt).matches["principal_minor"].why == "a name nearly the same: look at it"
    names_of_schools = made(tmp_path / "b.csv", ["contract_id", "Principle"], [["1", "honesty"]])
    assert set(looked(names_of_schools).matches) == {"contract_id"}


def test_names_of_the_trade_are_of_our_columns() -> None:
    ours = {name for schema in (*SCHEMAS, TRIAL_BALANCE) for name in schema.names}
    assert set(KNOWN_NAMES) <= ours and set(OF_TAPE) <= {schema.name for schema in SCHEMAS}


@pytest.mark.campaign(but=3)
@pytest.mark.parametrize("schema", (*SCHEMAS, TRIAL_BALANCE), ids=lambda schema: schema.name)
def test_names_of_the_trade_name_one_column_each(schema: Schema) -> None:
    of_trade = names_of(schema.name)
    for name in schema.names:
        for known in of_trade.get(name, ()):
            found = matched([known], schema.names, of_trade, lambda ours, theirs: True)
            assert list(found) == [name], (schema.name, known)


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        (["5000", "6000"], "minor"),
        (["5000.0", "6000.0"], "minor"),
        (["5000.00", "6000.00"], "major"),
        (["5000", "6000.5"], "major"),
    ],
)
def test_decimals_tell_major_units(tmp_path: Path, cells: list[str], amounts: str) -> None:
    rows = [[str(number), cell] for number, cell in enumerate(cells)]
    assert looked(made(tmp_path / "loans.csv", ["contract_id", "principal"], rows)).amounts == amounts


def test_two_currencies_name_none(tmp_path: Path) -> None:
    file = made(tmp_path / "loans.csv", ["contract_id", "ccy"], [["1", "USD"], ["2", "CNY"]])
    assert looked(file).currency is None


def test_a_file_of_something_else_is_refused(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "other.csv").write_text("only\n1\n2\n")
    with pytest.raises(UnusableInput, match="some columns are ones of the loan tape"):
        own(folder, tmp_path / "other.csv")
    assert not folder.exists()


def test_a_column_of_another_type_is_named(tmp_path: Path) -> None:
    days = {"loan_id": [1, 2], "issue_date": [20220101, 20220102], "closed_date": [0.5, 1.5]}
    pl.DataFrame(days).write_parquet(tmp_path / "loans.parquet")
    assert looked(tmp_path / "loans.parquet").faults == {"exit_date": "a column of Float64 holds no date"}


def test_a_relative_path_is_named_from_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path / "loans.csv")
    monkeypatch.chdir(tmp_path)
    starter = own(Path("books/mine"), Path("loans.csv"))
    plan = read_plan(starter.plan, DECLARED)
    assert plan.tapes.loans is not None and plan.tapes.loans.closing == "../../loans.csv"
    assert [finding.name for finding in close(starter.plan).listed.findings] == PLACEHOLDERS


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "found", "missing"),
    [
        (
            "lc_tape/live_2018.parquet",
            {
                "contract_id": "loan_id", "segment": "grade", "origination_date": "origination_month",
                "principal_minor": "principal", "annual_rate": "annual_rate", "term_instalments": "term_months",
                "instalment_minor": "instalment", "outstanding_principal_minor": "balance",
                "interest_received_minor": "paid_interest", "status": "status",
            },
            {"currency", "first_payment_date", "repayment_type", "days_past_due"},
        ),
        (
            "auto_abs_monthly/loans.parquet",
            {
                "contract_id": "loan_id", "segment": "pool", "origination_date": "origination_month",
                "first_payment_date": "first_payment_month", "maturity_date": "maturity_month",
                "principal_minor": "principal", "annual_rate": "annual_rate", "term_instalments": "term_months",
                "instalment_minor": "instalment",
            },
            {"currency", "repayment_type", "outstanding_principal_minor", "days_past_due"},
        ),
    ],
)  # fmt: skip
def test_real_tapes_are_recognised(real_data: Path, folder: Path, file: str, found: dict[str, str], missing: set[str]) -> None:
    starter = own(folder, real_data / file)
    assert starter.tapes["loans"].amounts == "major"
    assert {ours: match.theirs for ours, match in starter.tapes["loans"].matches.items()} == found
    assert {column.name for column in starter.tapes["loans"].missing} == missing
    assert read_plan(starter.plan, DECLARED).tapes.kinds == ("loans",)
