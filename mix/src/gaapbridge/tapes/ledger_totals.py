"""Accounts of a ledger that add up others: those whose code covers theirs, and those above a block of rows that they add up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, pairwise, takewhile

Parts = dict[str, tuple[str, ...]]
"""Accounts that add up others, with the lowest of these."""

_LONGEST = 500
"""Rows of a block that one account may add up."""


def parts_of(codes: Iterable[str]) -> Parts:
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


def adding_up(balances: Mapping[str, int]) -> Parts:
    """The accounts whose balance is the sum of those beneath them, balances in the order of the file.

    Codes that begin alike are evidence by themselves. Zeros at the end of a code (001300 above 001310), and a place above a
    block of rows that come to the same, are evidence where the ledger is in balance without these accounts: then a ledger
    that counts them holds something twice, whatever the codes mean.

    >>> adding_up({"1002": 500, "100201": 300, "100202": 200, "1301": 7, "130101": 6})
    {'1002': ('100201', '100202')}
    >>> adding_up({"2000": -9, "2010": -9, "1000": 9, "1010": 9, "1020": 0})
    {'2000': ('2010',), '1000': ('1010', '1020')}
    """
    begun = {one: below for one, below in parts_of(balances).items() if balances[one] == sum(balances[code] for code in below)}
    rounded = {**begun, **dict(_rounded(balances, begun))}
    for found in ({**rounded, **dict(_above_blocks(balances, rounded))}, rounded):
        if not sum(balance for code, balance in balances.items() if code not in found):
            return {one: found[one] for one in balances if one in found}
    return begun


def _rounded(balances: Mapping[str, int], known: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Accounts that are not nil and whose code covers others by the zeros at its end, one as much as several; those with the
    fewest zeros first, so that what adds up is no part of what adds it up."""
    lowest = sorted(code for code in balances if code not in known)
    zeros = {code: len(code) - len(code.rstrip("0")) for code in lowest if code.isascii() and code.isdigit()}
    for one in sorted((code for code, number in zeros.items() if number and balances[code]), key=lambda code: zeros[code]):
        for number in range(1, min(zeros[one], len(one) - 1) + 1):
            below = tuple(code for code in _begun(lowest, one[:-number]) if code != one)
            if below and balances[one] == sum(balances[code] for code in below):
                lowest.remove(one)
                yield one, below
                break


def _begun(codes: list[str], prefix: str) -> list[str]:
    """Those of some codes in order that begin alike: they lie together."""
    start = bisect_left(codes, prefix)
    return list(takewhile(lambda code: code.startswith(prefix), islice(codes, start, None)))


def _above_blocks(balances: Mapping[str, int], known: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Accounts that are the sum of the rows right below them, of which two or more are not nil; the lowest first."""
    rows, below = list(balances), list[str]()
    for one in reversed(rows):
        if one in known:
            continue
        block = _block(balances, below, balances[one])
        if block:
            yield one, block
        else:
            below.insert(0, one)


def _block(balances: Mapping[str, int], below: list[str], total: int) -> tuple[str, ...]:
    """The first accounts of those below that come to a total; none where they do not."""
    left, filled = total, 0
    for place, code in enumerate(below[:_LONGEST] if total else ()):
        left -= balances[code]
        filled += bool(balances[code])
        if not left and filled > 1:
            return tuple(below[: place + 1])
    return ()
