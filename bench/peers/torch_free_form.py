"""Free-form flow by hand on PyTorch: vjp of the encoder, jvp of the decoder."""

import math

import numpy as np
import torch
from torch.autograd import forward_ad

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


Differentiated = tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]
"""z = f(x), its vjp with v, g(z), its jvp with v."""


def dual(encoder: Residual, decoder: Residual, x: torch.Tensor, v: torch.Tensor) -> Differentiated:
    """Faster in eager mode."""
    x = x.detach().requires_grad_()
    z = encoder(x)
    (pulled,) = torch.autograd.grad(z, x, v, create_graph=True)
    with forward_ad.dual_level():
        decoded, pushed = forward_ad.unpack_dual(decoder(forward_ad.make_dual(z, v)))
    return z, pulled, decoded, pushed


def functional(
    encoder: Residual, decoder: Residual, x: torch.Tensor, v: torch.Tensor
) -> Differentiated:
    """What torch.compile takes."""
    z, pull_back = torch.func.vjp(encoder, x)
    (pulled,) = pull_back(v)
    return z, pulled, *torch.func.jvp(decoder, (z,), (v,))


class FreeFormFlow(torch.nn.Module):
    def __init__(self, size: Size, functional: bool) -> None:
        super().__init__()
        self.functional = functional
        self.encoder = Residual(size)
        self.decoder = Residual(size)
        self.constant = 0.5 * size.dimension * math.log(2 * math.pi)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """[B, D] -> the loss of Draxler et al. (2024) with one probe a row."""
        gaussian = torch.randn_like(x)
        length = torch.linalg.vector_norm(gaussian, dim=1, keepdim=True)
        v = math.sqrt(x.shape[1]) * gaussian / length
        differentiate = functional if self.functional else dual
        z, encoder_side, decoded, decoder_side = differentiate(self.encoder, self.decoder, x, v)
        surrogate = (encoder_side * decoder_side.detach()).sum()
        reconstruction = (x - decoded).square().sum()
        total = RECONSTRUCTION * reconstruction + 0.5 * z.square().sum() - surrogate
        return total / len(x) + self.constant


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    flow = FreeFormFlow(size, functional=mode == "compile")
    return torch_training(flow, flow, mode, batches, threads)
