"""Writes every page of the documentation that is rendered, from the folder of the checkout: ``python -m tests.pages``."""

import runpy
from pathlib import Path

from gaapbridge.starter.elections_page import elections_page
from tests.commands_page import commands_page
from tests.history_page import history_page
from tests.tapes_page import tapes_page

RENDERED = {
    "commands.md": commands_page, "elections.md": elections_page, "history.md": history_page, "tapes.md": tapes_page
}  # fmt: skip
"""Pages of docs/reference that are rendered from what commands, notes and kinds declare."""

if __name__ == "__main__":
    for name, rendered in RENDERED.items():
        Path("docs/reference", name).write_text(rendered(), encoding="utf-8", newline="\n")
    for writer in ("tests.catalogue", "tests.conformance.page"):
        runpy.run_module(writer, run_name="__main__")
    runpy.run_path("docs/rooms.py", run_name="__main__")
