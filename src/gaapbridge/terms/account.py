"""An account of the chart and the statement line it is shown on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One account: its code, its name, and the row of the statement layout that shows it.

    `line` is the id of a line, or of a sub-total when the account is carried in the sub-total
    without a line of its own (cash in "Total current assets").

    >>> Account("1301", "Loans receivable, current", "loans_c").line
    'loans_c'
    """

    code: str
    name: str
    line: str

    def __post_init__(self) -> None:
        if not self.code or not self.line:
            raise ValueError("an account has a code and a statement line")
