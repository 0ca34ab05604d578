"""Estimates in a plan: dated, in order, and in force at every instant that is measured, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.findings.test_plan_refusals import LOSSES, edited, refused, stated, versions

assert stated, "the fixture"

REFUSALS = {
    "weights without a date": (
        ("ifrs_scenarios", "ifrs_scenarios = { base = 0.5, downside = 0.5 }"),
        f"{LOSSES}.ifrs_scenarios",
        "{ base = 0.5, downside = 0.5 }",
        "must be a list of versions, each with valid_from and a table of scenario = weight from 0 to 1, adding up to 1",
        "date it, for example, ifrs_scenarios = [{ valid_from = 2021-12-31, base = 0.5, downside = 0.5 }]; a later estimate is",
    ),
    "figure without a date": (
        ("guarantee_discount_rate", "guarantee_discount_rate = 0.03"),
        f"{LOSSES}.guarantee_discount_rate",
        "0.03",
        "must be a list of versions, each with valid_from and value = a number from 0 to 1",
        "date it, for example, guarantee_discount_rate = [{ valid_from = 2021-12-31, value = 0.03 }]; a later estimate is",
    ),
    "figure without a date that cannot be": (
        ("guarantee_discount_rate", "guarantee_discount_rate = 3"),
        f"{LOSSES}.guarantee_discount_rate",
        "3",
        "must be a list of versions, each with valid_from and value = a number from 0 to 1",
        "answer, for example, guarantee_discount_rate = [{ valid_from = 2020-01-01, value = 0.03 }]. At which current rate",
    ),
    "version without its day": (
        ("sicr_pd_ratio", "sicr_pd_ratio = [{ value = 2.5 }]"),
        f"{LOSSES}.sicr_pd_ratio",
        "[{ value = 2.5 }]",
        "every version has valid_from, the first day on which it is in force",
        "answer, for example, sicr_pd_ratio = [{ valid_from = 2020-01-01, value = 2.5 }]",
    ),
    "version that is no figure": (
        ("sicr_pd_ratio", "sicr_pd_ratio = [{ valid_from = 2020-01-01, ratio = 2.5 }]"),
        f"{LOSSES}.sicr_pd_ratio",
        "[{ valid_from = 2020-01-01, ratio = 2.5 }]",
        "the version of 2020-01-01: has valid_from and value, nothing else",
        "answer, for example, sicr_pd_ratio",
    ),
    "second version out of bounds": (
        ("sicr_pd_ratio", f"sicr_pd_ratio = {versions('value = 2.5', 'value = 0.5')}"),
        f"{LOSSES}.sicr_pd_ratio",
        versions("value = 2.5", "value = 0.5"),
        "the version of 2022-06-30: must be a number from 1 to 1000",
        "answer, for example, sicr_pd_ratio",
    ),
    "versions out of order": (
        ("sicr_pd_ratio", "sicr_pd_ratio = [{ valid_from = 2021-01-01, value = 2 }, { valid_from = 2021-01-01, value = 3 }]"),
        f"{LOSSES}.sicr_pd_ratio",
        "[{ valid_from = 2021-01-01, value = 2 }, { valid_from = 2021-01-01, value = 3 }]",
        "versions stand in the order of valid_from, no day twice",
        "answer, for example, sicr_pd_ratio",
    ),
    "scenario called as a figure is": (
        ("us_scenarios", "us_scenarios = [{ valid_from = 2020-01-01, value = 0.5, base = 0.5 }]"),
        f"{LOSSES}.us_scenarios",
        "[{ valid_from = 2020-01-01, value = 0.5, base = 0.5 }]",
        "the version of 2020-01-01: no scenario is called value",
        "answer, for example, us_scenarios",
    ),
    "no version in force at the opening": (
        ("ifrs_scenarios", "ifrs_scenarios = [{ valid_from = 2022-01-01, base = 1.0 }]"),
        f"{LOSSES}.ifrs_scenarios",
        "[{ valid_from = 2022-01-01, base = 1.0 }]",
        "a version is in force on 2021-12-31, which is measured; the first starts on 2022-01-01",
        "add the version that was in force on 2021-12-31",
    ),
    "no allowance in force at the opening": (
        (
            "valuation_allowance = ",
            "valuation_allowance = [{ valid_from = 2022-01-01, in_ledger_minor = 0, further_minor = 0 }]",
        ),
        "deferred_tax.valuation_allowance",
        "[{ valid_from = 2022-01-01, in_ledger_minor = 0, further_minor = 0 }]",
        "a version is in force on 2021-12-31, which is measured; the first starts on 2022-01-01",
        "add the version that was in force on 2021-12-31",
    ),
    "no rate of tax in force at the opening": (
        ("rates = ", "rates = [{ from = 2022-01-01, rate = 0.25 }]"),
        "tax.expected_credit_loss",
        '{ method = "liability_method", basis = "enacted", reverses = [1.0], rates = [{ from = 2022-01-01, ra'
        "... (114 characters)",
        "a rate states the day it was enacted (740-10-30-8), or substantively enacted (IAS 12.47)",
        "write, for example, { enacted = 2007-03-16, from = 2008-01-01",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_an_estimate_that_cannot_be_is_refused(name: str, stated: str, tmp_path: Path) -> None:
    change, key, value, rule, remedy = REFUSALS[name]
    said = refused(tmp_path, edited(stated, change))
    assert (said["key"], said["value"], said["rule"]) == (key, value, rule)
    assert said["remedy"].startswith(remedy)
