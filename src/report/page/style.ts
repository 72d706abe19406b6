/** The look of the page, light or dark as its reader has it. Contrasts are 7 : 1 and more. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1b1b; --soft: #4a4a4a; --line: #c9c9c9; --bad: #a40000; --link: #0b4f8a; --field: #f2f2f2; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16181b; --ink: #ececec; --soft: #bdbdbd; --line: #4a4f55; --bad: #ff9a8f; --link: #9ac8ff; --field: #24272b; }
}
* { box-sizing: border-box; }
body { background: var(--ground); color: var(--ink); font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 75rem; padding: 1rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: 0.5rem 0 0; } h2 { font-size: 1.2rem; margin: 2.2rem 0 0.6rem; }
a { color: var(--link); } nav a { margin-right: 1.2em; } .lead, small, caption { color: var(--soft); }
.reason, tr.failed td:nth-child(5), tr.diverged td:nth-child(5) { color: var(--bad); }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { caption-side: bottom; padding-top: 0.4em; text-align: left; white-space: normal; width: min(68rem, 88vw); }
th, td { padding: 0.22em 0.8em; text-align: right; vertical-align: baseline; white-space: nowrap; }
th[scope=row], thead th:first-child, .plain td, #runs :is(th, td):nth-child(-n+3), #runs :is(th, td):nth-child(5) { text-align: left; }
.plain td { white-space: normal; overflow-wrap: anywhere; }
thead, tbody { border-bottom: 1px solid var(--line); border-top: 1px solid var(--line); }
tbody tr:hover { background: var(--field); }
.wide { overflow-x: auto; } .wide:focus-visible, button:focus-visible, summary:focus-visible, input:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
th button { background: none; border: 0; color: inherit; cursor: pointer; font: inherit; font-weight: bold; padding: 0; }
th[aria-sort=ascending] button::after { content: " ▲"; } th[aria-sort=descending] button::after { content: " ▼"; }
input { background: var(--field); border: 1px solid var(--line); color: inherit; font: inherit; padding: 0.15em 0.5em; width: 18em; }
output { color: var(--soft); margin-left: 0.8em; }
pre { background: var(--field); border: 1px solid var(--line); max-height: 24em; overflow: auto; padding: 0.6em 0.8em; white-space: pre-wrap; overflow-wrap: anywhere; }
details { margin: 0.4em 0; } summary { cursor: pointer; }
.figures { display: grid; gap: 1.2rem; grid-template-columns: repeat(auto-fill, minmax(26rem, 1fr)); }
figure { background: #fff; border: 1px solid var(--line); color: #1b1b1b; margin: 0; padding: 0.6rem; }
figure img { display: block; height: auto; max-width: 100%; }
@media (max-width: 30rem) { .figures { grid-template-columns: 1fr; } }
@media print { .filter, nav { display: none; } }
`;
