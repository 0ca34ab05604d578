"""Pictures of single contracts: the life of a loan, expected against contractual, and the cost of an award, by year.

They are read without colour: lines differ by dash and are named at their ends, bars by shade and are named beside; every bar
bears its figure, nil a dash. Axes of amounts begin at nil. No text in them is anybody's but the caller's, and none is markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.drawing import png_of, svg_of
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import amount_text
from gaapbridge.terms.errors import UnusableInput

if TYPE_CHECKING:  # the second calculator loads when a picture is worked out: some parts have none
    from gaapbridge.reperform.awards.life import Vesting
    from gaapbridge.reperform.loans.life import Life

WIDTH, HEIGHT, SMALL_HEIGHT = 520, 220, 210
SOLID, DASHED = [1, 0], [6, 4]
DARK, LIGHT, INK = "#222222", "#d5d5d5", "#111111"

HEADROOM = 1.15
"""How far an axis reaches beyond the largest amount, so that names and figures have room."""

STEEP = 20
"""A line that falls by more than one in so many of the largest amount over two months is steep: its name stands aside."""

PRINTED_SCALE = 2.5
"""Pixels of a PNG for each of the picture: 250 dots an inch at a width of 6.5 inches."""


@dataclass(frozen=True)
class ContractPicture:
    """A picture of a contract: its name as a file, whose it is, what it says in words, and what draws it as SVG."""

    name: str
    address: str
    caption: str
    draw: Callable[[], str]

    @cached_property
    def svg(self) -> str:
        """The picture as SVG."""
        return self.draw()

    @property
    def png(self) -> bytes:
        """The same as PNG, at the size in which it is printed."""
        return png_of(self.svg, PRINTED_SCALE)


@dataclass(frozen=True)
class ContractPictures:
    """The pictures that a run has contracts for: the sampled loan with most deferred in it, the sampled award with most cost.

    They are drawn from the input rows and assumptions that a close was made on. Parts of one report that show them take them
    from here, where they are worked out and drawn once; what another report reads may have gone meanwhile.
    """

    run: Run

    @property
    def drawn(self) -> tuple[ContractPicture, ...]:
        """Those that can be drawn: none of what has gone."""
        return tuple(made for _, made in self.or_why if not isinstance(made, UnusableInput))

    @cached_property
    def or_why(self) -> tuple[tuple[str, ContractPicture | UnusableInput], ...]:
        """The same by name, and in the place of one whose assumptions have gone what is said of these."""
        return tuple(_pictures_or_why(self.run))


def _pictures_or_why(run: Run) -> Iterator[tuple[str, ContractPicture | UnusableInput]]:
    for name, kind, size, draw in ((LIFE, "loans", _DEFERRED, _life_picture), (VESTING, "awards", _COST, _vesting_picture)):
        chosen = _largest(run, kind, size) if kind in run.kinds else None
        try:
            made: ContractPicture | UnusableInput | None = None if chosen is None else draw(run, chosen)
        except UnusableInput as refused:
            made = refused
        if made is not None:
            yield name, made


LIFE, VESTING = "loan-life", "vesting-cost"
"""What the pictures are called."""

_DEFERRED = ("opening_us_deferred_costs", "opening_us_deferred_fees", "us_deferred_costs", "us_deferred_fees")
_COST = ("ifrs_cumulative_cost",)


def _largest(run: Run, kind: str, size: Sequence[str]) -> str | None:
    """The contract of a kind with the largest amounts, among those whose input rows the run keeps."""
    rows = run.measured_rows(kind, [one for one, _ in run.sampled(kind)])
    sizes = {one: sum(abs(row.get(name) or 0) for name in size) for one, row in rows.items()}
    return min(sizes, key=lambda one: (-sizes[one], one)) if any(sizes.values()) else None


def _life_picture(run: Run, contract_id: str) -> ContractPicture | None:
    from gaapbridge.reperform.loans.life import life_of

    life = life_of(run, contract_id)
    if life is None:
        return None
    unit_minor = 10 ** int(run.plan_content["entity"]["minor_digits"])
    us, ifrs = (_percent(rate) for rate in (life.us_rate, life.ifrs_rate))
    said = (
        f"A loan of {amount_text(round(life.contractual[0] / unit_minor))} over {len(life.contractual) - 1} months",
        f"Effective rate a period: {us} by contract (U.S. GAAP), {ifrs} over the expected life (IFRS)",
    )
    draw = partial(life_of_loan, life, said, run.document.currency, unit_minor)
    return ContractPicture(LIFE, f"{KINDS['loans'].word}/{contract_id}", f"{'. '.join(said)}.", draw)


def _vesting_picture(run: Run, award_id: str) -> ContractPicture | None:
    from gaapbridge.reperform.awards.life import vesting_of

    vesting = vesting_of(run, award_id)
    if vesting is None:
        return None
    said = (
        f"An award of {vesting.granted.isoformat()} in {vesting.tranches} tranches",
        f"Cost of each year since: {ATTRIBUTION[vesting.us_attribution]} under U.S. GAAP, by tranche under IFRS",
    )
    unit_minor = 10 ** int(run.plan_content["entity"]["minor_digits"])
    draw = partial(vesting_cost, vesting, said, run.document.currency, unit_minor)
    return ContractPicture(VESTING, f"{KINDS['awards'].word}/{award_id}", f"{'. '.join(said)}.", draw)


ATTRIBUTION = {"straight_line": "straight line", "graded": "by tranche"}
"""How US GAAP spreads the cost of an award, in words."""


def life_of_loan(life: Life, said: Sequence[str], unit: str, unit_minor: int) -> str:
    """The life of a loan as SVG: above its principal, below what is deferred in it, two lines each, named at their ends.

    12,000.00 over twelve months: by contract a line to nil, as expected below it, since some repay early; of 240.00 of fees
    less is left under IFRS in every month.
    """
    above = _lines(
        {"by contract": life.contractual, "as expected": life.expected}, f"Principal, {unit}", HEIGHT, unit_minor, is_last=False
    )
    below = _lines(
        {"U.S. GAAP": life.us_deferred, "IFRS": life.ifrs_deferred}, f"Amortised cost less principal, {unit}",
        SMALL_HEIGHT, unit_minor, is_last=True,
    )  # fmt: skip
    return _svg({"title": _headed(said), "vconcat": [above, below], "spacing": 18})


def _lines(
    named: Mapping[str, Sequence[Decimal]], title: str, height: int, unit_minor: int, *, is_last: bool
) -> dict[str, Any]:
    """Two lines by month, the first solid and the second dashed, each named where they lie furthest apart."""
    values = [
        {"month": month, "amount": float(amount / unit_minor), "line": name}
        for name, amounts in named.items()
        for month, amount in enumerate(amounts)
    ]
    last = len(next(iter(named.values()))) - 1
    x = {
        "field": "month", "type": "quantitative", "title": "Months since origination" if is_last else None,
        "axis": {"grid": False, "tickMinStep": 1}, "scale": {"domain": [0, last], "nice": False},
    }  # fmt: skip
    reach = [0.0, *(float(one["amount"]) for one in values)]  # type: ignore[arg-type]
    scale = {"domain": [HEADROOM * min(reach), HEADROOM * max(reach)], "nice": False}
    axis = {"format": ",d", "tickCount": 5}
    y = {"field": "amount", "type": "quantitative", "title": title, "scale": scale, "axis": axis}
    dash = {"field": "line", "type": "nominal", "scale": {"domain": list(named), "range": [SOLID, DASHED]}, "legend": None}
    drawn = {"mark": {"type": "line", "color": DARK, "strokeWidth": 2}, "encoding": {"x": x, "y": y, "strokeDash": dash}}
    layers: list[dict[str, Any]] = [drawn]
    for name, month, how in _named_at(named):
        where = {"filter": {"and": [{"field": "line", "equal": name}, {"field": "month", "equal": month}]}}
        mark = {"type": "text", "fontSize": 12, "color": INK, "fontWeight": "bold", **how}
        layers.append({"transform": [where], "mark": mark, "encoding": {"x": x, "y": y, "text": {"value": name}}})
    return {"width": WIDTH, "height": height, "data": {"values": values}, "layer": layers}


def _named_at(named: Mapping[str, Sequence[Decimal]]) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Where the name of each line stands: at the month in which they lie furthest apart, above the upper and below the lower,
    to the side to which a line that falls or rises leaves room."""
    first, second = named.values()
    last = len(first) - 1
    widest = max(range(last + 1), key=lambda month: (abs(first[month] - second[month]), -month))
    for name, line, other in zip(named, (first, second), (second, first), strict=True):
        is_upper = line[widest] > other[widest] or (line[widest] == other[widest] and line is first)
        steep = line[max(widest - 1, 0)] - line[min(widest + 1, last)]
        falls = 0 if abs(steep) * STEEP < max(map(abs, (*first, *second)), default=Decimal(0)) else 1 if steep > 0 else -1
        side = falls if is_upper else -falls
        align = {0: "center", 1: "left", -1: "right"}[side]
        yield name, widest, {"align": align, "dx": 6 * side, "dy": -11 if is_upper else 14}


def vesting_cost(vesting: Vesting, said: Sequence[str], unit: str, unit_minor: int) -> str:
    """The cost of an award by year as SVG: dark bars under US GAAP, light ones under IFRS, each with its figure.

    Of 1,000 in four yearly tranches 250 a year on the straight line; by tranche 521, 271, 146 and 62.
    """
    names = (f"U.S. GAAP, {ATTRIBUTION[vesting.us_attribution]}", "IFRS, by tranche")
    values = [
        {
            "year": f"Year {year}",
            "side": name,
            "amount": cost / unit_minor,
            "text": amount_text(round(Decimal(cost) / unit_minor)),
        }
        for name, costs in zip(names, (vesting.us, vesting.ifrs), strict=True)
        for year, cost in enumerate(costs, start=1)
    ]
    years = list(dict.fromkeys(str(one["year"]) for one in values))
    x = {"field": "year", "type": "ordinal", "sort": years, "title": "Since the grant", "axis": {"labelAngle": 0}}
    beside = {"field": "side", "type": "nominal", "sort": list(names)}
    reach = [0.0, *(float(one["amount"]) for one in values)]  # type: ignore[arg-type]
    scale = {"domain": [HEADROOM * min(reach), HEADROOM * max(reach)], "nice": False}
    axis = {"format": ",d", "tickCount": 5}
    y = {"field": "amount", "type": "quantitative", "title": f"Cost of the year, {unit}", "scale": scale, "axis": axis}
    fill = {"field": "side", "type": "nominal", "scale": {"domain": list(names), "range": [DARK, LIGHT]}, "legend": None}
    where = {"x": x, "xOffset": beside, "y": y}
    bars = {"mark": {"type": "bar", "stroke": DARK, "strokeWidth": 1}, "encoding": {**where, "fill": fill}}
    figure = {"type": "text", "dy": -7, "fontSize": 11, "color": INK}
    texts = {"mark": figure, "encoding": {**where, "text": {"field": "text"}}}
    head = _headed((*said, f"■ {names[0]}\u2003\u2003□ {names[1]}"))
    return _svg({"width": WIDTH, "height": HEIGHT, "title": head, "data": {"values": values}, "layer": [bars, texts]})


def _headed(said: Sequence[str]) -> dict[str, Any]:
    """What stands over a picture: what it is of in bold, what there is to know of it below."""
    first, *below = said
    sizes = {"fontSize": 13, "subtitleFontSize": 12, "color": INK, "subtitleColor": INK}
    return {"text": first, "subtitle": below, "anchor": "start", "offset": 14, "subtitlePadding": 5, **sizes}


def _svg(picture: Mapping[str, Any]) -> str:
    """A picture as SVG, the same bytes each time: sizes, fonts and shades are stated."""
    axis = {"labelFontSize": 12, "titleFontSize": 12, "labelColor": INK, "titleColor": INK, "gridColor": "#e3e3e3"}
    looks = {"font": "sans-serif", "background": "#ffffff", "view": {"stroke": None}, "axis": axis}
    return svg_of({"config": looks, **picture})


def _percent(rate: Decimal) -> str:
    """A rate a period: 1.2835 %."""
    return f"{100 * rate:.4f} %"
