"""The causes of a difference in the words of the trade, from the names by which journals post them."""

from __future__ import annotations

_CAUSES = {
    "brought_forward": "brought forward from last year",
    "origination": "contracts new in the period",
    "remeasurement": "allowances measured again",
    "assumptions": "revised estimates",
    "derecognition": "contracts settled",
    "unwind": "interest on allowances and recoveries",
    "cash": "interest received on settlement",
    "recovery": "recoveries of what was written off",
    "write_off": "written off",
    "accrual": "fees earned and not yet due",
    "collection": "fees collected ahead of revenue",
    "premium": "fees earned",
    "release": "release of the stand-ready liability",
    "maturity": "between current and non-current",
    "higher_of": "unearned fees absorbed by the allowance",
    "service_cost": "cost of the period's service",
    "deferred_tax": "deferred tax",
}
"""What a cause is called, whichever note it is of."""

_OF_A_NOTE = {
    ("ecl", "accretion"): "interest accrued",
    ("eir", "accretion"): "interest at the effective rate",
    ("fg", "accretion"): "fees collected above fair value",
    ("fg", "origination"): "guarantees new in the period",
    ("fg", "derecognition"): "fees no longer owed after settlement",
    ("fg", "remeasurement"): "allowances on fees measured again",
    ("fg", "write_off"): "fees written off",
    ("sbc", "assumptions"): "revised forfeiture rates",
}
"""The same where a note means something of its own by it; columns of the notes that the package has."""


def cause_in_words(column: str, cause: str) -> str:
    """A cause of a column; one that a lender names is said as it is.

    >>> cause_in_words("fg", "write_off"), cause_in_words("ecl", "write_off"), cause_in_words("lease", "rent_paid")
    ('fees written off', 'written off', 'rent paid')
    """
    return _OF_A_NOTE.get((column, cause)) or _CAUSES.get(cause) or cause.replace("_", " ")
