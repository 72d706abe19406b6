/** Longer ones are no message of ours: what has come of them is dropped. */
const LONGEST = 1 << 20;

/** Cuts a stream of text into its lines, without their ends. */
export function lineReader(onLine: (line: string) => void): (chunk: Buffer | string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST) rest = "";
    for (const line of lines) onLine(line);
  };
}
