"""nflows: PiecewiseRationalQuadraticCouplingTransform with linear tails and a mask per layer."""

import numpy as np
import torch
from nflows.distributions.normal import StandardNormal
from nflows.flows.base import Flow
from nflows.transforms.base import CompositeTransform
from nflows.transforms.coupling import PiecewiseRationalQuadraticCouplingTransform

from nflows_flow import PACKAGES as PACKAGES
from nflows_flow import Conditioner
from torch_training import random_masks, torch_training
from training import BINS, BOUND, Size, Training


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    couplings = [
        PiecewiseRationalQuadraticCouplingTransform(
            mask=1 - 2 * skip.int(),  # nflows: positive entries are transformed
            transform_net_create_fn=lambda inputs, outputs: Conditioner(
                inputs, size.hidden, outputs
            ),
            num_bins=BINS,
            tails="linear",
            tail_bound=BOUND,
        )
        for skip in random_masks(size.dimension, size.skipped, size.layers)
    ]
    flow = Flow(CompositeTransform(couplings), StandardNormal([size.dimension]))
    return torch_training(flow, lambda x: -flow.log_prob(x).mean(), mode, batches, threads)
