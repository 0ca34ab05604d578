"""The guarantees the example lender gives on loans funded by others: their terms, and the rows of their tapes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.example.cash import Recoveries
from gaapbridge.example.contracts import ARRANGED_PRODUCT, Contracts, Schedule, Whole, draw_contracts
from gaapbridge.example.fees import FeeInstalments, FeeTerms, draw_fee_terms, half_up
from gaapbridge.example.market import GUARANTEED_LOANS
from gaapbridge.example.simulate import Course
from gaapbridge.example.tapes import MATURED, NO_AMOUNT, NOT_STATED, WRITTEN_OFF
from gaapbridge.example.year_end import Columns, Listed, Year, accrued_interest, contract_columns

_RELATED, _SHARED = 0.03, 0.10
_SHARE_PER_CENT = 90


@dataclass(frozen=True)
class Guarantees:
    """Terms of N guarantees: the loan guaranteed, the share of it in per cent, whether a related party funds it, the fees."""

    loans: Contracts
    share_per_cent: Whole
    related: NDArray[np.bool_]
    fees: FeeTerms


def draw_guarantees(random: np.random.Generator, first: int, rows: int, guarantees: int) -> Guarantees:
    """Terms of guarantees ``first`` to ``first + rows - 1`` out of ``guarantees``."""
    loans = draw_contracts(random, ARRANGED_PRODUCT, first, rows, guarantees)
    return Guarantees(
        loans=loans,
        share_per_cent=np.where(random.random(rows) < _SHARED, _SHARE_PER_CENT, 100),
        related=random.random(rows) < _RELATED,
        fees=draw_fee_terms(random, loans),
    )


def paid_out(guarantees: Guarantees, rows: Listed, columns: Columns) -> Whole:
    """What the funder of each listed guarantee was paid: its share of principal and interest; nil where it was not."""
    owed = columns["outstanding_principal_minor"] + accrued_interest(guarantees.loans, rows, columns)
    due = half_up(owed * guarantees.share_per_cent[rows.which], 100)
    return np.where(columns["status"] == WRITTEN_OFF, due, 0)


def guarantee_rows(
    guarantees: Guarantees, schedule: Schedule, course: Course, recoveries: Recoveries, rows: Listed, year: Year
) -> Columns:
    """Rows of a guarantee tape.

    A loan settled on the very day on which its funder would be paid was a day less past due the evening before.
    """
    which, terms = rows.which, guarantees.fees
    columns = contract_columns(guarantees.loans, schedule, course, rows)
    claim, late = columns["claim_at_default_minor"], columns["days_past_due"]
    below_payout = GUARANTEED_LOANS.default_days[guarantees.loans.segment[which]] - 1
    share = guarantees.share_per_cent[which]
    by_now = recoveries.when <= year.closing
    recovered = np.zeros(guarantees.related.size, dtype=np.int64)
    np.add.at(recovered, recoveries.which[by_now], recoveries.amount[by_now])
    return columns | {
        "loan_id": columns["contract_id"],
        "guaranteed_share": np.where(share < 100, share / 100, NOT_STATED),
        "stand_ready_minor": np.where(terms.fair_value < terms.total, terms.fair_value, NO_AMOUNT)[which],
        "days_past_due": np.where(columns["status"] == MATURED, np.minimum(late, below_payout), late),
        "claim_at_default_minor": np.where(claim == NO_AMOUNT, NO_AMOUNT, half_up(claim * share, 100)),
        "related_party": guarantees.related[which],
        "paid_out_minor": paid_out(guarantees, rows, columns),
        "recovered_minor": recovered[which],
    }


def fee_rows(guarantees: Guarantees, instalments: FeeInstalments, rows: Listed) -> Columns:
    """Rows of a tape of fee instalments: all those of the listed guarantees."""
    moment = np.zeros(guarantees.related.size, dtype=np.int32)
    moment[rows.which] = rows.moment
    is_listed = np.zeros(guarantees.related.size, dtype=np.bool_)
    is_listed[rows.which] = True
    kept = np.flatnonzero(is_listed[instalments.which])
    return {
        "contract_id": guarantees.loans.number[instalments.which[kept]],
        "due_date": instalments.due[kept],
        "coverage_start": instalments.coverage_start[kept],
        "coverage_end": instalments.coverage_end[kept],
        "fee_minor": instalments.fee[kept],
        "collected_minor": instalments.collected(moment)[kept],
        "written_off_minor": instalments.written_off(moment)[kept],
    }
