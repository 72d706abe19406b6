"""FlowJAX's coupling_flow with its RationalQuadraticSpline, in the modes of flowjax_flow.py.

The spline also trains its slopes at the bounds and takes a parameter for each of them.
"""

import numpy as np
from flowjax.bijections import RationalQuadraticSpline

from flowjax_flow import PACKAGES as PACKAGES
from flowjax_flow import coupling_training
from training import BINS, BOUND, Size, Training


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    # FlowJAX counts inner knots.
    spline = RationalQuadraticSpline(knots=BINS - 1, interval=BOUND)
    return coupling_training(size, mode, batches, spline)
