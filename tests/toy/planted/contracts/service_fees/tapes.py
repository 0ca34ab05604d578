"""The tapes of service fees, opened and cut by ranges of contracts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gaapbridge.contracts.contract_tapes import CutTapes, Ranges, open_cut
from gaapbridge.contracts.service_fees import KIND
from gaapbridge.contracts.service_fees.schema import SERVICE_FEES
from gaapbridge.plan import Plan
from gaapbridge.tapes.both_tapes import without
from gaapbridge.tapes.ranges import Held, not_given

OPENING_TAPE, CLOSING_TAPE = "tapes.service_fees.opening", "tapes.service_fees.closing"


def held_together(ranges: Ranges) -> dict[str, Held]:
    """The rows of a range, by tape: good on both tapes or on none. A tape that the plan does not name is not in ``ranges``."""
    held = {source: tape.held(SERVICE_FEES) for source, tape in ranges.items()}
    opening, closing = (held.get(source, not_given(SERVICE_FEES)) for source in (OPENING_TAPE, CLOSING_TAPE))
    # A fee whose row is rejected at one instant is rejected at the other too: it must not read as if it had come or gone.
    kept = {OPENING_TAPE: without(opening, closing.rejected_ids), CLOSING_TAPE: without(closing, opening.rejected_ids)}
    return {source: kept[source] for source in held}


def open_tapes(plan: Plan, paths: Mapping[str, Path]) -> CutTapes[None]:
    """Open the tapes of a plan. Raises ``UnusableInput``; reads no more than ids."""
    # Nothing is assumed of a fee. Segments are those that a column of the tape may name; these tapes have no such column.
    return open_cut(plan, paths, KIND, held_together, assumed=None, curves=None)
