"""FlowJAX on jitted JAX: its own training step (jit), or many steps per call (scan, unrolled)."""

from itertools import cycle
from time import perf_counter

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import optax
import paramax
from flowjax.bijections import AbstractBijection, Affine, Chain, Coupling, Flip, Invert, Permute
from flowjax.distributions import AbstractDistribution, Normal, Transformed
from flowjax.flows import coupling_flow
from flowjax.train.losses import MaximumLikelihoodLoss
from flowjax.train.train_utils import step

from jax_training import STEPS_PER_CALL, looped
from training import LEARNING_RATE, Size, Training

PACKAGES = ("flowjax", "jax", "jaxlib", "equinox", "optax")
CLAMP = 2.0

likelihood = MaximumLikelihoodLoss()


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    return coupling_training(size, mode, batches, bounded_affine())


def coupling_training(
    size: Size, mode: str, batches: np.ndarray, transformer: AbstractBijection
) -> Training:
    key = jr.key(0)
    base = paramax.non_trainable(Normal(jnp.zeros(size.dimension)))
    flow = (unrolled_flow if mode == "unrolled" else scanned_flow)(key, base, size, transformer)
    params, static = eqx.partition(
        flow, eqx.is_inexact_array, is_leaf=lambda leaf: isinstance(leaf, paramax.NonTrainable)
    )
    count = sum(leaf.size for leaf in jax.tree.leaves(params))
    if mode == "jit":
        run = stepwise(params, static, batches)
    else:
        run = looped(
            params,
            lambda p, batch, key: likelihood(p, static, batch),
            batches,
            STEPS_PER_CALL,
        )
    return Training(count, f"XLA CPU of jaxlib {jax.lib.__version__}", run)


def bounded_affine() -> Affine:
    """Affine with scale exp(CLAMP tanh(raw)), set as Affine's docstring says."""
    scale = paramax.Parameterize(lambda raw: jnp.exp(CLAMP * jnp.tanh(raw)), jnp.zeros(()))
    return eqx.tree_at(lambda affine: affine.scale, Affine(), scale)


def scanned_flow(
    key: jax.Array, base: AbstractDistribution, size: Size, transformer: AbstractBijection
) -> Transformed:
    """FlowJAX's own coupling flow: a lax.scan over its layers."""
    return coupling_flow(
        key,
        base_dist=base,
        transformer=transformer,
        flow_layers=size.layers,
        nn_width=size.hidden,
        nn_depth=2,
        nn_activation=jnp.tanh,
    )


def unrolled_flow(
    key: jax.Array, base: AbstractDistribution, size: Size, transformer: AbstractBijection
) -> Transformed:
    """The same with a Chain of layers: slower to compile, no loop over layers at run time."""

    def layer(key: jax.Array) -> list[AbstractBijection]:
        network_key, order_key = jr.split(key)
        coupling = Coupling(
            network_key,
            transformer=transformer,
            untransformed_dim=size.skipped,
            dim=size.dimension,
            nn_width=size.hidden,
            nn_depth=2,
            nn_activation=jnp.tanh,
        )
        order = jr.permutation(order_key, size.dimension)
        return [coupling, Flip((2,)) if size.dimension == 2 else Permute(order)]

    layers = [bijection for k in jr.split(key, size.layers) for bijection in layer(k)]
    return Transformed(base, Invert(Chain(layers)))


def stepwise(params, static, batches: np.ndarray):
    """The step of FlowJAX's fit_to_data, called from Python."""
    optimizer = optax.adam(LEARNING_RATE)
    state = optimizer.init(params)
    pool = cycle([jnp.asarray(batch) for batch in batches])

    def run(steps: int) -> tuple[list[float], float]:
        nonlocal params, state
        milliseconds, loss = [], jnp.nan
        for _ in range(steps):
            batch = next(pool)
            start = perf_counter()
            params, state, loss = step(
                params, static, batch, optimizer=optimizer, opt_state=state, loss_fn=likelihood
            )
            jax.block_until_ready((params, state, loss))
            milliseconds.append(1e3 * (perf_counter() - start))
        return milliseconds, float(loss)

    return run
