"""torchcfm: its ConditionalFlowMatcher draws times, rows and velocities for the hand-written field.

It also draws the noise that sigma = 0 multiplies: that is part of its sampling.
"""

import numpy as np
import torch
from torchcfm.conditional_flow_matching import ConditionalFlowMatcher

from torch_training import torch_training
from torch_velocity import Velocity
from training import Size, Training

PACKAGES = ("torchcfm", "torch")


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    velocity = Velocity(size)
    matcher = ConditionalFlowMatcher(sigma=0.0)

    def loss(x: torch.Tensor) -> torch.Tensor:
        t, between, target = matcher.sample_location_and_conditional_flow(torch.randn_like(x), x)
        return (velocity(t[:, None], between) - target).square().mean()

    return torch_training(velocity, loss, mode, batches, threads)
