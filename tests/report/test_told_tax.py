"""The proof of income tax, item by item, against the close's own proof, the statements and a rate that was changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gaapbridge.example.demo import Demonstration
from gaapbridge.period_close import close
from gaapbridge.report.told.statements import told_statements
from gaapbridge.report.told.tax import ROUNDING, ToldTax, beyond_rounding, told_tax
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.terms.money import nearest_unit
from tests.miniature import first_year, second_year


@pytest.fixture(scope="module")
def run(done: Demonstration) -> Run:
    """The later year of a small example lender."""
    return done.run


@pytest.fixture(scope="module")
def told(run: Run) -> ToldTax:
    return told_tax(run)


def test_deferred_tax_is_the_rate_of_the_difference(run: Run, told: ToldTax) -> None:
    """As the close's own proof has it (R6, rate), which measures the difference from the contracts."""
    proved = {one.column: one.expected for one in run.listed.checks if one.id.endswith("/rate") and one.check == "R6"}
    assert len(proved) == 3
    assert {note.id: note.closing.at_rate for note in told.notes if note.id in proved} == proved
    for note in told.notes:
        for one in (note.opening, note.closing):
            assert one is not None and (one.allowance, one.other) == (0, 0)
            assert one.at_rate == pytest.approx(-one.before_tax * (0 if note.id == "sbc" else 0.25), abs=0.5)


def test_items_lead_from_income_before_tax_to_the_tax_of_the_statement(run: Run, told: ToldTax) -> None:
    income = next(one for one in run.exact.statements if one.id == "is-2023")
    before, tax = (next(row for row in income.rows if row.id == name) for name in ("pbt", "tax"))
    assert [one.id for one in told.columns] == ["us_gaap", "ecl", "eir", "sbc", "fg", "ifrs"]
    for one in told.columns:
        assert (one.before_tax, one.tax) == (before.amount(one.id), tax.amount(one.id))
    by_id = {one.id: one for one in told.columns}
    permanent = by_id["sbc"]
    assert permanent.own_rate == -permanent.at_rate != 0, "share-based compensation bears no tax"
    assert by_id["ifrs"].own_rate == permanent.own_rate
    assert all(abs(by_id[name].other) <= 1 for name in ("ecl", "eir", "fg")), "rounding alone"


def test_what_no_difference_of_a_note_bears_is_beyond_rounding(told: ToldTax) -> None:
    """Ten minor units more of tax on the statement, or ten fewer of deferred tax at the closing, are seen."""
    by_id = {one.id: one for one in told.columns}
    for note in told.notes:
        column = by_id[note.id]
        assert abs(beyond_rounding(note, column)) <= 1 < ROUNDING
        more = replace(column, other=column.other + 2 * ROUNDING)
        assert abs(beyond_rounding(note, more)) > ROUNDING
        less = replace(note, closing=replace(note.closing, other=note.closing.other - 2 * ROUNDING))
        assert abs(beyond_rounding(less, column)) > ROUNDING


def test_a_change_of_rate_is_an_item(tmp_path: Path) -> None:
    """25 % becomes 20 % in the second year: what stood at the opening is taxed anew, five points of it."""
    lender = write_starter(tmp_path / "lender")
    text = lender.plan.read_text(encoding="utf-8")
    plans = lender.folder / "first.toml", lender.folder / "second.toml"
    plans[0].write_text(first_year(text), encoding="utf-8")
    close(plans[0])
    rates = second_year(text).split("\n")
    place = next(number for number, line in enumerate(rates) if line == "[tax.expected_credit_loss]")
    at = next(number for number in range(place, len(rates)) if rates[number].startswith("rates = "))
    rates[at] = rates[at][:-1] + ", { enacted = 2023-06-30, from = 2023-07-01, rate = 0.2 }]"
    plans[1].write_text("\n".join(rates), encoding="utf-8")
    run = close(plans[1])
    told = told_tax(run)
    note, column = next(one for one in told.notes if one.id == "ecl"), next(one for one in told.columns if one.id == "ecl")
    assert note.opening is not None and (float(note.opening.rate or 0), float(note.closing.rate or 0)) == (0.25, 0.2)
    assert note.opening.before_tax != 0
    assert column.rate_change == pytest.approx(note.opening.before_tax * 0.05, abs=1)
    assert abs(column.other) <= 1 and column.own_rate == pytest.approx(column.before_tax * 0.05, abs=1)
    assert abs(beyond_rounding(note, column)) <= 1
    proof = next(one for one in run.listed.checks if one.id == "R6/is-2023/ecl/proof")
    assert column.tax == proof.actual
    printed, unit = dict(run.notes_said.notes["ecl"].tax), told_statements(run).unit_minor
    assert printed["Change of rate, on the opening difference"] == nearest_unit(column.rate_change, unit)
    assert printed["Income tax at 20 %"] == nearest_unit(column.at_rate + column.own_rate, unit)
