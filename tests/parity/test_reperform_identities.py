"""What must hold of every guarantee and award by the definitions, tried on lives drawn at random."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from gaapbridge.reperform.calculation import Calculation
from gaapbridge.reperform.grid import months_later
from gaapbridge.reperform.guarantees.contract import FeeInstalment, Guarantee
from gaapbridge.reperform.guarantees.row import GuaranteeRows, calculate_guarantee
from tests.parity import award_facts
from tests.parity.guarantee_facts import basis, guarantee

YEAR_ENDS = tuple(date(year, 12, 31) for year in range(2021, 2026))
ELECTIONS = [
    (accretion, settlement) for accretion in ("pro_rata", "after_fair_value") for settlement in ("fee_derecognised", "fee_kept")
]


class Life:
    """One guarantee from its origination in 2022 to its end: what the tapes say of it at any instant."""

    def __init__(self, chance: random.Random) -> None:
        self.start = date(2022, 1, 1) + timedelta(days=chance.randrange(365))
        self.months = chance.choice([1, 3, 6, 12, 18, 24])
        self.fees = [chance.randrange(1, 900) for _ in range(self.months)]
        self.paid_on = [months_later(self.start, month) + timedelta(days=chance.randrange(120)) for month in range(self.months)]
        self.lost_on = [day + timedelta(days=30) for day in self.paid_on]
        self.part = [chance.choice([1.0, 1.0, 0.5, 0.0]) for _ in range(self.months)]
        self.status = chance.choice(["settled_early", "matured", "paid_out"])
        self.left = months_later(self.start, self.months) + timedelta(days=chance.randrange(90))
        if self.status != "matured":
            self.left = self.start + timedelta(days=chance.randrange(1, (self.left - self.start).days))
        self.value = chance.choice([None, sum(self.fees) // 3, sum(self.fees)])

    def row(self, day: date) -> Guarantee | None:
        if day < self.start:
            return None
        facts: dict[str, Any] = {"origination_date": self.start, "first_payment_date": months_later(self.start, 1)}
        if self.left <= day:
            facts |= {"status": self.status, "exit_date": self.left}
        return guarantee(term_instalments=self.months, stand_ready_minor=self.value, **facts)

    def instalments(self, day: date, *, kept: bool) -> tuple[FeeInstalment, ...]:
        """The fees as they were on a day, or the day it left; those of one that matured, or are kept, are collected on."""
        collected_on = self.status == "matured" or (kept and self.status == "settled_early")
        seen = day if collected_on else min(day, self.left)
        return tuple(self._instalment(month, seen) for month in range(self.months))

    def _instalment(self, month: int, seen: date) -> FeeInstalment:
        fee = self.fees[month]
        paid = int(fee * self.part[month]) if self.paid_on[month] <= seen else 0
        return FeeInstalment(
            contract_id="G1",
            due_date=months_later(self.start, month),
            coverage_start=months_later(self.start, month),
            coverage_end=months_later(self.start, month + 1),
            fee_minor=fee,
            collected_minor=paid,
            written_off_minor=fee - paid if self.lost_on[month] <= seen else 0,
        )


def years_of(life: Life, accretion: str, settlement: str) -> list[Calculation]:
    """The row of every year in which the guarantee is on a tape."""
    found = []
    for opening, closing in pairwise(YEAR_ENDS):
        chosen = basis(fee_accretion=accretion, early_settlement=settlement)
        losses = replace(chosen.elections.losses, opening=opening, closing=closing)
        used = replace(chosen, elections=replace(chosen.elections, losses=losses))
        kept = settlement == "fee_kept"
        rows = GuaranteeRows(
            life.row(opening), life.row(closing), life.instalments(opening, kept=kept), life.instalments(closing, kept=kept)
        )
        if rows.closing is not None:
            found.append(calculate_guarantee(rows, used, detail=False))
    return found


def amounts(found: Calculation) -> dict[str, int]:
    return {name: figure.amount for name, figure in found.figures.items()}


@pytest.mark.campaign(but=40)
@pytest.mark.parametrize(("accretion", "settlement"), ELECTIONS)
@pytest.mark.parametrize("seed", range(40))
def test_flows_of_a_guarantee_add_to_its_movements_and_over_its_life_to_its_cash(
    seed: int, accretion: str, settlement: str
) -> None:
    life = Life(random.Random(seed))
    years = [amounts(found) for found in years_of(life, accretion, settlement)]
    for year in years:
        receivable = year["us_fee_receivable"] - year["opening_us_fee_receivable"]
        added = year["us_inception"] + year["us_fee_accretion"]
        assert receivable == added - year["fees_collected"] - year["us_fee_write_off"] - year["us_set_off"]
        ready = year["us_stand_ready"] - year["opening_us_stand_ready"]
        assert ready == year["us_inception"] - year["us_release"] - year["us_set_off"]
        assets = [year[f"{state}ifrs_fee_receivable"] + year[f"{state}ifrs_accrued_fee"] for state in ("opening_", "")]
        contract = [
            asset - year[f"{state}ifrs_contract_liability"] for asset, state in zip(assets, ("opening_", ""), strict=True)
        ]
        assert contract[1] - contract[0] == year["ifrs_fee_revenue"] - year["fees_collected"] - year["ifrs_fee_write_off"]
        assert min(year[name] for name in ("us_fee_receivable", "us_stand_ready", "us_release")) >= 0
    for earlier, later in pairwise(years):
        for name in ("fee_receivable", "accrued_fee", "fee_allowance", "contract_liability", "stand_ready", "loss_allowance"):
            for framework in ("us", "ifrs"):
                assert earlier[f"{framework}_{name}"] == later[f"opening_{framework}_{name}"]
    cash = sum(year["fees_collected"] for year in years)
    assert sum(year["us_release"] + year["us_fee_accretion"] - year["us_fee_write_off"] for year in years) == cash
    assert sum(year["ifrs_fee_revenue"] - year["ifrs_fee_write_off"] for year in years) == cash
    assert cash == sum(one.collected_minor for one in life.instalments(YEAR_ENDS[-1], kept=settlement == "fee_kept"))
    assert sum(year["us_inception"] for year in years) > 0


@pytest.mark.campaign
@pytest.mark.parametrize("accretion", ["pro_rata", "after_fair_value"])
def test_fair_value_is_collected_receivable_or_written_off(accretion: str) -> None:
    """V = C - a + R + w at every state of every guarantee."""
    checked = 0
    for seed in range(60):
        life = Life(random.Random(seed))
        for found in years_of(life, accretion, "fee_kept"):
            for (_, framework), state in found.states.items():
                if framework == "us" and state.figure("collected_to_date").amount:
                    collected, accreted = state.figure("collected_to_date").amount, state.figure("accretion_to_date").amount
                    rest = state.figure("fee_receivable").amount + state.figure("written_off_to_date").amount
                    value = sum(life.fees) if life.value is None else life.value
                    assert value == collected - accreted + rest
                    checked += 1
    assert checked > 60


@pytest.mark.campaign
@pytest.mark.parametrize("attribution", ["straight_line", "graded"])
@pytest.mark.parametrize("estimate", ["as_they_occur", "estimated"])
def test_awards_differ_until_the_last_vesting_and_then_no_more(attribution: str, estimate: str) -> None:
    """Estimated and graded is what IFRS does; every other choice differs on the way, and ends at the same cost."""
    chance, differed = random.Random(7), 0
    for _ in range(80):
        grant = date(2021, 1, 1) + timedelta(days=chance.randrange(900))
        tranches = [
            award_facts.tranche(str(number), grant + timedelta(days=chance.randrange(1_500)), chance.randrange(1, 5_000))
            for number in range(chance.randrange(1, 5))
        ]
        gone = [
            award_facts.forfeited(chance.randrange(1, one.units + 1), one.vesting_date - timedelta(days=1), one.tranche)
            for one in tranches
            if one.vesting_date > grant + timedelta(days=1) and chance.random() < 0.4
        ]
        last = max(one.vesting_date for one in tranches)
        closings = sorted({last, *(last + timedelta(days=chance.randrange(-900, 900)) for _ in range(3))})
        for closing in (day for day in closings if day > grant):
            found = award_facts.calculated(
                *tranches,
                events=tuple(gone),
                rates=award_facts.forfeitures("0.12", "0.3"),
                fair_value=f"{chance.randrange(1, 9_999)}.{chance.randrange(1_000):03}",
                grant=grant,
                opening=grant,
                closing=closing,
                us_attribution=attribution,
                us_forfeitures=estimate,
            )
            us, ifrs = award_facts.costs(found)
            differed += us != ifrs
            if closing >= last:
                assert us == ifrs
                units = sum(one.units for one in tranches) - sum(event.units for event in gone)
                assert units == found.figures["units_vested"].amount
    assert differed == 0 if (attribution, estimate) == ("graded", "estimated") else differed > 40
