"""Log-likelihoods as the work of bench/compare.ts: a step is one evaluation of all rows."""

import math
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from hashed import probes, rows
from training import Size, Training

Array = Any
"""Of the library at hand."""

TOLERANCE = 1e-5
"""Relative and absolute."""

MOST_ROWS = 2048
"""Of one call, as Flowmeter has it: larger ones leave the caches and take longer."""

Evaluate = Callable[[Array, Array], tuple[np.ndarray, np.ndarray]]
"""(rows [N, D], probes [N, D]) -> log p of each row, nats, and evaluations of the velocity: by each
row, or one for all."""


def likelihood(
    size: Size,
    blas: str,
    evaluate: Evaluate,
    as_array: Callable[[np.ndarray], Array],
    draws: bool = False,
) -> Training:
    """`as_array`: from NumPy to the library. `draws`: the library draws probes of its own in each
    evaluation, so that log p scatters."""
    calls = -(-size.batch // MOST_ROWS)
    parts = [
        (as_array(x), as_array(probe))
        for x, probe in zip(np.array_split(rows(size), calls), np.array_split(probes(size), calls))
    ]
    last: list[np.ndarray] = []
    figures: dict[str, float] = {}

    def run(steps: int) -> tuple[list[float], float]:
        milliseconds = []
        for _ in range(steps):
            start = perf_counter()
            results = [evaluate(*part) for part in parts]
            milliseconds.append(1e3 * (perf_counter() - start))
            log_prob = np.concatenate([values for values, _ in results]).astype(np.float64)
            each = np.concatenate([np.broadcast_to(n, len(values)) for values, n in results])
            figures["evaluations"] = float(each.mean())
            figures["most evaluations"] = float(each.max())
            last[:] = [*last[-1:], log_prob]
        if draws and len(last) == 2:
            # Two independent draws differ by twice the variance of one.
            difference = last[0] - last[1]
            figures["standard error"] = float(difference.std() / math.sqrt(2 * len(difference)))
        return milliseconds, -float(last[-1].mean())

    widths = [size.dimension + 8, *[size.hidden] * size.layers, size.dimension]
    parameters = sum((a + 1) * b for a, b in zip(widths, widths[1:]))
    return Training(parameters, blas, run, figures)


def exact_trace(size: Size) -> bool:
    return size.dimension <= 16
