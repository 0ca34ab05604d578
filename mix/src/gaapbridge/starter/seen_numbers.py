"""How the numbers of a file are written, told from its cells and its header: separators, units, percent, currency."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from gaapbridge.starter.guess import NONE, NOTHING, OWN, Guess, open_question, sure, together
from gaapbridge.tapes.named_units import OTHER, unit_named
from gaapbridge.tapes.written_numbers import SIGNS

Cells = Mapping[str, Sequence[str]]
"""The different cells of the first rows by our columns, without empty ones and without blanks around."""

_CODES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY", "SGD", "AUD", "CAD", "INR", "KRW", "TWD", "CHF")
_SIGN = "|".join(
    re.escape(sign) for sign in sorted({*_CODES, *(one for signs in SIGNS.values() for one in signs)}, key=len)[::-1]
)
_NUMBER = re.compile(
    rf"^[-+(−–]*\s*(?:{_SIGN})?\s*[-+]?\s*(?P<core>\.?[0-9][0-9.,'’\s\u00a0\u202f]*)(?P<mark>[%‰])?\s*(?:{_SIGN})?[-)]*$"
)
_SIGNED = re.compile(rf"^[-+(−–]*\s*(?P<before>{_SIGN})?[-+0-9.,'’\s\u00a0\u202f]+(?P<after>{_SIGN})?[-)]*$")

_GROUPED = {
    ",": re.compile(r"^[1-9][0-9]{0,2}(?:,[0-9]{3})+(?P<rest>\.[0-9]+)?$"),
    ".": re.compile(r"^[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?P<rest>,[0-9]+)?$"),
    "'": re.compile(r"^[1-9][0-9]{0,2}(?:'[0-9]{3})+(?P<rest>[.,][0-9]+)?$"),
    " ": re.compile(r"^[1-9][0-9]{0,2}(?:[ \u00a0\u202f][0-9]{3})+(?P<rest>[.,][0-9]+)?$"),
}
_ONE_GROUP = re.compile(r"^[1-9][0-9]{0,2}[.,][0-9]{3}$")
_DECIMALS = re.compile(r"^[0-9]*(?P<decimal>[.,])[0-9]+$")
_TELLING = re.compile(r"^[0-9]*\.([0-9]*[1-9]|[0-9]{2,})[0-9]*$")
"""Decimals that say something: a whole number of minor units may well be written ``500.0``, but not ``500.00``."""

_IN_CURRENCY = re.compile(rf"[（(]\s*(?:{_SIGN}|RMB)\s*[)）]|[_ ](?:{'|'.join(_CODES)}|rmb)$", re.I)
"""A header that names a currency and no other unit."""

_PERCENT = re.compile(r"%|％|percent|\bpct\b|_pct|百分", re.I)
_PER_MILLE = re.compile(r"‰|per.?mill", re.I)


def is_number(text: str) -> bool:
    """Whether a text is a number in some writing."""
    return bool(_NUMBER.match(text)) or bool(re.match(r"^-?[0-9.]+[eE][-+]?[0-9]+$", text))


def is_currency(text: str) -> bool:
    """Whether a text is the code of a currency: three capitals, as those of a rating are."""
    return text in _CODES


def is_plain(text: str) -> bool:
    """Whether a number is written as in a file of ours."""
    return bool(re.match(r"^-?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?$", text))


def guess_separators(cells: Cells, money: Collection[str], workbook: bool, coarse: Collection[str] = ()) -> Guess:
    """What stands before decimals and between thousands, by all columns of numbers together. ``money`` are those of amounts,
    in which three decimals cannot be, unless they are ``coarse``, in thousands or a larger unit: 508,000 may be 508 thousand to
    the unit. A single group of three digits in any other says nothing."""
    cores = {ours: [core for text in texts if (core := _core(text))] for ours, texts in cells.items()}
    decimal: dict[str, str] = {}
    thousands: dict[str, str] = {}
    unsure: dict[str, str] = {}
    either: dict[str, str] = {}
    for ours, texts in cores.items():
        for core in texts:
            if _ONE_GROUP.match(core):
                sign = "," if "," in core else "."
                if ours in coarse:
                    either.setdefault(sign, core)
                elif ours in money:
                    unsure.setdefault(sign, core)
                continue
            grouped = next(((sign, found) for sign, shape in _GROUPED.items() if (found := shape.match(core))), None)
            if grouped is not None:
                thousands.setdefault(grouped[0], core)
                if grouped[1]["rest"]:
                    decimal.setdefault(grouped[1]["rest"][0], core)
            elif found := _DECIMALS.match(core):
                decimal.setdefault(found["decimal"], core)
    if len(decimal) > 1 or len(thousands) > 1 or decimal.keys() & thousands.keys():
        shown = ", ".join(dict.fromkeys([*decimal.values(), *thousands.values()]))
        lines = ('decimal = "."', 'decimal = ","')
        return open_question("decimal", f"numbers are written in more than one way: {shown}", *lines)
    told = _separators(decimal, thousands, unsure, workbook)
    return together((*told, *_coarse(either, decimal, {*decimal, *thousands, *unsure})))


def _coarse(either: Mapping[str, str], decimal: Collection[str], told: Collection[str]) -> Iterator[Guess]:
    """What cells that may have three decimals say: nothing of a sign that others tell, else what the other sign leaves."""
    for sign, core in either.items():
        if sign not in told and {",": ".", ".": ","}[sign] in decimal:
            yield sure("thousands", sign, f"as in {core}")
        elif sign not in told:
            yield _either_way(sign, core)


def _either_way(sign: str, core: str) -> Guess:
    lines = (f'thousands = "{sign}"', f'decimal = "{sign}"')
    return open_question("thousands", f"{core} may be thousands, or three decimals", *lines)


def _separators(
    decimal: Mapping[str, str], thousands: Mapping[str, str], unsure: Mapping[str, str], workbook: bool
) -> Iterator[Guess]:
    for sign, core in thousands.items():
        yield sure("thousands", sign, f"as in {core}")
    if "," in decimal and not workbook:
        yield sure("decimal", ",", f"as in {decimal[',']}")
    for sign, core in unsure.items():
        if sign in thousands or (sign in decimal and len(unsure) == 1 and not thousands):
            continue
        if sign == "," and "," not in decimal:
            yield sure("thousands", ",", f"{core}: no amount has three decimals")
        elif sign == "." and "," in decimal:
            yield sure("thousands", ".", f"{core}: no amount has three decimals")
        elif sign == "." and not thousands and "." not in decimal:
            yield _either_way(sign, core)


def guess_nothing(cells: Cells) -> Guess:
    """What stands in columns of numbers where there is none."""
    empty = list(dict.fromkeys(text for texts in cells.values() for text in texts if text.casefold() in NOTHING))
    return sure("empty", empty, "stands where there is no number") if empty else NONE


def guess_negative(positive: Sequence[str], cells: Cells) -> Guess:
    """Amounts stated with the other sign: those of columns that hold none below nil, where all that are not nil are."""
    found = {ours: negative[0] for ours in positive if (negative := _all_below_nil(cells[ours]))}
    return sure("negative", list(found), f"below nil, as {', '.join(found.values())}") if found else NONE


def _all_below_nil(texts: Sequence[str]) -> list[str]:
    """The amounts of a column where all that are not nil are below it; none otherwise."""
    amounts = [text for text in texts if (core := _core(text)) is not None and core.strip("0.,")]
    return amounts if all(text[0] in "-(−–" or text[-1] in "-)" for text in amounts) else []


def guess_percent(names: Mapping[str, str], cells: Cells) -> Guess:
    """Which fractions are in percent or per mille, by their header and their cells; ``names`` are the file's by ours."""
    return together(_ratio(ours, name, cells[ours]) for ours, name in names.items())


def _ratio(ours: str, name: str, texts: Sequence[str]) -> Guess:
    numbers = [value for text in texts if "%" not in text and "‰" not in text and (value := _value(text)) is not None]
    if not numbers:
        return NONE
    above = [value for value in numbers if value > 1.0]
    if _PER_MILLE.search(name):
        return sure("per_mille", [ours], f"the header says so: {name}")
    if _PERCENT.search(name) and above:
        return sure("percent", [ours], f"the header says so: {name}")
    if 2 * len(above) > len(numbers):
        return sure("percent", [ours], f"{above[0]:g} would be {above[0]:.0%}".replace("%", " %"))
    if above or _PERCENT.search(name):
        why = f"{name}: from {min(numbers):g} to {max(numbers):g}, which may be fractions or percent"
        return open_question(f"percent of {ours}", why, f'percent = ["{ours}"]')
    return NONE


def guess_units(names: Mapping[str, str], cells: Cells, titled: Mapping[str, str] | None = None) -> Guess:
    """The unit of the amounts: ``amounts`` of the tape, and ``units`` of columns that are in another; by header and cells.
    Where neither tells it nothing is stated, and both readings are offered.
    ``titled`` are the units that titles state, with the titles, for columns of which the header names none."""
    unit, title = next(iter((titled or {}).items()), (None, ""))
    own = {ours: found for ours, name in names.items() if (found := unit_said(name))}
    unnamed = [ours for ours, name in names.items() if ours not in own and not name.endswith("_minor")]
    wordless = [names[ours] for ours, unit in own.items() if unit == OTHER]
    if wordless := wordless or [text for unit, text in (titled or {}).items() if unit == OTHER and unnamed]:
        why = f"{', '.join(wordless)}: a unit that a plan has no word for; bring the amounts into major units, and say so there"
        return open_question("amounts", why, *BOTH, table=OWN)
    if titled and unnamed and len(titled) > 1:
        return open_question("amounts", f"{' and '.join(titled.values())} disagree", *BOTH, table=OWN)
    of_title = unnamed if titled else []
    said = {**own, **{ours: unit for ours in of_title if unit is not None}}
    broken = {ours: cell for ours, texts in cells.items() if (cell := next(filter(shows_major_units, texts), None))}
    major = next((ours for ours in broken if said.get(ours, "major") == "major"), None)
    worded = next((ours for ours, one in own.items() if one == "major"), None)
    if major is not None:
        amounts = sure("amounts", "major", f"{names[major]} holds {broken[major]}")
    elif worded is not None:
        amounts = sure("amounts", "major", f"the header says so: {names[worded]}")
    elif names and len(own) + len(of_title) == len(names):
        why = f"the title says so: {title}" if of_title else "the header says so"
        amounts = sure("amounts", "minor" if "minor" in said.values() else "major", why)
    elif names and all(ours in said or name.endswith("_minor") for ours, name in names.items()):
        amounts = sure("amounts", "minor", "the header says so" if said else "our names, and no cell has decimals")
    else:
        unknown = ", ".join(name for ours, name in names.items() if ours not in own)
        why = f"no cell has decimals, and no header names the unit, of {unknown}: 5000 may be 5,000.00 or 50.00"
        amounts = open_question("amounts", why, *BOTH, table=OWN)
    stated = amounts.keys.get("amounts")
    others = {ours: one for ours, one in said.items() if one != stated and not (one == "minor" and ours in broken)}
    if not others:
        return amounts
    by_header = ", ".join(names[ours] for ours in others if ours not in of_title)
    by_title = [f"the title says so: {title}"] if any(ours in of_title for ours in others) else []
    reasons = [*([f"the header says so: {by_header}"] if by_header else []), *by_title]
    return together((amounts, sure("units", others, "; ".join(reasons))))


BOTH = ('amounts = "major"', 'amounts = "minor"')
"""Both readings of amounts: offered where neither is stated."""


def unit_said(name: str) -> str | None:
    """The unit that a header names; a currency is one of major units.

    >>> unit_said("贷款余额(万元)"), unit_said("Balance (USD)"), unit_said("Balance")
    ('ten_thousand', 'major', None)
    """
    return unit_named(name) or ("major" if _IN_CURRENCY.search(name) else None)


def currency_said(header: Sequence[str], texts: Sequence[str]) -> tuple[str, str] | None:
    """The currency that headers or amounts name, and where; None where they name none, or two."""
    found: dict[str, str] = {}
    for name in header:
        for code in (code for code in _CODES if re.search(rf"(?<![A-Z]){code}(?![A-Z])", name)):
            found.setdefault(code, name)
        if "元" in name or re.search(r"RMB|人民币", name, re.I):
            found.setdefault("CNY", name)
    for text in texts:
        shape = _SIGNED.match(text)
        sign = (shape["before"] or shape["after"]) if shape else None
        if sign is not None:
            codes = [sign] if sign in _CODES else [code for code, signs in SIGNS.items() if sign in signs]
            if sign == "$":
                codes = ["USD"]
            if not found.keys() & set(codes):
                found.setdefault(codes[0], text)
    return next(iter(found.items())) if len(found) == 1 else None


def shows_major_units(text: str) -> bool:
    """Whether an amount shows major units: decimals, thousands or the sign of a currency."""
    core = _core(text) or ""
    signed = _SIGNED.match(text)
    if signed and (signed["before"] or signed["after"]):
        return True
    if any(shape.match(core) for shape in _GROUPED.values()):
        return True
    return bool(_TELLING.match(core.replace(",", ".")))


def _core(text: str) -> str | None:
    """A number without its signs; None where a text is none."""
    found = _NUMBER.match(text)
    return found["core"].strip() if found else None


def _value(text: str) -> float | None:
    """About what a number is, whatever is before its decimals."""
    core = _core(text)
    try:
        return None if core is None else float(core.replace(",", "."))
    except ValueError:
        return None
