"""Masks for the ids of contracts, for a report that leaves the house: the same in every part of a run's report.

The key is the hash of what the run measured, which stands in no report: whoever holds the run can tell a mask again, whoever
holds the report cannot. Masks hide who a contract is called, not what it is: its amounts, days and segment stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path

from gaapbridge.contracts.kinds import OF_WORD
from gaapbridge.run.folder import measurement_files
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding

LEFT_OUT = "left out, since it may name a contract: see the report of the house"
"""What stands in the place of a text that was written about one contract."""

MASKED = "M-"
"""What a mask begins with."""

COMMON_WORDS = ("common_words.txt", "exhibit/words.csv")
"""Files of the words of pages: the table of those of the exhibit, and beside it what other pages say."""

WORD = re.compile(r"[^\W\d_]+")
"""A word of a text: letters of any script."""

SHORTEST, SHORTEST_NUMBER = 4, 6
"""Letters, or digits where it has nothing else, of an id that is told from words and figures in the midst of a text."""

_CHUNK = 1 << 20
_WITHIN = re.compile("[A-Za-z0-9]")
_DAY = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_QUOTING = ("value", "remedy")
"""The columns of a rejected row that quote it."""


@dataclass(frozen=True)
class Masks:
    """Masks by a key for ids of contracts, all of which are known; without a key nothing is masked.

    With the id ``L-0042`` a file ``tapes/L-0042.csv`` is told as ``tapes/M-8d1f5ac00b27.csv``. Of ``words`` none is an id
    in the midst of a text: a contract called ``total`` is masked where a contract is named alone.
    """

    key: bytes | None = None
    ids: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @property
    def hides(self) -> bool:
        """Whether ids are masked."""
        return self.key is not None

    def contract(self, contract_id: str) -> str:
        """An id, or its mask."""
        if self.key is None:
            return contract_id
        return f"{MASKED}{blake2b(contract_id.encode(), key=self.key, digest_size=6).hexdigest()}"

    def address(self, address: str) -> str:
        """An address, of a contract with its id masked."""
        word, _, contract_id = address.partition("/")
        return f"{word}/{self.contract(contract_id)}" if word in OF_WORD and contract_id else address

    def unmasked(self, address: str) -> str:
        """An address, of a contract by its mask with its id again: for whoever holds the run."""
        word, _, mask = address.partition("/")
        known = (one for one in self.ids if word in OF_WORD and mask.startswith(MASKED) and self.contract(one) == mask)
        return next((f"{word}/{one}" for one in known), address)

    def text(self, text: str) -> str:
        """A text with the mask of every id that stands in it: whole, not as a part of another word or figure."""
        if self._begins is None:
            return text
        parts, at = list[str](), 0
        for found in self._begins.finditer(text):
            begin = found.start()
            end = 0 if begin < at else next((begin + size for size in self._sizes if self._stands(text, begin, size)), 0)
            if end:
                parts += [text[at:begin], self.contract(text[begin:end])]
                at = end
        return "".join([*parts, text[at:]])

    def refuse_named(self, text: str) -> str:
        """The same text. Raises ``UnusableInput`` where it names a contract: a statement as it is filed has no masks in it."""
        if self.text(text) != text:
            rule = "with --mask-ids no text of a statement or its notes names a contract; this one does"
            raise UnusableInput(value=text, rule=rule, remedy="change the plan's text, or leave pdf and filing out by --only")
        return text

    def findings(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Findings without what may name a contract: why, and a remedy or an acceptance that is of one record."""
        return tuple(map(self._finding, findings)) if self.hides else tuple(findings)

    def rejects(self, rejects: Iterable[Mapping[str, str]]) -> tuple[Mapping[str, str], ...]:
        """Rejected rows without what quotes them, their contract by its mask."""
        if not self.hides:
            return tuple(rejects)
        left_out = dict.fromkeys(_QUOTING, LEFT_OUT)
        return tuple({**one, **left_out, "contract_id": self._if_any(one.get("contract_id"))} for one in rejects)

    def _if_any(self, contract_id: str | None) -> str:
        return self.contract(contract_id) if contract_id else ""

    def _finding(self, finding: Finding) -> Finding:
        """A finding of a check names cells; any other is about records, and its place may be one."""
        word = finding.where.partition("/")[0]
        if finding.check:
            return replace(finding, why=LEFT_OUT)
        where = self.address(finding.where) if word in OF_WORD else word
        return replace(finding, where=where, why=LEFT_OUT, remedy=LEFT_OUT, accepted=finding.accepted and LEFT_OUT)

    @property
    def untold(self) -> frozenset[str]:
        """Ids that cannot be told in the midst of a text: words, and what is too short; masked in their own places only."""
        return self.ids - self._telling if self.hides else frozenset()

    @cached_property
    def _telling(self) -> frozenset[str]:
        """Ids that can be told in the midst of a text."""
        least = {True: SHORTEST_NUMBER, False: SHORTEST}
        ids = self.ids - self.words
        return frozenset(one for one in ids if self.hides and len(one) >= least[one.isdigit()])

    @cached_property
    def _sizes(self) -> tuple[int, ...]:
        return tuple(sorted({len(one) for one in self._telling}, reverse=True))

    @cached_property
    def _begins(self) -> re.Pattern[str] | None:
        """Where an id may begin: at its first character, within no word and no figure."""
        first = "".join(map(re.escape, sorted({one[0] for one in self._telling})))
        return re.compile(rf"(?:(?<![A-Za-z0-9])(?<!\d[.,])|(?=[^A-Za-z0-9]))[{first}]") if first else None

    def _stands(self, text: str, begin: int, size: int) -> bool:
        end = begin + size
        if end > len(text) or text[begin:end] not in self._telling:
            return False
        within_word = _WITHIN.match(text[end - 1]) and _WITHIN.match(text[end : end + 1])
        return not within_word and not (text[end - 1].isdigit() and re.match(r"[.,]\d", text[end : end + 2]))


NO_MASKS = Masks()
"""Every id as it is: of a report that stays in the house."""


def masks_of(run: Run) -> Masks:
    """The masks of a run, for every id that it measured or rejected: the same whenever they are made.

    Raises ``UnusableInput`` of a run that keeps totals only: an id that it does not know it would let stand.
    """
    key, ids = blake2b(digest_size=32), set[str]()
    for kind in run.kinds:
        for path in measurement_files(run.folder, kind):
            with path.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    key.update(chunk)
        measured = run.measurements(kind).select(r"^.*_id$").collect()  # a guarantee bears its loan's id, too
        ids.update(one for column in measured for one in column if one)
    ids.update(one["contract_id"] for one in run.rejects if one.get("contract_id"))
    return Masks(key.digest(), frozenset(ids), _words_among(ids, run))


def _words_among(ids: Iterable[str], run: Run) -> frozenset[str]:
    """Ids that are words of a report as well: a day, an account or row of the run, words that every report prints."""
    codes = {*run.manifest.accounts, *run.manifest.normal, *run.manifest.columns}
    lettered = {one for one in ids if one not in codes and all(part.isalpha() for part in one.split())}
    if lettered:
        codes |= {one for one in lettered if {part.casefold() for part in one.split()} <= common_words()}
    return frozenset(one for one in ids if one in codes or _DAY.fullmatch(one))


@cache
def common_words() -> frozenset[str]:
    """The words that stand on pages and are no lender's, without capitals, as ``COMMON_WORDS`` declare them."""
    texts = (Path(__file__).parent.joinpath(name).read_text(encoding="utf-8") for name in COMMON_WORDS)
    return frozenset(word.casefold() for text in texts for word in WORD.findall(text))
