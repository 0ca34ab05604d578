"""Tax in the plan: the rates of each note, and which deferred tax assets of the entity are realised."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from gaapbridge.plan.section import Section
from gaapbridge.plan.shares import Rate, Share
from gaapbridge.plan.tax_rates import day_after, day_before, known_at, rate_of_reversal, rate_on, wrong_rates
from gaapbridge.terms.money import LARGEST_TOTAL


class DatedRate(Section):
    """A tax rate: the day it was enacted, the first day of the years it applies to, and the rate.

    A group's effective rate is enacted by nobody; it applies to balances from its first day on.
    """

    enacted: date | None = None
    from_: Annotated[date, Field(alias="from")]
    rate: Rate


class NoteTax(Section):
    """Tax of one note: method, which rate, when its differences reverse, and the rates. Its side follows from the ledger."""

    method: Annotated[
        Literal["liability_method", "roll_forward"],
        Field(description='method = "liability_method" (or "roll_forward": how is deferred tax measured? 740-10-35-4)'),
    ]
    basis: Annotated[
        Literal["enacted", "group_effective"],
        Field(
            description='basis = "enacted" (the rate enacted by the balance date for the years in which the difference '
            'reverses, IAS 12.47, 740-10-30-8; or "group_effective": the group\'s of the year, a finding)'
        ),
    ]
    reverses: list[Share] | None = None
    rates: Annotated[list[DatedRate], Field(min_length=1)]

    @model_validator(mode="after")
    def _as_the_basis_needs(self) -> NoteTax:
        if (wrong := wrong_rates(self.rates, self.reverses, as_enacted=self.basis == "enacted")) is not None:
            raise ValueError(wrong)
        return self

    def unrated(self, instant: date) -> date | None:
        """The first day for which no rate is known at an instant: of the instant itself, or of the years of reversal."""
        if self.basis == "group_effective":
            return None if any(one.from_ <= instant for one in self.rates) else instant
        first = day_after(instant)
        return None if any(one.from_ <= first for one in known_at(self.rates, instant)) else first

    def rate_at(self, instant: date) -> Fraction:
        """The rate of a balance at an instant for which one is known (``unrated``)."""
        if self.basis == "group_effective":
            return rate_on(self.rates, instant)
        assert self.reverses is not None, "refused where it is missing"
        return rate_of_reversal(self.rates, self.reverses, instant)

    def changes(self, opening: date, closing: date) -> dict[date, Fraction]:
        """By how much the rate changes in a period on what stands at the end of each day, nil left out: it is another one
        after an enactment (IAS 12.46; 740-10-35-4), for the years after the closing; at the closing too where years of
        another rate, enacted before the opening, have come nearer. A group's rate changes before the day from which it is.
        """
        if self.basis == "group_effective":
            begun = {day_before(one.from_) for one in self.rates if opening < one.from_ <= closing}
            steps = [(day, rate_on(self.rates, day_after(day)) - rate_on(self.rates, day)) for day in sorted(begun)]
        else:
            assert self.reverses is not None, "refused where it is missing"
            enacted = {one.enacted for one in self.rates if one.enacted is not None and opening < one.enacted <= closing}
            known_on = (opening, *sorted(enacted))
            by_law = [rate_of_reversal(self.rates, self.reverses, closing, day) for day in known_on]
            steps = [(day, after - before) for day, (before, after) in zip(known_on[1:], pairwise(by_law), strict=True)]
            steps.append((closing, by_law[0] - self.rate_at(opening)))
        changes: dict[date, Fraction] = {}
        for day, change in steps:
            changes[day] = changes.get(day, Fraction(0)) + change
        return {day: change for day, change in changes.items() if change}


ALL = "all"
"""What stands for an asset without a limit."""


def _further(value: Any) -> Any:
    if value != ALL and (type(value) is not int or not 0 <= value <= LARGEST_TOTAL):
        rule = f'must be "{ALL}", or an amount in minor units, at least 0 and at most {LARGEST_TOTAL}'
        raise ValueError(f'{rule}; write "{ALL}" where whatever the columns add would be realised, 0 where nothing would')
    return value


class ValuationAllowance(Section):
    """What is realised of the entity's deferred tax, from a day on: an estimate, in minor units.

    ``in_ledger_minor`` is the allowance in the ledger's deferred tax asset that is needed less where the asset before it is
    less; ``further_minor`` how much more of an asset than the ledger's would be realised. More likely than not
    (740-10-30-5(e)) and probable (IAS 12.24) are one threshold, so these are the figures of both frameworks.
    """

    valid_from: date
    in_ledger_minor: Annotated[int, Field(ge=0, le=LARGEST_TOTAL)]
    further_minor: Annotated[int | Literal["all"], BeforeValidator(_further)]

    @model_validator(mode="after")
    def _at_one_limit(self) -> ValuationAllowance:
        if self.in_ledger_minor and self.further_minor != 0:
            rule = "where the ledger allows for an asset that is not realised, none of what is added to it is"
            remedy = "an allowance that no column could change, say on losses that expire whatever comes, is left out of it"
            raise ValueError(f"{rule}; write further_minor = 0, or in_ledger_minor = 0: {remedy}")
        return self

    @property
    def further(self) -> int | None:
        """How much more of an asset than the ledger's would be realised; None where there is no limit."""
        return self.further_minor if isinstance(self.further_minor, int) else None


_ASKED = (
    f'valuation_allowance = [{{ valid_from = 2020-01-01, in_ledger_minor = 0, further_minor = "{ALL}" }}] (which deferred tax '
    "assets are realised, more likely than not? 740-10-30-5(e), IAS 12.24. in_ledger_minor: the allowance in the ledger's "
    f'asset that falls as the asset falls; further_minor: how much more of an asset would be realised, "{ALL}", an amount or 0)'
)
"""What a plan that lacks the key is asked to add."""


class DeferredTax(Section):
    """Deferred tax of the entity, which is all towards one authority: what of it is realised, in versions."""

    valuation_allowance: Annotated[list[ValuationAllowance], Field(min_length=1, description=_ASKED)]

    @model_validator(mode="after")
    def _in_order(self) -> DeferredTax:
        days = [version.valid_from for version in self.valuation_allowance]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError("versions of the valuation allowance stand in the order of valid_from, no day twice")
        return self

    def allowance_at(self, instant: date) -> ValuationAllowance | None:
        """The version in force at an instant; None where the first starts later."""
        started = [version for version in self.valuation_allowance if version.valid_from <= instant]
        return started[-1] if started else None
