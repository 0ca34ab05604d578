"""A tape at first sight whatever column it lacks: what is absent is named, and no rule asks for it."""

from pathlib import Path

import polars as pl
import pytest

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.starter.first_sight import look_at
from gaapbridge.starter.tape_words import words_of_ours
from gaapbridge.tapes.ledger import TRIAL_BALANCE
from gaapbridge.tapes.schema import Schema

SCHEMAS = [*(tape.schema for kind in KINDS.values() for tape in kind.tapes), TRIAL_BALANCE]
SMALLEST_FIRST = sorted(SCHEMAS, key=lambda schema: len(schema.names))
CELLS = {"date": "2023-06-15", "minor": "1000", "number": "0.5", "count": "12", "flag": "true", "text": "A1"}


def _row(schema: Schema) -> dict[str, str]:
    """A row that has a cell in every column of a tape, of a contract that has left: one on book has no day of leaving."""
    row = {column.name: next(iter(words_of_ours(schema, column.name)), CELLS[column.kind]) for column in schema.columns}
    return {name: [*words_of_ours(schema, name)][-1] if name == "status" else cell for name, cell in row.items()}


@pytest.mark.campaign(but=3)
@pytest.mark.parametrize("schema", SMALLEST_FIRST, ids=lambda schema: schema.name)
def test_a_tape_without_any_one_of_its_columns_is_looked_at(schema: Schema, tmp_path: Path) -> None:
    for absent in schema.names:
        row = {name: cell for name, cell in _row(schema).items() if name != absent}
        path = tmp_path / "tape.csv"
        pl.DataFrame([row]).write_csv(path)
        seen = look_at([path], schema)
        assert set(seen.matches) == set(row) and absent not in seen.faults, absent


def test_dates_that_a_rule_compares_with_one_that_is_absent_are_no_fault(tmp_path: Path) -> None:
    """First payment, maturity and term are held against the day of origination, which this file does not have."""
    header = "Loan ID,Product,Ccy,Application Date,First Pmt Date,Maturity Date,Original Principal,Note Rate (%),Term"
    row = "A1,Auto,USD,7/15/2023,8/15/2023,1/15/2025,35000.00,21.99,18"
    path = tmp_path / "tape.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    loans = next(schema for schema in SCHEMAS if schema.name == "loans")
    seen = look_at([path], loans)
    assert {"first_payment_date", "maturity_date"} <= set(seen.matches) and "origination_date" not in seen.matches
    assert seen.faults == {}
