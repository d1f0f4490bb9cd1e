"""Messages between the two jails of a check, carried and looked at by the judge between them.

Each is a length and a plain value whose first part is the session's number: what is left over from an earlier one is
passed over. What arrives was read and written again by the judge, so it holds plain values only.
"""

from __future__ import annotations

import marshal
from typing import Any

from referee.sandbox.inside import post

LARGEST = 32 << 20  # bytes of a message of the test's; what the program returns is bounded by its own limit


class Closed(BaseException):
    """The other side is gone."""


def send(number: int, *parts: Any) -> None:
    """One message. Raises `ValueError` when a part is not plain, or all of it too long."""
    content = marshal.dumps((number, *parts), 2)
    if len(content) > LARGEST:
        raise ValueError(f"a message of more than {LARGEST} bytes")
    post.send(post.ANSWER, content)


def receive(number: int) -> tuple[Any, ...]:
    """The next message of this session, without its number."""
    while True:
        try:
            message: tuple[Any, ...] = marshal.loads(post.receive(post.ASK))
        except post.Gone as error:
            raise Closed from error
        if message[0] == number:
            return message[1:]
