import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const OURS = [
  "node:",
  "/node_modules/jiti/",
  "/node_modules/tsx/",
  "/node_modules/@tensorflow/",
  // Where source maps are read, TensorFlow.js's files have the names that they have at home.
  "/tfjs-core/src/",
  "/tfjs-backend-cpu/src/",
];
/** A frame with a whole path; `async Promise.all (index 3)` has none. */
const IN_A_FILE = /(?:^|[( ])(?:file:\/\/)?(?:\/|[A-Za-z]:\\)/;
const root = fileURLToPath(new URL("../..", import.meta.url));

/** Where an error was thrown by other code than Flowmeter's and its tools': `planar (my-flow.ts:12:9)`, if known. */
export function firstFrame(error: unknown): string | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frame = stack
    .split("\n")
    .map((line) => /^\s+at (.*)$/.exec(line)?.[1])
    .find(
      (at) =>
        at && IN_A_FILE.test(at) && !at.includes(root) && !OURS.some((own) => at.includes(own)),
    );
  return frame?.replace(/(?:file:\/\/)?(\/[^():]+)/, (path) => {
    const near = relative(process.cwd(), path.replace("file://", ""));
    return near.startsWith("..") ? path : near;
  });
}
