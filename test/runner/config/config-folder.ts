import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { suite, type Test } from "uvu";
import { ConfigError } from "../../../src/runner/config/problem.ts";

/** A suite whose tests each get an empty folder for configuration files. */
export function configSuite(name: string): Test<{ folder: string }> {
  const test = suite<{ folder: string }>(name);
  test.before.each((context) => {
    context.folder = mkdtempSync(join(tmpdir(), "flowmeter-config-"));
  });
  test.after.each(({ folder }) => {
    rmSync(folder, { recursive: true });
  });
  return test;
}

export const write = (folder: string, name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};

/** The message of the ConfigError that a resolution ends with. */
export const problemsOf = async (promise: Promise<unknown>): Promise<string> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("the configuration was accepted");
};

export const BASE = ["family=alpha", "data=dots"];
