"""Share awards: tapes of their whole life, measured award by award at both instants for note (iii)."""

from gaapbridge.assumptions.curve_tables import FORFEITURE
from gaapbridge.contracts.awards.schema import AWARD_EVENTS, AWARD_TRANCHES, AWARDS
from gaapbridge.contracts.kind import CLOSING, OPENING, Component, Kind, KindTable, KindTape, balances

KIND = Kind(
    key="awards",
    word="award",
    place=3,
    tapes=(
        KindTape("awards", AWARDS, "Share awards, their tranches, and what happened to them since their grants."),
        KindTape("award_tranches", AWARD_TRANCHES, "", needed="tranches"),
        KindTape("award_events", AWARD_EVENTS, ""),
    ),
    tables=(KindTable("forfeiture", FORFEITURE, "of unvested units a year, by function"),),
    components=(
        Component("cumulative_cost", shown=True),
        *balances("unrecognised_cost", "expected_forfeitures", states=(OPENING, CLOSING)),
        *balances("granted_value", "forfeited_value", "vested_value", states=(OPENING, CLOSING), sides=False),
    ),
    facts=("segment", "path", "units_granted", "units_forfeited", "units_vested"),
    called="share awards",
)
