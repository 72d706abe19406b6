"""Free-form flow on JAX, networks of equinox: vjp of the encoder, jvp of the decoder."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np

from jax_training import jax_training
from training import RECONSTRUCTION, Size, Training

PACKAGES = ("jax", "jaxlib", "equinox", "optax")


class Residual(eqx.Module):
    """x + network(x), the network of pre-activation blocks h + W2 silu(W1 silu(h)); starts as x."""

    first: eqx.nn.Linear
    blocks: list[tuple[eqx.nn.Linear, eqx.nn.Linear]]
    last: eqx.nn.Linear

    def __init__(self, size: Size, key: jax.Array) -> None:
        dimension, width = size.dimension, size.hidden
        keys = iter(jr.split(key, 2 * size.layers + 2))

        def linear(inputs: int, outputs: int) -> eqx.nn.Linear:
            return eqx.nn.Linear(inputs, outputs, key=next(keys))

        self.first = linear(dimension, width)
        self.blocks = [(linear(width, width), linear(width, width)) for _ in range(size.layers)]
        self.last = jax.tree.map(jnp.zeros_like, linear(width, dimension))

    def __call__(self, x: jax.Array) -> jax.Array:
        """[D] -> [D]."""
        h = self.first(x)
        for one, two in self.blocks:
            h = h + two(jax.nn.silu(one(jax.nn.silu(h))))
        return x + self.last(jax.nn.silu(h))


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    encoder_key, decoder_key = jr.split(jr.key(0))
    networks = (Residual(size, encoder_key), Residual(size, decoder_key))
    params, static = eqx.partition(networks, eqx.is_inexact_array)
    constant = 0.5 * size.dimension * jnp.log(2 * jnp.pi)

    def loss(params, x: jax.Array, key: jax.Array) -> jax.Array:
        encoder, decoder = map(jax.vmap, eqx.combine(params, static))
        gaussian = jr.normal(key, x.shape)
        length = jnp.linalg.norm(gaussian, axis=1, keepdims=True)
        v = size.dimension**0.5 * gaussian / length
        z, pull_back = jax.vjp(encoder, x)
        (encoder_side,) = pull_back(v)
        decoded, decoder_side = jax.jvp(decoder, (z,), (v,))
        surrogate = jnp.sum(encoder_side * jax.lax.stop_gradient(decoder_side))
        reconstruction = jnp.sum(jnp.square(x - decoded))
        total = RECONSTRUCTION * reconstruction + 0.5 * jnp.sum(jnp.square(z)) - surrogate
        return total / len(x) + constant

    return jax_training(params, loss, mode, batches)
