"""Loss given default: what is lost in the end after a default, further defaults after a cure included.

The chain through default says what share of a balance is ever charged off, severity what of that is lost. A cure set to
nothing would lose those that default again; resolved defaults alone overstate, since those that resolve early are the worst.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import MONTHS
from gaapbridge.estimation.chain import Group, Solved, group_of, months_apart, pace, solved, thick_months
from gaapbridge.estimation.episodes import Episodes
from gaapbridge.estimation.months import MONTHS_A_YEAR
from gaapbridge.estimation.recoveries import Ladder, remaining
from gaapbridge.estimation.severity import Severity, SeverityYears, fit_severity
from gaapbridge.terms.errors import UnusableInput

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Made:
    """How a cell of a curve came about: its table, segment, first and last month, and in words."""

    table: str
    segment: str
    first_month: int
    last_month: int
    how: str


@dataclass(frozen=True)
class Clipped:
    """Values that a curve cannot have, ``months`` of them on one side: the one furthest out, its month, and the bound that
    stands in their place."""

    table: str
    segment: str
    month: int
    estimated: float
    stands: float
    months: int


@dataclass(frozen=True)
class Outcomes:
    """What came of defaults recognised, and of those that were cured, as seen so far and in the end.

    Numbers so far: ``entries`` of which ``charged_off`` (``charged_off_at_once`` in the month of recognition itself),
    ``cured``, ``repaid``; of the cures ``defaulted_again``, ``repaid_after_cure``. Contracts ever cured, each once, and how
    many of them were charged off later. In the end, of balances: shares ever charged off of a fresh default
    (``charged_off_share``: the gross loss) and of one just cured. A contract first seen in default (``truncated``) is in none
    of the numbers until its cure, since nobody knows how long it had been there.
    """

    segment: str
    entries: int
    charged_off: int
    charged_off_at_once: int
    cured: int
    repaid: int
    defaulted_again: int
    repaid_after_cure: int
    cured_contracts: int
    cured_charged_off: int
    left_with_balance: int
    truncated: int
    charged_off_share: float
    charged_off_share_of_cured: float


@dataclass(frozen=True)
class Losses:
    """Loss curves of S segments, known at the end of month ``until``, with how each was made.

    ``lgd_undiscounted`` and ``lgd_discounted``: segment x whole months since default was recognised 0..479; ``charged_off``
    likewise: the share ever charged off, gross of proceeds; ``pace``: the share of a fresh default charged off in each month
    since, which comes to ``charged_off`` of month 0; ``recovery``: segment x whole months since write-off 0..479.
    ``severities`` and ``outcomes`` by segment (of all together where its own are too few). ``rates`` a year by segment:
    what is discounted at. ``severity_of_all`` is that of all segments together.
    """

    until: int
    segments: tuple[str, ...]
    lgd_undiscounted: Numbers
    lgd_discounted: Numbers
    charged_off: Numbers
    pace: Numbers
    recovery: Numbers
    rates: Numbers
    severities: tuple[Severity, ...]
    severity_of_all: Severity
    outcomes: tuple[Outcomes, ...]
    outcomes_of_all: Outcomes
    made: tuple[Made, ...]
    clipped: tuple[Clipped, ...]


def fit_losses(
    episodes: Episodes,
    *,
    severity_years: SeverityYears,
    minimum_charge_offs: int,
    minimum_at_risk: int,
    discount_rate_a_year: float | None,
) -> Losses:
    """The loss curves of counts; a history without a charge-off is refused.

    A segment has curves of its own from ``minimum_charge_offs`` charge-offs on, each contract counted once; else those of all
    segments, and ``made`` says so. A month since default or since a cure with fewer than ``minimum_at_risk`` contracts takes in
    the months around it; the last of them are one, and so are those from the 48th: there the last value holds. A month since
    a charge-off in which fewer charge-offs are under observation, or than half of all where those are fewer, is one with those
    after it.
    Recoveries are discounted at ``discount_rate_a_year``, or where it is None at the contracts' rates, weighted by what
    they owed at recognition.

    With b owed at m whole months in default, of which w is charged off in the month that follows, c owed by those cured and s
    by those that stay: ``A(m) = (w + c C(0) + s A(m+1)) / b``, and likewise of those cured ``C(k) = (w + d A(0) + s C(k+1)) /
    b`` with d owed by those that default again. LGD is ``A x severity``. Discounted, proceeds and all that comes after a cure
    count times ``v = 1 / (1 + rate / 12)`` for every month that passes since recognition, so that where much is lost after
    a cure it may come to less than undiscounted. Month 0 is a fresh
    default's: those charged off in the month of recognition are in it. Of 300 in default 100 are charged off, 90 cured and
    100 stay, and of these 100 all are charged off; cures do not default again: A(0) = (100 + 100) / 300 = 2/3, at severity
    0.6 the LGD is 0.4.
    """
    places = range(len(episodes.segments))
    whole = group_of(episodes, places, discount_rate_a_year)
    if not whole.charge_offs or not episodes.written_off.number.any():
        raise UnusableInput(
            column="event",
            rule="loss given default needs charge-offs after a default, and the history known by then has none",
            remedy="give a longer history, or state the loss table yourself",
        )
    severity_of_all = fit_severity(episodes.written_off.of(places), severity_years, minimum_charge_offs, minimum_at_risk)
    asked = _Asked(minimum_charge_offs, minimum_at_risk, discount_rate_a_year)
    found = [_of_segment(episodes, place, whole, severity_of_all, asked) for place in places]
    return Losses(
        until=episodes.until,
        segments=episodes.segments,
        lgd_undiscounted=np.array([one.curves["lgd_undiscounted"] for one in found]),
        lgd_discounted=np.array([one.curves["lgd_discounted"] for one in found]),
        charged_off=np.array([one.curves["charged_off"] for one in found]),
        pace=np.array([one.curves["pace"] for one in found]),
        recovery=np.array([one.curves["recovery"] for one in found]),
        rates=np.array([one.rate for one in found]),
        severities=tuple(one.severity for one in found),
        severity_of_all=severity_of_all,
        outcomes=tuple(one.outcomes for one in found),
        outcomes_of_all=_outcomes("all segments", episodes, places, solved(whole, 0.0, 1.0, minimum_at_risk)),
        made=tuple(made for one in found for made in one.made),
        clipped=tuple(clipped for one in found for clipped in one.clipped),
    )


@dataclass(frozen=True)
class _OfSegment:
    curves: dict[str, Numbers]
    rate: float
    severity: Severity
    outcomes: Outcomes
    made: list[Made]
    clipped: list[Clipped]


@dataclass(frozen=True)
class _Asked:
    minimum_charge_offs: int
    minimum_at_risk: int
    discount_rate_a_year: float | None


def _of_segment(episodes: Episodes, place: int, whole: Group, severity_of_all: Severity, asked: _Asked) -> _OfSegment:
    segment, minimum_at_risk, fewest = episodes.segments[place], asked.minimum_at_risk, max(1, asked.minimum_charge_offs)
    own = group_of(episodes, (place,), asked.discount_rate_a_year)
    worked_out = int(episodes.written_off.number[:, place].sum())
    group = own if own.charge_offs >= fewest else whole
    severity = severity_of_all
    if worked_out >= fewest:
        severity = fit_severity(episodes.written_off.of((place,)), severity_of_all.years, fewest, minimum_at_risk)
    gross = solved(group, 0.0, 1.0, minimum_at_risk)
    v = 1.0 / (1.0 + group.rate / MONTHS_A_YEAR)
    estimated = {
        "charged_off": gross.in_default,
        "lgd_undiscounted": gross.in_default * severity.elected,
        "lgd_discounted": solved(group, severity.discounted(v), v, minimum_at_risk).in_default,
    }
    clipped: list[Clipped] = []
    curves = {table: _within(path, table, segment, clipped) for table, path in estimated.items()}
    curves["recovery"], levelled = remaining(severity.rungs, MONTHS)
    curves["pace"] = pace(group, minimum_at_risk)
    made = [
        *_chain_made(segment, own, group, fewest, minimum_at_risk),
        _severity_made(segment, severity, worked_out, severity is severity_of_all),
        _recovery_made(segment, severity.rungs, worked_out, severity is severity_of_all, levelled),
    ]
    return _OfSegment(curves, group.rate, severity, _outcomes(segment, episodes, (place,), gross), made, clipped)


def _within(path: Numbers, table: str, segment: str, clipped: list[Clipped]) -> Numbers:
    """The path within 0 and 1; where it was not is told."""
    for out, furthest, stands in ((path < 0.0, np.argmin(path), 0.0), (path > 1.0, np.argmax(path), 1.0)):
        if out.any():
            clipped.append(Clipped(table, segment, int(furthest), float(path[furthest]), stands, int(out.sum())))
    return np.clip(path, 0.0, 1.0)


def _outcomes(segment: str, episodes: Episodes, places: Sequence[int], gross: Solved) -> Outcomes:
    def number(counts: NDArray[np.int64]) -> int:
        return int(counts[:, list(places)].sum())

    chain, cured = episodes.in_default, episodes.cured
    return Outcomes(
        segment=segment,
        entries=number(episodes.entries),
        charged_off=number(chain.charged_off) + number(episodes.charged_off_at_once),
        charged_off_at_once=number(episodes.charged_off_at_once),
        cured=number(chain.crossed),
        repaid=number(chain.repaid),
        defaulted_again=number(cured.crossed) + number(cured.charged_off),
        repaid_after_cure=number(cured.repaid),
        cured_contracts=number(episodes.cured_contracts),
        cured_charged_off=number(episodes.cured_charged_off),
        left_with_balance=number(episodes.left_with_balance),
        truncated=number(episodes.truncated),
        charged_off_share=float(gross.in_default[0]),
        charged_off_share_of_cured=gross.cured,
    )


def _chain_made(segment: str, own: Group, group: Group, fewest: int, minimum_at_risk: int) -> list[Made]:
    apart = months_apart(group.in_default, minimum_at_risk)
    of_cured = months_apart(group.cured, minimum_at_risk)
    whose = f"own counts, {own.charge_offs} charge-offs"
    if group is not own:
        whose = f"counts of all segments, {group.charge_offs} charge-offs: {own.charge_offs} of its own are under {fewest}"
    together = int(group.in_default.at_risk[apart:].sum())
    cures = f"months since a cure are counted apart to {of_cured - 1}" if of_cured else "all months since a cure are one"
    tail = f"{whose}; one with all months after it, {together} contract-months; the value of month {apart} holds; {cures}"
    if not group.in_default.at_risk.any():
        tail = f"{whose}; nobody stood in default at a month end: the value of a fresh default holds for all months"
    thick = thick_months(group.in_default, minimum_at_risk)
    alone = f"{whose}, month by month; {cures}"
    ahead = [Made("loss_given_default", segment, 0, thick - 1, alone)] if thick else []
    if thick < apart:
        around = f"{whose}, each with the months around it until {minimum_at_risk} contract-months; {cures}"
        ahead.append(Made("loss_given_default", segment, thick, apart - 1, around))
    return [*ahead, Made("loss_given_default", segment, apart, MONTHS - 1, tail)]


def _severity_made(segment: str, severity: Severity, worked_out: int, pooled: bool) -> Made:
    first, last = severity.since, severity.by_year[-1].year
    years = f"{first} to {last}"
    if severity.years == "drift":
        years += (
            f", with their drift carried to {last + 1}" if severity.with_drift is not None else ": too few years for a drift"
        )
    elif isinstance(severity.years, int) and len([one for one in severity.by_year if one.year >= first]) > severity.years:
        years += f": the last {severity.years} had too few charge-offs"
    whose = f"all segments, {worked_out} of its own are too few" if pooled else "its own"
    how = f"severity {severity.elected:.4f} of {years}, on {severity.charge_offs} charge-offs ({whose})"
    how += f"; one contract has {severity.largest_share:.0%} of their proceeds"
    return Made("loss_given_default", segment, 0, MONTHS - 1, how)


def _recovery_made(segment: str, rungs: Ladder, worked_out: int, pooled: bool, levelled: float) -> Made:
    whose = (
        f"of all segments, {worked_out} charge-offs of its own are too few" if pooled else f"its own {worked_out} charge-offs"
    )
    how = f"{whose}; proceeds are known to month {len(rungs.ratios) - 1} since write-off, nothing is expected after it"
    if rungs.apart < len(rungs.ratios):
        how += f"; from month {rungs.apart} on months are one with others, of {rungs.fewest} contract-months or more"
    alone = rungs.ratios * rungs.largest
    if alone[1:].any():
        month = 1 + int(np.argmax(alone[1:]))
        how += f"; {rungs.largest[month]:.0%} of the {rungs.ratios[month]:.4f} of month {month} came of one contract"
    if levelled > 0.0:
        how += f"; reversals would have made it rise or negative by up to {levelled:.4f} and are levelled"
    return Made("recovery", segment, 0, MONTHS - 1, how)
