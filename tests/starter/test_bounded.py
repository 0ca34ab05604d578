"""A plan is proposed for a tape of any length in bounded memory, and says the same however the file comes in blocks."""

import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.starter import first_sight
from gaapbridge.starter.first_lines import Shown, first_look
from gaapbridge.starter.first_sight import look_at
from gaapbridge.tapes import encodings
from gaapbridge.tapes.raw import Raw
from tests.starter.test_proposed import written

HEADER = "借据号;status;Orig Date\r\n"
ROWS = "".join(f"L{row};正常;01/31/2023\r\n" for row in range(40))
TITLED = f"贷款台账\r\n{HEADER}{ROWS}合计;;\r\n"
NAMES = {"借据号", "status", "Orig Date"}


def as_seen(path: Path) -> Shown:
    return first_look(path, NAMES.__contains__)


@pytest.mark.parametrize("block", [1, 7, 1 << 16])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_blocks_do_not_change_what_is_seen(encoding: str, block: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block may end within a character or a line end; the header is row 2, and the 43rd line is one of totals."""
    monkeypatch.setattr(encodings, "BLOCK_BYTES", block)
    path = tmp_path / "loans.csv"
    path.write_bytes(TITLED.encode(encoding))
    stated = {"encoding": "GB18030"} if encoding == "gb18030" else {}
    assert as_seen(path).layout.keys == {**stated, "delimiter": ";", "skip_rows": 1, "total_rows": 1}
    assert as_seen(path).titles == ("贷款台账",) and as_seen(path).remarks == ("合计",)
    path.write_bytes(TITLED.removesuffix("\r\n").encode(encoding))
    assert as_seen(path).layout.keys["total_rows"] == 1, "of a last line that does not end, too"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_first_lines_are_seen_in_bounded_memory(encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encodings, "BLOCK_BYTES", 1 << 16)
    path = tmp_path / "loans.csv"
    path.write_bytes(HEADER.encode(encoding) + ROWS.encode(encoding) * 5_000)
    assert path.stat().st_size > 4_000_000
    tracemalloc.start()
    try:
        assert as_seen(path).layout.keys["delimiter"] == ";"
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 2_000_000


def test_a_tape_is_read_once_and_never_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words, totals and write-offs are looked for in all rows: some at a time."""
    opened: list[Path] = []
    sizes: list[int | None] = []
    read = first_sight.opened

    def watched(path: Path, *how: Any) -> Raw:
        raw = read(path, *how)
        opened.append(path)

        def batches(names: Sequence[str], rows: int | None) -> Iterator[pl.DataFrame]:
            sizes.append(rows)
            yield from raw.batches(names, rows)

        return replace(raw, batches=batches)

    monkeypatch.setattr(first_sight, "opened", watched)
    lines = "".join(f"L{row},Current,01/31/2023,5\n" for row in range(200))
    tape = look_at([written(tmp_path / "loans.csv", f"Loan ID,status,Orig Date,Misc\n{lines}Total,,,\nL0,Sold,,\n")], LOANS)
    assert tape.read["total_where"] == {"contract_id": "Total"} and "Sold" in tape.words["status"]
    assert opened == [tmp_path / "loans.csv"]
    assert sizes and all(rows is not None and rows <= 100_000 for rows in sizes)
