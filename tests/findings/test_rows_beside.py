"""What rows of events and payments tell of contracts, beside the rows of the two loan tapes."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.payments import PAYMENTS
from gaapbridge.contracts.loans.population import beside
from gaapbridge.tapes.ranges import empty_frame
from tests.findings.tapes_made import loans, rows_for


@pytest.mark.parametrize("others", ["payments", "events", "both"])
def test_a_contract_of_which_nothing_is_told_looks_alike_in_any_range(others: str) -> None:
    """A2 has neither an event nor a payment, whether its range has some of A1 or none at all: the same columns, all empty."""
    none = {schema.name: empty_frame(schema).drop("row") for schema in (EVENTS, PAYMENTS)}
    payments = rows_for(PAYMENTS, {"contract_id": "A1"})
    events = pl.concat(
        [none[EVENTS.name], pl.DataFrame({"contract_id": ["A1"], "kind": ["write_off"], "amount_minor": [100]})], how="diagonal"
    )
    both = loans({}, {})
    quiet = beside(both, both, none[EVENTS.name], none[PAYMENTS.name])
    told = beside(
        both,
        both,
        none[EVENTS.name] if others == "payments" else events,
        none[PAYMENTS.name] if others == "events" else payments,
    )
    a2 = pl.col("contract_id") == "A2"
    assert told.height == quiet.height == 2
    assert_frame_equal(quiet.filter(a2), told.filter(a2))
    assert not told.filter(~a2).equals(quiet.filter(~a2))
