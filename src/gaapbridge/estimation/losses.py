"""Loss given default: what is lost in the end after a default, further defaults after a cure included.

The chain through default says what share of a balance is ever charged off, severity what of that is lost. A cure set to
nothing would lose those that default again; resolved defaults alone overstate, since those that resolve early are the worst.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.episodes import MONTHS_APART, RATE_UNITS, Chain, Episodes
from gaapbridge.estimation.fitted import HORIZON
from gaapbridge.estimation.recoveries import Ladder, remaining
from gaapbridge.estimation.severity import Severity, SeverityYears, fit_severity
from gaapbridge.terms.errors import UnusableInput

Numbers = NDArray[np.float64]

MONTHS_A_YEAR = 12


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
    """A value that a curve cannot have: what was estimated, and the bound that stands in its place."""

    table: str
    segment: str
    month: int
    estimated: float
    stands: float


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
    likewise: the share ever charged off, gross of proceeds; ``recovery``: segment x whole months since write-off 0..479.
    ``severities`` and ``outcomes`` by segment (of all together where its own are too few). ``rates`` a year by segment:
    what is discounted at. ``severity_of_all`` is that of all segments together.
    """

    until: int
    segments: tuple[str, ...]
    lgd_undiscounted: Numbers
    lgd_discounted: Numbers
    charged_off: Numbers
    recovery: Numbers
    rates: Numbers
    severities: tuple[Severity, ...]
    severity_of_all: Severity
    outcomes: tuple[Outcomes, ...]
    outcomes_of_all: Outcomes
    made: tuple[Made, ...]
    clipped: tuple[Clipped, ...]


@dataclass(frozen=True)
class _Group:
    """The counts of one segment, or of all: the two chains, what entered, and the rate at which it is discounted."""

    in_default: Chain
    cured: Chain
    entered_minor: int
    written_off_minor: int
    rate: float
    charge_offs: int


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
    segments, and ``made`` says so. Months since default, since a cure or since a charge-off with fewer than
    ``minimum_at_risk`` contracts are one with all after them, and so are those from the 48th: there the last value holds.
    Recoveries are discounted at ``discount_rate_a_year``, or where it is None at the contracts' rates, weighted by what
    they owed at recognition.

    With b owed at m whole months in default, of which w is charged off in the month that follows, c owed by those cured and
    s by those that stay: ``A(m) = (w + c C(0) + s A(m+1)) / b``, and likewise of those cured ``C(k) = (w + d A(0) + s C(k+1)) /
    b`` with d owed by those that default again. LGD is ``A x severity``, discounted ``A - K``, where K has each month's
    proceeds times ``v = 1 / (1 + rate / 12)`` for every month that passes. That of month 0 is a fresh default's: those
    charged off in the month of recognition are in it.
    Of 300 in default 100 are charged off, 90 cured and 100 stay, and of these 100 all are charged off; cures do not
    default again: A(0) = (100 + 100) / 300 = 2/3, at severity 0.6 the LGD is 0.4.
    """
    places = range(len(episodes.segments))
    whole = _group(episodes, places, discount_rate_a_year)
    if not whole.charge_offs or not episodes.written_off.number.any():
        raise UnusableInput(
            column="event",
            rule="loss given default needs charge-offs after a default, and the history known by then has none",
            remedy="give a longer history, or state the loss table yourself",
        )
    severity_of_all = fit_severity(episodes.written_off.of(places), severity_years, minimum_at_risk)
    asked = _Asked(minimum_charge_offs, minimum_at_risk, discount_rate_a_year)
    found = [_of_segment(episodes, place, whole, severity_of_all, asked) for place in places]
    return Losses(
        until=episodes.until,
        segments=episodes.segments,
        lgd_undiscounted=np.array([one.curves["lgd_undiscounted"] for one in found]),
        lgd_discounted=np.array([one.curves["lgd_discounted"] for one in found]),
        charged_off=np.array([one.curves["charged_off"] for one in found]),
        recovery=np.array([one.curves["recovery"] for one in found]),
        rates=np.array([one.rate for one in found]),
        severities=tuple(one.severity for one in found),
        severity_of_all=severity_of_all,
        outcomes=tuple(one.outcomes for one in found),
        outcomes_of_all=_outcomes("all segments", episodes, places, _solved(whole, 1.0, 1.0, 1.0, minimum_at_risk)),
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


def _of_segment(episodes: Episodes, place: int, whole: _Group, severity_of_all: Severity, asked: _Asked) -> _OfSegment:
    segment, minimum_at_risk, fewest = episodes.segments[place], asked.minimum_at_risk, max(1, asked.minimum_charge_offs)
    own = _group(episodes, (place,), asked.discount_rate_a_year)
    worked_out = int(episodes.written_off.number[:, place].sum())
    group = own if own.charge_offs >= fewest else whole
    severity = severity_of_all
    if worked_out >= fewest:
        severity = fit_severity(episodes.written_off.of((place,)), severity_of_all.years, minimum_at_risk)
    gross = _solved(group, 1.0, 1.0, 1.0, minimum_at_risk)
    v = 1.0 / (1.0 + group.rate / MONTHS_A_YEAR)
    proceeds = severity.discounted(v)
    brought = _solved(group, proceeds, proceeds, v, minimum_at_risk)
    estimated = {
        "charged_off": gross.in_default,
        "lgd_undiscounted": gross.in_default * severity.elected,
        "lgd_discounted": gross.in_default - brought.in_default,
    }
    clipped: list[Clipped] = []
    curves = {table: _within(path, table, segment, clipped) for table, path in estimated.items()}
    curves["recovery"], levelled = remaining(severity.rungs, HORIZON)
    made = [
        *_chain_made(segment, own, group, fewest, minimum_at_risk),
        _severity_made(segment, severity, worked_out, severity is severity_of_all),
        _recovery_made(segment, severity.rungs, worked_out, severity is severity_of_all, levelled),
    ]
    return _OfSegment(curves, group.rate, severity, _outcomes(segment, episodes, (place,), gross), made, clipped)


def _group(episodes: Episodes, places: Sequence[int], discount_rate_a_year: float | None) -> _Group:
    own = list(places)
    in_default = episodes.in_default.of(own)
    entered, at_once = (int(counts[:, own].sum()) for counts in (episodes.entered_minor, episodes.entered_written_off_minor))
    weighted = int(episodes.rate_weighted[:, own].sum())
    rate = weighted / RATE_UNITS / (entered + at_once) if entered + at_once else 0.0
    return _Group(
        in_default=in_default,
        cured=episodes.cured.of(own),
        entered_minor=entered,
        written_off_minor=at_once,
        rate=rate if discount_rate_a_year is None else discount_rate_a_year,
        charge_offs=int(in_default.charged_off.sum()) + int(episodes.charged_off_at_once[:, own].sum()),
    )


@dataclass(frozen=True)
class _Solved:
    """By whole months since default, 0..479, what a balance in default comes to; and what one comes to that is just cured."""

    in_default: Numbers
    cured: float


def _solved(group: _Group, of_written_off: float, at_once: float, v: float, minimum_at_risk: int) -> _Solved:
    """The chain worked out backwards, for what one unit written off comes to; each month that passes is discounted by ``v``.

    A default again is a default of today, so both chains hang together by one number: with in default ``D(0) = a + c C(0)``
    and of the cured ``C(0) = b + d D(0)``, ``D(0) = (a + c b) / (1 - c d)``. ``at_once`` is what one unit comes to that is
    written off in the month of recognition: no month passes.
    """
    default_rows, cured_rows = (_rows(chain, minimum_at_risk) for chain in (group.in_default, group.cured))
    a, c = _backwards(default_rows, of_written_off, 0.0, v), _backwards(default_rows, 0.0, 1.0, v)
    b, d = _backwards(cured_rows, of_written_off, 0.0, v)[0], _backwards(cured_rows, 0.0, 1.0, v)[0]
    again = (a[0] + c[0] * b) / (1.0 - c[0] * d) if c[0] * d < 1.0 else 0.0
    cured = b + d * again
    path = a + c * cured
    entered = group.entered_minor + group.written_off_minor
    curve = np.full(HORIZON, path[-1])
    curve[: len(path)] = path
    if entered:
        curve[0] = (group.written_off_minor * at_once + group.entered_minor * path[0]) / entered
    return _Solved(in_default=curve, cured=float(cured))


def _apart(chain: Chain, minimum_at_risk: int) -> int:
    """How many months stand by themselves: those before the first that is thin, at most 48.

    Fewer where of those after them nobody has left yet: what nobody has left says nothing of what it comes to.
    """
    thick = chain.at_risk[:MONTHS_APART] >= max(1, minimum_at_risk)
    apart = MONTHS_APART if thick.all() else int(np.argmin(thick))
    while apart and chain.balance_minor[apart:].sum() <= chain.stayed_minor[apart:].sum():
        apart -= 1
    return apart


def _rows(chain: Chain, minimum_at_risk: int) -> NDArray[np.int64]:
    """Owed before, written off, owed by those that crossed and by those that stayed: by month, the last for all after it."""
    apart = _apart(chain, minimum_at_risk)
    counts = np.array([chain.balance_minor, chain.written_off_minor, chain.crossed_minor, chain.stayed_minor])
    return np.concatenate((counts[:, :apart], counts[:, apart:].sum(axis=1, keepdims=True)), axis=1)


def _backwards(rows: NDArray[np.int64], of_written_off: float, of_crossed: float, v: float) -> Numbers:
    """What a balance comes to by month, from the last, which lasts for ever; where nobody leaves it, nothing comes."""
    owed, lost, crossed, stayed = rows.astype(np.float64)
    come = v * (lost * of_written_off + crossed * of_crossed)
    path = np.zeros(rows.shape[1])
    path[-1] = come[-1] / (owed[-1] - v * stayed[-1]) if owed[-1] > v * stayed[-1] else 0.0
    for month in range(rows.shape[1] - 2, -1, -1):
        path[month] = (come[month] + v * stayed[month] * path[month + 1]) / owed[month]
    return path


def _within(path: Numbers, table: str, segment: str, clipped: list[Clipped]) -> Numbers:
    """The path within 0 and 1; every value that was not is told."""
    bound = np.clip(path, 0.0, 1.0)
    moved = np.flatnonzero(bound != path)
    clipped += [Clipped(table, segment, int(month), float(path[month]), float(bound[month])) for month in moved]
    return bound


def _outcomes(segment: str, episodes: Episodes, places: Sequence[int], gross: _Solved) -> Outcomes:
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


def _chain_made(segment: str, own: _Group, group: _Group, fewest: int, minimum_at_risk: int) -> list[Made]:
    apart = _apart(group.in_default, minimum_at_risk)
    of_cured = _apart(group.cured, minimum_at_risk)
    whose = f"own counts, {own.charge_offs} charge-offs"
    if group is not own:
        whose = f"counts of all segments, {group.charge_offs} charge-offs: {own.charge_offs} of its own are under {fewest}"
    together = int(group.in_default.at_risk[apart:].sum())
    cures = f"months since a cure are counted apart to {of_cured - 1}" if of_cured else "all months since a cure are one"
    tail = f"{whose}; one with all months after it, {together} contract-months; the value of month {apart} holds; {cures}"
    ahead = [Made("loss_given_default", segment, 0, apart - 1, f"{whose}, month by month; {cures}")] if apart else []
    return [*ahead, Made("loss_given_default", segment, apart, HORIZON - 1, tail)]


def _severity_made(segment: str, severity: Severity, worked_out: int, pooled: bool) -> Made:
    first, last = severity.by_year[0].year, severity.by_year[-1].year
    served = {"all": f"all years {first} to {last}", "drift": f"the drift of {first} to {last}, carried to {last + 1}"}
    years = served.get(str(severity.years), f"the last {severity.years} years with charge-offs to {last}")
    if severity.years == "drift" and severity.with_drift is None:
        years = f"all years {first} to {last}: too few for a drift"
    whose = f"all segments, {worked_out} of its own are too few" if pooled else "its own"
    how = f"severity {severity.elected:.4f} of {years}, on {severity.charge_offs} charge-offs ({whose})"
    return Made("loss_given_default", segment, 0, HORIZON - 1, how)


def _recovery_made(segment: str, rungs: Ladder, worked_out: int, pooled: bool, levelled: float) -> Made:
    whose = (
        f"of all segments, {worked_out} charge-offs of its own are too few" if pooled else f"its own {worked_out} charge-offs"
    )
    how = f"{whose}; proceeds are known to month {len(rungs.ratios) - 1} since write-off, nothing is expected after it"
    if levelled > 0.0:
        how += f"; reversals would have made it rise or negative by up to {levelled:.4f} and are levelled"
    return Made("recovery", segment, 0, HORIZON - 1, how)
