"""Pictures of a run's figures as SVG, each beside a table that says the same: bridges, causes, allowances by stage, hindsight.

They are read without colour: what rises is grey, what falls white with a black edge, a sum black. A nil bar shows a dash, and
an axis that does not begin at nil says so. No text in them is anybody's but the caller's, and none is markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gaapbridge.drawing import svg_of
from gaapbridge.statement.printing import amount_text

RISE, FALL, SUM = "rise", "fall", "sum"
SHADES = {RISE: "#9a9a9a", FALL: "#ffffff", SUM: "#222222"}
WIDTH, ON_PAPER, STEP_HEIGHT = 560, 250, 30
"""Pixels that bars have: on a screen, and in half a page, where figures are to be read at the same size; and those of a bar."""

PANEL_HEIGHT = 150

LOOKS = {
    "font": "sans-serif", "background": "#ffffff", "view": {"stroke": None},
    "padding": {"left": 24, "top": 5, "right": 24, "bottom": 5},  # a reader's letters may be wider than the engine's
    "axis": {"labelFontSize": 12, "titleFontSize": 12, "labelColor": "#111111"},
}  # fmt: skip
"""Sizes, fonts and colours, stated so that a picture has the same bytes each time."""

ROOM = 0.1
"""How far the axis of a bridge goes on beyond its largest bar, as a share, so that figures have room."""

TICKS = 6
"""About so many figures stand on an axis; each is measured before it is drawn, which takes longer than to draw it."""

POINT = 9
"""Pixels that a label of a row keeps from its axis where a point may lie at nil."""

IN_BRACKETS = "datum.value < 0 ? '(' + format(-datum.value, ',') + ')' : format(datum.value, ',')"
"""The figures of an axis, those below nil in brackets as everywhere."""

LONGEST_LABEL = 60
"""Characters of a label: the rest is in the table beside."""

CUT_SHARE = 0.5
"""A bridge whose parts are less than this share of its sums has its axis cut, so that the parts can be seen."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a bridge: its label, its amount in printed units, and whether it is a sum and stands on the ground."""

    label: str
    amount: int
    is_sum: bool = False


def bridge(steps: Sequence[Step], unit: str, width: int = WIDTH) -> str:
    """A bridge from one sum to another over the steps between, as SVG.

    Equity of 29,583 under US GAAP, 1,211, (2) and 1,196 between, 31,988 under IFRS: the axis begins near 29,000, and says so.
    """
    rows, low, high = _stacked(steps)
    start = _cut(steps, low)
    title = f"{unit}; axis cut, it begins at {amount_text(start)}" if start else unit
    for row in rows:
        row["from"] = max(row["from"], start) if row["kind"] == SUM else row["from"]
    begins = start or low
    return _bars(rows, [begins, high + ROOM * (high - begins)], title, [step.label for step in steps], width)


def _stacked(steps: Sequence[Step]) -> tuple[list[dict[str, Any]], int, int]:
    """The bars of a bridge, each where the one before ends, and how far all of them reach."""
    rows, at = list[dict[str, Any]](), 0
    for place, step in enumerate(steps):
        start, end = (0, step.amount) if step.is_sum else (at, at + step.amount)
        at = end
        kind = SUM if step.is_sum else RISE if step.amount >= 0 else FALL
        rows.append(
            {"place": place, "from": start, "to": end, "kind": kind, "text": amount_text(step.amount), "edge": max(start, end)}
        )
    reached = [0, *(row["from"] for row in rows), *(row["to"] for row in rows)]
    return rows, min(reached), max(reached)


def _cut(steps: Sequence[Step], low: int) -> int:
    """Where the axis of a bridge begins: at nil, or just below its lowest point where its parts could not be seen else."""
    sums, at, points = [step.amount for step in steps if step.is_sum], 0, list[int]()
    for step in steps:
        at = step.amount if step.is_sum else at + step.amount
        points.append(at)
    if low < 0 or not steps[0].is_sum or min(points) <= 0:
        return 0
    spread = max(points) - min(points)
    if spread >= CUT_SHARE * max(sums):
        return 0
    base = max(spread, max(sums) // 100, 1)
    size = 10 ** (len(str(base)) - 1)
    begins: int = (min(points) - max(1, base // 2)) // size * size
    return max(0, begins)


def _bars(rows: list[dict[str, Any]], domain: Sequence[float], title: str, labels: Sequence[str], width: int) -> str:
    y = _places(labels)
    x = _number("from", title=title, scale={"domain": list(domain), "nice": False})
    fill = _word("kind", scale={"domain": list(SHADES), "range": list(SHADES.values())}, legend=None)
    bars = _mark("bar", {"stroke": "#222222", "strokeWidth": 1}, y=y, x=x, x2={"field": "to"}, color=fill)
    return _svg(rows, [bars, _texts(y, apart=5)], width)


def stages(rows: Sequence[tuple[str, Mapping[str, int]]], unit: str, width: int = WIDTH) -> str:
    """Loss allowances by stage, one bar a stage, of each table named: `Loans, IFRS` has stage 1, 2 and 3; in printed units."""
    named = [(f"{name}: {stage}", amount) for name, by_stage in rows for stage, amount in by_stage.items()]
    values = [
        {"place": place, "label": label, "to": amount, "from": 0, "edge": max(amount, 0), "text": amount_text(amount)}
        for place, (label, amount) in enumerate(named)
    ]
    y = _places([label for label, _ in named])
    bars = _mark("bar", {"stroke": "#222222", "fill": SHADES[RISE]}, y=y, x=_number("from", title=unit), x2={"field": "to"})
    return _svg(values, [bars, _texts(y, apart=5)], width)


@dataclass(frozen=True, slots=True)
class Band:
    """What was expected of a part of the book with the band that chance explains, and what came."""

    label: str
    expected: float
    low: float
    high: float
    came: float


def bands(rows: Sequence[Band], unit: str, width: int = WIDTH) -> str:
    """Expected bands against outcomes, as SVG: a grey bar is what chance explains, a tick what was expected, a point what came.

    303 to 394 defaults with 349 expected and 362 that came: the point lies in the bar; a point outside has its own shape.
    """
    values = [
        {
            "place": place, "low": row.low, "high": row.high, "expected": row.expected, "came": row.came,
            "within": "yes" if row.low <= row.came <= row.high else "no", "text": f"{row.came:,.0f}",
            "edge": max(row.high, row.came),
        }
        for place, row in enumerate(rows)
    ]  # fmt: skip
    y = _places([row.label for row in rows], apart=POINT)
    shape = _word("within", scale={"domain": ["yes", "no"], "range": ["circle", "cross"]}, legend=None)
    drawn = [
        _mark(
            "bar",
            {"fill": "#dddddd", "stroke": "#666666", "height": 16},
            y=y,
            x=_number("low", title=unit),
            x2={"field": "high"},
        ),
        _mark("tick", {"color": "#222222", "thickness": 2, "height": 16}, y=y, x=_number("expected")),
        _mark("point", {"filled": True, "size": 90, "color": "#000000", "opacity": 1}, y=y, x=_number("came"), shape=shape),
    ]
    return _svg(values, [*drawn, _texts(y, apart=9)], width)


@dataclass(frozen=True, slots=True)
class Point:
    """What was expected at a place of a panel and what came, with the interval where there is one; None where nobody knows."""

    panel: str
    at: float
    expected: float | None
    came: float | None
    low: float | None = None
    high: float | None = None


def panels(points: Sequence[Point], x_title: str, y_title: str, columns: int = 3, width: int = WIDTH) -> str:
    """Panels side by side as SVG, each of one part of the book: a line is what was expected, a point what came, a bar between
    two ends what chance explains. Each panel has an axis of its own upwards, since parts differ by a hundred times.

    Hazards of 0.002 a month ahead in ``current`` and of 0.1 in ``31-60`` can both be read.
    """
    names = list(dict.fromkeys(point.panel for point in points))
    values = [{name: getattr(point, name) for name in ("panel", "at", "expected", "came", "low", "high")} for point in points]
    x = {**_number("at", title=x_title), "axis": {"tickCount": TICKS, "grid": False}}
    y = {**_number("expected", title=y_title), "axis": {"tickCount": TICKS}}
    layers = [
        _mark("rule", {"color": "#aaaaaa", "strokeWidth": 5}, x=x, y={**y, "field": "low"}, y2={"field": "high"}),
        _mark("line", {"color": "#222222", "strokeWidth": 1.5}, x=x, y=y),
        _mark("point", {"filled": True, "size": 34, "color": "#000000", "opacity": 1}, x=x, y={**y, "field": "came"}),
    ]
    across = min(columns, len(names))
    return svg_of(
        {
            "config": {**LOOKS, "header": {"labelFontSize": 12, "labelFontWeight": "bold"}},
            "data": {"values": values},
            "facet": {"field": "panel", "type": "nominal", "title": None, "sort": names},
            "columns": across,
            "resolve": {"scale": {"y": "independent"}, "axis": {"x": "independent"}},
            "spec": {"layer": layers, "width": width // across, "height": PANEL_HEIGHT},
        }
    )


def _places(labels: Sequence[str], apart: int = 2) -> dict[str, Any]:
    """An axis of places, one below the other, with their labels a little apart: two steps may bear the same name."""
    named = json.dumps([label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…" for label in labels])
    axis = {"labelExpr": f"{named}[datum.value]", "labelLimit": 420, "labelPadding": apart, "ticks": False, "domain": False}
    return {"field": "place", "type": "ordinal", "axis": axis, "title": None}


def _number(field: str, **more: Any) -> dict[str, Any]:
    axis = {"tickCount": TICKS, "labelExpr": IN_BRACKETS}
    return {"field": field, "type": "quantitative", "axis": axis, **more}


def _word(field: str, **more: Any) -> dict[str, Any]:
    return {"field": field, "type": "nominal", **more}


def _mark(name: str, how: Mapping[str, Any], **where: Mapping[str, Any]) -> dict[str, Any]:
    """One layer of a picture: what is drawn for every value, and from which of its fields."""
    return {"mark": {"type": name, **how}, "encoding": where}


def _texts(y: Mapping[str, Any], apart: int) -> dict[str, Any]:
    """The figures as texts, a little apart from what they are of."""
    how = {"align": "left", "dx": apart, "fontSize": 12, "color": "#111111"}
    return _mark("text", how, y=y, x=_number("edge"), text=_word("text"))


def _svg(values: Sequence[Mapping[str, Any]], layers: Sequence[Mapping[str, Any]], width: int) -> str:
    """Layers over the same values as SVG, the same bytes each time: sizes, fonts and colours are stated.

    They are written as Vega-Lite itself has them: a library that writes it would take longer to load than all pictures to draw.
    """
    size = {"width": width, "height": STEP_HEIGHT * max(len(values), 1)}
    return svg_of({"config": LOOKS, "data": {"values": values}, "layer": layers, **size})
