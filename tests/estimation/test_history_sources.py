"""Every kind of source that a tape may have, as the source of a history: the figures are those of one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

import gaapbridge
from gaapbridge.terms.errors import UnusableInput
from tests.estimation.lender import write_history

YEAR = pl.col("month_end").dt.year()
SOURCE = '[sources.core]\nkind = "duckdb"\ntables = { m = TABLE }\n[history]\n'


def in_folders(folder: Path, months: pl.DataFrame) -> None:
    for year in (2019, 2020, 2021):
        (folder / f"h/year={year}").mkdir(parents=True)
        months.filter(year == YEAR).write_parquet(folder / f"h/year={year}/part-0.parquet")


def _parquet(folder: Path, months: pl.DataFrame) -> str:
    months.sort("contract_id", maintain_order=True).write_parquet(folder / "m.parquet", row_group_size=500)
    return '"m.parquet"'


def _workbook(folder: Path, months: pl.DataFrame) -> str:
    months.write_excel(folder / "m.xlsx")
    return '"m.xlsx"'


def _folder(folder: Path, months: pl.DataFrame) -> str:
    in_folders(folder, months)
    return '"h"'


def _pattern(folder: Path, months: pl.DataFrame) -> str:
    in_folders(folder, months)
    return '"h/year=*/*.parquet"'


def _list(folder: Path, months: pl.DataFrame) -> str:
    months.filter(YEAR < 2021).write_csv(folder / "a.csv")
    months.filter(YEAR == 2021).write_csv(folder / "b.csv")
    return '["b.csv", "a.csv"]'


def _query_of(table: str, *queries: str) -> Callable[[Path, pl.DataFrame], str]:
    def source(folder: Path, months: pl.DataFrame) -> str:
        in_folders(folder, months)
        plan = folder / "plan.toml"
        text = plan.read_text(encoding="utf-8").replace("[history]\n", SOURCE.replace("TABLE", f'"{table}"'))
        plan.write_text(text, encoding="utf-8")
        for number, query in enumerate(queries):
            (folder / f"q{number}.sql").write_text(query, encoding="utf-8")
        named = [f'{{ source = "core", query = "q{number}.sql" }}' for number in range(len(queries))]
        return named[0] if len(named) == 1 else f"[{', '.join(named)}]"

    return source


_OF_YEAR = "select * from m where year(month_end) {} 2020 and month_end <= $instant"
SOURCES: dict[str, Callable[[Path, pl.DataFrame], str]] = {
    "Parquet": _parquet,
    "workbook": _workbook,
    "partitioned folder": _folder,
    "pattern of folders": _pattern,
    "list": _list,
    "query of a partitioned folder": _query_of("h/*/*.parquet", "select * from m where month_end <= $instant"),
    "two queries": _query_of("h", _OF_YEAR.format("<"), _OF_YEAR.format(">=")),
}


def hazards(plan: Path) -> pl.DataFrame:
    gaapbridge.estimate(plan)
    return pl.read_csv(plan.parent / "curves" / "loans" / "hazard.csv")


@pytest.fixture(scope="module")
def of_one_file(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return hazards(lender(tmp_path_factory.mktemp("one")))


def lender(folder: Path) -> Path:
    plan = write_history(folder)
    plan.write_text(plan.read_text(encoding="utf-8").replace("findings = 0", "findings = 9"), encoding="utf-8")
    return plan


@pytest.mark.parametrize("kind", SOURCES)
def test_a_source_gives_the_curves_of_its_rows(kind: str, of_one_file: pl.DataFrame, tmp_path: Path) -> None:
    plan = lender(tmp_path)
    path = SOURCES[kind](tmp_path, pl.read_csv(tmp_path / "months.csv", try_parse_dates=True))
    text = plan.read_text(encoding="utf-8").replace('path = "months.csv"', f"path = {path}")
    plan.write_text(text, encoding="utf-8")
    assert hazards(plan).equals(of_one_file)


def test_a_text_in_another_layout_and_encoding(of_one_file: pl.DataFrame, tmp_path: Path) -> None:
    plan = lender(tmp_path)
    months = pl.read_csv(tmp_path / "months.csv")
    (tmp_path / "months.csv").write_bytes(f"台账\n{months.write_csv(separator=';')}合计;;;1;;;;;\n".encode("gb18030"))
    read = 'skip_rows = 1\ntotal_rows = 1\ndelimiter = ";"\nencoding = "GB18030"\n'
    text = plan.read_text(encoding="utf-8")
    table = f"[history.loans.performance.read]\n{read}[history.loans.outcomes]"
    plan.write_text(text.replace("[history.loans.outcomes]", table), encoding="utf-8")
    assert hazards(plan).equals(of_one_file)


def test_a_workbook_of_outcomes_and_one_in_which_a_month_is_text(of_one_file: pl.DataFrame, tmp_path: Path) -> None:
    plan = lender(tmp_path)
    pl.read_csv(tmp_path / "outcomes.csv", try_parse_dates=True).write_excel(tmp_path / "outcomes.xlsx")
    months = pl.read_csv(tmp_path / "months.csv", try_parse_dates=True)
    months.with_columns(pl.col("month_end").dt.to_string("%Y%m").cast(pl.Int64)).write_excel(tmp_path / "months.xlsx")
    read = '[history.loans.performance.read]\ndates = ["%Y%m"]\n[history.loans.outcomes]'
    text = plan.read_text(encoding="utf-8").replace(".csv", ".xlsx").replace("[history.loans.outcomes]", read)
    plan.write_text(text, encoding="utf-8")
    assert hazards(plan).equals(of_one_file)


def test_a_pattern_of_folders_without_a_file_is_refused(tmp_path: Path) -> None:
    plan = lender(tmp_path)
    plan.write_text(plan.read_text(encoding="utf-8").replace('"months.csv"', '"none/*/*.parquet"'), encoding="utf-8")
    with pytest.raises(UnusableInput, match="a pattern finds files"):
        gaapbridge.estimate(plan)
