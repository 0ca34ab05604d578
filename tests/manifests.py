"""A manifest made by hand, for tests that write a run's folder themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gaapbridge.run.manifest import FORMAT, Manifest, Period, StatementIds


def write_manifest(run: Path, **stated: Any) -> Path:
    """Write a manifest of nothing but what is stated into a folder; the folder."""
    said: dict[str, Any] = {
        "format": FORMAT, "entity": "Lender", "period": Period("2022-12-31", "2023-12-31"),
        "written_at": "2024-01-02T03:04:05", "elapsed_seconds": {}, "machine": {}, "libraries": {}, "version": "1",
        "code_sha256": "c", "plan_sha256": "p", "plan_folder": ".", "sources": {}, "prior_run": None, "columns": (),
        "roles": {}, "posting": {}, "accounts": {}, "statements": StatementIds("bs-2023", "bs-2022", "is-2023"),
        "normal": {}, "profit_rows": (), "retained_row": "re", "artefacts_sha256": {"plan.toml": "p"},
    }  # fmt: skip
    content = Manifest(**{**said, **stated}).as_dict()
    (run / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    return run
