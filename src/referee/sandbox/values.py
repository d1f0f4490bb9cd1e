"""Plain values across the wall: written in C, read by a reader of our own with bounds.

The layout is what CPython's marshal writes as version 2: one tag, then content. Its writer takes exact builtin types
and refuses everything else, so an instance of a subclass cannot cross. Its *reader* would revive code objects, so
nothing that a jail wrote is given to it: `read` knows the fourteen tags of plain values and no other, and stops at a
depth, a size and a number of values.
"""

from __future__ import annotations

import marshal
import struct
from typing import Any

from referee.core.hashes import crowded
from referee.core.jobs import DEPTH, INT_BITS

VALUES = 2_000_000  # in one message
_HASHED = 8  # for how many values a set or a dictionary counts, which takes at least 200 bytes of ours
_INT = struct.Struct("<i")
_FLOAT = struct.Struct("<d")
_COMPLEX = struct.Struct("<dd")
_PLAIN = frozenset((type(None), bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset))
_SINGLE = {ord("N"): None, ord("T"): True, ord("F"): False}
_I, _L, _G, _Y, _U, _S = b"ilgyus"
_TUPLE, _LIST, _DICT, _SET, _FROZEN, _END = b"([{<>0"


class NotPlain(ValueError):
    """Bytes that are no plain value, or one past the bounds; or a value that cannot be sent."""


def write(value: Any) -> bytes:
    """The bytes of a plain value. Raises `NotPlain`."""
    try:
        return marshal.dumps(value, 2)
    except ValueError as error:
        raise NotPlain(f"only plain values can be sent to a jail: {error}") from error


def read(content: bytes) -> Any:
    """The value of bytes that may have been written by anyone. Raises `NotPlain`, and nothing else."""
    reader = _Reader(content)
    try:
        value = reader.value(0)
    except (IndexError, struct.error, UnicodeDecodeError, TypeError, MemoryError, RecursionError) as error:
        raise NotPlain(f"not a plain value: {error}") from error
    if reader.at != len(content):
        raise NotPlain("something follows the value")
    return value


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0
        self.left = VALUES

    def value(self, depth: int) -> Any:
        """The next value."""
        content, at = self.content, self.at
        tag = content[at]
        self.at = at + 1
        if tag == _I:
            self.at = at + 5
            return _INT.unpack_from(content, at + 1)[0]
        if tag in _SINGLE:
            return _SINGLE[tag]
        if tag == _U:
            return self._take(self._size()).decode("utf-8", "surrogatepass")
        if tag == _G:
            self.at = at + 9
            return _FLOAT.unpack_from(content, at + 1)[0]
        if depth >= DEPTH:
            raise NotPlain(f"nested deeper than {DEPTH}")
        if tag == _DICT:
            return self._mapping(depth)
        if tag in {_LIST, _TUPLE, _SET, _FROZEN}:
            return self._several(tag, depth)
        if tag == _S:
            return self._take(self._size())
        if tag == _L:
            return self._long()
        if tag == _Y:
            self.at = at + 17
            return complex(*_COMPLEX.unpack_from(content, at + 1))
        raise NotPlain(f"unknown tag {tag}")

    def _several(self, tag: int, depth: int) -> Any:
        size = self._size()
        self._count(size + (_HASHED if tag in {_SET, _FROZEN} else 0))
        if size > len(self.content) - self.at:
            raise NotPlain("cut short")
        one = self.value
        values = [one(depth + 1) for _ in range(size)]
        if tag == _LIST:
            return values
        if tag == _TUPLE:
            return tuple(values)
        if crowded(values):
            raise NotPlain("a set of members whose hashes agree")
        return set(values) if tag == _SET else frozenset(values)

    def _mapping(self, depth: int) -> dict[Any, Any]:
        keys: list[Any] = []
        held: list[Any] = []
        self._count(_HASHED)
        while self.content[self.at] != _END:
            self._count(2)
            keys.append(self.value(depth + 1))
            held.append(self.value(depth + 1))
        self.at += 1
        if crowded(keys):
            raise NotPlain("a dictionary of keys whose hashes agree")
        return dict(zip(keys, held, strict=True))

    def _count(self, values: int) -> None:
        self.left -= values
        if self.left < 0:
            raise NotPlain(f"more than {VALUES} values")

    def _size(self) -> int:
        size: int = _INT.unpack_from(self.content, self.at)[0]
        self.at += 4
        if size < 0:
            raise NotPlain("a negative size")
        return size

    def _take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self.content):
            raise NotPlain("cut short")
        part = self.content[self.at : end]
        self.at = end
        return part

    def _long(self) -> int:
        """An integer in digits of 15 bits, the sign on their number."""
        count: int = _INT.unpack_from(self.content, self.at)[0]
        self.at += 4
        size = abs(count)
        if size * 15 > INT_BITS:
            raise NotPlain(f"an integer of more than {INT_BITS} bits")
        digits = struct.unpack(f"<{size}H", self._take(2 * size))
        if any(digit >> 15 for digit in digits):
            raise NotPlain("a digit out of range")
        bits = "".join(f"{digit:015b}" for digit in reversed(digits))
        number = int(bits, 2) if bits else 0
        return -number if count < 0 else number


def plain(value: Any) -> bool:
    """Whether a value is of exactly the types that cross, all the way down."""
    if type(value) not in _PLAIN:
        return False
    if type(value) is dict:
        return all(plain(key) and plain(held) for key, held in value.items())
    if type(value) in {list, tuple, set, frozenset}:
        return all(plain(held) for held in value)
    return True
