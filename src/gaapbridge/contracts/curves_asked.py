"""What a plan's answers ask of its curves: the scenarios that they weigh, and hazards of the day they call default."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import BUCKETS, MONTHS, RECENTLY_LATE
from gaapbridge.assumptions.curves import Curves
from gaapbridge.assumptions.versions import in_force
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.differences.expected_credit_loss.us_gaap import forecast
from gaapbridge.plan import Plan
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding


def curve_findings(plan: Plan, curves: Curves, kind: str) -> list[Finding]:
    """Findings about hazards that a lender may mean: of a scenario in which everybody on book pays at all times, so that nobody
    is ever late, and everybody may prepay; of losses that are less where recoveries are discounted; of defaults that come
    sooner than they can; of odds that revert too early."""
    timed = any(Elections.of(plan.answers_at(NOTE, day)).begins_with_first_miss for day in plan.instants.values())
    too_soon = _too_soon(curves, kind) if timed else ()
    return [*_everybody_pays(curves, kind), *_gained(curves, kind), *too_soon, *_reverted_before(plan, curves, kind)]


def _everybody_pays(curves: Curves, kind: str) -> Iterator[Finding]:
    if curves.everybody_pays:
        yield Finding(
            name="everybody pays at all times",
            where=f"curves.{kind}.hazard/performing",
            amount_minor=None,
            why=f"performing is 1 in every month and bucket of {', '.join(curves.everybody_pays)}, of late contracts as well",
            remedy="estimate the share of those on book who are current and pay, by bucket and month ahead",
        )


def _gained(curves: Curves, kind: str) -> Iterator[Finding]:
    if curves.gained_by_discounting:
        told = ", ".join(f"{scenario} from {version}" for version, scenario in curves.gained_by_discounting)
        yield Finding(
            name="losses less where recoveries are discounted",
            where=f"curves.{kind}.loss_given_default/lgd_discounted",
            amount_minor=None,
            why=f"in {told} the share lost is less with recoveries discounted than without in some months, and more in none: "
            "recoveries are worth no more for being discounted (B5.5.28; 326-20-30-4)",
            remedy="exchange the columns if they are exchanged; where cured contracts are lost later, that is discounted too "
            "and may explain it: accept the finding with that reason",
        )


def _reverted_before(plan: Plan, curves: Curves, kind: str) -> Iterator[Finding]:
    """Hazards in force that have returned to history further than the plan elects, in some month ahead: where they do so later
    the election sees to it. Odds that revert after 6 months where 12 are supportable: in the seventh they are 1."""
    for day in sorted(plan.instants.values()):
        version = curves.hazards_from[in_force(curves.versions, day)]
        made = curves.account.share_on(version)
        elected = _share_elected(curves.scenarios, Elections.of(plan.answers_at(NOTE, day)))
        held = np.array([*made, *[made[-1]] * (MONTHS - len(made))]) if made else elected
        before = np.flatnonzero(held > elected + 1e-9)
        if before.size:
            month = int(before[0])
            yield Finding(
                name="hazards revert before the plan says",
                where=f"curves.{kind}.hazard/{version}",
                amount_minor=None,
                why=f"by the estimation.json beside them {held[month]:.0%} of month {month + 1} ahead is history, and by the "
                f"elections of US GAAP {elected[month]:.0%}",
                remedy="state in history.scenarios the supportable months and the reversion that expected_credit_loss elects, "
                "or more, and estimate again; or elect what the hazards were made for",
            )
            return


def _share_elected(scenarios: Sequence[str], elections: Elections) -> NDArray[np.float64]:
    """The share of history by month ahead, as US GAAP reverts to it: what a scenario that alone has anything has lost by then;
    all of it where there is no scenario beside history."""
    if len(scenarios) < 2:
        return np.ones(MONTHS)
    alone = np.repeat(np.eye(len(scenarios))[..., None], MONTHS, axis=-1)
    left: NDArray[np.float64] = np.einsum("iit->it", forecast(alone, scenarios, elections)).min(axis=0)
    return 1.0 - left


def _too_soon(curves: Curves, kind: str) -> Iterator[Finding]:
    """By segment, hazards of contracts on which nothing is overdue in months at whose end none can be as late as default is."""
    for segment, name in enumerate(curves.segments):
        found = next(_early(curves, segment), None)
        if found is not None:
            version, bucket, months, days = found
            yield Finding(
                name="default sooner than it can come",
                where=f"curves.{kind}.hazard/{name}",
                amount_minor=None,
                why=f"hazards of bucket {bucket} from {curves.versions[version]} are above nil within {months} "
                f"month{'s' if months > 1 else ''} ahead, and who misses an instalment after today is not {days} days past "
                "due by then",
                remedy="state nil in those months, with what they held in the month in which it is recognised",
            )


def _early(curves: Curves, segment: int) -> Iterator[tuple[int, str, int, int]]:
    """Versions with such hazards of a segment: their place, the bucket, the months in which they are, the days of default."""
    for version, days in enumerate(curves.default_days[:, segment].tolist()):
        months = months_too_soon(days)
        for bucket in ("current", RECENTLY_LATE)[: 1 + int(curves.look_back.recently_late[version, segment])]:
            if curves.hazard[version, :, segment, :, BUCKETS.index(bucket), :months].any():
                yield version, bucket, months, days


LONGEST_MONTH = 31
"""Days of the longest month: who misses an instalment today is at most so many days later a month ahead."""

NOTE = "expected_credit_loss"


def months_too_soon(default_days: int) -> int:
    """Months ahead at whose end nobody can be so late who owes nothing today.

    >>> months_too_soon(90), months_too_soon(60), months_too_soon(30)
    (2, 1, 0)
    """
    return -(-default_days // LONGEST_MONTH) - 1


def refuse_other_curves(plan: Plan, curves: Curves, *, guaranteed: bool = False) -> None:
    """Raise where the hazard file lacks a scenario that an election names in any of its versions, or where the hazards in
    force at an instant were made for another day of default than is elected then."""
    for day in (*plan.version_days(NOTE), plan.period.closing):
        _refuse_unknown_scenarios(plan, curves, Elections.of(plan.answers_at(NOTE, day)))
    for day in plan.instants.values():
        elections = Elections.of(plan.answers_at(NOTE, day))
        _refuse_other_days(plan, curves, in_force(curves.versions, day), elections, guaranteed)


def _refuse_unknown_scenarios(plan: Plan, curves: Curves, elections: Elections) -> None:
    for scenario, key in elections.scenarios().items():
        if scenario not in curves.scenarios:
            raise UnusableInput(
                file=str(plan.path), key=f"elections.{NOTE}.{key}", value=scenario,
                rule="every scenario of an election is in the hazard file",
                remedy=f"known scenarios: {', '.join(curves.scenarios)}",
            )  # fmt: skip


def _refuse_other_days(plan: Plan, curves: Curves, version: int, elections: Elections, guaranteed: bool) -> None:
    for segment, days in zip(curves.segments, curves.default_days[version].tolist(), strict=True):
        asked = elections.default_days(segment, guaranteed=guaranteed)
        if asked != days:
            first_day = curves.versions[version]
            key = f"elections.{NOTE}.{elections.answers_default(guaranteed=guaranteed)}"
            raise UnusableInput(
                file=str(plan.path), key=key, value=str(asked),
                rule=f"hazards are made for the day of default: those of {segment} from {first_day} are for {days} days",
                remedy=f"estimate the hazards of {segment} for {asked} days past due, their default_days, or state {days}; "
                f"gaapbridge close {plan.path} --set {key}={days} shows all else until they are made",
            )  # fmt: skip
