import type { Shape, Tensor } from "../../engine/index.ts";
import {
  ModelError,
  type Bijection,
  type Family,
  type LogProb,
  type Model,
  type Stages,
} from "../../model.ts";
import { isUserError, PluginFault } from "../user-error.ts";
import { firstFrame } from "./first-frame.ts";

/** Between the plugin's line and the throw stand the functions of TensorFlow.js: more than the usual ten. */
const FRAMES = 50;

/** Says who, in every message, and compares what came with what the contract asks. */
function checker(family: string) {
  const fail = (what: string): never => {
    throw new ModelError(`family "${family}": ${what}`);
  };
  const tensor = (what: string, value: Tensor | undefined, shape: Shape): void => {
    const got: readonly number[] | undefined = value?.shape;
    if (got?.join() !== shape.join())
      fail(
        `${what}: expected a tensor of shape [${shape.join(", ")}], got ` +
          `${got === undefined ? "none" : `[${got.join(", ")}]`}.`,
      );
  };
  /** What is wrong in a layer says nothing of the family, and what TensorFlow.js throws not even of where. */
  const inside = <T>(f: () => T): T => {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = FRAMES;
    try {
      return f();
    } catch (error) {
      if (error instanceof ModelError && error.message.includes(family)) throw error;
      const isUsers = isUserError(error);
      const at = isUsers ? undefined : firstFrame(error);
      const message = error instanceof Error ? error.message : String(error);
      const where = at === undefined ? "" : `\n    at ${at}`;
      const Kind = isUsers ? ModelError : PluginFault;
      throw new Kind(`family "${family}": ${message}${where}`, { cause: error });
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  };
  return { fail, tensor, inside };
}
type Checker = ReturnType<typeof checker>;

const rowsOf = ({ shape: [rows] }: Tensor): number => rows;

function checkedBijection(map: Bijection, { tensor, inside }: Checker): Bijection {
  return {
    encode(x, call) {
      const result = inside(() => map.encode(x, call));
      tensor("encode, z", result.z, [rowsOf(x), ...result.z.shape.slice(1)]);
      tensor("encode, logDet", result.logDet, [rowsOf(x)]);
      return result;
    },
    decode(z, call) {
      const result = inside(() => map.decode(z, call));
      tensor("decode, x", result.x, [rowsOf(z), ...result.x.shape.slice(1)]);
      tensor("decode, logDet", result.logDet, [rowsOf(z)]);
      return result;
    },
  };
}

function checkedLogProb(likelihood: LogProb, { tensor, inside }: Checker): LogProb {
  const measure = likelihood.measure?.bind(likelihood);
  const name = likelihood.name === "" ? "logProb" : `logProb "${likelihood.name}"`;
  return {
    ...likelihood,
    value(x, call) {
      const result = inside(() => likelihood.value(x, call));
      tensor(name, result, [rowsOf(x)]);
      return result;
    },
    ...(measure && {
      measure(x, call) {
        const result = inside(() => measure(x, call));
        tensor(`${name}, measure, logProb`, result.logProb, [rowsOf(x)]);
        for (const [what, values] of Object.entries(result.rows))
          tensor(`${name}, measure, ${what}`, values, [rowsOf(x)]);
        return result;
      },
    }),
  };
}

function checkedStages(stages: Stages, { fail, tensor, inside }: Checker): Stages {
  const { names } = stages;
  return {
    ...stages,
    encode(x, call) {
      const reached = inside(() => stages.encode(x, call));
      if (reached.length !== names.length)
        fail(`stages: expected ${names.length}, one for each name, got ${reached.length}.`);
      for (const { logDet } of reached) tensor("stages, logDet", logDet, [rowsOf(x)]);
      return reached;
    },
  };
}

function checkParts(model: unknown, shape: Shape, { fail }: Checker): void {
  if (typeof model !== "object" || model === null)
    fail(`build: expected a model, got ${String(model)}; return one, such as flowModel({ … }).`);
  const parts = model as Partial<Model>;
  if (parts.shape?.join() !== shape.join())
    fail(
      `build: the model says that its rows have shape [${String(parts.shape?.join(", "))}], the data's have [${shape.join(", ")}].`,
    );
  if (typeof parts.store?.slots !== "function")
    fail("build: the model has no store; declare its arrays in createStore().");
  if (!Array.isArray(parts.logProb) || parts.logProb.length === 0)
    fail("build: the model has no logProb; give a list of at least one likelihood.");
  for (const { name, value } of parts.logProb as readonly Partial<LogProb>[])
    if (typeof value !== "function")
      fail(
        `build: logProb "${String(name)}": expected a function value(x, call), got ${typeof value}.`,
      );
  if (typeof parts.sampler?.sample !== "function") fail("build: the model has no sampler.");
  if (parts.loss === undefined && parts.fit === undefined)
    fail("build: the model has neither a loss nor a fit, so it cannot be trained.");
  if (parts.monitor !== "nll" && parts.monitor !== "loss")
    fail(`build: monitor: expected "nll" or "loss", got ${String(parts.monitor)}.`);
}

function checkedModel(family: string, model: Model, shape: Shape): Model {
  const check = checker(family);
  checkParts(model, shape, check);
  const { bijection, sampler, stages } = model;
  const loss = model.loss?.bind(model);
  return {
    ...model,
    ...(loss && {
      loss(call) {
        const result = check.inside(() => loss(call));
        check.tensor("loss", result.loss, []);
        return result;
      },
    }),
    ...(stages && { stages: checkedStages(stages, check) }),
    ...(bijection && { bijection: checkedBijection(bijection, check) }),
    logProb: model.logProb.map((likelihood) => checkedLogProb(likelihood, check)),
    sampler: {
      noise: sampler.noise,
      sample(noise, call) {
        const draws = check.inside(() => sampler.sample(noise, call));
        check.tensor("sample, x", draws.x, [rowsOf(noise), ...shape]);
        if (draws.logProb) check.tensor("sample, logProb", draws.logProb, [rowsOf(noise)]);
        return draws;
      },
    },
  };
}

/**
 * The family, with checks of what its models consist of and of the shapes that their functions return. They are made
 * while a function is recorded, so a compiled step does not know of them.
 *
 * @throws ModelError with the family's name: from `build` for parts that are missing, later for wrong shapes; PluginFault for what
 *   its functions throw that is no word to the user
 */
export const checkedFamily = (family: Family): Family => ({
  ...family,
  build: (args) => {
    const model = checker(family.name).inside(() => family.build(args));
    return checkedModel(family.name, model, args.shape);
  },
});
