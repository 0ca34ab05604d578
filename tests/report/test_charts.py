"""Pictures: the same bytes each time, every figure as text, nil shown, cut axes marked, no colour needed, no markup let in."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import altair
import pytest
from jsonschema import ValidationError

from gaapbridge import close
from gaapbridge.reperform.awards.life import Vesting, vesting_of
from gaapbridge.reperform.loans.life import Life, life_of
from gaapbridge.report import charts, charts_of_contracts
from gaapbridge.report.charts import Band, Step, bands, bridge, stages
from gaapbridge.report.charts_of_contracts import ContractPictures, life_of_loan, vesting_cost

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


def test_an_axis_below_nil_has_brackets_and_no_minus() -> None:
    shown = texts(bridge([Step("brought forward", 1_222), Step("release", -23_079), Step("total", 1_196, is_sum=True)], "CNY"))
    assert "(20,000)" in shown and not [one for one in shown if one[:1] in ("-", "\u2212")]


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


LIFE = Life(
    contract_id="L1", contractual=tuple(map(Decimal, (1_200_000, 600_000, 0))),
    expected=tuple(map(Decimal, (1_200_000, 540_000, 0))),
    us_deferred=tuple(map(Decimal, (24_000, 12_100, 0))), ifrs_deferred=tuple(map(Decimal, (24_000, 11_700, 0))),
    us_rate=Decimal("0.0141"), ifrs_rate=Decimal("0.0125"),
)  # fmt: skip
VESTING = Vesting(
    "A1", date(2021, 5, 15), 4, "straight_line", (25_000, 25_000, 25_000, 25_000), (52_083, 27_083, 20_834, 0)
)  # fmt: skip


def test_the_life_of_a_loan_names_its_lines_and_its_axes_begin_at_nil() -> None:
    drawn = life_of_loan(LIFE, ("A loan of 12,000", "rates </text>"), "CNY", 100)
    shown = texts(drawn)
    names = {"by contract", "as expected", "U.S. GAAP", "IFRS"}
    assert names <= set(shown) and {"Principal, CNY", "Amortised cost less principal, CNY", "A loan of 12,000"} <= set(shown)
    assert shown.count("0") >= 2 and "rates </text>" in shown
    assert drawn.count("stroke-dasharray") >= 2, "a line that is told without colour is dashed"
    assert drawn == life_of_loan(LIFE, ("A loan of 12,000", "rates </text>"), "CNY", 100)


def test_the_cost_of_an_award_bears_every_figure_and_nil() -> None:
    """The published pattern of four yearly tranches: 521, 271, 208 by tranche of the first three, none left in the last."""
    shown = texts(vesting_cost(VESTING, ("An award",), "CNY", 100))
    assert shown.count("250") == 4 and {"521", "271", "208", "—"} <= set(shown)
    assert any("U.S. GAAP, straight line" in text and "IFRS, by tranche" in text for text in shown)


def test_pictures_of_contracts_are_grey() -> None:
    for svg in (life_of_loan(LIFE, ("A loan",), "CNY", 100), vesting_cost(VESTING, ("An award",), "CNY", 100)):
        for colour in re.findall(r"#([0-9a-fA-F]{6})\b", svg):
            assert len({colour[:2], colour[2:4], colour[4:]}) == 1, f"#{colour} is no grey"


def test_a_run_has_pictures_of_its_contracts_from_what_it_keeps(starter_copy: Path) -> None:
    """Where the tapes have gone too; where the assumptions have, there is no picture."""
    run = close(starter_copy / "plan.toml")
    for file in (starter_copy / "tapes").iterdir():
        file.unlink()
    made = {one.name: one for one in ContractPictures(run).drawn}
    assert list(made) == ["loan-life", "vesting-cost"]
    assert made["loan-life"].png.startswith(b"\x89PNG") and made["loan-life"].address.startswith("loan/")
    assert "by contract (U.S. GAAP)" in made["loan-life"].caption
    for file in (starter_copy / "curves").rglob("*.csv"):
        file.unlink()
    assert ContractPictures(run).drawn == ()


def test_the_lives_drawn_are_those_measured(starter_copy: Path) -> None:
    """Effective rates are those of the measured row; the cost of an award by year comes to what its units are worth."""
    run = close(starter_copy / "plan.toml")
    for contract_id, _ in run.sampled("loans"):
        life, row = life_of(run, contract_id), run.measurement("loans", contract_id)
        assert life is not None and row is not None
        assert abs(float(life.us_rate) - row["us_rate_per_period"]) < 1e-9
        assert abs(float(life.ifrs_rate) - row["ifrs_rate_per_period"]) < 1e-9
        assert life.contractual[-1] == 0 and abs(life.us_deferred[-1]) < 1 and abs(life.ifrs_deferred[-1]) < 1
    for award_id, _ in run.sampled("awards"):
        vesting, row = vesting_of(run, award_id), run.measurement("awards", award_id)
        assert vesting is not None and row is not None
        kept = row["closing_granted_value"] - row["closing_forfeited_value"]
        assert abs(sum(vesting.us) - kept) <= 1 and abs(sum(vesting.ifrs) - kept) <= 1


def test_pictures_are_written_as_vega_lite_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held against Altair's copy of the schema; a mark that there is none of is seen."""
    drawn: list[dict[str, Any]] = []

    def keep(specification: dict[str, Any]) -> str:
        drawn.append(specification)
        return "<svg/>"

    for module in (charts, charts_of_contracts):
        monkeypatch.setattr(module, "svg_of", keep)
    bridge(STEPS, "thousands of CNY")
    stages([("Loans, IFRS", {"stage 1": 3, "stage 2": 0})], "thousands of CNY")
    bands([Band("all", 349, 303, 394, 362)], "defaults")
    life_of_loan(LIFE, ("A loan",), "CNY", 100)
    vesting_cost(VESTING, ("An award",), "CNY", 100)
    assert len(drawn) == 5
    for specification in drawn:
        altair.Chart.from_dict(json.loads(json.dumps(specification)))
    wrong = json.loads(json.dumps(drawn[0]).replace('"type": "bar"', '"type": "bra"'))
    with pytest.raises(ValidationError):
        altair.Chart.from_dict(wrong)
