"""Findings about the rows of guarantee tapes: the guarantees concerned by cause, and the wording of each finding."""

from __future__ import annotations

from datetime import date

import polars as pl

from gaapbridge.contracts.ages_counted import AGES_NOT_COUNTED, OF_AGES
from gaapbridge.contracts.contradictions import ALIKE, RISE, ROSE, contradictory, shown
from gaapbridge.contracts.dated_rules import FLAGGED, NOT_COUNTED
from gaapbridge.contracts.days_apart import OF_DAYS, days_apart
from gaapbridge.contracts.guarantees.columns import TERMS
from gaapbridge.contracts.guarantees.fee_rows import SLACK_DAYS
from gaapbridge.contracts.instalment_apart import OF_INSTALMENTS, balloon, instalments_apart
from gaapbridge.contracts.missed_instalments import MISSED, missed_instalments
from gaapbridge.contracts.often_asked import LEFT_WITH_LOSS, ON_BOTH, with_often_asked
from gaapbridge.contracts.older_than_curves import CAUSE, OLDER, older_than
from gaapbridge.contracts.scan import Cause, by_cause
from gaapbridge.contracts.schedule_and_standing import AHEAD_DAYS
from gaapbridge.contracts.side_by_side import OF_OPENING, OUTSTANDING, missing_at_opening, returned, terms_changed


def causes_of(
    joined: pl.DataFrame,
    stands_beside: bool,
    waits_for_due_date: bool,
    instants: tuple[date | None, date],
    known_from: date,
    missed_told: bool,
) -> dict[str, pl.DataFrame]:
    """Guarantees with a finding, by cause.

    ``stands_beside``: the contract liability stands beside the loss allowance; ``waits_for_due_date``: a fee is no revenue
    before it is due. ``instants`` are those of the opening tape, None without one, and of the closing tape, ``known_from`` the
    first day on which curves are in force; ``missed_told``: the closing tape tells when an instalment was missed. ``path``
    names what became of each; ``beside``, ``covered_before_due``, ``offset``, ``above_fees`` and ``given_up`` are the amounts
    of the causes that are about them; ``fees``, ``collected`` and ``fees_written_off`` are sums of the instalments on the
    closing tape, and on the opening one.
    """
    opening, closing = instants
    fees_on_both = ON_BOTH & (pl.col("fees") > 0) & (pl.col("fees" + OF_OPENING) > 0)
    fees_less = pl.any_horizontal(pl.col(name) < pl.col(name + OF_OPENING) for name in ("collected", "fees_written_off"))
    conditions = {
        "lost": pl.col("path") == "lost",
        "terms changed": terms_changed(joined, TERMS),
        "fees changed": fees_on_both & (pl.col("fees") != pl.col("fees" + OF_OPENING)),
        "collected less": fees_on_both & fees_less,
        "not on the opening tape": missing_at_opening(opening),
        "given up": pl.col("given_up") > 0,
        "offset": pl.col("offset") > 0,
        "payouts above fees": pl.col("above_fees") > 0,
        "without allowance": pl.col("without_allowance"),
        "recovered less": ON_BOTH & (pl.col("recovered_minor") < pl.col("recovered_minor" + OF_OPENING)).fill_null(False),
        OLDER: older_than(known_from),
        "rose": ROSE,
        "paid out more": LEFT_WITH_LOSS & (_PAID_ABOVE > 0),
        "paid out less": LEFT_WITH_LOSS & (pl.col("paid_out_minor") < _FAR_BELOW * _SHARE_OWED),
        "paid out early": LEFT_WITH_LOSS & (pl.col("days_past_due") < pl.col("default_days")),
        "coverage outside": pl.col("outside_life") > 0,
        "coverage changed": fees_on_both & (pl.col("fees") == pl.col("fees" + OF_OPENING)) & (pl.col("fees_moved") > 0),
        "collected ahead": pl.col("collected_ahead") > 0,
        "coverage broken": pl.col("broken_coverage") > 0,
        "due outside": pl.col("due_outside") > 0,
        "matured early": pl.col("matured_early") > 0,
    }
    conditions |= days_apart(opening, closing) | instalments_apart() | missed_instalments(opening, closing, stated=missed_told)
    conditions |= returned("paid_out") | contradictory(opening, "paid_out", "paid_out_minor") | FLAGGED | OF_AGES
    if stands_beside:
        conditions["above 4.2.1(c)"] = pl.col("beside") > 0
    if waits_for_due_date:
        conditions["due after coverage"] = pl.col("covered_before_due") > 0
    amounts = shown("paid_out_minor") | {
        "balloon": balloon(),
        "above 4.2.1(c)": pl.col("beside"),
        "due after coverage": pl.col("covered_before_due"),
        "given up": pl.col("given_up"),
        "offset": pl.col("offset"),
        "payouts above fees": pl.col("above_fees"),
        "fees changed": pl.col("fees") - pl.col("fees" + OF_OPENING),
        "rose": RISE,
        "paid out more": _PAID_ABOVE,
        "paid out less": _SHARE_OWED - pl.col("paid_out_minor"),
        "paid out early": pl.col("paid_out_minor"),
        "coverage outside": pl.col("outside_life"),
        "coverage changed": pl.col("fees_moved"),
        "collected ahead": pl.col("collected_ahead"),
        "coverage broken": pl.col("broken_coverage"),
        "due outside": pl.col("due_outside"),
        "matured early": pl.col("matured_early"),
    }
    return by_cause(with_often_asked(joined), conditions, OUTSTANDING, amounts)


def _paid_above() -> pl.Expr:
    """What was paid out above the guaranteed share of what was owed: principal, interest billed, and interest up to the payout
    for all days past due and a month; or of the claim that the tape states, where that is more."""
    principal = pl.col("outstanding_principal_minor")
    running = principal * pl.col("annual_rate") * (pl.col("days_past_due") + 31) / 365
    owed = pl.max_horizontal(principal + pl.col("billed_unpaid_interest_minor") + running, "claim_at_default_minor")
    return pl.col("paid_out_minor") - (owed * pl.col("guaranteed_share")).ceil().cast(pl.Int64)


_PAID_ABOVE = _paid_above()

_FAR_BELOW = 0.5
"""What share of the principal that it guarantees a payout is far below."""

_SHARE_OWED = (pl.col("outstanding_principal_minor") * pl.col("guaranteed_share")).ceil().cast(pl.Int64)
"""The guaranteed share of the principal owed the moment before."""


CAUSES: dict[str, Cause] = {
    **ALIKE,
    **OF_DAYS,
    **OF_INSTALMENTS,
    **MISSED,
    **NOT_COUNTED,
    **AGES_NOT_COUNTED,
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
    "back after a loss": Cause(
        "guarantee on book again after its payout",
        "R9",
        "paid out on the opening tape, on book in the period; it is measured as if it had been issued in it",
        "correct the tape that is wrong; list a guarantee that was issued anew under an id of its own",
    ),
    "lost twice": Cause(
        "guarantee paid out twice",
        "R9",
        "paid out on the opening tape, and on the closing tape by a later day in the period; its loss is in both years",
        "give the closing tape the day of the first payout",
    ),
    "back after it left": Cause(
        "guarantee on book again after it had ended",
        "R9",
        "ended on the opening tape, on book in the period; it is measured as if it had been issued in it",
        "correct the tape that is wrong; list a guarantee that was issued anew under an id of its own",
    ),
    "without allowance": Cause(
        "guarantee in arrears without an allowance",
        "R20",
        "its borrower is past due and nothing is expected to be paid out under US GAAP, or under IFRS",
        "look for hazards or losses given payout that are nil over what remains of it (explain --months)",
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
    "rose": Cause(
        "guaranteed principal rose",
        None,
        "more principal is outstanding than at the opening, or than was advanced; the amount is the rise",
        "correct the balance; state a guarantee of further drawings under an id of its own",
    ),
    "paid out more": Cause(
        "paid out more than was owed",
        None,
        "the payout is above the guaranteed share of principal, interest billed and interest up to the payout; the amount is "
        "the excess",
        "correct the payout, the principal of the moment before, or the share; costs of collection are no payout",
    ),
    "paid out less": Cause(
        "paid out far less than was owed",
        None,
        "the payout is less than half of the guaranteed share of the principal that was owed; the amount is what it is below "
        "that share",
        "correct the payout, the principal of the moment before, or the share; of guarantees that pay instalments overdue "
        "alone, accept the finding in [records.severity]",
    ),
    "paid out early": Cause(
        "paid out before its day",
        None,
        "the borrower was fewer days past due than those at which the guarantee pays out (payout_days_past_due); the amount is "
        "the payout",
        "state days_past_due as they were the moment before the payout, or estimate the hazards for the day on which it pays",
    ),
    "loss changed": Cause(
        "earlier payout changed",
        "R9",
        "paid out before the period, and the tapes differ on the day or the amount of it; the amount is the change",
        "correct the tape that is wrong; what is recovered of a payout is recovered_minor",
    ),
    "coverage outside": Cause(
        "coverage outside the guarantee",
        None,
        "fee instalments pay for coverage that begins before the guarantee was made, or ends after it; they are the amount",
        "correct the dates of the coverage, or maturity_date; without one a guarantee ends with the last instalment",
    ),
    "coverage broken": Cause(
        "coverage of fees overlaps or has a gap",
        None,
        f"for more than {SLACK_DAYS} days fee instalments cover the same days, or none covers them, and before and after they "
        "follow each other; the amount is those with which the overlap begins or the gap ends",
        "correct the dates of the coverage, or list the instalment that is missing; of days that are paid for twice, or not at "
        "all, accept the finding in [records.severity]",
    ),
    "coverage changed": Cause(
        "coverage of a fee changed",
        "R9",
        "fee instalments on the opening tape are not on the closing tape with the same due date, coverage and amount; the "
        "amount is those fees, and each instant is measured on its own tape",
        "correct the tape that is wrong; or assess the modification by hand",
    ),
    "collected ahead": Cause(
        "fee collected far ahead",
        None,
        "fees are collected that fall due, and whose coverage begins, more than a month after the closing, or after the "
        "guarantee had left; the amount is what was collected",
        "correct what was collected, or the dates of the instalment",
    ),
    "due outside": Cause(
        "fee due outside the guarantee",
        None,
        "fee instalments fall due before the guarantee was made, or more than a year after its end; they are the amount",
        "correct the due dates, or the dates of the guarantee",
    ),
    "matured early": Cause(
        "guarantee matured before its end",
        None,
        f"it left as matured more than {AHEAD_DAYS} days before its maturity, or its last instalment, with principal "
        "outstanding",
        'state "settled_early" of a loan repaid ahead, "paid_out" of one that was not, or correct the dates',
    ),
    "recovered less": Cause(
        "less recovered to date than before",
        "R9",
        "recovered_minor is to date, and is lower on the closing tape than on the opening tape",
        "correct the tape that is wrong",
    ),
    OLDER: CAUSE,
    "above 4.2.1(c)": Cause(
        "guarantee liability above IFRS 9 4.2.1(c)",
        None,
        "both the loss allowance and the contract liability are carried (ifrs_liability = additive); the amount is the excess "
        "over the higher of the two",
        'elect "higher_of", or allow for the finding in [thresholds]',
    ),
    "offset": Cause(
        "recoveries offset against a guarantee liability",
        None,
        "expected recoveries of guarantees paid out reduce the liability under IFRS (compensated_guarantees = "
        "net_in_liability); an asset and a liability to others do not offset (IAS 32.42), and the amount is that asset",
        'elect "receivable", or allow for the finding in [thresholds]',
    ),
    "payouts above fees": Cause(
        "expected payouts above the fees",
        None,
        "the payouts expected at origination, with the margin, come to more than the fees; the fair value at inception is that "
        "of the fees, and the amount is what is above them (460-10-30-2(a))",
        "look at fees, hazards and margin, or state the fair value of the guarantee in stand_ready_minor",
    ),
    "due after coverage": Cause(
        "fee due after its coverage has ended",
        None,
        "the coverage is over and the fee not yet due, so that it is no revenue (ifrs_fee_revenue = when_due); the amount is "
        "those fees, less what of them was written off (IFRS 15.35)",
        'elect "accrued", or allow for the finding in [thresholds]',
    ),
}
"""The wording of each finding."""
