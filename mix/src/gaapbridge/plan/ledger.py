"""What a plan says of the ledger: when its trial balances are taken, how they are read, and which accounts are which."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from gaapbridge.plan.queries import Input
from gaapbridge.plan.reading import INSTANTS, TapeRead, stated_of_files, written_at
from gaapbridge.plan.section import Amounts, Section

BEFORE_CLOSING = "before_closing"
"""When a trial balance is taken: income and expense stand on their accounts, not yet closed to retained earnings."""

FIGURES = ("debit_minor", "credit_minor", "balance_minor", "side")
"""Our columns that state a balance, in one form or the other."""

_TAKEN = (
    f'taken = "{BEFORE_CLOSING}", the only answer there is, once both files show income and expense on their accounts, before '
    "the profit of the year is closed to retained earnings"
)
_YEAR_END = 'fiscal_year_end = "12-31", or the month and day on which your fiscal year ends'
"""What a plan that lacks the key is asked to add."""


def _before_closing(value: Any) -> str:
    if value != BEFORE_CLOSING:
        remedy = (
            f'export the ledger with income and expense on their accounts, then write taken = "{BEFORE_CLOSING}"; where they '
            "are closed month by month (损益结转 to 本年利润), export what each account has taken since the fiscal year began, "
            "without the closing entries, and 本年利润 as nil"
        )
        raise ValueError(f"a close reads trial balances from before the profit is closed to retained earnings; {remedy}")
    return BEFORE_CLOSING


def _month_and_day(value: Any) -> str:
    try:
        if not isinstance(value, str) or len(value) != len("12-31"):
            raise ValueError
        date.fromisoformat(f"2024-{value}")
    except ValueError:
        raise ValueError('must be the month and day of the last day of a fiscal year; write "12-31", in quotes') from None
    return value


class TrialBalances(Section):
    """The ledger's trial balances at both instants: when they are taken, and what of them is no evidence.

    ``same_source`` names roles whose balances the ledger took from this measurement, or works out by its rules; ``shared``
    income roles whose account also takes what no note measures; ``cash`` by kind of contract the accounts through which all
    its cash goes and no other. ``accounts`` are accounts of the ledger, each by its code, by what codes begin with (`12*`) or
    by a range of them (`4000-4999`), with the plan's they belong to; of several, the first takes what the contracts measured
    on the others leave.
    ``read.opening.columns`` are those of the opening where it has others than the closing, as where one file states both.
    ``retained_earnings_moved`` is what moved retained earnings besides profit: reason = minor units, increases positive.
    """

    opening: Input | None = None
    closing: Input
    amounts: Amounts
    taken: Annotated[str, BeforeValidator(_before_closing), Field(description=_TAKEN)]
    fiscal_year_end: Annotated[str, BeforeValidator(_month_and_day), Field(description=_YEAR_END)]
    ignore: list[str] = Field(default_factory=list)
    columns: dict[str, str] = Field(default_factory=dict)
    read: TapeRead | None = None
    accounts: dict[str, str | list[str]] = Field(default_factory=dict)
    same_source: list[str] = Field(default_factory=list)
    shared: list[str] = Field(default_factory=list)
    cash: dict[str, list[str]] = Field(default_factory=dict)
    retained_earnings_moved: dict[str, int] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _written_clearly(self) -> TrialBalances:
        for instant in INSTANTS:
            written_at(stated_of_files(self), instant)
        if self.opening is None and self.read is not None and self.read.opening is not None:
            raise ValueError("read.opening is about the opening's file; name it as opening, the closing's where it is one")
        return self

    def at(self, instant: str) -> TrialBalances:
        """The same, with what is said of how the trial balance of an instant is written alone. A file that states both instants
        has the columns of the other beside its own, which are ignored."""
        written = {each: written_at(stated_of_files(self), each) for each in INSTANTS}
        columns = {each: self._columns_of(each, one.columns) for each, one in written.items()}
        ignored = [*written[instant].ignore, *self._of_the_other(instant, columns)]
        return self.model_copy(update={**vars(written[instant]), "columns": columns[instant], "ignore": ignored})

    @property
    def _of_opening(self) -> Mapping[str, str]:
        """The columns that the opening alone has."""
        return self.read.opening.columns if self.read is not None and self.read.opening is not None else {}

    def _columns_of(self, instant: str, columns: Mapping[str, str]) -> dict[str, str]:
        """The columns of an instant: balances that the opening has in columns of its own are in no other."""
        own = self._of_opening
        apart = {*FIGURES} - own.keys() if instant == "opening" and own.keys() & {*FIGURES} else set()
        return {ours: theirs for ours, theirs in columns.items() if ours not in apart}

    def _of_the_other(self, instant: str, columns: Mapping[str, Mapping[str, str]]) -> list[str]:
        """Columns of a file that are of the other instant, where the opening has some of its own. One that bears a name of ours
        is of the closing, which need not map it, but where the opening takes it for what it is called."""
        own, closing = self._of_opening, columns["closing"]
        ours = [name for name in FIGURES if own.keys() & {*FIGURES} and name not in closing]
        others = [*closing.values(), *ours] if instant == "opening" else columns["opening"].values()
        unmapped = [name for name in ours if own.get(name) != name] if instant == "closing" else []
        taken = {*columns[instant].values(), *unmapped}
        return [name for name in others if own and name not in taken]

    @property
    def charted(self) -> dict[str, str]:
        """The plan's account for each of the ledger's, the first of several."""
        return {theirs: named if isinstance(named, str) else named[0] for theirs, named in self.accounts.items()}

    @property
    def divided(self) -> dict[str, tuple[str, ...]]:
        """The accounts that an account of the plan is divided into, besides itself, once its balance is read."""
        return {named[0]: tuple(named[1:]) for named in self.accounts.values() if not isinstance(named, str) and named[1:]}

    def ends_fiscal_year(self, day: date) -> bool:
        """Whether a fiscal year ends on a day; one that ends in February ends on its last day."""
        month, last = int(self.fiscal_year_end[:2]), int(self.fiscal_year_end[3:])
        in_february = month == 2 and last > 27 and (day + timedelta(days=1)).month == 3
        return day.month == month and (day.day == last or in_february)
