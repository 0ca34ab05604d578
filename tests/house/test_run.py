"""A run is read by its reader: what stands in its folder is named in one room."""

import ast
from pathlib import Path

from gaapbridge.run import folder
from gaapbridge.run.artefacts import ARTEFACTS
from tests.house.tree import PACKAGE, Tree, nothing, package, planted, walked

IN_A_RUN = {*ARTEFACTS, folder.MANIFEST, folder.SEAL, folder.MEASUREMENTS} - {folder.PLAN}
"""Names in a run's folder; a plan's file bears the name of the plan that a run keeps."""


def named_artefacts(tree: Tree) -> list[str]:
    """Strings outside of the run's own room that are the name of a file in a run's folder, or a path that ends in one."""
    return [
        f"{source.path}:{node.lineno} names {node.value}"
        for source in tree.under(PACKAGE)
        if not source.path.startswith(f"{PACKAGE}/run/")
        for node in walked(source.syntax)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.rpartition("/")[2] in IN_A_RUN
    ]


def test_every_artefact_is_known_again_where_it_is_planted() -> None:
    """What no array library is loaded for names the files by itself; it lacks none that is written, and has no other."""
    assert {*ARTEFACTS} == folder.FILES


def test_only_the_run_names_its_files() -> None:
    nothing(named_artefacts(package()))


def test_a_file_of_a_run_read_elsewhere_is_seen(tmp_path: Path) -> None:
    tree = planted(
        tmp_path,
        {
            f"{PACKAGE}/report.py": '"Reads manifest.json."\n\ndef read(run):\n    return open(f"{run}/manifest.json")\n',
            f"{PACKAGE}/run/reader.py": 'MANIFEST = "manifest.json"\n',
        },
    )
    assert named_artefacts(tree) == [f"{PACKAGE}/report.py:4 names /manifest.json"]
