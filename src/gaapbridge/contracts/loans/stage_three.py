"""The interest that is no revenue of loans in default, month by month from the day of default (IFRS 9 5.4.1(b)).

Revenue is the effective rate on what is owed, with deferred fees and costs, less its allowance. Gross amounts take contract
interest, and the amortisation of what is deferred, as if nothing were wrong. What they take beyond revenue is left out: of
100,000 and 20,000 of interest unpaid, 60 % lost, 1,000 is taken a month at 1 %, revenue is 1 % of 48,000, and 520 are left out;
when the last instalment has fallen due nothing more is taken, and left out are (480).

A month's revenue is on what is owed on its first day, less the loss given default by the curves then in force. What is paid
within it is off for the days that are left. So nothing depends on where a period begins or ends, and parts of a year add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from gaapbridge.contracts.credit import NEVER, Schedule, StateRows, default_date, of_contracts, paid_by, position_at
from gaapbridge.contracts.loans.columns import Loans
from gaapbridge.contracts.loans.deferral_by_month import deferral_of
from gaapbridge.contracts.loans.interest_by_day import Interest, account_of, interest_of
from gaapbridge.contracts.loans.owed_by_day import Dates, Numbers, Owing, Spell, Whole, owing_of
from gaapbridge.contracts.loans.pieces import BY_DAY, Pieces, billed_on, periods_until, pieces_of
from gaapbridge.contracts.loans.setting import LoanSetting
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.differences.expected_credit_loss.treatment import Treatment


@dataclass
class Unearning:
    """What a note says of N loans in default, minor units: ``taken`` by gross amounts, and ``net`` the sum over the months of
    the period of net amount x share of the month, on which revenue is: half of one at 6,000 and one at 7,000 are 10,000.

    ``apart`` is by how much more interest it may leave out at most than at least, where two rows alone tell what was paid
    between them.
    """

    taken: Numbers
    net: Numbers
    apart: Numbers


def unearning(loans: Loans, side: int, factor: Numbers, setting: LoanSetting) -> Unearning:
    """What gross amounts take of N loans in default, and the net amounts of its months; ``factor`` discounts them by a side."""
    credit, schedule, rows = setting.credit, loans.schedule, loans.states["late"]
    found = Unearning(*np.zeros((3, len(rows.instant))))
    default_days = credit.bases.of["late"].default_days[side][schedule.segment]
    ever = np.nonzero(rows.on_book & ((rows.days_past_due >= default_days) | ~np.isnat(rows.default_date)))[0]
    for spell in _spells(of_contracts(schedule, ever), of_contracts(rows, ever), default_days[ever]) if ever.size else ():
        opening = np.datetime64(credit.opening)
        net = np.maximum(credit.treatments[side].net_interest_from(spell.since, opening, credit.elections), opening)
        counts = np.nonzero(~np.isnat(net) & (spell.until > net))[0]
        if counts.size:
            _of_spell(found, loans, ever[counts], spell.of(counts), net[counts], side, factor, setting)
    return found


def _spells(schedule: Schedule, rows: StateRows, default_days: Whole) -> tuple[Spell, Spell]:
    """The default that was cured, and the one that is not; one contract may have had both, the first up to the second."""
    cured = ~np.isnat(rows.cured_date)
    open_ = (rows.days_past_due >= default_days) | (~np.isnat(rows.default_date) & ~cured)
    since = np.where(open_, default_date(rows, default_days), NEVER)
    over = np.where(cured, rows.default_date, NEVER)
    paid_then, paid_since = (
        paid_by(schedule, day, default_days, position_at(schedule, day).instalments_due) for day in (over, since)
    )
    then = np.where(cured, paid_then, 0)
    paid = paid_by(schedule, rows.instant, rows.days_past_due, position_at(schedule, rows.instant).instalments_due)
    paid = np.minimum(paid, schedule.term_instalments - 1)  # who is still in default has not paid the last
    return (
        Spell(over, np.where(cured, np.fmin(rows.cured_date, since), NEVER), then, then, lasts=False),
        Spell(since, np.where(open_, rows.instant, NEVER), paid, np.where(open_, paid_since, 0), lasts=True),
    )


def _of_spell(
    found: Unearning, loans: Loans, places: Whole, spell: Spell, net: Dates, side: int, factor: Numbers, setting: LoanSetting
) -> None:  # fmt: skip
    """Adds what the contracts at ``places`` have by a spell of default, with revenue on the net amount from ``net`` on."""
    owing = owing_of(loans, places, setting.credit)
    account = account_of(owing, spell, net)
    pieces = pieces_of(owing, spell, account, net)
    initial, stays = loans.initial[places].astype(np.float64), loans.course.remained[places]
    deferral = deferral_of(initial, stays, owing, spell, net, side, factor[places], setting)
    schedule = of_contracts(owing.schedule, pieces.of)
    lost = setting.credit.by_day.mean_loss(side, pieces.begins, schedule.segment, pieces.number)
    principal, paid = owing.at(spell, pieces.of, pieces.days)
    interest = interest_of(owing, spell, account, net, pieces, principal, paid)
    rules, elections = setting.credit.treatments[side], setting.credit.elections
    net_of = partial(_net, schedule.rate * pieces.behind, lost, deferral.of(pieces), rules, elections)
    amounts = net_of(principal, interest.owed)
    found.taken[places] += interest.taken + deferral.taken
    np.add.at(found.net, places[pieces.of], amounts * pieces.share)  # one after the other, in the order of days
    taken, most, least = _ends(owing, spell, account[0], net, pieces, schedule, interest)
    of_net = np.zeros(len(net))
    np.add.at(of_net, pieces.of, (net_of(*most) - net_of(*least)) * pieces.share)
    # who is cured may have paid principal first, and interest last: what is taken and revenue are off in one direction
    apart = rules.interest_on_allowance(1.0 / factor[places] - 1.0, of_net if spell.lasts else -of_net, taken)
    told = (owing.by_rows(spell) | (not spell.lasts)) & (
        ~owing.by_payments | ((owing.ahead_untold | interest.in_part) & spell.lasts)
    )
    found.apart[places] += np.where(told, np.abs(apart) + deferral.apart, 0.0) + interest.doubt


def _net(
    behind: Numbers, lost: Numbers, deferral: Numbers, treatment: Treatment, elections: Elections,
    principal: Numbers, interest: Numbers,
) -> Numbers:  # fmt: skip
    """The net amount of each piece: what was owed when its month began, ``behind`` per unit of principal coming since, as far
    as it is still, with what is deferred, less its allowance. Of 100 owed 60 are lost: 40, whatever is deferred; with 2 lost
    and fees of 10 deferred, 90."""
    owed = principal + np.maximum(interest - principal * behind, 0.0)
    deferred = principal * deferral
    allowance = treatment.allowance_in_default(owed * lost, deferred, deferred, elections)
    amount: Numbers = owed + deferred - allowance
    return np.maximum(amount, 0.0)


def _ends(
    owing: Owing, spell: Spell, known: Dates, net: Dates, pieces: Pieces, schedule: Schedule, interest: Interest
) -> tuple[Numbers, tuple[Numbers, Numbers], tuple[Numbers, Numbers]]:
    """By how much more is taken where nothing is paid up to the end than where all of it is at once; and principal and interest
    of each piece in both cases: all that a borrower was behind, of a default that was cured."""
    schedules = owing.schedule, owing.schedule, schedule
    days = known, spell.until, pieces.days
    ways = interest.way, interest.way, interest.way[pieces.of]
    first, last, at = (
        periods_until(agreed, when) + np.choose(way, billed_on(agreed, when))
        for agreed, when, way in zip(schedules, days, ways, strict=True)
    )
    at = at + np.where(ways[-1] == BY_DAY, pieces.to_mean, 0.0)
    begun, ended, due = (position_at(agreed, when).instalments_due for agreed, when in zip(schedules, days, strict=True))
    every = np.arange(len(net))
    most, least = owing.at(spell, every, net)[0], owing.after(spell) - owing.added(every, spell.until)
    of, fee = pieces.of, interest.fee[pieces.of]
    stated = owing.interest_stated & owing.in_it_at_opening(spell) & spell.lasts
    at_most, at_least = (owing.schedule.rate * owed * (last - first) for owed in (most, least))
    billed = ~owing.in_it_at_opening(spell) & (not spell.lasts)  # by day or by schedule, as nothing tells
    at_most = np.where(billed, np.maximum(at_most, interest.scheduled), at_most)
    at_least = np.where(billed, np.minimum(at_least, interest.scheduled), at_least)
    taken = np.where(stated | interest.told, 0.0, at_most - at_least)
    unpaid = interest.opens_at_most[of] + schedule.rate * most[of] * (at - first[of]) + fee * (due - begun[of])
    to_come = schedule.rate * least[of] * (last[of] - at) + fee * (ended[of] - due)
    paid = np.maximum(interest.last[of] - to_come, 0.0) * spell.lasts
    return taken, (most[of], unpaid), (least[of], paid)
