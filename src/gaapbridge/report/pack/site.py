"""The pages of a pack as a site: which file holds which address, and how a page names it from where it lies.

An address is what a mail can bear: ``index.html#bs-2023/loans_nc/ecl`` is a printed cell, and the same behind
``rows/bs-2023/loans_nc.html`` is what stands behind it. No name of a lender becomes a path: it is written in letters that
every file system takes, or as its hash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import quote

INDEX, JOURNALS, MOVEMENTS, HINDSIGHT = "index.html", "journals.html", "movements.html", "hindsight.html"
TAX, CHECKS, FINDINGS, ASSUMPTIONS = "tax.html", "checks.html", "findings.html", "assumptions.html"
CONTRACTS, MANIFEST = "contracts.html", "manifest.html"
"""The pages that every pack has; those of rows, notes and contracts are called by what they show."""

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,40}")


def file_name(text: str) -> str:
    """A name as part of a path: itself where it is plain, else its hash.

    >>> file_name("loans_nc"), file_name("../etc")
    ('loans_nc', 'xf7f9121fdb53d8de')
    """
    return text if _PLAIN.fullmatch(text) else f"x{sha256(text.encode()).hexdigest()[:16]}"


@dataclass
class Site:
    """Where every address stands: its page, from the folder of the pack, and its anchor there."""

    places: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, address: str, page: str, anchor: str | None = None) -> None:
        """Say where an address stands; the anchor is the address itself where none is named."""
        self.places[address] = (page, address if anchor is None else anchor)

    def link(self, address: str, from_page: str) -> str | None:
        """How a page names an address; None where no page has it.

        >>> site = Site({"bs-2023/loans_nc/ecl": ("rows/bs-2023/loans_nc.html", "bs-2023/loans_nc/ecl")})
        >>> site.link("bs-2023/loans_nc/ecl", "contracts/loan-1.html")
        '../rows/bs-2023/loans_nc.html#bs-2023/loans_nc/ecl'
        """
        if address not in self.places:
            return None
        page, anchor = self.places[address]
        path = "" if page == from_page else up(from_page) + quote(page)
        return f"{path}#{quote(anchor)}" if anchor else path or up(from_page) + quote(page)


def up(page: str) -> str:
    """What leads from a page to the folder of the pack.

    >>> up("index.html"), up("rows/bs-2023/re.html")
    ('', '../../')
    """
    return "../" * page.count("/")
