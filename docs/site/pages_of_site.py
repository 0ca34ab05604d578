"""Builds the documentation site from the checkout: ``python docs/site/pages_of_site.py`` writes site/.

The pages are those of docs and the README, written for a checkout, where a link may lead to any file. So every file that
a page links to becomes a page too: Markdown as it is, code and folders as what a reader finds there. zensical turns the
pages into HTML by site.toml, strictly: a link or heading that is not there ends the build. No machine is asked for anything.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from posixpath import relpath

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
HOME = {"README.md": "index.md", "docs/README.md": "pages.md", "docs/decisions/README.md": "decisions/index.md"}
"""Pages that bear another name on the site, by their path in the checkout."""

ALSO = ("CONTRIBUTING.md", "STYLE.md", "CHANGELOG.md")
"""Pages outside of docs that the navigation has whether a page links to them or not."""

BESIDE = (".svg", ".png", ".css", ".js", ".txt", ".ipynb")
"""Files that the site has as they are."""

LANGUAGES = {".py": "python", ".toml": "toml", ".csv": "text", ".typ": "text", "": "text"}
LINK = re.compile(r"(?<=\]\()([^)\s]+)(?=\))")
ITEM = re.compile(r"( *)(?:[-*]|(\d+)\.) ")


def build(place: Path, site: Path) -> str:
    """Build the site into ``site``, which is replaced, working in ``place``; what zensical said. Raises for any warning."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    lay_out(place / "pages")
    shutil.copyfile(DOCS / "site" / "site.toml", place / "zensical.toml")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    if done.returncode:
        raise SystemExit(f"the documentation site was not built:\n{done.stdout}{done.stderr.splitlines()[-1]}")
    shutil.rmtree(site, ignore_errors=True)
    shutil.move(place / "site", site)
    return done.stdout


def lay_out(folder: Path) -> None:
    """Write every page of the site, as Markdown, and the files beside them."""
    waiting = [*(ROOT / name for name in ("README.md", *ALSO)), *sorted(path for path in DOCS.rglob("*") if _is_page(path))]
    seen: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        target = folder / _on_site(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix in BESIDE:
            shutil.copyfile(path, target)
            continue
        text = _markdown(path)
        target.write_text(_relinked(text, path), encoding="utf-8", newline="\n")
        waiting += _linked(text, path)


def _is_page(path: Path) -> bool:
    """A page of docs, or what stands beside it."""
    return path.suffix == ".md" or path.suffix in BESIDE


def _on_site(path: Path) -> PurePosixPath:
    """Where a file of the checkout stands among the pages: those of docs at the top, others by their path.

    ``docs/concepts.md`` is concepts.md, ``src/gaapbridge/terms/errors.py`` is src/gaapbridge/terms/errors.py.md.
    """
    name = path.relative_to(ROOT).as_posix()
    if name in HOME:
        return PurePosixPath(HOME[name])
    shown = PurePosixPath(name.removeprefix("docs/"))
    return shown if _is_page(path) else shown.with_name(f"{shown.name}.md")


def _markdown(path: Path) -> str:
    """A file as a page. Code is left out of the search: what it says stands on the pages."""
    if path.suffix == ".md":
        return _lists_apart(path.read_text(encoding="utf-8"))
    name = path.relative_to(ROOT).as_posix()
    head = f"---\nsearch:\n  exclude: true\n---\n\n# `{name}`\n\n"
    if path.is_dir():
        listed = [f"- `{one.name}`{_said(one)}" for one in sorted(path.iterdir()) if one.name[0] not in "_."]
        return head + "\n".join(listed) + "\n"
    return f"{head}````{LANGUAGES.get(path.suffix, 'text')}\n{path.read_text(encoding='utf-8').rstrip()}\n````\n"


def _said(path: Path) -> str:
    """The first paragraph of what a module or package says of itself, on one line."""
    module = path / "__init__.py" if path.is_dir() else path
    if module.suffix != ".py" or not module.is_file():
        return ""
    said = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return f": {' '.join(said.partition(chr(10) * 2)[0].split())}" if said else ""


def _lists_apart(text: str) -> str:
    """The text with its lists as zensical wants them: a blank line before the first item, four spaces before a nested one.

    A line within a paragraph that happens to begin with a number, as of a year, is no item.
    """
    lines, before, number = list[str](), "", 0
    for fenced, line in _lines(text):
        item = None if fenced else ITEM.match(line)
        if item and item[2] and int(item[2]) not in (1, number + 1):
            item = None
        if item:
            number = int(item[2] or 0)
            if before.strip() and not before.startswith(" ") and not ITEM.match(before):
                lines.append("")
            line = f"    {line.lstrip()}" if item[1] else line
        lines.append(line)
        before = line
    return "\n".join(lines)


def _lines(text: str) -> Iterator[tuple[bool, str]]:
    """Every line, and whether it is in a fenced block."""
    fenced = False
    for line in text.split("\n"):
        fence = line.startswith("```")
        yield fenced or fence, line
        fenced = fenced != fence


def _target(link: str, path: Path) -> Path | None:
    """The file that a link of a page leads to; None for a heading of the page and for an address outside."""
    file = link.partition("#")[0]
    return None if "://" in link or not file else (path.parent / file).resolve()


def _linked(text: str, path: Path) -> list[Path]:
    prose = "\n".join(line for fenced, line in _lines(text) if not fenced)
    return [found for link in LINK.findall(prose) if (found := _target(link, path)) and found.exists()]


def _relinked(text: str, path: Path) -> str:
    """The text with every link as it is between pages of the site."""

    def led(found: re.Match[str]) -> str:
        target = _target(found[0], path)
        if target is None or not target.exists():
            return found[0]
        anchor = found[0].partition("#")[2]
        way = relpath(_on_site(target), _on_site(path).parent)
        return f"{way}#{anchor}" if anchor else way

    return "\n".join(line if fenced else LINK.sub(led, line) for fenced, line in _lines(text))


if __name__ == "__main__":
    build(ROOT / "build" / "docs", ROOT / "site")
