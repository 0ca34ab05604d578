"""Every worked example of a folder (``--vectors DIR``), through one adapter an operation."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.adapters import ADAPTERS
from tests.conformance.compare import Outcome, as_json, as_markdown, as_text, compare, run_folder, run_vector
from tests.conformance.out_of_reach import KEYS, OPERATIONS

ROOT = Path(__file__).resolve().parents[2]
OWN = Path(__file__).parent / "vectors"


def test_vectors(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(request.config.getoption("--vectors") or OWN)
    outcomes = run_folder(folder)
    assert outcomes, f"no vectors in {folder}"
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    (build / "conformance.json").write_text(as_json(outcomes), encoding="utf-8")
    with capsys.disabled():
        print(as_text(outcomes))
    assert [o for o in outcomes if o.status == "failed"] == []


def test_every_gap_has_its_reason_and_every_reason_its_gap() -> None:
    gaps = [outcome for outcome in run_folder(OWN) if outcome.status == "not_covered"]
    assert {outcome.operation for outcome in gaps if outcome.operation not in ADAPTERS} == set(OPERATIONS)
    found = {outcome.id: set(outcome.keys) for outcome in gaps if outcome.operation in ADAPTERS}
    assert found == {example: set(reasons) for example, reasons in KEYS.items()}


def test_no_fewer_pass_than_did() -> None:
    """What has passed goes on passing: a gap may be closed, none is opened."""
    assert sum(outcome.status == "passed" for outcome in run_folder(OWN)) >= 36


def test_the_page_is_in_step() -> None:
    page = ROOT / "docs" / "conformance.md"
    assert page.read_text(encoding="utf-8") == as_markdown(run_folder(OWN)), "python -m tests.conformance.page"


def changed(tmp_path: Path, name: str, change: Callable[[dict[str, Any]], object]) -> Outcome:
    """The outcome of one of our vectors after a change."""
    vector = json.loads((OWN / f"{name}.json").read_text(encoding="utf-8"))
    change(vector)
    path = tmp_path / "vector.json"
    path.write_text(json.dumps(vector), encoding="utf-8")
    return run_vector(path)


def put(*keys: Any) -> Callable[[dict[str, Any]], object]:
    """A change: the last argument stands under the keys before it."""

    def change(vector: dict[str, Any]) -> None:
        inner: Any = vector
        for key in keys[:-2]:
            inner = inner[key]
        inner[keys[-2]] = keys[-1]

    return change


RECEIVABLE, BOND, SCENARIOS = "ifrs9-single-receivable", "ifrs-sme-11-five-year-bond", "ifrs9-itg-2015-multiple-scenarios"
NOT_COVERED = {
    "operation": (RECEIVABLE, put("operation", "unheard_of"), "unheard_of"),
    "input": (RECEIVABLE, put("inputs", "collateral", 3), "collateral"),
    "input within another": (SCENARIOS, put("inputs", "scenarios", 0, "overlay", 1.1), "scenarios[0].overlay"),
    "absent input": (RECEIVABLE, lambda vector: vector["inputs"].pop("lgd"), "lgd"),
    "moment of default": ("dual-ecl-stage1-vs-cecl", put("inputs", "default_timing", "start"), "default_timing: start"),
    "discounting": ("dual-guarantee-stand-ready-vs-instalment", put("inputs", "discounting", "3 %"), "discounting: 3 %"),
    "unit": ("rounding-thousands-that-foot", put("inputs", "unit_out", "crores"), "crores"),
    "row outside every sum": ("ifrs1-ig63-equity-at-transition", put("inputs", "rows", "odd", {"effect": 1}), "rows.odd"),
    "column without a heading": ("qifu-2022-operations", put("inputs", "rows", "net_income", "odd", 1), "rows.net_income.odd"),
    "restated only beside": (BOND, put("inputs", "fair_value", 9), "fair_value"),
    "key": (RECEIVABLE, put("expected", "stage", 1), "stage"),
    "key as a list": (RECEIVABLE, put("expected", "loss_allowance_12m", [0.5]), "loss_allowance_12m"),
    "key as words": (RECEIVABLE, put("expected", "loss_allowance_12m", "half"), "loss_allowance_12m"),
    "list as one figure": (BOND, put("expected", "interest", 5), "interest"),
    "no tolerance": (RECEIVABLE, lambda vector: vector.pop("tolerance"), "tolerance"),
    "nothing expected": (RECEIVABLE, put("expected", {}), "expected"),
}


@pytest.mark.parametrize("case", NOT_COVERED)
def test_what_is_not_known_is_neither_an_error_nor_a_pass(tmp_path: Path, case: str) -> None:
    name, change, key = NOT_COVERED[case]
    outcome = changed(tmp_path, name, change)
    assert (outcome.status, outcome.reason) == ("not_covered", f"not covered: {key}")


FAILED = {
    "another figure": (RECEIVABLE, put("expected", "loss_allowance_12m", 0.6)),
    "another figure as published": (RECEIVABLE, put("as_published", "loss_allowance_12m", 0.6)),
    "another row": ("qifu-2022-operations", put("expected", "ifrs", "net_income", 4421110)),
    "a longer path": (BOND, put("expected", "interest", [1, 2, 3, 4, 5, 6])),
    "a shorter path": (BOND, put("expected", "interest", [66.10524064])),
    "refused by the package": (BOND, put("inputs", "annual_cash_flows_end_of_year", [-1, -2])),
}


@pytest.mark.parametrize("case", FAILED)
def test_what_differs_fails(tmp_path: Path, case: str) -> None:
    name, change = FAILED[case]
    assert changed(tmp_path, name, change).status == "failed"


def test_no_number_equals_nothing() -> None:
    assert compare({"a": 1.0}, {"a": float("nan")}, lambda key, value: 1.0, "")[1] == ["a: expected 1.0, found nan"]


def test_what_is_unchanged_passes(tmp_path: Path) -> None:
    assert changed(tmp_path, RECEIVABLE, lambda vector: None).status == "passed"
