"""Flow matching on JAX, networks of equinox."""

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np

from hashed import FREQUENCIES
from jax_training import jax_training
from training import Size, Training

PACKAGES = ("jax", "jaxlib", "equinox", "optax")


def velocity(network: eqx.nn.MLP, t: jax.Array, x: jax.Array) -> jax.Array:
    """t scalar, x [D] -> [D]."""
    angles = jnp.pi * jnp.arange(1, FREQUENCIES + 1) * t
    return network(jnp.concatenate((x, jnp.sin(angles), jnp.cos(angles))))


def mlp(size: Size) -> eqx.nn.MLP:
    """SiLU layers; the last one starts as zero."""
    network = eqx.nn.MLP(
        size.dimension + 2 * FREQUENCIES,
        size.dimension,
        size.hidden,
        size.layers,
        jax.nn.silu,
        key=jr.key(0),
    )
    last = network.layers[-1]
    zeros = (jnp.zeros_like(last.weight), jnp.zeros_like(last.bias))
    return eqx.tree_at(lambda n: (n.layers[-1].weight, n.layers[-1].bias), network, zeros)


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    params, static = eqx.partition(mlp(size), eqx.is_inexact_array)

    def loss(params, x: jax.Array, key: jax.Array) -> jax.Array:
        network = eqx.combine(params, static)
        noise_key, time_key = jr.split(key)
        z = jr.normal(noise_key, x.shape)
        t = jr.uniform(time_key, (len(x), 1))
        moved = jax.vmap(lambda t, x: velocity(network, t[0], x))(t, (1 - t) * z + t * x)
        return jnp.mean(jnp.square(moved - (x - z)))

    return jax_training(params, loss, mode, batches)
