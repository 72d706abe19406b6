import type { Finding } from "./finding.ts";
import type { ProbeAnswer } from "./probes.ts";
import { runChild, type ChildEnd } from "./run-child.ts";

/** The command that runs a probe when its word is added: this program, as it runs. */
export type ProbeCommand = readonly [program: string, ...args: string[]];

export const probeCommand = (): ProbeCommand => [
  process.execPath,
  ...process.execArgv,
  process.argv[1] ?? "",
  "probe",
];

const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1) ?? "";

function answerIn(stdout: string): ProbeAnswer | undefined {
  try {
    const answer = JSON.parse(lastLine(stdout)) as Partial<ProbeAnswer> | null;
    return typeof answer?.ok === "boolean" ? (answer as ProbeAnswer) : undefined;
  } catch {
    return undefined;
  }
}

/** How a process ended that gave no answer. */
function howItEnded({ code, signal, timedOut, stderr }: ChildEnd, seconds: number): string {
  if (timedOut) return `did not end in ${seconds} s and was killed`;
  const words = lastLine(stderr);
  const how = signal === null ? `ended with exit code ${code ?? "?"}` : `crashed (${signal})`;
  return words === "" ? how : `${how}: ${words}`;
}

/**
 * Runs a probe in a process of its own, so that a native crash or an endless wait is a finding.
 *
 * @param seconds after which it is killed
 */
export async function askProbe(
  name: string,
  what: string,
  { command = probeCommand(), seconds = 60 }: { command?: ProbeCommand; seconds?: number } = {},
): Promise<Finding> {
  const [program, ...args] = command;
  const ended = await runChild(program, [...args, what], seconds);
  const answer = answerIn(ended.stdout);
  // A process that has answered may still break down on its way out, as bindings of GPUs do.
  if (answer !== undefined && ended.code === 0)
    return {
      name,
      status: answer.ok ? "ok" : answer.absent ? "missing" : "broken",
      detail: answer.detail,
    };
  const after = answer?.ok === true ? `${answer.detail}, but then ` : "";
  return { name, status: "broken", detail: `${after}${howItEnded(ended, seconds)}` };
}
