"""The process that draws: it refuses what is no picture, is started again where it ended, and ends with whoever started it."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from threading import Lock

import pytest
import typst

from gaapbridge import beside, drawing
from gaapbridge.beside import Beside
from gaapbridge.drawing import begin, engine, png_of, svg_of
from gaapbridge.report.exhibit.typeset import CHINESE, FONTS
from gaapbridge.terms.errors import UnusableInput

PICTURE = {"data": {"values": [{"word": "drawn"}]}, "mark": "text", "encoding": {"text": {"field": "word"}}}

WITHOUT_FONTS = """
import sys
from gaapbridge.drawing import engine
engine.FOLDERS_OF_FONTS = ()
engine.load()
for word in sys.argv[1:]:
    svg = engine.answer({"specification": engine.WARM_UP | {"data": {"values": [{"word": word}]}}})
    print(engine.answer({"svg": svg, "scale": 2.0}).hex())
"""

STARTED = """
from gaapbridge import drawing
drawing.begin()
print(drawing._DRAWING.process.pid, flush=True)
input()
"""


def idle() -> Beside:
    """Such a process that was not begun."""
    return replace(drawing._DRAWING, process=None, lock=Lock())


def test_nothing_of_the_working_folder_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "vl_convert.py").write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(drawing, "_DRAWING", planted := idle())
    try:
        assert ">drawn</text>" in svg_of(PICTURE)
    finally:
        planted.end()


def test_what_is_no_picture_is_refused_and_the_next_is_drawn() -> None:
    with pytest.raises(ValueError, match="conversion failed"):
        svg_of({"mark": 1})
    drawn = svg_of(PICTURE)
    assert ">drawn</text>" in drawn and svg_of(PICTURE) == drawn
    assert png_of(drawn, 1.0).startswith(b"\x89PNG")


def test_the_fonts_of_a_machine_are_asked_only_for_what_the_engine_lacks() -> None:
    words = ("Allowance 12,345", "\u8d37\u6b3e")
    alone = {**os.environ, "FONTCONFIG_FILE": str(engine.FONTS)}
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_FONTS, *words], env=alone, stdout=subprocess.PIPE, text=True, check=True
    )
    latin, han = (bytes.fromhex(line) for line in ran.stdout.split())
    drawn_latin, drawn_han = (png_of(svg_of({**PICTURE, "data": {"values": [{"word": word}]}}), 2.0) for word in words)
    assert drawn_latin == latin
    if set(FONTS[CHINESE]) & set(typst.Fonts().families()):
        assert drawn_han != han, "a font of the machine has the characters"


@pytest.mark.campaign
def test_one_that_ended_is_begun_anew_and_one_that_does_not_stay_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    drawing._DRAWING.begin()
    process = drawing._DRAWING.process
    assert process is not None
    process.kill()
    process.wait()
    assert ">drawn</text>" in svg_of(PICTURE)
    with monkeypatch.context() as without:
        without.setattr(drawing, "_DRAWING", idle())
        without.setattr(beside.sys, "executable", "/bin/false")
        with pytest.raises(UnusableInput, match="stays until they are drawn"):
            svg_of(PICTURE)
    assert ">drawn</text>" in svg_of(PICTURE)


def test_an_answer_that_nobody_waited_for_is_given_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as interrupted:

        def interrupt(stream: object) -> None:
            raise KeyboardInterrupt

        interrupted.setattr(pickle, "load", interrupt)
        with pytest.raises(KeyboardInterrupt):
            svg_of({**PICTURE, "data": {"values": [{"word": "first"}]}})
    assert ">drawn</text>" in svg_of(PICTURE)


def test_it_is_not_begun_where_its_engine_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_DRAWING", none := idle())
    monkeypatch.setattr(drawing, "ENGINE", "no_such_engine")
    begin()
    assert none.process is None


@pytest.mark.skipif(sys.platform != "linux", reason="states of processes are read as Linux tells them")
def test_it_ends_with_who_started_it_even_where_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        place = Path("/proc") / other.stdout.readline().strip()
        assert _runs(place)
        other.send_signal(signal.SIGKILL)
    until = time.monotonic() + 60
    while _runs(place) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(place)


def _runs(place: Path) -> bool:
    """Whether a process is neither gone nor waiting to be taken note of."""
    try:
        return (place / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
