"""A table of the plan, and how the files that it names state money."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Amounts = Literal["minor", "major"]
"""Whether a file states money in minor units or in major ones."""


class Section(BaseModel):
    """A table of the plan: strict about types and unknown keys, unchangeable once read; made ready when one is first read, of
    the tables within it no more than that."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)
