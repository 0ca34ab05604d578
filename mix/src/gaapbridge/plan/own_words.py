"""The table ``words`` of a plan: what a lender calls its own in other languages than English. It moves no figure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from gaapbridge.plan.refusals import meant, refusal
from gaapbridge.terms.languages import languages
from gaapbridge.terms.text import is_blank


def refuse_words(words: Mapping[str, Mapping[str, str]], path: Path) -> None:
    """Refuse what no exhibit would print: words in a language that it has not, and a blank in the place of a caption, of
    characters that no eye sees too.

    Raises ``UnusableInput``: ``words.fr`` where the table of words has English and Chinese, ``"TOTAL ASSETS" = " "``, whose
    row would stand there with its amounts and without a name.
    """
    others = languages()[1:]
    for language, said in words.items():
        if language not in others:
            rule = f"the words of a plan are in a language of the exhibit besides English: {', '.join(others)}"
            remedy = meant(language, others, f"name the table by one of these: [words.{others[0]}], or remove it")
            raise refusal(path, f"words.{language}", f"[words.{language}]", rule, remedy)
        for english, own in said.items():
            if is_blank(own):
                rule, remedy = "a name is not blank: its row would have none", "say it, or remove the line: it stays in English"
                raise refusal(path, f"words.{language}.{json.dumps(english, ensure_ascii=False)}", own, rule, remedy)
