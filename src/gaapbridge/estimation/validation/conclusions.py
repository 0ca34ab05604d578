"""What stands first of a validation: a table a test, at most four sentences of what they come to, and what dated rules move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

NAMED_CELLS = 4
"""Cells outside that the sentence names."""

FEW = 0.1
"""The chance of a side up to which it is worth a word."""

HEADLINE = ("", "expected", "came", "came / expected", "by opening", "verdict", "would be outside", "cells inside")
RULES = ("without the rule", "outcome", "contracts", "came", "contracts without", "came without", "came without / expected")


def headline_texts(test: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """What a test has come to, as the texts of rows in the order of ``HEADLINE``: numbers and balances of default and of
    prepayment, then gross charge-off, severity and loss of its run-off. Amounts are in minor units."""
    rows = []
    for row in test["summary"]:
        rows.append(
            (
                row["outcome"], f"{row['expected']:,.1f}", f"{row['came']:,}", ratio_text(row["ratio"]),
                _from_to(row["by_opening"]),
                f"{row['verdict']}, {row['low']:,} to {row['high']:,}", _seen(row["seen_outside"]),
                f"{row['cells_inside']:,} of {row['cells']:,}; narrow {row['cells_inside_narrow']:,}",
            )
        )  # fmt: skip
        rows.append(
            (
                f"{row['outcome']}, balance, minor", f"{row['expected_minor']:,}", f"{row['came_minor']:,}",
                ratio_text(row["ratio_of_amount"]), _from_to(row["by_opening_of_amount"]), row["verdict_of_amount"],
                _seen(row["seen_outside_of_amount"]), f"{row['cells_inside_of_amount']:,} of {row['cells']:,}",
            )
        )  # fmt: skip
    return rows + [_run_off_texts(row) for row in test["run_off_summary"]]


def _run_off_texts(row: Mapping[str, Any]) -> tuple[str, ...]:
    openings, is_amount = row["by_opening"], row["inside"] is not None
    inside = f"inside at {row['inside']:,} of {openings['openings']:,}; " if is_amount and openings else ""
    sides = f"{inside}above at {openings['above']:,} of {openings['openings']:,}" if openings else "-"
    figures = [f"{row[name]:,}" if is_amount else ratio_text(row[name]) for name in ("expected", "came")]
    name = f"{row['of']}, minor" if is_amount else row["of"]
    return name, *figures, ratio_text(row["ratio"]), _from_to(openings), sides, _seen(row["seen_outside"]), "-"


def conclusions(told: Mapping[str, Any]) -> Iterator[str]:
    """At most four sentences on the test that says most: out of time where there is one, on working days; of each day of
    recognition, where tests are of several."""
    by_day: dict[int | None, list[Mapping[str, Any]]] = {}
    for test in told["tests"]:
        by_day.setdefault(test.get("default_days"), []).append(test)
    for tests in by_day.values():
        yield from _conclusions(min(tests, key=lambda one: (one["weekend"], not one["out_of_time"])))


def _conclusions(test: Mapping[str, Any]) -> Iterator[str]:
    outcomes = "; ".join(_outcome(row) for row in test["summary"])
    yield f"{test['name'][0].upper()}{test['name'][1:]}: {outcomes}{_by_the_rows(test)}."
    yield from _losses(test)
    yield from _worst(test)
    yield from _seen_words(test)


def _outcome(row: Mapping[str, Any]) -> str:
    if row["ratio"] is None:
        return f"no {row['outcome']} was expected, {row['came']:,} came"
    openings = row["by_opening"]
    ratios = f", by opening {_from_to(openings)}" if openings else ""
    if openings and 1 < openings["openings"] == max(openings["above"], openings["below"]):
        ratios += f", {_side(openings)}"
    return (
        f"{row['came']:,} {row['outcome']}s came where {row['expected']:,.0f} were expected "
        f"({ratio_text(row['ratio'])}, {row['verdict']}{ratios})"
    )


def _by_the_rows(test: Mapping[str, Any]) -> str:
    moved = [row for row in test["without_rules"] if row["came"] != row["came_without"]]
    by_rule = {
        rule: " and ".join(f"{row['came_without']:,} {row['outcome']}s" for row in moved if row["rule"] == rule)
        for rule in dict.fromkeys(row["rule"] for row in moved)
    }
    each = "; ".join(f"without {rule} {came} came" for rule, came in by_rule.items())
    return f". That is under the dated rules of the plan; {each}" if each else ""


def _losses(test: Mapping[str, Any]) -> Iterator[str]:
    if not test["run_off_summary"]:
        return
    gross, severity, loss = test["run_off_summary"]
    if (openings := loss["by_opening"]) is None:
        return
    sides = f", {_side(severity['by_opening'])}" if severity["by_opening"] else ""
    yield (
        f"Loss by run-off came to {ratio_text(loss['ratio'])} of what was expected, by opening {_from_to(openings)}, "
        f"{_side(openings)}, and inside its interval at "
        f"{loss['inside']:,} of {openings['openings']:,}: gross charge-off {_from_to(gross['by_opening'])}, severity "
        f"{ratio_text(severity['came'])} against {ratio_text(severity['expected'])}{sides}"
        f"{_sign(openings)}."
    )


def _side(openings: Mapping[str, Any]) -> str:
    number = openings["openings"]
    for side in ("above", "below"):
        if openings[side] == number:
            return f"{side} at {'every one of ' if number > 1 else ''}{number:,} opening{'s' if number > 1 else ''}"
    return f"above at {openings['above']:,} of {number:,} openings"


def _sign(openings: Mapping[str, Any]) -> str:
    if openings["openings"] == 1:
        return "; one opening tells no side"
    if openings["side_chance"] > FEW:
        return ""
    chance = max(100 * openings["side_chance"], 1.0)
    return (
        f"; openings so much on one side would come by chance in {chance:.0f} of 100 if they were "
        "independent, but they share contracts and months and are fewer draws than that"
    )


def _worst(test: Mapping[str, Any]) -> Iterator[str]:
    row = test["summary"][0]
    inside = f"Of {row['cells']:,} cells of {row['outcome']}s with enough expected {row['cells_inside']:,} are inside"
    if not (worst := row["worst"]):
        yield f"{inside}, and none with few expected is outside."
        return
    contracts, expected = (sum(one[share] for one in worst) for share in ("share_of_contracts", "share_of_expected"))
    named = "; ".join(f"{one['cell']}: {ratio_text(one['ratio'])}" for one in worst[:NAMED_CELLS])
    more = f"; and {len(worst) - NAMED_CELLS:,} more" if len(worst) > NAMED_CELLS else ""
    cancel = (
        ". They err to both sides, and cancel in the total"
        if len({one["came"] > one["expected"] for one in worst}) == 2
        else ""
    )
    yield (
        f"{inside}; by {worst[0]['dimension']} {len(worst):,} {'are' if len(worst) > 1 else 'is'} outside, with "
        f"{100 * contracts:.0f} % of the contracts and {100 * expected:.0f} % of the {row['outcome']}s expected "
        f"(came over expected: {named}{more}){cancel}."
    )


def _seen_words(test: Mapping[str, Any]) -> Iterator[str]:
    row = test["summary"][0]
    seen = row["seen_outside"]
    if seen is None:
        return
    high = f"{1.0 / seen['under']:.2f} times too many" if seen["under"] > 0.0 else "however many too many"
    yield (
        f"The total of {row['outcome']}s would have been outside under {seen['under']:.2f} and over {seen['over']:.2f}: curves "
        f"that expect {high}, or {1.0 / seen['over']:.2f} of what is right, are found every second time, nearer ones less."
    )


def rules_texts(test: Mapping[str, Any], *, moved: bool = False) -> list[tuple[str, ...]]:
    """What came with each dated rule and without it, as the texts of rows in the order of ``RULES``; of all rules and outcomes,
    or of those that are ``moved``."""
    return [
        (
            row["rule"], row["outcome"], f"{row['contracts']:,}", f"{row['came']:,}", f"{row['contracts_without']:,}",
            f"{row['came_without']:,}", ratio_text(row["came_without"] / row["expected"] if row["expected"] else None),
        )
        for row in test["without_rules"]
        if not moved or (row["came"], row["contracts"]) != (row["came_without"], row["contracts_without"])
    ]  # fmt: skip


def ratio_text(value: float | None) -> str:
    """A ratio to the hundredth, or that there is none."""
    return "-" if value is None else f"{value:.2f}"


def table_lines(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table in Markdown, with an empty line after it."""
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""


def _from_to(openings: Mapping[str, Any] | None) -> str:
    return "-" if openings is None else f"{openings['lowest']:.2f} to {openings['highest']:.2f}"


def _seen(seen: Mapping[str, float] | None) -> str:
    return "-" if seen is None else f"under {seen['under']:.2f}, over {seen['over']:.2f}"
