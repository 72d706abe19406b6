import type { RunRecord } from "../../src/record.ts";

/** A record with the given parts; the rest as a finished run would have it. */
export function fakeRecord(
  family: string,
  seed: number,
  nll: number | null,
  parts: Partial<RunRecord> & { readonly data?: Readonly<Record<string, unknown>> } = {},
): RunRecord {
  const { data = {}, ...rest } = parts;
  const dataset = rest.dataset ?? "two-moons";
  return {
    schema: 1,
    status: "done",
    family,
    dataset,
    dim: 2,
    seed,
    config: {
      family: { name: family },
      data: { name: dataset, size: 1000, ...data },
      training: { steps: 10 },
      evaluation: {},
      engine: { name: "auto" },
      seed,
    },
    configHash: family,
    metrics: {
      test_nll: {
        value: nll,
        ...(nll === null && { flag: "nan" as const }),
        stderr: 0.5,
        n: 100,
        nonfinite: 0,
        unit: "nats",
        provenance: { kind: "exact" },
      },
      entropy: { value: 1, stderr: 0, unit: "nats" },
    },
    notes: [],
    provenance: { version: "0.1.0", dataDigest: `digest-${dataset}-${seed}` },
    ...rest,
  };
}
