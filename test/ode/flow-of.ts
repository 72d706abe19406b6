import type { Base } from "../../src/distributions/base.ts";
import { realTensor } from "../../src/distributions/real.ts";
import { standardNormal } from "../../src/distributions/standard-normal.ts";
import { createStore, tf, type EngineOptions, type Shape } from "../../src/engine/index.ts";
import type { Model } from "../../src/model.ts";
import { continuousFlow, type ContinuousFlowParts } from "../../src/ode/continuous-flow.ts";
import { integrationOptions, type IntegrationOptions } from "../../src/ode/integration-options.ts";
import type { Velocity } from "../../src/ode/velocity.ts";
import { defaultsOf } from "../../src/options.ts";

export const FLOAT64: EngineOptions = { engine: "cpu", precision: "float64" };

export const integrating = (changes: Partial<IntegrationOptions>): IntegrationOptions => ({
  ...defaultsOf(integrationOptions),
  ...changes,
});

export interface FlowSetting {
  readonly shape: Shape;
  readonly options?: Partial<IntegrationOptions>;
  readonly times?: ContinuousFlowParts["times"];
  readonly base?: Base;
}

/** A continuous flow of this velocity, without parameters; data at 1 and noise at 0 unless told otherwise. */
export function flowOf(velocity: Velocity, setting: FlowSetting): Model {
  const { shape, options = {}, times = { data: 1, noise: 0 } } = setting;
  const dim = shape.reduce((product, d) => product * d, 1);
  return continuousFlow({
    name: "test",
    store: createStore(),
    ...{ shape, contextSize: 0, velocity, times },
    base: setting.base ?? standardNormal(dim),
    options: integrating(options),
  });
}

/** dx/dt = A x, of a matrix given row by row. */
export const linearVelocity =
  (matrix: readonly number[]): Velocity =>
  (_, x) => {
    const dim = Math.sqrt(matrix.length);
    return tf.matMul(x, realTensor(matrix, [dim, dim]), false, true);
  };
