"""The allowance of a loan in default: its amount, with what is deferred, above what is recovered (IFRS 9 B5.5.33; 326-20-30-5).

Of 360,000.00 in 36 parts 300,000.00 is owed, nothing has been paid since the default of 13 October 2022, 0.8 of what is owed is
lost, and no value-added tax is in any of it. What is recovered is 0.2 of the claim, whatever fees or costs are still deferred:
of principal alone under US GAAP, where no interest is accrued, and of principal and interest under IFRS.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.test_revenue_by_cash import (
    AT_THE_END,
    CASES,
    CLOSING,
    DEFAULT,
    HALF,
    OPENING,
    OVER,
    PARTS,
    Case,
    case,
    closed,
)
from tests.simulation.by_hand import months_later
from tests.simulation.default_by_hand import Contract

FEES_TENTH = {"fees": 3_600_000, "service_fee": 0}
INTEREST_FREE = replace(PARTS, annual_rate="0", kind="interest_free_instalments", service_fee=180_000)
UNPAID = {
    "PLAIN": case(PARTS),
    **{name: CASES[name] for name in ("FEES-TENTH", "FEES", "COSTS", "SERVICE-FEE")},
    "INTEREST-FREE": case(INTEREST_FREE),
}
BEFORE = date(2021, 11, 30)
FEN = replace(PARTS, principal=1, annual_rate="0", origination=date(2021, 11, 15), kind="bullet")
"""A tape needs a row: of a fen the allowance is nil."""


def untaxed(plan: str) -> str:
    text, changed = re.subn(r"(?m)^rate = 0\.06$", "rate = 0", plan)
    assert changed == 1
    return text


def rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def rows_of(run: Run) -> dict[str, dict[str, int]]:
    """What is measured of each loan."""
    return {row["contract_id"]: row for row in run.measurements("loans").collect().iter_rows(named=True)}


def net(row: dict[str, int], side: str) -> int:
    """What is carried of a loan by the columns of a side, as ``us`` or ``opening_us``."""
    gross = row["opening_principal" if side.startswith("opening") else "closing_principal"]
    gross += sum(row[f"{side}_{name}"] for name in ("deferred_fees", "deferred_costs", "accrued_interest"))
    return gross - row[f"{side}_loss_allowance"]


def printed(run: Run, kind: str, framework: str, *rows: str) -> list[int]:
    """Minor units of rows of the closing's statement of a kind; nil of what is not printed."""
    (found,) = (one for one in run.exact.statements if one.id == getattr(run.manifest.statements, kind))
    return [sum(getattr(one, framework) for one in found.rows if one.id == row) for row in rows]


def exact(contract: Contract, framework: str, day: date) -> Decimal:
    """What is deferred of a minor unit of principal, by the contract alone; under US GAAP of one that accrues."""
    return (contract if framework == "ifrs" else replace(contract, prepaid=("0",))).deferral(day)


def revised(contract: Contract, day: date) -> Decimal:
    """The same under IFRS where from now on a tenth is prepaid a month, at the rate that it has."""
    number, running = contract.due_by(day), contract.running(day)
    worth = replace(contract, prepaid=("0.1",)).worth(contract.rate, number) * (1 + contract.rate) ** running
    return worth / contract.balances[number] - (1 + contract.monthly) ** running


def deferred(contract: Contract, framework: str, day: date) -> int:
    """Of 300,000.00, by the contract alone: amortised to the day under IFRS, under US GAAP to that of default."""
    if framework == "ifrs":
        return rounded(30_000_000 * contract.deferral(day))
    return rounded(30_000_000 * replace(contract, prepaid=("0",)).deferral(DEFAULT))


@pytest.fixture(scope="module")
def unpaid(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, int]]:
    (run,) = closed(tmp_path_factory.mktemp("unpaid") / "lender", cases=UNPAID)
    return rows_of(run)


@pytest.mark.parametrize(("prefix", "day"), [("opening_", OPENING), ("", CLOSING)])
@pytest.mark.parametrize("framework", ["us", "ifrs"])
def test_the_allowance_is_what_is_lost_with_what_is_deferred(
    unpaid: dict[str, dict[str, int]], framework: str, prefix: str, day: date
) -> None:
    expected = {}
    for name, one in UNPAID.items():
        claim = 30_000_000 + (one.told.interest(day) if framework == "ifrs" else 0)
        expected[name] = rounded(Decimal("0.8") * claim) + deferred(one.told.contract, framework, day)
    assert {name: row[f"{prefix}{framework}_loss_allowance"] for name, row in unpaid.items()} == expected


@pytest.mark.parametrize(
    ("side", "carried"),
    [("opening_us", 6_000_000), ("us", 6_000_000), ("opening_ifrs", 6_390_968), ("ifrs", 7_110_968)],
)
def test_what_is_carried_is_what_is_recovered(unpaid: dict[str, dict[str, int]], side: str, carried: int) -> None:
    """Six months and 16 of 31 days of 3,000.00 are owed on 31 December 2022, and a year later eighteen: 63,909.68 and
    71,109.68 of each loan, with a tenth of fees or none. Without interest 60,000.00, and that stands still."""
    expected = {name: 6_000_000 if name == "INTEREST-FREE" else carried for name in UNPAID}
    assert {name: net(row, side) for name, row in unpaid.items()} == expected


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("tax", [untaxed, str])
@pytest.mark.parametrize(("fees", "rises", "revenue"), [({}, 1_751_310, 631_907), (FEES_TENTH, 959_985, 468_198)])
def test_a_claim_that_stands_still_is_neither_profit_nor_loss(
    tmp_path: Path, fees: dict[str, int], rises: int, revenue: int, tax: Callable[[str], str]
) -> None:
    """Without interest. A service fee of 1,800.00 a month is not paid: what is deferred rises by 17,513.10, and so does the
    allowance. Revenue, 0.8776 % a month of 60,000.00, comes out of the provision. A tenth of fees alike: 9,599.85 of them are
    amortised, and 0.6503 % a month is 4,681.98. Value-added tax of 6 % in the fees is owed under neither framework or both."""
    one = case(replace(INTEREST_FREE, **fees))
    (run,) = closed(tmp_path / "lender", cases={"STILL": one}, plan=tax)
    row = rows_of(run)["STILL"]
    for component in ("deferred_fees", "loss_allowance"):
        assert row[f"ifrs_{component}"] - row[f"opening_ifrs_{component}"] == rises
    assert [row["opening_vat_deferred_fees"], row["closing_vat_deferred_fees"]] == [0, 0]
    assert printed(run, "income", "ifrs", "fi", "p_loans", "pbt") == [revenue, revenue, 0]
    assert printed(run, "income", "us_gaap", "fi", "p_loans", "pbt") == [0, 0, 0]
    assert printed(run, "closing", "ifrs", "loans_c") == printed(run, "closing", "us_gaap", "loans_c") == [6_000_000]


def test_tax_is_in_the_fees_that_no_allowance_has_taken(tmp_path: Path) -> None:
    """Fees of 36,000.00 and costs of 9,000.00, 0.02 lost. Under IFRS 6,000.00 and more, less than is deferred: as much of fees
    as of costs is taken in proportion, and 6/106 of the rest of the fees is tax; under US GAAP alike."""
    contract = replace(PARTS, fees=3_600_000, costs=900_000)
    told = replace(case(contract).told, lost=lambda first, month: Decimal("0.02"))
    (run,) = closed(tmp_path / "lender", cases={"BOTH": replace(case(contract), told=told)}, lost=0.02)
    row, left = rows_of(run)["BOTH"], []
    for framework, day in (("us", DEFAULT), ("ifrs", CLOSING)):
        kept = deferred(contract, framework, CLOSING)
        claim = 30_000_000 + (told.interest(CLOSING) if framework == "ifrs" else 0)
        taken, fees = -rounded(Decimal("0.02") * claim), row[f"{framework}_deferred_fees"]
        assert kept < taken < 0 and fees == kept - rounded(30_000_000 * exact(contract, framework, day) / -3)
        left.append(fees - rounded(Decimal(fees * taken) / kept))
    assert row["closing_vat_deferred_fees"] == rounded(Decimal(left[1] - left[0]) * 6 / 106) != 0


@pytest.mark.parametrize("method", ["pd_lgd", "dcf"])
def test_a_discount_still_accreted_offsets_no_loss(tmp_path: Path, method: str) -> None:
    """In default by its date, and all instalments paid: 300,000.00 due at the end, of which 240,000.00 will be lost. On accrual
    fees are income to come, and under US GAAP the allowance is 240,000.00 at both ends; costs are amortised cost (326-20-30-5).
    Under IFRS, and by discounted cash flows (30-4), fees are in it as costs are."""
    owed = {"FEES": replace(AT_THE_END, fees=3_000_000), "COSTS": replace(AT_THE_END, costs=3_000_000)}
    cases = {name: case(one, paid=24) for name, one in owed.items()}
    (run,) = closed(
        tmp_path / "lender", cases=cases, plan=lambda text: text.replace('us_method = "pd_lgd"', f'us_method = "{method}"')
    )
    for name, row in rows_of(run).items():
        counted = [rounded(30_000_000 * exact(owed[name], "us", day)) for day in (OPENING, CLOSING)]
        if name == "FEES" and method == "pd_lgd":
            assert max(counted) < -1_000_000
            counted = [0, 0]
        assert [row["opening_us_loss_allowance"], row["us_loss_allowance"]] == [24_000_000 + one for one in counted]
        lost = rounded(Decimal("0.8") * (30_000_000 + cases[name].told.interest(CLOSING)))
        assert row["ifrs_loss_allowance"] == lost + deferred(owed[name], "ifrs", CLOSING)


def test_new_expectations_of_prepayment_are_no_revenue_of_a_loan_in_default(tmp_path: Path) -> None:
    """From 30 June on 0.1 is prepaid a month by who is current. Fewer fees stay deferred, 8,467.72 of a tenth, and the catch-up
    of 3,266.98 is in the allowance: revenue stays the rate on the net amount, 13,973.63. A loan that defaults in July is
    current then: its catch-up is revenue, and from its default on it is deferred by the new curve alone."""
    cases = {"BEFORE": CASES["FEES-TENTH"], "AFTER": case(replace(PARTS, fees=1_080_000), paid=15, since=date(2023, 7, 14))}
    (run,) = closed(tmp_path / "lender", cases=cases, revised=HALF)
    rows = rows_of(run)
    for name, one in cases.items():
        contract, told = one.told.contract, one.told
        begun, until = max(told.since, OPENING), told.until
        moved = told.principal(until) * (revised(contract, until) - contract.deferral(until))
        if begun > HALF:
            moved -= told.principal(begun) * (revised(contract, begun) - contract.deferral(begun))
        expected = told.taken(begun, until) + moved - told.revenue(begun, until)
        assert rows[name]["ifrs_interest_on_allowance"] == rounded(expected)
        assert rows[name]["ifrs_deferred_fees"] == rounded(told.principal(until) * revised(contract, until))
    assert rows["BEFORE"]["ifrs_deferred_fees"] == -846_772


def test_no_more_is_carried_than_the_amount_with_what_is_deferred(tmp_path_factory: pytest.TempPathFactory) -> None:
    """0.05 lost, a tenth of fees. On 31 December 2022 fees of 21,251.04 are deferred, and 15,977.42 of 319,548.39 would be
    lost: no allowance, and 298,297.35 is carried. A year later 11,734.70 are, and 17,777.42 of 355,548.39 lost: 6,042.72. Under
    US GAAP 22,275.39 stay deferred and 15,000.00 would be lost. Neither is a loan that lacks an allowance (R20)."""
    name = "FEES-TENTH"
    told = replace(CASES[name].told, lost=lambda first, month: Decimal("0.05"))
    (run,) = closed(tmp_path_factory.mktemp("floor") / "lender", cases={name: replace(CASES[name], told=told)}, lost=0.05)
    row, fees = (
        rows_of(run)[name],
        [deferred(told.contract, *at) for at in (("ifrs", OPENING), ("ifrs", CLOSING), ("us", CLOSING))],
    )
    assert fees == [-2_125_104, -1_173_470, -2_227_539]
    sides = ("opening_us", "us", "opening_ifrs", "ifrs")
    assert [row[f"{side}_loss_allowance"] for side in sides] == [0, 0, 0, 1_777_742 + fees[1]]
    assert [net(row, side) for side in sides] == [27_772_461, 27_772_461, 31_954_839 + fees[0], 35_554_839 - 1_777_742]
    assert row["ifrs_interest_on_allowance"] == told.not_revenue(OPENING, CLOSING)
    assert [one.name for one in run.listed.findings if one.check == "R20"] == []


@pytest.mark.parametrize(
    ("one", "beside"),
    [
        (case(AT_THE_END), "4325.34"),
        (case(OVER), "34368.52"),
        (case(AT_THE_END, paid=24, since=date(2022, 10, 15)), "0.00"),
    ],
)
def test_without_an_allowance_the_rate_is_on_interest_unpaid_too(tmp_path: Path, one: Case, beside: str) -> None:
    """Nothing lost of 300,000.00 at 1 % a month: the rate is on all that is owed as a month begins, with interest unpaid, of
    which the contract gives none (5.4.1(b)); nor does it give any past the last due date. Who pays each month what runs in it
    owes none as a month begins."""
    told = replace(one.told, lost=lambda first, month: Decimal(0))
    (run,) = closed(tmp_path / "lender", cases={"NONE-LOST": replace(one, told=told)}, lost=0.0)
    paid = sum(each.interest for each in told.paid if each.day > OPENING)
    taken, revenue = told.interest(CLOSING) - told.interest(OPENING) + paid, Decimal(0)
    for begins, ends in ((months_later(told.since, number), months_later(told.since, number + 1)) for number in range(2, 15)):
        days = (min(ends, CLOSING) - max(begins, OPENING)).days
        revenue += told.contract.monthly * (30_000_000 + told.interest(begins)) * days / (ends - begins).days
    row = rows_of(run)["NONE-LOST"]
    assert [row[f"{side}_loss_allowance"] for side in ("opening_ifrs", "ifrs")] == [0, 0]
    assert row["ifrs_interest_on_allowance"] == rounded(taken - revenue) == -rounded(100 * Decimal(beside))
    assert reperform(run.folder, sample=None).differences == ()


@pytest.fixture(scope="module", params=["LOST", "CURED"])
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Run]]:
    """A loan with fees from before it was made to the end of 2023, by two runs."""
    fen = case(FEN, paid=0, since=date.max, served=[(FEN.due(number), number) for number in range(1, FEN.term)])
    cases = {"FEN": fen, request.param: CASES[request.param]}
    return request.param, closed(tmp_path_factory.mktemp("life") / "lender", cases=cases, before=BEFORE, plan=untaxed)


@pytest.mark.parametrize(
    ("framework", "carried"), [("us_gaap", {"LOST": 0, "CURED": 11_839_246}), ("ifrs", {"LOST": 0, "CURED": 11_818_775})]
)
def test_profit_of_a_life_is_its_cash(life: tuple[str, list[Run]], framework: str, carried: dict[str, int]) -> None:
    """360,000.00 less 10,800.00 of fees paid out, 80,100.00 received before the default: 269,100.00 lost of the loan written
    off; the one that was cured pays 225,500.00 more, and the rest of its profit is what is carried of it. Under IFRS that has
    6.43 more than without the fees that defaults of the year ahead still find deferred, and under US GAAP 4.94: non-accrual has
    frozen them by then."""
    name, runs = life
    told = CASES[name].told
    cash = sum(one.principal + one.interest for one in told.paid) + told.contract.fees - told.contract.principal
    assert cash == {"LOST": -26_910_000, "CURED": -4_360_000}[name]
    left = sum(printed(runs[-1], "closing", framework, "loans_c", "loans_nc")) - FEN.principal
    assert left == carried[name]
    assert sum(printed(run, "income", framework, "pbt")[0] for run in runs) == cash + left
