"""An exhibit as a page of HTML that a regulator takes: ASCII with numeric entities, styles in place, plain tables.

EDGAR refuses characters beyond ASCII, ``<style>``, ``<thead>``, ``<tbody>``, scripts, ``data:`` addresses and tables in tables;
none of them can come from a run, since every text is escaped.
"""

from __future__ import annotations

import re
from pathlib import Path

from gaapbridge.report.exhibit.blocks import HEADING, LINE, SUB_TOTAL, TOTAL, Contents, plain
from gaapbridge.terms.text import readable

_RULES = {
    HEADING: "",
    LINE: "",
    SUB_TOTAL: "; border-top: 1px solid #000000",
    TOTAL: "; border-top: 1px solid #000000; border-bottom: 3px double #000000",
}
"""The style of an amount by the kind of its row."""

_SIZES = {False: "8pt; font-size: clamp(8pt, 1.1vw, 9.5pt)", True: "7.5pt; font-size: clamp(7.5pt, 1.1vw, 9.5pt)"}
"""The size of a table with many columns, and of one with more than five: as small as a phone needs, on a screen that of the
others; who knows no such size takes the first."""

_CLAUSE = re.compile(r"(\S{30,70}?[，。；：、])(?=\S)")
"""Chinese up to a mark after which a line may end: it has no blanks, and a line of a filing is no longer than EDGAR takes."""


def page_of(contents: Contents) -> str:
    """The page of an exhibit, in ASCII."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent)
    made = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    text = made.get_template("page.htm.j2").render(contents=plain(contents, _in_lines), rules=_RULES, sizes=_SIZES)
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _in_lines(text: str) -> str:
    """A text as people can read it, long Chinese in lines."""
    return _CLAUSE.sub("\\1\n", readable(text))
