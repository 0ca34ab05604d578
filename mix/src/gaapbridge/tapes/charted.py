"""The accounts of a lender's ledger as those of the plan's chart: by code, by what a code begins with, by a range of codes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from gaapbridge.terms import UnusableInput, nearest

_RANGE = r"([0-9]+)-([0-9]+)"
Found = tuple[str, int, str | None]
"""An account as a file has it: its code, its row, and its name where the file has names."""

_LISTED = 20
"""Unknown accounts that a refusal names."""


def charted(
    found: Iterable[Found],
    chart: Mapping[str, str],
    mapped: Mapping[str, str],
    file: str,
    whole: Collection[str] = (),
) -> dict[str, str]:
    """The account of the chart, which has names by codes, for each of those ``found`` in a file: the one that ``mapped`` says
    for its code, else for what it begins with or lies in, else its own. Raises ``UnusableInput`` that names all that have none,
    those mapped to "" among them, or the first that has two; the ``whole`` are those that add up others, which belong to no
    account."""
    patterns = [key for key in mapped if is_pattern(key)]
    accounts: dict[str, str] = {}
    unknown: list[Found] = []
    for account, row, name in found:
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
            unknown.append((account, row, name))
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


def _unknown(unknown: list[Found], chart: Mapping[str, str], file: str, whole: Collection[str]) -> UnusableInput:
    (first, row, name), *others = unknown
    near = " or ".join(f"{code} {chart[code]}".rstrip() for code in _near(first, name, chart))
    listed = ", ".join(account for account, _, _ in others[:_LISTED])
    more = f" (and {len(others)} more: {listed}{', ...' if len(others) > _LISTED else ''})" if others else ""
    meant = f'add it to [accounts], or map it in [trial_balance.accounts] ("{first}" = "...")'
    if totals := ", ".join(f'"{account}"' for account, _, _ in unknown if account in whole):
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


def _near(code: str, name: str | None, chart: Mapping[str, str]) -> list[str]:
    """Codes of the chart that an account may be: of those that are called so, or, of an account without a name, those that are
    spelt alike, but for its own.

    >>> _near("1310", "Loans receivable", {"1301": "Loans receivable, current", "4001": "Capital"})
    ['1301']
    """
    if not name:
        return [] if code in chart else nearest(code, chart)
    codes = {called: one for one, called in chart.items() if called}
    return [codes[one] for one in nearest(name, codes)]
