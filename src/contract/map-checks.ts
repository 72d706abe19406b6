import { rowSize } from "../math/rows.ts";
import { lazyBijectionContract } from "./bijection-contract.ts";
import type { Check } from "./check.ts";
import { subjectOf, type Setting } from "./setting.ts";

/** The bijection contract on the family's own map, perhaps with a condition. */
export function mapChecks(at: Setting, contextSize = 0): readonly Check[] {
  const name = contextSize > 0 ? `${at.label} with a condition` : at.label;
  return lazyBijectionContract({
    name,
    prepare: async () => {
      // Fewer rows of many entries: the Jacobian takes D times as many.
      const count = rowSize(at) > 8 ? 4 : 32;
      const { model, ...inputs } = await subjectOf(at, { contextSize, count });
      const { bijection, store } = model;
      if (!bijection) return undefined;
      return { name, bijection, store, engine: at.engine, tolerance: at.tolerance, ...inputs };
    },
  });
}
