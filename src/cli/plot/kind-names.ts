export const KINDS = ["kl-decay", "ratio", "metric", "learning", "samples"] as const;
export type KindName = (typeof KINDS)[number];
