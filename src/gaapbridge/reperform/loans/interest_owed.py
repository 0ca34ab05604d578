"""An account of the interest that a borrower in default owes, from day to day.

It begins with what a row of the tape says is owed, takes what comes by day or by schedule, and gives what was paid. Service
fees that a lender bills are in it from their due date on. What is then missing to the row of the state is interest paid on days
that nothing tells or, above nil, billed otherwise than agreed: it is spread evenly over the due dates, or over the days past
the last where these are billed. Of the ways of billing the rows tell the one that leaves least unexplained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.exact import ONE, ZERO, Step
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.interest import accrued_interest
from gaapbridge.reperform.loans.interest_billed import Billed, BilledOn, billed_by_schedule, ways_of_billing
from gaapbridge.reperform.loans.owed import Owed
from gaapbridge.reperform.loans.received import interest_at_state, paid_last_beyond, received_by_rows, received_in
from gaapbridge.reperform.loans.told import AtOnce, Beside, DaysPastTheLast, Default, EqualSteps, Told, paid_at
from gaapbridge.reperform.schedule import Schedule

Steps = EqualSteps | DaysPastTheLast | AtOnce | Beside


@dataclass(frozen=True, slots=True)
class InterestOwed:
    """The account from one day to another: `first` is owed as it begins, `billed` tells what comes, `paid` what was paid since
    it began, and `untold`, what no row or payment tells, is spread over `steps` or, without any, comes as it ends. Of one that
    begins with the row of the opening, or that no payment tells, `off_at_first` is by how much that first amount differs from
    what the instalments missed carry; of one that begins with no row `off_received` is by how much what these carry, what came
    and what is owed in the end differ from what rows have as received since; where rows alone tell, the first amount and what
    is untold are `unexplained_in_all`.

    On 300 at 1 % a month 6 are owed on 15 January, 4 are paid on 1 March, and on 15 April 20 are owed: 9 are of the contract,
    and 9 more were billed, 3 on each of three due dates.

    >>> from gaapbridge.reperform.loan import Paid, Payment
    >>> from gaapbridge.reperform.loans.interest_billed import ByDay
    >>> from gaapbridge.reperform.loans.owed import Standing
    >>> grid, begins, ends = Grid.of(date(2022, 1, 15), date(2022, 2, 15), 36), date(2023, 1, 15), date(2023, 4, 15)
    >>> billed = Billed(ByDay(Owed(lambda _: Standing(Decimal(300), 0), frozenset()), grid, Decimal("0.01")))
    >>> paid, steps = Paid((Payment("A", date(2023, 3, 1), 0, 4),)), EqualSteps.between(grid, begins, ends)
    >>> account = InterestOwed(
    ...     billed, begins, ends, Decimal(6), lambda day: Decimal(paid.interest(begins, day)), Decimal(9), steps, Decimal(9))
    >>> [round(account.on(date(2023, month, 15)), 6) for month in (1, 2, 3, 4)]
    [Decimal('6.000000'), Decimal('12.000000'), Decimal('14.000000'), Decimal('20.000000')]
    >>> round(account.come(ends), 6)
    Decimal('24.000000')
    """

    billed: Billed
    begins: date
    ends: date
    first: Decimal
    paid: Callable[[date], Decimal]
    untold: Decimal
    steps: Steps
    unexplained: Decimal
    off_at_first: Decimal = ZERO
    off_received: Decimal = ZERO
    unexplained_in_all: Decimal | None = None

    def come(self, day: date) -> Decimal:
        """G: what has come to be owed by a day, paid or not, in minor units."""
        share = ONE if day >= self.ends else self.steps.share(day)
        return self.first + self.billed.between(self.begins, day) + self.untold * share

    def on(self, day: date) -> Decimal:
        """I: what is owed on a day, its payments made, in minor units; below nil where more was paid."""
        return self.come(day) - self.paid(day)

    def in_piece(self, begins: date, ends: date) -> Decimal:
        """I of some days past the last due date on which the same is owed: of a lender who bills by day the mean of these, what
        is billed on a day being owed from then on. What is spread over due dates steps on these and has no mean."""
        first, days = self.on(begins), (ends - begins).days
        if self.billed.billed_on != "by day":
            return first
        come = self.billed.between(begins, ends)
        once, steps = (self.steps.once.part, self.steps.steps) if isinstance(self.steps, Beside) else (ZERO, self.steps)
        if isinstance(steps, DaysPastTheLast):
            come += self.untold * (1 - once) * (steps.share(ends) - steps.share(begins))
        return first + come * (days - 1) / (2 * days)

    @property
    def is_waived(self) -> bool:
        """Whether some of what is untold was waived with a cure."""
        return isinstance(self.steps, AtOnce) and self.steps.part > ZERO

    def begun(self, others: Sequence[InterestOwed]) -> tuple[Step, Step, Step]:
        """How it is billed, unlike the other ways, how it begins, and what is missing to its end, for reading."""
        missing = "above nil billed otherwise than agreed, below nil paid on days not told"
        left = (f"{one.unexplained:,.2f} {one.billed.name}" for one in (self, *others))
        return (
            Step("interest is billed", self.billed.name, "", f"left unexplained by the contract's rows: {', '.join(left)}"),
            Step(f"interest owed on {self.begins}", self.first, "", "by which the account of interest begins"),
            Step("interest that no row or payment tells", self.untold, "", missing),
        )


def interest_owed_in(
    told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid, opening: date
) -> tuple[InterestOwed, tuple[InterestOwed, ...]]:
    """The account of a default by the way of billing that its rows tell; then those of the other ways.

    By day where by schedule no whole minor unit less is left unexplained. With service fees billed where that leaves so much
    less, or where it leaves about as much and is so much nearer to what is owed as the account begins; of a time that was cured
    where neither is nearer, as what was missed before it is earned before it and paid at once. So, if nearer, of fees billed up
    to the default alone. Past the last due date nothing is billed, but by day, or by due dates, where that is told so much
    better.
    """
    is_past = told.day > grid.due(grid.instalments)
    ways: tuple[BilledOn, ...] = ("nothing", "by day", "by due dates") if is_past else ("nothing",)
    tried = []
    for billed_on in ways:
        pairs = ways_of_billing(told, default, owed, schedule, grid, billed_on, opening)
        tried.append([tuple(_account(told, default, way, schedule, opening) for way in both) for both in pairs])
    found = [account for pairs in tried for pair in pairs for account in pair]
    if told.before_in(default, opening) is not None and any(account.is_waived for account in found):
        tried = [[tuple(map(_by_the_opening, pair)) for pair in pairs] for pairs in tried]
        found = [account for pairs in tried for pair in pairs for account in pair]
    taken, *others = (_with_fees_or_without(pairs, default, opening) for pairs in tried)
    for other in others:
        taken = other if _is_nearer(_in_all(other), _in_all(taken)) else taken
    return taken, tuple(account for account in found if account is not taken)


def _with_fees_or_without(pairs: Sequence[tuple[InterestOwed, ...]], default: Default, opening: date) -> InterestOwed:
    """Of the accounts of a lender who bills so past the last due date the one that the rows tell."""
    taken, *with_fees = (_by_day_or_schedule(*pair) for pair in pairs)
    for other in with_fees:
        if other.billed.fees_until is not None and _pays_what_is_not_billed(other.billed, default, opening):
            continue
        is_alike = other.billed.fees_until is None and not default.lasts and not _is_nearer(taken, other)
        taken = other if is_alike or _is_nearer(other, taken) else taken
    return taken


def _by_the_opening(account: InterestOwed) -> InterestOwed:
    """The same, where what is missing in the end was waived by one of the ways: what is owed at first tells as well."""
    return replace(account, unexplained=min(account.unexplained, account.off_at_first))


def _pays_what_is_not_billed(billed: Billed, default: Default, opening: date) -> bool:
    """Whether payments have more service fees than those of the instalments that fell due by a default with which their
    billing is to have stopped."""
    unpaid = billed.grid.position(default.since).k - billed.owed.on(opening).paid
    return billed.owed.payments.service_fees(date.min, date.max) > billed.service_fee_minor * max(0, unpaid)


def _in_all(account: InterestOwed) -> InterestOwed:
    """The same, with all that is unexplained where rows alone tell."""
    return account if account.unexplained_in_all is None else replace(account, unexplained=account.unexplained_in_all)


def _by_day_or_schedule(by_day: InterestOwed, by_schedule: InterestOwed) -> InterestOwed:
    """By day, unless by schedule rows are told better, or as well and what they have as received since the default better."""
    less = by_day.unexplained - by_schedule.unexplained
    is_alike = less > -ONE and by_schedule.off_received <= by_day.off_received - ONE
    return by_schedule if less >= ONE or is_alike else by_day


def _is_nearer(other: InterestOwed, taken: InterestOwed) -> bool:
    """Whether the rows are told better by another way of billing than by the one taken."""
    less = taken.unexplained - other.unexplained
    return less >= ONE or (less > -ONE and other.off_at_first <= taken.off_at_first - ONE)


def _account(told: Told, default: Default, billed: Billed, schedule: Schedule, opening: date) -> InterestOwed:
    """The account by one way of billing: where payments tell interest up to the state, else up to the end of the default, and
    of one that was cured it is not known what is owed then."""
    grid, owed = billed.grid, billed.owed
    begins, first = _begun(told, default, billed, schedule, opening)
    ends = told.day if owed.tells_interest else default.until
    none = EqualSteps.between(grid, begins, begins)
    account = InterestOwed(
        billed, begins, ends, first, _paid(told, default, billed, schedule, begins, opening), ZERO, none, ZERO
    )
    before = told.before if begins == opening and (owed.tells_interest or default.since <= opening) else None
    behind = ZERO
    if before is not None or not owed.tells_interest:
        paid = owed.on(begins).paid if before is None else paid_at(grid, before, opening)
        behind = abs(first - billed.missed(begins, paid))
    account = replace(account, off_at_first=behind)
    if before is None and default.lasts and not owed.tells_interest:
        account = replace(account, off_received=_off_received(told, default, account, schedule, opening))
    if not default.lasts and not owed.tells_interest:
        unexplained = behind if before is not None else _missing_in_period(told, default, account, schedule, opening)
        return replace(account, unexplained=unexplained)
    spent = account.paid(told.last_day if owed.tells_interest else ends)
    untold = interest_at_state(told, schedule, grid) - (account.come(ends) - spent)
    account = replace(account, untold=untold, unexplained=abs(untold))
    account = replace(account, steps=_steps(told, account, schedule, is_known=before is not None or owed.tells_interest))
    received = None if owed.tells_interest else received_in(told, default, owed, schedule, grid, opening)
    if received is None and not owed.tells_interest:
        account = replace(account, unexplained_in_all=abs(untold) + behind)
    if received is None:
        return account if before is None or owed.tells_interest else replace(account, unexplained=behind)
    apart = told.row.service_fee_minor - billed.service_fee_minor
    fees = apart * told.instalments_since(grid, owed.on(default.begins).paid)
    return replace(account, unexplained=abs(untold + received - fees - spent))


def _steps(told: Told, account: InterestOwed, schedule: Schedule, *, is_known: bool) -> Steps:
    """What is untold goes over due dates, or over the days past the last where these are billed, of an account that begins with
    no row from the last due date on; what payments lack is waived with a cure on its day, but for what the last one brings."""
    grid, begins, ends, cured = account.billed.grid, account.begins, account.ends, told.row.cured_date
    is_more, last = account.untold > ZERO, grid.due(grid.instalments)
    if account.billed.owed.tells_interest and account.untold < ZERO and cured is not None and begins < cured <= ends:
        billed = account.billed
        later = paid_last_beyond(told, billed.owed, schedule, grid, with_fees=billed.service_fee_minor > 0)
        return AtOnce(cured, min(ZERO, account.untold + max(ZERO, later)) / account.untold)
    steps: EqualSteps | DaysPastTheLast = EqualSteps.going_on(grid, begins, ends, after_the_last=is_more)
    if account.billed.billed_on == "by day" and is_more and ends > last:
        steps = DaysPastTheLast(grid, begins if is_known else last, ends)
    added = told.capitalised
    if account.billed.owed.tells_interest and is_more and added is not None and cured is not None and begins < cured <= ends:
        late = replace(added, rises=tuple(one for one in added.rises if one[0] > cured))
        if late.rises:  # booked after the cure, and billed from it on
            months = (amount * (grid.periods(day) - grid.periods(cured)) for day, amount in late.rises)
            part = min(account.untold, schedule.rate * sum(months, ZERO)) / account.untold
            return Beside(AtOnce(max(late.days), part), steps)
    return steps


def _off_received(told: Told, default: Default, account: InterestOwed, schedule: Schedule, opening: date) -> Decimal:
    """Of a default that no row tells of on its first day, of a loan known before: how far what the instalments missed carry and
    what came since is from what rows have as received since and still owed; nil of another loan."""
    billed, grid, owed = account.billed, account.billed.grid, account.billed.owed
    since = _received_since(told, default, owed, schedule, grid, opening)
    if since is None:
        return ZERO
    paid, fee = owed.on(default.begins).paid, told.row.service_fee_minor
    apart = (fee - billed.service_fee_minor) * told.instalments_since(grid, paid)
    come = billed.missed(default.begins, paid) + billed.between(default.begins, default.until)
    return abs(come + apart - since - interest_at_state(told, schedule, grid))


def _received_since(told: Told, default: Default, owed: Owed, schedule: Schedule, grid: Grid, opening: date) -> Decimal | None:
    """What rows have of interest and service fees received since a default of which no row tells on its first day: what they
    have in all less what the instalments before carried; None of a loan of which nothing is known before."""
    rows = received_by_rows(told, owed, schedule, grid, opening)
    if rows is None:
        return None
    first = 0 if told.before is None else paid_at(grid, told.before, opening)
    paid, fee, earlier = owed.on(default.begins).paid, told.row.service_fee_minor, told.capitalised_by(default.begins)
    fees = fee * (max(first, paid) - first)
    if told.row.service_fees_ahead_minor:  # he has paid all that fell due
        ahead = 0 if told.before is None else told.before.service_fees_ahead_minor
        fees = fee * (grid.position(told.day).k - first) + told.row.service_fees_ahead_minor - ahead
    since = rows.before_the_last - owed.scheduled_interest(schedule, grid, first, max(first, paid)) - fees
    return since + (told.capitalised_by(told.day) if rows.stated is None else 0) - earlier


def _missing_in_period(told: Told, default: Default, account: InterestOwed, schedule: Schedule, opening: date) -> Decimal:
    """Of a default that began and was cured in the period: how far what rows have as received and still owed is from what came
    in all of the period by this way of billing; nil where it ended in another default, or nothing is known before."""
    owed, grid = account.billed.owed, account.billed.grid
    rows = received_by_rows(told, owed, schedule, grid, opening)
    if rows is None or not told.cured(default):
        return ZERO
    paid = owed.on(default.begins).paid
    by_schedule = billed_by_schedule(told, default, owed, schedule, grid)
    scheduled = by_schedule.missed(default.begins, paid) + by_schedule.between(default.begins, default.until)
    apart = told.row.service_fee_minor - account.billed.service_fee_minor
    return rows.missing(account.come(default.until) + apart * (grid.position(default.until).k - paid) - scheduled)


def _paid(
    told: Told, default: Default, billed: Billed, schedule: Schedule, begins: date, opening: date
) -> Callable[[date], Decimal]:
    """The interest paid from the beginning up to a day, with service fees where they are billed: by the payments that tell it,
    else with the instalments paid, on the day of the state those of its row, and what was capitalised, where that is more."""
    owed, grid, fee = billed.owed, billed.grid, billed.service_fee_minor
    if owed.tells_interest:  # all of the period, of a loan made since those of the day of the advance too
        return lambda day: Decimal(
            owed.payments.interest(date.min, day) + (owed.payments.service_fees(date.min, day) if fee else 0)
        )
    first = owed.on(default.begins).paid
    last = max(first, paid_at(grid, told.row, told.day))
    is_known = default.lasts and told.capitalised_by(begins) == 0
    in_all, part = owed.scheduled_interest(schedule, grid, first, last), ONE
    if default.lasts and told.before_in(default, opening) is None and not told.row.service_fee_minor:
        since = _received_since(told, default, owed, schedule, grid, opening)
        later = told.capitalised_by(told.day) - told.capitalised_by(default.begins)
        fallen = grid.position(told.day).k - (0 if told.before is None else grid.position(opening).k)
        if since is not None and max(ZERO, since - later) < in_all - fallen - 1:  # some were repaid of principal alone
            part = max(ZERO, since - later) / in_all
    is_apart = is_known and part * in_all < told.capitalised_by(told.day)

    def with_instalments(day: date) -> Decimal:
        paid = last if default.lasts and day >= default.until else owed.on(day).paid
        added = told.capitalised_by(day) if is_apart else 0
        return part * owed.scheduled_interest(schedule, grid, first, paid) + fee * (paid - first) + added

    return with_instalments


def _begun(told: Told, default: Default, billed: Billed, schedule: Schedule, opening: date) -> tuple[date, Decimal]:
    """The day on which the account begins, and what is owed then.

    Of a default that nothing tells of before its first day that is what the instalments missed carry; but where the row of the
    state has no more of them paid, no more than leads to what that row owes, as interest may be paid alone.
    """
    grid, owed = billed.grid, billed.owed
    if told.before is not None and (owed.tells_interest or default.since <= opening):
        return opening, accrued_interest(told.before, schedule, grid.position(opening))
    if owed.tells_interest:
        return told.row.origination_date, ZERO
    nothing_paid = billed.missed(default.begins, owed.on(default.begins).paid)
    if not default.lasts or paid_at(grid, told.row, told.day) > owed.on(default.begins).paid:
        return default.begins, nothing_paid
    capitalised = told.capitalised_by(told.day) - told.capitalised_by(default.begins)
    left = interest_at_state(told, schedule, grid) + capitalised - billed.between(default.begins, default.until)
    return default.begins, min(nothing_paid, max(ZERO, left))
