"""When guarantees were paid out, counted by hand."""

from __future__ import annotations

import numpy as np

from gaapbridge.estimation.months import UNKNOWN
from gaapbridge.estimation.payouts import count_payouts, days_past_due_when_paid, payout_timing


def paid_on(*days: int):
    return count_payouts(np.zeros(len(days), np.int64), np.array(days), ("retail",))


DAYS = (61, 61, 61, 62, 63, 63, 64, 80, 80, 81)


def test_one_day_serves_where_most_lie_within_the_span() -> None:
    (timing,) = payout_timing(paid_on(*DAYS), span_days=5, minimum_share=0.7)
    assert (timing.default_days, timing.share, timing.mixture, timing.other_days) == (61, 0.7, False, None)


def test_two_funders_in_one_segment_are_a_mixture() -> None:
    (timing,) = payout_timing(paid_on(*DAYS), span_days=5, minimum_share=0.9)
    assert (timing.default_days, timing.mixture, timing.other_days) == (61, True, 80)


def test_chunks_add_up_and_what_is_unknown_is_said() -> None:
    (timing,) = payout_timing(paid_on(61, UNKNOWN) + paid_on(62), span_days=2, minimum_share=1.0)
    assert (timing.payouts, timing.unknown, timing.default_days) == (2, 1, 61)


def test_a_segment_that_was_never_paid_out_says_nothing() -> None:
    (timing,) = payout_timing(paid_on(UNKNOWN), span_days=2, minimum_share=1.0)
    assert (timing.default_days, timing.payouts, timing.mixture) == (None, 0, False)


def test_days_past_due_go_on_from_the_month_end() -> None:
    """58 days at the end of June: 61 on 3 July; nothing is known of who owed nothing, nor of a payout two months later."""
    month_end = np.array(["2024-06-30"] * 3, "datetime64[D]")
    day = np.array(["2024-07-03", "2024-07-03", "2024-09-03"], "datetime64[D]")
    assert days_past_due_when_paid(np.array([58, 0, 58]), month_end, day).tolist() == [61, UNKNOWN, UNKNOWN]
