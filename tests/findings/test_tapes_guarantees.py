"""Guarantee and fee tapes: every rule broken once, every format, and guarantees held against their fees."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.guarantees.schema import GUARANTEE_FEES, GUARANTEES, MOST_MINOR
from gaapbridge.contracts.guarantees.whole import whole_guarantees
from gaapbridge.tapes.cells import BAD_CELLS, Parsed
from gaapbridge.tapes.checks import ControlTotals, check
from gaapbridge.tapes.ranges import Held, held
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Circumstances, Schema
from tests.findings.tapes_made import (
    CIRCUMSTANCES,
    GOOD_ROWS,
    INSTANT,
    broken,
    check_frame,
    rows_for,
    rows_of,
    write_formats,
)

NAN = float("nan")
PAID_OUT = {"status": "paid_out", "exit_date": date(2023, 6, 30), "paid_out_minor": 9_000}

# Of every rule: a change that breaks it and no other, and the value that the reject shows.
BREAKS: dict[str, list[tuple[dict[str, Any], str]]] = {
    "loan_id_given": [({"loan_id": None}, ""), ({"loan_id": ""}, ""), ({"loan_id": " L1"}, "L1")],
    "segment_in_curves": [({"segment": "mortgage"}, "mortgage")],
    "currency_of_entity": [({"currency": "USD"}, "USD")],
    "origination_date_by_instant": [
        (
            {"origination_date": date(2024, 1, 1), "first_payment_date": date(2024, 2, 1), "maturity_date": None},
            "2024-01-01",
        )
    ],
    "first_payment_date_after_origination_date": [
        ({"first_payment_date": date(2023, 1, 31)}, "2023-01-31 (origination_date 2023-01-31)")
    ],
    "maturity_date_after_origination_date": [],
    "maturity_date_from_first_payment_date": [
        ({"maturity_date": date(2023, 2, 27)}, "2023-02-27 (first_payment_date 2023-02-28)")
    ],
    "origination_date_real": [({"origination_date": date(1970, 1, 1)}, "1970-01-01")],
    "first_payment_date_real": [
        ({"origination_date": date(2010, 1, 1), "first_payment_date": date(2099, 12, 31), "maturity_date": None}, "2099-12-31")
    ],
    "maturity_date_real": [({"maturity_date": date(2099, 12, 31)}, "2099-12-31")],
    "principal_minor_bounds": [
        ({"principal_minor": 0, "outstanding_principal_minor": 0}, "0"),
        ({"principal_minor": MOST_MINOR + 1}, "10000000000001"),
    ],
    "annual_rate_bounds": [({"annual_rate": NAN}, "NaN"), ({"annual_rate": 10.0}, "10.0")],
    "term_instalments_bounds": [({"term_instalments": 481}, "481")],
    "repayment_type_known": [({"repayment_type": "Level"}, "Level")],
    "instalment_minor_bounds": [({"instalment_minor": 0}, "0")],
    "instalment_of_level_loan": [({"instalment_minor": 5, "repayment_type": "bullet"}, "5 (repayment_type bullet)")],
    "day_count_measured": [({"day_count": "actual/365"}, "actual/365"), ({"day_count": "actual/actual"}, "actual/actual")],
    "payment_frequency_measured": [({"payment_frequency": "quarterly"}, "quarterly")],
    "first_payment_date_within_century": [
        (
            {"origination_date": date(1998, 1, 31), "first_payment_date": date(2098, 2, 2), "maturity_date": None},
            "2098-02-02 (origination_date 1998-01-31)",
        )
    ],
    "maturity_date_within_century": [
        (
            {"origination_date": date(1998, 1, 31), "maturity_date": date(2098, 2, 2)},
            "2098-02-02 (origination_date 1998-01-31)",
        )
    ],
    "guaranteed_share_bounds": [
        ({"guaranteed_share": 0.0}, "0.0"),
        ({"guaranteed_share": 1.01}, "1.01"),
        ({"guaranteed_share": NAN}, "NaN"),
    ],
    "payout_days_of_hazards": [
        ({"payout_trigger_days": 31}, "31 (segment consumer)"),
        ({"payout_trigger_days": 62, "segment": "sme"}, "62 (segment sme)"),
    ],
    "stand_ready_minor_bounds": [
        ({"stand_ready_minor": -1}, "-1"),
        ({"stand_ready_minor": MOST_MINOR + 1}, "10000000000001"),
    ],
    "outstanding_principal_minor_bounds": [({"outstanding_principal_minor": -1}, "-1")],
    "outstanding_within_twice_principal": [
        ({"outstanding_principal_minor": 240_001}, "240001 (principal_minor 120000)"),
    ],
    "billed_unpaid_interest_minor_bounds": [({"billed_unpaid_interest_minor": -1}, "-1")],
    "days_past_due_bounds": [({"days_past_due": -1}, "-1")],
    "days_past_due_since_first_payment": [
        ({"days_past_due": 307}, "307 (first_payment_date 2023-02-28) (exit_date empty)"),
        (
            {"status": "matured", "exit_date": date(2023, 6, 30), "days_past_due": 123},
            "123 (first_payment_date 2023-02-28) (exit_date 2023-06-30)",
        ),
    ],
    "months_since_last_missed_bounds": [({"months_since_last_missed": -1}, "-1")],
    "months_since_last_missed_within_arrears": [
        ({"months_since_last_missed": 2, "days_past_due": 55}, "2 (days_past_due 55)"),
    ],
    "months_since_last_missed_since_first_payment": [
        ({"months_since_last_missed": 11}, "11 (first_payment_date 2023-02-28) (exit_date empty)"),
    ],
    "status_known": [({"status": "prepaid", "exit_date": INSTANT}, "prepaid")],
    "exit_date_given": [({"status": "matured"}, "(status matured)")],
    "exit_date_absent": [({"exit_date": INSTANT}, "2023-12-31 (status on_book)")],
    "exit_date_from_origination_date": [
        ({"status": "matured", "exit_date": date(2023, 1, 30)}, "2023-01-30 (origination_date 2023-01-31)")
    ],
    "exit_date_by_instant": [({"status": "settled_early", "exit_date": date(2024, 1, 1)}, "2024-01-01")],
    "default_date_from_origination_date": [
        ({"default_date": date(2023, 1, 30)}, "2023-01-30 (origination_date 2023-01-31)"),
    ],
    "exit_date_from_default_date": [
        (
            {"status": "matured", "exit_date": date(2023, 6, 30), "default_date": date(2023, 7, 1)},
            "2023-06-30 (default_date 2023-07-01)",
        )
    ],
    "default_date_by_instant": [({"default_date": date(2024, 1, 1)}, "2024-01-01")],
    "exit_date_from_cured_date": [
        (
            {
                "status": "matured",
                "exit_date": date(2023, 6, 30),
                "default_date": date(2023, 5, 1),
                "cured_date": date(2023, 7, 1),
            },
            "2023-06-30 (cured_date 2023-07-01)",
        )
    ],
    "exit_date_real": [],
    "default_date_real": [],
    "cured_date_real": [],
    "cured_date_needs_default_date": [({"cured_date": INSTANT}, "2023-12-31 (default_date empty)")],
    "cured_date_from_default_date": [
        ({"cured_date": date(2023, 6, 29), "default_date": date(2023, 6, 30)}, "2023-06-29 (default_date 2023-06-30)")
    ],
    "cured_date_before_default_again": [
        (
            {"default_date": date(2023, 5, 1), "cured_date": date(2023, 11, 1), "days_past_due": 123},
            "2023-11-01 (days_past_due 123) (segment consumer) (exit_date empty)",
        )
    ],
    "claim_at_default_minor_bounds": [({"claim_at_default_minor": -1}, "-1")],
    "cured_date_by_instant": [({"cured_date": date(2024, 1, 1), "default_date": INSTANT}, "2024-01-01")],
    "on_book_until_its_end": [
        (
            {"maturity_date": date(2023, 12, 10)},
            "on_book (days_past_due 0) (maturity_date 2023-12-10) (first_payment_date 2023-02-28) (term_instalments 12)",
        ),
        (
            {"maturity_date": None, "term_instalments": 10},
            "on_book (days_past_due 0) (maturity_date empty) (first_payment_date 2023-02-28) (term_instalments 10)",
        ),
    ],
    "pd_12m_bounds": [
        ({"pd_12m": 1.01, "pd_12m_at_origination": 0.02}, "1.01 (pd_12m_at_origination 0.02)"),
    ],
    "pd_12m_at_origination_bounds": [
        ({"pd_12m": 0.02, "pd_12m_at_origination": -0.01}, "-0.01 (pd_12m 0.02)"),
    ],
    "paid_out_minor_bounds": [({**PAID_OUT, "paid_out_minor": MOST_MINOR + 1}, "10000000000001")],
    "paid_out_of_paid_out": [
        ({"paid_out_minor": 1}, "1 (status on_book)"),
        ({**PAID_OUT, "paid_out_minor": 0}, "0 (status paid_out)"),
        ({**PAID_OUT, "paid_out_minor": None}, "0 (status paid_out)"),
    ],
    "recovered_minor_bounds": [({"recovered_minor": -1}, "-1")],
    "recovered_minor_within_paid_out_minor": [
        ({"recovered_minor": 1}, "1 (paid_out_minor 0)"),
        ({**PAID_OUT, "recovered_minor": 9_001}, "9001 (paid_out_minor 9000)"),
    ],
}

FEE_BREAKS: dict[str, list[tuple[dict[str, Any], str]]] = {
    "coverage_start_given": [({"coverage_start": None}, "")],
    "coverage_end_given": [({"coverage_end": None}, "")],
    "coverage_end_after_coverage_start": [
        ({"coverage_end": date(2023, 1, 31)}, "2023-01-31 (coverage_start 2023-01-31)"),
    ],
    "coverage_end_within_century": [
        ({"coverage_start": date(1998, 1, 31), "coverage_end": date(2098, 2, 2)}, "2098-02-02 (coverage_start 1998-01-31)")
    ],
    "due_date_real": [({"due_date": date(9999, 12, 31)}, "9999-12-31"), ({"due_date": date(1949, 12, 31)}, "1949-12-31")],
    "coverage_start_real": [({"coverage_start": date(1970, 1, 1)}, "1970-01-01")],
    "coverage_end_real": [({"coverage_end": date(2099, 12, 31)}, "2099-12-31")],
    "fee_minor_bounds": [
        ({"fee_minor": 0, "collected_minor": 0, "written_off_minor": 0}, "0"),
        ({"fee_minor": MOST_MINOR + 1}, "10000000000001"),
    ],
    "collected_minor_bounds": [({"collected_minor": -1}, "-1")],
    "written_off_minor_bounds": [({"written_off_minor": -1}, "-1")],
    "settled_within_fee": [({"collected_minor": 301}, "301 (written_off_minor 200) (fee_minor 500)")],
}

_UNKNOWN = "rating_in_curves", "rating_at_origination_in_curves"
"""Rules of curves by rating, which the loans' tape shares and its tests break."""

CASES = [
    *[(GUARANTEES, rule, *case) for rule, cases in BREAKS.items() for case in cases],
    *[(GUARANTEE_FEES, rule, *case) for rule, cases in FEE_BREAKS.items() for case in cases],
]


@pytest.mark.parametrize(("contract", "rule", "change", "value"), CASES, ids=lambda part: str(getattr(part, "name", part)))
def test_a_broken_rule_is_named(contract: Schema, rule: str, change: dict[str, Any], value: str) -> None:
    other = {"contract_id": "G2"}
    result = check_frame(rows_for(contract, {}, {**other, **change}, {"contract_id": "G3"}), contract, CIRCUMSTANCES)
    assert rows_of(result) == [1, 3]
    declared = next(one for one in contract.rules if one.id == rule)
    row = {**GOOD_ROWS[contract.name], **other, **change}
    assert result.rejects.to_dicts() == [
        {
            "file": contract.name,
            "row": 2,
            "column": declared.column,
            "value": value,
            "rule": declared.sentence.format(instant="2023-12-31", currency="CNY"),
            "remedy": declared.remedy,
            "contract_id": "G2",
            "amount_minor": row[contract.amount],
        }
    ]


def test_every_rule_is_broken_once() -> None:
    assert list(BREAKS) == [rule.id for rule in GUARANTEES.rules if rule.id not in _UNKNOWN]
    assert list(FEE_BREAKS) == [rule.id for rule in GUARANTEE_FEES.rules]
    both = check_frame(rows_for(GUARANTEES, {"maturity_date": date(2023, 1, 31)}), GUARANTEES, CIRCUMSTANCES)
    assert both.rejects["rule"].to_list() == [
        "maturity_date is after origination_date",
        "maturity_date is not before first_payment_date",
    ]


def test_a_guarantee_may_state_the_day_on_which_its_funder_is_paid() -> None:
    stated = ({"payout_trigger_days": 62}, {"payout_trigger_days": 31, "segment": "sme"}, {"payout_trigger_days": None})
    rows = rows_for(GUARANTEES, *({"contract_id": f"G{number}", **one} for number, one in enumerate(stated)))
    assert check_frame(rows, GUARANTEES, CIRCUMSTANCES).rejects.is_empty()


@pytest.mark.parametrize("contract", [GUARANTEES, GUARANTEE_FEES], ids=lambda contract: contract.name)
def test_a_required_cell_is_given(contract: Schema) -> None:
    own = {rule.column for rule in contract.rules if rule.of_giving}
    names = [column.name for column in contract.columns if column.required and column.name not in own]
    result = check_frame(rows_for(contract, *[{name: None} for name in names]), contract, CIRCUMSTANCES)
    given = result.rejects.filter(pl.col("rule").str.ends_with("is given in every row"))
    assert [(row, column) for row, column in given.select("row", "column").iter_rows()] == [*enumerate(names, start=1)]
    assert set(given["remedy"]) == {"fill the cell"}


def test_the_words_of_the_rules_of_guarantees() -> None:
    said = {rule.id: (rule.sentence, rule.remedy) for rule in (*GUARANTEES.rules, *GUARANTEE_FEES.rules)}
    assert said["loan_id_given"] == (
        "a guarantee names the loan it guarantees",
        "name the guaranteed loan, starting with a visible character",
    )
    assert said["coverage_start_given"] == (
        "a fee instalment states the period of coverage it pays for",
        "give the day on which the coverage starts",
    )
    assert said["fee_minor_bounds"][0] == "fee_minor is from 1 to 10000000000000 minor units"


EDGES: list[tuple[Schema, dict[str, Any]]] = [
    (GUARANTEES, {}),
    (GUARANTEES, {"guaranteed_share": 1.0}),
    (GUARANTEES, {"guaranteed_share": 1e-9, "stand_ready_minor": 0}),
    (GUARANTEES, {"stand_ready_minor": None, "maturity_date": None}),
    (GUARANTEES, {"principal_minor": MOST_MINOR, "outstanding_principal_minor": MOST_MINOR}),
    (GUARANTEES, {"origination_date": date(2000, 1, 31), "maturity_date": date(2100, 1, 31)}),
    (GUARANTEES, {"days_past_due": 306, "default_date": date(2023, 5, 1), "cured_date": date(2023, 5, 1)}),
    (GUARANTEES, {"days_past_due": 123, "default_date": date(2023, 5, 1), "cured_date": date(2023, 10, 31)}),
    (GUARANTEES, {"maturity_date": date(2023, 12, 11)}),
    (GUARANTEES, {"maturity_date": date(2023, 3, 31), "days_past_due": 1}),
    (GUARANTEES, PAID_OUT),
    (GUARANTEES, {**PAID_OUT, "paid_out_minor": 1, "recovered_minor": 1}),
    (GUARANTEES, {"status": "matured", "exit_date": INSTANT}),
    (GUARANTEE_FEES, {"collected_minor": 0, "written_off_minor": 500}),
    (GUARANTEE_FEES, {"fee_minor": MOST_MINOR, "collected_minor": MOST_MINOR, "written_off_minor": 0}),
    (GUARANTEE_FEES, {"coverage_end": date(2023, 2, 1)}),
    (GUARANTEE_FEES, {"due_date": date(2030, 1, 1)}),
]


@pytest.mark.parametrize(("contract", "change"), EDGES, ids=range(len(EDGES)))
def test_the_last_allowed_value_is_allowed(contract: Schema, change: dict[str, Any]) -> None:
    result = check_frame(rows_for(contract, change), contract, CIRCUMSTANCES)
    assert broken(result) == []


def test_defaults_hold_for_an_absent_column_and_an_empty_cell() -> None:
    frame = rows_for(GUARANTEES, {"guaranteed_share": None, "related_party": None}).drop("paid_out_minor")
    good = check_frame(frame, GUARANTEES, CIRCUMSTANCES).good.row(0, named=True)
    assert (good["guaranteed_share"], good["related_party"], good["paid_out_minor"]) == (1.0, False, 0)
    fees = check_frame(
        rows_for(GUARANTEE_FEES, {"collected_minor": None}).drop("written_off_minor"), GUARANTEE_FEES, CIRCUMSTANCES
    )
    assert fees.good.select("collected_minor", "written_off_minor").row(0) == (0, 0)


def test_a_guarantee_stands_once_and_its_fees_many_times() -> None:
    twice = rows_for(GUARANTEES, {}, {})
    assert broken(check_frame(twice, GUARANTEES, CIRCUMSTANCES)) == [(1, "contract_id", "G1"), (2, "contract_id", "G1")]
    fees = rows_for(GUARANTEE_FEES, {}, {"fee_minor": 501}, {})
    assert broken(check_frame(fees, GUARANTEE_FEES, CIRCUMSTANCES)) == [
        (
            3,
            "contract_id",
            "G1 (due_date 2023-02-28) (coverage_start 2023-01-31) (coverage_end 2023-02-28) (fee_minor 500) "
            "(collected_minor 300) (written_off_minor 200)",
        ),
    ]


@pytest.mark.parametrize("column", ["exit_date", "default_date", "cured_date"])
@pytest.mark.parametrize("day", [date(1900, 1, 1), date(9999, 12, 31), date(1949, 1, 1)])
def test_a_date_that_stands_for_none_is_named(column: str, day: date) -> None:
    facts = {"status": "matured", "exit_date": INSTANT, "default_date": date(2023, 5, 1), "cured_date": date(2023, 6, 1)}
    told = check_frame(rows_for(GUARANTEES, {**facts, column: day}), GUARANTEES, CIRCUMSTANCES).rejects
    assert f"{column} is a day from 1950 to 2100" in " ".join(told["rule"])


@pytest.mark.parametrize("contract", [GUARANTEES, GUARANTEE_FEES], ids=lambda contract: contract.name)
def test_every_format_gives_the_same_rows(contract: Schema, tmp_path: Path) -> None:
    frame = rows_for(contract, {}, {"contract_id": "G2", **({} if contract is GUARANTEE_FEES else PAID_OUT)})
    for path in write_formats(tmp_path, frame, contract.name):
        source = open_tape(path, contract, file=path.name)
        result = check(source.whole(), contract, CIRCUMSTANCES, source.file)
        assert broken(result) == []
        assert result.good.drop("row").equals(frame), path.suffix


def test_amounts_in_major_units_are_exact(tmp_path: Path) -> None:
    frame = rows_for(GUARANTEE_FEES, {"fee_minor": 501}).with_columns(fee_minor=pl.lit("5.01"), collected_minor=pl.lit("3"))
    frame.write_csv(tmp_path / "fees.csv")
    read = open_tape(tmp_path / "fees.csv", GUARANTEE_FEES, amounts="major").whole().frame
    assert read.select("fee_minor", "collected_minor", "written_off_minor").row(0) == (501, 300, 20_000)


def held_rows(frame: pl.DataFrame, contract: Schema) -> Held:
    parsed = Parsed(frame.with_row_index("row", 1).cast({"row": pl.Int64}), pl.DataFrame(schema=BAD_CELLS))
    return held(parsed, contract, CIRCUMSTANCES, contract.name)


def test_guarantees_and_fees_count_together_or_not_at_all() -> None:
    guarantees = rows_for(
        GUARANTEES,
        *[{"contract_id": name} for name in ("G1", "G2", "G5", "G6")],
        {"contract_id": "G4", "days_past_due": -1},
    )
    owners = ["G1", "G1", "G2", "G2", "G3", "G4", "G5"]
    fees = rows_for(
        GUARANTEE_FEES, *[{"contract_id": name, "fee_minor": 1_000 + n} for n, name in enumerate(owners)]
    ).with_columns(
        collected_minor=pl.when(pl.col("fee_minor") == 1_003).then(-1).otherwise(300)  # the second instalment of G2
    )
    instalments = held_rows(fees, GUARANTEE_FEES)
    good, kept = whole_guarantees(held_rows(guarantees, GUARANTEES), instalments)
    assert good.good["contract_id"].to_list() == ["G1", "G5", "G6"]
    assert kept.good["contract_id"].to_list() == ["G1", "G1", "G5"]
    assert kept.good.columns == ["row", *GUARANTEE_FEES.names]
    rejects = pl.concat([good.rejects, kept.rejects])
    unlisted = "contract_id is on the guarantee tape of the same instant"
    with_it = "the guarantee of the instalment is good, and so are all its instalments"
    assert [tuple(row) for row in rejects.sort("file", "row").drop("column", "remedy").iter_rows()] == [
        ("guarantee_fees", 3, "G2", with_it, "G2", 1_002),
        ("guarantee_fees", 4, "-1", "collected_minor is from 0 to 10000000000000 minor units", "G2", 1_003),
        ("guarantee_fees", 5, "G3", unlisted, "G3", 1_004),
        ("guarantee_fees", 6, "G4", with_it, "G4", 1_005),
        ("guarantees", 2, "G2", "every fee instalment of the guarantee is good", "G2", 10_000),
        ("guarantees", 5, "-1", "days_past_due is at least 0", "G4", 10_000),
    ]
    assert kept.totals == ControlTotals(7, 7_021, 1, 1_003)
    assert instalments.rejected_ids.to_list() == ["G2"]


def test_nothing_is_asked_across_tapes_of_good_ones() -> None:
    guarantees, fees = rows_for(GUARANTEES, {}), rows_for(GUARANTEE_FEES, {}, {"fee_minor": 501})
    good, kept = whole_guarantees(held_rows(guarantees, GUARANTEES), held_rows(fees, GUARANTEE_FEES))
    assert good.good.drop("row").equals(guarantees)
    assert kept.good.drop("row").equals(fees)
    assert good.rejects.height + kept.rejects.height == 0


def test_a_rule_needs_its_circumstances() -> None:
    frame = rows_for(GUARANTEES, {"segment": "mortgage", "currency": "USD"})
    assert broken(check_frame(frame, GUARANTEES, Circumstances())) == []
