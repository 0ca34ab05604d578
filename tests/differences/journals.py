"""Journals of a run as its file has them, and plans changed beside one another."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from gaapbridge.period_close.opening_gap import Opening, gap_since
from gaapbridge.run import Run
from gaapbridge.run.brought_forward import PriorBalances
from gaapbridge.run.prior_answers import PriorAnswers


def brought(balances: PriorBalances | None) -> Opening | None:
    """Amounts brought forward as a lender gives them; nothing where there are none."""
    return None if balances is None else Opening(balances, gap_since(None, PriorAnswers(), {}))


def journal(run: Run) -> list[dict[str, str]]:
    with (run.folder / "journals.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def amount(line: dict[str, str]) -> int:
    return int(line["debit_minor"]) - int(line["credit_minor"])


def changed(plan: Path, name: str, *replacements: tuple[str, str]) -> Path:
    """A copy of a plan beside it, with some of its text replaced; every replacement must have something to replace."""
    text = plan.read_text()
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    copied = plan.with_name(name)
    copied.write_text(text)
    return copied


def rolled(run: Run) -> dict[tuple[str, str], dict[str, int]]:
    """Balance-sheet accounts by note: opening and closing, from the journals; retained earnings and income left out."""
    manifest = json.loads((run.folder / "manifest.json").read_text())
    outside = {*manifest["profit_rows"], manifest["retained_row"]}
    sums: dict[tuple[str, str], dict[str, int]] = {}
    for line in journal(run):
        if line["line"] not in outside:
            row = sums.setdefault((line["note"], line["account"]), {"opening": 0, "closing": 0})
            row["closing"] += amount(line)
            row["opening"] += amount(line) if line["kind"] == "brought_forward" else 0
    return sums
