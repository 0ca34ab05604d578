"""The engine that draws, as the process beside loads it and is asked for pictures."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

WARM_UP = {"data": {"values": [{"word": "begun"}]}, "mark": "text", "encoding": {"text": {"field": "word"}}}
"""A picture that nobody asked for: the engine and its fonts are loaded by the time that somebody does."""

FONTS = Path(__file__).with_name("fonts.conf")
"""What tells the engine of no font but those that it brings along."""

FOLDERS_OF_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
"""Where a Linux has its own, for characters that those of the engine lack."""


def load() -> None:
    """Load the engine, which takes it most of a second.

    It takes its own fonts before those of the machine, unless somebody chose some by ``FONTCONFIG_FILE``. It opens the file of
    a font for every letter that it measures, two thousand times a picture, where it holds its own in memory; and letters are as
    wide on one machine as on another.
    """
    import vl_convert

    os.environ.setdefault("FONTCONFIG_FILE", str(FONTS))
    for folder in map(os.path.expanduser, FOLDERS_OF_FONTS):
        if os.path.isdir(folder):
            vl_convert.register_font_directory(folder)
    answer({"specification": WARM_UP})


def answer(asked: dict[str, Any]) -> str | bytes:
    """The picture asked for: a specification as SVG, an SVG as PNG. Raises ``ValueError`` for what is neither."""
    import vl_convert

    if "svg" in asked:
        drawn: bytes = vl_convert.svg_to_png(asked["svg"], scale=asked["scale"])
        return drawn
    written: str = vl_convert.vegalite_to_svg(asked["specification"])
    return written
