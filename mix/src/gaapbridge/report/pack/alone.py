"""A page that stands alone: one explanation as the pack would show it, its style within it, without a menu."""

from __future__ import annotations

from typing import Any

from gaapbridge.contracts.kinds import OF_WORD
from gaapbridge.explanation.form import Explanation
from gaapbridge.form import as_printed
from gaapbridge.report.masks import Masks
from gaapbridge.report.pack.contracts import contract_content, contract_title
from gaapbridge.report.pack.listings import part
from gaapbridge.report.pack.pages import Page, Pages
from gaapbridge.report.pack.site import Site
from gaapbridge.report.pack.views import Shown
from gaapbridge.report.told.trail import ToldContract
from gaapbridge.run.reader import Run

PAGE = "explained.html"
"""A name that leads nowhere: no page leads to one that stands alone."""


def explained_page(run: Run, explanation: Explanation, masks: Masks) -> str:
    """The page of an explanation."""
    shown = Shown.of(run, Site(), masks)
    word = explanation.address.partition("/")[0]
    content: dict[str, Any]
    if word in OF_WORD:
        told = ToldContract(explanation.address, OF_WORD[word].contracts, "opened by its address", explanation)
        title, content = contract_title(explanation.address, shown), contract_content(told, shown, PAGE)
    else:
        facts = [(name.replace("_", " "), as_printed(value, nil="0")) for name, value in explanation.facts.items()]
        views = [shown.table(table, PAGE) for table in explanation.tables if table.rows]
        title, content = explanation.address, {"said": (), "facts_shown": facts, "parts": [part("", views)]}
    return Pages(run, masks).render(Page(PAGE, title, "page.html", {**content, "figures": ()}))
