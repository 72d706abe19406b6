import { overRows } from "../evaluation/over-rows.ts";
import type { Rows } from "../math/rows.ts";
import type { Model } from "../model.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { subjectOf, type Setting } from "./setting.ts";
import { stagesOf } from "./stage-checks.ts";

/** The parts of a chain, which are trained one by one, are what lies between its stages, and leave no variable out. */
export function partChecks(at: Setting): readonly Check[] {
  return [
    check(`${at.label}: its parts, one after another, are the stages`, async () => {
      const { model, rows } = await subjectOf(at, { count: 8 });
      const { stages } = model;
      const parts = model.parts?.();
      if (!parts || !stages) return;
      expect(
        parts.length === stages.names.length - 1,
        `${parts.length} parts for ${stages.names.length - 1} stages after the data.`,
      );
      expectAllVariables(model, parts);
      const reached = await stagesOf(at, model, stages, rows);
      const get = (name: string): Float64Array => reached[name] ?? new Float64Array(0);
      for (const [i, part] of parts.entries()) {
        const { z, logDet } = await encodedBy(at, part, {
          ...{ count: rows.count, shape: part.shape, values: get(`z${i}`) },
        });
        const name = `part ${i + 1}`;
        const gained = get(`logDet${i + 1}`).map((v, row) => v - (get(`logDet${i}`)[row] ?? NaN));
        expectClose(`rows of ${name} beside the stage's`, z, get(`z${i + 1}`), at.tolerance);
        expectClose(`log-det of ${name} beside the stage's`, logDet, gained, at.tolerance);
      }
    }),
  ];
}

function expectAllVariables({ store }: Model, parts: readonly Model[]): void {
  const own = new Set(parts.flatMap((part) => part.store.slots("variable").map((s) => s.name)));
  const left = store.slots("variable").find(({ name }) => !own.has(name));
  expect(left === undefined, `no part has the variable "${left?.name ?? ""}": it stays untrained.`);
}

const encodedBy = ({ label, engine }: Setting, { store, bijection }: Model, rows: Rows) =>
  overRows({
    ...{ label: `${label}: part`, store, rows, batch: rows.count, engine },
    body: (x, call) => {
      expect(bijection !== undefined, "the part has no map.");
      return bijection.encode(x, call);
    },
  });
