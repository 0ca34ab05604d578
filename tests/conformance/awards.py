"""Adapters of share-based compensation; see ``adapters``."""

from __future__ import annotations

from typing import Any

from gaapbridge.differences.share_based_compensation import ifrs, us_gaap
from gaapbridge.differences.share_based_compensation.elections import Elections
from gaapbridge.measure.vesting import straight_line_cost, vested_cost
from tests.conformance.chunks import by_period, less
from tests.conformance.given import Given, NotCoveredError
from tests.conformance.year_ends import (
    at_grant,
    at_year_ends,
    equal_tranches,
    kept_after_vesting,
    staying,
    units_left,
    units_of,
    yearly,
)

Answers = dict[str, Any]

STRAIGHT = Elections(us_attribution="straight_line", us_forfeitures="as_they_occur")
GRADED = Elections(us_attribution="graded", us_forfeitures="as_they_occur")
ESTIMATED = Elections(us_attribution="straight_line", us_forfeitures="estimated")
GRADED_ESTIMATED = Elections(us_attribution="graded", us_forfeitures="estimated")

FORFEITED_AT = {f"end_of_year_{year}_after_vesting": year for year in range(1, 11)}
TRANCHE = {f"tranche{number}": number for number in range(1, 11)}
LEFT_IN = {f"year{year}": year for year in range(1, 11)}
EQUAL_TRANCHES = {f"1/{count} per year": count for count in range(2, 11)}


def cliff_vesting(given: Given) -> Answers:
    """Units expected at grant; a close rounds none of them, and a rate revised later holds for the years still to come."""
    given.set_aside("fair_value", "annual_forfeiture_rate_revised_year2")
    award = at_grant([given["options"]], [given["vesting_years"]], given["annual_forfeiture_rate_initial"])
    return {"expected_to_vest_initial": us_gaap.expected_units(award, ESTIMATED)[0]}


def both_attributions(given: Given) -> Answers:
    if "tranche_options" in given:
        given.set_aside("options", "tranche_options", "fair_values", "annual_forfeiture_rate")
        return {}  # units chained and rounded year by year: a close rounds none
    if "vesting_shares" in given:
        units = given["vesting_shares"]
        year_ends = yearly(units, given["total_cost"])
        line, graded = STRAIGHT, GRADED
        expected = units
    else:
        given.stated("forfeitures_as_expected", True)
        given.set_aside(
            "stock_price", "exercise_price", "expected_term", "volatility", "risk_free_continuous", "dividend_yield"
        )
        units = equal_tranches(given["options"], EQUAL_TRANCHES[given["vesting"]])
        rate = given["annual_forfeiture_rate"]
        year_ends = yearly(units, given["fair_value"], rate, lost_yearly=rate)
        line, graded = ESTIMATED, GRADED_ESTIMATED
        expected = us_gaap.expected_units(at_grant(units, [year for year, _ in enumerate(units, 1)], rate), ESTIMATED)
    before_floor = straight_line_cost(year_ends, us_gaap.expected_units(year_ends, line))
    vested = vested_cost(year_ends)
    floored = by_period(us_gaap.cumulative_cost(year_ends, line), 0.0)
    by_tranche = by_period(us_gaap.cumulative_cost(year_ends, graded), 0.0)
    return {
        "expected_to_vest": expected,
        "total_cost": vested[-1],
        "straight_line_cumulative": before_floor,
        "straight_line_third": before_floor[0],
        "vested_cumulative": vested,
        "vested_cost_cumulative": vested,
        "floor_binds": [bool(floor > straight) for floor, straight in zip(vested, before_floor, strict=True)],
        "expense_by_year_with_floor": floored,
        "expense_by_year_straight_line_with_floor": floored,
        "tranche_attribution": by_tranche,
        "expense_by_year_tranche_attribution": by_tranche,
        "ifrs2_expense_by_year": by_period(ifrs.cumulative_cost(year_ends, line), 0.0),
    }


def service_condition(given: Given) -> Answers:
    given.restated("leavers_by_year")
    employees, each, years = given["employees"], given["options_each"], given["vesting_years"]
    units = [
        [given["vested_options"] if share is None else units_of(employees, each, share)]
        for share in given["expected_to_vest_share"]
    ]
    cost = ifrs.cumulative_cost(at_year_ends(units, [given["fair_value"]], [years], 0), STRAIGHT)
    return {"cumulative_expense": cost, "expense": by_period(cost, 0.0)}


def market_condition(given: Given) -> Answers:
    """A market condition stands in the value; units are lost by leaving only, so a tape lists no other forfeiture."""
    if "executives" in given:
        years, each = given["expected_vesting_years_fixed_at_grant"], given["options_each"]
        left = [(LEFT_IN[year], leavers) for year, leavers in given["actual_leavers"].items()]
        holders = staying(given["executives"], given["expected_leavers_by_year5"], left, years)
        units, value = [[units_of(count, each, 1)] for count in holders], given["fair_value"]
    else:
        given.stated("service_completed", True)
        given.stated("market_condition_met", False, True)
        years, value = given["vesting_years"], given["fair_value_with_market_condition"]
        units = [[given["options"]] for _ in range(years)]
    cost = ifrs.cumulative_cost(at_year_ends(units, [value], [years], 0), STRAIGHT)
    return {"cumulative_expense": cost, "expense": by_period(cost, 0.0)}


def graded_groups(given: Given) -> Answers:
    given.restated("employees", "leavers_by_year")
    tranches, expected = given["tranches"], given["employees_expected"]
    units, values, years = [], [], []
    answers: Answers = {}
    for number, tranche in enumerate(tranches, 1):
        counts = expected[f"tranche{number}"]
        own = [units_of(count, given["options_each"], tranche["share"]) for count in counts]
        if len(own) != tranche["years"]:
            raise NotCoveredError(f"employees_expected.tranche{number}")
        alone = at_year_ends([[held] for held in own], [tranche["fair_value"]], [tranche["years"]], 0)
        answers[f"cumulative_tranche{number}"] = ifrs.cumulative_cost(alone, STRAIGHT)
        units.append(own)
        values.append(tranche["fair_value"])
        years.append(tranche["years"])
    together = at_year_ends(kept_after_vesting(units, sorted(years)[-1]), values, years, 0)
    return {**answers, "expense_by_year": by_period(ifrs.cumulative_cost(together, STRAIGHT), 0.0)}


def dual_award(given: Given) -> Answers:
    given.stated("us_policy", "straight line, forfeitures as they occur, floor at vested cost")
    granted = equal_tranches(given["units"], given["tranches"])
    lost = [
        (FORFEITED_AT[moment], TRANCHE[tranche], units)
        for moment, tranches in given["actual_forfeitures"].items()
        for tranche, units in tranches.items()
    ]
    year_ends = at_year_ends(
        units_left(granted, len(granted), lost),
        [given["fair_value_all_tranches"] for _ in granted],
        [year for year, _ in enumerate(granted, 1)],
        given["forfeiture_estimate_ifrs_per_year"],
    )
    us, other = us_gaap.cumulative_cost(year_ends, STRAIGHT), ifrs.cumulative_cost(year_ends, STRAIGHT)
    difference = less(other, us)
    return {
        "ifrs_expected_units_by_year_end": ifrs.expected_units(year_ends, STRAIGHT).reshape(len(granted), -1),
        "ifrs_cumulative": other,
        "ifrs_expense": by_period(other, 0.0),
        "us_cumulative_before_floor": straight_line_cost(year_ends, us_gaap.expected_units(year_ends, STRAIGHT)),
        "us_vested_floor": vested_cost(year_ends),
        "us_cumulative": us,
        "us_expense": by_period(us, 0.0),
        "adjustment_ifrs_minus_us_expense": by_period(difference, 0.0),
        "adjustment_apic_cumulative": difference,
        "adjustment_retained_earnings_cumulative": less(0.0, difference),
    }


def graded_fractions(given: Given) -> Answers:
    given.stated("equal", True)
    given.stated("fair_value_equal", True)
    count = given["tranches"]
    whole = yearly(equal_tranches(1, count), 1)
    answers: Answers = {"fractions": by_period(ifrs.cumulative_cost(whole, STRAIGHT), 0.0)}
    if "options" in given:
        award = yearly(equal_tranches(given["options"], count), given["fair_value"])
        answers["expense_by_year"] = by_period(ifrs.cumulative_cost(award, STRAIGHT), 0.0)
        answers["wrong_answer_seen_in_public"] = us_gaap.cumulative_cost(award, STRAIGHT)[0]
    return answers
