"""What the doors are tested with: a server for their routes, and stand-ins for trainers that no index offers.

The stand-ins are written from the published contract: `open_instruct.ground_truth_utils` and slime's `Sample`.
"""

from __future__ import annotations

import json
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any

import pytest

from referee.adapters.judge import Routes
from referee.core.errors import UsageError


@contextmanager
def served(routes: Routes) -> Iterator[str]:
    """The routes on a port of this machine, as `referee serve` mounts them: JSON in, JSON out. Gives the address."""

    class Requests(BaseHTTPRequestHandler):
        def answer(self) -> None:
            handler = routes.get((self.command, self.path))
            size = int(self.headers.get("Content-Length") or 0)
            try:
                if handler is None:
                    status, found = 404, {"error": "no such route"}
                else:
                    status, found = 200, handler(json.loads(self.rfile.read(size) or b"{}"))
            except UsageError as error:
                status, found = 400, {"error": str(error)}
            content = json.dumps(found, allow_nan=False).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer  # noqa: N815 - http.server's names

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def serve() -> Iterator[Callable[[Routes], str]]:
    """`serve(routes)` gives the address of a server that ends with the test."""
    with ExitStack() as stack:
        yield lambda routes: stack.enter_context(served(routes))


@dataclass
class Sample:
    """The fields of slime's `Sample` that a reward function and a post-processor read and write."""

    prompt: str | list[dict[str, str]] = ""
    response: str = ""
    label: Any = None
    group_index: int | None = None
    reward: float | dict[str, Any] | None = None
    remove_sample: bool = False
    metadata: dict[str, Any] = field(default_factory=dict)

    def get_reward_value(self, args: Any) -> float:
        return self.reward if not args.reward_key else self.reward[args.reward_key]


@pytest.fixture(scope="session")
def slime_sample() -> type[Sample]:
    return Sample


@dataclass
class VerificationResult:
    score: float
    cost: float = 0.0
    reasoning: str | None = None


class VerifierFunction(ABC):
    """The base class of open-instruct's verifiers: what it is made with, and how the trainer finds its subclasses."""

    def __init__(self, name: str, weight: float = 1.0, verifier_config: Any = None) -> None:
        self.name = name
        self.weight = weight
        self.verifier_config = verifier_config

    @abstractmethod
    def __call__(
        self, tokenized_prediction: list[int], prediction: str, label: Any, query: str | None = None
    ) -> Any: ...


@pytest.fixture
def open_instruct_module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """open-instruct's module of verifiers."""
    package, module = ModuleType("open_instruct"), ModuleType("open_instruct.ground_truth_utils")
    module.VerificationResult = VerificationResult
    module.VerifierFunction = VerifierFunction
    monkeypatch.setitem(sys.modules, "open_instruct", package)
    monkeypatch.setitem(sys.modules, "open_instruct.ground_truth_utils", module)
    return module
