"""Accounts of interest by ways of billing: what comes to be owed by each, what is paid, and which leaves least unexplained."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from gaapbridge.contracts.loans.owed_by_day import Flags, Numbers, Whole


@dataclass(frozen=True)
class Coming:
    """What comes to be owed by one way of billing from the first day of an account: to that of each piece, to the end of each
    contract's spell, and to that of its account; and what is owed of the instalments missed on that first day."""

    by_piece: Numbers
    by_end: Numbers
    in_all: Numbers
    missed: Numbers

    def __add__(self, other: Coming) -> Coming:
        return Coming(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True)
class Paid:
    """What is paid up to and on the first day of each piece, and up to the end of each account."""

    by_piece: Numbers
    in_all: Numbers

    def __add__(self, other: Paid) -> Paid:
        return Paid(self.by_piece + other.by_piece, self.in_all + other.in_all)


@dataclass(frozen=True)
class Account:
    """An account by one way of billing, without what is ``otherwise``: what it opens with, ``first``; what has come to be owed,
    and what was ``paid``, by the first day of each piece; what has come by the end of each spell; what is left unexplained, and
    what ``beside`` it between ways of billing on; by how much what it opens with is ``off`` what the instalments missed carry,
    nil where payments alone tell it; how far ``beyond`` these, and how far ``astray`` from what is then taken, lies what rows
    have as received since an account that begins with no row, nil of another; the service ``fee`` of an instalment that is
    within it, ``coming`` where one comes with each that falls due in default; and the ``way`` of ``billed_on``."""

    first: Numbers
    by_piece: Numbers
    paid: Numbers
    by_end: Numbers
    otherwise: Numbers
    unexplained: Numbers
    beside: Numbers
    off: Numbers
    beyond: Numbers
    astray: Numbers
    fee: Numbers
    coming: Numbers
    way: Whole

    def where_waived(self, waived: Flags) -> Account:
        """With no more unexplained of those of whom some was waived than of the row that their account begins with."""
        return replace(self, unexplained=np.where(waived, np.minimum(self.off, self.unexplained), self.unexplained))

    def unless(self, other: Account, of: Whole) -> Account:
        """The other account where it leaves a minor unit less unexplained, or about as much, and what rows have as received is
        so much nearer; pieces are of contracts ``of``."""
        left, nearer = self.unexplained - other.unexplained, self.beyond - other.beyond
        return self._or(other, (left >= 1.0) | ((left > -1.0) & (nearer >= 1.0)), of)

    def unless_billed(self, other: Account, of: Whole, unless_told: Flags, excluded: Flags) -> Account:
        """The other account, with service fees, where it leaves a minor unit less unexplained; and where neither does, by what
        they open with; ``unless_told`` otherwise by either, and never where it is ``excluded``."""
        left, nearer = self.unexplained - other.unexplained, self.off - other.off
        less = (left >= 1.0) | ((left > -1.0) & ((nearer >= 1.0) | (unless_told & (nearer > -1.0))))
        return self._or(other, less & ~excluded, of)

    def unless_on(self, other: Account, of: Whole) -> Account:
        """The other account, with what is billed past the last due date in another way, likewise."""
        left = self.unexplained + self.beside - other.unexplained - other.beside
        return self._or(other, (left >= 1.0) | ((left > -1.0) & (self.off >= other.off + 1.0)), of)

    def _or(self, other: Account, less: Flags, of: Whole) -> Account:
        found = {
            one.name: np.where(
                less[of] if one.name in ("by_piece", "paid") else less, getattr(other, one.name), getattr(self, one.name)
            )
            for one in fields(self)
        }
        return Account(**found)
