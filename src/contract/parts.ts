import type { Shape } from "../engine/index.ts";
import type { Family, Model } from "../model.ts";
import { expect } from "./check.ts";

/** Where a part lies, what it must be, and whether the whole that it belongs to may be missing. */
type Part = readonly [path: string, kind: string, optional?: true];

const FAMILY: readonly Part[] = [
  ["name", "string"],
  ["summary", "string"],
  ["paper", "string"],
  ["options", "object"],
  ["supports", "object"],
  ["supports.tabular", "boolean"],
  ["supports.image", "boolean"],
  ["supports.conditional", "boolean"],
  ["supports.minDim", "number"],
  ["build", "function"],
];

const MODEL: readonly Part[] = [
  ["shape", "object"],
  ["store", "object"],
  ["store.slots", "function"],
  ["monitor", "string"],
  ["logProb", "object"],
  ["sampler", "object"],
  ["sampler.sample", "function"],
  ["sampler.noise", "object"],
  ["sampler.noise.size", "number"],
  ["bijection.encode", "function", true],
  ["bijection.decode", "function", true],
  ["stages.names", "object", true],
  ["stages.encode", "function", true],
  ["parts", "function", true],
  ["layersOnGaussian", "function", true],
  ["loss", "function", true],
  ["fit", "function", true],
  ["initialise", "function", true],
];

/** The family's name, if it has one. */
export function nameOf(family: Family): string {
  const name = lookUp(family, ["name"]);
  return typeof name === "string" ? name : "the family";
}

/** Throws unless the family has all its parts, looked at without the types: a plugin may be plain JavaScript. */
export function expectFamily(family: Family): void {
  const who = nameOf(family);
  expectAll(who, family, FAMILY);
  const { tabular, image } = family.supports;
  expect(tabular || image, `${who} supports neither tabular rows nor images; say which it takes.`);
}

/** Throws unless the model has all the parts that it must have, for rows of this shape. */
export function expectModel(who: string, model: Model, shape: Shape): void {
  expectAll(who, model, MODEL);
  expect(
    [...model.shape].join() === shape.join(),
    `${who} has the shape [${model.shape.join(", ")}], expected [${shape.join(", ")}], that of the rows.`,
  );
  expect(
    model.loss !== undefined || model.fit !== undefined,
    `${who} has neither a loss nor a fit; it cannot be trained.`,
  );
  const kind: string = model.sampler.noise.kind;
  expect(
    kind === "normal" || kind === "uniform",
    `${who} has sampler.noise.kind "${kind}", expected "normal" or "uniform".`,
  );
  expect(
    model.logProb.length > 0,
    `${who} has no likelihood; logProb is a list whose first entry gives test_nll.`,
  );
  for (const likelihood of model.logProb) {
    const { name } = likelihood;
    expect(
      typeof lookUp(likelihood, ["value"]) === "function",
      `${who} has a likelihood "${name}" without a function value(x, call).`,
    );
    expect(
      typeof lookUp(likelihood, ["provenance", "kind"]) === "string",
      `${who} has a likelihood "${name}" without provenance.kind, such as "exact".`,
    );
  }
}

function expectAll(who: string, thing: unknown, parts: readonly Part[]): void {
  for (const [path, kind, optional] of parts) {
    const keys = path.split(".");
    const got = lookUp(thing, keys);
    const absent = optional === true && lookUp(thing, keys.slice(0, 1)) === undefined;
    const words = got === null ? "null" : typeof got;
    expect(
      absent || words === kind,
      `${who} has no ${path} (expected ${kind === "object" ? "an" : "a"} ${kind}, got ${words}).`,
    );
  }
}

/** What lies at a path of keys, or undefined. */
export function lookUp(thing: unknown, path: readonly string[]): unknown {
  let at = thing;
  for (const key of path) {
    if (typeof at !== "object" || at === null) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[key];
  }
  return at;
}
