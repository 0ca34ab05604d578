"""Campaigns: the tests that ``make test`` leaves to ``make test-campaigns``, which together are all.

``make test`` is what somebody who changed one thing waits for. A test is a campaign where it repeats for breadth what a
shorter one shows (random lenders, mutations, long simulations, every case of a table), or installs what others install; and by
itself where it needs a browser or the real tapes. Of ``@pytest.mark.campaign(but=3)`` three cases, at even distances in the
table, are run by ``make test`` all the same. How many were left out stands where pytest says how it ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest

NEEDED = {"browser", "chromium", "real_data"}
"""The fixtures whose tests are campaigns: a program and files that not everybody has."""

TOLD = "{} tests of campaigns were not run: make test-campaigns runs them, make test-all everything"
LEFT_OUT = "campaigns_left_out"
_left_out = pytest.StashKey[int]()


def spread(cases: Sequence[Any], but: int) -> list[Any]:
    """So many of the cases, the first among them, at even distances; all where there are no more.

    >>> spread("abcdefg", but=3), spread("ab", but=3)
    (['a', 'c', 'e'], ['a', 'b'])
    """
    return [cases[number * len(cases) // but] for number in range(but)] if but < len(cases) else [*cases]


@pytest.hookimpl(tryfirst=True)  # before ``-m`` asks
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Mark what is a campaign by what it needs, and of a test that is one but for some cases only the others."""
    cases = defaultdict[str, list[pytest.Item]](list)
    for item in items:
        if NEEDED & {*getattr(item, "fixturenames", ())}:
            item.add_marker("campaign")
        elif any(mark.kwargs for mark in item.iter_markers("campaign")):
            cases[item.nodeid.partition("[")[0]].append(item)
    for of_one in cases.values():
        (mark,) = of_one[0].iter_markers("campaign")
        for item in spread(of_one, **mark.kwargs):
            item.own_markers.remove(mark)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count the campaigns that are left out, in the process that collects."""
    if items:
        stash = items[0].config.stash
        stash[_left_out] = stash.get(_left_out, 0) + sum(item.get_closest_marker("campaign") is not None for item in items)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker tells its count to the process that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[LEFT_OUT] = session.config.stash.get(_left_out, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker collects everything: the count of one is that of all."""
    node.config.stash[_left_out] = getattr(node, "workeroutput", {}).get(LEFT_OUT, 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was not run, and by which command it is."""
    if left_out := config.stash.get(_left_out, 0):
        terminalreporter.write_line(TOLD.format(f"{left_out:,}"), yellow=True, bold=True)
