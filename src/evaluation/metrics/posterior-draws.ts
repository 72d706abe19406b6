import type { Rng } from "../../math/rng.ts";
import { selectRows } from "../../math/rows.ts";
import type { MetricArguments, PosteriorDraws } from "./metric-definition.ts";
import { countNonfinite } from "./two-samples.ts";

/**
 * Draws from the model's p(row | condition) for the conditions of random test rows.
 *
 * @param contexts test rows at most
 * @param perContext draws for each
 */
export async function drawPosterior(
  { test, context, sample }: Pick<MetricArguments, "test" | "context" | "sample">,
  contexts: number,
  perContext: number,
  rng: Rng,
): Promise<PosteriorDraws> {
  if (context === undefined)
    throw new Error(
      "posterior: expected a conditional model, got one without a condition; ask for `needs: condition`.",
    );
  const count = Math.min(contexts, test.count);
  const chosen = rng.fork("test rows").permutation(test.count).subarray(0, count);
  const repeated = Int32Array.from(
    { length: count * perContext },
    (_, k) => chosen[Math.floor(k / perContext)] ?? 0,
  );
  const drawContext = selectRows(context.test, repeated);
  const { rows, logProb } = await sample(repeated.length, rng.fork("draws"), drawContext);
  return {
    truth: selectRows(test, chosen),
    context: selectRows(context.test, chosen),
    draws: rows,
    drawContext,
    perContext,
    ...(logProb && { logProb }),
    nonfinite: countNonfinite(rows),
  };
}
