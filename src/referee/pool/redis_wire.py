"""What travels through Redis: submissions to workers, judged rollouts back, dead letters aside.

A message is a small head in MessagePack, whose first field is the version of the protocol, and a body (`pool.wire`)
that is plain bytes to all who only pass it on. A message of another version is never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from referee.core.errors import InfrastructureError, UsageError
from referee.core.types import Record
from referee.engine.scored import Submission
from referee.pool.base import Judged
from referee.pool.wire import read, read_judged, write, write_judged

VERSION = 1
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


class Keys:
    """The keys of one run. The braces keep them on one node of a cluster.

    work: submissions, a stream that the group `judges` reads; an entry stays until its scores are drained. dead: what
    was given up, a stream. workers: signs of life. faults: who was lost with a submission in hand. builds: what the
    workers' judges are made of. counts: of redeliveries and dead letters.
    """

    def __init__(self, run: str) -> None:
        self.run = named(run, "run")
        self.base = f"referee:{{{run}}}"
        self.work, self.dead, self.workers = f"{self.base}:work", f"{self.base}:dead", f"{self.base}:workers"
        self.faults, self.builds, self.counts = f"{self.base}:faults", f"{self.base}:builds", f"{self.base}:counts"

    def done(self, to: str) -> str:
        """The stream of judged rollouts for one submitter."""
        return f"{self.base}:done:{to}"


class Work(msgspec.Struct, array_like=True):
    """A submission on its way. token: the submitter's name for it; to: who gets the scores."""

    version: int
    token: str
    to: str
    body: bytes

    def submission(self) -> Submission:
        """Raises `Unreadable`."""
        try:
            return read(self.body)
        except (msgspec.MsgspecError, UsageError, ValueError) as error:
            raise Unreadable(f"a submission cannot be read: {error}") from None


class Result(msgspec.Struct, array_like=True):
    """Judged rollouts on their way back. work: id of the submission's entry; last: no more of it will follow.

    refused: why the worker could not even read the submission; the submitter, who can, makes it unjudged.
    """

    version: int
    token: str
    work: bytes
    last: bool
    body: bytes
    refused: str = ""

    def judged(self) -> list[Judged]:
        """Raises `Unreadable`."""
        try:
            return read_judged(self.body)
        except (msgspec.MsgspecError, UsageError, ValueError) as error:
            raise Unreadable(f"scores cannot be read: {error}") from None


class Letter(Record, frozen=True, kw_only=True):
    """Why a submission was given up. workers: those that were lost while they held it, in order."""

    entry: str
    reason: str
    deliveries: int
    workers: tuple[str, ...] = ()
    detail: str = ""


class Unreadable(InfrastructureError):
    """A message that this version cannot read."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "infra.message")


_WORK = msgspec.msgpack.Decoder(Work)
_RESULT = msgspec.msgpack.Decoder(Result)
_ENCODER = msgspec.msgpack.Encoder()


def write_work(token: str, to: str, submission: Submission) -> bytes:
    """A submission as a message."""
    return _ENCODER.encode(Work(VERSION, token, to, write(submission)))


def read_work(message: bytes) -> Work:
    """The head of a message. Raises `Unreadable`."""
    try:
        work = _WORK.decode(message)
    except msgspec.MsgspecError as error:
        raise _unreadable(message, error) from None
    if work.version != VERSION:
        raise Unreadable(_other(work.version))
    return work


def address(message: bytes) -> tuple[str, str]:
    """Token and submitter of a message of any version: they never move. Empty where there are none."""
    try:
        _, token, to = msgspec.msgpack.decode(message)[:3]
    except (msgspec.MsgspecError, TypeError, ValueError):
        return "", ""
    return (token, to) if isinstance(token, str) and isinstance(to, str) and _NAME.fullmatch(to) else ("", "")


def write_result(token: str, work: bytes, judged: Sequence[Judged], *, last: bool, refused: str = "") -> bytes:
    """Judged rollouts as a message."""
    return _ENCODER.encode(Result(VERSION, token, work, last, write_judged(judged), refused))


def read_result(message: bytes) -> Result:
    """A message with judged rollouts. Raises `Unreadable`."""
    try:
        result = _RESULT.decode(message)
    except msgspec.MsgspecError as error:
        raise _unreadable(message, error) from None
    if result.version != VERSION:
        raise Unreadable(_other(result.version))
    return result


def split(url: str) -> tuple[str, str]:
    """URL and run of `redis://host:6379#run`; the run is empty where none is named."""
    address, _, run = url.partition("#")
    return address, run


def named(name: str, what: str) -> str:
    """A name that may stand in a key."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"a {what} is named with 1 to 64 of A-Z a-z 0-9 . _ -; got {name!r:.100}")
    return name


def _unreadable(message: bytes, error: Exception) -> Unreadable:
    try:
        version = msgspec.msgpack.decode(message)[0]
    except (msgspec.MsgspecError, TypeError, LookupError):
        version = None
    if isinstance(version, int) and version != VERSION:
        return Unreadable(_other(version))
    return Unreadable(f"a message of {len(message):,} bytes cannot be read: {error}")


def _other(version: int) -> str:
    return (
        f"a message speaks version {version} of the protocol, this process {VERSION}; install the same referee on both"
    )
