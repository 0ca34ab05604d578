"""The tie-outs only a close can make: R5 by component, R6 by proof, R7, R9 and R10, in exact minor units.

Two paths to every figure: journals on one side, the per-contract table measured directly on the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gaapbridge.book.journal import EntryKind
from gaapbridge.book.trial_balance import TrialBalance
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.measured import Measured, over_all
from gaapbridge.difference import PATHS, Note
from gaapbridge.period_close.divided import by_account
from gaapbridge.period_close.entries import NoteColumn
from gaapbridge.period_close.movement_ties import movement_ties, posted_balances
from gaapbridge.period_close.tax_proof import differences, proved, tax_proofs, untaxed
from gaapbridge.plan import Plan
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import BY_CONSTRUCTION, INDEPENDENT, RECOMPUTED, SAME_SOURCE, Evidence, proven
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.finding import in_minor
from gaapbridge.terms.money import round_half_away, vat_fraction

VAT = "other_tax_payable"
"""The role of value-added tax: measured as a difference only, so the ledger's balance is no other side to it."""

Balances = Mapping[str, int]


@dataclass(frozen=True)
class Ties:
    """Checks made, and what could not be checked."""

    checks: tuple[Check, ...]
    not_checked: tuple[NotChecked, ...]

    def and_those(self, others: Ties) -> Ties:
        """Both together."""
        return Ties(self.checks + others.checks, self.not_checked + others.not_checked)


def close_ties(
    plan: Plan,
    columns: Sequence[NoteColumn],
    measured: Sequence[Measured],
    ledgers: Mapping[str, TrialBalance],
    has_opening: bool,
    rejected_rows: int,
) -> Ties:
    """All tie-outs of a close. ``ledgers`` holds trial balances by state (``opening``, ``closing``), as far as given."""
    checks: list[Check] = []
    left: list[NotChecked] = []
    for state in ("closing", "opening") if has_opening else ("closing",):
        statement = plan.period.closing_sheet if state == "closing" else plan.period.opening_sheet
        us, ifrs = (over_all(measured, framework, state) for framework in ("us", "ifrs"))
        posted = posted_balances(columns, state)
        if state in ledgers:
            checks += _sub_ledger(plan, state, statement, us, ledgers[state], rejected_rows)
            stated = _stated(plan, columns, state)
            checks += _ifrs_from_ledger(plan, statement, us, ifrs, ledgers[state], posted, stated)
        else:
            left += _without_ledger(statement)
        checks += _columns_measured(plan, statement, us, ifrs, posted, _stated(plan, columns, state))
    if has_opening:
        checks += _profit_measured(plan, columns, measured)
        checks += _profit_is_movement(plan, columns, measured)
        checks += _tax_stated(plan, columns)
        left += _closing_not_stated(plan, columns)
        checks += proved(plan, tax_proofs(plan, columns, measured))
        checks += movement_ties(plan, columns, measured)
    checks += untaxed(plan, columns)
    checks += _value_added_tax(plan, columns, measured)
    return Ties(tuple(checks), tuple(left))


def _without_tax(plan: Plan, balances: Balances) -> dict[str, int]:
    """Measured balances by account, without value-added tax."""
    return by_account(plan, {role: amount for role, amount in balances.items() if role != VAT})


def _sub_ledger(
    plan: Plan, state: str, statement: str, us: Balances, ledger: TrialBalance, rejected_rows: int
) -> Iterable[Check]:
    """R9: the sub-ledger under US GAAP equals the general ledger, account by account."""
    same = {plan.account_of(role) for role in (plan.trial_balance.same_source if plan.trial_balance else ())}
    for account, measured in _without_tax(plan, us).items():
        copied, missing = account in same, measured - ledger.balance(account)
        proof, figures = _proof_of(plan, account, copied, measured, ledger)
        yield Check(
            f"R9/{statement}/{account}",
            "R9",
            statement,
            account,
            "us_gaap",
            measured,
            ledger.balance(account),
            proven(proof, measured, ledger.balance(account)),
            figures=figures,
            remedy=_remedy(plan, state, account, missing, copied, rejected_rows),
        )


def _proof_of(plan: Plan, account: str, copied: bool, measured: int, ledger: TrialBalance) -> tuple[Evidence, str]:
    """What it proves that an account of the ledger has what was measured, and where its balance comes from."""
    divided = plan.trial_balance.divided if plan.trial_balance else {}
    of = next((first for first, others in divided.items() if account in others), None)
    if of is not None:
        return BY_CONSTRUCTION, f"divided out of {of}, as measured"
    left = _left_of(plan, account, measured, ledger) if account in divided else ""
    if copied:
        said = "same source: by same_source of the plan the ledger has this balance from the measurement, or by its rules"
        return SAME_SOURCE, f"{said}; {left}" if left else said
    return INDEPENDENT, left


def _left_of(plan: Plan, account: str, measured: int, ledger: TrialBalance) -> str:
    """Of which account of the ledger the first of those that it is divided into is what is left, and whether it turned: the
    ledger has less than was measured on the others, and this one was not measured on that side.

    The ledger has 40,000 in credit, of which 88,773 were measured: 48,773 are left in debit.
    """
    others = plan.trial_balance.divided[account] if plan.trial_balance else ()
    parts, left = sum(ledger.balance(other) for other in others), ledger.balance(account)
    said = f"what is left of {_in_ledger(plan, account)}, {in_minor(parts + left)}, without {', '.join(others)} as measured"
    turned = (parts + left) * left < 0 and measured * left <= 0
    return f"{said}, {in_minor(parts)}{': it turns to its other side' if turned else ''}"


def _in_ledger(plan: Plan, account: str) -> str:
    """What the ledger calls an account of the plan: its own code where it has one, and what it is divided into."""
    ledger, name = plan.trial_balance, f"{account} ({plan.accounts[account].name})"
    own = [theirs for theirs, first in ledger.charted.items() if first == account] if ledger else []
    others = ledger.divided.get(account, ()) if ledger else ()
    if own in ([], [account]) and not others:
        return f"account {name}"
    return f"account {', '.join(own) or account} of the ledger, in the plan {', '.join((name, *others))}"


def _remedy(plan: Plan, state: str, account: str, missing: int, copied: bool, rejected_rows: int) -> str:
    """What to do where an account differs, if that is not to compare it: it is copied, or the measurement is not whole."""
    if missing and rejected_rows:
        return f"this measurement leaves out {rejected_rows:,} rejected rows: correct them first"
    if not (missing and copied):
        return ""
    named = _in_ledger(plan, account)
    if state == "opening":
        why = f"by same_source of the plan {named} is copied from a measurement"
        return f"{why}: give the trial balance that the period before was closed with"
    side = "debit" if missing > 0 else "credit"
    return (
        f"by same_source of the plan {named} is copied from this measurement: first see by explain why it moved (days past "
        f"due, status, terms of its contracts); only where the tapes are right, {side} {in_minor(abs(missing))} to it in "
        "the ledger, against the account that takes its income or expense, then export the trial balance again"
    )


def _ifrs_from_ledger(
    plan: Plan,
    statement: str,
    us: Balances,
    ifrs: Balances,
    ledger: TrialBalance,
    posted: Balances,
    stated: Balances,
) -> Iterable[Check]:
    """R10 (a): trial balance + columns - IFRS measured from the contracts, and what files state = the R9 gap, by account.

    The ledger is on both sides, so it proves no more than the columns measured directly do.
    """
    measured_us, measured_ifrs = _without_tax(plan, us), _without_tax(plan, ifrs)
    for account, amount in measured_ifrs.items():
        gap = ledger.balance(account) - measured_us[account]
        found = ledger.balance(account) + posted.get(account, 0) - stated.get(account, 0) - amount
        proof = proven(RECOMPUTED, amount, measured_us[account], posted.get(account, 0))
        yield Check(f"R10a/{statement}/{account}", "R10", statement, account, "ifrs", gap, found, proof)


def _stated(plan: Plan, columns: Sequence[NoteColumn], state: str) -> Balances:
    """What files state of every account over all columns at an instant; where they do not state the closing, what they moved
    since the opening, and always what adjustments moved, after the tax that goes through equity."""
    balances: dict[str, int] = {}
    for column in columns:
        stated = dict(column.given.balances[state])
        if state == "closing" and column.given.closing is not None:
            stated = dict(column.given.closing)
        after_tax = column.tax_through if column.given.closing is None else column.adjusted_tax_through
        for role, amount in after_tax.items() if state == "closing" else ():
            account = plan.account_of(role)
            stated |= {account: stated[account] + amount} if account in stated else {}
        for account, amount in stated.items():
            balances[account] = balances.get(account, 0) + amount
    return balances


def _columns_measured(
    plan: Plan, statement: str, us: Balances, ifrs: Balances, posted: Balances, stated: Balances
) -> Iterable[Check]:
    """R10 without the ledger: IFRS measured directly less US GAAP measured directly, with what files state = what the journals
    posted."""
    for account, one in _both_ways(plan, us, ifrs, posted, stated).items():
        proof = proven(one.evidence, one.us, one.ifrs, one.stated, one.posted)
        expected = one.ifrs - one.us + one.stated
        yield Check(f"R10/{statement}/{account}", "R10", statement, account, "ifrs", expected, one.posted, proof)


@dataclass(frozen=True, slots=True)
class _BothWays:
    """What was measured of an account under both frameworks, what files state of it, and what the journals posted."""

    us: int
    ifrs: int
    stated: int
    posted: int
    evidence: Evidence


def _both_ways(plan: Plan, us: Balances, ifrs: Balances, posted: Balances, stated: Balances) -> dict[str, _BothWays]:
    """By account, those that contracts measure before those that files alone state."""
    accounts = {role: plan.account_of(role) for role in ifrs}
    found: dict[str, _BothWays] = {}
    for account in dict.fromkeys((*accounts.values(), *stated)):
        own, other = (sum(side[role] for role, code in accounts.items() if code == account) for side in (us, ifrs))
        evidence = RECOMPUTED if account in accounts.values() else SAME_SOURCE
        found[account] = _BothWays(own, other, stated.get(account, 0), posted.get(account, 0), evidence)
    return found


def _profit_measured(plan: Plan, columns: Sequence[NoteColumn], measured: Sequence[Measured]) -> Iterable[Check]:
    """R10 (b): income and expense under IFRS, measured from the contracts and stated by files, = US GAAP measured + the
    columns; as earned."""
    statement = plan.period.income_statement
    posted: dict[str, int] = {}
    for column in columns:
        for account, amount in column.journal.balances(EntryKind.MOVEMENT).items():
            posted[account] = posted.get(account, 0) + amount
    us, ifrs = over_all(measured, "us", "income"), over_all(measured, "ifrs", "income")
    stated: dict[str, int] = {}
    for given in (column.given for column in columns):
        for account, amount in given.income.items():
            stated[account] = stated.get(account, 0) + amount
    for account, one in _both_ways(plan, us, ifrs, posted, stated).items():
        expected, found = one.ifrs + one.stated, one.us + one.posted
        proof = proven(one.evidence, one.us, expected, one.posted)
        yield Check(f"R10b/{statement}/{account}", "R10", statement, account, "ifrs", expected, found, proof)


def _profit_is_movement(plan: Plan, columns: Sequence[NoteColumn], measured: Sequence[Measured]) -> Iterable[Check]:
    """R5: movement of a note's difference, as measured or as files state it, less what is no profit = what its journal took."""
    statement = plan.period.income_statement
    for column in columns:
        opened, closed = (differences(plan, column, measured, instant) for instant in ("opening", "closing"))
        taken, name, beside = column.pre_tax_income, column.note.column, column.given.outside_pre_tax
        proof = proven(SAME_SOURCE if column.note.is_given else RECOMPUTED, opened, closed, taken, beside)
        figures = f"{in_minor(beside)} of it through equity" if beside else ""
        yield Check(
            f"R5/{statement}/{name}", "R5", statement, None, name, closed - opened - beside, taken, proof, figures=figures
        )


def _tax_stated(plan: Plan, columns: Sequence[NoteColumn]) -> Iterable[Check]:
    """R6: deferred tax that a file states at the closing is what it stated at the opening and moved since."""
    statement = plan.period.closing_sheet
    for column in columns:
        stated, given = column.given.tax_closing, column.given
        if stated is not None:
            found, name = given.tax_opening + given.tax_moved, column.note.column
            proof = proven(SAME_SOURCE, stated, found)
            yield Check(f"R6/{statement}/{name}/stated", "R6", statement, "dta", name, stated, found, proof, part="proof")


def _closing_not_stated(plan: Plan, columns: Sequence[NoteColumn]) -> Iterable[NotChecked]:
    """Given notes whose files do not state what stands at the closing: their movements are held against nothing."""
    for column in columns:
        if column.note.is_given and column.given.closing is None:
            why = f"the file states no balances on {plan.period.closing}, so its movements lead where they lead"
            remedy = f"state them in rows of the path balance, in given.{column.note.key}.file"
            yield NotChecked("R5", plan.period.income_statement, None, column.note.column, why, remedy)


def _value_added_tax(plan: Plan, columns: Sequence[NoteColumn], measured: Sequence[Measured]) -> Iterable[Check]:
    """R7: other tax payable = v/(1+v) of the inclusive difference, within half a minor unit for each rounding.

    Each contract on book rounds once a component: of a loan one for each of two notes, of a guarantee's fees four.
    """
    statement, by_kind = plan.period.closing_sheet, {one.kind: one for one in measured}
    for column in columns:
        for kind in column.note.kinds:
            if VAT not in column.note.balances[kind] or kind not in by_kind:
                continue
            difference, roundings = _inclusive(plan, column.note, by_kind[kind], "closing")
            expected = -round_half_away(difference * vat_fraction(plan.vat.rate))
            account = plan.account_of(VAT)
            posted = column.journal.balances().get(account, 0) - column.given.balances["closing"].get(account, 0)
            yield Check(
                f"R7/{statement}/{column.note.column}", "R7", statement, VAT, column.note.column, expected, posted,
                proven(RECOMPUTED, difference, posted), tolerance=(roundings + 1) // 2,
            )  # fmt: skip


def _inclusive(plan: Plan, note: Note, measured: Measured, state: str) -> tuple[int, int]:
    """Difference of a note's components quoted inclusive of value-added tax, but for what of it bears none, and how many
    roundings of that tax there were."""
    sums, components = measured.sums, KINDS[measured.kind].components
    inclusive = [one for one in components if one.inclusive in plan.vat.inclusive]
    owned = [one for one in inclusive if note.owns(VAT, one.name)]
    difference = sum(one.sign * sum(sums.difference(state, one.name, PATHS).values()) for one in owned)
    untaxed = [(one.sign, f"{state}_{one.untaxed}") for one in owned if one.untaxed]
    difference -= sum(sign * sum(sums.of(series, PATHS).values()) for sign, series in untaxed)
    return difference, len(owned) * sum(sums.of("closing_live", PATHS).values())


def vat_in_lines(plan: Plan, note: Note, measured: Sequence[Measured]) -> bool:
    """Whether all that a column holds in its lines, at both instants, is quoted inclusive of value-added tax.

    Costs paid never are: where they differ between the frameworks, the tax cannot be told from printed lines (R7).
    """
    for one in measured:
        if VAT not in note.balances.get(one.kind, ()):
            continue
        for state in ("opening", "closing"):
            if one.owned(note, state, besides=VAT) != _inclusive(plan, note, one, state)[0]:
                return False
    return True


def _without_ledger(statement: str) -> list[NotChecked]:
    why = "the plan names no trial balance at this instant"
    remedy = "name it under [trial_balance]"
    return [
        NotChecked("R9", statement, None, "us_gaap", why, remedy),
        NotChecked("R10", statement, None, "ifrs", f"(a) needs the ledger: {why}", remedy),
    ]
