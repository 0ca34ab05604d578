"""The wheel of the checkout, and the libraries that it says it needs, as they stand in this environment."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterable, Iterator
from email.parser import Parser
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LIBRARIES = Path(sysconfig.get_paths()["purelib"])
"""The folder of the libraries of this environment."""


def built(root: Path, folder: Path) -> Path:
    """The wheel of the checkout, built as a user builds it, with the back end that is installed here."""
    command = ["pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps", "--wheel-dir", str(folder), str(root)]
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True, text=True)
    (wheel,) = folder.glob("gaapbridge-*.whl")
    return wheel


def required(wheel: Path) -> list[str]:
    """What the wheel's metadata asks for."""
    with zipfile.ZipFile(wheel) as opened:
        (name,) = [one for one in opened.namelist() if one.endswith(".dist-info/METADATA")]
        return Parser().parsestr(opened.read(name).decode()).get_all("Requires-Dist") or []


def needed(asked: Iterable[str], extras: Iterable[str] = ()) -> dict[str, Distribution]:
    """Every distribution that such requirements lead to, by name; nothing that only stands beside them."""
    found: dict[str, Distribution] = {}
    left = [(Requirement(line), tuple(extras)) for line in asked]
    while left:
        one, wanted = left.pop()
        if one.marker is not None and not any(one.marker.evaluate({"extra": extra}) for extra in ("", *wanted)):
            continue
        name = canonicalize_name(one.name)
        if name not in found or one.extras:
            found[name] = distribution(name)
            left += [(Requirement(line), tuple(one.extras)) for line in found[name].requires or []]
    return found


def places(of: Iterable[Distribution]) -> Iterator[str]:
    """The entries at the top of the environment's libraries that belong to these distributions."""
    for one in of:
        tops = {file.parts[0] for file in one.files or [] if file.parts[0] not in ("..", "__pycache__")}
        yield from sorted(tops)
