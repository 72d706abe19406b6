/**
 * `flowmeter/contract`: the suites that any family, bijection, data set, metric or solver must pass, the built-in
 * ones included.
 *
 * A suite is a list of checks `{ name, run }`. `run` resolves where the property holds and throws an Error that says
 * what was expected and what came; it builds what it needs itself, so the checks run in any order and any test runner:
 *
 *     import { familyContract } from "flowmeter/contract";
 *     const checks = familyContract(myFamily, { options: { layers: 2, hidden: [8] } });
 *
 *     import { test } from "uvu";            for (const { name, run } of checks) test(name, run);  test.run();
 *     import { test } from "vitest";         test.each([...checks])("$name", ({ run }) => run());
 *     import { test } from "node:test";      for (const { name, run } of checks) test(name, run);
 *
 * What `familyContract` asserts, by what the family supports and its model offers (in float64, at variables moved away
 * from their start, after the data-dependent start and one training step's states):
 *
 * - parts and shapes, for several rows and for one, with and without a condition: the first checks, worth reading first;
 * - encode and decode undo each other, their log-determinants cancel and are those of the autodiff Jacobians: at the
 *   smallest D, an odd and an even one, at images with and without dequantised counts, with a condition;
 * - every variable gets a gradient, that of finite differences, finite far out as well; also with a condition;
 * - in one and two dimensions the density integrates to one on a grid and samples follow it, given one condition as
 *   well; in more dimensions the same by importance weights of latent rows;
 * - the sampler's log p is the model's; the seed decides the start and the samples; temperature scales them;
 * - a saved and loaded model gives the same log p bit for bit, and no data-dependent start happens twice;
 * - log p of a row does not depend on its batch; float32 is near float64; no tensor stays behind;
 * - log p and samples of a row depend on its own condition and no other; a missing or wrong one is refused with shapes;
 * - the stages of the KL table start at the data, carry their own log-determinants and end at the latent rows.
 *
 * `perturbation` says how far variables are moved: lower it from 1 where parameters act so strongly that densities get
 * spikes or maps become ill-conditioned. Round trips are allowed the round-off that the map's Jacobian multiplies.
 *
 * `solverContract` asserts of a Runge–Kutta method, in float64: consistent coefficients that satisfy the conditions of its
 * order, and its embedded one's; the errors of fixed steps fall with these orders, within 0.2; steps backwards return. Of
 * adaptive steps: errors proportional to the tolerance, times between that are met, a spent budget, a stiff row and a
 * solution that blows up that are reported with the time reached, and rows that do not depend on each other.
 *
 * A property that a family cannot have is exempted by a part of the check's name and a sentence, which is printed:
 *
 *     familyContract(myFamily, { exempt: { "decode equals the autodiff": "decode is an iteration without a gradient." } })
 */
export { bijectionContract } from "./bijection-contract.ts";
export type { BijectionSubject } from "./bijection-contract.ts";
export { check } from "./check.ts";
export type { Check } from "./check.ts";
export { datasetContract } from "./dataset-contract.ts";
export type { DatasetContractOptions } from "./dataset-contract.ts";
export { metricContract } from "./metric-contract.ts";
export { solverContract } from "./solver-contract.ts";
export type { SolverContractOptions } from "./solver-contract.ts";
export { familyContract } from "./family-contract.ts";
export type { FamilyContractOptions } from "./subject.ts";
