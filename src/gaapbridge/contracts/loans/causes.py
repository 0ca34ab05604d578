"""Findings about the rows of loan tapes and events: the contracts concerned by cause, and the wording of each finding."""

from __future__ import annotations

from datetime import date

import polars as pl

from gaapbridge.contracts.loans.columns import TERMS
from gaapbridge.contracts.older_than_curves import CAUSE, OLDER, older_than
from gaapbridge.contracts.scan import Cause, by_cause
from gaapbridge.contracts.side_by_side import OF_OPENING, ON_BOTH, OUTSTANDING, missing_at_opening, terms_changed


def causes_of(joined: pl.DataFrame, opening: date | None, known_from: date) -> dict[str, pl.DataFrame]:
    """Contracts with a finding, by cause.

    ``opening`` is the instant of the opening tape, None without one; ``known_from`` the first day on which curves are in
    force; ``path`` names what became of each, and ``not_carried_minor`` is what the recovery curve expects of it and IFRS
    does not carry.
    """
    off = pl.col("path").is_in(["written_off", "new_written_off"])
    conditions = {
        "lost": pl.col("path") == "lost",
        "terms changed": terms_changed(joined, TERMS) & ~pl.col("modified").fill_null(False),
        "not on the opening tape": missing_at_opening(opening),
        "received less": ON_BOTH & (pl.col("interest_received_minor") < pl.col("interest_received_minor" + OF_OPENING)),
        "modified": pl.col("modified").fill_null(False),
        "write-off amount": off & (pl.col("event_written_off_minor") != pl.col("outstanding_principal_minor")),
        "write-off event": ~off & (pl.col("event_written_off_minor").fill_null(0) > 0),
        "recovery without write-off": (pl.col("recovered_minor").fill_null(0) > 0)
        & ~off
        & (pl.col("path") != "written_off_earlier"),
        "left before": pl.col("path") == "ignored",
        OLDER: older_than(known_from),
        "recoveries not carried": pl.col("not_carried_minor") > 0,
    }
    return by_cause(joined, conditions, OUTSTANDING, {"recoveries not carried": pl.col("not_carried_minor")})


CAUSES: dict[str, Cause] = {
    "lost": Cause(
        "contract left without a reason",
        "R9",
        "on book at the opening; not on the closing tape, or left by it on or before the opening instant",
        "list it on the closing tape with its status and exit date",
    ),
    "not on the opening tape": Cause(
        "contract missing at the opening",
        "R9",
        "originated on or before the opening instant and not on the opening tape; all its income falls into this period",
        "list it on the opening tape, and close the period before again",
    ),
    "received less": Cause(
        "less interest received to date than before",
        "R9",
        "interest_received_minor is to date, and is lower on the closing tape than on the opening tape",
        "correct the tape that is wrong",
    ),
    "terms changed": Cause(
        "terms changed without a modification",
        None,
        "the opening and closing tapes disagree on terms that do not change",
        "correct the tape, or add a modification event",
    ),
    "modified": Cause(
        "modification not measured",
        None,
        "a modified contract is measured on the terms its tape shows; no gain or loss is measured",
        "assess the contract by hand (310-20-35-9; IFRS 9 5.4.3)",
    ),
    "write-off amount": Cause(
        "write-off amount differs",
        "R9",
        "the write-off event is for a different amount from the outstanding principal of the row that left",
        "correct the event or the row",
    ),
    "write-off event": Cause(
        "write-off event of a contract not written off",
        "R9",
        "the tape does not show the contract as written off in the period",
        "correct its status and exit date, or remove the event",
    ),
    "recovery without write-off": Cause(
        "recovery of a contract not written off",
        "R9",
        "a recovery is cash received on an amount written off; nothing is written off on this contract",
        "list the contract as written off, or record the cash as a payment",
    ),
    "left before": Cause(
        "row of a contract that left before the period",
        "R9",
        "it left on or before the opening instant and is not counted",
        "leave it off the closing tape",
    ),
    OLDER: CAUSE,
    "recoveries not carried": Cause(
        "written off whole, with recoveries expected",
        None,
        "the recovery curve still expects the amount, discounted, and IFRS has written the whole balance off",
        'state ifrs_after_write_off = "expected_recoveries" where they can reasonably be expected (IFRS 9 5.4.4, B5.4.9), '
        "or give a recovery curve of nil",
    ),
}
"""The wording of each finding."""
