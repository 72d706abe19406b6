"""torchdiffeq: dopri5 without gradients, all rows with the same steps."""

import math

import numpy as np
import torch
from torchdiffeq import odeint

from hashed import weights
from likelihood import TOLERANCE, exact_trace, likelihood
from torch_training import blas
from torch_velocity import Velocity
from training import Size, Training

PACKAGES = ("torchdiffeq", "torch")


def with_divergence(velocity: Velocity, exact: bool):
    """(t, x [N, D], probe [N, D]) -> velocity [N, D], divergence [N]."""

    def dynamics(
        t: torch.Tensor, x: torch.Tensor, probe: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        moved, pull_back = torch.func.vjp(lambda x: velocity(t.reshape(1, 1), x), x)
        if not exact:
            return moved, (pull_back(probe)[0] * probe).sum(dim=1)
        divergence = torch.zeros(len(x))
        for i in range(x.shape[1]):
            direction = torch.zeros_like(x)
            direction[:, i] = 1
            divergence = divergence + pull_back(direction)[0][:, i]
        return moved, divergence

    return dynamics


def seeded_velocity(size: Size) -> Velocity:
    velocity = Velocity(size).requires_grad_(False)
    linear = [module for module in velocity.network if isinstance(module, torch.nn.Linear)]
    for module, (matrix, bias) in zip(linear, weights(size), strict=True):
        module.weight.copy_(torch.from_numpy(matrix.T))
        module.bias.copy_(torch.from_numpy(bias))
    return velocity


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    torch.set_num_threads(threads)
    dynamics = with_divergence(seeded_velocity(size), exact_trace(size))
    if mode == "compile":
        dynamics = torch.compile(dynamics)

    @torch.no_grad()
    def evaluate(x: torch.Tensor, probe: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
        evaluations = 0

        def counted(t: torch.Tensor, state: tuple[torch.Tensor, torch.Tensor]):
            nonlocal evaluations
            evaluations += 1
            return dynamics(t, state[0], probe)

        z, change = odeint(
            counted,
            (x, torch.zeros(len(x))),
            torch.tensor([1.0, 0.0]),
            rtol=TOLERANCE,
            atol=TOLERANCE,
            method="dopri5",
        )
        constant = 0.5 * size.dimension * math.log(2 * math.pi)
        log_prob = change[-1] - 0.5 * z[-1].square().sum(dim=1) - constant
        return log_prob.numpy(), np.asarray(evaluations)

    return likelihood(size, blas(), evaluate, torch.from_numpy)
