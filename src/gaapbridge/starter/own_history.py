"""A lender's own monthly history: what was found in its files, and the curves estimated from it, or why there are none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.plan.days import month_end_by
from gaapbridge.plan.reading import ReadTable
from gaapbridge.progress import Progress
from gaapbridge.starter.first_sight import look_at
from gaapbridge.starter.history_text import TO, history_alone, history_lines, year_before
from gaapbridge.starter.ledger_file import LedgerFile
from gaapbridge.starter.miniature import INSTANTS, miniature
from gaapbridge.starter.own_files import Named, Places
from gaapbridge.starter.own_tapes import Curves, currency_of, instants_of, segments_of
from gaapbridge.starter.plan_text import array, comment
from gaapbridge.starter.tape_faults import of_columns, reduced
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.starter.tape_toml import keys_of, tables_of
from gaapbridge.tapes.how import layout_of
from gaapbridge.tapes.opening import opened
from gaapbridge.tapes.read import as_tape
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.writing import writing

if TYPE_CHECKING:
    from gaapbridge.estimation.outcome import Estimation  # compiled

PERFORMANCE, OUTCOMES = "performance", "outcomes"
_MONTH, _SEGMENT, _CONSTANT = "month_end", "segment", "constant"


@dataclass(frozen=True)
class OwnHistory:
    """The tapes of a history of a kind of contracts at first sight with the lines of their tables in a plan, the month ends of
    which curves are made, by ``of_plan`` where those are its instants, and what is open besides; ``estimation`` is what became
    of them, ``refused`` says why there is none."""

    kind: str
    tapes: Mapping[str, TapeFile]
    tables: Mapping[str, Sequence[str]]
    known_at: tuple[date, ...]
    of_plan: bool
    asked: tuple[str, ...]
    segments: tuple[str, ...]
    currency: str | None
    estimation: Estimation | None = None
    refused: UnusableInput | None = None

    @property
    def curves(self) -> Curves:
        """What is said of it in a plan: its tables, the file of each curve that was estimated, or why none was."""
        files = [] if self.estimation is None else [name for kind in self.estimation.kinds for name in kind.files]
        named = miniature().curves[self.kind]
        return Curves(
            lines=list(self.lines(stated=not self.of_plan)),
            files={key: f"{TO}/{self.kind}/{name}" for name in files if (key := Path(name).stem) in named},
            kind=self.kind,
            known_at=self.known_at,
            refused="" if self.refused is None else said(self.refused),
        )

    @property
    def open(self) -> tuple[str, ...]:
        """What no file says of it, in words."""
        words = " ".join(line.removeprefix("# ") for line in self.segments if line.startswith("# "))
        return (*self.asked, *filter(None, (words,)))

    def lines(self, *, stated: bool) -> Iterator[str]:
        """Its tables in a plan, with the month ends ``stated`` or left to the instants of the plan."""
        asked = [line for one in self.asked for line in comment(one)]
        return history_lines(self.tables, self.known_at if stated else (), [*asked, *self.segments], self.kind)

    def alone(self, entity: str) -> str:
        """The text of a file of the history alone."""
        return history_alone(entity, self.currency, miniature().currency, self.lines(stated=True), self.curves.files, self.kind)

    def at(self, plan: Path) -> OwnHistory:
        """The same, with the places at which its plan and its curves stand in the end."""
        if self.estimation is None:
            return self
        folder = plan.parent / TO
        kinds = tuple(replace(kind, folder=folder / kind.kind) for kind in self.estimation.kinds)
        of_plan = replace(self.estimation.plan, path=plan)
        return replace(self, estimation=replace(self.estimation, plan=of_plan, folder=folder, kinds=kinds))

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "tapes": {key: tape.as_dict() for key, tape in self.tapes.items()},
            "known_at": list(map(str, self.known_at)),
            "open": list(self.open),
            "estimation": None if self.estimation is None else self.estimation.as_dict(),
            "not_estimated": None if self.refused is None else self.refused.as_dict(),
        }


def said(refused: UnusableInput) -> str:
    """Why nothing was estimated and what to do, in a sentence each."""
    place = " ".join(part for part in (refused.key, refused.column, refused.value) if part)
    return f"{place}{': ' if place else ''}{refused.rule}. Remedy: {refused.remedy}"


def look_at_history(named: Mapping[str, Named]) -> dict[str, TapeFile]:
    """The tapes of a history at first sight, by their keys. Raises ``UnusableInput`` as a look at a tape does."""
    from gaapbridge.estimation.schema import SCHEMAS

    looked = {key: look_at(one.files, SCHEMAS[key]) for key, one in named.items()}
    _refuse_wide(looked[PERFORMANCE])
    return _of_one_segment(looked)


def _of_one_segment(looked: Mapping[str, TapeFile]) -> dict[str, TapeFile]:
    """The tapes, of which one alone says that all contracts are of one segment, and none where another has a column of it: what
    contracts say goes before what months do."""
    with_it = [key for key, tape in looked.items() if _SEGMENT in tape.matches]
    states = with_it or [PERFORMANCE]
    return {key: tape if key in states else _without_constant(tape) for key, tape in looked.items()}


def _without_constant(tape: TapeFile) -> TapeFile:
    constants = {ours: value for ours, value in tape.guess.keys.get(_CONSTANT, {}).items() if ours != _SEGMENT}
    keys = {key: value for key, value in tape.guess.keys.items() if key != _CONSTANT}
    guess = replace(tape.guess, keys={**keys, **({_CONSTANT: constants} if constants else {})})
    return replace(tape, guess=guess, segments=() if _SEGMENT not in tape.matches else tape.segments)


def _refuse_wide(tape: TapeFile) -> None:
    """Raise for a file with a column for each month and none of the month that a row is of."""
    from gaapbridge.estimation.wide import refuse_wide

    if _MONTH not in tape.matches:
        names = dict.fromkeys((*tape.unread, *tape.unexplained, *(match.theirs for match in tape.matches.values())))
        refuse_wide(tape.paths[-1].name, tape.paths[-1], list(names))


def with_text(
    kind: str,
    looked: Mapping[str, TapeFile],
    places: Mapping[str, Places],
    tapes: Mapping[str, TapeFile],
    ledger: LedgerFile | None,
) -> OwnHistory:
    """The history of a kind with its tables in a plan that reads ``tapes``, if there are any; ``places`` are the paths of its
    files."""
    instants = instants_of(tapes, ledger)
    both = any(tape.of_opening for tape in tapes.values())
    stated = tuple(map(month_end_by, instants or ()))[0 if both else 1 :]
    last = None if stated else _last_month(looked[PERFORMANCE])
    of_history = () if last is None else (year_before(last), last)[0 if both else 1 :]
    known_at = stated or of_history
    tables = {
        key: [*keys_of(tape, places[key], at_both=False), *tables_of(f"history.{kind}.{key}", tape)]
        for key, tape in looked.items()
    }
    return OwnHistory(
        kind=kind,
        tapes=looked,
        tables=tables,
        known_at=known_at,
        of_plan=both and known_at == (instants or tuple(INSTANTS.values())),
        asked=tuple(_of_outcomes(kind, looked)),
        segments=tuple(_of_segments(kind, looked, tapes)),
        currency=currency_of({**tapes, **looked}),
    )


def _month_end_of(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _last_month(tape: TapeFile) -> date | None:
    """The end of the last month of which there are rows; None where no column says it or it cannot be read."""
    if _MONTH not in tape.matches:
        return None
    read = ReadTable(**of_columns(tape, [_MONTH]))
    columns, days = {_MONTH: tape.matches[_MONTH].theirs}, []
    for path in tape.paths:
        try:
            raw = opened(path, str(path), tape.schema, layout_of(read))
            source = as_tape(raw, path, reduced(tape.schema, [_MONTH]), columns=columns, ignore=("*",), read=read)
            days += [day for one in source.batches() if isinstance(day := one.frame[_MONTH].max(), date)]
        except UnusableInput:
            return None
    return _month_end_of(max(days)) if days else None


def _of_outcomes(kind: str, looked: Mapping[str, TapeFile]) -> Iterator[str]:
    if OUTCOMES not in looked:
        yield (
            "No file of outcomes: what was recovered of charge-offs is not known, so in the curves all of it is lost. Name one "
            f"(--history-outcomes), or add [history.{kind}.outcomes]."
        )


def _of_segments(kind: str, looked: Mapping[str, TapeFile], tapes: Mapping[str, TapeFile]) -> Iterator[str]:
    """The question which segments of the history those of the tapes are that it has no row of."""
    own = [segment for tape in looked.values() for segment in tape.segments if segment]
    absent = [one for one in segments_of(tapes, KINDS[kind]) if one not in own]
    if absent and own:
        yield from comment(
            f"OPEN, segments: the tapes have {', '.join(absent)}, of which the history has no row ({', '.join(own)}), so the "
            "curves have none either. Say in read.values.segment which are the same; or list those of the tapes, and one never "
            "seen has the curves of all segments together, with a finding."
        )
        yield f"#segments = {array(list(dict.fromkeys((*own, *absent))))}"


def estimated(history: OwnHistory, unfinished: Path, entity: str, progress: Progress) -> OwnHistory:
    """The history with its curves, written into an unfinished folder within that of the plan, or with what forbids them."""
    from gaapbridge.estimation.run import estimate  # compiles

    if not history.known_at:
        rule, remedy = (
            "some column says of which month a row is",
            f"map it: {_MONTH} in [history.{history.kind}.{PERFORMANCE}.columns]",
        )
        return replace(history, refused=UnusableInput(rule=rule, remedy=remedy))
    plan = unfinished.with_suffix(".toml")
    try:
        with writing(plan):
            plan.write_text(history.alone(entity), encoding="utf-8")
        return replace(history, estimation=estimate(plan, to=unfinished / TO, progress=progress))
    except UnusableInput as refused:
        return replace(history, refused=refused)
    finally:
        plan.unlink(missing_ok=True)
