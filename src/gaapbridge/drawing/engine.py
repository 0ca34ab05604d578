"""The engine that draws, as the process beside loads it and is asked for pictures."""

from __future__ import annotations

from typing import Any

WARM_UP = {"data": {"values": [{"word": "begun"}]}, "mark": "text", "encoding": {"text": {"field": "word"}}}
"""A picture that nobody asked for: the engine and its fonts are loaded by the time that somebody does."""


def load() -> None:
    """Load the engine, which takes it most of a second."""
    answer({"specification": WARM_UP})


def answer(asked: dict[str, Any]) -> str | bytes:
    """The picture asked for: a specification as SVG, an SVG as PNG. Raises ``ValueError`` for what is neither."""
    import vl_convert

    if "svg" in asked:
        drawn: bytes = vl_convert.svg_to_png(asked["svg"], scale=asked["scale"])
        return drawn
    written: str = vl_convert.vegalite_to_svg(asked["specification"])
    return written
