"""What a service is told when it is opened."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path

from referee.core.errors import UsageError
from referee.core.types import Record

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SHORTEST_TOKEN = 16


class Limits(Record, frozen=True, kw_only=True):
    """What one request may ask for, and all of them together.

    body_bytes: of a request's body. body_seconds: until the whole of it is there. rollouts: of a request.
    characters: of one rollout. explained: rollouts that are explained at once. pack_bytes: of a pack's text.
    seconds: until what is not judged is answered as `unjudged`. in_flight: rollouts that are accepted and not
    answered; more are refused with 429. held_bytes: of all bodies together, likewise.
    """

    body_bytes: int = 16 << 20
    body_seconds: float = 30.0
    rollouts: int = 1024
    characters: int = 1 << 20
    explained: int = 64
    pack_bytes: int = 64 << 10
    seconds: float = 60.0
    in_flight: int = 8192
    held_bytes: int = 256 << 20


class Settings(Record, frozen=True, kw_only=True):
    """host, port: where it listens; port 0 takes any free one. token: who asks must know it, unless empty.

    names: further names under which the machine may be called (the `Host` of a request). packs: names and files to
    offer; the first is what trainers' routes judge with. ledgers: files to browse. where, workers: the pool's. page:
    the folder of the built page. words: reason codes in words. Raises `UsageError` for what would be open to everybody.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str = ""
    names: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    ledgers: tuple[Path, ...] = ()
    where: str = "local"
    workers: int | None = None
    limits: Limits = Limits()
    page: Path = Path(__file__).parent / "static"
    words: dict[str, str] = {}

    def __post_init__(self) -> None:
        if self.token and (
            len(self.token) < SHORTEST_TOKEN or not self.token.isascii() or not self.token.isprintable()
        ):
            raise UsageError(
                f"a token is {SHORTEST_TOKEN} or more printable ASCII characters, as `openssl rand -hex 32` writes"
            )
        if not self.loopback and not self.token:
            raise UsageError(
                f"others can reach {self.host}, so who asks must know a token: put one into REFEREE_TOKEN or a file "
                "named with --token-file (`openssl rand -hex 32` makes one), or leave --host at 127.0.0.1"
            )

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address or a name is this machine's own."""
    if host.lower() in LOOPBACK:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
