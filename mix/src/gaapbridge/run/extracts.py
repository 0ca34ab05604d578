"""Extracts in a run: what databases answered, with the queries as they were put, so that nothing has to be asked again.

``extracts`` has for each source that was a query its rows, in the order in which they came, as ``SOURCE.parquet``, and its text
as ``SOURCE.sql``.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from gaapbridge.plan.queries import Extract
from gaapbridge.run.folder import extract_path
from gaapbridge.run.manifest import Asked
from gaapbridge.terms.writing import writing


def keep_extracts(run: Path, extracts: Mapping[str, Extract]) -> None:
    """Copy what the queries of a plan gave into the folder of a run; nothing is made where there were none."""
    for name, extract in extracts.items():
        kept = extract_path(run, name)
        with writing(kept.parent):
            kept.parent.mkdir(exist_ok=True)
        with writing(kept):
            shutil.copyfile(extract.path, kept)
        text = kept.with_suffix(".sql")
        with writing(text):
            text.write_bytes(extract.text.encode())


def asked(extracts: Mapping[str, Extract]) -> dict[str, Asked] | None:
    """What a manifest says of queries; nothing of the connection."""
    return {
        name: Asked(
            source=extract.query.source,
            kind=extract.kind,
            sha256=hashlib.sha256(extract.text.encode()).hexdigest(),
            parameters={parameter: str(day) for parameter, day in extract.parameters.items()},
            files=extract.files,
        )
        for name, extract in extracts.items()
    } or None
