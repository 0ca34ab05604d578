"""R16: principal rolls forward by its cash. What was received is evidenced by a tape, or it is implied and said to be.

A balance of principal that two loan tapes agree on may still be wrong in both: only cash comes from outside of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from gaapbridge.contracts.kind import Cash, Kind
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.measured import Measured
from gaapbridge.difference import OPENED, PATHS, REMAINED, ROLLED, BySegment, Sums
from gaapbridge.period_close.inputs import Records
from gaapbridge.period_close.ties import Ties
from gaapbridge.plan import Plan
from gaapbridge.statement.checks import WORDS, Check
from gaapbridge.statement.evidence import INDEPENDENT, proven
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.finding import in_minor

Balances = Mapping[str, int]


def cash_ties(plan: Plan, measured: Sequence[Measured], records: Records) -> Ties:
    """R16 of every kind of contract with principal of the lender's own: by segment, and in total against the ledger."""
    opening, closing = records.ledger("opening"), records.ledger("closing")
    checks: list[Check] = []
    left: list[NotChecked] = []
    for one in measured:
        kind = KINDS[one.kind]
        left += _by_schedules(plan, kind, one)
        if kind.cash is None:
            left += [_without_tape(kind)] if kind.losses is not None else []
            continue
        sums = one.sums
        rolls = _rolls(kind.cash, sums)
        if plan.tapes.named(kind.cash.tape) is None:
            left += _not_evidenced(kind, kind.cash, rolls)
            continue
        checks += _rolled(kind, rolls)
        accounts = plan.trial_balance.cash.get(kind.key, []) if plan.trial_balance else []
        if accounts and opening is not None and closing is not None:
            checks.append(_in_ledger(kind, kind.cash, sums, accounts, opening, closing))
        else:
            left.append(_no_ledger(kind, accounts))
    return Ties(tuple(checks), tuple(left))


@dataclass(frozen=True)
class _Roll:
    """The principal of one segment from the opening to the closing, minor units."""

    segment: str
    opened: int
    advanced: int
    capitalised: int
    received: int
    lost: int
    closed: int
    settled: int

    @property
    def implied(self) -> int:
        """What must have been received for the balances to be right."""
        return self.opened + self.advanced + self.capitalised - self.lost - self.closed

    @property
    def figures(self) -> str:
        """Everything but what was received, in words."""
        added = f"{in_minor(self.opened)} at the opening, {in_minor(self.advanced)} advanced"
        added += f", {in_minor(self.capitalised)} of interest capitalised" if self.capitalised else ""
        return f"{added}, {in_minor(self.lost)} written off, {in_minor(self.closed)} at the closing"


def _rolls(cash: Cash, sums: Sums) -> list[_Roll]:
    def of(series: str, paths: tuple[str, ...]) -> BySegment:
        return sums.of(series, tuple(path for path in paths if path in ROLLED))

    parts = (
        of(f"opening_{cash.principal}", OPENED),
        of(cash.advanced, PATHS),
        of(cash.capitalised, PATHS),
        of(cash.received, PATHS),
        of(cash.written_off, PATHS),
        of(f"closing_{cash.principal}", REMAINED),
        of(cash.settled, PATHS),
    )
    rolls = [_Roll(segment, *(part[segment] for part in parts)) for segment in sums.segments]
    amounts = [one.name for one in fields(_Roll) if one.name != "segment"]
    return [roll for roll in rolls if any(getattr(roll, name) for name in amounts)]


def _rolled(kind: Kind, rolls: Sequence[_Roll]) -> Iterator[Check]:
    """Opening principal + advances + interest capitalised - principal received - written off = the closing one, by segment."""
    for roll in rolls:
        yield Check(
            f"R16/{kind.key}/{roll.segment}",
            "R16",
            None,
            roll.segment,
            "us_gaap",
            expected=roll.closed,
            actual=roll.closed + roll.implied - roll.received,
            evidence=INDEPENDENT,
            figures=f"{roll.figures}; {in_minor(roll.received)} received",
            remedy=WORDS["R16"][2],
        )


def _in_ledger(kind: Kind, cash: Cash, sums: Sums, accounts: Sequence[str], opening: Balances, closing: Balances) -> Check:
    """All cash of the contracts = the movement of the ledger accounts that take it."""
    taken_in, paid_out = (sum(sums.of(series, PATHS).values()) for series in (cash.taken_in, cash.paid_out))
    before, after = (sum(ledger.get(account, 0) for account in accounts) for ledger in (opening, closing))
    return Check(
        f"R16/ledger/{kind.key}",
        "R16",
        None,
        ", ".join(accounts),
        "us_gaap",
        expected=taken_in - paid_out,
        actual=after - before,
        evidence=proven(INDEPENDENT, taken_in, paid_out, before, after),
        part="ledger",
        figures=f"{in_minor(taken_in)} received and {in_minor(paid_out)} paid out by the tapes, the ledger moves from "
        f"{in_minor(before)} to {in_minor(after)}",
        remedy=WORDS["R16ledger"][2],
    )


def _not_evidenced(kind: Kind, cash: Cash, rolls: Sequence[_Roll]) -> Iterator[NotChecked]:
    for roll in rolls:
        implied = f"principal received of {in_minor(roll.implied)} is implied ({roll.figures})"
        owed = f"; {in_minor(roll.settled)} of interest that contracts repaid owed are taken as paid with it"
        why = f"{implied} and not evidenced: there is no tape of it{owed if roll.settled else ''}"
        remedy = f"name a tape of what was received under [tapes.{cash.tape}]"
        yield NotChecked("R16", None, f"{kind.key}/{roll.segment}", "us_gaap", why, remedy)


def _by_schedules(plan: Plan, kind: Kind, measured: Measured) -> Iterator[NotChecked]:
    """What came in of an income role and no tape states: the schedules tell it of instalments that fell due and were paid."""
    for role, why in measured.unstated.items():
        stated = kind.received[role]
        amount = sum(sum(measured.sums.of(series, PATHS).values()) for series in stated.series)
        said = (
            f"{why}, and no tape of payments has {stated.paid}: {in_minor(amount)} are taken as received, what the "
            "schedules have for the instalments paid between the two instants and what was owed of contracts that were repaid"
        )
        remedy = "name the column on both tapes, of what was received since origination; or interest of payments"
        yield NotChecked("R16", plan.period.income_statement, f"{kind.key}/{role}", "us_gaap", said, remedy)


def _without_tape(kind: Kind) -> NotChecked:
    """Of contracts that lose, and have no tape of cash: nothing that came or went is evidenced."""
    why = f"what {kind.contracts} brought in and what was paid on them is as their tapes state it: there is no tape of cash"
    remedy = "tie fees collected, payouts and recoveries of the tapes to the bank or the ledger's cash"
    return NotChecked("R16", None, kind.key, "us_gaap", why, remedy)


def _no_ledger(kind: Kind, accounts: Sequence[str]) -> NotChecked:
    if accounts:
        why, remedy = "the plan names no trial balance at one of the instants", "name both under [trial_balance]"
    else:
        why = f"the plan names no ledger accounts that take the cash of {kind.contracts} and no other"
        remedy = f'name them in [trial_balance]: cash = {{ {kind.key} = ["ACCOUNT"] }}'
    return NotChecked("R16", None, f"ledger/{kind.key}", "us_gaap", why, remedy)
