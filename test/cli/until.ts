import { setTimeout } from "node:timers/promises";

/** Waits until a condition holds; what takes longer than two minutes to get there has failed. */
export async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    if (waited > 120_000) throw new Error("waited for two minutes in vain");
    await setTimeout(20);
  }
}
