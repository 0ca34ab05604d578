"""Validation of curves on contracts and months that they were not fitted to: what they expected against what came."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from gaapbridge.estimation.fitted import Fitted
from gaapbridge.estimation.months import Months, Tiny
from gaapbridge.estimation.seen import last_day
from gaapbridge.estimation.validation.conditions import Conditions, on_days
from gaapbridge.estimation.validation.distinct import Distinct
from gaapbridge.estimation.validation.limits import limits
from gaapbridge.estimation.validation.rules import CameWithout
from gaapbridge.estimation.validation.run_off import LossTerms
from gaapbridge.estimation.validation.sample import Sample, Tested
from gaapbridge.terms.errors import UnusableInput

Fit = Callable[[int, int | None], Fitted]
"""Curves fitted to what was known at the end of a month, without the contracts of a fold, or of all of them."""

Losses = Callable[[int, int | None], LossTerms]
"""How a default becomes a loss, likewise."""

FORMAT = 1
"""The format of what is told."""


def validate(
    chunks: Iterable[Months],
    standing: Callable[[Months], Tiny],
    fit: Fit,
    openings: Sequence[int],
    folds: Sequence[int],
    *,
    known: int,
    until: int,
    conditions: Conditions,
    losses: Losses | None = None,
    without: Sequence[CameWithout] = (),
) -> dict[str, Any]:
    """Curves against what came, out of sample and out of time, as plain words and numbers: the content of ``validation.json``.

    ``chunks`` is gone through once, and each of its contracts is whole in one. ``standing`` gives the bucket of every row as it
    was known then, ``IN_DEFAULT``, or ``NOT_TOLD``. Out of sample the contracts of each fold are tested on curves fitted to all
    others by the month ``known``; out of time all contracts on curves fitted to each opening. Outcomes are seen to ``until``.
    ``without`` has for each dated rule what came without it, once the chunks are gone through.
    Openings whose month ends on a Saturday or Sunday are tests of their own. Raises ``UnusableInput`` for an opening from which
    no whole window was seen.
    """
    for opening in openings:
        if opening + conditions.window_months > until:
            raise UnusableInput(
                column="openings",
                value=last_day(opening).isoformat(),
                rule=f"{conditions.window_months} months after an opening have been seen, to {last_day(until).isoformat()}",
                remedy="name earlier openings, or a shorter window",
            )
    samples: list[Sample] = []
    of_folds = tuple(Tested(fit(known, fold), fold, losses(known, fold) if losses else None) for fold in folds)
    for weekend in (False, True):
        own = on_days(openings, weekend=weekend)
        if not own:
            continue
        if folds:
            tested = dict.fromkeys(own, of_folds)
            samples.append(Sample(own, until, conditions, tested, out_of_time=False, weekend=weekend))
        at_openings = {one: (Tested(fit(one, None), None, losses(one, None) if losses else None),) for one in own}
        samples.append(Sample(own, until, conditions, at_openings, out_of_time=True, weekend=weekend))
    distinct = Distinct(conditions, tuple(sorted(openings)))
    for months in chunks:
        standings = standing(months)
        distinct.add(months, standings)
        for sample in samples:
            sample.add(months, standings)
    told = [sample.told(distinct) for sample in samples]
    for one, sample in zip(told, samples, strict=True):
        one["without_rules"] = [row for rule in without for row in rule.rows(sample.openings, one["summary"])]
    return {
        "format": FORMAT, "known": last_day(known).isoformat(), "until": last_day(until).isoformat(),
        "folds": list(folds), "conditions": asdict(conditions),
        "tests": told, "limits": limits(told, conditions),
    }  # fmt: skip
