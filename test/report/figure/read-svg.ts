/** What a test reads from a figure: the parts of one panel, with pixels turned into the numbers of its axes. */
export interface ReadPanel {
  readonly title: string;
  /** Points of each series in the order of drawing, [x, y]. */
  readonly dots: readonly (readonly (readonly [number, number])[])[];
  readonly labels: readonly string[];
}

const groups = (svg: string, label: string): readonly string[] =>
  [...svg.matchAll(new RegExp(`<g[^>]*aria-label="${label}"[^>]*>(.*?)</g>`, "gs"))].map(
    ([, inside = ""]) => inside,
  );

const pairs = (inside: string): readonly (readonly [number, number])[] =>
  [...inside.matchAll(/translate\(([-\d.]+),([-\d.]+)\)|cy="([-\d.]+)" cx="([-\d.]+)"/g)].map(
    ([, x, y, cy, cx]) => [Number(x ?? cx), Number(y ?? cy)],
  );

const toNumber = (text: string): number => Number(text.replace("−", "-").replaceAll(",", ""));

/** Pixel → number, from the first and the last label of the axis. */
function inverse(panel: string, axis: "x" | "y", log: boolean): (pixel: number) => number {
  const [inside = ""] = groups(panel, `${axis}-axis tick label`);
  const texts = [...inside.matchAll(/>([^<]+)<\/text>/g)].map(([, text = ""]) => toNumber(text));
  const at = pairs(inside).map((pair) => pair[axis === "x" ? 0 : 1]);
  const scaled = texts.map((value) => (log ? Math.log(value) : value));
  const [p0 = NaN, p1 = NaN, v0 = NaN, v1 = NaN] = [at[0], at.at(-1), scaled[0], scaled.at(-1)];
  return (pixel) => {
    const value = v0 + ((pixel - p0) / (p1 - p0)) * (v1 - v0);
    return log ? Math.exp(value) : value;
  };
}

/** The panels of a figure; of its axes those named are logarithmic. */
export function readPanels(svg: string, log: readonly ("x" | "y")[] = []): readonly ReadPanel[] {
  const [body = ""] = svg.split('<g class="legend"');
  return body
    .split('<g class="panel"')
    .slice(1)
    .map((panel) => {
      const x = inverse(panel, "x", log.includes("x"));
      const y = inverse(panel, "y", log.includes("y"));
      return {
        title: /<text[^>]*text-anchor="middle">([^<]*)<\/text>/.exec(panel)?.[1] ?? "",
        dots: groups(panel, "dot").map((inside) =>
          pairs(inside).map(([px, py]) => [x(px), y(py)] as const),
        ),
        labels: [...panel.matchAll(/>([^<>]+)<\/text>/g)].map(([, text = ""]) => text),
      };
    });
}
