"""Pictures drawn by a process beside this one.

The engine that draws needs most of a second to start, and lets nobody else into an interpreter meanwhile. In a process of its
own (``engine.py``) it starts while libraries load and runs are read here, and draws while pages are written. It is started
once, by ``begin`` or by the first picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from gaapbridge.beside import Beside

ENGINE = "vl_convert"
"""The library that draws."""

_DRAWING = Beside(
    f"{__name__}.engine", "the process that draws pictures stays until they are drawn",
    "give it memory, about half a gigabyte, or leave out by --only the parts that have pictures: pack, pdf",
)  # fmt: skip


def begin() -> None:
    """Start the process that draws: worth saying as soon as it is known that pictures will be wanted, before anything slow.

    Where the engine is not installed nothing starts, and who wants a picture is told so by its part.
    """
    if find_spec(ENGINE) is not None:
        _DRAWING.begin()


def svg_of(specification: Mapping[str, Any]) -> str:
    """A specification in Vega-Lite's words as SVG. Raises ``ValueError`` where it is none, ``UnusableInput`` where the process
    does not stay."""
    drawn: str = _DRAWING.ask({"specification": specification})
    return drawn


def png_of(svg: str, scale: float) -> bytes:
    """An SVG as PNG, so many pixels for each of its own."""
    drawn: bytes = _DRAWING.ask({"svg": svg, "scale": scale})
    return drawn
