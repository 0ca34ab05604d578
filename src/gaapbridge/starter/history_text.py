"""The history of a plan as text: every decision that estimating takes is asked and answered by an example, as elections are."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from gaapbridge.plan.election import Election, choice, count
from gaapbridge.plan.template import commented
from gaapbridge.plan.written import written

TO = "curves/estimated"
"""The folder of estimated curves, from the plan."""

BASE = "base"
"""The only scenario of a plan whose lender has stated no other: history as it was."""

_HISTORY, _DATA = "326-20-30-8; IFRS 9 B5.5.52", "326-20-30-2; IFRS 9 B5.5.5"
_FORECAST = "326-20-30-9; IFRS 9 B5.5.50"

_MOST = 1_000_000

_count, _choice = partial(count, nature="technique"), partial(choice, nature="technique")

_SCENARIOS = (
    _count("supportable_months", "For how many months do the odds of a scenario hold?", _FORECAST, 0, 480, 12),
    _choice(
        "reversion",
        "How do they return to those of history after that?",
        _FORECAST,
        {"immediate": "from the next month", "straight_line": "in equal steps over reversion_months", "none": "never"},
        "immediate",
    ),
    _count("reversion_months", "Over how many months does a straight line run?", _FORECAST, 0, 480, 0),
    _choice(
        "reversion_reached",
        "In which month of a straight line is history reached?",
        _FORECAST,
        {"in_month": "in the last of them", "month_after": "in the month after them"},
        "in_month",
    ),
)

_RECOGNISED = "From how many days past due is a default recognised? As default_days_past_due of part 3 says."
_MARKED = "For how many months does a default, or a missed instalment, mark who owes nothing overdue?"
_MATURED = "With how many instalments left, or fewer, has a contract that is repaid matured, not been prepaid?"
_LEANING = "How many contracts with a default weigh as much as a segment's own? Few lean on all segments."
_HELD = "How many charge-offs weigh as much as a segment's own? Few lean on all segments."
_AHEAD = "Without how many contracts is a month ahead not read from counts?"
_IN_DEFAULT = "Without how many contracts is a month in default one with those after it?"
_SEVERITY = "Whose severity serves? A whole number, as 3, is the last so many years of charge-off."
_RATE = "At which rate a year are recoveries discounted? A fraction, as 0.08, is that of all."

_LOANS = (
    _count("default_days", _RECOGNISED, "IFRS 9 B5.5.37", 1, 90, 90),
    _count("look_back_months", _MARKED, _DATA, 1, 60, 12),
    _count("matured_within_months", _MATURED, "326-20-30-6; IFRS 9 5.5.19", 0, 12, 1),
    _count("minimum_months", "Below how many contract-months is a segment thin?", _HISTORY, 0, _MOST, 1000),
    _count("minimum_defaults", _LEANING, _HISTORY, 1, _MOST, 10),
    _count("minimum_on_book", _AHEAD, _HISTORY, 1, _MOST, 100),
    _count("minimum_charge_offs", _HELD, _HISTORY, 1, _MOST, 30),
    _count("minimum_at_risk", _IN_DEFAULT, _HISTORY, 1, _MOST, 30),
    _choice(
        "severity_years", _SEVERITY, _HISTORY, {"all": "of all years", "drift": "of all, carried on by their drift"}, "all"
    ),
    _choice("discount_rate", _RATE, "326-20-30-4; IFRS 9 B5.5.44", {"contract": "at each contract's own"}, "contract"),
)

_PAID_OUT = "On how many days past due is the funder paid? As payout_days_past_due of part 3 says."

_GUARANTEES = (_count("default_days", _PAID_OUT, "IFRS 9 B5.5.37", 1, 90, 61), *_LOANS[1:])

DECIDED: Mapping[str, Sequence[Election]] = {
    "history.scenarios": _SCENARIOS, "history.loans": _LOANS, "history.guarantees": _GUARANTEES
}  # fmt: skip
"""What is decided in estimating, by the table in which it is answered."""


def decided(kind: str) -> list[str]:
    """The tables in which it is answered of the history of a kind."""
    return ["history.scenarios", f"history.{kind}"]


_OF_TAPE = {
    "outcomes": (
        "# Of how many days is the span in which a funder's payouts lie, and which share of them at least?",
        "payouts = { span_days = 5, minimum_share = 0.9 }",
        "# Funders that are paid on other days, by segment: segments of one day are estimated together.",
        "#default_days_of = { NAME = 31 }",
    ),
    "fees": (
        "# For how many months are open fees followed, and how many guarantees has a bucket of its own?",
        "fee_losses = { horizon_months = 36, minimum_contracts = 30 }",
    ),
}
"""What is asked of guarantees that have such a tape."""

EXAMPLE = {"performance": ['path = "history/performance.csv"', 'amounts = "minor"']}
"""The tapes of a history that nobody has brought yet."""


def history_lines(
    tapes: Mapping[str, Sequence[str]], known_at: Sequence[date] = (), asked: Sequence[str] = (), kind: str = "loans"
) -> Iterator[str]:
    """The tables of a history of a kind of contracts. ``tapes`` are the lines of each tape's tables by its key, ``known_at``
    the month ends at which curves are known, where not those of the plan; ``asked`` are lines on what the tapes leave open."""
    yield "[history]"
    yield "# The month ends of which tables are made, on nothing known later. Left out, the plan's instants."
    days = ", ".join(map(str, known_at))
    yield f"known_at = [{days}]" if days else "#known_at = [2022-12-31, 2023-12-31]"
    yield ""
    yield "# The folder they are written to, replaced as a whole; how many rows may be rejected, findings be borne."
    yield f'to = "{TO}"'
    yield "rejected_rows = 0"
    yield "findings = 0"
    yield ""
    yield "[history.scenarios]"
    yield "# By what are the odds of worsening multiplied in each scenario? (326-20-30-9; IFRS 9 5.5.17)"
    yield "#   1 alone is history as it was. For another one add it, as downside = 1.5, its weight in"
    yield "#   ifrs_scenarios of part 3, and estimate again: gaapbridge estimate plan.toml"
    yield f"odds = {{ {BASE} = 1 }}"
    yield "# By what those of loss given default, in all months? Left out, it is the same in all scenarios."
    yield f"#lgd_odds = {{ {BASE} = 1 }}"
    yield ""
    yield from _asked("history.scenarios")
    yield from _validation(known_at)
    yield f"[history.{kind}]"
    yield from _asked(f"history.{kind}")
    if kind == "guarantees":
        yield from (line for key, lines in _OF_TAPE.items() if key in tapes for line in (*lines, ""))
    yield from asked
    yield "# Dated rules, with the reason; estimation.json has the figures with each and without it."
    yield f"#[[history.{kind}.exclusions]]"
    yield '#rule = "count_unchanged"'
    yield "#from = 2020-04-01"
    yield "#to = 2020-08-31"
    yield '#reason = "deferrals granted, of which the records say nothing"'
    for key, lines in tapes.items():
        yield ""
        yield f"[history.{kind}.{key}]"
        yield from lines


_ALONE = """\
# The monthly history that curves are estimated from, and no more: no tape is named yet, so nothing is closed.
#
# Of your files it says what was guessed, with the reason beside it; decisions are answered by an example.
# To make the curves again:        gaapbridge estimate plan.toml
# To close, once there are tapes:  gaapbridge new plan NAME --{kind} TAPE --history FILE
#
# "# " begins a comment; "#" right before a key or a table switches it off. Paths start from the folder of
# this file. What a history holds, column by column: docs/reference/history.md.

format = 1

# In these stand an example's answers. Take out what you have answered.
[starter]
unanswered = {unanswered}

[entity]
name = {entity}
currency = "{currency}"
minor_digits = 2
presentation_unit = 1

{history}
"""


def history_alone(
    entity: str, currency: str | None, example: str, lines: Iterable[str], files: Mapping[str, str], kind: str = "loans"
) -> str:
    """A file of the history of a kind alone, of who has no tapes yet, in a currency that is seen or that of an example;
    ``files`` are the curves that are there, by their keys."""
    unanswered = ["entity.name", *(["entity.currency"] if currency is None else []), *decided(kind)]
    text = _ALONE.format(
        unanswered=written(unanswered),
        entity=written(entity),
        currency=currency or example,
        kind=kind,
        history="\n".join(lines),
    )
    named = [f"#{key} = {written(path)}" for key, path in files.items()]
    return "\n".join([text, "# What a plan of a close names of it:", f"#[curves.{kind}]", *named, ""]) if named else text


def year_before(month_end: date) -> date:
    """The month end of a year before another.

    >>> year_before(date(2025, 2, 28))
    datetime.date(2024, 2, 29)
    """
    year = month_end.year - 1
    return date(year, month_end.month, monthrange(year, month_end.month)[1])


def _validation(known_at: Sequence[date]) -> Iterator[str]:
    """The table of ``estimate --validate``, switched off: curves of a year before the last day are held against that year."""
    last = max(known_at, default=date(2023, 12, 31))
    yield "# How gaapbridge estimate plan.toml --validate holds curves against what came: from month ends"
    yield "# that have window_months of history after them. docs/reference/history.md has the keys."
    yield "#[history.validation]"
    yield f"#openings = [{year_before(last)}]"
    yield f"#out_of_sample_known_at = {last}"
    yield "#window_months = 12"
    yield "#confidence = 0.95"
    yield "#calendar_allowance = 0.1"
    yield "#least_expected = 50"
    yield "#claims_from = 250"
    yield ""


def _asked(table: str) -> Iterator[str]:
    for one in DECIDED[table]:
        yield from commented(one).split("\n")


def switched_off(lines: Sequence[str]) -> Iterator[str]:
    """Lines of a plan with a sign before each that is no comment.

    >>> list(switched_off(["# why", "a = 1", "#b = 2", ""]))
    ['# why', '#a = 1', '#b = 2', '']
    """
    return (line if not line or line.startswith("#") else f"#{line}" for line in lines)
