"""A plan for a lender's own loans: names matched, money and currency seen, what is missing said, and the plan closes."""

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.period_close.notes import DECLARED
from gaapbridge.plan import read_plan
from gaapbridge.portfolio.loan_tape import LOANS
from gaapbridge.starter import write_starter
from gaapbridge.starter.loan_file import look_at
from gaapbridge.starter.names import KNOWN_NAMES, matched

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


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_complete_tape_under_its_own_names_closes_at_once(tmp_path: Path, folder: Path, ending: str) -> None:
    starter = write_starter(folder, made(tmp_path / f"loans.{ending}"))
    plan = read_plan(starter.plan, DECLARED)
    assert plan.tapes.loans is not None and plan.tapes.kinds == ("loans",)
    assert plan.tapes.loans.columns == {ours: theirs for theirs, ours in HEADER.items()}
    assert (plan.tapes.loans.amounts, plan.entity.currency) == ("major", "USD")
    assert (plan.opening.source, plan.notes.order) == ("none", ["expected_credit_loss", "effective_interest"])
    run = close(starter.plan)
    assert (run.exit_code, run.rejected_rows) == (0, 0)
    table = pl.read_parquet(run.folder / "measurements" / "loans" / "*.parquet")
    assert table["closing_principal"].to_list() == [18_000_000, 5_174_662]


def test_what_is_missing_unread_and_wrong_is_said(tmp_path: Path, folder: Path) -> None:
    header = ["Account No", "Issue Date", "Loan Amount", "Int Rate", "status", "Purpose"]
    rows = [["A-1", "Jan-2022", "5000", "5.9", "Current", "car"], ["A-2", "Feb-2022", "6000", "6.9", "Late", "house"]]
    starter = write_starter(folder, made(tmp_path / "loans.csv", header, rows))
    assert starter.loans is not None
    assert [column.name for column in starter.loans.missing] == [
        "segment", "currency", "first_payment_date", "term_instalments", "repayment_type", "outstanding_principal_minor",
        "days_past_due",
    ]  # fmt: skip
    assert set(starter.loans.faults) == {"origination_date", "annual_rate", "status"}
    text = starter.as_text()
    for said in (
        "contract_id                  Account No  (a name of the trade)",
        'minor  (no decimals seen; write "major" if 5000 in the file means 5,000.00)',
        "days_past_due                days since the oldest unpaid instalment fell due",
        "Jan-2022: origination_date is a day of the calendar, written YYYY-MM-DD",
        "5.9: a rate is a fraction, 18 % is 0.18",
        "Current: status is one of on_book, prepaid, matured, written_off",
        "0                            service_fee_minor, fees_received_minor",
        "In the file and not read (ignore): Purpose",
    ):
        assert said in text
    plan = starter.plan.read_text(encoding="utf-8")
    assert '\n# Not found: days since the oldest unpaid instalment fell due\n#days_past_due = ""\n' in plan
    assert tomllib.loads(plan)["tapes"]["loans"]["ignore"] == ["Purpose"]
    assert json.loads(json.dumps(starter.as_dict()))["loans"]["amounts"] == "minor"


def test_a_tape_in_our_own_names_needs_no_mapping(tmp_path: Path, folder: Path) -> None:
    starter = write_starter(folder, made(tmp_path / "loans.csv", list(HEADER.values()), ROWS))
    plan = tomllib.loads(starter.plan.read_text(encoding="utf-8"))
    assert plan["tapes"]["loans"]["columns"] == {} and plan["tapes"]["loans"]["ignore"] == []


def test_many_unread_columns_with_odd_names_are_still_toml(tmp_path: Path, folder: Path) -> None:
    odd = [f'note "{number}", back\\slash' for number in range(20)]
    starter = write_starter(folder, made(tmp_path / "loans.csv", [*HEADER, *odd], [row + ["x"] * 20 for row in ROWS]))
    plan = tomllib.loads(starter.plan.read_text(encoding="utf-8"))
    assert plan["tapes"]["loans"]["ignore"] == odd
    assert close(starter.plan).rejected_rows == 0


def names(*header: str) -> dict[str, str]:
    """Our names to those of a header, where cells fit whatever is asked."""
    return {ours: match.theirs for ours, match in matched(header, LOANS.names, lambda ours, theirs: True).items()}


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("contract_id", "contract_id"), ("Contract ID", "contract_id"), ("loanId", "contract_id"), ("acct_no", "contract_id"),
        ("current_upb", "outstanding_principal_minor"), ("Unpaid Principal", "outstanding_principal_minor"),
        ("out_prncp", "outstanding_principal_minor"), ("ORIG_UPB", "principal_minor"), ("loan_amnt", "principal_minor"),
        ("int_rate", "annual_rate"), ("APR", "annual_rate"), ("Term in Months", "term_instalments"),
        ("dpd", "days_past_due"), ("Days Delinquent", "days_past_due"), ("date_of_origination", "origination_date"),
        ("issue_d", "origination_date"), ("installment", "instalment_minor"), ("Curency", "currency"),
        ("Principle", "principal_minor"), ("outstanding_principle", "outstanding_principal_minor"),
    ],
)  # fmt: skip
def test_a_name_is_known(theirs: str, ours: str) -> None:
    assert names(theirs) == {ours: theirs}


@pytest.mark.parametrize(
    "theirs", ["paid_principal", "last_pymnt_d", "delinq_2y", "state", "vehicle_value", "balance_begin_t0"]
)
def test_a_name_that_means_something_else_is_left(theirs: str) -> None:
    assert names(theirs) == {}


def test_a_column_stands_for_one_of_ours_and_the_surest_name_wins() -> None:
    assert names("principal", "amount", "balance") == {"principal_minor": "principal", "outstanding_principal_minor": "balance"}
    assert names("grade", "pool", "product") == {"segment": "product"}


def test_a_name_nearly_the_same_must_fit_by_its_cells(tmp_path: Path) -> None:
    misspelt = made(tmp_path / "a.csv", ["contract_id", "Principle"], [["1", "100"]])
    assert look_at(misspelt).matches["principal_minor"].why == "a name nearly the same: look at it"
    names_of_schools = made(tmp_path / "b.csv", ["contract_id", "Principle"], [["1", "honesty"]])
    assert set(look_at(names_of_schools).matches) == {"contract_id"}


def test_names_of_the_trade_are_of_our_columns_and_name_one_each() -> None:
    assert set(KNOWN_NAMES) <= set(LOANS.names)
    assert all(names(known) == {ours: known} for ours, known_names in KNOWN_NAMES.items() for known in known_names)


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
    assert look_at(made(tmp_path / "loans.csv", ["contract_id", "principal"], rows)).amounts == amounts


def test_two_currencies_name_none(tmp_path: Path) -> None:
    file = made(tmp_path / "loans.csv", ["contract_id", "ccy"], [["1", "USD"], ["2", "CNY"]])
    assert look_at(file).currency is None


def test_a_column_of_another_type_is_named(tmp_path: Path) -> None:
    pl.DataFrame({"loan_id": [1, 2], "issue_date": [20220101, 20220102]}).write_parquet(tmp_path / "loans.parquet")
    assert look_at(tmp_path / "loans.parquet").faults == {"origination_date": "a column of Int64 holds no date"}


def test_a_relative_path_is_named_from_the_plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path / "loans.csv")
    monkeypatch.chdir(tmp_path)
    starter = write_starter(Path("books/mine"), Path("loans.csv"))
    plan = read_plan(starter.plan, DECLARED)
    assert plan.tapes.loans is not None and plan.tapes.loans.closing == "../../loans.csv"
    assert close(starter.plan).exit_code == 0


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
    starter = write_starter(folder, real_data / file)
    assert starter.loans is not None and starter.loans.amounts == "major"
    assert {ours: match.theirs for ours, match in starter.loans.matches.items()} == found
    assert {column.name for column in starter.loans.missing} == missing
    assert read_plan(starter.plan, DECLARED).tapes.kinds == ("loans",)
