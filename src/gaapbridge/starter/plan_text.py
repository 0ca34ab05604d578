"""A plan as text: the packaged template, filled from what is declared and from the facts of one lender.

The starter's plans and those of the example lender are made here, so that a lender reads the same questions in all of them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from string import Template

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.difference import COMMON_ROLES
from gaapbridge.notes import FOLDERS, Folder
from gaapbridge.plan.election import NATURES
from gaapbridge.plan.ledger import BEFORE_CLOSING
from gaapbridge.plan.template import WIDTH, commented
from gaapbridge.plan.written import written
from gaapbridge.starter.chart import Chart, starter_layout
from gaapbridge.starter.history_text import EXAMPLE, history_lines, switched_off

TEMPLATE = Path(__file__).with_name("plan.template")

_ENACTED, _TAXED_FROM = date(2007, 3, 16), date(2008, 1, 1)
"""The Enterprise Income Tax Law of the People's Republic of China: 25 %."""


@dataclass(frozen=True)
class OwnLedger:
    """A lender's own trial balances: the keys of their table before those that are the same for all, the tables inside it, and
    the lines of their accounts in the chart."""

    keys: Sequence[str]
    tables: Sequence[str]
    accounts: Sequence[str] = ()


@dataclass(frozen=True)
class Facts:
    """What a plan states that is not declared: whose it is, its period, and what stands in its tables.

    ``about`` is the comment at its top, ``reference`` the page on what the files must hold. ``tapes`` has the lines of each
    table by its key, ``control`` totals of closing tapes, ``curves`` the files by kind of contract, ``ledger`` the trial
    balance at each instant. ``answers`` has, by note and election, the answers in TOML that are not the example that the
    election declares; ``on_curves`` is said above the curves, ``history`` are the lines of the tables of a history, an example
    switched off where there are none; ``own_ledger`` stands in the place of the files of ``ledger``, ``unanswered`` are tables
    and keys that are an example's. ``taxed`` says whether China's value-added tax is in the interest and the fees; where it is
    not, the plan states none.
    """

    about: str
    reference: str
    entity: str
    currency: str
    presentation_unit: int
    opening: date
    closing: date
    source: str
    notes: Sequence[str]
    tapes: Mapping[str, Sequence[str]]
    control: Mapping[str, Mapping[str, int]]
    curves: Mapping[str, Mapping[str, str]]
    chart: Chart
    ledger: Mapping[str, str] | None
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    on_curves: str = ""
    history: Sequence[str] = ()
    own_ledger: OwnLedger | None = None
    unanswered: Sequence[str] = ()
    taxed: bool = True


def plan_text(facts: Facts) -> str:
    """The plan that states these facts."""
    words = [word for kind in KINDS.values() if kind.key in facts.tapes for word in kind.inclusive]
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        about=facts.about,
        reference=facts.reference,
        unanswered="\n".join(_unanswered(facts)),
        entity=quoted(facts.entity),
        currency=facts.currency,
        unit=facts.presentation_unit,
        opening=facts.opening,
        closing=facts.closing,
        source=facts.source,
        run='run = "latest"' if facts.source == "prior_run" else '#run = "latest"',
        note_list="\n".join(_note_lines()),
        notes=array(facts.notes),
        natures="\n".join(_natures()),
        elections="\n\n".join(_elections(folder, facts.answers.get(folder.note.key, {})) for folder in notes_in_order()),
        inclusive_words="\n".join(comment(f"What the tapes state inclusive of it, any of: {', '.join(words)}.")),
        vat_rate="0.06" if facts.taxed else "0.0  # China's is not stated for another currency than its own",
        inclusive=", ".join(map(quoted, words if facts.taxed else [])),
        interest_past_due="".join(f"\n{line}" for line in _interest_past_due(facts)),
        tax="\n\n".join(map(_tax, notes_in_order())),
        layout_rows="\n".join(_layout_rows()),
        accounts="\n".join([*_accounts(facts.chart), *(facts.own_ledger.accounts if facts.own_ledger else ())]),
        posting="\n\n".join(_posting(facts.chart)),
        tapes="\n\n".join(_tapes(facts)),
        on_curves=facts.on_curves,
        curves="\n\n".join(_curves(facts.curves)),
        history="\n".join(facts.history or switched_off([*history_lines(EXAMPLE)])),
        ledger=_ledger(facts),
    )


def notes_in_order() -> list[Folder]:
    """Every note, in the order of the numerals."""
    return sorted(FOLDERS.values(), key=lambda folder: folder.note.place)


def tape_lines(files: Mapping[str, str]) -> list[str]:
    """The lines of a tape's table: its files, in minor units, every column read under its own name."""
    return [*_keys(files), 'amounts = "minor"', "ignore = []", "columns = {}"]


def quoted(text: str) -> str:
    """A text in the quotes of TOML."""
    return written(text)


def comment(text: str) -> list[str]:
    """A text as the lines of a comment."""
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)


def array(texts: Sequence[str]) -> str:
    """An array of texts, over several lines where one does not hold it."""
    items = list(map(quoted, texts))
    if len(", ".join(items)) < WIDTH - len("ignore = []"):
        return f"[{', '.join(items)}]"
    lines = [""]
    for item in items:
        if len(f"{lines[-1]} {item},".lstrip()) > WIDTH:
            lines.append("")
        lines[-1] = f"{lines[-1]} {item},".lstrip()
    return "\n".join(["[", *(f"    {line}" for line in lines), "]"])


def _unanswered(facts: Facts) -> Iterator[str]:
    """The list of what is an example's; nothing where all of the plan is, or none."""
    if facts.unanswered:
        yield ""
        yield from comment("In these stand an example's answers. Take out what you have answered: check names what is left.")
        yield "[starter]"
        yield f"unanswered = {array(facts.unanswered)}"
        yield ""


def _note_lines() -> Iterator[str]:
    longest = max(map(len, FOLDERS))
    for folder in notes_in_order():
        note = folder.note
        tapes = " and ".join(f"[tapes.{kind}]" for kind in note.kinds)
        yield f"#   {note.key.ljust(longest)}  {f'({note.numeral})'.ljust(5)}  reads {tapes}"


def _natures() -> Iterator[str]:
    longest = max(map(len, NATURES))
    for nature, meaning in NATURES.items():
        first, further = f"#   {nature.ljust(longest)}  ", "#   " + " " * (longest + 2)
        yield from textwrap.wrap(meaning, WIDTH, initial_indent=first, subsequent_indent=further, break_on_hyphens=False)


def _elections(folder: Folder, answers: Mapping[str, str]) -> str:
    heading = [f"# Note ({folder.note.numeral}): {folder.note.label}", f"[elections.{folder.note.key}]", ""]
    return "\n".join([*heading, *(commented(one, answers.get(one.name)) for one in folder.elections.ELECTIONS)])


def _interest_past_due(facts: Facts) -> Iterator[str]:
    """Until when interest that is past due is taxed, where a kind has such interest."""
    if any(kind.untaxed_past_due for kind in KINDS.values() if kind.key in facts.tapes):
        yield ""
        yield from comment(
            "For how many days past due is interest taxed before it is received? Tax on what is past due for longer is payable "
            "on receipt, so it is in no difference. In China 90 days from the day on which interest is settled, its due date "
            "(Caishui [2016] No. 36, annex 3, article 4; No. 140, article 3)."
        )
        yield f"{'' if facts.taxed else '#'}interest_past_due_days = 90"


def _tax(folder: Folder) -> str:
    rate = f"{{ enacted = {_ENACTED}, from = {_TAXED_FROM}, rate = {folder.note.example_tax_rate} }}"
    keys = ['method = "liability_method"', 'basis = "enacted"', "reverses = [1.0]", f"rates = [{rate}]"]
    return "\n".join([f"[tax.{folder.note.key}]", *keys])


def _layout_rows() -> Iterator[str]:
    """The rows an account may belong to, as comment lines: lines and sub-totals."""
    for statement in starter_layout().statements:
        yield f"# Rows of the {statement.kind}:"
        for row in statement.rows:
            if row.role != "total":
                yield f"#   {row.id.ljust(9)}  {row.label}{' (sub-total)' if row.role == 'subtotal' else ''}"


def _accounts(chart: Chart) -> Iterator[str]:
    names = {code: f"{quoted(account.name)}," for code, account in chart.accounts.items()}
    longest = max(map(len, names.values()))
    for code, account in chart.accounts.items():
        yield f'"{code}" = {{ name = {names[code].ljust(longest)}  line = "{account.line}" }}'


def _posting(chart: Chart) -> Iterator[str]:
    """Every role with its account: under each kind those that its notes need first, then those that every note needs."""
    left = [role for role in chart.posting if role not in COMMON_ROLES]
    for kind in KINDS.values():
        notes = [folder.note for folder in notes_in_order() if kind.key in folder.note.kinds]
        needed = {role for note in notes for role in note.needs([kind.key])}
        numerals = " and ".join(f"({note.numeral})" for note in notes)
        heading = f"{kind.contracts.capitalize()}: {'note' if len(notes) == 1 else 'notes'} {numerals}"
        yield _roles(chart, heading, [role for role in left if role in needed])
        left = [role for role in left if role not in needed]
    yield _roles(chart, "Every note", [role for role in chart.posting if role in COMMON_ROLES])


def _roles(chart: Chart, heading: str, roles: Sequence[str]) -> str:
    longest = max(map(len, chart.posting))
    keys = (f'{role.ljust(longest)} = "{chart.posting[role]}"  # {chart.remarks[role]}' for role in roles)
    return "\n".join([f"# {heading}", *keys])


def _tapes(facts: Facts) -> Iterator[str]:
    for tape in (tape for kind in KINDS.values() for tape in kind.tapes if tape.key in facts.tapes):
        about = comment(tape.about) if tape.about else []
        yield "\n".join([*about, f"[tapes.{tape.key}]", *facts.tapes[tape.key]])
        if tape.key in facts.control:
            totals = (f"{name} = {total}" for name, total in facts.control[tape.key].items())
            yield "\n".join([f"[tapes.{tape.key}.control.closing]", *totals])


def _curves(curves: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    files = [one for tables in curves.values() for one in tables.items()]
    longest, broadest = max(len(key) for key, _ in files), max(len(quoted(path)) for _, path in files)
    for kind in (kind for kind in KINDS.values() if kind.key in curves):
        stated = {one: quoted(curves[kind.key][one.key]) for one in kind.tables}
        lines = (f"{one.key.ljust(longest)} = {path.ljust(broadest)}  # {one.remark}" for one, path in stated.items())
        yield "\n".join([f"[curves.{kind.key}]", *lines])


def _ledger(facts: Facts) -> str:
    """The table of trial balances; nothing where there is no ledger."""
    if facts.ledger is None:
        return ""
    chart = facts.chart
    cash = ", ".join(f"{kind} = {array([account])}" for kind, account in chart.cash.items() if kind in facts.tapes)
    cash_key = f"cash = {{ {cash} }}" if cash and facts.own_ledger is None else "cash = {}"
    moved_key = '#retained_earnings_moved = { "dividend of 2022" = -100000 }'
    told = {
        f'taken = "{BEFORE_CLOSING}"': "When are they taken? There is one answer: with income and expense on their accounts, "
        "before the profit of the year is closed to retained earnings. Another ledger is refused, and found out.",
        'fiscal_year_end = "12-31"': "Month and day on which a fiscal year ends: its profit is closed to retained earnings.",
        f"same_source = {array(chart.same_source)}": "Roles whose balance or income the ledger copies from this measurement, "
        "or works out by the same rules: agreement there is no evidence.",
        f"shared = {array(chart.shared)}": "Roles of income whose account also takes what no note measures: it is not held "
        "against the contracts.",
        cash_key: "Accounts that take all cash of these contracts and no other, by kind; {} where there are none.",
        moved_key: "What moved retained earnings in the period besides profit: reason = minor units, increases positive.",
    }
    own = facts.own_ledger or OwnLedger([*_keys(facts.ledger), 'amounts = "minor"'], [])
    lines = ["[trial_balance]", *own.keys]
    return "\n".join([*lines, *(line for key, why in told.items() for line in ("", *comment(why), key)), *own.tables])


def _keys(values: Mapping[str, str]) -> list[str]:
    return [f"{key} = {quoted(text)}" for key, text in values.items()]
