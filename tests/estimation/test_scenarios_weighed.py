"""Scenarios of curves beside those that a close weighs, and losses of a default that differ among them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

import gaapbridge
from gaapbridge.terms.errors import UnusableInput
from tests.estimation.lender import write_history

WEIGHED = {
    "us_scenarios": "[{ valid_from = 2020-01-01, base = 1 }]",
    "ifrs_scenarios": "[{ valid_from = 2020-01-01, base = 0.75, downside = 0.25 }]",
    "us_historical_scenario": '"base"',
}


def history(folder: Path) -> Path:
    plan = write_history(folder)
    plan.write_text(plan.read_text(encoding="utf-8").replace("findings = 0", "findings = 9"), encoding="utf-8")
    return plan


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of history alone, of scenarios base and downside."""
    return history(tmp_path_factory.mktemp("history"))


def closes(folder: Path) -> Path:
    """The plan of a close in a folder, with that history, whose hazards are those that are estimated."""
    own = history(folder / "history").read_text(encoding="utf-8")
    stated = own[own.index("[history]") :].replace('path = "', 'path = "history/')
    plan = folder / "plan.toml"
    text = plan.read_text(encoding="utf-8").replace('"curves/loans-hazard.csv"', '"curves/loans/hazard.csv"')
    plan.write_text(text + "\n" + stated, encoding="utf-8")
    return plan


def answering(**changed: str) -> list[str]:
    return [f"elections.expected_credit_loss.{key}={value}" for key, value in (WEIGHED | changed).items()]


def test_scenarios_that_are_weighed_and_estimated_are_told_with_odds_and_weights(starter_copy: Path) -> None:
    made = gaapbridge.estimate(closes(starter_copy), settings=answering(), to=starter_copy / "made")
    assert not [one for one in made.findings if "scenarios" in one.name]
    rows = [line.split("  ") for line in made.as_text().splitlines() if line.startswith(("  base ", "  downside "))]
    assert [[part.strip() for part in row if part.strip()] for row in rows] == [
        ["base", "1", "1", "100 %", "75 %"],
        ["downside", "2", "1", "none", "25 %"],
    ]
    assert "odds of worsening are held in all months; loss given default is the same in all scenarios" in made.as_text()


def test_a_scenario_without_a_weight_or_without_curves_is_found(starter_copy: Path) -> None:
    """``check`` finds the same; a plan that takes its hazards from elsewhere is asked nothing."""
    plan = closes(starter_copy)
    weighed = answering(ifrs_scenarios="[{ valid_from = 2020-01-01, base = 0.75, bad = 0.25 }]")
    made = gaapbridge.estimate(plan, settings=weighed, to=starter_copy / "made")
    (found,) = [one for one in made.findings if one.name == "scenarios other than those weighed"]
    assert found.where == "history.loans/scenarios"
    assert found.why == "downside is estimated, and no election names it; bad is not, and ifrs_scenarios names it"
    elsewhere = [*weighed, "curves.loans.hazard=curves/loans-hazard.csv"]
    assert found.name not in {one.name for one in gaapbridge.estimate(plan, settings=elsewhere, to=starter_copy / "a").findings}


def test_weights_that_do_not_add_to_one_are_refused(starter_copy: Path) -> None:
    weighed = answering(ifrs_scenarios="[{ valid_from = 2020-01-01, base = 0.75, downside = 0.3 }]")
    with pytest.raises(UnusableInput, match="ifrs_scenarios"):
        gaapbridge.estimate(closes(starter_copy), settings=weighed, to=starter_copy / "made")


def losses(folder: Path) -> pl.DataFrame:
    table = pl.read_csv(folder / "loans" / "loss_given_default.csv")
    keys = ["valid_from", "segment", "months_since_default"]
    both = table.filter(scenario="base").join(table.filter(scenario="downside"), on=keys, suffix="_downside")
    assert both.height * 2 == table.height
    return both


def test_odds_of_losses_by_hand_are_laid_over_the_table(alone: Path, tmp_path: Path) -> None:
    """Twice the odds of 1/3 are 2/3: a loss given default of 0.25 becomes 0.4. Without odds both scenarios have the same."""
    gaapbridge.estimate(alone, to=tmp_path / "same")
    same = losses(tmp_path / "same")
    assert same["lgd_undiscounted"].equals(same["lgd_undiscounted_downside"].alias("lgd_undiscounted"))
    gaapbridge.estimate(alone, settings=["history.scenarios.lgd_odds={ base = 1, downside = 2 }"], to=tmp_path / "apart")
    apart = losses(tmp_path / "apart")
    assert apart["lgd_undiscounted"].equals(same["lgd_undiscounted"]), "odds of 1 leave the table as it is"
    for name in ("lgd_undiscounted", "lgd_discounted"):
        of_history = apart[name].to_list()
        assert apart[f"{name}_downside"].to_list() == pytest.approx([2 * p / (1 + p) for p in of_history], abs=1e-9)
    stated = json.loads((tmp_path / "apart/loans/estimation.json").read_text(encoding="utf-8"))
    assert stated["stated"]["scenarios"]["lgd_odds"] == {"base": 1.0, "downside": 2.0}
    assert stated["scenarios"][0]["scenarios"]["downside"]["lgd_odds"] == 2.0


@pytest.mark.parametrize(
    ("odds", "said"),
    [
        ("{ downside = 2 }", "scenario base has no lgd_odds and others have"),
        ("{ base = 1, downside = 2, worst = 3 }", "lgd_odds are of scenarios, and worst is none"),
        ("{ base = 1, downside = 0 }", "must multiply the odds by more than 0"),
        ("{ base = 1, downside = [2, 1] }", "must multiply the odds by more than 0"),
    ],
)
def test_odds_of_losses_are_of_every_scenario_or_of_none(alone: Path, tmp_path: Path, odds: str, said: str) -> None:
    with pytest.raises(UnusableInput, match=said):
        gaapbridge.estimate(alone, settings=[f"history.scenarios.lgd_odds={odds}"], to=tmp_path / "made")
