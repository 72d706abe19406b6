"""normflows: Glow of two levels as in its own example, with standard normal bases."""

import math

import normflows as nf
import numpy as np

from glow_network import images
from torch_training import torch_training
from training import Size, Training

PACKAGES = ("normflows", "torch")
LEVELS = 2


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    """Levels stand from the coarsest to the finest, as normflows wants them."""
    side = math.isqrt(size.dimension)
    bases, flows, merges = [], [], []
    for level in range(LEVELS):
        halvings = LEVELS - level
        channels = 2 ** (halvings + 1)
        steps = [
            nf.flows.GlowBlock(channels, size.hidden, split_mode="channel", scale=True)
            for _ in range(size.layers)
        ]
        flows.append([*steps, nf.flows.Squeeze()])
        if level > 0:
            merges.append(nf.flows.Merge())
        kept = channels if level == 0 else channels // 2
        shape = (kept, side // 2**halvings, side // 2**halvings)
        bases.append(nf.distributions.DiagGaussian(shape, trainable=False))
    flow = nf.MultiscaleFlow(bases, flows, merges, class_cond=False)
    return torch_training(flow, flow.forward_kld, mode, images(batches), threads)
