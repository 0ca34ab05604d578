"""The page of rooms and its picture are those of the code."""

from __future__ import annotations

import importlib.util
import re
from types import ModuleType

import pytest

from tests.docs.pages import DOCS


@pytest.fixture(scope="module")
def drawing() -> ModuleType:
    """The script that draws the picture."""
    found = importlib.util.spec_from_file_location("rooms", DOCS / "rooms.py")
    assert found is not None and found.loader is not None
    script = importlib.util.module_from_spec(found)
    found.loader.exec_module(script)
    return script


def test_the_picture_is_in_step(drawing: ModuleType) -> None:
    assert drawing.PICTURE.read_text(encoding="utf-8") == drawing.picture(), "write it again: python docs/rooms.py"


def test_every_room_has_its_section_in_the_order_of_the_floors(drawing: ModuleType) -> None:
    headings = re.findall(r"^## (.+)$", (DOCS / "architecture.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(headings) == sorted(room for floor in drawing.rooms_by_floor() for room in floor)
