"""The demonstration run again: nothing that a person edited is lost, and nothing is said where nothing was edited."""

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.example.demo import Demonstration, demonstrate
from gaapbridge.period_close import close
from gaapbridge.progress import Progress

LOANS = 300


def again(folder: Path) -> Demonstration:
    return demonstrate(folder, LOANS, Progress(show=False))


def listed(folder: Path) -> set[str]:
    """Files and folders of an example but for its runs."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if "runs" not in path.parts}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An example written and closed once."""
    made: Path = tmp_path_factory.mktemp("demo") / "demo"
    assert again(made).kept == ()
    return made


@pytest.mark.campaign
def test_an_unedited_example_is_written_again_in_silence_and_its_runs_are_kept(folder: Path) -> None:
    before, runs = listed(folder), {path: path.read_bytes() for path in folder.glob("runs/*/*/v*/totals.json")}
    done = again(folder)
    assert len(runs) >= 2 and all(path.read_bytes() == content for path, content in runs.items())
    assert (done.kept, done.exit_code) == ((), 0)
    assert "kept" not in done.as_text()
    assert listed(folder) == before


@pytest.mark.campaign
def test_what_was_edited_is_kept_under_a_number_and_one_line_says_so(folder: Path) -> None:
    plan, curve = folder / "plan.toml", folder / "curves" / "hazard.csv"
    own = plan.read_text()
    kept = [folder / "plan-kept-1.toml", folder / "curves" / "hazard-kept-1.csv", folder / "plan-kept-2.toml"]
    plan.write_text(own.replace('default_timing = "end"', 'default_timing = "middle"'))
    curve.write_text(curve.read_text() + "\n")
    done = again(folder)
    assert set(done.kept) == set(kept[:2])
    (line,) = [line for line in done.as_text().split("\n") if "are kept" in line]
    assert str(kept[0]) in line and str(kept[1]) in line
    assert plan.read_text() == own and 'default_timing = "middle"' in kept[0].read_text()
    assert close(kept[0]).folder.is_dir()
    plan.write_text(f"# mine\n{own}")
    assert again(folder).kept == (kept[2],)
    assert kept[0].is_file() and kept[2].read_text() == f"# mine\n{own}"


@pytest.mark.campaign
def test_for_programs_it_has_the_form_of_close_with_the_year_before(folder: Path) -> None:
    printed = CliRunner().invoke(app, ["demo", "--loans", str(LOANS), "--folder", str(folder), "--format", "json"])
    given = json.loads(printed.stdout)
    of_a_close = close(folder / "plan.toml").as_dict()
    assert printed.exit_code == 0 and set(given) == {*of_a_close, "prior", "kept", "report"}
    assert set(given["prior"]) == set(of_a_close) and "/2022-01-01_2022-12-31/" in given["prior"]["run"]
    assert given["checks"] == of_a_close["checks"] == given["held"] and given["kept"] == []
    assert given["report"]["folder"] == f"{given['run']}-report" and "workbook" in given["report"]["parts"]


@pytest.mark.parametrize("target", ["clean", "distclean"])
def test_cleaning_leaves_plans_and_runs(root: Path, target: str) -> None:
    done = subprocess.run(["make", "-n", target], cwd=root, capture_output=True, text=True, check=True)
    removed = {word for line in done.stdout.split("\n") if line.startswith("rm -rf") for word in line.split()[2:]}
    assert "build" in removed and not {"demo", "runs", "examples"} & removed
