"""A history that says how late a contract is in words: what new plan makes of them, and what it leaves to its owner."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest

import gaapbridge
from gaapbridge.estimation.schema import PERFORMANCE
from gaapbridge.starter import OwnFiles, Starter, write_starter
from gaapbridge.starter.arrears_words import days_meant, hold_arrears
from gaapbridge.starter.first_sight import look_at
from gaapbridge.terms.errors import UnusableInput
from tests.estimation.lender import write_history

BANDS = {0: "Current", 20: "1-30", 50: "31-60", 80: "61-90", 110: "91-120", 140: "121+", 170: "121+"}
STAGES = {0: "M0", 20: "M1", 50: "M2", 80: "M3", 110: "M4", 140: "M5", 170: "M6+"}


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("CURRENT", (0,)), ("正常", (0,)), ("未逾期", (0,)), ("0-30", (0, 1)), ("1-29 days", (1,)), ("30-59", (31,)),
        ("60–89 DPD", (61,)), ("Late (16-30 days)", (16,)), ("逾期31-60天", (31,)), ("31天-60天", (31,)), ("90+", (91,)),
        ("90+ days past due", (91,)), ("> 180", (181,)), ("90 days or more", (91,)), ("逾期90天以上", (91,)),
        ("30天以内", (1,)), ("<30", (1,)), ("M3", (61, 91)), ("m6+", (151, 181)), ("60 DPD", (61, 60)),
        ("Closed", ()), ("Charged Off", ()), ("35 days", ()), ("60-31", ()), ("A2", ()), ("AMEX", ()), ("720-739", (720 + 1,)),
    ],
)  # fmt: skip
def test_a_word_stands_for_days_only_where_it_is_one_of_arrears(word: str, meant: tuple[int, ...]) -> None:
    assert days_meant(word) == meant


@pytest.mark.parametrize(
    ("texts", "held"),
    [
        (["Current", "1-30", "31-60"], True),
        (["M0", "M1"], True),
        (["0", "1-30", "31-60", "61-90"], True),
        (["0", "1", "2", "3"], False),
        (["Current", "Paid off", "Charged off"], False),
        (["Current"], False),
        (["660-679", "680-699", "700+"], False),
        (["0-30", "31-60", "61-100"], False),
        (["1 days", "35 days", "0 days"], False),
    ],
)
def test_a_column_holds_arrears_in_words(texts: list[str], held: bool) -> None:
    assert hold_arrears(texts) is held


def filed(folder: Path, words: dict[int, str]) -> Path:
    """The history of a lender who files its arrears in words, under names of the trade."""
    write_history(folder / "of")
    months = pl.read_csv(folder / "of" / "months.csv").drop("missed")
    late = pl.col("days_past_due").replace_strict(words, return_dtype=pl.String).alias("Ageing Bucket")
    names = {"contract_id": "Loan ID", "segment": "Product", "month_end": "As of Date", "balance_minor": "Balance (cents)"}
    path = folder / "months.csv"
    months.select(pl.exclude("days_past_due"), late).rename(names).write_csv(path)
    return path


def proposed(folder: Path, words: dict[int, str]) -> Starter:
    outcomes = folder / "of" / "outcomes.csv"
    return write_starter(folder / "plan", OwnFiles(history=(filed(folder, words),), history_outcomes=(outcomes,)))


def values(text: str) -> dict[str, int]:
    stated: dict[str, int] = tomllib.loads(text)["history"]["loans"]["performance"]["read"]["values"]["days_past_due"]
    return stated


def test_bands_are_mapped_and_asked_about(tmp_path: Path) -> None:
    starter = proposed(tmp_path, BANDS)
    text, said = starter.plan.read_text(encoding="utf-8"), " ".join(starter.as_text().split())
    assert values(text) == {"Current": 0, "1-30": 1, "31-60": 31, "61-90": 61, "91-120": 91, "121+": 121}
    assert "OPEN, days_past_due: Ageing Bucket says it in words" in text and "Ageing Bucket (its words say how late" in said
    assert "Current → 0, 1-30 → 1, 31-60 → 31, 61-90 → 61, 91-120 → 91, 121+ → 121" in said
    hazard = pl.read_csv(tmp_path / "plan" / "curves" / "estimated" / "loans" / "hazard.csv")
    of_days = tmp_path / "days.toml"
    of_days.write_text(text.replace('"Ageing Bucket"', '"DPD"').replace("months.csv", "days.csv"), encoding="utf-8")
    back = {"Current": 0, "1-30": 20, "31-60": 50, "61-90": 80, "91-120": 110, "121+": 170}
    rows = pl.read_csv(tmp_path / "months.csv").rename({"Ageing Bucket": "DPD"})
    rows.with_columns(pl.col("DPD").replace_strict(back)).write_csv(tmp_path / "days.csv")
    of_days.rename(tmp_path / "plan" / "days.toml")
    gaapbridge.estimate(tmp_path / "plan" / "days.toml", to=tmp_path / "of_days")
    assert pl.read_csv(tmp_path / "of_days" / "loans" / "hazard.csv").equals(hazard)


def test_stages_are_proposed_and_left_to_their_owner(tmp_path: Path) -> None:
    """With some lenders M1 is a month of arrears that has begun, with others one that is over: nothing is estimated yet."""
    starter = proposed(tmp_path, STAGES)
    text, said = starter.plan.read_text(encoding="utf-8"), " ".join(starter.as_text().split())
    assert values(text) == {} and '\n#"M2" = 31  # or 61\n' in text
    assert "rejected until read.values says what they are: days_past_due M0 → 0 or 1, M1 → 1 or 31" in said
    assert "CURVES NOT ESTIMATED, days_past_due M0" in said and "add the word to read.values.days_past_due of the plan" in said
    with pytest.raises(UnusableInput, match=r"read\.values\.days_past_due"):
        gaapbridge.estimate(starter.plan)
    starter.plan.write_text(text.replace('\n#"M', '\n"M'), encoding="utf-8")
    assert gaapbridge.estimate(starter.plan).kinds


def test_days_beside_words_are_what_is_read(tmp_path: Path) -> None:
    path = filed(tmp_path, BANDS)
    rows = pl.read_csv(path)
    rows.with_columns(pl.lit(5).alias("DPD")).write_csv(path)
    tape = look_at([path], PERFORMANCE)
    assert tape.matches["days_past_due"].theirs == "DPD" and "days_past_due" not in tape.words
    assert "Ageing Bucket" in tape.unread


def test_a_month_without_a_day_is_seen(tmp_path: Path) -> None:
    path = filed(tmp_path, BANDS)
    pl.read_csv(path).with_columns(pl.col("As of Date").str.slice(0, 7)).write_csv(path)
    assert look_at([path], PERFORMANCE).read["dates"] == ["%Y-%m"]


def test_months_in_columns_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_text("Loan ID,Product,Bal 2022-01,Bal 2022-02,Bal 2022-03\nA,car,5,4,3\n", encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"3 months stand in columns.*python -c .*unpivot"):
        write_starter(tmp_path / "plan", OwnFiles(history=(path,)))
    assert not (tmp_path / "plan").exists()


def test_a_status_that_says_how_late_is_read_twice(tmp_path: Path) -> None:
    """Who was repaid or written off owes nothing overdue."""
    path = filed(tmp_path, BANDS)
    left = pl.col("status").replace({"repaid": "Paid in Full", "charged_off": "Charged Off"})
    rows = pl.read_csv(path)
    both = pl.when(pl.col("status") == "on_book").then(pl.col("Ageing Bucket")).otherwise(left).alias("Loan Status")
    rows.select(pl.exclude("Ageing Bucket", "status"), both).write_csv(path)
    outcomes = tmp_path / "of" / "outcomes.csv"
    starter = write_starter(tmp_path / "plan", OwnFiles(history=(path,), history_outcomes=(outcomes,)))
    text = starter.plan.read_text(encoding="utf-8")
    assert values(text)["Paid in Full"] == values(text)["Charged Off"] == 0 and values(text)["31-60"] == 31
    read = tomllib.loads(text)["history"]["loans"]["performance"]["read"]
    assert read["first_of"] == {"days_past_due": ["Loan Status"]} and read["values"]["status"]["31-60"] == "on_book"
    hazard = pl.read_csv(tmp_path / "plan" / "curves" / "estimated" / "loans" / "hazard.csv")
    apart = write_starter(tmp_path / "apart", OwnFiles(history=(filed(tmp_path, BANDS),), history_outcomes=(outcomes,)))
    assert pl.read_csv(apart.folder / "curves" / "estimated" / "loans" / "hazard.csv").equals(hazard)


def test_a_status_without_days_says_nothing_of_them(tmp_path: Path) -> None:
    path = filed(tmp_path, dict.fromkeys(BANDS, "x"))
    pl.read_csv(path).drop("Ageing Bucket").write_csv(path)
    assert "days_past_due" not in look_at([path], PERFORMANCE).matches
