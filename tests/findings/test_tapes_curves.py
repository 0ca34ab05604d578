"""Curves: dense and complete, or refused with the cell or the gap named."""

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from gaapbridge.assumptions.curve_tables import ALWAYS, HAZARD, LOSS_GIVEN_DEFAULT, PREPAYMENT, RECOVERY
from gaapbridge.assumptions.curves import Curves, read_curves
from gaapbridge.terms import UnusableInput

FIRST, SECOND = date(2020, 1, 1), date(2022, 1, 1)
Rows = list[dict[str, Any]]


def prepayment_rows() -> Rows:
    return [
        {"valid_from": day, "segment": segment, "month_on_book": month, "single_monthly_mortality": 0.01 * month}
        for day in (FIRST, SECOND)
        for segment in ("consumer", "sme")
        for month in (1, 2, 3)
    ]


def hazard_rows() -> Rows:
    return [
        {
            "valid_from": FIRST,
            "scenario": z,
            "segment": s,
            "rating": "",
            "bucket": b,
            "months_ahead": m,
            "hazard": 0.1 * (place + 1) / m,
            "performing": 0.2 / m,
            "default_days": 90,
        }
        for z in ("base", "downside")
        for s in ("consumer", "sme")
        for place, b in enumerate(ALWAYS)
        for m in (1, 2)
    ]


def loss_rows() -> Rows:
    return [
        {
            "valid_from": FIRST,
            "scenario": z,
            "segment": s,
            "months_since_default": m,
            "lgd_undiscounted": 0.5 + m / 10,
            "lgd_discounted": 0.6 + m / 10,
        }
        for z in ("base", "downside")
        for s in ("consumer", "sme")
        for m in (0, 1)
    ]


def recovery_rows() -> Rows:
    return [
        {"valid_from": FIRST, "segment": s, "months_since_write_off": m, "remaining_recovery_ratio": 0.2 - m / 10}
        for s in ("consumer", "sme")
        for m in (0, 1)
    ]


def read(folder: Path, instants: Collection[date] = (SECOND,), **changed: Rows | None) -> Curves:
    """The curves that a plan measuring these instants reads, some tables changed, written as CSV or Parquet in turn."""
    tables: dict[str, Rows | None] = {
        "prepayment": prepayment_rows(),
        "hazard": hazard_rows(),
        "loss_given_default": loss_rows(),
        "recovery": recovery_rows(),
        **changed,
    }
    paths: dict[str, Path | None] = dict.fromkeys(tables)
    for contract in (PREPAYMENT, HAZARD, LOSS_GIVEN_DEFAULT, RECOVERY):
        rows = tables[contract.name]
        if rows is None:
            continue
        frame = pl.DataFrame(rows, schema={column.name: column.dtype for column in contract.columns}, orient="row")
        path = folder / f"{contract.name}.{'csv' if contract is HAZARD else 'parquet'}"
        if contract is HAZARD:
            frame.write_csv(path)
        else:
            frame.write_parquet(path)
        paths[contract.name] = path
    prepayment, hazard, loss = paths["prepayment"], paths["hazard"], paths["loss_given_default"]
    assert prepayment and hazard and loss
    return read_curves(prepayment, hazard, loss, paths["recovery"], instants)


def test_tables_are_dense_and_the_last_value_holds(tmp_path: Path) -> None:
    curves = read(tmp_path)
    assert (curves.segments, curves.scenarios) == (("consumer", "sme"), ("base", "downside"))
    assert curves.versions == (FIRST, SECOND)
    assert curves.prepayment.shape == (2, 2, 480)
    assert curves.hazard.shape == curves.performing.shape == (2, 2, 2, 1, 5, 480)
    assert (curves.ratings, curves.by_rating) == (("",), ())
    assert curves.default_days.tolist() == [[90, 90], [90, 90]]
    assert curves.prepayment[0, 0, [0, 1, 2, 3, 479]].tolist() == [0.01, 0.02, 0.03, 0.03, 0.03]
    assert curves.hazard[1, 0, 1, 0, 3, [0, 1, 479]].tolist() == [0.4, 0.2, 0.2]
    assert curves.performing[1, 0, 1, 0, 3, [0, 1, 479]].tolist() == [0.2, 0.1, 0.1]
    assert curves.lgd_discounted[0, 1, 0, [0, 1, 479]].tolist() == [0.6, 0.7, 0.7]
    assert curves.recovery[0, 0, [0, 1, 2, 479]].tolist() == [0.2, 0.1, 0.0, 0.0]


def test_an_older_version_of_one_table_stays_in_force(tmp_path: Path) -> None:
    newer = [{**row, "single_monthly_mortality": 0.5} if row["valid_from"] == SECOND else row for row in prepayment_rows()]
    curves = read(tmp_path, prepayment=newer)
    assert np.array_equal(curves.hazard[0], curves.hazard[1])
    assert curves.prepayment[:, 0, 0].tolist() == [0.01, 0.5]


def test_a_loss_after_a_cure_may_be_less_discounted(tmp_path: Path) -> None:
    """What is lost years after a cure is discounted whole: of a fresh default 0.49 of 0.5, while a month later it is more.
    Where it is more in no month the columns may be exchanged."""
    curves = read(tmp_path, loss_given_default=changed(loss_rows(), 0, lgd_discounted=0.49))
    assert curves.lgd_discounted[0, 0, 0, [0, 1]].tolist() == [0.49, 0.7]
    assert not curves.gained_by_discounting
    exchanged = [
        {**row, "lgd_discounted": row["lgd_undiscounted"], "lgd_undiscounted": row["lgd_discounted"]} for row in loss_rows()
    ]
    gained = read(tmp_path, loss_given_default=exchanged).gained_by_discounting
    assert {scenario for _, scenario in gained} == {row["scenario"] for row in loss_rows()}


def test_without_recovery_curves_nothing_is_expected(tmp_path: Path) -> None:
    assert not read(tmp_path, recovery=None).recovery.any()


def changed(rows: Rows, place: int, **cells: Any) -> Rows:
    return [{**row, **cells} if number == place else row for number, row in enumerate(rows)]


REFUSED: dict[str, tuple[dict[str, Rows], str]] = {
    "negative": (
        {"prepayment": changed(prepayment_rows(), 1, single_monthly_mortality=-0.01)},
        r"row: 2 \| column: single_monthly_mortality \| value: -0.01 \| rule: .* from 0 to below 1",
    ),
    "infinite": ({"hazard": changed(hazard_rows(), 0, hazard=float("inf"))}, r"hazard.csv \| row: 1 \| column: hazard"),
    "not a number": ({"prepayment": changed(prepayment_rows(), 0, single_monthly_mortality=float("nan"))}, "value: NaN"),
    "one": (
        {"prepayment": changed(prepayment_rows(), 0, single_monthly_mortality=1.0)},
        r"row: 1 \| column: single_monthly_mortality \| value: 1.0",
    ),
    "above certainty": ({"hazard": changed(hazard_rows(), 4, hazard=1.5)}, r"row: 5 \| column: hazard \| value: 1.5"),
    "above one": ({"loss_given_default": changed(loss_rows(), 0, lgd_discounted=1.01)}, "column: lgd_discounted"),
    "empty": ({"hazard": changed(hazard_rows(), 2, hazard=None)}, r"row: 3 \| column: hazard .*given in every row"),
    "unknown bucket": ({"hazard": changed(hazard_rows(), 0, bucket="0-30")}, r"column: bucket \| value: 0-30"),
    "month nought": ({"prepayment": changed(prepayment_rows(), 0, month_on_book=0)}, "from 1 to 480"),
    "month beyond": ({"recovery": changed(recovery_rows(), 1, months_since_write_off=480)}, "from 0 to 479"),
    "repeated": ({"hazard": [*hazard_rows(), hazard_rows()[0]]}, r"row: 1 \| .*stand together once"),
    "missing month": ({"prepayment": changed(prepayment_rows(), 1, month_on_book=4)}, "month 2 is missing"),
    "missing first month": ({"loss_given_default": loss_rows()[1:]}, "month 0 is missing"),
    "missing segment": ({"prepayment": prepayment_rows()[:-3]}, "2022-01-01: sme"),
    "missing bucket": ({"hazard": hazard_rows()[2:]}, "2020-01-01: base, consumer, , current"),
    "missing scenario": ({"loss_given_default": loss_rows()[4:]}, "2020-01-01: base, consumer"),
    "unknown segment": (
        {"recovery": changed(changed(recovery_rows(), 2, segment="x"), 3, segment="x")},
        r"column: segment \| value: x",
    ),
    "no rows": ({"prepayment": []}, "at least one row"),
    "more than all": (
        {
            "hazard": changed(hazard_rows(), 1, hazard=0.3, performing=0.9),
            "prepayment": [{**row, "single_monthly_mortality": 0.8} for row in prepayment_rows()],
        },
        r"base, consumer, current, month 2 ahead: 0.3 \+ 0.72",
    ),
    "paying and defaulting": (
        {"hazard": changed(hazard_rows(), 0, hazard=0.3, performing=0.7001)},
        r"column: performing \| value: 2020-01-01, base, consumer, current, month 1 ahead: 0.3 \+ 0.7001 \| rule: .* at most 1",
    ),
    "paying and defaulting, where all others pay": (
        {"hazard": changed([{**row, "performing": 1.0} for row in hazard_rows()], 0, performing=0.9999)},
        r"column: performing \| value: 2020-01-01, base, consumer",
    ),
    "recovery that rises": (
        {"recovery": changed(recovery_rows(), 3, remaining_recovery_ratio=0.21)},
        r"column: remaining_recovery_ratio \| value: 2020-01-01, sme, month 1: 0.21 \| rule: .* does not rise .* from 0.2",
    ),
    "performing above one": ({"hazard": changed(hazard_rows(), 0, performing=1.01)}, "column: performing"),
    "two days of default": (
        {"hazard": changed(hazard_rows(), 3, default_days=60)},
        r"column: default_days \| value: 2020-01-01, consumer: 60, 90",
    ),
    "no probation": ({"hazard": [row for row in hazard_rows() if row["bucket"] != "probation"]}, "base, consumer, , probation"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_curve_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    changes, said = REFUSED[name]
    with pytest.raises(UnusableInput, match=said) as caught:
        read(tmp_path, **changes)
    assert caught.value.file and caught.value.rule and caught.value.remedy


def test_hazard_and_mortality_of_different_months_may_exceed_one_together(tmp_path: Path) -> None:
    early = [{**row, "single_monthly_mortality": 0.9 if row["month_on_book"] == 1 else 0.1} for row in prepayment_rows()]
    late = [{**row, "hazard": 0.5 if row["months_ahead"] == 2 else 0.0} for row in hazard_rows()]
    assert read(tmp_path, prepayment=early, hazard=late).hazard.max() == 0.5


def test_shares_that_were_rounded_may_be_a_little_above_one_together(tmp_path: Path) -> None:
    assert (
        read(tmp_path, hazard=changed(hazard_rows(), 0, hazard=0.3, performing=0.7 + 5e-10)).performing[0, 0, 0, 0, 0, 0] > 0.7
    )


def test_a_scenario_in_which_everybody_pays_is_named_and_no_other(tmp_path: Path) -> None:
    """Its hazards stand beside: a finding says so, and nothing is refused."""
    rows = [{**row, "performing": 1.0} if row["scenario"] == "downside" else row for row in hazard_rows()]
    assert read(tmp_path, hazard=rows).everybody_pays == ["downside"]


def test_curves_are_by_rating_where_the_file_has_one(tmp_path: Path) -> None:
    rated = [
        {**row, "rating": rating, "hazard": row["hazard"] * times}
        for rating, times in (("A", 1), ("B", 1.5))
        for row in hazard_rows()
    ]
    curves = read(tmp_path, hazard=rated)
    assert curves.by_rating == ("A", "B")
    assert curves.hazard[0, 0, 0, :, 0, 0].tolist() == pytest.approx([0.1, 0.15])


@pytest.mark.parametrize("column", ["performing", "default_days"])
def test_a_file_of_before_is_refused_with_the_column_it_lacks(tmp_path: Path, column: str) -> None:
    read(tmp_path)
    old = tmp_path / "hazard.csv"
    old.write_bytes(pl.read_csv(old).drop(column).write_csv().encode())
    with pytest.raises(UnusableInput, match=column) as caught:
        read_curves(tmp_path / "prepayment.parquet", old, tmp_path / "loss_given_default.parquet", None, [SECOND])
    assert caught.value.remedy


@pytest.mark.parametrize("table", ["prepayment", "hazard", "loss_given_default", "recovery"])
def test_a_table_that_starts_after_an_instant_is_refused(table: str, tmp_path: Path) -> None:
    """Each table for itself: an older version of the others is none of it."""
    rows = {"prepayment": prepayment_rows(), "hazard": hazard_rows(), "loss_given_default": loss_rows()}
    later = [{**row, "valid_from": SECOND} for row in rows.get(table, recovery_rows()) if row["valid_from"] == FIRST]
    with pytest.raises(UnusableInput, match="in force on 2021-12-31, which is measured; the first starts on 2022-01-01"):
        read(tmp_path, (date(2021, 12, 31), date(2022, 12, 31)), **{table: later})
    assert read(tmp_path, (SECOND,), **{table: later}).versions == (FIRST, SECOND)
