import { batched } from "../evaluation/batched.ts";
import type { Family } from "../model.ts";
import { FLOAT64 } from "./bijection-contract.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { subject, type FamilyContractOptions } from "./subject.ts";

/** The stages of the KL table start at the data and end at what encode gives. */
export function stageChecks(family: Family, options: FamilyContractOptions): readonly Check[] {
  const { engine = FLOAT64, tolerance = 1e-10 } = options;
  const dim = Math.max(3, family.supports.minDim);
  return [
    check(`${family.name}: the stages lead from the data to the latent rows`, async () => {
      const { model, rows } = subject(family, dim, options);
      const { stages, bijection, store } = model;
      if (!stages || !bijection) return;
      const last = stages.names.length - 1;
      const program = await batched(
        {
          label: `${family.name}: stages`,
          store,
          inputs: { rows: rows.shape },
          body: ({ rows: x }) => {
            expect(x !== undefined, "the program has no rows.");
            const reached = stages.encode(x, { mode: "evaluate" });
            expect(
              reached.length === stages.names.length,
              `${reached.length} stages for ${stages.names.length} names.`,
            );
            const [first, end] = [reached[0], reached[last]];
            expect(first !== undefined && end !== undefined, "there are no stages.");
            const { z, logDet } = bijection.encode(x, { mode: "evaluate" });
            return { first: first.z, z: end.z, logDet: end.logDet, wholeZ: z, wholeLogDet: logDet };
          },
        },
        rows.count,
        engine,
      );
      try {
        const results = await program.run({ rows });
        const get = (name: string): Float64Array => results[name] ?? new Float64Array(0);
        expectClose("first stage", get("first"), rows.values, 0);
        expectClose("last stage", get("z"), get("wholeZ"), tolerance);
        expectClose("log-det of the last stage", get("logDet"), get("wholeLogDet"), tolerance);
      } finally {
        await program.dispose();
      }
    }),
  ];
}
