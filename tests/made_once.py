"""Lenders that many rooms of tests look at, written and closed once a session for all workers.

They lie in the folder that the workers share, and are looked at only: a test that changes one changes a copy, and one that did
not fails, by its name. Who asks while another worker makes one waits for it; one whose making failed is made anew.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gaapbridge.example.demo import Demonstration, demonstrate
from gaapbridge.progress import Progress
from gaapbridge.run import Run


@dataclass(frozen=True)
class MadeOnce:
    """What was made, by name, in a folder that all workers of a session see."""

    shared: Path

    def folder(self, name: str, make: Callable[[Path], object]) -> Path:
        """The folder of a name; ``make`` fills it where no worker has."""
        place, made = self.shared / name, self.shared / f"{name}.made"
        with (self.shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                shutil.rmtree(place, ignore_errors=True)
                make(place)
                made.with_suffix(".new").write_text(listed(place), encoding="utf-8")
                made.with_suffix(".new").rename(made)  # whole, for who looks whether it changed
        return place

    def changed(self) -> list[str]:
        """The names whose folders are not as they were made, or when they were told of last: a test wrote where all look."""
        return [path.stem for path in sorted(self.shared.glob("*.made")) if self._is_changed(path)]

    def _is_changed(self, made: Path) -> bool:
        with made.open("r+", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            before, now = file.read(), listed(made.with_suffix(""))
            if now == before:
                return False
            file.seek(0)
            file.truncate()
            file.write(now)
        return True

    def demonstration(self, loans: int) -> Demonstration:
        """Both years of an example lender of so many loans."""
        return demonstrated_in(self.folder(f"demo-{loans}", lambda place: demonstrate(place, loans, Progress(show=False))))

    def copied(self, loans: int, folder: Path) -> Demonstration:
        """The same in a folder of one's own, to be changed."""
        return demonstrated_in(Path(shutil.copytree(self.demonstration(loans).plan.parent, folder)))


def listed(folder: Path) -> str:
    """Every file of a folder, with its size and when it was written."""
    files = sorted(os.path.join(place, name) for place, _, names in os.walk(folder) for name in names)
    stats = ((file, os.stat(file)) for file in files)
    return "".join(f"{os.path.relpath(file, folder)} {stat.st_size} {stat.st_mtime_ns}\n" for file, stat in stats)


def demonstrated_in(folder: Path) -> Demonstration:
    """What stands in the folder of a demonstration."""
    prior, run = (Run(one) for one in sorted(folder.glob("runs/*/*/v1")))
    return Demonstration(folder / "plan.toml", prior, run, (), ())


def shared_by_workers(factory: pytest.TempPathFactory) -> MadeOnce:
    """In the folder of the session, which holds those of its workers where there are any."""
    own = factory.getbasetemp()
    return MadeOnce(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)
