"""The validation as a folder's files: everything for programs, and the same as text for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from gaapbridge.estimation.validation.conclusions import (
    HEADLINE,
    RULES,
    conclusions,
    headline_texts,
    ratio_text,
    rules_texts,
    table_lines,
)
from gaapbridge.terms.text import text_of, visible_json

JSON, MARKDOWN = "validation.json", "validation.md"


def write_validation(told: Mapping[str, Any], folder: Path) -> tuple[Path, Path]:
    """Write what a validation has told into a folder: ``validation.json`` and ``validation.md``."""
    as_json, as_text = folder / JSON, folder / MARKDOWN
    lines = json.dumps(told, indent=1, ensure_ascii=False).split("\n")
    as_json.write_text("\n".join(map(visible_json, lines)) + "\n", encoding="utf-8")
    as_text.write_text(text_of(markdown(told)) + "\n", encoding="utf-8")
    return as_json, as_text


def markdown(told: Mapping[str, Any]) -> Iterator[str]:
    """The lines of the text: first what every test has come to, then each test with its cells, last the limits."""
    conditions = told["conditions"]
    yield "# Validation: what was expected and what came"
    yield ""
    yield from (f"- {words}" for words in conclusions(told))
    yield ""
    yield (
        f"Default recognised and prepayment within {conditions['window_months']} months of an opening; intervals of "
        f"{100 * conditions['confidence']:g} %; a cell has a verdict from {conditions['least_expected']:,.0f} expected on. "
        f"Outcomes seen to {told['until']}; out of sample fitted to {told['known']}."
    )
    yield from ("", HOW_TO_READ, "")
    for test in told["tests"]:
        yield from (f"**{test['name'][0].upper()}{test['name'][1:]}**, at {', '.join(test['openings'])}", "")
        yield from table_lines(HEADLINE, headline_texts(test))
        if test["without_rules"]:
            yield from table_lines(RULES, rules_texts(test))
    for test in told["tests"]:
        yield from _test(test)
    if scenarios := told.get("scenarios"):
        yield from ("## Scenarios", "", SCENARIOS_ARE_JUDGED, "")
        yield from table_lines(scenarios["head"], scenarios["rows"])
        yield from (*(f"- {words}" for words in scenarios["said"]), "")
    yield "## Limits"
    yield ""
    yield from (f"- {limit}" for limit in told["limits"])


HOW_TO_READ = (
    "Came / expected is 1 where the curves were right, above 1 where they expected too few. Inside: what came lies in the "
    "interval of what chance, the error of the curves and the calendar explain; outside: it does not. Above at 1 of 4: at one "
    "opening of four more came than was expected. Would be outside: how far off what came must be for the test to see it; far "
    "from 1, an inside proves little."
)
"""What the words of the tables mean."""

SCENARIOS_ARE_JUDGED = (
    "The tests are of the hazards of history, whose odds are 1. The odds of scenarios are judgement: no test is of them."
)

CELLS = ("cell", "contracts", "expected", "came", "ratio", "interval", "verdict", "ratio of amounts", "verdict of amounts")


def _test(test: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"## {test['name'].capitalize()}", "")
    yield f"Openings: {', '.join(test['openings'])}."
    outside = [f"{number:,} {name}" for name, number in test["outside"].items() if number]
    yield f"Beside the cells: {'; '.join(outside)}." if outside else "Nothing stands beside the cells."
    yield ""
    for outcome in dict.fromkeys(row["outcome"] for row in test["cells"]):
        for dimension in dict.fromkeys(row["dimension"] for row in test["cells"]):
            rows = [row for row in test["cells"] if row["outcome"] == outcome and row["dimension"] == dimension]
            yield from (
                f"### {outcome.capitalize()} by {dimension}" if dimension != "all" else f"### {outcome.capitalize()}",
                "",
            )
            yield from table_lines(CELLS, [cell_texts(row) for row in rows])
    yield from _scores(test)
    yield from _months_ahead(test)
    yield from _run_off(test)
    yield from _in_default(test)


def cell_texts(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A cell as the texts of its row, in the order of ``CELLS``."""
    return (
        row["cell"], f"{row['contracts']:,}", _number(row["expected"]), f"{row['came']:,}", ratio_text(row["ratio"]),
        _interval(row), row["verdict"], ratio_text(row["ratio_of_amount"]), row["verdict_of_amount"],
    )  # fmt: skip


def _scores(test: Mapping[str, Any]) -> Iterator[str]:
    yield from ("### Discrimination of default", "")
    rows = [
        (row["opening"], f"{row['came']:,}", f"{row['area']:.3f}", f"{row['gini']:.3f}", f"{row['error']:.3f}")
        for row in test["discrimination"]
    ]
    yield from table_lines(("opening", "defaults", "area under the curve", "Gini", "standard error of the area"), rows)
    line = test["calibration"]
    yield from ("### Calibration of default", "", *calibration_words(line), "")
    yield from table_lines(BANDS, [band_texts(row) for row in line["bands"]])
    moved = test["stability"]["openings"]
    yield from ("### Stability of the book", "", *stability_words(test["stability"]), "")
    names = tuple(name for name in moved[0] if name != "opening")
    yield from table_lines(("opening", *names), [(row["opening"], *(f"{row[name]:.3f}" for name in names)) for row in moved])


BANDS = ("probability", "contracts", "expected", "came", "interval", "verdict")


def band_texts(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A band of probability as the texts of its row, in the order of ``BANDS``."""
    return (
        f"{row['probability']:.4f}", f"{row['contracts']:,}", _number(row["expected"]), f"{row['came']:,}", _interval(row),
        row["verdict"],
    )  # fmt: skip


def calibration_words(line: Mapping[str, Any]) -> list[str]:
    """What the line through the log-odds says."""
    if line["slope"] is None:
        return ["The outcomes are too few for a line through the log-odds."]
    return [
        f"Log-odds of the outcome over those expected: slope {line['slope']:.2f} (error {line['slope_error']:.2f}; 1 where "
        f"probabilities are apart as outcomes are), intercept {line['intercept']:.2f} (error {line['intercept_error']:.2f})."
    ]


def stability_words(stability: Mapping[str, Any]) -> list[str]:
    """What the index is, and how observed over expected drifts."""
    said = ["Population stability index against the first opening: under 0.1 by custom stable, from 0.25 moved."]
    for outcome, drift in stability["drift"].items():
        if drift is not None:
            said.append(
                f"Observed over expected of {outcome} moves by {100 * drift['per_year']:+.0f} % a year from opening to opening "
                f"(error {100 * drift['error']:.0f})."
            )
    return said


def _months_ahead(test: Mapping[str, Any]) -> Iterator[str]:
    yield from ("### Default by bucket and month ahead", "")
    yield from table_lines(
        ("bucket", "month ahead", "on book", "hazard", "hazard that came", "expected", "came", "interval"),
        [
            (
                row["bucket"], str(row["months_ahead"]), f"{row['on_book']:,}", _hazard(row["hazard"]),
                _hazard(row["hazard_came"]),
                _number(row["expected"]), f"{row['came']:,}", _interval(row),
            )
            for row in test["months_ahead"]
        ],
    )  # fmt: skip


RUN_OFF = (
    "opening", "charge-offs expected", "came", "gross charge-off, ratio", "verdict", "severity expected", "came", "in the end",
    "loss, ratio", "verdict", "within a quarter",
)  # fmt: skip


def run_off_texts(row: Mapping[str, Any]) -> tuple[str, ...]:
    """A run-off as the texts of its row, in the order of ``RUN_OFF``."""
    return (
        row["opening"], _number(row["expected_charge_offs"]), f"{row['charge_offs']:,}", ratio_text(row["gross"]["ratio"]),
        row["gross"]["verdict"], ratio_text(row["severity_expected"]), ratio_text(row["severity_came"]),
        ratio_text(row["severity_in_the_end"]), ratio_text(row["loss"]["ratio"]), row["loss"]["verdict"], row["claim"],
    )  # fmt: skip


def _run_off(test: Mapping[str, Any]) -> Iterator[str]:
    if not test["run_off"]:
        return
    yield from (f"### Run-off to {test['run_off'][0]['until']}", "")
    yield from table_lines(RUN_OFF, [run_off_texts(row) for row in test["run_off"]])


IN_DEFAULT = (
    "opening", "in default", "owed, minor", "charge-offs expected", "came", "interval", "verdict", "gross, ratio", "verdict",
    "severity expected", "came", "loss expected, minor", "came", "interval", "ratio", "verdict",
)  # fmt: skip


def in_default_texts(row: Mapping[str, Any]) -> tuple[str, ...]:
    """Contracts in default at an opening as the texts of their row, in the order of ``IN_DEFAULT``."""
    gross, loss = row["gross"], row["loss"]
    return (
        row["opening"], f"{row['contracts']:,}", f"{row['owed_minor']:,}", _number(row["expected_charge_offs"]),
        f"{row['charge_offs']:,}", _interval(row), row["verdict"], ratio_text(gross["ratio"]), gross["verdict"],
        ratio_text(row["severity_expected"]), ratio_text(row["severity_came"]), f"{loss['expected_minor']:,}",
        f"{loss['came_minor']:,}", f"{loss['low_minor']:,} to {loss['high_minor']:,}", ratio_text(loss["ratio"]),
        loss["verdict"],
    )  # fmt: skip


BY_MONTHS = ("opening", "months in default", "contracts", "gross expected, minor", "came", "ratio")


def by_months_texts(row: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """The same by months in default, as the texts of rows in the order of ``BY_MONTHS``; those that anybody stood in."""
    return [
        (
            row["opening"], one["months"], f"{one['contracts']:,}", f"{one['expected_minor']:,}", f"{one['came_minor']:,}",
            ratio_text(one["came_minor"] / one["expected_minor"] if one["expected_minor"] else None),
        )
        for one in row["by_months_in_default"]
        if one["contracts"]
    ]  # fmt: skip


def _in_default(test: Mapping[str, Any]) -> Iterator[str]:
    if not test["in_default"]:
        return
    yield from (f"### Loss of contracts in default at the opening, to {test['in_default'][0]['until']}", "")
    yield from table_lines(IN_DEFAULT, [in_default_texts(row) for row in test["in_default"]])
    yield from table_lines(BY_MONTHS, [texts for row in test["in_default"] for texts in by_months_texts(row)])


def _number(value: float) -> str:
    return f"{value:,.1f}"


def _hazard(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _interval(row: Mapping[str, Any]) -> str:
    return f"{row['low']:,} to {row['high']:,}"
