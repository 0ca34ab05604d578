"""The elections of note (i): what ASC 326-20 and IFRS 9 leave to the lender on expected credit losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gaapbridge.plan.election import Election, choice, count, count_by_segment, ratio, reason, text, weights

ELECTIONS: tuple[Election, ...] = (
    choice(
        "us_method",
        "By which method does US GAAP measure the allowance?",
        "326-20-30-3 to 30-5",
        {
            "pd_lgd": "probability of default x loss given default, undiscounted",
            "dcf": "the same flows discounted at the effective rate",
        },
        "pd_lgd",
        nature="technique",
    ),
    choice(
        "us_accrued_interest",
        "Is accrued interest part of the US GAAP exposure, or excluded and written off in time?",
        "326-20-30-5A",
        {"included": "part of the exposure", "excluded": "left out of the exposure"},
        "included",
        nature="policy",
    ),
    weights(
        "us_scenarios",
        "Which scenarios carry the US GAAP forecast?",
        "326-20-30-7 to 30-9",
        "{ base = 1.0 }",
        nature="estimate",
    ),
    count(
        "us_supportable_months",
        "How many months is the forecast reasonable and supportable?",
        "326-20-30-9",
        0,
        480,
        12,
        nature="technique",
    ),
    choice(
        "us_reversion",
        "How does the forecast return to historical loss after that?",
        "326-20-30-9",
        {"immediate": "from the next month", "straight_line": "in equal steps over the months given next"},
        "immediate",
        nature="technique",
    ),
    count(
        "us_reversion_months",
        "Over how many months does a straight-line reversion run?",
        "326-20-30-9",
        0,
        480,
        0,
        nature="technique",
    ),
    choice(
        "us_reversion_reached",
        "In which month of a straight-line reversion is historical loss reached?",
        "326-20-30-9",
        {
            "in_month": "in the last of the months given: of 6, the sixth stands wholly on history",
            "month_after": "in the month after them: of 6, the sixth still stands for one part in seven on the forecast",
        },
        "month_after",
        nature="technique",
    ),
    choice(
        "us_dcf_lost_interest",
        "Under the discounted cash flow method, how much of the interest owed by who defaults is lost?",
        "326-20-30-4",
        {
            "at_loss_given_default": "the same share as of the principal: recoveries serve both",
            "whole": "all of it: recoveries serve the principal first",
        },
        "at_loss_given_default",
        nature="technique",
    ),
    text(
        "us_historical_scenario",
        "Which scenario of the curves holds historical loss?",
        "326-20-30-9",
        "long_run",
        nature="technique",
    ),
    weights(
        "ifrs_scenarios",
        "Which scenarios, with which probabilities, carry the IFRS measurement?",
        "IFRS 9 5.5.17(a), B5.5.42",
        "{ base = 0.6, upside = 0.15, downside = 0.25 }",
        nature="estimate",
    ),
    choice(
        "default_timeline",
        "When does a default that is recognised some days past due begin?",
        "326-20-30-1, 30-6; IFRS 9 B5.5.28",
        {
            "first_missed": "with the first instalment missed: it and all that follow are owed; it can be the last one",
            "none": "in the month in which it is recognised, as textbooks have it: nothing is exposed after the last due date",
        },
        "first_missed",
        nature="technique",
    ),
    choice(
        "default_timing",
        "When within its month does a default happen, for discounting?",
        "IFRS 9 B5.5.44; 326-20-30-4",
        {"start": "start of the month", "middle": "middle of the month", "end": "end of the month"},
        "end",
        nature="technique",
    ),
    choice(
        "exposure_at_default",
        "Without a timeline: is the exposure of a default month the balance before or after that month's instalment?",
        "IFRS 9 B5.5.28",
        {"before_instalment": "the instalment is lost too", "after_instalment": "the instalment was paid"},
        "before_instalment",
        nature="technique",
    ),
    count(
        "default_days_past_due",
        "From how many days past due is a contract in default? The hazards are made for the same days (`default_days`).",
        "IFRS 9 B5.5.37",
        1,
        90,
        90,
        nature="technique",
    ),
    ratio(
        "sicr_pd_ratio",
        "How many times must the default probability have risen since origination for credit risk to have risen significantly?",
        "IFRS 9 5.5.9, B5.5.17",
        "1",
        "1000",
        "2.5",
        nature="estimate",
    ),
    ratio(
        "sicr_pd_increase",
        "And by how much at least, over the same remaining life?",
        "IFRS 9 5.5.9, B5.5.9",
        "0",
        "1",
        "0.02",
        nature="estimate",
    ),
    count(
        "sicr_days_past_due",
        "From how many days past due on has credit risk risen significantly (presumed above 30: 30 is a day stricter)?",
        "IFRS 9 5.5.11",
        1,
        89,
        30,
        nature="estimate",
    ),
    reason(
        "sicr_backstop_rebuttal",
        "Why is the 30-day presumption rebutted, where those days are more than 30?",
        "IFRS 9 5.5.11, B5.5.20",
        "",
        needed_above=("sicr_days_past_due", 30),
        nature="technique",
    ),
    ratio(
        "low_credit_risk_pd_12m",
        "Up to which 12-month default probability is credit risk low (switches off the probability test only; 0 = not used)?",
        "IFRS 9 5.5.10",
        "0",
        "1",
        "0",
        nature="estimate",
    ),
    count(
        "cure_probation_days",
        "How many days after curing does a contract stay in stage 3?",
        "IFRS 9 5.5.7",
        0,
        3650,
        90,
        nature="technique",
    ),
    ratio(
        "hindsight_confidence",
        "How sure must it be that losses are other than expected before it is a finding?",
        "IFRS 9 B5.5.52; 326-20-30-7 to 30-9",
        "0.5",
        "0.9999",
        "0.999",
        nature="technique",
    ),
    ratio(
        "hindsight_overdispersion",
        "How many times that of independent borrowers is the variance of the number of defaults (1 = independent)?",
        "IFRS 9 B5.5.52; 326-20-30-7 to 30-9",
        "1",
        "100",
        "1",
        nature="technique",
    ),
    choice(
        "stage_3_interest_from",
        "From when on is interest of a credit-impaired loan recognised on its amount net of the allowance?",
        "IFRS 9 5.4.1(b); IAS 34.28",
        {
            "day": "from the day of default: parts of a year add up to it",
            "next_period": "from the reporting period after that of the default",
        },
        "day",
        nature="policy",
    )
    .about("loans")
    .apart_by("next_period"),
    choice(
        "ifrs_after_write_off",
        "What remains under IFRS of a loan written off of which recoveries are still expected?",
        "IFRS 9 5.4.4, B5.4.9",
        {
            "expected_recoveries": "an asset at the discounted recoveries; only the rest is written off",
            "nil": "nothing, the whole balance is written off; a finding says what is still expected",
        },
        "expected_recoveries",
        nature="policy",
    ).about("loans"),
    count_by_segment(
        "payout_days_past_due",
        "From how many days past due of the loan does the guarantee pay out? Its hazards are made for the same days.",
        "326-20-30-11; IFRS 9 B5.5.37",
        1,
        90,
        "61",
        nature="technique",
    ).about("guarantees"),
    choice(
        "us_guarantee_discount",
        "Where US GAAP discounts losses on guarantees, at which rate (a guarantee has no effective rate)?",
        "326-20-30-4, 30-11",
        {
            "current_rate": "at the current rate given next, as IFRS does",
            "contract_rate": "at the contract rate of the guaranteed loan",
        },
        "current_rate",
        nature="technique",
    ).about("guarantees"),
    ratio(
        "guarantee_discount_rate",
        "At which current rate a year are losses on guarantees discounted?",
        "IFRS 9 B5.5.48; 326-20-30-4",
        "0",
        "1",
        "0.03",
        nature="estimate",
    ).about("guarantees"),
    choice(
        "compensated_guarantees",
        "Where do expected recoveries of guarantees paid out stand?",
        "326-20-30-11; IFRS 9 B5.5.32, 5.4.1(a); IAS 32.42",
        {
            "receivable": "they are an asset of their own, under IFRS one that is credit-impaired from the start",
            "net_in_liability": "they reduce the contingent liability; under IFRS a finding: the two do not offset",
        },
        "receivable",
        nature="policy",
    ).about("guarantees"),
)


@dataclass(frozen=True)
class Elections:
    """The lender's answers, typed; names as in ``ELECTIONS``, weights as floats by scenario.

    Those about one kind of contract are None where the plan names none of it and does not answer them.
    """

    us_method: str
    us_accrued_interest: str
    us_scenarios: Mapping[str, float]
    us_supportable_months: int
    us_reversion: str
    us_reversion_months: int
    us_reversion_reached: str
    us_dcf_lost_interest: str
    us_historical_scenario: str
    ifrs_scenarios: Mapping[str, float]
    default_timeline: str
    default_timing: str
    exposure_at_default: str
    default_days_past_due: int
    sicr_pd_ratio: float
    sicr_pd_increase: float
    sicr_days_past_due: int
    sicr_backstop_rebuttal: str
    low_credit_risk_pd_12m: float
    hindsight_confidence: float
    hindsight_overdispersion: float
    cure_probation_days: int
    stage_3_interest_from: str | None
    ifrs_after_write_off: str | None
    payout_days_past_due: int | Mapping[str, int] | None
    us_guarantee_discount: str | None
    guarantee_discount_rate: float | None
    compensated_guarantees: str | None

    @classmethod
    def of(cls, answers: Mapping[str, Any]) -> Elections:
        """The answers of a plan, already checked against ``ELECTIONS``."""
        stated = {election.name: answers.get(election.name) for election in ELECTIONS}
        typed: dict[str, Any] = {name: float(one) if isinstance(one, Decimal) else one for name, one in stated.items()}
        for name in ("us_scenarios", "ifrs_scenarios"):
            typed[name] = {scenario: float(weight) for scenario, weight in answers[name].items()}
        return cls(**typed)

    @property
    def guarantee_rate_per_month(self) -> float:
        """The current rate for guarantees as one a month: 3 % a year is 0.24663 % a month."""
        assert self.guarantee_discount_rate is not None, "a plan with guarantees answers it"
        return float((1.0 + self.guarantee_discount_rate) ** (1.0 / 12.0) - 1.0)

    def by_segment(self) -> dict[str, Mapping[str, int]]:
        """Every answer given by segment, with the election that is answered."""
        stated = self.payout_days_past_due
        return {"payout_days_past_due": stated} if isinstance(stated, Mapping) else {}

    @property
    def begins_with_first_miss(self) -> bool:
        """Whether a default begins with the first instalment missed, and is recognised so many days later."""
        return self.default_timeline == "first_missed"

    def default_days(self, segment: str, *, guaranteed: bool) -> int:
        """Days past due from which a contract of a segment is in default; of a guarantee, from which it pays out."""
        if not guaranteed:
            return self.default_days_past_due
        assert self.payout_days_past_due is not None, "a plan with guarantees answers it"
        days = self.payout_days_past_due
        return days if isinstance(days, int) else days[segment]

    @staticmethod
    def answers_default(*, guaranteed: bool) -> str:
        """The election that says from when a loan is in default, or a guarantee pays out."""
        return "payout_days_past_due" if guaranteed else "default_days_past_due"

    def scenarios(self) -> dict[str, str]:
        """Every scenario that an answer names, with the election that is answered."""
        weighed = {name: key for key in ("us_scenarios", "ifrs_scenarios") for name in getattr(self, key)}
        return {**weighed, self.us_historical_scenario: "us_historical_scenario"}
