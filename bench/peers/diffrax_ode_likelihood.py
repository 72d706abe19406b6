"""diffrax: Dopri5 under jit, each row with steps of its own (vmap), or all rows with the same ones
(batched)."""

import diffrax
import jax
import jax.numpy as jnp
import numpy as np

from hashed import FREQUENCIES, weights
from likelihood import TOLERANCE, exact_trace, likelihood
from training import Size, Training

PACKAGES = ("diffrax", "jax", "jaxlib", "equinox")

Layers = list[tuple[jax.Array, jax.Array]]


def velocity(layers: Layers, t: jax.Array, x: jax.Array) -> jax.Array:
    """t scalar, x [..., D] -> [..., D]."""
    angles = jnp.pi * jnp.arange(1, FREQUENCIES + 1) * t
    time = jnp.concatenate((jnp.sin(angles), jnp.cos(angles)))
    h = jnp.concatenate((x, jnp.broadcast_to(time, (*x.shape[:-1], 2 * FREQUENCIES))), axis=-1)
    for matrix, bias in layers[:-1]:
        h = jax.nn.silu(h @ matrix + bias)
    matrix, bias = layers[-1]
    return h @ matrix + bias


def with_divergence(layers: Layers, exact: bool):
    """(t, (x, .), probe) -> (velocity, divergence); x [..., D]."""

    def dynamics(t: jax.Array, state: tuple[jax.Array, jax.Array], probe: jax.Array):
        x, _ = state

        def along(direction: jax.Array) -> tuple[jax.Array, jax.Array]:
            return jax.jvp(lambda x: velocity(layers, t, x), (x,), (direction,))

        if not exact:
            moved, pushed = along(probe)
            return moved, jnp.sum(probe * pushed, axis=-1)
        moved, push_forward = jax.linearize(lambda x: velocity(layers, t, x), x)
        basis = jnp.eye(x.shape[-1])
        columns = [push_forward(jnp.broadcast_to(e, x.shape))[..., i] for i, e in enumerate(basis)]
        return moved, sum(columns)

    return dynamics


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    layers = [(jnp.asarray(w), jnp.asarray(b)) for w, b in weights(size)]

    def log_prob(x: jax.Array, probe: jax.Array) -> tuple[jax.Array, jax.Array]:
        """x [..., D] -> log p [...], steps tried."""
        solution = diffrax.diffeqsolve(
            diffrax.ODETerm(with_divergence(layers, exact_trace(size))),
            diffrax.Dopri5(),
            t0=1.0,
            t1=0.0,
            dt0=None,
            y0=(x, jnp.zeros(x.shape[:-1])),
            args=probe,
            stepsize_controller=diffrax.PIDController(rtol=TOLERANCE, atol=TOLERANCE),
            adjoint=diffrax.ForwardMode(),
        )
        z, change = (value[0] for value in solution.ys)
        base = -0.5 * jnp.sum(jnp.square(z), axis=-1) - 0.5 * size.dimension * jnp.log(2 * jnp.pi)
        return base + change, solution.stats["num_steps"]

    solve = jax.jit(jax.vmap(log_prob) if mode == "vmap" else log_prob)

    def evaluate(x: jax.Array, probe: jax.Array) -> tuple[np.ndarray, np.ndarray]:
        values, steps = jax.block_until_ready(solve(x, probe))
        # Six a step, and before the first one two for its length and one for its first stage.
        return np.asarray(values), 6 * np.asarray(steps) + 3

    return likelihood(size, f"XLA CPU of jaxlib {jax.lib.__version__}", evaluate, jnp.asarray)
