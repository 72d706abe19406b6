import { test } from "uvu";
import * as assert from "uvu/assert";
import { didYouMean, nearest } from "../src/registry.ts";

const metrics = ["test_nll_standardised", "test_nll", "kl", "entropy", "bits_per_dim"];

test("what was probably meant is a slip of the keys, or the name that has the word among its parts", () => {
  assert.is(nearest("nll", metrics), "test_nll", "not kl, which is two letters away");
  assert.is(nearest("NLL", metrics), "test_nll");
  assert.is(nearest("kll", metrics), "kl");
  assert.is(nearest("kl_layer", metrics), "kl");
  assert.is(nearest("tst_nll", metrics), "test_nll");
  assert.is(nearest("entrpoy", metrics), "entropy");
  assert.is(nearest("dim", ["data.size", "data.dim", "family"]), "data.dim");
  // Two letters away, rather than a part of it.
  assert.is(nearest("family.wdiht", ["family", "family.width"]), "family.width");
});

test("nothing is guessed where nothing is near", () => {
  assert.is(nearest("accuracy", metrics), undefined);
  assert.is(nearest("nll", []), undefined);
  assert.is(didYouMean("accuracy", metrics), "");
});

test.run();
