"""Reading a plan: TOML text to a typed ``Plan``, with every fault named by file, key, value, rule and remedy."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gaapbridge.plan.days import check_days
from gaapbridge.plan.declared import Declared, PlannedKind, plan_of_kinds
from gaapbridge.plan.election import Election
from gaapbridge.plan.given_notes import check_given
from gaapbridge.plan.history import is_alone
from gaapbridge.plan.ledger_accounts import check_ledger_accounts
from gaapbridge.plan.model import OF_CONTRACTS, Plan
from gaapbridge.plan.own_words import refuse_words
from gaapbridge.plan.refusals import MISSING, NO_DEFAULT, asked, badly_typed, meant, meant_account, not_toml, refusal
from gaapbridge.plan.settings import content_with, settings_of, text_in_force
from gaapbridge.plan.tape_tables import ContractTapes, WholeTape
from gaapbridge.plan.versions import first_days, in_versions, version_in_force
from gaapbridge.plan.written import written
from gaapbridge.terms.errors import UnusableInput, nearest, together

_REMOVE = "remove it"


def read_plan(path: Path, declared: Declared, settings: Sequence[str] = ()) -> Plan:
    """The plan in a TOML file, checked against what each note declares; ``settings``, each KEY=VALUE, are over what it states.

    Raises ``UnusableInput`` on a file that cannot be read, a key that is unknown, missing or wrong, an election that is
    missing or not admissible, a tape no note reads, a role without an account.
    """
    stated, file = settings_of(settings), _bytes_of(path)
    content = content_with(path, _content(path, file), stated)
    try:
        plan = plan_from(path, content, declared)
    except UnusableInput as refused:
        if any(_of_one(str(refused.key), ".".join(one.key)) for one in stated):
            refused.file = f"{path} with --set"
        raise
    plan._written = file
    if stated:
        plan._settings = {one.name: written(one.value) for one in stated}
        plan._in_force = text_in_force(path, _text(file), content, stated).encode()
    return plan


def _of_one(key: str, other: str) -> bool:
    """Whether two keys are the same, or one is in the table of the other."""
    return f"{key}.".startswith(f"{other}.") or f"{other}.".startswith(f"{key}.")


def plan_from(path: Path, content: dict[str, Any], declared: Declared) -> Plan:
    """The plan that a file's content makes, checked; ``path`` is the file, from whose folder relative paths start."""
    check_days(path, content)
    if is_alone(content):
        remedy = "estimate its curves; to close, add the tables of a plan: gaapbridge new plan NAME --loans TAPE --history FILE"
        raise refusal(path, "period", MISSING, "a file of a history alone closes nothing", remedy)
    plan = _typed(path, content, plan_of_kinds(declared.kinds))
    plan._path = path
    _check_tables(plan)
    _check_notes(plan, declared)
    _check_elections(plan, declared)
    _check_tax(plan)
    _check_valuation_allowance(plan)
    _check_value_added_tax(plan, declared)
    _check_accounts(plan, declared)
    _check_tapes(plan, declared)
    _check_curves(plan, declared)
    _check_opening(plan, declared)
    _check_fiscal_year(plan)
    plan.sign_off.refuse_before(plan.period.closing, plan.path)
    refuse_words(plan.words, plan.path)
    return plan


def toml_content(path: Path) -> dict[str, Any]:
    """The content of a TOML file, numbers with a point as decimals. Raises ``UnusableInput`` where it cannot be read."""
    return _content(path, _bytes_of(path))


def content_as_read(plan: Plan) -> dict[str, Any]:
    """What the file of a plan stated when it was read."""
    return _content(plan.path, plan.written)


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise refusal(path, None, None, "the plan file must exist", "check the path") from None
    except IsADirectoryError:
        inside = path / "plan.toml"
        remedy = f"name {inside}" if inside.is_file() else "name the plan file in it"
        raise refusal(path, None, None, "a plan is a file, and this is a folder", remedy) from None
    except OSError as error:
        raise _unreadable(path, error) from None


def _content(path: Path, written: bytes) -> dict[str, Any]:
    try:
        text = _text(written)
    except UnicodeDecodeError as error:
        raise _unreadable(path, error) from None
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise not_toml(path, text, error) from None
    except (ValueError, InvalidOperation, RecursionError) as error:
        rule = "numbers have at most 4,300 digits and are within the range of decimals; arrays are not nested without end"
        raise refusal(path, None, type(error).__name__, rule, "write the number, or the array, that is meant") from None


def _text(written: bytes) -> str:
    return written.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


def _unreadable(path: Path, error: Exception) -> UnusableInput:
    return refusal(path, None, type(error).__name__, "the plan must be a readable UTF-8 file", "check the file")


def _typed(path: Path, content: dict[str, Any], model: type[Plan]) -> Plan:
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise badly_typed(path, model, error) from None


def _check_tables(plan: Plan) -> None:
    """Where contracts are measured, everything about them is stated; a plan of given notes alone has none of it."""
    for table in OF_CONTRACTS if plan.measured_notes else ():
        if table not in plan.model_fields_set:
            raise refusal(plan.path, table, MISSING, NO_DEFAULT, f"add the table [{table}]")


def _check_notes(plan: Plan, declared: Declared) -> None:
    known = f"known notes: {', '.join(declared.notes)}"
    check_given(plan, declared)
    for note in plan.measured_notes:
        if note not in declared.notes:
            raise refusal(plan.path, "notes.order", note, "no such note", meant(note, declared.notes, known))
        if note not in plan.tax:
            raise refusal(plan.path, f"tax.{note}", MISSING, "each note states its tax", f"add [tax.{note}]")
    for table, names in (("tax", plan.tax), ("elections", plan.elections)):
        for note in names:
            if note not in declared.notes and note not in plan.given:
                raise refusal(plan.path, f"{table}.{note}", note, "no such note", meant(note, declared.notes, known))


def _check_elections(plan: Plan, declared: Declared) -> None:
    for note in plan.measured_notes:
        answers = plan.elections.get(note, {})
        known = {election.name: election for election in declared.notes[note].elections}
        for name, answer in answers.items():
            key = f"elections.{note}.{name}"
            if name not in known:
                raise refusal(plan.path, key, written(answer), "no such election", meant(name, known, _REMOVE))
            if (wrong := known[name].check(answer)) is not None:
                raise refusal(plan.path, key, written(answer), wrong, _answered_well(plan, known[name], answer))
        for name, election in known.items():
            key = f"elections.{note}.{name}"
            if name not in answers and election.kind in (None, *plan.tapes.kinds):
                raise refusal(plan.path, key, MISSING, "every election must be stated", asked(election))
        _check_in_force(plan, note, known.values())
        _check_reasons(plan, note, known.values())


def _answered_well(plan: Plan, election: Election, answer: Any) -> str:
    """What to write in the place of an answer that is not admissible; an estimate that only lacks its date, with one."""
    if election.nature == "estimate" and election.check_one(answer) is None:
        dated = written(in_versions(answer, min(plan.instants.values())))
        return f"date it, for example, {election.name} = {dated}; a later estimate is a version beside it"
    near = nearest(str(answer), election.choices, n=1)
    return f"{f'did you mean {near[0]}? Otherwise ' if near else ''}{asked(election)}"


def _check_in_force(plan: Plan, note: str, elections: Iterable[Election]) -> None:
    """Of every estimate a version is in force at the instants measured; one that starts later is never used."""
    for election in elections:
        if election.nature != "estimate" or election.name not in plan.elections.get(note, {}):
            continue
        versions = plan.elections[note][election.name]
        for day in plan.instants.values():
            if version_in_force(versions, day) is None:
                key = f"elections.{note}.{election.name}"
                rule = f"a version is in force on {day}, which is measured; the first starts on {first_days(versions)[0]}"
                raise refusal(plan.path, key, written(versions), rule, f"add the version that was in force on {day}")


def _check_reasons(plan: Plan, note: str, elections: Iterable[Election]) -> None:
    """A number above the one that a standard presumes comes with the reason why the presumption does not hold."""
    answers = plan.elections.get(note, {})
    for election in elections:
        if election.needed_above is None:
            continue
        number, most = election.needed_above
        highest = max(plan.answers_at(note, day)[number] for day in plan.instants.values())
        if highest > most and not answers[election.name].strip():
            key = f"elections.{note}.{election.name}"
            rule = f"must not be empty where {number} is above {most}, here {highest} ({election.paragraph})"
            remedy = f"state the reason, or {most} for {number}. {election.question}"
            raise refusal(plan.path, key, written(answers[election.name]), rule, remedy)


def _check_tax(plan: Plan) -> None:
    """At each instant measured a rate is known; one that is enacted, or begins, later is never used. All without are named."""
    refusals = []
    for note in (note for note in plan.notes.order if note in plan.tax):
        rates = plan.tax[note].rates
        for instant in plan.instants.values():
            if (day := plan.tax[note].unrated(instant)) is not None:
                stated = [one.model_dump(by_alias=True, exclude_none=True) for one in rates]
                refusals.append(refusal(
                    plan.path, f"tax.{note}.rates", written(stated), f"a rate known on {instant} applies to {day}",
                    "add the rate in force then; of rates as enacted, the enactment counts (740-10-30-8; IAS 12.47)",
                ))  # fmt: skip
    if refusals:
        raise together(refusals)


def _check_valuation_allowance(plan: Plan) -> None:
    """At each instant measured a version is in force; one that starts later is never used."""
    for instant in plan.instants.values():
        if plan.deferred_tax.allowance_at(instant) is None:
            versions = plan.deferred_tax.valuation_allowance
            key, first = "deferred_tax.valuation_allowance", versions[0].valid_from
            rule = f"a version is in force on {instant}, which is measured; the first starts on {first}"
            remedy = f"add the version that was in force on {instant}"
            raise refusal(plan.path, key, written([one.model_dump() for one in versions]), rule, remedy)


def _check_value_added_tax(plan: Plan, declared: Declared) -> None:
    """The days past due from which interest is not taxed yet are stated where interest is quoted inclusive of the tax."""
    words = [word for kind in declared.kinds for word in kind.untaxed_past_due if word in plan.vat.inclusive]
    key, days = "vat.interest_past_due_days", plan.vat.interest_past_due_days
    if words and days is None:
        remedy = (
            "add interest_past_due_days = 90 to [vat]. For how many days past due is interest taxed before it is received? "
            "The tax on what is past due for longer is payable on receipt (in China after 90 days: Caishui [2016] No. 36, "
            "annex 3, article 4), so it is in no difference"
        )
        rule = f"{' and '.join(words)} is quoted inclusive of value-added tax, so it is stated when that is payable"
        raise refusal(plan.path, key, MISSING, rule, remedy)
    if days is not None and not words:
        rule = "it is read where interest is quoted inclusive of value-added tax"
        raise refusal(plan.path, key, written(days), rule, "remove it, or name accrued_interest in vat.inclusive")


def _check_accounts(plan: Plan, declared: Declared) -> None:
    every = {role for note in declared.notes.values() for role in note.needs(declared.kind_keys)}
    for role, account in plan.posting.items():
        if role not in every:
            raise refusal(plan.path, f"posting.{role}", written(account), "no such posting role", meant(role, every, _REMOVE))
        if account not in plan.accounts:
            remedy = meant_account(account, plan.accounts)
            raise refusal(plan.path, f"posting.{role}", written(account), "the account must be in [accounts]", remedy)
    for note in plan.measured_notes:
        for role in declared.notes[note].needs(plan.tapes.kinds):
            if role not in plan.posting:
                raise refusal(plan.path, f"posting.{role}", MISSING, f"note {note} posts to it", f'add {role} = "ACCOUNT"')
    for role in plan.trial_balance.same_source if plan.trial_balance else ():
        if role not in every:
            raise refusal(plan.path, "trial_balance.same_source", role, "no such posting role", meant(role, every, _REMOVE))
    check_ledger_accounts(plan, declared)
    _check_shared(plan, declared)
    _check_cash_accounts(plan, declared)


def _check_shared(plan: Plan, declared: Declared) -> None:
    """Roles whose accounts also take what no note measures are roles of income: a balance is held to its account whole."""
    income = {role for note in declared.notes.values() for role in note.profit_roles}
    for role in plan.trial_balance.shared if plan.trial_balance else ():
        if role not in income:
            raise refusal(plan.path, "trial_balance.shared", role, "no posting role of income", meant(role, income, _REMOVE))


def _check_cash_accounts(plan: Plan, declared: Declared) -> None:
    """Accounts of cash are in the chart, and of contracts whose cash is followed."""
    followed = [kind.key for kind in declared.kinds if kind.cash is not None and kind.key in plan.tapes.kinds]
    for kind, accounts in (plan.trial_balance.cash if plan.trial_balance else {}).items():
        key = f"trial_balance.cash.{kind}"
        if kind not in followed:
            known = f"their cash is followed: {', '.join(followed)}" if followed else _REMOVE
            raise refusal(plan.path, key, kind, "no contracts of the plan whose cash is followed", meant(kind, followed, known))
        for account in accounts:
            if account not in plan.accounts:
                remedy = meant_account(account, plan.accounts)
                raise refusal(plan.path, key, written(account), "the account must be in [accounts]", remedy)


def _check_tapes(plan: Plan, declared: Declared) -> None:
    """Every tape has its notes and its assumptions, every note a tape."""
    kinds = plan.tapes.kinds
    for note in plan.measured_notes:
        if not set(declared.notes[note].kinds) & set(kinds):
            wanted = " or ".join(f"[tapes.{kind}]" for kind in declared.notes[note].kinds)
            remedy = f"add {wanted}, or leave the note out"
            raise refusal(plan.path, "notes.order", note, "a note is measured from its tapes", remedy)
    for kind in declared.kinds:
        _refuse_same_rows(plan, kind)
        if kind.key not in kinds:
            _refuse_without(plan, kind)
    for kind in declared.kinds:
        if kind.key in kinds:
            _refuse_alone(plan, kind, declared)


def _refuse_same_rows(plan: Plan, kind: PlannedKind) -> None:
    """Rows that are the same count only where each may have a number, by which it else is told from another."""
    for tape in (tape.key for tape in kind.tapes if not tape.numbered):
        stated = plan.tapes.named(tape)
        if isinstance(stated, WholeTape) and stated.same_rows == "counted":
            key, rule = f"tapes.{tape}.same_rows", "rows count that are the same where each may have a number, as payments have"
            raise refusal(plan.path, key, written("counted"), rule, "remove it, and add up what did happen twice")


def _refuse_without(plan: Plan, kind: PlannedKind) -> None:
    """What nothing reads where a plan names no contracts of a kind: their other tapes, and their curves."""
    for tape in kind.tapes[1:]:
        if plan.tapes.named(tape.key) is not None:
            _refuse_unread(plan, f"tapes.{tape.key}", kind)
    if kind.tables and plan.curves.of(kind.key):
        _refuse_unread(plan, f"curves.{kind.key}", kind)


def _refuse_unread(plan: Plan, key: str, kind: PlannedKind) -> None:
    remedy = f"add [tapes.{kind.key}], or remove it"
    raise refusal(plan.path, key, f"[{key}]", f"it is read with [tapes.{kind.key}]", remedy)


def _refuse_alone(plan: Plan, kind: PlannedKind, declared: Declared) -> None:
    """Contracts of a kind without a column for each note that reads them, or without what is needed beside their tape."""
    for note, declaration in declared.notes.items():
        if kind.key in declaration.kinds and note not in plan.notes.order:
            rule = f"every note that reads [tapes.{kind.key}] is a column, or its balances would stand in none"
            raise refusal(plan.path, "notes.order", note, rule, f"add {note} to notes.order")
    beside = [(f"tapes.{tape.key}", tape.needed, bool(plan.tapes.named(tape.key))) for tape in kind.tapes[1:] if tape.needed]
    if kind.tables:
        beside.append((f"curves.{kind.key}", "curves", bool(plan.curves.of(kind.key))))
    for key, what, stated in beside:
        if not stated:
            raise refusal(plan.path, key, MISSING, f"[tapes.{kind.key}] needs its {what} beside it", f"add [{key}]")


def _check_curves(plan: Plan, declared: Declared) -> None:
    """How a file is read is said of files that the plan names."""
    for kind in declared.kinds:
        for table in plan.curves.read(kind.key):
            if table not in plan.curves.of(kind.key):
                key, remedy = (
                    f"curves.{kind.key}.read.{table}",
                    f"name the file, {table} = ..., under [curves.{kind.key}], or remove it",
                )
                raise refusal(plan.path, key, f"[{key}]", "a file that is read is named", remedy)


def _check_opening(plan: Plan, declared: Declared) -> None:
    measured_again = plan.opening.source in ("opening_tape", "amounts")
    for tape in (tape for kind in declared.kinds for tape in kind.tapes):
        stated = plan.tapes.named(tape.key)
        if not isinstance(stated, ContractTapes):
            continue
        key = f"tapes.{tape.key}.opening"
        if measured_again and stated.opening is None:
            raise refusal(plan.path, key, MISSING, "the opening is measured from the opening tape", "name the tape")
        if plan.opening.source == "none" and stated.opening is not None:
            remedy = 'remove it, or use "opening_tape"'
            raise refusal(plan.path, key, written(stated.opening), 'source = "none" measures one instant', remedy)
        if stated.opening is None and stated.read is not None and stated.read.opening is not None:
            key, rule = f"tapes.{tape.key}.read.opening", "a file that is read is named"
            remedy = (
                f"name the tape, opening = ..., under [tapes.{tape.key}], or remove it; the tape of a prior run is read as "
            )
            raise refusal(plan.path, key, f"[{key}]", rule, remedy + "that run's own plan says")


def _check_fiscal_year(plan: Plan) -> None:
    """No fiscal year ends within the period: the income before it is no longer on its accounts at the closing."""
    if plan.trial_balance is None or plan.opening.source == "none":
        return
    days = (plan.period.closing - plan.period.opening).days
    for day in (plan.period.opening + timedelta(days=number) for number in range(1, days)):
        if plan.trial_balance.ends_fiscal_year(day):
            rule = f"the period crosses {day}, the end of a fiscal year: its closing ledger holds the income since then only"
            remedy = f"close up to {day} first, and from there on; or correct the day"
            raise refusal(plan.path, "trial_balance.fiscal_year_end", plan.trial_balance.fiscal_year_end, rule, remedy)
