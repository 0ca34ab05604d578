"""R12 against exact amounts: what is printed lies next to what was rounded."""

from __future__ import annotations

from gaapbridge.statement.checks import Check
from gaapbridge.statement.document import IFRS, US_GAAP, Document, Row
from gaapbridge.statement.evidence import BY_CONSTRUCTION, proven
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.finding import MINOR_UNITS


def against_exact(printed: Document, exact: Document, unit_minor: int) -> tuple[list[Check], list[NotChecked]]:
    """Every amount of the exact document against the printed one, in minor units; a printed unit holds `unit_minor`.

    A printed amount is the floor or the ceiling of its exact amount, so it lies less than a unit from it: 1,234.56 in
    thousands is 1 or 2. IFRS is the printed sum of its row, so it lies less than a unit for each amount of it from its own.
    """
    checks: list[Check] = []
    left: list[NotChecked] = []
    for statement in exact.statements:
        shown = printed.statement(statement.id)
        for row in statement.rows:
            beside = None if shown is None else shown.row(row.id)
            if beside is None:
                why = "an exact amount has no printed row"
                left.append(NotChecked("R12", statement.id, row.id, None, why, "print the statement again"))
            else:
                checks += _of_row(statement.id, row, beside, exact.column_ids, unit_minor)
    return checks, left


def _of_row(statement: str, exact: Row, printed: Row, columns: tuple[str, ...], unit_minor: int) -> list[Check]:
    return [
        Check(
            f"R12/{statement}/{exact.id}/{column}",
            "R12",
            statement,
            exact.id,
            column,
            expected=exact.amount(column),
            actual=printed.amount(column) * unit_minor,
            evidence=proven(BY_CONSTRUCTION, exact.amount(column), printed.amount(column)),
            tolerance=unit_minor * (1 + len(columns) if column == IFRS else 1) - 1,
            part="exact",
            figures=f"printed {printed.amount(column):,}, exactly {exact.amount(column):,} minor units",
            unit=MINOR_UNITS,
        )
        for column in (US_GAAP, *columns, IFRS)
    ]
