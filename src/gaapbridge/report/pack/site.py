"""The pages of a pack as a site: which file holds which address, and how a page names it from where it lies.

An address is what a mail can bear: ``index.html#bs-2023/loans_nc/ecl`` is a printed cell, and the same behind
``rows/bs-2023/loans_nc.html`` is what stands behind it. No name of a lender becomes a path: it is written in letters that
every file system takes, or as its hash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from urllib.parse import quote

from gaapbridge.contracts.kinds import OF_WORD
from gaapbridge.run.folder import measurement_files
from gaapbridge.run.reader import Run

INDEX = "index.html"
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,40}")
_CHUNK = 1 << 20


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


@dataclass(frozen=True)
class Masks:
    """Names for contracts where their ids may not leave the house: the same in every pack of a run, and read back by nobody.

    The key is the hash of what was measured, which stands in no pack: whoever holds the run can tell a mask again, whoever
    holds the pack cannot.
    """

    key: bytes | None

    @classmethod
    def of(cls, run: Run, mask_ids: bool) -> Masks:
        """The masks of a run, or none."""
        if not mask_ids:
            return cls(None)
        key = blake2b(digest_size=32)
        for kind in run.kinds:
            for path in measurement_files(run.folder, kind):
                with path.open("rb") as stream:
                    while chunk := stream.read(_CHUNK):
                        key.update(chunk)
        return cls(key.digest())

    @property
    def hides(self) -> bool:
        """Whether ids are masked."""
        return self.key is not None

    def contract(self, contract_id: str) -> str:
        """An id, or its mask."""
        if self.key is None:
            return contract_id
        return f"M-{blake2b(contract_id.encode(), key=self.key, digest_size=6).hexdigest()}"

    def address(self, address: str) -> str:
        """An address, of a contract with its id masked."""
        word, _, contract_id = address.partition("/")
        return f"{word}/{self.contract(contract_id)}" if word in OF_WORD and contract_id else address
