"""Loss given default and recovery, worked out by hand from small histories."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from gaapbridge.estimation.chain import group_of, months_apart, who_left
from gaapbridge.estimation.losses import Losses, fit_losses
from gaapbridge.estimation.severity import not_as_elected
from gaapbridge.terms.errors import UnusableInput
from tests.estimation.loss_histories import Contract, History, Row, gone
from tests.estimation.test_episodes import AT_ONCE, CURED_AND_BACK, FOUR, REPAID, charged, counted, late


def fitted(history: History, until: int = 5, **asked) -> Losses:
    """The losses; so many charge-offs asked for, so that segments are what all of them together are."""
    return fit_losses(
        counted(history, until),
        **(
            {"severity_years": "all", "minimum_charge_offs": 10**12, "minimum_at_risk": 1, "discount_rate_a_year": None} | asked
        ),
    )


def test_the_ultimate_loss_of_four_contracts() -> None:
    """The share ever charged off, with D of a default of today and C of one just cured: D(1) = 100/100, C(1) = D(0),
    C(0) = 80/90 C(1), D(0) = (80 + 90 C(0) + 100 D(1)) / 380 = (180 + 80 D(0)) / 380 = 0.6; fresh, with 100 charged off at
    once: (100 + 380 x 0.6) / 480.

    Severity: 280 charged off, proceeds 40 + 10 + 50, and of the 80 charged off in the last month 0.05 to come in the month
    after, as 10 came of 200: 1 - 104/280.
    """
    found = fitted(FOUR)
    gross, severity = Fraction(328, 480), Fraction(176, 280)
    assert found.charged_off[0, :3] == pytest.approx([float(gross), 1.0, 1.0])
    assert found.severity_of_all.elected == pytest.approx(float(severity))
    assert found.lgd_undiscounted[0, 0] == pytest.approx(float(gross * severity))
    assert found.lgd_undiscounted[0, 479] == pytest.approx(float(severity))
    assert found.outcomes_of_all.charged_off_share_of_cured == pytest.approx(0.6 * 8 / 9)


def test_where_nobody_stands_in_default_the_value_of_a_fresh_one_holds() -> None:
    """100 owed and written off at once, 40 recovered: 0.6 is lost, of a default of whatever age; nobody was ever older."""
    found = fitted(History([Contract((Row(), charged(100, recovered_minor=40)))]))
    assert found.lgd_undiscounted[0, [0, 1, 479]] == pytest.approx([0.6] * 3)
    assert any("the value of a fresh default holds for all months" in made.how for made in found.made)


def test_the_pace_of_charge_offs() -> None:
    """Of 480 entered: 100 at once, 80 in the next month, 100 in the one after; 80 cured default again at the end of the third
    and 80 x 80/380 of them are charged off in the fourth; all together the share ever charged off."""
    found = fitted(FOUR)
    assert found.pace[0, :5] * 480 == pytest.approx([100, 80, 100, 0, 6400 / 380])
    assert found.pace[0].sum() == pytest.approx(found.charged_off[0, 0])


def test_discounted_month_by_month() -> None:
    """At 12 % a year, v = 1/1.01, R proceeds of one charged off in its month. In default W - R, R discounted a month more for
    each that passes; of 90 cured 80 are in default again three months after the default: D(0) = (180 - v 80 R - v^2 100 R +
    v^3 80 D(0)) / 380. Fresh, 100 charged off at once: (100 (1 - R) + 380 D(0)) / 480."""
    v, severity = Fraction(100, 101), Fraction(176, 280)
    proceeds = 1 - severity - Fraction(1, 20) + v / 20
    of_default = (180 - v * 80 * proceeds - v**2 * 100 * proceeds) / (380 - 80 * v**3)
    lost = (100 * (1 - proceeds) + 380 * of_default) / 480
    assert fitted(FOUR).lgd_discounted[0, 0] == pytest.approx(float(lost), abs=1e-12)


def test_a_loss_after_a_cure_is_discounted_too() -> None:
    """Nothing is recovered, and what is lost is lost after a cure, in which interest was paid: discounted it is less."""
    found = fitted(History([CURED_AND_BACK]))
    assert 0.0 < found.lgd_discounted[1, 0] < found.lgd_undiscounted[1, 0]


def test_where_all_are_charged_off_at_once_the_loss_of_a_fresh_default_holds() -> None:
    """50 of 100 come in, at once: nobody stood in default for a month, and that is no reason to expect nothing."""
    found = fitted(History([AT_ONCE, AT_ONCE]))
    assert found.lgd_undiscounted[0] == pytest.approx(np.full(480, 0.5))


def test_a_rate_of_the_plan_goes_before_the_contracts_own() -> None:
    found = fitted(FOUR, discount_rate_a_year=0.0)
    assert found.lgd_discounted[0] == pytest.approx(found.lgd_undiscounted[0])
    assert fitted(FOUR).rates == pytest.approx([0.12, 0.12])


def test_thin_months_are_one_with_all_after_them() -> None:
    """Five contract-months in default of 480, of which 180 charged off, 90 cured, 100 stayed: D = (180 + 90 C) / 380."""
    found = fitted(FOUR, minimum_at_risk=100)
    # cured: 170 owed, 80 defaulted again, 80 stayed: C = 80 D / 90, so D = (180 + 80 D) / 380 = 0.6
    assert found.charged_off[0, 1] == pytest.approx(0.6)
    told = next(one for one in found.made if one.first_month == 0)
    assert told.thin and "one with all months after it, which 4 contracts have left" in told.how


def test_the_last_months_rest_on_those_who_left_and_not_on_those_who_stay() -> None:
    """Six contracts are charged off after a month in default; one stays there for eight months and is cured. Its months are
    seven, it is one: by seven contract-months nothing would ever come of who is still there."""
    six = [Contract((late(0), late(90), late(90), charged())) for _ in range(6)]
    stays = Contract((late(0), *[late(90)] * 8, late(0), late(0)))
    chain = group_of(counted(History([*six, stays]), 11), (0,), None).in_default
    assert who_left(chain)[:9].tolist() == [0, 6, 0, 0, 0, 0, 0, 1, 0] and chain.at_risk[2:].sum() == 6
    assert (months_apart(chain, 1), months_apart(chain, 2), months_apart(chain, 7)) == (7, 1, 1)


def test_a_segment_is_held_to_all_segments_by_its_charge_offs() -> None:
    """By itself the first segment cures nobody: fresh (100 + 200 x 0.5) / 300 = 2/3, of all segments 328/480. With as many
    charge-offs asked for as there are, all counts are added to its own once: between the two, and it says how far."""
    own, held, of_all = (fitted(FOUR, minimum_charge_offs=asked) for asked in (1e-9, 3, 10**12))
    assert own.charged_off[0, 0] == pytest.approx(2 / 3) and of_all.charged_off[0, 0] == pytest.approx(328 / 480)
    # entered 300 + 480, of these 200 charged off at once; D(0) = (100 + 180 + 80 D(0)) / 580
    assert held.charged_off[0, 0] == pytest.approx((200 + 580 * 280 / 500) / 780)
    (told,) = (one for one in held.made if one.segment == "one" and "month by month" in one.how)
    assert "2 charge-offs of its own, 3 of all segments, held to all by 3" in told.how
    assert told.own_weight == pytest.approx(1 / 3), "two of its own and all four in their first month"


def test_a_segment_without_a_charge_off_is_not_the_pools() -> None:
    """Two of the first are charged off in their first month of default, ten of the second are repaid in theirs: of the second
    a share of K / pool is lent to it, 2/12 of all twelve, so that 2/12 of its twelve are lost and not 2/12 of all."""
    off, paid = (
        Contract((late(0), late(90), charged())),
        replace(REPAID, segment=1, rows=(late(0), late(90), *REPAID.rows[-1:])),
    )
    found = fitted(History([off, off, *[paid] * 10]), minimum_charge_offs=2)
    # 10 repaid of its own and a whole of the pool (2 charged off, 10 repaid): 2 of 22
    assert found.charged_off[1, 1] == pytest.approx(2 / 22)
    assert found.severities[1].own_weight == 0.0 and found.severities[1].charge_offs == 0


def test_severity_of_a_segment_is_held_to_all_in_the_same_years() -> None:
    """Of all 0.4 in 2018 and 0.6 in 2019; the second segment, charged off in 2019 alone, is at 0.6 as all are then: it is no
    worse than all, and its severity is that of all, 0.5."""
    early, later = (Contract((late(0), late(90), charged(recovered_minor=cash)), first=at) for cash, at in ((60, 0), (40, 12)))
    history = History([early, replace(later, segment=1)])
    assert fitted(history, until=23, minimum_charge_offs=1).severities[1].elected == pytest.approx(0.5)
    # one more in 2019 of the first segment at 0.8: all 0.7 then; 0.6 is 0.1 below it, and half of that counts
    worse = replace(later, rows=(late(0), late(90), charged(recovered_minor=20)))
    found = fitted(History([early, worse, replace(later, segment=1)]), until=23, minimum_charge_offs=1)
    assert (found.severity_of_all.elected, found.severities[1].elected) == (pytest.approx(0.6), pytest.approx(0.55))


def test_a_few_charge_offs_have_a_ladder_of_half_of_them() -> None:
    """Two of 100 each, one of them a month longer under observation, had 10 in that month: though 50 are asked for, 10 of 100
    are to come of the other."""
    early = replace(AT_ONCE, rows=(*AT_ONCE.rows, gone(10)))
    found = fitted(History([early, replace(AT_ONCE, first=1)]), until=early.first + len(AT_ONCE.rows), minimum_at_risk=50)
    assert found.severity_of_all.elected == pytest.approx(0.4), "half of each came at once"
    assert found.recovery[0, 0] == pytest.approx(0.1)


def test_outcomes_are_counted() -> None:
    told = fitted(FOUR).outcomes_of_all
    assert (told.entries, told.charged_off, told.charged_off_at_once, told.cured, told.repaid) == (5, 3, 1, 1, 1)
    assert (told.defaulted_again, told.cured_contracts, told.cured_charged_off) == (1, 1, 1)


def of_years(*proceeds_minor: int) -> History:
    """One contract charged off in March of each year from 2018 on, with its proceeds."""
    return History(
        [
            Contract((late(0), late(90), charged(recovered_minor=amount)), first=12 * place)
            for place, amount in enumerate(proceeds_minor)
        ]
    )


def test_severity_by_year_its_drift_and_the_election() -> None:
    """0.4, 0.5, 0.6: a line of 0.1 a year, 0.7 in the year after; of all 0.5; of the last two 0.55."""
    history = of_years(60, 50, 40)
    drift = fitted(history, until=35, severity_years="drift").severity_of_all
    assert [round(year.severity, 9) for year in drift.by_year] == [0.4, 0.5, 0.6]
    assert drift.elected == pytest.approx(0.7)
    assert (drift.drift_a_year, drift.all_years) == (pytest.approx(0.1), pytest.approx(0.5))
    assert fitted(history, until=35, severity_years=2, minimum_charge_offs=2).severity_of_all.elected == pytest.approx(0.55)


def test_a_last_year_of_few_charge_offs_takes_the_years_before() -> None:
    """One year elected, and two charge-offs asked for: the last two years, and it says so, in words that a finding has."""
    found = fitted(of_years(60, 50, 40), until=35, severity_years=1, minimum_charge_offs=2)
    assert (found.severity_of_all.since, found.severity_of_all.elected) == (2019, pytest.approx(0.55))
    told = "severity_years is 1, and 2020 to 2020 have 1 charge-offs, under minimum_charge_offs = 2: 2019 to 2020 serve, of 2"
    assert not_as_elected(found.severity_of_all, 2) == told and any(told in one.how for one in found.made)
    assert not not_as_elected(
        fitted(of_years(60, 50, 40), until=35, severity_years=1, minimum_charge_offs=1).severity_of_all, 1
    )


def test_two_years_have_no_drift() -> None:
    found = fitted(of_years(60, 50), until=23, severity_years="drift")
    assert (found.severity_of_all.with_drift, found.severity_of_all.elected) == (None, pytest.approx(0.45))
    told = 'severity_years is "drift", and 2 years of charge-off have none: all of them serve without it'
    assert not_as_elected(found.severity_of_all, 1) == told and any(told in one.how for one in found.made)


def test_spread_between_contracts_is_of_proceeds_over_balance() -> None:
    """Proceeds 0.2 and 0.6 of one year: standard deviation 0.2828; years are one, so nothing is said between them."""
    history = History([Contract((late(0), late(90), charged(recovered_minor=amount))) for amount in (20, 60)])
    severity = fitted(history, until=2).severity_of_all
    assert severity.spread_between_contracts == pytest.approx(0.08**0.5)
    assert severity.spread_between_years is None


def test_spread_between_contracts_is_by_balance() -> None:
    """Proceeds of a fifth of 300 and of three fifths of 100: mean 0.3, variance (3 x 0.01 + 0.09) / 4 x 2/1 = 0.06."""
    large = Contract((late(0, 300), late(90, 300), charged(300, recovered_minor=60)))
    small = Contract((late(0), late(90), charged(recovered_minor=60)))
    assert fitted(History([large, small]), until=2).severity_of_all.spread_between_contracts == pytest.approx(0.06**0.5)


def test_costs_are_taken_off() -> None:
    """30 received for 5 of cost are proceeds of 25 on 100; a cost of a month without proceeds counts as well."""
    history = History([Contract((late(0), late(90, cost_minor=4), charged(recovered_minor=30, cost_minor=1)))])
    year = fitted(history, until=2).severity_of_all.by_year[0]
    assert (year.severity, year.cost_minor, year.proceeds_minor) == (pytest.approx(0.75), 5, 25)


def test_more_to_come_than_is_left_is_named_and_clipped() -> None:
    """Of two charge-offs of 100 one had 100 a month after, the other has them at once, and 100 more are expected of it."""
    slow, fast = (Contract((late(0), late(90), charged(recovered_minor=cash))) for cash in (0, 100))
    found = fitted(History([replace(slow, rows=(*slow.rows, gone(100))), replace(fast, first=1)]), until=3)
    assert found.lgd_undiscounted[0, 0] == 0.0
    (told,) = (one for one in found.clipped if (one.table, one.segment) == ("lgd_undiscounted", "one"))
    assert (told.month, told.stands, told.months) == (0, 0.0, 480)
    assert told.estimated == pytest.approx(-0.5)


def test_what_came_of_a_contract_counts_up_to_what_was_written_off() -> None:
    """Of 100 written off 60 came at once, 60 a month later, and 30 were taken back: 60, 40 and 10 less; of another 20."""
    large = Contract((late(0), late(90), charged(recovered_minor=60), gone(60), gone(-30), gone()))
    small = Contract((late(0), late(90), charged(recovered_minor=20), gone(), gone(), gone()))
    severity = fitted(History([large, small])).severity_of_all
    assert severity.rungs.ratios == pytest.approx([0.4, 0.2, -0.05, 0.0])
    assert severity.elected == pytest.approx(1 - 110 / 200)
    assert severity.by_year[0].spread == pytest.approx(0.7 / 2**0.5)


def test_how_much_rests_on_one_contract() -> None:
    """90 of 110 received, and all of month 1; without its fold nothing of it is left."""
    large = Contract((late(0), late(90), charged(recovered_minor=50), gone(40), gone()), fold=1)
    small = Contract((late(0), late(90), charged(recovered_minor=20), gone(), gone()))
    episodes = counted(History([large, small]), 4)
    found = fitted(History([large, small]), until=4)
    assert found.severity_of_all.largest_share == pytest.approx(90 / 110)
    assert found.severity_of_all.rungs.largest == pytest.approx([50 / 70, 1.0, 0.0])
    told = [made.how for made in found.made]
    assert any("one contract has 82% of their proceeds" in how for how in told)
    assert any("100% of the 0.2000 of month 1 came of one contract" in how for how in told)
    assert episodes.without(1).written_off.of([0]).largest_minor.max() == 20


def test_recovery_still_to_come() -> None:
    """Of 200 written off 10 came one month after, of those under observation: 0.05 after month 0, nil after month 1."""
    found = fitted(History([replace(AT_ONCE, rows=(*AT_ONCE.rows, gone(10))), replace(AT_ONCE, rows=(*AT_ONCE.rows, gone(0)))]))
    assert found.recovery[0, :3] == pytest.approx([0.05, 0.0, 0.0])
    assert (np.diff(found.recovery, axis=1) <= 0).all()


def test_a_reversal_does_not_make_the_recovery_curve_rise() -> None:
    found = fitted(History([replace(AT_ONCE, rows=(*AT_ONCE.rows, gone(-10), gone(30)))]))
    assert found.recovery[0, :3] == pytest.approx([0.3, 0.3, 0.0])
    assert any("levelled" in one.how and "0.1000" in one.how for one in found.made)


def test_a_history_without_a_charge_off_is_refused() -> None:
    with pytest.raises(UnusableInput, match="charge-offs"):
        fitted(History([REPAID]))


def test_one_quiet_month_says_nothing_of_default() -> None:
    with pytest.raises(UnusableInput):
        fitted(History([Contract((Row(), Row()))]))


def test_a_thin_month_since_charge_off_is_one_with_those_after_it() -> None:
    """One of 100 charged off in each of five months; 5, 4, 3, 2 and 1 are seen in months 0 to 4, asked for two, half of all.
    The first had 10 in month 3 and 20 in month 4, when it was the only one: month 4 is one with month 3, 30 of 300."""
    slow = Contract((late(0), late(90), charged(), gone(), gone(), gone(10), gone(20)))
    still = [replace(slow, rows=(late(0), late(90), charged(), *(gone() for _ in range(4 - n))), first=n) for n in range(1, 5)]
    found = fitted(History([slow, *still]), until=slow.first + 6, minimum_at_risk=30)
    rungs = found.severity_of_all.rungs
    assert rungs.ratios == pytest.approx([0.0, 0.0, 0.0, 0.1, 0.1])
    assert (rungs.apart, rungs.fewest) == (3, 2)
    assert found.recovery[0, :5] == pytest.approx([0.2, 0.2, 0.2, 0.1, 0.0])
    how = next(made.how for made in found.made if made.table == "recovery")
    assert "known to month 4 since write-off, nothing is expected after it" in how
    assert "from month 3 on months are one with others, of 2 contract-months or more" in how
    assert found.severity_of_all.elected == pytest.approx(1 - (30 + 10 + 20 + 20 + 20) / 500)
