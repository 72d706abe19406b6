import { createHash } from "node:crypto";
import stringify from "safe-stable-stringify";

/** Raised when a change of Flowmeter makes numbers of the same configuration incomparable. */
const RECORD_FORMAT = 1;

/** Canonical JSON: keys sorted, no white space; numbers that JSON lacks as texts. */
export const canonical = (value: unknown): string =>
  stringify(value, (_key, v: unknown) =>
    typeof v === "number" && !Number.isFinite(v) ? String(v) : v,
  ) ?? "null";

/** The first 12 hexadecimal digits of the SHA-256 of the canonical JSON. */
export const digest = (value: unknown): string =>
  createHash("sha256").update(canonical(value)).digest("hex").slice(0, 12);

/**
 * What runs must share for their numbers to be averaged: the whole configuration but its seed, the version, and the
 * format of metrics. Where a record is written and how it was launched do not enter. Of plugins the source of those that
 * the configuration makes use of enters, and not where they lie.
 *
 * @param sources digests of these plugins
 */
export function configHash(
  config: Readonly<Record<string, unknown>>,
  version: string,
  sources: readonly string[] = [],
): string {
  return digest({
    ...config,
    seed: null,
    plugins: [...sources].sort(),
    version,
    format: RECORD_FORMAT,
  });
}
