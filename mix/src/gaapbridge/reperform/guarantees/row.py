"""The whole measured row of one guarantee, calculated: its states, the flows between them, and the tax inside both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import localcontext

from gaapbridge.reperform.calculation import (
    AS_WRITTEN,
    NIL,
    STATES,
    Calculation,
    Choices,
    Figure,
    State,
    StateKind,
    alternatives_of,
    column_prefix,
    total,
    whole,
)
from gaapbridge.reperform.exact import EXACT, FRAMEWORKS, Framework, Step
from gaapbridge.reperform.guarantees.contract import MATURED, PAID_OUT, SETTLED_EARLY, FeeInstalment, Guarantee
from gaapbridge.reperform.guarantees.fair_value import fair_value
from gaapbridge.reperform.guarantees.fees import outstanding, promised, tax_inside
from gaapbridge.reperform.guarantees.state import (
    COMPONENTS,
    OF_PAYOUTS,
    GuaranteeBasis,
    Instant,
    Standing,
    guarantee_state,
)
from gaapbridge.reperform.loan import ON_BOOK
from gaapbridge.reperform.paths import LOST, has_left_since, path_of

GUARANTEE = "guarantee"
FACTS = (
    "segment",
    "related_party",
    "path",
    "status",
    "opening_on_book",
    "closing_on_book",
    "stage_opening",
    "stage_closing",
)
FLOW_REMARKS = {
    "us_inception": ("460-10-25-4", "V where not live at the opening"),
    "us_set_off": ("460-10-35-2", "fee no longer owed, against stand-ready"),
    "us_release": ("460-10-35-2(b)", "what stood ready and does no more"),
    "ifrs_fee_revenue": ("IFRS 15.35, B18", "earned; and what was collected ahead, of one that is gone"),
    "us_fee_accretion": ("835-30-35-2", "collected above fair value"),
    "us_fee_write_off": ("326-20-35-8", "written off; and what is still owed, of one that is gone"),
    "ifrs_fee_write_off": ("5.4.4", "written off once earned; and what is owed, of one that is gone"),
    "fees_collected": ("", "cash"),
}
FLOWS = tuple(FLOW_REMARKS)
NIL_FLOWS = ("ifrs_inception", "ifrs_set_off", "ifrs_release", "ifrs_fee_accretion", "us_fee_revenue")
"""Flows that a framework does not know."""
VAT_BALANCES = ("vat_fee_receivable", "vat_accrued_fee", "vat_stand_ready", "vat_contract_liability")
VAT_FLOWS = ("vat_release", "vat_fee_accretion", "vat_fee_write_off")
OTHER_FLOWS = ("principal_written_off", "recoveries_received", "ifrs_interest_on_allowance", "us_interest_on_allowance")

TOLD_BY_TAPES: tuple[StateKind, StateKind] = ("opening", "closing")
"""The states at the instants of the tapes."""

States = dict[tuple[StateKind, Framework], State]
Instants = dict[StateKind, Instant]


@dataclass(frozen=True, slots=True)
class GuaranteeRows:
    """What the tapes of both instants say of a guarantee, either of which may not list it, and of its fees."""

    opening: Guarantee | None
    closing: Guarantee | None
    opening_fees: tuple[FeeInstalment, ...]
    closing_fees: tuple[FeeInstalment, ...]

    @property
    def terms(self) -> Guarantee:
        """The row whose terms hold: that of the closing tape, where it is listed there."""
        row = self.closing or self.opening
        assert row is not None, "a guarantee is on one tape at least"
        return row


def calculate_guarantee(
    rows: GuaranteeRows, basis: GuaranteeBasis, *, detail: bool = True, choices: Choices = AS_WRITTEN
) -> Calculation:
    """The measured row of a guarantee; one without fees, or worth more than they are, where it counts, has a problem."""
    terms, opening = rows.terms, basis.elections.losses.opening
    path = path_of(rows.opening, rows.closing, opening, PAID_OUT)
    with localcontext(EXACT):
        instants = _instants(rows, basis, path, choices)
        problem = _problem(instants)
        if problem:
            return Calculation(GUARANTEE, terms.contract_id, {}, {}, {}, problem=problem)
        states: States = {
            (kind, framework): guarantee_state(instant, framework, basis, detail=detail, choices=choices)
            for kind, instant in instants.items()
            for framework in FRAMEWORKS
        }
        balances = _balances(states)
        flows = _flows(rows, instants, states)
        figures = {**balances, **flows, **dict.fromkeys(NIL_FLOWS, NIL), **_payouts(rows, path, basis)}
        figures |= _taxes(figures, basis)
    steps = tuple(Step(name.replace("_", " "), flows[name].amount, *told) for name, told in FLOW_REMARKS.items())
    return Calculation(
        GUARANTEE,
        terms.contract_id,
        states,
        figures,
        _facts(rows, path, states),
        further=(("Steps, flows of the period", steps),),
        alternatives=alternatives_of(states.values()),
    )


def _instants(rows: GuaranteeRows, basis: GuaranteeBasis, path: str, choices: Choices) -> Instants:
    """The instants at which a guarantee is measured, each with the standing and the fees of its tape.

    Of one that is lost by its closing row, which is not believed of a payout, only fees still owed are left at the closing.
    """
    terms, before, after = rows.terms, rows.opening, rows.closing
    opening, closing = basis.elections.losses.opening, basis.elections.losses.closing
    fees_before, fees_after = rows.opening_fees, rows.closing_fees
    value = fair_value(terms, fees_after or fees_before, basis, choices)
    found: Instants = {}
    stood = _standing(before, fees_before, opening, basis)
    if before is not None and stood is not None:
        row = before.with_terms_of(terms)
        found["opening"] = Instant("opening", opening, opening, stood, row, fees_before, *value)
    stands = _standing(after, fees_after, closing, basis, was_kept=stood == "kept")
    if after is None or (path == LOST and stands != "kept"):
        return found
    if stands is not None:
        found["closing"] = Instant("closing", closing, closing, stands, after, fees_after, *value)
    if stands == "on_book":
        found["restated"] = Instant("restated", closing, opening, stands, after, fees_after, *value)
    if after.exit_date is not None and has_left_since(after, opening):
        found["exit"] = Instant("exit", after.exit_date, opening, "on_book", after, fees_after, *value)
    return found


def _standing(
    row: Guarantee | None, fees: tuple[FeeInstalment, ...], day: date, basis: GuaranteeBasis, *, was_kept: bool = False
) -> Standing | None:
    """How a guarantee stands by the tape of a day: on book, paid out, kept while fees are owed, or not at all."""
    if row is None or (row.exit_date is not None and row.exit_date > day):
        return None
    if row.status == ON_BOOK:
        return "on_book"
    if row.status == PAID_OUT:
        return "paid_out"
    keeps = row.status == MATURED or (row.status == SETTLED_EARLY and basis.elections.early_settlement == "fee_kept")
    return "kept" if keeps and (was_kept or outstanding(fees) > 0) else None


def _problem(instants: Instants) -> str:
    """Why a guarantee cannot be measured; one that was paid out before needs no fees."""
    for instant in instants.values():
        if instant.standing == "paid_out":
            continue
        if not instant.instalments:
            return "no fee instalment"
        if instant.value.amount > promised(instant.instalments):
            return "fair value above the fees"
    return ""


def _balances(states: States) -> dict[str, Figure]:
    """Every component of every state; a state that does not exist is nil, and payouts are told of by the tapes alone."""
    found: dict[str, Figure] = {}
    for kind in STATES:
        for framework in FRAMEWORKS:
            state = states.get((kind, framework))
            for name in COMPONENTS:
                if name in OF_PAYOUTS and kind not in TOLD_BY_TAPES:
                    continue
                found[f"{column_prefix(kind)}{framework}_{name}"] = NIL if state is None else state.figure(name)
    return found


def _flows(rows: GuaranteeRows, instants: Instants, states: States) -> dict[str, Figure]:
    """What happened between opening and closing, or between opening and the moment before it left."""
    start: StateKind | None = "opening" if _is_live(instants, "opening") else None
    is_gone = not _is_live(instants, "closing")
    end: StateKind | None = "closing" if not is_gone else "exit" if "exit" in instants else start
    if end is None:
        return dict.fromkeys(FLOWS, NIL)

    def at(kind: StateKind | None, framework: Framework, name: str) -> Figure:
        return NIL if kind is None else states[kind, framework].figure(name)

    def change(framework: Framework, name: str) -> Figure:
        return total((1, at(end, framework, name)), (-1, at(start, framework, name)))

    def left(framework: Framework, name: str) -> Figure:
        return at(end, framework, name) if is_gone else NIL

    inception = instants[end].value if start is None else NIL
    was_settled = rows.closing is not None and rows.closing.status == SETTLED_EARLY
    is_set_off = is_gone and (was_settled or end == "opening")
    owed, ready = at(end, "us", "fee_receivable"), at(end, "us", "stand_ready")
    set_off = (owed if owed.amount <= ready.amount else ready) if is_set_off else NIL
    still_ready = NIL if is_gone else ready
    return {
        "us_inception": inception,
        "us_set_off": set_off,
        "us_release": total((1, at(start, "us", "stand_ready")), (1, inception), (-1, still_ready), (-1, set_off)),
        "ifrs_fee_revenue": total((1, change("ifrs", "revenue_to_date")), (1, left("ifrs", "contract_liability"))),
        "us_fee_accretion": change("us", "accretion_to_date"),
        "us_fee_write_off": total((1, change("us", "written_off_to_date")), (1, left("us", "fee_receivable")), (-1, set_off)),
        "ifrs_fee_write_off": total(
            (1, change("ifrs", "written_off_to_date")),
            (1, left("ifrs", "fee_receivable")),
            (1, left("ifrs", "accrued_fee")),
        ),
        "fees_collected": change("us", "collected_to_date"),
    }


def _is_live(instants: Instants, kind: StateKind) -> bool:
    return kind in instants and instants[kind].standing != "paid_out"


def _payouts(rows: GuaranteeRows, path: str, basis: GuaranteeBasis) -> dict[str, Figure]:
    """What was paid out in the period, what was recovered of payouts in it; guarantees have no interest on an allowance."""
    found, row = dict.fromkeys(OTHER_FLOWS, NIL), rows.closing
    if row is None or row.status != PAID_OUT or path == LOST:
        return found
    if has_left_since(row, basis.elections.losses.opening):
        found["principal_written_off"] = whole(row.paid_out_minor)
    before = 0 if rows.opening is None else rows.opening.recovered_minor
    found["recoveries_received"] = whole(row.recovered_minor - before)
    return found


def _taxes(figures: dict[str, Figure], basis: GuaranteeBasis) -> dict[str, Figure]:
    """Value-added tax inside the differences ifrs - us of gross fee components, and inside the flows that move them."""
    rate, found = basis.elections.vat_rate, dict[str, Figure]()
    for kind in TOLD_BY_TAPES:
        us, ifrs = (f"{column_prefix(kind)}{framework}_" for framework in FRAMEWORKS)
        receivable = total((1, figures[f"{ifrs}fee_receivable"]), (-1, figures[f"{us}fee_receivable"]))
        differences = (
            receivable,
            figures[f"{ifrs}accrued_fee"],
            figures[f"{us}stand_ready"],
            total((-1, figures[f"{ifrs}contract_liability"])),
        )
        found |= {
            f"{kind}_{name}": tax_inside(difference, rate) for name, difference in zip(VAT_BALANCES, differences, strict=True)
        }
    written_off = total((1, figures["ifrs_fee_write_off"]), (-1, figures["us_fee_write_off"]))
    moved = (figures["us_release"], figures["us_fee_accretion"], written_off)
    return found | {name: tax_inside(flow, rate) for name, flow in zip(VAT_FLOWS, moved, strict=True)}


def _facts(rows: GuaranteeRows, path: str, states: States) -> dict[str, str | int]:
    """What is stated of a guarantee rather than measured."""
    stages = (states[kind, "ifrs"].stage if (kind, "ifrs") in states else None for kind in TOLD_BY_TAPES)
    numbers = [0 if stage is None else stage.number for stage in stages]
    on_book = [row is not None and row.status == ON_BOOK for row in (rows.opening, rows.closing)]
    status = "missing" if rows.closing is None else rows.closing.status
    told: tuple[str | int, ...] = (rows.terms.segment, rows.terms.related_party, path, status, *on_book, *numbers)
    return dict(zip(FACTS, told, strict=True))
