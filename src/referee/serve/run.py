"""The service as a process: a socket, uvicorn, and an end that answers what was accepted."""

from __future__ import annotations

import gc
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from referee.core.errors import UsageError
from referee.serve.app import application
from referee.serve.guard import Guard
from referee.serve.settings import Settings

_BACKLOG = 2048
_YOUNG = 20_000  # new containers until the next collection; a batch of scores has some thousands
_IDLE_S = 75  # a connection without a request; trainers hold theirs for some steps


def bound(settings: Settings) -> socket.socket:
    """The listening socket. Raises `UsageError` when the address cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((settings.host, settings.port))
    except OSError as error:
        made.close()
        raise UsageError(
            f"{settings.host}:{settings.port} cannot be had: {error.strerror or error}; choose another with --port"
        ) from None
    return made


def url(settings: Settings, listening: socket.socket) -> str:
    """The address to open."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listening.getsockname()[1]}"


def serve(settings: Settings, ready: Callable[[str], None] = lambda _: None) -> None:
    """Serve until a signal to stop: then nothing more is accepted, and what was accepted is answered.

    `ready` is told the address when the socket is bound. Raises `RefereeError` for what keeps it from starting.
    """
    app = application(settings)
    with bound(settings) as listening, _few_collections():
        app.house.open()  # what keeps it from opening is one sentence here, and a traceback of uvicorn's there
        server(app, lambda: ready(url(settings, listening))).run(sockets=[listening])


@contextmanager
def _few_collections() -> Iterator[None]:
    """What is loaded stays, and is not looked through at every collection; batches of scores are short-lived."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_YOUNG)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


class _Server(uvicorn.Server):
    """Tells when it answers; a signal to stop is a way to end well, so the process does not die of it afterwards."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {one: signal.signal(one, self.handle_exit) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)


def server(app: Guard, ready: Callable[[], None]) -> uvicorn.Server:
    """uvicorn, told to trust no proxy's headers, to name nothing of itself and to log what fails only."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="on",
        backlog=_BACKLOG,
        timeout_keep_alive=_IDLE_S,
    )
    return _Server(config, ready)
