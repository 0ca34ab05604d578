"""CSV files read in blocks of any size, and kept at hand or put aside: always the rows that the lender wrote."""

from __future__ import annotations

import csv
import gc
import io
import json
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaapbridge.period_close import close
from gaapbridge.tapes import aside, csv_rows, encodings
from gaapbridge.tapes.encodings import in_utf_8
from gaapbridge.tapes.from_csv import read_csv
from gaapbridge.tapes.layout import PLAIN, Layout
from gaapbridge.tapes.ranges import Pile, Stretch
from gaapbridge.tapes.raw import Raw
from gaapbridge.terms import UnusableInput
from tests.findings.tapes_made import csv_text, write_csv
from tests.findings.test_tapes_ranges import cut_every, good_ids, held_in, lying, opened, rejects, totals

BLOCKS = (1, 2, 7, 64, 1 << 23)


@contextmanager
def read_by(block_bytes: int, at_hand_bytes: int = 1 << 22) -> Iterator[None]:
    """So many bytes of a file in memory at a time; rows of more than so many are put aside."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encodings, "BLOCK_BYTES", block_bytes)
        patch.setattr(aside, "_AT_HAND_BYTES", at_hand_bytes)
        yield


def cells_of(raw: Raw, rows: int | None = None) -> list[tuple[Any, ...]]:
    return [row for batch in raw.batches(list(raw.header), rows) for row in batch.rows()]


Seen = tuple[tuple[str, ...], list[tuple[Any, ...]], list[tuple[int, str]]]


def seen_in(path: Path, layout: Layout = PLAIN) -> Seen:
    """Header, cells, and the rows with another number of cells, each with that number."""
    raw = read_csv(path, path.name, layout)
    rows = cells_of(raw)
    assert raw.rows == len(rows) and cells_of(raw, 2) == rows
    return raw.header, rows, list(raw.spoiled.select("row", "value").iter_rows())


LONG = "x" * 100_000
NOTHING = (None, None)
WRITTEN: dict[str, tuple[bytes, list[tuple[str | None, ...]], list[tuple[int, str]]]] = {
    "line feeds": (b"a,b\n1,2\n3,4\n", [("1", "2"), ("3", "4")], []),
    "returns too": (b"a,b\r\n1,2\r\n3,4\r\n", [("1", "2"), ("3", "4")], []),
    "no end of the last line": (b"a,b\n1,2\n3,4", [("1", "2"), ("3", "4")], []),
    "a mark": (b"\xef\xbb\xbfa,b\n1,2\n", [("1", "2")], []),
    "lines in quotes": (b'a,b\n"1\n\n1","2\r\n"\n3,4\n', [("1\n\n1", "2\r\n"), ("3", "4")], []),
    "quotes in quotes": (b'a,b\n"""1"",",""\n', [('"1",', None)], []),
    "quotes within a cell": (b'a,b\nsay "x" now,2\n', [('say "x" now', "2")], []),
    "empty lines": (b"a,b\n\n1,2\n\r\n3,4\n", [NOTHING, ("1", "2"), NOTHING, ("3", "4")], [(1, "0 cells"), (3, "0 cells")]),
    "empty lines below": (b"a,b\n1,2\n\n,\n\n", [("1", "2")], []),
    "short and long rows": (b"a,b\n1\n1,2\n1,2,3\n", [("1", None), ("1", "2"), ("1", "2")], [(1, "1 cells"), (3, "3 cells")]),
    "NUL": (b"a,b\n\0,1\0 2\n", [("\0", "1\0 2")], []),
    "beyond ASCII": ("a,b\n消费,é😀\n".encode(), [("消费", "é😀")], []),
    "a long line": (f"a,b\n1,{LONG}\n3,4\n".encode(), [("1", LONG), ("3", "4")], []),
    "nothing guessed": (
        b"a,b\n007,1e3\ntrue,2023-01-31\nNULL,1\n",
        [("007", "1e3"), ("true", "2023-01-31"), ("NULL", "1")],
        [],
    ),
    "one column": (b"a\n1\n\n2\n", [("1",), (None,), ("2",)], [(2, "0 cells")]),
    "delimiters at the end": (b"a,b,,\n1,2,,\n3,4,,\n", [("1", "2"), ("3", "4")], []),
    "a header alone": (b"a,b\n", [], []),
}


@pytest.mark.campaign(but=40)
@pytest.mark.parametrize("at_hand", [True, False])
@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("name", WRITTEN)
def test_what_was_written_is_read(name: str, block: int, at_hand: bool, tmp_path: Path) -> None:
    content, rows, spoiled = WRITTEN[name]
    header = ("a",) if name == "one column" else ("a", "b")
    with read_by(max(block, len(content) // 100), 1 << 22 if at_hand else -1):
        assert seen_in(write_csv(tmp_path, content, "a.csv")) == (header, rows, spoiled)


@pytest.mark.parametrize("block", BLOCKS)
def test_titles_header_and_totals_in_any_blocks(block: int, tmp_path: Path) -> None:
    """A title with an open quote; a header of two rows; a column without a name whose only cell is in the totals; totals of
    another shape above lines of nothing."""
    text = 'as of "year end\n,Lent,,\nno,CNY,USD,\nA,1,2,\nB,3,4,\n,4,6,sum\nchecked\n,,,\n\n'
    path = write_csv(tmp_path, text, "a.csv")
    for at_hand in (1 << 22, -1):
        with read_by(block, at_hand):
            found = seen_in(path, Layout(skip_rows=1, header_rows=2, total_rows=2))
        assert found == (("no", "Lent CNY", "Lent USD"), [("A", "1", "2"), ("B", "3", "4")], [])
    with read_by(block), pytest.raises(UnusableInput, match=r"column: column 4 \| rule: every column has a name"):
        read_csv(path, "a", Layout(skip_rows=1, header_rows=2, total_rows=1))


TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.text('ab ,;"\n\0é消😀', max_size=6), min_size=width, max_size=width), min_size=1, max_size=8
    )
)


@pytest.mark.campaign
@settings(max_examples=150)
@given(
    table=TABLES,
    ends=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["UTF-8", "UTF-8-SIG", "UTF-16", "GB18030"]),
    block=st.integers(1, 40),
    at_hand=st.integers(-1, 20),
)
def test_cells_come_back_as_another_writer_wrote_them(
    table: Sequence[Sequence[str]], ends: str, quoting: Any, encoding: str, block: int, at_hand: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator=ends, quoting=quoting)
    names = [f"c{place}" for place in range(len(table[0]))]
    writer.writerows([names, *table, ["end"] * len(names)])
    path = tmp_path_factory.mktemp("csv") / "a.csv"
    path.write_bytes(stream.getvalue().encode(encoding))
    with read_by(block, at_hand):
        header, rows, spoiled = seen_in(path, Layout(encoding=encoding, total_rows=1))
    assert header == tuple(names)
    assert rows == [tuple(cell or None for cell in row) for row in table]
    assert spoiled == []


QUOTED_WRONG = {
    "one that is never closed": b'a,b\n1,2\n"3,4\n5,6\n',
    "behind a blank": b'a,b\n1,2\n3, "4,5"\n6,7\n',
    "within a cell": b'a,b\n1,2\n3"4,5",6\n7,8\n',
    "an inch here and one there": b'a,b\n5" pipe,2\n6" pipe,3\n',
    "text behind": b'a,b\n"1"x,2\n',
}


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("name", QUOTED_WRONG)
def test_quotes_that_do_not_enclose_whole_cells_are_refused(name: str, block: int, tmp_path: Path) -> None:
    path = write_csv(tmp_path, QUOTED_WRONG[name], "a.csv")
    with read_by(block), pytest.raises(UnusableInput, match="quotes in a CSV file enclose whole cells"):
        read_csv(path, "a")


def test_a_quote_is_not_looked_for_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "LONGEST_ROW", 1 << 20)
    path = write_csv(tmp_path, b'a,b\n"1,2\n' + b"3,4\n" * (1 << 20), "a.csv")
    with read_by(1 << 16), pytest.raises(UnusableInput, match="a row of more than 1 MB"):
        read_csv(path, "a")


@pytest.mark.parametrize("length", [1 << 20, (1 << 20) + 1])
@pytest.mark.parametrize("block", [1 << 16, 1 << 22])
@pytest.mark.parametrize("end", ["", "\n", "\n5,6\n"])
def test_a_row_is_as_long_as_one_can_be(
    length: int, block: int, end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bytes of a row without its line end: 1 MB is taken, one more is not, wherever a block ends and though it is closed."""
    monkeypatch.setattr(csv_rows, "LONGEST_ROW", 1 << 20)
    path = write_csv(tmp_path, f'a,b\n1,2\n3,"{"x" * (length - 4)}"{end}'.encode(), "a.csv")
    with read_by(block):
        if length == 1 << 20:
            assert len(read_csv(path, "a").batches(["b"], None).__next__()["b"][1]) == length - 4
        else:
            with pytest.raises(UnusableInput, match="a row of more than 1 MB"):
                read_csv(path, "a")


IN = "a CSV file is encoded in"
NO_MARK = "借据号,池\nA1,消费\n"
LONE = "a,b\n1,".encode("utf-16") + b"\x00\xd8" + "2\n".encode("utf-16-le")
"""The first half of a sign that is written in two, and no second."""


@pytest.mark.parametrize(
    ("content", "stated", "rule"),
    [
        (NO_MARK.encode("utf-16-le"), None, f"{IN} UTF-8; this one looks like UTF-16"),
        (NO_MARK.encode("utf-16-be"), None, f"{IN} UTF-8; this one looks like UTF-16"),
        (NO_MARK.encode("utf-16-le"), "UTF-16", f"{IN} UTF-16, as the plan states; this one has no byte order mark"),
        (NO_MARK.encode("utf-16-le"), "GB18030", f"{IN} GB18030, as the plan states; this one looks like UTF-16"),
        (LONE, None, f"{IN} UTF-16"),
        (LONE, "UTF-16", f"{IN} UTF-16, as the plan states"),
    ],
    ids=["little", "big", "stated", "stated otherwise", "broken", "broken as stated"],
)
def test_a_text_in_utf_16_is_told_so(content: bytes, stated: str | None, rule: str, tmp_path: Path) -> None:
    """What cp1252 or GB18030 would make of it is no remedy: they take almost any bytes."""
    with pytest.raises(UnusableInput) as refused:
        read_csv(write_csv(tmp_path, content, "a.csv"), "a.csv", Layout(encoding=stated))
    assert refused.value.rule == rule
    assert "UTF-16 with its byte order mark" in refused.value.remedy
    assert "cp1252" not in refused.value.remedy and "GB18030" not in refused.value.remedy


def test_a_name_with_a_character_of_nothing_is_refused(tmp_path: Path) -> None:
    """Big-endian UTF-16 without its mark is valid UTF-8."""
    path = write_csv(tmp_path, "contract_id,b\n1,2\n".encode("utf-16-be"), "a.csv")
    with pytest.raises(UnusableInput, match=r"row: header .*has no NUL character, as a text in UTF-16"):
        read_csv(path, "a")


@pytest.mark.campaign(but=8)
@pytest.mark.parametrize("block", [1, 2, 5, 1 << 23])
@pytest.mark.parametrize(
    ("content", "encoding", "row", "byte"),
    [
        (b"a,b\n1,2\n3,caf\xe9\n5,6\n", None, "2", "0xe9"),
        (b"a,b\n1,2\n3,\xe6\xb6", None, "2", "0xe6"),
        (b"\xef\xbb\xbfa,b\n1,2\n3,\xff\n", None, "2", "0xff"),
        (b"a,\xff\n1,2\n", "GB18030", "header", "0xff"),
        (b"\xff\xfea\x00\n\x001\x00\n\x002", "UTF-16", "2", "0x32"),
        (b"a\x00\n\x00", "UTF-16", "header", "0x61"),
    ],
)
def test_the_place_that_is_of_another_encoding_is_found(
    content: bytes, encoding: str | None, row: str, byte: str, block: int
) -> None:
    with read_by(block), pytest.raises(UnusableInput) as refused:
        list(in_utf_8(io.BytesIO(content), "a.csv", encoding))
    assert (refused.value.row, refused.value.value) == (row, f"byte {byte}")


class Counted(io.BytesIO):
    """A file that tells how much of it was asked for at a time, and that was read."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None and size >= 0, "never the rest of it"
        self.most = max(self.most, size)
        return super().read(size)


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "GB18030"])
def test_no_more_than_a_block_of_a_file_is_in_memory(encoding: str) -> None:
    content = ("消费贷款,1\n" * 10_000).encode(encoding)
    with read_by(1_000):
        stream = Counted(content)
        blocks = in_utf_8(stream, "a.csv", encoding)
        first = next(blocks)
        assert len(first) <= 2_000 and stream.tell() == stream.most == 1_000
        assert (first + b"".join(blocks)).decode() == content.decode(encoding)


def long_tape(folder: Path, *ids: str, short: int | None = None) -> Path:
    """A CSV tape of loans, one of whose rows has two cells less."""
    lines = csv_text(*[{"contract_id": name} for name in ids]).splitlines()
    if short is not None:
        lines[short] = lines[short].rsplit(",", 2)[0]
    return write_csv(folder, "\n".join([*lines, ""]))


def test_what_is_put_aside_is_read_by_ranges_like_parquet(tmp_path: Path) -> None:
    """In order it is not dealt out once more; out of order it is. Rows, rejects and totals are those of the tape at hand."""
    for ids, kind in (("abcdefgh", Stretch), ("hbcdefga", Pile)):
        path = long_tape(tmp_path, *ids, short=3)
        whole = held_in(tmp_path, tape=opened(path))
        with read_by(200, -1), cut_every(2):
            tape = opened(path)
            (folder := tmp_path / ids).mkdir()
            assert lying(tape, folder) == {kind}
            parts = held_in(tmp_path, tape=tape)
        assert len(whole) == 1 and len(parts) > 2
        assert good_ids(parts) == good_ids(whole) == sorted(set("abcdefgh") - {ids[2]})
        assert rejects(parts).equals(rejects(whole)) and rejects(parts)["row"].unique().to_list() == [3]
        assert totals(parts) == totals(whole)


def test_what_is_put_aside_is_private_and_goes_with_its_tape(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    with read_by(200, -1):
        raw = read_csv(long_tape(tmp_path, *"abcdefgh"), "loans.csv")
    assert raw.path is not None
    (folder,) = (one for one in (tmp_path / "temporary").iterdir() if one.is_dir())
    assert raw.path.parent == folder and stat.S_IMODE(folder.stat().st_mode) == 0o700
    batches = raw.batches(["contract_id"], 2)
    ids = next(batches)["contract_id"].to_list()
    del raw
    gc.collect()
    ids += [name for batch in batches for name in batch["contract_id"]]
    assert ids == list("abcdefgh"), "while it is read it stays"
    del batches
    gc.collect()
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_refused_file_leaves_nothing_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    path = long_tape(tmp_path, *"abcdefgh")
    path.write_bytes(path.read_bytes() + b'"open')
    with read_by(200, -1), pytest.raises(UnusableInput, match="is not closed"):
        read_csv(path, "loans.csv")
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_lender_whose_tapes_are_put_aside_closes_alike(starter_copy: Path) -> None:
    """Every tape of the starter's lender is CSV; one row of its loans is one cell too long."""
    tape = starter_copy / "tapes" / "loans-2023-12-31.csv"
    lines = tape.read_text(encoding="utf-8").splitlines()
    tape.write_text("\n".join([*lines[:3], lines[3] + ",9", *lines[4:], ""]), encoding="utf-8")
    plan = starter_copy / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    for name in ("rejected_rows", "rejected_principal_minor"):
        text = text.replace(f"{name} = 0", f"{name} = 99_999_999")
    plan.write_text(text, encoding="utf-8")
    at_hand = close(plan)
    with read_by(100, -1):
        put_aside = close(plan)
    figures = [json.loads((run.folder / "totals.json").read_text(encoding="utf-8"))["sha256"] for run in (at_hand, put_aside)]
    assert figures[0] == figures[1]
    found = [(run.folder / "rejects.csv").read_text(encoding="utf-8") for run in (at_hand, put_aside)]
    assert found[0] == found[1] and ",3," in found[0]


def test_a_text_in_utf_16_that_lacks_a_byte_is_told_so(tmp_path: Path) -> None:
    """14 bytes of 7 signs and 2 of the mark, and one more or one less. A text of another encoding is told so, odd or not."""
    whole = "a,b\n1,2".encode("utf-16")
    for content, size in ((whole[:-1], 15), (whole + b"\n", 17)):
        with pytest.raises(UnusableInput) as refused:
            read_csv(write_csv(tmp_path, content, "a.csv"), "a.csv")
        assert f"two bytes for every sign; of its {size} one is missing or too many" in refused.value.rule
        assert "export or copy the file again" in refused.value.remedy and "\n" not in str(refused.value)
    with pytest.raises(UnusableInput, match="encoded in UTF-16, as the plan states"):
        read_csv(write_csv(tmp_path, b"a,b\n1,2", "a.csv"), "a.csv", Layout(encoding="UTF-16"))
    with pytest.raises(UnusableInput, match="encoded in UTF-16, as the plan states"):
        read_csv(write_csv(tmp_path, b"a,b\n1,2\n", "a.csv"), "a.csv", Layout(encoding="UTF-16"))


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("stated", ["UTF-8", "UTF-8-SIG", "UTF-16", "GB18030", "cp1252"])
def test_a_mark_of_another_encoding_than_stated_is_refused(mark: str, stated: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path, "a,b\n1,2\n".encode(mark), "a.csv")
    if mark.upper().startswith(stated.removesuffix("-SIG")):
        assert read_csv(path, "a.csv", Layout(encoding=stated)).header == ("a", "b")
        return
    with pytest.raises(UnusableInput) as refused:
        read_csv(path, "a.csv", Layout(encoding=stated))
    assert refused.value.value == f'read.encoding = "{stated}"'
    assert refused.value.rule == f"a file is of the encoding whose byte order mark it begins with: {mark.upper()}"
    assert refused.value.remedy == "leave out read.encoding: the mark tells it"
