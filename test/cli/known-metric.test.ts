import { test } from "uvu";
import * as assert from "uvu/assert";
import { whyNoMetric } from "../../src/cli/known-metric.ts";
import { fakeRecord } from "../report/fake-record.ts";
import { saying } from "../saying.ts";

const unit = { n: 10, nonfinite: 0, unit: "nats" };
const metrics = { test_nll: { value: 1, ...unit } };
const ofFile = [{ ...fakeRecord("real-nvp", 0, 1), dataset: "wine", metrics }];

test("the gap to an entropy that nobody knows is refused with the data's name and a cure", () => {
  for (const metric of ["kl", "entropy"])
    assert.throws(
      () => whyNoMetric(ofFile, metric, false),
      saying(`--metric ${metric}: neither density nor entropy is known of wine; give --metric`),
    );
});

test("where one run has it, the table of all is made", () => {
  const [first] = ofFile;
  const known = { ...fakeRecord("real-nvp", 0, 1), metrics: { kl: { value: 0.1, ...unit } } };
  assert.is(whyNoMetric([...(first ? [first] : []), known], "kl", false), undefined);
});

test.run();
