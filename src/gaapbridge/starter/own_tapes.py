"""The plan of a lender who brings tapes: what was found in them, each guess with its reason, the rest an example's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from gaapbridge.contracts.kind import Kind
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.plan.election import weights
from gaapbridge.starter.curve_files import days_of_default
from gaapbridge.starter.history_text import BASE, decided
from gaapbridge.starter.ledger_file import LedgerFile, accounts_added, accounts_of
from gaapbridge.starter.miniature import curve_texts, miniature
from gaapbridge.starter.own_files import LEDGER, Places
from gaapbridge.starter.plan_text import OwnLedger, comment, notes_in_order, plan_text
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.starter.tape_toml import keys_of, tables_of
from gaapbridge.starter.unread import unread_columns

_ABOUT = """\
# It measures the files that part 6 names{instants}.
# Of your files it says what was guessed, with the reason beside it; the rest is an example's: put your own in
# its place from the top down.
# To see what is missing or wrong:   gaapbridge check plan.toml"""

COPIED_TITLE = "COPIED FIGURES, TO BE REPLACED"
"""What stands above curves with figures of the example."""

ECL = "expected_credit_loss"
_WHOLLY = weights("", "", "", f"{{ {BASE} = 1.0 }}", nature="estimate").example
_OF_BASE = {"us_scenarios": _WHOLLY, "us_historical_scenario": f'"{BASE}"', "ifrs_scenarios": _WHOLLY}
"""Answers of a plan whose curves have the scenario of history alone."""


@dataclass(frozen=True)
class Curves:
    """What a history gives a plan: the lines of its tables, the file of each table of curves of its ``kind`` that was
    estimated, the month ends at which they are known, or why there are none."""

    lines: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    known_at: tuple[date, ...] = ()
    refused: str = ""
    kind: str = "loans"


NONE = Curves()
"""No history was brought."""


def curves_of(estimated: Curves = NONE) -> dict[str, dict[str, str]]:
    """The file of each table of curves in a plan, by kind of contracts: estimated, or with figures of the example."""
    curves = {kind: dict(files) for kind, files in miniature().curves.items()}
    curves[estimated.kind] |= estimated.files
    return curves


def copied(tapes: Mapping[str, TapeFile], estimated: Curves = NONE) -> dict[str, str]:
    """The texts of the curve files with the example's figures that the plan of some tapes names, by their paths."""
    named = {path for files in curves_of(estimated).values() for path in files.values()}
    return {path: text for path, text in curve_texts(kinds_of(tapes)).items() if path in named}


def kinds_of(tapes: Mapping[str, TapeFile]) -> list[Kind]:
    """The kinds of contracts of which there are tapes."""
    return [kind for kind in KINDS.values() if any(tape.key in tapes for tape in kind.tapes)]


def segments_of(tapes: Mapping[str, TapeFile], kind: Kind) -> tuple[str, ...]:
    """The segments on the tapes of a kind."""
    return tuple(dict.fromkeys(segment for tape in kind.tapes if tape.key in tapes for segment in tapes[tape.key].segments))


def currency_of(tapes: Mapping[str, TapeFile]) -> str | None:
    """The currency of all tapes that show one; None where none does, or two differ."""
    codes = {one.currency[0] for tape in tapes.values() for one in tape.looks if one.currency is not None}
    return codes.pop() if len(codes) == 1 else None


def instants_of(tapes: Mapping[str, TapeFile], ledger: LedgerFile | None = None) -> tuple[date, date] | None:
    """The instants that names or titles of the files state, of the ledger's where no tape does; one that none states is a
    year from the other."""
    opening, closing = _stated(tapes.values())
    if ledger is not None:
        of_ledger = _stated([ledger.tape])
        opening, closing = opening or of_ledger[0], closing or of_ledger[1]
    if max(len(opening), len(closing)) != 1:
        return None
    (end,) = closing or {_years_from(next(iter(opening)), 1)}
    (start,) = opening or {_years_from(end, -1)}
    return (start, end) if start < end else None


def _stated(tapes: Iterable[TapeFile]) -> tuple[set[date], set[date]]:
    """The days that files of the opening state, and those of the closing."""
    stated = [(tape.instants[: tape.of_opening], tape.instants[tape.of_opening :]) for tape in tapes]
    opening, closing = ({day for of_tape in stated for day in of_tape[place] if day is not None} for place in (0, 1))
    return opening, closing


def _years_from(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def unanswered(tapes: Mapping[str, TapeFile], ledger: LedgerFile | None, estimated: Curves = NONE) -> list[str]:
    """Tables and keys of the plan in which an example's answers stand, for no file says them, and columns of the files that
    hold amounts which nothing reads."""
    currency = ["entity.currency"] if currency_of(tapes) is None else []
    period = ["period"] if instants_of(tapes, ledger) is None else []
    of_ledger = [f"{LEDGER}.{key}" for key in ("fiscal_year_end", "same_source", "shared")] if ledger else []
    of_curves = ["curves"] if copied(tapes, estimated) else []
    of_history = decided(estimated.kind) if estimated.lines else []
    examples = ["elections", "vat", "tax", "deferred_tax", "accounts", "posting", *of_curves, *of_history]
    looks = ((key, tape, one) for key, tape in tapes.items() for one in tape.looks)
    unread = dict.fromkeys(
        said for key, tape, one in looks for said in unread_columns(_ignored(key, tape, one), one.money, one.may_be)
    )
    return ["entity.name", *currency, *period, *examples, *of_ledger, *unread]


def _ignored(key: str, tape: TapeFile, one: TapeFile) -> str:
    """The key under which the columns of a file stand that are not read."""
    alone = len({frozenset(look.unread) for look in tape.looks}) > 1
    instant = "closing" if one is tape else "opening"
    return f"tapes.{key}.read.{instant}.ignore" if alone else f"tapes.{key}.ignore"


def plan_of(
    tapes: Mapping[str, TapeFile], ledger: LedgerFile | None, places: Mapping[str, Places], estimated: Curves = NONE
) -> str:
    """The plan of a lender's own tapes and ledger, with what a history gave; ``places`` are the paths of their files from the
    plan's folder."""
    example = miniature()
    kinds = kinds_of(tapes)
    stated = [*(f"tapes.{key}" for key in tapes), *(f"curves.{kind.key}" for kind in kinds)]
    opening, closing = instants_of(tapes, ledger) or (example.opening, example.closing)
    currency = currency_of(tapes) or example.currency
    both = any(tape.of_opening for tape in tapes.values())
    facts = replace(
        example,
        about=_ABOUT.format(instants="" if both else ", at one instant"),
        currency=currency,
        opening=opening,
        closing=closing,
        source="opening_tape" if both else "none",
        notes=[folder.note.key for folder in notes_in_order() if any(kind.key in folder.note.kinds for kind in kinds)],
        tapes={**example.tapes, **{key: _own_tape(key, tape, places[key]) for key, tape in tapes.items()}},
        control={key: totals for key, totals in example.control.items() if key not in tapes},
        curves=curves_of(estimated),
        on_curves=_on_curves(tapes, estimated),
        history=estimated.lines,
        answers={ECL: _OF_BASE} if estimated.files else {},
        unanswered=unanswered(tapes, ledger, estimated),
        taxed=currency == example.currency,
    )
    if ledger is not None:
        keys = list(keys_of(ledger.tape, places[LEDGER], at_both=True))
        facts = replace(facts, own_ledger=OwnLedger(keys, list(accounts_of(LEDGER, ledger)), list(accounts_added(ledger))))
    return switched_off(plan_text(facts), [*stated, *([LEDGER] if ledger else [])])


def _on_curves(tapes: Mapping[str, TapeFile], estimated: Curves) -> str:
    """What is said above the curves: which are estimated, why they are not, and which hold figures of the example."""
    said = ""
    if estimated.files:
        days = " and ".join(map(str, estimated.known_at))
        text = (
            f"ESTIMATED from [history] below, as known at {days}: {', '.join(estimated.files.values())}. estimation.json "
            "beside them says how each cell was made. To make them again: gaapbridge estimate plan.toml"
        )
        said += "\n\n" + "\n".join(comment(text))
    if estimated.refused:
        text = (
            f"CURVES NOT ESTIMATED, {estimated.refused}. Then run gaapbridge estimate plan.toml, and name here what it writes."
        )
        said += "\n\n" + "\n".join(comment(text))
    if left := copied(tapes, estimated):
        files = ", ".join(left) if estimated.files else "the files in curves/"
        text = (
            f"{COPIED_TITLE}: {files} hold an example's figures for every segment of the tapes. None was "
            "estimated from your contracts (curves/README.md)."
        )
        said += "\n\n" + "\n".join([*comment(text), *comment(days_of_default(left))])
    return said


def _own_tape(key: str, tape: TapeFile, places: Places) -> list[str]:
    """The table of a lender's own tape: what was found in it, and as switched-off keys what must yet be."""
    at_both = next(one.at_both for kind in KINDS.values() for one in kind.tapes if one.key == key)
    return [*keys_of(tape, places, at_both), *tables_of(f"tapes.{key}", tape)]


def switched_off(text: str, stated: Sequence[str]) -> str:
    """The text of a plan with a ``#`` before every line, comments apart, of the tables of files that are not stated, and of
    the tables inside them.

    >>> print(switched_off('[tapes.a]\\n# why\\nb = 1\\n[tapes.c.read]\\nd = 2\\n[runs]', ["tapes.c"]))
    #[tapes.a]
    # why
    #b = 1
    [tapes.c.read]
    d = 2
    [runs]
    """
    lines, off = [], False
    for line in text.split("\n"):
        if heading := re.match(r"\[([\w.]+)\]", line):
            of_files = heading[1].split(".")[0] in ("tapes", "curves", "trial_balance")
            off = of_files and not any(f"{heading[1]}.".startswith(f"{one}.") for one in stated)
        lines.append(re.sub(r"^( *)(?=[^ #])", r"\1#", line) if off else line)
    return "\n".join(lines)
