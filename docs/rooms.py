"""Draws the rooms of the package, and who leans on whom, from its imports: ``python docs/rooms.py`` writes docs/rooms.svg.

Floors are the layers of the import contracts in pyproject.toml; a room is a module or package directly under gaapbridge. An
arrow goes from a room to one whose code it imports; arrows that others imply are left out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
PICTURE = Path(__file__).with_name("rooms.svg")
PACKAGE = "gaapbridge"

WIDTH, BOX, GAP, FLOOR, BOX_HEIGHT, MARGIN = 1240, 118, 16, 84, 34, 16

ASIDE = (0, 140, -60, 90, -130, 60, 170, -40, -220, 210, 30)
"""How far each floor is moved aside, so that no arrow runs straight down behind a room it does not lead to."""


def rooms_by_floor() -> list[list[str]]:
    """The rooms of every floor, top to bottom, as the layers of the import contracts state them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    floors = [[name.strip(" ()") for name in layer.split("|")] for layer in layers]
    present = [[room for room in floor if _stands(room)] for floor in floors]
    return [floor for floor in present if floor]


def _stands(room: str) -> bool:
    """Whether there is such a room: a layer may be declared before anything is in it."""
    place = ROOT / "src" / PACKAGE / room
    return place.is_dir() or place.with_suffix(".py").is_file()


def arrows() -> set[tuple[str, str]]:
    """Pairs of rooms, the first importing the second, but those that follow from others."""
    graph = grimp.build_graph(PACKAGE)
    below: dict[str, set[str]] = {}
    for module in graph.modules:
        for imported in graph.find_modules_directly_imported_by(module):
            above, under = (name.split(".")[1:2] for name in (module, imported))
            if above and under and above != under:
                below.setdefault(above[0], set()).add(under[0])
    return {
        (above, under)
        for above, rooms in below.items()
        for under in rooms
        if not any(under in _reached(other, below) for other in rooms - {under})
    }


def _reached(room: str, below: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(below.get(room, ()))
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += below.get(one, ())
    return found


def picture() -> str:
    """The picture as SVG: a row for each floor, a box for each room, curved arrows downwards."""
    floors = rooms_by_floor()
    place = {}
    for row, floor in enumerate(floors):
        start = (WIDTH - len(floor) * BOX - (len(floor) - 1) * GAP) / 2 + ASIDE[row % len(ASIDE)]
        place |= {room: (start + number * (BOX + GAP), MARGIN + row * FLOOR) for number, room in enumerate(floor)}
    height = 2 * MARGIN + (len(floors) - 1) * FLOOR + BOX_HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif">',
        '<defs><marker id="tip" markerWidth="7" markerHeight="7" refX="6" refY="3" orient="auto">'
        '<path d="M0,0 L6,3 L0,6 z" fill="#5b6b7a"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *(_arrow(place[above], place[under]) for above, under in sorted(arrows()) if above in place and under in place),
        *(_box(room, *place[room]) for floor in floors for room in floor),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _arrow(above: tuple[float, float], under: tuple[float, float]) -> str:
    x, y, to_x, to_y = above[0] + BOX / 2, above[1] + BOX_HEIGHT, under[0] + BOX / 2, under[1]
    bend = (to_y - y) / 2
    path = f"M{x:.0f},{y:.0f} C{x:.0f},{y + bend:.0f} {to_x:.0f},{to_y - bend:.0f} {to_x:.0f},{to_y:.0f}"
    return f'<path d="{path}" fill="none" stroke="#5b6b7a" stroke-opacity="0.55" stroke-width="1.2" marker-end="url(#tip)"/>'


def _box(room: str, x: float, y: float) -> str:
    middle = x + BOX / 2
    baseline = y + BOX_HEIGHT / 2 + 5
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{BOX}" height="{BOX_HEIGHT}" rx="5" fill="#eef3f7" stroke="#34506b"/>'
        f'<text x="{middle:.0f}" y="{baseline:.0f}" text-anchor="middle" font-size="14" fill="#14283a">{room}</text>'
    )


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8", newline="\n")
