"""An exhibit as a page of HTML that a regulator takes: ASCII with numeric entities, styles in place, plain tables.

EDGAR refuses characters beyond ASCII, ``<style>``, ``<thead>``, ``<tbody>``, scripts, ``data:`` addresses and tables in tables;
none of them can come from a run, since every text is escaped.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gaapbridge.report.exhibit.blocks import HEADING, LINE, SUB_TOTAL, TOTAL, Contents
from gaapbridge.terms.text import readable

_RULES = {
    HEADING: "",
    LINE: "",
    SUB_TOTAL: "; border-top: 1px solid #000000",
    TOTAL: "; border-top: 1px solid #000000; border-bottom: 3px double #000000",
}
"""The style of an amount by the kind of its row."""


def page_of(contents: Contents) -> str:
    """The page of an exhibit, in ASCII."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = FileSystemLoader(Path(__file__).parent)
    made = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, finalize=_shown, keep_trailing_newline=True)
    text = made.get_template("page.htm.j2").render(contents=contents, rules=_RULES)
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _shown(value: Any) -> Any:
    """A text as a reader may see it: nothing unseen in it, no word without end."""
    return readable(value) if type(value) is str else value
