"""The pictures of README and docs: all of them used, none heavy, each with a text that says what it shows."""

from __future__ import annotations

import json

import pytest

from tests.docs.pages import DOCS, ROOT
from tests.docs.shown_pictures import PICTURES, shown

MOST_BYTES = 1_500_000


def test_every_picture_is_made_kept_and_shown() -> None:
    listed = {picture.name for picture in PICTURES.PICTURES}
    kept = {path.name for path in (DOCS / "pictures").iterdir()} - {"made_of.json"}
    assert kept == listed == {file for _, _, file in shown()}
    assert set(json.loads((DOCS / "pictures" / "made_of.json").read_text(encoding="utf-8"))) == listed


def test_pictures_are_light() -> None:
    assert sum(path.stat().st_size for path in (DOCS / "pictures").iterdir()) <= MOST_BYTES


@pytest.mark.parametrize(("page", "text", "file"), shown())
def test_a_picture_says_in_words_what_it_shows(page: str, text: str, file: str) -> None:
    assert len(text.split()) >= 4, f"{file} of {page}"


def test_the_first_picture_of_the_readme_comes_before_its_first_command() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert readme.index("exhibit-balance-sheet.png") < readme.index("make demo")


def test_the_digest_is_of_figures_and_not_of_words() -> None:
    digest = PICTURES.digest
    assert digest({"a": [1, {"text": "one", "b": 2.00000001}]}) == digest({"a": [1, {"text": "other", "b": 2.0}]})
    assert digest({"a": [1, 2]}) != digest({"a": [2, 1]})
    assert digest({"a": 1.5}) != digest({"a": 1.6})
