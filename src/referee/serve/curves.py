"""A run step by step. The figures of a step are computed when entries of it came, and kept."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from referee.audit.watch.alarms import Alarm
from referee.core.errors import UnknownName
from referee.group.advantage import is_silent
from referee.packs.spec import PackSpec
from referee.serve.index import Index
from referee.serve.ledger_records import Curves, CurvesQuery

MOST: Final = 2000  # points of a curve
_FORM: Final = ("format.", "shape.", "language.", "json.valid", "xml.valid")  # verifiers about how it is said
_NAMES: Final = (
    "reward", "rollouts", "groups", "silent_share", "masked_share", "timeout_share", "tag_share", "length_mean",
    "length_p95", "tokens_mean", "verify_p50", "verify_p95", "verify_sum", "wait_p95",
)  # fmt: skip
_Point = dict[str, float | None]
Found = tuple[tuple[Alarm, ...], bool]


class Step(NamedTuple):
    """What is known about a step of a run."""

    series: _Point
    rules: _Point


class Points:
    """The steps of all runs of one index."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._steps: dict[tuple[str, int | None], Step] = {}

    def refresh(self) -> None:
        """Compute again what changed."""
        while self._index.changed:
            run, step = self._index.changed.pop()
            self._steps[run, step] = _step(self._index, run, step)

    def runs(self) -> list[str]:
        """The names of the runs."""
        return list(dict.fromkeys(run for run, _ in self._steps))

    def of(self, run: str) -> list[tuple[int | None, Step]]:
        """The steps of a run in order; entries without a step come first."""
        found = [(step, known) for (name, step), known in self._steps.items() if name == run]
        return sorted(found, key=lambda one: -math.inf if one[0] is None else one[0])


def curves(index: Index, points: Points, pack: PackSpec | None, found: Found, asked: CurvesQuery) -> Curves:
    """The curves of a run: the one that is named, or the first."""
    points.refresh()
    runs = points.runs()
    run = asked.run if asked.run is not None else runs[0] if runs else ""
    if runs and run not in runs:
        raise UnknownName("run", run, runs)
    steps = points.of(run)
    if asked.after is not None:
        steps = [one for one in steps if one[0] is not None and one[0] > asked.after]
    stride = -(-len(steps) // MOST) or 1
    steps = [*steps[:-1:stride], *steps[-1:]] if stride > 1 else steps
    names = list(dict.fromkeys(name for _, step in steps for name in step.rules))
    form = _form(pack)
    answer = pack.answer if pack is not None else names[-1] if names else ""
    series = {name: tuple(step.series[name] for _, step in steps) for name in _NAMES}
    series["answer"] = tuple(step.rules.get(answer) for _, step in steps)
    series["format"] = tuple(_mean([step.rules.get(name) for name in form]) for _, step in steps)
    return Curves(
        run=run,
        steps=tuple(step for step, _ in steps),
        series=series,
        rules={name: tuple(step.rules.get(name) for _, step in steps) for name in names},
        answer_rule=answer,
        format_rules=form,
        alarms=tuple(one for one in found[0] if one.run in {"", run}),
        watched=found[1],
        indexed=index.indexed,
        entries=index.entries,
    )


def _form(pack: PackSpec | None) -> tuple[str, ...]:
    """The rules of a pack that are about form and not about the answer."""
    if pack is None:
        return ()
    return tuple(
        rule.name
        for rule in pack.rules
        if rule.name != pack.answer
        and all(one.startswith(_FORM) for one in ([part.verifier for part in rule.parts] or [rule.verifier]))
    )


def _step(index: Index, run: str, step: int | None) -> Step:
    ask = index.store.execute
    place = (run, step)
    rows = ask(
        "SELECT grp, reward, length, tokens, seconds, waited, tagged, stopped FROM rollouts "
        "WHERE run = ? AND step IS ?",
        place,
    ).fetchall()
    groups: dict[str, list[float | None]] = {}
    for grp, reward, *_ in rows:
        groups.setdefault(grp, []).append(reward)
    several = [rewards for rewards in groups.values() if len(rewards) > 1]
    count = len(rows)
    rewards, lengths, tokens, seconds, waited = ([row[at] for row in rows if row[at] is not None] for at in range(1, 6))
    series: _Point = {
        "reward": _mean(rewards),
        "rollouts": count,
        "groups": len(groups),
        "silent_share": _mean([float(is_silent(rewards_G)) for rewards_G in several]),
        "masked_share": 1 - len(rewards) / count,
        "timeout_share": sum(row[7] for row in rows) / count,
        "tag_share": sum(row[6] for row in rows) / count,
        "length_mean": _mean(lengths),
        "length_p95": _quantile(lengths, 0.95),
        "tokens_mean": _mean(tokens),
        "verify_p50": _quantile(seconds, 0.5),
        "verify_p95": _quantile(seconds, 0.95),
        "verify_sum": math.fsum(seconds),
        "wait_p95": _quantile(waited, 0.95),
    }
    rules = dict(
        ask(
            "SELECT rule, AVG(score) FROM verdicts JOIN rollouts USING (seq) WHERE run = ? AND step IS ? GROUP BY rule",
            place,
        ).fetchall()
    )
    return Step(series, rules)


def _mean(values: list[Any]) -> float | None:
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None


def _quantile(values: list[float], share: float) -> float | None:
    """The least value that so large a share does not exceed."""
    return sorted(values)[math.ceil(share * len(values)) - 1] if values else None
