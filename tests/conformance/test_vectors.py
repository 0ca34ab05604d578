"""Every worked example of a folder (``--vectors DIR``), through one adapter an operation."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.conformance import adapters
from tests.conformance.compare import as_json, as_markdown, run_folder

ROOT = Path(__file__).resolve().parents[2]
OWN = Path(__file__).parent / "vectors"

COVERED = {
    "ecl_pd_lgd_12m", "ecl_dual_measurement", "ecl_probability_weighted", "ecl_discount_convention", "interest_by_stage",
    "allowance_rollforward", "eir_schedule", "eir_dated_schedule", "eir_dual_schedule", "eir_monthly_instalment", "column_tax",
    "column_tax_side", "vat_inclusive", "rounding_plug",
}  # fmt: skip
"""Operations of which every own vector must pass."""


def test_vectors(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(request.config.getoption("--vectors") or OWN)
    outcomes = run_folder(folder)
    assert outcomes, f"no vectors in {folder}"
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    (build / "conformance.json").write_text(as_json(outcomes), encoding="utf-8")
    with capsys.disabled():
        for module in sorted({o.module for o in outcomes}):
            own = [o for o in outcomes if o.module == module]
            counts = {status: sum(o.status == status for o in own) for status in ("passed", "failed", "not_covered")}
            print(
                f"\n{module:12}" + "".join(f"{status.replace('_', ' ')} {count:3}   " for status, count in counts.items()),
                end="",
            )
        print()
    assert [o for o in outcomes if o.status == "failed"] == []
    if folder == OWN:
        assert [o for o in outcomes if o.operation in COVERED and o.status != "passed"] == []
        page = ROOT / "docs" / "conformance.md"
        assert page.read_text(encoding="utf-8") == as_markdown(outcomes), "python -m tests.conformance.page"


def test_adapters_compute_nothing() -> None:
    """No arithmetic in an adapter: no operators on numbers, no calls that add, round or scale."""
    tree = ast.parse(Path(adapters.__file__).read_text(encoding="utf-8"))
    forbidden = {"sum", "round", "abs", "min", "max", "pow", "divmod", "int", "float"}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp | ast.AugAssign):
            found.append(ast.unparse(node))
        if isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
            found.append(ast.unparse(node))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in forbidden:
            found.append(ast.unparse(node))
    assert found == []


def test_an_adapter_never_sees_the_answer() -> None:
    assert "expected[" not in Path(adapters.__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"operation": "unheard_of"}, "not_covered"),
        ({"inputs": {"gross_carrying_amount": 100, "pd_12m": 0.01, "lgd": 0.5, "collateral": 3}}, "not_covered"),
        ({"expected": {"loss_allowance_12m": 0.5, "stage": 1}}, "not_covered"),
        ({"expected": {"loss_allowance_12m": 0.6}}, "failed"),
        ({}, "passed"),
    ],
)
def test_what_is_not_known_is_never_a_pass(tmp_path: Path, change: dict[str, object], status: str) -> None:
    import json

    from tests.conformance.compare import run_vector

    vector = json.loads((OWN / "ifrs9-single-receivable.json").read_text())
    path = tmp_path / "vector.json"
    path.write_text(json.dumps({**vector, **change}))
    assert run_vector(path).status == status
