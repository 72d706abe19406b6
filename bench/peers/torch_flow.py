"""Real NVP by hand on PyTorch: the leanest form, without a flow library's bookkeeping."""

import math

import numpy as np
import torch

from torch_training import mlp, torch_training
from training import Size, Training

PACKAGES = ("torch",)
CLAMP = 2.0


class RealNvp(torch.nn.Module):
    """Affine couplings with log-scale CLAMP tanh(raw), each followed by a fixed random rotation."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        self.halves = [size.skipped, size.active]
        self.networks = torch.nn.ModuleList(
            mlp(size.skipped, size.hidden, 2 * size.active) for _ in range(size.layers)
        )
        gaussian = torch.randn(size.layers, size.dimension, size.dimension)
        self.register_buffer("rotations", torch.linalg.qr(gaussian).Q)
        self.constant = 0.5 * size.dimension * math.log(2 * math.pi)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[B, D] -> mean negative log-likelihood. The log-scales are summed once, at the end."""
        z, log_scales = x, []
        for network, rotation in zip(self.networks, self.rotations):
            skipped, active = z.split(self.halves, dim=1)
            raw, shift = network(skipped).chunk(2, dim=1)
            log_scale = CLAMP * torch.tanh(raw)
            log_scales.append(log_scale)
            moved = torch.addcmul(shift, active, log_scale.exp())
            z = torch.cat((skipped, moved), dim=1) @ rotation
        total = 0.5 * z.square().sum() - torch.cat(log_scales, dim=1).sum()
        return total / len(x) + self.constant


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    flow = RealNvp(size)
    return torch_training(flow, flow, mode, batches, threads)
