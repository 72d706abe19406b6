"""The training step that all PyTorch peers share."""

import re
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

    "compile" is torch.compile(loss): forward and backward are each one generated graph. Adam is the
    fused kernel in both modes: one call for all parameters.
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
    """Libraries and instruction set as PyTorch's own build report names them."""
    report = torch.__config__.show()
    facts = {
        "MKL": r"Math Kernel Library Version ([\d.]+)",
        "oneDNN": r"MKL-DNN v(\S+)",
        "CPU capability": r"CPU capability usage: (\S+)",
        "BLAS": r"BLAS_INFO=(\w+)",
    }
    found = ((name, re.search(pattern, report)) for name, pattern in facts.items())
    return ", ".join(f"{name} {match[1]}" for name, match in found if match)


def random_masks(dimension: int, skipped: int, layers: int) -> list[torch.Tensor]:
    """Boolean masks, true where a coordinate is skipped: alternating at D = 2, else random ones.

    A random mask in each layer is a random permutation between layers without the cost of one.
    """
    if dimension == 2:
        return [torch.arange(2) % 2 == layer % 2 for layer in range(layers)]
    return [torch.randperm(dimension) < skipped for _ in range(layers)]


def mlp(inputs: int, hidden: int, outputs: int) -> torch.nn.Sequential:
    """Two hidden tanh layers; a small last layer lets the flow start near the identity."""
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
