import { createArithmetic, type Arithmetic } from "./arithmetic.ts";
import { messageOf } from "../user-error.ts";
import { nearest } from "../../registry.ts";
import { isMap } from "./setting.ts";
import { parseScalar } from "./value.ts";

const REFERENCE = /^[A-Za-z_][\w-]*(?:\.[\w-]+)*$/;
const NAME = /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+/g;
const WHOLE = /^\$\{([^{}]*)\}$/;
const PART = /\$\{([^{}]*)\}/g;

type Lookup = (key: string) => unknown;

/** `env.NAME` is an environment variable, so that configuration files need not hold paths of one machine. */
const ENVIRONMENT = /^env\.(.+)$/;

/** Variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

function variable(name: string, environment: Environment): string {
  const value = environment[name];
  // An empty one would turn ${env.DATA}/rows.csv into a path from the root.
  if (value !== undefined && value !== "") return value;
  const state = value === undefined ? "not set" : "empty";
  throw new Error(
    `the environment variable ${name} is ${state}; start the command with ${name}=VALUE before it, or override this key`,
  );
}

/** Whether a value holds `${…}` anywhere. */
export const hasInterpolation = (value: unknown): boolean =>
  typeof value === "string"
    ? value.includes("${")
    : Array.isArray(value)
      ? value.some(hasInterpolation)
      : isMap(value) && Object.values(value).some(hasInterpolation);

let engine: Promise<Arithmetic> | undefined;

/** Puts dotted names where mathjs finds them: family.layers as member `layers` of `family`. */
function scopeOf(expression: string, lookup: Lookup): Record<string, unknown> {
  const scope: Record<string, unknown> = {};
  const put = (key: string): void => {
    const path = key.split(".");
    let at = scope;
    for (const part of path.slice(0, -1)) at = (at[part] ??= {}) as Record<string, unknown>;
    at[path.at(-1) ?? ""] = lookup(key);
  };
  for (const [key] of expression.matchAll(NAME)) put(key);
  if (/\bseed\b/.test(expression)) put("seed");
  return scope;
}

async function evaluate(expression: string, lookup: Lookup): Promise<unknown> {
  const trimmed = expression.trim();
  if (REFERENCE.test(trimmed)) return lookup(trimmed);
  try {
    const run = await (engine ??= createArithmetic());
    return run(trimmed, scopeOf(trimmed, lookup));
  } catch (error) {
    throw new Error(`cannot work out \${${trimmed}}: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Replaces `${key}`, `${env.VARIABLE}` and `${arithmetic over them}`. A text that is nothing but one interpolation takes
 * the type of its value; a variable's text is then read by the grammar of overrides.
 *
 * @param lookup gives the resolved value of a key, or the text of a variable; throws where there is none
 */
export async function interpolate(value: unknown, lookup: Lookup): Promise<unknown> {
  if (Array.isArray(value)) return Promise.all(value.map((v) => interpolate(v, lookup)));
  if (isMap(value)) {
    const entries = Object.entries(value).map(
      async ([k, v]) => [k, await interpolate(v, lookup)] as const,
    );
    return Object.fromEntries(await Promise.all(entries));
  }
  if (typeof value !== "string") return value;
  if (value.replaceAll(PART, "").includes("${"))
    throw new Error(`expected \${…} without braces inside and closed by one, got ${value}`);
  const [, whole] = WHOLE.exec(value) ?? [];
  if (whole !== undefined) {
    const found = await evaluate(whole, lookup);
    return ENVIRONMENT.test(whole.trim()) && typeof found === "string" ? parseScalar(found) : found;
  }
  let text = "";
  let from = 0;
  for (const match of value.matchAll(PART)) {
    text += value.slice(from, match.index) + String(await evaluate(match[1] ?? "", lookup));
    from = match.index + match[0].length;
  }
  return from === 0 ? value : parseScalar(text + value.slice(from));
}

/**
 * Interpolates a whole configuration; keys may refer to keys that refer to others.
 *
 * @param values by key; the result has the same keys
 * @param fallback the value of a key that is not among them, undefined where there is no such key
 * @param keys all keys there are, to say what was probably meant by another one
 * @param complain called with the key and what is wrong
 * @param environment where `env.NAME` looks; by default this process's
 */
export async function interpolateAll(
  values: ReadonlyMap<string, unknown>,
  { fallback, keys }: { readonly fallback: Lookup; readonly keys: readonly string[] },
  complain: (key: string, message: string) => void,
  environment: Environment = process.env,
): Promise<Map<string, unknown>> {
  const done = new Map([...values].filter(([, value]) => !hasInterpolation(value)));
  const waiting = new Map([...values].filter(([key]) => !done.has(key)));
  class NotYet extends Error {}
  const lookup: Lookup = (key) => {
    const [, name] = ENVIRONMENT.exec(key) ?? [];
    if (name !== undefined) return variable(name, environment);
    if (waiting.has(key)) throw new NotYet(key);
    const value = done.has(key) ? done.get(key) : fallback(key);
    if (value !== undefined) return value;
    const near = nearest(key, keys);
    throw new Error(
      `there is no key "${key}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
    );
  };
  for (let before = -1; waiting.size > 0 && waiting.size !== before;) {
    before = waiting.size;
    for (const [key, value] of [...waiting]) {
      try {
        done.set(key, await interpolate(value, lookup));
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof NotYet ? error.cause : error;
        if (cause instanceof NotYet) continue;
        complain(key, `${key}: ${messageOf(error).replace(/(?<!\?)$/, ".")}`);
      }
      waiting.delete(key);
    }
  }
  for (const key of waiting.keys())
    complain(key, `${key}: its interpolations refer to each other in a circle.`);
  return done;
}
