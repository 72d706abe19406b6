"""zuko: a Flow of GeneralCouplingTransform, like zuko.flows.RealNVP but with equal mask sizes."""

import numpy as np
import torch
import zuko

from torch_training import random_masks, torch_training
from training import Size, Training

PACKAGES = ("zuko", "torch")


def coupling_training(
    size: Size, mode: str, batches: np.ndarray, threads: int, **transformer: object
) -> Training:
    """`transformer`: univariate and shapes of the couplings; zuko's affine map without them."""
    couplings = [
        zuko.flows.GeneralCouplingTransform(
            features=size.dimension,
            mask=mask,
            hidden_features=(size.hidden, size.hidden),
            activation=torch.nn.Tanh,
            **transformer,
        )
        for mask in random_masks(size.dimension, size.skipped, size.layers)
    ]
    base = zuko.flows.UnconditionalDistribution(
        zuko.distributions.DiagNormal,
        loc=torch.zeros(size.dimension),
        scale=torch.ones(size.dimension),
        buffer=True,
    )
    flow = zuko.flows.Flow(couplings, base)
    return torch_training(flow, lambda x: -flow().log_prob(x).mean(), mode, batches, threads)


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    return coupling_training(size, mode, batches, threads)
