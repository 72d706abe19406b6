"""zuko: a Flow of GeneralCouplingTransform with the spline of zuko.flows.NSF."""

from functools import partial

import numpy as np
from zuko.transforms import MonotonicRQSTransform

from training import BINS, BOUND, Size, Training
from zuko_flow import PACKAGES as PACKAGES
from zuko_flow import coupling_training


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    return coupling_training(
        size,
        mode,
        batches,
        threads,
        univariate=partial(MonotonicRQSTransform, bound=BOUND),
        shapes=[(BINS,), (BINS,), (BINS - 1,)],
    )
