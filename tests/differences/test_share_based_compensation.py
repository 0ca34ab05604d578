"""Note (iii): awards by hand, a figure for every rule; days are those of years of 365."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gaapbridge.difference import PATHS, Sums
from gaapbridge.differences.share_based_compensation import EXPENSE_ROLES, NOTE, ifrs, journal, us_gaap
from gaapbridge.differences.share_based_compensation.elections import ELECTIONS, Elections
from gaapbridge.measure.vesting import Tranches
from tests.conformance.year_ends import at_year_ends

STRAIGHT = Elections(us_attribution="straight_line", us_forfeitures="as_they_occur")
GRADED = Elections(us_attribution="graded", us_forfeitures="as_they_occur")
ESTIMATED = Elections(us_attribution="straight_line", us_forfeitures="estimated")
GRADED_ESTIMATED = Elections(us_attribution="graded", us_forfeitures="estimated")


def award(units: list[float], vesting_days: list[int], elapsed_days: int, rate: float = 0.0) -> Tranches:
    """One award of units worth 10 each."""
    size = len(units)
    return Tranches(
        award=np.zeros(size, dtype=np.int64),
        awards=1,
        units=np.array(units),
        value=np.full(size, 10.0),
        elapsed_days=np.full(size, elapsed_days),
        vesting_days=np.array(vesting_days),
        annual_forfeiture_rate=np.full(size, rate),
    )


def test_straight_line_spreads_the_whole_award_and_tranches_fall_earlier() -> None:
    """4,000 over four years: a quarter after a year, against 1,000 + 500 + 333.33 + 250."""
    quarters = award([100.0] * 4, [365, 730, 1095, 1460], 365)
    assert_allclose(us_gaap.cumulative_cost(quarters, STRAIGHT), [1000])
    assert_allclose(us_gaap.cumulative_cost(quarters, GRADED), [2083 + 1 / 3])
    assert_allclose(ifrs.cumulative_cost(quarters, STRAIGHT), [2083 + 1 / 3])


def test_cost_is_never_below_what_has_vested() -> None:
    """Half vests after a year of three: a third of 1,200 is 400, but 600 has vested; nothing has the day before."""
    front_loaded = [60.0, 30.0, 30.0], [365, 730, 1095]
    assert_allclose(us_gaap.cumulative_cost(award(*front_loaded, 365), STRAIGHT), [600])
    assert_allclose(us_gaap.cumulative_cost(award(*front_loaded, 364), STRAIGHT), [1200 * 364 / 1095])


def test_the_floor_counts_units_that_vested_not_units_expected() -> None:
    """100 units vested, 50 of 100 expected: the line stands at half of 1,500, the floor at 1,000."""
    two = award([100.0, 100.0], [365, 730], 365, rate=0.5)
    assert_allclose(us_gaap.expected_units(two, ESTIMATED), [100, 50])
    assert_allclose(us_gaap.cumulative_cost(two, ESTIMATED), [1000])


def test_units_expected_to_vest_shrink_by_the_yearly_rate() -> None:
    """5 % a year over two years: 100 units become 90.25; US GAAP as they occur keeps 100."""
    cliff = award([100.0], [1095], 365, rate=0.05)
    assert_allclose(ifrs.expected_units(cliff, STRAIGHT), [90.25])
    assert_allclose(us_gaap.expected_units(cliff, ESTIMATED), [90.25])
    assert_allclose(us_gaap.expected_units(cliff, STRAIGHT), [100])
    assert_allclose(ifrs.cumulative_cost(cliff, STRAIGHT), [902.5 / 3])
    assert_allclose(us_gaap.cumulative_cost(cliff, STRAIGHT), [1000 / 3])


def test_a_forfeiture_takes_its_cost_back_when_it_happens() -> None:
    """Two thirds of 3,000 after two years; 60 of 300 units are then lost: 1,600, so the year's expense is 600 and not 1,000."""
    before, after = award([300.0], [1095], 365), award([240.0], [1095], 730)
    assert_allclose(us_gaap.cumulative_cost(before, STRAIGHT), [1000])
    assert_allclose(us_gaap.cumulative_cost(after, STRAIGHT), [1600])


@pytest.mark.parametrize("elections", [STRAIGHT, GRADED, ESTIMATED, GRADED_ESTIMATED])
def test_what_vests_at_grant_is_expense_at_once_and_nothing_before_it(elections: Elections) -> None:
    for side in (us_gaap, ifrs):
        assert side.cumulative_cost(award([50.0], [0], 0, rate=0.1), elections).tolist() == [500]
        assert side.cumulative_cost(award([50.0], [0], -1, rate=0.1), elections).tolist() == [0]
        assert side.cumulative_cost(award([50.0, 50.0], [0, 365], -1), elections).tolist() == [0]


@pytest.mark.parametrize("elections", [STRAIGHT, GRADED, ESTIMATED, GRADED_ESTIMATED])
def test_a_life_makes_no_difference(elections: Elections) -> None:
    """Once all has vested both frameworks have recognised the units that vested, and no unit more."""
    left = [[300.0, 300.0, 300.0], [300.0, 250.0, 250.0], [300.0, 250.0, 200.0]]
    years = at_year_ends(left, [10.0, 10.0, 10.0], [1, 2, 3], 0.08)
    us, other = us_gaap.cumulative_cost(years, elections), ifrs.cumulative_cost(years, elections)
    assert us[-1] == other[-1] == 7500
    if elections != GRADED_ESTIMATED:
        assert abs(us[0] - other[0]) > 1


def test_costs_do_not_depend_on_the_awards_beside_them() -> None:
    """Awards in any order, alone or together, come to the same bits."""
    chance = np.random.default_rng(3)
    sizes = chance.integers(1, 5, 40)
    owner = np.repeat(np.arange(40), sizes)
    units, value = chance.uniform(1, 9e6, owner.size), chance.uniform(1, 5000, owner.size)
    elapsed, days = chance.integers(-50, 1500, 40)[owner], chance.integers(0, 1460, owner.size)
    rate = chance.uniform(0, 0.3, 40)[owner]

    def cost(order: np.ndarray) -> np.ndarray:
        rows = np.concatenate([np.nonzero(owner == number)[0] for number in order])
        place = np.repeat(np.arange(order.size), sizes[order])
        chosen = Tranches(place, order.size, units[rows], value[rows], elapsed[rows], days[rows], rate[rows])
        return np.stack([us_gaap.cumulative_cost(chosen, ESTIMATED), ifrs.cumulative_cost(chosen, ESTIMATED)])

    together = cost(np.arange(40))
    shuffled = chance.permutation(40)
    assert (cost(shuffled) == together[:, shuffled]).all()
    alone = np.concatenate([cost(np.array([number])) for number in range(40)], axis=1)
    assert (alone == together).all() and together.sum() > 0


def sums(opening_us: int, opening_ifrs: int, closing_us: int, closing_ifrs: int, revised: int = 0) -> Sums:
    """One award of marketing granted before the period, and one of research granted in it, of a tenth of the amounts.

    ``revised`` is what revised rates made of the closing cost of marketing's under IFRS.
    """
    functions = ("sales_and_marketing", "research_and_development")
    cost = {
        "opening_us_cumulative_cost": (opening_us, 0),
        "opening_ifrs_cumulative_cost": (opening_ifrs, 0),
        "late_us_cumulative_cost": (closing_us, closing_us // 10),
        "late_ifrs_cumulative_cost": (closing_ifrs - revised, closing_ifrs // 10),
        "closing_us_cumulative_cost": (closing_us, closing_us // 10),
        "closing_ifrs_cumulative_cost": (closing_ifrs, closing_ifrs // 10),
    }
    of_path = {"stayed": 0, "new": 1}
    totals = {
        path: {
            series: {functions[i]: amounts[i] if of_path.get(path) == i else 0 for i in (0, 1)}
            for series, amounts in cost.items()
        }
        for path in PATHS
    }
    return Sums(functions, totals)


def test_a_higher_cost_credits_paid_in_capital_against_retained_earnings_and_the_function() -> None:
    """970 more at the opening; 1,090 more at the closing, so 120 for marketing, and 109 for research."""
    posted = journal.post({"awards": sums(3000, 3970, 5000, 6090)}, STRAIGHT)
    brought, charged = (
        {(posting.role, posting.segment): posting.amount_minor for posting in found[0].postings}
        for found in (posted.brought_forward, posted.movements)
    )
    assert brought == {
        ("retained_earnings", "sales_and_marketing"): 970,
        ("additional_paid_in_capital", "sales_and_marketing"): -970,
    }
    assert charged == {
        ("share_based_marketing", "sales_and_marketing"): 120,
        ("share_based_research", "research_and_development"): 109,
        ("additional_paid_in_capital", "sales_and_marketing"): -120,
        ("additional_paid_in_capital", "research_and_development"): -109,
    }
    assert [found.flow for found in posted.movements if found.postings] == ["service_cost"]


def test_what_revised_rates_moved_is_posted_apart() -> None:
    """30 of the 120 for marketing come from them."""
    posted = journal.post({"awards": sums(3000, 3970, 5000, 6090, revised=30)}, STRAIGHT)
    charged = {
        found.flow: {(posting.role, posting.segment): posting.amount_minor for posting in found.postings}
        for found in posted.movements
    }
    assert charged["assumptions"] == {
        ("share_based_marketing", "sales_and_marketing"): 30,
        ("additional_paid_in_capital", "sales_and_marketing"): -30,
    }
    assert charged["service_cost"]["share_based_marketing", "sales_and_marketing"] == 90


def test_equal_costs_make_no_posting() -> None:
    posted = journal.post({"awards": sums(3000, 3000, 5000, 5000)}, STRAIGHT)
    assert [found.postings for found in (*posted.brought_forward, *posted.movements)] == [(), (), ()]


def test_the_note_moves_nothing_but_its_roles() -> None:
    posted = journal.post({"awards": sums(3000, 3970, 5000, 6090)}, STRAIGHT)
    touched = {posting.role for found in (*posted.brought_forward, *posted.movements) for posting in found.postings}
    assert touched == {"additional_paid_in_capital", "retained_earnings", "share_based_marketing", "share_based_research"}
    assert touched <= set(NOTE.roles(["awards"]))
    assert set(EXPENSE_ROLES.values()) == set(NOTE.profit_roles)
    assert NOTE.offset == "additional_paid_in_capital"


def test_every_answer_of_the_elections_is_admissible_and_told_apart() -> None:
    """Four policies, four costs: 5 % a year, two tranches, half a year before the first vests."""
    names = [election.name for election in ELECTIONS]
    two = award([100.0, 100.0], [365, 1825], 182, rate=0.05)
    costs = set()
    for answers in product(*(election.choices for election in ELECTIONS)):
        stated = dict(zip(names, answers, strict=True))
        assert [election.check(stated[election.name]) for election in ELECTIONS] == [None, None]
        costs.add(float(us_gaap.cumulative_cost(two, Elections.of(stated))[0]))
    assert len(costs) == 4
