"""The lender in miniature: a few contracts of each kind, their curves, and the ledger that agrees with them at both instants.

Each kind brings its part in the folder ``starter`` of its own folder: ``tapes``, ``curves``, and in ``ledger`` its balances at
both instants, which balance by themselves; ``files`` here has the balances of no kind. The trial balances are the sums.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date

from gaapbridge.contracts.kind import Kind, KindTable, KindTape
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.starter.chart import folder_of, folders, starter_chart, table
from gaapbridge.starter.plan_text import Facts, notes_in_order, tape_lines

INSTANTS = {"opening": date(2022, 12, 31), "closing": date(2023, 12, 31)}
TRIAL_BALANCES = {state: f"ledger/trial-balance-{instant}.csv" for state, instant in INSTANTS.items()}

_ABOUT = """\
# It closes as it is, on the miniature tapes beside it:   gaapbridge close plan.toml
# Put your own in their place from the top down.
# To see what is missing or wrong:   gaapbridge check plan.toml"""


def miniature() -> Facts:
    """What the plan of the miniature lender states: all kinds, all notes, every election answered by its example."""
    return Facts(
        about=_ABOUT,
        reference="dictionary.md",
        entity="Example Lender",
        currency="CNY",
        presentation_unit=1,
        opening=INSTANTS["opening"],
        closing=INSTANTS["closing"],
        source="opening_tape",
        notes=[folder.note.key for folder in notes_in_order()],
        tapes={tape.key: tape_lines(tape_files(tape)) for kind in KINDS.values() for tape in kind.tapes},
        control={tape.key: _totals(kind, tape) for kind in KINDS.values() for tape in kind.tapes if tape.at_both},
        curves={kind.key: {one.key: curve_file(kind, one) for one in kind.tables} for kind in KINDS.values() if kind.tables},
        chart=starter_chart(),
        ledger=TRIAL_BALANCES,
    )


def files() -> dict[str, str]:
    """Every file that the plan of the miniature lender names, by its path from the plan."""
    ledger = {path: _trial_balance(path) for path in TRIAL_BALANCES.values()}
    return {**curve_texts(KINDS.values()), **ledger, **_tape_texts()}


def curve_texts(kinds: Iterable[Kind]) -> dict[str, str]:
    """The tables of assumptions of some kinds, by their paths from the plan."""
    own = {(kind, one): folder_of(kind) / "curves" / f"{_dashed(one.key)}.csv" for kind in kinds for one in kind.tables}
    return {curve_file(kind, one): path.read_text(encoding="utf-8") for (kind, one), path in own.items()}


def curve_file(kind: Kind, one: KindTable) -> str:
    """The path of a table of assumptions from the plan."""
    return f"curves/{_dashed(kind.key)}-{_dashed(one.key)}.csv"


def tape_files(tape: KindTape) -> dict[str, str]:
    """The paths of a tape from the plan, by the key under which it names them."""
    name = tape.file or _dashed(tape.key)
    if tape.at_both:
        return {state: f"tapes/{name}-{instant}.csv" for state, instant in INSTANTS.items()}
    return {"path": f"tapes/{name}.csv"}


def _tape_texts() -> dict[str, str]:
    paths = [(kind, path) for kind in KINDS.values() for tape in kind.tapes for path in tape_files(tape).values()]
    return {path: (folder_of(kind) / path).read_text(encoding="utf-8") for kind, path in paths}


def _totals(kind: Kind, tape: KindTape) -> dict[str, int]:
    """The control totals of a closing tape: its rows, and the sum of what weighs them."""
    rows = table(folder_of(kind) / tape_files(tape)["closing"])
    weighed = {} if tape.weighed_by is None else {tape.weighed_by: sum(int(row[tape.weighed_by]) for row in rows)}
    return {"rows": len(rows), **weighed}


def _trial_balance(path: str) -> str:
    """The trial balance at an instant: account by account the sum of what each kind, and what no kind, brings to it."""
    balances: Counter[str] = Counter()
    for row in (row for folder in folders() for row in table(folder / path)):
        balances[row["account"]] += int(row["debit_minor"]) - int(row["credit_minor"])
    return starter_chart().trial_balance({account: balance for account, balance in balances.items() if balance})


def _dashed(key: str) -> str:
    return key.replace("_", "-")
