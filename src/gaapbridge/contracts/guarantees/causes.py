"""Findings about the rows of guarantee tapes: the guarantees concerned by cause, and the wording of each finding."""

from __future__ import annotations

from datetime import date

import polars as pl

from gaapbridge.contracts.guarantees.columns import TERMS
from gaapbridge.contracts.scan import Cause
from gaapbridge.contracts.side_by_side import OF_OPENING


def causes_of(joined: pl.DataFrame, stands_beside: bool, opening: date | None) -> dict[str, pl.DataFrame]:
    """Guarantees with a finding, by cause.

    ``stands_beside``: the contract liability stands beside the loss allowance. ``opening`` is the instant of the opening tape,
    None without one. ``path`` names what became of each; ``beside`` and ``given_up`` are the amounts of the causes that are
    about them; ``fees``, ``collected`` and ``fees_written_off`` are sums of the instalments on the closing tape, and on the
    opening one.
    """
    both = pl.col("status").is_not_null() & pl.col("status" + OF_OPENING).is_not_null()
    given = [name for name in TERMS if name + OF_OPENING in joined.columns]
    changed = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name + OF_OPENING)) for name in given)
    fees_on_both = both & (pl.col("fees") > 0) & (pl.col("fees" + OF_OPENING) > 0)
    fees_less = pl.any_horizontal(pl.col(name) < pl.col(name + OF_OPENING) for name in ("collected", "fees_written_off"))
    conditions = {
        "lost": pl.col("path") == "lost",
        "terms changed": both & changed,
        "fees changed": fees_on_both & (pl.col("fees") != pl.col("fees" + OF_OPENING)),
        "collected less": fees_on_both & fees_less,
        "not on the opening tape": pl.col("path").str.starts_with("new")
        & (pl.lit(False) if opening is None else pl.col("origination_date") <= opening),
        "given up": pl.col("given_up") > 0,
        "recovered less": both & (pl.col("recovered_minor") < pl.col("recovered_minor" + OF_OPENING)).fill_null(False),
    }
    if stands_beside:
        conditions["above 4.2.1(c)"] = pl.col("beside") > 0
    amount = pl.coalesce(pl.col("outstanding_principal_minor"), pl.col("outstanding_principal_minor" + OF_OPENING))
    shown = {
        "above 4.2.1(c)": pl.col("beside"),
        "given up": pl.col("given_up"),
        "fees changed": pl.col("fees") - pl.col("fees" + OF_OPENING),
    }
    found = {}
    for cause, condition in conditions.items():
        rows = joined.filter(condition).select("contract_id", shown.get(cause, amount).alias("amount_minor"))
        if rows.height:
            found[cause] = rows
    return found


CAUSES: dict[str, Cause] = {
    "lost": Cause(
        "guarantee left without a reason",
        "R9",
        "on book at the opening; not on the closing tape, or left by it on or before the opening instant",
        "list it on the closing tape with its status and exit date",
    ),
    "not on the opening tape": Cause(
        "guarantee missing at the opening",
        "R9",
        "issued on or before the opening instant and not on the opening tape; all its income falls into this period",
        "list it on the opening tape, and close the period before again",
    ),
    "given up": Cause(
        "fees or recoveries given up",
        "R9",
        "expected at the opening of a guarantee that had ended and that the closing tape no longer lists; charged to "
        "the provision",
        "list it until nothing more is expected, or confirm that it is abandoned",
    ),
    "terms changed": Cause(
        "terms of a guarantee changed",
        None,
        "the opening and closing tapes disagree on terms that do not change; the closing tape's are measured",
        "correct the tape, or assess the modification by hand",
    ),
    "fees changed": Cause(
        "fees of a guarantee changed",
        "R9",
        "the fee instalments on the opening and on the closing tape add up to different totals; the amount is the change, and "
        "each instant is measured on its own tape",
        "list every instalment on both tapes, once; or assess the modification by hand",
    ),
    "collected less": Cause(
        "less collected to date than before",
        "R9",
        "fees collected or written off are to date, and are lower on the closing tape than on the opening tape",
        "correct the tape that is wrong",
    ),
    "recovered less": Cause(
        "less recovered to date than before",
        "R9",
        "recovered_minor is to date, and is lower on the closing tape than on the opening tape",
        "correct the tape that is wrong",
    ),
    "above 4.2.1(c)": Cause(
        "guarantee liability above IFRS 9 4.2.1(c)",
        None,
        "both the loss allowance and the contract liability are carried (ifrs_liability = additive); the amount is the excess "
        "over the higher of the two",
        'elect "higher_of", or allow for the finding in [thresholds]',
    ),
}
"""The wording of each finding."""
