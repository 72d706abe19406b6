import type { Mutation } from "../broken.ts";
import { conditions } from "./conditions.ts";
import { densities } from "./densities.ts";
import { gradients } from "./gradients.ts";
import { parts } from "./parts.ts";
import { states } from "./states.ts";

/** All faults that the contract must find. */
export const mutations: readonly Mutation[] = [
  ...parts,
  ...densities,
  ...gradients,
  ...states,
  ...conditions,
];
