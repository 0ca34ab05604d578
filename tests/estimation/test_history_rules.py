"""Every rule of the tapes of a history has a row that breaks it, and the reject says where, which, why and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.estimation import schema
from gaapbridge.estimation.history import open_history, read_tapes, rejects_of, stated_paths
from gaapbridge.estimation.schema import SCHEMAS
from gaapbridge.plan.history_file import read_history
from gaapbridge.progress import Progress
from gaapbridge.tapes.schema import PLACEHOLDERS, Rule, Schema
from tests.estimation.example_history import PLAN

Row = dict[str, str]

DAYS = ("2023-07-31", "2023-08-31", "2023-09-30")
"""Month ends of the history; outcomes and fees are of the last."""

GOOD: dict[str, Row] = {
    "performance": {
        "contract_id": "B", "month_end": DAYS[-1], "balance_minor": "1000", "days_past_due": "0", "missed_instalments": "",
        "advanced_minor": "0", "status": "on_book", "remaining_instalments": "9", "month_on_book": "3",
    },
    "contracts": {
        "contract_id": "B", "segment": "bank", "origination_date": "2023-06-15", "first_payment_date": "2023-07-15",
        "maturity_date": "2024-06-15", "principal_minor": "1200", "annual_rate": "0.12", "fold": "1",
    },
    "outcomes": {"contract_id": "B", "date": DAYS[-1], "what": "recovery", "amount_minor": "5"},
    "fees": {
        "contract_id": "B", "due_date": DAYS[-1], "fee_minor": "100", "collected_minor": "40", "collected_on": DAYS[-1],
        "written_off_minor": "50", "written_off_on": DAYS[-1], "let_off_on": "",
    },
}  # fmt: skip
"""A good row of each tape, of contract B; another of contract A stands before it."""

BY_HAND: dict[tuple[str, str], Row] = {
    ("performance", "arrears_given"): {"days_past_due": ""},
    ("contracts", "segment_stated"): {"segment": "boats"},
    ("outcomes", "amount_minor_sign"): {"what": "charge_off", "amount_minor": "-5"},
    ("fees", "collected_on_given"): {"collected_on": ""},
    ("fees", "written_off_on_given"): {"written_off_on": ""},
    ("fees", "closed_within_fee"): {"fee_minor": "80"},
}
"""What breaks the rules whose declaration does not say it."""

ACROSS: dict[str, tuple[str, tuple[Row, ...]]] = {
    "one_row_a_month": ("performance", ({"balance_minor": "999"},)),
    "stays_away": ("performance", ({"contract_id": "A", "month_end": "2023-10-31"},)),
    "contract_listed": ("performance", ({"contract_id": "X"},)),
    "contract_performed": ("outcomes", ({"contract_id": "X"},)),
    "fee_of_performed": ("fees", ({"contract_id": "X"},)),
    "in_unit": ("outcomes", ({"what": "payout", "amount_minor": "9999999999"},)),
}
"""Rows that break a rule beside the others: the tape on which they are added."""


def rules_of(name: str, tape: Schema) -> Iterator[tuple[str, Rule]]:
    """The rules of a tape that a row can break by itself, on the tape where its columns stand in this history."""
    for rule in tape.rules:
        if rule.column in GOOD[name]:
            yield name, rule


def breaking(name: str, rule: Rule) -> Row:
    """The cells that break a rule: by its bounds, as a stand-in for no day, a word of no list, or a day too early."""
    if rule.bounds is not None:
        return {rule.column: str(rule.bounds[0] - 1)}
    if rule.id.endswith("_real"):
        return {rule.column: str(PLACEHOLDERS[2])}
    if rule.id.endswith("_known"):
        return {rule.column: "nonesuch"}
    if rule.id == "annual_rate_bounds":
        return {rule.column: "12.5"}
    if "_from_" in rule.id:
        (other,) = rule.beside
        day = pl.Series([GOOD[name][other]]).str.to_date()[0]
        return {rule.column: str(day - timedelta(days=1))}
    return BY_HAND[name, rule.id]


def rejects(folder: Path, name: str, changed: Row, added: tuple[Row, ...] = ()) -> pl.DataFrame:
    """The rejects of the history with the row of B of a tape changed, and further ones like it added."""
    for tape, good in GOOD.items():
        rows = [good | {"contract_id": "A"}, good | (changed if tape == name else {})]
        if tape == "performance":
            earlier = [good | {"contract_id": one, "month_end": day} for one in "AB" for day in DAYS[:-1]]
            rows = [*earlier, rows[0] | ({"status": "repaid", "balance_minor": "0"} if added else {}), rows[1]]
        rows += [good | row for row in added] if tape == name else []
        pl.DataFrame(rows).write_csv(folder / f"{tape}.csv")
    plan = PLAN.replace(".parquet", ".csv").replace("months.csv", "performance.csv").replace(', ignore = ["rating"]', "")
    days = "default_days_of = {"
    plan = "\n".join(line for line in plan.splitlines() if not line.startswith(days))
    plan = plan.replace("look_back_months = 12", 'look_back_months = 1\nsegments = ["bank"]')
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    stated = read_history(folder / "plan.toml", DECLARED)
    tapes = open_history(stated, "guarantees", stated_paths(stated))
    (folder / "scratch").mkdir()
    with Progress(show=False).stage("reading", tapes.rows) as step:
        return rejects_of(read_tapes(tapes, folder / "scratch", step))


def of_rule(found: pl.DataFrame, rule: Rule) -> list[tuple[str, int, str, str]]:
    """File, row, column and remedy of what a rule rejects."""
    own = found.filter(pl.col("rule") == rule.sentence)
    return list(own.select("file", "row", "column", "remedy").iter_rows())


@pytest.mark.parametrize(
    ("name", "rule"),
    [pytest.param(*one, id=f"{name}-{one[1].id}") for name, tape in SCHEMAS.items() for one in rules_of(name, tape)],
)
def test_a_row_that_breaks_a_rule_is_rejected_by_it(tmp_path: Path, name: str, rule: Rule) -> None:
    changed = breaking(name, rule)
    found = rejects(tmp_path, name, changed)
    last = 6 if name == "performance" else 2
    assert of_rule(found, rule) == [(f"{name}.csv", last, rule.column, rule.remedy)]
    (value,) = found.filter(pl.col("rule") == rule.sentence)["value"]
    assert changed.get(rule.column, GOOD[name][rule.column]) in (value or "")


@pytest.mark.parametrize("rule", [one for one in vars(schema).values() if isinstance(one, Rule)], ids=lambda rule: rule.id)
def test_a_row_that_does_not_fit_the_others_is_rejected(tmp_path: Path, rule: Rule) -> None:
    name, added = ACROSS[rule.id]
    found = of_rule(rejects(tmp_path, name, {}, added), rule)
    assert (f"{name}.csv", 7 if name == "performance" else 3, rule.column, rule.remedy) in found


def test_good_rows_break_no_rule(tmp_path: Path) -> None:
    assert rejects(tmp_path, "contracts", {}).is_empty()


def test_rules_of_columns_that_stand_on_either_tape_are_broken_on_one() -> None:
    held = {rule.id for name, tape in SCHEMAS.items() for _, rule in rules_of(name, tape)}
    assert held == {rule.id for tape in SCHEMAS.values() for rule in tape.rules}
