"""Whole rows of guarantees by the independent calculator: losses, paths, flows, worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

import pytest

from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT
from gaapbridge.reperform.guarantees.row import FLOWS
from tests.parity.guarantee_facts import basis, calculated, fees, figures, guarantee
from tests.parity.reperform_facts import assumptions, curve_rows, in_two_versions, plan

LEFT = date(2023, 10, 15)
STAYING = (Decimal(1), Decimal("0.99"), Decimal("0.9801"))
"""Of those on book now, who is at the start of each of three months, one in a hundred leaving."""
with localcontext(EXACT):
    THREE_PERCENT = Decimal("1.03") ** (Decimal(1) / 12)


def flows(found: Any) -> dict[str, int]:
    """The flows that are not nil."""
    return {name: found.figures[name].amount for name in FLOWS if found.figures[name].amount}


# ---------------------------------------------------------------- losses


def bullet(**changed: object) -> Any:
    """A month left of 1,000.00 without interest, 80 % of it guaranteed; paid out 61 days after, in month 1 to 3 from now."""
    facts: dict[str, object] = {"first_payment_date": date(2024, 1, 31), "guaranteed_share": Decimal("0.8")}
    return guarantee(**{**facts, **changed})


def test_losses_of_the_share_guaranteed_at_the_rate_of_guarantees() -> None:
    """Of those who stay 1 % x 50 % x 80,000 a month, undiscounted; 1 % x 45 % x 80,000 at 3 % a year: 360 x 0.99754^t."""
    found = calculated(None, (bullet(), fees()))
    assert found.figures["us_loss_allowance"].exact == 400 * STAYING[0] + 400 * STAYING[1] + 400 * STAYING[2]
    worth = [360 * staying / THREE_PERCENT**t for t, staying in enumerate(STAYING, start=1)]
    assert abs(found.figures["ifrs_loss_allowance"].exact - sum(worth)) < Decimal("1e-20")
    assert figures(found, "us_loss_allowance", "ifrs_loss_allowance") == (1_188, 1_064)
    assert found.facts["stage_closing"] == 1


def test_interest_is_exposed_under_both_frameworks() -> None:
    """At 12 % 1,000 of interest a month and 500 billed are exposed: 101,500 in the first, 102,500, 103,500 after it."""
    row = bullet(annual_rate=Decimal("0.12"), billed_unpaid_interest_minor=500, guaranteed_share=Decimal(1), days_past_due=60)
    found = calculated(None, (row, fees()))
    assert found.figures["us_loss_allowance"].exact == Decimal("507.5") + 5 * (Decimal("101.475") + Decimal("101.44035"))
    assert figures(found, "us_loss_allowance") == (1_522,)


@pytest.mark.parametrize(
    ("changed", "stage", "us", "ifrs"),
    [
        ({"days_past_due": 60}, 2, 1_188, 1_064),
        ({"days_past_due": 61}, 3, 40_000, 36_000),  # 50 % and 45 % of 80,000
        ({"default_date": date(2023, 11, 20)}, 3, 48_000, 43_200),  # a month later 60 % and 54 %
        ({"default_date": date(2023, 11, 20), "cured_date": date(2023, 12, 1)}, 3, 1_188, 1_064),  # on probation
    ],
)
def test_payout_at_its_trigger(changed: dict[str, object], stage: int, us: int, ifrs: int) -> None:
    found = calculated(None, (bullet(**changed), fees()))
    assert found.facts["stage_closing"] == stage
    assert figures(found, "us_loss_allowance", "ifrs_loss_allowance") == (us, ifrs)
    for state, amount in ((found.states["closing", "us"], us), (found.states["closing", "ifrs"], ifrs)):
        (allowance,) = [step for step in state.steps if step.name == "loss allowance"]
        assert round(Decimal(str(allowance.value))) == amount  # in default the loss of the claim: nothing is deferred on it


def test_a_year_of_hazard_and_the_curves_of_the_opening() -> None:
    """Bullet over four months to April, paid out two due dates later: 50,000 (1 - 0.99^6); restated with half the hazard."""
    curves = in_two_versions(curve_rows(hazard="0.005"), curve_rows(valid_from="2023-06-30"))
    row = guarantee(first_payment_date=date(2023, 5, 1), term_instalments=12)
    found = calculated((row, fees(0)), (row, fees(8)), basis(curves))
    assert found.figures["us_loss_allowance"].exact == 50_000 * (1 - Decimal("0.99") ** 6)
    assert found.figures["restated_us_loss_allowance"].exact == 50_000 * (1 - Decimal("0.995") ** 6)


def test_expected_recoveries_never_above_what_is_owed() -> None:
    """Paid out 700.00 a month before: 40 % undiscounted, 46 % discounted expected back; or the 200.00 still owed."""
    paid = guarantee(status="paid_out", exit_date=date(2023, 11, 20), paid_out_minor=70_000)
    names = ("us_expected_recoveries", "ifrs_expected_recoveries", "principal_written_off", "recoveries_received")
    assert figures(calculated(None, (paid, fees())), *names) == (28_000, 32_200, 70_000, 0)
    partly = guarantee(status="paid_out", exit_date=date(2023, 11, 20), paid_out_minor=70_000, recovered_minor=50_000)
    assert figures(calculated(None, (partly, fees())), *names) == (20_000, 20_000, 70_000, 50_000)
    early = guarantee(status="paid_out", exit_date=date(2022, 12, 1), paid_out_minor=70_000, recovered_minor=10_000)
    found = calculated((early, fees()), (partly_later(early), fees()))
    assert figures(found, *names) == (21_000, 25_900, 0, 5_000)  # 70 % and 63 % lost in the end
    assert figures(found, "opening_us_expected_recoveries") == (35_000,)  # no whole month since: 50 %
    assert flows(found) == {}
    assert found.facts["path"] == "written_off_earlier"


def test_expected_recoveries_as_an_asset_are_the_same_amount_elsewhere() -> None:
    """35,000 of 70,000 paid out: nothing reduces the liability, an asset stands beside it; provision and cash are the same."""
    paid = guarantee(status="paid_out", exit_date=date(2023, 11, 20), paid_out_minor=70_000)
    apart, within = (
        calculated(None, (paid, fees()), basis(compensated_guarantees=answer)) for answer in ("receivable", "net_in_liability")
    )
    for side in ("us", "ifrs"):
        (expected,) = figures(within, f"{side}_expected_recoveries")
        assert expected > 0
        assert figures(within, f"{side}_recoveries_receivable") == (0,)
        assert figures(apart, f"{side}_expected_recoveries", f"{side}_recoveries_receivable") == (0, expected)
    assert figures(apart, "principal_written_off") == figures(within, "principal_written_off") == (70_000,)


def partly_later(row: Any) -> Any:
    return guarantee(status="paid_out", exit_date=row.exit_date, paid_out_minor=70_000, recovered_minor=15_000)


def test_in_dcf_us_gaap_discounts_at_the_contract_rate_of_the_loan() -> None:
    """45 % of 80 % of 1 % of 101,000 at 12 % and the months after it: 363.6 / 1.01 first; 363.6 x 0.99754 under IFRS."""
    row, discounted = bullet(annual_rate=Decimal("0.12")), basis(losses=replace(basis().elections.losses, us_method="dcf"))
    found = calculated(None, (row, fees()), discounted)
    lost = [Decimal("0.0036") * (100_000 + 1_000 * t) * staying for t, staying in enumerate(STAYING, start=1)]
    worth = {
        column: sum(amount / rate**t for t, amount in enumerate(lost, start=1))
        for column, rate in (("us_loss_allowance", Decimal("1.01")), ("ifrs_loss_allowance", THREE_PERCENT))
    }
    for column, expected in worth.items():
        assert abs(found.figures[column].exact - expected) < Decimal("1e-20")
    assert figures(found, *worth) == (1_069, 1_085)
    early = basis(losses=replace(discounted.elections.losses, default_timing="start"))
    assert figures(calculated(None, (row, fees()), early), *worth) == (1_080, 1_088)
    assert figures(calculated(None, (bullet(), fees()), discounted), "us_loss_allowance") == (1_069,)  # without interest


def test_payout_days_by_segment() -> None:
    """Paid out at 31 days a default is recognised a month or two from now, at 61 a month later; 31 days past due is default."""
    days = {"s": 31, "app-b": 62}
    chosen = basis(losses=replace(basis().elections.losses, default_days_past_due=days))
    assert len(calculated(None, (bullet(), fees()), chosen).states["closing", "us"].months) == 2
    assert figures(calculated(None, (bullet(days_past_due=31), fees()), chosen), "us_loss_allowance") == (40_000,)
    stated = plan()
    stated["elections"]["expected_credit_loss"]["payout_days_past_due"] = days
    assert Elections.of_guarantees(stated).default_days("app-b") == 62


def test_in_dcf_recoveries_are_discounted_under_us_gaap_too() -> None:
    discounted = basis(losses=replace(basis().elections.losses, us_method="dcf"))
    paid = guarantee(status="paid_out", exit_date=date(2023, 11, 20), paid_out_minor=70_000)
    assert figures(calculated(None, (paid, fees()), discounted), "us_expected_recoveries") == (32_200,)


# ---------------------------------------------------------------- flows


def test_new_and_staying() -> None:
    found = calculated(None, (guarantee(), fees(collected=8)))
    assert flows(found) == {
        "us_inception": 12_000,
        "us_release": 12_000 - 3_016,
        "ifrs_fee_revenue": 8_968,
        "fees_collected": 8_000,
    }
    assert found.facts == {
        "segment": "s",
        "related_party": False,
        "path": "new",
        "status": "on_book",
        "opening_on_book": False,
        "closing_on_book": True,
        "stage_opening": 0,
        "stage_closing": 1,
    }


def test_settled_early_sets_the_fee_off_against_stand_ready() -> None:
    """7 fees collected; 5,000 uncollectible against 12,000 x 169/366 = 5,541 still standing ready."""
    row = guarantee(status="settled_early", exit_date=LEFT)
    found = calculated(None, (row, fees(collected=7)))
    balances = ("exit_us_fee_receivable", "exit_us_stand_ready", "exit_ifrs_contract_liability")
    assert figures(found, *balances) == (5_000, 5_541, 548)
    assert flows(found) == {
        "us_inception": 12_000,
        "us_set_off": 5_000,
        "us_release": 7_000,
        "ifrs_fee_revenue": 7_000,  # 6,452 earned and 548 not to be paid back
        "fees_collected": 7_000,
    }
    assert found.facts["path"] == "new_settled"
    assert figures(found, "us_fee_receivable", "us_stand_ready", "us_loss_allowance") == (0, 0, 0)


def test_paid_out_writes_the_fee_off() -> None:
    row = guarantee(status="paid_out", exit_date=LEFT, paid_out_minor=90_000)
    found = calculated(None, (row, fees(collected=5)))
    assert flows(found) == {
        "us_inception": 12_000,
        "us_release": 12_000,
        "us_fee_write_off": 7_000,
        "ifrs_fee_revenue": 6_452,
        "ifrs_fee_write_off": 1_452,
        "fees_collected": 5_000,
    }
    assert figures(found, "vat_release", "vat_fee_write_off") == (679, -314)  # 6/106 of 12,000 and of 1,452 - 7,000
    assert found.facts["path"] == "new_written_off"


def test_a_kept_fee_is_earned_at_once_and_collected_later() -> None:
    """All revenue is earned and stand-ready released when it is settled; 5,000 are owed under both, 3,000 not yet due."""
    kept, before = basis(early_settlement="fee_kept"), guarantee(status="settled_early", exit_date=LEFT)
    found = calculated(None, (before, fees(collected=7)), kept)
    assert figures(found, "us_fee_receivable", "ifrs_fee_receivable", "ifrs_accrued_fee") == (5_000, 2_000, 3_000)
    assert figures(found, "us_fee_allowance", "ifrs_fee_allowance", "ifrs_accrued_fee_allowance") == (100, 40, 60)
    assert figures(found, "us_stand_ready", "us_loss_allowance", "ifrs_contract_liability") == (0, 0, 0)
    assert flows(found) == {"us_inception": 12_000, "us_release": 12_000, "ifrs_fee_revenue": 12_000, "fees_collected": 7_000}
    assert found.facts["stage_closing"] == 0
    earlier = guarantee(status="settled_early", exit_date=date(2022, 10, 15))
    later = calculated((earlier, fees(collected=7)), (earlier, fees(collected=12)), kept)
    assert flows(later) == {"fees_collected": 5_000}
    assert figures(later, "opening_us_fee_receivable", "us_fee_receivable") == (5_000, 0)
    assert later.facts["path"] == "ignored"


def test_a_kept_fee_that_drops_off_the_tape_is_written_off() -> None:
    """5,000 owed at the opening: 3,000 are owed on, or the guarantee is listed no more; its fees must be listed."""
    kept, earlier = basis(early_settlement="fee_kept"), guarantee(status="settled_early", exit_date=date(2022, 10, 15))
    opening = (earlier, fees(collected=7))
    owing = calculated(opening, (earlier, fees(collected=8, written_off={8: 1_000})), kept)
    assert flows(owing) == {"us_fee_write_off": 1_000, "ifrs_fee_write_off": 1_000, "fees_collected": 1_000}
    assert figures(owing, "us_fee_receivable", "ifrs_fee_receivable", "ifrs_accrued_fee") == (3_000, 0, 3_000)
    gone = calculated(opening, None, kept)
    assert (gone.facts["path"], gone.facts["status"]) == ("ignored", "missing")
    assert flows(gone) == {"us_fee_write_off": 5_000, "ifrs_fee_write_off": 5_000}
    assert calculated(opening, (earlier, ()), kept).problem == "no fee instalment"
    derecognised = calculated(opening, (earlier, fees(collected=7)))
    assert flows(derecognised) == {} and figures(derecognised, "opening_us_fee_receivable") == (0,)


def test_nothing_owed_nothing_kept() -> None:
    """Settled early with everything collected: the exit state is the end, and what was ahead is earned."""
    row = guarantee(status="settled_early", exit_date=LEFT)
    found = calculated(None, (row, fees(collected=12)), basis(early_settlement="fee_kept"))
    assert flows(found) == {"us_inception": 12_000, "us_release": 12_000, "ifrs_fee_revenue": 12_000, "fees_collected": 12_000}
    assert figures(found, "exit_ifrs_contract_liability", "ifrs_contract_liability") == (12_000 - 6_452, 0)


def test_lost_from_the_closing_tape() -> None:
    """Nothing moves from the opening; what is receivable goes against stand-ready, the rest is written off."""
    row = guarantee(origination_date=date(2022, 12, 1), first_payment_date=date(2023, 12, 1))
    found = calculated((row, fees(collected=0)), None)
    opening = 12_000 - round(12_000 * 30 / 365)  # 11,014
    assert flows(found) == {"us_set_off": opening, "us_fee_write_off": 12_000 - opening}
    assert (found.facts["path"], found.facts["status"]) == ("lost", "missing")
    assert figures(found, "opening_us_stand_ready", "us_stand_ready") == (opening, 0)


@pytest.mark.parametrize("status", ["settled_early", "paid_out"])
@pytest.mark.parametrize("exit_date", [date(2022, 12, 20), date(2022, 12, 31)])
def test_lost_where_the_closing_tape_says_it_had_left_by_the_opening(status: str, exit_date: date) -> None:
    """As if it were not listed, whatever is said of its fees; of a payout nothing is expected, and nothing received."""
    terms: dict[str, object] = {"origination_date": date(2022, 12, 1), "first_payment_date": date(2023, 12, 1)}
    paid = 5_000 if status == "paid_out" else 0
    after = guarantee(**terms, status=status, exit_date=exit_date, paid_out_minor=paid, recovered_minor=paid // 2)
    found, opening = calculated((guarantee(**terms), fees(0)), (after, fees(3))), 12_000 - round(12_000 * 30 / 365)
    assert flows(found) == {"us_set_off": opening, "us_fee_write_off": 12_000 - opening}
    assert (found.facts["path"], found.facts["status"]) == ("lost", status)
    assert figures(found, "exit_us_stand_ready", "us_expected_recoveries", "ifrs_expected_recoveries") == (0, 0, 0)
    assert figures(found, "principal_written_off", "recoveries_received") == (0, 0)
    a_day_later = guarantee(**terms, status=status, exit_date=date(2023, 1, 1), paid_out_minor=paid)
    assert calculated((guarantee(**terms), fees(0)), (a_day_later, fees(3))).facts["path"] in ("settled", "written_off")


def test_matured_with_fees_uncollected_they_are_kept() -> None:
    """All is earned, nothing stands ready, 4,000 are owed under both, 3,000 not yet due; what is collected later is cash."""
    row = guarantee(status="matured", exit_date=LEFT)
    found = calculated(None, (row, fees(collected=7, written_off={7: 1_000})))
    assert figures(found, "us_fee_receivable", "us_stand_ready") == (4_000, 0)
    assert figures(found, "ifrs_fee_receivable", "ifrs_accrued_fee") == (1_000, 3_000)
    assert flows(found) == {
        "us_inception": 12_000,
        "us_release": 12_000,
        "us_fee_write_off": 1_000,
        "ifrs_fee_revenue": 12_000,
        "ifrs_fee_write_off": 1_000,
        "fees_collected": 7_000,
    }
    earlier = guarantee(status="matured", exit_date=date(2022, 10, 15))
    assert flows(calculated((earlier, fees(7)), (earlier, fees(12)))) == {"fees_collected": 5_000}


def test_opening_standing_under_closing_terms() -> None:
    """The closing tape's term of two years applies at the opening too; the standing there is the opening tape's."""
    before = guarantee(origination_date=date(2022, 12, 1), first_payment_date=date(2023, 12, 1), days_past_due=31)
    after = guarantee(origination_date=date(2022, 12, 1), first_payment_date=date(2024, 12, 1))
    found = calculated((before, fees()), (after, fees(8)))
    assert figures(found, "opening_us_stand_ready") == (12_000 - round(12_000 * 30 / 731),)
    assert figures(found, "opening_us_fee_allowance") == (3_600,)
    assert (found.facts["path"], found.facts["stage_opening"], found.facts["stage_closing"]) == ("stayed", 2, 1)


def test_flows_are_told_step_by_step() -> None:
    found = calculated(None, (guarantee(), fees(collected=8)), basis(ifrs_liability="higher_of"))
    assert [*found.states][:2] == [("closing", "us"), ("closing", "ifrs")]
    assert found.further[-1][0] == "Steps, flows of the period"
    ifrs = {step.name: step for step in found.states["closing", "ifrs"].steps}
    assert ifrs["revenue to date E"].value == 8_968
    assert ifrs["discount rate a year"].paragraph == ifrs["discounted"].paragraph == "B5.5.48"
    assert {"stage", "loss allowance", "contract liability K", "absorbed by the loss allowance"} <= ifrs.keys()
    assert (ifrs["recognised at inception"].value, ifrs["recognised at inception"].paragraph) == (0, "B2.5(a)")
    assert ifrs["earned and lost to date X"].paragraph == "5.4.4"
    us = {step.name: step.paragraph for step in found.states["closing", "us"].steps}
    assert us["fee receivable R"] == "460-10-55-23(a)" and us["stand-ready liability S"] == "460-10-35-2(b)"
    assert us["accretion to date a"] == "835-30-35-2" and us["discount rate per period"] == "326-20-30-11"
    assert dict(found.further)["Steps, flows of the period"][0].value == 12_000


def test_an_instalment_near_half_leaves_an_alternative() -> None:
    """As of loans: 5,000.00 at 0.0012 % a year owes exactly 500,000.5 at the end of the month."""
    row = guarantee(principal_minor=500_000, annual_rate=Decimal("0.000012"), repayment_type="level")
    found = calculated(None, (row, fees()), basis(assumptions()))
    assert [name for name, _ in found.alternatives] == ["instalment near half"]
