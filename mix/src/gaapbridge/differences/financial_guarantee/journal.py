"""Note (iv): each named flow of fees receivable, their allowance, the stand-ready and the contract liability as an entry.

Every amount is IFRS less US GAAP, so what US GAAP recognises is taken out and what IFRS recognises is put in (section
"Accordingly" of NOTE.md). Segments of related parties post to lines of their own.
"""

from __future__ import annotations

from collections.abc import Mapping

from gaapbridge.difference import ASSUMPTIONS, PATHS, RELATED, BySegment, FlowEntry, Posted, Sums, entry, minus, plus
from gaapbridge.differences.financial_guarantee.elections import Elections

NET_ROLE = "provision_for_fee_receivable"
"""The line that takes the whole net movement under ``net_in_provision``."""

FEE_VAT = ("vat_fee_receivable", "vat_accrued_fee", "vat_stand_ready", "vat_contract_liability")

FEE_ASSETS = {"fee_receivable": 1, "accrued_fee": 1, "fee_allowance": -1, "accrued_fee_allowance": -1}
"""Fees receivable and their allowances, each with its sign: what stands on current and on non-current lines."""


FEE_ALLOWANCES = {"fee_allowance": "fees receivable", "accrued_fee_allowance": "accrued fees"}
"""The allowances of fees, and what each is for."""


def post(tapes: Mapping[str, Sums], elections: Elections) -> Posted:
    """The journal of note (iv) from the sums of the guarantee tapes."""
    sums = tapes["guarantees"]
    income = _lines(elections)
    movements = (
        _inception(sums),
        _release(sums, income),
        _premium(sums, income),
        _accretion(sums, income),
        _presentation(sums),
        _not_yet_due(sums),
        _write_off(sums, income),
        _set_off(sums),
        *(_allowance(sums, component, "remeasurement", "opening", "late", income) for component in FEE_ALLOWANCES),
        *(_allowance(sums, component, ASSUMPTIONS, "late", "closing", income) for component in FEE_ALLOWANCES),
        _absorbed(sums, "higher_of", "opening", "late", income),
        _absorbed(sums, ASSUMPTIONS, "late", "closing", income),
        _maturity(sums),
    )
    return Posted(_brought_forward(sums), movements)


def _lines(elections: Elections) -> dict[str, str]:
    """The role of each line of income: its own, or the one that takes the net movement."""
    own = ("guarantee_revenue", "fee_accretion", "provision_for_fee_receivable", "provision_for_contingent")
    return {role: NET_ROLE if elections.guarantee_income == "net_in_provision" else role for role in own}


def _brought_forward(sums: Sums) -> tuple[FlowEntry, ...]:
    """The opening difference of every component against retained earnings."""
    stand_ready, liability = _balance(sums, "stand_ready"), _balance(sums, "contract_liability")
    tax = plus(*(sums.of(f"opening_{name}", PATHS) for name in FEE_VAT))
    return (
        *(_fee_asset(sums, component, sign) for component, sign in FEE_ASSETS.items()),
        _opening("stand_ready", minus(stand_ready), {"stand_ready_liability": minus(stand_ready)}),
        _opening("contract_liability", minus(liability), {"contract_liability": minus(liability)}),
        _opening("higher_of", _balance(sums, "higher_of"), {"contract_liability": _balance(sums, "higher_of")}),
        _opening("value_added_tax", minus(tax), {"other_tax_payable": minus(tax)}),
    )


def _fee_asset(sums: Sums, component: str, sign: int) -> FlowEntry:
    whole, later = (_signed(_balance(sums, name), sign) for name in (component, f"{component}_non_current"))
    return _opening(component, whole, {**_current(component, plus(whole, minus(later))), **_non_current(component, later)})


def _opening(component: str, debit: BySegment, amounts: Mapping[str, BySegment]) -> FlowEntry:
    text = "difference brought forward"
    return entry("brought_forward", component, text, {**amounts, "retained_earnings": minus(debit)})


def _inception(sums: Sums) -> FlowEntry:
    """Receivable and stand-ready liability of new guarantees, recognised under US GAAP only; no profit."""
    amount = _flow(sums, "inception")
    text = "fair value of new guarantees (460-10-25-2)"
    amounts = {**_current("fee_receivable", amount), "stand_ready_liability": minus(amount)}
    return entry("origination", "stand_ready", text, amounts)


def _release(sums: Sums, income: Mapping[str, str]) -> FlowEntry:
    """Release of the stand-ready liability, US GAAP's revenue, net of value-added tax."""
    amount, tax = _flow(sums, "release"), sums.of("vat_release", PATHS)
    text = "release of the stand-ready liability, straight-line (460-10-35-2(b))"
    amounts = {
        "stand_ready_liability": amount,
        "other_tax_payable": tax,
        income["guarantee_revenue"]: minus(plus(amount, tax)),
    }
    return entry("release", "stand_ready", text, amounts)


def _premium(sums: Sums, income: Mapping[str, str]) -> FlowEntry:
    """Fees earned, IFRS's revenue, net of value-added tax: what is left of the tax's movement."""
    amount = _flow(sums, "fee_revenue")
    moved = plus(*(sums.of(f"closing_{name}", PATHS) for name in FEE_VAT))
    moved = plus(moved, *(minus(sums.of(f"opening_{name}", PATHS)) for name in FEE_VAT))
    tax = plus(moved, *(sums.of(name, PATHS) for name in ("vat_release", "vat_fee_accretion", "vat_fee_write_off")))
    text = "fees earned as their coverage elapses (IFRS 15.35)"
    amounts = {
        **_current("fee_receivable", amount),
        "other_tax_payable": minus(tax),
        income["guarantee_revenue"]: minus(plus(amount, minus(tax))),
    }
    return entry("premium", "fee_receivable", text, amounts)


def _accretion(sums: Sums, income: Mapping[str, str]) -> FlowEntry:
    """Collections above fair value, income under US GAAP only."""
    amount, tax = _flow(sums, "fee_accretion"), sums.of("vat_fee_accretion", PATHS)
    text = "collections above the fair value of the receivable"
    amounts = {
        **_current("fee_receivable", amount),
        "other_tax_payable": tax,
        income["fee_accretion"]: minus(plus(amount, tax)),
    }
    return entry("accretion", "fee_receivable", text, amounts)


def _presentation(sums: Sums) -> FlowEntry:
    """Collections ahead of revenue stand as a contract liability, not as a negative receivable; no profit."""
    moved = plus(_closing(sums, "contract_liability"), minus(_balance(sums, "contract_liability")))
    text = "fees collected ahead of revenue (IFRS 15.106)"
    amounts = {**_current("fee_receivable", moved), "contract_liability": minus(moved)}
    return entry("collection", "contract_liability", text, amounts)


def _not_yet_due(sums: Sums) -> FlowEntry:
    """What is earned and not yet due stands as an accrued fee, apart from what is due; no profit."""
    moved = plus(_closing(sums, "accrued_fee"), minus(_balance(sums, "accrued_fee")))
    text = "fees earned and not yet due (IFRS 15.105, 108)"
    return entry("accrual", "accrued_fee", text, {**_current("fee_receivable", minus(moved)), **_current("accrued_fee", moved)})


def _write_off(sums: Sums, income: Mapping[str, str]) -> FlowEntry:
    """Fees written off, with the value-added tax that leaves with them."""
    amount, tax = _flow(sums, "fee_write_off"), sums.of("vat_fee_write_off", PATHS)
    amounts = {
        **_current("fee_receivable", minus(amount)),
        "other_tax_payable": tax,
        income["provision_for_fee_receivable"]: plus(amount, minus(tax)),
    }
    return entry("write_off", "fee_receivable", "fees written off", amounts)


def _set_off(sums: Sums) -> FlowEntry:
    """Fees no longer owed after an early settlement, derecognised against the stand-ready liability; no profit."""
    amount = _flow(sums, "set_off")
    text = "fees no longer owed after early settlement, against the stand-ready liability"
    amounts = {**_current("fee_receivable", minus(amount)), "stand_ready_liability": amount}
    return entry("derecognition", "stand_ready", text, amounts)


def _allowance(sums: Sums, component: str, flow: str, before: str, after: str, income: Mapping[str, str]) -> FlowEntry:
    """A movement of an allowance on fees receivable between two states, against its provision."""
    whole = plus(sums.difference(after, component, PATHS), minus(sums.difference(before, component, PATHS)))
    text = "revised loss rates" if flow == ASSUMPTIONS else "allowance measured again"
    amounts = {**_current(component, minus(whole)), income["provision_for_fee_receivable"]: whole}
    return entry(flow, component, f"{FEE_ALLOWANCES[component]}: {text}", amounts)


def _absorbed(sums: Sums, flow: str, before: str, after: str, income: Mapping[str, str]) -> FlowEntry:
    """Unearned fees that the loss allowance of note (i) absorbs, the higher of the two being the liability (4.2.1(c)): what
    that moved between two states."""
    moved = plus(sums.difference(after, "higher_of", PATHS), minus(sums.difference(before, "higher_of", PATHS)))
    text = "unearned fees absorbed by the loss allowance (IFRS 9 4.2.1(c))"
    amounts = {"contract_liability": moved, income["provision_for_contingent"]: minus(moved)}
    return entry(flow, "higher_of", f"{text}{', estimates revised' if flow == ASSUMPTIONS else ''}", amounts)


def _maturity(sums: Sums) -> FlowEntry:
    """What has moved between the current and the non-current lines."""
    amounts: dict[str, BySegment] = {}
    for component, sign in FEE_ASSETS.items():
        later = f"{component}_non_current"
        signed = _signed(plus(_closing(sums, later), minus(_balance(sums, later))), sign)
        amounts |= {**_current(component, minus(signed)), **_non_current(component, signed)}
    return entry("maturity", "fee_receivable", "moved between current and non-current", amounts)


def _flow(sums: Sums, series: str) -> dict[str, int]:
    """A flow of the period, IFRS less US GAAP."""
    return plus(sums.of(f"ifrs_{series}", PATHS), minus(sums.of(f"us_{series}", PATHS)))


def _balance(sums: Sums, component: str) -> dict[str, int]:
    return sums.difference("opening", component, PATHS)


def _closing(sums: Sums, component: str) -> dict[str, int]:
    return sums.difference("closing", component, PATHS)


def _signed(amounts: BySegment, sign: int) -> dict[str, int]:
    return plus(amounts) if sign > 0 else minus(amounts)


def _current(component: str, amounts: BySegment) -> dict[str, BySegment]:
    return _by_party(component, "current", amounts)


def _non_current(component: str, amounts: BySegment) -> dict[str, BySegment]:
    return _by_party(component, "non_current", amounts)


def _by_party(component: str, term: str, amounts: BySegment) -> dict[str, BySegment]:
    """Amounts on the lines of third and of related parties, by what their segment says."""
    related = {segment: amount for segment, amount in amounts.items() if segment.endswith(RELATED)}
    others = {segment: amount for segment, amount in amounts.items() if segment not in related}
    return {f"{component}_{term}": others, f"{component}_related_{term}": related}
