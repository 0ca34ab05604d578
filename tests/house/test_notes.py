"""The diff is the note: both sides of a note are written alike, cite paragraphs, and carry a NOTE.md."""

import ast
import re
from difflib import ndiff
from pathlib import Path

import pytest

from gaapbridge.contracts.declared import DECLARED
from tests.house.tree import PACKAGE, Tree, functions, nothing, package, planted, walked

NOTES = f"{PACKAGE}/differences"
SIDES = ("us_gaap.py", "ifrs.py")
HEADINGS = ("US GAAP", "IFRS", "Accordingly", "Not formalised")

CODIFICATION = re.compile(r"\b[2-9]\d{2}-\d{2}(-[S\d]\d*-\d+[A-Z]*)?\b")  # 326-20-30-1, 718-10
STANDARD = re.compile(r"\b(B?\d\.\d\.\d+|IFRS \d+|IAS \d+|IFRIC \d+)")  # 5.5.3, B5.5.17, IFRS 9, IAS 12
REFERENCE = {"us_gaap.py": CODIFICATION, "ifrs.py": STANDARD}


BY_STATE = {
    "expected_credit_loss": None,
    "financial_guarantee": {"stand_ready_measurement", "stand_ready_discount_rate", "stand_ready_margin"},
}
"""Notes whose answers are taken by state, each state's of its own day; of (iv) those of the inception, by its day."""


def notes(tree: Tree) -> list[str]:
    """Every folder of differences: each one is a note, without being named here."""
    inside = (path.removeprefix(f"{NOTES}/") for path in tree.paths if path.startswith(f"{NOTES}/"))
    return sorted({path.split("/")[0] for path in inside if "/" in path})


def public_face(module: ast.Module) -> list[str]:
    """The public names of a module in their order; a function with its signature, as written."""
    face = []
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            returned = ast.unparse(node.returns) if node.returns else "nothing said"
            face.append(f"def {node.name}({ast.unparse(node.args)}) -> {returned}")
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            face.append(f"class {node.name}")
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            face += [f"{t.id} = ..." for t in targets if isinstance(t, ast.Name) and not t.id.startswith("_")]
    return face


def unlike_sides(tree: Tree) -> list[str]:
    """Notes whose two sides are missing or differ in names, order or signatures."""
    seen = []
    for note in notes(tree):
        sides = {source.path.rsplit("/", 1)[1]: source for source in tree.under(f"{NOTES}/{note}")}
        missing = [side for side in SIDES if side not in sides]
        if missing:
            seen += [f"{note}: no {side}" for side in missing]
            continue
        us_face, ifrs_face = (public_face(sides[side].syntax) for side in SIDES)
        if us_face != ifrs_face:
            unlike = [line for line in ndiff(us_face, ifrs_face) if line[0] in "+-"]
            seen.append(f"{note}: only in US GAAP (-) or IFRS (+): {unlike}")
    return seen


def without_paragraph(tree: Tree) -> list[str]:
    """Public policy functions whose docstring names no paragraph of their own framework."""
    return [
        f"{source.path}:{node.lineno} {node.name} cites no paragraph"
        for source in tree.under(NOTES)
        if (side := source.path.rsplit("/", 1)[1]) in SIDES
        for node in source.syntax.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if not REFERENCE[side].search(ast.get_docstring(node) or "")
    ]


def note_text_faults(tree: Tree) -> list[str]:
    """Notes without a NOTE.md, or with a heading of it missing, out of order or empty."""
    seen = []
    for note in notes(tree):
        path = f"{NOTES}/{note}/NOTE.md"
        if path not in tree.paths:
            seen.append(f"{note}: no NOTE.md")
            continue
        parts = re.split(r"^#+ *(.+?) *$", (tree.root / path).read_text(encoding="utf-8"), flags=re.MULTILINE)
        found = [(title, text.strip()) for title, text in zip(parts[1::2], parts[2::2], strict=True)]
        ordered = [title for title, _ in found if title in HEADINGS]
        if ordered != list(HEADINGS):
            seen.append(f"{note}: NOTE.md has {ordered}, not {list(HEADINGS)}")
        seen += [f"{note}: NOTE.md says nothing under {title}" for title, text in found if title in HEADINGS and not text]
    return seen


def looping_policy(tree: Tree) -> list[str]:
    """Loops over contracts or months in a policy file: a while, or a walk over a range."""
    seen = []
    for source in tree.under(NOTES):
        if source.path.rsplit("/", 1)[1] not in SIDES:
            continue
        for node in walked(source.syntax):
            looped = node.iter if isinstance(node, ast.For | ast.comprehension) else None
            counts = isinstance(looped, ast.Call) and ast.unparse(looped.func) in {"range", "enumerate"}
            if isinstance(node, ast.While) or counts:
                seen.append(f"{source.path}:{getattr(node, 'lineno', getattr(looped, 'lineno', 0))} loops")
    return seen


def defaulted_elections(tree: Tree) -> list[str]:
    """Elections with a default, and policy functions whose arguments have one."""
    seen = []
    for source in tree.under(NOTES):
        name = source.path.rsplit("/", 1)[1]
        if name == "elections.py":
            seen += [
                f"{source.path}:{field.lineno} {ast.unparse(field.target)} has a default"
                for owner in walked(source.syntax)
                if isinstance(owner, ast.ClassDef)
                for field in owner.body
                if isinstance(field, ast.AnnAssign) and has_default(field)
            ]
        if name in SIDES:
            seen += [
                f"{source.path}:{function.lineno} {function.name} has a default argument"
                for function in functions(source.syntax)
                if function.args.defaults or any(function.args.kw_defaults)
            ]
    return seen


def has_default(field: ast.AnnAssign) -> bool:
    """A field with a value; `Field(...)` that gives only text and bounds is a field without one."""
    if field.value is None or "ClassVar" in ast.unparse(field.annotation):
        return False
    if isinstance(field.value, ast.Call) and ast.unparse(field.value.func).lower() in {
        "field",
        "pydantic.field",
    }:
        given = [ast.unparse(argument) for argument in field.value.args]
        return given not in ([], ["..."]) or any(k.arg in {"default", "default_factory"} for k in field.value.keywords)
    return True


RULES = [unlike_sides, without_paragraph, note_text_faults, looping_policy, defaulted_elections]


@pytest.mark.parametrize("rule", RULES)
def test_every_note_keeps(rule) -> None:
    assert notes(package()), "no note found"
    nothing(rule(package()))


GOOD_NOTE = "".join(f"## {heading}\n\nSomething.\n\n" for heading in HEADINGS)
GOOD = {
    "us_gaap.py": 'def horizon(term: int) -> int:\n    """Whole life (326-20-30-6)."""\n    return term\n',
    "ifrs.py": 'def horizon(term: int) -> int:\n    """Twelve months in stage 1 (5.5.5)."""\n    return 12\n',
    "elections.py": ("class Elections:\n    a: int\n    b: int = Field(description='b')\n    c: int = Field(..., ge=0)\n"),
    "NOTE.md": GOOD_NOTE,
}

PLANTS = {
    "another name": ("ifrs.py", GOOD["ifrs.py"].replace("horizon", "life"), unlike_sides),
    "another argument": ("ifrs.py", GOOD["ifrs.py"].replace("term: int", "term: float"), unlike_sides),
    "one more function": (
        "us_gaap.py",
        GOOD["us_gaap.py"] + "def more() -> None:\n    '''718-10'''\n",
        unlike_sides,
    ),
    "no paragraph": ("ifrs.py", GOOD["ifrs.py"].replace("5.5.5", "page 5"), without_paragraph),
    "the other side's paragraph": (
        "us_gaap.py",
        GOOD["us_gaap.py"].replace("326-20-30-6", "5.5.5"),
        without_paragraph,
    ),
    "heading missing": ("NOTE.md", GOOD_NOTE.replace("## Not formalised", "## Left over"), note_text_faults),
    "nothing said": ("NOTE.md", "".join(f"## {heading}\n\n" for heading in HEADINGS), note_text_faults),
    "a loop over months": ("ifrs.py", GOOD["ifrs.py"] + "TABLE = [m for m in range(12)]\n", looping_policy),
    "a while": ("us_gaap.py", GOOD["us_gaap.py"] + "while False:\n    pass\n", looping_policy),
    "a default": ("elections.py", "class Elections:\n    a: int = 3\n", defaulted_elections),
    "a default in Field": (
        "elections.py",
        "class Elections:\n    a: int = Field(default=3)\n",
        defaulted_elections,
    ),
    "a default argument": (
        "ifrs.py",
        GOOD["ifrs.py"].replace("term: int", "term: int = 1"),
        defaulted_elections,
    ),
}


def test_a_good_note_passes_every_rule(tmp_path: Path) -> None:
    tree = planted(tmp_path, {f"{NOTES}/leases/{name}": text for name, text in GOOD.items()})
    assert [fault for rule in RULES for fault in rule(tree)] == []


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_fault_is_seen(name: str, tmp_path: Path) -> None:
    file, text, rule = PLANTS[name]
    tree = planted(tmp_path, {f"{NOTES}/leases/{name}": text for name, text in (GOOD | {file: text}).items()})
    assert len(rule(tree)) >= 1


@pytest.mark.parametrize("file", [*SIDES, "NOTE.md"])
def test_a_missing_file_is_seen(file: str, tmp_path: Path) -> None:
    files = {f"{NOTES}/leases/{name}": text for name, text in GOOD.items() if name != file}
    tree = planted(tmp_path, files | {f"{NOTES}/leases/journal.py": ""})
    assert unlike_sides(tree) + note_text_faults(tree) == [f"leases: no {file}"]


def estimated_elsewhere() -> list[str]:
    """Estimates and techniques of answers that a close takes at the closing alone: a change would restate the opening."""
    return [
        f"{key}.{one.name}"
        for key, note in DECLARED.notes.items()
        for one in note.elections
        if one.nature != "policy" and (key not in BY_STATE or one.name not in (BY_STATE[key] or {one.name}))
    ]


def test_only_what_is_measured_by_state_is_an_estimate() -> None:
    assert estimated_elsewhere() == []
