"""The interest that a contract in default owes from day to day: an account from its first row to that of its state.

It opens with what the first row has billed and accrued, takes what comes to be owed, and each payment on its day. A lender
bills interest on the principal of each day, or that of the schedule, and service fees apart or with it: by its own rows, the
way that leaves least between them. A service fee that is billed is owed from the due date of its instalment, and paid with it;
some lenders bill none from the default on. Past the last due date he bills nothing, or on by day or by due dates. What then
lacks to the row of the state was paid on days that nothing tells, or billed otherwise: it goes in equal steps on due dates,
what came past the last one on those after it, or by day as he bills.

Where payments tell no interest, that of an instalment is paid with it. Of a default of the period nothing then tells the first
day: its account begins there, with what the instalments missed carry, or with less, where the row of the state shows less and
no instalment was paid between.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, reduce

import numpy as np

from gaapbridge.contracts.credit import of_contracts, position_at
from gaapbridge.contracts.loans.interest_accounts import Account, Coming, Paid
from gaapbridge.contracts.loans.interest_by_rows import come_by_schedule, on_added, waived_by_rows
from gaapbridge.contracts.loans.owed_by_day import Dates, Flags, Numbers, Owing, Spell, Whole
from gaapbridge.contracts.loans.pieces import BY_DAY, Pieces, billed_on, periods_until, whole_periods


@dataclass(frozen=True)
class Interest:
    """Interest of N contracts by a spell, minor units: ``owed`` on the first day of each piece; of each contract what it owes
    on the ``first`` and the ``last`` day of its account, and what gross amounts have ``taken`` since revenue is on the net
    amount, service fees with it; the ``fee`` that still comes to be owed with each instalment, and by which of ``billed_on``
    more comes past the last due date. ``doubt`` is how far ``taken`` may lie from what another way of billing takes, where rows
    alone tell and leave something unexplained past the last due date, or nothing states what was received; ``told`` says that
    what was received of one that was cured tells it all. ``opens_at_most`` is the most that may be owed on the
    first day, ``in_part`` says whose instalments were paid with less than their interest, on days that nothing tells, and
    ``scheduled`` is what comes by the schedule to the end of the spell. What is ``owed`` of one who bills on by day
    is the mean of the days of the piece."""

    owed: Numbers
    first: Numbers
    last: Numbers
    taken: Numbers
    fee: Numbers
    way: Whole
    doubt: Numbers
    told: Flags
    opens_at_most: Numbers
    in_part: Flags
    scheduled: Numbers


def account_of(owing: Owing, spell: Spell, net: Dates) -> tuple[Dates, Dates]:
    """The first and the last day of each account: those of the rows where these or payments tell the interest, else that from
    which revenue is on the net amount, ``net``, and the end of the spell."""
    told = owing.interest_by_payments
    first = np.where(owing.in_it_at_opening(spell) | told, np.minimum(owing.day, net), net)
    return first, np.where(told, owing.rows.instant, spell.until)


def interest_of(
    owing: Owing, spell: Spell, account: tuple[Dates, Dates], net: Dates, pieces: Pieces, principal: Numbers, paid: Whole
) -> Interest:  # fmt: skip
    """The account of each contract with what is taken from ``net`` on; ``principal`` is owed, and ``paid`` are the instalments
    paid, on the first day of each piece."""
    begins, of = np.nonzero(pieces.days == net[pieces.of])[0], pieces.of
    start = _start(owing, account[0], pieces, principal, paid)
    by_day, by_schedule = _ways(owing, spell, account[1], pieces, principal, start)
    interest = _paid(owing, spell, pieces, paid, paid[begins], owing.received.interest, owing.scheduled_interest)
    since = _received_since(owing, spell, net, paid[begins])
    part = _part_received(owing, spell, net, interest, since)
    interest = Paid(interest.by_piece * part[of], interest.in_all * part)
    interest = interest + _capitalised(owing, spell, account[0], pieces, interest)
    fees = _paid(owing, spell, pieces, paid, paid[begins], owing.received.fees, owing.service_fees)
    nil, fee, terms = np.zeros(len(begins)), owing.service_fee, owing.schedule.term_instalments
    until_default = position_at(owing.schedule, spell.since).instalments_due
    billed, stopped = (_fees_billed(owing, spell, account[1], pieces, start, most) for most in (terms, until_default))
    all_come = _all_come(owing, spell, by_schedule + billed)
    opened = partial(_opened, owing, spell, paid=paid[begins], of=of, all_come=all_come, since=since)
    apart, within = partial(opened, received=interest, fees=(nil, nil)), partial(opened, received=interest + fees)
    goes_on = owing.interest_by_payments & (fees.in_all > fee * np.maximum(until_default - start.paid, 0))
    goes_on = goes_on | _ahead_by_state(owing, spell)
    on = [_billed_on(owing, spell, pieces, principal, start, way) for way in range(len(pieces.beyond))]

    def accounts_by(way: int) -> list[Account]:
        day, schedule = by_day + on[way], by_schedule + on[way]
        with_fees = (billed, (fee, fee)), (stopped, (fee, nil))
        within_it = [within(by + come, way, fees=of_each) for come, of_each in with_fees for by in (day, schedule)]
        return [apart(day, way), apart(schedule, way), *within_it]

    every = [accounts_by(way) for way in range(len(pieces.beyond) if pieces.beyond.any() else 1)]
    ways = [_nearest(accounts, of, not spell.lasts, goes_on) for accounts in _where_waived(owing, spell, every)]
    taking = reduce(lambda found, other: found.unless_on(other, of), ways)
    to_mean = np.where(taking.way[of] == BY_DAY, pieces.to_mean, 0.0)
    on_mean = _stepped(owing, account, taking, of, pieces.days, to_mean) + owing.schedule.rate[of] * principal * to_mean
    owed = taking.by_piece + on_mean - taking.paid
    taken, *by_ways = (_taken(owing, spell, account, net, one, pieces, paid[begins]) for one in (taking, *ways))
    scheduled = by_schedule.by_end + np.choose(taking.way, [one.by_end for one in on])
    missed = np.stack([by_day.missed, by_schedule.missed]) + np.where(taking.fee > 0.0, billed.missed, 0.0)
    doubt, told, most = _left_open(owing, spell, taking, np.ptp(by_ways, axis=0), missed)
    doubt = doubt + _waived(owing, spell, taking, net, paid[begins])[1]
    unpaid = owing.service_fees(np.arange(len(nil)), start.paid, np.maximum(start.due, start.paid)) - billed.missed
    most = most + np.where(owing.ahead_untold & (taking.fee > 0.0), unpaid, 0.0)  # paid since, if not by then
    return Interest(
        owed, taking.first, owing.interest[1], taken, taking.coming, taking.way, doubt, told, most, part < 1.0, scheduled
    )


def _where_waived(owing: Owing, spell: Spell, every: list[list[Account]]) -> list[list[Account]]:
    """The accounts by all ways, as soon as one has some waived with a cure, with no more unexplained than of the row that they
    begin with."""
    waived = reduce(np.logical_or, [owing.waived(one.otherwise, one.fee > 0.0) < 0.0 for accounts in every for one in accounts])
    begins = waived & owing.in_it_at_opening(spell)
    return [[one.where_waived(begins) for one in accounts] for accounts in every]


def _nearest(accounts: list[Account], of: Whole, ended: bool, goes_on: Flags) -> Account:
    """The account that leaves least unexplained of those with service fees apart, billed, and billed up to the default alone,
    each by day and by schedule; billed where nothing tells and the spell has ``ended``, and up to the default alone only of
    whom billing not ``goes_on``."""
    never = np.zeros_like(goes_on)
    found, billed, stopped = (by.unless(other, of) for by, other in zip(accounts[::2], accounts[1::2], strict=True))
    return found.unless_billed(billed, of, ~never & ended, never).unless_billed(stopped, of, never, goes_on)


def _left_open(
    owing: Owing, spell: Spell, taking: Account, between: Numbers, missed: Numbers
) -> tuple[Numbers, Flags, Numbers]:  # fmt: skip
    """How far what is taken may be off by how it is billed, whose is told by what was received of one that was cured, and the
    most that may be owed at first: where ways of billing on take different amounts, ``between`` them, and instalments missed
    carry others by day and by schedule, ``missed``."""
    opened = owing.in_it_at_opening(spell)
    untold = spell.lasts & ~owing.interest_by_payments & ~(owing.interest_stated & opened)
    missing = np.where(untold, taking.unexplained + taking.beside, 0.0)
    doubt = np.where(missing >= 1.0, between, 0.0)
    most = taking.first + doubt + np.where(doubt > 0.0, missing, 0.0)
    if spell.lasts:
        return doubt + taking.astray, np.zeros_like(opened), most
    stated = owing.interest_stated | (owing.interest_paid > 0)
    told = ~opened & stated & (taking.unexplained <= owing.roundings)
    return np.where(~opened & ~stated, np.ptp(missed, axis=0), 0.0), told, np.where(opened, most, missed.max(axis=0))


def _opened(
    owing: Owing, spell: Spell, coming: Coming, way: int, received: Paid, paid: Whole, of: Whole,
    fees: tuple[Numbers, Numbers], all_come: Numbers, since: Numbers,
) -> Account:  # fmt: skip
    """The account by one way of billing: with what lacks to the row of the state where it closes with it, and what is left
    unexplained, there or of the row that it begins with. The first of ``fees`` is within it, the rest of a service fee
    apart; the second comes in default too."""
    first, state = _first(owing, spell, coming, received, paid), owing.interest[1]
    told, opened = owing.interest_by_payments, owing.in_it_at_opening(spell)
    stated = owing.interest_stated & opened & ~told & spell.lasts
    apart = (owing.service_fee - fees[0]) * np.maximum(owing.paid[1] - paid, 0)
    otherwise = np.where(spell.lasts | told, state - (first + coming.in_all - received.in_all), 0.0)
    untold = np.where(stated, owing.interest_received - apart - received.in_all, 0.0)
    missing = np.abs(first - coming.missed)
    unexplained = np.where(opened & ~told & ~stated, missing, np.abs(otherwise + untold))
    due = position_at(owing.schedule, spell.until).instalments_due
    all_by_end = first + coming.by_end + (owing.service_fee - fees[0]) * np.maximum(due - paid, 0)
    by_rows = owing.cured(spell) & ~told & ~opened & owing.begun
    unexplained = np.where(by_rows, np.abs(all_come - all_by_end), unexplained)
    beside = np.where(told | stated | (not spell.lasts), 0.0, np.where(opened, np.abs(otherwise), missing))
    by_piece, by_end = first[of] + coming.by_piece, first + coming.by_end
    off = np.where(owing.opened | ~told, missing, 0.0)
    begins = spell.lasts & ~told & ~opened & owing.begun
    beyond = np.where(begins, np.abs(coming.missed + coming.in_all + apart - since - state), 0.0)
    astray = np.abs(coming.in_all + np.maximum(otherwise, 0.0) + apart - since - state + coming.missed)
    astray = np.where(begins & (astray > owing.roundings), astray, 0.0)
    ways = np.full(len(first), way)
    return Account(first, by_piece, received.by_piece, by_end, otherwise, unexplained, beside, off, beyond, astray, *fees, ways)


def _received_since(owing: Owing, spell: Spell, net: Dates, paid: Whole) -> Numbers:
    """What rows have of interest and service fees received since the day ``net``, when so many instalments were paid: what was
    received in all less what the instalments paid before carried, who is ahead with service fees having paid those too."""
    every, earlier = np.arange(len(net)), owing.rises.added.by(np.arange(len(net)), net)
    added = -earlier if owing.interest_stated else owing.capitalised - earlier
    until = np.maximum(owing.paid[0], paid)
    fees = owing.service_fees(every, owing.paid[0], until)
    before = np.where(owing.opened, owing.opening.fees_ahead, 0.0)
    ahead = owing.service_fees(every, owing.paid[0], owing.due[1]) + owing.rows.fees_ahead - before
    fees = np.where(_ahead_by_state(owing, spell), ahead, fees)
    found: Numbers = owing.interest_received + added - owing.scheduled_interest(every, owing.paid[0], until) - fees
    return found


def _part_received(owing: Owing, spell: Spell, net: Dates, interest: Paid, since: Numbers) -> Numbers:
    """The part of the interest of instalments paid since ``net`` that rows have as received, beside what was added to
    principal: an instalment may be repaid of its principal alone. Of 7,500 of interest 1,500 received: a fifth."""
    later = owing.capitalised - owing.rises.added.by(np.arange(len(net)), net)
    begins = spell.lasts & ~owing.interest_by_payments & ~owing.in_it_at_opening(spell) & owing.begun
    less = begins & (owing.service_fee == 0.0) & (np.maximum(since - later, 0.0) < interest.in_all - owing.roundings)
    return np.where(less, np.maximum(since - later, 0.0) / np.where(less, interest.in_all, 1.0), 1.0)


def _all_come(owing: Owing, spell: Spell, scheduled: Coming) -> Numbers:
    """What came to be owed by the end of each spell that was cured, with service fees, by all that was received in the period
    and is owed at its end, if outside the spell all came by the schedule."""
    known = np.where(owing.settled & (owing.interest_paid > 0), 0.0, owing.interest[1])
    in_period = owing.interest_paid + np.where(owing.interest_paid > 0, 0, owing.interest_received) + known
    beyond: Numbers = in_period - come_by_schedule(owing)
    return scheduled.missed + scheduled.by_end + beyond


def _paid(
    owing: Owing, spell: Spell, pieces: Pieces, paid: Whole, paid_first: Whole, amounts: Whole,
    of_instalments: Callable[[Whole, Whole, Whole], Numbers],
) -> Paid:  # fmt: skip
    """What is paid by ``amounts`` of payments where these tell it, else with the instalments paid since revenue is on the net
    amount, by what is ``of_instalments`` of a contract after one up to another."""
    every, told = np.arange(len(paid_first)), owing.interest_by_payments
    to_end = np.maximum(paid_first, owing.paid[1]) if spell.lasts else paid_first
    by_piece, in_all = (of_instalments(of, paid_first[of], number) for of, number in ((pieces.of, paid), (every, to_end)))
    return Paid(
        np.where(told[pieces.of], owing.received.up_to(amounts, pieces.of, pieces.days), by_piece),
        np.where(told, owing.received.up_to(amounts, every, owing.last_day), in_all),
    )


def _capitalised(owing: Owing, spell: Spell, first: Dates, pieces: Pieces, interest: Paid) -> Paid:
    """What was added to principal, as paid on its day; where rows tell, unless as much is in what instalments paid have."""
    of, added_by = pieces.of, owing.rises.added.by
    before = added_by(np.arange(len(first)), first)
    since = owing.capitalised - before
    counts = ~owing.interest_by_payments & spell.lasts & (since > 0) & (interest.in_all < since)
    added = np.where(counts[of], added_by(of, pieces.days) - before[of], 0)
    return Paid(added, np.where(counts, since, 0))


@dataclass(frozen=True)
class _Start:
    """The first day of each account, and what is known of it: principal, and instalments paid and due."""

    day: Dates
    principal: Numbers
    paid: Whole
    due: Whole


def _start(owing: Owing, known: Dates, pieces: Pieces, principal: Numbers, paid: Whole) -> _Start:
    """By the row of the opening, where accounts begin with it, else by what is owed on their first day."""
    first, by_row = pieces.ends()[0], owing.opened & (known == owing.day)
    owed = np.where(by_row, owing.principal[0], principal[first])
    instalments = np.where(by_row, owing.paid[0], paid[first])
    return _Start(known, owed, instalments, position_at(owing.schedule, known).instalments_due)


def _by_piece(spell: Spell, pieces: Pieces, amounts: Numbers, missed: Numbers) -> Coming:
    """What comes by the ``amounts`` of each piece."""
    first, last = pieces.ends()
    in_spell = first + np.bincount(pieces.of[pieces.days < spell.until[pieces.of]], minlength=len(first)) - 1
    running = pieces.running(amounts)
    return Coming(running - amounts, running[in_spell], running[last], missed)


def _billed_on(owing: Owing, spell: Spell, pieces: Pieces, principal: Numbers, start: _Start, way: int) -> Coming:
    """What comes past the last due date by a way of billing on, on the principal of each day."""
    rate, before = owing.schedule.rate, billed_on(owing.schedule, start.day)[way]
    return _by_piece(spell, pieces, principal * rate[pieces.of] * pieces.beyond[way], start.principal * rate * before)


def _ways(
    owing: Owing, spell: Spell, until: Dates, pieces: Pieces, principal: Numbers, start: _Start
) -> tuple[Coming, Coming]:  # fmt: skip
    """Interest on the principal of each day up to the last due date; and that of the schedule on each due date, with what runs
    since on the principal of the day, and of what was added to it from that day on."""
    agreed, of, every = owing.schedule, pieces.of, np.arange(len(until))
    rate, first = agreed.rate, pieces.ends()[0]
    unpaid = periods_until(agreed, start.day) - whole_periods(agreed, start.paid)
    by_day = _by_piece(spell, pieces, principal * rate[of] * pieces.agreed, start.principal * rate * unpaid)
    at = position_at(of_contracts(agreed, of), pieces.days)
    due, agreed_part = at.instalments_due, principal - owing.added(of, pieces.days)
    runs = rate[of] * agreed_part * at.elapsed_periods + on_added(owing, of, pieces.days)
    by_piece = owing.scheduled_interest(of, due[first][of], due) + runs - runs[first][of]
    ends: list[Numbers] = []
    for day in (spell.until, until):
        end, left = position_at(agreed, day), np.where(day == spell.until, owing.after(spell), owing.principal[1])
        come = owing.scheduled_interest(every, due[first], end.instalments_due) + on_added(owing, every, day)
        ends.append(come + rate * (left - owing.added(every, day)) * end.elapsed_periods - runs[first])
    run = start.principal * rate * position_at(agreed, start.day).elapsed_periods
    missed = owing.scheduled_interest(every, start.paid, start.due) + run
    return by_day, Coming(by_piece, ends[0], ends[1], missed)


def _fees_billed(owing: Owing, spell: Spell, until: Dates, pieces: Pieces, start: _Start, most: Whole) -> Coming:
    """Service fees that are billed with the instalments as these fall due, of so many at ``most``."""
    agreed, of, every = owing.schedule, pieces.of, np.arange(len(until))
    due = np.minimum(position_at(of_contracts(agreed, of), pieces.days).instalments_due, most[of])
    first = due[pieces.ends()[0]]
    by_end, in_all = (
        owing.service_fees(every, first, np.minimum(position_at(agreed, day).instalments_due, most))
        for day in (spell.until, until)
    )
    missed = owing.service_fees(every, start.paid, np.maximum(np.minimum(start.due, most), start.paid))
    missed = np.where(_ahead_by_state(owing, spell), -owing.ahead_on(start.due), missed)
    return Coming(owing.service_fees(of, first[of], due), by_end, in_all, missed)


def _ahead_by_state(owing: Owing, spell: Spell) -> Flags:
    """Who is ahead with service fees by the row of the state, of a default that lasts and whose account begins with no row: he
    has paid all that fell due."""
    ahead: Flags = spell.lasts & (owing.rows.fees_ahead > 0.0) & ~(owing.in_it_at_opening(spell) | owing.interest_by_payments)
    return ahead


def _first(owing: Owing, spell: Spell, coming: Coming, received: Paid, paid: Whole) -> Numbers:
    """What each account opens with: the interest of the first row, nil of a contract that was paid out since; else that of the
    instalments missed, less where no instalment was paid since and the row of the state leaves less, with what was added to
    principal."""
    by_row, state = owing.interest
    leaves = np.minimum(coming.missed, np.maximum(state + received.in_all - coming.in_all, 0.0))
    begun = np.where((owing.paid[1] > paid) | (not spell.lasts), coming.missed, leaves)
    return np.where(owing.in_it_at_opening(spell) | owing.interest_by_payments, by_row, begun)


def _taken(
    owing: Owing, spell: Spell, days: tuple[Dates, Dates], net: Dates, account: Account, pieces: Pieces, paid: Whole
) -> Numbers:  # fmt: skip
    """What gross amounts take since ``net`` by an account of some days: interest that has come, service fees paid that are
    apart, and by how much the last payment is off what was owed; by what was received, where both loan tapes state it, and what
    moved. Where nothing tells what was paid, it was what less came than was to come."""
    come = account.by_end + _stepped(owing, days, account, np.arange(len(net)), spell.until)
    begins, moved = np.nonzero(pieces.days == net[pieces.of])[0], owing.interest[1] - account.first
    come = come - (account.by_piece + _stepped(owing, days, account, pieces.of, pieces.days))[begins]
    every, apart = np.arange(len(net)), owing.service_fee - account.fee
    due = position_at(owing.schedule, spell.until).instalments_due
    instalments = owing.paid[1] if spell.lasts else np.where(owing.cured(spell), due, 0)
    by_rows = come + np.maximum(-account.otherwise, 0.0) + apart * np.maximum(instalments - paid, 0)
    if spell.lasts:
        stated = owing.interest_stated & owing.in_it_at_opening(spell)
        by_rows = np.where(stated, owing.interest_received + moved, by_rows)
    paid_after = partial(owing.received.after, owing.received.fees, every)
    fees_paid = paid_after(net) - np.where(owing.settles(spell), 0, paid_after(spell.until))
    waived = _waived(owing, spell, account, net, paid)[0]
    by_payments = come + np.where(apart > 0.0, fees_paid, 0.0) + _settled_beyond(owing, spell, account.fee)
    return np.where(owing.interest_by_payments, by_payments, by_rows + waived)


def _waived(owing: Owing, spell: Spell, account: Account, net: Dates, paid: Whole) -> tuple[Numbers, Numbers]:
    """What rows alone tell as waived with a cure, below nil, and what lacks beside that; nil of whom payments tell interest."""
    told, untold = waived_by_rows(owing, spell, account.by_end, account.fee > 0.0, net, paid)
    by_rows = ~owing.interest_by_payments
    return told * by_rows, untold * by_rows


def _settled_beyond(owing: Owing, spell: Spell, fee: Numbers) -> Numbers:
    """What the last payment of contracts that are settled by it brings beyond the interest that they owe, with service fees
    where a ``fee`` is within that; below nil what is waived. It is no revenue, which is on the net amount, but reverses or adds
    to losses (IFRS 9 B5.4.6, 5.5.8). Of 455 owed 200 are paid: (255)."""
    beyond: Numbers = np.where(owing.settles(spell), owing.paid_at_last(fee > 0.0), 0.0)
    return beyond


def _stepped(
    owing: Owing, account: tuple[Dates, Dates], taking: Account, of: Whole, days: Dates, to_mean: Numbers | float = 0.0
) -> Numbers:  # fmt: skip
    """What of all that is ``otherwise`` has come to contracts ``of`` by some days, or as many periods ``to_mean`` later; what
    payments tell as waived of one that was cured, all on that day (IFRS 9 B5.4.6, 5.5.8)."""
    otherwise, schedule = taking.otherwise, of_contracts(owing.schedule, of)
    last = owing.schedule.term_instalments
    behind, all_passed = (position_at(owing.schedule, when).due_dates_passed for when in account)
    bills_on = (otherwise > 0.0) & (all_passed > np.maximum(behind, last))
    behind = np.where(bills_on, np.maximum(behind, last), behind)
    passed = position_at(schedule, days).due_dates_passed
    whole = (days == account[1][of]) & (all_passed <= behind)[of]
    share = np.where(whole, 1.0, np.maximum(passed - behind[of], 0) / np.maximum(all_passed - behind, 1)[of])
    begun, ended = (billed_on(owing.schedule, when)[BY_DAY] for when in account)
    begun = np.where(account[0] == owing.day, begun, 0.0)  # without a row of that day, what came by it too
    by_day = (otherwise > 0.0) & (taking.way == BY_DAY) & (ended > begun)
    so_far = billed_on(schedule, days)[BY_DAY] + to_mean - begun[of]
    share = np.where(by_day[of], so_far / np.where(by_day, ended - begun, 1.0)[of], share)
    waived = owing.waived(otherwise, taking.fee > 0.0)[of]
    with_cure = waived * (days >= owing.rows.cured_date[of]) + (otherwise[of] - waived) * (days >= account[1][of])
    since_cure, added_on = _on_added_since_cure(owing)
    beyond = np.minimum(np.maximum(otherwise, 0.0), since_cure)
    with_steps = (otherwise - beyond)[of] * share + beyond[of] * (days >= added_on[of])
    come: Numbers = np.where((owing.cured_since & (otherwise < 0.0))[of], with_cure, with_steps)
    return come


def _on_added_since_cure(owing: Owing) -> tuple[Numbers, Dates]:
    """Contract interest from a cure on of what is added to principal after it, and the last day of that: a lender may book the
    modification later than it cures, and bill from the cure on. 36,000 booked ten of thirty days later: 120 at 1 % a month."""
    found, cured = np.zeros(len(owing.day)), owing.rows.cured_date
    for day, amount in zip(owing.rises.days, owing.rises.amounts, strict=True):
        later = owing.cured_since & (amount > 0) & (day > cured)
        first, last = (periods_until(owing.schedule, np.where(later, when, owing.day)) for when in (cured, day))
        found = found + np.where(later, owing.schedule.rate * amount * (last - first), 0.0)
    return found, owing.rises.last()
