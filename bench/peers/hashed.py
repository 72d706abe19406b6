"""Rows, probes and weights from a hash of their numbers: bench/hashed.ts makes the very same ones."""

import numpy as np

from data import CORRELATION
from training import Size

FREQUENCIES = 4
"""The velocity field sees sin(k pi t) and cos(k pi t), k = 1..FREQUENCIES."""


def uniforms(stream: int, count: int) -> np.ndarray:
    """[count], float64 in (0, 1): the hash "lowbias32" of C. Wellons (2018) of a running number."""
    k = np.arange(count, dtype=np.uint32) + np.uint32(stream * 0x9E3779B9 % 2**32)
    k ^= k >> np.uint32(16)
    k *= np.uint32(0x7FEB352D)
    k ^= k >> np.uint32(15)
    k *= np.uint32(0x846CA68B)
    k ^= k >> np.uint32(16)
    return (k + 0.5) / 2**32


def rows(size: Size) -> np.ndarray:
    """float32 [batch, dimension]: the AR(1) series of data.py."""
    shape = (size.batch, size.dimension)
    radius = np.sqrt(-2 * np.log(uniforms(101, size.batch * size.dimension)))
    angle = 2 * np.pi * uniforms(102, size.batch * size.dimension)
    noise = (radius * np.cos(angle)).reshape(shape)
    result = noise.copy()
    for j in range(1, size.dimension):
        result[:, j] = CORRELATION * result[:, j - 1] + (1 - CORRELATION**2) ** 0.5 * noise[:, j]
    return result.astype(np.float32)


def probes(size: Size) -> np.ndarray:
    """Hutchinson's, one a row: -1 or 1, float32 [batch, dimension]."""
    u = uniforms(103, size.batch * size.dimension)
    return np.where(u < 0.5, -1, 1).astype(np.float32).reshape(size.batch, size.dimension)


def gains(dimension: int) -> tuple[float, float]:
    """Of the first and the last layer. With them dopri5 takes about as many steps as through a
    flow trained by flow matching: see README.md."""
    return (2**0.5, 1.0) if dimension <= 8 else (3.0, 0.5)


def weights(size: Size) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of each linear layer its matrix [inputs, outputs] and bias [outputs], float32.

    Inputs are the row, then the sines of the time, then its cosines. Entries of a matrix are
    uniform with variance gain^2 / inputs, those of a bias uniform on (-1/2, 1/2).
    """
    dimension = size.dimension
    widths = [dimension + 2 * FREQUENCIES, *[size.hidden] * size.layers, dimension]
    first, last = gains(dimension)
    layer_gains = [first, *[2**0.5] * (size.layers - 1), last]
    result = []
    for i, gain in enumerate(layer_gains):
        inputs, outputs = widths[i : i + 2]
        matrix = gain * (3 / inputs) ** 0.5 * (2 * uniforms(2 * i + 1, inputs * outputs) - 1)
        bias = uniforms(2 * i + 2, outputs) - 0.5
        result.append((matrix.reshape(inputs, outputs).astype(np.float32), bias.astype(np.float32)))
    return result
