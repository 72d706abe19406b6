/**
 * What families of flows by a differential equation are made of, for plugins: `flowmeter/ode`. `continuousFlow` makes a model of
 * a velocity field and a loss: likelihood, map, sampler and stages come by integration. Slots, tensors and networks come from
 * `flowmeter/flows`.
 */
export { continuousFlow } from "./continuous-flow.ts";
export type { ContinuousFlowParts } from "./continuous-flow.ts";
export { divergence } from "./divergence.ts";
export type { Diverging, Point, Trace } from "./divergence.ts";
export type { Dynamics } from "./dynamics.ts";
export { checkIntegration, integrationOptions, solverOf } from "./integration-options.ts";
export type { IntegrationOptions } from "./integration-options.ts";
export { likelihoodLoss } from "./likelihood-loss.ts";
export { withOptimalPairing } from "./optimal-pairing.ts";
export { solve } from "./solve.ts";
export type { AdaptiveSteps, FixedSteps, Interval, Solution, Solver } from "./solver.ts";
export { solvers } from "./solvers.ts";
export type { Tableau } from "./tableau.ts";
export type { Velocity } from "./velocity.ts";
export { checkVelocity, velocityNetwork, velocityOptions } from "./velocity-network.ts";
export type { VelocityOptions } from "./velocity-network.ts";
