import { isUnnormalised } from "./best.ts";
import type { Summary } from "./summarise.ts";

/**
 * What the error bars of a figure are, and where values are missing from its means.
 *
 * @param over what the error of a single seed is over
 */
export function errorNotes(
  cells: readonly (Summary & { readonly name: string })[],
  over = "test rows",
): readonly string[] {
  const overSeeds = cells.filter(({ stderrOver }) => stderrOver === "seeds");
  const counts = [...new Set(overSeeds.map(({ n }) => n))].sort((a, b) => a - b);
  const seeds =
    counts.length <= 1
      ? `${counts[0] ?? 0} seeds`
      : `${counts[0] ?? 0} to ${counts.at(-1) ?? 0} seeds`;
  const single = cells.some(({ stderrOver }) => stderrOver === "rows");
  const errors = [
    ...(counts.length > 0 ? [`Mean ± standard error over ${seeds}.`] : []),
    ...(single
      ? [`${counts.length > 0 ? "Where there is one" : "One"} seed: ± standard error over ${over}.`]
      : []),
  ].join(" ");
  const missing = [
    ...new Set(cells.filter(({ nonfinite }) => nonfinite > 0).map(({ name }) => name)),
  ];
  return [
    ...(errors === "" ? [] : [errors]),
    ...(missing.length > 0
      ? [
          `Some runs that are done have no finite value at some points, which are left out of the means: ${missing.join(", ")}.`,
        ]
      : []),
    ...(cells.some(({ provenance }) => provenance.some(isUnnormalised))
      ? [
          "encoder- and decoder-jacobian are of no normalised density unless the two networks undo each other.",
        ]
      : []),
  ];
}
