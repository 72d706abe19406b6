import { ConfigError } from "../runner/config/problem.ts";
import { isUserError } from "../runner/user-error.ts";

export type Settled<T> = PromiseSettledResult<T>;

/** What a step gives, or what it throws. */
export async function settled<T>(step: () => T | Promise<T>): Promise<Settled<T>> {
  const [result] = await Promise.allSettled([Promise.resolve().then(step)]);
  return result;
}

/**
 * What all steps gave.
 *
 * @throws what they threw, as one where the user can put right all of it: a slip in an option hides none in a key
 */
export function together<T extends Readonly<Record<string, Settled<unknown>>>>(
  steps: T,
): { readonly [K in keyof T]: T[K] extends Settled<infer V> ? V : never } {
  const errors = Object.values(steps).flatMap((step): readonly unknown[] =>
    step.status === "rejected" ? [step.reason] : [],
  );
  const [first] = errors;
  const other = errors.find((error) => !isUserError(error));
  if (other !== undefined) throw other as Error;
  if (errors.length === 1) throw first as Error;
  if (errors.length > 1) {
    const problems = errors.flatMap((error) =>
      error instanceof ConfigError ? error.problems : [{ message: (error as Error).message }],
    );
    throw new ConfigError(problems);
  }
  return Object.fromEntries(
    Object.entries(steps).map(([name, step]) => [
      name,
      step.status === "fulfilled" ? step.value : undefined,
    ]),
  ) as ReturnType<typeof together<T>>;
}
