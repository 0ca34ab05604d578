"""Links of the documentation resolve, names in them exist, and the index leaves out no page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, Page, names_in, pages


def broken(page: Page) -> list[str]:
    """Links of a page whose file, heading or name is not there; addresses outside are not followed."""
    faults = []
    for text, target in page.links:
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        path = (page.path.parent / file).resolve() if file else page.path
        if not path.exists():
            faults.append(f"{target}: no such file")
        elif anchor and anchor not in anchors(path):
            faults.append(f"{target}: no such heading")
        elif path.suffix == ".py" and text.startswith("`") and text.strip("`") not in names_in(path):
            faults.append(f"{text} is not defined in {target}")
    return faults


def anchors(path: Path) -> set[str]:
    """Headings of a page as a browser addresses them."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.path.relative_to(DOCS).as_posix())
def test_links_resolve(page: Page) -> None:
    assert broken(page) == []


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "there.py").write_text("def found(): ...\nTHIRD: int = 3\n")
    links = ["[a](no.md)", "[`lost`](there.py)", "[`found`](there.py)", "[`THIRD`](there.py)", "[here](#a-b)", "[x](#c)"]
    (tmp_path / "page.md").write_text("# A b\n" + "\n".join(links))
    assert broken(Page(tmp_path / "page.md")) == [
        "no.md: no such file",
        "`lost` is not defined in there.py",
        "#c: no such heading",
    ]


def test_the_index_lists_every_page() -> None:
    listed = {(DOCS / target).resolve() for _, target in Page(DOCS / "README.md").links}
    assert listed == {page.path for page in pages()} - {DOCS / "README.md"}


def test_the_index_is_one_table() -> None:
    (table,) = Page(DOCS / "README.md").tables
    assert table.header == ("page", "for whom", "says")
