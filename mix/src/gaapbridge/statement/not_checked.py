"""What could not be checked of a reconciliation: said, never passed over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotChecked:
    """A tie-out that the input does not allow, with the reason and with what would allow it."""

    check: str
    statement: str | None
    row: str | None
    column: str | None
    why: str
    remedy: str

    def as_dict(self) -> dict[str, object]:
        """The entry as it is written to `not_checked.json`."""
        return {
            "check": self.check,
            "statement": self.statement,
            "row": self.row,
            "column": self.column,
            "why": self.why,
            "remedy": self.remedy,
        }
