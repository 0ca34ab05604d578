"""Pages from their templates: every text escaped, ids masked, what no eye sees shown; in a pack, or one that stands alone."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from gaapbridge.report.masks import Masks
from gaapbridge.report.pack.site import INDEX, up
from gaapbridge.run.reader import Run
from gaapbridge.terms.text import readable

if TYPE_CHECKING:  # a library of reports, which is looked for before it is used
    from markupsafe import Markup


@dataclass(frozen=True)
class Page:
    """A page: its path in the pack, its title, its template, and what that is filled with."""

    path: str
    title: str
    template: str
    content: dict[str, Any]


@dataclass(frozen=True)
class Pages:
    """What makes pages of a run: its masks, and the pages that each leads to, by name. Without any a page stands alone."""

    run: Run
    masks: Masks
    menu: Sequence[tuple[str, str]] = ()
    _environment: Any = field(init=False)
    _escaped: Callable[[str], str] = field(init=False)
    _menus: dict[tuple[str, str], Markup] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        from jinja2 import Environment, PackageLoader, StrictUndefined
        from markupsafe import escape

        made = Environment(
            loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True, finalize=self._shown,
        )  # fmt: skip
        object.__setattr__(self, "_environment", made)
        escaped = cache(lambda text: str(escape(self._shown(text))))  # most texts of tables stand on several pages
        object.__setattr__(self, "_escaped", escaped)

    def render(self, page: Page) -> str:
        """The page as HTML."""
        manifest = self.run.manifest
        alone = {} if self.menu else {"style": resource("style.css"), "style_sha256": sha256_of_text(resource("style.css"))}
        shared = {
            "entity": manifest.entity, "period": str(manifest.period), "status": manifest.status or "status not stated",
            "menu": self._menu(page.path, up(page.path)), "alone": alone,
            "version": self.run.folder.resolve().name, "content_sha256": manifest.content_sha256, "escaped": self._escaped,
            "index": INDEX,
        }  # fmt: skip
        template = self._environment.get_template(page.template)
        text: str = template.render(**shared, **page.content, title=page.title, page=page.path, root=up(page.path))
        return text

    def _menu(self, page: str, root: str) -> Markup:
        """What a page leads to: the same for all that lie alike and are not in it, which is made once."""
        from markupsafe import Markup

        at = (page if page in dict(self.menu).values() else "", root)
        if at not in self._menus:
            menu = [{"name": name, "page": path} for name, path in self.menu]
            template = self._environment.get_template("menu.html")
            self._menus[at] = Markup(template.render(menu=menu, page=page, root=root))
        return self._menus[at]

    def _shown(self, value: Any) -> Any:
        """A text of a lender as people can read it; a text that is made by a template stays."""
        return readable(self.masks.text(value)) if type(value) is str else value


def resource(name: str) -> str:
    """A file beside the templates that goes into pages as it is."""
    return files(__package__).joinpath(f"templates/{name}").read_text(encoding="utf-8")


def sha256_of_text(text: str) -> str:
    """The hash by which a page allows a style or a script that stands in it, and no other.

    >>> sha256_of_text("")
    '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
    """
    return b64encode(sha256(text.encode()).digest()).decode("ascii")
