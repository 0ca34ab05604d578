"""The starter's lender with what docs/reference/given.md adds to it: an office that it rents, preferred shares, adjustments."""

import re
import shutil
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from gaapbridge.checking import check
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput
from tests.docs.pages import DOCS, Page, Row
from tests.miniature import first_year, second_year

PAGE = Page(DOCS / "reference" / "given.md")

LEDGER = {
    "2022": {"1821": 18_594_104, "2821": -18_594_104, "1001": 1_000_000, "4011": -1_080_000, "4104": 80_000},
    "2023": {"1821": 9_523_810, "2821": -9_523_810, "1001": 1_000_000, "4011": -1_166_400, "4104": 166_400},
}
"""What the trial balances have of these under US GAAP, minor units, debit positive."""


def blocks(name: str) -> list[str]:
    """The blocks of the page that are, or are part of, a file."""
    return re.findall(rf"^`{re.escape(name)}`:\n\n```[a-z]*\n(.*?)^```$", PAGE.text, flags=re.MULTILINE | re.DOTALL)


def write_lender(folder: Path) -> Path:
    """Write the lender with both given notes; the plan of 2023, opening with its own tapes. Adjustments are written beside."""
    plan = write_starter(folder).plan
    (folder / "given").mkdir()
    for name in ("layout.json", "given/leases.csv", "given/preferred_shares.csv", "adjustments.csv"):
        (written,) = blocks(name)
        (folder / name).write_text(written, encoding="utf-8")
    leases, accounts, shares = blocks("plan.toml")
    text = plan.read_text(encoding="utf-8")
    text = text.replace('layout = "lender"', 'layout = "layout.json"').replace("[accounts]\n", f"[accounts]\n{accounts}")
    text = text.replace(
        '#retained_earnings_moved = { "dividend of 2022" = -100000 }', 'retained_earnings_moved = { "accretion" = -86400 }'
    )
    text = re.sub(r'(?s)(\norder = \[.*?"),?\s*\]', r'\1, "leases", "preferred_shares"]', text, count=1)
    plan.write_text(f"{text}\n{leases}\n{shares}", encoding="utf-8")
    for year, balances in LEDGER.items():
        _post(folder / "ledger" / f"trial-balance-{year}-12-31.csv", balances)
    return plan


def with_adjustments(text: str) -> str:
    """The plan with the table of adjustments."""
    return f'{text}\n[adjustments]\npath = "adjustments.csv"\namounts = "major"\n'


def years(text: str) -> tuple[str, str]:
    """The plans of 2022, which is measured at its closing alone, and of 2023, which opens with the run of 2022."""
    first = first_year(text)
    first = re.sub(r"(?m)^retained_earnings_moved = .*\n", "", first)
    return first, second_year(text)


def closed(plan: Path, text: str) -> list[Run]:
    """Both years."""
    return closed_one_by_one(plan, years(text))


def closed_one_by_one(plan: Path, texts: Iterable[str]) -> list[Run]:
    """The runs of periods, each of which has its own text of the plan."""
    runs = []
    for text in texts:
        plan.write_text(text, encoding="utf-8")
        runs.append(close(plan))
    return runs


def copy_of(runs: list[Run], folder: Path) -> Path:
    """The plan of 2023 in a copy of the lender, with the run of 2022, to close that year again otherwise."""
    shutil.copytree(runs[0].plan_folder, folder / "lender")
    return folder / "lender" / "plan.toml"


def refused(runs: list[Run], folder: Path, name: str, old: str, new: str) -> UnusableInput:
    """What refuses the year with one file of it changed."""
    plan = copy_of(runs, folder)
    text = (plan.parent / name).read_text(encoding="utf-8")
    assert old in text
    (plan.parent / name).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        check(plan)
    return caught.value


def cell(run: Run, address: str) -> int:
    """The exact amount of a cell."""
    statement, row, column = address.split("/")
    found = run.exact.statement(statement)
    assert found is not None
    return found.by_id[row].amount(column)


def minor(printed: str) -> int:
    """A figure of the page in minor units."""
    return int(Decimal(printed.replace(",", "")) * 100)


def schedule(heading: str) -> dict[str, Row]:
    """The rows of the worked example under a heading, by year."""
    (table,) = [table for table in PAGE.tables if table.heading == heading and "end of" in table.header]
    return {row["end of"]: row for row in table.rows}


def _post(path: Path, balances: dict[str, int]) -> None:
    """Add amounts to the accounts of a trial balance, which balance."""
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    rows = {line.partition(",")[0]: line for line in lines}
    for account, amount in balances.items():
        name, debit, credit = _of(rows.get(account, f"{account},{account},0,0"))
        balance = debit - credit + amount
        rows[account] = f"{account},{name},{max(balance, 0)},{max(-balance, 0)}"
    path.write_text("\n".join([header, *rows.values(), ""]), encoding="utf-8")


def _of(line: str) -> tuple[str, int, int]:
    head, debit, credit = line.rsplit(",", 2)
    return head.partition(",")[2], int(debit), int(credit)
