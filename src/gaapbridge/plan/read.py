"""Reading a plan: TOML text to a typed ``Plan``, with every fault named by file, key, value, rule and remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gaapbridge.plan.election import Declaration, Election
from gaapbridge.plan.model import CONTRACT_KINDS, Plan
from gaapbridge.plan.refusals import MISSING, asked, badly_typed, meant, not_toml, refusal
from gaapbridge.plan.written import written
from gaapbridge.terms.errors import nearest

Declared = Mapping[str, Declaration]
"""What every known note declares, by its key."""

_REMOVE = "remove it"


def read_plan(path: Path, declared: Declared) -> Plan:
    """The plan in a TOML file, checked against what each note declares.

    Raises ``UnusableInput`` on a file that cannot be read, a key that is unknown, missing or wrong, an election that is
    missing or not admissible, a tape no note reads, a role without an account.
    """
    return plan_from(path, toml_content(path), declared)


def plan_from(path: Path, content: dict[str, Any], declared: Declared) -> Plan:
    """The plan that a file's content makes, checked; ``path`` is the file, from whose folder relative paths start."""
    plan = _typed(path, content)
    plan._path = path
    _check_notes(plan, declared)
    _check_elections(plan, declared)
    _check_accounts(plan, declared)
    _check_tapes(plan, declared)
    _check_controls(plan)
    _check_opening(plan)
    return plan


def toml_content(path: Path) -> dict[str, Any]:
    """The content of a TOML file, numbers with a point as decimals. Raises ``UnusableInput`` where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise refusal(path, None, None, "the plan file must exist", "check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise refusal(path, None, type(error).__name__, "the plan must be a readable UTF-8 file", "check the file") from None
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise not_toml(path, text, error) from None
    except (ValueError, InvalidOperation, RecursionError) as error:
        rule = "numbers have at most 4,300 digits and are within the range of decimals; arrays are not nested without end"
        raise refusal(path, None, type(error).__name__, rule, "write the number, or the array, that is meant") from None


def _typed(path: Path, content: dict[str, Any]) -> Plan:
    try:
        return Plan.model_validate(content)
    except ValidationError as error:
        raise badly_typed(path, error) from None


def _check_notes(plan: Plan, declared: Declared) -> None:
    known = f"known notes: {', '.join(declared)}"
    for note in plan.notes.order:
        if note not in declared:
            raise refusal(plan.path, "notes.order", note, "no such note", meant(note, declared, known))
        if note not in plan.tax:
            raise refusal(plan.path, f"tax.{note}", MISSING, "each note states its tax", f"add [tax.{note}]")
    for table, names in (("tax", plan.tax), ("elections", plan.elections)):
        for note in names:
            if note not in declared:
                raise refusal(plan.path, f"{table}.{note}", note, "no such note", meant(note, declared, known))


def _check_elections(plan: Plan, declared: Declared) -> None:
    for note in plan.notes.order:
        answers = plan.elections.get(note, {})
        known = {election.name: election for election in declared[note].elections}
        for name, answer in answers.items():
            key = f"elections.{note}.{name}"
            if name not in known:
                raise refusal(plan.path, key, written(answer), "no such election", meant(name, known, _REMOVE))
            if (wrong := known[name].check(answer)) is not None:
                near = nearest(str(answer), known[name].choices, n=1)
                remedy = f"{f'did you mean {near[0]}? Otherwise ' if near else ''}{asked(known[name])}"
                raise refusal(plan.path, key, written(answer), wrong, remedy)
        for name, election in known.items():
            key = f"elections.{note}.{name}"
            if name not in answers and election.tape in (None, *plan.tapes.kinds):
                raise refusal(plan.path, key, MISSING, "every election must be stated", asked(election))
        _check_reasons(plan, note, known.values())


def _check_reasons(plan: Plan, note: str, elections: Iterable[Election]) -> None:
    """A number above the one that a standard presumes comes with the reason why the presumption does not hold."""
    answers = plan.elections.get(note, {})
    for election in elections:
        if election.needed_above is None:
            continue
        number, most = election.needed_above
        if answers[number] > most and not answers[election.name].strip():
            key = f"elections.{note}.{election.name}"
            rule = f"must not be empty where {number} is above {most}, here {answers[number]} ({election.paragraph})"
            remedy = f"state the reason, or {number} = {most}. {election.question}"
            raise refusal(plan.path, key, written(answers[election.name]), rule, remedy)


def _check_accounts(plan: Plan, declared: Declared) -> None:
    every = {role for note in declared.values() for role in note.needs(CONTRACT_KINDS)}
    for role, account in plan.posting.items():
        if role not in every:
            raise refusal(plan.path, f"posting.{role}", written(account), "no such posting role", meant(role, every, _REMOVE))
        if account not in plan.accounts:
            remedy = meant(account, plan.accounts, "add it to [accounts]")
            raise refusal(plan.path, f"posting.{role}", written(account), "the account must be in [accounts]", remedy)
    for note in plan.notes.order:
        for role in declared[note].needs(plan.tapes.kinds):
            if role not in plan.posting:
                raise refusal(plan.path, f"posting.{role}", MISSING, f"note {note} posts to it", f'add {role} = "ACCOUNT"')
    for role in plan.trial_balance.same_source if plan.trial_balance else ():
        if role not in every:
            raise refusal(plan.path, "trial_balance.same_source", role, "no such posting role", meant(role, every, _REMOVE))


_BESIDE = {
    "loans": (("curves.loans", "loans"),),
    "guarantees": (("tapes.guarantee_fees", "fee instalments"), ("curves.guarantees", "guarantees")),
    "awards": (("tapes.award_tranches", "tranches"), ("curves.awards", "forfeitures")),
}
"""What a plan states beside the tape of each kind of contract."""

_ONLY_WITH = {
    "loans": ("tapes.events", "curves.loans"),
    "guarantees": ("tapes.guarantee_fees", "curves.guarantees"),
    "awards": ("tapes.award_tranches", "tapes.award_events", "curves.awards"),
}
"""What a plan states only beside the tape of a kind of contract, as nothing else reads it."""


def _check_tapes(plan: Plan, declared: Declared) -> None:
    """Every tape has its notes and its assumptions, every note a tape."""
    kinds = plan.tapes.kinds
    for note in plan.notes.order:
        if not set(declared[note].tapes) & set(kinds):
            wanted = " or ".join(f"[tapes.{tape}]" for tape in declared[note].tapes)
            remedy = f"add {wanted}, or leave the note out"
            raise refusal(plan.path, "notes.order", note, "a note is measured from its tapes", remedy)
    for kind, keys in _ONLY_WITH.items():
        for key in keys:
            table, _, name = key.partition(".")
            if kind not in kinds and getattr(getattr(plan, table), name) is not None:
                raise refusal(
                    plan.path, key, f"[{key}]", f"it is read with [tapes.{kind}]", f"add [tapes.{kind}], or remove it"
                )
    for kind in kinds:
        for note, declaration in declared.items():
            if kind in declaration.tapes and note not in plan.notes.order:
                rule = f"every note that reads [tapes.{kind}] is a column, or its balances would stand in none"
                raise refusal(plan.path, "notes.order", note, rule, f"add {note} to notes.order")
        for key, what in _BESIDE[kind]:
            table, _, name = key.partition(".")
            if getattr(getattr(plan, table), name) is None:
                raise refusal(plan.path, key, MISSING, f"[tapes.{kind}] needs its {what} beside it", f"add [{key}]")


_NOT_OF = {"loans": "fee_minor", "guarantees": "fee_minor", "guarantee_fees": "outstanding_principal_minor"}
"""The control total that a tape cannot have."""


def _check_controls(plan: Plan) -> None:
    for tape, total in _NOT_OF.items():
        for instant in ("opening", "closing"):
            tapes = getattr(plan.tapes, tape)
            stated = tapes and getattr(getattr(tapes.control, instant), total)
            if stated is not None:
                key = f"tapes.{tape}.control.{instant}.{total}"
                (own,) = {"fee_minor", "outstanding_principal_minor"} - {total}
                raise refusal(
                    plan.path, key, written(stated), f"[tapes.{tape}] has no such total", f"state {own}, or {_REMOVE}"
                )


def _check_opening(plan: Plan) -> None:
    measured_again = plan.opening.source in ("opening_tape", "amounts")
    for kind in ("loans", "guarantees", "guarantee_fees"):
        tapes = getattr(plan.tapes, kind)
        if tapes is None:
            continue
        key = f"tapes.{kind}.opening"
        if measured_again and tapes.opening is None:
            raise refusal(plan.path, key, MISSING, "the opening is measured from the opening tape", "name the tape")
        if plan.opening.source == "none" and tapes.opening is not None:
            remedy = 'remove it, or use "opening_tape"'
            raise refusal(plan.path, key, tapes.opening, 'source = "none" measures one instant', remedy)
