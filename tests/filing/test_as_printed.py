"""Tables as they are printed: what each must give, kind by kind, in the JSON shape; `pasted/` holds facts of filings."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app, main
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import Verification, verify

Json = dict[str, Any]
Captured = pytest.CaptureFixture[str]
PASTED = Path(__file__).parent / "pasted"
RULES = {"crossfoot": "R1", "subtotal": "R2", "footing": "R12"}


def row(name: str, us_gaap: int, adjustment: int, ifrs: int, **more: Any) -> Json:
    return {"id": name, "us_gaap": us_gaap, "adj": {"ecl": adjustment}, "ifrs": ifrs, **more}


def table(rows: list[Json], **more: Any) -> Json:
    return {"columns": [{"id": "ecl"}], "statements": [{"id": "s", "rows": rows, **more}]}


def sheet(day: str, *rows: Json, **more: Any) -> Json:
    return {"id": f"bs-{day}", "kind": "balance sheet", "as_of": day, "rows": list(rows), **more}


def outcome_of(raw: Json, folder: Path, **options: Any) -> Verification:
    (folder / "table.json").write_text(json.dumps(raw), encoding="utf-8")
    return verify(folder / "table.json", **options)


def found(outcome: Verification) -> set[tuple[str, str, float]]:
    return {(one.check, one.where, one.wording.number(one.difference)) for one in outcome.findings}


def left(outcome: Verification, rule: str) -> list[str]:
    """Where a rule was left, and why."""
    return [
        f"{one.statement or ''}/{one.row or ''}/{one.column or ''}: {one.why}"
        for one in outcome.not_checked
        if one.check == rule
    ]


@pytest.mark.parametrize("name", sorted(path.stem for path in PASTED.glob("*.json")))
def test_a_published_table_gives_what_it_is_known_to_hold(name: str) -> None:
    raw = json.loads((PASTED / f"{name}.json").read_text(encoding="utf-8"))
    outcome = verify(PASTED / f"{name}.json")
    expected = {
        (RULES[one["check"]], f"{one['statement']}/{one['row']}/{one.get('column', 'ifrs')}", one["diff"])
        for one in raw["published_anomalies"]
    }
    assert found(outcome) == expected and len(outcome.findings) == len(expected)
    assert outcome.exit_code == (1 if expected else 0)
    if expected:
        names = [name.strip() for name in raw["pair"].split("->")]
        assert all("US GAAP" not in one.why and "IFRS" not in one.why for one in outcome.findings)
        assert any(f"{names[0]} plus the adjustments is not the {names[1]} amount" in one.why for one in outcome.findings)


@pytest.mark.parametrize(("name", "rounded"), [("pg-2025", 2), ("ibm-2025", 4), ("ssb-2020", 0)])
def test_rounding_stands_apart(name: str, rounded: int) -> None:
    """Two figures and their sum lie within 1.5 of each other, so -1 may be rounding; +8 of SouthState is not."""
    file = PASTED / f"{name}.json"
    by_default, apart = verify(file), verify(file, rounding=True)
    assert sum(one.rounding for one in by_default.findings) == rounded == len(apart.by_rounding)
    assert len(apart.findings) == len(by_default.findings) - rounded
    assert apart.exit_code == (1 if apart.findings else 0) and by_default.exit_code == 1
    shown = json.loads(json.dumps(by_default.as_dict()))
    assert sum(one.get("rounding", False) for one in shown["findings"]) == rounded
    assert sum(one.get("rounding", False) for one in shown["checks"]) == rounded
    assert f"{rounded} differences that rounding" in apart.as_text() or not rounded
    result = CliRunner().invoke(app, ["verify", str(file), "--rounding", "--format", "json"])
    assert result.exit_code == apart.exit_code and len(json.loads(result.stdout).get("by_rounding", [])) == rounded


@pytest.mark.parametrize(("printed", "rounded"), [(22_643, True), (22_645, True), (22_642, False), (22_646, False)])
def test_rounding_makes_no_more_than_half_a_digit_of_each_figure(printed: int, rounded: bool, tmp_path: Path) -> None:
    """22,669 and -25 are 22,644; three figures allow 1.5."""
    (finding,) = outcome_of(table([row("sga", 22_669, -25, printed)]), tmp_path).findings
    assert finding.rounding is rounded


def test_rounding_across_periods_is_told_beside_the_tolerance(tmp_path: Path) -> None:
    """Equity effects of -10 and -16, income of -5: -1 is within the tolerance, and without one within what rounding makes."""
    sheets = [sheet("2022-12-31", row("eq", 100, -10, 90)), sheet("2023-12-31", row("eq", 120, -16, 104))]
    flow = {"id": "is", "kind": "income statement", "period": "2023", "rows": [row("ni", 20, -5, 15)]}
    raw = {"columns": [{"id": "ecl"}], "statements": [*sheets, flow]}
    assert [one.rounding for one in outcome_of(raw, tmp_path, tolerance=0).findings] == [True]
    assert not outcome_of(raw, tmp_path, tolerance=0, rounding=True).findings
    assert not outcome_of(raw, tmp_path).findings


FALSE_ALL_CLEAR = [row("loans", 900, -100, 800), row("cash", 50, 0, 50), row("ta", 1000, -70, 930, role="total")]


def test_a_total_without_rows_is_held_against_those_above(tmp_path: Path) -> None:
    outcome = outcome_of(table(FALSE_ALL_CLEAR), tmp_path)
    assert found(outcome) == {("R2", "s/ta/us_gaap", 50), ("R2", "s/ta/ecl", 30)}
    assert outcome.findings[0].why.startswith("rows (loans + cash, told from their order) add up to -100, printed -70")
    assert "add up to 950, printed 1,000" in outcome.findings[1].why


@pytest.mark.parametrize(
    ("label", "more"),
    [
        ("Total operating expenses", {}),
        ("Total assets", {"complete": False}),
        ("合计", {}),
        ("Total", {"kind": "income statement"}),
    ],
)
def test_a_total_that_cannot_be_told_is_said(label: str, more: Json, tmp_path: Path) -> None:
    rows = [*FALSE_ALL_CLEAR[:2], row("t", 1000, -70, 930, label=label)]
    outcome = outcome_of(table(rows, **more), tmp_path)
    assert not outcome.findings and len(left(outcome, "R2")) == 1
    with_role = outcome_of(table([*rows[:2], {**rows[2], "role": "total"}], **more), tmp_path)
    assert not with_role.findings and len(left(with_role, "R2")) == 1


def test_an_allowance_that_may_be_taken_off_leaves_a_total_open(tmp_path: Path) -> None:
    """Of nine rows no caption says which are taken off, so nothing is found, and that is said."""
    rows = [row(f"a{n}", 100 + n, n, 100 + 2 * n) for n in range(8)]
    rows.insert(1, row("acl", 60, 7, 67, label="Allowance for loan losses"))
    total = row("ta", 777, -5, 772, label="Total assets")
    outcome = outcome_of(table([*rows, total], kind="balance sheet"), tmp_path)
    assert not outcome.findings and left(outcome, "R2")


MEZZANINE = [
    row("a", 900, 0, 900, label="Total assets"), row("l", 100, 0, 100, label="Total liabilities"),
    row("m", 300, 200, 500, label="Class A shares subject to possible redemption"),
    row("e", 500, -200, 300, label="Total stockholders' equity"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "section"), [("m", ""), ("mezz", ""), ("m", "Temporary equity"), ("m", "mezzanine")])
def test_mezzanine_has_a_place(id: str, section: str, tmp_path: Path) -> None:
    """900 are 100, 300 of redeemable shares and 500; shares that equity adds up already are not added once more."""
    rows = copy.deepcopy(MEZZANINE)
    rows[2].update(id=id, section=section)
    outcome = outcome_of(table(rows, kind="balance sheet"), tmp_path)
    assert not outcome.findings and len([one for one in outcome.checks if one.check == "R3"]) == 3
    inside = [*rows[:3], row("c", 200, -400, -200), row("e", 500, -200, 300, label="Total equity", of=[[1, id], [1, "c"]])]
    inside[0] = row("a", 600, -200, 400, label="Total assets")
    assert not outcome_of(table(inside, kind="balance sheet"), tmp_path).findings


def test_equity_beside_interests_of_others_is_not_all_of_it(tmp_path: Path) -> None:
    rows = [
        *MEZZANINE[:2],
        row("e", 750, 0, 750, label="Total shareholders' equity"),
        row("n", 50, 0, 50, label="Non-controlling interests"),
    ]
    outcome = outcome_of(table(rows, kind="balance sheet"), tmp_path)
    assert not outcome.findings and left(outcome, "R3")


SIGNED: dict[str, tuple[list[Json], Json, str]] = {
    "added": ([row("a", 700, -10, 690), row("b", 300, 20, 320)], row("t", 1000, 10, 1010), "a + b"),
    "less, by its caption": (
        [row("gross", 700, 5, 705), row("acl", 30, 40, 70, label="Less: allowance")], row("t", 670, -35, 635), "gross - acl",
    ),
    "an allowance of positive amounts": (
        [row("gross", 700, 5, 705), row("acl", 30, 40, 70, label="Allowance for credit losses")],
        row("t", 670, -35, 635), "gross - acl",
    ),
    "costs taken off": (
        [row("rev", 700, 5, 705), row("x", 200, 2, 202), row("y", 100, 1, 101)], row("t", 400, 2, 402), "rev - x - y",
    ),
    "a recovery": (
        [row("pbt", -30_558, -2_819, -33_377), row("tax", 7_299, -4_345, 2_954)],
        row("t", -23_259, -7_164, -30_423), "pbt + tax",
    ),
    "unprinted rows": ([row("a", 700, -10, 690), row("b", 300, 20, 320)], row("t", 5_000, 10, 5_010), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", SIGNED)
def test_what_a_total_adds_up_is_told_and_held(name: str, tmp_path: Path) -> None:
    """An adjustment moved to another column leaves every row footed across; the total that was told finds it."""
    rows, total, of = SIGNED[name]
    raw = table([*rows, {**total, "label": "Total"}], kind="income statement", complete=False)
    raw["columns"].append({"id": "other"})
    assert not [one for one in outcome_of(raw, tmp_path).findings if one.check != "R6"]
    first = raw["statements"][0]["rows"][0]
    first["adj"] = {"other": first["adj"]["ecl"]}
    moved = outcome_of(raw, tmp_path)
    if of:
        assert {(one.check, one.column) for one in moved.findings if one.check != "R6"} == {("R2", "ecl"), ("R2", "other")}
        assert f"rows ({of}, told from their order) add up to" in moved.findings[0].why
    else:
        assert left(moved, "R2")


ROLL = [
    sheet("2022-12-31", row("eq", 100, -10, 90)),
    sheet("2023-12-31", row("eq", 120, -30, 90)),
    {"id": "is", "kind": "income statement", "period": "2023", "rows": [row("ni", 20, -5, 15)]},
]


@pytest.mark.parametrize("key", [None, "roll_forward", "Rollforwards"])
def test_rolls_follow_from_the_dates_where_none_is_declared(key: str | None, tmp_path: Path) -> None:
    raw: Json = {"columns": [{"id": "ecl"}], "statements": ROLL, **({key: []} if key else {})}
    outcome = outcome_of(raw, tmp_path)
    assert ("R4", "bs-2023-12-31/eq/ecl", -15) in found(outcome)
    assert [one for one in left(outcome, "key") if str(key) in one] or key is None


def test_a_loss_may_be_printed_as_a_positive_amount(tmp_path: Path) -> None:
    """Petroteq prints losses so: 1,018,085 more of them lower equity by as much, and a quarter's 1,190,132 less raise it to
    172,047, of which the balance sheet prints 95,694: the 76,353 by which its quarters miss its half-year."""
    sheets = [sheet("2018-11-30", row("eq", 34, -1_018_085, -1_018_051)), sheet("2019-02-28", row("eq", 37, 95_694, 95_731))]
    loss = {
        "id": "nl-q2",
        "period": "2018-12-01/2019-02-28",
        "rows": [row("ni", 3_623_870, -1_190_132, 2_433_738, label="Net loss")],
    }
    outcome = outcome_of({"columns": [{"id": "ecl"}], "statements": [*sheets, loss]}, tmp_path)
    assert found(outcome) == {("R4", "bs-2019-02-28/eq/ecl", -76_353)}


def test_tax_that_is_taken_off_is_an_expense(tmp_path: Path) -> None:
    """Deferred tax rises by 2 where the provision is 2 lower and income is the pre-tax income less it."""
    sheets = [
        sheet(day, row("dta", 10, tax, 10 + tax), row("eq", 90, equity, 90 + equity))
        for day, tax, equity in (("2022-12-31", 0, 0), ("2023-12-31", 2, -6))
    ]
    rows = [row("pbt", 20, -8, 12), row("tax", 5, -2, 3), row("ni", 15, -6, 9, of=[[1, "pbt"], [-1, "tax"]])]
    flow = {"id": "is", "kind": "income statement", "period": "2023", "rows": rows}
    outcome = outcome_of({"columns": [{"id": "ecl"}], "statements": [*sheets, flow]}, tmp_path, tolerance=0)
    assert not outcome.findings and {"R4", "R5", "R6"} <= {one.check for one in outcome.checks}


def test_a_flow_in_no_declared_roll_is_said(tmp_path: Path) -> None:
    later = [sheet("2024-12-31", row("eq", 120, -90, 30)), {**ROLL[2], "id": "is-2024", "period": "2024"}]
    declared = {"open": "bs-2022-12-31", "close": "bs-2023-12-31", "flow": "is", "retained": "eq", "flow_row": "ni"}
    raw: Json = {"columns": [{"id": "ecl"}], "rollforward": [declared], "statements": [*ROLL, *later]}
    outcome = outcome_of(raw, tmp_path)
    assert {one for one in found(outcome) if one[0] == "R4"} == {("R4", "bs-2023-12-31/eq/ecl", -15)}
    assert any("is-2024" in one for one in left(outcome, "R4"))


@pytest.mark.parametrize(
    ("place", "key"),
    [
        ("top", "curency"), ("top", "period_sum"), ("statement", "completed"), ("statement", "As_Of"), ("row", "Off"),
        ("row", "adjustments"),
    ],
)  # fmt: skip
def test_keys_that_are_nearly_known_are_said(place: str, key: str, tmp_path: Path) -> None:
    raw = table([row("loans", 900, -100, 800)])
    {"top": raw, "statement": raw["statements"][0], "row": raw["statements"][0]["rows"][0]}[place][key] = None
    if key == "adjustments":
        raw["statements"][0]["rows"][0].update(us_gaap=800, adjustments={"ecl": 0})
        del raw["statements"][0]["rows"][0]["adj"]
    assert any(f"`{key}`" in one for one in left(outcome_of(raw, tmp_path), "key"))
    assert not left(outcome_of(table([row("loans", 900, -100, 800, comment="x", source="y", sign="z")]), tmp_path), "key")


@pytest.mark.parametrize(
    ("kind", "known"), [("Balance Sheet", True), ("balance_sheet", True), ("资产负债表", True), ("cash flow", False)]
)
def test_kinds_are_known_by_their_names(kind: str, known: bool, tmp_path: Path) -> None:
    outcome = outcome_of(table([row("loans", 900, -100, 800)], kind=kind), tmp_path)
    assert bool(left(outcome, "R3")) is known
    assert bool(left(outcome, "kind")) is not known


def test_what_the_reader_left_is_said(tmp_path: Path) -> None:
    raw = {**table([row("loans", 900, -100, 800)]), "not_read": [{"where": "sheet 2", "why": "not read", "remedy": "name it"}]}
    outcome = outcome_of(raw, tmp_path)
    assert "file sheet 2: not read (name it)" in outcome.as_text()


def test_several_rows_of_deferred_tax_are_one(tmp_path: Path) -> None:
    rows = [
        row("loans", 900, -100, 800, section="assets"), row("dta_current", 10, 40, 50, section="assets"),
        row("dta", 50, -15, 35, section="assets"), row("eq", 960, -75, 885, section="equity", role="total"),
    ]  # fmt: skip
    outcome = outcome_of(table(rows, kind="balance sheet"), tmp_path)
    assert not outcome.findings
    assert [(one.actual, one.holds) for one in outcome.checks if one.check == "R6"] == [(25, True)]
    by_caption = copy.deepcopy(rows)
    by_caption[1].update(id="x1", label="Deferred income taxes, current")
    by_caption[2].update(id="x2", label="Deferred tax assets")
    assert [
        one.actual for one in outcome_of(table(by_caption, kind="balance sheet"), tmp_path).checks if one.check == "R6"
    ] == [25]


@pytest.mark.parametrize(("columns", "role"), [(["note", "ecl"], "memo"), (["x", "ecl"], "memo")])
def test_a_column_of_notes_is_no_adjustment(columns: list[str], role: str, tmp_path: Path) -> None:
    """The name tells a column of notes in one row; without it, three rows do."""
    rows = [{"id": f"r{n}", "us_gaap": 100, "adj": {columns[0]: 12 + n, "ecl": -10}, "ifrs": 90} for n in range(3)]
    raw: Json = {"columns": [{"id": one} for one in columns], "statements": [{"id": "s", "rows": rows}]}
    outcome = outcome_of(raw, tmp_path)
    assert not outcome.findings and any(columns[0] in one for one in left(outcome, "column"))
    raw["statements"][0]["rows"] = rows[:1]
    assert bool(outcome_of(raw, tmp_path).findings) is (columns[0] != "note")
    raw["columns"][0]["role"] = "adjustment"
    assert [one.difference for one in outcome_of(raw, tmp_path).findings] == [-12]


def test_a_column_of_sums_is_told_though_one_cell_is_misprinted(tmp_path: Path) -> None:
    raw = json.loads((PASTED / "hsbc-ifrs9-2018-asprinted.json").read_text(encoding="utf-8"))
    raw["statements"][0]["rows"][3]["adj"]["Carrying amount post reclassification"] += 100
    assert found(outcome_of(raw, tmp_path)) == {("R1", "bs/trading/Carrying amount post reclassification", 100)}


def written(raw: Json, path: Path) -> Path:
    path.write_text(json.dumps(raw), encoding="utf-8")
    return path


@pytest.mark.parametrize("day", ["2022-12-31", "2023-01-01"])
def test_an_opening_may_be_dated_the_first_day(day: str, tmp_path: Path) -> None:
    """An adoption at 1 January opens the year as the balance of the day before does."""
    opening = written({"columns": [{"id": "ecl"}], "statements": [sheet(day, row("eq", 100, -10, 90))]}, tmp_path / "o.json")
    raw = {"columns": [{"id": "ecl"}], "statements": ROLL[1:]}
    assert ("R4", "bs-2023-12-31/eq/ecl", -15) in found(outcome_of(raw, tmp_path, opening=opening))


def test_an_opening_without_equity_is_no_evidence(tmp_path: Path) -> None:
    opening = written(
        {"columns": [{"id": "ecl"}], "statements": [sheet("2022-12-31", row("loans", 100, -10, 90))]}, tmp_path / "o.json"
    )
    closing = [sheet("2023-12-31", row("eq", 120, -5, 115)), ROLL[2]]
    outcome = outcome_of({"columns": [{"id": "ecl"}], "statements": closing}, tmp_path, opening=opening)
    assert "R4" not in {one.check for one in outcome.checks} and left(outcome, "R4")


@pytest.mark.parametrize(("accruals", "findings"), [(-8, 0), (0, 1)])
def test_awards_that_were_a_liability_raise_equity(accruals: int, findings: int, tmp_path: Path) -> None:
    rows = [
        row("accruals", 100, accruals, 100 + accruals, section="current liabilities"),
        row("apic", 50, 8, 58, section="equity"), row("eq", 200, 8, 208, section="equity", role="total"),
    ]  # fmt: skip
    raw = table(rows, kind="balance sheet", complete=False)
    raw["columns"] = [{"id": "ecl", "label": "Share-based compensation"}]
    outcome = outcome_of(raw, tmp_path)
    assert [one.check for one in outcome.findings] == ["R8"] * findings
    assert bool(left(outcome, "R8")) is not findings


def test_one_misfooting_is_told_once(tmp_path: Path) -> None:
    """Rows of -100, a sub-total of -70: the column is 30 too large and IFRS with it, and R2 and R12 both see it."""
    rows = [row("loans", 900, -100, 800), row("cash", 50, 0, 50), row("ta", 950, -70, 880, of=[[1, "loans"], [1, "cash"]])]
    outcome = outcome_of(table(rows), tmp_path)
    assert found(outcome) == {("R2", "s/ta/ecl", 30)}
    assert "IFRS with it: beyond its rows it holds 0 under US GAAP and 30 under IFRS" in outcome.findings[0].why
    assert {one.check for one in outcome.checks if not one.holds} == {"R2", "R12"}


def test_all_refusals_come_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"id": "a", "us_gaap": "900", "adj": {"ecl": None}, "ifrs": 800}, {"us_gaap": 1, "ifrs": 1},
        row("b", 1, 0, 1, role="sum"), row("c", 1, 0, 1, of=[[2, "a"]]), {"id": "d", "ifrs": 1},
    ]  # fmt: skip
    file = written({**table(rows), "unit": 3}, tmp_path / "wrong.json")
    with pytest.raises(UnusableInput) as refused:
        verify(file)
    named = [(one.row, one.column) for one in (refused.value, *refused.value.further)]
    assert named == [
        ("s/a", "us_gaap"), ("s/a", "ecl"), ("s", "id"), ("s/b", "role"), ("s/c", "of"), ("s/d", "us_gaap"), (None, "unit"),
    ]  # fmt: skip
    monkeypatch.setattr("sys.argv", ["gaapbridge", "verify", str(file)])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert len(capsys.readouterr().err.splitlines()) == len(named)


def test_unknown_rows_and_columns_are_refused_together(tmp_path: Path) -> None:
    rows = [row("a", 1, 0, 1, of=[[1, "x"]]), {"id": "b", "us_gaap": 1, "adj": {"eclx": 0}, "ifrs": 1}]
    raw = {**table(rows), "period_sums": [{"total": "s", "parts": ["t"], "row": "a"}]}
    with pytest.raises(UnusableInput) as refused:
        outcome_of(raw, tmp_path)
    assert [one.value for one in (refused.value, *refused.value.further)] == ["x", "eclx", "t"]
