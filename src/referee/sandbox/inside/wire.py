"""Messages between the two jails of a check, carried and looked at by the judge between them.

Each is a length and a plain value whose first part is the session's number: what is left over from an earlier one is
passed over. What arrives was read and written again by the judge, so it holds plain values only.
"""

from __future__ import annotations

import marshal
import os
import struct
from typing import Any

IN, OUT = 20, 21
_LENGTH = struct.Struct("<I")


class Closed(BaseException):
    """The other side is gone."""


def send(number: int, *parts: Any) -> None:
    """One message. Raises `ValueError` when a part is not plain."""
    content = marshal.dumps((number, *parts), 2)
    view = memoryview(_LENGTH.pack(len(content)) + content)
    while view:
        view = view[os.write(OUT, view) :]


def receive(number: int) -> tuple[Any, ...]:
    """The next message of this session, without its number."""
    while True:
        size = _LENGTH.unpack(_exactly(_LENGTH.size))[0]
        message: tuple[Any, ...] = marshal.loads(_exactly(size))
        if message[0] == number:
            return message[1:]


def _exactly(size: int) -> bytes:
    content = b""
    while len(content) < size:
        part = os.read(IN, size - len(content))
        if not part:
            raise Closed
        content += part
    return content
