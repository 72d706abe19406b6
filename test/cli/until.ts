import { setTimeout } from "node:timers/promises";

/** Waits until a condition holds; what takes longer than so many seconds has failed. */
export async function until(
  what: string,
  holds: () => boolean,
  { seconds = 300 } = {},
): Promise<void> {
  for (let waited = 0; !holds(); waited += 20) {
    if (waited > seconds * 1000) throw new Error(`waited ${seconds} s in vain until ${what}`);
    await setTimeout(20);
  }
}
