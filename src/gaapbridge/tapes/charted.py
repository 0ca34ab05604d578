"""The accounts of a lender's ledger as those of the plan's chart: by code, by what a code begins with, by a range of codes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from gaapbridge.terms import UnusableInput, nearest

_RANGE = r"([0-9]+)-([0-9]+)"
_LISTED = 20
"""Unknown accounts that a refusal names."""


def charted(
    found: Iterable[tuple[str, int]],
    chart: Collection[str],
    mapped: Mapping[str, str],
    file: str,
    whole: Collection[str] = (),
) -> dict[str, str]:
    """The account of the chart for each of those ``found`` in a file, each with its row: the one that ``mapped`` says for its
    code, else for what it begins with or lies in, else its own. Raises ``UnusableInput`` that names all that have none, or the
    first that has two; the ``whole`` are those that add up others, which belong to no account."""
    patterns = [key for key in mapped if is_pattern(key)]
    accounts: dict[str, str] = {}
    unknown: list[tuple[str, int]] = []
    for account, row in found:
        named = {mapped[account]} if account in mapped else {mapped[key] for key in patterns if covers(key, account)}
        if len(named) > 1:
            keys = " and ".join(f'"{key}"' for key in patterns if covers(key, account))
            raise UnusableInput(
                file=file, row=str(row), column="account", value=account,
                rule=f"an account of the ledger is one of the plan's; {keys} name {' and '.join(sorted(named))}",
                remedy=f'name the account itself in [trial_balance.accounts], "{account}" = ..., or correct the ranges',
            )  # fmt: skip
        accounts[account] = next(iter(named), account)
        if accounts[account] not in chart:
            unknown.append((account, row))
    if unknown:
        raise _unknown(unknown, chart, file, whole)
    return accounts


def is_pattern(key: str) -> bool:
    """Whether a key stands for several accounts: `12*`, or `4000-4999` with ends of one length.

    >>> is_pattern("12*"), is_pattern("4000-4999"), is_pattern("1001-01"), is_pattern("1001")
    (True, True, False, False)
    """
    ends = re.fullmatch(_RANGE, key)
    return key.endswith("*") or (ends is not None and len(ends[1]) == len(ends[2]) and ends[1] <= ends[2])


def covers(key: str, account: str) -> bool:
    """Whether a pattern stands for an account; a range only for codes of its own length.

    >>> covers("12*", "1201"), covers("4000-4999", "4321"), covers("4000-4999", "43210")
    (True, True, False)
    """
    if key.endswith("*"):
        return account.startswith(key[:-1])
    low, high = key.split("-")
    return account.isascii() and account.isdigit() and len(account) == len(low) and low <= account <= high


def _unknown(unknown: list[tuple[str, int]], chart: Collection[str], file: str, whole: Collection[str]) -> UnusableInput:
    (first, row), *others = unknown
    near = " or ".join(nearest(first, chart))
    listed = ", ".join(account for account, _ in others[:_LISTED])
    more = f" (and {len(others)} more: {listed}{', ...' if len(others) > _LISTED else ''})" if others else ""
    meant = f'add it to [accounts], or map it in [trial_balance.accounts] ("{first}" = "...")'
    if totals := ", ".join(f'"{account}"' for account, _ in unknown if account in whole):
        meant = f"leave out what adds up others: [trial_balance.read] total_where = {{ account = [{totals}] }}"
    elif near:
        meant = f"{meant}, or did you mean {near}"
    return UnusableInput(
        file=file,
        row=str(row),
        column="account",
        value=first,
        rule=f"every account of the ledger is in the plan's [accounts]{more}",
        remedy=meant,
    )
