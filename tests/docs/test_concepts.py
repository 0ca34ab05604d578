"""Every figure of docs/concepts.md is computed again, by what a close runs."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from gaapbridge.book.roll_forward import RollForward
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.differences.financial_guarantee import ifrs as fees_ifrs
from gaapbridge.differences.financial_guarantee import us_gaap as fees_us
from gaapbridge.differences.financial_guarantee.treatment import Fees
from gaapbridge.differences.share_based_compensation import ifrs as awards_ifrs
from gaapbridge.differences.share_based_compensation import us_gaap as awards_us
from gaapbridge.measure.ledger import sum_by_key
from gaapbridge.measure.rounding import to_minor
from gaapbridge.notes import FOLDERS
from gaapbridge.period_close import close
from gaapbridge.plan.read import read_plan
from gaapbridge.run import Run
from gaapbridge.starter import Starter
from gaapbridge.terms.errors import UnusableInput
from tests.conformance.awards import STRAIGHT
from tests.conformance.chunks import IFRS, US, Carried, Exposed, allowances, carried, equal_parts, level, to_date
from tests.conformance.fees import Instalments, fees_of
from tests.conformance.guarantees import ADDITIVE
from tests.conformance.year_ends import equal_tranches, yearly
from tests.docs.pages import DOCS, Page, names_in, number

CONCEPTS = Page(DOCS / "concepts.md")

Columns = Sequence[Sequence[float]]


def whole(amounts: Sequence[float]) -> list[int]:
    return to_minor(np.array(amounts, dtype=np.float64)).tolist()


def shown(heading: str) -> list[list[int]]:
    """The figures of the table under a heading, row by row."""
    return [[int(number(cell) or 0) for cell in row.values()] for row in CONCEPTS.table(heading).rows]


def said_in(heading: str) -> str:
    """The text under a heading on one line."""
    return " ".join(CONCEPTS.section(heading).split())


def rolled(times: Sequence[int], measured: Columns, equity: Sequence[float]) -> list[list[int]]:
    """Rows of a worked example: time, what each framework measures, the effect on equity, and its movement."""
    effect = whole(equity)
    rows = zip(times, *map(whole, measured), effect, np.diff(effect, prepend=0).tolist(), strict=True)
    return [list(row) for row in rows]


def test_credit_losses() -> None:
    months = [0, 6, 12, 24]
    exposure = [24_000 - 1_000 * month for month in range(24)]
    instalments = Exposed(equal_parts(exposure), 0.01, [[0.01] * 24], [0.6], 1)
    us_gaap, ifrs = ([*allowances(instalments, side, months[:-1]), 0.0] for side in (US, IFRS))
    lower = np.array(whole(us_gaap)) - np.array(whole(ifrs))
    assert shown("(i) Expected credit losses") == rolled(months, [us_gaap, ifrs], lower.tolist())
    lifetime = allowances(instalments, IFRS, [12], watched=True)
    assert allowances(instalments, IFRS, [12]) == lifetime, "from month 12 on both look as far"


def loan(left_after: int) -> tuple[Carried, Carried]:
    """The loan of note (ii) under both frameworks, repaid after so many instalments."""
    return carried(level([1], 1_200_000, 0.01, 12), [1_224_000], [0.02] * 12, [left_after])


def test_effective_interest() -> None:
    both = loan(12)
    months = [4, 8, 12]
    measured = [[side.carrying[month] for month in months] for side in both]
    higher = np.array(whole(measured[1])) - np.array(whole(measured[0]))
    assert shown("(ii) Effective interest rate") == rolled(months, measured, higher.tolist())
    income = whole([side.interest.sum() for side in both])
    assert f"Interest of the whole life is {income[0]:,} under both" in said_in("(ii)")
    assert income[0] == income[1]


def test_a_loan_that_prepays_ends_with_the_same_income() -> None:
    us_gaap, ifrs = loan(6)
    assert (ifrs.carrying - us_gaap.carrying)[6:].tolist() == [0.0] * 7
    assert ifrs.interest.sum() == pytest.approx(us_gaap.interest.sum(), rel=1e-12)


def test_awards() -> None:
    award = yearly(equal_tranches(1_200, 4), 10.0)
    us_gaap, ifrs = (side.cumulative_cost(award, STRAIGHT) for side in (awards_us, awards_ifrs))
    rows = rolled([1, 2, 3, 4], [us_gaap.tolist(), ifrs.tolist()], (us_gaap - ifrs).tolist())
    assert shown("(iii) Share-based compensation") == rows


def guarantee() -> Fees:
    """The guarantee of note (iv) at inception and at the end of every month."""
    return fees_of(96, Instalments([10] * 12, to_date([30, 0, 0] * 4)))


def test_guarantees() -> None:
    fees, months = guarantee(), [0, 1, 3, 12]
    receivable, stand_ready = fees_us.fee_receivable(fees, ADDITIVE), fees_us.stand_ready(fees)
    earned, liability = fees_ifrs.fee_receivable(fees, ADDITIVE), fees_ifrs.contract_liability(fees, ADDITIVE)
    equity = (earned - receivable) - (liability - stand_ready)
    measured = [side[months].tolist() for side in (receivable, stand_ready, liability)]
    assert shown("(iv) Financial guarantee") == rolled(months, measured, equity[months].tolist())
    assert not earned.any()


@pytest.mark.parametrize("heading", ["(i)", "(ii)", "(iii)", "(iv)"])
def test_every_difference_ends_at_nil(heading: str) -> None:
    rows = shown(heading)
    assert rows[-1][-2] == 0
    assert sum(row[-1] for row in rows) == 0


@pytest.mark.parametrize("heading", ["(i)", "(ii)", "(iii)", "(iv)"])
def test_three_sentences_say_what_differs(heading: str) -> None:
    first = CONCEPTS.section(heading).split("\n\n")[1]
    assert len(re.findall(r"\.(?=\s|$)", first)) == 3


def test_rounding() -> None:
    rounded = {row["estimate"]: row for row in CONCEPTS.table("Rounded once").rows}
    (once,), (tenths,) = whole([1_234.46]), whole([12_344.6])
    (twice,) = whole([tenths / 10])
    assert rounded["1,234.46"]["as done here"] == f"{once:,}"
    assert rounded["1,234.46"]["done otherwise"] == f"rounded twice, to {tenths / 10:,.1f} first: {twice:,}"
    total, current = whole([5.0, 2.5])
    parts = rounded["5.0, half of it current"]
    assert parts["as done here"] == f"{total}, of which {current} current, so {total - current} beyond"
    assert parts["done otherwise"] == f"both halves rounded: {current} + {current} = {2 * current}"


def test_the_order_of_addition() -> None:
    row = CONCEPTS.table("Rounded once").rows[-1]
    losses = [0.1, 0.6, 5.8]
    each = whole(losses)
    for order in (each, each[::-1]):
        added = np.zeros((1, 1), np.int64)
        assert sum_by_key(np.zeros(3, np.int64), np.array([order]), added, 10, 10)
        assert row["as done here"] == f"{' + '.join(map(str, each))} = {added[0, 0]} in any order"
    sums = sorted({(losses[a] + losses[b]) + losses[c] for a, b, c in ((0, 1, 2), (0, 2, 1), (1, 2, 0))}, reverse=True)
    assert len(sums) == 2
    first, second = whole(sums)
    assert row["done otherwise"] == f"floats added first: {sums[0]} or {sums[1]} by their order, so {first} or {second}"


def test_lines_need_flows() -> None:
    fees = guarantee()
    ifrs, us_gaap = fees_ifrs.fee_revenue(fees, ADDITIVE)[-1], 96 - fees_us.stand_ready(fees)[-1]
    accretion = fees_us.fees_accreted(fees, ADDITIVE)[-1]
    said = f"revenue is {ifrs} under IFRS and {us_gaap} under US GAAP, and its accretion nil and {accretion}"
    assert said in said_in("Profit from movement")
    assert ifrs == us_gaap + accretion, "movement nil, profit nil"


def test_brought_forward() -> None:
    prior, measured, closing = 120, 110, 90
    rolled = RollForward(prior, (("opening_basis_difference", -10), ("remeasurement", -20)))
    assert rolled.closing_minor == closing
    assert (measured - prior, closing - measured) == (-10, -20)
    said = f"Brought forward {prior}, measured again {measured}, closing {closing}: -10 through equity, -20 through profit"
    assert said in said_in("Brought forward")


def test_functions_named_are_those_of_the_code() -> None:
    named = re.findall(r"`measure\.(\w+)\.(\w+)`", CONCEPTS.text)
    assert named
    for name in named:
        assert name[1] in names_in(DOCS.parent / f"src/gaapbridge/measure/{name[0]}.py")


def test_the_tie_outs_are_those_a_close_makes(folder: Path) -> None:
    checks = json.loads((folder / "checks.json").read_text(encoding="utf-8"))
    alone = {"R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R12", "R13", "R14"}
    listed = {row["rule"] for row in CONCEPTS.table("Tie-outs").rows}
    assert {check["check"] for check in checks} <= alone | listed
    assert listed <= {check["check"] for check in checks}


def test_a_gap_in_the_opening_is_no_profit(run: Run, starter: Starter, tmp_path: Path) -> None:
    """The starter's opening differences as amounts, one of them larger by 7: a path in equity, a finding, the same profit."""
    shutil.copytree(starter.folder, tmp_path / "lender", ignore=shutil.ignore_patterns("runs"))
    plan, amounts = tmp_path / "lender/plan.toml", ["note,account,segment,debit_minor,credit_minor"]
    with (run.folder / "journals.csv").open(encoding="utf-8", newline="") as stream:
        lines = [line for line in csv.DictReader(stream) if line["kind"] == "brought_forward" and line["account"] == "4002"]
    amounts += [f"share_based_compensation,4002,{j['segment']},0,{int(j['credit_minor']) + 7}" for j in lines]
    (tmp_path / "lender/brought_forward.csv").write_text("\n".join(amounts) + "\n", encoding="utf-8")
    text = plan.read_text(encoding="utf-8").replace('source = "opening_tape"', 'source = "amounts"')
    plan.write_text(text.replace('#file = "brought_forward.csv"', 'file = "brought_forward.csv"'), encoding="utf-8")
    again = close(plan)
    (gap,) = [f for f in again.listed.findings if f.name == "opening basis difference" and f.where == "sbc/opening"]
    assert gap.amount_minor == 7
    assert gap.why.startswith("amounts given: ") and "say which of them it is" in gap.remedy
    assert "compare the two runs" not in gap.remedy, "the opening is the lender's own figures: there is one run"
    assert profit(again, "sbc") == profit(run, "sbc") != 0


def profit(run: Run, column: str) -> int:
    """Income before tax of a column, in minor units."""
    statements = json.loads((run.folder / "exact.json").read_text(encoding="utf-8"))["statements"]
    rows = {row["id"]: row for one in statements if one["id"].startswith("is-") for row in one["rows"]}
    found: int = rows["pbt"]["adj"].get(column, 0)
    return found


def test_no_election_has_a_default(starter: Starter, tmp_path: Path) -> None:
    asked = FOLDERS["share_based_compensation"].elections.ELECTIONS[0]
    text = starter.plan.read_text(encoding="utf-8")
    plan = tmp_path / "plan.toml"
    plan.write_text(re.sub(rf"^{asked.name} = .*\n", "", text, flags=re.MULTILINE), encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        read_plan(plan, DECLARED)
    assert asked.question in str(refused.value)
    assert asked.paragraph in str(refused.value)
