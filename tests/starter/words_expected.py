"""What a plan reads of words: those of the file, and the usual ones that a later file may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.tapes.trade_words import to_come, words_of_ours


def with_words_to_come(tape: str, **values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Words of the file by our column, and with them those to come that are one of ours and no other."""
    schema = next(one.schema for kind in KINDS.values() for one in kind.tapes if one.key == tape)
    return {
        column: {
            **{
                later: means[0]
                for later, means in to_come(column, list(words), words_of_ours(schema, column)).items()
                if len(means) == 1
            },
            **words,
        }
        for column, words in values.items()
    }
