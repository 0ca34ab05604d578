"""Level instalments that do not repay the loan in its term: the tape's terms are not those of one contract.

A loan is measured by the instalment that its tape states, and its last one takes what is left. One of a tenth leaves nearly all
of the principal to the last, and one that is a little too low a balloon; one of ten times repays it in a tenth of the term.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from gaapbridge.contracts.often_asked import IN_PERIOD
from gaapbridge.contracts.scan import Cause, by_cause

_FAR = 2.0
"""How many times the one that repays it an instalment is far above it, or goes into it where it is far below."""

_LEFT = 2
"""Instalments that are left to the last due date beside the one of that day: more than roundings and a first period of odd
length, which is counted, come to; a loan that is sold with a balloon leaves many."""

OF_INSTALMENTS: Mapping[str, Cause] = {
    "instalment apart": Cause(
        "instalment far from the term",
        None,
        "the level instalment on the tape is more than twice the one that repays the principal in term_instalments, or less "
        "than half of it; the amount is the principal outstanding",
        "correct the instalment, the rate or the term; of a loan that is repaid for a large part with its last, accept the "
        "finding in [records.severity]",
    ),
    "balloon": Cause(
        "level instalment leaves a balloon",
        None,
        f"the level instalments on the tape leave more than {_LEFT} of them to the last due date, beside the last; the amount "
        "is what they leave",
        "correct the instalment, the rate or the term; of a loan that was agreed so, accept the finding in [records.severity]; "
        "of instalments that step up, take it off the tapes: they are not measured",
    ),
}
"""The wording of these findings, which loans and guarantees have alike."""

_PRINCIPAL, _INSTALMENTS = pl.col("principal_minor").cast(pl.Float64), pl.col("term_instalments").cast(pl.Float64)
_RATE = pl.col("annual_rate") / 12.0
_LEVEL = IN_PERIOD & (pl.col("repayment_type") == "level")


def instalments_apart() -> dict[str, pl.Expr]:
    """Contracts on book in the period with such an instalment, by cause: far from that of principal, rate and term, or near it,
    and far more than that is left to the last."""
    return {
        "instalment apart": _LEVEL & _far(),
        "balloon": _LEVEL & ~_far() & (balloon() > _LEFT * pl.col("instalment_minor")),
    }


def instalments_at_sight(rows: pl.DataFrame, happened: Sequence[pl.DataFrame] = ()) -> dict[str, pl.DataFrame]:
    """The same of the ``rows`` of a closing tape before anything is measured, where they have a schedule: contracts on book
    whose terms no row of what ``happened`` modified. 36.00 a month on 48,500.00 over 36 months is found by ``check`` so."""
    if not {"instalment_minor", "repayment_type"} <= {*rows.columns}:
        return {}
    modified = [events.filter(pl.col("kind") == "modification")["contract_id"] for events in happened]
    as_made = rows.filter(pl.col("status") == "on_book", *(~pl.col("contract_id").is_in(one.implode()) for one in modified))
    conditions = {"instalment apart": (pl.col("repayment_type") == "level") & _far()}
    return by_cause(as_made, conditions, pl.col("outstanding_principal_minor"))


def _far() -> pl.Expr:
    times = pl.col("instalment_minor") / _repaying()
    return (times > _FAR) | (times < 1.0 / _FAR)


def least_instalment() -> pl.Expr:
    """What each instalment came to at least, minor units, while no less than now was outstanding: as the tape has it, else
    computed; of equal principal with the interest on what is outstanding now, and of a bullet that interest alone."""
    interest = pl.col("outstanding_principal_minor") * _RATE
    part = _PRINCIPAL / _INSTALMENTS
    by_type = {
        "level": pl.coalesce("instalment_minor", _repaying()),
        "equal_principal": part + interest,
        "bullet": interest,
        "interest_free_instalments": part,
    }
    cases = [pl.when(pl.col("repayment_type") == name).then(amount) for name, amount in by_type.items()]
    return pl.coalesce(cases).floor().cast(pl.Int64)


def _repaying() -> pl.Expr:
    """The level instalment that repays the principal in the term, before rounding."""
    paid_off = 1.0 - (-_INSTALMENTS * _RATE.log1p()).exp()
    return pl.when(_RATE > 0.0).then(_PRINCIPAL * _RATE / paid_off).otherwise(_PRINCIPAL / _INSTALMENTS)


def balloon() -> pl.Expr:
    """What the level instalments on the tape leave of a loan after the last, minor units; below nil where they are too many."""
    growth = (_INSTALMENTS * _RATE.log1p()).exp()
    first = (pl.col("first_payment_date") - pl.col("origination_date")).dt.total_days() * (12 / 365.25)
    owed = _PRINCIPAL * growth * (1.0 + _RATE * first) / (1.0 + _RATE)
    instalments = pl.when(_RATE > 0.0).then((growth - 1.0) / _RATE).otherwise(_INSTALMENTS)
    return (owed - pl.col("instalment_minor") * instalments).round().cast(pl.Int64, strict=False)
