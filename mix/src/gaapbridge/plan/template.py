"""An election as a reader of a plan needs it: the question, the paragraph, the answers there are, and one of them."""

from __future__ import annotations

import textwrap

from gaapbridge.plan.election import Election

WIDTH = 100
"""Characters of a line."""


def commented(election: Election, answer: str | None = None) -> str:
    """The lines of a plan that ask an election and answer it, by its example where no other answer is given.

    >>> from gaapbridge.plan.election import count
    >>> print(commented(count("days", "From which day?", "IFRS 9 5.5.7", 0, 3650, 90, nature="technique")), end="")
    # From which day? (IFRS 9 5.5.7; technique)
    #   a whole number from 0 to 3650
    days = 90
    """
    cited = f"({election.paragraph}; {election.nature})"
    asked = f"{election.question} {cited}"
    parts = [asked] if len(asked) <= WIDTH - 2 else [election.question, cited]
    lines = [line for part in parts for line in _wrapped(part, "# ")]
    longest = max(map(len, election.choices), default=0)
    for word, meaning in election.choices.items():
        lines += _wrapped(meaning, f"#   {word.ljust(longest)}  ", "#   " + " " * (longest + 2))
    if not election.choices:
        lines.append(f"#   {admissible(election)}")
    if election.kind is not None:
        lines.append(f"#   asked only where there is a table [tapes.{election.kind}]")
    return "\n".join([*lines, f"{election.name} = {answer or election.example}", ""])


def admissible(election: Election) -> str:
    """What an answer must be, in the words with which a wrong one is refused.

    >>> from gaapbridge.plan.election import ratio
    >>> admissible(ratio("rate", "", "", "0", "1", "0.03", nature="policy"))
    'a number from 0 to 1'
    """
    return str(election.check(None)).removeprefix("must be ")


def _wrapped(text: str, first: str, further: str = "# ") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=further, break_on_hyphens=False)
