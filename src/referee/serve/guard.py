"""Who may ask, how much, and what every answer says about itself: the outermost layer, plain ASGI.

* The address: a service on the loopback answers loopback addresses only.
* `Host`: one of ours, so that a page whose name was rebound to this address reads nothing.
* `Origin` and `Sec-Fetch-Site`: this service's own page, or no page at all.
* The token, where there is one: `Authorization: Bearer`, or Basic with the token as password, which is what a URL like
  `http://referee:TOKEN@host/get_reward` makes of it in trainers that take nothing but a URL.
* The body: its size, the time it takes to come, and the room that all bodies together take.
"""

from __future__ import annotations

import asyncio
import binascii
import hmac
import socket
from base64 import b64decode
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

from referee.serve.faults import RETRY_S, Fault, refusal
from referee.serve.house import House
from referee.serve.settings import LOOPBACK, Settings, is_loopback
from referee.serve.wire import encode

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN = ("/healthz", "/openapi.json", "/docs", "/", "/favicon.ico")  # told to everybody: they hold nothing of anybody's
NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


class Guard:
    """Lets a request through to `app`, or answers it."""

    def __init__(self, app: App, house: House) -> None:
        self.app, self.house, self.settings = app, house, house.settings
        self.held_bytes = 0
        self._known = _known(house.settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        body = _Body(self, receive)
        try:
            self._who(scope, headers)
            self._size(headers)
            await self.app(scope, body, _told(send))
        except Fault as fault:
            await _answer(send, fault)
        finally:
            self.held_bytes -= body.held

    def _who(self, scope: Scope, headers: dict[bytes, bytes]) -> None:
        settings = self.settings
        client = (scope.get("client") or ("",))[0]
        if settings.loopback and client and not is_loopback(client):
            raise Fault(403, f"this service answers its own machine only, and {client} is another")
        host = headers.get(b"host", b"").decode("latin-1")
        name = _name(host)
        if not self._mine(name):
            raise Fault(403, f"the Host {host[:80]!r} is not a name of this service; --name NAME makes it one")
        origin = headers.get(b"origin", b"").decode("latin-1")
        if origin and origin.partition("://")[2] != host:
            raise Fault(403, f"a page of {origin[:80]!r} may not ask this service")
        if headers.get(b"sec-fetch-site", b"none") == b"cross-site" and scope["path"] not in OPEN:
            raise Fault(403, "a page of another site may not ask this service")
        if settings.token and not _public(scope["path"]) and not _knows(settings.token, headers):
            raise Fault(401, "this service wants its token: Authorization: Bearer TOKEN")

    def _mine(self, name: str) -> bool:
        if name in self._known:
            return True
        return not self.settings.loopback and _is_address(name)  # a rebound name is a name, never an address

    def _size(self, headers: dict[bytes, bytes]) -> None:
        said = headers.get(b"content-length", b"0")
        if not said.isdigit():
            raise Fault(400, "the Content-Length is no number")
        self.take(0, int(said[:20]))

    def take(self, held: int, more: int) -> None:
        """Whether `more` bytes of a body of which `held` are there may come."""
        limits = self.settings.limits
        if held + more > limits.body_bytes:
            raise Fault(413, f"the body is larger than {limits.body_bytes:,} bytes; send fewer rollouts at a time")
        if self.held_bytes + more > limits.held_bytes:
            raise Fault(429, f"requests of {limits.held_bytes:,} bytes are being read; ask again in {RETRY_S} s")


class _Body:
    """The body of one request as it comes, within its limits."""

    def __init__(self, guard: Guard, receive: Receive) -> None:
        self._guard, self._receive = guard, receive
        self._until = asyncio.get_running_loop().time() + guard.settings.limits.body_seconds
        self._whole = False
        self.held = 0

    async def __call__(self) -> Message:
        if self._whole:  # what comes now is that the client is gone
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._until):
                message = await self._receive()
        except TimeoutError:
            seconds = self._guard.settings.limits.body_seconds
            raise Fault(408, f"the whole body did not come within {seconds:g} s") from None
        if message["type"] == "http.request":
            size = len(message.get("body", b""))
            self._guard.take(self.held, size)
            self.held += size
            self._guard.held_bytes += size
            self._whole = not message.get("more_body", False)
        return message


def _told(send: Send) -> Send:
    """Every answer says how it may be used; a route that says so itself is left alone."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", ()))
            said = {name for name, _ in headers}
            headers += [pair for pair in _ALWAYS if pair[0] not in said]
            if b"content-security-policy" not in said:
                headers.append((b"content-security-policy", NOTHING.encode()))
            if b"cache-control" not in said:
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": headers}
        await send(message)

    return told


async def _answer(send: Send, fault: Fault) -> None:
    content = encode(refusal(fault.status, str(fault), fault.path))
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
    headers += extra(fault.status)
    if fault.status in {408, 413}:  # the rest of the body is not read
        headers.append((b"connection", b"close"))
    with suppress(RuntimeError):  # the answer had begun
        await _told(send)({"type": "http.response.start", "status": fault.status, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def extra(status: int) -> list[tuple[bytes, bytes]]:
    """Headers that belong to a status."""
    if status in {429, 503}:
        return [(b"retry-after", b"%d" % RETRY_S)]
    return [(b"www-authenticate", b'Bearer realm="referee"')] if status == 401 else []


def _public(path: str) -> bool:
    return path in OPEN or path.startswith("/assets/")


def _knows(token: str, headers: dict[bytes, bytes]) -> bool:
    kind, _, said = headers.get(b"authorization", b"").partition(b" ")
    if kind.lower() == b"basic":
        try:
            said = b64decode(said, validate=True).partition(b":")[2]
        except (binascii.Error, ValueError):
            return False
    elif kind.lower() != b"bearer":
        return False
    return hmac.compare_digest(said.strip(), token.encode())


def _known(settings: Settings) -> frozenset[str]:
    names = {name.lower() for name in settings.names}
    if settings.loopback:
        return frozenset(names | LOOPBACK | {settings.host.lower()})
    return frozenset(names | LOOPBACK | {settings.host.lower(), socket.gethostname().lower()})


@lru_cache(maxsize=1024)
def _name(host: str) -> str:
    """The name of a `Host` without its port, in lower case."""
    name, colon, port = host.rpartition(":")
    if colon and port.isdigit() and not (name.count(":") and not name.endswith("]")):
        host = name
    return host.removeprefix("[").removesuffix("]").removesuffix(".").lower()


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
