"""The losses expected of a contract month by month, the scenarios of a month together, so that a formula can multiply them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gaapbridge.explanation.contract import BY_MONTH, MEASURED
from gaapbridge.form import Table

LAST_FIRST = ("closing", "exit", "opening")
"""The instants by which losses are told: the closing, else the exit, else the opening."""

ALLOWANCE = "loss allowance"


@dataclass(frozen=True, slots=True)
class ToldMonth:
    """A month ahead in which default may be recognised, amounts in minor units; month nil is a default of before.

    ``loss`` is probability x (loss given default x principal + loss of interest x interest + deferral) x discount factor, not
    below nil, where shares are those of the scenarios, weighted by the probability of each.

    Of 100,000.00 half are lost with a probability of 1 %: 500.00.
    """

    month: int
    first_missed_due: date | None
    principal: Decimal
    interest: Decimal
    deferral: Decimal
    probability: Decimal
    loss_given_default: Decimal
    loss_of_interest: Decimal
    discount_factor: Decimal
    loss: Decimal


@dataclass(frozen=True, slots=True)
class ToldLosses:
    """The losses expected of a contract at an instant under one framework.

    ``at_most`` is its gross amount where they add up to more, of which no more is lost; ``allowance`` what the run measured,
    None where it has none; minor units.
    """

    instant: str
    framework: str
    months: tuple[ToldMonth, ...]
    at_most: int | None
    allowance: int | None


def told_losses(tables: Sequence[Table]) -> tuple[ToldLosses, ...]:
    """The losses of the last instant that has any, under each framework; none of a contract that is not calculated again."""
    by_month = [one for one in tables if one.tells.what == BY_MONTH]
    instant = next((one for one in LAST_FIRST if any(table.tells.instant == one for table in by_month)), None)
    allowances: dict[str, Any] = {}
    for table in tables:
        if table.tells.what == MEASURED and table.tells.instant == instant:
            row = next((row for row in table.by_name if row["amount"] == ALLOWANCE), {})
            allowances = {"us": row.get("us_gaap"), "ifrs": row.get("ifrs")}
    return tuple(_losses(table, allowances.get(table.tells.framework)) for table in by_month if table.tells.instant == instant)


def _losses(table: Table, allowance: int | None) -> ToldLosses:
    by_month: dict[int, list[dict[str, Any]]] = {}
    for row in table.by_name:
        by_month.setdefault(row["recognised in month"], []).append(row)
    months = tuple(_month(number, rows) for number, rows in by_month.items())
    most = table.tells.at_most
    is_cut = most is not None and round(sum(one.loss for one in months)) > most
    return ToldLosses(table.tells.instant, table.tells.framework, months, most if is_cut else None, allowance)


def _month(number: int, scenarios: Sequence[dict[str, Any]]) -> ToldMonth:
    likely = [row["weight"] * row["survival"] * row["hazard"] for row in scenarios]
    of_all, first = Decimal(sum(likely)), scenarios[0]

    def share(name: str) -> Decimal:
        weighted = sum((chance * row[name] for chance, row in zip(likely, scenarios, strict=True)), Decimal(0))
        return weighted / of_all if of_all else Decimal(first[name])

    return ToldMonth(
        month=number,
        first_missed_due=first["first missed due"],
        principal=first["principal"],
        interest=first["interest"],
        deferral=first["deferral"],
        probability=of_all,
        loss_given_default=share("loss given default"),
        loss_of_interest=share("loss of interest"),
        discount_factor=first["discount factor"],
        loss=sum((row["loss"] for row in scenarios), Decimal(0)),
    )
