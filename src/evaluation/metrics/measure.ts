import { flagOf } from "../metric.ts";
import type { Basis, Measure } from "./metric-definition.ts";

/** A measure; what is not finite becomes null with a flag, and has no error. */
export function measure(value: number, stderr: number, basis: Basis): Measure {
  if (Number.isFinite(value))
    return { value, stderr: Number.isFinite(stderr) ? stderr : null, ...basis };
  return { value: null, flag: flagOf(value), stderr: null, ...basis };
}
