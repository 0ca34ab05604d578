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
from gaapbridge.estimation.chain import (
    Group,
    Solved,
    Steps,
    group_of,
    months_apart,
    pace,
    solved,
    steps,
    thick_months,
    who_left,
)
from gaapbridge.estimation.episodes import Episodes
from gaapbridge.estimation.months import MONTHS_A_YEAR
from gaapbridge.estimation.recoveries import Ladder, remaining
from gaapbridge.estimation.severity import Severity, SeverityYears, fit_severity, fit_severity_of_segment, not_as_elected
from gaapbridge.terms.errors import UnusableInput

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Made:
    """How a cell of a curve came about: its table, segment, first and last month, and in words.

    ``own_weight`` is the share of the segment's own counts in it, the rest being that of all segments. ``thin`` says that even
    all segments together have less than is asked for.
    """

    table: str
    segment: str
    first_month: int
    last_month: int
    how: str
    own_weight: float
    thin: bool


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
    ``severities`` and ``outcomes`` by segment. ``rates`` a year by segment:
    what is discounted at; ``steps`` what they are worked out of. ``severity_of_all`` is that of all segments together.
    """

    until: int
    segments: tuple[str, ...]
    lgd_undiscounted: Numbers
    lgd_discounted: Numbers
    charged_off: Numbers
    pace: Numbers
    recovery: Numbers
    rates: Numbers
    steps: tuple[Steps, ...]
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

    A segment is held to all segments together by how many distinct contracts were charged off: with ``minimum_charge_offs`` of
    them half of its steps and of its severity are its own, and ``made`` says how much (``steps``, ``fit_severity_of_segment``).
    A month since default or since a cure in which fewer than ``minimum_at_risk`` contracts of all segments stood takes in the
    months around it; the last that as many left are one, and so are those from the 48th: there the last value holds. A month
    since a charge-off in which fewer charge-offs are under observation, or than half of all where those are fewer, is one with
    those after it.
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
    asked = _Asked(minimum_charge_offs, minimum_at_risk, discount_rate_a_year)
    severity_of_all = fit_severity(episodes.written_off.of(places), severity_years, asked.minimum_charge_offs, minimum_at_risk)
    of_all = steps(whole, whole, minimum_at_risk, asked.minimum_charge_offs)
    found = [_of_segment(episodes, place, whole, severity_of_all, asked) for place in places]
    return Losses(
        until=episodes.until,
        segments=episodes.segments,
        lgd_undiscounted=np.array([one.curves["lgd_undiscounted"] for one in found]),
        lgd_discounted=np.array([one.curves["lgd_discounted"] for one in found]),
        charged_off=np.array([one.curves["charged_off"] for one in found]),
        pace=np.array([one.curves["pace"] for one in found]),
        recovery=np.array([one.curves["recovery"] for one in found]),
        rates=np.array([one.steps.rate for one in found]),
        steps=tuple(one.steps for one in found),
        severities=tuple(one.severity for one in found),
        severity_of_all=severity_of_all,
        outcomes=tuple(one.outcomes for one in found),
        outcomes_of_all=_outcomes("all segments", episodes, places, solved(of_all, 0.0, 1.0)),
        made=tuple(made for one in found for made in one.made),
        clipped=tuple(clipped for one in found for clipped in one.clipped),
    )


@dataclass(frozen=True)
class _OfSegment:
    curves: dict[str, Numbers]
    steps: Steps
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
    segment, minimum_at_risk, fewest = episodes.segments[place], asked.minimum_at_risk, asked.minimum_charge_offs
    own, severity = whole, severity_of_all
    if len(episodes.segments) > 1:
        own = group_of(episodes, (place,), asked.discount_rate_a_year)
        of_own, of_every = (episodes.written_off.of(some) for some in ((place,), range(len(episodes.segments))))
        severity = fit_severity_of_segment(of_own, of_every, severity_of_all, fewest, minimum_at_risk)
    of = steps(own, whole, minimum_at_risk, fewest)
    gross = solved(of, 0.0, 1.0)
    v = 1.0 / (1.0 + of.rate / MONTHS_A_YEAR)
    estimated = {
        "charged_off": gross.in_default,
        "lgd_undiscounted": gross.in_default * severity.elected,
        "lgd_discounted": solved(of, severity.discounted(v), v).in_default,
    }
    clipped: list[Clipped] = []
    curves = {table: _within(path, table, segment, clipped) for table, path in estimated.items()}
    curves["recovery"], levelled = remaining(severity.rungs, MONTHS)
    curves["pace"] = pace(of)
    made = [
        *_chain_made(segment, own, whole, of, asked),
        _severity_made(segment, severity, severity_of_all, fewest),
        _recovery_made(segment, severity.rungs, severity, severity_of_all, levelled),
    ]
    return _OfSegment(curves, of, severity, _outcomes(segment, episodes, (place,), gross), made, clipped)


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


def _chain_made(segment: str, own: Group, whole: Group, of: Steps, asked: _Asked) -> list[Made]:
    """How the steps were made, by stretch: months alone, thin ones with those around them, and the last with all after it."""
    minimum_at_risk, left = asked.minimum_at_risk, int(who_left(whole.in_default).sum())
    apart, thick = months_apart(whole.in_default, minimum_at_risk), thick_months(whole.in_default, minimum_at_risk)
    last = int(who_left(whole.in_default)[apart:].sum())
    held = f"{own.charge_offs} charge-offs"
    if own is not whole:
        held += f" of its own, {whole.charge_offs} of all segments, held to all by {asked.minimum_charge_offs}"
    after = _cures_told(of, whole, asked)
    tail = f"one with all months after it, which {last} contracts have left; the value of month {apart} holds"
    if not whole.in_default.at_risk.any():
        tail = "nobody stood in default at a month end: the value of a fresh default holds for all months"
    found = []
    for first, end, how, thin in (
        (0, thick, "month by month", False),
        (thick, apart, f"each with the months around it until {minimum_at_risk} contracts", False),
        (apart, MONTHS, tail, left < minimum_at_risk),
    ):
        if first < end:
            own_share = _weight(of.in_default, of.own_in_default, first, end)
            words = f"{how}; {held}: {own_share:.0%} of it its own" if own is not whole else f"{how}; {held}"
            words += f"; even all segments have fewer than {minimum_at_risk} that left" if thin else ""
            found.append(Made("loss_given_default", segment, first, end - 1, f"{words}; {after}", own_share, thin))
    return found


def _cures_told(of: Steps, whole: Group, asked: _Asked) -> str:
    """How the steps of those that were cured were made."""
    apart = months_apart(whole.cured, asked.minimum_at_risk)
    told = f"months since a cure are counted apart to {apart - 1}" if apart else "all months since a cure are one"
    told += f", {_weight(of.cured, of.own_cured, 0, MONTHS):.0%} of them its own"
    left = int(who_left(whole.cured).sum())
    return told + (f", thin: even of all segments {left} have left that state" if left < asked.minimum_at_risk else "")


def _weight(rows: Numbers, shares: Numbers, first: int, end: int) -> float:
    """The share of own counts in some months, by what was owed in them; nil where nothing was."""
    owed = rows[0, first:end]
    return float((owed * shares[first:end]).sum() / owed.sum()) if owed.any() else 0.0


def _severity_made(segment: str, severity: Severity, of_all: Severity, fewest: int) -> Made:
    first, last = of_all.since, of_all.by_year[-1].year
    years = f"{first} to {last}"
    if severity.years == "drift" and of_all.with_drift is not None:
        years += f", with their drift carried to {last + 1}"
    if told := not_as_elected(of_all, fewest):
        years += f" ({told})"
    how = f"severity {severity.elected:.4f} of {years}, on {severity.charge_offs} charge-offs"
    if severity is not of_all:
        how += f" of its own and {of_all.charge_offs} of all segments ({of_all.elected:.4f}); {severity.own_weight:.0%} its own"
    how += f"; one contract has {severity.largest_share:.0%} of their proceeds"
    return Made("loss_given_default", segment, 0, MONTHS - 1, how, severity.own_weight, of_all.charge_offs < fewest)


def _recovery_made(segment: str, rungs: Ladder, severity: Severity, of_all: Severity, levelled: float) -> Made:
    seen, own = (sum(year.charge_offs for year in one.by_year) for one in (of_all, severity))
    how = f"{seen} charge-offs"
    if severity is not of_all:
        how = f"{own if severity.own_weight else 0} charge-offs of its own, {seen} of all segments"
    how += f"; proceeds are known to month {len(rungs.ratios) - 1} since write-off, nothing is expected after it"
    if rungs.apart < len(rungs.ratios):
        how += f"; from month {rungs.apart} on months are one with others, of {rungs.fewest} contract-months or more"
    alone = rungs.ratios * rungs.largest
    if alone[1:].any():
        month = 1 + int(np.argmax(alone[1:]))
        how += f"; {rungs.largest[month]:.0%} of the {rungs.ratios[month]:.4f} of month {month} came of one contract"
    if levelled > 0.0:
        how += f"; reversals would have made it rise or negative by up to {levelled:.4f} and are levelled"
    return Made("recovery", segment, 0, MONTHS - 1, how, severity.own_weight, False)
