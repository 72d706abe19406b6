"""FrEIA: Glow of two levels from AllInOneBlock with convolutional networks.

A block is one coupling, a trained scale and offset per channel, and a fixed random rotation of the
channels in place of the learned 1 x 1 convolution.
"""

import math

import FrEIA.framework as framework
import FrEIA.modules as modules
import numpy as np
import torch

from freia_flow import PACKAGES as PACKAGES
from glow_network import images, network
from torch_training import torch_training
from training import Size, Training


def prepare(size: Size, mode: str, batches: np.ndarray, threads: int) -> Training:
    side = math.isqrt(size.dimension)
    nodes = [framework.InputNode(1, side, side)]

    def add(module: type, arguments: dict, source: object = None) -> framework.Node:
        nodes.append(framework.Node(source or nodes[-1], module, arguments))
        return nodes[-1]

    def blocks() -> None:
        for _ in range(size.layers):
            arguments = {
                "subnet_constructor": lambda inputs, outputs: network(inputs, size.hidden, outputs),
                "permute_soft": True,
            }
            add(modules.AllInOneBlock, arguments)

    add(modules.IRevNetDownsampling, {})
    blocks()
    split = add(modules.Split, {})
    add(modules.IRevNetDownsampling, {}, split.out1)
    blocks()
    rest = add(modules.Flatten, {})
    final = add(modules.Flatten, {}, split.out0)
    nodes.append(framework.OutputNode(final))
    nodes.append(framework.OutputNode(rest))
    flow = framework.GraphINN(nodes)
    constant = 0.5 * size.dimension * math.log(2 * math.pi)

    def loss(x: torch.Tensor) -> torch.Tensor:
        latents, log_det = flow(x)
        square = sum(z.square().sum(dim=1) for z in latents)
        return (0.5 * square - log_det).mean() + constant

    return torch_training(flow, loss, mode, images(batches), threads)
