"""Free-form flow by hand on PyTorch: vjp of the encoder, jvp of the decoder."""

import math

import numpy as np
import torch

from torch_training import torch_training
from training import RECONSTRUCTION, Size, Training

PACKAGES = ("torch",)


class Residual(torch.nn.Module):
    """x + network(x), the network of pre-activation blocks h + W2 silu(W1 silu(h)); starts as x."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        dimension, width = size.dimension, size.hidden
        linear = torch.nn.Linear
        self.first = linear(dimension, width)
        self.ones = torch.nn.ModuleList(linear(width, width) for _ in range(size.layers))
        self.twos = torch.nn.ModuleList(linear(width, width) for _ in range(size.layers))
        self.last = linear(width, dimension)
        torch.nn.init.zeros_(self.last.weight)
        torch.nn.init.zeros_(self.last.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        silu = torch.nn.functional.silu
        h = self.first(x)
        for one, two in zip(self.ones, self.twos):
            h = h + two(silu(one(silu(h))))
        return x + self.last(silu(h))


class FreeFormFlow(torch.nn.Module):
    def __init__(self, size: Size) -> None:
        super().__init__()
        self.encoder = Residual(size)
        self.decoder = Residual(size)
        self.constant = 0.5 * size.dimension * math.log(2 * math.pi)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[B, D] -> the loss of Draxler et al. (2024) with one probe a row."""
        gaussian = torch.randn_like(x)
        length = torch.linalg.vector_norm(gaussian, dim=1, keepdim=True)
        v = math.sqrt(x.shape[1]) * gaussian / length
        z, pull_back = torch.func.vjp(self.encoder, x)
        (encoder_side,) = pull_back(v)
        decoded, decoder_side = torch.func.jvp(self.decoder, (z,), (v,))
        surrogate = (encoder_side * decoder_side.detach()).sum()
        reconstruction = (x - decoded).square().sum()
        total = RECONSTRUCTION * reconstruction + 0.5 * z.square().sum() - surrogate
        return total / len(x) + self.constant


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    flow = FreeFormFlow(size)
    return torch_training(flow, flow, mode, batches, threads)
