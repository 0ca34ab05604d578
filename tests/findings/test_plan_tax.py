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
