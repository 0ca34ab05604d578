"""A finding: a named disagreement in the lender's records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

MINOR_UNITS = "minor units"
"""The unit of an amount of money."""


def in_minor(amount_minor: int) -> str:
    """An amount of money within a text, with its unit: by this a report knows it, and shows it in the currency.

    >>> in_minor(-22_301_074)
    '-22,301,074 minor units'
    """
    return f"{amount_minor:,} {MINOR_UNITS}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What disagrees, where, by how much, why it matters and what to do about it.

    Findings are returned, all of them; they are never raised and never dropped. `amount_minor` is
    None where the disagreement has no amount (a rate outside its bounds). `check` is the rule that
    found it (`R9`), when a numbered rule did. `unit` is what the amount counts, minor units or something else (rows).
    `accepted` is the reason for which the plan takes it as no fault: it is told and does not count.

    >>> Finding("loan tape against ledger", "1301", -250, "the tape is lower", "post or correct").check
    """

    name: str
    where: str
    amount_minor: int | None
    why: str
    remedy: str
    check: str | None = None
    unit: str = MINOR_UNITS
    accepted: str | None = None

    @property
    def amount_text(self) -> str:
        """The amount with its unit, blank where there is none.

        >>> Finding("control total differs", "tapes.loans/rows", -1, "", "", unit="rows").amount_text
        '-1 rows'
        """
        return "" if self.amount_minor is None else f"{self.amount_minor:,} {self.unit}"

    @property
    def sentence(self) -> str:
        """Everything but the remedy, for a reader.

        >>> Finding("loan tape against ledger", "1301", -250, "the tape is lower", "post or correct").sentence
        'loan tape against ledger, 1301 (-250 minor units): the tape is lower'
        """
        amount = f" ({self.amount_text})" if self.amount_text else ""
        return f"{self.name}, {self.where}{amount}: {self.why}"

    @property
    def line(self) -> str:
        """The finding as a close prints it, with its remedy, or the reason for which it is accepted.

        >>> Finding("principal rose", "loan/L1", 5, "it did", "correct it", accepted="drawn again").line
        'Accepted: principal rose, loan/L1 (5 minor units): it did. Reason: drawn again.'
        """
        if self.accepted is None:
            return f"Finding: {self.sentence}. Remedy: {self.remedy}."
        return f"Accepted: {self.sentence}. Reason: {self.accepted.strip().rstrip('.')}."

    def as_dict(self) -> dict[str, object]:
        """The finding as it is written to `findings.json`."""
        return asdict(self)


NAMED_CONTRACTS = 5
"""How many contracts a finding names; the rest are counted."""


def named(first_ids: Sequence[str], contracts: int) -> str:
    """The first of so many contracts by name, and whether there are others.

    >>> named(["A", "B"], 2), named(["A", "B"], 3)
    ('A, B', 'A, B and others')
    """
    return ", ".join(first_ids) + (" and others" if contracts > len(first_ids) else "")
