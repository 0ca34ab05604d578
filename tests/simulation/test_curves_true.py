"""The curves come true: what they let expect of the contracts of every year-end, held against what the simulation made of them.

The seeds are the first whole numbers; nobody picked them. A sum of N independent outcomes differs from its expectation by
more than four standard deviations once in 16,000 times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from gaapbridge.example import write_example
from gaapbridge.example.calendar import NO_DATE, Days, day_number
from gaapbridge.example.cash import draw_recoveries
from gaapbridge.example.contracts import (
    ARRANGED_PRODUCT,
    OWN_PRODUCT,
    Contracts,
    Product,
    Schedule,
    draw_contracts,
    schedule_of,
)
from gaapbridge.example.curves import write_curves
from gaapbridge.example.fee_losses import fee_losses
from gaapbridge.example.fees import draw_fee_terms, fee_instalments
from gaapbridge.example.market import GUARANTEED_LOANS, RATINGS, VERSIONS, WRITE_OFF_DAYS
from gaapbridge.example.simulate import Course, simulate
from gaapbridge.example.tapes import PREPAID, REPAYMENT_TYPES, STATUSES
from gaapbridge.example.year_end import Year, accrued_interest, contract_columns, listed, lost
from tests.simulation.outcomes import MONTHS, Book, CurveFiles, Expected, Numbers, expected, in_default

pytestmark = pytest.mark.campaign  # every test is of tens of thousands of contracts, and there are three lots of them

SEEDS = (1, 2, 3)
CONTRACTS = 40_000
CELLS = 4.0
TOTAL = 3.5
FOLDERS = {"loans": Path("curves"), "guarantees": Path("curves/guarantees")}

Outcome = tuple[Book, Expected, pl.DataFrame]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, int], list[Outcome]]:
    """By kind and year, of each lender: the opening's book, what its curves let expect, and its closing rows."""
    found: dict[tuple[str, int], list[Outcome]] = {}
    for seed in SEEDS:
        files = write_example(tmp_path_factory.mktemp("lender"), loans=CONTRACTS, guarantees=CONTRACTS, seed=seed)
        for kind, tapes in (("loans", files.tapes), ("guarantees", files.guarantees)):
            curves = CurveFiles.read(files.folder / FOLDERS[kind], VERSIONS[0])
            frames = {instant.year: pl.read_parquet(path) for instant, path in tapes.items()}
            for year in (2022, 2023):
                book = Book.of(frames[year - 1], year - 1, curves)
                after = pl.DataFrame({"contract_id": book.contract_id}).join(frames[year], on="contract_id", how="left")
                assert after["status"].null_count() == 0
                found.setdefault((kind, year), []).append((book, expected(book, curves, 12), after))
    return found


EACH = pytest.mark.parametrize(("kind", "year"), [(kind, year) for kind in FOLDERS for year in (2022, 2023)])


def defaulted(after: pl.DataFrame, year: int) -> Numbers:
    """1 where default was recognised in the year, whatever came of the contract since."""
    return (after["default_date"].dt.year() == year).fill_null(value=False).to_numpy().astype(np.float64)


def pooled(lenders: list[Outcome], year: int) -> tuple[Numbers, Numbers, Numbers]:
    """Observed, probability, variance of each contract of all lenders."""
    observed = np.concatenate([defaulted(after, year) for _, _, after in lenders])
    chance = np.concatenate([each.number for _, each, _ in lenders])
    return observed, chance, chance * (1.0 - chance)


def off(observed: Numbers, chance: Numbers, variance: Numbers) -> float:
    """How many standard deviations the sum observed is from its expectation."""
    return float((observed - chance).sum() / max(variance.sum(), 1e-9) ** 0.5)


@EACH
def test_as_many_default_as_expected(outcomes: Mapping[tuple[str, int], list[Outcome]], kind: str, year: int) -> None:
    observed, chance, variance = pooled(outcomes[kind, year], year)
    assert observed.sum() > 1_000
    assert abs(off(observed, chance, variance)) < TOTAL
    for wrong in (0.8, 1.25):
        assert abs(off(observed, chance * wrong, variance)) > TOTAL


@EACH
@pytest.mark.parametrize("by", ["segment", "bucket", "rating"])
def test_in_every_segment_bucket_and_rating(
    outcomes: Mapping[tuple[str, int], list[Outcome]], kind: str, year: int, by: str
) -> None:
    """A cell in which little is expected may be off by one contract besides. Where default is certain it must have come."""
    observed, chance, variance = pooled(outcomes[kind, year], year)
    cells = np.concatenate([getattr(book, by) for book, _, _ in outcomes[kind, year]])
    for cell in np.unique(cells):
        of = cells == cell
        bound = CELLS * variance[of].sum() ** 0.5 + (1.0 if chance[of].sum() < 25.0 else 1e-6)
        assert abs(observed[of].sum() - chance[of].sum()) < bound, (by, cell)


@EACH
def test_what_is_owed_at_default_is_the_exposure_expected(
    outcomes: Mapping[tuple[str, int], list[Outcome]], kind: str, year: int
) -> None:
    lenders = outcomes[kind, year]
    owed, claim, variance = 0.0, 0.0, 0.0
    for _, each, after in lenders:
        owed += float((after["claim_at_default_minor"].fill_null(0).to_numpy() * defaulted(after, year)).sum())
        claim += float(each.claim.sum())
        variance += float((each.squared - each.principal**2).sum()) * (claim / float(each.principal.sum())) ** 2
    assert abs(owed - claim) < CELLS * variance**0.5 < 0.25 * claim


def test_certain_defaults_are_of_those_who_have_missed_too_much(outcomes: Mapping[tuple[str, int], list[Outcome]]) -> None:
    for kind in FOLDERS:
        for book, each, _ in outcomes[kind, 2023]:
            certain = each.number > 1.0 - 1e-9
            assert certain.any()
            assert set(book.bucket[certain]) == {3}


INSTANTS = tuple(day_number(date(year, 12, 31)) for year in range(2022, 2028))
PRODUCTS = {"loans": OWN_PRODUCT, "guarantees": ARRANGED_PRODUCT}


def lender_that_runs_off(product: Product, regime: int, seed: int) -> tuple[Product, Contracts, Schedule, Course, Numbers]:
    """A lender of one regime only, followed to its end, and what was lost of each contract in the end.

    Principal written off, or what was paid out, less what was recovered.
    """
    market = replace(product.market, regimes=(product.market.regimes[regime],) * 2)
    product = replace(product, market=market)
    random = np.random.Generator(np.random.PCG64(seed))
    contracts = draw_contracts(random, product, 0, CONTRACTS, CONTRACTS)
    schedule = schedule_of(contracts)
    days = market.default_days[contracts.segment]
    patience: Days = np.where(market.stays_in_default, WRITE_OFF_DAYS, days).astype(np.int32)
    course = simulate(contracts, schedule, market, patience, random, INSTANTS)
    gone = lost(course, INSTANTS[-1])
    columns = contract_columns(contracts, schedule, course, gone)
    amount = columns["outstanding_principal_minor"]
    if not market.stays_in_default:
        amount = amount + accrued_interest(contracts, gone, columns)
    recovered = draw_recoveries(random, market, contracts, gone.which, gone.moment, amount, INSTANTS[-1] + 1_000)
    losses = np.zeros(CONTRACTS)
    np.add.at(losses, gone.which, amount)
    np.add.at(losses, recovered.which, -recovered.amount)
    return product, contracts, schedule, course, losses


def tape_of(product: Product, contracts: Contracts, schedule: Schedule, course: Course) -> pl.DataFrame:
    """The rows of the contracts at the end of 2022, as on a tape; ids are places."""
    year = Year(0, INSTANTS[0] - 365, INSTANTS[0])
    columns = contract_columns(contracts, schedule, course, listed(course, year))
    words = {"segment": product.market.segments, "rating": RATINGS, "status": STATUSES, "repayment_type": REPAYMENT_TYPES}
    texts = {name: np.array(of)[columns[name]] for name, of in words.items()}
    dated = [name for name in columns if name.endswith("_date") or name == "first_payment_date"]
    dates = [pl.when(pl.col(name) < int(NO_DATE)).then(pl.col(name)).cast(pl.Date).alias(name) for name in dated]
    return pl.DataFrame({**columns, **texts}).with_columns(dates)


@pytest.mark.parametrize("regime", [0, 1])
@pytest.mark.parametrize("kind", FOLDERS)
def test_the_lifetime_allowance_is_the_loss_that_comes(tmp_path: Path, kind: str, regime: int) -> None:
    """Contracts on book at the end of 2022, until the last of them has run off and nothing more is recovered.

    Of loans also those already in default, by months since. Interest is in the claim of a guarantee, and not in the
    exposure of a loan, of which US GAAP accrues none at default.
    """
    write_curves(tmp_path)
    curves = CurveFiles.read(tmp_path / FOLDERS[kind], VERSIONS[regime])
    came, allowance, variance, stock_came, stock = 0.0, 0.0, 0.0, 0.0, 0.0
    for seed in SEEDS:
        product, contracts, schedule, course, losses = lender_that_runs_off(PRODUCTS[kind], regime, seed)
        tape = tape_of(product, contracts, schedule, course)
        book = Book.of(tape, 2022, curves)
        each, ratio = expected(book, curves), curves.lost[0][book.segment, 0]
        came += losses[book.contract_id.astype(np.int64)].sum()
        allowance += float(((each.claim if kind == "guarantees" else each.principal) * ratio).sum())
        variance += float((each.squared - (each.principal * ratio) ** 2).sum())
        late = tape.filter((pl.col("status") == "on_book") & in_default())
        months = ((INSTANTS[0] - late["default_date"].cast(pl.Int32)) // 30).to_numpy()
        place = late["segment"].replace_strict({name: i for i, name in enumerate(curves.segments)}).to_numpy()
        stock += float((late["outstanding_principal_minor"].to_numpy() * curves.lost[0][place, months]).sum())
        stock_came += losses[late["contract_id"].to_numpy()].sum()
    assert abs(came - allowance) < CELLS * variance**0.5 < 0.13 * allowance
    if kind == "loans":
        assert stock_came == pytest.approx(stock, rel=0.05)


@pytest.mark.parametrize("regime", [0, 1])
def test_recoveries_of_payouts_are_what_the_curve_leaves(tmp_path: Path, regime: int) -> None:
    """Guarantees paid out by the end of 2022, by whole months since: what still came of them against one less the loss."""
    write_curves(tmp_path)
    curves = CurveFiles.read(tmp_path / FOLDERS["guarantees"], VERSIONS[regime])
    came, hoped = 0.0, 0.0
    for seed in SEEDS:
        product, contracts, schedule, course, _ = lender_that_runs_off(ARRANGED_PRODUCT, regime, seed)
        gone = lost(course, INSTANTS[0])
        columns = contract_columns(contracts, schedule, course, gone)
        paid = columns["outstanding_principal_minor"] + accrued_interest(contracts, gone, columns)
        random = np.random.Generator(np.random.PCG64(seed))
        recovered = draw_recoveries(random, product.market, contracts, gone.which, gone.moment, paid, INSTANTS[-1])
        came += recovered.amount[recovered.when > INSTANTS[0]].sum()
        since = pl.select(pl.date_ranges(pl.Series(gone.moment).cast(pl.Date), date(2022, 12, 31), "1mo").list.len() - 1)
        months = np.minimum(since.to_series().to_numpy(), MONTHS - 1)
        hoped += float((paid * (1.0 - curves.lost[0][contracts.segment[gone.which], months])).sum())
    assert came == pytest.approx(hoped, rel=0.05)


@pytest.mark.parametrize("regime", [0, 1])
def test_fees_written_off_are_those_of_the_loss_rates(regime: int) -> None:
    """Fees at the end of 2022, when contracts of every age are on book, followed to the end: those open, and those earned.

    Written off is what is let off, and what is open when the guarantee is paid out. What is open when the borrower settles
    early is no longer owed: far from small, it is no loss, and no rate has any of it. A share lost has at most the variance
    of one that is lost whole or not at all. Of a borrower who is not late the rate of all fees would be far too high for those
    earned, which fall due with the next instalment.
    """
    rates = fee_losses(GUARANTEED_LOANS.regimes[regime])
    sums, set_off = np.zeros((2, 4, 3)), np.zeros(3)
    for seed in SEEDS:
        _, contracts, _, course, _ = lender_that_runs_off(ARRANGED_PRODUCT, regime, seed)
        fees = fee_instalments(contracts, draw_fee_terms(np.random.Generator(np.random.PCG64(seed)), contracts), course)
        standing, now = course.at_instant[0], INSTANTS[0]
        late = np.where(standing.paid < standing.due, now - contracts.due_date(slice(None), standing.paid + 1), 0)
        bucket = np.searchsorted([1, 31, 61], late, side="right")
        left = np.where((fees.collected_on > now) & (fees.written_off_on > now), fees.fee, 0)
        covered = fees.coverage_end - fees.coverage_start
        earned = left * np.clip(now - fees.coverage_start, 0, covered) / covered
        settled = (course.status[fees.which] == PREPAID) & (fees.written_off_on == NO_DATE)
        never = fees.collected_on == NO_DATE
        for place in range(3):
            of = (standing.due >= 0) & (bucket == place)
            set_off[place] += fees.by_guarantee(np.where(never & settled, left, 0))[of].sum()
            for which, asset in enumerate((left, earned)):
                owed, lost = fees.by_guarantee(asset)[of], fees.by_guarantee(np.where(never & ~settled, asset, 0))[of]
                rate = rates[which][contracts.segment[of], place]
                variance = (owed**2 * rate * (1 - rate)).sum()
                sums[which, :, place] += owed.sum(), lost.sum(), (owed * rate).sum(), variance
    for owed, lost, hoped, variance in sums:
        assert (np.abs(lost - hoped) < CELLS * variance**0.5).all(), (lost / owed, hoped / owed)
        assert (CELLS * variance**0.5 < 0.4 * hoped).all()
    assert set_off[0] > 0.5 * sums[0, 1, 0]
    assert sums[1, 1, 0] / sums[1, 0, 0] < 0.25 * sums[0, 1, 0] / sums[0, 0, 0]
