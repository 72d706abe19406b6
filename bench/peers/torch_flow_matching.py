"""Flow matching by hand on PyTorch."""

import numpy as np
import torch

from torch_training import torch_training
from torch_velocity import Velocity
from training import Size, Training

PACKAGES = ("torch",)


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    velocity = Velocity(size)

    def loss(x: torch.Tensor) -> torch.Tensor:
        z = torch.randn_like(x)
        t = torch.rand(len(x), 1)
        error = velocity(t, torch.lerp(z, x, t)) - (x - z)
        return error.square().mean()

    return torch_training(velocity, loss, mode, batches, threads)
