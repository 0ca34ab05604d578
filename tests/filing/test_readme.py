"""What the README shows is what the commands really print: every block is run, in its order, on a demonstration of its own."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.main import get_command

from gaapbridge.cli import app
from gaapbridge.report.charts_of_contracts import ContractPictures
from gaapbridge.run import Run
from tests.docs import shown_pictures
from tests.docs.shown_pictures import PICTURES
from tests.filing import example_page
from tests.filing.example_figures import figures

BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown(readme: str) -> Iterator[tuple[str, list[str]]]:
    """Every command of the README's console blocks with the lines shown under it."""
    for block in BLOCK.findall(readme):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output.rstrip("\n").split("\n") if output.strip() else []


def missing(lines: list[str], printed: list[str]) -> str | None:
    """The first shown line that is not printed right after the one before; three dots stand for any lines between."""
    place, near = 0, True
    for line in lines:
        if line.strip() == "...":
            near = False
            continue
        found = [i for i in range(place, len(printed)) if printed[i].rstrip() == line.rstrip()]
        if not found or (near and found[0] != place):
            return line
        place, near = found[0] + 1, True
    return None


@pytest.fixture(scope="module")
def readme(root: Path) -> str:
    return (root / "README.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Printed:
    """A command as a page shows it, the lines under it there, and what it printed."""

    command: str
    lines: list[str]
    output: str
    error: str


def run_in(folder: Path, page: str, gaapbridge: list[str]) -> Iterator[Printed]:
    """The commands of a page, run in their order."""
    for command, lines in shown(page):
        words = shlex.split(command)
        called = [*gaapbridge, *words[1:]] if words[0] == "gaapbridge" else words
        done = subprocess.run(called, cwd=folder, capture_output=True, text=True)
        yield Printed(command, lines, done.stdout, done.stderr if done.returncode not in (0, 1) else "")


def must_be_as_shown(printed: list[Printed]) -> None:
    """Every command went well and printed the lines shown under it."""
    for one in printed:
        assert one.error == "", one.command
        assert missing(one.lines, one.output.split("\n")) is None, one.command


@pytest.fixture(scope="module")
def demonstrated(
    root: Path, readme: str, tmp_path_factory: pytest.TempPathFactory, command: list[str]
) -> tuple[Path, list[Printed]]:
    """A folder in which all commands of the README were run once, and what they printed."""
    made: Path = tmp_path_factory.mktemp("readme")
    (made / "src").symlink_to(root / "src")
    return made, list(run_in(made, readme, command))


@pytest.fixture
def folder(demonstrated: tuple[Path, list[Printed]]) -> Path:
    """The folder of the demonstration, to be read."""
    return demonstrated[0]


@pytest.mark.campaign
def test_every_block_is_what_its_command_prints(demonstrated: tuple[Path, list[Printed]]) -> None:
    _, printed = demonstrated
    assert [one.command.split()[1] for one in printed if one.lines] == [
        "demo", "close", "compare", "close", "compare", "verify", "explain", "reperform",
    ]  # fmt: skip
    must_be_as_shown(printed)


@pytest.mark.campaign
def test_the_page_of_the_example_has_the_figures_that_are_printed(root: Path, folder: Path) -> None:
    """As ``python -m tests.filing.example_page`` writes them."""
    page = (root / example_page.PAGE).read_text(encoding="utf-8")
    assert len(example_page.NEAR.findall(page)) == len(figures(folder / "demo"))
    assert len(example_page.COMPARED.findall(page)) == 19
    assert example_page.rendered(page, folder / "demo") == page


@pytest.mark.campaign
def test_the_page_of_the_next_period_shows_what_is_printed(
    root: Path, folder: Path, tmp_path: Path, command: list[str]
) -> None:
    """In a copy of the demonstration, its plan as it was before the README has it edited."""
    copy = Path(shutil.copytree(folder, tmp_path / "copy", symlinks=True))
    (copy / "demo" / "plan.toml.before").replace(copy / "demo" / "plan.toml")
    printed = list(run_in(copy, (root / "docs" / "second-year.md").read_text(encoding="utf-8"), command))
    assert [len(one.lines) > 5 for one in printed] == [True, True]
    must_be_as_shown(printed)


@pytest.mark.campaign
def test_the_parts_of_a_cell_are_listed_where_explain_is_shown(readme: str, folder: Path) -> None:
    (line,) = [line for line in readme.split("\n") if line.startswith("A cell is `STATEMENT/ROW/COLUMN`")]
    listed = re.findall(r"`([a-z0-9_-]+)`", line)
    header, *rows = (
        (folder / "demo/runs/example-lender/2023-01-01_2023-12-31/v1/statement.csv").read_text(encoding="utf-8").splitlines()
    )
    names = header.split(",")
    columns = names[names.index("us_gaap") : names.index("ifrs") + 1]
    assert [word for word in listed if word in columns] == columns
    assert {"bs-2023", "is-2023"} <= {row.split(",")[0] for row in rows} & set(listed)
    assert "id" in listed and "id" in names


@pytest.mark.campaign
def test_the_pictures_show_the_figures_of_this_demonstration(folder: Path) -> None:
    """What they were made of is kept as hashes of figures; a picture of other figures is made again by `make pictures`."""
    made_of = json.loads(PICTURES.MADE_OF.read_text(encoding="utf-8"))
    run = Run(folder / "demo" / PICTURES.RUN)
    stale = [one.name for one in PICTURES.PICTURES if made_of.get(one.name) != PICTURES.digest(one.figures(run))]
    assert stale == [], "make pictures"


@pytest.mark.campaign
def test_the_texts_of_pictures_have_printed_figures(folder: Path) -> None:
    """Every amount of a thousand and more that a text of a picture names is one that the run printed, drew or came to."""
    run = Run(folder / "demo" / PICTURES.RUN)
    printed = {f"{abs(amount):,}" for amount, _ in run.document.cells.values()}
    exact = {f"{abs(amount) / 100:,.2f}" for amount, _ in run.exact.cells.values()}
    loan = {f"{amount:,}" for amount in (run.measurement("loans", PICTURES.LOAN) or {}).values() if isinstance(amount, int)}
    texts = [text for picture in ContractPictures(run).drawn for text in re.findall(r">([^<>]+)<", picture.svg)]
    drawn = {one for text in texts for one in re.findall(r"\d[\d,]*", text)}
    amounts = [one for _, text, _ in shown_pictures.shown() for one in re.findall(r"\d[\d,]*,\d{3}(?:\.\d\d)?", text)]
    assert len(amounts) > 10
    assert [one for one in amounts if one not in printed | exact | loan | drawn] == []


def test_the_python_to_use_is_named_before_the_python_lines(readme: str) -> None:
    (before,) = re.findall(r"^(.+)\n\n```python$", readme, flags=re.MULTILINE)
    assert "`.venv/bin/python`" in before


def test_every_command_prints_for_programs(readme: str) -> None:
    assert "Every command takes `--format json`." in readme
    commands = dict(get_command(app).commands)  # type: ignore[attr-defined]
    commands |= commands.pop("new").commands
    assert "plan" in commands and "demo" in commands
    for name, command in commands.items():
        assert "--format" in {option for parameter in command.params for option in parameter.opts}, name


@pytest.mark.campaign
def test_the_python_lines_run(readme: str, folder: Path, tmp_path: Path) -> None:
    """In a copy of the demonstration, which they add a run to."""
    copy = shutil.copytree(folder, tmp_path / "copy", symlinks=True)
    (script,) = PYTHON.findall(readme)
    assert len([line for line in script.split("\n") if line]) <= 6
    done = subprocess.run([sys.executable, "-c", script], cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("0 ") and done.stdout.endswith("()\n")


@pytest.mark.campaign
def test_the_commands_the_demonstration_proposes_exist(folder: Path) -> None:
    """Each of the three commands is filled in for the run: the words after `gaapbridge` are a command and real paths."""
    run = folder / "demo" / "runs" / "example-lender" / "2023-01-01_2023-12-31" / "v1"
    exact = json.loads((run / "exact.json").read_text())
    assert exact["statements"][0]["id"] == "bs-2023"
    assert (folder / "demo" / "plan.toml").is_file()


def test_links_lead_somewhere(readme: str, root: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", readme)
    assert len(links) > 15
    assert [link for link in links if not (root / link).exists()] == []
