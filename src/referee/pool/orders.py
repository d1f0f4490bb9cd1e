"""Who wants which rollout: what was submitted and has not come back, what came back and has not been taken.

Delivery by a queue is at least once; here it becomes exactly once. What comes without being wanted is late, or a
duplicate, whose score must be that of the first.
"""

from __future__ import annotations

import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from referee.core.errors import RefereeWarning, UsageError
from referee.core.types import Score
from referee.engine.scored import Scored, Submission, same
from referee.pool.wire import Recent

_REMEMBERED = 8192  # scores that a duplicate is compared with
_ALARMS = 100  # that are held

Place = tuple[str, str, int, str]  # run, group, index, digest of the pack


def place_of(scored: Scored) -> Place:
    """Where a scored rollout belongs."""
    return scored.run, scored.group, scored.index, scored.score.pack


class Alarm(NamedTuple):
    """The same work was judged twice, and not alike: the judge is not deterministic, or differs between workers.

    first: the score that counts, and who gave it. second: the other one.
    """

    first: Score
    worker: str
    second: Scored


class Inbox:
    """What one customer waits for (`left`), and what is there for it (`rows`). `ready` is told that there is more."""

    def __init__(self, ready: Callable[[], None] | None = None) -> None:
        self.left: set[Place] = set()
        self.rows: deque[Scored] = deque()
        self.ready = ready


class _Order:
    """A rollout that has not come back, and who wants it."""

    __slots__ = ("inboxes", "index", "submission")

    def __init__(self, submission: Submission, index: int) -> None:
        self.submission, self.index = submission, index
        self.inboxes: list[Inbox] = []

    def is_for(self, other: Submission, index: int) -> bool:
        mine = self.submission
        return mine.rollouts[self.index] == other.rollouts[index] and mine.task == other.task


class Orders:
    """All of it, for any number of threads. `limit`: rollouts that may be submitted and not taken yet."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.alarms: deque[Alarm] = deque(maxlen=_ALARMS)
        self.flight = 0
        self.count = dict.fromkeys(("submitted", "drained", "masked", "late", "duplicates", "alarms"), 0)
        self._lock = threading.Lock()
        self._room, self._news = threading.Condition(self._lock), threading.Condition(self._lock)
        self._orders: dict[Place, _Order] = {}
        self._scores: Recent[str, tuple[Score, str]] = Recent(_REMEMBERED)
        self._given_up: Recent[Place, bool] = Recent(_REMEMBERED)

    def take_in(self, submission: Submission, places: Sequence[Place], inbox: Inbox) -> bool:
        """Note what an inbox wants; whether any of it is new, so that it must be judged.

        Raises `UsageError` when a place is in flight with another content.
        """
        with self._lock:
            for index, place in enumerate(places):
                if (known := self._orders.get(place)) is not None and not known.is_for(submission, index):
                    raise UsageError(
                        f"rollout {place[2]} of group '{place[1]}' in run '{place[0]}' is in flight with another "
                        "content; ids are unique within a run"
                    )
            fresh = False
            for index, place in enumerate(places):
                if (order := self._orders.get(place)) is None:
                    order = self._orders[place] = _Order(submission, index)
                    fresh = True
                if inbox in order.inboxes:
                    self.count["duplicates"] += 1
                    continue
                order.inboxes.append(inbox)
                inbox.left.add(place)
                self.flight += 1
                self.count["submitted"] += 1
            return fresh

    def has_room(self, rollouts: int) -> bool:
        """Whether so many more may be in flight; any number may when none are."""
        return not self.flight or self.flight + rollouts <= self.limit

    def wait_for_room(self, wait_s: float) -> None:
        """Until something was taken, or the time is over."""
        with self._lock:
            self._room.wait(wait_s)

    def deliver(self, scored: Iterable[Scored]) -> list[tuple[Submission, Scored]]:
        """Put what came back where it is wanted, once; says what was, and of which submission."""
        told: set[Inbox] = set()
        wanted: list[tuple[Submission, Scored]] = []
        strays: list[Alarm] = []
        with self._lock:
            for one in scored:
                place = place_of(one)
                order = self._orders.pop(place, None)
                if order is None:
                    strays += self._stray(place, one)
                    continue
                wanted.append((order.submission, one))
                self._scores.put(one.key, (one.score, one.worker))  # not its text: memory stays flat
                for inbox in order.inboxes:
                    inbox.left.discard(place)
                    inbox.rows.append(one)
                    told.add(inbox)
            self._news.notify_all()
        for inbox in told:
            if inbox.ready is not None:
                inbox.ready()
        for alarm in strays:
            self._alarm(alarm)
        return wanted

    def _stray(self, place: Place, scored: Scored) -> list[Alarm]:
        """Nobody waits for it: it came late, or a second time."""
        if self._given_up.pop(place):
            self.count["late"] += 1
            return []
        self.count["duplicates"] += 1
        first = self._scores.get(scored.key)
        if first is None or _machinery(first[0]) or _machinery(scored.score) or same(first[0], scored.score):
            return []
        self.count["alarms"] += 1
        return [Alarm(*first, scored)]

    def _alarm(self, alarm: Alarm) -> None:
        self.alarms.append(alarm)
        first, worker, second = alarm
        warnings.warn(
            f"rollout {second.index} of group '{second.group}' in run '{second.run}' was judged twice, and not alike: "
            f"{first.reward} by {worker or 'somebody'}, {second.score.reward} by {second.worker or 'somebody'}; "
            "the first one counts. `referee replay` finds the rule",
            RefereeWarning,
            stacklevel=2,
        )

    def take(self, inbox: Inbox, count: int) -> list[Scored]:
        """Up to so many of an inbox's rows."""
        with self._lock:
            found = [inbox.rows.popleft() for _ in range(min(count, len(inbox.rows)))]
            self.count["drained"] += len(found)
            self._leave(len(found))
        return found

    def wait(self, inbox: Inbox, wait_s: float) -> None:
        """Until there is something in the inbox, or the time is over."""
        with self._lock:
            if not inbox.rows and inbox.left:
                self._news.wait(wait_s)

    def wake(self) -> None:
        """Everyone who waits looks again."""
        with self._lock:
            inboxes = {inbox for order in self._orders.values() for inbox in order.inboxes}
            self._news.notify_all()
            self._room.notify_all()
        for inbox in inboxes:
            if inbox.ready is not None:
                inbox.ready()

    def give_up(self, inbox: Inbox, *, masked: bool = False) -> list[tuple[Submission, int]]:
        """An inbox waits no longer; what it waited for. With `masked` that counts as handed over."""
        found: list[tuple[Submission, int]] = []
        with self._lock:
            for place in sorted(inbox.left):
                order = self._orders[place]
                found.append((order.submission, order.index))
                order.inboxes.remove(inbox)
                if not order.inboxes:
                    del self._orders[place]
                    self._given_up.put(place, True)  # noqa: FBT003
            inbox.left.clear()
            if masked:
                self.count["masked"] += len(found)
                self.count["drained"] += len(found)
            self._leave(len(found))
        return found

    def drop(self, inbox: Inbox) -> None:
        """An inbox is closed: what it waited for and what is in it is not wanted."""
        self.give_up(inbox)
        with self._lock:
            self._leave(len(inbox.rows))
            inbox.rows.clear()

    def _leave(self, count: int) -> None:
        if count:
            self.flight -= count
            self._room.notify_all()


def _machinery(score: Score) -> bool:
    """Whether our machinery failed, which it need not when the same is judged again."""
    return any(verdict.reason.startswith("infra.") for verdict in score.verdicts.values())
