import { jacobian, tf, type EngineOptions, type Shape } from "../engine/index.ts";
import type { Store, Tensor } from "../engine/index.ts";
import { batched } from "../evaluation/batched.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import { slogdet } from "../math/slogdet.ts";
import type { Bijection, Call } from "../model.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { FLOAT64 } from "./setting.ts";

export interface BijectionSubject {
  readonly name: string;
  readonly bijection: Bijection;
  readonly store: Store;
  /**
   * Points to try it at, [D] or [height, width, channels]; the store's values should be away from an identity start.
   * Latent rows are [N, D] with D the entries of a row.
   */
  readonly rows: Rows;
  readonly context?: Rows;
  /** float64 on a compiled engine unless told otherwise. */
  readonly engine?: EngineOptions;
  /** Round trip and sum of log-determinants. Affine maps in float64: 1e-10; splines 1e-8. */
  readonly tolerance?: number;
}

/** A bijection's name, and how to get it ready: whatever goes wrong on the way is a failed check. */
export interface LazyBijection {
  readonly name: string;
  /** Nothing where there is no bijection to check. */
  readonly prepare: () => Promise<BijectionSubject | undefined>;
}

/** What any invertible map with a log-determinant must satisfy. */
export const bijectionContract = (subject: BijectionSubject): readonly Check[] =>
  lazyBijectionContract({ name: subject.name, prepare: () => Promise.resolve(subject) });

export function lazyBijectionContract({ name, prepare }: LazyBijection): readonly Check[] {
  const property = (
    words: string,
    run: (subject: BijectionSubject, tolerance: number) => Promise<void>,
  ): Check =>
    check(`${name}: ${words}`, async () => {
      const subject = await prepare();
      if (subject) await run(subject, subject.tolerance ?? 1e-10);
    });
  const zeros = ({ rows }: BijectionSubject) => new Float64Array(rows.count);
  return [
    property(
      "decode undoes encode, and the log-determinants cancel",
      async (subject, tolerance) => {
        const { x, sum } = await roundTrip(subject, "encode");
        expectClose("decode(encode(x))", x, subject.rows.values, tolerance);
        expectClose("logDet(encode) + logDet(decode)", sum, zeros(subject), tolerance);
      },
    ),
    property(
      "encode undoes decode, and the log-determinants cancel",
      async (subject, tolerance) => {
        const { x, sum } = await roundTrip(subject, "decode");
        expectClose("encode(decode(z))", x, subject.rows.values, tolerance);
        expectClose("logDet(decode) + logDet(encode)", sum, zeros(subject), tolerance);
      },
    ),
    ...(["encode", "decode"] as const).map((direction) =>
      property(
        `log-det of ${direction} equals the autodiff Jacobian's`,
        async (subject, tolerance) => {
          const { logDet, truth } = await jacobianLogDets(subject, direction);
          // The Jacobian's determinant collects the round-off of D² derivatives.
          expectClose(`logDet(${direction})`, logDet, truth, 100 * tolerance);
        },
      ),
    ),
    property(
      "is not the identity where it is tried, so that the checks can fail",
      async (subject) => {
        const { y } = await over(subject, directed(subject, "encode"));
        expect(
          y.some((value, i) => Math.abs(value - (subject.rows.values[i] ?? 0)) > 1e-3),
          "encode gives back its rows; perturb the variables before the contract runs.",
        );
      },
    ),
  ];
}

type Direction = "encode" | "decode";
type FlatMap = (x: Tensor, call: Call) => { y: Tensor; logDet: Tensor };

/** One direction as a function of flat rows: ([N, D], call) → (y [N, D], logDet [N]). */
function directed({ bijection, rows }: BijectionSubject, direction: Direction): FlatMap {
  const size = rowSize(rows);
  const flat = (t: Tensor): Tensor => (t.rank === 2 ? t : tf.reshape(t, [t.shape[0], size]));
  return (x, call) => {
    if (direction === "encode") {
      const { z, logDet } = bijection.encode(withShape(x, rows.shape), call);
      return { y: flat(z), logDet };
    }
    const { x: y, logDet } = bijection.decode(x, call);
    return { y: flat(y), logDet };
  };
}

const withShape = (flat: Tensor, shape: Shape): Tensor =>
  shape.length === 1 ? flat : tf.reshape(flat, [flat.shape[0], ...shape]);

/** Compiles f of flat rows, runs it over the subject's rows and lets it go. */
async function over<K extends string>(
  { name, store, rows, context, engine = FLOAT64 }: BijectionSubject,
  f: (x: Tensor, call: Call) => Record<K, Tensor>,
): Promise<Record<K, Float64Array>> {
  const flat: Rows = { ...rows, shape: [rowSize(rows)] };
  const program = await batched(
    {
      label: name,
      store,
      inputs: { rows: flat.shape, ...(context ? { context: context.shape } : {}) },
      body: ({ rows: x, context: condition }) => {
        expect(x !== undefined, "the program has no rows.");
        return f(x, { mode: "evaluate", ...(condition ? { context: condition } : {}) });
      },
    },
    rows.count,
    engine,
  );
  try {
    const results = await program.run({ rows: flat, ...(context ? { context } : {}) });
    return results;
  } finally {
    await program.dispose();
  }
}

function roundTrip(subject: BijectionSubject, first: Direction) {
  const there = directed(subject, first);
  const back = directed(subject, first === "encode" ? "decode" : "encode");
  return over(subject, (rows, call) => {
    const one = there(rows, call);
    const two = back(one.y, call);
    return { x: two.y, sum: tf.add(one.logDet, two.logDet) };
  });
}

/** The map's own log-determinants, and those of its Jacobians. */
async function jacobianLogDets(subject: BijectionSubject, direction: Direction) {
  const { logDet, jacobians } = await over(subject, (x, call) => {
    const map = directed(subject, direction);
    return {
      logDet: map(x, call).logDet,
      jacobians: jacobian((points) => map(points, repeatContext(call, x, points)).y, x),
    };
  });
  return { logDet, truth: logDeterminants(jacobians, subject.rows.count, rowSize(subject.rows)) };
}

/** A Jacobian takes its rows [N, D] several times over; the condition [N, C] must follow. */
export function repeatContext(call: Call, rows: Tensor, repeated: Tensor): Call {
  if (!call.context) return call;
  const times = repeated.shape[0] / rows.shape[0];
  return { ...call, context: tf.tile(call.context, [times, 1]) };
}

/** log|det| of each of `count` matrices [D, D]. */
export const logDeterminants = (
  jacobians: Float64Array,
  count: number,
  dim: number,
): Float64Array =>
  Float64Array.from(
    { length: count },
    (_, i) => slogdet(jacobians.slice(i * dim * dim, (i + 1) * dim * dim), dim).logAbs,
  );
