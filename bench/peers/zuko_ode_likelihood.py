"""zuko: its CNF with its own dopri5, all rows with the same steps; its probes are normal draws."""

import numpy as np
import torch
import zuko

from hashed import FREQUENCIES, weights
from likelihood import TOLERANCE, exact_trace, likelihood
from torch_training import blas
from training import Size, Training

PACKAGES = ("zuko", "torch")


def seeded_flow(size: Size) -> zuko.flows.CNF:
    """The flow of hashed.py. zuko's field sees cosines, sines, row, and takes data to latents from
    time 0 to 1 unless it is told otherwise."""
    flow = zuko.flows.CNF(
        size.dimension,
        freqs=FREQUENCIES,
        hidden_features=[size.hidden] * size.layers,
        activation=torch.nn.SiLU,
        exact=exact_trace(size),
        rtol=TOLERANCE,
        atol=TOLERANCE,
    ).requires_grad_(False)
    flow.transform.times = torch.tensor((1.0, 0.0))
    layers = weights(size)
    row, sines, cosines = np.split(layers[0][0], [size.dimension, size.dimension + FREQUENCIES])
    layers[0] = (np.concatenate((cosines, sines, row)), layers[0][1])
    linear = [module for module in flow.transform.ode if hasattr(module, "weight")]
    for module, (matrix, bias) in zip(linear, layers, strict=True):
        module.weight.copy_(torch.from_numpy(matrix.T))
        module.bias.copy_(torch.from_numpy(bias))
    return flow.eval()


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    torch.set_num_threads(threads)
    flow = seeded_flow(size)
    evaluations = 0

    def count(*_: object) -> None:
        nonlocal evaluations
        evaluations += 1

    flow.transform.ode.register_forward_hook(count)

    @torch.no_grad()
    def evaluate(x: torch.Tensor, probe: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
        nonlocal evaluations
        evaluations = 0
        return flow().log_prob(x).numpy(), np.asarray(evaluations)

    return likelihood(size, blas(), evaluate, torch.from_numpy, draws=not exact_trace(size))
