import protobuf from "protobufjs/light.js";

/**
 * The messages of ONNX that we write, as a protobuf descriptor. Field numbers are those of the format's definition
 * (onnx.proto, IR version 8).
 */
const field = (type: string, id: number, rule?: "repeated") =>
  rule === undefined ? { type, id } : { type, id, rule };

const root = protobuf.Root.fromJSON({
  nested: {
    ModelProto: {
      fields: {
        irVersion: field("int64", 1),
        producerName: field("string", 2),
        graph: field("GraphProto", 7),
        opsetImport: field("OperatorSetIdProto", 8, "repeated"),
      },
    },
    OperatorSetIdProto: { fields: { domain: field("string", 1), version: field("int64", 2) } },
    GraphProto: {
      fields: {
        node: field("NodeProto", 1, "repeated"),
        name: field("string", 2),
        initializer: field("TensorProto", 5, "repeated"),
        input: field("ValueInfoProto", 11, "repeated"),
        output: field("ValueInfoProto", 12, "repeated"),
      },
    },
    NodeProto: {
      fields: {
        input: field("string", 1, "repeated"),
        output: field("string", 2, "repeated"),
        name: field("string", 3),
        opType: field("string", 4),
        attribute: field("AttributeProto", 5, "repeated"),
        domain: field("string", 7),
      },
    },
    AttributeProto: {
      fields: {
        name: field("string", 1),
        f: field("float", 2),
        i: field("int64", 3),
        s: field("bytes", 4),
        g: field("GraphProto", 6),
        ints: field("int64", 8, "repeated"),
        type: field("int32", 20),
      },
    },
    TensorProto: {
      fields: {
        dims: field("int64", 1, "repeated"),
        dataType: field("int32", 2),
        name: field("string", 8),
        rawData: field("bytes", 9),
      },
    },
    ValueInfoProto: { fields: { name: field("string", 1), type: field("TypeProto", 2) } },
    TypeProto: { fields: { tensorType: field("TensorTypeProto", 1) } },
    TensorTypeProto: {
      fields: { elemType: field("int32", 1), shape: field("TensorShapeProto", 2) },
    },
    TensorShapeProto: { fields: { dim: field("DimensionProto", 1, "repeated") } },
    DimensionProto: { fields: { dimValue: field("int64", 1) } },
  },
});

export const ModelProto = root.lookupType("ModelProto");

/** TensorProto.DataType */
export const ELEMENT = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 } as const;
/** AttributeProto.AttributeType */
export const ATTRIBUTE = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;
