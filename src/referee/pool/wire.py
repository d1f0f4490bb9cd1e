"""Submissions and what was judged as bytes: MessagePack, or JSON for what that cannot hold (lone surrogates).

A pack travels as bytes of its own, which are written once for a `PackSpec` and read once for equal bytes.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from referee.core.types import Record, Rollout, Task
from referee.data.plain import pack, unpack
from referee.engine.scored import Submission
from referee.packs.spec import PackSpec
from referee.pool.base import Judged

_HELD = 64  # packs whose bytes are remembered

K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A mapping that forgets the oldest entry when it is full."""

    def __init__(self, size: int = _HELD) -> None:
        self._size = size
        self._held: dict[K, V] = {}
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value, None when there is none."""
        return self._held.get(key)

    def pop(self, key: K) -> V | None:
        """Forget it; the value, None when there was none."""
        return self._held.pop(key, None)

    def put(self, key: K, value: V) -> V:
        """Remember it; gives it back."""
        with self._lock:
            while len(self._held) >= self._size:
                self._held.pop(next(iter(self._held)), None)
            self._held[key] = value
        return value


class _Message(Record, frozen=True, kw_only=True, array_like=True):
    """A submission whose pack is bytes."""

    run: str
    group: str
    task: Task
    rollouts: tuple[Rollout, ...]
    pack: bytes
    step: int | None
    start: int


_MESSAGE = msgspec.msgpack.Decoder(_Message)
_SPEC = msgspec.msgpack.Decoder(PackSpec)
_JUDGED = msgspec.msgpack.Decoder(list[Judged])
_written: Recent[int, tuple[PackSpec, bytes]] = Recent()  # by identity, which the held spec keeps its own
_read: Recent[bytes, PackSpec] = Recent()


def write(submission: Submission) -> bytes:
    """The submission as bytes."""
    spec = submission.pack
    held = _written.get(id(spec)) or _written.put(id(spec), (spec, pack(spec)))
    return pack(
        _Message(
            run=submission.run,
            group=submission.group,
            task=submission.task,
            rollouts=submission.rollouts,
            pack=held[1],
            step=submission.step,
            start=submission.start,
        )
    )


def read(content: bytes) -> Submission:
    """The submission; equal packs are one object."""
    message = unpack(content, _MESSAGE)
    spec = _read.get(message.pack) or _read.put(message.pack, unpack(message.pack, _SPEC))
    return Submission(
        run=message.run,
        group=message.group,
        task=message.task,
        rollouts=message.rollouts,
        pack=spec,
        step=message.step,
        start=message.start,
    )


def write_judged(judged: Sequence[Judged]) -> bytes:
    """What was judged as bytes."""
    return pack(judged)


def read_judged(content: bytes) -> list[Judged]:
    """What was judged."""
    return unpack(content, _JUDGED)
