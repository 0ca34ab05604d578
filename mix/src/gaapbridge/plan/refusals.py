"""What is wrong with a plan, in the plan's own words: the key, the value as the file writes it, the rule and the remedy."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from gaapbridge.plan.election import Election
from gaapbridge.plan.model import ChartAccount, Plan
from gaapbridge.plan.queries import SOURCES
from gaapbridge.plan.written import written
from gaapbridge.terms.errors import UnusableInput, nearest

MISSING = "missing"
"""What stands for the value of a key that a plan does not state."""

NO_DEFAULT = "this key has no default and must be stated"
"""The rule that such a key breaks."""


def refusal(path: Path, key: str | None, value: str | None, rule: str, remedy: str) -> UnusableInput:
    """A plan refused, called by its path as it was given."""
    return UnusableInput(file=str(path), key=key, value=value, rule=rule, remedy=remedy)


def meant(name: str, known: Iterable[str], otherwise: str) -> str:
    """The remedy for a name that is not known: those it may stand for, or else ``otherwise``."""
    near = nearest(name, known)
    return f"did you mean {' or '.join(near)}?" if near else otherwise


def meant_account(code: str, accounts: Mapping[str, ChartAccount]) -> str:
    """The remedy for an account that is not in the chart: those it may stand for, with their names, or else to add it.

    >>> meant_account("1131", {"1311": ChartAccount(name="Loans", line="loans")})
    'did you mean 1311 Loans?'
    """
    near = [f"{one} {accounts[one].name}" for one in nearest(code, accounts)]
    return f"did you mean {' or '.join(near)}?" if near else "add it to [accounts]"


def asked(election: Election) -> str:
    """The remedy for an election not answered, or not as it can be: an answer, the question, and what each word means."""
    words = "; ".join(f"{word}: {meaning}" for word, meaning in election.choices.items())
    question = f"{election.question} ({election.paragraph})"
    return f"answer, for example, {election.name} = {election.example}. {question}{' ' + words if words else ''}"


def not_toml(path: Path, text: str, error: tomllib.TOMLDecodeError) -> UnusableInput:
    """A file that is not TOML: the line where that shows, as it stands there, and what is typically wrong with such a line."""
    place = re.search(r"at line (\d+)", str(error))
    line = text.splitlines()[int(place[1]) - 1].strip() if place else None
    remedy = next((typical for start, typical in _TYPICAL if str(error).startswith(start)), _ANY)
    return refusal(path, None, line or None, f"the plan must be valid TOML: {error}", remedy)


_ANY = "a line is a key = value or a [table]; text stands in quotes, every bracket and quote is closed"
_TYPICAL = (
    ("Invalid value", 'put text and file names in quotes; write true, 0.25 and 2023-12-31 like this, without "%" or ","'),
    ("Unclosed", "close the bracket on this line or one before it, and put a comma between any two items"),
    ("Expected ']'", "close the bracket of the table: [entity]"),
    ("Expected '='", "write key = value; text that goes on here belongs in quotes, a remark after #"),
    (
        "Expected newline",
        "one key = value on a line; text in quotes, a remark after #; write 0.06 for 6 %, 1000 for 1,000",
    ),
    ("Illegal character", "close the quotes on the line on which they open"),
    ("Unterminated", "close the quotes on the line on which they open"),
    ("Unescaped", "write folders with /, not with \\"),
    ("Cannot", "the key or the table stands twice in the plan: leave one"),
    ("Duplicate", "the key or the table stands twice in the plan: leave one"),
)
"""What is typically wrong where TOML's reader says so, by the first words of what it says."""


def badly_typed(path: Path, model: type[Plan], error: ValidationError) -> UnusableInput:
    """The first fault of a plan's content: its format before all others, then keys that are unknown."""
    fault: Any = min(error.errors(), key=lambda e: (e["loc"] != ("format",), e["type"] != "extra_forbidden"))
    location, value = fault["loc"], fault.get("input")
    key = ".".join(str(part) for part in location)
    shown = None if location[0] == SOURCES else written(value)
    if fault["type"] == "extra_forbidden":
        shown = None if isinstance(value, dict) else shown
        known = _known_keys(model, location[:-1])
        if (gone := _GONE.get((str(location[0]), str(location[-1])))) is not None:
            return refusal(path, key, shown, *gone)
        return refusal(path, key, shown, "no such key in a plan", meant(str(location[-1]), known, "remove it"))
    if fault["type"] == "missing":
        table, _, name = key.rpartition(".")
        sentence = _sentence(model, location) or f"{name} = ..."
        remedy = f"add {sentence} under [{table}]" if table else f"add the table [{name}]{_to_be_stated(model, location)}"
        return refusal(path, key, MISSING, NO_DEFAULT, remedy)
    rule, remedy = _rule_and_remedy(fault, value)
    return refusal(path, key, shown, rule, remedy or f"correct {key}")


_GONE: Mapping[tuple[str, str], tuple[str, str]] = {
    ("tax", "side"): (
        "on which side a column's deferred tax stands follows from the ledger, no longer from the plan",
        "remove the line: in the order of notes.order, columns take from the asset or liability that the trial balance shows, "
        "and add to the other what is left (IAS 12.74; ASC 740-10-45-6)",
    ),
}
"""Keys that plans had before, by their table and name: why they went, and what to do."""

_RULES: Mapping[str, str] = {
    "string_type": "must be a text in quotes",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must be a currency code: the three capital letters of ISO 4217",
    "int_type": "must be a whole number, without quotes or a decimal point",
    "date_type": "must be a date, without quotes: 2023-12-31",
    "date_from_datetime_inexact": "must be a date without a time of day: 2023-12-31",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "list_type": "must be a list in square brackets",
    "too_short": "must have at least one item",
    "dict_type": "must be a table",
    "model_type": "must be a table",
}
"""The rule that a value breaks, by what pydantic calls the fault."""


def _rule_and_remedy(fault: Mapping[str, Any], value: Any) -> tuple[str, str]:
    """What the value breaks, and what to do where more is known than that it must be corrected."""
    context = fault.get("ctx", {})
    match fault["type"]:
        case "value_error":
            rule, _, remedy = str(context["error"]).partition("; ")
            return rule, remedy
        case "literal_error":
            words = re.findall(r"'([^']+)'", context["expected"])
            return f"must be one of {', '.join(words)}, in quotes", meant(str(value), words, "")
    return _RULES.get(fault["type"], "must be of the kind that this key takes").format(**context), ""


def _known_keys(plan: type[Plan], location: Sequence[Any]) -> list[str]:
    """Names that the table at a location admits."""
    table = _table_at(plan, location)
    return [] if table is None else [field.alias or name for name, field in table.model_fields.items()]


def _sentence(plan: type[Plan], location: Sequence[Any]) -> str | None:
    """What is to be added for a missing key, where its declaration says so."""
    table = _table_at(plan, location[:-1])
    field = None if table is None else table.model_fields.get(str(location[-1]))
    return None if field is None else field.description


def _to_be_stated(plan: type[Plan], location: Sequence[Any]) -> str:
    """What a missing table is to hold, where its keys say so."""
    table = _table_at(plan, location)
    asked = [] if table is None else [one.description for one in table.model_fields.values() if one.description]
    return f" with {'; '.join(asked)}" if asked else ""


def _table_at(plan: type[Plan], location: Sequence[Any]) -> type[BaseModel] | None:
    """The table at a location."""
    model: Any = plan
    for part in location:
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            break
        field = model.model_fields.get(str(part))
        if field is None:
            break
        model = _model_of(field.annotation)
    return model if isinstance(model, type) and issubclass(model, BaseModel) else None


def _model_of(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_of(inner)) is not None), None)
