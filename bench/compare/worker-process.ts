import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What else is known of the last step, by name: function evaluations. */
export type Figures = Readonly<Record<string, number>>;

/** What a worker says of itself after warm-up. */
export interface Ready {
  readonly ready: true;
  readonly library: string;
  readonly version: string;
  readonly mode: string;
  /** Trained scalars. */
  readonly parameters: number;
  readonly threads: number;
  readonly blas: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly compileSeconds: number;
  /** Nats per row after warm-up. */
  readonly loss: number;
  readonly figures?: Figures;
}

/** Answer to a block of steps. */
export interface Block {
  /** One entry per step, or the mean of each group of steps that ran as one call. */
  readonly milliseconds: readonly number[];
  readonly loss: number;
  readonly figures?: Figures;
}

export interface Worker {
  readonly ready: Ready;
  run(steps: number): Promise<Block>;
  close(): void;
}

const START_SECONDS = 600;
const BLOCK_SECONDS = 120;

/**
 * The environment of every worker. Variables that pin OpenBLAS to another CPU's kernels would slow NumPy and BLAS; all get
 * the huge pages that Flowmeter's own sweeps give to their workers.
 */
function environment(): NodeJS.ProcessEnv {
  const slowing = ["OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"];
  const kept = Object.entries(process.env).filter(([name]) => !slowing.includes(name));
  return {
    ...Object.fromEntries(kept),
    PYTHONDONTWRITEBYTECODE: "1",
    GLIBC_TUNABLES: "glibc.malloc.hugetlb=1",
  };
}

/** Starts a worker and waits for its warm-up. It then sleeps on its input until `run`. */
export async function startWorker(
  command: readonly string[],
): Promise<Worker | { readonly skipped: string }> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, { env: environment(), stdio: ["pipe", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const broken = new Promise<never>((_, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      const lastLine = complaints.trim().split("\n").at(-1) ?? "";
      reject(new Error(`the worker ended (${signal ?? `exit code ${code ?? "?"}`}): ${lastLine}`));
    });
  });
  broken.catch(() => undefined); // it is also awaited by whoever waits for an answer
  child.stdin.on("error", () => undefined); // a dead worker is reported by `broken`
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const answer = async (seconds: number): Promise<unknown> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new Error(`no answer within ${seconds} s`));
      }, 1000 * seconds);
    });
    try {
      const line = await Promise.race([lines.next(), broken, late]);
      return line.done === true ? await broken : (JSON.parse(line.value) as unknown);
    } finally {
      clearTimeout(timer);
    }
  };

  try {
    const ready = (await answer(START_SECONDS)) as Ready | { readonly skipped: string };
    if (!("ready" in ready)) {
      child.stdin.end();
      return ready;
    }
    return {
      ready,
      async run(steps) {
        child.stdin.write(`${JSON.stringify({ steps })}\n`);
        return (await answer(BLOCK_SECONDS)) as Block;
      },
      close: () => void child.stdin.end(),
    };
  } catch (error) {
    child.kill("SIGKILL");
    return { skipped: error instanceof Error ? error.message : String(error) };
  }
}
