"""Which of the fees that borrowers paid is that of origination: it is in the net amount lent, and no income of its day.

A system that collects books it on the day of the advance, days after, or with the first instalment. Up to then nothing else
comes to just its amount; what comes to another before it, or to just that later, is left as income of its day, and told, as it
may be that fee.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.credit import Schedule
from gaapbridge.contracts.side_by_side import whole

SOON_DAYS = 15
"""Days after the advance up to which its fee may be booked, half a month."""


@dataclass(frozen=True)
class OriginationFees:
    """Minor units of N contracts: what of the fees that they ``paid`` in the period is the fee of origination; what of that is
    of an advance ``before`` the period, whose cash was then to come; and what was paid so ``soon``, or later by just what
    lacks, and is taken as other fees, empty but where the fee of origination was not found whole."""

    paid: NDArray[np.int64]
    before: NDArray[np.int64]
    soon: pl.Series

    @property
    def off_the_advance(self) -> NDArray[np.int64]:
        """What of them is in the net amount advanced of the period, and no cash beside it."""
        return self.paid - self.before


def origination_fees(
    payments: pl.DataFrame | None, contracts: pl.Series, schedule: Schedule, fees: NDArray[np.int64], opening: date
) -> OriginationFees:
    """Fees of origination in payments, of ``fees`` received of each contract (310-20-25-2; IFRS 9 B5.4.1, B5.4.2): the less of
    them and of what was paid on the day of the advance, and all where what lacks is paid, on one day or added up, by the first
    instalment or within half a month.

    Of fees of 9,000.00 a payment of 9,500.00 on that day has 9,000.00; 9,000.00 the day after are 9,000.00, 5,000.00 and then
    4,000.00 too, and with the first instalment; 9,500.00 are none, and 9,000.00 a month later may be, which a finding asks.
    """
    nil, none = np.zeros(len(contracts), np.int64), pl.repeat(None, len(contracts), dtype=pl.Int64, eager=True)
    terms = {"lent": schedule.origination_date, "due": schedule.first_payment_date, "received": fees}
    days = pl.DataFrame({"contract_id": contracts, **terms})
    within = pl.max_horizontal("due", pl.col("lent") + pl.duration(days=SOON_DAYS))
    asked = days.filter((pl.col("received") > 0) & (within > opening))
    if payments is None or not asked.height:
        return OriginationFees(nil, nil, none)
    other, day, lent = pl.col("fees_minor") - pl.col("service_fees_minor"), pl.col("date"), pl.col("lent")
    soon = (day > lent) & (day < pl.col("due")) & (day <= lent + pl.duration(days=SOON_DAYS))
    paid = payments.join(asked, on="contract_id").filter((day >= lent) & (other > 0))
    by_day = paid.group_by("contract_id", "date", "lent", "due", "received").agg(other=other.sum()).sort("contract_id", "date")
    that_day = pl.col("other").filter(day == lent).sum()
    later = pl.col("other").filter((day > lent) & (day <= within))
    at_once = pl.min_horizontal(that_day, pl.col("received").first())
    lacks = pl.col("received").first() - at_once
    is_fee = (lacks > 0) & ((later == lacks) | (later.cum_sum() == lacks)).any()
    asking = pl.col("other").filter(soon | ((day > within) & (lent > opening) & (pl.col("other") == lacks)))
    each = by_day.group_by("contract_id").agg(
        fee=pl.when(is_fee).then(pl.col("received").first()).otherwise(at_once),
        soon=pl.when(~is_fee & (lacks > 0) & (asking.sum() > 0)).then(asking.sum()),
        before=lent.first() <= opening,
    )
    found = contracts.to_frame("contract_id").join(each, on="contract_id", how="left", maintain_order="left")
    fee = whole(found, "fee")
    return OriginationFees(fee, np.where(found["before"].fill_null(False).to_numpy(), fee, 0), found["soon"])
