"""The schema of the tape of service fees: five columns."""

from __future__ import annotations

from gaapbridge.tapes.schema import Column, Schema, amount_from, ordered

SERVICE_FEES = Schema(
    name="service_fees",
    title="Service fee tape",
    description="Every fee whose service has begun, with what was collected of it by the instant of the tape.",
    columns=(
        Column("contract_id", "text", "identifies the fee on both tapes; unique"),
        Column("start_date", "date", "first day of the service"),
        Column("end_date", "date", "day on which the service ends"),
        Column("fee_minor", "minor", "fee for the whole term"),
        Column("collected_minor", "minor", "collected to date", default=0),
    ),
    rules=(
        ordered("end_date", "from", "start_date", "correct the date that is wrong"),
        amount_from("fee_minor", 1, "state the fee as a positive number"),
        amount_from("collected_minor", 0, "state what was collected as a positive number"),
    ),
    key=("contract_id",),
    identity="contract_id",
    amount="fee_minor",
)
