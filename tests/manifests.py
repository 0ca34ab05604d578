"""A manifest made by hand, for tests that write a run's folder themselves, or change what stands in one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from gaapbridge.run.manifest import FORMAT, Manifest, Period, StatementIds
from gaapbridge.run.seal import seal_text
from gaapbridge.terms.hashes import sha256_of


def write_manifest(run: Path, **stated: Any) -> Path:
    """Write a manifest of nothing but what is stated, and the files there are, into a folder; the folder."""
    said: dict[str, Any] = {
        "format": FORMAT, "entity": "Lender", "period": Period("2022-12-31", "2023-12-31"),
        "written_at": "2024-01-02T03:04:05", "elapsed_seconds": {}, "machine": {}, "libraries": {}, "version": "1",
        "code_sha256": "c", "plan_sha256": "p", "plan_folder": ".", "sources": {}, "prior_run": None, "columns": (),
        "roles": {}, "posting": {}, "accounts": {}, "statements": StatementIds("bs-2023", "bs-2022", "is-2023"),
        "normal": {}, "profit_rows": (), "retained_row": "re", "artefacts_sha256": _hashes(run) or {"plan.toml": "p"},
    }  # fmt: skip
    content = Manifest(**{**said, **stated}).as_dict()
    return rewrite(run, content)


def vouch(run: Path) -> Path:
    """Have a run's manifest vouch for the files that stand in its folder now; the folder."""
    content = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    return rewrite(run, {**content, "artefacts_sha256": _hashes(run)})


def rewrite(run: Path, content: Any) -> Path:
    """Have a run's manifest say something else, and seal it again, as one who may write there can; the folder."""
    (run / "manifest.json").write_text(json.dumps(content), encoding="utf-8")
    (run / "manifest.sha256").write_text(seal_text(sha256_of(run / "manifest.json")), encoding="utf-8")
    return run


def _hashes(run: Path) -> dict[str, str]:
    files = (path for path in sorted(run.rglob("*")) if path.is_file() and not path.name.startswith("manifest."))
    return {path.relative_to(run).as_posix(): sha256_of(path) for path in files}
