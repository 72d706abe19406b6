import { test } from "uvu";
import * as assert from "uvu/assert";
import { solverContract } from "../../src/contract/index.ts";
import { rootedTrees } from "../../src/contract/order-conditions.ts";
import { heun } from "../../src/ode/tableaus.ts";
import { solvers } from "../../src/ode/solvers.ts";
import { tableauFault } from "../../src/ode/tableau-fault.ts";

for (const word of solvers.words) {
  const tableau = solvers.get(word);
  test(`${word} is the word of the method of that name`, () => {
    assert.is(tableau.name, word);
  });
  for (const { name, run } of solverContract(tableau)) test(name, run);
}

test("there are as many rooted trees as there should be", () => {
  // The On-Line Encyclopedia of Integer Sequences, A000081.
  assert.equal(
    [1, 2, 3, 4, 5, 6, 7].map((size) => rootedTrees(size).length),
    [1, 1, 2, 4, 9, 20, 48],
  );
});

test("a tableau that is no consistent explicit method is refused in words", () => {
  const fault = (change: object): string => tableauFault({ ...heun, ...change }) ?? "none";
  assert.is(fault({}), "none");
  assert.match(fault({ order: 0 }), /whole order of at least 1, got 0/);
  assert.match(fault({ weights: [1] }), /expected 2 weights, one for each node, got 1/);
  assert.match(fault({ weights: [0.5, 0.4] }), /the weights sum to 0\.9, expected 1/);
  assert.match(
    fault({ nodes: [0, 0.5] }),
    /row 1 of the matrix sums to 1, expected its node, 0\.5/,
  );
  assert.match(fault({ matrix: [[], [0.5, 0.5]] }), /row 1 of the matrix: expected 1 entries/);
  assert.match(fault({ matrix: [[]] }), /expected 2 rows of the matrix/);
  assert.match(fault({ nodes: [0, NaN] }), /finite/);
  assert.match(
    fault({ embedded: { order: 1, weights: [1, 0.1] } }),
    /the embedded weights sum to 1\.1/,
  );
  assert.match(fault({ embedded: { order: 1, weights: heun.weights } }), /no error can be seen/);
});

test.run();
