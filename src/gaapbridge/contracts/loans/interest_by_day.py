"""The interest that a contract in default owes from day to day: an account from its first row to that of its state.

It opens with what the first row has billed and accrued, takes what comes to be owed, and each payment on its day. A lender
bills interest on the principal of each day, or that of the schedule: by its own rows, the one that leaves less between them.
What then lacks to the row of the state was paid on days that nothing tells, or billed otherwise: it goes in equal steps on due
dates, that of a lender who bills on past the last one on those after it.

Where payments tell no interest, that of an instalment is paid with it. Of a default of the period nothing then tells the first
day: its account begins there, with what the instalments missed carry, or with less, where the row of the state shows less and
no instalment was paid between.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gaapbridge.contracts.credit import of_contracts, position_at
from gaapbridge.contracts.loans.owed_by_day import Dates, Numbers, Owing, Spell, Whole
from gaapbridge.contracts.loans.pieces import Pieces, periods_until, whole_periods


@dataclass(frozen=True)
class Interest:
    """Interest of N contracts by a spell, minor units: ``owed`` on the first day of each piece; of each contract what it owes
    on the ``first`` and the ``last`` day of its account, and what gross amounts have ``taken`` since revenue is on the net
    amount, service fees with it."""

    owed: Numbers
    first: Numbers
    last: Numbers
    taken: Numbers


@dataclass(frozen=True)
class _Coming:
    """Interest that comes to be owed by one way of billing from the first day of an account: to that of each piece, to the end
    of each contract's spell, and to that of its account; and what is owed of the instalments missed when revenue is on the net
    amount first."""

    by_piece: Numbers
    by_end: Numbers
    in_all: Numbers
    missed: Numbers


@dataclass(frozen=True)
class _Account:
    """An account by one way of billing, without what is ``otherwise``: what it opens with, ``first``; what has come to be owed
    by the first day of each piece and the end of each spell; and what is left unexplained."""

    first: Numbers
    by_piece: Numbers
    by_end: Numbers
    otherwise: Numbers
    unexplained: Numbers

    def of_contracts(self) -> tuple[Numbers, Numbers, Numbers]:
        """What is first, by the end, and otherwise, of each contract."""
        return self.first, self.by_end, self.otherwise


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
    begins = np.nonzero(pieces.days == net[pieces.of])[0]
    received, all_received = _received(owing, spell, pieces, paid, paid[begins])
    by_day, by_schedule = (
        _opened(owing, spell, coming, all_received, paid[begins], pieces.of)
        for coming in _ways(owing, spell, account[1], pieces, principal, paid, begins)
    )
    bills_by_day, of = by_day.unexplained < by_schedule.unexplained + 1.0, pieces.of
    first, by_end, otherwise = (
        np.where(bills_by_day, one, other) for one, other in zip(by_day.of_contracts(), by_schedule.of_contracts(), strict=True)
    )
    come = np.where(bills_by_day[of], by_day.by_piece, by_schedule.by_piece)
    come += _stepped(owing, account, otherwise, of, pieces.days)
    by_end += _stepped(owing, account, otherwise, np.arange(len(net)), spell.until)
    last = owing.interest[1]
    taken = _taken(owing, spell, net, by_end - come[begins], otherwise, last - first, paid[begins])
    return Interest(come - received, first, last, taken)


def _opened(owing: Owing, spell: Spell, coming: _Coming, received: Numbers, paid: Whole, of: Whole) -> _Account:
    """The account by one way of billing: with what lacks to the row of the state where it closes with it, and what is left
    unexplained, there or of the row that it begins with."""
    first, state = _first(owing, spell, coming, paid), owing.interest[1]
    told, opened = owing.interest_by_payments, owing.in_it_at_opening(spell)
    stated = owing.interest_stated & opened & ~told & spell.lasts
    fees = owing.service_fee * np.maximum(owing.paid[1] - paid, 0)
    otherwise = np.where(spell.lasts | told, state - (first + coming.in_all - received), 0.0)
    untold = np.where(stated, owing.interest_received - fees - received, 0.0)
    unexplained = np.abs(np.where(opened & ~told & ~stated, first - coming.missed, otherwise + untold))
    return _Account(first, first[of] + coming.by_piece, first + coming.by_end, otherwise, unexplained)


def _received(owing: Owing, spell: Spell, pieces: Pieces, paid: Whole, paid_first: Whole) -> tuple[Numbers, Numbers]:
    """Interest paid up to and on the first day of each piece, and up to the end of each account: by payments, or with the
    instalments paid since revenue is on the net amount."""
    every, told, interest = np.arange(len(paid_first)), owing.interest_by_payments, owing.received.interest
    to_end = np.maximum(paid_first, owing.paid[1]) if spell.lasts else paid_first
    by_piece, in_all = (
        owing.scheduled_interest(of, paid_first[of], number) for of, number in ((pieces.of, paid), (every, to_end))
    )
    return (
        np.where(told[pieces.of], owing.received.up_to(interest, pieces.of, pieces.days), by_piece),
        np.where(told, owing.received.up_to(interest, every, owing.last_day), in_all),
    )


def _ways(
    owing: Owing, spell: Spell, until: Dates, pieces: Pieces, principal: Numbers, paid: Whole, begins: Whole
) -> Iterator[_Coming]:  # fmt: skip
    """Interest on the principal of each day up to the last due date; and that of the schedule on each due date, with what runs
    since on the principal of the day."""
    agreed, of, every = owing.schedule, pieces.of, np.arange(len(begins))
    rate, net = agreed.rate, pieces.days[begins]
    first, last = pieces.ends()
    in_spell = first + np.bincount(of[pieces.days < spell.until[of]], minlength=len(first)) - 1
    owed, instalments = principal[begins], paid[begins]
    accrued = principal * rate[of] * pieces.agreed
    running = pieces.running(accrued)
    unpaid = periods_until(agreed, net) - whole_periods(agreed, instalments)
    yield _Coming(running - accrued, running[in_spell], running[last], owed * rate * unpaid)
    at = position_at(of_contracts(agreed, of), pieces.days)
    due, runs = at.instalments_due, rate[of] * principal * at.elapsed_periods
    by_piece = owing.scheduled_interest(of, due[first][of], due) + runs - runs[first][of]
    ends: list[Numbers] = []
    for day in (spell.until, until):
        end, left = position_at(agreed, day), np.where(day == spell.until, owing.after(spell), owing.principal[1])
        come = owing.scheduled_interest(every, due[first], end.instalments_due)
        ends.append(come + rate * left * end.elapsed_periods - runs[first])
    missed = owing.scheduled_interest(every, instalments, due[begins]) + runs[begins]
    yield _Coming(by_piece, ends[0], ends[1], missed)


def _first(owing: Owing, spell: Spell, coming: _Coming, paid: Whole) -> Numbers:
    """What each account opens with: the interest of the first row, nil of a contract that was paid out since; else that of the
    instalments missed, less where no instalment was paid since and the row of the state leaves less."""
    by_row, state = owing.interest
    leaves = np.minimum(coming.missed, np.maximum(state - coming.in_all, 0.0))
    begun = np.where((owing.paid[1] > paid) | (not spell.lasts), coming.missed, leaves)
    return np.where(owing.in_it_at_opening(spell) | owing.interest_by_payments, by_row, begun)


def _taken(
    owing: Owing, spell: Spell, net: Dates, come: Numbers, otherwise: Numbers, moved: Numbers, paid: Whole
) -> Numbers:  # fmt: skip
    """What gross amounts take since ``net``: interest that has ``come``, and service fees paid; by what was received, where
    both loan tapes state it, and what ``moved``. Where nothing tells what was paid, it was what less came than was to come."""
    every, fees = np.arange(len(net)), owing.received.fees
    fees_paid = owing.received.up_to(fees, every, spell.until) - owing.received.up_to(fees, every, net)
    due = position_at(owing.schedule, spell.until).instalments_due
    instalments = owing.paid[1] if spell.lasts else np.where(owing.cured(spell), due, 0)
    by_rows = come + np.maximum(-otherwise, 0.0) + owing.service_fee * np.maximum(instalments - paid, 0)
    if spell.lasts:
        stated = owing.interest_stated & owing.in_it_at_opening(spell)
        by_rows = np.where(stated, owing.interest_received + moved, by_rows)
    return np.where(owing.interest_by_payments, come + fees_paid, by_rows)


def _stepped(owing: Owing, account: tuple[Dates, Dates], otherwise: Numbers, of: Whole, days: Dates) -> Numbers:
    """What of ``otherwise`` has come to contracts ``of`` by some days."""
    last = owing.schedule.term_instalments
    behind, all_passed = (position_at(owing.schedule, when).due_dates_passed for when in account)
    bills_on = (otherwise > 0.0) & (all_passed > np.maximum(behind, last))
    behind = np.where(bills_on, np.maximum(behind, last), behind)
    passed = position_at(of_contracts(owing.schedule, of), days).due_dates_passed
    whole = (days == account[1][of]) & (all_passed <= behind)[of]
    share = np.where(whole, 1.0, np.maximum(passed - behind[of], 0) / np.maximum(all_passed - behind, 1)[of])
    come: Numbers = otherwise[of] * share
    return come
