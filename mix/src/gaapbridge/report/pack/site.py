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

_PLAIN = re.compile(r"(?!x[0-9a-f]{16}$)[A-Za-z0-9_-]{1,40}")
_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
"""What Windows takes for a device, whatever its ending."""


def file_name(text: str) -> str:
    """A name as part of a path, unlike every other on any disk: itself where it is plain and has no capitals, else its hash.

    >>> file_name("loans_nc"), file_name("../etc")
    ('loans_nc', 'xf7f9121fdb53d8de')
    """
    return text if id_name(text) == text.lower() and not _RESERVED.fullmatch(text) else _hashed(text)


def id_name(text: str) -> str:
    """The id of a contract as part of a path, after a word: itself where it is plain, capitals too, else its hash.

    A disk of macOS or Windows tells no capitals: whoever names several files so asks ``Site.own_page``.

    >>> id_name("L-0042"), id_name("L.")
    ('L-0042', 'x5bfe62d9f7d85f01')
    """
    return text if _PLAIN.fullmatch(text) else _hashed(text)


def _hashed(text: str) -> str:
    return f"x{sha256(text.encode()).hexdigest()[:16]}"


@dataclass
class Site:
    """Where every address stands: its page, from the folder of the pack, and its anchor there."""

    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    _lower: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._lower.update(page.lower() for page, _ in self.places.values())

    def add(self, address: str, page: str, anchor: str | None = None) -> None:
        """Say where an address stands; the anchor is the address itself where none is named."""
        self.places[address] = (page, address if anchor is None else anchor)
        self._lower.add(page.lower())

    def own_page(self, folder: str, word: str, contract_id: str) -> str:
        """A page for an id that is no other's, though the two be told by their capitals alone: then its hash stands for it.

        >>> site = Site({"loan/L-1": ("contracts/loan-L-1.html", "")})
        >>> site.own_page("contracts", "loan", "l-1"), site.own_page("contracts", "loan", "L-2")
        ('contracts/loan-x612a6bb9cf2d903b.html', 'contracts/loan-L-2.html')
        """
        page = f"{folder}/{word}-{id_name(contract_id)}.html"
        taken = page.lower() in self._lower
        return f"{folder}/{word}-{_hashed(contract_id)}.html" if taken else page

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
