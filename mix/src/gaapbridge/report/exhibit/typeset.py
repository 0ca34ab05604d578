"""An exhibit as a PDF, by Typst: accessible (PDF/UA-1, with its tags), the same bytes for the same run.

The fonts that Typst brings along do for English. Where a text has characters that they lack, those of the machine are asked;
where no font has them, nothing is written, since a missing character leaves no trace on a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Sequence
from pathlib import Path

from gaapbridge.report.charts import ON_PAPER, bands, bridge, stages
from gaapbridge.report.exhibit.blocks import Contents, Picture, plain
from gaapbridge.report.exhibit.words import CHINESE, CONTINUED, Words
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.text import readable

SERIF = "Libertinus Serif"
FONTS = {
    CHINESE: (
        *("Noto Serif CJK SC", "Noto Sans CJK SC", "Source Han Serif SC", "Source Han Sans SC", "Noto Serif SC"),
        *("Noto Sans SC", "Songti SC", "PingFang SC", "SimSun", "Microsoft YaHei", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei"),
    ),
}
"""Fonts of a language whose characters Typst's own lack; the first that a machine has is taken."""

LONGEST_WORD = 36
"""Characters after which a word may be broken, so that none runs out of its cell."""

_LONG = re.compile(rf"[\x21-\x7e]{{{LONGEST_WORD}}}(?=[\x21-\x7e])")
_DATE = re.compile(r"\b([A-Z][a-z]+) (\d{1,2},)(?= \d{4})")
"""Month and day, which stay on one line."""

_MISSING = re.compile(r"the text `\"(.+?)\"` could not be displayed")


def pdf_of(contents: Contents) -> bytes:
    """The PDF of an exhibit. Raises ``UnusableInput`` with the characters that no font of the machine has."""
    missing: Sequence[str] = ()
    for with_system in (True,) if contents.language in FONTS else (False, True):
        made, missing = _compiled(contents, with_system)
        if made is not None:
            return made
    shown = "".join(sorted({*"".join(missing)})[:10])  # one by one: what lacks a font may be the id of a contract
    raise UnusableInput(
        key="fonts",
        value=shown,
        rule="every character of the exhibit is in a font of this machine, or it would be missing from the page",
        remedy="install a font that has it (Chinese: the package fonts-noto-cjk), then write the report again",
    )


def _compiled(contents: Contents, with_system: bool) -> tuple[bytes | None, Sequence[str]]:
    """The PDF by the fonts of Typst, or with those of the machine; else the characters that are in none of them."""
    import typst

    fonts = typst.Fonts(include_system_fonts=with_system)  # looked for once, which takes as long as setting a page
    drawn = {_on_paper(one.alt): _drawn(one) for one in contents.blocks if isinstance(one, Picture)}
    known = _names(fonts.families()) if with_system else [SERIF]
    beside = {"fonts": known, "pictures": drawn, "continued": Words(contents.language).filled(CONTINUED, title="")}
    given = {"content": json.dumps({**plain(contents, _on_paper), **beside})}
    try:
        made: bytes = typst.compile(
            Path(__file__).with_name("exhibit.typ").read_bytes(),
            format="pdf",
            sys_inputs=given,
            pdf_standards=["ua-1"],
            font_paths=fonts,
        )
    except typst.TypstError as refused:
        missing = list(dict.fromkeys(_MISSING.findall(str(refused))))
        if not missing:
            raise
        return None, missing
    return made, ()


def _drawn(picture: Picture) -> str:
    """A picture as SVG, for half a page."""
    if picture.steps:
        return bridge(picture.steps, picture.unit, ON_PAPER)
    if picture.bands:
        return bands(picture.bands, picture.unit, ON_PAPER)
    return stages([(name, dict(by)) for name, by in picture.stages], picture.unit, ON_PAPER)


def _names(known: Collection[str]) -> list[str]:
    """The fonts to be taken of those that are known, in order: what one lacks is taken from the next."""
    return [SERIF, *(name for names in FONTS.values() for name in [one for one in names if one in known][:1])]


def _on_paper(text: str) -> str:
    """A text as it may stand on a page: nothing unseen in it, long words with places to break, days beside their months."""
    return _DATE.sub("\\1\u00a0\\2", _LONG.sub("\\g<0>\u200b", readable(text)))
