import type { Cells, Model } from "../model.ts";
import { redraw } from "./cells.ts";

/**
 * The model trained on dequantised counts whose noise within their cells is drawn anew at every step, so that it learns the
 * counts and not one draw of their noise. The model itself where rows are no counts, or where it has no loss.
 */
export function withRedrawnCounts(model: Model, cells: Cells | undefined): Model {
  const lossOf = model.loss?.bind(model);
  if (!cells || !lossOf) return model;
  return {
    ...model,
    noise: {
      ...model.noise,
      dequantisation: { kind: "uniform", shape: (n) => [n, ...model.shape] },
    },
    loss({ batch, noise, ...call }) {
      const { dequantisation: u } = noise;
      if (!u) throw new Error("loss: the noise of counts is missing.");
      return lossOf({ batch: redraw(batch, u, cells), noise, ...call });
    },
  };
}
