"""The whole measured row of one guarantee, calculated: its states, the flows of the period and their VAT by column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

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
from gaapbridge.reperform.exact import FRAMEWORKS, Framework, Step
from gaapbridge.reperform.guarantees.contract import PAID_OUT, SETTLED_EARLY, FeeInstalment, Guarantee
from gaapbridge.reperform.guarantees.fair_value import fair_value
from gaapbridge.reperform.guarantees.fees import promised, tax_inside
from gaapbridge.reperform.guarantees.state import COMPONENTS, OF_PAYOUTS, GuaranteeBasis, Instant, guarantee_state
from gaapbridge.reperform.loan import ON_BOOK
from gaapbridge.reperform.paths import LOST, has_left_since, path_of

GUARANTEE = "guarantee"
FLOWS = (
    "us_inception",
    "us_set_off",
    "us_release",
    "ifrs_fee_revenue",
    "us_fee_accretion",
    "us_fee_write_off",
    "ifrs_fee_write_off",
    "fees_collected",
)
FACTS = ("segment", "related_party", "path", "status", "opening_on_book", "closing_on_book", "stage_opening", "stage_closing")
NIL_FLOWS = ("us_fee_revenue", "ifrs_inception", "ifrs_set_off", "ifrs_release", "ifrs_fee_accretion")
"""Flows a framework does not know."""
VAT_BALANCES = ("vat_fee_receivable", "vat_accrued_fee", "vat_stand_ready", "vat_contract_liability")
VAT_FLOWS = ("vat_release", "vat_fee_accretion", "vat_fee_write_off")
OTHER_FLOWS = ("principal_written_off", "recoveries_received", "us_interest_on_allowance", "ifrs_interest_on_allowance")

States = dict[tuple[StateKind, Framework], State]


@dataclass(frozen=True, slots=True)
class GuaranteeRows:
    """What the tapes say of one guarantee at both instants, with its fee instalments; either may be missing."""

    opening: Guarantee | None
    closing: Guarantee | None
    opening_fees: tuple[FeeInstalment, ...]
    closing_fees: tuple[FeeInstalment, ...]

    @property
    def terms(self) -> Guarantee:
        """The row whose terms apply: the closing tape's, the opening tape's where it is absent there."""
        row = self.closing or self.opening
        assert row is not None, "a guarantee is on one tape at least"
        return row

    def path(self, opening: date) -> str:
        """How the guarantee went through the period that starts at the opening instant."""
        return path_of(self.opening, self.closing, opening, PAID_OUT)

    @property
    def fees(self) -> tuple[FeeInstalment, ...]:
        """What a fair value is measured of: the fees of the closing tape, of the opening one if they are on that only."""
        return self.closing_fees if self.closing is not None and self.closing_fees else self.opening_fees


def calculate_guarantee(
    rows: GuaranteeRows, basis: GuaranteeBasis, *, detail: bool = True, choices: Choices = AS_WRITTEN
) -> Calculation:
    """The measured row of a guarantee from its tape rows and fees at both instants."""
    instants = _instants(rows, basis)
    problem = _problem(instants.values(), basis)
    if problem:
        instants = {}
    states = {
        (kind, framework): guarantee_state(instant, framework, basis, detail=detail, choices=choices)
        for kind, instant in instants.items()
        for framework in FRAMEWORKS
    }
    period = _Period(rows, basis, instants, states)
    flows, steps = period.flows()
    return Calculation(
        GUARANTEE,
        rows.terms.contract_id,
        states,
        {**_balances(states), **flows, **dict.fromkeys(NIL_FLOWS, NIL), **period.tax(flows), **period.of_losses()},
        {**period.facts(), **_stages(states)},
        further=(("Steps, flows of the period", steps),) if steps else (),
        alternatives=alternatives_of(states.values()),
        problem=problem,
    )


def _instants(rows: GuaranteeRows, basis: GuaranteeBasis) -> dict[StateKind, Instant]:
    """The states in which there is something to measure; opening, exit and restated with the curves of the opening."""
    span, value = basis.elections.losses, fair_value(rows.terms, rows.fees, basis)
    found: list[Instant] = []
    if rows.opening is not None:
        opening = rows.opening.with_terms_of(rows.terms)
        found.append(Instant("opening", opening, value, rows.opening_fees, span.opening, span.opening))
    if rows.closing is not None:
        closing, fees, left = rows.closing, rows.closing_fees, rows.closing.exit_date
        was_kept = any(one.is_kept(basis.elections) for one in found)
        found.append(Instant("closing", closing, value, fees, span.closing, span.closing, was_kept))
        if left is None:
            found.append(Instant("restated", closing, value, fees, span.closing, span.opening))
        elif has_left_since(closing, span.opening):
            found.append(Instant("exit", closing, value, fees, left, span.opening))
    recovering = rows.path(span.opening) != LOST
    return {one.kind: one for one in found if one.is_live(basis.elections) or (one.guarantee.status == PAID_OUT and recovering)}


def _problem(instants: Iterable[Instant], basis: GuaranteeBasis) -> str:
    """Why a guarantee cannot be measured where it is live or left, or an empty text."""
    live = [instant for instant in instants if instant.is_live(basis.elections)]
    if any(not instant.instalments for instant in live):
        return "no fee instalment"
    return "fair value above the fees" if any(one.fair_value[0] > promised(one.instalments) for one in live) else ""


def _balances(states: States) -> dict[str, Figure]:
    """Every component by state and framework; recoveries at the two instants only."""
    return {
        f"{column_prefix(kind)}{framework}_{name}": states[kind, framework].figure(name) if (kind, framework) in states else NIL
        for kind in STATES
        for framework in FRAMEWORKS
        for name in COMPONENTS
        if name not in OF_PAYOUTS or kind in ("opening", "closing")
    }


def _stages(states: States) -> dict[str, str | int]:
    """Stage at both instants, 0 where it is not on book."""
    instants: tuple[StateKind, StateKind] = ("opening", "closing")
    stages = {kind: states[kind, "ifrs"].stage if (kind, "ifrs") in states else None for kind in instants}
    return {f"stage_{kind}": stage.number if stage is not None else 0 for kind, stage in stages.items()}


@dataclass(frozen=True, slots=True)
class _Period:
    """The period of one guarantee: its flows from the state it starts from to the state it ends in."""

    rows: GuaranteeRows
    basis: GuaranteeBasis
    instants: dict[StateKind, Instant]
    states: States

    def flows(self) -> tuple[dict[str, Figure], tuple[Step, ...]]:
        """Every flow of the fees; all nil for a guarantee that takes no part in the period."""
        if not (self._is_live("opening") or self._is_live("closing") or "exit" in self.instants):
            return dict.fromkeys(FLOWS, NIL), ()
        gone, settled = not self._is_live("closing"), self.rows.terms.status == SETTLED_EARLY or self._path() == LOST
        (worth,) = {instant.fair_value[0] for instant in self.instants.values()}
        inception = whole(0 if self._is_live("opening") else worth)
        receivable, ready = self._end("us", "fee_receivable"), self._end("us", "stand_ready")
        set_off = NIL
        if gone and settled:
            amount = min(receivable.amount, ready.amount)
            set_off = whole(amount, receivable.slack if receivable.amount <= ready.amount + receivable.slack else 0)
        leaves = int(gone)
        left_ready = NIL if gone else ready
        flows = {
            "us_inception": inception,
            "us_set_off": set_off,
            "us_release": total((1, self._start("us", "stand_ready")), (1, inception), (-1, left_ready), (-1, set_off)),
            "ifrs_fee_revenue": total(
                (1, self._moved("ifrs", "revenue_to_date")), (leaves, self._end("ifrs", "contract_liability"))
            ),
            "us_fee_accretion": self._moved("us", "accretion_to_date"),
            "us_fee_write_off": total((1, self._moved("us", "written_off_to_date")), (leaves, receivable), (-1, set_off)),
            "ifrs_fee_write_off": total(
                (1, self._moved("ifrs", "written_off_to_date")),
                (leaves, self._end("ifrs", "fee_receivable")),
                (leaves, self._end("ifrs", "accrued_fee")),
            ),
            "fees_collected": self._moved("us", "collected_to_date"),
        }
        return flows, tuple(Step(name.replace("_", " "), flows[name].amount, *_REMARKS[name]) for name in FLOWS)

    def tax(self, flows: dict[str, Figure]) -> dict[str, Figure]:
        """VAT inside the differences of balances at both instants and of the flows; nil where fees are not inclusive."""
        rate = self.basis.elections.vat_rate
        found: dict[str, Figure] = {}
        instants: tuple[StateKind, StateKind] = ("opening", "closing")
        for kind in instants:
            us, ifrs = self.states.get((kind, "us")), self.states.get((kind, "ifrs"))
            parts = (NIL, NIL, NIL, NIL)
            if us is not None and ifrs is not None:
                difference = total((1, ifrs.figure("fee_receivable")), (-1, us.figure("fee_receivable")))
                ahead = total((-1, ifrs.figure("contract_liability")))
                parts = (difference, ifrs.figure("accrued_fee"), us.figure("stand_ready"), ahead)
            found |= {f"{kind}_{name}": tax_inside(part, rate) for name, part in zip(VAT_BALANCES, parts, strict=True)}
        write_off = total((1, flows["ifrs_fee_write_off"]), (-1, flows["us_fee_write_off"]))
        bases = (flows["us_release"], flows["us_fee_accretion"], write_off)
        return found | {name: tax_inside(part, rate) for name, part in zip(VAT_FLOWS, bases, strict=True)}

    def of_losses(self) -> dict[str, Figure]:
        """Payouts of the period and what came back of payouts; there is no interest on the allowance."""
        closing, opening = self.rows.closing, self.rows.opening
        paid = closing is not None and closing.status == PAID_OUT and self._path() != LOST
        paid_out = closing.paid_out_minor if closing is not None and paid and "exit" in self.instants else 0
        before = opening.recovered_minor if opening is not None else 0
        recovered = closing.recovered_minor - before if closing is not None and paid else 0
        return dict.fromkeys(OTHER_FLOWS, NIL) | {
            "principal_written_off": whole(paid_out),
            "recoveries_received": whole(recovered),
        }

    def facts(self) -> dict[str, str | int]:
        """What the row states rather than measures; the status as the closing tape has it."""
        terms, closing = self.rows.terms, self.rows.closing
        return {
            "segment": terms.segment,
            "related_party": terms.related_party,
            "path": self._path(),
            "status": "missing" if closing is None else closing.status,
            "opening_on_book": self.rows.opening is not None and self.rows.opening.status == ON_BOOK,
            "closing_on_book": closing is not None and closing.status == ON_BOOK,
        }

    def _path(self) -> str:
        """How the guarantee went through the period."""
        return self.rows.path(self.basis.elections.losses.opening)

    def _is_live(self, kind: StateKind) -> bool:
        return kind in self.instants and self.instants[kind].is_live(self.basis.elections)

    def _start(self, framework: Framework, name: str) -> Figure:
        """A figure of the opening state where live there, else nil."""
        return self.states["opening", framework].figure(name) if self._is_live("opening") else NIL

    def _end(self, framework: Framework, name: str) -> Figure:
        """A figure of the closing state where live there, else of the exit state, else of the opening one."""
        left: StateKind = "exit" if "exit" in self.instants else "opening"
        kind: StateKind = "closing" if self._is_live("closing") else left
        return self.states[kind, framework].figure(name)

    def _moved(self, framework: Framework, name: str) -> Figure:
        return total((1, self._end(framework, name)), (-1, self._start(framework, name)))


_REMARKS = {
    "us_inception": ("460-10-25-4, 460-10-55-23(a)", "V where not live at the opening"),
    "us_set_off": ("460-10-35-1", "uncollectible fee against stand-ready"),
    "us_release": ("460-10-35-2(b)", "movement of stand-ready, less set-off"),
    "ifrs_fee_revenue": ("IFRS 15.35, B18", "revenue to date, and the contract liability of one that is gone"),
    "us_fee_accretion": ("835-30-35-2", "collections above fair value"),
    "us_fee_write_off": ("326-20-35-8", "written off, and the receivable of one that is gone, less set-off"),
    "ifrs_fee_write_off": ("5.4.4", "written off, and what is owed of one that is gone, due or not"),
    "fees_collected": ("", "cash"),
}
