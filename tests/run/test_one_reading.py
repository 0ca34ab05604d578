"""A run holds one plan's figures, on the inputs that its manifest hashes, whoever closes or edits beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import polars as pl
import pytest

from gaapbridge.engine.local import Threads
from gaapbridge.period_close import close
from gaapbridge.progress import Progress, Stage
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import Place
from tests.manifests import rewrite

PLANS = ("plan.toml", "other.toml")
"""Two plans of one lender, period and folder of runs, that differ in one election."""


@pytest.fixture
def lender(tmp_path: Path) -> Path:
    """A starter's lender with two plans."""
    plan = write_starter(tmp_path / "lender").plan
    text = plan.read_text(encoding="utf-8")
    assert 'default_timing = "end"' in text
    other = text.replace('default_timing = "end"', 'default_timing = "middle"')
    plan.with_name("other.toml").write_text(other, encoding="utf-8")
    return plan.parent


def alone(lender: Path) -> dict[bytes, Mapping[str, str]]:
    """What each plan comes to by itself: the hashes of its run's artefacts, by the plan's bytes."""
    runs = {(lender / name).read_bytes(): close(lender / name) for name in PLANS}
    hashes = {plan: run.manifest.artefacts_sha256 for plan, run in runs.items()}
    statements = [one["statement.json"] for one in hashes.values()]
    assert statements[0] != statements[1]
    shutil.rmtree(lender / "runs")
    return hashes


def held_to(runs: list[Run], expected: Mapping[bytes, Mapping[str, str]]) -> None:
    """Every run is whole, and is what its plan comes to by itself."""
    for run in runs:
        assert run.unchanged().manifest.artefacts_sha256 == expected[(run.folder / "plan.toml").read_bytes()]


@pytest.mark.campaign
def test_closes_in_threads_do_not_mix(lender: Path) -> None:
    expected, started, each = alone(lender), Barrier(4), 2

    def closes(number: int) -> list[Run]:
        started.wait()
        return [close(lender / PLANS[number % 2], engine=Threads(1)) for _ in range(each)]

    with ThreadPoolExecutor(4) as pool:
        runs = [run for done in pool.map(closes, range(4)) for run in done]
    held_to(runs, expected)
    (period,) = {run.folder.parent for run in runs}
    assert sorted(path.name for path in period.iterdir()) == sorted(f"v{number + 1}" for number in range(4 * each))


CLOSE = """
import os, sys
os.getpid = lambda: 1  # as in a container of its own
from gaapbridge.engine.local import Threads
from gaapbridge.period_close import close
for _ in range(2):
    print(close(sys.argv[1], engine=Threads(1)).folder)
"""


@pytest.mark.campaign
def test_closes_of_processes_of_one_number_do_not_mix(lender: Path) -> None:
    """Two containers on one folder of runs."""
    expected = alone(lender)
    closing = [
        subprocess.Popen([sys.executable, "-c", CLOSE, str(lender / name)], stdout=subprocess.PIPE, text=True) for name in PLANS
    ]
    written = [one.communicate()[0].split() for one in closing]
    assert [one.returncode for one in closing] == [0, 0]
    assert all(len(folders) == 2 for folders in written)
    held_to([Run(Path(folder)) for folders in written for folder in folders], expected)


class Meanwhile(Progress):
    """Does something once when a stage of the close begins."""

    def __init__(self, stage: str, change: Callable[[], object]) -> None:
        super().__init__(show=False)
        self.awaited, self.change, self.done = stage, change, 0

    def stage(self, name: str, rows: int | None = None) -> Stage:
        if name == self.awaited:
            self.done += 1
            self.change()
        return super().stage(name, rows)


STAGES = ("measuring", "posting and tying out", "writing")

CHANGED = {
    "plan.toml": ("plan.toml", 'default_timing = "end"', 'default_timing = "middle"'),
    "a tape": ("tapes/loans-2023-12-31.csv", "18000000", "18000001"),
    "a tape read whole": ("tapes/award-events.csv", "400", "401"),
    "a curve": ("curves/loans-hazard.csv", "0.004", "0.005"),
    "a trial balance": ("ledger/trial-balance-2023-12-31.csv", "48765382", "31013678"),
}


def changed(path: Path, old: str, new: str) -> Callable[[], object]:
    def change() -> None:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("what", "stage"), [(what, STAGES[number % 3]) for number, what in enumerate(CHANGED)])
def test_an_input_changed_while_a_close_runs_is_refused(what: str, stage: str, lender: Path) -> None:
    name, old, new = CHANGED[what]
    (path,) = lender.glob(name)
    meanwhile = Meanwhile(stage, changed(path, old, new))
    with pytest.raises(UnusableInput, match="the file stays as it is while a close reads it") as refused:
        close(lender / "plan.toml", progress=meanwhile)
    assert meanwhile.done == 1 and refused.value.file == str(path)
    assert not (lender / "runs").exists() or [*(lender / "runs").rglob("*")] == []


def swapped(lender: Path) -> None:
    """A tape replaced, then put back: the same bytes under the same name."""
    tape = lender / "tapes" / "loans-2023-12-31.csv"
    aside = tape.rename(tape.with_suffix(".aside"))
    shutil.copy(aside, tape)
    aside.replace(tape)


CHANGES: dict[str, Callable[[Path], object]] = {
    "removed": lambda lender: (lender / "tapes" / "loans-2023-12-31.csv").unlink(),
    "cut off": lambda lender: os.truncate(lender / "tapes" / "loans-2023-12-31.csv", 300),
    "replaced and put back": swapped,
}


@pytest.mark.campaign
@pytest.mark.parametrize("change", CHANGES)
def test_a_tape_that_goes_comes_or_is_cut_is_named_as_changed(change: str, lender: Path) -> None:
    """Whatever else the close may stumble over."""
    meanwhile = Meanwhile("measuring", lambda: CHANGES[change](lender))
    with pytest.raises(UnusableInput, match="this one was changed meanwhile") as refused:
        close(lender / "plan.toml", progress=meanwhile)
    assert refused.value.file == str(lender / "tapes" / "loans-2023-12-31.csv")


def exchanged(place: Path, other: Path) -> None:
    """Another thing put in the place of one, then that one put back: whatever was read meanwhile was not it."""
    aside = place.rename(place.with_name("aside"))
    other.rename(place)
    place.rename(other)
    aside.rename(place)


def linked(lender: Path, name: str) -> tuple[Path, Path]:
    """A file or folder that is reached by a link now, and another link beside it."""
    place = lender / name
    place.rename(place.with_name("real"))
    other = place.with_name("other-link")
    for link in (place, other):
        link.symlink_to("real")
    return place, other


def other_folder(lender: Path) -> tuple[Path, Path]:
    return lender / "tapes", Path(shutil.copytree(lender / "tapes", lender / "other-tapes"))


EXCHANGED: dict[str, Callable[[Path], tuple[Path, Path]]] = {
    "a linked tape": lambda lender: linked(lender, "tapes/loans-2023-12-31.csv"),
    "a linked folder": lambda lender: linked(lender, "tapes"),
    "a folder": other_folder,
}


@pytest.mark.campaign
@pytest.mark.parametrize("how", EXCHANGED)
def test_what_leads_to_a_tape_is_exchanged_and_put_back(how: str, lender: Path) -> None:
    """The tape itself was never touched."""
    place, other = EXCHANGED[how](lender)
    assert close(lender / "plan.toml").exit_code == 0
    meanwhile = Meanwhile("measuring", lambda: exchanged(place, other))
    with pytest.raises(UnusableInput, match="this one was changed meanwhile") as refused:
        close(lender / "plan.toml", progress=meanwhile)
    assert meanwhile.done == 1 and str(refused.value.file).startswith(str(lender / "tapes"))


@pytest.mark.campaign
def test_a_folder_replaced_by_its_like_is_another(lender: Path) -> None:
    place, other = other_folder(lender)

    def replaced() -> None:
        tapes = {path.name: path for path in place.iterdir()}
        place.rename(place.with_name("aside"))
        other.mkdir(exist_ok=True)
        other.rename(place)
        for name in tapes:
            os.replace(place.with_name("aside") / name, place / name)

    with pytest.raises(UnusableInput, match="this one was changed meanwhile"):
        close(lender / "plan.toml", progress=Meanwhile("measuring", replaced))


def test_what_is_made_beside_the_tapes_meanwhile_does_no_harm(lender: Path) -> None:
    """Folders were moved before the close, and others write into them while it runs."""
    for name in ("tapes", "curves"):
        (lender / name).rename(lender / "aside").rename(lender / name)
    os.utime(lender, (1, 1))
    os.utime(lender / "tapes", (1, 1))
    assert close(lender / "plan.toml", progress=Meanwhile("measuring", (lender / "tapes" / "note.txt").touch)).exit_code == 0


@pytest.mark.campaign
def test_a_prior_run_changed_meanwhile_is_refused(lender: Path) -> None:
    run = close(lender / "plan.toml").folder
    prior = Path(shutil.copytree(run, lender / "prior"))
    manifest = json.loads((prior / "manifest.json").read_text(encoding="utf-8"))
    manifest["period"] = {"opening": "2021-12-31", "closing": "2022-12-31"}
    rewrite(prior, manifest)
    plan = lender / "plan.toml"
    opened = plan.read_text(encoding="utf-8").replace('source = "opening_tape"', 'source = "prior_run"\nrun = "prior"')
    plan.write_text(opened, encoding="utf-8")
    assert close(plan).prior_folder == prior.resolve()
    brought = prior / "brought_forward.csv"
    with pytest.raises(UnusableInput, match="an artefact is as its run wrote it; this one is changed") as refused:
        close(plan, progress=Meanwhile("posting and tying out", lambda: brought.write_text("", encoding="utf-8")))
    assert refused.value.file == str(brought)


def test_a_run_keeps_the_plan_as_it_was_read(lender: Path) -> None:
    """Byte for byte, whatever the line ends."""
    plan = lender / "plan.toml"
    plan.write_bytes(b"\xef\xbb\xbf" + plan.read_bytes().replace(b"\n", b"\r\n"))
    run = close(plan)
    assert (run.folder / "plan.toml").read_bytes() == plan.read_bytes()
    assert run.manifest.plan_sha256 == run.manifest.artefacts_sha256["plan.toml"]


@pytest.mark.campaign
def test_a_parquet_tape_changed_meanwhile_is_refused(lender: Path) -> None:
    tape = lender / "tapes" / "loans-2023-12-31.csv"
    parquet = tape.with_suffix(".parquet")
    pl.read_csv(tape, try_parse_dates=True, schema_overrides={"contract_id": pl.String}).write_parquet(parquet)
    plan = lender / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("loans-2023-12-31.csv", parquet.name), encoding="utf-8")
    assert close(plan).exit_code == 0
    fewer = pl.read_parquet(parquet).head(1)
    with pytest.raises(UnusableInput, match="this one was changed meanwhile") as refused:
        close(plan, progress=Meanwhile("measuring", lambda: fewer.write_parquet(parquet)))
    assert refused.value.file == str(parquet)


def test_a_folder_seen_between_its_two_times_is_looked_at_again(tmp_path: Path) -> None:
    """While something is made in a folder its times are written one after the other; who looks in between sees a torn pair."""
    before = Place.of(tmp_path)
    torn = replace(before, touched_ns=before.touched_ns + 1)
    assert not before.is_unmoved(torn) and before.stood(torn)
    tmp_path.rename(tmp_path.with_name("aside"))
    tmp_path.with_name("aside").rename(tmp_path)
    assert not before.stood(Place.of(tmp_path)), "moved aside and back"
