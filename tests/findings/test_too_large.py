"""Totals that 64 bits cannot hold: added up exactly, or refused by tape and total; never another number without a word."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from functools import reduce
from operator import add
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from gaapbridge.contracts.added_up import SecondPath
from gaapbridge.contracts.hindsight import Expecting, Hindsight
from gaapbridge.contracts.keyed import balances_of, keyed_totals
from gaapbridge.contracts.loans import KIND
from gaapbridge.contracts.loans.population import payments_by_contract
from gaapbridge.contracts.measured import both_sides
from gaapbridge.contracts.movements import movement_tables
from gaapbridge.contracts.rows import Rows
from gaapbridge.contracts.totals import LARGEST_AMOUNT, STAGES, Standing, Totals, total
from gaapbridge.difference import PATHS, SIDES
from gaapbridge.measure.ledger import sum_by_key
from gaapbridge.measure.rounding import BEYOND, fraction_of, to_minor
from gaapbridge.period_close import close
from gaapbridge.starter import write_starter
from gaapbridge.tapes.schema import LARGEST_MINOR
from gaapbridge.terms.errors import TooLarge, UnusableInput
from gaapbridge.terms.money import LARGEST_TOTAL

LEAST, MOST = -(2**63), 2**63 - 1


@pytest.mark.parametrize(
    ("amounts", "held"),
    [
        ([7, -7], True),
        ([9, 1], True),
        ([9, 2], False),
        ([-9, -2], False),
        ([11, -11], False),
        ([-11], False),
        ([MOST], False),
        ([LEAST], False),
        ([-5, LEAST], False),
        ([5, MOST], False),
        ([0, LEAST], False),
    ],
)
def test_a_sum_is_within_its_bounds_at_every_step(amounts: list[int], held: bool) -> None:
    added = np.zeros((1, 1), np.int64)
    assert sum_by_key(np.zeros(len(amounts), np.int64), np.array([amounts]), added, 10, 10) is held
    assert not held or added[0, 0] == sum(amounts)


def rows_of(series: str, amounts: list[int]) -> tuple[Standing, Rows]:
    """Loans of one segment that stayed, nil but for one series."""
    rows, none = Rows.of(KIND, len(amounts)), np.zeros(len(amounts), np.int64)
    rows[series] = np.array(amounts)
    return Standing(none, none, none, none), rows


@pytest.mark.parametrize("sign", [1, -1])
def test_an_amount_no_contract_has_is_named(sign: int) -> None:
    standing, rows = rows_of("recoveries_received", [5, sign * (LARGEST_AMOUNT + 1)])
    with pytest.raises(TooLarge, match="recoveries_received of a contract"):
        total(standing, rows, ("business",))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_total_no_lender_has_is_named(sign: int) -> None:
    """Thirteen contracts hold less than 10^18, fourteen more."""
    most = [sign * LARGEST_AMOUNT] * 14
    standing, rows = rows_of("closing_principal", most[:13])
    assert total(standing, rows, ("business",)).sums().totals["stayed"]["closing_principal"] == {"business": sum(most[:13])}
    standing, rows = rows_of("closing_principal", most)
    with pytest.raises(TooLarge, match="closing_principal of all contracts of a segment and path adds up to less than"):
        total(standing, rows, ("business",))


def totals_of(amount: int, series: tuple[str, ...] = ("closing_principal", "contracts")) -> Totals:
    """Totals of two segments that are all of one amount."""
    shape = (2, len(PATHS), len(STAGES), len(STAGES), len(series))
    return Totals(("a", "b"), series, np.full(shape, amount, np.int64))


def test_totals_of_ranges_are_added_within_bounds() -> None:
    half = totals_of(LARGEST_TOTAL // 2)
    assert int(half.plus(half).amounts.max()) == LARGEST_TOTAL - 1
    with pytest.raises(TooLarge, match="closing_principal of all contracts of a segment and path"):
        half.plus(half).plus(half)


def test_totals_over_stages_are_exact_or_refused() -> None:
    """Sixteen cells of 10^18 are more than 64 bits hold."""
    cells = len(STAGES) ** 2
    fits = totals_of(LARGEST_TOTAL // cells)
    assert fits.sums().totals["stayed"]["closing_principal"]["a"] == LARGEST_TOTAL // cells * cells
    with pytest.raises(TooLarge, match="closing_principal of all contracts of a segment and path"):
        totals_of(LARGEST_TOTAL).sums()


def test_a_total_is_one_of_a_segment_and_a_path() -> None:
    """As the refusal says: segments and ways that are below it come to more together, and are taken."""
    large = totals_of(LARGEST_TOTAL // len(STAGES) ** 2)
    taken = large.sums().totals
    assert sum(amount for series in taken.values() for amount in series["closing_principal"].values()) > LARGEST_TOTAL
    one = [one[segment] for path in PATHS for one in [taken[path]["closing_principal"]] for segment in ("a", "b")]
    assert max(one) <= LARGEST_TOTAL and len(one) == 2 * len(PATHS)


def test_movements_by_stage_are_exact() -> None:
    large = LARGEST_TOTAL - 1
    table = totals_of(large).by_stage("closing_principal", PATHS)
    assert {int(amount) for amount in table.flat} == {2 * len(PATHS) * large} and 2 * len(PATHS) * large > MOST
    for moved in movement_tables(totals_of(large, KIND.series)):
        added = sum(int(line[1]) for line in moved.lines.values())
        assert int(moved.measured_closing[1]) - added == int(moved.residual[1])
        assert max(abs(int(amount)) for line in moved.lines.values() for amount in line) > MOST


def test_contracts_measured_directly_are_added_exactly() -> None:
    part = pl.DataFrame({"held": [2**62] * 5, "owed": [LEAST] * 5})
    direct = SimpleNamespace(
        balances=lambda framework, state: {"asset": {"asset": pl.col("held")}, "liability": {"liability": pl.col("owed")}},
        income=lambda framework, answers: {"revenue": {"fees": pl.col("owed")}},
        memoranda=lambda framework: {},
    )
    second = SecondPath.of(KIND, direct, {})
    for side in both_sides(second.amounts(second.add_up(part) + second.add_up(part.head(2)))):
        assert side.opening == side.closing == {"asset": {"asset": 7 * 2**62}, "liability": {"liability": 7 * LEAST}}
        assert side.income == {"revenue": {"fees": 7 * LEAST}}
    assert len(SIDES) == 2


def test_an_estimate_beyond_all_amounts_is_cut_and_not_turned_round() -> None:
    with np.errstate(all="raise"):
        assert [abs(int(amount)) >= BEYOND for amount in to_minor(np.array([1e19, -1e19, 1e300]))] == [True] * 3
        assert [int(amount) > 0 for amount in to_minor(np.array([1e19, -1e19, 1e300]))] == [True, False, True]
    assert BEYOND > LARGEST_AMOUNT
    with pytest.raises(ValueError, match="not a finite number"):
        to_minor(np.array([1.0, np.inf]))


@pytest.mark.parametrize("fraction", [Fraction(6, 106), Fraction(123456789012345, 10**15), Fraction(-7, 3**30)])
def test_a_share_is_exact_at_any_size(fraction: Fraction) -> None:
    amounts = [0, 1, -1, 53, 10**15 + 1, -(2**56), 2**56 - 1]
    exact = [Fraction(amount) * fraction for amount in amounts]
    expected = [int(abs(one) + Fraction(1, 2)) * (1 if one >= 0 else -1) for one in exact]
    shared = fraction_of(np.array(amounts), fraction)
    assert shared.tolist() == expected and shared.dtype == np.int64


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A starter plan without ledger and control totals."""
    plan = write_starter(tmp_path / "mine").plan
    tables = re.split(r"(?m)^(?=\[)", plan.read_text())
    plan.write_text("".join(one for one in tables if not re.match(r"\[(trial_balance|tapes\.\w+\.control)", one)))
    return plan.parent


def many_loans(folder: Path, number: int) -> None:
    """So many more loans of the largest amount on the closing tape, all lent in the period."""
    path = folder / "tapes" / "loans-2023-12-31.csv"
    one = next(line for line in path.read_text().splitlines() if line.startswith("LOAN-1,"))
    new = one.replace("2022-06-15,2022-07-15", "2023-12-15,2024-01-15").replace(",4950000,", ",0,").replace("720000,", "0,")
    new = new.replace("36000000", str(LARGEST_MINOR)).replace("18000000", str(LARGEST_MINOR))
    with path.open("a") as tape:
        tape.writelines(new.replace("LOAN-1,", f"LARGE-{place:05},") + "\n" for place in range(number))


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("number", [112, 600, 2049])
def test_loans_that_come_to_more_than_a_total_are_refused(number: int, folder: Path) -> None:
    """112 pass 10^18, 600 pass 2^62, 2,049 pass 2^64 and would come out as five hundred thousand."""
    many_loans(folder, number)
    with pytest.raises(UnusableInput) as refused:
        close(folder / "plan.toml")
    assert str(refused.value).startswith(
        "file: tapes/loans-2023-12-31.csv | rule: late_principal of all contracts of a segment and path adds up to"
    )


def test_loans_that_come_to_a_total_just_taken_are_closed(folder: Path) -> None:
    many_loans(folder, 100)
    run = close(folder / "plan.toml")
    principal = sum(abs(row.us_gaap) for row in run.exact.statements[0].rows if row.id in ("loans_c", "loans_nc"))
    assert 100 * LARGEST_MINOR - 10**17 < principal < LARGEST_TOTAL
    assert run.listed.checks and all(check.holds for check in run.listed.checks) and run.listed.findings == ()


def test_events_of_one_loan_are_added_exactly(folder: Path) -> None:
    """1,100 recoveries of about the largest amount pass 2^63."""
    path = folder / "tapes" / "loan-events-2023.csv"
    with path.open("a") as events:
        events.writelines(f"LOAN-1,2023-06-05,recovery,{LARGEST_MINOR - less}\n" for less in range(1_100))
    with pytest.raises(UnusableInput) as refused:
        close(folder / "plan.toml")
    named = "file: tapes/loan-events-2023.csv | column: contract_id | value: LOAN-1 | rule: the events of a contract"
    assert str(refused.value).startswith(f"{named} add up to at most 2^56 minor units")


@pytest.mark.campaign
def test_payments_that_no_loan_has_are_refused_by_their_tape_and_contract(folder: Path) -> None:
    """Eight times the largest amount of a tape is less than 2^56, nine times it more."""
    path = folder / "tapes" / "loan-payments-2023.csv"
    before = path.read_text(encoding="utf-8")
    for number in (8, 9):
        rows = [f"LOAN-2,2023-{month:02}-05,{LARGEST_MINOR},0,0" for month in range(1, number + 1)]
        path.write_text("\n".join([before.splitlines()[0], *rows, ""]), encoding="utf-8")
        if number == 8:
            assert 8 * LARGEST_MINOR < LARGEST_AMOUNT < 9 * LARGEST_MINOR
            assert close(folder / "plan.toml").listed.findings != ()
    with pytest.raises(UnusableInput) as refused:
        close(folder / "plan.toml")
    assert (refused.value.file, refused.value.column) == ("tapes/loan-payments-2023.csv", "contract_id")
    assert refused.value.value == "LOAN-2"
    assert refused.value.rule == "the payments of a contract add up to at most 2^56 minor units"


def test_payments_of_one_loan_are_added_exactly() -> None:
    """1,100 payments of the largest amount pass 2^63: cut to what is beyond every amount, and not turned round."""
    rows = {"contract_id": ["L"] * 1_100, "principal_minor": [LARGEST_MINOR] * 1_100, "interest_minor": [0] * 1_100}
    told = payments_by_contract(pl.DataFrame({**rows, "fees_minor": [LARGEST_MINOR] * 1_100}))
    assert told.select("repaid_minor", "paid_minor").row(0) == (BEYOND, BEYOND)
    few = payments_by_contract(pl.DataFrame({**rows, "fees_minor": [0] * 1_100}).head(100))
    assert few.select("repaid_minor", "paid_minor").row(0) == (100 * LARGEST_MINOR, 100 * LARGEST_MINOR)


def test_what_is_owed_at_default_is_added_within_bounds() -> None:
    sums = {name: np.zeros(1, np.int64) for name in Hindsight.__dataclass_fields__ if name not in ("by", "outside", "counted")}
    by = Expecting(("a",), (), (0.0, 0.0), (0.0, 0.0), date(2020, 1, 1), None)
    half = Hindsight(by=by, outside={}, counted={}, **{**sums, "claims": np.array([LARGEST_TOTAL // 2])})
    assert int(half.plus(half).claims[0]) == LARGEST_TOTAL - 1
    with pytest.raises(TooLarge, match="what contracts owe at default"):
        half.plus(half).plus(half)


def test_totals_by_key_are_exact() -> None:
    components = [one for one in KIND.components if "closing" in one.states and one.tabled]
    names = {f"{side}_{one.name}" for one in components if one.sides for side in SIDES}
    names |= {f"closing_{one.name}" for one in components if not one.sides}
    facts = {"origination_year": [2020] * 5, "bucket_closing": [0] * 5, "nonaccrual_closing": [False] * 5}
    table = {**facts, "closing_on_book": [True] * 5, "opening_on_book": [False] * 5, **{name: [2**62] * 5 for name in names}}
    opening = {"bucket_opening": [0] * 5, "nonaccrual_opening": [False] * 5}
    part = pl.DataFrame({**table, **opening})
    parts = (part, part.head(2).with_columns(origination_year=2021), part.head(1))
    second = SecondPath({}, balances_of(KIND))
    first, other = keyed_totals(KIND, second.keyed(reduce(add, map(second.add_up, parts))))
    assert {first[name] for name in first if name.endswith("loss_allowance")} == {6 * 2**62}
    assert (first["origination_year"], first["contracts"], other["origination_year"], other["contracts"]) == (2020, 6, 2021, 2)
    assert other["us_loss_allowance"] == 2 * 2**62


def test_a_ledger_beyond_a_total_is_refused_by_row(tmp_path: Path) -> None:
    plan = write_starter(tmp_path / "mine").plan
    path = plan.parent / "ledger" / "trial-balance-2023-12-31.csv"
    text = path.read_text()
    cash, current = (next(row.split(",")[-2] for row in text.splitlines() if row.startswith(one)) for one in ("1001", "1301"))
    path.write_text(text.replace(cash, str(LARGEST_TOTAL + 1)))
    with pytest.raises(UnusableInput, match=r"2023-12-31\.csv \| row: 1 \| column: debit_minor .* from 0 to 9+ minor"):
        close(plan)
    path.write_text(text.replace(cash, str(LARGEST_TOTAL)).replace(current, str(LARGEST_TOTAL)))
    with pytest.raises(UnusableInput, match=r"row: bs-2023/\w+ \| column: us_gaap .* an amount is below 10\^18"):
        close(plan)


@pytest.mark.campaign
def test_what_is_brought_forward_is_refused_by_row_or_by_posting(folder: Path) -> None:
    plan, given = folder / "plan.toml", folder / "bf.csv"
    plan.write_text(plan.read_text().replace('source = "opening_tape"', 'source = "amounts"\nfile = "bf.csv"'))
    header, row = "note,account,segment,debit_minor,credit_minor\n", "expected_credit_loss,1311,{},0,{}\n"
    given.write_text(header + row.format("business", LARGEST_TOTAL + 1))
    with pytest.raises(UnusableInput, match=r"bf\.csv \| row: 1 \| column: credit_minor"):
        close(plan)
    given.write_text(header + row.format("business", LARGEST_TOTAL))
    with pytest.raises(UnusableInput, match=r"expected_credit_loss .* posted to \d+ for \w+ is below 10\^18 minor"):
        close(plan)
