"""What identifies a run, and who signed for it: the cover of a workbook, the first page of a pack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gaapbridge.plan.sign_off import SignOff
from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import caption_when, unit_of


@dataclass(frozen=True, slots=True)
class ToldSignature:
    """One of the two who sign: in which role, the name, the day in words; blank is a line to sign."""

    role: str
    name: str
    day: str


def told_facts(run: Run) -> tuple[tuple[str, str], ...]:
    """What a run is known by: period, version, status, unit, outcome, hash and code."""
    manifest = run.manifest
    status = manifest.status or "draft, final or filed: not stated"
    restated = f"{manifest.restates}: {manifest.restates_because or ''}" if manifest.restates else ""
    facts = {
        "Period": str(manifest.period),
        "Version": run.folder.resolve().name,
        "Status": f"{status}{f' ({manifest.status_note})' if manifest.status_note else ''}",
        "Restates": restated,
        "Amounts in": unit_of(run.document),
        "Outcome": run.outcome,
        "Hash of the run": manifest.content_sha256,
        "Hash of its manifest": run.manifest_sha256,
        "Made by": f"gaapbridge {manifest.version}, code {manifest.code_sha256[:12]}",
    }
    return tuple((name, value) for name, value in facts.items() if value)


def told_signatures(run: Run) -> tuple[ToldSignature, ToldSignature]:
    """Who prepared the run and who reviewed it, as its plan states: nobody is put in the place of a name left out."""
    stated = SignOff.model_validate(run.plan_content.get("sign_off", {}))
    signed = (
        ("Prepared by", stated.prepared_by, stated.prepared_on),
        ("Reviewed by", stated.reviewed_by, stated.reviewed_on),
    )
    first, second = (ToldSignature(role, name or "", _in_words(day)) for role, name, day in signed)
    return first, second


def _in_words(day: date | None) -> str:
    return "" if day is None else caption_when(str(day)).removeprefix("As of ")
