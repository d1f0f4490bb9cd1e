"""A connection to Redis that comes back.

Commands go out as one pipeline and are sent again after a broken or silent connection, with growing pauses, for as long
as the caller is patient. A command may therefore be carried out twice; everything built on this is made for that.
"""

from __future__ import annotations

import contextlib
import random
import re
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from referee.core.errors import InfrastructureError, MissingExtra, UsageError, brief

if TYPE_CHECKING:
    from redis import Redis

Command = Sequence[str | bytes | int | float]

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.02, 2.0
# The server is there and cannot serve now: it loads, is a replica, is full, cannot write its log, or lost its data.
_PASSING = ("LOADING", "READONLY", "OOM", "MISCONF", "MASTERDOWN", "TRYAGAIN", "CLUSTERDOWN")
_LOST = ("NOGROUP", "no such key")
_SCHEMES = ("redis", "rediss", "unix")


class Link:
    """Pipelines to one server, from any thread.

    `timeout_s`: silence after which a connection counts as dead, so that a half-open one is noticed. `patience_s`: how
    long to try before `InfrastructureError`; None for ever; a change counts at once. `fault`: why commands wait now.
    `broken` is called after every fault, and when a connection is new, for the client replaces a broken one without a
    word. `repair`: commands that make again what a server that lost its data lacks. The password may stand in the URL;
    messages never show it.
    """

    def __init__(
        self, url: str, *, timeout_s: float = 5.0, patience_s: float | None = 60.0, password: str | None = None
    ) -> None:
        self.where = _where(url)
        self.timeout_s = timeout_s
        self.patience_s = patience_s
        self.fault = ""
        self.block_ms = int(min(1.0, timeout_s / 2) * 1000)  # the longest that one command may block
        self.broken: Callable[[], None] = lambda: None
        self.repair: Sequence[Command] = ()
        self._client = _client(url, timeout_s, password, self._connected)

    def pipe(
        self, commands: Sequence[Command], *, together: bool = False, patience_s: float | None = -1.0
    ) -> list[Any]:
        """The answers, in order. `together`: all or none are carried out (MULTI)."""
        from redis import exceptions

        started = time.monotonic()
        pause = FIRST_PAUSE_S
        while True:
            try:
                answers = self._once(commands, together=together)
                self.fault = ""
                return answers
            except exceptions.AuthenticationError as error:
                raise UsageError(f"Redis at {self.where} refuses the password or user: {error}") from None
            except exceptions.ResponseError as error:
                if not _passing(str(error)):
                    raise InfrastructureError(f"Redis at {self.where} refuses: {error}", "infra.queue") from error
                fault = str(error)
                self._mend(fault)
            except (exceptions.ConnectionError, exceptions.TimeoutError, OSError) as error:
                fault = f"{type(error).__name__}: {error}"
            self.broken()
            self.fault = f"Redis at {self.where} does not serve ({brief(fault, 160)}); trying again"
            patience = self.patience_s if patience_s == -1.0 else patience_s
            if patience is not None and time.monotonic() + pause > started + patience:
                raise InfrastructureError(
                    f"Redis at {self.where} has not served for {patience:g} s ({brief(fault, 160)}); is it running, "
                    "and is the URL right?",
                    "infra.queue",
                )
            time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311  # so that a fleet does not return as one
            pause = min(pause * 2, LONGEST_PAUSE_S)

    def close(self) -> None:
        """Let go of all connections; the next pipeline opens new ones."""
        self._client.close()
        self._client.connection_pool.disconnect()

    def _once(self, commands: Sequence[Command], *, together: bool) -> list[Any]:
        pipeline = self._client.pipeline(transaction=together)
        try:
            for command in commands:
                pipeline.execute_command(*command)  # type: ignore[no-untyped-call]
            answers: list[Any] = pipeline.execute(raise_on_error=False)
        finally:
            pipeline.reset()
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return answers

    def _connected(self, connection: Any) -> None:
        connection.on_connect()
        self.broken()

    def _mend(self, fault: str) -> None:
        """Make again what the server lost; that somebody else was faster is no fault."""
        if any(word in fault for word in _LOST):
            from redis.exceptions import RedisError

            with contextlib.suppress(RedisError, OSError):
                self._once(self.repair, together=False)


def _client(url: str, timeout_s: float, password: str | None, connected: Callable[[Any], None]) -> Redis:
    try:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError:
        raise MissingExtra("a pool over Redis", "redis") from None
    given: dict[str, Any] = {} if password is None else {"password": password}
    try:
        client = Redis.from_url(
            url,
            socket_timeout=timeout_s,
            socket_connect_timeout=timeout_s,
            socket_keepalive=True,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
            redis_connect_func=connected,
            **given,
        )
    except (ValueError, TypeError) as error:
        raise UsageError(f"the URL of Redis at {_where(url)} cannot be read: {error}") from None
    client.response_callbacks.clear()  # answers as they come: lists of bytes and numbers
    return client


def _where(url: str) -> str:
    """Host and port without user and password."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        known = "redis://host:6379, rediss://host:6379 for TLS, or unix:///path/to/socket"
        raise UsageError(f"'{re.sub(r'//[^@/]*@', '//***@', url)}' is no URL of Redis; give one like {known}")
    return parts.path if parts.scheme == "unix" else parts.netloc.rpartition("@")[2]


def _passing(fault: str) -> bool:
    return fault.startswith(_PASSING) or any(word in fault for word in _LOST)
