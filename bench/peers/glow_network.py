"""What the PyTorch peers of the Glow step share."""

import math

import numpy as np
import torch


def images(batches: np.ndarray) -> np.ndarray:
    """[POOL, batch, D] as square images of one channel, [POOL, batch, 1, side, side]."""
    side = math.isqrt(batches.shape[-1])
    return batches.reshape(*batches.shape[:-1], 1, side, side)


def network(inputs: int, hidden: int, outputs: int) -> torch.nn.Sequential:
    """Glow's 3 x 3, 1 x 1 and 3 x 3 convolutions, the last one starting at zero."""
    last = torch.nn.Conv2d(hidden, outputs, 3, padding=1)
    torch.nn.init.zeros_(last.weight)
    torch.nn.init.zeros_(last.bias)
    return torch.nn.Sequential(
        torch.nn.Conv2d(inputs, hidden, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.Conv2d(hidden, hidden, 1),
        torch.nn.ReLU(),
        last,
    )
