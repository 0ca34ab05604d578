"""The forms in which a run keeps what it writes: JSON, and tables whose texts cannot act as formulas; and the types it reads
back into."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from gaapbridge.terms.errors import UnusableInput

Form = TypeVar("Form")


def json_text(content: Any) -> str:
    """JSON as the run keeps it: UTF-8, one space, keys as given, one newline at the end.

    >>> json_text({"a": ["é", 2]})
    '{\\n "a": [\\n  "é",\\n  2\\n ]\\n}\\n'
    """
    return to_json(content, indent=1).decode() + "\n"


@cache
def typed_as(form: Any) -> TypeAdapter[Any]:
    """What makes a type of the plain content that was written from it; dear to build, so once for each type.

    >>> typed_as(tuple[int, ...]).validate_python([1, 2])
    (1, 2)
    """
    return TypeAdapter(form)


def typed_artefact(name: str, content: object, form: type[Form]) -> Form:
    """The content of an artefact in the type that it was written from. Raises ``UnusableInput`` naming the key."""
    try:
        typed: Form = typed_as(cast(Any, form)).validate_python(content)
        return typed
    except ValidationError as wrong:
        where = ".".join(map(str, wrong.errors()[0]["loc"]))
        rule = "an artefact is in the form in which close writes it"
        raise UnusableInput(file=name, key=where, rule=rule, remedy="restore the run, or close the plan again") from None


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A comma-separated table whose texts cannot act as formulas."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([safe_text(cell) for cell in row] for row in rows)
    return stream.getvalue()


_FORMULA = tuple("=+-@\t\r")


def safe_text(text: object) -> object:
    """Text that a spreadsheet will not take for a formula: an apostrophe before what would be one."""
    return f"'{text}" if isinstance(text, str) and _is_formula(text) else text


def plain_text(safe: str) -> str:
    """The text that was made safe, whatever it was.

    >>> [plain_text(str(safe_text(text))) for text in ("-1301", "'-1301", "1301", "'tis")]
    ['-1301', "'-1301", '1301', "'tis"]
    """
    return safe[1:] if safe.startswith("'") and _is_formula(safe) else safe


def _is_formula(text: str) -> bool:
    """Whether a text begins as a formula, or as one with apostrophes before it."""
    return text.lstrip("'").startswith(_FORMULA)
