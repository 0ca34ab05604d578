"""Expected defaults without any formula: every path of a borrower until the contract ends, one after the other, in fractions.

Time runs in periods from the instant, cut into months ahead. A borrower comes to each due date with some instalments unpaid
and pays some number of them; default is recognised x periods after the due date of the oldest unpaid instalment, unless the
arrears are paid at the last minute. Curves come from the same behaviour of a borrower whose contract never ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

NIL, ALL = Fraction(0), Fraction(1)


@dataclass(frozen=True)
class Borrower:
    """How borrowers pay: the chance of each number of instalments paid at a due date, by instalments unpaid before it.

    `paying[0]` is of a borrower who is current. `rescued` is the chance that all arrears are paid when recognition is at
    hand, with the instalment due before the month is over. `prepaying` is the chance of repaying in full of who is current
    at the start of the month and pays.
    """

    paying: tuple[Mapping[int, Fraction], ...]
    rescued: Fraction
    prepaying: Fraction
    days_at_recognition: int

    @property
    def periods(self) -> Fraction:
        """x: periods from the first miss to recognition."""
        return Fraction(self.days_at_recognition) / Fraction("30.4375")

    @property
    def most_unpaid(self) -> int:
        """Instalments unpaid when recognition is at hand."""
        return ceil(self.periods)


@dataclass(frozen=True)
class Contract:
    """A contract on book at its instant: its instalments, due dates passed and instalments paid, the stub of the period."""

    instalments: int
    passed: int
    paid: int
    stub: Fraction


@dataclass(frozen=True)
class Default:
    """A path that ends in default: how likely it is, the month ahead in which it is recognised, instalments paid by then."""

    chance: Fraction
    month: int
    paid: int


@dataclass(frozen=True)
class _Month:
    """One way through a month, in which one due date passes: its chance, the instalments paid, and what it is."""

    chance: Fraction
    paid: int
    is_default: bool = False
    is_on_time: bool = False


def defaults_of(borrower: Borrower, contract: Contract) -> Iterator[Default]:
    """Every path of a contract that ends in default; the others end with the last instalment or with prepayment."""
    yield from _from(borrower, contract, 1, contract.paid, ALL)


def curves_of(borrower: Borrower, unpaid: int, stub: Fraction, months: int) -> tuple[list[Fraction], list[Fraction]]:
    """Hazard of recognised default, and share current and paying, of those on book, month by month; the contract never ends.

    A tenth of those who are current miss an instalment, and whoever has missed one pays no more; default after one and a
    half periods is recognised in the month after the second miss:

    >>> tenth = Fraction(1, 10)
    >>> one = Borrower(({1: 1 - tenth, 0: tenth}, {0: ALL}), NIL, NIL, 45)
    >>> [[str(share) for share in curve] for curve in curves_of(one, 0, NIL, 3)]
    [['0', '0', '1/10'], ['9/10', '81/100', '729/1000']]
    """
    there, hazards, performing = {unpaid: ALL}, [], []
    for _ in range(months):
        on_book, lost, on_time = sum(there.values()), NIL, NIL
        after: dict[int, Fraction] = {}
        for arrears, share in there.items():
            for way in _ways(borrower, arrears, stub):
                likely = share * way.chance
                lost += likely if way.is_default else NIL
                on_time += likely if way.is_on_time else NIL
                if not way.is_default:
                    later = arrears + 1 - way.paid
                    after[later] = after.get(later, NIL) + likely * _staying(borrower, way)
        hazards.append(lost / on_book)
        performing.append(on_time / on_book)
        there = after
    return hazards, performing


def _from(borrower: Borrower, contract: Contract, month: int, paid: int, chance: Fraction) -> Iterator[Default]:
    """The paths from the start of a month on, of a borrower who has paid so many instalments."""
    for way in _ways(borrower, contract.passed + month - 1 - paid, contract.stub):
        likely = chance * way.chance
        if way.is_default:
            yield Default(likely, month, paid + way.paid)
        elif likely and paid + way.paid < contract.instalments:
            yield from _from(borrower, contract, month + 1, paid + way.paid, likely * _staying(borrower, way))


def _ways(borrower: Borrower, unpaid: int, stub: Fraction) -> Iterator[_Month]:
    """The ways through a month of who starts it with some instalments unpaid; on time may yet mean prepaid."""
    if unpaid == borrower.most_unpaid:
        yield _Month(1 - borrower.rescued, 0, is_default=True)
        yield _Month(borrower.rescued, unpaid + 1)
        return
    for count, chance in borrower.paying[unpaid].items():
        if unpaid + 1 - count == borrower.most_unpaid and _falls_in_month_of_due_date(borrower, stub):
            yield _Month(chance * (1 - borrower.rescued), count, is_default=True)
            yield _Month(chance * borrower.rescued, unpaid + 1)
        else:
            yield _Month(chance, count, is_on_time=unpaid == 0 and count == 1)


def _falls_in_month_of_due_date(borrower: Borrower, stub: Fraction) -> bool:
    """Whether a default is recognised in the month in which the last due date before it passes, and not in the next."""
    due_in_month = 1 - stub
    return due_in_month + borrower.periods - (borrower.most_unpaid - 1) <= 1


def _staying(borrower: Borrower, way: _Month) -> Fraction:
    return 1 - borrower.prepaying if way.is_on_time else ALL
