"""Reading a plan: TOML text to a typed ``Plan``, with every fault named by file, key, value, rule and remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from gaapbridge.plan.election import Declaration
from gaapbridge.plan.model import CONTRACT_KINDS, Plan
from gaapbridge.terms.errors import UnusableInput, nearest

Declared = Mapping[str, Declaration]
"""What every known note declares, by its key."""


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
    _check_opening(plan)
    return plan


def _refuse(path: Path, key: str, value: Any, rule: str, remedy: str) -> UnusableInput:
    return UnusableInput(file=path.name, column=key, value=str(value), rule=rule, remedy=remedy)


def toml_content(path: Path) -> dict[str, Any]:
    """The content of a TOML file, numbers with a point as decimals. Raises ``UnusableInput`` where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _refuse(path, "", str(path), "the plan file must exist", "check the path") from None
    except (OSError, UnicodeDecodeError) as error:
        raise _refuse(path, "", type(error).__name__, "the plan must be a readable UTF-8 file", "check the file") from None
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise _refuse(path, "", str(error), "the plan must be valid TOML", "mend the line named") from None


def _typed(path: Path, content: dict[str, Any]) -> Plan:
    try:
        return Plan.model_validate(content)
    except ValidationError as error:
        first = min(error.errors(), key=lambda e: e["type"] != "extra_forbidden")
        raise _explain(path, content, first) from None


def _explain(path: Path, content: dict[str, Any], fault: Any) -> UnusableInput:
    key = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        known = _known_keys(fault["loc"][:-1])
        near = nearest(str(fault["loc"][-1]), known)
        return _refuse(
            path,
            key,
            fault["loc"][-1],
            "no such key in a plan",
            "did you mean " + " or ".join(near) + "?" if near else "remove it",
        )
    if fault["type"] == "missing":
        return _refuse(path, key, "missing", "this key has no default and must be stated", f"add {key} to the plan")
    value = fault.get("input")
    return _refuse(path, key, value, fault["msg"].removeprefix("Value error, "), f"correct {key}")


def _known_keys(location: Sequence[Any]) -> list[str]:
    """Names that the table at a location admits."""
    model: Any = Plan
    for part in location:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            break
        field = model.model_fields.get(str(part))
        if field is None:
            break
        model = _model_of(field.annotation)
    if isinstance(model, type) and issubclass(model, BaseModel):
        return [field.alias or name for name, field in model.model_fields.items()]
    return []


def _model_of(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_of(inner)) is not None), None)


def _check_notes(plan: Plan, declared: Declared) -> None:
    for note in plan.notes.order:
        if note not in declared:
            near = " or ".join(nearest(note, list(declared)))
            raise _refuse(plan.path, "notes.order", note, "no such note", f"known notes: {near or ', '.join(declared)}")
        if note not in plan.tax:
            raise _refuse(plan.path, f"tax.{note}", "missing", "each note states its tax", f"add [tax.{note}]")
    for table, names in (("tax", plan.tax), ("elections", plan.elections)):
        for note in names:
            if note not in declared:
                near = " or ".join(nearest(note, list(declared)))
                raise _refuse(
                    plan.path, f"{table}.{note}", note, "no such note", f"did you mean {near}?" if near else "remove it"
                )


def _check_elections(plan: Plan, declared: Declared) -> None:
    for note in plan.notes.order:
        answers = plan.elections.get(note, {})
        known = {election.name: election for election in declared[note].elections}
        for name, answer in answers.items():
            key = f"elections.{note}.{name}"
            if name not in known:
                near = " or ".join(nearest(name, list(known)))
                raise _refuse(plan.path, key, name, "no such election", f"did you mean {near}?" if near else "remove it")
            if (wrong := known[name].check(answer)) is not None:
                raise _refuse(plan.path, key, answer, wrong, known[name].question + f" ({known[name].paragraph})")
        for name, election in known.items():
            if name not in answers and election.tape in (None, *plan.tapes.kinds):
                remedy = f"add, for example, {name} = {election.example}: {election.question} ({election.paragraph})"
                raise _refuse(plan.path, f"elections.{note}.{name}", "missing", "every election must be stated", remedy)


def _check_accounts(plan: Plan, declared: Declared) -> None:
    every = {role for note in declared.values() for role in note.needs(CONTRACT_KINDS)}
    for role, account in plan.posting.items():
        if role not in every:
            near = " or ".join(nearest(role, list(every)))
            raise _refuse(
                plan.path, f"posting.{role}", role, "no such posting role", f"did you mean {near}?" if near else "remove it"
            )
        if account not in plan.accounts:
            near = " or ".join(nearest(account, list(plan.accounts)))
            remedy = f"add it to [accounts]{', or did you mean ' + near if near else ''}"
            raise _refuse(plan.path, f"posting.{role}", account, "the account must be in [accounts]", remedy)
    for note in plan.notes.order:
        for role in declared[note].needs(plan.tapes.kinds):
            if role not in plan.posting:
                raise _refuse(plan.path, f"posting.{role}", "missing", f"note {note} posts to it", f'add {role} = "ACCOUNT"')
    for role in plan.trial_balance.same_source if plan.trial_balance else ():
        if role not in every:
            near = " or ".join(nearest(role, list(every)))
            raise _refuse(plan.path, "trial_balance.same_source", role, "no such posting role", f"did you mean {near}?")


_BESIDE = {
    "loans": (("curves.loans", "loans"),),
    "guarantees": (("tapes.guarantee_fees", "fee instalments"), ("curves.guarantees", "guarantees")),
    "awards": (("tapes.award_tranches", "tranches"), ("curves.awards", "forfeitures")),
}
"""What a plan states beside the tape of each kind of contract."""


def _check_tapes(plan: Plan, declared: Declared) -> None:
    """Every tape has its notes and its assumptions, every note a tape."""
    kinds = plan.tapes.kinds
    for note in plan.notes.order:
        if not set(declared[note].tapes) & set(kinds):
            wanted = " or ".join(f"[tapes.{tape}]" for tape in declared[note].tapes)
            remedy = f"add {wanted}, or leave the note out"
            raise _refuse(plan.path, "notes.order", note, "a note is measured from its tapes", remedy)
    for kind in kinds:
        for note, declaration in declared.items():
            if kind in declaration.tapes and note not in plan.notes.order:
                rule = f"every note that reads [tapes.{kind}] is a column, or its balances would stand in none"
                raise _refuse(plan.path, "notes.order", note, rule, f"add {note} to notes.order")
        for key, what in _BESIDE[kind]:
            table, _, name = key.partition(".")
            if getattr(getattr(plan, table), name) is None:
                raise _refuse(plan.path, key, "missing", f"[tapes.{kind}] needs its {what} beside it", f"add [{key}]")


def _check_opening(plan: Plan) -> None:
    measured_again = plan.opening.source in ("opening_tape", "amounts")
    for kind in ("loans", "guarantees", "guarantee_fees"):
        tapes = getattr(plan.tapes, kind)
        if tapes is None:
            continue
        key = f"tapes.{kind}.opening"
        if measured_again and tapes.opening is None:
            raise _refuse(plan.path, key, "missing", "the opening is measured from the opening tape", "name the tape")
        if plan.opening.source == "none" and tapes.opening is not None:
            remedy = 'remove it, or use "opening_tape"'
            raise _refuse(plan.path, key, tapes.opening, 'source = "none" measures one instant', remedy)
