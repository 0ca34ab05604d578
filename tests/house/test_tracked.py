"""What may not stand in a tracked file: addresses of registries and machines, loose ends, bulk."""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.house.tree import Tree, checkout, nothing, planted

# Written in parts, so that this file keeps its own rules.
PUBLIC_HOSTS = {".".join(parts) for parts in [("py" + "pi", "org"), ("files", "python" + "hosted", "org")]}
MACHINE_FOLDERS = ("work", "root", "farm", "home", "Users", "tmp/bash_jobs", "tmp/gb")
MACHINE_PATH = re.compile(r"(^|[^A-Za-z0-9_.])/(" + "|".join(MACHINE_FOLDERS) + r")/|\b[A-Z]:\\Users\\", re.MULTILINE)
BESIDE = "../" + "shared"
MAY_NAME_BESIDE = {".ci/run"}

LOOSE_ENDS = {
    "a to-do": re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b"),
    "an issue number": re.compile(r"\b(issue|pull request|ticket|PR)s?\s+#\d+", re.IGNORECASE),
    "who or what wrote it": re.compile(
        r"\b(clau"
        + r"de|anthro"
        + r"pic|chat"
        + r"gpt|copi"
        + r"lot|language mo"
        + r"del|ai assis"
        + r"tant|sub-?ag"
        + r"ent)\b",
        re.IGNORECASE,
    ),
    "when it was written": re.compile(
        r"\b(this|previous|earlier|next|last) (work|coding|chat)?\s?ses" + r"sion\b", re.IGNORECASE
    ),
}

LOCKS = re.compile(r"(^|/)(uv\.lock|pylock.*\.toml|poetry\.lock|Pipfile\.lock)$")
HASHED = re.compile(r"requirements(-[a-z]+)?\.lock$")
CORE, TESTS = "requirements.lock", "requirements-test.lock"
NOT_FOR_THE_DEMO = {"test", "docs", "duckdb", "estimate", "postgresql", "spark", "test-spark"}
BULKY = (".parquet", ".xlsx", ".pdf", ".arrow", ".zip", ".gz")
BULK_BYTES = 1_000_000


def registry_hosts() -> set[str]:
    """The public registry's hosts, and those this machine's pip is told to use."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    urls = re.findall(r"[a-z]+://[^\s'\"]+", listed)
    urls += [value for name, value in os.environ.items() if name.endswith(("INDEX_URL", "DEFAULT_INDEX")) and value]
    return PUBLIC_HOSTS | {host for url in urls if (host := urlsplit(url).hostname) and "." in host}


def named_hosts(tree: Tree, hosts: set[str]) -> list[str]:
    return [f"{path} names {host}" for path, text in tree.texts() for host in sorted(hosts) if host in text]


def machine_paths(tree: Tree) -> list[str]:
    return [f"{path}: {found.group(0).strip()}" for path, text in tree.texts() if (found := MACHINE_PATH.search(text))]


def named_beside(tree: Tree) -> list[str]:
    return [path for path, text in tree.texts() if BESIDE in text and path not in MAY_NAME_BESIDE]


def loose_ends(tree: Tree) -> list[str]:
    return [
        f"{path}:{text.count(chr(10), 0, found.start()) + 1} {kind}: {found.group(0)}"
        for path, text in tree.texts()
        if not HASHED.match(path)
        for kind, pattern in LOOSE_ENDS.items()
        if (found := pattern.search(text))
    ]


def lock_files(tree: Tree) -> list[str]:
    return [path for path in tree.paths if LOCKS.search(path)]


def pinned(tree: Tree) -> dict[str, set[str]]:
    """The names that each hashed requirements file pins."""
    texts = {path: text for path, text in tree.texts() if HASHED.match(path)}
    return {path: set(re.findall(r"^([a-z0-9-]+)==", text, flags=re.MULTILINE)) for path, text in texts.items()}


def pinned_twice(tree: Tree) -> list[str]:
    names = [name for found in pinned(tree).values() for name in found]
    return sorted({name for name in names if names.count(name) > 1})


def unpinned(tree: Tree) -> list[str]:
    """Direct requirements that no lock pins, and those of the demo and its file forms that the first lock does not."""
    project = tomllib.loads(dict(tree.texts())["pyproject.toml"])["project"]
    wanted = {"": project["dependencies"], **project["optional-dependencies"]}
    locked = pinned(tree)
    everything: set[str] = set().union(*locked.values())
    return sorted(
        name
        for extra, requirements in wanted.items()
        for requirement in requirements
        if (name := re.split(r"[\[<>=!~; ]", requirement)[0]) != project["name"]
        and name not in (everything if extra in NOT_FOR_THE_DEMO else locked[CORE])
    )


def bulk(tree: Tree) -> list[str]:
    return [path for path in tree.paths if path.endswith(BULKY) and (tree.root / path).stat().st_size > BULK_BYTES]


def copies(tree: Tree, folder: Path) -> list[str]:
    """Files of the project with the very bytes of one in the folder."""
    foreign = {digest(path): path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".md"}
    ours = ((path, digest(tree.root / path)) for path in tree.paths)
    return [f"{path} is {foreign[found]}" for path, found in ours if found in foreign]


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_no_registry_host() -> None:
    nothing(named_hosts(checkout(), registry_hosts()))


def test_no_machine_path() -> None:
    nothing(machine_paths(checkout()))


def test_nothing_beside_the_checkout_is_named() -> None:
    nothing(named_beside(checkout()))


def test_no_loose_end() -> None:
    nothing(loose_ends(checkout()))


def test_no_lock_with_addresses() -> None:
    nothing(lock_files(checkout()))
    assert [path for path, text in checkout().texts() if HASHED.match(path) and "://" in text] == []


def test_locks_pin_every_requirement_once() -> None:
    assert {CORE, TESTS} <= pinned(checkout()).keys()
    nothing(pinned_twice(checkout()))
    nothing(unpinned(checkout()))


def test_no_bulk() -> None:
    nothing(bulk(checkout()))


def test_no_copy_of_the_real_tapes(real_data: Path) -> None:
    nothing(copies(checkout(), real_data))


PLANTS = {
    "registry": (
        "a.toml",
        "index = 'https://packages.example.org/simple'",
        lambda t: named_hosts(t, {"packages.example.org"}),
    ),
    "public registry": (
        "a.lock",
        "https://" + min(PUBLIC_HOSTS, key=len),
        lambda t: named_hosts(t, registry_hosts()),
    ),
    "machine path": ("a.md", "see /" + "root/x", machine_paths),
    "machine path at a line's start": ("a.md", "first\n/" + "home/me/x", machine_paths),
    "windows path": ("a.md", "C:" + "\\Users\\me", machine_paths),
    "beside": ("a.py", f"open('{BESIDE}/x')", named_beside),
    "to-do": ("a.py", "# TO" + "DO later", loose_ends),
    "issue": ("a.md", "see issue " + "#12", loose_ends),
    "author": ("a.md", "written by Clau" + "de", loose_ends),
    "time": ("a.md", "as in the previous ses" + "sion", loose_ends),
    "lock": ("sub/uv.lock", "", lock_files),
    "bulk": ("a.parquet", "x" * (BULK_BYTES + 1), bulk),
}


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_line_is_seen(name: str, tmp_path: Path) -> None:
    path, text, rule = PLANTS[name]
    assert len(rule(planted(tmp_path, {path: text}))) == 1


def test_a_missing_or_second_pin_is_seen(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": """[project]
            name = "lender"
            dependencies = ["numpy>=2"]
            [project.optional-dependencies]
            xlsx = ["openpyxl>=3"]
            test = ["lender[xlsx]", "pytest>=8", "mypy"]""",
        CORE: "numpy==2.5\n    # via lender\n",
        TESTS: "numpy==2.4\nopenpyxl==3.1\npytest==9\n",
    }
    tree = planted(tmp_path, files)
    assert pinned_twice(tree) == ["numpy"]
    assert unpinned(tree) == ["mypy", "openpyxl"]


def test_ordinary_text_passes(tmp_path: Path) -> None:
    text = "https://a.example/work/x, src/work/y, an issue of 12 shares, hacking, session key\n"
    tree = planted(tmp_path, {"a.md": text})
    assert named_hosts(tree, registry_hosts()) + machine_paths(tree) + named_beside(tree) + loose_ends(tree) == []


def test_a_copy_is_seen(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real/loans.csv").write_text("1,2\n")
    tree = planted(tmp_path / "ours", {"tests/fixture.csv": "1,2\n", "b.csv": "2,1\n"})
    assert copies(tree, tmp_path / "real") == ["tests/fixture.csv is loans.csv"]
