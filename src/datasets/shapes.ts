/** A shape on a canvas whose y points down. */
export interface Shape {
  /** Signed distance of a place from the shape's edge, negative inside. */
  readonly distance: (x: number, y: number) => number;
  /** What it lies in: left, right, top, bottom. Outside of it, distances need not be asked for. */
  readonly box: readonly [number, number, number, number];
}

/** Math.hypot guards against overflow, which costs ten times as much. */
const norm = (u: number, v: number): number => Math.sqrt(u * u + v * v);

/**
 * Ellipse with its axes along x and y. The distance is that of first order, (r − 1) r / |∇r²/2| with r = |(x/a, y/b)|: exact
 * at the edge, which is where coverage is decided.
 */
export const ellipse = (centreX: number, centreY: number, a: number, b: number): Shape => ({
  distance: (x, y) => {
    const u = (x - centreX) / a;
    const v = (y - centreY) / b;
    const r = norm(u, v);
    const slope = norm(u / a, v / b);
    return slope === 0 ? -Math.min(a, b) : ((r - 1) * r) / slope;
  },
  box: [centreX - a, centreX + a, centreY - b, centreY + b],
});

/** Line with round ends. */
export const stroke = (
  [fromX, fromY]: readonly [number, number],
  [toX, toY]: readonly [number, number],
  thickness: number,
): Shape => {
  const [dx, dy] = [toX - fromX, toY - fromY];
  const half = thickness / 2;
  return {
    distance: (x, y) => {
      const along = ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy);
      const t = Math.min(Math.max(along, 0), 1);
      return norm(x - fromX - t * dx, y - fromY - t * dy) - half;
    },
    box: [
      Math.min(fromX, toX) - half,
      Math.max(fromX, toX) + half,
      Math.min(fromY, toY) - half,
      Math.max(fromY, toY) + half,
    ],
  };
};

/** Bow y = middle + bend · (x / half)² for |x| ≤ half, with ends cut off. */
export const bow = (middle: number, bend: number, half: number, thickness: number): Shape => {
  // Across the steepest part the line is higher than it is thick.
  const reach = (thickness / 2) * norm(1, (2 * bend) / half);
  return {
    distance: (x, y) => {
      const u = x / half;
      const slope = (2 * bend * u) / half;
      const across = Math.abs(y - middle - bend * u * u) / norm(1, slope) - thickness / 2;
      return Math.max(across, Math.abs(x) - half);
    },
    box: [-half, half, middle + Math.min(bend, 0) - reach, middle + Math.max(bend, 0) + reach],
  };
};

/** What is above a height. */
export const above = (height: number): Shape => ({
  distance: (_x, y) => y - height,
  box: [-Infinity, Infinity, -Infinity, height],
});

/** What two shapes have in common. */
export const both = (first: Shape, second: Shape): Shape => {
  const [a, b] = [first.box, second.box];
  return {
    distance: (x, y) => Math.max(first.distance(x, y), second.distance(x, y)),
    box: [Math.max(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.min(a[3], b[3])],
  };
};

/** Share of a pixel that a shape covers, from the distance of the pixel's centre; `density` is pixels per unit. */
export function coverage({ distance, box }: Shape, x: number, y: number, density: number): number {
  const margin = 0.5 / density;
  if (x < box[0] - margin || x > box[1] + margin) return 0;
  if (y < box[2] - margin || y > box[3] + margin) return 0;
  return Math.min(Math.max(0.5 - distance(x, y) * density, 0), 1);
}
