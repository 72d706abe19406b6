import { writeSync } from "node:fs";
import { decodeNumber, encodeNumbers } from "../record.ts";
import type { TrainingProgress } from "../training/train.ts";

/** What a supervisor asks of a worker process: a line of JSON on its standard input. */
export interface WorkerRequest {
  readonly folder: string;
  readonly force: boolean;
}

/** How a run ended, as its worker says. busy: another process works in the folder. */
export type WorkerOutcome = "done" | "diverged" | "failed" | "stopped" | "busy";

/** What a worker tells its supervisor: a line of JSON on file descriptor 3. */
export type WorkerMessage =
  | { readonly kind: "claimed"; readonly log: string }
  | { readonly kind: "progress"; readonly progress: TrainingProgress }
  | {
      readonly kind: "ended";
      readonly outcome: WorkerOutcome;
      /** In one line; empty where all is well. */
      readonly reason: string;
      /** Bytes that the process holds by now. */
      readonly memory: number;
    };

/**
 * Not Node's own channel: a library that writes into that one makes its reader throw, which would take the supervisor down with
 * all runs. And it sends later, so that the last words of a process that breaks down would be lost.
 */
export const REPLIES = 3;

/** Writes at once. A supervisor that is gone is noticed by the end of the standard input, so the error says nothing. */
export function sendMessage(message: WorkerMessage): void {
  try {
    writeSync(REPLIES, `${JSON.stringify(encodeNumbers(message))}\n`);
  } catch {
    // See above.
  }
}

const isObject = (x: unknown): x is object => typeof x === "object" && x !== null;
const isText = (x: unknown): boolean => typeof x === "string";

/** Numbers as numbers again, also those that JSON does not know: who shows them does not ask. */
function decodeProgress(progress: object): TrainingProgress {
  const { step, steps, loss, stepsPerSecond, remaining, last } = progress as TrainingProgress;
  return {
    ...{ step: decodeNumber(step), steps: decodeNumber(steps), loss: decodeNumber(loss) },
    stepsPerSecond: decodeNumber(stepsPerSecond),
    remaining: decodeNumber(remaining),
    ...(last !== undefined && { last }),
  };
}

/** The message of a line, or undefined for anything else that a library may have written there. */
export function parseMessage(line: string): WorkerMessage | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (!isObject(parsed)) return undefined;
  const message = parsed as Readonly<Record<string, unknown>>;
  if (message["kind"] === "progress" && isObject(message["progress"]))
    return { kind: "progress", progress: decodeProgress(message["progress"]) };
  const good =
    (message["kind"] === "claimed" && isText(message["log"])) ||
    (message["kind"] === "ended" && isText(message["outcome"]) && isText(message["reason"]));
  return good ? (message as unknown as WorkerMessage) : undefined;
}
