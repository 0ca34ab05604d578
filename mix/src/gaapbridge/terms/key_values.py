"""What is written as ``KEY=VALUE``: options of the command line that take a name and what it stands for, all read alike."""

from __future__ import annotations

from collections.abc import Sequence

from gaapbridge.terms.errors import UnusableInput, together

ONCE = "it is KEY=VALUE, each key once"
"""What every such text is."""


def key_values(option: str, texts: Sequence[str], example: str, *, blank: bool = False) -> dict[str, str]:
    """The values of ``KEY=VALUE`` by their keys: parted at the first equals sign, spaces around both left out.

    >>> key_values("--with", ["company_code = 1000", "text=a=b"], "company_code=1000")
    {'company_code': '1000', 'text': 'a=b'}

    ``blank`` says that a value may be empty. Raises ``UnusableInput`` that names every text which is none, or whose key is
    there already; its remedy is the ``example`` of the ``option``.
    """
    found: dict[str, str] = {}
    refused: list[UnusableInput] = []
    for text in texts:
        key, mark, value = (part.strip() for part in text.partition("="))
        if not (mark and key and (value or blank)) or key in found:
            refused.append(not_key_value(option, text, example))
        else:
            found[key] = value
    if refused:
        raise together(refused)
    return found


def not_key_value(option: str, text: str, example: str) -> UnusableInput:
    """The refusal of a text that is none."""
    return UnusableInput(column=option, value=text, rule=ONCE, remedy=f"write {option} {example}")
