import type { buildTrainer } from "./build-trainer.ts";

/** One problem of bench/compare.ts; what its numbers mean, bench/peers/README.md says for each kind of work. */
export interface Size {
  readonly dim: number;
  readonly layers: number;
  readonly hidden: number;
  readonly batch: number;
}

/** What is known after one call. */
export interface CallResult {
  /** Of its last step, nats per row. */
  readonly loss: number;
  /** What else is known of it, by name: function evaluations. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** Steps that can be timed, compiled and not yet run. */
export interface Task {
  /** Trained scalars. */
  readonly parameters: number;
  readonly stepsPerCall: number;
  /** Calls after the first one, before times count. */
  readonly warmUpCalls: number;
  call(): Promise<CallResult>;
  dispose(): Promise<void>;
}

/** Training steps as a task. */
export function trainingTask({
  trainer,
  parameters,
  stepsPerCall,
}: Awaited<ReturnType<typeof buildTrainer>>): Task {
  let step = 0;
  return {
    ...{ parameters, stepsPerCall },
    warmUpCalls: 3,
    async call() {
      const losses = await trainer.run(step, stepsPerCall);
      step += stepsPerCall;
      return { loss: losses.at(-1) ?? NaN };
    },
    dispose: () => trainer.dispose(),
  };
}
