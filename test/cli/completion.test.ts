import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flowmeter } from "./flowmeter.ts";

const test = suite<{ folder: string }>("completion");
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), "flowmeter-completion-"));
});
test.after(({ folder }) => {
  rmSync(folder, { recursive: true });
});

/** Candidates for the last of these words. */
function candidates(folder: string, ...words: string[]): readonly string[] {
  const { code, stdout, stderr } = flowmeter(
    folder,
    "--get-yargs-completions",
    "flowmeter",
    ...words,
  );
  assert.is(code, 0, words.join(" "));
  assert.is(stderr, "", "quiet");
  return stdout.split("\n").filter((line) => line !== "");
}

test("commands, options and the words of options are completed", ({ folder }) => {
  const commands = candidates(folder, "");
  for (const command of ["run", "sweep", "status", "logs", "cancel", "compare", "merge", "clean"])
    assert.ok(commands.includes(command), command);
  for (const hidden of ["worker", "probe", "yargs-completion"])
    assert.not.ok(commands.includes(hidden), hidden);
  assert.equal(candidates(folder, "canc"), ["cancel"]);
  assert.ok(candidates(folder, "clean", "--").includes("--yes"));
  assert.equal(candidates(folder, "plot", "--kind", "kl"), ["kl-decay"]);
  assert.equal(candidates(folder, "list", "fam"), ["families"]);
});

test("where a folder is expected there are no candidates, so that the shell offers its own", ({
  folder,
}) => {
  for (const command of ["status", "logs", "cancel", "resume", "clean"])
    assert.equal(candidates(folder, command, ""), [], command);
});

test("keys and values of overrides are completed, options as those of the chosen family", ({
  folder,
}) => {
  assert.equal(candidates(folder, "run", "fam"), ["family.", "family="]);
  assert.equal(candidates(folder, "run", "family=real"), ["family=real-nvp"]);
  assert.equal(candidates(folder, "sweep", "--seeds", "3", "family=gaussian,real"), [
    "family=gaussian,real-nvp",
  ]);
  assert.equal(candidates(folder, "run", "data=two-m"), ["data=two-moons"]);
  assert.ok(candidates(folder, "run", "family.").length > 20, "those of all families");
  assert.equal(candidates(folder, "run", "family=real-nvp", "family.layers"), ["family.layers="]);
  assert.equal(candidates(folder, "run", "family=gaussian", "family.layers"), []);
  assert.equal(candidates(folder, "run", "++training.learningR"), ["++training.learningRate="]);
  assert.equal(candidates(folder, "run", "family=real-nvp", "family.mixing=ro"), [
    "family.mixing=rotation",
  ]);
  assert.equal(candidates(folder, "run", "family=real-nvp", "family.twoSided="), [
    "family.twoSided=false",
    "family.twoSided=true",
  ]);
  assert.equal(candidates(folder, "run", "nothing=of=the/kind"), []);
});

test("experiments are those of the package and of the folder", ({ folder }) => {
  mkdirSync(join(folder, "experiments"), { recursive: true });
  writeFileSync(join(folder, "experiments", "my-try.yaml"), "family: gaussian\n");
  const found = candidates(folder, "sweep", "experiment=");
  assert.ok(found.includes("experiment=my-try"));
  assert.ok(found.includes("experiment=demo"));
});

test("a line is never carried out while it is being completed", ({ folder }) => {
  assert.equal(candidates(folder, "list", "engines", "x=y", ""), [
    ...["data.", "data=", "engine.", "engine=", "evaluation.", "experiment=", "family."],
    ...["family=", "plugins=", "seed=", "training."],
  ]);
});

test("every command whose usage has overrides completes them", ({ folder }) => {
  const { stdout } = flowmeter(folder, "--help");
  const named = [...stdout.matchAll(/flowmeter (\w+) (?:<\w+> )?\[overrides/g)].map(([, n]) => n);
  assert.ok(named.length >= 5, stdout);
  for (const name of named)
    assert.equal(
      candidates(folder, name ?? "", "config", "experiment=dem"),
      ["experiment=demo"],
      name,
    );
});

const hasBash = spawnSync("bash", ["-c", "exit"]).status === 0;
if (hasBash)
  test("the script gives bash the part of a word that it replaces", ({ folder }) => {
    const script = flowmeter(folder, "completion", "bash").stdout;
    writeFileSync(join(folder, "script.sh"), script);
    const reply = (line: string, answers: readonly string[]): string => {
      // The program is a stand-in that shows what it was asked.
      const program = `
        fm() { [[ "$1 $2" == "--get-yargs-completions fm" ]] && shift 2; echo "$#:$*" >> asked; printf '%s\\n' ${answers.map((a) => `'${a}'`).join(" ")}; }
        source script.sh
        COMP_WORDBREAKS=$' \\t\\n"=:'
        COMP_LINE='${line} and more'; COMP_POINT=${line.length}
        _flowmeter; printf '%s|' "\${COMPREPLY[@]}"`;
      return spawnSync("bash", ["-c", program], { cwd: folder, encoding: "utf8" }).stdout;
    };
    assert.is(reply("fm run family=re", ["family=real-nvp", "other"]), "real-nvp|");
    assert.is(reply("fm run fam", ["family=", "family."]), "family=|family.|");
    assert.is(reply("fm status ", []), "|");
    const asked = readFileSync(join(folder, "asked"), "utf8");
    assert.is(
      asked,
      "2:run family=re\n2:run fam\n2:status \n",
      "up to the cursor, an empty word too",
    );
  });

test("a shell that has no script is a usage error", ({ folder }) => {
  assert.match(flowmeter(folder, "completion", "zsh").stdout, /^#compdef flowmeter/);
  const { code, stdout } = flowmeter(folder, "completion", "tcsh");
  assert.is(code, 2);
  assert.is(stdout, "");
});

test.run();
