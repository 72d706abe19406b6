import {
  readsOf,
  type Attribute,
  type Graph,
  type Node,
  type Value,
  type ValueType,
} from "../graph.ts";
import type { Precision } from "../program.ts";
import { ATTRIBUTE, ELEMENT, ModelProto } from "./schema.ts";

const OPSET = 18;
const IR_VERSION = 8;

/** Names of a graph's inputs and outputs, in their order. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Writes a graph as an ONNX model. `real` becomes the element type of the given precision, constants included. */
export function encode(graph: Graph, precision: Precision): Encoded {
  const names = new Map<Value, string>();
  const nameOf = (value: Value): string => {
    const known = names.get(value);
    if (known !== undefined) return known;
    const name = `v${names.size}`;
    names.set(value, name);
    return name;
  };
  const elementOf = (type: ValueType): number => ELEMENT[type === "real" ? precision : type];

  const info = (value: Value) => ({
    name: nameOf(value),
    type: {
      tensorType: {
        elemType: elementOf(value.type),
        shape: { dim: value.shape.map((d) => ({ dimValue: d })) },
      },
    },
  });
  const node = ({ op, domain = "", inputs, outputs, attributes, body }: Node): object => ({
    opType: op,
    domain,
    input: inputs.map((v) => (v === undefined ? "" : nameOf(v))),
    output: outputs.map(nameOf),
    attribute: [
      ...Object.entries(attributes).map(([key, value]) => attributeProto(key, value, elementOf)),
      ...(body === undefined
        ? []
        : [{ name: "body", type: ATTRIBUTE.graph, g: graphProto(body, []) }]),
    ],
  });
  const graphProto = (g: Graph, initializers: readonly Value[]): object => ({
    name: "flowmeter",
    node: g.nodes.map(node),
    initializer: initializers.map((value) => ({
      name: nameOf(value),
      dims: value.shape,
      dataType: elementOf(value.type),
      rawData: rawData(value, precision),
    })),
    input: g.inputs.map(info),
    output: g.outputs.map(info),
  });

  const proto = {
    irVersion: IR_VERSION,
    producerName: "flowmeter",
    opsetImport: [
      { domain: "", version: OPSET },
      { domain: "com.microsoft", version: 1 },
    ],
    graph: graphProto(graph, constantsOf(graph)),
  };
  return {
    bytes: ModelProto.encode(ModelProto.create(proto)).finish(),
    inputs: graph.inputs.map(nameOf),
    outputs: graph.outputs.map(nameOf),
  };
}

function attributeProto(
  name: string,
  value: Attribute,
  elementOf: (type: ValueType) => number,
): object {
  if (typeof value === "number") return { name, type: ATTRIBUTE.int, i: value };
  if (typeof value === "string")
    return { name, type: ATTRIBUTE.string, s: new TextEncoder().encode(value) };
  if ("float" in value) return { name, type: ATTRIBUTE.float, f: value.float };
  if ("cast" in value) return { name, type: ATTRIBUTE.int, i: elementOf(value.cast) };
  return { name, type: ATTRIBUTE.ints, ints: value };
}

/** Every constant that the graph or a body reads: all of them are stored with the outermost graph. */
function constantsOf(graph: Graph): Value[] {
  const found = new Set<Value>();
  for (const value of [...graph.nodes.flatMap(readsOf), ...graph.outputs])
    if (value.data !== undefined) found.add(value);
  return [...found];
}

function rawData({ data = [], type }: Value, precision: Precision): Uint8Array {
  const array =
    type === "int64"
      ? BigInt64Array.from(Array.from(data, (x) => BigInt(x)))
      : type === "int32"
        ? Int32Array.from(data)
        : type === "bool"
          ? Uint8Array.from(data)
          : precision === "float64"
            ? Float64Array.from(data)
            : Float32Array.from(data);
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
