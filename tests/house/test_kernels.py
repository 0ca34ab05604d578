"""Totals are the same to the last minor unit on any machine: no kernel may trade that for speed."""

import ast
import re
from pathlib import Path

from tests.house.tree import PACKAGE, Tree, functions, nothing, package, planted, walked

REORDERING = {"fastmath", "parallel"}
COMPILER = f"{PACKAGE}/measure/compile.py"


def reordering_kernels(tree: Tree) -> list[str]:
    """Compile options and calls that let sums be reordered or contracted."""
    seen = []
    for source in tree.under(PACKAGE):
        for node in walked(source.syntax):
            if isinstance(node, ast.keyword) and node.arg in REORDERING and ast.unparse(node.value) != "False":
                seen.append(f"{source.path}:{node.value.lineno} {node.arg}")
            elif isinstance(node, ast.Attribute) and node.attr in {"prange", "fma"}:
                seen.append(f"{source.path}:{node.lineno} {node.attr}")
            elif isinstance(node, ast.Dict):
                options = ((ast.unparse(key), value) for key, value in zip(node.keys, node.values, strict=True) if key)
                seen += [
                    f"{source.path}:{value.lineno} {key[1:-1]}"
                    for key, value in options
                    if key[1:-1] in REORDERING and ast.unparse(value) != "False"
                ]
            elif isinstance(node, ast.ImportFrom):
                seen += [f"{source.path}:{node.lineno} {a.name}" for a in node.names if a.name in {"prange", "fma"}]
    return seen


def float32_arithmetic(tree: Tree) -> list[str]:
    """Half-width floats in the measurement: wrong by hundreds of currency units on two million loans."""
    return [
        f"{source.path}:{node.lineno} {node.attr}"
        for source in tree.under(f"{PACKAGE}/measure", f"{PACKAGE}/differences", f"{PACKAGE}/engine")
        for node in walked(source.syntax)
        if isinstance(node, ast.Attribute) and node.attr in {"float32", "float16"}
    ]


def uncached_kernels(tree: Tree) -> list[str]:
    """Compiled functions in files that do not name the cache folder: a change there would go unnoticed."""
    sources = list(tree.under(PACKAGE))
    hashed = {
        ast.literal_eval(value)
        for source in sources
        if source.path == COMPILER
        for node in walked(source.syntax)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_SOURCES"
        for value in ast.walk(node.value)
        if isinstance(value, ast.Constant)
    }
    return [
        f"{source.path}:{function.lineno} {function.name}"
        for source in sources
        if source.path not in {f"{PACKAGE}/measure/{name}" for name in hashed}
        for function in functions(source.syntax)
        if any(re.search(r"\b(compiled(_part)?|n?jit|vectorize)\b", ast.unparse(d)) for d in function.decorator_list)
    ]


def test_no_kernel_reorders_arithmetic() -> None:
    nothing(reordering_kernels(package()))


def test_no_measurement_in_half_width() -> None:
    nothing(float32_arithmetic(package()))


def test_a_reordering_kernel_is_seen(tmp_path: Path) -> None:
    text = (
        "from numba import njit, prange\n@njit(fastmath=True)\ndef f(): ...\n"
        "@njit(cache=True, parallel=True)\ndef g(): ...\n"
        "@njit(fastmath=False)\ndef h(): ...\nOPTIONS = {'fastmath': True, 'parallel': False}\n"
    )
    tree = planted(tmp_path, {f"{PACKAGE}/measure/kernels.py": text})
    assert sorted(fault.split(" ")[1] for fault in reordering_kernels(tree)) == [
        "fastmath",
        "fastmath",
        "parallel",
        "prange",
    ]


def test_half_width_is_seen(tmp_path: Path) -> None:
    tree = planted(tmp_path, {f"{PACKAGE}/measure/kernels.py": "import numpy as np\nx = np.float32(1)\n"})
    assert float32_arithmetic(tree) == [f"{PACKAGE}/measure/kernels.py:2 float32"]


def test_every_kernel_source_names_the_cache() -> None:
    nothing(uncached_kernels(package()))


def test_a_kernel_outside_the_cache_is_seen(tmp_path: Path) -> None:
    kernel = "@compiled\ndef f(): ...\n"
    files = {COMPILER: "_SOURCES = ('kernels.py',)\n", f"{PACKAGE}/measure/kernels.py": kernel}
    assert uncached_kernels(planted(tmp_path, files)) == []
    other = {
        f"{PACKAGE}/measure/more.py": kernel,
        f"{PACKAGE}/engine/fast.py": "@numba.njit(cache=True)\ndef g(): ...\n",
    }
    assert uncached_kernels(planted(tmp_path, files | other)) == [
        f"{PACKAGE}/engine/fast.py:2 g",
        f"{PACKAGE}/measure/more.py:2 f",
    ]
