"""What a ledger holds once vouchers of two years are in it: the closing difference, and in between what the book says."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest

import gaapbridge
from gaapbridge.terms.errors import UnusableInput
from tests.vouchers.lender import changed, income, posted, sums, table, vouchers

RETAINED = "4104"


def booked(run: Path, to: Path, **said: str) -> dict[str, dict[str, int]]:
    """By the day of posting, what an export does to every account."""
    done = gaapbridge.export(run, "generic", to=to, **said)  # type: ignore[arg-type]
    by_day: dict[str, list[tuple[str, int]]] = {}
    for one in vouchers("generic", to / next(iter(done.files))):
        by_day.setdefault(one.posted, []).extend(one.lines)
    return {day: sums(lines) for day, lines in by_day.items()}


def together(*moves: dict[str, int]) -> dict[str, int]:
    return sums([line for move in moves for line in move.items()])


def year_closed(ledger: dict[str, int], run: Path) -> dict[str, int]:
    """A ledger at the end of a fiscal year, its income led to retained earnings."""
    return sums([(RETAINED if account in income(run) else account, amount) for account, amount in ledger.items()])


@pytest.mark.campaign
@pytest.mark.parametrize("book", ["movements", "balances"])
def test_two_years_leave_the_closing_difference(years: tuple[Path, Path], tmp_path: Path, book: str) -> None:
    """The first year is of one instant; the second finds what it left, and the balance sheet is that of its own journals."""
    first, second = (booked(run, tmp_path / run.parent.name, book=book) for run in years)
    assert list(first) == ["2022-12-31"]
    opened = year_closed(first["2022-12-31"], years[0])
    assert opened == first["2022-12-31"], "no income is booked of a period that the run does not state"
    assert together(opened, *second.values()) == posted(years[1])


def test_a_book_that_is_reversed_is_empty_in_between(years: tuple[Path, Path], tmp_path: Path) -> None:
    first, second = (booked(run, tmp_path / run.parent.name, book="balances") for run in years)
    assert together(first["2022-12-31"], second["2023-01-01"]) == {}
    assert not set(second["2023-01-01"]) & income(years[1]), "a reversal meets retained earnings, not profit"


def test_one_instant_is_taken_up_as_the_next_run_brings_it_forward(years: tuple[Path, Path], tmp_path: Path) -> None:
    assert booked(years[0], tmp_path / "out", book="movements")["2022-12-31"] == posted(years[1], "brought_forward")


@pytest.mark.parametrize(
    ("book", "first_day"), [("movements", 1), ("balances", 0)], ids=["taken up on the first day", "nothing to reverse"]
)
def test_what_the_ledger_does_not_hold_yet(years: tuple[Path, Path], tmp_path: Path, book: str, first_day: int) -> None:
    moved = booked(years[1], tmp_path / "out", book=book, opening="unbooked")
    brought = posted(years[1], "brought_forward") if first_day else {}
    assert moved.get("2023-01-01", {}) == brought
    assert together(*moved.values()) == posted(years[1])


def test_a_run_that_does_not_tell_is_asked(years: tuple[Path, Path], tmp_path: Path) -> None:
    run = changed(years[1], tmp_path, {"prior_run": None})
    with pytest.raises(UnusableInput, match="booked: the ledger holds the difference brought forward; unbooked: nothing"):
        gaapbridge.export(run, "generic", book="movements")
    told = [
        gaapbridge.export(run, "generic", book="movements", opening=one, to=tmp_path / one) for one in ("booked", "unbooked")
    ]
    assert [len(one.vouchers) for one in told] == [7, 11]
    assert "as you say: nothing of earlier periods is in the ledger yet" in told[1].as_text()


def test_a_restated_opening_is_booked_on_the_first_day(years: tuple[Path, Path], tmp_path: Path) -> None:
    """A basis difference meets its equity account by itself; a reversed book has it in the closing difference."""

    def restated(text: str) -> str:
        first = next(line for line in text.splitlines() if ",movement," in line)
        account = first.split(",")[6]
        entry = "i-opening_basis_difference-allowance,opening_basis_difference,allowance"
        rows = [f"ecl,2023-12-31,{entry},movement,{account},loans_c,consumer,700,0,opening basis difference"]
        rows += [f"ecl,2023-12-31,{entry},movement,4106,re,all,0,700,opening basis difference"]
        return text + "\n".join(rows) + "\n"

    run = changed(years[1], tmp_path, journals=restated)
    moved = booked(run, tmp_path / "moved", book="movements")
    assert moved["2023-01-01"]["4106"] == -700 and sum(moved["2023-01-01"].values()) == 0
    anew = booked(run, tmp_path / "anew", book="balances")
    assert "4106" not in anew["2023-01-01"] and anew["2023-12-31"]["4106"] == -700


def test_tax_is_apart_only_where_the_ledger_wants_it(years: tuple[Path, Path], tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    packaged = Path(gaapbridge.__file__).parent / "vouchers" / "layouts" / "generic.toml"
    own.write_text(packaged.read_text(encoding="utf-8").replace("tax_apart = true", "tax_apart = false"), encoding="utf-8")
    done = gaapbridge.export(years[1], layout=own, book="movements", to=tmp_path / "out")
    assert {voucher.kind for voucher in done.vouchers} == {"movement"} and len(done.vouchers) == 4
    lines = [line for one in vouchers("generic", tmp_path / "out" / "vouchers.csv") for line in one.lines]
    assert sums(lines) == posted(years[1], "movement", "tax")


@pytest.mark.parametrize(("lines", "most"), [("each", 6), ("each", 12), ("net", 12)])
def test_a_long_voucher_is_divided_into_parts_that_balance(
    years: tuple[Path, Path], tmp_path: Path, lines: str, most: int
) -> None:
    own = tmp_path / "own.toml"
    text = (Path(gaapbridge.__file__).parent / "vouchers" / "layouts" / "generic.toml").read_text(encoding="utf-8")
    own.write_text(text.replace('lines = "each"', f'lines = "{lines}"\nmost_lines = {most}'), encoding="utf-8")
    gaapbridge.export(years[1], layout=own, book="balances", to=tmp_path / "out")
    read = vouchers("generic", tmp_path / "out" / "vouchers.csv")
    assert len(read) > 11 or lines == "net"
    assert all(len(one.lines) <= most and sum(amount for _, amount in one.lines) == 0 for one in read)
    assert sums([line for one in read for line in one.lines if one.posted == "2023-12-31"]) == posted(years[1])
    if lines == "net":
        rows = table(tmp_path / "out" / "vouchers.csv", "utf-8-sig")
        of = [tuple(row[rows[0].index(name)] for name in ("document", "account", "segment")) for row in rows[1:]]
        assert len(set(of)) == len(of)


def test_lines_that_balance_only_together_are_not_divided(years: tuple[Path, Path], tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    text = (Path(gaapbridge.__file__).parent / "vouchers" / "layouts" / "generic.toml").read_text(encoding="utf-8")
    own.write_text(text.replace('lines = "each"', 'lines = "net"\nmost_lines = 3'), encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"takes 3 lines of a voucher, and .* balance only together"):
        gaapbridge.export(years[1], layout=own, book="balances", to=tmp_path / "out")


def test_a_run_of_the_format_before_is_exported(tmp_path: Path) -> None:
    with zipfile.ZipFile(Path(__file__).parents[1] / "run" / "run-of-format-1.zip") as kept:
        kept.extractall(tmp_path)
    (run,) = (path.parent for path in tmp_path.rglob("manifest.json"))
    done = gaapbridge.export(run, "generic", book="movements")
    (read,) = vouchers("generic", done.folder / "vouchers.csv")
    assert read.posted == "2023-12-31" and sum(amount for _, amount in read.lines) == 0
    assert "1 voucher, each balanced" in done.as_text() and "Book" not in done.as_text()


def test_a_run_without_differences_has_no_voucher(years: tuple[Path, Path], tmp_path: Path) -> None:
    run = changed(years[1], tmp_path, journals=lambda text: text.splitlines(keepends=True)[0])
    done = gaapbridge.export(run, "generic", book="movements", to=tmp_path / "out")
    written = (tmp_path / "out" / "vouchers.csv").read_text(encoding="utf-8-sig")
    assert done.vouchers == () and len(list(csv.reader(io.StringIO(written)))) == 1
