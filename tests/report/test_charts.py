"""Pictures: the same bytes each time, every figure as text, nil shown, cut axes marked, no colour needed, no markup let in."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from gaapbridge.report.charts import Band, Step, bands, bridge, stages

STEPS = [
    Step("US GAAP", 29_583, is_sum=True),
    Step("losses </text><script>", 1_211),
    Step("awards", 0),
    Step("guarantees", -196),
    Step("IFRS", 30_598, is_sum=True),
]


def texts(svg: str) -> list[str]:
    """The texts of a picture, as a parser of XML reads them."""
    return [one.text or "" for one in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_a_bridge_shows_every_figure_and_nil_and_says_where_its_axis_begins() -> None:
    drawn = bridge(STEPS, "thousands of CNY")
    shown = texts(drawn)
    assert {"29,583", "1,211", "—", "(196)", "30,598", "losses </text><script>"} <= set(shown)
    (title,) = [text for text in shown if text.startswith("thousands of CNY")]
    begins = int(re.sub(r"\D", "", title.partition("begins at")[2]))
    assert 0 < begins < 29_583
    assert "<script" not in drawn and drawn == bridge(STEPS, "thousands of CNY")


def test_an_axis_that_need_not_be_cut_begins_at_nil() -> None:
    assert "thousands" in texts(bridge([Step("before", 100), Step("after", 100, is_sum=True)], "thousands"))
    assert "thousands" in texts(
        bridge([Step("US GAAP", -5, is_sum=True), Step("x", 9), Step("IFRS", 4, is_sum=True)], "thousands")
    )
    assert "thousands" in texts(bridge([Step("US GAAP", 0, is_sum=True), Step("IFRS", 0, is_sum=True)], "thousands"))


def test_a_cut_axis_begins_below_what_it_shows() -> None:
    (title,) = [
        text for text in texts(bridge([Step("a", 100, is_sum=True), Step("b", 100, is_sum=True)], "CNY")) if "cut" in text
    ]
    assert title == "CNY; axis cut, it begins at 99"


def test_a_bridge_that_falls_below_nil_stays_on_its_axis() -> None:
    fallen = bridge([Step("brought forward", 1_222), Step("release", -23_079), Step("total", 1_196, is_sum=True)], "CNY")
    plain = bridge([Step("brought forward", 1_222), Step("release", 23_079), Step("total", 1_196, is_sum=True)], "CNY")
    widths = [float(ElementTree.fromstring(drawn).attrib["width"]) for drawn in (fallen, plain)]
    assert widths[0] == pytest.approx(widths[1], rel=0.2), "a bar beyond its axis made the picture as wide as itself"


def test_pictures_are_grey() -> None:
    drawn = [
        bridge(STEPS, "thousands"),
        stages([("Loans, IFRS", {"stage 1": 3_687, "stage 3": 0, "not allocated": -20})], "thousands"),
        bands([Band("all", 349, 303, 394, 362), Band("app-a", 16, 5, 30, 33)], "defaults"),
    ]
    for svg in drawn:
        for colour in re.findall(r"#([0-9a-fA-F]{6})\b", svg):
            assert len({colour[:2], colour[2:4], colour[4:]}) == 1, f"#{colour} is no grey"
    assert {"3,687", "—", "(20)"} <= set(texts(drawn[1])) and {"362", "33"} <= set(texts(drawn[2]))


def test_an_outcome_outside_its_band_has_another_shape() -> None:
    inside, outside = (bands([Band("a", 16, 5, 30, came)], "defaults") for came in (29, 31))
    shapes = [re.findall(r'aria-roledescription="point"[^>]* d="([^"]*)"', svg) for svg in (inside, outside)]
    assert shapes[0] != shapes[1] and "A" in shapes[0][0] and "A" not in shapes[1][0]
