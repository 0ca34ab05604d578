"""The lender in miniature is put together from what each kind brings: parts that balance, and a chart that states all once."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.example import write_example
from gaapbridge.example.chart import CHART
from gaapbridge.notes import NOTES
from gaapbridge.plan import read_plan
from gaapbridge.starter import chart, miniature
from gaapbridge.starter.chart import CASH, OF_NO_KIND, folder_of, folders, starter_chart, table
from gaapbridge.starter.miniature import TRIAL_BALANCES

FOLDERS = [pytest.param(folder, id=folder.parent.name) for folder in folders()]
ACCOUNTS = starter_chart().accounts


def balances(folder: Path, state: str) -> dict[str, int]:
    """What a part has in the ledger at an instant, debit positive."""
    return {row["account"]: int(row["debit_minor"]) - int(row["credit_minor"]) for row in table(folder / TRIAL_BALANCES[state])}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("state", TRIAL_BALANCES)
def test_a_part_balances_by_itself_in_accounts_of_the_chart(folder: Path, state: str) -> None:
    part = balances(folder, state)
    assert sum(part.values()) == 0 and all(part.values())
    assert part.keys() <= ACCOUNTS.keys()


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_profit_of_a_part_is_its_retained_earnings_a_year_later(folder: Path) -> None:
    retained = starter_chart().posting["retained_earnings"]
    opening, closing = balances(folder, "opening"), balances(folder, "closing")
    profit = sum(balance for account, balance in opening.items() if account.startswith("6"))
    assert profit != 0 and closing[retained] == opening.get(retained, 0) + profit


def test_a_trial_balance_is_the_sum_of_the_parts() -> None:
    for state, path in TRIAL_BALANCES.items():
        summed: Counter[str] = Counter()
        for folder in folders():
            summed.update(balances(folder, state))
        written = list(csv.DictReader(miniature.files()[path].splitlines()))
        assert {row["account"]: int(row["debit_minor"]) - int(row["credit_minor"]) for row in written} == summed
        assert [(row["account"], row["name"]) for row in written] == [
            (code, account.name) for code, account in ACCOUNTS.items() if code in summed
        ]


def test_every_role_of_every_note_has_a_row_and_no_other() -> None:
    rows = [row for folder in folders() for row in table(folder / "chart.csv")]
    assert Counter(row["role"] for row in rows if row["role"] not in ("", CASH)) == Counter(
        {role for note in NOTES.values() for role in note.needs(KINDS)}
    )
    assert all(row["remark"] for row in rows if row["role"] not in ("", CASH))


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_of_a_kind_is_of_a_role_that_no_other_kind_needs(kind: str) -> None:
    """What several need belongs to no kind: without this one it is still there."""
    others = {role for note in NOTES.values() for role in note.needs([other for other in note.kinds if other != kind])}
    own = {role for note in NOTES.values() if kind in note.kinds for role in note.needs([kind])}
    rows = {row["role"] for row in table(folder_of(KINDS[kind]) / "chart.csv")}
    assert rows - {CASH} == own - {row["role"] for row in table(OF_NO_KIND / "chart.csv")}
    assert not rows & others
    assert (CASH in rows) is (KINDS[kind].cash is not None)


def test_an_account_is_named_once_and_has_a_row_of_the_statement() -> None:
    rows = [row for folder in folders() for row in table(folder / "chart.csv")]
    named = Counter(row["account"] for row in rows if row["name"])
    assert set(named) == {row["account"] for row in rows} and set(named.values()) == {1}
    assert all(bool(row["name"]) == bool(row["line"]) for row in rows)


def test_the_control_totals_are_those_of_the_closing_tapes() -> None:
    control = miniature.miniature().control
    assert control.keys() == {tape.key for kind in KINDS.values() for tape in kind.tapes if tape.at_both}
    worked_by_hand = {
        "loans": {"rows": 3, "outstanding_principal_minor": 18_000_000 + 5_174_662 + 2_500_000},
        "guarantees": {"rows": 2, "outstanding_principal_minor": 1_000_000 + 6_000_000},
        "guarantee_fees": {"rows": 24, "fee_minor": 24 * 31_000},
    }
    assert {key: control[key] for key in worked_by_hand} == worked_by_hand


@pytest.mark.parametrize("kind", KINDS)
def test_a_control_total_is_of_the_column_that_weighs(kind: str) -> None:
    for tape in (tape for tape in KINDS[kind].tapes if tape.at_both):
        rows = table(folder_of(KINDS[kind]) / miniature.tape_files(tape)["closing"])
        stated = dict(miniature.miniature().control[tape.key])
        assert stated.pop("rows") == len(rows)
        assert stated == {name: sum(int(row[name]) for row in rows) for name in [tape.weighed_by] if name}


def test_a_kind_left_out_takes_its_part_of_the_ledger_along(monkeypatch: pytest.MonkeyPatch) -> None:
    left = {key: kind for key, kind in KINDS.items() if key != "guarantees"}
    for module in (chart, miniature):
        monkeypatch.setattr(module, "KINDS", left)
    files = miniature.files()
    assert not [path for path in files if "guarantee" in path]
    for path in TRIAL_BALANCES.values():
        rows = list(csv.DictReader(files[path].splitlines()))
        assert sum(int(row["debit_minor"]) - int(row["credit_minor"]) for row in rows) == 0
        assert "1201" not in {row["account"] for row in rows}


def test_the_lender_of_the_demonstration_states_no_fact_of_a_role_again() -> None:
    """Its roles are those that its own notes need and those of no kind; what it does not bring it need not know."""
    own = {row["account"]: row for row in table(Path(chart.__file__).parents[1] / "example" / "chart.csv")}
    posted = set(CHART.posting.values())
    assert not [code for code in posted if own[code]["line"]]
    assert all(
        ACCOUNTS[starter_chart().posting[role]].line == CHART.accounts[code].line for role, code in CHART.posting.items()
    )


def test_the_lender_of_the_demonstration_has_every_role_that_its_plan_needs(tmp_path: Path) -> None:
    plan = read_plan(next(iter(write_example(tmp_path, loans=10).plans.values())), DECLARED)
    needed = {role for key in plan.notes.order for role in NOTES[key].needs(plan.tapes.kinds)}
    assert needed == set(CHART.posting)
