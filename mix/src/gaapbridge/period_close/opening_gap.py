"""Why an opening is not measured as it was brought forward: a changed policy, an error put right, or the lender's own figures.

Changes of estimate and of technique leave no such gap: the opening is measured with those of the period before, and what they
move is a flow of the period in profit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gaapbridge.period_close.given import BROUGHT_FORWARD, Given
from gaapbridge.run import Run
from gaapbridge.run.brought_forward import PriorBalances
from gaapbridge.run.manifest import Source
from gaapbridge.run.prior_answers import PriorAnswers
from gaapbridge.run.provenance import code_sha256
from gaapbridge.tapes.members import tape_of
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.hashes import Seen

UNKNOWN = "another key of the plan, as a rate of tax"
"""What is said where nothing is known to be otherwise since."""

POLICY, ERROR = "change of policy", "correction of an error"

_PARAGRAPHS = {
    POLICY: "IAS 8.22; ASC 250-10-45-5",
    ERROR: "IAS 8.42; ASC 250-10-45-23",
}


@dataclass(frozen=True)
class Gap:
    """What a gap between two openings is, by its ``kind``; ``because`` says what is otherwise since, as far as it is known.

    ``late`` are adjustments of an earlier day that the prior run did not have, by the column of their note.
    """

    kind: str
    because: str
    remedy: str
    late: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def because_of(self, column: str) -> str:
        """What is otherwise since in a note: its own late adjustments too."""
        named = self.late.get(column, ())
        of_files = [f"adjustment {name} is dated before the opening and the prior run had none of it" for name in named]
        return "; ".join([*of_files, *([self.because] if self.because != UNKNOWN or not named else [])])


@dataclass(frozen=True)
class Opening:
    """The amounts brought forward, and what a gap to the opening as measured is."""

    balances: PriorBalances
    gap: Gap


def late_adjustments(prior: Run | None, given: Mapping[str, Given]) -> dict[str, list[str]]:
    """Adjustments dated before the opening that the prior run had none of, by column: nothing of them was carried on, so that
    they reach the opening through equity."""
    if prior is None:
        return {}
    known = {row.name for row in prior.given_rows}
    made = {one.note.column: [row for row in one.rows if row.prepared_by] for one in given.values()}
    late = {
        column: list(dict.fromkeys(row.name for row in rows if row.flow == BROUGHT_FORWARD and row.name not in known))
        for column, rows in made.items()
    }
    return {column: names for column, names in late.items() if names}


def gap_since(
    prior: Run | None, answers: PriorAnswers, sources: Mapping[str, Seen], late: Mapping[str, Sequence[str]] | None = None
) -> Gap:
    """What a gap is, by what is otherwise since the prior run; without one, a difference from amounts that the lender gave."""
    if prior is None:
        return Gap("amounts given", "the file of amounts brought forward is the lender's own", _GIVEN)
    policies = [f"{_named(answers.policies)} answered otherwise"] if answers.policies else []
    errors = list(_errors(prior, answers, sources))
    kinds = [kind for kind, found in ((POLICY, policies), (ERROR, errors)) if found] or [ERROR]
    because = [*policies, *errors, *_asked_since(answers), *_other_code(prior)] or list(_elsewhere(prior, sources))
    paragraphs = "; ".join(_PARAGRAPHS[kind] for kind in kinds)
    return Gap(
        " and ".join(kinds),
        "; ".join(because),
        f"it is posted to equity ({paragraphs}); close the period before again on this basis to have its figures restated "
        "beside those filed, and compare the two runs",
        late or {},
    )


def income_policies(prior: Run | None, answers: PriorAnswers, *, opening_moved: bool) -> Iterator[Finding]:
    """A finding where policies were answered otherwise since the prior run and no opening shows it: they move lines of income,
    and the period before stands beside on the former answers (IAS 8.22; 250-10-45-5)."""
    if prior is None or not answers.policies or opening_moved:
        return
    notes = ", ".join(answers.policies)
    why = f"{_named(answers.policies)} answered otherwise since {prior.manifest.period.closing}, and no opening balance moved"
    remedy = (
        f"the comparative stands on the former answer ({_PARAGRAPHS[POLICY]}): close the period before again on this one to "
        "have its figures restated, and compare the two runs"
    )
    yield Finding("policy changed within income", f"elections/{notes}", 0, why, remedy, None)


_GIVEN = (
    f"it is posted to equity, as a {POLICY} ({_PARAGRAPHS[POLICY]}) or the {ERROR} ({_PARAGRAPHS[ERROR]}) is: say which of "
    "them it is, or correct the file or what the opening is measured on"
)


def _errors(prior: Run, answers: PriorAnswers, sources: Mapping[str, Seen]) -> Iterator[str]:
    """What was put in otherwise then."""
    if answers.estimates:
        yield f"{_named(answers.estimates)} stated otherwise up to {prior.manifest.period.closing}"
    tapes = {tape_of(name) for name in sources if name.startswith("tapes.")}
    openings = [name for name in sources if name in tapes and name.endswith(".opening")]
    then = {name: _hashes(prior.manifest.sources, f"{name.removesuffix('opening')}closing") for name in openings}
    changed = [name for name in openings if then[name] and then[name] != _hashes(sources, name)]
    if changed:
        yield f"{', '.join(changed)} not as read then"


def _asked_since(answers: PriorAnswers) -> Iterator[str]:
    """Elections that the program did not know then: whether they are answered as it measured without them is not known, so
    they make an error of the gap only where nothing else does."""
    if answers.asked_since:
        yield f"{_named(answers.asked_since)} not asked then"


def _other_code(prior: Run) -> Iterator[str]:
    """Another program measured it then, whether that moved anything or not."""
    then = prior.manifest.code_sha256
    if then != code_sha256():
        yield f"measured by other code then, of version {prior.manifest.version} ({then[:7]})"


def _elsewhere(prior: Run, sources: Mapping[str, Seen]) -> Iterator[str]:
    """Where else the cause may be: a table of assumptions also changes by a version that starts later, and a tape that covers
    whole lives by what has happened since."""
    whole = [name for name in sources if name.startswith("curves.") or (name.count(".") == 1 and name.startswith("tapes."))]
    files = [name for name in whole if _changed(prior, name, sources[name])]
    yield f"{', '.join(files)} not as read then" if files else UNKNOWN


def _hashes(sources: Mapping[str, Seen | Source], tape: str) -> list[str]:
    """The hashes of the files of a tape, in their order."""
    return [file.sha256 for name, file in sources.items() if tape_of(name) == tape]


def _changed(prior: Run, name: str, seen: Seen) -> bool:
    then = prior.manifest.sources.get(name)
    return then is not None and then.sha256 != seen.sha256


def _named(elections: Mapping[str, Collection[str]]) -> str:
    return ", ".join(name for names in elections.values() for name in names)
