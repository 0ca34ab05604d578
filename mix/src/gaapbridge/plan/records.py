"""The lender's records in the plan: findings about contracts that are accepted, each with the reason."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gaapbridge.plan.section import Section


class Severity(Section):
    """How a finding about contracts is taken: ``as = "accepted"``, printed with its ``reason`` and not counted."""

    as_: Annotated[Literal["accepted"], Field(alias="as")]
    reason: Annotated[str, Field(pattern=r"\S", description='reason = "..." (why the records are right as they stand)')]


class RecordRules(Section):
    """Findings about contracts by name, where the lender takes them otherwise than as findings."""

    severity: dict[str, Severity] = Field(default_factory=dict)
