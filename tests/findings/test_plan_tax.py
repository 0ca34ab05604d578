"""The tax of a note in a plan that cannot be used: what its basis needs is asked with an example."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.findings.test_plan_refusals import edited, refused, stated

__all__ = ["stated"]  # a fixture


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("reverses = ", ""), "the shares of the difference that reverse in the first, the second and each further twelve"),
        (("reverses = ", "reverses = [0.7, 0.2]"), "the shares of the difference that reverse"),
        (("reverses = ", "reverses = []"), "the shares of the difference that reverse"),
        (("reverses = ", f"reverses = [{50 * '0.0, '}1.0]"), "the shares of the difference that reverse"),
        (("rates = ", "rates = [{ from = 2008-01-01, rate = 0.25 }]"), "a rate states the day it was enacted (740-10-30-8)"),
        (("basis = ", 'basis = "group_effective"'), "a group's effective rate is not enacted and knows no years of reversal"),
    ],
)
def test_what_the_basis_of_a_tax_rate_needs_is_asked_with_an_example(
    change: tuple[str, str], rule: str, stated: str, tmp_path: Path
) -> None:
    said = refused(tmp_path, edited(stated, change))
    assert said["key"] == "tax.expected_credit_loss" and said["rule"].startswith(rule)
    assert any(word in said["remedy"] for word in ("reverses = [1.0]", "{ enacted = 2007-03-16, from =", "leave out reverses"))


def test_a_share_that_reverses_is_one_from_nil_to_all(stated: str, tmp_path: Path) -> None:
    said = refused(tmp_path, edited(stated, ("reverses = ", "reverses = [1.5, -0.5]")))
    assert (said["key"], said["rule"]) == ("tax.expected_credit_loss.reverses.0", "must be a share from 0 to 1")
    assert said["remedy"] == "write 60 % as 0.6"


NO_AMOUNT = 'must be "all", or an amount in minor units, at least 0'
BOTH = "where the ledger allows for an asset that is not realised, none of what is added to it is"


def allowance(version: str) -> tuple[str, str]:
    return ("valuation_allowance = ", f"valuation_allowance = [{{ valid_from = 2020-01-01, {version} }}]")


@pytest.mark.parametrize(
    ("version", "key", "rule", "remedy"),
    [
        ("in_ledger_minor = 0", ".further_minor", "this key has no default and must be stated", "add further_minor = ..."),
        ('in_ledger_minor = 0, further_minor = "none"', ".further_minor", NO_AMOUNT, 'write "all" where whatever the columns'),
        ("in_ledger_minor = 0, further_minor = -1", ".further_minor", NO_AMOUNT, 'write "all" where whatever the columns'),
        ("in_ledger_minor = 0, further_minor = 0.5", ".further_minor", NO_AMOUNT, 'write "all" where whatever the columns'),
        (
            f"in_ledger_minor = 0, further_minor = {10**18}",
            ".further_minor",
            NO_AMOUNT,
            'write "all" where whatever the columns',
        ),
        (f"in_ledger_minor = {10**18}, further_minor = 0", ".in_ledger_minor", f"must be at most {10**18 - 1}", "correct"),
        (f"in_ledger_minor = {9 * 10**18}, further_minor = 0", ".in_ledger_minor", f"must be at most {10**18 - 1}", "correct"),
        ("in_ledger_minor = -1, further_minor = 0", ".in_ledger_minor", "must be at least 0", "correct deferred_tax."),
        ('in_ledger_minor = 100, further_minor = "all"', "", BOTH, "write further_minor = 0, or in_ledger_minor = 0"),
        ("in_ledger_minor = 100, further_minor = 1", "", BOTH, "write further_minor = 0, or in_ledger_minor = 0"),
    ],
)
def test_an_allowance_that_is_unclear_or_contradicts_itself_is_refused(
    version: str, key: str, rule: str, remedy: str, stated: str, tmp_path: Path
) -> None:
    said = refused(tmp_path, edited(stated, allowance(version)))
    assert said["key"] == f"deferred_tax.valuation_allowance.0{key}"
    assert said["rule"].startswith(rule) and said["remedy"].startswith(remedy)


def test_a_plan_without_an_allowance_is_asked_for_it_with_its_choices(stated: str, tmp_path: Path) -> None:
    """The key alone missing, and the table with it, as in every plan of before."""
    for start in (("valuation_allowance = ",), ("valuation_allowance = ", "[deferred_tax]")):
        said = refused(tmp_path, edited(stated, *((one, "") for one in start)))
        assert said["key"] == ("deferred_tax" if len(start) > 1 else "deferred_tax.valuation_allowance")
        line = 'valuation_allowance = [{ valid_from = 2020-01-01, in_ledger_minor = 0, further_minor = "all" }]'
        assert line in said["remedy"] and "740-10-30-5(e), IAS 12.24" in said["remedy"]
        assert '"all", an amount or 0' in said["remedy"]


def test_versions_of_the_allowance_stand_in_order(stated: str, tmp_path: Path) -> None:
    one = '{ valid_from = 2020-01-01, in_ledger_minor = 0, further_minor = "all" }'
    said = refused(tmp_path, edited(stated, ("valuation_allowance = ", f"valuation_allowance = [{one}, {one}]")))
    assert said["rule"] == "versions of the valuation allowance stand in the order of valid_from, no day twice"
