/**
 * Times one training step of Flowmeter and of other libraries in one interleaved run: affine couplings (Real NVP),
 * rational-quadratic splines, Glow, flow matching or free-form flows; or the likelihood of a continuous flow.
 *
 *     npx tsx bench/compare.ts --python PATH [--work affine|spline|glow|flow-matching|free-form|ode-likelihood] [--sizes "2,8,64,256 43,10,256,512"] [--threads 1,2] [--rounds 5]
 *                              [--only flowmeter,torch] [--out results/bench/NAME]
 *
 * Writes NAME.md and NAME.json and prints the page. See bench/peers/README.md for the Python side.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, type as systemName } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import {
  CONTENDERS,
  nameOf,
  REFERENCE,
  sizeText,
  WORKS,
  type Contender,
  type Size,
  type Work,
} from "./compare/contenders.ts";
import { interleave } from "./compare/interleave.ts";
import { markdown, ratioTo, type Circumstances, type Section } from "./compare/report.ts";

class UsageError extends Error {}

const counts = (text: string, what: string, expected: number | undefined): number[] => {
  const values = text.split(",").map(Number);
  const good = values.every((value) => Number.isInteger(value) && value > 0);
  if (!good || (expected !== undefined && values.length !== expected))
    throw new UsageError(
      `bench/compare: ${what}: expected ${expected ?? "a list of"} positive whole numbers, got "${text}".`,
    );
  return values;
};

const isWork = (word: string): word is Work => Object.hasOwn(WORKS, word);

const parseSize = (text: string): Size => {
  const [dimension = 0, layers = 0, hidden = 0, batch = 0] = counts(text, "--sizes", 4);
  if (dimension < 2)
    throw new UsageError(
      `bench/compare: --sizes: a coupling needs D of at least 2, got "${text}".`,
    );
  return { dimension, layers, hidden, batch };
};

/** Contenders whose library or full name ("zuko eager") is listed; all of them without a list. */
const chosen = (work: Work, list: string | undefined): readonly Contender[] => {
  const contenders = CONTENDERS[work];
  const names = list?.split(",") ?? [];
  const known = new Set(contenders.flatMap((c) => [c.library, nameOf(c)]));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new UsageError(
      `bench/compare: --only: unknown "${unknown}". Known: ${[...known].join(", ")}.`,
    );
  return list === undefined
    ? contenders
    : contenders.filter((c) => names.includes(c.library) || names.includes(nameOf(c)));
};

const git = (...args: string[]): string => {
  try {
    return execFileSync("git", args, { encoding: "utf8", cwd: import.meta.dirname }).trim();
  } catch {
    return "";
  }
};

function circumstances(work: Work, rounds: number): Circumstances {
  const changed = git("status", "--porcelain", "--untracked-files=no") !== "";
  const { title, agreement } = WORKS[work];
  const shown = process.argv.slice(2).map((a) => (/[\s;]/.test(a) ? `"${a}"` : a));
  const python = shown.indexOf("--python");
  if (python >= 0 && python + 1 < shown.length) shown[python + 1] = "PYTHON";
  return {
    title,
    ...(agreement !== undefined && { agreement }),
    date: new Date().toISOString().slice(0, 16).replace("T", " ") + " UTC",
    commit:
      (git("rev-parse", "--short=10", "HEAD") || "unknown") + (changed ? " with changes" : ""),
    cpu: cpus()[0]?.model.trim() ?? "unknown CPU",
    cpus: cpus().length,
    system: `${systemName()} ${release()}`,
    node: process.versions.node,
    rounds,
    command: ["npx tsx bench/compare.ts", ...shown].join(" "),
  };
}

const plain = (where: Circumstances, sections: readonly Section[]) => ({
  ...where,
  sections: sections.map(({ size, threads, timed, skipped }) => {
    const reference = timed.find(({ name }) => name === REFERENCE);
    const contenders = timed.map((one) => {
      const ratio = ratioTo(reference, one);
      return { ...one, ratioToFlowmeter: Number.isNaN(ratio) ? null : ratio };
    });
    return { size, threads, contenders, skipped };
  }),
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      work: { type: "string", default: "affine" },
      sizes: { type: "string" },
      threads: { type: "string", default: "1,2" },
      rounds: { type: "string", default: "5" },
      python: { type: "string", default: "python3" },
      only: { type: "string" },
      out: { type: "string" },
    },
  });
  const { work } = values;
  if (!isWork(work))
    throw new UsageError(
      `bench/compare: --work: expected ${Object.keys(WORKS).join(" or ")}, got "${work}".`,
    );
  const out = values.out ?? `results/bench/peers${work === "affine" ? "" : `-${work}`}`;
  const sizes = (values.sizes ?? WORKS[work].sizes)
    .trim()
    .split(/[\s;]+/)
    .map(parseSize);
  const [rounds = 5] = counts(values.rounds, "--rounds", 1);
  const contenders = chosen(work, values.only);
  const where = circumstances(work, rounds);
  const sections: Section[] = [];
  mkdirSync(dirname(out), { recursive: true });
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  for (const threads of counts(values.threads, "--threads", undefined))
    for (const size of sizes) {
      log(`${sizeText(size)} on ${threads} thread${threads === 1 ? "" : "s"}`);
      const { python } = values;
      const result = await interleave({ work, contenders, size, threads, rounds, python, log });
      sections.push({ size, threads, ...result });
      // Written after each section, so that an interrupted run keeps what it measured.
      writeFileSync(`${out}.md`, markdown(where, sections));
      writeFileSync(`${out}.json`, `${JSON.stringify(plain(where, sections), null, 2)}\n`);
    }
  process.stdout.write(markdown(where, sections));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UsageError) && !(error instanceof TypeError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}
