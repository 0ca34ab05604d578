"""Makes the pictures of README and docs from the demo's report: ``python docs/pictures.py`` writes docs/pictures/.

``python docs/pictures.py FOLDER`` takes the demo that stands in a folder; without one a demo is made, and goes again. What
a picture shows is what its reader opens: a page of the exhibit, a sheet as LibreOffice prints it, a page of the pack in
Chromium, a chart of the pack. Where a program is missing its pictures stay as they are, and this says so. ``made_of.json``
keeps for each a hash of the figures in it, never of its pixels: a test holds that against the demo of the day.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FOLDER = Path(__file__).with_name("pictures")
MADE_OF = FOLDER / "made_of.json"
RUN = Path("runs", "example-lender", "2023-01-01_2023-12-31", "v1")
CELL = "bs-2023/loans_nc/ecl"
LOAN = "L000015475"
"""A cell and a loan that are shown in full: one with an allowance that differs, in the sample that a run keeps."""
SIMULATED_LOANS = 6_000

PPI, FINER = 120, 2
"""Resolution of a page, and how much finer it is drawn first: cells of a printed sheet are cut at their edges otherwise."""

WHITE, EDGE, GAP = 225, 18, 45
"""Grey from which on a pixel is a shade and no ink; pixels of margin; pixels without ink after which a page's foot begins."""

Figures = Callable[[Any], object]


@dataclass(frozen=True)
class Picture:
    """A picture by its file: how it is made of a report's folder, and the figures of the run that stand in it."""

    name: str
    drawn: Callable[[Path], bytes]
    figures: Figures


class Missing(Exception):
    """A program that a picture needs is not on this machine."""


# ---------------------------------------------------------------- figures


def statements(run: Any) -> object:
    """Every printed cell by its address."""
    return {address: amount for address, (amount, _) in run.document.cells.items()}


def ties(run: Any) -> object:
    """Both sides of every check."""
    return [[one.expected, one.actual] for one in run.listed.checks]


def cell(run: Any) -> object:
    """What is told of the one cell: journals, segments, contracts."""
    from gaapbridge.explanation import explain

    return explain(run, CELL).as_dict()


def loan(run: Any) -> object:
    """What the one loan was measured at."""
    return run.measurement("loans", LOAN)


def causes(column: str) -> Figures:
    """The causes of a note's difference."""

    def of(run: Any) -> object:
        from gaapbridge.report.told.trail import told_causes

        return [[one.flow, one.equity_minor, one.income_minor] for one in told_causes(run, column)]

    return of


def movements(run: Any) -> object:
    """Loss allowances by cause and stage."""
    return [[one.kind, one.framework, dict(one.lines), dict(one.closing)] for one in run.movements]


def hindsight(run: Any) -> object:
    """What the opening expected, and what came."""
    return [dict(one) for one in run.hindsight]


def contract(name: str) -> Figures:
    """The numbers that a picture of a contract has in its texts."""

    def of(run: Any) -> object:
        from gaapbridge.report.charts_of_contracts import ContractPictures

        (svg,) = (one.svg for one in ContractPictures(run).drawn if one.name == name)
        texts = re.findall(r">([^<>]+)<", svg)
        return [float(one.replace(",", "")) for text in texts for one in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]

    return of


def expected_and_came(_: Any) -> object:
    """Of the simulated lender: defaults expected of each bucket, their interval, and those that came."""
    rows = [row for row in simulated()["cells"] if row["outcome"] == "default" and row["dimension"] == "bucket"]
    return [[row["expected"], row["low"], row["high"], row["came"]] for row in rows]


@cache
def simulated() -> Mapping[str, Any]:
    """Curves of a lender with known chances, held against the year after they were fitted."""
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    from tests.estimation.held_against import held_against

    return held_against(SIMULATED_LOANS, seed=1)


def digest(figures: object) -> str:
    """The hash of the numbers among figures, in their order; of a fraction six digits."""
    return hashlib.sha256(json.dumps(list(_numbers(figures))).encode()).hexdigest()


def _numbers(figures: object) -> Iterator[str]:
    if isinstance(figures, Mapping):
        for key in sorted(figures, key=str):
            yield from _numbers(figures[key])
    elif isinstance(figures, list | tuple):
        for one in figures:
            yield from _numbers(one)
    elif isinstance(figures, float):
        yield f"{figures:.6g}"
    elif isinstance(figures, int):
        yield str(figures)


# ---------------------------------------------------------------- pictures


def exhibit(opening: str) -> Callable[[Path], bytes]:
    """The page of the exhibit that begins so."""
    return lambda report: _of_pdf(report / "exhibit.pdf", opening)


def sheet(opening: str, of_height: float = 1) -> Callable[[Path], bytes]:
    """The first page, of the workbook as LibreOffice prints it, that has these words; or the upper part of it."""
    return lambda report: _of_pdf(_printed_workbook(report), opening, of_height)


def pack(page: str, width: int, height: int, at: str = "") -> Callable[[Path], bytes]:
    """A page of the pack in a window of this size, moved to an element by its id."""
    return lambda report: _of_browser(report / "pack" / page, width, height, at)


def chart(name: str) -> Callable[[Path], bytes]:
    """A chart of the pack."""
    return lambda report: (report / "pack" / "charts" / name).read_bytes()


def by_bucket(_: Path) -> bytes:
    """The picture of a validation: defaults by bucket of the simulated lender."""
    from gaapbridge.report.validated.pictures import totals_by

    svg = totals_by(simulated(), "default", "bucket")
    assert svg is not None, "more than one bucket"
    return svg.encode()


PICTURES = (
    Picture("exhibit-balance-sheet.png", exhibit("BALANCE SHEET As of December 31, 2023"), statements),
    Picture("exhibit-income-statement.png", exhibit("INCOME STATEMENT For the year ended December 31, 2023"), statements),
    Picture("workbook-balance-sheet.png", sheet("Reconciliation between U.S. GAAP and IFRS: balance sheet"), statements),
    Picture("workbook-tie-outs.png", sheet("Tolerance Result Evidence", of_height=0.6), ties),
    Picture("pack-statements.png", pack("index.html", 1280, 1110, "bs-2023"), statements),
    Picture("pack-cell.png", pack("rows/bs-2023/loans_nc.html", 1280, 900, CELL), cell),
    Picture("pack-loan.png", pack(f"contracts/loan-{LOAN}.html", 1280, 1150), loan),
    Picture("equity.svg", chart("equity.svg"), statements),
    Picture("net-income.svg", chart("net-income.svg"), statements),
    Picture("causes-ecl.svg", chart("causes-ecl.svg"), causes("ecl")),
    Picture("causes-sbc.svg", chart("causes-sbc.svg"), causes("sbc")),
    Picture("causes-fg.svg", chart("causes-fg.svg"), causes("fg")),
    Picture("stages.svg", chart("stages.svg"), movements),
    Picture("hindsight-loans.svg", chart("hindsight-loans.svg"), hindsight),
    Picture("expected-and-came.svg", by_bucket, expected_and_came),
    Picture("loan-life.svg", chart("loan-life.svg"), contract("loan-life")),
    Picture("vesting-cost.svg", chart("vesting-cost.svg"), contract("vesting-cost")),
)
"""Every picture of the documentation."""


def _of_pdf(pdf: Path, opening: str, of_height: float = 1) -> bytes:
    """A page as a picture, without its margins and foot."""
    import typst
    from pypdf import PdfReader

    pages = enumerate(PdfReader(pdf).pages, 1)
    number = next(number for number, page in pages if opening in " ".join(page.extract_text().split()))
    source = f'#set page(width: auto, height: auto, margin: 0pt)\n#image("{pdf.name}", page: {number})'
    drawn = typst.compile(source.encode(), root=str(pdf.parent), format="png", ppi=PPI * FINER)
    return _small(_cropped(_image(drawn).reduce(FINER), of_height))


def _printed_workbook(report: Path) -> Path:
    """The workbook as a PDF beside it, printed by LibreOffice once."""
    made = report / "workbook.pdf"
    if not made.is_file():
        program = shutil.which("soffice")
        if program is None:
            raise Missing("LibreOffice")
        home = f"-env:UserInstallation={(report / 'libreoffice').as_uri()}"
        command = [program, home, "--headless", "--convert-to", "pdf", "--outdir", str(report), str(report / "workbook.xlsx")]
        subprocess.run(command, check=True, capture_output=True)
    return made


def _of_browser(page: Path, width: int, height: int, at: str) -> bytes:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        raise Missing("Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-background-networking"])
        opened = browser.new_page(viewport={"width": width, "height": height})
        opened.goto(page.as_uri())
        if at:
            opened.evaluate("id => document.getElementById(id).scrollIntoView()", at)
        taken = _image(opened.screenshot())
        browser.close()
    return _small(taken.crop((0, 0, taken.width, _between_lines(_ink(taken), taken.height))))


def _cropped(page: Any, of_height: float) -> Any:
    """The ink of a page, or of its upper part, with a margin; what follows the last wide gap is its foot, and left out."""
    import numpy as np

    ink = _ink(page)
    rows = np.flatnonzero(ink.any(axis=1))
    gaps = np.flatnonzero(np.diff(rows) > GAP)
    foot = int(rows[gaps[-1]]) + EDGE if gaps.size else page.height
    bottom = _between_lines(ink, min(foot, int(page.height * of_height)))
    across = np.flatnonzero(ink[:bottom].any(axis=0))
    return page.crop((int(across[0]) - EDGE, int(rows[0]) - EDGE, int(across[-1]) + EDGE, bottom))


def _ink(image: Any) -> Any:
    """Which pixels are text or a rule."""
    import numpy as np

    return np.asarray(image.convert("L")) < WHITE


def _between_lines(ink: Any, at_most: int) -> int:
    """The last row of pixels, up to one, that goes through no text."""
    import numpy as np

    blank = np.flatnonzero(~ink[: at_most + 1].any(axis=1))
    return int(blank[-1])


def _image(png: bytes) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(png)).convert("RGB")


def _small(image: Any) -> bytes:
    """The picture as PNG in 48 colours, which text and rules do not need more of."""
    from PIL import Image

    written = io.BytesIO()
    image.quantize(48, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return written.getvalue()


# ---------------------------------------------------------------- all of them


def make(demo: Path) -> list[str]:
    """Make every picture from the demo in a folder; why some were left as they are."""
    from gaapbridge import Run, write_report

    FOLDER.mkdir(exist_ok=True)
    run, left = Run(demo / RUN), list[str]()
    kept = json.loads(MADE_OF.read_text(encoding="utf-8")) if MADE_OF.is_file() else {}
    shown = {picture.name: digest(picture.figures(run)) for picture in PICTURES}
    with TemporaryDirectory(prefix="gaapbridge-pictures-") as scratch:
        report = Path(scratch) / "report"
        write_report(run, to=report)
        for picture in PICTURES:
            try:
                (FOLDER / picture.name).write_bytes(picture.drawn(report))
            except Missing as program:
                left.append(f"{picture.name} is as it was: {program} is not installed")
            else:
                kept[picture.name] = shown[picture.name]
    for path in FOLDER.iterdir():
        if path.name not in shown and path != MADE_OF:
            path.unlink()
    listed = {name: kept[name] for name in sorted(kept) if name in shown}
    MADE_OF.write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8", newline="\n")
    return left


def main(folder: str | None) -> None:
    """Make the pictures from the demo in ``folder``, or from one made for them."""
    if folder is not None:
        sys.stderr.writelines(f"{line}\n" for line in make(Path(folder)))
        return
    from gaapbridge.example.demo import demonstrate
    from gaapbridge.progress import Progress

    with TemporaryDirectory(prefix="gaapbridge-pictures-") as scratch, Progress() as progress:
        demonstrate(Path(scratch) / "demo", 20_000, progress)
        sys.stderr.writelines(f"{line}\n" for line in make(Path(scratch) / "demo"))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
