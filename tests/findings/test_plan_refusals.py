"""A plan that cannot be used: each fault named by its key in the plan's own words, with what is admissible."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.example import write_example
from gaapbridge.plan import Plan, read_plan
from gaapbridge.plan.read import plan_from, toml_content
from gaapbridge.terms.errors import UnusableInput, nearest

LOSSES = "elections.expected_credit_loss"


@pytest.fixture(scope="module")
def stated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The plan of the example lender."""
    return write_example(tmp_path_factory.mktemp("stated"), loans=100).plans[2022].read_text(encoding="utf-8")


def edited(text: str, *changes: tuple[str, str]) -> str:
    """The text with the lines of some keys replaced, each by the start of its line."""
    for start, line in changes:
        text, number = re.subn(rf"(?m)^{re.escape(start)}.*$", lambda _, line=line: line, text, count=1)
        assert number == 1, start
    return text


def refused(folder: Path, text: str) -> dict[str, str]:
    """What is said of a plan of that text."""
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        read_plan(path, DECLARED)
    said = caught.value.as_dict()
    assert said.pop("file") == str(path), "the path as it was given"
    return said


WHOLE_NUMBERS = (
    ("rate = 0.06", "rate = 0"),
    ("reverses = ", "reverses = [1]"),
    ("rates = ", "rates = [{ enacted = 2020-01-01, from = 2020-01-01, rate = 0 }]"),
    ("us_scenarios", "us_scenarios = [{ valid_from = 2020-01-01, base = 1 }]"),
    ("ifrs_scenarios", "ifrs_scenarios = [{ valid_from = 2020-01-01, base = 1, upside = 0, downside = 0 }]"),
    ("sicr_pd_ratio", "sicr_pd_ratio = [{ valid_from = 2020-01-01, value = 3 }]"),
    ("sicr_pd_increase", "sicr_pd_increase = [{ valid_from = 2020-01-01, value = 0 }]"),
    ("low_credit_risk_pd_12m", "low_credit_risk_pd_12m = [{ valid_from = 2020-01-01, value = 0 }]"),
    ("guarantee_discount_rate", "guarantee_discount_rate = [{ valid_from = 2020-01-01, value = 0 }]"),
)


def test_decimals_may_be_written_without_a_point(stated: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(edited(stated, *WHOLE_NUMBERS), encoding="utf-8")
    plan = read_plan(path, DECLARED)
    assert plan.vat.rate == Decimal(0) and isinstance(plan.vat.rate, Decimal)
    assert plan.tax["expected_credit_loss"].rate_at(date(2022, 12, 31)) == 0
    assert plan.closing_answers["expected_credit_loss"]["sicr_pd_ratio"] == 3


@pytest.mark.parametrize("value", ["25", "7.9", "1", "1.0", "-0.01", "nan", "inf", "true", '"0.25"'])
def test_a_rate_outside_its_bounds_is_told_as_a_fraction(value: str, stated: str, tmp_path: Path) -> None:
    assert refused(tmp_path, edited(stated, ("rate = 0.06", f"rate = {value}"))) == {
        "key": "vat.rate",
        "value": "NaN" if value == "nan" else "Infinity" if value == "inf" else value,
        "rule": "must be a fraction from 0 to below 1",
        "remedy": "write 25 % as 0.25",
    }
    dated = f"{{ enacted = 2020-01-01, from = 2020-01-01, rate = {value} }}"
    tax = refused(tmp_path, edited(stated, ("rates = ", f"rates = [{dated}]")))
    assert tax["key"] == "tax.expected_credit_loss.rates.0.rate" and tax["remedy"] == "write 25 % as 0.25"


def versions(first: str, second: str) -> str:
    """An estimate of two versions, the second of which starts in the period."""
    return f"[{{ valid_from = 2020-01-01, {first} }}, {{ valid_from = 2022-06-30, {second} }}]"


REFUSALS = {
    "weights": (
        ("ifrs_scenarios", "ifrs_scenarios = [{ valid_from = 2020-01-01, base = 0.9, upside = 0.3 }]"),
        f"{LOSSES}.ifrs_scenarios",
        "[{ valid_from = 2020-01-01, base = 0.9, upside = 0.3 }]",
        "the version of 2020-01-01: the weights add up to 1.2, not to 1",
        "answer, for example, ifrs_scenarios = [{ valid_from = 2020-01-01, base = 0.6, upside = 0.15, downside = 0.25 }].",
    ),
    "weight that is no number": (
        ("us_scenarios", "us_scenarios = [{ valid_from = 2020-01-01, base = nan }]"),
        f"{LOSSES}.us_scenarios",
        "[{ valid_from = 2020-01-01, base = NaN }]",
        "the version of 2020-01-01: every weight must be a number from 0 to 1",
        "answer, for example, us_scenarios",
    ),
    "word near another": (
        ("us_method", 'us_method = "pdlgd"'),
        f"{LOSSES}.us_method",
        '"pdlgd"',
        "must be one of pd_lgd, dcf",
        'did you mean pd_lgd? Otherwise answer, for example, us_method = "pd_lgd". By which method does US GAAP measure the '
        "allowance? (326-20-30-3 to 30-5) pd_lgd: probability of default x loss given default, undiscounted; dcf: ",
    ),
    "list for a word": (
        ("us_method", 'us_method = ["dcf"]'),
        f"{LOSSES}.us_method",
        '["dcf"]',
        "must be one of pd_lgd, dcf",
        "did you mean dcf? Otherwise answer, for example, us_method",
    ),
    "default later than presumed": (
        ("default_days_past_due", "default_days_past_due = 120"),
        f"{LOSSES}.default_days_past_due",
        "120",
        "must be a whole number from 1 to 90",
        "answer, for example, default_days_past_due = 90. From how many days past due is a contract in default? The hazards "
        "are made for the same days (`default_days`). (IFRS 9 B5.5.37)",
    ),
    "payout day that is none": (
        ("payout_days_past_due", "payout_days_past_due = { app-a = 31, app-b = 91 }"),
        f"{LOSSES}.payout_days_past_due",
        "{ app-a = 31, app-b = 91 }",
        "must be a whole number from 1 to 90, or a table of segment = such a number",
        "answer, for example, payout_days_past_due = 61. From how many days past due of the loan does the guarantee",
    ),
    "payout days of no segment": (
        ("payout_days_past_due", "payout_days_past_due = {}"),
        f"{LOSSES}.payout_days_past_due",
        "{ }",
        "must be a whole number from 1 to 90, or a table of segment = such a number",
        "answer, for example, payout_days_past_due = 61. From",
    ),
    "backstop later than presumed, no reason": (
        ("sicr_days_past_due", "sicr_days_past_due = [{ valid_from = 2020-01-01, value = 60 }]"),
        f"{LOSSES}.sicr_backstop_rebuttal",
        '""',
        "must not be empty where sicr_days_past_due is above 30, here 60 (IFRS 9 5.5.11, B5.5.20)",
        "state the reason, or 30 for sicr_days_past_due. Why is the 30-day presumption rebutted",
    ),
    "backstop later than presumed at the closing only": (
        ("sicr_days_past_due", f"sicr_days_past_due = {versions('value = 30', 'value = 60')}"),
        f"{LOSSES}.sicr_backstop_rebuttal",
        '""',
        "must not be empty where sicr_days_past_due is above 30, here 60 (IFRS 9 5.5.11, B5.5.20)",
        "state the reason, or 30 for sicr_days_past_due. Why is the 30-day presumption rebutted",
    ),
    "misspelt election": (
        ("sicr_pd_ratio", "sicr_pd_ration = 2.5"),
        f"{LOSSES}.sicr_pd_ration",
        "2.5",
        "no such election",
        "did you mean sicr_pd_ratio",
    ),
    "missing election": (
        ("default_timing", ""),
        f"{LOSSES}.default_timing",
        "missing",
        "every election must be stated",
        'answer, for example, default_timing = "end". When within its month',
    ),
    "unit of money": (
        ("presentation_unit", "presentation_unit = 0.5"),
        "entity.presentation_unit",
        "0.5",
        "must be a whole number, without quotes or a decimal point",
        "correct entity.presentation_unit",
    ),
    "currency": (
        ("currency", 'currency = "yuan"'),
        "entity.currency",
        '"yuan"',
        "must be a currency code: the three capital letters of ISO 4217",
        "correct entity.currency",
    ),
    "date in quotes": (
        ("closing = 2022", 'closing = "2022-12-31"'),
        "period.closing",
        '"2022-12-31"',
        "must be a date, without quotes: 2023-12-31",
        "correct period.closing",
    ),
    "one of a few words": (
        ("method = ", 'method = "liability"'),
        "tax.expected_credit_loss.method",
        '"liability"',
        "must be one of liability_method, roll_forward, in quotes",
        "did you mean liability_method?",
    ),
    "side of deferred tax, as plans had it": (
        ("reverses = ", 'side = "by_sign"\nreverses = [1.0]'),
        "tax.expected_credit_loss.side",
        '"by_sign"',
        "on which side a column's deferred tax stands follows from the ledger, no longer from the plan",
        "remove the line: in the order of notes.order, columns take from the asset or liability that the trial balance shows, "
        "and add to the other what is left",
    ),
    "no basis of the tax rate": (
        ("basis = ", ""),
        "tax.expected_credit_loss.basis",
        "missing",
        "this key has no default and must be stated",
        'add basis = "enacted" (the rate enacted by the balance date for the years in which the difference reverses',
    ),
    "rate of tax enacted after the opening": (
        ("rates = ", "rates = [{ enacted = 2022-03-01, from = 2008-01-01, rate = 0.25 }]"),
        "tax.expected_credit_loss.rates",
        "[{ enacted = 2022-03-01, from = 2008-01-01, rate = 0.25 }]",
        "a rate known on 2021-12-31 applies to 2022-01-01",
        "add the rate in force then; of rates as enacted, the enactment counts",
    ),
    "until when interest past due is taxed": (
        ("interest_past_due_days", ""),
        "vat.interest_past_due_days",
        "missing",
        "accrued_interest is quoted inclusive of value-added tax, so it is stated when that is payable",
        "add interest_past_due_days = 90 to [vat]. For how many days past due is interest taxed before it is received?",
    ),
    "days of interest that is not inclusive": (
        ("inclusive = ", 'inclusive = ["deferred_fees"]'),
        "vat.interest_past_due_days",
        "90",
        "it is read where interest is quoted inclusive of value-added tax",
        "remove it, or name accrued_interest in vat.inclusive",
    ),
    "missing key": (
        ("minor_digits", ""),
        "entity.minor_digits",
        "missing",
        "this key has no default and must be stated",
        "add minor_digits = ... under [entity]",
    ),
    "odd key": (
        ("minor_digits", "decimals = 2\nminor_digits = 2"),
        "entity.decimals",
        "2",
        "no such key in a plan",
        "remove it",
    ),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_names_key_value_rule_and_remedy(name: str, stated: str, tmp_path: Path) -> None:
    change, key, value, rule, remedy = REFUSALS[name]
    said = refused(tmp_path, edited(stated, change))
    assert (said["key"], said["value"], said["rule"]) == (key, value, rule)
    assert said["remedy"].startswith(remedy)
    assert set(said) == {"key", "value", "rule", "remedy"}, "no empty label"


@pytest.mark.parametrize(("days", "reason"), [(30, ""), (20, ""), (60, "Payments arrive by post.")])
def test_a_backstop_as_presumed_or_with_a_reason_is_read(days: int, reason: str, stated: str, tmp_path: Path) -> None:
    threshold = f"sicr_days_past_due = [{{ valid_from = 2020-01-01, value = {days} }}]"
    answers = ("sicr_days_past_due", threshold), ("sicr_backstop_rebuttal", f'sicr_backstop_rebuttal = "{reason}"')
    path = tmp_path / "plan.toml"
    path.write_text(edited(stated, *answers), encoding="utf-8")
    assert read_plan(path, DECLARED).elections["expected_credit_loss"]["sicr_backstop_rebuttal"] == reason


def test_a_reason_of_spaces_is_none(stated: str, tmp_path: Path) -> None:
    days = "sicr_days_past_due = [{ valid_from = 2020-01-01, value = 31 }]"
    changes = ("sicr_days_past_due", days), ("sicr_backstop_r", 'sicr_backstop_rebuttal = "  "')
    assert "IFRS 9 5.5.11" in refused(tmp_path, edited(stated, *changes))["rule"]


BROKEN_LINES = {
    "text without quotes": ("name = Example Lender", "put text and file names in quotes"),
    "percent": ("rate = 6%", "write 0.06 for 6 %"),
    "open bracket": ("[entity", "close the bracket of the table"),
    "open list": ('order = ["expected_credit_loss"\nname = 1', "close the bracket on this line or one before it"),
    "open quotes": ('currency = "CNY', "close the quotes"),
    "backslash": ('path = "C:\\loans"', "write folders with /"),
    "key without value": ("currency", "write key = value"),
    "thousands": ("rows = 1,000", "1000 for 1,000"),
    "twice": ("name = 1\nname = 2", "stands twice"),
}


@pytest.mark.parametrize("name", BROKEN_LINES)
def test_a_line_that_is_not_toml_is_shown_with_what_is_typical(name: str, tmp_path: Path) -> None:
    lines, remedy = BROKEN_LINES[name]
    said = refused(tmp_path, f"# a plan\n{lines}\n[vat]\n")
    number = re.search(r"at line (\d+)", said["rule"])
    assert number is not None and said["rule"].startswith("the plan must be valid TOML: ")
    assert said["value"] == f"# a plan\n{lines}\n[vat]".splitlines()[int(number[1]) - 1]
    assert remedy in said["remedy"] and set(said) == {"value", "rule", "remedy"}


def test_no_plan_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as caught:
        toml_content(tmp_path / "none.toml")
    assert set(caught.value.as_dict()) == {"file", "rule", "remedy"}
    assert caught.value.file == str(tmp_path / "none.toml")


def places(table: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Every key of a plan with the table it stands in, tables included; of alike accounts and roles the first."""
    for name, value in table.items():
        yield table, name
        if isinstance(value, dict):
            alike = name in ("accounts", "posting")
            yield from list(places(value))[: 3 if alike else None]


WRONG: tuple[Any, ...] = (
    -1, 10**12, True, "", "word", Decimal("0.5"), Decimal(7), Decimal("nan"), date(2023, 1, 1), datetime(2023, 1, 1, 8), [],
    [1], ["a", "a"], {}, {"a": 1}, [{}],
)  # fmt: skip


def test_no_fault_is_told_in_the_words_of_a_library(stated: str) -> None:
    """Every key with every kind of wrong value: a plan is read, or refused in words a plan has."""
    content = tomllib.loads(stated, parse_float=Decimal)
    told = set()
    for table, name in list(places(content)):
        right = table[name]
        for wrong in WRONG:
            table[name] = wrong
            try:
                assert isinstance(plan_from(Path("plan.toml"), content, DECLARED), Plan)
            except UnusableInput as unusable:
                told.add(str(unusable))
        table[name] = right
    assert len(told) > 1000
    leaks = ("Input should", "Decimal(", "instance", "datetime.", "Value error", "None", "True", "{'", "['")
    assert [line for line in sorted(told) if any(leak in line for leak in leaks)] == []


@pytest.mark.parametrize(
    ("name", "known", "near"),
    [
        ("currency", ["purpose", "segment"], []),
        ("CURRENCY", ["currency"], ["currency"]),
        ("loan status", ["status", "loan_id"], ["status"]),
        ("rate", ["annual_rate", "status"], ["annual_rate"]),
        ("days_pastdue", ["days_past_due", "exit_date"], ["days_past_due"]),
        ("xyz", ["currency", "purpose"], []),
    ],
)
def test_a_suggestion_is_useful_or_absent(name: str, known: list[str], near: list[str]) -> None:
    assert nearest(name, known, n=1) == near


@pytest.mark.parametrize(
    "value", ["1e9999999999999999999", "9" * 5_000, "[" * 3_000 + "]" * 3_000], ids=["power", "digits", "nested"]
)
def test_a_value_beyond_all_bounds_is_refused(value: str, tmp_path: Path) -> None:
    assert "range of decimals" in refused(tmp_path, f"[vat]\nrate = {value}\n")["rule"]


@pytest.mark.parametrize(
    ("kind", "left"), [("loans", "tapes.events"), ("guarantees", "tapes.guarantee_fees"), ("awards", "tapes.award_tranches")]
)
def test_what_is_read_with_a_tape_is_not_left_alone(kind: str, left: str, stated: str, tmp_path: Path) -> None:
    """Without the tape of a kind of contract, events, instalments and tranches of it would be passed over in silence."""
    tables = re.split(r"(?m)^(?=\[)", stated)
    text = "".join(table for table in tables if not table.startswith(f"[tapes.{kind}"))
    text = text.replace('cash = { loans = ["1002"] }', "cash = {}")
    notes = {"loans": "effective_interest", "awards": "share_based_compensation"}
    text = text.replace(f'"{notes[kind]}", ', "") if kind in notes else text.replace(', "financial_guarantee"', "")
    assert refused(tmp_path, text)["key"] == left


@pytest.mark.parametrize(("tape", "total"), [("loans", "fee_minor"), ("guarantee_fees", "outstanding_principal_minor")])
def test_a_control_total_is_one_of_its_tape(tape: str, total: str, stated: str, tmp_path: Path) -> None:
    table = f"[tapes.{tape}.control.closing]"
    text, found = re.subn(rf"(?m)^{re.escape(table)}.*$", f"{table}\n{total} = 1", stated)
    said = refused(tmp_path, text if found else f"{stated}\n{table}\n{total} = 1\n")
    assert (said["key"], said["rule"]) == (f"tapes.{tape}.control.closing.{total}", "no such key in a plan")
