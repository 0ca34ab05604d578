"""Accounts of a ledger that add up others: those whose code begins as theirs does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise


def parts_of(codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The accounts beneath each that has some, by code: those that begin with it and have none beneath themselves.

    >>> parts_of(["1002", "100201", "10020101", "100202", "1012"])
    {'1002': ('10020101', '100202'), '100201': ('10020101',)}
    """
    ordered = sorted(set(codes))
    whole = {one for one, other in pairwise(ordered) if other.startswith(one)}
    parts: dict[str, list[str]] = {one: [] for one in ordered if one in whole}
    above: list[str] = []
    for code in ordered:
        while above and not code.startswith(above[-1]):
            above.pop()
        if code in whole:
            above.append(code)
        else:
            for one in above:
                parts[one].append(code)
    return {one: tuple(below) for one, below in parts.items()}


def adding_up(balances: Mapping[str, int]) -> tuple[str, ...]:
    """The accounts whose balance is the sum of those beneath them.

    >>> adding_up({"1002": 500, "100201": 300, "100202": 200, "1301": 7, "130101": 6})
    ('1002',)
    """
    return tuple(one for one, below in parts_of(balances).items() if balances[one] == sum(balances[code] for code in below))
