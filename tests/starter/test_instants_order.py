"""Files named for the other instant than the one that they state: the plan and the report ask, for tapes and for ledgers."""

from pathlib import Path

import pytest

from tests.starter.test_proposed import US, proposed, workbook, written

TRIAL = "Account,Name,Debit,Credit\n1001,Cash,500.00,\n4001,Share capital,,500.00\n"
ASKED = "# OPEN, opening and closing: "
BEFORE = US.replace("December 31, 2023", "December 31, 2022")


def said(text: str) -> str:
    """A text without its line breaks and the marks of comments."""
    return " ".join(word for word in text.split() if word != "#")


def of_both(folder: Path, books: bool) -> tuple[Path, Path]:
    """A loan tape of each instant: in one layout, or that of the closing as a workbook."""
    opening = written(folder / "old.csv", BEFORE)
    return opening, workbook(folder / "new.xlsx", US) if books else written(folder / "new.csv", US)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("books", [False, True])
def test_tapes_in_the_wrong_order_are_asked(tmp_path: Path, folder: Path, books: bool) -> None:
    opening, closing = of_both(tmp_path, books)
    starter, plan = proposed(folder, closing, opening)
    why = f"{closing.name}, named for the opening, states 2023-12-31, and old.csv, named for the closing, states 2022-12-31"
    text = starter.plan.read_text(encoding="utf-8")
    assert text.count(ASKED) == 1 and why in said(text) and why in said(starter.as_text())
    assert "period" in plan["starter"]["unanswered"]


@pytest.mark.parametrize("books", [False, True])
def test_tapes_in_order_are_not_asked(tmp_path: Path, folder: Path, books: bool) -> None:
    starter, plan = proposed(folder, *of_both(tmp_path, books))
    assert ASKED not in starter.plan.read_text(encoding="utf-8")
    assert "period" not in plan["starter"]["unanswered"]


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize(
    ("names", "why"),
    [
        (("tb-20221231.csv", "tb-20231231.csv"), ""),
        (("tb-20231231.csv", "tb-20221231.csv"), "and tb-20221231.csv, named for the closing, states 2022-12-31"),
        (
            ("tb-20231231.csv", "tb.csv"),
            "tb-20231231.csv, named for the opening, states 2023-12-31, the day of the closing tapes",
        ),
        (
            ("tb.csv", "tb-20221231.csv"),
            "tb-20221231.csv, named for the closing, states 2022-12-31, the day of the opening tapes",
        ),
        (("tb.csv", "tb-20231231.csv"), ""),
    ],
)
def test_ledgers_in_the_wrong_order_are_asked(tmp_path: Path, folder: Path, names: tuple[str, str], why: str) -> None:
    books = tuple(written(tmp_path / name, TRIAL.replace("500", f"{place}00")) for place, name in enumerate(names, 5))
    starter, _ = proposed(folder, *of_both(tmp_path, books=False), trial_balance=books)
    text = starter.plan.read_text(encoding="utf-8")
    assert (ASKED in text) == bool(why) and why in said(text) and why in said(starter.as_text())
