"""Two real closes compared: what changed, what moved, and which change moved it, to the last minor unit."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.changes.between import KeyChange
from gaapbridge.checking import check
from gaapbridge.comparison import Comparison, compare
from gaapbridge.comparison.steps import CODE, PRIOR, TODAYS_CODE
from gaapbridge.filings import layout_file
from gaapbridge.period_close.period import close
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import sha256_of
from tests.manifests import rewrite

TIMING = ('default_timing = "end"', 'default_timing = "middle"')
RATIO = ("value = 2.5", "value = 1.2")
WEIGHTS = ("base = 0.6, upside = 0.15, downside = 0.25", "downside = 1.0")
DISCOUNT = ("value = 0.03", "value = 0.09")
REVISED = (
    "base = 0.6, upside = 0.15, downside = 0.25 }",
    "base = 0.6, upside = 0.15, downside = 0.25 }, { valid_from = 2023-06-30, base = 0.5, upside = 0.1, downside = 0.4 }",
)
POLICY = ('ifrs_liability = "higher_of"', 'ifrs_liability = "additive"')
LOSS = "elections.expected_credit_loss."
IN_PLACE = "inputs changed in place"


def cells(run: Path) -> dict[str, int]:
    """Every exact adjustment of a run by address, read from its file."""
    exact = json.loads((run / "exact.json").read_text())
    names = [column["id"] for column in exact["columns"]]
    return {
        f"{statement['id']}/{row['id']}/{column}": row["adj"].get(column, 0)
        for statement in exact["statements"]
        for row in statement["rows"]
        for column in names
    }


def difference(old: Path, new: Path) -> dict[str, int]:
    """What moved between two runs, by their files."""
    before, after = cells(old), cells(new)
    return {address: after[address] - before[address] for address in before if after[address] != before[address]}


def adjustments(contributions: Mapping[str, int]) -> dict[str, int]:
    """Contributions to the columns of the notes."""
    return {address: amount for address, amount in contributions.items() if not address.endswith(("/us_gaap", "/ifrs"))}


def test_of_a_table_or_a_list_only_what_differs_is_told() -> None:
    key = ("tapes", "loans", "columns")
    columns = {"principal_minor": "UPB", "segment": "pool"}
    told = KeyChange(key, columns, columns | {"principal_minor": "orig_upb"})
    assert str(told) == (
        'tapes.loans.columns: { principal_minor = "UPB" } → { principal_minor = "orig_upb" }, all else in it alike'
    )
    assert str(KeyChange(key, ["a", "b"], ["b"])) == 'tapes.loans.columns: ["a"] out, all else in it alike'
    assert str(KeyChange(key, ["b"], ["a", "b"])) == 'tapes.loans.columns: ["a"] added, all else in it alike'
    assert str(KeyChange(key, ["a", "b"], ["b", "a"])) == 'tapes.loans.columns: ["a", "b"] → ["b", "a"]'
    assert str(KeyChange(key, None, columns)).startswith('tapes.loans.columns: not stated → { principal_minor = "UPB", ')


def added_up(comparison: Comparison) -> dict[str, int]:
    """The contributions of all steps together, nil ones left out."""
    assert comparison.attribution is not None
    total: dict[str, int] = {}
    for step in comparison.attribution.steps:
        for address, amount in adjustments(step.contributions).items():
            total[address] = total.get(address, 0) + amount
    return {address: amount for address, amount in total.items() if amount}


def names(comparison: Comparison) -> list[tuple[str, ...]]:
    """What each step is called."""
    assert comparison.attribution is not None
    return [step.changes for step in comparison.attribution.steps]


def test_one_change_takes_the_whole_difference_without_another_close(lender, monkeypatch) -> None:
    new = lender.close(2023, TIMING)
    monkeypatch.setattr("gaapbridge.comparison.closing_again.measure_and_reconcile", None)
    comparison = compare(lender.run(2023), new)
    assert [str(change) for change in comparison.changes.keys] == [LOSS + 'default_timing (technique): "end" → "middle"']
    assert names(comparison) == [(LOSS + "default_timing",)]
    assert added_up(comparison) == difference(lender.run(2023), new) != {}
    assert "All of it: elections.expected_credit_loss.default_timing" in comparison.as_text()
    assert comparison.exit_code == 0


@pytest.mark.campaign
def test_moved_cells_are_those_whose_amounts_differ(lender) -> None:
    new = lender.close(2023, TIMING)
    comparison = compare(lender.run(2023), new, attribute=False)
    moved = {cell.address: cell.difference_minor for cell in comparison.moved}
    assert {a: d for a, d in moved.items() if not a.endswith(("us_gaap", "ifrs")) and d} == difference(lender.run(2023), new)
    assert comparison.attribution is None and "Why" not in comparison.as_text()
    effects = {(effect.column, effect.on): effect.cell for effect in comparison.effects}
    assert effects["ecl", "net income"].difference_minor == moved["is-2023/ni/ecl"]
    assert effects["ecl", "equity"].address == "bs-2023/eq/ecl"


@pytest.mark.campaign
def test_three_changes_are_attributed_in_the_order_of_the_plan(lender) -> None:
    old, new = lender.run(2023), lender.close(2023, DISCOUNT, TIMING, RATIO)
    before = sorted(lender.runs.rglob("*"))
    comparison = compare(old, new)
    assert sorted(lender.runs.rglob("*")) == before
    assert names(comparison) == [(LOSS + "default_timing",), (LOSS + "sicr_pd_ratio",), (LOSS + "guarantee_discount_rate",)]
    assert added_up(comparison) == difference(old, new)
    first, second, third = (adjustments(step.contributions) for step in comparison.attribution.steps)
    assert first == difference(old, one := lender.close(2023, TIMING))
    assert second == difference(one, two := lender.close(2023, TIMING, RATIO))
    assert third == difference(two, new)
    assert comparison.attribution.checks and not comparison.attribution.failing and comparison.exit_code == 0


@pytest.mark.campaign
def test_an_input_changed_in_place_is_a_step_of_its_own_before_the_keys(lender) -> None:
    later_default(lender.folder / "tapes" / "loans-2023-12-31.parquet")
    on_new_tape, new = lender.close(2023), lender.close(2023, WEIGHTS)
    comparison = compare(lender.run(2023), new)
    assert [source.name for source in comparison.changes.in_place] == ["tapes.loans.closing"]
    assert names(comparison) == [(IN_PLACE,), (LOSS + "ifrs_scenarios",)]
    ground, weights = (adjustments(step.contributions) for step in comparison.attribution.steps)
    assert ground == difference(lender.run(2023), on_new_tape) != {}
    assert weights == difference(on_new_tape, new) != {}
    assert "tapes.loans.closing (tapes/loans-2023-12-31.parquet)" in comparison.attribution.ground.inputs
    assert "changed in place" in comparison.as_text()


@pytest.mark.campaign
def test_a_layout_of_ones_own_is_an_input_of_the_run(lender) -> None:
    """Shown otherwise in place, it is named as what changed."""
    mine = lender.folder / "mine.json"
    mine.write_text(layout_file("lender").read_text())
    plan = lender.plan(2023, ('layout = "lender"', 'layout = "mine.json"'))
    assert "statement.layout" not in check(plan).as_dict()["files"]
    old = close(plan).folder
    assert json.loads((old / "manifest.json").read_text())["sources"]["statement.layout"]["sha256"] == sha256_of(mine)
    mine.write_text(mine.read_text().replace('"Loans receivable, net"', '"Loans, net"'))
    comparison = compare(old, close(plan).folder)
    assert [source.name for source in comparison.changes.in_place] == ["statement.layout"]
    assert comparison.exit_code == 0


@pytest.mark.campaign
def test_contributions_that_do_not_add_up_are_told(lender) -> None:
    new = lender.close(2023, TIMING, WEIGHTS)
    later_default(lender.folder / "tapes" / "loans-2023-12-31.parquet")
    comparison = compare(lender.run(2023), new)
    failing = comparison.attribution.failing
    assert comparison.exit_code == 1 and failing
    left = {check.id.removeprefix("attribution/"): -check.difference for check in failing}
    ground = comparison.attribution.steps[0]
    assert ground.changes == (IN_PLACE,) and sum(left.values()) != 0
    assert comparison.attribution.changed_since.named == ("tapes.loans.closing (tapes/loans-2023-12-31.parquet)",)
    text = comparison.as_text()
    assert "Contributions do not add up" in text and "not attributed" in text


@pytest.mark.campaign
def test_other_code_is_a_step_even_where_it_moves_nothing(lender) -> None:
    new = lender.close(2023, TIMING)
    manifest = json.loads((lender.run(2023) / "manifest.json").read_text())
    rewrite(lender.run(2023), manifest | {"code_sha256": "0" * 64, "version": "0.0.9"})
    comparison = compare(lender.run(2023), new)
    assert names(comparison) == [(CODE,), (LOSS + "default_timing",)]
    assert comparison.attribution.steps[0].contributions == {} and comparison.attribution.ground.named == (CODE,)
    assert "  code     0.0.9 000000000000 → " in comparison.as_text()


@pytest.mark.campaign
def test_an_input_alone_is_not_called_code(lender) -> None:
    later_default(lender.folder / "tapes" / "loans-2023-12-31.parquet")
    comparison = compare(lender.run(2023), lender.close(2023))
    assert names(comparison) == [(IN_PLACE,)] and comparison.attribution.ground.code == ()
    assert "  All of it: inputs changed in place\n  Changed outside the plan: tapes.loans.closing (" in comparison.as_text()


@pytest.mark.campaign
def test_code_that_made_neither_run_is_not_called_a_change_between_them(lender) -> None:
    """Both runs are of another version than today's: the plan's change is told from what today's code gives otherwise."""
    runs = (lender.run(2023), lender.close(2023, TIMING, RATIO))
    for run in runs:
        manifest = json.loads((run / "manifest.json").read_text())
        rewrite(run, manifest | {"code_sha256": "0" * 64})
    comparison = compare(*runs)
    assert names(comparison)[0] == (TODAYS_CODE,)
    assert "  code  " not in comparison.as_text() and comparison.attribution.steps[0].contributions == {}


def test_what_only_prints_otherwise_is_counted_apart(lender) -> None:
    """Cells whose exact amount is the same stand in one line, not among those that moved."""
    comparison = compare(lender.run(2023), lender.run(2023))
    (cell, *others) = [one for one in comparison.cells if one.old_minor and one.column == "ecl"]
    rounded = replace(cell, new_printed=cell.old_printed + 1)
    text = replace(comparison, cells=(rounded, *others), effects=()).as_text()
    assert rounded.rounding_only and not cell.rounding_only
    assert not replace(rounded, new_minor=rounded.old_minor + 1).rounding_only
    assert f"By rounding only, 1 cell prints otherwise, with the same exact amount: {cell.address}." in text
    assert cell.label not in text


@pytest.mark.campaign
def test_the_prior_run_is_the_one_the_manifests_name(lender) -> None:
    """The plans say latest; a later close of 2022 must not move what was compared."""
    new = lender.close(2023, TIMING, DISCOUNT)
    lender.close(2022, WEIGHTS)
    comparison = compare(lender.run(2023), new)
    assert comparison.changes.prior_run is None and not comparison.attribution.failing
    assert added_up(comparison) == difference(lender.run(2023), new)


@pytest.mark.campaign
def test_another_prior_run_comes_before_the_keys(lender) -> None:
    lender.close(2022, WEIGHTS)
    on_new_prior, new = lender.close(2023), lender.close(2023, TIMING)
    comparison = compare(lender.run(2023), new)
    assert comparison.changes.prior_run == (lender.run(2022), lender.run(2022, 2))
    assert names(comparison) == [(PRIOR,), (LOSS + "default_timing",)]
    assert adjustments(comparison.attribution.steps[0].contributions) == difference(lender.run(2023), on_new_prior) != {}
    assert added_up(comparison) == difference(lender.run(2023), new)
    moved = {cell.address for cell in comparison.moved}
    assert "is-2022/ni/ecl" in moved, "the comparative, as the prior runs printed it"


@pytest.mark.campaign
def test_keys_that_need_each_other_are_one_step(lender) -> None:
    new = lender.close(2023, ('source = "prior_run"', 'source = "opening_tape"'), ('run = "latest"', ""), TIMING)
    comparison = compare(lender.run(2023), new)
    assert names(comparison) == [("opening.source", "opening.run"), (LOSS + "default_timing",)]
    (reason,) = comparison.attribution.steps[0].merged
    assert "run is needed" in reason
    assert "closed as one" in comparison.as_text()
    assert added_up(comparison) == difference(lender.run(2023), new)


@pytest.mark.campaign
def test_a_lender_that_moved_house_changed_nothing_else(lender) -> None:
    new = lender.close(2023, TIMING, RATIO)
    moved = lender.folder.with_name("moved")
    lender.folder.rename(moved)
    (moved / "runs" / "example-lender" / "2023-01-01_2023-12-31" / "v2").rename(moved.with_name("v2"))
    assert not new.exists()
    elsewhere = json.loads((moved.with_name("v2") / "manifest.json").read_text())
    folder = moved.with_name("v2")
    places = {"plan_folder": os.path.relpath(moved, folder), "prior_run": os.path.relpath(run_of(moved, 2022), folder)}
    rewrite(folder, elsewhere | places)
    comparison = compare(run_of(moved, 2023), folder)
    assert [change.key[-1] for change in comparison.changes.keys] == ["default_timing", "sicr_pd_ratio"]
    assert not comparison.changes.sources and not comparison.attribution.failing


@pytest.mark.campaign
def test_a_plan_that_can_no_longer_be_closed_is_not_split(lender) -> None:
    new = lender.close(2023, TIMING, WEIGHTS)
    (lender.folder / "tapes" / "awards.parquet").unlink()
    comparison = compare(lender.run(2023), new)
    assert names(comparison) == [(IN_PLACE, LOSS + "ifrs_scenarios", LOSS + "default_timing")]
    assert not comparison.attribution.closed_again and comparison.attribution.checks == ()
    assert added_up(comparison) == difference(lender.run(2023), new)
    assert "awards.parquet" in comparison.as_text()


def test_different_periods_are_compared_in_what_both_print(lender) -> None:
    comparison = compare(lender.run(2022), lender.run(2023))
    assert comparison.attribution is None
    assert {cell.statement for cell in comparison.cells} == {"bs-2022", "is-2022"}
    text = comparison.as_text()
    assert "different periods, 2021-12-31 to 2022-12-31 and 2022-12-31 to 2023-12-31" in text
    assert "Only the new run prints bs-2023, is-2023." in text and "No cell moved." in text
    comparative = next(cell for cell in comparison.cells if cell.address == "is-2022/ni/ecl")
    assert comparative.old_printed == comparative.new_printed and comparative.difference_minor is None


def test_a_run_against_itself_moves_nothing(lender) -> None:
    comparison = compare(lender.run(2023), lender.run(2023))
    assert comparison.moved == () and comparison.changes.number == 0 and comparison.exit_code == 0
    assert "nothing: plan, inputs, prior run, code and libraries are the same" in comparison.as_text()


@pytest.mark.campaign
def test_a_figure_that_moved_without_a_change_is_told(lender) -> None:
    """Exact amounts and the hash of them altered together: the manifest vouches for the file, and no change explains it."""
    new = lender.close(2023)
    exact = json.loads((new / "exact.json").read_text())
    row = next(row for row in exact["statements"][0]["rows"] if row["id"] == "re")
    row["adj"]["ecl"] += 7
    row["ifrs"] += 7
    (new / "exact.json").write_text(json.dumps(exact))
    with pytest.raises(UnusableInput, match="this one is changed"):
        compare(lender.run(2023), new)
    manifest = json.loads((new / "manifest.json").read_text())
    manifest["artefacts_sha256"]["exact.json"] = hashlib.sha256((new / "exact.json").read_bytes()).hexdigest()
    rewrite(new, manifest)
    comparison = compare(lender.run(2023), new)
    assert {check.id: check.difference for check in comparison.attribution.failing} == {
        "attribution/bs-2023/re/ecl": -7,
        "attribution/bs-2023/re/ifrs": -7,
    }
    assert comparison.exit_code == 1


@pytest.mark.parametrize("name", ["exact.json", "findings.json", "journals.csv"])
def test_nothing_is_compared_with_a_run_that_is_not_as_written(lender, name: str) -> None:
    """Whichever of the two it is, and whatever file it has lost."""
    old, new = lender.run(2022), lender.run(2023)
    (new / name).unlink()
    for runs in ((old, new), (new, old)):
        with pytest.raises(UnusableInput, match="this one is missing") as refused:
            compare(*runs)
        assert refused.value.file == str(new.resolve() / name)


def test_an_unknown_run_is_unusable(lender) -> None:
    with pytest.raises(UnusableInput, match=r"manifest\.json"):
        compare(lender.run(2023), lender.run(2023, 9))


@pytest.mark.campaign
def test_findings_appear_and_the_json_holds_every_cell(lender) -> None:
    new = lender.close(2023, POLICY)
    told = json.loads(json.dumps(compare(lender.run(2023), new).as_dict()))
    assert {finding["name"] for finding in told["findings"]["appeared"]} == {
        "opening basis difference",
        "guarantee liability above IFRS 9 4.2.1(c)",
    }
    back = json.loads(json.dumps(compare(new, lender.run(2023)).as_dict()))
    assert back["findings"]["went_away"] == told["findings"]["appeared"]
    assert len(told["cells"]) == 6 * sum(len(s["rows"]) for s in json.loads((new / "statement.json").read_text())["statements"])
    one = next(cell for cell in told["cells"] if cell["address"] == "is-2023/ni/fg")
    assert one["minor"]["difference"] == difference(lender.run(2023), new)["is-2023/ni/fg"]


@pytest.mark.campaign
@pytest.mark.parametrize("change", ["estimate", "technique"])
def test_what_changes_an_estimate_moves_profit_by_a_path_of_its_own(lender, change: str) -> None:
    """The opening stays as it was brought forward: equity moves by what net income moves."""
    replacement, declared = {"estimate": (REVISED, "estimate"), "technique": (TIMING, "technique")}[change]
    old, new = lender.run(2023), lender.close(2023, replacement)
    comparison = compare(old, new)
    (changed,) = comparison.changes.keys
    assert changed.nature == declared and f"({declared}): " in str(changed)
    assert {path.path for path in comparison.paths if path.difference_minor} == {"assumptions"}
    assert {path.column for path in comparison.paths if path.difference_minor} == {"ecl", "fg"}
    moved = difference(old, new)
    for column in ("ecl", "fg"):
        assert moved[f"bs-2023/re/{column}"] == moved[f"is-2023/ni/{column}"] != 0
    ecl = next(path for path in comparison.paths if (path.column, path.path) == ("ecl", "assumptions"))
    assert ecl.difference_minor != 0 and ecl.old_minor != 0, "curves are revised in both"
    assert "By which path" in comparison.as_text() and "changes of estimate, in profit before tax" in comparison.as_text()


def test_a_changed_policy_moves_the_opening(lender) -> None:
    old, new = lender.run(2023), lender.close(2023, POLICY)
    comparison = compare(old, new)
    (path,) = [path for path in comparison.paths if path.path == "opening_basis_difference"]
    assert (path.column, path.old_minor) == ("fg", 0)
    moved = difference(old, new)
    assert path.difference_minor == moved["bs-2023/re/fg"] - moved["is-2023/ni/fg"] != 0
    finding = next(one for one in Run(new).listed.findings if one.where == "fg/opening")
    assert finding.name == "opening basis difference" and "change of policy: " in finding.why
    assert "opening basis difference, in equity net of tax" in comparison.as_text()


def later_default(path: Path) -> None:
    """Every twentieth loan of a tape 95 days late, of those of which an instalment has been due for as long."""
    frame = pl.read_parquet(path)
    late = (pl.int_range(pl.len()) % 20 == 0) & (pl.col("status") == "on_book") & (pl.col("days_past_due") == 0)
    late &= pl.col("first_payment_date") <= date(2023, 12, 31) - timedelta(days=95)
    frame.with_columns(
        days_past_due=pl.when(late).then(95).otherwise("days_past_due").cast(frame["days_past_due"].dtype)
    ).write_parquet(path)


def run_of(folder: Path, year: int) -> Path:
    return folder / "runs" / "example-lender" / f"{year}-01-01_{year}-12-31" / "v1"
