"""Log-likelihoods as the work of bench/compare.ts: a step is one evaluation of all rows."""

import math
from collections.abc import Callable
from time import perf_counter

import numpy as np

from training import Size, Training

TOLERANCE = 1e-5
"""Relative and absolute."""

Evaluate = Callable[[], tuple[np.ndarray, np.ndarray]]
"""() -> log p of each row, nats, and evaluations of the velocity: by each row, or one for all."""


def likelihood(size: Size, blas: str, evaluate: Evaluate, draws: bool = False) -> Training:
    """`draws`: the library draws probes of its own in each evaluation, so that log p scatters."""
    last: list[np.ndarray] = []
    figures: dict[str, float] = {}

    def run(steps: int) -> tuple[list[float], float]:
        milliseconds = []
        for _ in range(steps):
            start = perf_counter()
            log_prob, evaluations = evaluate()
            milliseconds.append(1e3 * (perf_counter() - start))
            figures["evaluations"] = float(np.mean(evaluations))
            figures["most evaluations"] = float(np.max(evaluations))
            last[:] = [*last[-1:], log_prob.astype(np.float64)]
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
