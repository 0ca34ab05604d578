"""Parts that are kept are taken up again, to the same files as a full run's, and only where all they depend on is the same."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from gaapbridge.engine import Engine, kept
from gaapbridge.engine.local import Threads
from gaapbridge.engine.processes import Processes
from gaapbridge.engine.sink import Parts
from gaapbridge.measure import private_folder
from gaapbridge.period_close import close, period
from gaapbridge.progress import Progress
from gaapbridge.run import Run
from gaapbridge.tapes import ranges, survey
from gaapbridge.tapes.ranges import Stretch, TapeRange
from gaapbridge.tapes.schema import Schema
from gaapbridge.terms.errors import UnusableInput
from tests.made_once import MadeOnce

LOANS = 60
"""Of the lender that is closed: a range of loans, one of guarantees and one of awards."""

KINDS = ("loans", "guarantees", "awards")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which parts are kept, not yet made; compiled kernels stay where they are."""
    monkeypatch.setenv("GAAPBRIDGE_PARTS_MB", "100")
    monkeypatch.setattr(kept, "cache_root", lambda: tmp_path / "cache")
    return tmp_path / "cache" / "parts"


@pytest.fixture
def plan(made_once: MadeOnce, tmp_path: Path) -> Path:
    """The plan of the later year of a lender of one's own."""
    return made_once.copied(LOANS, tmp_path / "lender").plan


class Told(Progress):
    """What a person at a terminal is told."""

    def __init__(self) -> None:
        super().__init__(show=False)
        self.said: list[str] = []

    def say(self, sentence: str) -> None:
        self.said.append(sentence)


def closed(plan: Path, *settings: str, engine: Engine | None = None) -> tuple[Run, list[str]]:
    """A run, and what was told of parts."""
    told = Told()
    run = close(plan, settings=settings, progress=told, engine=engine or Threads(1))
    return run, [one for one in told.said if one.startswith(("taken up", "measured again"))]


def hashes(run: Run) -> dict[str, str]:
    return dict(run.manifest.artefacts_sha256)


def full(plan: Path, *settings: str) -> dict[str, str]:
    """The hashes of a close that measures everything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAAPBRIDGE_PARTS_MB", "0")
        run, told = closed(plan, *settings)
    assert told == []
    return hashes(run)


def taken_up(run: Run, *kinds: str) -> list[str]:
    """What is told where the contracts of some kinds were taken up."""
    number = sum(run.measurements(kind).select(pl.len()).collect().item() for kind in kinds)
    return [f"taken up as they were measured before: {number:,} contracts"] if number else []


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.kept"))


def test_an_unchanged_close_takes_up_every_contract_to_the_same_files(plan: Path, folder: Path) -> None:
    before = full(plan)
    assert not folder.exists()
    first, told = closed(plan)
    assert told == [] and len(entries(folder)) == len(KINDS)
    for engine in (Threads(2), Processes(2)):
        again, told = closed(plan, engine=engine)
        assert told == taken_up(again, *KINDS)
        assert hashes(again) == hashes(first) == before and len(before) > 20
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


TAX = "tax.financial_guarantee.rates=[{ enacted = 2007-03-16, from = 2008-01-01, rate = 0.15 }]"


def test_a_tax_rate_measures_nothing_again(plan: Path, folder: Path) -> None:
    as_filed, _ = closed(plan)
    run, told = closed(plan, TAX)
    assert told == taken_up(run, *KINDS)
    assert hashes(run) == full(plan, TAX) != hashes(as_filed)
    assert len(entries(folder)) == len(KINDS)


@pytest.mark.campaign
def test_another_account_measures_nothing_again(plan: Path, folder: Path) -> None:
    closed(plan)
    account = 'posting.provision_for_fee_receivable="6701"'
    run, told = closed(plan, account)
    assert told == taken_up(run, *KINDS) and hashes(run) == full(plan, account)


NOTE = "elections.expected_credit_loss"
CHANGES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "threshold": ((f"{NOTE}.sicr_pd_ratio=[{{ valid_from = 2020-01-01, value = 1.5 }}]",), ("awards",)),
    "weights": ((f"{NOTE}.us_scenarios=[{{ valid_from = 2020-01-01, base = 0.9, downside = 0.1 }}]",), ("awards",)),
    "timing": ((f"{NOTE}.default_timing=middle",), ("awards",)),
    "forfeitures": (("elections.share_based_compensation.us_forfeitures=estimated",), ("loans", "guarantees")),
    "vat": (("vat.rate=0.05",), ("awards",)),
}
"""By what is changed: the settings, and the kinds whose contracts are still taken up."""


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("change", CHANGES)
def test_what_a_measurement_takes_measures_its_kinds_again(change: str, plan: Path, folder: Path) -> None:
    settings, kinds = CHANGES[change]
    closed(plan)
    run, told = closed(plan, *settings)
    assert told == taken_up(run, *kinds) and hashes(run) == full(plan, *settings)


def changed_rows(file: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    change(pl.read_parquet(file)).write_parquet(file)


@pytest.mark.campaign
def test_a_row_of_a_tape_measures_its_kind_again(plan: Path, folder: Path) -> None:
    closed(plan)
    [tape] = (plan.parent / "tapes").glob("awards*")
    changed_rows(tape, lambda rows: rows.with_columns(fair_value_per_unit=pl.col("fair_value_per_unit") * 1.01))
    run, told = closed(plan)
    assert told == taken_up(run, "loans", "guarantees") and hashes(run) == full(plan)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("name", ["code_version", "library_versions"])
def test_other_code_and_other_libraries_measure_again(
    name: str, plan: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = closed(plan)
    monkeypatch.setattr(period, name, lambda: "another")
    again, told = closed(plan)
    assert told == [] and hashes(again) == hashes(first) and len(entries(folder)) == 2 * len(KINDS)


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def one_bit(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def another(file: Path) -> None:
    shutil.copy(next(other for other in entries(file.parent) if other != file), file)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("spoil", [cut, one_bit, another])
def test_a_damaged_part_is_said_and_measured_again(spoil: Callable[[Path], None], plan: Path, folder: Path) -> None:
    first, _ = closed(plan)
    spoil(entries(folder)[0])
    again, told = closed(plan)
    assert told[0] == "measured again, as what was kept of them is damaged: 1 range of contracts"
    assert len(told) == 2 and hashes(again) == hashes(first)
    healed, told = closed(plan)
    assert told == taken_up(healed, *KINDS) and hashes(healed) == hashes(first)


@pytest.mark.campaign
def test_parts_of_another_secret_are_not_taken(plan: Path, folder: Path) -> None:
    first, _ = closed(plan)
    (folder / "secret").unlink()
    again, told = closed(plan)
    assert told == ["measured again, as what was kept of them is damaged: 3 ranges of contracts"]
    assert hashes(again) == hashes(first)


@pytest.mark.campaign
def test_what_is_linked_or_open_to_others_is_not_taken(plan: Path, folder: Path, tmp_path: Path) -> None:
    closed(plan)
    linked, open_to_all, _ = entries(folder)
    linked.rename(tmp_path / "elsewhere")
    linked.symlink_to(tmp_path / "elsewhere")
    open_to_all.chmod(0o666)
    _, told = closed(plan)
    assert told[0] == "measured again, as what was kept of them is damaged: 1 range of contracts" and len(told) == 2
    assert not linked.is_symlink() and open_to_all.stat().st_mode & 0o777 == 0o600


def cut_at_each(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Ranges of so many contracts."""
    monkeypatch.setattr(ranges, "MARK_ROWS", rows)
    monkeypatch.setattr(survey, "MARK_ROWS", rows)
    monkeypatch.setattr(ranges, "CHUNK_ROWS", rows)


@pytest.mark.campaign
def test_rows_that_have_to_be_dealt_out_are_known_again(plan: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guarantees in no order and fees as text, cut into ranges; a row that changes measures its range again and no other."""
    cut_at_each(monkeypatch, 16)
    tapes, text = plan.parent / "tapes", plan.read_text(encoding="utf-8")
    [guarantees] = tapes.glob("guarantees-2023*")
    changed_rows(guarantees, lambda rows: rows.sample(fraction=1.0, shuffle=True, seed=7))
    [fees] = tapes.glob("guarantee-fees-2023*")
    pl.read_parquet(fees).write_csv(fees.with_suffix(".csv"))
    plan.write_text(text.replace(fees.name, fees.with_suffix(".csv").name), encoding="utf-8")
    first, _ = closed(plan)
    again, told = closed(plan)
    assert len(entries(folder)) > 2 * len(KINDS) and told == taken_up(again, *KINDS)
    assert hashes(again) == hashes(first) == full(plan)
    rows = fees.with_suffix(".csv").read_text(encoding="utf-8").splitlines(keepends=True)
    fees.with_suffix(".csv").write_text("".join(rows[:-1]), encoding="utf-8")
    fewer, told = closed(plan)
    assert told not in ([], taken_up(fewer, *KINDS), taken_up(fewer, "loans", "awards")) and hashes(fewer) == full(plan)


INTERRUPTED = """
import os, sys
from pathlib import Path
import gaapbridge.engine.kept as kept
import gaapbridge.tapes.ranges as ranges
import gaapbridge.tapes.survey as survey
from gaapbridge.engine.sink import Parts
ranges.MARK_ROWS = survey.MARK_ROWS = ranges.CHUNK_ROWS = 1  # a loan in each range
put, folder, told = Parts.put, Path(sys.argv.pop(1)), int(sys.argv.pop(1))
kept.cache_root = lambda: folder

def interrupted(parts, table, number):
    put(parts, table, number)
    if number == 2:
        os.kill(os.getpid(), told)

Parts.put = interrupted
from gaapbridge.__main__ import main
main()
"""
"""A close that is ended while it makes the third range of loans."""


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGKILL], ids=["interrupted", "killed"])
def test_a_close_that_was_ended_goes_on_where_it_stopped(
    told: signal.Signals, starter_copy: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = starter_copy / "plan.toml"
    command = [sys.executable, "-c", INTERRUPTED, str(folder.parent), str(int(told)), "close", str(plan), "--workers", "1"]
    assert subprocess.run(command, capture_output=True, check=False).returncode in (130, -signal.SIGKILL)
    assert len(entries(folder)) == 2
    cut_at_each(monkeypatch, 1)
    again, said = closed(plan)
    assert said == ["taken up as they were measured before: 2 contracts"]
    assert hashes(again) == full(plan)


@pytest.mark.campaign
def test_a_worker_that_fails_loses_its_own_range_only(
    starter_copy: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Parts.put

    def failing(parts: Parts, table: pl.DataFrame, number: int) -> None:
        if parts.folder.name == "guarantees":
            raise MemoryError
        put(parts, table, number)

    with monkeypatch.context() as patch:
        patch.setattr(Parts, "put", failing)
        with pytest.raises(MemoryError):
            closed(starter_copy / "plan.toml")
    run, told = closed(starter_copy / "plan.toml")
    assert told == taken_up(run, "loans") and hashes(run) == full(starter_copy / "plan.toml")


@pytest.mark.campaign
def test_two_closes_at_once_do_not_break_each_other(plan: Path, folder: Path) -> None:
    before = full(plan)
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: hashes(closed(plan)[0]), range(2)))
    assert both == [before, before]
    run, told = closed(plan)
    assert told == taken_up(run, *KINDS) and hashes(run) == before


def test_what_was_read_of_a_file_that_changed_meanwhile_is_not_kept(
    plan: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tape is another while its rows are read, and is itself again before the next close."""
    [tape] = (plan.parent / "tapes").glob("guarantees-2023*")
    content, held = tape.read_bytes(), Stretch.rows

    def meanwhile(lying: Stretch, part: TapeRange, schema: Schema) -> pl.DataFrame:
        if lying.path.name == tape.name:
            changed_rows(tape, lambda rows: rows.with_columns(outstanding_principal_minor=pl.lit(0)))
        return held(lying, part, schema)

    with monkeypatch.context() as patch:
        patch.setattr(Stretch, "rows", meanwhile)
        with pytest.raises(UnusableInput, match="changed meanwhile"):
            closed(plan)
    tape.write_bytes(content)
    run, told = closed(plan)
    assert told == taken_up(run, "loans") and hashes(run) == full(plan)


def test_a_full_disk_is_no_failure_of_the_close(plan: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, _ = closed(plan)
    for entry in entries(folder):
        entry.unlink()

    def full_disk(**_: object) -> tuple[int, str]:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(private_folder, "tempfile", SimpleNamespace(mkstemp=full_disk))
    run, told = closed(plan, engine=Threads(2))
    assert told == [] and hashes(run) == hashes(before) and entries(folder) == []
