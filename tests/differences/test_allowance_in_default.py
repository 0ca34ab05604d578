"""The allowance of a loan in default: its amount, with what is deferred, above what is recovered (IFRS 9 B5.5.33; 326-20-30-5).

Of 360,000.00 in 36 parts 300,000.00 is owed, nothing has been paid since the default of 13 October 2022, 0.8 of what is owed is
lost, and no value-added tax is in any of it. What is recovered is 0.2 of the claim, whatever fees or costs are still deferred:
of principal alone under US GAAP, where no interest is accrued, and of principal and interest under IFRS.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from gaapbridge.run import Run
from tests.differences.test_revenue_by_cash import CASES, CLOSING, DEFAULT, OPENING, PARTS, case, closed
from tests.simulation.default_by_hand import Contract

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


def test_a_claim_that_stands_still_is_neither_profit_nor_loss(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A loan without interest whose service fee of 1,800.00 a month is not paid: what is deferred rises by 17,513.10, and so
    does the allowance. Revenue, 0.8776 % a month of 60,000.00, comes out of the provision."""
    folder, name = tmp_path_factory.mktemp("still") / "lender", "INTEREST-FREE"
    (run,) = closed(folder, cases={name: UNPAID[name]}, plan=untaxed)
    row = rows_of(run)[name]
    for component in ("deferred_fees", "loss_allowance"):
        assert row[f"ifrs_{component}"] - row[f"opening_ifrs_{component}"] == 1_751_310
    assert printed(run, "income", "ifrs", "fi", "p_loans", "pbt") == [631_907, 631_907, 0]
    assert printed(run, "income", "us_gaap", "fi", "p_loans", "pbt") == [0, 0, 0]


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


@pytest.fixture(scope="module", params=["LOST", "CURED"])
def life(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Run]]:
    """A loan with fees from before it was made to the end of 2023, by two runs."""
    fen = case(FEN, paid=0, since=date.max, served=[(FEN.due(number), number) for number in range(1, FEN.term)])
    cases = {"FEN": fen, request.param: CASES[request.param]}
    return request.param, closed(tmp_path_factory.mktemp("life") / "lender", cases=cases, before=BEFORE, plan=untaxed)


@pytest.mark.parametrize(
    ("framework", "carried"), [("us_gaap", {"LOST": 0, "CURED": 11_838_753}), ("ifrs", {"LOST": 0, "CURED": 11_818_132})]
)
def test_profit_of_a_life_is_its_cash(life: tuple[str, list[Run]], framework: str, carried: dict[str, int]) -> None:
    """360,000.00 less 10,800.00 of fees paid out, 80,100.00 received before the default: 269,100.00 lost of the loan written
    off; the one that was cured pays 225,500.00 more, and the rest of its profit is what is carried of it."""
    name, runs = life
    told = CASES[name].told
    cash = sum(one.principal + one.interest for one in told.paid) + told.contract.fees - told.contract.principal
    assert cash == {"LOST": -26_910_000, "CURED": -4_360_000}[name]
    left = sum(printed(runs[-1], "closing", framework, "loans_c", "loans_nc")) - FEN.principal
    assert left == carried[name]
    assert sum(printed(run, "income", framework, "pbt")[0] for run in runs) == cash + left
