"""What an export comes to: the vouchers, where they are, and how they lead back to the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from gaapbridge.form import Table
from gaapbridge.notebook import result_html
from gaapbridge.run.reader import Run
from gaapbridge.terms.text import text_of, visible
from gaapbridge.vouchers.held import Held
from gaapbridge.vouchers.layout import LayoutFile
from gaapbridge.vouchers.values import Facts, Posted
from gaapbridge.vouchers.voucher import BOOKS, OPENINGS, Booking, Voucher


@dataclass(frozen=True)
class Export:
    """The vouchers of a run in the form of a ledger, written into ``folder``.

    ``opening_told`` says whether the user answered what of earlier periods the ledger holds, or the run did; ``notices`` what a
    controller has to know before the files are imported.
    """

    run: Run
    layout_file: LayoutFile
    booking: Booking
    held: Held
    opening_told: bool
    answers: Mapping[str, str]
    facts: Facts
    failing: tuple[str, ...]
    notices: tuple[str, ...]
    vouchers: tuple[Voucher, ...]
    files: Mapping[str, str]
    folder: Path

    @property
    def exit_code(self) -> int:
        """0; 1 where checks of the run fail and it was exported all the same."""
        return 1 if self.failing else 0

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the vouchers, in their order."""
        return tuple(_first(self.facts, voucher).numbered.number for voucher in self.vouchers)

    def stated(self) -> dict[str, Any]:
        """What stands in ``export.json`` beside the vouchers: everything but where it was written, and when."""
        manifest, layout = self.run.manifest, self.layout_file.layout
        return {
            "entity": manifest.entity,
            "period": {"opening": manifest.period.opening, "closing": manifest.period.closing},
            "run": {
                "version": f"v{self.facts.version}",
                "content_sha256": manifest.content_sha256,
                "plan_sha256": manifest.plan_sha256,
                "code": manifest.code,
            },
            "ledger": layout.ledger,
            "layout": {"file": self.layout_file.name, "sha256": self.layout_file.sha256, "follows": layout.follows},
            "book": self.booking.book,
            "opening": self.booking.opening,
            "booked": None if self.held.booked is None else self.held.booked.folder.name,
            "opening_told_by": "the user" if self.opening_told else "the run",
            "answers": dict(self.answers),
            "failing_checks": list(self.failing),
            "notices": list(self.notices),
            "currency": self.facts.currency,
            "minor_digits": self.facts.minor_digits,
            "vouchers": [self._voucher(voucher) for voucher in self.vouchers],
            "files_sha256": dict(self.files),
        }

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``: the same, and the folder."""
        return {"folder": str(self.folder), **self.stated()}

    def as_text(self, width: int | None = None) -> str:
        """What was booked how, every voucher with its number, and where the files are; for a terminal of so many columns."""
        told, table, ended = self._told(), self._table(), self._ended()
        return text_of([*told, *self.notices, "", *table.as_lines(width), "", *ended, ""], width)

    def __repr__(self) -> str:
        return visible(f"Export({str(self.folder)!r}: {len(self.vouchers):,} vouchers for {self.layout_file.layout.ledger})")

    def _repr_html_(self) -> str:
        first, *others = self._told()
        return result_html([[first, *others, *self.notices, self._table(), *self._ended()]])

    def _told(self) -> list[str]:
        """Whose run it is, how it was booked, and what fails in it."""
        manifest, layout = self.run.manifest, self.layout_file.layout
        version = f"v{self.facts.version}, {self.facts.reference}"
        lines = [f"{manifest.entity}, {manifest.period} ({version}), for {layout.ledger}."]
        if not self.booking.one_instant:
            lines.append(f"Book: {self.booking.book}: {BOOKS[self.booking.book]}.")
            told = "as you say" if self.opening_told else "as the run tells"
            said = OPENINGS.get(self.booking.opening, "the ledger holds what that version of the period before left")
            lines.append(f"Opening: {self.booking.opening}, {told}: {said}.")
        if self.held.booked is not None:
            booked = self.held.booked.folder.name
            lines.append(f"Booked: {booked}: its vouchers that differ are withdrawn; those that are the same stand.")
        if self.failing:
            named = ", ".join(self.failing[:_NAMED]) + (", ..." if len(self.failing) > _NAMED else "")
            lines.append(f"{len(self.failing):,} checks of the run FAIL, and every voucher says so: {named}.")
        return lines

    def _table(self) -> Table:
        return Table("", ("voucher", "posted", "note", "kind", "lines", f"{self.facts.currency}"), tuple(self._rows()))

    def _ended(self) -> list[str]:
        many = f"{len(self.vouchers):,} voucher{'' if len(self.vouchers) == 1 else 's'}"
        return [f"{many}, each balanced when read again from the file.", *(f"  {self.folder / name}" for name in self.files)]

    def _rows(self) -> Sequence[tuple[Any, ...]]:
        debits = [f"{self._major(voucher.debit_minor):,f}" for voucher in self.vouchers]
        width = max(map(len, debits), default=0)
        return [
            (number, str(voucher.day), voucher.note, voucher.kind, len(voucher.lines), debit.rjust(width))
            for number, voucher, debit in zip(self.numbers, self.vouchers, debits, strict=True)
        ]

    def _voucher(self, voucher: Voucher) -> dict[str, Any]:
        first = _first(self.facts, voucher)
        return {
            "number": first.numbered.number,
            "reference": first.reference,
            "note": voucher.note,
            "kind": voucher.kind,
            "posting_date": str(voucher.day),
            "lines": len(voucher.lines),
            "debit": f"{self._major(voucher.debit_minor):f}",
        }

    def _major(self, amount_minor: int) -> Decimal:
        return Decimal(amount_minor).scaleb(-self.facts.minor_digits)


_NAMED = 5
"""Failing checks that are named; the others are counted."""


def _first(facts: Facts, voucher: Voucher) -> Posted:
    return Posted(facts, voucher, voucher.lines[0], 1)
