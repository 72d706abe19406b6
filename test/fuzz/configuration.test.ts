import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createRng } from "../../src/math/rng.ts";
import { createLibrary } from "../../src/runner/config/library.ts";
import { parseOverrides } from "../../src/runner/config/override.ts";
import { resolveRuns } from "../../src/runner/config/resolve.ts";
import { loadCatalogue } from "../../src/runner/load-catalogue.ts";
import { below, faultOf, mutate, pick, tries } from "./mutate.ts";

const rng = createRng("fuzzed configurations");
const catalogue = await loadCatalogue();
const SEEDS = [
  ...[
    "family=real-nvp",
    "family.layers=4,8",
    "family.hidden=[64,64]",
    "family.mixing=lu",
    "seed=range(0,3)",
  ],
  ...[
    "data=gaussian",
    "data.dim=8",
    "data.spectrum=[1,2]",
    "data.split=[0.8,0.1,0.1]",
    "data.name=two-moons",
  ],
  ...[
    "training.steps=100",
    "training.learningRate=1e-3",
    "+training.ema=0.9",
    "~training.clip",
    "training=fast",
  ],
  ...[
    "evaluation.metrics=[nll,kl]",
    "engine=cpu",
    "engine.threads=2",
    "family.layers=${data.dim / 2}",
  ],
  ...[
    "data={name: file, path: x.csv}",
    "family.hidden=zip([1],[2])",
    "family=glob(*)",
    "experiment=toy-2d",
  ],
];

/** What is wrong with what came of a request; undefined where it was resolved, or refused in good words. */
async function verdict(
  texts: readonly string[],
  folders: readonly string[],
): Promise<string | undefined> {
  try {
    const runs = await resolveRuns(
      { overrides: parseOverrides(texts) },
      catalogue,
      createLibrary(folders),
    );
    for (const { config, runId } of runs) {
      if (!catalogue.families.names.includes(config.family.name))
        return `family ${config.family.name}`;
      if (!/^[\w.-]+$/.test(runId) || runId.includes("..")) return `run id ${runId}`;
    }
    return runs.length === 0 ? "neither a run nor an error" : undefined;
  } catch (error) {
    return faultOf(error);
  }
}

const untouched = (): void => {
  assert.is(Object.keys(Object.prototype).length, 0, "a prototype has grown");
};

test("mutated overrides are resolved or refused in words for people", async () => {
  const count = tries("lists of overrides");
  for (let i = 0; i < count; i++) {
    const own = rng.fork(`override ${i}`);
    const texts = Array.from({ length: 1 + below(4, own) }, () => {
      const text = pick(SEEDS, own);
      return below(3, own) === 0 ? text : mutate(text, own);
    });
    const fault = await verdict(["family=real-nvp", "data=two-moons", ...texts], []);
    assert.is(fault, undefined, `${JSON.stringify(texts)}: ${fault ?? ""}`);
  }
  untouched();
});

test("mutated files of experiments are resolved or refused in words for people", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-fuzz-"));
  try {
    const names = readdirSync("experiments").filter((name) => name.endsWith(".yaml"));
    const files = names.map((name) => readFileSync(join("experiments", name), "utf8"));
    mkdirSync(join(folder, "family"));
    const count = tries("files of experiments");
    for (let i = 0; i < count; i++) {
      const own = rng.fork(`file ${i}`);
      const text = mutate(pick(files, own), own);
      writeFileSync(join(folder, "exp.yaml"), text);
      const fault = await verdict(["experiment=exp"], [folder]);
      assert.is(fault, undefined, `${text}\n\n${fault ?? ""}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  untouched();
});

test("an alias bomb, a custom tag and a merge of prototypes are refused or harmless, at once", async () => {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-fuzz-"));
  const levels = Array.from(
    { length: 12 },
    (_, i) =>
      `a${i}: &a${i} [${Array(9)
        .fill(i === 0 ? "x" : `*a${i - 1}`)
        .join(",")}]`,
  );
  const files = {
    bomb: `family: real-nvp\ndata: two-moons\n${levels.join("\n")}\nfamily.hidden: *a11\n`,
    tag: "family: !!js/function 'function () { process.exit(7) }'\ndata: two-moons\n",
    proto:
      "family: real-nvp\ndata: two-moons\n__proto__: { polluted: 1 }\nfamily.__proto__: { polluted: 1 }\nconstructor: { prototype: { polluted: 1 } }\n",
  };
  try {
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(folder, `${name}.yaml`), text);
      const fault = await verdict([`experiment=${name}`], [folder]);
      assert.is(fault, undefined, `${name}: ${fault ?? ""}`);
    }
    assert.is(({} as Record<string, unknown>)["polluted"], undefined);
  } finally {
    rmSync(folder, { recursive: true });
  }
  untouched();
});

test.run();
