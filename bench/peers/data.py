"""The rows that every peer trains on."""

import numpy as np

CORRELATION = 0.8
POOL = 64


def batches(dimension: int, batch: int) -> np.ndarray:
    """POOL batches, float32 [POOL, batch, dimension]; a step takes the next one, cyclically.

    The rows are a stationary AR(1) series: x_0 = e_0 and x_j = 0.8 x_{j-1} + 0.6 e_j, e ~ N(0, 1).
    Each column has variance 1, and the entropy, which a trained flow's loss must come near to, is
    D/2 ln(2 pi e) + (D - 1) ln 0.6.
    """
    noise = np.random.default_rng(0).standard_normal((POOL, batch, dimension))
    rows = noise.copy()
    for j in range(1, dimension):
        rows[..., j] = CORRELATION * rows[..., j - 1] + (1 - CORRELATION**2) ** 0.5 * noise[..., j]
    return rows.astype(np.float32)
