"""Vouchers: the journals of a run in the import layout of a ledger, as files that lead back to the run."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from gaapbridge.book.journal import EntryKind
from gaapbridge.difference import BASIS_DIFFERENCE
from gaapbridge.run import open_run
from gaapbridge.run.form import json_text
from gaapbridge.run.found import run_before
from gaapbridge.run.reader import Run
from gaapbridge.terms.arguments import expect
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.vouchers.folder import STATED, export_folder, keep
from gaapbridge.vouchers.held import Held, closing_lines, held_of, in_the_place_of
from gaapbridge.vouchers.layout import Form, LayoutFile, LedgerLayout, layout_path, read_layout
from gaapbridge.vouchers.outcome import Export
from gaapbridge.vouchers.proof import prove
from gaapbridge.vouchers.tables import file_of, rows_of
from gaapbridge.vouchers.values import Facts
from gaapbridge.vouchers.voucher import BOOKS, OPENINGS, Book, Booking, Opening, Voucher, in_parts

__all__ = ["Export", "export"]

_REFERENCE = 12
"""Characters of a run's hash that stand in its vouchers."""


def export(
    run: Run | os.PathLike[str] | str,
    ledger: str | None = None,
    *,
    book: Book,
    opening: Opening | None = None,
    booked: str | None = None,
    layout: os.PathLike[str] | str | None = None,
    form: Form | None = None,
    answers: Mapping[str, str] | None = None,
    to: os.PathLike[str] | str | None = None,
    despite_failing_checks: bool = False,
    replace: bool = False,
) -> Export:
    """Write the journals of a run, or of its folder, as vouchers that a ledger imports.

    ``ledger`` names a packaged layout (``generic``, ``sap``), ``layout`` is the file of one of your own. ``book`` says what
    becomes of a difference in the ledger: ``movements`` where it is carried forward, ``balances`` where it is booked anew each
    period. ``opening`` says whether the ledger holds what was brought forward: ``booked``, ``unbooked``, or the version of the
    period before that it holds; a run that opens with a prior run takes it for ``booked``, unless that one restates another.
    ``booked`` is the version of this period whose vouchers the ledger holds, or ``none``: they are withdrawn where they differ,
    and a run that restates another must be told. ``answers`` are what the layout asks for. ``form`` is ``csv``, ``xlsx`` or
    ``parquet``. A difference of 1,234.56 brought forward and one of 1,500.00 at the closing are booked as a movement of 265.44,
    or as a reversal of 1,234.56 on the first day and 1,500.00 on the last.

    Amounts are major units, exact; each voucher balances, proved by reading the file again. Raises ``UnusableInput`` where the
    run is not as it was written, where one of its checks fails and ``despite_failing_checks`` is not said, where something is
    not answered, and where the folder (``to``, else beside the run) holds another content and ``replace`` is not said.
    """
    expect("ledger", ledger, str, or_none=True)
    expect("layout", layout, str, os.PathLike, or_none=True)
    expect("answers", answers, Mapping, or_none=True)
    expect("to", to, str, os.PathLike, or_none=True)
    run = open_run(run).unchanged()
    layout_file = _chosen(ledger, layout)
    of = layout_file.layout
    wanted = form or of.forms[0]
    _refuse_unknown("--book", book, BOOKS)
    if wanted not in of.forms:
        _refuse_unknown("--form", wanted, dict.fromkeys(of.forms, ""))
    failing = tuple(check.id for check in run.listed.checks if not check.holds)
    if failing and not despite_failing_checks:
        rule = f"checks of a run hold before it is booked; {len(failing):,} fail, {failing[0]} among them"
        remedy = "put the run right and close again, or say --despite-failures, which every voucher will tell"
        raise UnusableInput(file=str(run.folder), rule=rule, remedy=remedy)
    given = of.answered(answers or {})
    held = held_of(run, booked, opening)
    booking = _booking(run, book, opening, held)
    vouchers = _vouchers(run, of, booking, held)
    notes = (*run.manifest.columns, *(voucher.note for voucher in vouchers))
    facts = _facts(run, of, notes, failing=bool(failing))
    content = file_of(of, wanted, rows_of(of, facts, given, vouchers), facts.minor_digits)
    prove(of, facts, vouchers, wanted, content)
    name = f"{of.file}.{wanted}"
    folder = Path(to) if to is not None else export_folder(run, Path(layout_file.name).stem)
    files = {name: hashlib.sha256(content).hexdigest()}
    told = opening is not None
    notices = tuple(_notices(run, of))
    done = Export(run, layout_file, booking, held, told, given, facts, failing, notices, vouchers, files, folder)
    keep(folder, {name: content, STATED: json_text(done.stated()).encode()}, replace=replace)
    return done


def _vouchers(run: Run, of: LedgerLayout, booking: Booking, held: Held) -> tuple[Voucher, ...]:
    """The vouchers of a run, before them what is withdrawn of those that the ledger holds of this period."""

    def of_version(version: Run) -> tuple[Voucher, ...]:
        lines = version.listed.journals
        return tuple(booking.vouchers(lines, tax_apart=of.tax_apart, net=of.lines == "net", most_lines=of.most_lines))

    vouchers = of_version(run)
    if held.booked is None:
        return vouchers
    withdrawn, new = in_the_place_of(vouchers, of_version(held.booked), booking)
    return (*(part for one in withdrawn for part in in_parts(one, of.most_lines)), *new)


def _chosen(ledger: str | None, layout: os.PathLike[str] | str | None) -> LayoutFile:
    if (ledger is None) == (layout is None):
        rule = "one layout is named: a packaged one by --for, or a file of your own by --layout"
        raise UnusableInput(rule=rule, remedy="say --for generic, for example")
    return read_layout(layout_path(ledger) if ledger is not None else Path(str(layout)))


def _refuse_unknown(option: str, word: str | None, known: Mapping[str, str]) -> None:
    if word not in known:
        choices = "; ".join(f"{one}: {meaning}" if meaning else one for one, meaning in known.items())
        rule, remedy = f"it is one of {', '.join(known)}", f"say {option} with one of them. {choices}"
        raise UnusableInput(key=option, value=word or "missing", rule=rule, remedy=remedy)


def _notices(run: Run, layout: LedgerLayout) -> Iterator[str]:
    """What the run does not state that the vouchers depend on."""
    ledger = run.plan_content.get("trial_balance", {})
    fiscal = {column.value for column in layout.columns} & {"fiscal_year", "fiscal_period"}
    if fiscal and "fiscal_year_end" not in ledger:
        yield "The plan states no fiscal_year_end: posting periods are months of the calendar year."
    if ledger.get("accounts") and not layout.accounts:
        yield "Accounts are the plan's, which trial_balance.accounts maps the ledger's to: a layout names those to book on."
    if run.manifest.prior_run is not None and run_before(run) is None:
        yield "The prior run is gone, or by now another: whether it restates a version that the ledger holds is not known."
    if run.manifest.statements.income is None:
        yield "The run is of one instant: its difference is booked against retained earnings, no income with it."


def _booking(run: Run, book: str, opening: str | None, held: Held) -> Booking:
    """How the run is booked. Raises ``UnusableInput`` where nothing tells whether its opening difference is in the ledger."""
    manifest = run.manifest
    one_instant = manifest.statements.income is None
    if opening is None and manifest.prior_run is not None:
        opening = "booked"
    nothing_before = one_instant or not any(line.kind == EntryKind.BROUGHT_FORWARD for line in run.listed.journals)
    if opening is None and nothing_before:
        opening = "unbooked"
    if held.prior is None:
        _refuse_unknown("--opening", opening, OPENINGS)
    if one_instant and opening != "unbooked":
        rule = "a run of one instant brings nothing forward: its whole difference is booked on the closing day"
        raise UnusableInput(key="--opening", value=opening, rule=rule, remedy="leave --opening out, or say unbooked")
    retained_earnings = manifest.posting.get("retained_earnings")
    if retained_earnings is None:
        rule, remedy = (
            "the manifest of a run says where retained earnings are posted",
            "restore the run, or close the plan again",
        )
        raise UnusableInput(file=str(run.folder), key="posting", rule=rule, remedy=remedy)
    profit = {*manifest.profit_rows}
    booking = Booking(
        book=book,
        opening=opening or "",
        first_day=date.fromisoformat(manifest.period.opening) + timedelta(days=1),
        closing=date.fromisoformat(manifest.period.closing),
        one_instant=one_instant,
        income=frozenset(code for code, account in manifest.accounts.items() if account.line in profit),
        retained_earnings=retained_earnings,
    )
    if held.prior is None:
        return booking
    return replace(booking, held=closing_lines(held.prior, booking, manifest.posting.get(BASIS_DIFFERENCE)))


def _facts(run: Run, layout: LedgerLayout, notes: Iterable[str], *, failing: bool) -> Facts:
    manifest, entity = run.manifest, run.plan_content["entity"]
    version = re.fullmatch(r"v([1-9][0-9]*)", run.folder.resolve().name)
    if version is None:
        rule = "a run's folder is called by its version, v1 or v2, from which vouchers have their numbers"
        raise UnusableInput(file=str(run.folder), rule=rule, remedy="export the run from where close wrote it")
    stated = run.plan_content.get("trial_balance", {}).get("fiscal_year_end")
    return Facts(
        entity=manifest.entity,
        currency=str(entity["currency"]),
        minor_digits=int(entity["minor_digits"]),
        opening=date.fromisoformat(manifest.period.opening),
        closing=date.fromisoformat(manifest.period.closing),
        version=int(version[1]),
        reference=manifest.content_sha256[:_REFERENCE],
        places={column: place for place, column in enumerate(dict.fromkeys(notes), start=1)},
        fiscal_month=int(str(stated or "12-31")[:2]),
        names={code: account.name for code, account in manifest.accounts.items()} | layout.account_names,
        accounts=layout.accounts,
        words=layout.words,
        failing=failing,
    )
