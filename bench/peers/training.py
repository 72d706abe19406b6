"""What a library's file hands to the worker."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple


class Size(NamedTuple):
    """One problem. The conditioner sees the first D // 2 coordinates and moves the others."""

    dimension: int
    layers: int
    hidden: int
    batch: int

    @property
    def skipped(self) -> int:
        return self.dimension // 2

    @property
    def active(self) -> int:
        return self.dimension - self.skipped


@dataclass(frozen=True)
class Training:
    """A flow with its optimiser, ready to step."""

    parameters: int
    """Number of trained scalars."""
    blas: str
    """What multiplies the matrices."""
    run: Callable[[int], tuple[list[float], float]]
    """run(steps) -> milliseconds of each step (or mean of each compiled group), last loss."""
    figures: dict[str, float] = field(default_factory=dict)
    """Further numbers of the last step, by name, such as function evaluations."""


LEARNING_RATE = 1e-3

# The spline work: bins, and half the side of the square.
BINS = 8
BOUND = 5.0

# The free-form flow's weight of the reconstruction error.
RECONSTRUCTION = 100.0
