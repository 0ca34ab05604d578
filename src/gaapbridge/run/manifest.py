"""The manifest of a run: what it was closed on, with what, and the hashes by which its artefacts are known again.

The only file of a run with time, versions and machine. Its format is numbered; a manifest that states no number is of the
first one, which a run can still be read in.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import StrictInt, ValidationError

from gaapbridge.filings import read_json
from gaapbridge.run.folder import MANIFEST, SEAL, extract_path
from gaapbridge.run.form import typed_as
from gaapbridge.run.seal import seal_fault
from gaapbridge.terms.errors import UnusableInput

FORMAT = 3
"""The format in which runs are written. The first stated no number, and one election among the columns;
the second had no seal."""


TechniquesStated = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Answers as a plan writes them, by note and the last day on which they were in use, then by election."""


@dataclass(frozen=True, slots=True)
class Period:
    """The two instants of a period, as dates are written."""

    opening: str
    closing: str

    def __str__(self) -> str:
        return f"{self.opening} to {self.closing}"


@dataclass(frozen=True, slots=True)
class Source:
    """An input file: its path from the folder of the plan, and its hash then."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A query in the place of an input file: the source of the plan and its kind, the hash of its text, and the days bound to
    it. Its path and the hash of what it gave are those of the input; nothing of a connection is known. ``files`` are the hashes
    of the files that it could read, by their paths from the plan's folder; None where it was put to a server."""

    source: str
    kind: str
    sha256: str
    parameters: Mapping[str, str]
    files: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class MadeCell:
    """How some months of an estimated table were made, of the version that was known at a day: of a segment, and of a bucket
    where the table has any, else blank; where nothing is said of months, of all."""

    known_at: str
    segment: str
    how: str
    bucket: str = ""
    from_month: int | None = None
    to_month: int | None = None


NAMED_FILES = 3
"""Files of a history that are each named in words."""

SHOWN_OF_HASH = 12
"""Characters of a hash that are shown in words."""

EVERY_SEGMENT = "*"
"""The segment of what is told of all."""


@dataclass(frozen=True, slots=True)
class Estimated:
    """What stands beside a table of assumptions on how it was estimated: the version of the code, the days it is known at, the
    files of the history, and its months of all contracts. ``changed``: the table is not as it was written then, and of its
    cells nothing is known. ``sources_sha256`` are the hashes of the files, ``stated`` is what was decided in estimating, by key
    of ``[history]``; a run of before has neither."""

    by: str
    known_at: tuple[str, ...]
    sources: tuple[str, ...]
    contract_months: int
    changed: bool
    cells: tuple[MadeCell, ...]
    sources_sha256: tuple[str, ...] = ()
    stated: Mapping[str, Any] = field(default_factory=dict)

    def told(self, on: str | None = None) -> str:
        """In words, as the notes print it; of the version alone that was known last ``on`` a day where one is named.

        >>> Estimated("0.1.0", ("2018-12-31", "2019-12-31"), ("months.parquet",), 107_339, False, ()).told()
        'estimated as known at 2018-12-31 and 2019-12-31 from months.parquet (107,339 contract-months)'
        """
        since = "; the file was changed since" if self.changed else ""
        known = self.known_at if on is None else [*filter(None, [self.known(on)])]
        return (
            f"estimated as known at {_and(known) or 'a later day'} from {self._files()} "
            f"({self.contract_months:,} contract-months){since}"
        )

    def _files(self) -> str:
        """The files of the history; of many the first and the last, how many, and one hash of all their hashes in order.

        The hash is that of the hashes one after another, a line each, as they stand in ``sources_sha256``.
        """
        if len(self.sources) <= NAMED_FILES:
            return _and(self.sources)
        every = hashlib.sha256("".join(f"{one}\n" for one in self.sources_sha256).encode()).hexdigest()
        hashed = f", SHA-256 of all their hashes {every[:SHOWN_OF_HASH]}" if self.sources_sha256 else ""
        return f"{len(self.sources):,} files, {self.sources[0]} to {self.sources[-1]}{hashed}"

    def cells_of(self, day: str, segment: str, bucket: str) -> str:
        """How the months of a segment and bucket were made in the version that was known last on a day; blank where nothing is
        told of them. What is told of ``*`` is of every segment; a table without buckets has a blank one."""
        known = self.known(day)
        own = (
            one
            for one in self.cells
            if (one.known_at, one.bucket) == (known, bucket) and one.segment in (segment, EVERY_SEGMENT)
        )
        return "; ".join(one.how for one in own)

    def known(self, day: str) -> str | None:
        """The day of the version that was known last on a day; None where none was."""
        return max((one for one in self.known_at if one <= day), default=None)


def by_account(estimated: Mapping[str, Estimated]) -> list[tuple[tuple[str, ...], Estimated]]:
    """Tables of which all is told alike but their cells, as of those that one estimate wrote: their names, and what is told."""
    told: dict[int, Estimated] = {}
    named: dict[int, list[str]] = {}
    for source, made in estimated.items():
        plain = replace(made, cells=())
        number = next((number for number, other in told.items() if other == plain), len(told))
        told[number] = plain
        named.setdefault(number, []).append(source)
    return [(tuple(named[number]), made) for number, made in told.items()]


def _and(words: Sequence[str]) -> str:
    """Some words in a sentence."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the plan: its name, and the row of the statement that carries it."""

    name: str
    line: str


@dataclass(frozen=True, slots=True)
class StatementIds:
    """Which statements a run measured itself; a first close may have neither an opening one nor income."""

    closing: str
    opening: str | None
    income: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a run says of itself.

    ``plan_folder`` and ``prior_run`` are paths from the run's folder; ``prior_run_sha256`` is the hash of that run's manifest.
    ``roles`` holds, by column and kind of contract, the posting roles that contracts measure; ``posting`` the account of each
    role; ``normal`` the side of each row. ``techniques_before`` are techniques that were in use before those of the plan, by
    the last day on which they were; None where there were no others. ``rows_left_out`` counts by source rows of totals that the
    plan says are none of the content, ``rows_of_other_kinds`` by source and word rows of kinds that it leaves out; None where
    there were none. ``queries`` are the inputs that databases gave, which the run keeps; None where none did. ``set`` are the
    keys of its plan that were set on the command line, with their values as a plan writes them; None where none were.
    ``status`` is draft, final or filed, with its note; ``restates`` the filed version that this one puts others in the place
    of, with the reason. ``comparatives`` are the folders of earlier runs, by ``income`` and ``balance_sheet``, whose statements
    are printed beside, ``parts`` those of runs of shorter periods that it was held against (R14); ``plan_file`` is the plan's
    own file in its folder, which runs of before do not state. ``detail`` is "totals" where the run keeps no table of all
    contracts, else None; ``estimated`` says of tables of assumptions, by source, how they were made, as far as that is known.
    """

    format: StrictInt = 1
    entity: str
    period: Period
    written_at: str
    elapsed_seconds: Mapping[str, float]
    machine: Mapping[str, Any]
    libraries: Mapping[str, str]
    version: str
    code_sha256: str
    plan_sha256: str
    plan_folder: str
    sources: Mapping[str, Source]
    prior_run: str | None
    columns: tuple[str, ...]
    roles: Mapping[str, Mapping[str, tuple[str, ...]]]
    posting: Mapping[str, str]
    accounts: Mapping[str, Account]
    statements: StatementIds
    normal: Mapping[str, str]
    profit_rows: tuple[str, ...]
    retained_row: str
    artefacts_sha256: Mapping[str, str]
    techniques_before: TechniquesStated | None = None
    rows_left_out: Mapping[str, int] | None = None
    rows_of_other_kinds: Mapping[str, Mapping[str, int]] | None = None
    queries: Mapping[str, Asked] | None = None
    set: Mapping[str, str] | None = None
    status: str | None = None
    status_note: str | None = None
    restates: str | None = None
    restates_because: str | None = None
    comparatives: Mapping[str, str] | None = None
    parts: tuple[str, ...] | None = None
    plan_file: str | None = None
    detail: str | None = None
    prior_run_sha256: str | None = None
    estimated: Mapping[str, Estimated] | None = None

    @property
    def code(self) -> str:
        """Version and hash of the code that made the run."""
        return f"{self.version} {self.code_sha256}"

    @property
    def content_sha256(self) -> str:
        """What the run is known by wherever its folder is: the hash of what ``sha256sum`` lists of its artefacts by name."""
        listed = "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(self.artefacts_sha256.items()))
        return hashlib.sha256(listed.encode()).hexdigest()

    def source_paths(self, run: Path) -> dict[str, Path]:
        """Where the input files of the run in this folder lie, by name; what queries gave, in the run itself."""
        asked = self.queries or {}
        return {
            name: extract_path(run, name) if name in asked else run / self.plan_folder / source.path
            for name, source in self.sources.items()
        }

    def as_dict(self) -> dict[str, Any]:
        """The manifest as it is written."""
        return asdict(self)


_STATED = sorted(one.name for one in fields(Manifest) if one.default is MISSING)


def has_manifest(folder: Path) -> bool:
    """Whether a folder is that of a run, as far as can be told without reading it."""
    return (folder / MANIFEST).is_file()


def read_manifest(run: Path) -> Manifest:
    """What a run says of itself.

    Raises ``UnusableInput`` where the folder holds no manifest, a damaged or a newer one, and one that is not as it was sealed.
    """
    manifest = manifest_as_it_stands(run)
    if fault := seal_fault(run, manifest.format):
        rule = f"a manifest is as its run sealed it by {SEAL}; {'that is' if fault == 'missing' else 'one of them is'} {fault}"
        raise UnusableInput(file=str(run / MANIFEST), rule=rule, remedy=_REMEDY)
    return manifest


def manifest_as_it_stands(run: Path) -> Manifest:
    """What the manifest in a folder says, whether or not its seal holds. Raises ``UnusableInput`` as ``read_manifest`` else."""
    path = run / MANIFEST
    if not path.is_file():
        raise UnusableInput(
            file=str(run),
            rule="a run folder holds manifest.json",
            remedy="name a folder written by close, or latest or previous",
        )
    try:
        content = read_json(path)
    except UnusableInput as damaged:
        damaged.file = str(path)
        raise
    _refuse_newer(path, content)
    try:
        manifest: Manifest | None = typed_as(Manifest).validate_python(content)
    except ValidationError:
        manifest = None
    if manifest is None or not manifest.artefacts_sha256:
        rule = f"a manifest states {', '.join(_STATED)}"
        raise UnusableInput(file=str(path), rule=rule, remedy=_REMEDY)
    for key, value, what in _misstated(manifest):
        raise UnusableInput(file=str(path), key=key, value=value, rule=f"a manifest has {what} there", remedy=_REMEDY)
    return manifest


_REMEDY = "restore the run, or close the plan again"


def _misstated(manifest: Manifest) -> Iterator[tuple[str, str, str]]:
    """Texts that are not what a close writes there: key, text, and what it would be."""
    period, techniques = manifest.period, manifest.techniques_before or {}
    days = {"period.opening": period.opening, "period.closing": period.closing}
    days |= {f"techniques_before.{note}": day for note, by_day in techniques.items() for day in by_day}
    yield from ((key, day, "a day, YYYY-MM-DD,") for key, day in days.items() if not _is_day(day))
    paths = {"plan_folder": manifest.plan_folder, "prior_run": manifest.prior_run or ""}
    paths |= {f"sources.{name}": source.path for name, source in manifest.sources.items()}
    paths |= {f"comparatives.{name}": path for name, path in (manifest.comparatives or {}).items()}
    paths |= {f"parts.{number}": path for number, path in enumerate(manifest.parts or ())}
    paths["artefacts_sha256"] = "".join(manifest.artefacts_sha256)
    yield from ((key, path, "a path") for key, path in paths.items() if "\0" in path)
    used = [answers for by_day in techniques.values() for answers in by_day.values()]
    answers = [(name, text) for stated in used for name, text in stated.items()]
    yield from (
        (f"techniques_before.{name}", text, "an answer as a plan writes it") for name, text in answers if not _is_answer(text)
    )


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        return date.fromisoformat(text).isoformat() == text
    return False


def _is_answer(text: str) -> bool:
    with suppress(ValueError, RecursionError):
        return list(tomllib.loads(f"answer = {text}")) == ["answer"]
    return False


def _refuse_newer(path: Path, content: object) -> None:
    number = content.get("format", 1) if isinstance(content, dict) else 1
    if isinstance(number, int) and number > FORMAT:
        raise UnusableInput(
            file=str(path),
            key="format",
            value=str(number),
            rule=f"this version reads runs up to format {FORMAT}",
            remedy="read the run with the version that wrote it or a later one, or close its plan again with this one",
        )
