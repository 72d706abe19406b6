"""The training step that JAX peers share: one a call (jit), or many in one lax.scan (scan)."""

from collections.abc import Callable
from functools import partial
from itertools import cycle
from time import perf_counter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from training import LEARNING_RATE, Training

STEPS_PER_CALL = 16

Loss = Callable[[Any, jax.Array, jax.Array], jax.Array]
"""(params, batch, key) -> a scalar, nats per row."""


def jax_training(params: Any, loss: Loss, mode: str, batches: np.ndarray) -> Training:
    """Adam on `loss`. "jit" makes one step a call, other modes STEPS_PER_CALL of them."""
    per_call = 1 if mode == "jit" else STEPS_PER_CALL
    count = sum(leaf.size for leaf in jax.tree.leaves(params))
    blas = f"XLA CPU of jaxlib {jax.lib.__version__}"
    return Training(count, blas, looped(params, loss, batches, per_call))


def looped(params: Any, loss: Loss, batches: np.ndarray, per_call: int):
    """`per_call` steps in one call, buffers donated; a time is the mean over a call."""
    optimizer = optax.adam(LEARNING_RATE)
    state = optimizer.init(params)
    key = jax.random.key(1)
    groups = batches.reshape(-1, per_call, *batches.shape[1:])
    pool = cycle([jnp.asarray(group) for group in groups])

    def step(carry, batch):
        params, state, key = carry
        key, own = jax.random.split(key)
        value, gradient = jax.value_and_grad(loss)(params, batch, own)
        updates, state = optimizer.update(gradient, state, params)
        return (optax.apply_updates(params, updates), state, key), value

    @partial(jax.jit, donate_argnums=0)
    def call(carry, group):
        if per_call == 1:
            return step(carry, group[0])
        carry, losses = jax.lax.scan(step, carry, group)
        return carry, losses[-1]

    carry = (params, state, key)

    def run(steps: int) -> tuple[list[float], float]:
        nonlocal carry
        milliseconds, last = [], jnp.nan
        for _ in range(-(-steps // per_call)):
            group = next(pool)
            start = perf_counter()
            carry, last = call(carry, group)
            jax.block_until_ready((carry, last))
            milliseconds.append(1e3 * (perf_counter() - start) / per_call)
        return milliseconds, float(last)

    return run
