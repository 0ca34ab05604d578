"""A changed answer of US GAAP moves what is measured and no balance of the ledger: a comparison says which, and by how much."""

from __future__ import annotations

import pytest

from gaapbridge.comparison import compare
from gaapbridge.run import Run


@pytest.mark.parametrize("months", [24, None])
def test_what_us_gaap_measured_otherwise_is_said_not_to_be_booked(lender, months: int | None) -> None:
    """The column of US GAAP is the ledger's and stands; IFRS moved with the adjustment, as if the answer were its own."""
    changed = [("us_supportable_months = 12", f"us_supportable_months = {months}")] if months else []
    old, new = Run(lender.run(2023)), Run(lender.close(2023, *changed))
    comparison = compare(old, new, attribute=False)
    told = comparison.as_text()
    if months is None:
        assert comparison.unbooked == () and "not booked" not in told
        return
    of_closing = [one for one in comparison.unbooked if one.statement == "bs-2023"]
    checks = {one.id: one.expected for one in new.listed.checks}
    assert of_closing and all(one.new_minor == checks[f"R9/bs-2023/{one.account}"] for one in of_closing)
    effect = next(one.cell for one in comparison.effects if (one.column, one.on) == ("us_gaap", "equity"))
    assert not effect.difference_minor and sum(one.difference_minor for one in of_closing) != 0
    assert "Measured under US GAAP, and not booked" in told and "The US GAAP column is the ledger's" in told
    assert comparison.as_dict()["unbooked"][0]["difference_minor"] == comparison.unbooked[0].difference_minor
