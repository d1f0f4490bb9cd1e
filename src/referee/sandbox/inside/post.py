"""Numbers of the descriptors in a zygote's family, and what its processes tell each other."""

from __future__ import annotations

import os
import struct

# In a run while a program is executed: 0 to 3 are its input, output, errors and results.
OVER = 4  # the run says here what its limits are, and that it is over
# Until a run has read its work.
TURN, INBOX, STDIN = 5, 7, 10
# Of the compiler.
REQUESTS, OUTBOX = 11, 13
# To the other jail of a check, over the judge.
ASK, ANSWER = 20, 21
# Of the zygote alone: everything from here on is closed in a fork at once.
PRIVATE = 22
REPLIES, TURNS, FILES = 22, 23, 24

LENGTH = struct.Struct("<I")
NOTICE = struct.Struct("<ddddQQQ?")  # CPU and wall time allowed; both at the start; output, kept, results; pipes
DONE = struct.Struct("<iq")  # exit code, KiB of memory at the peak


class Gone(Exception):
    """The other side has gone."""


def exactly(number: int, size: int) -> bytes:
    """So many bytes. Raises `Gone` at the end of the stream."""
    content = os.read(number, min(size, 1 << 20))
    if len(content) == size:
        return content
    parts = [content]
    while content and size > len(content):
        size -= len(content)
        content = os.read(number, min(size, 1 << 20))
        parts.append(content)
    if not content:
        raise Gone
    return b"".join(parts)


def receive(number: int) -> bytes:
    """One message. Raises `Gone`."""
    return exactly(number, LENGTH.unpack(exactly(number, LENGTH.size))[0])


def send(number: int, content: bytes) -> None:
    """One message."""
    view = memoryview(LENGTH.pack(len(content)) + content)
    while view:
        view = view[os.write(number, view) :]
