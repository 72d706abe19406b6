import { UserError } from "../user-error.ts";

/** Where a value of the configuration was written. */
export type Origin =
  | { readonly kind: "default" }
  | { readonly kind: "file"; readonly file: string; readonly line: number }
  | { readonly kind: "override"; readonly index: number; readonly text: string }
  | { readonly kind: "argument"; readonly text: string };

/** `experiments/family/glow.yaml:7`, `override 3: family.layers=abc`, `--seeds 5`, `default`. */
export function describeOrigin(origin: Origin): string {
  switch (origin.kind) {
    case "default":
      return "default";
    case "file":
      return `${origin.file}:${origin.line}`;
    case "override":
      return `override ${origin.index}: ${origin.text}`;
    case "argument":
      return origin.text;
  }
}

export interface Problem {
  /** Left out where the message names its place itself. */
  readonly origin?: Origin;
  readonly message: string;
}

const describe = ({ origin, message }: Problem): string =>
  origin === undefined ? message : `${describeOrigin(origin)}: ${message}`;

/** All that is wrong with a configuration, each with its place. */
export class ConfigError extends UserError {
  override readonly name = "ConfigError";
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super([...new Set(problems.map(describe))].join("\n"));
    this.problems = problems;
  }
}

/** A value as messages show it: strings in quotes, NaN and Infinity by name. */
export const show = (value: unknown): string =>
  typeof value === "number" || value === undefined ? String(value) : JSON.stringify(value);
