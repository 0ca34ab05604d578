"""The closing tape, or the closing ledger, that is the opening one once more: all of it agrees with itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.plan import Plan
from gaapbridge.tapes.members import tape_of
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.hashes import Seen


def same_tapes(sources: Mapping[str, Seen]) -> Iterator[Finding]:
    """A finding for each kind of contract whose two tapes of contracts have the same content, file by file."""
    for kind in KINDS.values():
        if len(kind.tapes[0].sources) < 2:
            continue
        opening, closing = (_content(sources, source) for source in kind.tapes[0].sources)
        if opening and opening == closing:
            yield Finding(
                name="closing tape is the opening tape",
                where=kind.tapes[0].sources[1],
                amount_minor=None,
                why="its files have the content of the opening tape's, so that every balance is a period old",
                remedy="name the tape of the closing instant; from one period to the next both names move on",
                check="R9",
            )


def refuse_same_ledger(plan: Plan, sources: Mapping[str, Seen]) -> None:
    """Raise ``UnusableInput`` where both trial balances have one content, and are read from the same columns of it."""
    ledger = plan.trial_balance
    opening, closing = (sources.get(f"trial_balance.{state}") for state in ("opening", "closing"))
    if ledger is None or opening is None or closing is None or opening.sha256 != closing.sha256:
        return
    if ledger.at("opening").columns == ledger.at("closing").columns:
        raise UnusableInput(
            file=str(plan.path), key="trial_balance.opening", value=plan.name_of(opening.path),
            rule="the ledger of the opening is another than that of the closing, or other columns of it: here both instants "
            "take the same columns of the same content",
            remedy="where the file states the balances of both (期初 and 期末, beginning and ending), map those of the "
            'opening in [trial_balance.read.opening.columns] (debit_minor = "..."), else name the ledger of the opening',
        )  # fmt: skip


def _content(sources: Mapping[str, Seen], source: str) -> list[str]:
    """The hashes of the files of a tape, none where the plan names none."""
    return sorted(seen.sha256 for name, seen in sources.items() if tape_of(name) == source)
