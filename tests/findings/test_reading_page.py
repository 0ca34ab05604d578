"""The page on reading has every key, and every plan it shows can be read."""

import re
import tomllib
from pathlib import Path
from typing import Any

from gaapbridge.plan.ledger import TrialBalances
from gaapbridge.plan.queries import Database
from gaapbridge.plan.reading import ReadTable
from gaapbridge.plan.tape_tables import ContractTapes, WholeTape
from gaapbridge.tapes.written_numbers import SIGNS

PAGE = "docs/reference/reading.md"


def examples(root: Path) -> list[dict[str, Any]]:
    return [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", (root / PAGE).read_text(encoding="utf-8"), re.S)]


def test_every_key_has_its_row(root: Path) -> None:
    rows = re.findall(r"(?m)^\| `(\w+)` \|", (root / PAGE).read_text(encoding="utf-8"))
    assert sorted(rows) == sorted([*ReadTable.model_fields, *Database.model_fields])


def test_every_example_is_one_of_a_plan(root: Path) -> None:
    seen = 0
    for plan in examples(root):
        sources = [Database.model_validate(stated) for stated in plan.get("sources", {}).values()]
        for name, stated in plan.get("tapes", {}).items():
            read = (WholeTape if name in ("events", "payments") else ContractTapes).model_validate(stated).read
            seen += read is not None and not sources
        seen += len(sources)
        if "trial_balance" in plan:
            seen += TrialBalances.model_validate(plan["trial_balance"]).read is not None
        for tables in plan.get("curves", {}).values():
            for stated in tables["read"].values():
                names = {key: stated.pop(key) for key in ("columns", "ignore")}
                seen += bool(ReadTable.model_validate(stated)) and bool(names)
    assert seen == len(examples(root)) == 10


def test_signs_are_of_currencies() -> None:
    assert all(re.fullmatch("[A-Z]{3}", code) for code in SIGNS)
