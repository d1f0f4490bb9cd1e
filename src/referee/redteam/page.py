"""A report as one HTML file: nothing is fetched, nothing runs, hostile text is text and what is invisible is shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from html import escape

from referee.redteam.report import Example, Finding, Report

LONGEST = 4000  # characters of a text that are shown

_STYLE = """
:root { --ink: #1c2430; --soft: #5b6675; --line: #dfe4ea; --bg: #fbfbf9; --code: #f2f3ef;
  --leak: #b3261e; --lost: #9a6700; --holds: #1a7f37 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --soft: #9aa5b4; --line: #303945; --bg: #14181d; --code: #1d232b;
    --leak: #ff8a80; --lost: #e3b341; --holds: #57c374 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 70rem; padding: 2rem 1.2rem 4rem; background: var(--bg); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 1.7rem; margin: 0 } h2 { margin: 2.2rem 0 .6rem; font-size: 1.15rem } .soft { color: var(--soft) }
.tiles { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0 }
.tile { border: 1px solid var(--line); border-radius: .6rem; padding: .6rem 1rem; min-width: 7rem }
.tile b { display: block; font-size: 1.6rem }
table { border-collapse: collapse; width: 100%; font-size: .92rem }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums }
.leak, .fault { color: var(--leak) } .lost, .unjudged { color: var(--lost) } .holds { color: var(--holds) }
details { border: 1px solid var(--line); border-radius: .6rem; margin: .6rem 0; padding: .5rem .9rem }
summary { cursor: pointer }
pre { background: var(--code); padding: .7rem; border-radius: .4rem; overflow: auto; white-space: pre-wrap;
  overflow-wrap: anywhere; font-size: .85rem }
.sign { background: var(--leak); color: var(--bg); border-radius: .2rem; padding: 0 .25em; font-size: .8em }
dt { color: var(--soft) } dd { margin: 0 0 .4rem }
"""
_HEAD = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    """<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">"""
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
)
_COLUMNS = (
    "<tr><th>id<th>family<th>mechanism<th class=n>rollouts<th class=n>most above wrong<th class=n>share of gold"
    "<th class=n>unjudged<th>result</tr>"
)


def page(report: Report) -> str:
    """The whole page."""
    return "".join(_page(report))


def _page(report: Report) -> Iterator[str]:
    title = f"Red team: {report.target}"
    yield _HEAD
    yield f"<title>{_text(title)}</title><style>{_STYLE}</style></head><body>"
    yield f'<h1>{_text(title)}</h1><p class="soft">{_text(report.about)}; {_text(report.version[:40])}; '
    yield f"seed {report.seed}; {report.rollouts:,} rollouts over {report.tasks} tasks in {report.seconds:.0f} s</p>"
    yield "<div class=tiles>"
    for name in ("leak", "fault", "lost", "unjudged", "find", "holds"):
        yield f'<div class="tile {name}"><b>{report.count(name)}</b>{name}</div>'
    yield "</div>"
    bad = report.not_held
    if bad:
        yield "<h2>What does not hold</h2>"
        for finding in bad:
            yield from _details(finding, report)
    else:
        yield "<h2>Nothing pays more than an honest wrong answer, and no rewrite of gold lost anything.</h2>"
    yield f"<h2>All that was tried</h2><table>{_COLUMNS}"
    for one in report.findings:
        yield f"<tr><td>{_text(one.id)}<td>{_text(one.family)}<td>{_text(one.mechanism)}<td class=n>{one.tried}"
        yield f"<td class=n>{one.above:.3g}<td class=n>{one.share:.0%}<td class=n>{one.unjudged}"
        yield f'<td class="{one.result}">{one.result}</tr>'
    yield "</table></body></html>\n"


def _details(finding: Finding, report: Report) -> Iterator[str]:
    yield f'<details><summary><b class="{finding.result}">{finding.result}</b> {_text(finding.id)} '
    yield f"{_text(finding.name)}: {_text(finding.mechanism)}"
    if finding.leaks:
        yield f" <b>+{finding.above:.3g}</b>"
    yield "</summary><dl>"
    times = finding.leaks or finding.lost or finding.faults or finding.unjudged
    facts = {
        "happened": f"{times} of {finding.tried} rollouts",
        "share of gold": f"{finding.share:.0%}" if finding.leaks else "",
        f"advantage in a group of {report.group} otherwise wrong": f"{finding.advantage:.2f}" if finding.leaks else "",
        "the rule that paid": finding.rule,
        "note": finding.note,
        "fix": finding.fix,
        "seen at": finding.source,
    }
    for name, value in facts.items():
        if value:
            yield f"<dt>{_text(name)}<dd>{_text(value)}"
    yield "</dl>"
    if finding.example is not None:
        yield from _example(finding.example)
    yield "</details>"


def _example(example: Example) -> Iterator[str]:
    reward = "unjudged" if example.reward is None else f"{example.reward:g}"
    reasons = ", ".join(f"{name}: {reason}" for name, reason in example.reasons.items())
    yield f"<p>Task {_text(example.task)}, truth <code>{_text(str(example.truth)[:300])}</code>: earned {reward}, "
    yield f"honest wrong {example.wrong:g}, gold {example.gold:g}. {_text(reasons)} {_text(example.fault)}</p>"
    yield f"<pre>{_text(example.least)}</pre>"
    if example.least != example.text:
        yield f"<details><summary>as it was tried ({len(example.text):,} characters)</summary>"
        yield f"<pre>{_text(example.text)}</pre></details>"


def _text(text: str) -> str:
    """Hostile text as text: escaped, and every sign that cannot be seen as its code point."""
    shown = "".join(_sign(sign) for sign in text[:LONGEST])
    return shown if len(text) <= LONGEST else f"{shown} <span class=sign>{len(text) - LONGEST:,} more</span>"


def _sign(sign: str) -> str:
    if sign == "\n" or (sign.isprintable() and not unicodedata.combining(sign)):
        return escape(sign)
    return f"<span class=sign>U+{ord(sign):04X}</span>"
