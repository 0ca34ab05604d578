"""The elections of note (iv): what ASC 460, IFRS 9 and IFRS 15 leave to the lender on issued guarantees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaapbridge.plan.election import Election, choice, ratio

ELECTIONS: tuple[Election, ...] = (
    choice(
        "stand_ready_measurement",
        "What is the fair value of a guarantee at inception where the tape states none?",
        "460-10-30-2, 55-23",
        {
            "nominal_fees": "the sum of its fees, the premium receivable; as though all were collected",
            "discounted_fees": "its fees, each discounted from its due date to origination at the rate given next",
            "expected_payouts_plus_margin": "the payouts expected at origination, discounted at that rate, and a margin on "
            "them; not above the fees, which a finding says",
        },
        "nominal_fees",
        nature="technique",
    ),
    ratio(
        "stand_ready_discount_rate",
        "At which rate a year are fees or payouts of guarantees made from a day on discounted for that fair value (0 = not)?",
        "460-10-30-2",
        "0",
        "1",
        "0.03",
        nature="estimate",
    ),
    ratio(
        "stand_ready_margin",
        "Which margin does a guarantor ask for from a day on, as a share of the payouts it expects?",
        "460-10-30-2",
        "0",
        "10",
        "0.2",
        nature="estimate",
    ),
    choice(
        "fee_accretion",
        "How do collections settle a fee receivable that was recognised at a fair value below the fees?",
        "460-10-25-4; 310-10-35",
        {
            "pro_rata": "each collection settles its share of the fair value, the rest of it is accretion",
            "after_fair_value": "collections settle the fair value first, all that comes after is accretion",
        },
        "pro_rata",
        nature="policy",
    ),
    choice(
        "early_settlement",
        "What becomes of fees not yet collected when the borrower settles early?",
        "460-10-35-2; IFRS 15.35",
        {
            "fee_derecognised": "they are no longer owed: derecognised against the stand-ready liability",
            "fee_kept": "they are still owed: the receivable stays until collected or written off",
        },
        "fee_derecognised",
        nature="policy",
    ),
    choice(
        "ifrs_fee_revenue",
        "When is a guarantee fee revenue under IFRS: as its coverage elapses, or not before it is due?",
        "IFRS 15.35, 105, 108",
        {
            "accrued": "as its coverage elapses; what is earned and not yet due is an accrued fee",
            "when_due": "the same once it is due; a fee whose coverage has ended before it is due is a finding",
        },
        "accrued",
        nature="policy",
    ),
    choice(
        "ifrs_liability",
        "Is the liability the higher of loss allowance and unearned fees, or do both stand beside each other?",
        "IFRS 9 4.2.1(c)",
        {
            "higher_of": "the higher of the two: note (i) shows the loss allowance, this note what is above it",
            "additive": "loss allowance plus contract liability; more than 4.2.1(c) asks, and a finding",
        },
        "higher_of",
        nature="policy",
    ),
    choice(
        "guarantee_income",
        "On which lines of the income statement does the column stand?",
        "IAS 1.82, 1.85; 220-10-S99",
        {
            "by_flow": "each flow on its own line: revenue, accretion, provisions",
            "net_in_provision": "the whole net movement on the provision for fees receivable",
        },
        "by_flow",
        nature="policy",
    ),
)


@dataclass(frozen=True)
class Elections:
    """The lender's answers; names and words as in ``ELECTIONS``."""

    stand_ready_measurement: str
    stand_ready_discount_rate: float
    stand_ready_margin: float
    fee_accretion: str
    early_settlement: str
    ifrs_fee_revenue: str
    ifrs_liability: str
    guarantee_income: str

    @classmethod
    def of(cls, answers: Mapping[str, Any]) -> Elections:
        """The answers of a plan, already checked against ``ELECTIONS``."""
        typed = {election.name: answers[election.name] for election in ELECTIONS}
        for name in ("stand_ready_discount_rate", "stand_ready_margin"):
            typed[name] = float(answers[name])
        return cls(**typed)
