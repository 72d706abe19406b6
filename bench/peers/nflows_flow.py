"""nflows: AffineCouplingTransform with a mask per layer, as its SimpleRealNVP composes them."""

import numpy as np
import torch
from nflows.distributions.normal import StandardNormal
from nflows.flows.base import Flow
from nflows.transforms.base import CompositeTransform
from nflows.transforms.coupling import AffineCouplingTransform

from torch_training import mlp, random_masks, torch_training
from training import Size, Training

PACKAGES = ("nflows", "torch")


class Conditioner(torch.nn.Module):
    """The MLP with the context argument that nflows passes (its own MLP does not take one)."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.network = mlp(inputs, hidden, outputs)

    def forward(self, x: torch.Tensor, context: None = None) -> torch.Tensor:
        return self.network(x)


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    def conditioner(inputs: int, outputs: int) -> Conditioner:
        return Conditioner(inputs, size.hidden, outputs)

    couplings = [
        AffineCouplingTransform(
            mask=1 - 2 * skip.int(),  # nflows: positive entries are transformed
            transform_net_create_fn=conditioner,
        )
        for skip in random_masks(size.dimension, size.skipped, size.layers)
    ]
    flow = Flow(CompositeTransform(couplings), StandardNormal([size.dimension]))
    return torch_training(flow, lambda x: -flow.log_prob(x).mean(), mode, batches, threads)
