import { jacobian, tf, type EngineOptions, type Shape } from "../engine/index.ts";
import type { Store, Tensor } from "../engine/index.ts";
import { overRows } from "../evaluation/over-rows.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import { inverseNorm } from "../math/inverse-norm.ts";
import { slogdet } from "../math/slogdet.ts";
import type { Bijection, Call } from "../model.ts";
import { check, expect, expectClose, expectRowsClose, type Check } from "./check.ts";
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
  const property = (words: string, run: (subject: BijectionSubject) => Promise<void>): Check =>
    check(`${name}: ${words}`, async () => {
      const subject = await prepare();
      if (subject) await run(subject);
    });
  return [
    property("decode undoes encode, and the log-determinants cancel", decodeUndoesEncode),
    property("encode undoes decode, and the log-determinants cancel", encodeUndoesDecode),
    ...(["encode", "decode"] as const).map((direction) =>
      property(`log-det of ${direction} equals the autodiff Jacobian's`, (subject) =>
        comparedWithJacobian(subject, direction),
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

const toleranceOf = ({ tolerance = 1e-10 }: BijectionSubject): number => tolerance;

/**
 * How far a round trip may be off, per row: the tolerance, and round-off times what the way back multiplies it by. With
 * ‖J⁻¹‖ = 10⁹ a float64 error of 10⁻¹⁶ becomes 10⁻⁷ in any implementation; 1000 stands for the operations on the way.
 *
 * @param norms of the Jacobian of the second map
 */
function roundTripTolerances(subject: BijectionSubject, norms: Float64Array): Float64Array {
  const epsilon = (subject.engine ?? FLOAT64).precision === "float64" ? 2 ** -52 : 2 ** -23;
  return norms.map((norm) => toleranceOf(subject) + 1000 * epsilon * norm);
}

async function decodeUndoesEncode(subject: BijectionSubject): Promise<void> {
  const { rows } = subject;
  const size = rowSize(rows);
  const encode = directed(subject, "encode");
  const decode = directed(subject, "decode");
  const { x, sum, jacobians } = await over(subject, (start, call) => {
    const one = encode(start, call);
    const two = decode(one.y, call);
    return {
      x: two.y,
      sum: tf.add(one.logDet, two.logDet),
      jacobians: jacobian((points) => encode(points, repeatContext(call, start, points)).y, start),
    };
  });
  // The Jacobian of the way back is the inverse.
  const tolerances = roundTripTolerances(
    subject,
    perRow(jacobians, rows.count, (matrix) => inverseNorm(matrix, size)),
  );
  expectRowsClose("decode(encode(x))", x, rows.values, tolerances);
  const zeros = new Float64Array(rows.count);
  expectRowsClose("logDet(encode) + logDet(decode)", sum, zeros, tolerances);
}

async function encodeUndoesDecode(subject: BijectionSubject): Promise<void> {
  const { rows } = subject;
  const size = rowSize(rows);
  const encode = directed(subject, "encode");
  const decode = directed(subject, "decode");
  const { z, sum, jacobians } = await over(subject, (start, call) => {
    const one = decode(start, call);
    const two = encode(one.y, call);
    return {
      z: two.y,
      sum: tf.add(one.logDet, two.logDet),
      jacobians: jacobian((points) => encode(points, repeatContext(call, start, points)).y, one.y),
    };
  });
  const tolerances = roundTripTolerances(
    subject,
    perRow(jacobians, rows.count, (matrix) => rowSumNorm(matrix, size)),
  );
  expectRowsClose("encode(decode(z))", z, rows.values, tolerances);
  const zeros = new Float64Array(rows.count);
  expectRowsClose("logDet(decode) + logDet(encode)", sum, zeros, tolerances);
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

/** What f of flat rows gives at the subject's rows. */
const over = <K extends string>(
  { name, store, rows, context, engine = FLOAT64 }: BijectionSubject,
  f: (x: Tensor, call: Call) => Record<K, Tensor>,
): Promise<Record<K, Float64Array>> =>
  overRows({
    ...{ label: name, store, context, engine },
    rows: { ...rows, shape: [rowSize(rows)] },
    batch: rows.count,
    body: f,
  });

/** The map's own log-determinants beside those of its Jacobians. */
async function comparedWithJacobian(
  subject: BijectionSubject,
  direction: Direction,
): Promise<void> {
  const { logDet, jacobians } = await over(subject, (x, call) => {
    const map = directed(subject, direction);
    return {
      logDet: map(x, call).logDet,
      jacobians: jacobian((points) => map(points, repeatContext(call, x, points)).y, x),
    };
  });
  const truth = logDeterminants(jacobians, subject.rows.count, rowSize(subject.rows));
  // The Jacobian's determinant collects the round-off of D² derivatives.
  expectClose(`logDet(${direction})`, logDet, truth, 100 * toleranceOf(subject));
}

/** A Jacobian takes its rows [N, D] several times over; the condition [N, C] must follow. */
export function repeatContext(call: Call, rows: Tensor, repeated: Tensor): Call {
  if (!call.context) return call;
  const times = repeated.shape[0] / rows.shape[0];
  return { ...call, context: tf.tile(call.context, [times, 1]) };
}

/** A number for each of `count` matrices [D, D]. */
const perRow = (
  matrices: Float64Array,
  count: number,
  f: (matrix: Float64Array) => number,
): Float64Array => {
  const size = matrices.length / count;
  return Float64Array.from({ length: count }, (_, i) =>
    f(matrices.slice(i * size, (i + 1) * size)),
  );
};

/** log|det| of each of `count` matrices [D, D]. */
export const logDeterminants = (matrices: Float64Array, count: number, dim: number): Float64Array =>
  perRow(matrices, count, (matrix) => slogdet(matrix, dim).logAbs);

/** Largest sum of absolute values in a row. */
function rowSumNorm(matrix: Float64Array, dim: number): number {
  let largest = 0;
  for (let start = 0; start < matrix.length; start += dim) {
    const row = matrix.subarray(start, start + dim);
    largest = Math.max(
      largest,
      row.reduce((sum, value) => sum + Math.abs(value), 0),
    );
  }
  return largest;
}
