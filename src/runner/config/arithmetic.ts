import type { MathNode, MathType } from "mathjs";

/** What an expression may call: functions of a few numbers that give one number. */
const FUNCTIONS: readonly string[] = (
  "abs ceil floor round fix sign sqrt cbrt pow exp log log2 log10 log1p min max mod gcd lcm hypot " +
  "sin cos tan asin acos atan atan2 sinh cosh tanh"
).split(" ");

/** What else it may be made of. No ranges, matrices, objects, blocks or definitions: they reach further than a number, or never end. */
const NODES: readonly string[] = (
  "ConstantNode SymbolNode OperatorNode ParenthesisNode ConditionalNode RelationalNode FunctionNode " +
  "AccessorNode IndexNode"
).split(" ");

// With these mathjs would make a matrix out of a number, or a factorial that takes for ever.
const OPERATORS: readonly string[] = ["'", "!", "to", "in", ".^", ".*", "./", ".'"];

/** What of an expression is not arithmetic, in words; nothing where all is. */
function refusal(tree: MathNode): string | undefined {
  let found: string | undefined;
  const refuse = (reason: string): void => {
    found ??= reason;
  };
  tree.traverse((node: MathNode) => {
    const { type } = node;
    if (/Assignment/.test(type)) refuse("assignments are not allowed in a configuration");
    else if (!NODES.includes(type))
      refuse(`${type.replace(/Node$/, "").toLowerCase()}s are not allowed in a configuration`);
    const { fn, op, name } = node as MathNode & { fn?: MathNode; op?: string; name?: string };
    if (type === "FunctionNode") {
      const called = fn as (MathNode & { name?: string }) | undefined;
      if (called?.type !== "SymbolNode" || !FUNCTIONS.includes(called.name ?? ""))
        refuse(
          `"${called?.name ?? String(called)}" is not allowed in a configuration; there are ${FUNCTIONS.join(", ")}`,
        );
    }
    if (type === "OperatorNode" && OPERATORS.includes(op ?? ""))
      refuse(`the operator ${op ?? ""} is not allowed in a configuration`);
    if (type === "SymbolNode" && name?.startsWith("__") === true)
      refuse(`there is no key "${name}"`);
  });
  return found;
}

export type Arithmetic = (expression: string, scope: Readonly<Record<string, unknown>>) => unknown;

/** A number, a truth value or a text: what an option can be. */
const isPlain = (value: unknown): boolean => ["number", "boolean", "string"].includes(typeof value);

/**
 * Evaluates arithmetic by mathjs, and nothing but arithmetic: what an expression may be made of is listed, since what reaches the
 * process is not all known. mathjs takes half a second to load, so this is loaded only where there is arithmetic.
 */
export async function createArithmetic(): Promise<Arithmetic> {
  const { create, all } = await import("mathjs");
  const math = create(all ?? {}, { matrix: "Array" });
  const [equal, unequal] = [math.equal.bind(math), math.unequal.bind(math)];
  // mathjs compares numbers only, and would make them of texts: ${data.label == "power" ? 3 : 0}.
  const areTexts = (a: unknown, b: unknown): boolean =>
    typeof a === "string" && typeof b === "string";
  const compared = {
    equal: (a: MathType, b: MathType) => (areTexts(a, b) ? a === b : equal(a, b)),
    unequal: (a: MathType, b: MathType) => (areTexts(a, b) ? a !== b : unequal(a, b)),
  };
  math.import(compared, { override: true });
  return (expression, scope) => {
    const tree = math.parse(expression);
    const reason = refusal(tree);
    if (reason !== undefined) throw new Error(reason);
    const value: unknown = tree.compile().evaluate({ ...scope });
    if (!isPlain(value))
      throw new Error(
        `expected a number, got ${typeof value === "function" ? "a function" : JSON.stringify(value)}`,
      );
    return value;
  };
}
