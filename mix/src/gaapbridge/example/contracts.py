"""The contracts the example lender signs or arranges, and the schedule of each, as columns.

Contracts are numbered in the order of origination, so a tape sorted by contract id is sorted by age.
Principals are drawn to the fen (draw-downs of a credit line): round amounts would put many interest amounts
exactly on half a fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gaapbridge.example.calendar import Days, anchor_of, day_number, month_of, months_later, on_day
from gaapbridge.example.market import (
    BANDS,
    GUARANTEED_LOANS,
    ITS_BAND,
    LONGEST_TERM,
    ONE_BAND_FUNDER,
    OWN_LOANS,
    RATING_SHARES,
    RATINGS,
    Market,
)
from gaapbridge.example.tapes import REPAYMENT_TYPES

FIRST_DAY, LAST_DAY = date(2021, 1, 1), date(2023, 12, 31)
MONTHS_PER_YEAR = 12

LEVEL, EQUAL_PRINCIPAL, BULLET, INTEREST_FREE = range(len(REPAYMENT_TYPES))

_BILLING_DAY = 20
_SHORTEST_FIRST_PERIOD_DAYS = 15
_SMALLEST_PRINCIPAL = 300_000

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Product:
    """What is on offer: the mix that contracts are drawn from.

    ``terms`` months with their shares; ``kind_shares`` in the order of ``REPAYMENT_TYPES``; yearly rates from
    ``lowest_rate`` over ``rate_spread`` by risk band; ``growth`` is the daily volume on the last day as a
    multiple of that on the first; ``largest_principal`` in fen. ``sources`` are the shares of the channels, or of
    the funders. ``charged``: the borrower pays fees to the lender, and the lender costs of origination.
    """

    market: Market
    sources: tuple[float, ...]
    terms: tuple[int, ...]
    term_shares: tuple[float, ...]
    kind_shares: tuple[float, float, float, float]
    lowest_rate: tuple[float, float, float, float]
    rate_spread: tuple[float, float, float, float]
    largest_principal: int
    growth: float
    charged: bool


OWN_PRODUCT = Product(
    market=OWN_LOANS,
    sources=(0.65, 0.35),
    terms=(3, 6, 12, 24, 36),
    term_shares=(0.08, 0.17, 0.55, 0.15, 0.05),
    kind_shares=(0.78, 0.12, 0.05, 0.05),
    lowest_rate=(0.15, 0.19, 0.21, 0.225),
    rate_spread=(0.04, 0.03, 0.025, 0.015),
    largest_principal=6_000_000,
    growth=2.4,
    charged=True,
)
"""Loans of the lender's own."""

ARRANGED_PRODUCT = Product(
    market=GUARANTEED_LOANS,
    sources=(0.82, 0.13, 0.05),
    terms=(3, 6, 12, 24),
    term_shares=(0.24, 0.24, 0.30, 0.22),
    kind_shares=(0.84, 0.12, 0.04, 0.0),
    lowest_rate=(0.050, 0.053, 0.056, 0.059),
    rate_spread=(0.006, 0.006, 0.006, 0.006),
    largest_principal=11_000_000,
    growth=0.8,
    charged=False,
)
"""Loans of other funders: the rate is what the funder earns, the lender's fee comes on top of it."""


@dataclass(frozen=True)
class Contracts:
    """Terms of N contracts. Money in fen; dates as day numbers; ``segment``, ``kind`` and ``rating`` (at origination) as codes.

    ``level_instalment`` is the agreed instalment of level contracts; ``instalment_given`` says whether the
    tape states it (the first source gives it; without it the reader computes it). ``first_length`` is the
    first period in periods.
    """

    number: Whole
    segment: Whole
    rating: Whole
    origination: Days
    first_payment: Days
    principal: Whole
    annual_rate: Numbers
    term: Whole
    kind: Whole
    level_instalment: Whole
    instalment_given: NDArray[np.bool_]
    service_fee: Whole
    fees: Whole
    costs: Whole
    first_length: Numbers

    def due_date(self, which: NDArray[np.int64] | slice, instalment: Whole | int) -> Days:
        """Due date of an instalment (1 = the first); going on monthly after maturity; origination for 0."""
        first = self.first_payment[which]
        later = np.maximum(np.asarray(instalment) - 1, 0)
        due = on_day((month_of(first) + later).astype(np.int32), anchor_of(first))
        chosen: Days = np.where(np.asarray(instalment) > 0, due, self.origination[which]).astype(np.int32)
        return chosen


@dataclass(frozen=True)
class Schedule:
    """Contractual schedule of N contracts, rows 0..36 = after so many instalments.

    ``balance`` is the principal before rounding; ``principal`` and ``interest`` are cumulative whole fen, so
    that what is paid by any number of instalments is one subtraction, and everything paid is exactly
    principal plus interest.
    """

    balance: Numbers
    principal: Whole
    interest: Whole


def draw_contracts(random: np.random.Generator, product: Product, first: int, rows: int, contracts: int) -> Contracts:
    """Terms of contracts ``first`` to ``first + rows - 1`` out of ``contracts``, originated over three years."""
    origination = _originated(random, product.growth, first, rows, contracts)
    band = random.choice(len(BANDS), rows, p=[0.20, 0.33, 0.32, 0.15])
    source = random.choice(len(product.sources), rows, p=product.sources)
    band = np.where(source == ONE_BAND_FUNDER, ITS_BAND, band)
    term = random.choice(product.terms, rows, p=product.term_shares)
    kind = random.choice(len(REPAYMENT_TYPES), rows, p=product.kind_shares)
    too_long = ((kind == BULLET) & (term > 12)) | ((kind == INTEREST_FREE) & (term > 24))
    kind = np.where(too_long, LEVEL, kind)
    drawn = random.beta(1.6, 3.0, rows)
    principal = (_SMALLEST_PRINCIPAL + (product.largest_principal - _SMALLEST_PRINCIPAL) * drawn).astype(np.int64)
    lowest, spread = np.array(product.lowest_rate)[band], np.array(product.rate_spread)[band]
    rate = np.round(lowest + spread * random.random(rows), 4)
    rate = np.where(kind == INTEREST_FREE, 0.0, rate)
    first_payment = _first_payment(random, origination)
    origination = _on_a_due_day(origination, first_payment)
    free = np.zeros(rows, dtype=np.int64)
    charges = _charges(random, principal, term, kind, source) if product.charged else (free, free, free)
    return Contracts(
        number=first + np.arange(rows),
        segment=np.where(source == ONE_BAND_FUNDER, len(product.market.segments) - 1, source * len(BANDS) + band),
        rating=random.choice(len(RATINGS), rows, p=RATING_SHARES),
        origination=origination,
        first_payment=first_payment,
        principal=principal,
        annual_rate=rate,
        term=term,
        kind=kind,
        level_instalment=_level_instalment(principal, rate / MONTHS_PER_YEAR, term),
        instalment_given=(kind == LEVEL) & (source == 0),
        service_fee=charges[0],
        fees=charges[1],
        costs=charges[2],
        first_length=_first_length(origination, first_payment),
    )


def schedule_of(contracts: Contracts) -> Schedule:
    """Amortise every contract to exactly zero at its last instalment; after that the rows repeat the last."""
    rows = contracts.principal.size
    rate = contracts.annual_rate / MONTHS_PER_YEAR
    part = np.floor(contracts.principal / contracts.term + 0.5)
    balance = np.zeros((LONGEST_TERM + 1, rows))
    interest = np.zeros((LONGEST_TERM + 1, rows), dtype=np.int64)
    balance[0] = contracts.principal
    accrued_to_date = np.zeros(rows)
    level, bullet = contracts.kind == LEVEL, contracts.kind == BULLET
    for j in range(1, LONGEST_TERM + 1):
        before = balance[j - 1]
        due = before * rate * contracts.first_length if j == 1 else before * rate
        cash = np.where(level, np.minimum(contracts.level_instalment, before + due), np.minimum(part, before) + due)
        cash = np.where(bullet, due, cash)
        last = j >= contracts.term
        balance[j] = np.where(last | (cash == before + due), 0.0, before + due - cash)
        accrued_to_date = accrued_to_date + due
        paid_evenly = level & ~last & (balance[j] > 0.0)
        repaid = contracts.principal - np.floor(balance[j] + 0.5).astype(np.int64)
        by_interest = np.floor(accrued_to_date + 0.5).astype(np.int64)
        interest[j] = np.where(paid_evenly, j * contracts.level_instalment - repaid, by_interest)
    repaid_to_date = contracts.principal - np.floor(balance + 0.5).astype(np.int64)
    return Schedule(balance, repaid_to_date, interest)


def _originated(random: np.random.Generator, growth: float, first: int, rows: int, contracts: int) -> Days:
    """Origination days in order: the whole portfolio spread over three years of steadily changing volume."""
    start = day_number(FIRST_DAY)
    volume = np.cumsum(np.linspace(1.0, growth, day_number(LAST_DAY) - start + 1))
    place = (first + np.arange(rows) + random.random(rows)) / contracts * volume[-1]
    days: Days = (start + np.searchsorted(volume, place, side="right")).astype(np.int32)
    return np.minimum(days, np.int32(day_number(LAST_DAY)))


def _first_payment(random: np.random.Generator, origination: Days) -> Days:
    """A month after origination; for one contract in seven on a fixed billing day instead, an odd first
    period.
    """
    month, day = month_of(origination), anchor_of(origination)
    soon = day + _SHORTEST_FIRST_PERIOD_DAYS <= _BILLING_DAY
    billed = on_day((month + np.where(soon, 0, 1)).astype(np.int32), np.full(day.size, _BILLING_DAY, dtype=np.int32))
    regular = months_later(origination, 1)
    chosen: Days = np.where(random.random(day.size) < 1.0 / 7.0, billed, regular).astype(np.int32)
    return chosen


def _on_a_due_day(origination: Days, first_payment: Days) -> Days:
    """Paid out on a day that the next month has too: a loan paid out on 31 March and due on 30 April would be due at the end of
    every month, and this lender's are due on the day of the first instalment.
    """
    regular = first_payment == months_later(origination, 1)
    placed: Days = np.where(regular, months_later(first_payment, -1), origination).astype(np.int32)
    return placed


def _first_length(origination: Days, first_payment: Days) -> Numbers:
    regular_days = first_payment - months_later(first_payment, -1)
    odd = (first_payment - origination) / regular_days
    length: Numbers = np.where(first_payment == months_later(origination, 1), 1.0, odd)
    return length


def _charges(
    random: np.random.Generator, principal: Whole, term: Whole, kind: Whole, source: Whole
) -> tuple[Whole, Whole, Whole]:
    """Service fee per instalment, fees received and costs paid at origination.

    Where costs and charges would all but cancel, the fee is moved by one per cent: the split of a deferral of
    nearly nil into its two parts would be a quotient of two rounding remainders.
    """
    rows = principal.size
    with_service = (source == 1) & (random.random(rows) < 0.2)
    service_rate = np.where(kind == INTEREST_FREE, random.integers(50, 91, rows), random.integers(10, 31, rows))
    service_fee = np.where((kind == INTEREST_FREE) | with_service, principal * service_rate // 10_000, 0)
    costs = principal * random.integers(100, 301, rows) // 10_000
    fee_points = np.where(random.random(rows) < 0.7, random.integers(50, 301, rows), 0)
    fees = principal * fee_points // 10_000
    near = np.abs(costs - fees - service_fee * term) * 1_000 < 4 * principal
    moved = np.where(fee_points >= 150, -(principal // 100), principal // 100)
    return service_fee, fees + np.where(near, moved, 0), costs


def _level_instalment(principal: Whole, rate: Numbers, term: Whole) -> Whole:
    with np.errstate(divide="ignore", invalid="ignore"):
        payment = np.where(rate > 0.0, principal * rate / (1.0 - (1.0 + rate) ** -term), principal / term)
    rounded: Whole = np.floor(payment + 0.5).astype(np.int64)
    return rounded
