import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** CPUs that this process may run on, in order; empty where the system does not say (outside Linux). */
function allowedCpus(): number[] {
  let status: string;
  try {
    status = readFileSync("/proc/self/status", "utf8");
  } catch {
    return [];
  }
  const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(status)?.[1] ?? "";
  return list.split(",").flatMap((range) => {
    const [first = NaN, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/**
 * Words to put before a command so that it and its threads share `threads` CPUs: the same ones for every worker, since
 * only one works at a time. Empty where `taskset` is absent; then only the libraries' own thread settings hold.
 */
export function boundTo(threads: number): readonly string[] {
  const cpus = allowedCpus().slice(0, threads);
  if (cpus.length < threads || spawnSync("taskset", ["--version"]).status !== 0) return [];
  return ["taskset", "-c", cpus.join(",")];
}
