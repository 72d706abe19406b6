import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { page, type Report } from "../../src/report/page/page.ts";
import { fakeRecord } from "./fake-record.ts";

const HOSTILE = `<script>document.title="taken"</script>"'&\u0007`;
const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="5" height="5"/></svg>';

const report = (parts: Partial<Report> = {}): Report => {
  const records = [
    fakeRecord("real-nvp", 0, 1.25),
    fakeRecord("real-nvp", 1, -10.5),
    fakeRecord("gaussian", 0, 3, { notes: [`two rows were dropped ${HOSTILE}`] }),
    fakeRecord("gaussian", 1, null, {
      status: "failed",
      reason: `no such file ${HOSTILE}`,
      metrics: {},
    }),
  ];
  const lost = records
    .slice(3)
    .map((record) => ({ record, folder: "runs/x", logTail: `line ${HOSTILE}` }));
  return {
    title: `sweep ${HOSTILE}`,
    ...{ records, lost, unfinished: 1, sweeps: [`flowmeter sweep ${HOSTILE}`] },
    figures: [{ title: "Samples", alt: `samples of ${HOSTILE}`, svg }],
    read: () => undefined,
    ...parts,
  };
};

test("texts of any origin stay texts", () => {
  const text = page(report());
  assert.is(text.split("<script>").length, 2, "the page's own script is the only one");
  assert.not.match(text, /\u0007/);
  // Title, lead and head, reason, log, note, command, alternative text.
  assert.ok(text.split("&lt;script&gt;").length > 7);
});

test("the page says how many runs there are of each kind, and why one failed", () => {
  const text = page(report());
  assert.match(
    text,
    /5 runs \(3 done, 1 failed, 1 without a result yet\): 2 families, 1 data set, 2 seeds/,
  );
  assert.match(text, /gaussian on two-moons, seed 1: failed/);
  assert.match(text, /no such file/);
  assert.match(page(report({ lost: [] })), /All runs that ended are done/);
});

test("keys in which runs differ are listed with their values, those of other families are not", () => {
  const text = page(report());
  assert.match(text, /<th scope="row">family\.name<\/th><td>real-nvp \(2\) · gaussian \(2\)<\/td>/);
  assert.not.match(text, /<th scope="row">training\.steps/);
  assert.match(text, /training\.steps=10/);
});

test("runs of equal keys are not called one configuration where a plugin was edited between them", () => {
  const records = ["11", "22"].map((digest) =>
    fakeRecord("a", 0, 1, { configHash: digest, provenance: { plugins: { "./p.ts": digest } } }),
  );
  const text = page(report({ records, lost: [] }));
  assert.match(text, /the same keys, but for their seeds; [^<]* make 2 configurations of them/);
  assert.match(text, /<th scope="row">plugins<\/th><td>11 · 22<\/td>/);
  const same = page(report({ records: records.slice(0, 1), lost: [] }));
  assert.match(same, /All runs have one configuration, but for their seeds/);
  assert.not.match(same, "make 2 configurations");
});

const BROWSER = "/usr/bin/chromium";

/** Opens the page without a network; gives what the browser complained about. */
async function inBrowser(
  colorScheme: "light" | "dark",
  look: (at: Page) => Promise<void>,
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "flowmeter-page-"));
  const browser = await chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox"] });
  const complaints: string[] = [];
  try {
    writeFileSync(join(folder, "report.html"), page(report()));
    const at = await browser.newPage({ colorScheme });
    at.on("console", (message) => complaints.push(message.text()));
    at.on("pageerror", (error) => complaints.push(String(error)));
    at.on("request", (request) => {
      if (!/^(?:file|data):/.test(request.url())) complaints.push(request.url());
    });
    await at.goto(`file://${join(folder, "report.html")}`);
    await look(at);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true });
  }
  return complaints;
}

/** Texts of a column of the list, of the rows that are shown. */
const column = (at: Page, n: number): Promise<string[]> =>
  at.locator(`#runs tbody tr:visible td:nth-child(${n})`).allTextContents();

if (!existsSync(BROWSER))
  console.log(`skipped: the page in a browser, since there is no ${BROWSER} (Debian: chromium)`);
else {
  test("in a browser: the list is sorted by its heads and filtered by words, from the keyboard, off-line", async () => {
    const complaints = await inBrowser("light", async (at) => {
      assert.match(await at.title(), /^sweep <script>/);
      const head = at.locator("#runs th:nth-child(6)");
      await head.locator("button").focus();
      await at.keyboard.press("Enter");
      assert.is(await head.getAttribute("aria-sort"), "ascending");
      const nll = [/^−10\.5/, /^1\.25/, /^3\.0/, /^–/];
      (await column(at, 6)).forEach((text, i) => {
        assert.match(text, nll[i] ?? /never/);
      });
      await at.keyboard.press("Enter");
      assert.is(await head.getAttribute("aria-sort"), "descending");
      await at.fill("#filter", "gaussian failed");
      assert.equal(await column(at, 5), ["failed"]);
      assert.match((await at.textContent(".filter output")) ?? "", /^1 of 4 runs/);
      const image = at.locator("figure img");
      assert.match((await image.getAttribute("alt")) ?? "", /^samples of/);
      assert.is(await at.evaluate(`document.querySelector("figure img").naturalWidth`), 20);
    });
    assert.equal(complaints, []);
  });

  test("in a browser: texts have a contrast of 7 and more, light and dark", async () => {
    for (const scheme of ["light", "dark"] as const)
      await inBrowser(scheme, async (at) => {
        for (const selector of ["body", ".lead", "caption", ".reason", "nav a"]) {
          const colours = await at.evaluate<string[]>(
            `[getComputedStyle(document.querySelector("${selector}")).color, getComputedStyle(document.body).backgroundColor]`,
          );
          const [text = 0, ground = 0] = colours.map(luminance);
          const contrast = (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
          // WCAG 2.2, 1.4.6.
          assert.ok(contrast >= 7, `${selector}, ${scheme}: ${contrast}`);
        }
      });
  });
}

/** Relative luminance of `rgb(r, g, b)`, WCAG 2.2. */
function luminance(colour: string): number {
  const channels = (colour.match(/\d+/g) ?? []).slice(0, 3).map((text) => Number(text) / 255);
  const [r = 0, g = 0, b = 0] = channels.map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test.run();
