/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  /** missing: not there, which may be all right; broken: there, but not working. */
  readonly status: "ok" | "missing" | "broken";
  readonly detail: string;
  /** What would put it right. */
  readonly cure?: string;
  readonly [fact: string]: unknown;
}
