"""The local engine: a few threads over a stream of batches, results in the order of the batches.

Kernels release the interpreter lock, so threads suffice. What is under way is bounded, so memory is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Batch = TypeVar("Batch")
Result = TypeVar("Result")


def map_in_order(function: Callable[[Batch], Result], batches: Iterable[Batch], workers: int) -> Iterator[Result]:
    """Apply ``function`` to every batch on ``workers`` threads; yields results in the order of the batches.

    >>> list(map_in_order(lambda x: x * x, [1, 2, 3], workers=2))
    [1, 4, 9]
    """
    if workers <= 1:
        yield from map(function, batches)
        return
    under_way: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for batch in batches:
            under_way.append(pool.submit(function, batch))
            if len(under_way) > workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
