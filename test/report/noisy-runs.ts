import { fakeRecord } from "./fake-record.ts";

/** Runs on one set at two noises, each with an entropy of its own. */
export const noisyRuns = (families: readonly string[]) =>
  families.flatMap((family) =>
    [0.1, 0.5].flatMap((noise) =>
      [0, 1].map((seed) =>
        fakeRecord(family, seed, 2 + noise, {
          data: { noise },
          configHash: `${family} ${noise}`,
          metrics: {
            test_nll: { value: 2 + noise + seed / 10, stderr: 0.1 },
            entropy: { value: noise, stderr: 0, unit: "nats" },
          },
          provenance: { dataDigest: `${noise} ${seed}` },
        }),
      ),
    ),
  );
