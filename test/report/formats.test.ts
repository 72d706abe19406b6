import { tableFromIPC } from "@uwdata/flechette";
import { parse } from "csv-parse/sync";
import { parquetReadObjects } from "hyparquet";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FORMATS, formatNames, formatOfFile, formatTable } from "../../src/report/format-table.ts";
import { arrow } from "../../src/report/formats/arrow.ts";
import { caption } from "../../src/report/formats/caption.ts";
import { columns } from "../../src/report/formats/columns.ts";
import { csv } from "../../src/report/formats/csv.ts";
import { html } from "../../src/report/formats/html.ts";
import { latex } from "../../src/report/formats/latex.ts";
import { markdown } from "../../src/report/formats/markdown.ts";
import { parquet } from "../../src/report/formats/parquet.ts";
import { makeTable, type Table } from "../../src/report/table.ts";
import { fakeRecord } from "./fake-record.ts";

const HOSTILE = 'a,"b"\n<script>&x</script>|$1_{2}%#~^\\end{tabular}';

/** Two families of three seeds, one of a name that breaks what it can; a third that lost all its seeds. */
function sample(): Table {
  return makeTable([
    ...[-1, -1.02, -1.04].map((nll, seed) => fakeRecord(HOSTILE, seed, nll)),
    ...[1, 1.1, 1.2].map((nll, seed) => fakeRecord("[b]", seed, nll)),
    fakeRecord("*c", 0, null),
  ]);
}

/** The table as one object per cell. */
const lines = (table: Table): Record<string, string | number | boolean | null>[] =>
  table.cells.map((_, i) =>
    Object.fromEntries(columns(table).map(({ name, values }) => [name, values[i] ?? null])),
  );

test("Markdown keeps a hostile name in one cell", () => {
  const [, , , row, ...rest] = markdown(sample()).split("\n");
  assert.match(
    row ?? "",
    '| a,"b" &lt;script>&x&lt;/script>\\|$1_{2}%#~^\\end{tabular} | **−1.020 ± 0.012** |',
  );
  assert.match(rest[0] ?? "", /^\| \[b\] \| 1\.100 ± 0\.058 \|$/);
  assert.match(rest[1] ?? "", "| *c | – (1 without a value) |");
});

test("LaTeX escapes names and sets numbers as formulas, the best in bold", () => {
  const text = latex(sample()).split("\n");
  assert.match(
    text.find((line) => line.startsWith("a,")) ?? "",
    'a,"b" \\textless{}script\\textgreater{}\\&x\\textless{}/script\\textgreater{}\\textbar{}\\$1\\_\\{2\\}\\%\\#' +
      "\\textasciitilde{}\\textasciicircum{}\\textbackslash{}end\\{tabular\\} & $\\mathbf{-1.020 \\pm 0.012}$ \\\\",
  );
  // Behind a \\ a bracket or a star would be taken for its argument.
  assert.ok(text.includes("{[}b] & $1.100 \\pm 0.058$ \\\\"));
  assert.ok(text.includes("{*}c & -- (1 without a value) \\\\"));
  assert.match(text[1] ?? "", /^% \\caption\{test\\_nll: mean \\ensuremath\{\\pm\} standard error/);
  assert.is(text.filter((line) => line.includes("\\end{tabular}")).length, 1);
  assert.ok(text.includes("\\begin{tabular}{lr}"));
});

test("nothing of LaTeX's is left in a name: every special character is escaped", () => {
  const table = makeTable([fakeRecord("--where -−–±", 0, 1)]);
  const row = latex(table)
    .split("\n")
    .find((line) => line.includes("where"));
  assert.match(row ?? "", "-{}-where -\\ensuremath{-}--\\ensuremath{\\pm} & ");
});

test("HTML escapes names, has a caption, and says what its headers are of", () => {
  const page = html(sample());
  assert.not.match(page, "<script>");
  assert.match(
    page,
    "a,&quot;b&quot;\n&lt;script&gt;&amp;x&lt;/script&gt;|$1_{2}%#~^\\end{tabular}",
  );
  assert.match(page, '<th scope="row">[b]</th><td>1.100 ± 0.058</td>');
  assert.match(page, "<td><strong>−1.020 ± 0.012</strong></td>");
  assert.match(
    page,
    '<thead><tr><th scope="col">family</th><th scope="col">two-moons</th></tr></thead>',
  );
  assert.match(page, `<caption>${caption(sample())}</caption>`);
  assert.not.match(page, /src=|href=|url\(/);
});

test("csv gives back every name and number", () => {
  const table = sample();
  const found = parse(csv(table), { columns: true });
  const expected = lines(table).map((line) =>
    Object.fromEntries(Object.entries(line).map(([name, value]) => [name, String(value ?? "")])),
  );
  assert.equal(found, expected);
  const quoted = makeTable([fakeRecord('"quoted" and more', 0, 1)]);
  assert.match(csv(quoted), /^"""quoted"" and more",/m);
});

test("Arrow and Parquet give back every name and number, and null where there is none", async () => {
  const table = sample();
  const expected = lines(table);
  assert.equal(tableFromIPC(arrow(table)).toArray(), expected);
  const bytes = parquet(table);
  const file = bytes.buffer.slice(
    bytes.byteOffset,
    bytes.byteOffset + bytes.byteLength,
  ) as ArrayBuffer;
  assert.equal(await parquetReadObjects({ file }), expected);
  assert.ok(
    expected.some(({ p }) => typeof p === "number") && expected.some(({ p }) => p === null),
  );
  assert.ok(expected.some(({ mean }) => mean === null));
});

test("columns have names of their own where rows and columns are one axis", () => {
  const table = makeTable([fakeRecord("a", 0, 1)], { rows: "family", cols: "family" });
  const names = columns(table).map(({ name }) => name);
  assert.equal(names.slice(0, 2), ["family", "family (column)"]);
  assert.is(new Set(names).size, names.length);
});

test("each format is written as what it says, and found by its file's name", async () => {
  for (const name of formatNames) {
    const { binary, extension } = FORMATS[name];
    const written = await formatTable(sample(), name);
    assert.is(typeof written === "string", !binary, name);
    if (typeof written === "string") assert.match(written, /[^\n]\n$/, name);
    assert.is(formatOfFile(`a/table.${extension}`), name);
  }
  assert.is(formatOfFile("table.txt"), undefined);
});

test("digits are those of the standard error", () => {
  const row = (values: readonly number[], digits?: number): string => {
    const table = makeTable(values.map((nll, seed) => fakeRecord("a", seed, nll)));
    const text = markdown(table, digits === undefined ? {} : { digits });
    return text.split("\n").find((line) => line.startsWith("| a")) ?? "";
  };
  // Two values 2e apart have the standard error e.
  assert.match(row([1, 1.0246]), "1.012 ± 0.012");
  assert.match(row([1, 1.0246], 1), "1.01 ± 0.01");
  assert.match(row([1, 1.0246], 4), "1.01230 ± 0.01230");
  assert.match(row([100, 124.6], 1), "112 ± 12");
  assert.match(row([100, 124.6]), "112.30 ± 12.30");
  // 0.0996 is 0.10 to two digits, not 0.100.
  assert.match(row([1, 1.1992]), "1.10 ± 0.10");
});

test("the caption names the test that was made", () => {
  assert.match(caption(sample()), /paired t-test over seeds; Holm-corrected, level 0\.05\)/);
  const alone = makeTable([0, 1].map((seed) => fakeRecord("a", seed, 1)));
  assert.match(caption(alone), /seeds; best of each column in bold\./);
  const turned = makeTable(
    [0, 1].map((seed) => fakeRecord("a", seed, 1)),
    { rows: "dataset", cols: "family" },
  );
  assert.match(caption(turned), /best of each row in bold/);
});

test.run();
