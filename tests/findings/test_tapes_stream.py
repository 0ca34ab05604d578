"""Tapes as streams: in the order of contract ids whatever the file's, side by side, nothing lost on the way."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaapbridge.portfolio import from_parquet, spill, stream, survey
from gaapbridge.portfolio.checks import Totals
from gaapbridge.portfolio.loan_tape import LOANS
from gaapbridge.portfolio.read import open_tape
from gaapbridge.portfolio.stream import LoanTape, aligned, known_ids, open_loans
from gaapbridge.terms import UnusableInput
from tests.findings.tapes_made import INSTANT, csv_text, loans, write_csv, write_parquet


def opened(path: Path, **options: Any) -> LoanTape:
    plain = {"amounts": "minor", "minor_digits": 2, "columns": {}, "ignore": (), "segments": ("consumer", "sme")}
    return open_loans(path, instant=INSTANT, currency="CNY", file=path.name, **{**plain, **options})


def tape_of(path: Path, ids: Sequence[str | None], group: int | None = None, **changes: Any) -> LoanTape:
    frame = loans(*[{**changes, "contract_id": name} for name in ids])
    frame.write_parquet(path / "loans.parquet", row_group_size=group)
    return opened(path / "loans.parquet")


def streamed(tape: LoanTape) -> list[str]:
    return [name for chunk in tape.chunks() for name in chunk["contract_id"].to_list()]


def rejected(tape: LoanTape) -> list[tuple[int, str]]:
    return [pair for part in tape.rejects for pair in part.select("row", "column").rows()]


ORDERS: dict[str, tuple[list[str | None], int | None, list[str], list[int]]] = {
    "in order": (["a", "b", "c", "d"], None, ["a", "b", "c", "d"], []),
    "in ordered groups": (["a", "b", "c", "d", "e"], 2, ["a", "b", "c", "d", "e"], []),
    "out of order in ordered groups": (["b", "a", "d", "c", "e"], 2, ["a", "b", "c", "d", "e"], []),
    "repeated in a group": (["a", "a", "b", "c"], 2, ["b", "c"], [1, 2]),
    "repeated over groups": (["a", "b", "b", "c"], 2, ["a", "c"], [2, 3]),
    "out of order": (["c", "a", "d", "b"], 2, ["a", "b", "c", "d"], []),
    "repeated far apart": (["c", "a", "d", "c"], 2, ["a", "d"], [1, 4]),
    "without an id": (["a", None, "b", None], 2, ["a", "b"], [2, 4]),
    "by bytes, not by alphabet": (["Z", "a", "é", "合"], None, ["Z", "a", "é", "合"], []),
}


@pytest.mark.parametrize("name", ORDERS)
def test_good_rows_come_in_order_of_contract(name: str, tmp_path: Path) -> None:
    ids, group, expected, bad = ORDERS[name]
    tape = tape_of(tmp_path, ids, group)
    assert streamed(tape) == expected
    assert [row for row, _ in rejected(tape)] == bad
    assert tape.totals == Totals(len(ids), 10_000 * len(ids), len(bad), 10_000 * len(bad))


@settings(max_examples=30)
@given(
    ids=st.lists(st.one_of(st.none(), st.text("abz合", min_size=1, max_size=2)), min_size=1, max_size=24),
    group=st.integers(1, 9),
    statistics=st.booleans(),
)
def test_any_order_of_any_ids_streams_alike(
    ids: list[str | None], group: int, statistics: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("tape") / "loans.parquet"
    frame = loans(*[{"contract_id": name} for name in ids])
    pq.write_table(frame.to_arrow(), path, row_group_size=group, write_statistics=statistics)
    tape = opened(path)
    assert streamed(tape) == sorted(name for name in ids if name is not None and ids.count(name) == 1)
    assert sorted(row for row, _ in rejected(tape)) == [
        number for number, name in enumerate(ids, start=1) if name is None or ids.count(name) > 1
    ]
    assert tape.totals.rows == len(ids)


def test_a_long_tape_is_put_in_order_by_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "_SAMPLE_EVERY", 7)
    monkeypatch.setattr(survey, "READ_ROWS", 50)
    monkeypatch.setattr(stream, "READ_ROWS", 50)
    ids = [f"{number * 7919 % 1009:04d}" for number in range(1_009)]
    tape = tape_of(tmp_path, ids, days_past_due=0)
    parts = list(spill.in_contract_order(tape._good(), tape.survey.sample, tape.source.rows, memory_rows=200))
    assert len(parts) > 5
    assert max(part.height for part in parts) < 300
    assert [name for part in parts for name in part["contract_id"].to_list()] == sorted(ids)
    assert tape.totals == Totals(1_009, 10_090_000, 0, 0)


def test_statistics_that_lie_are_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tape = tape_of(tmp_path, ["c", "d", "a", "b"], 2)
    monkeypatch.setattr(tape, "survey", survey.Survey(True, None, (), 12))
    monkeypatch.setattr(stream, "READ_ROWS", 2)
    with pytest.raises(UnusableInput, match="statistics of a Parquet row group"):
        streamed(tape)


def test_statistics_spare_the_look_at_the_ids(tmp_path: Path) -> None:
    assert tape_of(tmp_path, ["b", "a", "c"], 2).survey == survey.Survey(True, None, (), 12)
    assert tape_of(tmp_path, ["a", "b", "b"], 2).survey == survey.Survey(True, frozenset("b"), (), 12)


def test_the_longest_term_is_found_and_bounded(tmp_path: Path) -> None:
    path = write_csv(tmp_path, csv_text({"term_instalments": 36}, {"term_instalments": "x"}, {}))
    assert opened(path).longest_term == 36
    assert opened(write_parquet(tmp_path, loans({"term_instalments": 9_999}, {}))).longest_term == 480
    assert opened(write_parquet(tmp_path, loans({"term_instalments": -1}))).longest_term == 1


def test_a_tape_of_another_currency_is_refused(tmp_path: Path) -> None:
    tape = tape_of(tmp_path, ["a", "b"], currency="USD")
    with pytest.raises(
        UnusableInput, match=r"column: currency \| value: USD \| rule: the tape is in the entity's currency CNY"
    ):
        streamed(tape)


def test_single_contracts_of_another_currency_are_rejected(tmp_path: Path) -> None:
    tape = opened(write_parquet(tmp_path, loans({"currency": "USD"}, {})))
    assert streamed(tape) == ["A2"]
    assert rejected(tape) == [(1, "currency")]


def frames(ids: Sequence[str], sizes: Sequence[int]) -> list[pl.DataFrame]:
    """Chunks of ascending ids, of the sizes in turn."""
    chunks, start, turn = [], 0, 0
    while start < len(ids):
        size = sizes[turn % len(sizes)]
        chunks.append(loans(*[{"contract_id": name} for name in ids[start : start + size]]).with_row_index("row"))
        start, turn = start + size, turn + 1
    return chunks


ID_SETS = st.sets(st.text("abcd", min_size=1, max_size=3), max_size=30)
SIZES = st.lists(st.integers(1, 7), min_size=1, max_size=3)


@settings(max_examples=40)
@given(opening=ID_SETS, closing=ID_SETS, opening_sizes=SIZES, closing_sizes=SIZES)
def test_a_contract_is_in_one_pair_and_every_row_in_some(
    opening: set[str], closing: set[str], opening_sizes: list[int], closing_sizes: list[int]
) -> None:
    left, right = frames(sorted(opening), opening_sizes), frames(sorted(closing), closing_sizes)
    pairs = [(a["contract_id"].to_list(), b["contract_id"].to_list()) for a, b in aligned(iter(left), iter(right))]
    assert [name for a, _ in pairs for name in a] == sorted(opening)
    assert [name for _, b in pairs for name in b] == sorted(closing)
    ranges = [(min(a + b), max(a + b)) for a, b in pairs]
    assert all(before[1] < after[0] for before, after in pairwise(ranges))


def test_pairs_are_no_larger_than_their_chunks() -> None:
    left, right = frames([f"{n:03d}" for n in range(0, 90, 3)], [10]), frames([f"{n:03d}" for n in range(90)], [10])
    assert max(max(a.height, b.height) for a, b in aligned(iter(left), iter(right))) <= 10


def test_events_are_held_against_both_tapes(tmp_path: Path) -> None:
    opening = tape_of(tmp_path, ["a", "b"])
    assert sorted(known_ids([opening]).to_list()) == ["a", "b"]
    assert known_ids([opening, opening], among=pl.Series(["b", "z"])).to_list() == ["b"]
    assert known_ids([]).to_list() == []


def test_a_file_of_one_large_group_is_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_parquet, "_LARGEST_SLICED", 2)
    path = write_parquet(tmp_path, loans(*[{}] * 90))
    parts = list(open_tape(path, LOANS).batches(rows=20))
    assert [row for part in parts for row in part.frame["row"].to_list()] == list(range(1, 91))
    assert max(part.frame.height for part in parts) <= 20
