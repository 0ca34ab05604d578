"""The table ``sign_off`` of a plan: who prepared a close and who reviewed it, on which days. It moves no figure."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, model_validator

from gaapbridge.plan.section import Section
from gaapbridge.terms.errors import UnusableInput


def _not_blank(name: str) -> str:
    if not name.strip():
        raise ValueError("a name is not blank: write the name of who signs, or remove the key")
    return name


Name = Annotated[str, AfterValidator(_not_blank)]


class SignOff(Section):
    """The preparer and the reviewer with the days on which they signed; what is left out is a line to sign on paper.

    A reviewer is another person than the preparer and signs no earlier; a day is that of somebody.
    """

    prepared_by: Name | None = None
    prepared_on: date | None = None
    reviewed_by: Name | None = None
    reviewed_on: date | None = None

    @model_validator(mode="after")
    def _by_two(self) -> SignOff:
        for who in ("prepared", "reviewed"):
            if getattr(self, f"{who}_on") is not None and getattr(self, f"{who}_by") is None:
                raise ValueError(f"somebody signs on a day: add {who}_by, or remove {who}_on")
        if self.reviewed_by is not None and self.prepared_by is None:
            raise ValueError("a review is of what somebody prepared: add prepared_by, or remove reviewed_by")
        if self.reviewed_by is not None and self.prepared_by is not None and _same(self.prepared_by, self.reviewed_by):
            raise ValueError("a review is by another person: name in reviewed_by who did not prepare the close")
        if self.reviewed_on is not None and (self.prepared_on is None or self.reviewed_on < self.prepared_on):
            said = "add prepared_on" if self.prepared_on is None else f"give a day from {self.prepared_on} on"
            raise ValueError(f"what is reviewed was prepared before: {said}, or remove reviewed_on")
        return self

    def refuse_before(self, closing: date, path: Path) -> None:
        """Refuse a day before the period of a plan has closed. Raises ``UnusableInput``."""
        for name in ("prepared_on", "reviewed_on"):
            day: date | None = getattr(self, name)
            if day is not None and day < closing:
                rule, remedy = f"nobody signs a period before it closes, on {closing}", f"give a day from {closing} on"
                raise UnusableInput(file=str(path), key=f"sign_off.{name}", value=str(day), rule=rule, remedy=remedy)


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
