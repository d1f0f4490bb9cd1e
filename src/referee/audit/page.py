"""A report as one HTML file that needs nothing else: no script, no font, no network.

What data sets hold is hostile text: all of it is escaped, and what cannot be seen is written as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from referee.audit.finding import Finding, Report

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --fault: #c0392b; --warning: #b9770e; --note: #2471a3; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2rem; font-size: 1.05rem; } h2 b { font-weight: 600; }
code, td.at { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .25rem .75rem
.25rem 0; border-bottom: 1px solid var(--line); } td.at { white-space: nowrap; }
.fault { color: var(--fault); } .warning { color: var(--warning); } .note { color: var(--note); }
p.fix { margin: .25rem 0 .5rem; opacity: .8; }
"""


def page(report: Report) -> str:
    """The report as HTML."""
    head = f"Audit of {report.source} with {report.pack}"
    dropped = f"{len(report.drop):,} of {report.rows:,} rows should go." if report.drop else "No row has to go."
    body = "".join(_finding(one) for one in report.findings) or "<p>Nothing was found.</p>"
    notes = "".join(f"<p>{_shown(told)}</p>" for told in report.missing)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{_shown(head)}</title><style>{_STYLE}</style>'
        f"<h1>{_shown(head)}</h1><p>{dropped}</p>{body}<h2><b>Figures</b></h2>{_table(_figures(report))}{notes}</html>\n"
    )


def _finding(finding: Finding) -> str:
    rows = [(f"line {one.line}" if one.line else "", one.task, one.detail) for one in finding.examples]
    more = f"<p>and {finding.count - len(rows):,} more</p>" if finding.count > len(rows) else ""
    return (
        f'<h2><span class="{finding.level}">{finding.level}</span> <b>{finding.id}</b> ({finding.count:,})</h2>'
        f'<p>{_shown(finding.means)}</p><p class="fix">{_shown(finding.fix)}</p>{_table(rows)}{more}'
    )


def _figures(report: Report) -> Iterator[tuple[str, ...]]:
    yield "pack", f"{report.pack} {report.digest[:12]}, its answer by {report.verifier}"
    yield "rows", f"{report.rows:,}, of which {report.checked:,} have a truth that was judged as an answer"
    for name, value in report.figures.items():
        several = value.items() if isinstance(value, dict) else [("", value)]
        yield name, ", ".join(f"{key} {_one(one)}".strip() for key, one in several)
    for one in report.opinions:
        missed = "" if one.missed is None else f", estimate of false negatives {one.missed:.2%}"
        yield one.name, f"{one.pairs:,} forms, both accept {one.both:,}, only theirs {one.theirs:,}{missed}"
    if cost := report.cost:
        yield "a verdict", f"{1000 * cost.median_s:.3g} ms in the median, {1000 * cost.p99_s:.3g} ms at p99"


def _one(value: object) -> str:
    if isinstance(value, dict):
        return f"{value.get('answer', '')} {_one(value.get('share', ''))} of {value.get('rows', '')}"
    return f"{value:.1%}" if isinstance(value, float) else str(value)


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    lines = (
        "<tr>" + "".join(f"<td{' class=at' * (not at)}>{_shown(cell)}</td>" for at, cell in enumerate(row)) + "</tr>"
        for row in rows
    )
    return f"<table>{''.join(lines)}</table>"


def _shown(text: str) -> str:
    """Text that can be seen and is no markup."""
    seen = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    return escape(seen.encode("utf-8", "backslashreplace").decode())
