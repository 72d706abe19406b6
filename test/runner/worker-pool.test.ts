import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Config } from "../../src/runner/config/resolve.ts";
import type { WorkerEnd, WorkerProcess } from "../../src/runner/spawn-worker.ts";
import { createWorkerPool, MOST_MEMORY, MOST_RUNS } from "../../src/runner/worker-pool.ts";
import { resolveFake } from "./fake-catalogue.ts";

const test = suite("worker pool");

const DONE: WorkerEnd = { outcome: "done", reason: "", log: undefined, memory: 1 };
const [run] = await resolveFake(["family=alpha", "data=dots"]);
const config = run?.config as Config;
const threads = (n: number): Config => ({ ...config, engine: { ...config.engine, threads: n } });

/** A process that does nothing, and writes down which runs it was asked for. */
interface Fake {
  readonly done: string[];
  ended: boolean;
}

/** A pool of such processes; every run ends as told. */
function fakePool() {
  const processes: Fake[] = [];
  const spawn = (): WorkerProcess => {
    const fake: Fake = { done: [], ended: false };
    processes.push(fake);
    return {
      gone: false,
      run: ({ folder }) => {
        fake.done.push(folder);
        return Promise.resolve(ends.get(folder) ?? DONE);
      },
      stop: () => undefined,
      kill: () => undefined,
      end: () => {
        fake.ended = true;
        return Promise.resolve();
      },
    };
  };
  const ends = new Map<string, WorkerEnd>();
  const pool = createWorkerPool(".", spawn);
  const start = (folder: string, of = config, end = DONE) => {
    ends.set(folder, end);
    return pool.run(of, { folder, force: false }, () => undefined);
  };
  return {
    pool,
    start,
    one: (...args: Parameters<typeof start>) => start(...args).ended,
    runs: () => processes.map(({ done }) => done.join("")),
    alive: () => processes.filter(({ ended }) => !ended).length,
  };
}

test("runs that follow each other share a process, runs at a time do not", async () => {
  const { start, one, runs, pool, alive } = fakePool();
  await one("a");
  await one("b");
  await Promise.all([start("c").ended, start("d").ended]);
  assert.equal(runs(), ["abc", "d"]);
  await pool.close();
  assert.is(alive(), 0);
});

test("another engine or number of threads has a process of its own, and none is left over", async () => {
  const { one, runs, alive } = fakePool();
  await one("a", threads(1));
  await one("b", threads(2));
  await one("c", threads(2));
  assert.equal(runs(), ["a", "bc"]);
  assert.is(alive(), 1);
});

test("a run with plugins begins in a new process and leaves it to nobody", async () => {
  const { one, runs, alive } = fakePool();
  const plugged = { ...config, plugins: ["./mine.ts"] };
  await one("a");
  await one("b", plugged);
  await one("c", plugged);
  await one("d");
  assert.equal(runs(), ["a", "b", "c", "d"]);
  assert.is(alive(), 1);
});

test("a process in which a run failed, broke down or was stopped is not used again", async () => {
  const { start, one, runs } = fakePool();
  await one("a", config, { ...DONE, outcome: "failed" });
  await one("b", config, { ...DONE, outcome: "broken", memory: undefined as never });
  const stopped = start("c");
  stopped.stop();
  await stopped.ended;
  await one("d", config, { ...DONE, outcome: "diverged" });
  await one("e", config, { ...DONE, outcome: "busy" });
  assert.equal(runs(), ["a", "b", "c", "de"]);
});

test("a process gives way when it has done many runs or holds much memory", async () => {
  const { one, runs, alive } = fakePool();
  await one("a", config, { ...DONE, memory: MOST_MEMORY });
  for (let i = 0; i <= MOST_RUNS; i++) await one("b");
  assert.equal(
    runs().map((done) => done.length),
    [1, MOST_RUNS, 1],
  );
  assert.is(alive(), 1);
});

test.run();
