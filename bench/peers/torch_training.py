"""The training step that all PyTorch peers share."""

from collections.abc import Callable
from itertools import cycle
from time import perf_counter

import numpy as np
import torch

from training import LEARNING_RATE, Training


def torch_training(
    flow: torch.nn.Module,
    loss: Callable[[torch.Tensor], torch.Tensor],
    mode: str,
    batches: np.ndarray,
    threads: int,
) -> Training:
    """Adam on `loss(batch)`, a scalar in nats per row.

    "compile" is torch.compile(loss): forward and backward are each one generated graph. Adam is the fused kernel in
    both modes: one call for all parameters.
    """
    torch.set_num_threads(threads)
    parameters = [p for p in flow.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(parameters, lr=LEARNING_RATE, fused=True)
    objective = torch.compile(loss) if mode == "compile" else loss
    pool = cycle(torch.from_numpy(batches).unbind())

    def run(steps: int) -> tuple[list[float], float]:
        milliseconds, last = [], float("nan")
        for _ in range(steps):
            batch = next(pool)
            start = perf_counter()
            optimizer.zero_grad()
            value = objective(batch)
            value.backward()
            optimizer.step()
            last = value.item()
            milliseconds.append(1e3 * (perf_counter() - start))
        return milliseconds, last

    return Training(sum(p.numel() for p in parameters), blas(), run)


def blas() -> str:
    """Libraries and instruction set named by PyTorch's own build report."""
    facts = ("Math Kernel Library", "MKL-DNN", "CPU capability", "BLAS_INFO")
    lines = (line.strip(" -") for line in torch.__config__.show().splitlines())
    return "; ".join(line.split(" for Intel")[0].split(" (Git")[0] for line in lines if any(f in line for f in facts[:3]))


def random_masks(dimension: int, skipped: int, layers: int) -> list[torch.Tensor]:
    """Boolean masks, true where a coordinate is skipped: alternating halves at D = 2, else `skipped` random ones.

    A random mask in each layer is a random permutation between layers without the cost of one.
    """
    if dimension == 2:
        return [torch.arange(2) % 2 == layer % 2 for layer in range(layers)]
    return [torch.randperm(dimension) < skipped for _ in range(layers)]


def mlp(inputs: int, hidden: int, outputs: int) -> torch.nn.Sequential:
    """Two hidden tanh layers; the last layer starts small, so that the flow starts near the identity."""
    last = torch.nn.Linear(hidden, outputs)
    torch.nn.init.normal_(last.weight, std=0.01)
    torch.nn.init.zeros_(last.bias)
    return torch.nn.Sequential(
        torch.nn.Linear(inputs, hidden),
        torch.nn.Tanh(),
        torch.nn.Linear(hidden, hidden),
        torch.nn.Tanh(),
        last,
    )
