"""Fee loss and forfeiture rates: dense and complete, or refused with the cell or the gap named."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.assumptions.curve_tables import ARREARS, FEE_LOSS, FORFEITURE
from gaapbridge.assumptions.rates import read_fee_losses, read_forfeitures
from gaapbridge.tapes.schema import Schema
from gaapbridge.terms import UnusableInput

FIRST, SECOND = date(2020, 1, 1), date(2022, 1, 1)
SEGMENTS = ("sme", "consumer")
ADMINISTRATION, RESEARCH = "general_and_administrative", "research_and_development"
Rows = list[dict[str, Any]]


def fee_rows() -> Rows:
    """Consumer from 1 % to 4 % by bucket, sme ten times that; of fees earned half; 0.5 % more from the second version on."""
    return [
        {
            "valid_from": day,
            "segment": name,
            "bucket": bucket,
            "loss_rate": round(factor * (place + 1) / 100 + more, 3),
            "earned_loss_rate": round(factor * (place + 1) / 200 + more, 4),
        }
        for day, more in ((SECOND, 0.005), (FIRST, 0.0))
        for name, factor in (("consumer", 1), ("sme", 10))
        for place, bucket in enumerate(ARREARS)
    ]


def forfeiture_rows() -> Rows:
    return [
        {"valid_from": FIRST, "function": RESEARCH, "annual_rate": 0.1},
        {"valid_from": FIRST, "function": ADMINISTRATION, "annual_rate": 0.0},
        {"valid_from": SECOND, "function": RESEARCH, "annual_rate": 0.2},
        {"valid_from": SECOND, "function": ADMINISTRATION, "annual_rate": 0.05},
    ]


def written(folder: Path, contract: Schema, rows: Rows) -> Path:
    path = folder / f"{contract.name}.csv"
    pl.DataFrame(rows, schema={column.name: column.dtype for column in contract.columns}, orient="row").write_csv(path)
    return path


def test_fee_losses_are_by_version_segment_and_bucket(tmp_path: Path) -> None:
    losses = read_fee_losses(written(tmp_path, FEE_LOSS, fee_rows()), SEGMENTS, [SECOND])
    assert losses.versions == (FIRST, SECOND)
    assert losses.loss_rate.shape == (2, 2, 4)
    assert losses.loss_rate[0].tolist() == [[0.1, 0.2, 0.3, 0.4], [0.01, 0.02, 0.03, 0.04]]
    assert losses.loss_rate[1, 1].tolist() == [0.015, 0.025, 0.035, 0.045]
    assert losses.earned_loss_rate[0].tolist() == [[0.05, 0.1, 0.15, 0.2], [0.005, 0.01, 0.015, 0.02]]
    assert losses.earned_loss_rate[1, 1].tolist() == [0.01, 0.015, 0.02, 0.025]


def test_forfeitures_are_by_version_and_function(tmp_path: Path) -> None:
    rates = read_forfeitures(written(tmp_path, FORFEITURE, forfeiture_rows()), [SECOND])
    assert (rates.functions, rates.versions) == ((ADMINISTRATION, RESEARCH), (FIRST, SECOND))
    assert rates.annual_rate.tolist() == [[[0.0], [0.1]], [[0.05], [0.2]]]


def by_years(*years: tuple[int, float]) -> Rows:
    """The rows of the first version by completed years since the grant, of the second without."""
    told = [row | {"service_years": 0} for row in forfeiture_rows() if row["valid_from"] == SECOND]
    return told + [
        {"valid_from": FIRST, "function": function, "annual_rate": rate, "service_years": year}
        for function in (ADMINISTRATION, RESEARCH)
        for year, rate in years
    ]


def test_forfeitures_by_length_of_service_the_last_holds(tmp_path: Path) -> None:
    """The first version tells three years apart, the second none: there one rate holds in all."""
    rates = read_forfeitures(written(tmp_path, FORFEITURE, by_years((0, 0.2), (1, 0.1), (2, 0.05))), [SECOND])
    assert rates.at(FIRST)[0].tolist() == [0.2, 0.1, 0.05]
    assert rates.at(SECOND).tolist() == [[0.05] * 3, [0.2] * 3]


def test_a_year_of_service_left_out_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match="2020-01-01: general_and_administrative, 1"):
        read_forfeitures(written(tmp_path, FORFEITURE, by_years((0, 0.2), (2, 0.05))), [SECOND])


@pytest.mark.parametrize(
    ("day", "expected"),
    [(FIRST, 0.1), (date(2021, 12, 31), 0.1), (SECOND, 0.2), (date(2030, 1, 1), 0.2)],
    ids=str,
)
def test_the_version_in_force_is_the_last_that_began(day: date, expected: float, tmp_path: Path) -> None:
    assert read_forfeitures(written(tmp_path, FORFEITURE, forfeiture_rows()), [SECOND]).at(day).tolist()[1] == [expected]
    losses = read_fee_losses(written(tmp_path, FEE_LOSS, fee_rows()), SEGMENTS, [SECOND])
    of_all, of_earned = losses.at(day)
    assert (of_all[1, 0], of_earned[1, 0]) == ((0.01, 0.005) if expected == 0.1 else (0.015, 0.01))


def changed(rows: Rows, place: int, **cells: Any) -> Rows:
    return [{**row, **cells} if number == place else row for number, row in enumerate(rows)]


REFUSED: dict[str, tuple[Schema, Rows, str]] = {
    "negative": (FEE_LOSS, changed(fee_rows(), 1, loss_rate=-0.1), r"row: 2 \| column: loss_rate \| value: -0.1 \| .* 0 to 1 "),
    "above one": (FEE_LOSS, changed(fee_rows(), 0, loss_rate=1.01), "value: 1.01"),
    "not a number": (FEE_LOSS, changed(fee_rows(), 0, loss_rate=float("nan")), "value: NaN"),
    "earned above one": (FEE_LOSS, changed(fee_rows(), 0, earned_loss_rate=1.01), r"column: earned_loss_rate \| value: 1.01"),
    "empty": (FEE_LOSS, changed(fee_rows(), 0, loss_rate=None), "loss_rate is given in every row"),
    "unknown bucket": (FEE_LOSS, changed(fee_rows(), 0, bucket="0-30"), r"column: bucket \| value: 0-30"),
    "unknown segment": (FEE_LOSS, changed(fee_rows(), 0, segment="x"), r"column: segment \| value: x .*one of sme, consumer"),
    "repeated": (FEE_LOSS, [*fee_rows(), fee_rows()[0]], "stand together once"),
    "missing bucket": (FEE_LOSS, fee_rows()[:-1], "value: 2020-01-01: sme, 61-90 .*add the missing rate"),
    "missing segment": (FEE_LOSS, fee_rows()[:12], "value: 2020-01-01: sme, current .*a rate for every segment, bucket"),
    "no rows": (FEE_LOSS, [], "at least one row"),
    "all forfeited": (FORFEITURE, changed(forfeiture_rows(), 0, annual_rate=1.0), r"annual_rate \| value: 1.0 .*below 1"),
    "unknown function": (FORFEITURE, changed(forfeiture_rows(), 0, function="x"), r"column: function \| value: x"),
    "missing function": (FORFEITURE, forfeiture_rows()[:3], "value: 2022-01-01: general_and_administrative"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    contract, rows, said = REFUSED[name]
    path = written(tmp_path, contract, rows)
    with pytest.raises(UnusableInput, match=said) as caught:
        read_fee_losses(path, SEGMENTS, [SECOND]) if contract is FEE_LOSS else read_forfeitures(path, [SECOND])
    assert caught.value.file and caught.value.rule and caught.value.remedy


def test_a_table_without_the_rate_of_fees_earned_is_refused_with_what_to_add(tmp_path: Path) -> None:
    path = tmp_path / "fee_loss.csv"
    pl.DataFrame(fee_rows()).drop("earned_loss_rate").write_csv(path)
    said = r"column: earned_loss_rate .*add it \(share of the fees already earned and not yet collected, overdue or due with "
    with pytest.raises(UnusableInput, match=said):
        read_fee_losses(path, SEGMENTS, [SECOND])


def test_a_rate_of_one_and_of_nil_is_allowed(tmp_path: Path) -> None:
    rows = changed(changed(fee_rows(), 0, loss_rate=1.0), 1, loss_rate=0.0)
    assert read_fee_losses(written(tmp_path, FEE_LOSS, rows), SEGMENTS, [SECOND]).loss_rate[1, 1, :2].tolist() == [1.0, 0.0]


def test_a_table_that_starts_after_an_instant_is_refused(tmp_path: Path) -> None:
    early, said = FIRST - timedelta(days=1), "in force on 2019-12-31, which is measured; the first starts on 2020-01-01"
    with pytest.raises(UnusableInput, match=said):
        read_fee_losses(written(tmp_path, FEE_LOSS, fee_rows()), SEGMENTS, [SECOND, early])
    with pytest.raises(UnusableInput, match=said):
        read_forfeitures(written(tmp_path, FORFEITURE, forfeiture_rows()), [early])
    assert read_forfeitures(written(tmp_path, FORFEITURE, forfeiture_rows()), [FIRST]).at(FIRST).tolist() == [[0.0], [0.1]]
