"""FrEIA: GLOWCouplingBlock, two couplings with one network each, so layers / 2 blocks."""

import FrEIA.framework as framework
import FrEIA.modules as modules
import numpy as np

from freia_flow import PACKAGES as PACKAGES
from freia_flow import inn_training
from torch_training import mlp
from training import Size, Training


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    """Both sides of a block are moved in turn; a random permutation stands between blocks."""
    if size.layers % 2:
        raise ValueError(f"freia-glow: expected an even number of layers, got {size.layers}.")
    flow = framework.SequenceINN(size.dimension)
    for block in range(size.layers // 2):
        if block > 0 and size.dimension > 2:
            flow.append(modules.PermuteRandom)
        flow.append(
            modules.GLOWCouplingBlock,
            subnet_constructor=lambda inputs, outputs: mlp(inputs, size.hidden, outputs),
            clamp=2.0,
            clamp_activation="TANH",
            split_len=size.skipped,
        )
    return inn_training(flow, size, mode, batches, threads)
