"""What stands between two frameworks as columns of the JSON shape: their ids, captions and roles, and the amounts of a row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from gaapbridge.filings.column_words import column_id, note_and_caption, unique_in
from gaapbridge.filings.pairs import Pair
from gaapbridge.filings.refusals import plain_number
from gaapbridge.filings.table_read import Raw, TableRead


def declared(read: TableRead, pair: Pair) -> dict[int, str]:
    """An id for each column between, the same for the same caption in every period; new ones are declared in `read`."""
    ids: dict[int, str] = {}
    known = {str(one["id"]): one for one in read.columns}
    of_sums = {one.start: parts for one, parts in pair.sums}
    for column in pair.in_order:
        note, caption = note_and_caption(column.words or column.heading)
        raw: Raw = {"label": caption, "role": "memo" if column in pair.memos else "adjustment"}
        if note:
            raw["note"] = note
        if column.start in of_sums:
            parts = of_sums[column.start]
            raw |= {"role": "sum", "of": ["us_gaap" if one is pair.reconciled_from else ids[one.start] for one in parts]}
        name = column_id(caption) or f"column_{column.start + 1}"
        name = f"{name}_column" if name in ("us_gaap", "ifrs", "adj") else name
        while name in ids.values() or (name in known and known[name] != {"id": name, **raw}):
            name = unique_in({*ids.values(), *known}.__contains__, name)
        ids[column.start] = name
        if name not in known:
            known[name] = {"id": name, **raw}
            read.columns.append(known[name])
    return ids


def amounts_of_row(pair: Pair, ids: Mapping[int, str], amounts: Mapping[int, Decimal]) -> Raw:
    """The amounts of a row by the ids of its columns; nil of an adjustment is left out, nil of a printed sum is not."""
    adjusted = {ids[one.start]: amounts[one.start] for one in pair.adjustments if amounts.get(one.start)}
    sums = {ids[one.start]: amounts[one.start] for one, _ in pair.sums if one.start in amounts}
    return {
        "us_gaap": plain_number(amounts.get(pair.reconciled_from.start, Decimal(0))),
        "adj": {name: plain_number(amount) for name, amount in {**adjusted, **sums}.items()},
        "ifrs": plain_number(amounts.get(pair.reconciled_to.start, Decimal(0))),
    }


def short_by(pair: Pair, amounts: Mapping[int, Decimal]) -> Decimal:
    """What a row holds before its last column more than in it; nil where it adds up across."""
    added = sum((amounts.get(one.start, Decimal(0)) for one in (pair.reconciled_from, *pair.adjustments)), Decimal(0))
    return added - amounts.get(pair.reconciled_to.start, Decimal(0))
