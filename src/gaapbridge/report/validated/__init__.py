"""A validation of curves as a page that stands alone, with the pack's look: made of ``validation.json`` and nothing else."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gaapbridge.estimation.destination import PAGE
from gaapbridge.estimation.validation.conclusions import HEADLINE, RULES, conclusions, headline_texts, rules_texts
from gaapbridge.estimation.validation.report import (
    BANDS,
    BY_MONTHS,
    CELLS,
    HOW_TO_READ,
    IN_DEFAULT,
    JSON,
    RUN_OFF,
    SCENARIOS_ARE_JUDGED,
    band_texts,
    by_months_texts,
    calibration_words,
    cell_texts,
    in_default_texts,
    run_off_texts,
    stability_words,
)
from gaapbridge.report.pack.pages import resource, sha256_of_text
from gaapbridge.report.pack.views import Cell, View, simple
from gaapbridge.report.validated.pictures import (
    calibrated,
    hazards,
    months_ahead,
    run_off_courses,
    totals_by,
)
from gaapbridge.terms.text import readable, text_of

LIBRARIES = ("jinja2", "vl_convert")
"""What the page needs beside what everything does: templates, and what draws."""


@dataclass(frozen=True)
class Pages:
    """The pages that were written."""

    files: tuple[Path, ...]

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {"pages": [str(file) for file in self.files]}

    def as_text(self, width: int | None = None) -> str:
        """For a terminal."""
        return text_of(["Validation with pictures:", *(f"  {file}" for file in self.files), ""], width)


def lacking() -> str:
    """Why no page can be written, in a sentence; empty where it can."""
    missing = [name for name in LIBRARIES if find_spec(name) is None]
    if not missing:
        return ""
    named, them = (", ".join(missing), "they are" if len(missing) > 1 else "it is")
    return f"a page with pictures needs {named} of the extra `report`, and {them} not installed; validation.md says the same"


def write_pages(folders: Iterable[Path], entity: str) -> Pages:
    """Write ``validation.html`` beside the ``validation.json`` of every folder."""
    files = []
    for folder in folders:
        content = (folder / JSON).read_text(encoding="utf-8")
        files.append(folder / PAGE)
        files[-1].write_text(validation_page(content, entity), encoding="utf-8")
    return Pages(tuple(files))


def validation_page(content: str, entity: str) -> str:
    """The page of the content of a ``validation.json``."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
    from markupsafe import escape

    told = json.loads(content)
    loaders = ChoiceLoader([PackageLoader(__package__), PackageLoader("gaapbridge.report.pack")])
    made = Environment(
        loader=loaders, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=lambda value: readable(value) if type(value) is str else value,
    )  # fmt: skip
    style = resource("style.css")
    text: str = made.get_template("validated.html").render(
        title="Validation of the curves", entity=entity, until=told["until"], menu="", root="", page=PAGE, index="",
        alone={"style": style, "style_sha256": sha256_of_text(style)}, escaped=lambda text: str(escape(readable(text))),
        content_sha256=sha256(content.encode()).hexdigest(), said=_said(told), parts=list(_parts(told)),
    )  # fmt: skip
    return text


def _said(told: Mapping[str, Any]) -> list[str]:
    """What the reader is told first."""
    conditions = told["conditions"]
    return [
        f"Default recognised and prepayment within {conditions['window_months']} months, expected by curves that had not seen "
        f"these contracts or these months, against what came. Intervals of {100 * conditions['confidence']:g} %."
    ]


def _parts(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield _part(
        "All tests",
        said=[HOW_TO_READ],
        listed=list(conclusions(told)),
        views=[view for test in told["tests"] for view in _headline(test)],
    )
    for test in told["tests"]:
        yield _part(
            test["name"].capitalize(),
            said=[f"Openings {', '.join(test['openings'])}.", *_beside(test)],
            figures=[_figure(svg, alt) for svg, alt in _pictures(test)],
            views=list(_views(test)),
        )
    if scenarios := told.get("scenarios"):
        table = simple("Odds of each scenario, and its weights", scenarios["head"], [_cells(row) for row in scenarios["rows"]])
        yield _part("Scenarios", said=[SCENARIOS_ARE_JUDGED, *scenarios["said"]], views=[table])
    yield _part("Limits", listed=told["limits"])


def _headline(test: Mapping[str, Any]) -> Iterator[View]:
    """The tables of a test that stand first."""
    name = f"{test['name'][0].upper()}{test['name'][1:]}"
    yield simple(name, HEADLINE, [_cells(texts) for texts in headline_texts(test)])
    if test["without_rules"]:
        yield simple(
            f"{name}: what came with each dated rule and without it", RULES, [_cells(texts) for texts in rules_texts(test)]
        )


def _part(
    heading: str,
    said: Sequence[str] = (),
    figures: Sequence[Mapping[str, str]] = (),
    views: Sequence[View] = (),
    listed: Sequence[str] = (),
) -> dict[str, Any]:
    anchor = "-".join("".join(letter if letter.isalnum() else " " for letter in heading.lower()).split())
    return {"heading": heading, "anchor": anchor, "said": said, "figures": figures, "views": views, "listed": listed}


def _beside(test: Mapping[str, Any]) -> list[str]:
    outside = [f"{number:,} {name}" for name, number in test["outside"].items() if number]
    return [f"Beside the cells: {'; '.join(outside)}."] if outside else []


def _pictures(test: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The pictures of a test, each with what it shows in words."""
    read = "a grey bar is what chance and error explain, a tick or line what was expected, a point what came, a cross outside"
    for outcome in ("default", "prepayment"):
        for dimension in ("bucket", "segment", "opening"):
            if (drawn := totals_by(test, outcome, dimension)) is not None:
                yield drawn, f"{outcome.capitalize()} within the window by {dimension}: {read}."
    if test["months_ahead"]:
        yield months_ahead(test), f"Defaults by bucket and month ahead: {read}."
        yield hazards(test), "Hazards by bucket and month ahead: the line is what was expected, a point what came."
    if test["calibration"]["bands"]:
        yield calibrated(test), "Calibration: share that defaulted over the probability expected; on the line they agree."
    if test["run_off"]:
        yield run_off_courses(test), "Run-off: gross charge-off, in per cent of what was expected to the end, by month ahead."


def _figure(svg: str, alt: str) -> dict[str, str]:
    from markupsafe import Markup

    drawn = b64encode(svg.encode()).decode("ascii")
    return {"file": Markup(f"data:image/svg+xml;base64,{drawn}"), "alt": alt}  # a word without end, and no text


def _views(test: Mapping[str, Any]) -> Iterator[View]:
    """The tables of a test; those of cells are folded."""
    if test["run_off"]:
        yield simple("Run-off, gross and severity apart", RUN_OFF, [_cells(run_off_texts(row)) for row in test["run_off"]])
    if test["in_default"]:
        stood = [_cells(in_default_texts(row)) for row in test["in_default"]]
        yield simple("Loss of contracts in default at the opening", IN_DEFAULT, stood)
        by_months = [_cells(texts) for row in test["in_default"] for texts in by_months_texts(row)]
        yield simple("The same by months in default, gross", BY_MONTHS, by_months)
    for outcome in dict.fromkeys(row["outcome"] for row in test["cells"]):
        for dimension in dict.fromkeys(row["dimension"] for row in test["cells"]):
            rows = [row for row in test["cells"] if row["outcome"] == outcome and row["dimension"] == dimension]
            view = simple(f"{outcome.capitalize()} by {dimension}", CELLS, [_cells(cell_texts(row)) for row in rows])
            yield View(view.caption, view.header, view.rows, fold=f"{len(rows):,} cells", is_open=dimension == "bucket")
    rows = [
        (Cell(row["opening"]), *(Cell(f"{row[name]:.3f}", True) for name in ("area", "gini", "error")))
        for row in test["discrimination"]
    ]
    yield simple("Discrimination of default", ("opening", "area under the curve", "Gini", "standard error"), rows)
    bands = [_cells(band_texts(row)) for row in test["calibration"]["bands"]]
    yield simple("Calibration of default", BANDS, bands, remark=" ".join(calibration_words(test["calibration"])))
    moved = test["stability"]["openings"]
    names = [name for name in moved[0] if name != "opening"]
    rows = [(Cell(row["opening"]), *(Cell(f"{row[name]:.3f}", True) for name in names)) for row in moved]
    remark = " ".join(stability_words(test["stability"]))
    yield simple("Stability of the book: index against the first opening", ("opening", *names), rows, remark=remark)


def _cells(texts: Sequence[str]) -> tuple[Cell, ...]:
    """Texts as cells; what begins with a digit or says that there is none stands to the right."""
    return (Cell(texts[0]), *(Cell(text, text[:1].isdigit() or text == "-") for text in texts[1:]))
