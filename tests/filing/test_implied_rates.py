"""The rate of tax that each column implies: reported of every one, challenged where nothing explains it (R6)."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.verification import Verification, verify
from tests.published import published

IMPLIED = "implied: tax is not what the effect before tax bears"

COLUMNS = [{"id": "lease", "note": "v", "label": "Leases, net of tax"}]


def _row(id: str, us: int, adj: int, of: list[tuple[int, str]] | None = None, **more: Any) -> dict[str, Any]:
    row = {"id": id, "label": id, "section": more.pop("section", ""), "role": "total" if of else "line", "us_gaap": us}
    return row | {"adj": {"lease": adj}, "ifrs": us + adj} | ({"of": of} if of else {}) | more


def _income(pretax: int, tax: int, us: tuple[int, int] = (6_000, -1_500)) -> dict[str, Any]:
    rows = [_row("pbt", us[0], pretax), _row("tax", us[1], tax), _row("ni", sum(us), pretax + tax, [(1, "pbt"), (1, "tax")])]
    return {"id": "is-2023", "kind": "income statement", "period": "2022-12-31/2023-12-31", "rows": rows}


def _sheet(pretax: int, tax: int) -> dict[str, Any]:
    """A lease asset with the deferred tax asset on it, and equity."""
    rows = [
        _row("rou", 10_000, pretax, section="assets"), _row("dta", 0, tax, section="assets"),
        _row("ta", 10_000, pretax + tax, [(1, "rou"), (1, "dta")], section="assets"),
        _row("dtl", 0, 0, section="liabilities"), _row("tl", 0, 0, [(1, "dtl")], section="liabilities"),
        _row("eq", 10_000, pretax + tax, section="equity"),
    ]  # fmt: skip
    return {"id": "bs-2023", "kind": "balance sheet", "as_of": "2023-12-31", "rows": rows}


def _verified(folder: Path, *statements: dict[str, Any], label: str = "Leases, net of tax", **options: Any) -> Verification:
    columns = [{**COLUMNS[0], "label": label}]
    stated = {"id": "x", "issuer": "X", "currency": "CNY", "unit": "one", "columns": columns, "statements": list(statements)}
    (folder / "x.json").write_text(json.dumps(stated), encoding="utf-8")
    return verify(folder / "x.json", **options)


def _challenged(found: Verification) -> list[tuple[str, int]]:
    return [(one.where, one.difference) for one in found.findings if one.name == IMPLIED]


def test_a_loss_of_22_does_not_bear_1_100_of_tax_nor_4_423_none(tmp_path: Path) -> None:
    found = _verified(tmp_path, _sheet(-4_423, 0), _income(-22, -1_100), statutory_rate="0.25")
    assert _challenged(found) == [("bs-2023/dta/lease", -1_106), ("is-2023/tax/lease", -1_100)]
    assert "-5,000.00 %" in found.findings[-1].why and found.exit_code == 1
    assert "bs-2023/lease: 0.00 %, 0 on -4,423 before tax" in found.as_text()
    rates = found.as_dict()["implied_rates"]
    assert rates[1] == {  # type: ignore[index]
        "statement": "is-2023", "column": "lease", "pre_tax": -22, "tax": -1_100, "rate": -50.0, "why": "",
    }  # fmt: skip


def test_what_25_per_cent_explains_is_reported_and_no_finding(tmp_path: Path) -> None:
    found = _verified(tmp_path, _sheet(-4_423, 1_106), _income(-22, 6), statutory_rate="0.25")
    assert found.findings == ()
    assert [one.rate for one in found.implied_rates] == [Fraction(1_106, 4_423), Fraction(6, 22)]


@pytest.mark.parametrize(("tax", "off"), [(-250, 0), (-251, 0), (-252, -2), (-249, 0), (-200, 50), (250, 250), (0, 250)])
def test_a_rate_is_off_by_more_than_rounding_explains(tmp_path: Path, tax: int, off: int) -> None:
    """A gain of 1,000 at 25 % bears 250, and as each figure lies less than a unit from its exact amount, 249 to 251."""
    found = _verified(tmp_path, _income(1_000, tax), statutory_rate="0.25")
    assert _challenged(found) == ([("is-2023/tax/lease", off)] if off else [])


def test_nil_tax_on_what_is_too_small_to_bear_any_is_explained(tmp_path: Path) -> None:
    assert _challenged(_verified(tmp_path, _income(-5, 0), statutory_rate="0.25")) == []
    assert _challenged(_verified(tmp_path, _income(-9, 0), statutory_rate="0.25")) == [("is-2023/tax/lease", -2)]


def test_no_tax_and_the_wrong_sign_are_challenged_without_a_rate(tmp_path: Path) -> None:
    assert _challenged(_verified(tmp_path, _sheet(-4_423, 0))) == [("bs-2023/dta/lease", -398)]
    assert _challenged(_verified(tmp_path, _income(-1_000, -300))) == [("is-2023/tax/lease", -300)]


@pytest.mark.parametrize(("tax", "off"), [(300, 300), (-300, -300), (1, 0), (0, 0)])
def test_tax_on_nothing_before_it_is_challenged(tmp_path: Path, tax: int, off: int) -> None:
    """A benefit of 300 beside income of nil; of 1 it may be the tax of an amount that rounds to nil."""
    found = _verified(tmp_path, _income(0, tax), statutory_rate="0.25")
    assert _challenged(found) == ([("is-2023/tax/lease", off)] if off else [])
    assert len(found.implied_rates) == (1 if tax else 0)
    if off > 0:
        assert found.findings[0].why.startswith("tax of 300 stands where there is nothing before tax; the column bears")
        assert "is-2023/lease: no rate, 300 on 0 before tax" in found.as_text()
        assert found.implied_rates[0].as_dict()["rate"] is None


def test_deferred_tax_on_nothing_has_one_finding_with_a_rate_and_without(tmp_path: Path) -> None:
    """An asset of 500 that is all of the effect on equity: with a rate, R6 finds it above nothing times that."""
    assert _challenged(_verified(tmp_path, _sheet(0, 500))) == [("bs-2023/dta/lease", 500)]
    (found,) = _verified(tmp_path, _sheet(0, 500), statutory_rate="0.25").findings
    assert (found.where, found.difference, found.name.partition(":")[0]) == ("bs-2023/dta/lease", 500, "rate")


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("Change in the rate of income tax", True), ("Valuation allowance", True), ("IAS 12", True), ("Latente Steuern", True),
        ("Leases, net of tax", False), ("Leases and deferred tax", False), ("Pre-tax effects", False), ("Leases", False),
    ],
)  # fmt: skip
def test_a_column_of_tax_itself_may_have_nothing_before_it(tmp_path: Path, label: str, told: bool) -> None:
    found = _verified(tmp_path, _income(0, 300), label=label, statutory_rate="0.25")
    assert found.implied_rates[0].told == ("its caption is of tax itself" if told else "")
    assert bool(_challenged(found)) is not told


def test_an_entity_s_own_rate_below_the_statutory_one_is_told(tmp_path: Path) -> None:
    """US GAAP income of 6,000 bears 900, 15 %: a column at 18 % lies between that and the 25 % given."""
    found = _verified(tmp_path, _income(1_000, -180, us=(6_000, -900)), statutory_rate="0.25")
    assert (_challenged(found), found.implied_rates[0].told) == ([], "not below the entity's own rate, 15.00 %")


@pytest.mark.parametrize(
    "label", ["Share-based compensation", "sbc", "Goodwill", "SPAC listing expense", "Leases (before tax)"]
)
def test_a_column_that_says_why_it_bears_no_tax_is_listed(tmp_path: Path, label: str) -> None:
    found = _verified(tmp_path, _income(1_000, 0), label=label, statutory_rate="0.25")
    assert _challenged(found) == []
    assert found.implied_rates[0].told.startswith("its caption")


def test_the_published_reconciliations_are_explained() -> None:
    """Qifu's columns bear 15.54 % in 2022, as its income under US GAAP does, and 14.67 to 15.19 % in 2023."""
    found = verify(published("qifu-2023"), statutory_rate="0.25")
    assert _challenged(found) == []
    income = {(one.statement, one.column): f"{float(one.rate):.2%}" for one in found.implied_rates if not one.on_sheet}
    assert income == {
        ("is-2022", "ecl"): "15.54%", ("is-2022", "eir"): "15.54%", ("is-2022", "sbc"): "0.00%", ("is-2022", "fg"): "15.54%",
        ("is-2023", "ecl"): "15.19%", ("is-2023", "eir"): "14.67%", ("is-2023", "sbc"): "0.00%", ("is-2023", "fg"): "15.19%",
    }  # fmt: skip
    assert _challenged(verify(published("hutchmed-2022h1"), statutory_rate="0.25")) == [], "its own rate is 2.10 %"


@pytest.mark.parametrize("label", ["Credit losses before tax", "Share-based compensation"])
@pytest.mark.parametrize(("tax", "challenged"), [(0, False), (40, False), (-100, True), (300, True)])
def test_a_caption_excuses_no_tax_and_less_but_neither_its_sign_nor_more(
    label: str, tax: int, challenged: bool, tmp_path: Path
) -> None:
    found = _verified(tmp_path, _income(-400, tax), label=label, statutory_rate="0.25")
    assert bool(_challenged(found)) is challenged


def test_an_entity_s_own_rate_above_the_statutory_one_is_told(tmp_path: Path) -> None:
    """A lender in the United States bears 21 % and the tax of its state: 25 % of its income, and of a column."""
    found = _verified(tmp_path, _income(-400, 100), statutory_rate="0.21")
    assert (_challenged(found), found.implied_rates[0].told) == ([], "not above the entity's own rate, 25.00 %")
