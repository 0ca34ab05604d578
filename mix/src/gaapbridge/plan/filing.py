"""The table ``filing`` of a plan: what a Form 6-K says around the exhibit, which no figure of the close tells."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from gaapbridge.plan.section import Section

Text = Annotated[str, Field(min_length=1)]


class Filing(Section):
    """The registrant, its numbers and addresses, and who signs the report on which day.

    ``registrant`` is its exact name, where the charter spells the entity's otherwise; ``annual_report`` the form under whose
    cover it files annual reports; ``explanation`` further sentences of the explanatory note, such as that on an assurance
    engagement.
    """

    commission_file_number: Annotated[str, Field(pattern=r"^\d{1,3}-\d{5}(-\d{2})?$")]
    registrant: Text | None = None
    address: Text
    annual_report: Literal["20-F", "40-F"]
    date: date
    signatory: Text
    title: Text
    explanation: Text | None = None
