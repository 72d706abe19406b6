/**
 * What the page does by itself: a click on a head sorts the list of runs, a word filters it. Numbers come before texts. It runs in a browser,
 * so it is text here.
 */
export const SCRIPT = `"use strict";
const table = document.getElementById("runs");
const body = table.tBodies[0];
const rows = Array.from(body.rows);
const heads = Array.from(table.tHead.rows[0].cells);
const key = (row, i) => {
  const cell = row.cells[i];
  return cell.dataset.by === undefined ? cell.textContent : Number(cell.dataset.by);
};
const compare = (a, b) =>
  typeof a === typeof b
    ? typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true })
    : typeof a === "number" ? -1 : 1;
heads.forEach((head, i) => {
  head.querySelector("button").addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending";
    heads.forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const order = rows.slice().sort((a, b) => (down ? -1 : 1) * compare(key(a, i), key(b, i)));
    body.append(...order);
  });
});
const filter = document.querySelector(".filter");
const input = document.getElementById("filter");
const count = filter.querySelector("output");
const show = () => {
  const words = input.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
  let shown = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) shown += 1;
  }
  count.textContent = shown + " of " + rows.length + " runs";
};
input.addEventListener("input", show);
filter.hidden = false;
show();
`;
