"""The judgements that estimated curves rest on, in words: what a reader of the notes is told without opening their account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from gaapbridge.assumptions.curve_tables import MONTHS
from gaapbridge.plan.shares import per_cent

MINIMUM = "minimum_"
"""What the keys begin with that say how few is too few."""

WORDS: Mapping[str, str] = {
    "default_days": "recognised {} days past due",
    "default_days_of": "of segments {}",
    "look_back_months": "it or a missed instalment marks a contract for {} months",
    "severity_years": "severity of {}",
    "discount_rate": "recoveries discounted at {}",
}
"""What is said of a key in words; any other is named with what was decided."""

ANSWERS: Mapping[tuple[str, str], str] = {
    ("severity_years", "all"): "all years",
    ("severity_years", "drift"): "all years, carried on by their drift",
    ("discount_rate", "contract"): "each contract's own rate",
}
"""What an answer in a word means."""

ABOUT = {"default": ("default_days", "default_days_of", "look_back_months"), "losses": ("severity_years", "discount_rate")}
ORIGINS, SCENARIOS, EXCLUSIONS = "origins", "scenarios", "exclusions"


def told_judgements(stated: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What was decided in estimating, a line a subject: what it is about, and what was decided.

    ``stated`` is by key of ``[history]``. Contracts that a rule names are counted. What is not stated, or false or empty, is
    told only of origins. Nothing is told of an account that does not say what was decided.

    >>> for about, words in told_judgements({"default_days": 90, "minimum_on_book": 1000, "severity_years": 3, "new": 1}):
    ...     print(f"{about}: {words}")
    default: recognised 90 days past due
    losses: severity of the last 3 years of charge-off
    minimum counts: on book 1,000
    besides: new 1
    """
    minimums = [key for key in stated if key.startswith(MINIMUM)]
    for about, keys in ABOUT.items():
        if told := _keys(stated, keys):
            yield about, told
    if told := _keys(stated, minimums):
        yield "minimum counts", told.replace(MINIMUM, "").replace("_", " ")
    if ORIGINS in stated:
        yield "origins counted", _origins(stated[ORIGINS])
    if SCENARIOS in stated:
        yield from told_scenarios(stated[SCENARIOS])
    yield from ((f"dated rule {number}", _rule(rule)) for number, rule in enumerate(stated.get(EXCLUSIONS, ()), start=1))
    named = {*(key for keys in ABOUT.values() for key in keys), *minimums, ORIGINS, SCENARIOS, EXCLUSIONS}
    if told := _keys(stated, [key for key in stated if key not in named]):
        yield "besides", told


def _origins(ages: Mapping[str, int] | None) -> str:
    if ages is None:
        return "every month's end of each contract"
    return f"month ends at which a contract has {ages['from']} to {ages['to']} months on book, and no others"


def told_scenarios(stated: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """By what the odds of each scenario are multiplied, for how long, and whether losses of a default differ among them.

    >>> stated = {"odds": {"base": 1.0, "bad": [2.0, 1.5]}, "supportable_months": 12, "reversion": "immediate"}
    >>> for subject, words in told_scenarios(stated): print(f"{subject}: {words}")
    odds of worsening: base 1, bad 2 then 1.5; held for 12 months, from the next those of history
    odds of loss given default: the same in all scenarios, those of history
    """
    by_hand = [f"{name} {odds_words(odds)}" for name, odds in stated.get("odds", {}).items()]
    satellite = stated.get("satellite")
    made = [*by_hand, *(["others by a regression on " + ", ".join(satellite["series"])] if satellite else [])]
    yield "odds of worsening", "; ".join(filter(None, [", ".join(made), reversion_words(stated)]))
    odds = stated.get("lgd_odds")
    told = ", ".join(f"{name} {odds_words(one)}" for name, one in odds.items()) + ", in all months" if odds else SAME_LOSSES
    yield "odds of loss given default", told


SAME_LOSSES = "the same in all scenarios, those of history"


def odds_words(odds: float | Sequence[float]) -> str:
    """Odds as a plan states them, one number or some by month ahead, of which the last holds.

    >>> odds_words(1.5), odds_words([1.5, 1.25])
    ('1.5', '1.5 then 1.25')
    """
    return f"{odds:g}" if isinstance(odds, (int, float)) else " then ".join(f"{one:g}" for one in odds)


def reversion_words(stated: Mapping[str, Any]) -> str:
    """For how long odds hold, and what comes after; blank where it is not stated."""
    months, reversion = stated.get("supportable_months"), stated.get("reversion")
    if months is None or reversion is None:
        return ""
    if reversion == "none" or months >= MONTHS:
        return "held in all months"
    if reversion == "immediate":
        return f"held for {months} months, from the next those of history"
    reached = "in the month after them" if stated.get("reversion_reached") == "month_after" else "in the last of them"
    return f"held for {months} months, back to those of history over {stated.get('reversion_months')}, {reached}"


def _keys(stated: Mapping[str, Any], keys: Sequence[str]) -> str:
    """Keys with what was decided; those left out, false or empty are none."""
    kept = {key: stated[key] for key in keys if key in stated and stated[key] not in (None, False, "", [], {})}
    return "; ".join(WORDS.get(key, f"{key} {{}}").format(_value(key, value)) for key, value in kept.items())


def _value(key: str, value: Any) -> str:
    match value:
        case str() if (key, value) in ANSWERS:
            return ANSWERS[key, value]
        case str() if key == "discount_rate":
            return f"{per_cent(Decimal(value))} a year"
        case bool():
            return str(value).lower()
        case int() if key == "severity_years":
            return f"the last {value} years of charge-off" if value > 1 else "the last year of charge-off"
        case int():
            return f"{value:,}"
        case list():
            return " and ".join(_value("", one) for one in value)
        case dict():
            return ", ".join(f"{name} {_value('', one)}" for name, one in value.items())
    return str(value)


def _rule(rule: Mapping[str, Any]) -> str:
    days = f" {rule['from']} to {rule['to']}" if rule.get("from") else ""
    contracts, segments = rule.get("contracts") or [], rule.get("segments") or []
    of = [f"{len(contracts):,} contract{'s' if len(contracts) > 1 else ''}"] if contracts else []
    of += [f"segments {', '.join(segments)}"] if segments else []
    return f"{rule['rule']}{days}, of {' and '.join(of) or 'all contracts'}: {rule['reason']}"
