"""Vouchers of a restated chain on top of the trial balance: the ledger then holds the IFRS column, whatever it held before.

2022 and 2023 were closed, filed and booked; both are closed again with a lease that is 1,000.00 lower at the end of 2022.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import gaapbridge
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.vouchers.voucher import Book
from tests.given.ledger_book import posted_by, together, trial_balance, unlike_rows, year_closed
from tests.given_lender import write_lender, years
from tests.vouchers.lender import vouchers

BOOKS: tuple[Book, ...] = ("movements", "balances")
FILED = 'status = "filed"\nstatus_note = "Form 20-F"\n'
AGAIN = 'restates = "v1"\nrestates_because = "a lease was measured on the wrong term"\n'


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """Two versions of both years; the second of 2022 has 1,000.00 less of the right to use."""
    plan = write_lender(tmp_path_factory.mktemp("chain") / "lender")
    text = plan.read_text(encoding="utf-8")
    leases = plan.parent / "given" / "leases.csv"
    runs: dict[str, Run] = {}
    for version, status in (("v1", FILED), ("v2", FILED + AGAIN)):
        if version == "v2":
            leases.write_text(restated(leases.read_text(encoding="utf-8")), encoding="utf-8")
        for year, stated in zip(("2022", "2023"), years(text), strict=True):
            plan.write_text(re.sub(r"(?m)^(closing = 202\d-12-31)$", rf"\1\n{status}", stated, count=1), encoding="utf-8")
            runs[f"{year} {version}"] = close(plan)
            assert runs[f"{year} {version}"].folder.name == version
    return runs


def restated(text: str) -> str:
    """The file with the asset 1,000.00 lower at both instants."""

    def lower(found: re.Match[str]) -> str:
        return f"{found[1]}{float(found[2]) - 1000:.2f},"

    changed = re.sub(r"(?m)^(202[23]-12-31,balance,1821,rou,)(-?[\d.]+),", lower, text)
    assert changed != text
    return changed


def exported(run: Run, to: Path, book: Book, **said: str) -> dict[str, int]:
    done = gaapbridge.export(run, "generic", book=book, to=to, **said)  # type: ignore[arg-type]
    return posted_by(vouchers("generic", to / next(iter(done.files))))


def unlike(run: Run, year: str, held: dict[str, int]) -> dict[str, tuple[int, int]]:
    us_gaap = trial_balance(run.plan_folder / "ledger" / f"trial-balance-{year}-12-31.csv")
    return unlike_rows(run.folder, f"bs-{year}", together(us_gaap, held), "ifrs")


@pytest.mark.parametrize("book", BOOKS)
@pytest.mark.parametrize("again", [False, True], ids=["the second year alone", "each year by itself"])
def test_a_restated_chain_leaves_the_ifrs_column(chain: dict[str, Run], tmp_path: Path, book: Book, again: bool) -> None:
    """Both years booked as filed, then restated: by the vouchers of 2023 alone, or of 2022 first, which the ledger reopens."""
    first = exported(chain["2022 v1"], tmp_path / "1", book)
    second = exported(chain["2023 v1"], tmp_path / "2", book)
    assert unlike(chain["2023 v1"], "2023", together(year_closed(first, chain["2022 v1"].folder), second)) == {}
    if again:
        anew = exported(chain["2022 v2"], tmp_path / "3", book, booked="v1")
        assert anew["1821"] == -1_000_00
        first = together(first, anew)
        assert unlike(chain["2022 v2"], "2022", first) == {}
        second = exported(chain["2023 v2"], tmp_path / "4", book, booked="none", opening="booked")
    else:
        second = together(second, exported(chain["2023 v2"], tmp_path / "4", book, booked="v1", opening="v1"))
    held = together(year_closed(first, chain["2022 v1"].folder), second)
    assert unlike(chain["2023 v2"], "2023", held) == {}


def test_only_what_differs_is_withdrawn(chain: dict[str, Run], tmp_path: Path) -> None:
    """The lease alone was restated, by as much at both instants: its opening, no movement; the other notes' vouchers stand."""
    done = gaapbridge.export(chain["2023 v2"], "generic", book="movements", booked="v1", opening="v1", to=tmp_path / "out")
    assert [(one.note, one.kind, str(one.day)) for one in done.vouchers] == [("leases", "restatement", "2023-01-01")]
    assert {line.account: line.amount_minor for line in done.vouchers[0].lines} == {
        "1821": -1_000_00, "1811": 250_00, "4104": 750_00,
    }  # fmt: skip
    assert "Booked: v1: its vouchers that differ are withdrawn; those that are the same stand." in done.as_text()
    assert (done.stated()["booked"], done.stated()["opening"]) == ("v1", "v1")


@pytest.mark.parametrize(
    ("run", "said", "told"),
    [
        ("2022 v2", {}, "this run restates v1: what the ledger holds of this period is not known"),
        ("2023 v2", {"opening": "booked"}, "say --booked v1 where its vouchers were imported"),
        (
            "2023 v2",
            {"booked": "none"},
            "the run opens with v2, which restates v1: which of them the ledger holds",
        ),
        ("2023 v2", {"booked": "v7", "opening": "booked"}, "the version is one of 2022-12-31 to 2023-12-31"),
        ("2023 v2", {"booked": "v2", "opening": "booked"}, "a run is not booked in the place of itself"),
        ("2023 v2", {"booked": "yes", "opening": "booked"}, "it is a version of the period by its folder's name"),
        ("2022 v2", {"booked": "none", "opening": "v1"}, "where the run opens with one"),
    ],
)
def test_what_the_ledger_holds_is_asked(chain: dict[str, Run], run: str, said: dict[str, str], told: str) -> None:
    with pytest.raises(UnusableInput, match=re.escape(told)):
        gaapbridge.export(chain[run], "generic", book="movements", **said)  # type: ignore[arg-type]
