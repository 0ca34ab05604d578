"""The validation that a plan states, of the curves of its history: fitted anew without each fold, and at each opening."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import numpy as np

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.estimation.chain import pace_in_default
from gaapbridge.estimation.cohorts import at_ages
from gaapbridge.estimation.fitted import Fitted
from gaapbridge.estimation.fitting import Counted, Curves, fit
from gaapbridge.estimation.history import History
from gaapbridge.estimation.months import FOLDS, Months, Tiny, month_number
from gaapbridge.estimation.pools import Pool
from gaapbridge.estimation.states import standings
from gaapbridge.estimation.validation import book, validate
from gaapbridge.estimation.validation.conditions import Conditions
from gaapbridge.estimation.validation.limits import limits
from gaapbridge.estimation.validation.rules import CameWithout
from gaapbridge.estimation.validation.run_off import InDefaultTerms, LossTerms
from gaapbridge.plan.history import ContractHistory, Exclusion, Validation
from gaapbridge.progress import Progress


def months_needed(asked: Validation) -> list[int]:
    """The month ends of which counts are needed for a validation."""
    return sorted({*map(month_number, asked.openings), month_number(asked.out_of_sample_known_at)})


def validated(
    history: History, asked: Validation, counted: Mapping[int, Sequence[Counted]], progress: Progress
) -> dict[str, Any]:
    """What the curves of a history expected and what came, by the counts of each month end, pool by pool.

    Segments whose defaults are recognised on different days have curves of their own, so each day has tests of its own: of
    guarantees paid out on day 62 and on day 90 twice as many as of one day, named by their day.
    """
    pools = history.pools
    told = [
        _of_pool(history, pool, asked, {known: of_pools[place] for known, of_pools in counted.items()}, progress)
        for place, pool in enumerate(pools)
    ]
    if len(pools) == 1:
        return told[0]
    tests = [_of_day(test, pool) for pool, one in zip(pools, told, strict=True) for test in one["tests"]]
    conditions = _conditions(asked, history.tapes.setting.segments)
    return {**told[0], "conditions": asdict(conditions), "tests": tests, "limits": limits(tests, conditions)}


def _of_day(test: Mapping[str, Any], pool: Pool) -> dict[str, Any]:
    """A test of one pool, named by its day and segments."""
    days = pool.stated.default_days
    name = f"{test['name']}, defaults on day {days} ({', '.join(pool.segments)})"
    return {**test, "name": name, "default_days": days}


def _of_pool(
    history: History, pool: Pool, asked: Validation, counted: Mapping[int, Counted], progress: Progress
) -> dict[str, Any]:
    """What the curves of one pool expected and what came."""
    stated, segments = pool.stated, pool.segments

    @cache
    def curves(known: int, fold: int | None) -> Curves:
        return fit(counted[known] if fold is None else counted[known].without(fold), known, stated)

    def fitted(known: int, fold: int | None) -> Fitted:
        return curves(known, fold).as_fitted(stated, segments)

    known, openings = month_number(asked.out_of_sample_known_at), [month_number(day) for day in asked.openings]
    every = [curves(one, None) for one in openings] + [curves(known, fold) for fold in range(FOLDS)]
    without = tuple(CameWithout(_named(rule), tuple(openings), asked.window_months) for rule in stated.exclusions)
    until = history.tapes.setting.last_seen
    all_have_losses = all(one.losses is not None for one in every)
    day = "" if pool.whole else f", day {stated.default_days}"
    with progress.stage(f"validating curves of {history.tapes.kind}{day}", len(history.chunks)) as step:
        return validate(
            _told(history, pool, without, step),
            lambda months: _standing(months, stated),
            fitted,
            openings,
            range(FOLDS),
            known=known,
            until=until,
            conditions=_conditions(asked, segments),
            losses=(lambda known, fold: _terms(curves(known, fold), until, fold)) if all_have_losses else None,
            without=without,
        )


def _told(history: History, pool: Pool, without: Sequence[CameWithout], step: Callable[[int], None]) -> Iterator[Months]:
    """The chunks of a pool under all rules; before each, what it tells without one of them is counted."""
    stated = pool.stated
    fewer = [[rule for other, rule in enumerate(stated.exclusions) if other != number] for number in range(len(without))]
    for chunk in history.chunks:
        *of_fewer, under_all = map(pool.of, history.under(chunk, (*fewer, stated.exclusions)))
        for months, came in zip(of_fewer, without, strict=True):
            came.add(months, _standing(months, stated))
        yield under_all
        step(1)


def _named(rule: Exclusion) -> str:
    days = f" {rule.from_} to {rule.to}" if rule.from_ else ""
    whose = "" if rule.from_ else f" ({rule.reason})"
    return f"{rule.rule}{days}{whose}"


def _standing(months: Months, stated: ContractHistory) -> Tiny:
    """The bucket of every row as it was known then; not told where the look-back is not known, nor of other ages than those
    from which hazards are counted."""
    found = standings(months, stated.default_days, stated.look_back_months)
    counted = at_ages(months.age, stated.ages_counted)
    told = np.where(found.origin, np.where(counted, found.bucket, book.OTHER_AGE), book.NOT_TOLD)
    standing: Tiny = np.where(found.bucket == book.IN_DEFAULT, found.bucket, told).astype(np.int8)
    return standing


def _conditions(asked: Validation, segments: tuple[str, ...]) -> Conditions:
    return Conditions(
        window_months=asked.window_months,
        confidence=float(asked.confidence),
        calendar_allowance=float(asked.calendar_allowance),
        least_expected=float(asked.least_expected),
        claims_from=asked.claims_from,
        segments=segments,
        buckets=BUCKETS,
    )


def _terms(curves: Curves, until: int, fold: int | None) -> LossTerms:
    """How a default becomes a loss; a spread that nothing is known of is nil. What comes of contracts in default is told out of
    time alone, of curves without a fold."""
    losses = curves.losses
    assert losses is not None, "asked where all have losses"
    severity = losses.severity_of_all
    in_default = None
    if fold is None:
        pace = np.array([pace_in_default(of, until - curves.known) for of in losses.steps])
        in_default = InDefaultTerms(pace, np.array([one.elected for one in losses.severities]))
    return LossTerms(
        charged_off=losses.pace,
        severity=severity.elected,
        severity_between_contracts=severity.spread_between_contracts or 0.0,
        severity_between_years=severity.spread_between_years or 0.0,
        charge_offs=severity.charge_offs,
        to_come=np.array([severity.rungs.after(month) for month in range(len(severity.rungs.ratios))]),
        in_default=in_default,
    )
