"""The documentation site: built strictly, every link and heading there, nothing asked of any machine, searched from a disk."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from tests.docs.pages import DOCS, ROOT, pages
from tests.docs.shown_pictures import drawing

LOADED = {"script": "src", "link": "href", "img": "src", "iframe": "src", "source": "src", "object": "data"}
"""Attributes by which a page has a browser fetch something as it opens."""

NOT_FETCHED = {"canonical", "alternate", "prev", "next", "edit"}


@dataclass
class Read(HTMLParser):
    """What a page of the site links to, what it loads, and the places in it that a link can lead to."""

    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.places |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in LOADED and given.get(LOADED[tag]) and not NOT_FETCHED & set(given.get("rel", "").split()):
            self.loaded.append(given[LOADED[tag]])


def read(path: Path) -> Read:
    found = Read()
    found.feed(path.read_text(encoding="utf-8"))
    return found


def faults(site: Path) -> list[str]:
    """Links to files or headings that are not there, and whatever a page or a style sheet would fetch from elsewhere."""
    parsed = {path: read(path) for path in sorted(site.rglob("*.html"))}
    found = []
    for path, page in parsed.items():
        if path.name == "404.html":  # a server's page, with addresses from its root
            continue
        where = path.relative_to(site).as_posix()
        found += [f"{where} loads {one}" for one in page.loaded if urlsplit(one).scheme or one.startswith("//")]
        for link in (*page.links, *page.loaded):
            parts = urlsplit(link)
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if parts.scheme or parts.netloc or parts.path == ".":
                continue
            if not target.is_file():
                found.append(f"{where} links to {link}: no such file")
            elif parts.fragment and target in parsed and unquote(parts.fragment) not in parsed[target].places:
                found.append(f"{where} links to {link}: no such heading")
    for path in sorted(site.rglob("*.css")):
        outside = re.findall(r"url\(\s*[\"']?((?:https?:)?//[^)\"']+)", path.read_text(encoding="utf-8"))
        found += [f"{path.name} loads {one}" for one in outside]
    return found


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """The script that builds the site."""
    return drawing("pages_of_site", "site")


@pytest.fixture(scope="module")
def site(builder: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built once; it would not be there if anything had been warned of."""
    folder: Path = tmp_path_factory.mktemp("site")
    builder.build(folder / "work", folder / "site")
    return folder / "site"


@pytest.mark.campaign
def test_every_link_and_heading_is_there_and_nothing_comes_from_elsewhere(site: Path) -> None:
    assert faults(site) == []
    assert len(list(site.rglob("*.html"))) > len(pages())


def test_what_is_not_there_or_comes_from_elsewhere_is_seen(tmp_path: Path) -> None:
    (tmp_path / "here.html").write_text('<h1 id="top">Here</h1>')
    (tmp_path / "page.html").write_text(
        '<script src="https://example.org/x.js"></script><img src="no.png"><a href="here.html#top">a</a>'
        '<a href="here.html#gone">b</a><a href="https://example.org/">c</a><link rel="stylesheet" href="//example.org/y.css">'
    )
    (tmp_path / "style.css").write_text("@font-face { src: url(https://example.org/font.woff2) }")
    assert faults(tmp_path) == [
        "page.html loads https://example.org/x.js",
        "page.html loads //example.org/y.css",
        "page.html links to here.html#gone: no such heading",
        "page.html links to no.png: no such file",
        "style.css loads https://example.org/font.woff2",
    ]


def test_a_broken_link_ends_the_build(builder: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lay_out(folder: Path) -> None:
        folder.mkdir()
        (folder / "index.md").write_text("# Home\n\n[a](gone.md)\n")

    monkeypatch.setattr(builder, "lay_out", lay_out)
    with pytest.raises(SystemExit, match="not built"):
        builder.build(tmp_path / "work", tmp_path / "site")
    assert not (tmp_path / "site").exists()


def named(nav: Any) -> Iterator[str]:
    """The pages of a navigation."""
    for entry in nav if isinstance(nav, list) else nav.values():
        if isinstance(entry, str):
            yield entry
        else:
            yield from named(entry)


def test_the_navigation_has_every_page_once(builder: ModuleType) -> None:
    project = tomllib.loads((DOCS / "site" / "site.toml").read_text(encoding="utf-8"))["project"]
    listed = list(named(project["nav"]))
    assert len(listed) == len(set(listed))
    asked = {builder._on_site(path).as_posix() for path in (ROOT / "README.md", *(page.path for page in pages()))}
    assert asked - set(listed) == set(), "name it in docs/site/site.toml"
    assert all((DOCS / name).is_file() or (ROOT / name).is_file() for name in set(listed) - asked)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed: the site was not opened in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-background-networking"])
        yield opened
        opened.close()


def test_a_word_is_found_from_a_disk_and_no_machine_is_asked(site: Path, chromium: Any) -> None:
    page, asked = chromium.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "index.html").as_uri())
    page.keyboard.press("/")
    page.keyboard.type("stand-ready")
    page.get_by_text("results").first.wait_for(timeout=20_000)
    assert [url for url in asked if urlsplit(url).scheme not in ("file", "blob", "data")] == []
    assert len(asked) > 3
    page.close()


@pytest.mark.parametrize("name", ["index.html", "readers/controller.html", "reference/measurement.html", "findings.html"])
def test_a_page_is_no_wider_than_a_phone(site: Path, chromium: Any, name: str) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.goto((site / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()
