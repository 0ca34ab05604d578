"""Curves of the marketplace loans by ``estimate --validate``, each month of origination held against the others: what the page
says of it."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import gaapbridge
from tests.real.examples import module_of

pytestmark = pytest.mark.real_data

ORIGINS = re.compile(r"(?m)^origins = .*\n")
FROM_FIRST = "origins = { from = 1, to = 1 }\n"
TO_THE_END = ["history.validation.window_months=30"]
AT_THE_FIRST = ["history.validation.window_months=36", "history.validation.openings=[2015-06-30, 2015-07-31, 2015-08-31]"]
ROWS = (  # of the page: what stands for origins in the plan, and other settings
    (None, []),
    (None, TO_THE_END),
    ("", []),
    ("", TO_THE_END),
    (FROM_FIRST, AT_THE_FIRST),
)
BY = ("grade", "sub_grade")


@pytest.fixture(scope="module")
def prepared(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The folder that the example writes, and one whose segments are sub-grades."""
    folders = {by: tmp_path_factory.mktemp(by) / "marketplace" for by in BY}
    assert module_of("lending_club", "prepare").main([str(real_data / "lc_tape"), str(folders["grade"])]) == 0
    shutil.copytree(folders["grade"], folders["sub_grade"])
    contracts = folders["sub_grade"] / "history" / "contracts.parquet"
    of_source = pl.read_parquet(real_data / "lc_tape" / "resolved_2015.parquet").select(
        pl.col("loan_id").cast(pl.String).alias("contract_id"), pl.col("sub_grade").alias("segment")
    )
    told = pl.read_parquet(contracts)
    told.drop("segment").join(of_source, on="contract_id", how="left", maintain_order="left").write_parquet(contracts)
    return folders


def held(folder: Path, origins: str | None, settings: list[str], to: Path) -> dict[str, Any]:
    """The test out of sample of the plan in a folder, with other origins or none."""
    text = (folder / "plan.toml").read_text(encoding="utf-8")
    plan = folder / "other.toml"
    plan.write_text(text if origins is None else ORIGINS.sub(origins, text), encoding="utf-8")
    gaapbridge.estimate(plan, settings=settings, validate=True, to=to)
    told = json.loads((to / "loans" / "validation.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = next(one for one in told["tests"] if one["name"].startswith("out of sample"))
    return found


def said(test: Mapping[str, Any], outcome: str) -> tuple[str, float, float]:
    """What the page says of an outcome, its ratio in all, and the share of cells inside, the total not counted as one."""
    of_all, *others = (one for one in test["cells"] if one["outcome"] == outcome)
    assert of_all["dimension"] == "all"
    enough = [one for one in others if one["expected"] >= 50.0]
    inside = sum(one["verdict"] == "inside" for one in enough)
    ratio = of_all["came"] / of_all["expected"]
    return f"{ratio:.2f}, {inside} of {len(enough)}", ratio, inside / len(enough)


@pytest.mark.parametrize("by", BY)
def test_the_page_says_what_was_expected_of_other_vintages_and_what_came(
    prepared: Mapping[str, Path], tmp_path: Path, root: Path, by: str
) -> None:
    """Counted from the months on book of the book defaults of vintages that were not fitted come true; counted from every month
    they do not, as few default in their first months."""
    page = (root / "examples/lending_club/README.md").read_text(encoding="utf-8")
    rows = [line.split("|")[3:6] for line in page.splitlines() if line.startswith("| the ")]
    assert len(rows) == len(ROWS)
    for number, (cells, (origins, settings)) in enumerate(zip(rows, ROWS, strict=True)):
        test = held(prepared[by], origins, settings, tmp_path / str(number))
        default, prepayment = said(test, "default"), said(test, "prepayment")
        assert cells[BY.index(by)].strip() == default[0], (number, default[0], prepayment[0])
        if by == "grade":
            assert cells[2].strip() == prepayment[0], number
        if origins != "":
            assert abs(default[1] - 1.0) < 0.05
        if origins is None:
            assert default[2] >= (0.89 if settings else 0.9)  # to the end, by grade: 35 of 39, none of them a grade
            assert abs(prepayment[1] - 1.0) < 0.05


def test_each_vintage_from_its_first_instalment(prepared: Mapping[str, Path], tmp_path: Path, root: Path) -> None:
    """May, June and July in turn, 36 months, on curves of the three others."""
    page = " ".join((root / "examples/lending_club/README.md").read_text(encoding="utf-8").split())
    test = held(prepared["sub_grade"], FROM_FIRST, AT_THE_FIRST, tmp_path / "first")
    vintages = [one for one in test["cells"] if one["outcome"] == "default" and one["dimension"] == "opening"]
    ratios = [one["came"] / one["expected"] for one in vintages]
    assert len(ratios) == 3 and all(abs(ratio - 1.0) < 0.05 for ratio in ratios)
    assert "of May {:.3f}, of June {:.3f}, of July {:.3f}".format(*ratios) in page
