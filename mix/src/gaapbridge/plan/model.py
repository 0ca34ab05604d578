"""The typed plan: what the TOML file may hold. Unknown keys are refused; nothing that is an election has a default."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from gaapbridge.plan.filing import Filing
from gaapbridge.plan.given import AdjustmentsFile, GivenNote
from gaapbridge.plan.ledger import TrialBalances
from gaapbridge.plan.period import Comparatives, PlanPeriod
from gaapbridge.plan.queries import Database, Extract, Files, Input, Query
from gaapbridge.plan.reading import INSTANTS, ReadTable, TapeRead, Written, stated_of_files, written_at
from gaapbridge.plan.records import RecordRules
from gaapbridge.plan.section import Amounts, Section
from gaapbridge.plan.shares import Rate
from gaapbridge.plan.sign_off import SignOff
from gaapbridge.plan.tax import DeferredTax, NoteTax
from gaapbridge.plan.versions import TechniquesBefore, answers_on, days_of_change

ACCOUNT = "account "
"""What a posting role begins with that is an account itself: of what a file gives, which names accounts."""

FORMAT = 1
"""The form of a plan file; one that states none is of this one."""


def _known_format(value: Any) -> int:
    if type(value) is not int or value != FORMAT:
        remedy = "write the plan anew with new plan, or close it with a later version"
        raise ValueError(f"this version reads plans of format {FORMAT}; {remedy}")
    return value


class Entity(Section):
    """Whose statements: name, currency and its minor digits, and the unit of the printed statement in major units."""

    name: Annotated[str, Field(min_length=1)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    minor_digits: Annotated[int, Field(ge=0, le=4)]
    presentation_unit: Annotated[int, Field(ge=1, le=1_000_000_000)]


class Opening(Section):
    """The one source of the amounts brought forward.

    The opening tape measured again, the prior run, a file of amounts, or none (one instant only).
    """

    source: Literal["opening_tape", "prior_run", "amounts", "none"]
    run: str | None = None
    file: Input | None = None

    @model_validator(mode="after")
    def _source_is_named(self) -> Opening:
        for name, source in (("run", "prior_run"), ("file", "amounts")):
            stated = getattr(self, name) is not None
            if (self.source == source) != stated:
                remedy = f"remove {name}" if stated else f"add {name}"
                raise ValueError(f'{name} is needed with source = "{source}" and only there: {remedy}')
        return self


class Notes(Section):
    """The notes that become columns, in the order of the statement."""

    order: Annotated[list[str], Field(min_length=1)]

    @model_validator(mode="after")
    def _once_each(self) -> Notes:
        if len(set(self.order)) != len(self.order):
            raise ValueError("a note is named twice")
        return self


class ValueAddedTax(Section):
    """Value-added tax inside the yield: its rate, and what is quoted inclusive of it, in the words the kinds declare.

    ``interest_past_due_days``: interest past due for longer is not taxed before it is received; in China 90 days from the day
    on which interest is settled (Caishui [2016] No. 36, annex 3, article 4).
    """

    rate: Rate
    inclusive: list[str]
    interest_past_due_days: Annotated[int, Field(ge=0, le=3650)] | None = None


class StatementForm(Section):
    """The layout of the printed statement: a packaged name or the path of the user's own."""

    layout: str

    @property
    def own_layout(self) -> str | None:
        """The path of the user's own layout."""
        return self.layout if self.layout.endswith(".json") else None


class ChartAccount(Section):
    """One account of the ledger: its name and the row of the layout it is carried in."""

    name: str
    line: str


class Control(Section):
    """Control totals of a tape, from the system it came from: its rows, and sums of columns, those its kind declares."""

    rows: Annotated[int, Field(ge=0)] | None = None

    @property
    def stated(self) -> dict[str, int]:
        """The totals stated, by name: rows first."""
        return {name: total for name, total in self.model_dump().items() if total is not None}


class Controls(Section):
    """Control totals of the opening and closing tapes."""

    opening: Control = Control()
    closing: Control = Control()


class ContractTapes(Section):
    """The tapes of one kind of contract at both instants, with the user's column names mapped to ours (ours = theirs)."""

    opening: Files | None = None
    closing: Files
    amounts: Amounts
    ignore: list[str] = Field(default_factory=list)
    columns: dict[str, str] = Field(default_factory=dict)
    read: TapeRead | None = None
    control: Controls = Controls()

    @model_validator(mode="after")
    def _written_clearly(self) -> ContractTapes:
        for instant in INSTANTS:
            self.at(instant)
        return self

    def at(self, instant: str) -> Written:
        """How the tape of an instant is written."""
        return written_at(stated_of_files(self), instant)


class WholeTape(Section):
    """One tape that covers the period or the whole life: events, payments, awards; with its control totals.

    Of a tape whose rows may have numbers, those without one that are the same were recorded twice, and are ``rejected`` but for
    the first, or each is what happened, and ``counted``: ``same_rows``.
    """

    path: Files
    amounts: Amounts
    ignore: list[str] = Field(default_factory=list)
    columns: dict[str, str] = Field(default_factory=dict)
    read: ReadTable | None = None
    same_rows: Literal["rejected", "counted"] = "rejected"
    control: Control = Control()

    @property
    def written(self) -> Written:
        """How the tape is written."""
        return Written(self.amounts, self.ignore, self.columns, self.read)


class Tapes(Section):
    """The tapes of the lender's own contracts: a key for every tape that a kind of contract declares (``plan_of_kinds``)."""

    kinds_known: ClassVar[tuple[str, ...]] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of contracts there are tapes of."""
        return tuple(kind for kind in self.kinds_known if self.named(kind) is not None)

    def named(self, key: str) -> ContractTapes | WholeTape | None:
        """What ``[tapes.KEY]`` states; None where the plan has no such table."""
        stated: ContractTapes | WholeTape | None = getattr(self, key)
        return stated

    def at_both(self, key: str) -> ContractTapes | None:
        """What a table states that names a tape for each instant."""
        stated = self.named(key)
        assert stated is None or isinstance(stated, ContractTapes), "declared so"
        return stated

    def whole(self, key: str) -> WholeTape | None:
        """What a table states that names one tape."""
        stated = self.named(key)
        assert stated is None or isinstance(stated, WholeTape), "declared so"
        return stated


READ = "read"
"""The key that says how files are written."""


class CurveFiles(Section):
    """The files of assumptions, by kind of contract: a key for every kind, and in it one for every table it declares."""

    def of(self, kind: str) -> dict[str, str | Query]:
        """The files a kind of contract has, by table; none where it declares no table."""
        stated: Section | None = getattr(self, kind, None)
        named = {} if stated is None else {name: getattr(stated, name) for name in type(stated).model_fields if name != READ}
        return {name: path for name, path in named.items() if path is not None}

    def read(self, kind: str) -> dict[str, Any]:
        """How the files of a kind of contract are written, by table, where the plan says so: as the read table of a tape, and
        with its columns and those to ignore."""
        stated: Section | None = getattr(getattr(self, kind, None), READ, None)
        named = {} if stated is None else {name: getattr(stated, name) for name in type(stated).model_fields}
        return {name: read for name, read in named.items() if read is not None}


class Thresholds(Section):
    """How many rejects a close may carry, and how many findings it may have and still be clean."""

    rejected_rows: Annotated[int, Field(ge=0)]
    rejected_principal_minor: Annotated[int, Field(ge=0)]
    findings: Annotated[int, Field(ge=0)]


class Runs(Section):
    """The folder under which runs are written, and whether they keep the table of all contracts or what it comes to."""

    folder: str
    detail: Literal["full", "totals"] = "full"

    @property
    def totals_only(self) -> bool:
        """Whether a run keeps no table of all contracts."""
        return self.detail == "totals"


class Unanswered(Section):
    """Tables and keys of a plan in which an example's answers stand, until its lender takes them out of the list."""

    unanswered: list[str]


OF_CONTRACTS = ("elections", "vat", "tax", "tapes", "curves")
"""Tables of what is measured on contracts."""


class Plan(Section):
    """A whole plan. ``format`` numbers the form of its file; ``elections`` holds answers by note, as the file gives them.

    A plan of given notes alone has no contracts, and none of ``OF_CONTRACTS``; any other states all of them.
    """

    format: Annotated[int, BeforeValidator(_known_format)] = FORMAT
    starter: Unanswered = Unanswered(unanswered=[])
    entity: Entity
    period: PlanPeriod
    sign_off: SignOff = SignOff()
    opening: Opening
    comparatives: Comparatives = Comparatives()
    notes: Notes
    elections: dict[str, dict[str, Any]] = Field(default_factory=dict)
    vat: ValueAddedTax
    tax: dict[str, NoteTax] = Field(default_factory=dict)
    deferred_tax: DeferredTax
    statement: StatementForm
    accounts: dict[str, ChartAccount]
    posting: dict[str, str]
    tapes: Tapes
    curves: CurveFiles
    given: dict[str, GivenNote] = Field(default_factory=dict)
    adjustments: AdjustmentsFile | None = None
    sources: dict[str, Database] = Field(default_factory=dict)
    trial_balance: TrialBalances | None = None
    thresholds: Thresholds
    records: RecordRules = Field(default_factory=RecordRules)
    runs: Runs
    filing: Filing | None = None
    words: dict[str, dict[str, str]] = Field(default_factory=dict)

    _path: Path = PrivateAttr(default=Path())
    _written: bytes = PrivateAttr(default=b"")
    _in_force: bytes | None = PrivateAttr(default=None)
    _settings: Mapping[str, str] = PrivateAttr(default_factory=dict)
    _techniques_before: TechniquesBefore = PrivateAttr(default_factory=dict)
    _extracts: dict[str, Extract] = PrivateAttr(default_factory=dict)
    _carried: Mapping[str, Written] = PrivateAttr(default_factory=dict)

    @property
    def path(self) -> Path:
        """The file the plan was read from."""
        return self._path

    @property
    def written(self) -> bytes:
        """The file as it was read, byte for byte; nothing where the plan was read from no file."""
        return self._written

    @property
    def settings(self) -> Mapping[str, str]:
        """Keys that were set over those of the file, and their values as a plan writes them."""
        return self._settings

    @property
    def in_force(self) -> bytes:
        """The file of the plan as it is closed: as it was read, with what was set."""
        return self._written if self._in_force is None else self._in_force

    @property
    def folder(self) -> Path:
        """The folder that relative paths in the plan start from."""
        return self._path.parent

    def locate(self, name: str) -> Path:
        """A path named in the plan, from the plan's folder."""
        return self.folder / name

    def name_of(self, path: Path) -> str:
        """What a file is called in rejects and errors: its path from the plan's folder, an extract by its query."""
        called = (extract.called for extract in self._extracts.values() if extract.path == path)
        return next(called, None) or os.path.relpath(path, self.folder)

    @property
    def instants(self) -> dict[str, date]:
        """The day whose estimates each instant is measured with: the closing's for both where nothing is brought forward."""
        closing = self.period.closing
        return {"opening": closing if self.opening.source == "none" else self.period.opening, "closing": closing}

    def answers_at(self, note: str, day: date) -> dict[str, Any]:
        """A note's answers on a day: estimates in the version in force then, techniques as they were in use then.

        The plan's reader has seen to it that an estimate is in force at the instants. An earlier day takes the first version:
        the origination of a contract that is older than the lender's estimates.
        """
        return answers_on(day, self.elections[note], self._techniques_before.get(note, {}))

    def version_days(self, note: str) -> list[date]:
        """The days from which a note's answers are others: a version of an estimate starts, or a technique, in order."""
        return days_of_change(self.elections[note], self._techniques_before.get(note, {}))

    def continuing(self, techniques_before: TechniquesBefore) -> Plan:
        """The same plan, with the techniques that were in use before its own."""
        plan = self.model_copy()
        plan._techniques_before = techniques_before
        return plan

    def carrying(self, carried: Mapping[str, Written]) -> Plan:
        """The same plan, with how the opening tapes are written that it takes over from the prior run."""
        plan = self.model_copy()
        plan._carried = carried
        return plan

    def written_at(self, key: str, instant: str) -> Written:
        """How the tape of an instant is written: one taken over from the prior run as that run's own plan says."""
        stated = self.tapes.at_both(key)
        assert stated is not None, "asked of tapes the plan has"
        return self._carried[key] if instant == "opening" and key in self._carried else stated.at(instant)

    def answered(self, extracts: dict[str, Extract]) -> Plan:
        """The same plan, with what its queries gave, by the names of the sources."""
        plan = self.model_copy()
        plan._extracts = extracts
        return plan

    @property
    def extracts(self) -> Mapping[str, Extract]:
        """What the queries of the plan gave; nothing before they were put."""
        return self._extracts

    @property
    def techniques_before(self) -> TechniquesBefore:
        """The techniques in use before the plan's own, where they were others."""
        return self._techniques_before

    @property
    def measured_notes(self) -> tuple[str, ...]:
        """The notes that contracts measure, in the order of the statement; the others are given."""
        return tuple(note for note in self.notes.order if note not in self.given)

    @property
    def closing_answers(self) -> dict[str, dict[str, Any]]:
        """Every measured note's answers at the closing instant."""
        return {note: self.answers_at(note, self.period.closing) for note in self.measured_notes}

    def account_of(self, role: str) -> str:
        """The account a posting role is mapped to, or that it is. Raises ``KeyError`` where a note posts to a role it does not
        declare."""
        if role.startswith(ACCOUNT):
            return role.removeprefix(ACCOUNT)
        if role not in self.posting:
            raise KeyError(f"no account for {role}: the note that posts to it does not name it in its declaration")
        return self.posting[role]
