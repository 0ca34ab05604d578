"""What a compiled wheel would give: the kernel of the slice in C beside Numba's, the same columns, one thread, processor time.

    python -m benchmarks.compiled TAPE TABLES

Needs a C compiler: `cc`, or that of the wheel ziglang. Amounts must be equal loan by loan, or nothing is said of time.
"""

from __future__ import annotations

import ctypes
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from pyarrow import parquet

from benchmarks.rivals.ours import asked, measured
from benchmarks.rivals.slice import TERMS, Column, tables, terms
from gaapbridge.measure import kernels

SOURCE = Path(__file__).with_name("slice.c")
TIMES = 7
FLAGS = ("-O3", "-ffp-contract=off", "-shared", "-fPIC")
PROCESSORS = ("x86-64-v2", "x86-64-v3", "native") if platform.machine() == "x86_64" else ("native",)


def main() -> int:
    """Build, compare, time; 1 where amounts differ or there is no compiler."""
    compiler = [shutil.which("cc") or ""] if shutil.which("cc") else [sys.executable, "-m", "ziglang", "cc"]
    if len(compiler) > 1 and find_spec("ziglang") is None:
        print("no C compiler: neither cc nor the wheel ziglang is here")
        return 1
    tape, folder = Path(sys.argv[1]), Path(sys.argv[2])
    names, assumed = tables(folder)
    with parquet.ParquetFile(tape) as file:
        of = terms(file.read_row_group(0, columns=list(TERMS), use_threads=False), names)
    of = {name: np.array(column, order="C") for name, column in of.items()}
    mortality = np.zeros((1 + len(names["segments"]), assumed["mortality"].shape[1] + 1))
    mortality[1:, 1:] = assumed["mortality"]
    weights, cells, loans = np.vstack([assumed["us"], assumed["ifrs"]]), assumed["us"].shape[0], of["n"].size
    ours = measured(of, mortality, weights, cells)
    expected = np.vstack(
        [ours["amortised_us"] - ours["outstanding"], ours["amortised_ifrs"] - ours["outstanding"],
         ours["allowance_us"], ours["allowance_ifrs"]]
    )  # fmt: skip
    given = asked(of, mortality, weights, cells)
    numba_us = least_us(lambda: kernels.scan_loans(*given), loans)
    print(f"{loans:,} loans of {of['n'].mean():.1f} instalments; Numba {numba_us:.2f} us a loan")
    for processor in PROCESSORS:
        with tempfile.TemporaryDirectory() as built:
            library, took = build(compiler, processor, Path(built))
            amounts = np.zeros((4, loans), dtype=np.int64)
            call = prepared(library, of, mortality, weights, cells, amounts)
            without = call()
            if without or not np.array_equal(amounts, expected):
                print(f"C, {processor}: void, {int((amounts != expected).sum())} amounts differ")
                return 1
            us = least_us(call, loans)
            print(
                f"C, {processor}: equal; {us:.2f} us a loan, {numba_us / us:.2f} times as fast; built in {took:.1f} processor s"
            )
    return 0


def build(compiler: list[str], processor: str, folder: Path) -> tuple[Any, float]:
    """The library, and the processor seconds that building it took."""
    before, made = resource.getrusage(resource.RUSAGE_CHILDREN), folder / "slice.so"
    subprocess.run([*compiler, *FLAGS, f"-march={processor}", str(SOURCE), "-o", str(made), "-lm"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ctypes.CDLL(str(made)), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def prepared(library: Any, of: Any, mortality: Column, weights: Column, cells: int, amounts: Column) -> Callable[[], int]:
    """A call of the C kernel on the columns of a batch."""
    outstanding = of["outstanding"].astype(np.float64)
    ahead = of["n"] - of["k"]
    horizon = np.ascontiguousarray(np.vstack([ahead, np.minimum(ahead, of["horizon"])]))
    numbers = [of[name] for name in ("principal", "rate", "n", "kind", "instalment", "part", "initial", "segment", "cell")]
    columns = [*numbers, cells, of["k"], outstanding, horizon, mortality, weights, amounts]

    def argument(one: Any) -> Any:
        return ctypes.c_int64(one) if isinstance(one, int) else ctypes.c_void_p(one.ctypes.data)

    sizes = [ctypes.c_int64(size) for size in (of["n"].size, weights.shape[1], mortality.shape[1])]
    given = [*sizes, *map(argument, columns)]
    return lambda: int(library.slice(*given)) if columns else 0


def least_us(work: Callable[[], Any], loans: int) -> float:
    """The least processor time of a loan over several runs, microseconds."""
    took = []
    for _ in range(TIMES):
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took) / loans * 1e6


if __name__ == "__main__":
    sys.exit(main())
