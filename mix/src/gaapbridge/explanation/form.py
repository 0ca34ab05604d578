"""The form of an explanation: facts, then tables, as text or as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gaapbridge.form import Table, as_lines, as_printed, plain
from gaapbridge.notebook import result_html
from gaapbridge.terms.text import text_of, visible

__all__ = ["Explanation", "Table"]


@dataclass(frozen=True)
class Explanation:
    """What stands behind an address: facts in order, then tables."""

    address: str
    facts: Mapping[str, Any]
    tables: tuple[Table, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``: facts, and each table as a list of rows by column name."""
        facts = {name: plain(value) for name, value in self.facts.items()}
        return {"address": self.address, **facts, "tables": [table.as_dict() for table in self.tables]}

    def as_text(self, width: int | None = None) -> str:
        """For a terminal, of so many columns."""
        longest = max((len(name) for name in self.facts), default=0)
        facts = [f"  {name:<{longest}}  {as_printed(value, nil='0')}" for name, value in self.facts.items()]
        tables = [line for table in self.tables for line in ("", *as_lines([table], width))]
        return text_of([self.address, "", *facts, *tables], width)

    def __repr__(self) -> str:
        return visible(f"Explanation({self.address!r}: {len(self.facts)} facts, {len(self.tables)} tables)")

    def _repr_html_(self) -> str:
        facts = Table("", ("", ""), tuple(self.facts.items()), nil="0")
        return result_html([[self.address, facts], *([table] for table in self.tables)])
