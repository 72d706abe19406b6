import { test } from "uvu";
import * as assert from "uvu/assert";

import { familyContract } from "../../src/contract/index.ts";
import { tf } from "../../src/engine/index.ts";
import { withEncode } from "./broken.ts";

test("an exempted check prints its reason and passes; an exemption without one, or of nothing, fails", async () => {
  const faulty = withEncode(({ z, logDet }) => ({ z, logDet: tf.neg(logDet) }));
  const run = async (exempt: Record<string, string>): Promise<string[]> => {
    const failures: string[] = [];
    for (const check of familyContract(faulty, { exempt }))
      if (check.name.includes("exempt"))
        await check.run().catch((error: unknown) => failures.push(String(error)));
    return failures;
  };
  const printed: unknown[] = [];
  const { log } = console;
  console.log = (...words: unknown[]) => printed.push(...words);
  try {
    assert.equal(await run({ "log-det": "this fault is made on purpose" }), []);
    assert.match(
      String(printed[0]),
      /^exempt: broken at D = \d: .*: this fault is made on purpose$/,
    );
    assert.match(
      (await run({ "log-det": "why not" })).join(),
      /expected a sentence that says why, got "why not"/,
    );
    assert.match(
      (await run({ "no such check": "this fault is made on purpose" })).join(),
      /no check has "no such check"/,
    );
  } finally {
    console.log = log;
  }
});

test.run();
