"""One rollout on a terminal: its text with the places that verdicts rest on, every verdict, and the sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import click
import msgspec

from referee.cli.show import on_terminal, safe, short, status
from referee.cli.words import in_words
from referee.data.plain import dumps

if TYPE_CHECKING:
    from referee.core.types import Rollout, Score, Task, Verdict
    from referee.engine.chunk import Entry
    from referee.engine.score import RulePack
    from referee.engine.scored import Scored
    from referee.packs.spec import RuleSpec

WHOLE = 3000  # characters; a longer completion is shown around its spans only
AROUND = 160  # characters of context

Span = tuple[int, int]
_SHOWN = ("status", "score", "reason", "evidence", "parts")


def explain(name: str, entry: Entry, pack: RulePack) -> None:
    """Print everything about one rollout."""
    score = pack.score_rollout(entry.rollout, entry.task)
    _written(name, entry.rollout, entry.task, score, entry.label)
    for rule in pack.spec.rules:
        click.echo()
        _rule(rule, score)
    click.echo()
    _sum(pack, score)


def stored(scored: Scored, pack: str) -> None:
    """Print a rollout as a ledger keeps it, with the verdicts of then; `pack`: the name of what judged."""
    score = scored.score
    step = "" if scored.step is None else f", step {scored.step}"
    _written(f"run {scored.run}{step}, group {scored.group}, index {scored.index}", scored.rollout, scored.task, score)
    for name, verdict in score.verdicts.items():
        click.echo()
        _verdicts(name, verdict)
        if (added := score.contributions.get(name)) is not None:
            click.echo(f"  adds {added:.3f}")
    click.echo()
    click.echo(f"reward   {'none, it is masked' if score.reward is None else f'{score.reward:.3f}'}")
    click.echo(f"pack     {safe(pack)} {score.pack[:12]}")


def _written(name: str, rollout: Rollout, task: Task, score: Score, label: bool | None = None) -> None:
    """The task, and the text with the places that the verdicts rest on."""
    click.echo(_field("rollout", name))
    if task.id:
        click.echo(_field("task", task.id))
    if task.prompt is not None:
        click.echo(_field("prompt", short(task.prompt, 110)))
    click.echo(_field("truth", _plain(task.truth)))
    if label is not None:
        click.echo(_field("label", "right" if label else "wrong"))
    click.echo()
    for piece in _pieces(rollout.text, sorted(_spans(score))):
        click.echo(piece)


def _field(name: str, value: str) -> str:
    return f"{name:<9}{safe(value)}"


def _plain(value: Any) -> str:
    return short(value if isinstance(value, str) else dumps(value).decode(), 110)


def _spans(score: Score) -> set[Span]:
    """Where the verdicts' evidence stands in the completion."""
    return {span for verdict in score.verdicts.values() for span in _within(verdict.evidence)}


def _within(evidence: Mapping[str, Any]) -> Iterator[Span]:
    for part in evidence.get("parts", {}).values():
        yield from _within(part)
    span = evidence.get("span")
    if isinstance(span, list | tuple) and len(span) == 2:
        yield int(span[0]), int(span[1])


def _pieces(text: str, spans: list[Span]) -> Iterator[str]:
    """The completion, indented, its spans marked; a long one around its spans only."""
    if not text:
        yield "  (the completion is empty)"
        return
    windows = [(0, len(text))] if len(text) <= WHOLE else _windows(text, spans)
    at = 0
    for start, end in windows:
        if start > at:
            yield f"  ... {start - at:,} characters ..."
        yield "  " + _marked(text, start, end, spans).replace("\n", "\n  ")
        at = end
    if at < len(text):
        yield f"  ... {len(text) - at:,} characters ..."


def _windows(text: str, spans: list[Span]) -> list[Span]:
    wanted = [(0, AROUND), (len(text) - AROUND, len(text))]
    for start, end in spans:
        wanted += [(start - AROUND, start + AROUND), (end - AROUND, end + AROUND)]
    merged: list[Span] = []
    for start, end in sorted((max(start, 0), min(end, len(text))) for start, end in wanted):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _marked(text: str, start: int, end: int, spans: list[Span]) -> str:
    """text[start:end] made harmless; what lies in a narrow span stands out."""
    narrow = [span for span in spans if span[1] - span[0] < max(len(text) * 0.8, 1)]
    edges = sorted({start, end, *(edge for span in narrow for edge in span if start < edge < end)})
    shown = ""
    for left, right in pairwise(edges):
        piece = safe(text[left:right], lines=True)
        inside = any(a <= left and right <= b for a, b in narrow)
        shown += piece if not inside else click.style(piece, reverse=True) if on_terminal() else f"»{piece}«"
    return shown


def _rule(rule: RuleSpec, score: Score) -> None:
    _verdicts(rule.name, score.verdicts[rule.name])
    added = score.contributions.get(rule.name)
    if added is not None:
        role = "" if rule.role == "reward" else f" ({rule.role})"
        click.echo(f"  adds {added:.3f}, weight {rule.weight:g}{role}")


def _verdicts(name: str, verdict: Verdict) -> None:
    """A rule's verdict, and those of its parts."""
    _verdict(name, msgspec.to_builtins(verdict) | verdict.evidence, "")
    for part, said in verdict.evidence.get("parts", {}).items():
        _verdict(part, said, "  ")


def _verdict(name: str, verdict: Mapping[str, Any], indent: str) -> None:
    """One verdict with its evidence, both as plain data."""
    state, reason = verdict["status"], verdict["reason"]
    amount = f" {verdict['score']:.3f}" if state == "partial" else ""
    title = click.style(safe(name), bold=True)
    click.echo(f"{indent}{title}  {status(state)}{amount}  {safe(reason)}: {in_words(reason)}")
    for key, value in verdict.items():
        if key not in _SHOWN:
            place = f"{value[0]} to {value[1]}" if key == "span" and len(value) == 2 else _plain(value)
            click.echo(f"{indent}  {safe(key)} {place}")


def _sum(pack: RulePack, score: Score) -> None:
    if score.reward is None:
        lost: list[Verdict] = [verdict for verdict in score.verdicts.values() if verdict.score is None]
        click.echo(f"reward   none: {len(lost)} of {len(score.verdicts)} rules could not be judged, so it is masked")
        return
    terms = " + ".join(f"{value:.3f}" for value in score.contributions.values())
    clip = f", clipped to [{pack.spec.clip[0]:g}, {pack.spec.clip[1]:g}]" if pack.spec.clip else ""
    click.echo(f"reward   {score.reward:.3f} = {terms}{clip}")
    click.echo(f"pack     {safe(pack.name)} {score.pack[:12]}")
