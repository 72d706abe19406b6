/**
 * What families of flows are made of, for plugins: `flowmeter/flows`. Layers are pairs of encode and decode, each with its
 * log-determinant; `flowModel` makes a model of a chain of them. Everything is recordable TensorFlow.js.
 */
export { createStore, offTape, stopGradient, tf, whileLoop } from "../engine/index.ts";
export type { Shape, Slot, Store, Tensor, Tensors } from "../engine/index.ts";
export type { Base } from "../distributions/base.ts";
export { real as realConstant } from "../distributions/real.ts";
export { gaussianMixture } from "../distributions/gaussian-mixture.ts";
export { logisticCube } from "../distributions/logistic-cube.ts";
export { standardNormal } from "../distributions/standard-normal.ts";
export { studentT } from "../distributions/student-t.ts";
export type { Rng } from "../math/rng.ts";
export { activations, ACTIVATIONS } from "../nn/activation.ts";
export type { Activation } from "../nn/activation.ts";
export { initialiserFor, initialisers } from "../nn/initialiser.ts";
export { linear } from "../nn/linear.ts";
export { mlp } from "../nn/mlp.ts";
export type { Network, NetworkShape } from "../nn/network.ts";
export { convolutional } from "../nn/convolutional.ts";
export { residual } from "../nn/residual.ts";
export { actnorm } from "./actnorm.ts";
export { affine } from "./affine.ts";
export { autoregressiveFamily, autoregressiveOptions } from "./autoregressive-family.ts";
export { autoregressiveLayer } from "./autoregressive-layer.ts";
export { baseDistribution, baseOptions } from "./base-distribution.ts";
export type { BaseBuilder } from "./base-distribution.ts";
export { chain, prefixes } from "./chain.ts";
export { conditioner, conditionerOptions } from "./conditioner.ts";
export type { NetworkBuilder } from "../nn/networks.ts";
export { coupling } from "./coupling.ts";
export { couplingFamily, couplingOptions } from "./coupling-family.ts";

export { flowModel } from "./flow-model.ts";
export type { FlowParts } from "./flow-model.ts";
export { hermite } from "./hermite.ts";
export { expectRows } from "./layer.ts";
export type { Layer } from "./layer.ts";
export { layerStack, stackOptions } from "./layer-stack.ts";
export type { StackArguments } from "./layer-stack.ts";
export { linearLayer } from "./linear-map.ts";
export type { LinearMap } from "./linear-map.ts";
export { luMap } from "./lu-map.ts";
export { maskedConditioner } from "./masked-conditioner.ts";
export { mixing } from "./mixing.ts";
export { constantMap } from "./mixings/constant-map.ts";
export type { MixingBuilder } from "./mixings/mixing-builder.ts";
export { needsInitialisation, norm, normOption } from "./norm.ts";
export { pixelwise } from "./pixelwise.ts";
export { rowDimension } from "../nn/row-dimension.ts";
export { spline, splineOptions } from "./spline.ts";
export { halves, swapped } from "./split.ts";
export type { Split } from "./split.ts";
export { squeeze } from "./squeeze.ts";
export { parametersPerEntry } from "./transformer.ts";
export { transformerFamily } from "./transformer-family.ts";
export type { LayerArguments, LayerKind, TransformerFamily } from "./transformer-family.ts";
export type { Transformer } from "./transformer.ts";
