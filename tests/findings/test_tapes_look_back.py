"""Hazard tables that look back: a bucket of contracts recently late, and how many months a cure or a miss counts."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.assumptions.curve_tables import ALWAYS, BUCKETS
from gaapbridge.assumptions.curves import Curves
from gaapbridge.reperform.assumptions import Assumptions, LooksBack
from gaapbridge.terms import UnusableInput
from tests.findings.test_tapes_curves import FIRST, SECOND, Rows, hazard_rows, read


def late(rows: Rows, **of: Any) -> Rows:
    """The rows, which look back 12 months, with as many of recently_late at three times the hazard of current, where they have
    these cells."""
    looking = [{**row, "look_back_months": 12} if of.items() <= row.items() else row for row in rows]
    current = [row for row in looking if row["bucket"] == "current" and of.items() <= row.items()]
    return [*looking, *({**row, "bucket": "recently_late", "hazard": 3 * row["hazard"]} for row in current)]


def beside(curves: Curves) -> tuple[list[float], list[float]]:
    """First hazards of current and of recently_late, by segment."""
    places = [BUCKETS.index(name) for name in ("current", "recently_late")]
    first = [curves.hazard[0, 0, :, 0, place, 0].tolist() for place in places]
    return first[0], first[1]


def test_a_table_without_the_bucket_is_as_it_was(tmp_path: Path) -> None:
    curves = read(tmp_path)
    assert curves.buckets == len(ALWAYS) == 5
    assert not curves.look_back.months.any() and not curves.look_back.recently_late.any()


def test_a_bucket_of_one_segment_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    """Nobody of the other segment stands in the bucket; under its name are the hazards of current."""
    curves = read(tmp_path, hazard=late(hazard_rows(), segment="sme"))
    assert curves.buckets == 6
    current, recently = beside(curves)
    assert current == pytest.approx([0.1, 0.1]) and recently == pytest.approx([0.1, 0.3])
    assert curves.look_back.months.tolist() == [[0, 12], [0, 12]]
    assert curves.look_back.recently_late.tolist() == [[False, True], [False, True]]


def test_a_version_may_begin_to_look_back(tmp_path: Path) -> None:
    newer = late([{**row, "valid_from": SECOND} for row in hazard_rows()])
    curves = read(tmp_path, hazard=[*hazard_rows(), *newer])
    assert curves.look_back.of(0).months.tolist() == [0, 0] and curves.look_back.of(1).months.tolist() == [12, 12]
    assert curves.look_back.recently_late.tolist() == [[False, False], [True, True]]
    hazards = tmp_path / "hazard.csv"
    hazards.write_bytes(pl.read_csv(hazards).drop("rating").write_csv().encode())
    second = Assumptions.read(*(tmp_path / name for name in ("prepayment.parquet", "hazard.csv", "loss_given_default.parquet")))
    assert second.looks_back(date(2021, 12, 31), "sme") == LooksBack()
    assert second.looks_back(SECOND, "sme") == LooksBack(12, knows_recently_late=True)


def test_cures_alone_may_count_longer(tmp_path: Path) -> None:
    """A look-back without the bucket: probation is longer, and nothing is known of instalments missed."""
    curves = read(tmp_path, hazard=[{**row, "look_back_months": 6} for row in hazard_rows()])
    assert curves.buckets == 5 and curves.look_back.months.tolist() == [[6, 6], [6, 6]]
    assert not curves.look_back.recently_late.any()


REFUSED: dict[str, tuple[Rows, str]] = {
    "one scenario without it": (
        [row for row in late(hazard_rows()) if (row["scenario"], row["bucket"]) != ("downside", "recently_late")],
        f"value: {FIRST}: downside, consumer, , recently_late",
    ),
    "no look-back": (
        [{**row, "look_back_months": None} for row in late(hazard_rows())],
        r"column: look_back_months .* rule: look_back_months is given where bucket is recently_late",
    ),
    "two look-backs": (
        [{**row, "look_back_months": 6} if row["months_ahead"] == 2 else row for row in late(hazard_rows())],
        r"column: look_back_months \| value: 2020-01-01, consumer: 6, 12 \| rule: .* made for one look-back",
    ),
    "some rows without": (
        [{**row, "look_back_months": None if row["bucket"] == "1-30" else 6} for row in hazard_rows()],
        r"column: look_back_months \| value: 2020-01-01, consumer: none, 6",
    ),
    "a look-back of nil": (late([{**row, "look_back_months": 0} for row in hazard_rows()], segment="sme"), "from 1 to 480"),
    "hazards above one": (
        [{**row, "hazard": 1.01} if row["bucket"] == "recently_late" else row for row in late(hazard_rows())],
        "column: hazard",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_look_back_that_cannot_be_is_refused(name: str, tmp_path: Path) -> None:
    rows, said = REFUSED[name]
    with pytest.raises(UnusableInput, match=said) as caught:
        read(tmp_path, hazard=rows)
    assert caught.value.file and caught.value.rule and caught.value.remedy
