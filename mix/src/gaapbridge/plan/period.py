"""The period of a plan: its two instants, how its statements are named, and how far they have gone."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator

from gaapbridge.plan.section import Section
from gaapbridge.terms.addresses import income_id, sheet_id

Status = Literal["draft", "final", "filed"]


class Comparatives(Section):
    """The earlier runs whose statements stand beside, as they were printed then: a run's folder, ``latest`` or ``none``.

    ``balance_sheet`` is that of the last year end, ``income`` that of the same period a year before. Left out, each is what the
    prior run has of it.
    """

    balance_sheet: str | None = None
    income: str | None = None


class PlanPeriod(Section):
    """The span of the close, from its opening to its closing instant, and the status of what is closed.

    ``status_note`` says where and when statements were filed. ``restates`` is the filed version that this close puts others in
    the place of, ``restates_because`` the reason that is printed with them (IAS 8.49; 250-10-50-7).
    """

    opening: date
    closing: date
    status: Status | None = None
    status_note: Annotated[str, Field(min_length=1)] | None = None
    restates: Annotated[str, Field(pattern=r"^v[1-9][0-9]*$")] | None = None
    restates_because: Annotated[str, Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _in_order(self) -> PlanPeriod:
        if not self.opening < self.closing:
            raise ValueError("opening must be before closing")
        if self.status == "filed" and self.status_note is None:
            raise ValueError('what is filed says where and when: add status_note, such as "Form 20-F of April 25, 2025"')
        if self.status is None and self.status_note is not None:
            raise ValueError('a note is on a status: add status = "draft", "final" or "filed"')
        if (self.restates is None) != (self.restates_because is None):
            named = "restates_because, the reason that is printed" if self.restates else 'restates, the filed version, as "v1"'
            raise ValueError(f"a restatement names the filed version and its reason: add {named}")
        return self

    @property
    def in_heading(self) -> str:
        """What the heading of the statements says of them: that they are a draft, or restated; blank as a rule."""
        said = {"draft": self.status == "draft", "restated": self.restates is not None}
        return ", ".join(word for word, holds in said.items() if holds).capitalize()

    @property
    def closing_sheet(self) -> str:
        """The id of the closing balance sheet."""
        return sheet_id(self.closing)

    @property
    def opening_sheet(self) -> str:
        """The id of the opening balance sheet."""
        return sheet_id(self.opening)

    @property
    def income_statement(self) -> str:
        """The id of the income statement."""
        return income_id(self.opening, self.closing)
