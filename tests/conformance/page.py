"""Writes ``docs/conformance.md`` from the project's own vectors: ``python -m tests.conformance.page``."""

from __future__ import annotations

from tests.conformance.compare import as_markdown, run_folder
from tests.conformance.test_vectors import OWN, ROOT

if __name__ == "__main__":
    (ROOT / "docs" / "conformance.md").write_text(as_markdown(run_folder(OWN)), encoding="utf-8")
