"""FrEIA: its README's AllInOneBlock per layer.

A block is one coupling, a trained scale and offset per coordinate, and a fixed random rotation.
"""

import math

import FrEIA.framework as framework
import FrEIA.modules as modules
import numpy as np
import torch

from torch_training import mlp, torch_training
from training import Size, Training

PACKAGES = ("FrEIA", "torch")


def inn_training(
    flow: framework.SequenceINN, size: Size, mode: str, batches: np.ndarray, threads: int
) -> Training:
    """Maximum likelihood as in FrEIA's README, with the Gaussian's constant."""
    constant = 0.5 * size.dimension * math.log(2 * math.pi)

    def loss(x: torch.Tensor) -> torch.Tensor:
        z, log_det = flow(x)
        return (0.5 * z.square().sum(dim=1) - log_det).mean() + constant

    return torch_training(flow, loss, mode, batches, threads)


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    flow = framework.SequenceINN(size.dimension)
    for _ in range(size.layers):
        flow.append(
            modules.AllInOneBlock,
            subnet_constructor=lambda inputs, outputs: mlp(inputs, size.hidden, outputs),
            permute_soft=True,
        )
    return inn_training(flow, size, mode, batches, threads)
