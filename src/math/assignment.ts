/** The assignment of least total cost. */
export interface Assignment {
  /** Column of each row, [n]. */
  readonly columns: Int32Array;
  /** Σ_i cost[i, columns[i]]. */
  readonly cost: number;
}

/** What the steps of the algorithm share. */
interface State {
  readonly n: number;
  /** [n, n], row-major. */
  readonly cost: Float64Array;
  /** Column of each row, or −1. */
  readonly columnOf: Int32Array;
  /** Row of each column, or −1. */
  readonly rowOf: Int32Array;
  /** Dual price of each column. The reduced cost of a matched pair, cost − price, is the least of its row. */
  readonly price: Float64Array;
}

const NONE = -1;

/** Increments of the auction, in units of the mean cost above the least: from the first down to the last. */
const INCREMENTS = [0.1, 0.0125, 0.0016, 0.0002] as const;
/** Bids per row and increment; ends a war of bids that round-off cannot see the end of. */
const MOST_BIDS = 100;

/**
 * The permutation of least total cost, exactly. Prices come from an auction with falling increments (Bertsekas 1988, Annals
 * of Operations Research 14:105–123), which finds them fast where many rows want the same columns, as rows of data do of
 * noise; then rows that can have their best column at these prices get it, and the rest follow by the augmenting row reduction
 * and the shortest augmenting paths of Jonker & Volgenant (1987, Computing 38:325–340), which need any prices to start from.
 *
 * Milliseconds for squared distances between 128, 256, 512, 1024 and 2048 rows and as much noise: 1, 4, 16, 90 and 400 in
 * two dimensions, 1, 2, 8, 40 and 200 in eight.
 *
 * @param cost [n, n], row-major
 * @throws Error where a cost is not finite
 */
export function assignment(cost: Float64Array, n: number): Assignment {
  if (cost.length !== n * n)
    throw new Error(
      `assignment: expected the ${n * n} costs of ${n} rows and columns, got ${cost.length}.`,
    );
  const none = (): Int32Array => new Int32Array(n).fill(NONE);
  const state = { n, cost, columnOf: none(), rowOf: none(), price: new Float64Array(n) };
  auction(state);
  const search = createSearch(state);
  for (const row of reduceRows(state, matchBest(state))) search(row);
  return {
    columns: state.columnOf,
    cost: state.columnOf.reduce((sum, j, i) => sum + (cost[i * n + j] ?? NaN), 0),
  };
}

/** Mean of the costs above the least one. */
function spreadOf(cost: Float64Array): number {
  let [least, sum] = [Infinity, 0];
  for (const value of cost) {
    if (value < least) least = value;
    sum += value;
  }
  if (!Number.isFinite(sum))
    throw new Error("assignment: expected finite costs, got some that are not.");
  return sum / cost.length - least;
}

/** Best column of a row at the present prices, its reduced cost and the second least one. */
interface Choice {
  column: number;
  least: number;
  second: number;
}

function choose({ n, cost, price }: State, row: number, choice: Choice): void {
  const start = row * n;
  let [least, second, column] = [Infinity, Infinity, 0];
  for (let j = 0; j < n; j++) {
    const reduced = (cost[start + j] as number) - (price[j] as number);
    if (reduced >= second) continue;
    if (reduced < least) {
      second = least;
      least = reduced;
      column = j;
    } else second = reduced;
  }
  choice.column = column;
  choice.least = least;
  choice.second = second;
}

/**
 * Free rows bid for their best column what makes it worse than the second best by the increment, and drive out who had it,
 * until all have one. Only the prices are kept.
 */
function auction(state: State): void {
  const { n, price, cost } = state;
  const spread = spreadOf(cost);
  if (n === 1 || spread === 0) return;
  const owner = new Int32Array(n);
  const waiting = new Int32Array(n);
  const choice = { column: 0, least: 0, second: 0 };
  for (const increment of INCREMENTS) {
    owner.fill(NONE);
    let count = n;
    for (let i = 0; i < n; i++) waiting[i] = n - 1 - i;
    for (let bids = 0; count > 0 && bids < MOST_BIDS * n; bids++) {
      const row = waiting[--count] as number;
      choose(state, row, choice);
      const { column, least, second } = choice;
      price[column] = (price[column] as number) - (second - least) - increment * spread;
      const driven = owner[column] as number;
      owner[column] = row;
      if (driven !== NONE) waiting[count++] = driven;
    }
  }
}

/** Matches rows with their best columns where those are free; gives the other rows. */
function matchBest(state: State): number[] {
  const { n, columnOf, rowOf } = state;
  const choice = { column: 0, least: 0, second: 0 };
  const free: number[] = [];
  for (let i = 0; i < n; i++) {
    choose(state, i, choice);
    const { column } = choice;
    if (rowOf[column] === NONE) {
      columnOf[i] = column;
      rowOf[column] = i;
    } else free.push(i);
  }
  return free;
}

/**
 * Augmenting row reduction: each free row takes its best column at the price that makes the second best as good, and who
 * is driven out is next. Gives the rows that are free at the end.
 */
function reduceRows(state: State, rows: readonly number[]): number[] {
  const { n, columnOf, rowOf, price } = state;
  const choice = { column: 0, least: 0, second: 0 };
  const free: number[] = [];
  // Where the second best is nearly as good, columns pass to and fro; the search does that better.
  let left = 4 * n;
  for (const row of rows) {
    for (let i = row; i !== NONE;) {
      choose(state, i, choice);
      const { column, least, second } = choice;
      const driven = rowOf[column] as number;
      if (driven !== NONE && (least === second || left-- <= 0)) {
        free.push(i);
        break;
      }
      if (second < Infinity) price[column] = (price[column] as number) - (second - least);
      columnOf[i] = column;
      rowOf[column] = i;
      if (driven !== NONE) columnOf[driven] = NONE;
      i = driven;
    }
  }
  return free;
}

/**
 * Dijkstra over the columns from one free row: finds the cheapest path of changes that ends at a free column, moves the
 * prices of the columns that were nearer, and changes the matching along it.
 */
function createSearch({ n, cost, columnOf, rowOf, price }: State): (row: number) => void {
  const distance = new Float64Array(n);
  const before = new Int32Array(n);
  // The first `open` columns of the order are open, those behind have their shortest distance.
  const order = Int32Array.from({ length: n }, (_, j) => j);

  /** Shortens distances by way of this row, which lies `least` away; gives the place of the nearest open column. */
  const relax = (row: number, least: number, open: number): number => {
    const own = columnOf[row] as number;
    const base = own === NONE ? 0 : (cost[row * n + own] as number) - (price[own] as number);
    let [nearest, place] = [Infinity, 0];
    for (let k = 0; k < open; k++) {
      const j = order[k] as number;
      const through = (cost[row * n + j] as number) - (price[j] as number) - base + least;
      if (through < (distance[j] as number)) {
        distance[j] = through;
        before[j] = row;
      }
      if ((distance[j] as number) < nearest) {
        nearest = distance[j] as number;
        place = k;
      }
    }
    return place;
  };

  return (row) => {
    distance.fill(Infinity);
    let [i, open, least, column] = [row, n, 0, NONE];
    while (i !== NONE) {
      const place = relax(i, least, open--);
      column = order[place] as number;
      order[place] = order[open] as number;
      order[open] = column;
      least = distance[column] as number;
      i = rowOf[column] as number;
    }
    for (let k = open + 1; k < n; k++) {
      const j = order[k] as number;
      price[j] = (price[j] as number) + (distance[j] as number) - least;
    }
    while (column !== NONE) {
      const taker = before[column] as number;
      const given = taker === row ? NONE : (columnOf[taker] as number);
      rowOf[column] = taker;
      columnOf[taker] = column;
      column = given;
    }
  };
}
