import { check, expect, type Check } from "./check.ts";

/** At least a few words: "because" alone is no reason. */
const SHORTEST_REASON = 15;

/**
 * The checks, those whose name contains a part named in `exempt` printing the reason instead of running. A part that no
 * name contains, and a reason that is no sentence, are failed checks: exemptions do not outlive their cause unseen.
 */
export function exempted(
  checks: readonly Check[],
  exempt: Readonly<Record<string, string>>,
): readonly Check[] {
  const parts = Object.entries(exempt);
  const faults = parts.flatMap(([part, reason]) => [
    check(`the exemption of "${part}" names a check and says why`, () => {
      expect(
        checks.some(({ name }) => name.includes(part)),
        `no check has "${part}" in its name; the checks are:\n${checks.map(({ name }) => name).join("\n")}`,
      );
      expect(
        reason.trim().length >= SHORTEST_REASON,
        `expected a sentence that says why, got "${reason}".`,
      );
    }),
  ]);
  const kept = checks.map(({ name, run }): Check => {
    const found = parts.find(([part]) => name.includes(part));
    if (!found) return { name, run };
    return check(`${name} [exempt]`, () => {
      console.log(`exempt: ${name}: ${found[1]}`);
    });
  });
  return [...faults, ...kept];
}
