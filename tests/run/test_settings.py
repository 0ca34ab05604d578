"""Keys of a plan set on the command line: what is in force is what the run's plan states, to the last figure."""

from __future__ import annotations

import json
import shutil
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.comparison import compare
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.period_close import close
from gaapbridge.plan import read_plan
from gaapbridge.plan.settings import settings_of
from gaapbridge.terms.errors import UnusableInput

TIMING = "elections.expected_credit_loss.default_timing"
FIGURES = ("exact.json", "journals.csv", "checks.json", "totals.json", "brought_forward.csv", "statement.txt")


def in_force(plan: Path, *settings: str) -> dict[str, object]:
    """What the plan states once the settings are over it."""
    return tomllib.loads(read_plan(plan, DECLARED, settings).in_force.decode(), parse_float=Decimal)


@pytest.mark.campaign
def test_the_plan_of_a_run_is_the_one_in_force_and_closes_to_its_figures(starter_copy: Path) -> None:
    plan = starter_copy / "plan.toml"
    as_filed, before = close(plan), plan.read_bytes()
    shutil.copy(starter_copy / "tapes" / "loan-events-2023.csv", starter_copy / "events again.csv")
    settings = [f"{TIMING}=middle", 'tapes.events.path="events again.csv"', "thresholds.findings=7"]
    run = close(plan, settings=settings)
    assert plan.read_bytes() == before
    assert run.plan_content["thresholds"]["findings"] == run.findings_allowed == 7
    assert run.sources["tapes.events"].path == (starter_copy / "events again.csv").resolve()
    assert run.manifest.set == {TIMING: '"middle"', "tapes.events.path": '"events again.csv"', "thresholds.findings": "7"}
    assert (run.folder / "exact.json").read_bytes() != (as_filed.folder / "exact.json").read_bytes()
    again = starter_copy / "again.toml"
    shutil.copy(run.folder / "plan.toml", again)
    second = close(again)
    for name in FIGURES:
        assert (second.folder / name).read_bytes() == (run.folder / name).read_bytes(), name
    assert second.manifest.set is None and second.manifest.plan_sha256 == run.manifest.plan_sha256


@pytest.mark.campaign
def test_close_check_and_compare_name_what_was_set(starter_copy: Path) -> None:
    plan = str(starter_copy / "plan.toml")
    runs = ["--runs", str(starter_copy / "runs")]
    assert CliRunner().invoke(app, ["close", plan]).exit_code == 0
    closed = CliRunner().invoke(app, ["close", plan, "--set", f"{TIMING}=middle"])
    assert f'Set on the command line: {TIMING} = "middle"\nRun: ' in closed.stdout
    checked = CliRunner().invoke(app, ["check", plan, "--set", "vat.rate=0.05"])
    assert "\n  set              vat.rate = 0.05\n" in checked.stdout
    compared = CliRunner().invoke(app, ["compare", "previous", "latest", *runs]).stdout
    assert f'  plan     {TIMING} (technique): "end" → "middle"' in compared
    assert f'  set      new, on the command line: {TIMING} = "middle"' in compared
    told = json.loads(CliRunner().invoke(app, ["compare", "previous", "latest", *runs, "--format", "json"]).stdout)
    assert (told["old"]["set"], told["new"]["set"]) == ({}, {TIMING: '"middle"'})


@pytest.mark.campaign
def test_contributions_of_what_was_set_add_up(starter_copy: Path) -> None:
    plan = starter_copy / "plan.toml"
    old, new = close(plan), close(plan, settings=[f"{TIMING}=middle", "vat.rate=0.05"])
    comparison = compare(old, new)
    assert comparison.exit_code == 0 and comparison.attribution is not None
    assert [step.changes for step in comparison.attribution.steps] == [(TIMING,), ("vat.rate",)]


@pytest.mark.parametrize(
    ("setting", "key", "remedy"),
    [
        ("entity.nam=x", "entity.nam", "did you mean name?"),
        ("entty.name=x", "entty", "did you mean entity?"),
        ("elections.expected_credit_loss.default_timin=end", f"{TIMING[:-1]}", "did you mean default_timing"),
        (f"{TIMING}=midle", TIMING, "did you mean middle?"),
        ("entity.name.first=x", "entity.name.first", "set entity.name itself"),
        ("period.closing=2023-13-01", "period.closing", "correct period.closing"),
    ],
)
def test_what_no_plan_may_state_is_refused_by_its_key(setting: str, key: str, remedy: str, starter_copy: Path) -> None:
    with pytest.raises(UnusableInput) as refused:
        read_plan(starter_copy / "plan.toml", DECLARED, [setting])
    assert refused.value.key == key and remedy in refused.value.remedy
    assert str(refused.value.file).startswith(str(starter_copy / "plan.toml"))
    assert str(refused.value.file).endswith(" with --set") or "first" in setting


WRONG = ["abc", "=1", "a b=1", "a=", "a.=1", "a=[nan]", "a=[1", "a=1\nb=2", "a='x", "a.b=1\na.c=2"]


@pytest.mark.parametrize("text", WRONG)
def test_what_is_no_setting_is_refused(text: str) -> None:
    with pytest.raises(UnusableInput, match="KEY=VALUE"):
        settings_of([text])


def test_all_refusals_come_at_once() -> None:
    with pytest.raises(UnusableInput) as refused:
        settings_of(["abc", "x=1", "x=2", "y"])
    assert [one.value for one in (refused.value, *refused.value.further)] == ["abc", "x=2", "y"]


READ_AS = {
    "a=1": 1,
    "a=0.10": Decimal("0.10"),
    "a=true": True,
    "a=latest": "latest",
    "a=nan": "nan",
    "a=two words": "two words",
    'a="0.5"': "0.5",
    "a={ b = 1 }": {"b": 1},
    "a=['x', 'y']": ["x", "y"],
    "a=tapes/new-2023.csv": "tapes/new-2023.csv",
}


@pytest.mark.parametrize("text", READ_AS)
def test_a_value_is_read_as_a_plan_file_writes_it(text: str) -> None:
    (one,) = settings_of([text])
    assert (one.key, one.value) == (("a",), READ_AS[text]) and type(one.value) is type(READ_AS[text])


SCENARIOS = "{ valid_from = 2000-01-01, base = 0.5, upside = 0.25, downside = 0.25 }"
SETTINGS = [
    "vat.rate=0.05",
    'accounts."1301".name=Other loans',
    "tapes.loans.columns={ contract_id = 'contract_id' }",
    "tapes.loans.control.closing.rows=3",
    "format=1",
    "starter.unanswered=['vat']",
    f"elections.expected_credit_loss.ifrs_scenarios=[{SCENARIOS}]",
]


@pytest.mark.parametrize("text", SETTINGS)
def test_a_key_is_set_wherever_it_stands_and_nothing_else_changes(text: str, starter_copy: Path) -> None:
    plan = starter_copy / "plan.toml"
    (one,) = settings_of([text])
    stated = in_force(plan, text)
    file = tomllib.loads(plan.read_text(encoding="utf-8"), parse_float=Decimal)
    inner, table = stated, file
    for name in one.key[:-1]:
        inner, table = inner[name], table.setdefault(name, {})  # type: ignore[assignment]
    assert inner[one.key[-1]] == one.value
    table[one.key[-1]] = one.value
    assert stated == file


def test_comments_stay_and_the_value_of_the_file_is_noted(starter_copy: Path) -> None:
    plan = starter_copy / "plan.toml"
    before, after = plan.read_text(encoding="utf-8"), read_plan(plan, DECLARED, [f"{TIMING}=middle"]).in_force.decode()
    lines = [line for line in after.splitlines() if line not in before.splitlines()]
    assert lines == [
        "# The plan in force: plan.toml with what was set on the command line:",
        f'#   {TIMING} = "middle"',
        'default_timing = "middle"  # set on the command line; the file has: "end"',
    ]


PLANS = {
    "tables": "[a]\nb = 1\n[a.c]\nd = 2\n",
    "dotted": "a.b = 1\na.c.d = 2\n",
    "inline": "a = { b = 1, c = { d = 2 } } # why\n",
    "long strings": 'a.t = """\n[a]\nb = 5\n"""\n[a.c]\nd = 2\n',
    "arrays": "[a]\nl = [\n  [1],\n  # b = 3\n]\nb = 1\n",
    "quoted": '["a"]\n\'b\' = 1\n"c".d = 2\n',
    "tables of arrays": "[[a.l]]\nb = 1\n[a.c]\nd = 2\n",
    "nothing": "",
}


@pytest.mark.campaign
@pytest.mark.parametrize("form", PLANS)
@given(value=st.one_of(st.integers(), st.text(), st.booleans(), st.decimals(allow_nan=False, allow_infinity=False, places=3)))
def test_the_text_in_force_states_what_is_wanted_in_every_form_of_a_file(form: str, value: object) -> None:
    from gaapbridge.plan.settings import Setting, content_with, text_in_force

    content = tomllib.loads(PLANS[form], parse_float=Decimal)
    for key in (("a", "b"), ("a", "c", "d"), ("a", "new"), ("other",), ("z", "y"), ("a", "c")):
        settings = (Setting(key, value),)
        wanted = content_with(Path("plan.toml"), content, settings)
        text = text_in_force(Path("plan.toml"), PLANS[form], wanted, settings)
        assert tomllib.loads(text, parse_float=Decimal) == wanted, text


@pytest.mark.parametrize(
    ("key", "day"),
    [
        ("period.closing", "9999-12-31"),
        ("period.opening", "0001-01-01"),
        ("tax.expected_credit_loss.rates", "[{ enacted = 9999-12-31, from = 2008-01-01, rate = 0.25 }]"),
    ],
)
def test_a_day_of_a_plan_is_of_the_years_of_tapes(starter_copy: Path, key: str, day: str) -> None:
    """The day after the last of all days is none: it was a traceback."""
    with pytest.raises(UnusableInput, match="a day is of the years 1900 to 2200") as refused:
        read_plan(starter_copy / "plan.toml", DECLARED, [f"{key}={day}"])
    assert str(refused.value.key).startswith(key) and refused.value.value in day


def test_a_key_of_thousands_of_parts_is_none() -> None:
    with pytest.raises(UnusableInput, match="it is KEY=VALUE"):
        settings_of([f"{'a.' * 3_000}b=1"])
