"""Service fees: what customers owe for services over a term, on one tape at both instants."""

from gaapbridge.contracts.kind import CLOSING, OPENING, Component, Kind, KindTape, flows
from gaapbridge.contracts.service_fees.schema import SERVICE_FEES

KIND = Kind(
    key="service_fees",
    word="service-fee",
    place=9,
    tapes=(KindTape("service_fees", SERVICE_FEES, "Fees of services that run over a term.", at_both=True),),
    tables=(),
    components=(
        Component("receivable", (OPENING, CLOSING), shown=True),
        *flows("revenue", shown=True),
        *flows("cash", sides=False),
    ),
    facts=("segment", "path"),
)
