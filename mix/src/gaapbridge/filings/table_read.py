"""What one table of a file gave: statements in the JSON shape, columns, names, and what of it was not read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from gaapbridge.filings.framework_lines import differ
from gaapbridge.filings.refusals import Blank

Raw = dict[str, object]
PAIR = ("from_gaap", "to_gaap")


@dataclass
class TableRead:
    """One table as it was read. `paths` are movements outside profit: role, statement, column, name, amount."""

    columns: list[Raw] = field(default_factory=list)
    statements: list[Raw] = field(default_factory=list)
    top: Raw = field(default_factory=dict)
    names: list[tuple[str, str]] = field(default_factory=list)
    """What the frameworks reconciled from and to are called; blank where they are ours."""
    not_read: list[Raw] = field(default_factory=list)
    paths: Mapping[str, Mapping[str, Mapping[str, Mapping[str, Decimal]]]] = field(default_factory=dict)

    def leave(self, where: str, why: str, remedy: str) -> None:
        """Say of a part of the table that it was not read."""
        said: Raw = {"where": where, "why": why, "remedy": remedy}
        if said not in self.not_read:
            self.not_read.append(said)

    def leave_period(self, period: str, blanks: Iterable[Blank]) -> None:
        """Say of a period that it was not read for its blank amounts, of which each is named."""
        for one in blanks:
            where = f"{one.row}, {one.column}" if one.column else one.row
            self.leave(where, f"{one.RULE}; {period} was not read without it", one.REMEDY)

    def as_raw(self) -> Raw:
        """The reconciliation in the JSON shape; where its tables name several pairs, all of them are named.

        Statements name theirs where these are of different frameworks, so that no balance is held against another framework's.
        """
        if not any(differ(_whole(one), _whole(other)) for one, other in combinations(self.names, 2)):
            for statement in self.statements:
                for key in PAIR:
                    statement.pop(key, None)
        ends = (" / ".join(dict.fromkeys(filter(None, one))) for one in zip(*self.names, strict=True))
        named = {key: name for key, name in zip(PAIR, ends, strict=False) if name}
        return {**self.top, **named, "columns": self.columns, "statements": self.statements, "not_read": self.not_read}


def named_pair(names: tuple[str, str]) -> Raw:
    """How a statement says what it reconciles: the names of both frameworks, ours where a heading says no other.

    >>> named_pair(("J-GAAP", ""))
    {'from_gaap': 'J-GAAP', 'to_gaap': 'IFRS'}
    """
    return dict(zip(PAIR, _whole(names), strict=True))


def _whole(names: tuple[str, str]) -> tuple[str, str]:
    return names[0] or "US GAAP", names[1] or "IFRS"
