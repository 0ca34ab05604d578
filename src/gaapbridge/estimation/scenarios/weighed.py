"""The scenarios that curves are made for beside those that the plan of a close weighs: what lacks a weight, and what curves."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.plan.history_file import LOSSES, HistoryPlan
from gaapbridge.plan.shares import per_cent
from gaapbridge.run.judgements import odds_words, reversion_words
from gaapbridge.terms.finding import Finding

HEAD = ("scenario", "odds of worsening", "odds of loss given default", "weight under US GAAP", "under IFRS")

NO_WEIGHT, NO_PLAN = "none", "no close"


def scenario_findings(plan: HistoryPlan, kind: str) -> Iterator[Finding]:
    """What is found where ``[history.scenarios]`` has others than the elections of the close weigh at its closing. Nothing is
    of a history whose tables no close takes."""
    if kind not in plan.serves:
        return
    asked, made = Elections.of(plan.answers).scenarios(), plan.history.scenarios.names
    idle = [f"{name} is estimated, and no election names it" for name in made if name not in asked]
    lacking = [f"{name} is not, and {key} names it" for name, key in asked.items() if name not in made]
    if idle or lacking:
        yield Finding(
            name="scenarios other than those weighed", where=f"history.{kind}/scenarios", amount_minor=None,
            why="; ".join([*idle, *lacking]),
            remedy=f"state odds or paths of those that elections.{LOSSES} names, and a weight there of those with odds: a "
            "close refuses hazards that lack a scenario",
        )  # fmt: skip


def scenario_rows(plan: HistoryPlan) -> list[tuple[str, ...]]:
    """A row of ``HEAD`` for each scenario: its odds as stated, and its weights at the closing where the plan is of a close."""
    decided = plan.history.scenarios.judgements
    elections = Elections.of(plan.answers) if plan.answers else None
    rows = []
    for name in plan.history.scenarios.names:
        odds = odds_words(decided["odds"][name]) if name in decided["odds"] else "satellite"
        lgd = odds_words(decided["lgd_odds"].get(name, 1.0))
        weighed = (None, None) if elections is None else (elections.us_scenarios, elections.ifrs_scenarios)
        rows.append((name, odds, lgd, *(_weight(one, name) for one in weighed)))
    return rows


def scenario_words(plan: HistoryPlan) -> list[str]:
    """What holds of all scenarios: until when their odds do, and whether losses of a default differ among them."""
    decided = plan.history.scenarios.judgements
    odds = f"odds of worsening are {reversion_words(decided)}"
    same = "" if decided["lgd_odds"] else "; loss given default is the same in all scenarios"
    return [f"{odds}{same}"]


def _weight(weights: object, name: str) -> str:
    if not isinstance(weights, dict):
        return NO_PLAN
    return per_cent(Decimal(str(weights[name]))) if name in weights else NO_WEIGHT
