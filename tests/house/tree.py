"""The project's files as its house rules see them: a rule reads a Tree, so a test can plant a violation."""

import ast
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "src/gaapbridge"


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def walked(syntax: ast.AST) -> tuple[ast.AST, ...]:
    """Every node below one, itself first: some thirty rules ask for those of the same files."""
    return tuple(ast.walk(syntax))


@dataclass(frozen=True)
class Source:
    """One Python file: where it lies under the root, its text, its parsed form."""

    path: str
    text: str

    @property
    def syntax(self) -> ast.Module:
        return _parsed(self.text)


@dataclass(frozen=True)
class Tree:
    """A root folder and the files in it that belong to the project, as paths relative to the root."""

    root: Path
    paths: tuple[str, ...]

    def under(self, *folders: str) -> Iterator[Source]:
        """The Python files under any of the folders."""
        for path in self.paths:
            if path.endswith(".py") and path.startswith(tuple(f"{folder}/" for folder in folders)):
                yield Source(path, (self.root / path).read_text(encoding="utf-8"))

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every file that is text, with its path."""
        for path in self.paths:
            try:
                yield path, (self.root / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def checkout() -> Tree:
    """Files that git tracks or would track; the calling test is skipped outside a checkout."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: what belongs to the project cannot be told from what lies beside it")
    paths = sorted({path for path in listed.split("\0") if path and (ROOT / path).is_file()})
    return Tree(ROOT, tuple(paths))


def package() -> Tree:
    """The package's own files, from the folder itself: needs no git."""
    found = (path for path in (ROOT / PACKAGE).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return Tree(ROOT, tuple(sorted(path.relative_to(ROOT).as_posix() for path in found)))


def planted(folder: Path, files: dict[str, str]) -> Tree:
    """A tree of made-up files in a folder of the test's own."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return Tree(folder, tuple(sorted(files)))


def nothing(faults: Iterable[object]) -> None:
    """Fail with every fault, one a line: a list in an assertion is cut short."""
    told = [str(fault) for fault in faults]
    assert not told, "\n" + "\n".join(told)


def functions(syntax: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, nested ones too."""
    for node in walked(syntax):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported(syntax: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and top-level name of every absolute import, wherever it stands."""
    for node in walked(syntax):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module.split(".")[0]
