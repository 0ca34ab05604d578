"""Loans whose defaults begin with their first instalment missed, through the kernels of a close."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from gaapbridge.differences.expected_credit_loss import ifrs
from gaapbridge.measure import kernels
from gaapbridge.measure.survival import Risk, TableIndex, default_probabilities, loss_weights
from gaapbridge.measure.timeline import NO_INTEREST, months_at_risk
from tests.conformance.chunks import ANSWERS, Numbers, agreed


def levels(principal: Sequence[float], rate: float, periods: Sequence[int]) -> kernels.ScheduleTerms:
    """Level loans of several terms at one rate; the instalments are not rounded."""
    amounts, terms = np.asarray(principal, dtype=np.float64), np.asarray(periods, dtype=np.int64)
    each = [kernels.level_instalment(amount, rate, term) for amount, term in zip(amounts, terms, strict=True)]
    return agreed(kernels.LEVEL, amounts, rate, 1)._replace(instalments=terms, instalment=np.array(each))


def table(curves: Mapping[str, Sequence[float]], buckets: Sequence[str]) -> Numbers:
    """A curve for each bucket, in their order."""
    return np.array([curves[bucket] for bucket in buckets])


def first_missed(
    schedule: kernels.ScheduleTerms, hazard: Numbers, performing: Numbers, prepaying: float, lag: int, bucket: Sequence[int],
    due: Sequence[int], paid: Sequence[int], outstanding: Sequence[float],
) -> tuple[Numbers, Numbers]:  # fmt: skip
    """Expected defaults of level loans, and what is then owed, interest apart: lifetime, nothing recovered, not discounted.

    ``hazard`` and ``performing`` bucket x month ahead; the rest by loan: bucket, due dates passed, instalments paid, principal.
    """
    loans, months = schedule.principal.size, hazard.shape[-1]
    mortality = np.full((1, months + 1), prepaying)
    risk = Risk(hazard[None, None], performing[None, None], mortality, np.ones(1), 1)
    passed, behind = np.asarray(due), np.full(loans, lag)
    row = TableIndex(len(hazard), 1).row(np.zeros(loans, dtype=np.int64), np.asarray(bucket), passed)
    horizon = months_at_risk(schedule.instalments, passed, behind)
    none, elections = np.zeros((1, loans)), replace(ANSWERS, default_timeline="first_missed")
    totals, _ = kernels.scan_guaranteed(
        schedule,
        kernels.LossRows(
            weights=loss_weights(risk, np.ones((1, 1))), table=row[None, :], due=passed[None, :],
            paid=np.asarray(paid)[None, :], lag=behind[None, :], elapsed_periods=none, horizon=horizon[None, :],
            principal=np.asarray(outstanding)[None, :], billed=none,
            interest=np.full((1, loans), NO_INTEREST), exposure=np.array([ifrs.exposure(elections)]),
            interest_beside=np.zeros(1, dtype=np.int64), shift=np.zeros(1), near_months=0,
        ),
        np.ones((1, loans)),
    )  # fmt: skip
    return default_probabilities(risk)[row, horizon], totals[0]
