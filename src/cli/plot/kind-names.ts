export const KINDS = [
  "kl-decay",
  "ratio",
  "metric",
  "learning",
  "samples",
  "density",
  "stages",
] as const;
export type KindName = (typeof KINDS)[number];
