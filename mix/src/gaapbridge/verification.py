"""Verification of a reconciliation: anybody's published one, or one of our own runs.

Re-adds every figure the file allows and challenges how the figures move between periods, by the
rules of `statement.tie_out`. It needs the file alone; the opening balances, a statutory tax rate and
a VAT rate let it check more. What could not be checked is said, never passed over.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

from gaapbridge.filings.forms import TABLE_FORMS
from gaapbridge.filings.json_form import read_json, read_text
from gaapbridge.run.folder import CHECKS, EXACT, MANIFEST, PLAN, STATEMENT
from gaapbridge.statement.checks import Check, StatementFinding, findings_of, told_once
from gaapbridge.statement.document import Document
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.evidence import by_evidence
from gaapbridge.statement.flat_form import document_of_table
from gaapbridge.statement.implied_rates import ImpliedRate, implied_rates
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.rolls_by_date import with_rolls_told
from gaapbridge.statement.rules_exact import against_exact
from gaapbridge.statement.tie_out import column_offsets, find_opening, made_here, tie_out
from gaapbridge.statement.totals import with_totals_told
from gaapbridge.statement.totals_as_read import TotalRead, totals_as_read
from gaapbridge.terms.arguments import expect
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.text import text_of

FORMS = (".json", *TABLE_FORMS)
MOST_DIGITS, MOST_IN_A_UNIT = 4, 10**9
"""What a plan may state of its units; one beyond is not of a run."""

Rate = Fraction | Decimal | str | int | float


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome: every check made, a finding for each that fails, and what could not be checked.

    `by_rounding` are the differences that rounding of the printed figures alone can make, where `rounding` was asked to take
    them out of the findings; they are findings otherwise, and marked. `pair` names the two frameworks
    where they are others than US GAAP and IFRS. `totals` are those whose rows were told from their order and figures,
    `implied_rates` the rates of tax that the columns imply. `manifest_sha256` is the hash of a run's manifest as it stands.
    """

    file: str
    issuer: str
    currency: str
    unit: str
    tolerance: int
    checks: tuple[Check, ...]
    findings: tuple[StatementFinding, ...]
    not_checked: tuple[NotChecked, ...]
    by_rounding: tuple[StatementFinding, ...] = ()
    pair: str = ""
    totals: tuple[TotalRead, ...] = ()
    manifest_sha256: str = ""
    implied_rates: tuple[ImpliedRate, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 without findings, 1 with any."""
        return 1 if self.findings else 0

    def as_dict(self) -> dict[str, object]:
        """The outcome in the shape of `--format json`; what rounding can make says so."""
        apart = [finding.as_dict() for finding in self.by_rounding]
        return {
            "checks": [{**check.as_dict(), **({"rounding": True} if check.by_rounding else {})} for check in self.checks],
            "findings": [finding.as_dict() for finding in self.findings],
            **({"by_rounding": apart} if apart else {}),
            **({"manifest_sha256": self.manifest_sha256} if self.manifest_sha256 else {}),
            **({"totals_as_read": [one.as_dict() for one in self.totals]} if self.totals else {}),
            "not_checked": [left.as_dict() for left in self.not_checked],
            "implied_rates": [one.as_dict() for one in self.implied_rates],
        }

    def as_text(self, width: int | None = None) -> str:
        """The outcome for a terminal of so many columns: rules, findings, totals as read, implied rates, what is left."""
        told = [*self._totals(), *self._implied()]
        return text_of([*self._heading(), *self._by_rule(), *self._findings(), *told, *self._left()], width) + "\n"

    def __repr__(self) -> str:
        return f"Verification({self.file!r}: {len(self.checks):,} checks, {len(self.findings):,} findings)"

    def _repr_html_(self) -> str:
        from gaapbridge.notebook import result_html
        from gaapbridge.statement.shown import checks_shown, findings_shown, not_checked_shown

        told, left = [line for line in self._heading() if line], not_checked_shown(self.not_checked)
        return result_html([told, *([one] for one in (*checks_shown(self.checks), *findings_shown(self.findings), *left))])

    def _heading(self) -> list[str]:
        unit = " ".join(
            word for word in (self.currency, self.unit.removeprefix(self.currency).strip()) if word not in ("", "one")
        )
        named = ", ".join(word for word in (self.issuer, unit, self.pair) if word)
        return [f"{self.file}{f': {named}' if named else ''}", ""]

    def _by_rule(self) -> list[str]:
        rules = sorted({check.check for check in self.checks}, key=lambda rule: int(rule[1:]))
        lines = []
        for rule in rules:
            made = [check for check in self.checks if check.check == rule]
            failed = sum(not check.holds for check in made)
            verdict = f"{failed} failing" if failed else "all hold"
            lines.append(f"  {rule:<4}{len(made):>5} checks  {verdict}")
        proven = ", ".join(f"{number:,} {kind}" for kind, number in by_evidence(self.checks).items() if number)
        allowed = f"{self.tolerance} across periods" if self.tolerance else "none across periods"
        rounded = ", what rounding can make in R7" if "R7" in rules else ""
        lines.append(f"  they prove: {proven or 'nothing'}")
        lines.append(f"  tolerance: none within a statement{rounded}, {allowed}")
        if self.manifest_sha256:
            lines.append(f"  manifest.json: {self.manifest_sha256}: compare with the cover of its report, or a copy of the run")
        return [*lines, ""]

    def _findings(self) -> list[str]:
        """The findings, those that rounding can make after the others; then what was taken out of them as rounding."""
        rounded = [finding for finding in self.findings if finding.rounding]
        others = [finding for finding in self.findings if not finding.rounding]
        lines = [
            f"{len(self.findings)} finding{'s' if len(self.findings) > 1 else ''}" if self.findings else "No findings.",
            "",
        ]
        lines += _numbered(others)
        if rounded:
            lines += [f"{_differences(len(rounded))} (with --rounding, no finding)", ""]
            lines += _numbered(rounded, first=len(others) + 1)
        if self.by_rounding:
            lines += [f"Rounding: {_differences(len(self.by_rounding))}", "", *_numbered(self.by_rounding)]
        return lines

    def _totals(self) -> list[str]:
        return ["Totals as read", *(f"  {one}" for one in self.totals), ""] if self.totals else []

    def _implied(self) -> list[str]:
        """The rate of tax that each column implies, and why one is no finding though it is not the statutory rate."""
        return ["Implied rates of tax", *(f"  {one.as_line()}" for one in self.implied_rates), ""] if self.implied_rates else []

    def _left(self) -> list[str]:
        if not self.not_checked:
            return ["Nothing was left unchecked that the file allows."]
        lines = ["Not checked"]
        for left in self.not_checked:
            where = "/".join(part for part in (left.statement, left.row, left.column) if part)
            named = f"{left.check} {where}" if where else left.check
            lines.append(f"  {named}: {left.why} ({left.remedy})")
        return lines


def _differences(number: int) -> str:
    noun = "difference" if number == 1 else "differences"
    return f"{number} {noun} that rounding of the printed figures alone can make"


def _numbered(findings: Iterable[StatementFinding], first: int = 1) -> list[str]:
    lines = []
    for number, finding in enumerate(findings, start=first):
        amount = f"{finding.wording.signed(finding.difference)} {finding.unit}".rstrip()
        lines += [
            f"{number:>3}. {finding.check} {finding.where}: {amount}  {finding.name}",
            f"     why: {finding.why}",
            f"     remedy: {finding.remedy}",
            "",
        ]
    return lines


def verify(
    path: str | Path,
    *,
    opening: str | Path | None = None,
    statutory_rate: Rate | None = None,
    vat_rate: Rate | None = None,
    tolerance: int = 1,
    columns: str | Mapping[str, str] | None = None,
    rounding: bool = False,
    decimal: str | None = None,
) -> Verification:
    """Re-add and challenge the reconciliation in a file of JSON, CSV, TSV, TXT, XLSX or HTML, or in a run's folder.

    `opening` is the file with the balances in which the first roll-forward opens. The rates are
    fractions of one (0.25 for 25 %); exact forms (`Fraction`, `Decimal`, text) are taken as they
    are, a float as it is printed. `tolerance` is in presentation units and applies across periods
    only. With `rounding`, differences that rounding of the printed figures alone can make stand apart and are
    no findings: each figure lies within half a last digit of its own, so 22,669 less 25 may print 22,643.
    `columns` says which headings of a table mean what, as `--columns` does or by key; `decimal` is the mark before decimals, a
    comma or a point, where the figures of a table do not tell.
    The folder of a run is also held to its own manifest and exact amounts.

    >>> filed = Path(__file__).parent / "filings" / "published"
    >>> found = verify(filed / "qifu-2023.json", opening=filed / "qifu-2021.json")
    >>> [finding.difference for finding in found.findings if finding.check == "R4"]
    [-290544]

    Raises `UnusableInput` for a file, rate or tolerance that cannot be used; findings are returned.
    """
    expect("path", path, str, os.PathLike)
    expect("opening", opening, str, os.PathLike, or_none=True)
    expect("tolerance", tolerance, int)
    expect("columns", columns, str, Mapping, or_none=True)
    kept, unkept = _held_to_its_run(Path(path))
    document = with_totals_told(with_rolls_told(read_reconciliation(path, columns, decimal)))
    opened = with_totals_told(read_reconciliation(opening, decimal=decimal)) if opening is not None else None
    left: list[NotChecked] = []
    if opened is not None:
        left = _opening_fits(document, opened)
        decimals = max(document.wording.decimals, opened.wording.decimals)
        document, opened = document.with_decimals(decimals), opened.with_decimals(decimals)
    statutory = _rate(statutory_rate, "--statutory-rate")
    outcome = tie_out(
        document,
        opening=opened,
        statutory_rate=statutory,
        vat_rate=_rate(vat_rate, "--vat-rate"),
        tolerance=_tolerance(tolerance),
    )
    checks = (*kept, *(made_here(outcome.checks, document) if kept or unkept else outcome.checks))
    rates, challenged = implied_rates(document, column_offsets(document, {}), statutory, _held_by_close(Path(path)))
    checks = (*checks, *challenged)
    found = told_once(findings_of(checks))
    return Verification(
        file=document.file,
        issuer=document.issuer,
        currency=document.currency,
        unit=document.unit,
        tolerance=tolerance,
        checks=checks,
        findings=tuple(one for one in found if not (rounding and one.rounding)),
        not_checked=(*document.left, *(opened.left if opened else ()), *unkept, *outcome.not_checked, *left),
        by_rounding=tuple(one for one in found if rounding and one.rounding),
        pair=document.pair,
        totals=totals_as_read(document),
        manifest_sha256=_manifest_sha256(Path(path)),
        implied_rates=rates,
    )


def read_reconciliation(
    path: str | Path, columns: str | Mapping[str, str] | None = None, decimal: str | None = None
) -> Document:
    """The reconciliation in a file; its form follows from the ending of its name.

    A folder stands for the `statement.json` in it, so that a run can be named as it is. Raises
    `UnusableInput`.
    """
    path, is_run = Path(path), False
    with contextlib.suppress(OSError, ValueError):  # reading will say what is wrong with the name
        if path.is_dir() and not (path / STATEMENT).exists():
            raise UnusableInput(
                file=str(path), rule=f"a folder is that of a run, which holds {STATEMENT}",
                remedy="name the folder of a version (v1), latest, or the file of a reconciliation",
            )  # fmt: skip
        is_run = path.is_dir()
    if is_run:
        return read_document(read_json(path / STATEMENT), STATEMENT).of_a_close()
    form = path.suffix.lower()
    if form == ".json":
        return read_document(read_json(path), path.name)
    if form in FORMS:
        from gaapbridge.filings.reading import read_tables  # what reads tables is not loaded for a statement in JSON

        read = read_tables(path, columns, decimal)
        return document_of_table(read.as_raw(), path.name, read.paths.get("path", {}), read.paths.get("path_pretax", {}))
    raise UnusableInput(
        file=path.name or str(path),
        value=form or None,
        rule=f"the name of a reconciliation ends in {', '.join(FORMS)}",
        remedy="name the file after its form, or export it in one of these",
    )


def _held_to_its_run(path: Path) -> tuple[list[Check], list[NotChecked]]:
    """R15 and R12 of a run's folder: its artefacts against its manifest, what is printed against exact amounts."""
    is_run = False
    with contextlib.suppress(OSError, ValueError):  # reading will say what is wrong with the name
        is_run = path.is_dir()
    if not is_run:
        return [], []
    from gaapbridge.run.kept import held_to_manifest  # loads what hashes and types checks, which a file alone does not need

    outcomes = (held_to_manifest(path), _against_exact(path))
    return [check for made, _ in outcomes for check in made], [one for _, left in outcomes for one in left]


def _held_by_close(path: Path) -> frozenset[str]:
    """The columns of a run whose income tax its close has held to the plan's rates, valuation allowance and all (R6, proof)."""
    if not (path / CHECKS).is_file():
        return frozenset()
    from gaapbridge.run.listed import Listed  # loads what checks types, which a file alone does not need

    try:
        made = Listed(path).checks
    except UnusableInput:  # R15 says what is wrong with it
        return frozenset()
    return frozenset(one.column for one in made if one.column and one.id.endswith("/proof") and one.holds)


def _manifest_sha256(run: Path) -> str:
    """The hash of a run's manifest, which whoever holds it from elsewhere compares: a seal beside it proves no more than that
    one of the two was not changed alone. Blank of a file."""
    from gaapbridge.terms.hashes import sha256_of

    try:
        return sha256_of(run / MANIFEST)
    except (OSError, ValueError):
        return ""


def _against_exact(run: Path) -> tuple[list[Check], list[NotChecked]]:
    """R12 against `exact.json`; how many minor units a printed unit holds is stated in the run's plan."""
    import tomllib

    try:
        entity = tomllib.loads(read_text(run / PLAN))["entity"]
        unit, digits = entity["presentation_unit"], entity["minor_digits"]
        whole = isinstance(unit, int) and isinstance(digits, int)
        if not (whole and 1 <= unit <= MOST_IN_A_UNIT and 0 <= digits <= MOST_DIGITS):
            raise ValueError(f"presentation_unit is from 1 to {MOST_IN_A_UNIT:,}, minor_digits from 0 to {MOST_DIGITS}")
        unit_minor = unit * 10**digits
        exact = read_document(read_json(run / EXACT), EXACT)
    except (UnusableInput, ValueError, KeyError, TypeError) as error:
        why = f"exact.json, or the unit in plan.toml, cannot be read beside the statement ({_reason(error)})"
        return [], [NotChecked("R12", None, EXACT, None, why, "restore both, or close again")]
    return against_exact(read_reconciliation(run), exact, unit_minor)


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it states no {error.args[0]}"
    return str(error.rule if isinstance(error, UnusableInput) else error)


def _opening_fits(document: Document, opened: Document) -> list[NotChecked]:
    """Refuse an opening in another unit, or without any statement that is looked for in it."""
    for name, ours, theirs in (
        ("currency", document.currency, opened.currency),
        ("unit", document.unit, opened.unit),
    ):
        if ours and theirs and ours != theirs:
            raise UnusableInput(
                file=opened.file,
                column=name,
                value=theirs,
                rule=f"the opening is in the {name} of the file ({ours})",
                remedy="give the opening in the same currency and unit",
            )
    wanted = [roll.opening for roll in document.rolls if roll.opening.elsewhere]
    if not wanted:
        why = "no roll-forward of the file opens in another file"
        remedy = "leave --opening out, or declare the roll-forward"
        return [NotChecked("opening", None, None, None, why, remedy)]
    if all(find_opening(opened, one) is None for one in wanted):
        held = ", ".join(one.id for one in opened.statements)
        raise UnusableInput(
            file=opened.file,
            value=held,
            rule=f"the opening holds {' or '.join(str(one) for one in wanted)}",
            remedy="give the file that the roll-forward refers to",
        )
    return []


def _rate(rate: Rate | None, option: str) -> Fraction | None:
    """A rate as an exact fraction of one, between 0 and 1."""
    if rate is None:
        return None
    try:
        exact = Fraction(Decimal(repr(rate))) if isinstance(rate, float) else Fraction(rate)
    except (ValueError, TypeError, ZeroDivisionError, InvalidOperation, OverflowError):
        exact = Fraction(-1)
    if isinstance(rate, bool) or not 0 <= exact < 1:
        raise UnusableInput(
            column=option,
            value=str(rate),
            rule="a rate is a fraction of one, at least 0 and below 1",
            remedy="write 25 % as 0.25",
        )
    return exact


def _tolerance(tolerance: int) -> int:
    if tolerance < 0:
        raise UnusableInput(
            column="--tolerance",
            value=str(tolerance),
            rule="the tolerance is a whole number of presentation units, not negative",
            remedy="write 1, or 0 for none",
        )
    return tolerance
