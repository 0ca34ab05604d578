"""What a ledger holds of versions that a restatement takes the place of: asked where the run cannot know it, and taken back.

Of its own period a run that restates another is booked in the place of that version's vouchers, where the ledger holds them:
those that differ are withdrawn, on the days on which they were posted. Of the period before, the ledger holds what one of its
versions left: where that is not the one which the run opens with, the difference is booked on the first day (IAS 8.42).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gaapbridge.book.journal import EntryKind
from gaapbridge.run.found import run_before, version_beside
from gaapbridge.run.journals import JournalLine
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.vouchers.voucher import WITHDRAWN, WITHDRAWN_OPENING, Booking, Voucher, reversed_line

NONE = "none"
"""The answer where the ledger holds no version of the period."""

VERSION = re.compile(r"v[1-9][0-9]*")


@dataclass(frozen=True, slots=True)
class Held:
    """What the ledger holds: the version of this period whose vouchers it has, and the one of the period before whose closing
    it carries; None where it is none, or the one that the run says."""

    booked: Run | None = None
    prior: Run | None = None


def held_of(run: Run, booked: str | None, opening: str | None) -> Held:
    """What the ledger holds by what the user says. Raises ``UnusableInput`` where a restatement asks and nothing is said, and
    where a version is named that is not there."""
    restates, prior = run.manifest.restates, run_before(run)
    if booked is None and restates is not None:
        rule = f"this run restates {restates}: what the ledger holds of this period is not known"
        remedy = (
            f"say --booked {restates} where its vouchers were imported: they are withdrawn; --booked {NONE} where none were"
        )
        raise UnusableInput(file=str(run.folder), key="--booked", rule=rule, remedy=remedy)
    if opening is None and prior is not None and prior.manifest.restates is not None:
        first, second = prior.manifest.restates, prior.folder.name
        rule = f"the run opens with {second}, which restates {first}: which of them the ledger holds is not known"
        remedy = f"say --opening {first} where that was booked, --opening booked where {second} was, unbooked where none was"
        raise UnusableInput(file=str(run.folder), key="--opening", rule=rule, remedy=remedy)
    of_period = None if booked in (None, NONE) else _version(run, "--booked", str(booked))
    if of_period is not None and of_period.folder.resolve() == run.folder.resolve():
        rule = "a run is not booked in the place of itself"
        raise UnusableInput(key="--booked", value=booked, rule=rule, remedy=f"name another version, or {NONE}")
    if opening is None or VERSION.fullmatch(opening) is None:
        return Held(of_period)
    if prior is None:
        rule = "a version of the period before is named where the run opens with one, and that is there"
        raise UnusableInput(key="--opening", value=opening, rule=rule, remedy="say booked or unbooked")
    return Held(of_period, _version(prior, "--opening", opening))


def _version(run: Run, option: str, name: str) -> Run:
    if VERSION.fullmatch(name) is None:
        rule = "it is a version of the period by its folder's name"
        raise UnusableInput(key=option, value=name, rule=rule, remedy=f"say {option} v1, for example, or {option} {NONE}")
    return version_beside(run, name).unchanged()


def in_the_place_of(
    vouchers: Sequence[Voucher], earlier: Sequence[Voucher], booking: Booking
) -> tuple[tuple[Voucher, ...], tuple[Voucher, ...]]:
    """What is withdrawn of the vouchers that a ledger holds, and which of the new ones are booked: those alike in both stand.

    A lease measured 1,000 lower, in one note of five: that note's vouchers are withdrawn and booked anew, no other.
    """
    stands = {_content(one) for one in vouchers} & {_content(one) for one in earlier}
    gone = [one for one in earlier if _content(one) not in stands]
    withdrawn: list[Voucher] = []
    for note in dict.fromkeys(one.note for one in gone):
        for kind, day in ((WITHDRAWN_OPENING, booking.first_day), (WITHDRAWN, booking.closing)):
            lines = [reversed_line(line) for one in gone if (one.note, one.day) == (note, day) for line in one.lines]
            if lines:
                withdrawn.append(Voucher(note, kind, day, 0, tuple(lines)))
    return tuple(withdrawn), tuple(one for one in vouchers if _content(one) not in stands)


def _content(voucher: Voucher) -> tuple[object, ...]:
    """What makes two vouchers the same to a ledger: note, kind, day, and what is posted to each account and segment."""
    posted: dict[tuple[str, str], int] = {}
    for line in voucher.lines:
        posted[line.account, line.segment] = posted.get((line.account, line.segment), 0) + line.amount_minor
    return voucher.note, voucher.kind, voucher.day, tuple(sorted((at, amount) for at, amount in posted.items() if amount))


def closing_lines(run: Run, booking: Booking, basis: str | None) -> Mapping[str, tuple[JournalLine, ...]]:
    """By note what a run leaves in a ledger whose year is closed: its journals, with income and what was restated through
    equity in retained earnings, as the next run brings it forward."""
    left: dict[str, tuple[JournalLine, ...]] = {}
    for note in dict.fromkeys(line.note for line in run.listed.journals):
        left[note] = tuple(_left(run, note, booking, basis))
    return left


def _left(run: Run, note: str, booking: Booking, basis: str | None) -> Iterator[JournalLine]:
    income = {code for code, one in run.manifest.accounts.items() if one.line in run.manifest.profit_rows}
    retained = booking.retained_earnings
    sums: dict[tuple[str, str, str], int] = {}
    for line in run.listed.journals:
        if line.note == note:
            ended = line.account in income or line.account in (retained, basis)
            key = (retained, run.manifest.retained_row, "all") if ended else (line.account, line.line, line.segment)
            sums[key] = sums.get(key, 0) + line.amount_minor
    for (account, row, segment), amount in sums.items():
        if amount:
            debit, credit = max(amount, 0), max(-amount, 0)
            text = f"brought forward, as {run.folder.name} left it"
            day, kind = run.manifest.period.closing, EntryKind.BROUGHT_FORWARD
            yield JournalLine(note, day, kind, kind, "", kind, account, row, segment, debit, credit, text)
