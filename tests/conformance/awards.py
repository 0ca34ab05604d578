"""Adapters of share-based compensation; see ``adapters``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gaapbridge.differences.share_based_compensation import ifrs, us_gaap
from gaapbridge.differences.share_based_compensation.elections import Elections
from gaapbridge.measure import option_value, vesting
from gaapbridge.statement import footing
from tests.conformance.given import Given, NotCoveredError

Answers = dict[str, Any]

FORFEITED_AT = {f"end_of_year_{year}_after_vesting": year for year in range(1, 11)}
TRANCHE = {f"tranche{number}": number for number in range(1, 11)}
EQUAL_TRANCHES = {f"1/{count} per year": count for count in range(2, 11)}


def yearly(units: Sequence[float], values: Sequence[float]) -> vesting.Tranches:
    """One tranche a year, with the same units at every year end."""
    years = [year for year, _ in enumerate(units, 1)]
    return vesting.at_year_ends([units for _ in units], values, years, 0)


def cliff_vesting(given: Given) -> Answers:
    granted, years, value = given["options"], given["vesting_years"], given["fair_value"]
    rates = given["annual_forfeiture_rate_initial"], given["annual_forfeiture_rate_revised_year2"]
    initial, revised = (vesting.surviving_units(granted, rate, years, False)[-1] for rate in rates)
    first, later = ([vesting.surviving_units(granted, rate, years, True)[-1]] for rate in rates)
    as_first_seen = vesting.at_year_ends([first for _ in range(years)], [value], [years], 0)
    as_revised = vesting.at_year_ends([first, *(later for _ in range(1, years))], [value], [years], 0)
    before = vesting.straight_line_cost(as_first_seen, as_first_seen.units)
    cost = vesting.straight_line_cost(as_revised, as_revised.units)
    return {
        "expected_to_vest_initial": initial,
        "total_cost_initial": before[-1],
        "annual_cost_initial": before[0],
        "expected_to_vest_revised": revised,
        "total_cost_revised": cost[-1],
        **{f"cumulative_end_year{year}": amount for year, amount in enumerate(cost, 1)},
        **{f"expense_year{year}": amount for year, amount in enumerate(vesting.by_year(cost), 1)},
    }


def both_attributions(given: Given) -> Answers:
    answers: Answers = {}
    if "vesting_shares" in given:
        units = given["vesting_shares"]
        values = [given["total_cost"] for _ in units]
    elif "tranche_options" in given:
        given.restated("options")
        values = given["fair_values"]
        units = vesting.surviving_units(given["tranche_options"], given["annual_forfeiture_rate"], len(values), True)
    else:
        given.stated("forfeitures_as_expected", True)
        granted = vesting.equal_tranches(given["options"], EQUAL_TRANCHES[given["vesting"]])
        units = vesting.surviving_units(granted[0], given["annual_forfeiture_rate"], len(granted), False)
        values = [given["fair_value"] for _ in units]
        answers["black_scholes_value"] = option_value.black_scholes(
            option_value.OptionTerms(
                given["stock_price"], given["exercise_price"], given["expected_term"], given["volatility"],
                given["risk_free_continuous"], given["dividend_yield"],
            )
        )[0]  # fmt: skip
    year_ends = yearly(units, values)
    line, vested = vesting.straight_line_cost(year_ends, year_ends.units), vesting.vested_cost(year_ends)
    floored = vesting.by_year(vesting.floored_straight_line_cost(year_ends, year_ends.units))
    graded = vesting.by_year(vesting.graded_cost(year_ends, year_ends.units))
    return {
        **answers,
        "expected_to_vest": units,
        "cost_by_tranche": vesting.by_year(vested),
        "total_cost": vested[-1],
        "straight_line_cumulative": line,
        "straight_line_third": line[0],
        "vested_cumulative": vested,
        "vested_cost_cumulative": vested,
        "floor_binds": vesting.floor_binds(year_ends, year_ends.units),
        "expense_by_year_straight_line": vesting.by_year(line),
        "expense_by_year_with_floor": floored,
        "expense_by_year_straight_line_with_floor": floored,
        "tranche_attribution": graded,
        "expense_by_year_tranche_attribution": graded,
        "ifrs2_expense_by_year": graded,
    }


def service_condition(given: Given) -> Answers:
    given.restated("leavers_by_year")
    employees, each, years = given["employees"], given["options_each"], given["vesting_years"]
    units = [
        [given["vested_options"] if share is None else vesting.units_of(employees, each, share)]
        for share in given["expected_to_vest_share"]
    ]
    year_ends = vesting.at_year_ends(units, [given["fair_value"]], [years], 0)
    cost = vesting.graded_cost(year_ends, year_ends.units)
    return {"cumulative_expense": cost, "expense": vesting.by_year(cost)}


def graded_groups(given: Given) -> Answers:
    given.restated("employees", "leavers_by_year")
    tranches, expected = given["tranches"], given["employees_expected"]
    units, values, years = [], [], []
    answers: Answers = {}
    for number, tranche in enumerate(tranches, 1):
        counts = expected[f"tranche{number}"]
        own = [vesting.units_of(count, given["options_each"], tranche["share"]) for count in counts]
        if len(own) != tranche["years"]:
            raise NotCoveredError(f"employees_expected.tranche{number}")
        alone = vesting.at_year_ends([[held] for held in own], [tranche["fair_value"]], [tranche["years"]], 0)
        answers[f"cumulative_tranche{number}"] = vesting.graded_cost(alone, alone.units)
        units.append(own)
        values.append(tranche["fair_value"])
        years.append(tranche["years"])
    together = vesting.at_year_ends(vesting.kept_after_vesting(units, sorted(years)[-1]), values, years, 0)
    return {**answers, "expense_by_year": vesting.by_year(vesting.graded_cost(together, together.units))}


def dual_award(given: Given) -> Answers:
    given.stated("us_policy", "straight line, forfeitures as they occur, floor at vested cost")
    policy = Elections(us_attribution="straight_line", us_forfeitures="as_they_occur")
    granted = vesting.equal_tranches(given["units"], given["tranches"])
    lost = [
        (FORFEITED_AT[moment], TRANCHE[tranche], units)
        for moment, tranches in given["actual_forfeitures"].items()
        for tranche, units in tranches.items()
    ]
    year_ends = vesting.at_year_ends(
        vesting.units_left(granted, len(granted), lost),
        [given["fair_value_all_tranches"] for _ in granted],
        [year for year, _ in enumerate(granted, 1)],
        given["forfeiture_estimate_ifrs_per_year"],
    )
    found = vesting.CostToDate(us_gaap.cumulative_cost(year_ends, policy), ifrs.cumulative_cost(year_ends, policy))
    return {
        "ifrs_expected_units_by_year_end": ifrs.expected_units(year_ends, policy).reshape(len(granted), -1),
        "ifrs_cumulative": found.ifrs,
        "ifrs_expense": vesting.by_year(found.ifrs),
        "us_cumulative_before_floor": vesting.straight_line_cost(year_ends, us_gaap.expected_units(year_ends, policy)),
        "us_vested_floor": vesting.vested_cost(year_ends),
        "us_cumulative": found.us,
        "us_expense": vesting.by_year(found.us),
        "adjustment_ifrs_minus_us_expense": found.expense_difference,
        "adjustment_apic_cumulative": found.difference,
        "adjustment_retained_earnings_cumulative": footing.mirrored(found.difference),
    }


def graded_fractions(given: Given) -> Answers:
    given.stated("equal", True)
    given.stated("fair_value_equal", True)
    count = given["tranches"]
    whole = yearly(vesting.equal_tranches(1, count), [1 for _ in range(count)])
    answers: Answers = {"fractions": vesting.by_year(vesting.graded_cost(whole, whole.units))}
    if "options" in given:
        award = yearly(vesting.equal_tranches(given["options"], count), [given["fair_value"] for _ in range(count)])
        answers["expense_by_year"] = vesting.by_year(vesting.graded_cost(award, award.units))
        answers["wrong_answer_seen_in_public"] = vesting.straight_line_cost(award, award.units)[0]
    return answers


def option_worth(given: Given) -> Answers:
    terms = [given[key] for key in ("volatility", "risk_free_continuous", "dividend_yield")]
    if "tree" not in given:
        call, put = option_value.black_scholes(option_value.OptionTerms(given["spot"], given["strike"], given["years"], *terms))
        return {"call": call, "put": put}
    given.stated("tree", "Cox-Ross-Rubinstein, annual steps")
    option = option_value.OptionTerms(given["spot"], given["strike"], given["contractual_years"], *terms)
    steps, vested_after = given["steps"], given["vesting_years"]
    return {
        "value": option_value.lattice(option, steps, vested_after, given["exercise_multiple"]),
        "value_without_early_exercise": option_value.lattice(option, steps, vested_after, option_value.NEVER),
    }
