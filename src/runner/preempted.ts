/** The reason of an AbortSignal by which a batch system takes the machine back; `exit.json` then says it as well. */
export const PREEMPTED = "preempted";
