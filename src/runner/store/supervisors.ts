import { closeSync, existsSync, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { readJsonLines } from "./jsonl.ts";
import { isSurelyAlive, placeOf, type Owner } from "./owner.ts";

/** Who does a sweep, as the first line of its file of events has it. */
export interface Supervisor {
  readonly owner: Owner;
  /** Of the sweep's folder when it began: that of a copy is another. */
  readonly place?: string;
  /** Name of its file of events. */
  readonly file: string;
}

/** A first line is shorter than this. */
const HEAD = 4096;

function firstLine(path: string): string {
  const fd = openSync(path, "r");
  try {
    const buffer = Buffer.alloc(HEAD);
    const text = buffer.toString("utf8", 0, readSync(fd, buffer));
    return text.slice(0, Math.max(0, text.indexOf("\n")));
  } finally {
    closeSync(fd);
  }
}

/** All that ever did this sweep; files of versions that did not write who they are of are left out. */
export function supervisorsOf(folder: string): readonly Supervisor[] {
  const events = join(folder, "events");
  if (!existsSync(events)) return [];
  return readdirSync(events)
    .filter((name) => name.endsWith(".jsonl"))
    .sort()
    .flatMap((file) => {
      try {
        const line = JSON.parse(firstLine(join(events, file))) as Partial<Supervisor>;
        const { owner, place } = line;
        return owner === undefined ? [] : [{ owner, file, ...(place !== undefined && { place }) }];
      } catch {
        // Cut off in its first line: its process had no time to start anything.
        return [];
      }
    });
}

/** Whether the last that a supervisor did about a run was to end it. */
export function hasEnded({ file }: Supervisor, folder: string, runId: string): boolean {
  const { records } = readJsonLines(join(folder, "events", file));
  const own = (records as ({ readonly run?: string; readonly event?: string } | null)[]).filter(
    (event) => event?.run === runId,
  );
  return own.at(-1)?.event === "end";
}

/** Whether a supervisor is at work in this very folder, and surely so. */
export const supervises = ({ owner, place }: Supervisor, folder: string): boolean =>
  place === placeOf(folder) && isSurelyAlive(owner);
