"""Curves by grade from earlier loans whose end is known, spread over the instalments it implies."""

from __future__ import annotations

from fractions import Fraction

import marketplace_assumptions as stated
import polars as pl
from marketplace_tape import minor

from gaapbridge.assumptions import estimate
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.money import round_half_away

Totals = dict[str, dict[str, int]]


def curves(resolved: pl.DataFrame) -> tuple[dict[str, pl.DataFrame], dict[str, object], dict[str, int]]:
    """The four curve tables by name, the figures behind them, and the charge-offs of grades that have too few of their own."""
    own = grade_totals(resolved)
    thin = {grade: total["charge_offs"] for grade, total in own.items() if total["charge_offs"] < stated.MINIMUM_CHARGE_OFFS}
    totals = pooled_totals(own)
    hazards = {grade: monthly_hazard(total) for grade, total in totals.items()}
    recovered = {g: Fraction(t["net_recovery_minor"], t["charged_off_minor"]) for g, t in totals.items()}
    rates = {
        grade: sum(map(_exact, rows["annual_rate"]), Fraction(0)) / rows.height for (grade,), rows in resolved.group_by("grade")
    }
    tables = {
        "prepayment": _prepayment(resolved),
        "hazard": _hazard(hazards),
        "loss_given_default": _loss(recovered, {str(grade): rate for grade, rate in rates.items()}),
        "recovery": _recovery(recovered),
    }
    figures = {
        "thin_grades": thin,
        "totals": totals,
        "monthly_hazard": {grade: round(float(hazard), 6) for grade, hazard in hazards.items()},
        "loss_given_default": {grade: round(1 - float(ratio), 6) for grade, ratio in recovered.items()},
    }
    return tables, figures, thin


def grade_totals(resolved: pl.DataFrame) -> Totals:
    """By grade: loans, charge-offs, loan-months observed, and cents charged off and recovered net of fees.

    Loan-months are the implied instalments, rounded up and at least one: a loan that stopped after 15.2 was
    seen in 16.
    """
    totals: Totals = {}
    for (grade,), rows in sorted(resolved.group_by("grade"), key=lambda item: str(item[0])):
        lost = rows.filter(pl.col("status") == stated.WRITTEN_OFF_STATUS)
        net = (_exact(r) - _exact(f) for r, f in lost.select("recoveries", "collection_fee").iter_rows())
        totals[str(grade)] = {
            "loans": rows.height,
            "charge_offs": lost.height,
            "loan_months": int(rows.select(_months_seen())["seen"].sum()),
            "charged_off_minor": sum(minor(a, "charged_off_principal") for a in lost["charged_off_principal"]),
            "net_recovery_minor": round_half_away(100 * sum(net, Fraction(0))),  # fees are filed in mills
        }
    return totals


def _months_seen() -> pl.Expr:
    return (
        pl.col("implied_instalments").cast(pl.Float64).round(3).ceil().clip(1, stated.TERM_INSTALMENTS).cast(pl.Int64)
    ).alias("seen")


def pooled_totals(totals: Totals) -> Totals:
    """The totals to use: a grade with too few charge-offs is taken together with the next better one.

    Where neither has lost anything nothing can be said of its losses, and it is refused.
    """
    pooled: Totals = {}
    better: dict[str, int] = {}
    for grade, own in totals.items():
        thin = own["charge_offs"] < stated.MINIMUM_CHARGE_OFFS
        pooled[grade] = {name: own[name] + (better.get(name, 0) if thin else 0) for name in own}
        better = pooled[grade]
        if better["charged_off_minor"] <= 0:
            raise UnusableInput(
                file="resolved_2015.parquet",
                column="grade",
                value=grade,
                rule="some loan of the grade, or of the next better one, was charged off",
                remedy="give a longer history, or map the grade to another",
            )
    return pooled


def monthly_hazard(total: dict[str, int]) -> Fraction:
    """Charge-offs per loan-month, the same every month: 1,313 in 613,010 loan-months are 0.214 % a month."""
    return Fraction(total["charge_offs"], total["loan_months"])


def _hazard(hazards: dict[str, Fraction]) -> pl.DataFrame:
    """The grade's hazard and who is current, in every month.

    The file tells when a loan stopped paying; its default is recognised some months later, so a loan that pays today has none
    before that. In the first months of a late loan its odds are raised as stated, and it is not current.
    """
    rows = [
        (
            stated.VALID_FROM,
            scenario,
            grade,
            bucket,
            month,
            *_month(float(hazard), odds, raised, bucket, month),
            stated.DEFAULT_DAYS,
        )
        for scenario, odds in stated.SCENARIO_ODDS.items()
        for grade, hazard in hazards.items()
        for bucket, raised in stated.LATE_ODDS.items()
        for month in range(1, stated.LATE_MONTHS + 2)
    ]
    names = [
        "valid_from", "scenario", "segment", "bucket", "months_ahead", "hazard", "performing", "default_days",
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def _month(hazard: float, odds: Fraction, raised: Fraction, bucket: str, month: int) -> tuple[float, float]:
    """Hazard and share performing of one month ahead: what stopped paying in the last months is not yet a default."""
    usual = estimate.scaled_odds(hazard, float(odds))
    if month > stated.LATE_MONTHS:
        return usual, 1.0 - (stated.LATE_MONTHS + 1) * usual
    if bucket in ("current", "probation"):
        return 0.0, 1.0 - month * usual
    return estimate.scaled_odds(hazard, float(odds * raised)), 0.0


def _prepayment(resolved: pl.DataFrame) -> pl.DataFrame:
    """Full prepayments per loan-month by grade: repaid before the last instalments, in the month implied."""
    exposed: estimate.MonthCounts = {estimate.ALL_SEGMENTS: {}}
    prepaid: estimate.MonthCounts = {estimate.ALL_SEGMENTS: {}}
    counts = resolved.select("grade", "status", _months_seen()).group_by("grade", "status", "seen").len()
    for grade, status, seen, number in counts.sort("grade", "status", "seen").iter_rows():
        for key in (grade, estimate.ALL_SEGMENTS):
            for month in range(1, seen + 1):
                exposed.setdefault(key, {})[month] = exposed.get(key, {}).get(month, 0) + number
            if status == stated.REPAID_STATUS and seen <= stated.TERM_INSTALMENTS - stated.MATURITY_MONTHS:
                prepaid.setdefault(key, {})[seen] = prepaid.get(key, {}).get(seen, 0) + number
    paths = estimate.single_monthly_mortality(
        exposed,
        prepaid,
        half_window_months=stated.MORTALITY_HALF_WINDOW_MONTHS,
        minimum_count=stated.MINIMUM_MORTALITY_EXPOSURE,
    )
    # The curve ends where its window would reach the months of maturity; its last value holds.
    last = stated.TERM_INSTALMENTS - stated.MATURITY_MONTHS - stated.MORTALITY_HALF_WINDOW_MONTHS
    cut = {grade: path[:last] for grade, path in paths.items()}
    return _long(cut, "month_on_book", "single_monthly_mortality", 1)


def _loss(recovered: dict[str, Fraction], rates: dict[str, Fraction]) -> pl.DataFrame:
    """1 - net recovery / principal charged off; discounted over the stated delay at the grade's note rate."""
    rows = []
    for grade, ratio in recovered.items():
        discount = float(1 + rates[grade] / 12) ** -stated.RECOVERY_DELAY_MONTHS
        for scenario in stated.SCENARIO_ODDS:
            rows.append((stated.VALID_FROM, scenario, grade, 0, float(1 - ratio), 1 - float(ratio) * discount))
    names = [
        "valid_from",
        "scenario",
        "segment",
        "months_since_default",
        "lgd_undiscounted",
        "lgd_discounted",
    ]
    return pl.DataFrame(rows, schema=names, orient="row").sort("scenario", "segment")


def _recovery(recovered: dict[str, Fraction]) -> pl.DataFrame:
    months = stated.RECOVERY_MONTHS
    paths = {g: [float(ratio * (months - m) / months) for m in range(months)] for g, ratio in recovered.items()}
    return _long(paths, "months_since_write_off", "remaining_recovery_ratio", 0)


def _long(paths: dict[str, list[float]], month: str, value: str, first: int) -> pl.DataFrame:
    rows = [
        (stated.VALID_FROM, grade, place, amount)
        for grade, path in sorted(paths.items())
        for place, amount in enumerate(path, start=first)
    ]
    return pl.DataFrame(rows, schema=["valid_from", "segment", month, value], orient="row")


def _exact(number: float) -> Fraction:
    return Fraction(str(number))
