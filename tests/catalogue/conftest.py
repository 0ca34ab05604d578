"""The lenders in which findings are caused: the starter's with its run, and the same with the year before closed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.difference import FlowEntry, Posted, Posting
from gaapbridge.differences.expected_credit_loss import journal
from tests.catalogue.cases import Case, apply
from tests.estimation.lender import write_history
from tests.estimation.macro import write_macro
from tests.miniature import first_year
from tests.miniature import second_year as with_prior_run
from tests.published import published

Finding = Mapping[str, Any]

FILED = 'status = "filed"\nstatus_note = "Form 20-F of April 25, 2023"'
RESTATED = 'status = "draft"\nrestates = "v1"\nrestates_because = "a segment was on the curves of another"'


@dataclass(frozen=True)
class Outcome:
    """What a command printed, the findings it made, and its exit code."""

    text: str
    findings: tuple[Finding, ...]
    exit_code: int


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lender(tmp_path_factory.mktemp("catalogue") / "lender")


def write_lender(folder: Path) -> Path:
    """The starter's lender as it is written, its run in `run`, a published statement in `filing.json`, a history beside."""
    called("new", "plan", str(folder))
    ran("close plan.toml", folder)
    next(folder.glob("runs/*/*/v1")).rename(folder / "run")
    shutil.rmtree(folder / "runs")
    shutil.copy(published("petroteq-2019"), folder / "filing.json")
    write_history(folder / "history")
    write_macro(folder / "history")
    return folder


@pytest.fixture(scope="session")
def second_year(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same lender with 2022 closed, and the plan opening with that run."""
    folder = tmp_path_factory.mktemp("catalogue") / "second"
    shutil.copytree(starter, folder)
    assert closed_before(folder).findings == ()
    return folder


@pytest.fixture(scope="session")
def failing_year(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but the ledger with which 2022 was closed has 662 of principal as cash."""
    folder = tmp_path_factory.mktemp("catalogue") / "failing"
    shutil.copytree(starter, folder)
    ledger = folder / "ledger" / "trial-balance-2022-12-31.csv"
    text = ledger.read_text(encoding="utf-8")
    assert "17000000" in text and "49679000" in text
    ledger.write_text(text.replace("17000000", "16999338").replace("49679000", "49679662"), encoding="utf-8")
    assert closed_before(folder).findings != ()
    return folder


@pytest.fixture(scope="session")
def filed_year(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with 2022 filed, and closed again as a draft that restates it."""
    folder = tmp_path_factory.mktemp("catalogue") / "filed"
    shutil.copytree(starter, folder)
    plan = folder / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    for said in (FILED, RESTATED):
        plan.write_text(text.replace("\nclosing = 2023-12-31", f"\nclosing = 2023-12-31\n{said}", 1), encoding="utf-8")
        closed_before(folder)
    plan.write_text(with_prior_run(text), encoding="utf-8")
    return folder


def closed_before(folder: Path) -> Outcome:
    """Close 2022 in a lender's folder, whose plan opens with that run then."""
    plan = folder / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(first_year(text), encoding="utf-8")
    closed = ran("close plan.toml", folder)
    plan.write_text(with_prior_run(text), encoding="utf-8")
    return closed


@pytest.fixture
def outcome_of(
    starter: Path, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Case], Outcome]:
    """Make the changes of a case in a fresh copy of its lender, and run its command there."""

    def run(case: Case) -> Outcome:
        lender = tmp_path / "lender"
        shutil.copytree(request.getfixturevalue(case.input.get("lender", "starter")), lender)
        for change in case.changes:
            apply(change, lender)
        if planted := case.input.get("planted"):
            monkeypatch.setattr(journal, "post", posting_besides(journal.post, planted))
        return ran(case.input["command"], lender)

    return run


def ran(command: str, lender: Path) -> Outcome:
    """What a command line gives in a lender's folder; a close is not repeated for its findings, its run has them."""
    verb, file, *options = command.split()
    text, exit_code = called(verb, str(lender / file), *options)
    if verb == "close":
        findings = json.loads(max(lender.glob("runs/*/*/v*/findings.json")).read_text(encoding="utf-8"))
    else:
        findings = json.loads(called(verb, str(lender / file), *options, "--format", "json")[0])["findings"]
    return Outcome(text, tuple(findings), exit_code)


def called(*arguments: str) -> tuple[str, int]:
    """Standard output and exit code of the command line."""
    ended = CliRunner().invoke(app, list(arguments))
    assert ended.exit_code in (0, 1), ended.output or ended.exception
    return ended.stdout, ended.exit_code


def posting_besides(post: Callable[..., Posted], planted: Mapping[str, Any]) -> Callable[..., Posted]:
    """A note's posting with an entry of our own besides: what no change of an input can bring about."""
    postings = tuple(Posting(role, planted["segment"], amount) for role, amount in planted["amounts_minor"].items())
    entry = FlowEntry(planted["flow"], "planted", "planted", postings)

    def posted(*arguments: Any) -> Posted:
        own = post(*arguments)
        return replace(own, movements=(*own.movements, entry))

    return posted
