"""Every rule that a check or a finding names is defined on a page of the reference."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gaapbridge.run import Run
from tests.catalogue.cases import cases
from tests.docs.pages import DOCS, Page

RULE = re.compile(r"\bR[0-9]+\b")


def defined() -> set[str]:
    """The rules that the two pages of the reference on checks explain."""
    pages = (Page(DOCS / "reference/verify.md"), Page(DOCS / "reference/checks.md"))
    return {rule for page in pages for rule in RULE.findall(page.prose)}


def undefined(named: Iterable[str]) -> set[str]:
    return set(named) - defined()


def test_every_rule_of_a_finding_is_defined() -> None:
    named = {rule for case in cases() for rule in RULE.findall(case.input["rule"])}
    assert len(named) > 10
    assert undefined(named) == set()


def test_every_rule_of_a_close_is_defined(run: Run) -> None:
    assert undefined(rule for check in run.listed.checks for rule in RULE.findall(check.check)) == set()


def test_a_rule_that_is_nowhere_is_seen() -> None:
    assert undefined(["R1", "R97"]) == {"R97"}
