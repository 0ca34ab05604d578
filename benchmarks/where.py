"""Where the processor time of a close goes, room by room, and what the machine could do at best.

At every tick of a timer that counts processor time, of all threads, what went by since the last one is laid to the room of our
code that is on the stack, innermost first: what Polars or pyarrow do there is that room's. Two sizes are compared, so that
start-up has no part in it.
"""

from __future__ import annotations

import signal
import sys
import time
from collections import defaultdict
from pathlib import Path
from types import FrameType
from typing import Any

TICK_S = 0.001
LIBRARIES = ("polars", "pyarrow", "numba", "llvmlite", "numpy")


def sampled(plan: str) -> tuple[float, dict[str, Any]]:
    """Processor seconds of a close by one worker, by room and by library."""
    from gaapbridge.engine.local import Threads
    from gaapbridge.period_close import close

    rooms: dict[str, float] = defaultdict(float)
    libraries: dict[str, float] = defaultdict(float)
    last = time.process_time()

    def tick(_: int, frame: FrameType | None) -> None:
        nonlocal last
        now = time.process_time()
        room, library = on_stack(frame)
        rooms[room] += now - last
        libraries[library] += now - last
        last = now

    before = signal.signal(signal.SIGPROF, tick)
    signal.setitimer(signal.ITIMER_PROF, TICK_S, TICK_S)
    began = time.process_time()
    close(Path(plan), engine=Threads(1))
    took = time.process_time() - began
    signal.setitimer(signal.ITIMER_PROF, 0.0)
    signal.signal(signal.SIGPROF, before)
    return took, {"rooms": dict(rooms), "libraries": dict(libraries)}


def on_stack(frame: FrameType | None) -> tuple[str, str]:
    """The innermost room of ours on a stack, and the library that it has called; what is compiled counts as own."""
    library = ""
    while frame is not None:
        parts = Path(frame.f_code.co_filename).parts
        if "gaapbridge" in parts and "site-packages" not in parts:
            inside = parts[len(parts) - parts[::-1].index("gaapbridge") :]
            return "/".join(inside[: 2 if len(inside) > 2 else 1]).removesuffix(".py"), library or "kernels and NumPy"
        if not library and "site-packages" in parts:
            named = parts[parts.index("site-packages") + 1]
            library = named if named in LIBRARIES else ""
        frame = frame.f_back
    return "outside", library or "Python"


def limits(*tapes: str) -> tuple[float, dict[str, Any]]:
    """What the machine does at best on one thread: GB copied a second, ns of a step of Horner's rule with its slope; and the
    bytes of the tapes once they are decoded."""
    import numpy as np
    from pyarrow import parquet

    began = time.perf_counter()
    source = np.ones(1 << 25)
    target = np.empty_like(source)
    copied = [_took(lambda: np.copyto(target, source)) for _ in range(5)]
    horner: Any = _horner()
    horner(2, source)
    stepped = [_took(lambda: horner(200_000, source)) for _ in range(5)]
    decoded = 0
    for tape in tapes:
        with parquet.ParquetFile(tape) as file:
            decoded += sum(int(file.read_row_group(group).nbytes) for group in range(file.num_row_groups))
    return time.perf_counter() - began, {
        "copy_gb_s": 2 * source.nbytes / min(copied) / 1e9,
        "horner_ns": min(stepped) / (200_000 * 24) * 1e9,
        "decoded_bytes": decoded,
    }


def _took(work: Any) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _horner() -> Any:
    """A compiled loop over polynomials of 24 steps, value and slope, as the solver of rates has them."""
    import numba

    @numba.njit(error_model="numpy")
    def every(times, flow):  # type: ignore[no-untyped-def]
        total = 0.0
        for number in range(times):
            value, slope, factor = 0.0, 0.0, 0.99 + 1e-9 * number
            for j in range(24, 0, -1):
                inner = flow[j] + value
                slope = inner + factor * slope
                value = inner * factor
            total += value + slope
        return total

    return every


if __name__ == "__main__":
    from benchmarks.timed import report

    work: Any = {"sampled": sampled, "limits": limits}[sys.argv[1]]
    report(*work(*sys.argv[2:]))
