"""What a plan says of amounts that no contract measures: given notes, each a column of its own, and adjustments."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gaapbridge.plan.queries import Input
from gaapbridge.plan.reading import ReadTable
from gaapbridge.plan.section import Amounts, Section

_TAX = (
    'tax = "rate" (how does the column bear tax? "rate": at that of [tax.KEY], as the other notes; "stated": the rows of the '
    "file on the accounts of deferred tax and income tax are it)"
)
"""What a given note that lacks the key is asked to add."""

EQUITY_OF = (
    'add equity_of = "ifrs" where IFRS has these items in equity, as other comprehensive income: a later rate moves their tax '
    '(IAS 12.60, 12.63) there; equity_of = "us_gaap" where US GAAP has them there: it moves in profit (740-10-45-15), and the '
    "column takes that back; where both have them there, state the tax in rows of the file"
)
"""What a given note with amounts in equity is asked where the rate of its tax changes."""

Paragraph = Annotated[str, Field(min_length=1)]


class GivenText(Section):
    """What the notes print of a given note: each framework with its paragraphs, and the effect on the statements."""

    us_gaap: Paragraph
    ifrs: Paragraph
    effect: Paragraph


class GivenNote(Section):
    """A note whose amounts a file gives: leases, preferred shares, investments, consolidation.

    ``accounts`` are all that its rows may touch, deferred tax and income tax apart. Where its ``tax`` is stated, those two are
    rows of the file; otherwise it is worked out at the rate of its table among the taxes. ``equity_of`` says which framework
    has in equity what the note has there: asked for where the rate changes.
    """

    caption: Paragraph
    text: GivenText
    accounts: Annotated[list[str], Field(min_length=1)]
    tax: Annotated[Literal["rate", "stated"], Field(description=_TAX)]
    equity_of: Literal["ifrs", "us_gaap"] | None = None
    file: Input
    amounts: Amounts
    ignore: list[str] = Field(default_factory=list)
    columns: dict[str, str] = Field(default_factory=dict)
    read: ReadTable | None = None


class AdjustmentsFile(Section):
    """The file of late and top-side journals inside notes, and how it is read."""

    path: Input
    amounts: Amounts
    ignore: list[str] = Field(default_factory=list)
    columns: dict[str, str] = Field(default_factory=dict)
    read: ReadTable | None = None
