"""What is said of a plan proposed for a lender's own files: every guess, every question, what is still an example's."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.starter.curve_files import days_of_default
from gaapbridge.starter.ledger_file import LedgerFile, may_be_of
from gaapbridge.starter.own_history import OwnHistory, said
from gaapbridge.starter.own_tapes import NONE, Curves, copied, instants_of, kinds_of, segments_of, unanswered
from gaapbridge.starter.tape_file import FIRST_ROWS, TapeFile
from gaapbridge.starter.tape_toml import listing, toml, would_be

_WIDTH = 110
_FIRST = max(len(name) for kind in KINDS.values() for tape in kind.tapes for name in tape.schema.names)
"""Characters of a line of the report, and of its first column: our longest name."""


def told_of_history(history: OwnHistory, width: int | None) -> Iterator[str]:
    """The report on a history: what was found in its files, and the curves that were estimated, or why there are none."""
    for tape in history.tapes.values():
        yield from _told(tape, "[history]")
    yield ""
    yield from (line for one in history.open for line in _wrapped(one))
    if history.refused is not None:
        yield from _wrapped(f"CURVES NOT ESTIMATED, {said(history.refused)}.")
    if history.estimation is not None:
        yield from ("", *history.estimation.as_text(width).split("\n"))


def told_of_own(tapes: Mapping[str, TapeFile], ledger: LedgerFile | None, estimated: Curves = NONE) -> Iterator[str]:
    """The report on tapes, one after another, on the ledger, and on what no file says."""
    for look in (look for tape in tapes.values() for look in tape.looks):
        yield from _told(look)
    if ledger is not None:
        yield from _told(ledger.tape)
        opening = ((ours, f"{match.theirs}  ({match.why})") for ours, match in ledger.opening.items())
        yield from _listed("Of the opening, in the same file ([trial_balance.read.opening.columns]):", opening)
        yield from _listed("Accounts, the ledger's → the plan's:", _accounts(ledger))
        yield from _listed("Accounts for you to place in [trial_balance.accounts] or [accounts]:", _unplaced(ledger))
    yield ""
    yield from _wrapped(_needed(tapes))
    if left := copied(tapes, estimated):
        yield from _wrapped(_segments(tapes, left if estimated.files else {}))
        yield from _wrapped(days_of_default(left))
    yield from _wrapped(_period(tapes, ledger))
    yield from _wrapped(f"Still an example's, by the tables of plan.toml: {', '.join(unanswered(tapes, ledger, estimated))}.")


def _told(tape: TapeFile, part: str = "part 6") -> Iterator[str]:
    yield ""
    yield f"{tape.schema.title}: {', '.join(map(str, tape.paths))}"
    yield from tape.nothing_taken
    seen = "the header" if len(tape.without_rows) == len(tape.paths) else f"the header and the first {FIRST_ROWS:,} rows"
    yield f"Guessed from {seen}; read it again in {part} of plan.toml:"
    yield from _aligned((ours, f"{match.theirs}  ({match.why})") for ours, match in tape.matches.items())
    if tape.amounts_stated is not None:
        yield from _aligned([("amounts", f"{tape.amounts}  ({tape.amounts_stated})")])
    if tape.currency is not None:
        yield from _aligned([("currency", f"{tape.currency[0]}  ({tape.currency[1]})")])
    yield from _listed("How it is written:", _written(tape))
    yield from _listed(
        "OPEN, for you to answer in plan.toml:",
        ((one.about, f"{one.why}{': ' if one.choices else ''}{'  or  '.join(one.choices)}") for one in tape.guess.questions),
    )
    yield from _listed(
        "Words that are clear, theirs → ours:", ((ours, would_be(words)) for ours, words in _words(tape, clear=True))
    )
    yield from _listed(
        "Words that are not, rejected until read.values says what they are:",
        ((ours, would_be(words)) for ours, words in _words(tape, clear=False)),
    )
    yield from _listed(
        "Needed and not found: map it in columns, state it in read.constant, or add it to the file:",
        (
            (one.name, "; ".join((_described(one.description, tape.nearest(one.name)), *tape.advice(one.name))))
            for one in tape.missing
        ),
    )
    yield from _listed("Not found, and taken as:", _defaults(tape))
    yield from _listed(
        "Of these, switched off in columns, may be:",
        ((column.name, ", ".join(near)) for column in tape.defaulted if (near := tape.nearest(column.name))),
    )
    yield from _listed("Found and cannot be used as it is:", tape.faults.items())
    if tape.unexplained:
        names = ", ".join(tape.unexplained)
        yield from ("", *_wrapped(f"In the file, not read and not in ignore, so that check asks for it: {names}"))
    if tape.unread:
        yield from ("", *_wrapped(f"In the file and not read (ignore): {', '.join(tape.unread)}"))


def _written(tape: TapeFile) -> Iterator[tuple[str, str]]:
    for key, value in tape.read.items():
        if key != "values":
            shown = ", ".join(f"{ours} = {one}" for ours, one in value.items()) if isinstance(value, dict) else toml(value)
            yield key, f"{shown}  ({tape.guess.reasons[key]})"


def _words(tape: TapeFile, clear: bool) -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    """By our column the words of a file that are one of ours and no other, or those that are not."""
    for ours, words in tape.words.items():
        found = {theirs: means for theirs, means in words.items() if (len(means) == 1) == clear}
        if found:
            yield ours, found


def _described(description: str, nearest: Sequence[str]) -> str:
    return f"{description}; may be {', '.join(nearest)}" if nearest else description


def _accounts(ledger: LedgerFile) -> Iterator[tuple[str, str]]:
    for one in ledger.clear:
        where = f"row {one.row} of the statement" if one.row else f"{one.ours} {ledger.chart[str(one.ours)]}"
        beside = "".join(f", {other} {ledger.chart[other]}" for other in one.beside)
        yield one.code, f"{one.name} → {where}{beside} ({one.why})"


def _unplaced(ledger: LedgerFile) -> Iterator[tuple[str, str]]:
    for one in ledger.unclear:
        yield one.code, _described(one.name, may_be_of(one, ledger.chart))


def _needed(tapes: Mapping[str, TapeFile]) -> str:
    """Tapes that a close needs beside those that were brought."""
    absent = [tape for kind in kinds_of(tapes) for tape in kind.tapes if tape.needed and tape.key not in tapes]
    names = ", ".join(f"[tapes.{tape.key}]" for tape in absent)
    return f"Needed too, switched off in plan.toml: {names}." if absent else ""


def _segments(tapes: Mapping[str, TapeFile], left: Collection[str]) -> str:
    found = {kind.contracts: segments for kind in kinds_of(tapes) if (segments := segments_of(tapes, kind))}
    said = "; ".join(f"{contracts}: {listing(segments)}" for contracts, segments in found.items())
    return (
        f"Segments of {said}. Each has its rows in {', '.join(left) or 'curves/'}: an example's figures, copied, to be "
        "replaced by your own."
        if said
        else ""
    )


def _period(tapes: Mapping[str, TapeFile], ledger: LedgerFile | None) -> str:
    instants = instants_of(tapes, ledger)
    return (
        "" if instants is None else f"Period {instants[0]} to {instants[1]}: the days that names or titles of the files state."
    )


def _defaults(tape: TapeFile) -> Iterator[tuple[str, str]]:
    """What is taken in the place of columns that the file does not have, with the columns."""
    names: dict[str, list[str]] = {}
    for column in tape.defaulted:
        taken = "not known" if column.default is None else str(column.default).lower()
        names.setdefault(taken, []).append(column.name)
    yield from ((taken, ", ".join(columns)) for taken, columns in names.items())


def _listed(title: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    lines = list(_aligned(pairs))
    if lines:
        yield from ("", title, *lines)


def _aligned(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Two columns; the second runs on below itself."""
    for first, second in pairs:
        yield from textwrap.wrap(
            second, _WIDTH, initial_indent=f"  {first.ljust(_FIRST)}  ", subsequent_indent=" " * (_FIRST + 4),
            break_on_hyphens=False, break_long_words=False,
        )  # fmt: skip


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
