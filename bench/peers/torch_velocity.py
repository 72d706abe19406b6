"""The velocity field of a continuous flow on PyTorch: an MLP of the row and of sines of the time."""

import math

import torch

from hashed import FREQUENCIES
from training import Size


class Velocity(torch.nn.Module):
    """SiLU layers of one width on (x, sin(k pi t), cos(k pi t)); starts as zero."""

    def __init__(self, size: Size) -> None:
        super().__init__()
        widths = [size.dimension + 2 * FREQUENCIES, *[size.hidden] * size.layers]
        layers: list[torch.nn.Module] = []
        for inputs, outputs in zip(widths, widths[1:]):
            layers += [torch.nn.Linear(inputs, outputs), torch.nn.SiLU()]
        last = torch.nn.Linear(size.hidden, size.dimension)
        torch.nn.init.zeros_(last.weight)
        torch.nn.init.zeros_(last.bias)
        self.network = torch.nn.Sequential(*layers, last)
        self.register_buffer("frequencies", math.pi * torch.arange(1, FREQUENCIES + 1))

    def forward(self, t: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """t [B, 1] or [1, 1], x [B, D] -> [B, D]."""
        angles = self.frequencies * t
        time = torch.cat((angles.sin(), angles.cos()), dim=1).expand(len(x), -1)
        return self.network(torch.cat((x, time), dim=1))
