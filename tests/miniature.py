"""The starter's lender as two years: what its plan says when 2022 is closed first and 2023 opens with that run."""

import re


def first_year(text: str) -> str:
    """The plan of 2022, from the plan of 2023: the tapes that were opening tapes close it, and nothing stands before it."""
    first = text.replace("opening = 2022-12-31\nclosing = 2023-12-31", "opening = 2021-12-31\nclosing = 2022-12-31")
    first = first.replace('source = "opening_tape"', 'source = "none"')
    first = re.sub(r'(?m)^opening = "(.*)-2022-12-31.csv"\nclosing = ".*"', r'closing = "\1-2022-12-31.csv"', first)
    return re.sub(r"(?m)^\[tapes\.(\w+\.control\.closing|events|payments)\]\n(\w+ = .*\n)+", "", first)


def second_year(text: str) -> str:
    """The plan of 2023, opening with the latest run."""
    second = text.replace('"opening_tape"\n#run', '"prior_run"\nrun')
    assert second != text
    return second
