"""Tapes as streams: in the order of contract ids whatever the file's, side by side, nothing lost on the way."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from gaapbridge.tapes.stream import ContractTape, aligned, empty_frame, known_ids, open_contracts
from hypothesis import given, settings
from hypothesis import strategies as st

from gaapbridge.contracts.guarantees.schema import GUARANTEE_FEES
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.tapes import from_parquet, spill, stream, survey
from gaapbridge.tapes.checks import Totals
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Circumstances
from gaapbridge.terms import UnusableInput
from tests.findings.tapes_made import INSTANT, csv_text, loans, rows_for, write_csv, write_parquet


def opened(path: Path, **options: Any) -> ContractTape:
    plain = {"amounts": "minor", "minor_digits": 2, "columns": {}, "ignore": ()}
    circumstances = Circumstances(instant=INSTANT, currency="CNY", segments=("consumer", "sme"))
    return open_contracts(path, LOANS, circumstances, file=path.name, **{**plain, **options})


def tape_of(path: Path, ids: Sequence[str | None], group: int | None = None, **changes: Any) -> ContractTape:
    frame = loans(*[{**changes, "contract_id": name} for name in ids])
    frame.write_parquet(path / "loans.parquet", row_group_size=group)
    return opened(path / "loans.parquet")


def streamed(tape: ContractTape) -> list[str]:
    return [name for chunk in tape.chunks() for name in chunk["contract_id"].to_list()]


def rejected(tape: ContractTape) -> list[tuple[int, str]]:
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


@pytest.mark.parametrize("ids", ["cdab", "abbc"])
def test_statistics_that_lie_are_found_out(ids: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tape = tape_of(tmp_path, list(ids), 2)
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
    """Chunks of ascending ids, of the sizes in turn, after one without rows."""
    chunks, start, turn = [empty_frame(LOANS)], 0, 0
    while start < len(ids):
        size = sizes[turn % len(sizes)]
        chunks.append(
            loans(*[{"contract_id": name} for name in ids[start : start + size]]).with_row_index("row").cast({"row": pl.Int64})
        )
        start, turn = start + size, turn + 1
    return chunks


ID_SETS = st.sets(st.text("abcd", min_size=1, max_size=3), max_size=30)
SIZES = st.lists(st.integers(1, 7), min_size=1, max_size=3)


@settings(max_examples=40)
@given(streams=st.lists(st.tuples(ID_SETS, SIZES), min_size=1, max_size=4))
def test_a_contract_is_in_one_tuple_and_every_row_in_some(streams: list[tuple[set[str], list[int]]]) -> None:
    chunks = [frames(sorted(ids), sizes) for ids, sizes in streams]
    found = [[frame["contract_id"].to_list() for frame in side_by_side] for side_by_side in aligned(*map(iter, chunks))]
    for place, (ids, _) in enumerate(streams):
        assert [name for side_by_side in found for name in side_by_side[place]] == sorted(ids)
    every = [[name for names in side_by_side for name in names] for side_by_side in found]
    assert all(max(before) < min(after) for before, after in pairwise(every))


def test_tuples_are_no_larger_than_their_chunks() -> None:
    left, right = frames([f"{n:03d}" for n in range(0, 90, 3)], [10]), frames([f"{n:03d}" for n in range(90)], [10])
    assert max(max(a.height, b.height) for a, b in aligned(iter(left), iter(right))) <= 10


def test_a_tape_that_is_not_given_is_an_empty_frame() -> None:
    left, right = iter([empty_frame(GUARANTEE_FEES)]), iter(frames(["a", "b"], [1]))
    pairs = list(aligned(left, right))
    assert [(a.columns, a.height, b.height) for a, b in pairs] == [(["row", *GUARANTEE_FEES.names], 0, 1)] * 2
    with pytest.raises(ValueError, match="one empty frame"):
        list(aligned(iter([]), iter(frames(["a"], [1]))))


def fee_tape(path: Path, ids: Sequence[str | None], group: int | None = None, *, statistics: bool = True) -> ContractTape:
    """A tape of fee instalments of these contracts, the first of them of 101, the next of 102."""
    frame = rows_for(GUARANTEE_FEES, *[{"contract_id": name} for name in ids])
    fees = frame.with_columns(fee_minor=pl.int_range(501, 501 + frame.height, dtype=pl.Int64))
    pq.write_table(fees.to_arrow(), path / "fees.parquet", row_group_size=group, write_statistics=statistics)
    options: dict[str, Any] = {"amounts": "minor", "minor_digits": 2, "columns": {}, "ignore": (), "file": "fees.parquet"}
    return open_contracts(path / "fees.parquet", GUARANTEE_FEES, Circumstances(), **options)


FEE_ORDERS: dict[str, tuple[list[str], int | None, survey.Survey]] = {
    "in order": (["a", "a", "b", "b", "b", "c"], None, survey.Survey(True, frozenset(), (), 1)),
    "over groups": (["a", "a", "b", "b", "b", "c"], 2, survey.Survey(True, None, (), 1)),
    "a group of one contract": (["a", "b", "b", "b", "b", "c"], 2, survey.Survey(True, None, (), 1)),
    "out of order in groups": (["a", "c", "a", "b", "c", "b"], 3, survey.Survey(False, frozenset(), ("a", "b"), 1)),
    "out of order in ordered groups": (["b", "a", "b", "c", "b", "d"], 3, survey.Survey(True, None, (), 1)),
    "far apart": (["c", "a", "c", "b"], 2, survey.Survey(False, frozenset(), ("c", "c"), 1)),
}


@pytest.mark.parametrize("name", FEE_ORDERS)
def test_instalments_come_in_order_of_contract(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids, group, known = FEE_ORDERS[name]
    for module in (survey, stream):
        monkeypatch.setattr(module, "READ_ROWS", 3)
    tape = fee_tape(tmp_path, ids, group)
    assert tape.survey == known
    chunks = [chunk.select("contract_id", "row").rows() for chunk in tape.chunks()]
    assert [row for chunk in chunks for row in chunk] == sorted((owner, row) for row, owner in enumerate(ids, start=1))
    owners = [{owner for owner, _ in chunk} for chunk in chunks]
    assert all(not before & after for before, after in pairwise(owners))
    assert tape.totals == Totals(len(ids), sum(range(501, 501 + len(ids))), 0, 0)


@settings(max_examples=60)
@given(
    ids=st.lists(st.one_of(st.none(), st.sampled_from("abcdeZ合")), min_size=1, max_size=40),
    in_order=st.booleans(),
    group=st.integers(1, 9),
    read_rows=st.integers(1, 9),
    statistics=st.booleans(),
)
def test_instalments_of_a_contract_are_never_parted(
    ids: list[str | None],
    in_order: bool,
    group: int,
    read_rows: int,
    statistics: bool,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    given_ids = sorted(ids, key=lambda name: name or "") if in_order else ids
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "READ_ROWS", read_rows)
        patch.setattr(survey, "READ_ROWS", read_rows)
        tape = fee_tape(tmp_path_factory.mktemp("tape"), given_ids, group, statistics=statistics)
        chunks = list(tape.chunks())
    rows = [row for chunk in chunks for row in chunk.select("contract_id", "row").rows()]
    numbered = list(enumerate(given_ids, start=1))
    assert rows == sorted((name, row) for row, name in numbered if name is not None)
    owners = [name for chunk in chunks for name in chunk["contract_id"].unique()]
    assert len(owners) == len(set(owners)) == len({name for name in given_ids if name is not None})
    assert [row for row, _ in rejected(tape)] == [row for row, name in numbered if name is None]


def test_a_long_tape_of_instalments_is_put_in_order_by_ranges(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "_SAMPLE_EVERY", 7)
    for module in (survey, stream):
        monkeypatch.setattr(module, "READ_ROWS", 50)
    ids = [f"{number * 7919 % 101:03d}" for number in range(1_009)]
    tape = fee_tape(tmp_path, ids)
    assert tape.survey.duplicated == frozenset()
    parts = list(spill.in_contract_order(tape._good(), tape.survey.sample, tape.source.rows, memory_rows=200))
    assert len(parts) > 5
    rows = [row for part in parts for row in part.select("contract_id", "row").rows()]
    assert rows == sorted((name, row) for row, name in enumerate(ids, start=1))


def test_statistics_that_lie_about_instalments_are_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tape = fee_tape(tmp_path, ["b", "b", "a", "b"], 2)
    monkeypatch.setattr(tape, "survey", survey.Survey(True, None, (), 1))
    monkeypatch.setattr(stream, "READ_ROWS", 2)
    with pytest.raises(UnusableInput, match="statistics of a Parquet row group"):
        streamed(tape)


@settings(max_examples=60)
@given(
    opening=ID_SETS,
    closing=ID_SETS,
    fees=st.lists(st.text("abcd", min_size=1, max_size=2), max_size=40),
    bad=st.sets(st.integers(0, 39)),
    sizes=st.tuples(*[st.integers(1, 9)] * 4),
)
def test_four_tapes_come_side_by_side_and_rejects_are_known_in_time(
    opening: set[str],
    closing: set[str],
    fees: list[str],
    bad: set[int],
    sizes: tuple[int, ...],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    owners = sorted(fees)
    frame = rows_for(
        GUARANTEE_FEES, *[{"contract_id": name, "fee_minor": 0 if n in bad else 500} for n, name in enumerate(owners)]
    )
    path = tmp_path_factory.mktemp("tape") / "fees.parquet"
    frame.write_parquet(path, row_group_size=sizes[3])
    options: dict[str, Any] = {"amounts": "minor", "minor_digits": 2, "columns": {}, "ignore": (), "file": "fees"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "READ_ROWS", sizes[2])
        patch.setattr(survey, "READ_ROWS", sizes[2])
        tape = open_contracts(path, GUARANTEE_FEES, Circumstances(), **options) if owners else None
        streams = (
            iter(frames(sorted(opening), sizes[:1])),
            iter(frames(sorted(closing), sizes[1:2])),
            tape.chunks() if tape else iter([empty_frame(GUARANTEE_FEES)]),
            iter([empty_frame(GUARANTEE_FEES)]),
        )
        seen: list[set[str]] = []
        rejected_owners = {name for n, name in enumerate(owners) if n in bad}
        for tuples in aligned(*streams):
            here = {name for part in tuples for name in part["contract_id"]}
            seen.append(here)
            known = set(tape.rejected_ids) if tape else set()
            assert {name for name in rejected_owners if name <= max(here)} <= known <= rejected_owners
    kept = {name for n, name in enumerate(owners) if n not in bad}
    assert all(max(before) < min(after) for before, after in pairwise(seen))
    assert set().union(*seen) == opening | closing | kept


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
