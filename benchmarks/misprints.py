"""What `verify` sees of a misprint: seeded changes of published tables, each made in a copy and verified.

``make mutate-tables`` prints the shares by kind. A change of a single cell breaks the row that holds it, so every one of them
must be seen; what moves between cells, or is the same under both frameworks, is seen where a total, a roll or a balance holds
the cells against others. ``docs/reference/verify.md`` says what stays unproved.
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gaapbridge
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import Verification, verify

Json = dict[str, Any]
ROOT = Path(__file__).parents[1]
FOLDERS = (Path(gaapbridge.__file__).parent / "filings" / "published", ROOT / "tests" / "filing" / "pasted")
OPENINGS = {"qifu-2023": "qifu-2021"}
SEED = 20231231
FRAMEWORKS = ("us_gaap", "ifrs")


@dataclass(frozen=True)
class Table:
    """A published reconciliation as it was printed, and the cells of it that a reader has not completed."""

    path: Path
    raw: Json
    cells: tuple[tuple[int, int, str], ...]
    of: tuple[Json, ...]
    """Its statements with what their totals are declared to add up, which a plain table does not say."""

    @property
    def options(self) -> Json:
        """The other file that its rolls open in, where it has one."""
        opening = OPENINGS.get(self.path.stem)
        return {"opening": self.path.with_stem(opening)} if opening else {}


def tables(*, plain: bool = False) -> list[Table]:
    """Every published table, in the order of its name; ``plain`` as people paste it, without a word on what adds up what."""
    files = sorted((file for folder in FOLDERS for file in folder.glob("*.json")), key=lambda file: file.name)
    return [_table(file, plain) for file in files]


def _table(file: Path, plain: bool) -> Table:
    raw = json.loads(file.read_text(encoding="utf-8"))
    rows = [(place, *one) for place, statement in enumerate(raw["statements"]) for one in enumerate(statement["rows"])]
    cells = [
        (place, number, cell)
        for place, number, row in rows
        for cell in ("us_gaap", *row["adj"], "ifrs")
        if not row.get("derived")
    ]
    declared = copy.deepcopy(raw["statements"])
    for _, _, row in rows if plain else ():
        for key in ("of", "role", "section"):
            row.pop(key, None)
    return Table(file, raw, tuple(cells), tuple(declared))


class Changed:
    """A copy of a table with one cell to change, and the row that it stands in."""

    def __init__(self, table: Table, cell: tuple[int, int, str]) -> None:
        self.raw = copy.deepcopy(table.raw)
        self.rows: list[Json] = self.raw["statements"][cell[0]]["rows"]
        self.number, self.cell = cell[1], cell[2]
        self.row = self.rows[self.number]
        self.owner: Json = self.row if self.cell in FRAMEWORKS else self.row["adj"]

        self.declared = {row["id"]: dict(map(reversed, row["of"])) for row in table.of[cell[0]]["rows"] if row.get("of")}

    def parts(self, chance: random.Random, number: int) -> list[float]:
        """What so many rows of a total hold in the column, with their signs; nothing where it has no more rows than that."""
        signs = self.declared[self.row["id"]]
        held = [signs[row["id"]] * row["adj"].get(self.cell, 0) for row in self.rows if row["id"] in signs]
        held = [amount for amount in held if amount]
        return chance.sample(held, number) if number < len(signs) and number <= len(held) else []

    @property
    def amount(self) -> float:
        """What is printed in the cell."""
        amount: float = self.owner[self.cell]
        return amount


Change = Callable[[Changed, random.Random], bool]
"""Makes a change; false where the cell does not allow it."""


def _digit(at: Changed, chance: random.Random) -> bool:
    text = f"{at.amount:.15g}"
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    place = chance.choice(places)
    other = chance.choice([digit for digit in "0123456789" if digit != text[place]])
    return _put(at, json.loads(_plain(text[:place] + other + text[place + 1 :])))


def _transposed(at: Changed, chance: random.Random) -> bool:
    text = f"{at.amount:.15g}"
    pairs = [n for n in range(len(text) - 1) if text[n : n + 2].isdigit() and text[n] != text[n + 1]]
    if not pairs:
        return False
    place = chance.choice(pairs)
    return _put(at, json.loads(_plain(text[:place] + text[place + 1] + text[place] + text[place + 2 :])))


def _sign(at: Changed, chance: random.Random) -> bool:
    return _put(at, -at.amount)


def _blank(at: Changed, chance: random.Random) -> bool:
    if not at.amount:
        return False
    del at.owner[at.cell]
    return True


def _text(at: Changed, chance: random.Random) -> bool:
    return _put(at, chance.choice(["n/a", "-", "1,234", None, "O"]))


def _next_row(at: Changed, chance: random.Random) -> bool:
    """An adjustment printed a row too low."""
    if at.cell in FRAMEWORKS or at.number + 1 == len(at.rows) or not at.amount:
        return False
    below = at.rows[at.number + 1]["adj"]
    below[at.cell] = below.get(at.cell, 0) + at.owner.pop(at.cell)
    return True


def _next_column(at: Changed, chance: random.Random) -> bool:
    """An adjustment printed under the next caption; its row foots all the same."""
    columns = [one["id"] for one in at.raw["columns"] if "of" not in one]
    if at.cell in FRAMEWORKS or len(columns) < 2 or not at.amount:
        return False
    other = columns[(columns.index(at.cell) + 1) % len(columns)]
    at.owner[other] = at.owner.get(other, 0) + at.owner.pop(at.cell)
    return True


def _both(at: Changed, chance: random.Random) -> bool:
    """The same amount more under both frameworks; the row foots all the same."""
    more = chance.choice([-1, 1]) * chance.randint(1, max(2, int(abs(at.row["us_gaap"]))))
    for framework in FRAMEWORKS:
        at.row[framework] += more
    return at.cell == "us_gaap"


def _total_off(at: Changed, chance: random.Random) -> bool:
    """A total in whose column one of its rows was taken under the other sign: off by twice that row."""
    return at.row["id"] in at.declared and _off(at, at.row, -2 * sum(at.parts(chance, 1)))


def _two_off(at: Changed, chance: random.Random) -> bool:
    """The same of two of its rows."""
    return at.row["id"] in at.declared and _off(at, at.row, -2 * sum(at.parts(chance, 2)))


def _row_reversed(at: Changed, chance: random.Random) -> bool:
    """A row of a total whose adjustment has the other sign, and so leads to another amount under the second framework."""
    held = at.cell not in FRAMEWORKS and any(at.row["id"] in rows for rows in at.declared.values())
    return held and _off(at, at.row, -2 * at.row["adj"].get(at.cell, 0))


def _off(at: Changed, row: Json, by: float) -> bool:
    """Move an adjustment, and the second framework with it: the row foots all the same."""
    if at.cell in FRAMEWORKS or not by or any("of" in one for one in at.raw["columns"]):
        return False
    row["adj"][at.cell] = _exact(row["adj"].get(at.cell, 0) + by)
    row["ifrs"] = _exact(row["ifrs"] + by)
    return True


def _exact(amount: float) -> float:
    """Without the dust that adding decimals leaves."""
    return amount if isinstance(amount, int) else float(f"{amount:.12g}")


def _put(at: Changed, value: object) -> bool:
    changed = value != at.amount
    at.owner[at.cell] = value
    return changed


def _plain(text: str) -> str:
    """The digits as a JSON number: no nil before another digit."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    return sign + (digits.lstrip("0") or "0" if "." not in digits else str(float(digits)))


SINGLE: dict[str, Change] = {
    "a digit": _digit,
    "two digits exchanged": _transposed,
    "the sign": _sign,
    "a blank": _blank,
    "a text": _text,
    "an amount in the next row": _next_row,
}
"""Changes that break the row of their cell: every one must be seen."""
MOVED: dict[str, Change] = {"an amount in the next column": _next_column, "both frameworks by the same": _both}
"""Changes that leave every row footed across."""
SIGNS: dict[str, Change] = {
    "a total off by twice a row": _total_off,
    "a total off by twice two rows": _two_off,
    "a row of the other sign": _row_reversed,
}
"""Changes of a total, or of a row of one, that leave every row footed across: as where a sign was taken for the other."""


@dataclass(frozen=True)
class Misprint:
    """One change: what was done to which cell of which table, and the table after it."""

    kind: str
    table: Table
    where: str
    raw: Json


def misprints(
    number: int, seed: int = SEED, *, plain: bool = False, changes: Mapping[str, Change] | None = None
) -> Iterator[Misprint]:
    """So many changes, every table as likely as every other; the same ones for the same seed."""
    chance, known = random.Random(seed), tables(plain=plain)
    kinds = list((SINGLE | MOVED if changes is None else changes).items())
    while number:
        kind, change = chance.choice(kinds)
        table = chance.choice(known)
        cell = chance.choice(table.cells)
        at = Changed(table, cell)
        if change(at, chance):
            number -= 1
            statement = table.raw["statements"][cell[0]]["id"]
            yield Misprint(kind, table, f"{table.path.stem}: {statement}/{at.row['id']}/{cell[2]}", at.raw)


SEEN, SAID, UNSEEN = "seen", "said", "unseen"
"""A finding or a refusal; an entry of what could not be checked; neither."""


class Watch:
    """Verifies changed tables in a folder and knows what each comes to without a change."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sound: dict[Path, Verification] = {}

    def sees(self, misprint: Misprint) -> str:
        """What becomes of a change, against the table as it was published."""
        table = misprint.table
        file = self.folder / table.path.name
        if table.path not in self.sound:
            file.write_text(json.dumps(table.raw), encoding="utf-8")
            self.sound[table.path] = verify(file, **table.options)
        sound = self.sound[table.path]
        file.write_text(json.dumps(misprint.raw), encoding="utf-8")
        try:
            found = verify(file, **table.options)
        except UnusableInput:
            return SEEN
        if _findings(found) != _findings(sound):
            return SEEN
        return SAID if set(found.not_checked) != set(sound.not_checked) else UNSEEN


def _findings(outcome: Verification) -> set[tuple[str, str, int]]:
    return {(one.check, one.where, one.difference) for one in outcome.findings}


def shares(made: Sequence[tuple[str, str]]) -> list[str]:
    """By kind, how many changes were made, how many seen, and of how many others something was said."""
    tried, counted = Counter(kind for kind, _ in made), Counter(made)
    width = max(map(len, tried))
    lines = []
    for kind in tried:
        seen, said = counted[kind, SEEN], counted[kind, SAID]
        lines.append(f"{kind:<{width}}  {seen:>6,} of {tried[kind]:>6,}  {seen / tried[kind]:6.1%}  {said:>5,} said")
    return [*lines, f"{'all':<{width}}  {sum(what == SEEN for _, what in made):>6,} of {len(made):>6,}"]


def main() -> None:
    """Make the changes and print what was seen of them; exit code 1 where a change of a single cell was not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=24_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--plain", action="store_true", help="tables without roles, sections and what totals add up")
    parser.add_argument("--signs", action="store_true", help="only totals and rows whose sign was taken for the other")
    parser.add_argument("--unseen", action="store_true", help="name the cells whose change was not seen")
    chosen = parser.parse_args()
    made: list[tuple[str, str]] = []
    unseen: list[Misprint] = []
    with tempfile.TemporaryDirectory() as folder:
        watch = Watch(Path(folder))
        changes = SIGNS if chosen.signs else None
        for misprint in misprints(chosen.changes, chosen.seed, plain=chosen.plain, changes=changes):
            made.append((misprint.kind, watch.sees(misprint)))
            if made[-1][1] != SEEN:
                unseen.append(misprint)
    print("\n".join(shares(sorted(made, key=lambda one: list(SINGLE | MOVED | SIGNS).index(one[0])))))
    missed = [one for one in unseen if one.kind in SINGLE]
    for one in unseen if chosen.unseen else missed:
        print(f"not seen: {one.kind}, {one.where}")
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
