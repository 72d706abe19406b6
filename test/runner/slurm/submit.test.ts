import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { SlurmOptions } from "../../../src/runner/slurm/options.ts";
import { slurmPrograms } from "../../../src/runner/slurm/scheduler.ts";
import { submitSweep } from "../../../src/runner/slurm/submit-sweep.ts";
import { createSubmission, readSubmissions } from "../../../src/runner/slurm/submission.ts";
import { writeJson } from "../../../src/runner/store/atomic-write.ts";
import { claim, createRunFolder, stateOf } from "../../../src/runner/store/run-folder.ts";
import type { Sweep } from "../../../src/runner/store/sweep-folder.ts";
import { flowmeter } from "../../cli/flowmeter.ts";
import { saying } from "../../saying.ts";
import { fakeSlurm, fakeSweep, type FakeSlurm } from "./fake-slurm.ts";

const test = suite<{ folder: string }>("submitting to slurm");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-submit-"));
});
test.after.each(({ folder }) => {
  rmSync(folder, { recursive: true });
});

const submit = (sweep: Sweep, { scheduler }: FakeSlurm, options: SlurmOptions = {}) =>
  submitSweep(sweep, { options, force: false, scheduler });

/** The error of a promise that must not succeed. */
const refusal = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => new Error("it succeeded"),
    (error: unknown) => error,
  );
const fates = ({ folder }: Sweep) => readSubmissions(folder).map(({ fate }) => fate);

test("one array has all runs, and the intent and the folder of its logs are there before sbatch is called", async ({
  folder,
}) => {
  const sweep = await fakeSweep(folder, 3);
  const slurm = fakeSlurm(folder, {
    sbatch: `ls ${sweep.folder}/slurm/0001 > "$FAKE/seen"; echo 12`,
  });
  const options = { partition: "gpu", time: "4:00:00", cpus: 2, mem: "4G", throttle: 2 };
  const { jobs } = await submit(sweep, slurm, { ...options, sbatchArgs: ["--exclusive"] });
  assert.equal(
    jobs.map(({ fate, manifest }) => [fate.job, manifest.runs]),
    [["12", sweep.runs.map(({ runId }) => runId)]],
  );
  assert.is(readFileSync(slurm.file("seen"), "utf8"), "job.sh\nlog\nmanifest.json\n");
  const [submission] = readSubmissions(sweep.folder);
  const at = join(sweep.folder, "slurm", "0001");
  assert.equal(slurm.calls("sbatch"), [
    [
      ...["--parsable", "--array=0-2%2", "--requeue", "--open-mode=append", "--signal=B:USR2@90"],
      ...[`--job-name=${submission?.manifest.token ?? ""}`, `--chdir=${sweep.spec.cwd}`],
      ...[`--output=${at}/log/%a.txt`, "--partition=gpu", "--time=4:00:00", "--cpus-per-task=2"],
      ...["--mem=4G", "--exclusive", `${at}/job.sh`],
    ].join(" "),
  ]);
  assert.equal(submission?.manifest.options, { ...options, sbatchArgs: ["--exclusive"] });
});

test("the number is found among what a site's plugins print, with the cluster it belongs to", async ({
  folder,
}) => {
  const sweep = await fakeSweep(folder, 1);
  const slurm = fakeSlurm(folder, { sbatch: "echo 'your share is 0.3'; echo '123;north'" });
  await submit(sweep, slurm);
  assert.equal(fates(sweep), [{ job: "123", cluster: "north" }]);
  slurm.set({ squeue: "echo 'CLUSTER: north'; echo '123_0|PENDING|Priority'" });
  assert.is((await submit(sweep, slurm)).busy, 1);
  assert.match(slurm.calls("squeue").at(-1) ?? "", / --clusters=north$/);
});

test("where sbatch does not answer although it submitted, the job is found by its name and not submitted again", async ({
  folder,
}) => {
  const sweep = await fakeSweep(folder, 2);
  const slurm = fakeSlurm(
    folder,
    {
      sbatch: 'touch "$FAKE/submitted"; exec sleep 60',
      // It shows only at the second look, as after a request that was still on its way.
      squeue: `if [ -e "$FAKE/looked" ]; then echo '77_[0-1%1]|PENDING|None'; fi
               touch "$FAKE/looked"`,
    },
    "submitted",
  );
  const { jobs } = await submit(sweep, slurm);
  assert.equal(
    jobs.map(({ fate }) => fate.job),
    ["77"],
  );
  assert.is(slurm.calls("sbatch").length, 1);
});

test("an answer without a number and without a job is followed by one more try under another name", async ({
  folder,
}) => {
  const sweep = await fakeSweep(folder, 1);
  const slurm = fakeSlurm(folder, {
    sbatch: '[ -e "$FAKE/again" ] && echo 5; touch "$FAKE/again"; exit 0',
  });
  const { jobs } = await submit(sweep, slurm);
  assert.equal(fates(sweep), [{ abandoned: "exit code 0" }, { job: "5" }]);
  const [first, second] = readSubmissions(sweep.folder);
  assert.is.not(first?.manifest.token, second?.manifest.token);
  assert.is(jobs.length, 1);
  rmSync(slurm.file("again"));
  slurm.set({ sbatch: "exit 0" });
  const never = await fakeSweep(join(folder, "never"), 1);
  assert.ok(saying("Slurm did not take the jobs")(await refusal(submit(never, slurm))));
  assert.is(readSubmissions(never.folder).length, 2);
});

test("what Slurm refuses is said in its words, and not tried again", async ({ folder }) => {
  const sweep = await fakeSweep(folder, 1);
  const slurm = fakeSlurm(folder, {
    sbatch:
      "echo 'sbatch: error: invalid partition specified: nope' >&2; echo 'sbatch: error: Batch job submission failed: Invalid partition name specified' >&2; exit 1",
  });
  const error = await refusal(submit(sweep, slurm, { partition: "nope" }));
  assert.ok(saying("Slurm refused the jobs: sbatch: error: Batch job")(error));
  assert.is(slurm.calls("sbatch").length, 1);
  // Nor is it taken for what the user wants the next time.
  slurm.set({ sbatch: "echo 3" });
  await submit(sweep, slurm);
  assert.not.match(slurm.calls("sbatch").at(-1) ?? "", /nope/);
});

test("where nobody can say whether there is a job, nothing more is submitted until it is known", async ({
  folder,
}) => {
  const sweep = await fakeSweep(folder, 1);
  const slurm = fakeSlurm(folder, {
    sbatch: "echo 'sbatch: error: Socket timed out on send/recv operation' >&2; exit 1",
    squeue: "echo 'slurm_load_jobs error: Unable to contact slurm controller' >&2; exit 1",
  });
  assert.ok(saying("will look for it")(await refusal(submit(sweep, slurm))));
  assert.ok(saying("does not answer")(await refusal(submit(sweep, slurm))));
  assert.equal(fates(sweep), [undefined]);
  slurm.set({ squeue: "echo '8_0|RUNNING|None'" });
  assert.equal(await submit(sweep, slurm), { jobs: [], done: 0, busy: 1 });
  assert.equal(fates(sweep), [{ job: "8" }]);
  assert.is(slurm.calls("sbatch").length, 1);
});

test("accounting knows a job that has left the queue already", async ({ folder }) => {
  const sweep = await fakeSweep(folder, 1);
  const slurm = fakeSlurm(folder, { sbatch: "exit 0", sacct: "echo '9_0|COMPLETED'" });
  await submit(sweep, slurm);
  assert.equal(fates(sweep), [{ job: "9" }]);
  assert.match(slurm.calls("sacct")[0] ?? "", /^-n -P -X --name=flowmeter-.* --starttime=\d{4}-/);
});

test("more runs than an array may have become several, one after the other if so many may run at a time", async ({
  folder,
}) => {
  const sweep = await fakeSweep(folder, 5);
  const slurm = fakeSlurm(folder, {
    scontrol: "echo 'MaxArraySize            = 2'",
    sbatch: 'echo x >> "$FAKE/count"; wc -l < "$FAKE/count" | tr -d " "',
  });
  await submit(sweep, slurm, { throttle: 1 });
  assert.equal(
    slurm.calls("sbatch").map((call) => call.match(/--array=\S+|--dependency=\S+/g)),
    [
      ["--array=0-1%1"],
      ["--array=0-1%1", "--dependency=afterany:1"],
      ["--array=0-0%1", "--dependency=afterany:2"],
    ],
  );
  assert.equal(
    readSubmissions(sweep.folder).flatMap(({ manifest }) => manifest.runs),
    sweep.runs.map(({ runId }) => runId),
  );
});

test("again, only runs are submitted that are not done and not in the queue, with the last options but for those given", async ({
  folder,
}) => {
  const sweep = await fakeSweep(folder, 3);
  const slurm = fakeSlurm(folder, { sbatch: "echo 1" });
  await submit(sweep, slurm, { partition: "gpu", time: "10" });
  const [, second, third] = sweep.runs.map(({ runId }) => runId);
  // The first is still at work, the second was ended by its time limit, the third by the user.
  slurm.set({
    sbatch: "echo 2",
    squeue: "echo '1_0|COMPLETING|None'; echo '1_1|TIMEOUT|TimeLimit'; echo '1_2|CANCELLED|None'",
  });
  assert.is((await submit(sweep, slurm, { time: "20" })).busy, 1);
  const [first, last] = readSubmissions(sweep.folder);
  assert.equal(last?.manifest.runs, [second, third]);
  assert.equal(last?.manifest.options, { partition: "gpu", time: "20" });
  assert.equal(first?.manifest.options, { partition: "gpu", time: "10" });
  const said = slurm.calls("squeue").at(-1) ?? "";
  assert.match(said, /^-h -r -t all --name=flowmeter-\S+ -o %i\|%T\|%r$/);
});

test("force takes over what somebody seems to work on, but not what is in the queue", async ({
  folder,
}) => {
  const sweep = await fakeSweep(folder, 2);
  const slurm = fakeSlurm(folder, { sbatch: "echo 1" });
  const folders = sweep.runs.map((run) => {
    const at = join(sweep.folder, run.runId);
    createRunFolder(at, run);
    claim(at);
    return at;
  });
  const { scheduler } = slurm;
  assert.equal(await submit(sweep, slurm), { jobs: [], done: 0, busy: 2 });
  await submitSweep(sweep, { options: {}, force: true, scheduler });
  assert.equal(folders.map(stateOf), ["stopped", "stopped"]);
  slurm.set({ squeue: "echo '1_0|RUNNING|None'" });
  await submitSweep(sweep, { options: {}, force: true, scheduler });
  assert.equal(readSubmissions(sweep.folder)[1]?.manifest.runs, [sweep.runs[1]?.runId]);
});

test("of two processes that submit at once one gives way", async ({ folder }) => {
  const sweep = await fakeSweep(folder, 1);
  const runs = sweep.runs.map(({ runId }) => runId);
  const slurm = fakeSlurm(folder, { sbatch: "echo 1" });
  await submit(sweep, slurm);
  // The other one has read the folder before that.
  assert.throws(() => createSubmission(sweep, 1, { runs, options: {} }), /by another process/);
  assert.equal(readSubmissions(sweep.folder).length, 1);
  // A submission whose process is still at work is waited for: here that of the test's parent.
  const open = createSubmission(sweep, 2, { runs, options: {} });
  const owner = { ...open.manifest.owner, pid: process.ppid, startTime: null };
  writeJson(join(open.folder, "manifest.json"), { ...open.manifest, owner });
  assert.ok(saying("is being submitted by process")(await refusal(submit(sweep, slurm))));
});

test("options that cannot be meant are refused before anything is written", async ({ folder }) => {
  const sweep = await fakeSweep(folder, 1);
  const slurm = fakeSlurm(folder, {});
  const wrong: readonly (readonly [SlurmOptions, string])[] = [
    [{ cpus: 0 }, "--cpus 0: expected a whole number of at least 1"],
    [{ throttle: 1.5 }, "--array-throttle 1.5: expected"],
    [{ sbatchArgs: ["exclusive"] }, "expected one argument of sbatch"],
    [{ sbatchArgs: ["--array=0-9"] }, "Flowmeter sets this one itself"],
    [{ sbatchArgs: ["-Jmine"] }, "Flowmeter sets this one itself"],
  ];
  for (const [options, text] of wrong)
    assert.ok(saying(text)(await refusal(submit(sweep, slurm, options))), text);
  assert.not.ok(existsSync(join(sweep.folder, "slurm")));

  const asked = ["sweep", "family=gaussian", "data=two-moons", "--out", "asked"];
  const here = flowmeter(folder, ...asked, "--time", "10");
  assert.equal([here.code, /are for --launcher slurm/.test(here.stderr)], [2, true], here.stderr);
  const there = flowmeter(folder, ...asked, "--launcher", "slurm", "--gpus", "0");
  assert.equal([there.code, /--gpus 0: expected/.test(there.stderr)], [2, true], there.stderr);
  const both = flowmeter(folder, ...asked, "--launcher", "slurm", "--retries", "1");
  assert.equal([both.code, /are for --launcher local/.test(both.stderr)], [2, true], both.stderr);
  assert.not.ok(existsSync(join(folder, "asked")));
});

test("without Slurm's programs it says so", async ({ folder }) => {
  const sweep = await fakeSweep(folder, 1);
  const scheduler = slurmPrograms({ env: { PATH: folder } });
  const error = await refusal(submitSweep(sweep, { options: {}, force: false, scheduler }));
  assert.ok(saying("scontrol was not found; submit on a machine of a Slurm cluster")(error));
});

test.run();
