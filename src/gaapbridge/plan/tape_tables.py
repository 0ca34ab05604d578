"""The tables of a plan that name tapes: one for each instant, or one for the whole period; with their control totals."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from gaapbridge.plan.queries import Files
from gaapbridge.plan.reading import INSTANTS, ReadTable, TapeRead, Written, stated_of_files, written_at
from gaapbridge.plan.section import Amounts, Section


class Control(Section):
    """Control totals of a tape, from the system it came from: its rows, and sums of columns, those its kind declares."""

    rows: Annotated[int, Field(ge=0)] | None = None

    @property
    def stated(self) -> dict[str, int]:
        """The totals stated, by name: rows first."""
        return {name: total for name, total in self.model_dump().items() if total is not None}


class Controls(Section):
    """Control totals of the opening and closing tapes."""

    opening: Control = Control()
    closing: Control = Control()


class ContractTapes(Section):
    """The tapes of one kind of contract at both instants, with the user's column names mapped to ours (ours = theirs)."""

    opening: Files | None = None
    closing: Files
    amounts: Amounts
    ignore: list[str] = Field(default_factory=list)
    columns: dict[str, str] = Field(default_factory=dict)
    read: TapeRead | None = None
    control: Controls = Controls()

    @model_validator(mode="after")
    def _written_clearly(self) -> ContractTapes:
        for instant in INSTANTS:
            self.at(instant)
        return self

    def at(self, instant: str) -> Written:
        """How the tape of an instant is written."""
        return written_at(stated_of_files(self), instant)


class WholeTape(Section):
    """One tape that covers the period or the whole life: events, payments, awards; with its control totals.

    Of a tape whose rows may have numbers, those without one that are the same were recorded twice, and are ``rejected`` but for
    the first, or each is what happened, and ``counted``: ``same_rows``.
    """

    path: Files
    amounts: Amounts
    ignore: list[str] = Field(default_factory=list)
    columns: dict[str, str] = Field(default_factory=dict)
    read: ReadTable | None = None
    same_rows: Literal["rejected", "counted"] = "rejected"
    control: Control = Control()

    @property
    def written(self) -> Written:
        """How the tape is written."""
        return Written(self.amounts, self.ignore, self.columns, self.read)
