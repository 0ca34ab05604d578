"""Arrears that are waived with the cure of a default of the period: no revenue, but a loss (IFRS 9 5.4.1(b), B5.4.6, 5.5.8).

300,000.00 at 1 % a month, nothing paid from 15 April, in default from 14 July, 0.8 of it lost, cured on 15 September with
18,000.00 of arrears. Six months of interest of which what was received tells how much was waived, by rows as by payments.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_interest_capitalised import FEES, Modified, brought, gained, of_months, until
from tests.differences.test_revenue_by_cash import AT_THE_END, CLOSING, HALF, OPENING, measured
from tests.simulation.default_by_hand import Contract, Payment

SINCE, CURED, ARREARS = date(2023, 7, 14), date(2023, 9, 15), 1_800_000
NEW = replace(AT_THE_END, origination=date(2023, 1, 15))


def waived(contract: Contract, amount: int, paid: int = 15, arrears: int = ARREARS) -> Modified:
    """A loan of whose arrears so much is waived and the rest paid, with so many instalments before."""
    ends = [Payment(CURED, 0, arrears - amount)] if amount < arrears else []
    then = of_months(300_000, 10)
    return Modified(contract, [*until(contract, paid), *ends, *then], 0, day=CURED, since=SINCE, cured=CURED, waived=amount)


CASES = {
    "NONE": waived(AT_THE_END, 0),
    "HALF": waived(AT_THE_END, ARREARS // 2),
    "ALL": waived(AT_THE_END, ARREARS),
    "HALF-FEES": waived(FEES, ARREARS // 2),
    "NEW": waived(NEW, ARREARS, paid=2),
}
REPAID_EARLY = Modified(
    AT_THE_END,
    [*until(AT_THE_END, 14), Payment(date(2023, 3, 15), 10_000_000, 300_000), *of_months(200_000, 10)],
    0,
    day=CURED,
    since=SINCE,
    cured=CURED,
    waived=1_200_000,
)
"""A third repaid in March, on a day that no row tells, and all of its arrears waived."""


def closed(folder: Path, *between: date, cases: dict[str, Modified] = CASES, by: str = "payments") -> list[Run]:
    """The runs of the parts of the year, without value-added tax, ``by`` payments, their principal or rows alone."""
    paid = [(name, one.day, int(one.principal), int(one.interest), one.fees) for name, of in cases.items() for one in of.paid]
    instants = sorted({OPENING, *between, CLOSING})
    rows = {day: [row for name, one in cases.items() if (row := one.row(name, day)) is not None] for day in instants}
    plans = write_loans(folder, rows, None if by == "rows" else sorted(paid, key=lambda one: one[1]))
    for (first, last), plan in zip(pairwise(instants), plans, strict=True):
        untaxed = re.sub(r"(?m)^rate = .*$", "rate = 0.0", plan.read_text(encoding="utf-8"), count=1)
        plan.write_text(untaxed, encoding="utf-8")
        if by == "principal":
            of_principal = [one for one in paid if first < one[1] <= last and one[2]]
            lines = ["contract_id,date,principal_minor", *(f"{name},{day},{amount}" for name, day, amount, *_ in of_principal)]
            (plan.parent / f"tapes/loan-payments-{last}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    rewrite_curves(plans[0].parent / "curves", {"loss-given-default": share})
    return [close(plan) for plan in plans]


def test_revenue_by_hand() -> None:
    """19,351.61 to 14 July; 1 % of a fifth of 311,900.00, of 314,900.00 and, for a day of thirty, of 317,900.00; 10,548.39
    from 15 September on: 31,174.80 whatever is waived."""
    assert {CASES[name].earned for name in ("NONE", "HALF", "ALL")} == {3_117_480}


@pytest.mark.parametrize("between", [(), (HALF,)], ids=["year", "halves"])
@pytest.mark.parametrize("by", ["payments", "principal", "rows"])
def test_what_is_waived_is_no_revenue(by: str, between: tuple[date, ...], tmp_path: Path) -> None:
    """By rows alone, or payments of principal alone, all 18,000.00 waived left revenue of 13,174.80."""
    runs = closed(tmp_path / "lender", *between, by=by)
    found = [brought(run, "ifrs", "financing_income") for run in runs]
    off = {name: sum(part[name] for part in found) - one.earned for name, one in CASES.items()}
    assert all(abs(amount) <= 2 for amount in off.values()), off
    for run in runs:
        assert reperform(run.folder, sample=None).differences == ()
    if not between:
        profit, gain = brought(runs[0], "ifrs", "financing_income", "provision_for_loans"), gained(runs[0], "ifrs")
        for name, one in CASES.items():
            cash = sum(int(each.principal + each.interest) for each in one.paid if each.day > OPENING)
            lent = one.contract.principal if one.contract.origination > OPENING else 0
            assert profit[name] == gain[name] + cash - lent, name


def test_what_lacks_beside_principal_repaid_ahead_is_in_doubt(tmp_path: Path) -> None:
    """By rows alone no day tells when a third was repaid: less interest may have come, or some may be waived. All that lacks is
    in the bound."""
    (run,) = closed(tmp_path / "lender", cases={"EARLY": REPAID_EARLY}, by="rows")
    off = brought(run, "ifrs", "financing_income")["EARLY"] - REPAID_EARLY.earned
    assert 0 < abs(off) <= measured(run, "interest_on_allowance_apart")["EARLY"]
    assert reperform(run.folder, sample=None).differences == ()
