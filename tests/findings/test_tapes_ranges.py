"""Tapes cut by ranges of contract ids: whatever the file's order, however they are cut, the same rows and the same rejects."""

import pickle
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaapbridge.contracts.guarantees.schema import GUARANTEE_FEES
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.contracts.loans.tapes import held_together
from gaapbridge.tapes import from_parquet, ranges, spill, survey
from gaapbridge.tapes.checks import ControlTotals
from gaapbridge.tapes.ranges import ContractTape, Held, Pile, Stretch, cut_alike, open_contracts
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Circumstances, Schema
from gaapbridge.terms import UnusableInput
from tests.findings.tapes_made import INSTANT, csv_text, loans, rows_for, write_csv, write_formats, write_parquet


@contextmanager
def cut_every(rows: int, mark_rows: int = 1, read_rows: int = 3) -> Iterator[None]:
    """Ranges of so many rows of every tape, cut as finely as the marks; so many rows looked at and dealt out at a time."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (survey, ranges):
            patch.setattr(module, "MARK_ROWS", mark_rows)
        for module in (survey, spill):
            patch.setattr(module, "READ_ROWS", read_rows)
        patch.setattr(ranges, "CHUNK_ROWS", rows)
        patch.setattr(ranges, "READ_ROWS", rows)
        yield


def opened(path: Path, schema: Schema = LOANS, **options: Any) -> ContractTape:
    plain = {"amounts": "minor", "minor_digits": 2, "columns": {}, "ignore": ()}
    circumstances = Circumstances(instant=INSTANT, currency="CNY", segments=("consumer", "sme"))
    return open_contracts(path, schema, circumstances, file=path.name, **{**plain, **options})


def tape_of(folder: Path, ids: Sequence[str | None], group: int | None = None, **changes: Any) -> ContractTape:
    frame = loans(*[{**changes, "contract_id": name} for name in ids])
    frame.write_parquet(folder / "loans.parquet", row_group_size=group)
    return opened(folder / "loans.parquet")


def fee_tape(folder: Path, ids: Sequence[str | None], group: int | None = None) -> ContractTape:
    """A tape of fee instalments of these contracts, the first of them of 501, the next of 502."""
    frame = rows_for(GUARANTEE_FEES, *[{"contract_id": name} for name in ids])
    fees = frame.with_columns(fee_minor=pl.int_range(501, 501 + frame.height, dtype=pl.Int64))
    pq.write_table(fees.to_arrow(), folder / "fees.parquet", row_group_size=group)
    return opened(folder / "fees.parquet", GUARANTEE_FEES)


def held_in(folder: Path, **tapes: ContractTape) -> list[dict[str, Held]]:
    """The rows of every range of tapes that are cut alike, held against their schemas by something that got them pickled."""
    folder = folder / f"dealt-{len(list(folder.glob('dealt-*')))}"
    folder.mkdir()
    travelled = [pickle.loads(pickle.dumps(every)) for every in cut_alike(tapes, folder)]
    return [{name: part.held(tapes[name].source.schema) for name, part in every.items()} for every in travelled]


def good_ids(parts: Sequence[Mapping[str, Held]], name: str = "tape") -> list[str]:
    return [owner for part in parts for owner in part[name].good["contract_id"].to_list()]


def rejects(parts: Sequence[Mapping[str, Held]], name: str = "tape") -> pl.DataFrame:
    return pl.concat([part[name].rejects for part in parts]).sort("row", maintain_order=True)


def totals(parts: Sequence[Mapping[str, Held]], name: str = "tape") -> ControlTotals:
    return sum((part[name].totals for part in parts), ControlTotals())


ORDERS: dict[str, tuple[list[str | None], list[str], list[int]]] = {
    "in order": (["a", "b", "c", "d", "e"], ["a", "b", "c", "d", "e"], []),
    "out of order in ordered groups": (["b", "a", "d", "c", "e"], ["a", "b", "c", "d", "e"], []),
    "repeated in a group": (["a", "a", "b", "c"], ["b", "c"], [1, 2]),
    "repeated over groups": (["a", "b", "b", "c"], ["a", "c"], [2, 3]),
    "out of order": (["c", "a", "d", "b"], ["a", "b", "c", "d"], []),
    "repeated far apart": (["c", "a", "d", "c"], ["a", "d"], [1, 4]),
    "without an id": (["a", None, "b", None], ["a", "b"], [2, 4]),
    "by bytes, not by alphabet": (["Z", "a", "é", "合"], ["Z", "a", "é", "合"], []),
}


@pytest.mark.campaign(but=8)
@pytest.mark.parametrize("name", ORDERS)
@pytest.mark.parametrize("rows", [1, 2, 100])
def test_good_rows_come_in_order_of_contract(name: str, rows: int, tmp_path: Path) -> None:
    ids, expected, bad = ORDERS[name]
    with cut_every(rows):
        parts = held_in(tmp_path, tape=tape_of(tmp_path, ids, 2))
    assert good_ids(parts) == expected
    assert rejects(parts)["row"].to_list() == bad
    assert totals(parts) == ControlTotals(len(ids), 10_000 * len(ids), len(bad), 10_000 * len(bad))
    assert len(parts) == 1 if rows == 100 else len(parts) > 1


SIZES = {"rows": st.integers(1, 9), "mark_rows": st.integers(1, 4), "read_rows": st.integers(1, 9)}
ROWS = st.lists(
    st.tuples(st.one_of(st.none(), st.text("abz合", min_size=1, max_size=2)), st.sampled_from([0, 0, 0, -1])),
    min_size=1,
    max_size=24,
)


def same_however_cut(
    folder: Path, given_rows: Sequence[tuple[str | None, int]], form: str, group: int, cut: tuple[int, int, int]
) -> int:
    """Rows by contract and days past due, the negative ones bad, as a tape: cut and whole it gives the same; into how many."""
    frame = loans(*[{"contract_id": name, "days_past_due": days} for name, days in given_rows])
    path = folder / f"loans.{form}"
    if form == "csv":
        frame.write_csv(path)
    else:
        frame.write_parquet(path, row_group_size=group)
    with cut_every(*cut):
        parts = held_in(folder, tape=opened(path))
    whole = held_in(folder, tape=opened(path))
    assert len(whole) == 1
    assert good_ids(parts) == good_ids(whole)
    assert rejects(parts).equals(rejects(whole))
    assert totals(parts) == totals(whole)
    seen = [set(part["tape"].every["contract_id"].drop_nulls()) for part in parts]
    assert all(max(before) < min(after) for before, after in pairwise(ids for ids in seen if ids))
    assert all(part["tape"].every["contract_id"].null_count() == 0 for part in parts[1:])
    return len(parts)


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_a_tape_out_of_order_gives_the_same_however_it_is_cut(form: str, tmp_path: Path) -> None:
    """With bad rows, a contract on two rows, and rows of nobody; the campaign has others."""
    given_rows = [("d", 0), (None, 0), ("b", -1), ("合", 0), ("a", 0), ("b", 0), ("c", -1), (None, -1), ("e", 0), ("e", 0)]
    assert same_however_cut(tmp_path, given_rows, form, group=3, cut=(2, 1, 3)) > 2


@pytest.mark.campaign
@settings(max_examples=60)
@given(given_rows=ROWS, in_order=st.booleans(), group=st.integers(1, 9), form=st.sampled_from(["parquet", "csv"]), **SIZES)
def test_rejects_and_rows_do_not_depend_on_cuts(
    given_rows: list[tuple[str | None, int]],
    in_order: bool,
    group: int,
    form: str,
    rows: int,
    mark_rows: int,
    read_rows: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    given_rows = sorted(given_rows, key=lambda row: row[0] or "") if in_order else given_rows
    same_however_cut(tmp_path_factory.mktemp("tape"), given_rows, form, group, (rows, mark_rows, read_rows))


@pytest.mark.campaign
@settings(max_examples=60)
@given(
    ids=st.lists(st.one_of(st.none(), st.sampled_from("abcdeZ合")), min_size=1, max_size=40),
    in_order=st.booleans(),
    group=st.integers(1, 9),
    **SIZES,
)
def test_instalments_of_a_contract_are_never_parted(
    ids: list[str | None],
    in_order: bool,
    group: int,
    rows: int,
    mark_rows: int,
    read_rows: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    given_ids = sorted(ids, key=lambda name: name or "") if in_order else ids
    folder = tmp_path_factory.mktemp("tape")
    with cut_every(rows, mark_rows, read_rows):
        parts = held_in(folder, tape=fee_tape(folder, given_ids, group))
    found = [row for part in parts for row in part["tape"].good.select("contract_id", "row").rows()]
    numbered = list(enumerate(given_ids, start=1))
    assert found == sorted((name, row) for row, name in numbered if name is not None)
    owners = [name for part in parts for name in part["tape"].good["contract_id"].unique()]
    assert len(owners) == len(set(owners))
    assert rejects(parts)["row"].to_list() == [row for row, name in numbered if name is None]
    assert totals(parts).amount_minor == sum(range(501, 501 + len(ids)))


@pytest.mark.campaign
@settings(max_examples=40)
@given(
    opening=st.sets(st.text("abcd", min_size=1, max_size=3), min_size=1, max_size=30),
    closing=st.sets(st.text("abcd", min_size=1, max_size=3), min_size=1, max_size=30),
    fees=st.lists(st.text("abcd", min_size=1, max_size=2), min_size=1, max_size=40),
    **SIZES,
)
def test_all_tapes_are_cut_alike(
    opening: set[str],
    closing: set[str],
    fees: list[str],
    rows: int,
    mark_rows: int,
    read_rows: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folders = [tmp_path_factory.mktemp("tape") for _ in range(3)]
    with cut_every(rows, mark_rows, read_rows):
        tapes = {
            "opening": tape_of(folders[0], sorted(opening), 5),
            "closing": tape_of(folders[1], sorted(closing), 7),
            "fees": fee_tape(folders[2], fees),
        }
        parts = held_in(folders[0], **tapes)
    assert good_ids(parts, "opening") == sorted(opening)
    assert good_ids(parts, "closing") == sorted(closing)
    assert good_ids(parts, "fees") == sorted(fees)
    every = [{owner for tape in part.values() for owner in tape.good["contract_id"]} for part in parts]
    assert all(max(before) < min(after) for before, after in pairwise(ids for ids in every if ids))
    most = rows + mark_rows * len(tapes)
    assert all(part[name].good.height <= most for part in parts for name in ("opening", "closing"))


def test_cuts_depend_on_contents_alone(tmp_path: Path) -> None:
    """The same tape in any format, its groups of any size: the same cuts."""
    ids = [f"{number:03d}" for number in range(60)]
    frame = loans(*[{"contract_id": name} for name in ids])
    paths = [*write_formats(tmp_path, frame, "loans"), tmp_path / "grouped.parquet"]
    frame.write_parquet(paths[-1], row_group_size=7)
    with cut_every(16, mark_rows=4, read_rows=13):
        surveys = {opened(path).survey for path in paths}
    assert surveys == {survey.Survey(True, tuple(ids[3::4]), 12)}


def test_a_long_tape_is_dealt_out_to_ranges(tmp_path: Path) -> None:
    ids = [f"{number * 7919 % 1009:04d}" for number in range(1_009)]
    with cut_every(100, mark_rows=7, read_rows=50):
        parts = held_in(tmp_path, tape=tape_of(tmp_path, ids, days_past_due=0))
    assert len(parts) > 5
    assert max(part["tape"].every.height for part in parts) < 200
    assert good_ids(parts) == sorted(ids)
    assert totals(parts) == ControlTotals(1_009, 10_090_000, 0, 0)


def lying(tape: ContractTape, folder: Path) -> set[type]:
    return {type(part["tape"].lying) for part in cut_alike({"tape": tape}, folder)}


def test_only_what_cannot_be_read_by_ranges_is_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = iter(tmp_path / str(number) for number in range(9))
    for folder in (made := [next(folders) for _ in range(5)]):
        folder.mkdir()
    with cut_every(2):
        ids = ["a", "b", "c", "d", "e"]
        assert lying(tape_of(tmp_path, ids), made[0]) == {Stretch}
        assert lying(tape_of(tmp_path, ["a", None, "b", "c", "d"]), made[1]) == {Pile}
        assert lying(opened(write_csv(tmp_path, csv_text(*[{"contract_id": name} for name in ids]))), made[2]) == {Pile}
        monkeypatch.setattr(ranges, "_LARGEST_GROUP", 4)
        assert lying(tape_of(tmp_path, ids), made[3]) == {Pile}
    assert lying(tape_of(tmp_path, ["b", "a"]), made[4]) == {Stretch}


def test_a_row_of_too_few_cells_stays_a_reject_of_its_range(tmp_path: Path) -> None:
    text = csv_text(*[{"contract_id": name} for name in "dbca"]).splitlines()
    path = write_csv(tmp_path, "\n".join([*text[:3], text[3].rsplit(",", 2)[0], text[4], ""]))
    with cut_every(1):
        parts = held_in(tmp_path, tape=opened(path))
    assert good_ids(parts) == ["a", "b", "d"]
    assert rejects(parts).select("row", "contract_id").rows() == [(3, "c")]
    assert rejects(parts).equals(rejects(held_in(tmp_path, tape=opened(path))))


def test_columns_of_words_in_groups_of_their_own_are_dealt_out(tmp_path: Path) -> None:
    """Parquet may hold words as categories, and each batch its own."""
    frame = loans(
        *[{"contract_id": name, "segment": segment} for name, segment in zip("dbca", ["sme", "consumer"] * 2, strict=True)]
    )
    worded = frame.with_columns(pl.col("segment", "currency", "repayment_type").cast(pl.Categorical))
    worded.write_parquet(tmp_path / "loans.parquet", row_group_size=1)
    with cut_every(2, read_rows=1):
        parts = held_in(tmp_path, tape=opened(tmp_path / "loans.parquet"))
    assert [row for part in parts for row in part["tape"].good.select("contract_id", "segment").rows()] == [
        ("a", "consumer"),
        ("b", "consumer"),
        ("c", "sme"),
        ("d", "sme"),
    ]


def test_the_longest_term_is_found_and_bounded(tmp_path: Path) -> None:
    path = write_csv(tmp_path, csv_text({"term_instalments": 36}, {"term_instalments": "x"}, {}))
    assert opened(path).survey.longest_term == 36
    assert opened(write_parquet(tmp_path, loans({"term_instalments": 9_999}, {}))).survey.longest_term == 480
    assert opened(write_parquet(tmp_path, loans({"term_instalments": -1}))).survey.longest_term == 1


def test_a_tape_of_another_currency_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        UnusableInput, match=r"column: currency \| value: USD \| rule: the tape is in the entity's currency CNY"
    ) as refused:
        tape_of(tmp_path, ["a", "b"], currency="USD")
    assert pickle.loads(pickle.dumps(refused.value)).as_dict() == refused.value.as_dict()


def test_single_contracts_of_another_currency_are_rejected(tmp_path: Path) -> None:
    parts = held_in(tmp_path, tape=opened(write_parquet(tmp_path, loans({"currency": "USD"}, {}))))
    assert good_ids(parts) == ["A2"]
    assert rejects(parts).select("row", "column").rows() == [(1, "currency")]


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_events_and_other_rows_are_held_against_the_tapes_of_their_range(rows: int, tmp_path: Path) -> None:
    """b is bad on the opening tape and d on the closing one; an event of a bad contract is not good either."""
    folders = [tmp_path / name for name in ("opening", "closing", "dealt")]
    for folder in folders:
        folder.mkdir()
    named = {"opening": ("abc", "b"), "closing": ("bcde", "d")}
    event = {"event_date": INSTANT, "kind": "prepayment", "amount_minor": 100}
    events = [{"contract_id": name, **event} for name in ("e", None, "a", "z", "b")]
    pl.DataFrame(events).write_csv(tmp_path / "events.csv")
    with cut_every(rows):
        tapes = {
            f"tapes.loans.{state}": opened(
                write_parquet(
                    tmp_path / state,
                    loans(*[{"contract_id": name, "days_past_due": -(name == bad)} for name in ids]),
                )
            )
            for state, (ids, bad) in named.items()
        }
        tapes["tapes.events"] = opened(tmp_path / "events.csv", EVENTS)
        found = [held_together(every) for every in cut_alike(tapes, folders[2])]
    good = {name: [owner for part in found for owner in part[name].good["contract_id"]] for name in tapes}
    assert good == {
        "tapes.loans.opening": ["a", "c"],
        "tapes.loans.closing": ["c", "e"],
        "tapes.events": ["a", "e"],
    }
    refused = {name: rejects(found, name).select("row", "contract_id").rows() for name in tapes}
    assert refused == {
        "tapes.loans.opening": [(2, "b")],
        "tapes.loans.closing": [(1, "b"), (3, "d")],
        "tapes.events": [(2, None), (4, "z"), (5, "b")],
    }


def test_a_file_of_one_large_group_is_streamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(from_parquet, "_LARGEST_SLICED", 2)
    path = write_parquet(tmp_path, loans(*[{}] * 90))
    parts = list(open_tape(path, LOANS).batches(rows=20))
    assert [row for part in parts for row in part.frame["row"].to_list()] == list(range(1, 91))
    assert max(part.frame.height for part in parts) <= 20


def test_a_short_tape_is_written_nowhere(tmp_path: Path) -> None:
    """A tape of one range is at hand once it was read: a close of small files needs no room beside the run."""
    path = write_csv(tmp_path, csv_text({"contract_id": "B"}, {"contract_id": "A"}))
    folder = tmp_path / "dealt"
    folder.mkdir()
    (every,) = cut_alike({"tape": opened(path)}, folder)
    assert list(folder.iterdir()) == []
    assert pickle.loads(pickle.dumps(every))["tape"].held(LOANS).good["contract_id"].to_list() == ["A", "B"]
