"""A table of the plan."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A table of the plan: strict about types and unknown keys, unchangeable once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
