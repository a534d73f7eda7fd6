"""The look of the page: a statement on paper. One column of sections, their headings in the margin, figures in columns.

System fonts only; colours follow the reader's light or dark setting, and paper is white.
"""

from __future__ import annotations

from typing import Final

STYLE: Final = """
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --ink: #1d1f21; --soft: #5f6368; --line: #d9d5cb; --wash: #f1eee6;
  --good: #2f6f62; --fine: #9bbfb4; --doubt: #a5561c; --bad: #8f2f3b; --idle: #b9b4a7;
}
@media (prefers-color-scheme: dark) { :root {
  --paper: #17191b; --ink: #e6e3dc; --soft: #a09c93; --line: #36383a; --wash: #1f2224;
  --good: #6fb8a6; --fine: #3c6158; --doubt: #dd9a5b; --bad: #e08590; --idle: #55585b;
} }
* { box-sizing: border-box; }
html { font-size: 100%; -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 Charter, "Bitstream Charter", "Iowan Old Style", "Palatino Linotype", Georgia, "Liberation Serif", serif;
  font-variant-numeric: tabular-nums lining-nums; overflow-wrap: anywhere;
}
main { max-width: 64rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.15; font-weight: 400; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1rem; line-height: 1.35; font-weight: 600; margin: 0 0 .75rem; }
h3 { font-size: .95rem; font-weight: 600; margin: 1.6rem 0 .4rem; }
h3:first-child { margin-top: 0; }
p { margin: 0 0 .75rem; max-width: 42rem; }
code { font: .85em/1.45 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.soft { color: var(--soft); }
.note { font-size: .9rem; color: var(--soft); }
header { padding-bottom: 1.5rem; }
section { border-top: 1px solid var(--line); padding: 1.4rem 0 1.6rem; }
@media (min-width: 54rem) {
  section { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr); column-gap: 2rem; }
  header { padding-left: 12.5rem; }
}
.alert { border-left: 3px solid var(--doubt); background: var(--wash); padding: .6rem .9rem; margin: 1rem 0 0; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem 2.5rem; margin: 0 0 1.4rem; }
.figures div { min-width: 6rem; }
.figures dt { font-size: .85rem; color: var(--soft); }
.figures dd { margin: 0; font-size: 1.6rem; line-height: 1.2; }
.figures dd small { font-size: .85rem; color: var(--soft); display: block; }
.doubtful { color: var(--doubt); }
.share { display: flex; height: .85rem; margin: 0 0 1rem; gap: 1px; }
.share span { display: block; min-width: 2px; }
.scroll { overflow-x: auto; margin: 0 0 .75rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .32rem .9rem .32rem 0; border-bottom: 1px solid var(--line); }
thead th { font-weight: 400; font-size: .82rem; color: var(--soft); border-bottom-color: var(--ink); vertical-align: bottom; }
tbody th { font-weight: 400; }
.n { text-align: right; white-space: nowrap; padding-right: .9rem; overflow-wrap: normal; }
th:last-child, td:last-child { padding-right: 0; }
tfoot td, tfoot th { border-bottom: 0; font-weight: 600; }
.key { display: inline-block; width: .7rem; height: .7rem; margin-right: .55rem; }
td:has(> .bar) { width: 30%; }
.bar { min-width: 5rem; }
.bar svg { display: block; width: 100%; height: .6rem; margin-top: .45rem; background: var(--wash); }
.good { background: var(--good); fill: var(--good); } .bad { background: var(--bad); fill: var(--bad); }
.fine { background: var(--fine); fill: var(--fine); } .doubt { background: var(--doubt); fill: var(--doubt); }
.idle { background: var(--idle); fill: var(--idle); }
details { border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: .5rem 0; display: grid; grid-template-columns: 1rem 5rem minmax(0, 1fr); list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: "+"; color: var(--soft); }
details[open] > summary::before { content: "\\2212"; }
summary:focus-visible, a:focus-visible { outline: 2px solid var(--good); outline-offset: 2px; }
summary .count { text-align: right; padding-right: 1rem; }
summary .what { color: var(--soft); font-size: .88rem; display: block; }
details .inside { padding: 0 0 1rem 1rem; }
@media (max-width: 36rem) {
  main { padding-top: 1.5rem; }
  summary { grid-template-columns: 1rem minmax(0, 1fr); }
  summary .count { grid-column: 2; text-align: left; }
  summary .cause { grid-column: 2; }
  .wide { display: none; }
  .figures { gap: .8rem 1.5rem; }
}
figure { margin: 0 0 1.4rem; }
figcaption { font-size: .9rem; margin-bottom: .35rem; }
.plot { position: relative; border-bottom: 1px solid var(--ink); padding-top: 1.1rem; }
.plot svg { display: block; width: 100%; height: 7.5rem; }
.plot .top { position: absolute; top: 0; left: 0; font-size: .8rem; color: var(--soft); }
.plot line { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.plot path { fill: none; stroke-width: 1.75; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.plot path.good { stroke: var(--good); } .plot path.doubt { stroke: var(--doubt); } .plot path.fine { stroke: var(--fine); }
.plot path.good, .plot path.doubt, .plot path.fine { background: none; fill: none; }
.axis { display: flex; justify-content: space-between; font-size: .8rem; color: var(--soft); }
.keys { font-size: .85rem; color: var(--soft); display: flex; flex-wrap: wrap; gap: .2rem 1.4rem; margin: .3rem 0 0; padding: 0; list-style: none; }
footer { border-top: 1px solid var(--line); padding-top: 1rem; font-size: .85rem; color: var(--soft); }
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --wash: #f3f3f3;
    --good: #2f6f62; --fine: #9bbfb4; --doubt: #a5561c; --bad: #8f2f3b; --idle: #b9b4a7; }
  body { font-size: 10pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main { max-width: none; padding: 0; }
  section { display: block; }
  header { padding-left: 0; }
  figure, tr, summary { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  details::details-content { content-visibility: visible; height: auto; }
  .scroll { overflow: visible; }
}
"""
