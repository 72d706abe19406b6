import { tf, type EngineOptions, type Store, type Tensor } from "../engine/index.ts";
import { batched } from "../evaluation/batched.ts";
import type { Rows } from "../math/rows.ts";
import { slogdet } from "../math/slogdet.ts";
import type { Bijection, Call } from "../model.ts";
import { check, expect, expectClose, type Check } from "./check.ts";

export interface BijectionSubject {
  readonly name: string;
  readonly bijection: Bijection;
  readonly store: Store;
  /** Points to try it at, [D]; the store's values should be away from an identity start. */
  readonly rows: Rows;
  readonly context?: Rows;
  /** float64 on a compiled engine unless told otherwise. */
  readonly engine?: EngineOptions;
  /** Round trip and sum of log-determinants. Affine maps in float64: 1e-10; splines 1e-8. */
  readonly tolerance?: number;
}

export const FLOAT64: EngineOptions = { engine: "cpu", precision: "float64" };

/** What any invertible map with a log-determinant must satisfy. */
export function bijectionContract(subject: BijectionSubject): readonly Check[] {
  const { name, rows, tolerance = 1e-10 } = subject;
  // The Jacobian's determinant collects the round-off of D² derivatives.
  const jacobianTolerance = 100 * tolerance;
  return [
    check(`${name}: decode undoes encode, and the log-determinants cancel`, async () => {
      const { x, sum } = await roundTrip(subject, "encode");
      expectClose("decode(encode(x))", x, rows.values, tolerance);
      expectClose("logDet(encode) + logDet(decode)", sum, new Float64Array(rows.count), tolerance);
    }),
    check(`${name}: encode undoes decode, and the log-determinants cancel`, async () => {
      const { x, sum } = await roundTrip(subject, "decode");
      expectClose("encode(decode(z))", x, rows.values, tolerance);
      expectClose("logDet(decode) + logDet(encode)", sum, new Float64Array(rows.count), tolerance);
    }),
    check(`${name}: log-det of encode equals the autodiff Jacobian's`, async () => {
      const { logDet, truth } = await jacobianLogDets(subject, "encode");
      expectClose("logDet(encode)", logDet, truth, jacobianTolerance);
    }),
    check(`${name}: log-det of decode equals the autodiff Jacobian's`, async () => {
      const { logDet, truth } = await jacobianLogDets(subject, "decode");
      expectClose("logDet(decode)", logDet, truth, jacobianTolerance);
    }),
    check(
      `${name}: is not the identity where it is tried, so that the checks can fail`,
      async () => {
        const { y } = await apply(subject, "encode");
        expect(
          y.some((value, i) => Math.abs(value - (rows.values[i] ?? 0)) > 1e-3),
          "encode gives back its rows; perturb the variables before the contract runs.",
        );
      },
    ),
  ];
}

type Direction = "encode" | "decode";

/** One direction as a function of (x, call) → (y, logDet). */
function directed(bijection: Bijection, direction: Direction) {
  return (x: Tensor, call: Call): { y: Tensor; logDet: Tensor } => {
    if (direction === "encode") {
      const { z, logDet } = bijection.encode(x, call);
      return { y: z, logDet };
    }
    const { x: y, logDet } = bijection.decode(x, call);
    return { y, logDet };
  };
}

/** Compiles f, runs it over the subject's rows and lets it go. */
async function over<K extends string>(
  { name, store, rows, context, engine = FLOAT64 }: BijectionSubject,
  f: (x: Tensor, call: Call) => Record<K, Tensor>,
): Promise<Record<K, Float64Array>> {
  const program = await batched(
    {
      label: name,
      store,
      inputs: { rows: rows.shape, ...(context ? { context: context.shape } : {}) },
      body: ({ rows: x, context: condition }) => {
        expect(x !== undefined, "the program has no rows.");
        return f(x, { mode: "evaluate", ...(condition ? { context: condition } : {}) });
      },
    },
    rows.count,
    engine,
  );
  try {
    const results = await program.run({ rows, ...(context ? { context } : {}) });
    return results;
  } finally {
    await program.dispose();
  }
}

const apply = (subject: BijectionSubject, direction: Direction) =>
  over(subject, directed(subject.bijection, direction));

function roundTrip(subject: BijectionSubject, first: Direction) {
  const there = directed(subject.bijection, first);
  const back = directed(subject.bijection, first === "encode" ? "decode" : "encode");
  return over(subject, (rows, call) => {
    const one = there(rows, call);
    const two = back(one.y, call);
    return { x: two.y, sum: tf.add(one.logDet, two.logDet) };
  });
}

/** The map's own log-determinants, and those of its Jacobians: one reverse pass per output column. */
async function jacobianLogDets(subject: BijectionSubject, direction: Direction) {
  const { rows } = subject;
  const [dim = 0] = rows.shape;
  const map = directed(subject.bijection, direction);
  const { logDet, jacobian } = await over(subject, (x, call) => {
    const gradients = Array.from({ length: dim }, (_, column) =>
      tf.grad((point: Tensor) => tf.sum(tf.slice(map(point, call).y, [0, column], [-1, 1])))(x),
    );
    return { logDet: map(x, call).logDet, jacobian: tf.stack(gradients, 1) };
  });
  const truth = Float64Array.from(
    { length: rows.count },
    (_, i) => slogdet(jacobian.slice(i * dim * dim, (i + 1) * dim * dim), dim).logAbs,
  );
  return { logDet, truth };
}
