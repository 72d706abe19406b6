/** One evaluation during training. */
export interface HistoryEntry {
  readonly step: number;
  /** Mean loss of the steps since the entry before. */
  readonly trainLoss: number;
  /** What early stopping looks at; null where it is not finite; left out without validation rows. */
  readonly validation?: number | null;
}

/** The layers that greedy training is through with. */
export interface Earlier {
  readonly layers: number;
  readonly steps: number;
  readonly seconds: number;
  readonly history: readonly HistoryEntry[];
}

/** Where training stands; what of it a checkpoint keeps beside the arrays. JSON-ready. */
export interface Progress {
  /** Steps done. */
  step: number;
  seconds: number;
  history: HistoryEntry[];
  best: { readonly step: number; readonly value: number } | null;
  /** Evaluations since the best one. */
  sinceBest: number;
  /** Of the steps since the last evaluation. */
  lossSum: number;
  lossCount: number;
  /** Of greedy training: what came before the layer that all else is about. */
  earlier?: Earlier;
}

export const freshProgress = (): Progress => ({
  step: 0,
  seconds: 0,
  history: [],
  best: null,
  sinceBest: 0,
  lossSum: 0,
  lossCount: 0,
});
