"""nflows: AffineCouplingTransform with alternating or random masks, as its SimpleRealNVP composes them."""

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
    """nflows calls a conditioner with a context; its own MLP does not take one, its ResidualNet has other sizes."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.network = mlp(inputs, hidden, outputs)

    def forward(self, x: torch.Tensor, context: None = None) -> torch.Tensor:
        return self.network(x)


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    couplings = [
        AffineCouplingTransform(
            mask=1 - 2 * skip.int(),  # nflows: positive entries are transformed
            transform_net_create_fn=lambda inputs, outputs: Conditioner(inputs, size.hidden, outputs),
        )
        for skip in random_masks(size.dimension, size.skipped, size.layers)
    ]
    flow = Flow(CompositeTransform(couplings), StandardNormal([size.dimension]))
    return torch_training(flow, lambda x: -flow.log_prob(x).mean(), mode, batches, threads)
