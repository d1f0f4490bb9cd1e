"""A real service on a free port of the loopback, in a thread, with one worker process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

pytest.importorskip("starlette", reason="starlette is not installed: pip install 'referee[serve]'")
pytest.importorskip("uvicorn", reason="uvicorn is not installed: pip install 'referee[serve]'")
httpx = pytest.importorskip("httpx", reason="httpx, the tests' client, is not installed")

from referee.cli.words import WORDS  # noqa: E402
from referee.serve.app import application  # noqa: E402
from referee.serve.run import bound, server, url  # noqa: E402
from referee.serve.settings import Settings  # noqa: E402

START_S = 120.0  # a busy machine


@contextmanager
def service(**given) -> Iterator[str]:
    """The address of a service that is open."""
    settings = Settings(**{"port": 0, "workers": 1, "words": WORDS, **given})
    ready = threading.Event()
    with bound(settings) as listening:
        running = server(application(settings), ready.set)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        assert ready.wait(START_S), "the service did not start"
        try:
            yield url(settings, listening)
        finally:
            running.should_exit = True
            thread.join(START_S)
            assert not thread.is_alive(), "the service did not stop"


@pytest.fixture(scope="session")
def serving():
    """`with serving(ledgers=...) as address`: a service of one's own."""
    return service


@pytest.fixture(scope="session")
def served() -> Iterator[httpx.Client]:
    """A client of a service with what it comes with."""
    with service() as address, httpx.Client(base_url=address, timeout=START_S) as client:
        yield client


@pytest.fixture
def open_service() -> Iterator[Callable[..., httpx.Client]]:
    """A client of a service of one's own: `open_service(token=...)`."""
    with ExitStack() as stack:

        def opened(**given) -> httpx.Client:
            address = stack.enter_context(service(**given))
            return stack.enter_context(httpx.Client(base_url=address, timeout=START_S))

        yield opened
