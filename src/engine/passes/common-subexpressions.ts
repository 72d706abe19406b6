import { uniformValue, type Graph, type Node, type Value } from "../graph.ts";

/** Constants up to this size are compared by content; larger ones are, if all their entries are equal. */
const SMALL = 4096;

/** −0 is not 0: it has another reciprocal. */
const signed = (entry: number): string => (Object.is(entry, -0) ? "-0" : String(entry));

/** Makes each value once: nodes with the same operator, attributes and inputs become one, equal constants too. */
export function commonSubexpressions(graph: Graph): Graph {
  const ids = new Map<Value, number>();
  const constants = new Map<string, Value>();
  const share = (value: Value): Value => {
    if (value.data === undefined) return value;
    const content = uniformValue(value) ?? (value.data.length > SMALL ? undefined : value.data);
    if (content === undefined) return value;
    const entries =
      typeof content === "number" ? signed(content) : Array.from(content, signed).join();
    const key = `${value.type}|${value.shape.join()}|${entries}`;
    const known = constants.get(key);
    if (known === undefined) constants.set(key, value);
    return known ?? value;
  };
  const idOf = (value: Value | undefined): number => {
    if (value === undefined) return -1;
    const id = ids.get(value) ?? ids.size;
    ids.set(value, id);
    return id;
  };

  // A body knows what is made before its loop, and captures it instead of making it again at every turn.
  const visit = (
    g: Graph,
    outer: ReadonlyMap<Value, Value>,
    before: ReadonlyMap<string, Node>,
  ): Graph => {
    const replaced = new Map(outer);
    const seen = new Map(before);
    const latest = (value: Value): Value => share(replaced.get(value) ?? value);
    const nodes: Node[] = [];
    for (const old of g.nodes) {
      const inputs = old.inputs.map((v) => (v === undefined ? v : latest(v)));
      if (old.body !== undefined) {
        nodes.push({ ...old, inputs, body: visit(old.body, replaced, seen) });
        continue;
      }
      const key = `${old.op}|${inputs.map(idOf).join()}|${JSON.stringify(old.attributes)}|${old.outputs.map((o) => o.shape.join("x")).join()}`;
      const twin = seen.get(key);
      if (twin === undefined) {
        const node = { ...old, inputs };
        seen.set(key, node);
        nodes.push(node);
      } else old.outputs.forEach((output, i) => replaced.set(output, twin.outputs[i] as Value));
    }
    return { inputs: g.inputs, outputs: g.outputs.map(latest), nodes };
  };
  return visit(graph, new Map(), new Map());
}
