"""A run watched while it is trained. It stands before the ledger, or alone, and sees every score that passes.

    pool = Pool("local", keeper=Watch(Ledger("run.ledger")))        # one line more than without
    watch = Watch(on_alarm=print); watch.feed(scored)               # or fed by hand

It is off unless somebody asks for it, and it never changes a reward: what is kept is kept as it came.
"""

from __future__ import annotations

import contextlib
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from referee.audit.judge import Judge
from referee.audit.watch.alarms import Alarm, Limits, StepFigures, WatchReport
from referee.audit.watch.checks import CHECKS, Said, Step
from referee.audit.watch.tags import tags
from referee.audit.watch.window import Window, is_right
from referee.core.errors import RefereeWarning
from referee.engine.build import Build
from referee.engine.score import PackSource, RulePack, as_pack
from referee.engine.scored import Keeper, Scored
from referee.packs.spec import PackSpec

CANARY = "canary"


class Watch:
    """Alarms over the runs whose scores it is fed. A `Keeper`: hand it to a pool in the place of the ledger.

    keeper: what keeps the scores, before they are looked at. shadow: a stricter pack, whose verdict on every rollout
    that was right is compared. on_alarm: called with each alarm; a `RefereeWarning` is given where it is None.
    A task is a canary when its id begins with "canary", or its `meta` says so: one that nobody can solve.
    """

    def __init__(
        self,
        keeper: Keeper | None = None,
        *,
        limits: Limits | None = None,
        shadow: PackSource | RulePack | None = None,
        on_alarm: Callable[[Alarm], None] | None = None,
    ) -> None:
        self.alarms: list[Alarm] = []
        self._keeper, self._limits = keeper, limits or Limits()
        self._shadow = Judge(as_pack(shadow)) if shadow is not None else None
        self._told = _warn if on_alarm is None else on_alarm
        self._lock = threading.Lock()
        self._open: dict[tuple[str, int | None], Window] = {}
        self._closed: dict[str, list[StepFigures]] = {}
        self._raised: set[tuple[str, str, str]] = set()  # run, kind, what: went off, and has not gone down since
        self._answers: dict[str, str] = {}  # pack -> its answer rule
        self._entries = 0

    # A keeper.

    def keep(self, scored: Sequence[Scored]) -> None:
        """Keep the scores, then look at them."""
        if self._keeper is not None:
            self._keeper.keep(scored)
        for one in scored:
            self.feed(one)

    def learn(self, source: PackSpec | Build) -> None:
        """Note which rule of a pack says whether a rollout is right."""
        if self._keeper is not None:
            self._keeper.learn(source)
        if isinstance(source, PackSpec):
            self.answers(RulePack(source).digest, source.answer)

    def close(self) -> None:
        """Close the last steps, and the keeper."""
        self.finish()
        if (close := getattr(self._keeper, "close", None)) is not None:
            close()

    # A watch.

    def answers(self, pack: str, rule: str) -> None:
        """Say which rule of the pack of that digest says whether a rollout is right."""
        self._answers[pack] = rule

    def feed(self, scored: Scored, entry: int = 0, at: float | None = None) -> list[Alarm]:
        """Look at one score; the alarms that go off. `entry`: its number in a ledger, `at`: when it was kept."""
        with self._lock:
            self._entries += 1
            entry = entry or self._entries
            rule = self._rule(scored)
            found = list(self._ended(scored, at))
            window = self._window(scored.run, scored.step)
            window.add(scored, entry, tags(scored.rollout, scored.task, scored.score, rule), rule)
            self._put_to_shadow(window, scored, entry, rule)
            if is_canary(scored) and is_right(scored.score, rule):
                found += self._note(window, [_canary(scored, entry)], at)
        self._tell(found)
        return found

    def finish(self) -> list[Alarm]:
        """Close every step that is still open, as at the end of a run."""
        with self._lock:
            found = [alarm for key in list(self._open) for alarm in self._close(key, None)]
        self._tell(found)
        return found

    def report(self) -> WatchReport:
        """Everything so far, with the steps that are still open."""
        with self._lock:
            closed = [one for steps in self._closed.values() for one in steps]
            steps = [*closed, *(window.figures() for window in self._open.values())]
            total: dict[str, int] = {}
            for one in steps:
                for tag, count in one.tags.items():
                    total[tag] = total.get(tag, 0) + count
            return WatchReport(
                runs=tuple(dict.fromkeys(one.run for one in steps)),
                entries=self._entries,
                alarms=tuple(self.alarms),
                steps=tuple(sorted(steps, key=lambda one: one.first)),
                tags=dict(sorted(total.items())),
            )

    def _rule(self, scored: Scored) -> str:
        """The answer rule: as told, else the one called answer, else the rule that can add most."""
        known = self._answers.get(scored.score.pack)
        if known is None:
            rules = scored.score.verdicts
            known = "answer" if "answer" in rules else next(reversed(rules), "")
        return known

    def _window(self, run: str, step: int | None) -> Window:
        key = run, step
        if key not in self._open:
            self._open[key] = Window(run, step)
        return self._open[key]

    def _ended(self, scored: Scored, at: float | None) -> Iterator[Alarm]:
        """Close the steps that this score shows to be over: two behind, for a trainer may overlap two."""
        if scored.step is None:
            window = self._open.get((scored.run, None))
            if window is not None and window.rollouts >= self._limits.window:
                yield from self._close((scored.run, None), at)
            return
        over = [key for key in self._open if key[0] == scored.run and key[1] is not None and key[1] < scored.step - 1]
        for key in sorted(over, key=lambda one: one[1] or 0):
            yield from self._close(key, at)

    def _close(self, key: tuple[str, int | None], at: float | None) -> Iterator[Alarm]:
        window = self._open.pop(key)
        before = self._closed.setdefault(key[0], [])
        now = window.figures()
        if now.rollouts >= self._limits.least:
            step = Step(window, now, before, self._limits)
            yield from self._note(window, (said for check in CHECKS for said in check(step)), at, ended=True)
        before.append(now)

    def _note(self, window: Window, said: Iterable[Said], at: float | None, *, ended: bool = False) -> Iterator[Alarm]:
        """The alarms that were not going off already; at the end of a step, those that it lacks have gone down."""
        now: set[tuple[str, str, str]] = set()
        for one in said:
            key = window.run, one.kind, one.what
            now.add(key)
            if key not in self._raised:
                alarm = Alarm(
                    kind=one.kind,
                    run=window.run,
                    step=window.step,
                    entry=window.last,
                    at=at,
                    severity=one.severity,
                    value=one.value,
                    limit=one.limit,
                    message=one.message,
                    evidence=one.evidence,
                )
                self.alarms.append(alarm)
                self._raised.add(key)
                yield alarm
        if ended:
            self._raised -= {key for key in self._raised if key[0] == window.run and key[1] != "canary_paid"} - now

    def _put_to_shadow(self, window: Window, scored: Scored, entry: int, rule: str) -> None:
        if self._shadow is None or not is_right(scored.score, rule):
            return
        verdict = self._shadow.judge([(scored.rollout.text, scored.task)])[0].verdict
        if verdict.score is not None:
            window.shadowed += 1
            if not verdict.score:
                window.refused += 1
                window.show("shadow", entry)

    def _tell(self, found: list[Alarm]) -> None:
        for alarm in found:
            self._told(alarm)


def is_canary(scored: Scored) -> bool:
    """Whether a task is one that nobody can solve."""
    meta: dict[str, Any] = scored.task.meta
    return bool(meta.get(CANARY)) or scored.task.id.lower().startswith(CANARY)


def _canary(scored: Scored, entry: int) -> Said:
    message = f"the canary {scored.task.id[:60] or 'task'} was answered right: look at the rollout, then at the canary"
    evidence = {"entries": [entry], "task": scored.task.id[:200], "group": scored.group[:200], "index": scored.index}
    return Said("canary_paid", "proof", scored.score.reward or 0.0, 0.0, message, evidence, scored.task.id)


def _warn(alarm: Alarm) -> None:
    """Say it. A filter that makes an error of every warning is no reason to stop a run."""
    where = f"step {alarm.step}" if alarm.step is not None else f"entry {alarm.entry:,}"
    with contextlib.suppress(RefereeWarning):
        warnings.warn(f"{alarm.kind} at {where} of run '{alarm.run}': {alarm.message}", RefereeWarning, stacklevel=4)
