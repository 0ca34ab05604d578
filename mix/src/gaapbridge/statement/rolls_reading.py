"""From the JSON shape of roll-forwards and sums of periods to those of a `Document`."""

from __future__ import annotations

from collections.abc import Mapping

from gaapbridge.statement.document import Opening, PeriodSum, Roll
from gaapbridge.statement.document_place import Place


def read_rolls(top: Mapping[str, object], place: Place) -> tuple[Roll, ...]:
    """The roll-forwards that the file declares; what cannot be read is refused in `place`."""
    listed = enumerate(place.sequence(top, "rollforward"), start=1)
    return place.each(listed, lambda one: _roll(one[1], place.at(f"rollforward {one[0]}")))


def _roll(one: object, here: Place) -> Roll:
    raw = here.mapping(one, "a roll-forward")
    return Roll(
        opening=_opening(here.name(raw, "open"), here),
        close=here.name(raw, "close"),
        flow=here.name(raw, "flow"),
        retained=here.name(raw, "retained"),
        flow_row=here.name(raw, "flow_row"),
        offset=_offset(raw, here),
        paths=_paths(raw, "paths", here),
        paths_pretax=_paths(raw, "paths_pretax", here),
    )


def _opening(reference: str, place: Place) -> Opening:
    file, mark, statement = reference.rpartition("#")
    if not mark:
        return Opening(statement)
    if not file or not statement:
        place.refuse("another file's statement is written file#statement", "name both", column="open", value=reference)
    return Opening(statement, file)


def _per_column(raw: Mapping[str, object], key: str, place: Place) -> Mapping[str, object]:
    given = raw.get(key)
    return place.mapping({} if given is None else given, f"`{key}`")


def _offset(raw: Mapping[str, object], place: Place) -> dict[str, str | None]:
    offset: dict[str, str | None] = {}
    for column, row in _per_column(raw, "offset", place).items():
        if row is not None and not isinstance(row, str):
            place.refuse("an offset is a row id or null", "name the row", column="offset", value=row)
        else:
            offset[column] = row
    return offset


def _paths(raw: Mapping[str, object], key: str, place: Place) -> dict[str, dict[str, int]]:
    paths: dict[str, dict[str, int]] = {}
    for column, named in _per_column(raw, key, place).items():
        amounts = place.mapping(named, f"`{key}` of {column}")
        paths[column] = {name: place.amount(amounts, name) for name in amounts}
    return paths


def read_period_sums(top: Mapping[str, object], place: Place) -> tuple[PeriodSum, ...]:
    """The sums of periods that the file declares."""
    listed = enumerate(place.sequence(top, "period_sums"), start=1)
    return place.each(listed, lambda one: _period_sum(one[1], place.at(f"period_sums {one[0]}")))


def _period_sum(one: object, here: Place) -> PeriodSum:
    raw = here.mapping(one, "a sum of periods")
    parts = tuple(str(part) for part in here.sequence(raw, "parts", required=True))
    return PeriodSum(here.name(raw, "total"), parts, here.name(raw, "row"))
