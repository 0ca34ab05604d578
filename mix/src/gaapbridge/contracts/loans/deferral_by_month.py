"""What is deferred on a contract in default when each month of it begins, by the curves then in force (IFRS 9 B5.4.6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaapbridge.contracts.credit import position_at
from gaapbridge.contracts.loans.owed_by_day import Dates, Flags, Numbers, Owing, Spell, Whole
from gaapbridge.contracts.loans.pieces import Pieces
from gaapbridge.contracts.loans.setting import LoanSetting
from gaapbridge.measure import kernels
from gaapbridge.measure.calendar import add_months, whole_months_between


@dataclass(frozen=True)
class Deferral:
    """Of N contracts, ``by_month`` x N per minor unit of principal when each month of a spell begins, from month ``first`` on;
    and what amortisation has ``taken`` from the first day on which revenue is on the net amount to the end, minor units;
    ``apart`` is how far that may be off, where rows alone tell of one that was cured: it may have repaid nothing."""

    first: Whole
    by_month: Numbers
    taken: Numbers
    apart: Numbers

    def of(self, pieces: Pieces) -> Numbers:
        """Per minor unit of principal, when the month of each piece began; nil from the last due date on."""
        month = np.clip(pieces.number - self.first[pieces.of], 0, len(self.by_month) - 1)
        return np.where(pieces.agreed > 0.0, self.by_month[month, pieces.of], 0.0)


def deferral_of(
    initial: Numbers, stays: Flags, owing: Owing, spell: Spell, net: Dates, side: int, factor: Numbers, setting: LoanSetting
) -> Deferral:
    """What is deferred on N contracts at the begin of each month of a spell, and what of it is amortised from ``net`` on.

    ``initial`` are their net initial amounts, ``factor`` their discount factors under a side, ``stays`` which of them are on
    book at the closing. Only these are measured by new curves, and what these change of a loan in default is amortised too, as
    revenue is the rate on its net amount alone (5.4.1(b)): of (180) by the old curves (90) are left by new ones, 90 are taken.
    """
    first = whole_months_between(spell.since, net)
    months = int(whole_months_between(net, spell.until).max()) + 2
    begins = [add_months(spell.since, first + month) for month in range(months)]
    in_force = setting.credit.version_at
    restated = setting.credit.bases.of["late"].version
    at_ends = [np.where(stays, np.maximum(in_force(day), restated), restated) for day in (net, spell.until)]
    days, versions = [*begins, net, spell.until], [*map(in_force, begins), *at_ends]
    units = _units(initial, owing, days, versions, side, factor, setting)
    at_net = owing.at(spell, np.arange(len(net)), net)[0]
    at_end = np.where(owing.settled & spell.lasts, 0.0, owing.after(spell))
    every = np.arange(len(net))
    unpaid = at_end if spell.lasts else owing.at(spell, every, spell.until)[0]
    apart = np.where(owing.by_payments, 0.0, np.abs(units[-1] * (unpaid - at_end)))
    return Deferral(first, units[:-2], units[-1] * at_end - units[-2] * at_net, apart)


def _units(
    initial: Numbers, owing: Owing, days: list[Dates], versions: list[Whole], side: int, factor: Numbers, setting: LoanSetting
) -> Numbers:
    """What is deferred per minor unit of principal on some days x N, each by a version of the curves."""
    agreed, credit, yields = owing.schedule, setting.credit, setting.treatments[side]
    at = [position_at(agreed, day) for day in days]
    due = np.stack([each.instalments_due for each in at])
    origination = yields.rate_curve(credit.curve_row(agreed.origination_version, agreed.segment))
    curves = [yields.carrying_curve(credit.curve_row(version, agreed.segment)) for version in versions]
    found: Numbers = kernels.scan_deferrals(
        agreed.terms(owing.service_fee),
        kernels.RateRows(initial, credit.mortality, origination[None, :]),
        kernels.ValueRows(
            rate_row=np.zeros(len(days), dtype=np.int64),
            curve=np.stack(curves),
            after=np.where(due < agreed.term_instalments, due, -1),
            elapsed=np.stack([each.elapsed for each in at]),
            length=np.stack([each.length for each in at]),
            principal=np.ones(due.shape),
        ),
        factor[None, :],
    )
    return found
