"""Reading a plan: TOML text to a typed ``Plan``, with every fault named by file, key, value, rule and remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from gaapbridge.plan.election import Election
from gaapbridge.plan.model import Plan
from gaapbridge.terms.errors import UnusableInput, nearest

Declared = Mapping[str, Sequence[Election]]


def read_plan(path: Path, declared: Declared) -> Plan:
    """The plan in a TOML file, checked against the elections each note declares (``declared``: note to elections).

    Raises ``UnusableInput`` on a file that cannot be read, a key that is unknown, missing or wrong, an election that is
    missing or not admissible, an account or layout row that does not exist.
    """
    plan = _typed(path, _toml(path))
    plan._path = path
    _check_notes(plan, declared)
    _check_elections(plan, declared)
    _check_accounts(plan)
    _check_opening(plan)
    return plan


def _refuse(path: Path, key: str, value: Any, rule: str, remedy: str) -> UnusableInput:
    return UnusableInput(file=path.name, column=key, value=str(value), rule=rule, remedy=remedy)


def _toml(path: Path) -> dict[str, Any]:
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
        known = {election.name: election for election in declared[note]}
        for name, answer in answers.items():
            key = f"elections.{note}.{name}"
            if name not in known:
                near = " or ".join(nearest(name, list(known)))
                raise _refuse(plan.path, key, name, "no such election", f"did you mean {near}?" if near else "remove it")
            if (wrong := known[name].check(answer)) is not None:
                raise _refuse(plan.path, key, answer, wrong, known[name].question + f" ({known[name].paragraph})")
        for name, election in known.items():
            if name not in answers:
                remedy = f"add, for example, {name} = {election.example}: {election.question} ({election.paragraph})"
                raise _refuse(plan.path, f"elections.{note}.{name}", "missing", "every election must be stated", remedy)


def _check_accounts(plan: Plan) -> None:
    for role, account in plan.posting.model_dump().items():
        if account not in plan.accounts:
            near = " or ".join(nearest(account, list(plan.accounts)))
            remedy = f"add it to [accounts]{', or did you mean ' + near if near else ''}"
            raise _refuse(plan.path, f"posting.{role}", account, "the account must be in [accounts]", remedy)
    for role in plan.trial_balance.same_source if plan.trial_balance else ():
        if role not in type(plan.posting).model_fields:
            near = " or ".join(nearest(role, list(type(plan.posting).model_fields)))
            raise _refuse(plan.path, "trial_balance.same_source", role, "no such posting role", f"did you mean {near}?")


def _check_opening(plan: Plan) -> None:
    tape = plan.tapes.loans.opening
    if plan.opening.source == "opening_tape" and tape is None:
        raise _refuse(
            plan.path, "tapes.loans.opening", "missing", "the opening is measured from the opening tape", "name the tape"
        )
    if plan.opening.source == "none" and tape is not None:
        raise _refuse(
            plan.path, "tapes.loans.opening", tape, 'source = "none" measures one instant', 'remove it, or use "opening_tape"'
        )
