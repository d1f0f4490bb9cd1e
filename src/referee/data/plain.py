"""JSON that bears what rollouts hold: lone surrogates, NaN, long integers. The fast codec first.

What is read and written does not depend on `PYTHONINTMAXSTRDIGITS`: the conversions of long integers are our own.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

from referee.core.errors import InputError
from referee.text.rational import digits_of, int_of

T = TypeVar("T")
# A lone surrogate, or an integer longer than Python writes out; in MessagePack one beyond 64 bits.
UNFIT = (ValueError, OverflowError)
LONGEST_INTEGER = 100_000  # digits; reading takes 12 ms, and more than twice as long for twice as many
_SHORT = 10**600  # no setting of Python's limit forbids to write out what is smaller
_JSON = b"\xc1"
_ENCODER = msgspec.json.Encoder(enc_hook=str)
_PACKER = msgspec.msgpack.Encoder()
_KINDS = {list: "a list", str: "a string", int: "a number", float: "a number", bool: "true or false"}


def loads(content: bytes) -> Any:
    """The value of a JSON text, or `InputError` that says what is wrong and where.

    Takes a little more than the standard: NaN and Infinity, and escapes of lone surrogates, as Python writes them.
    """
    try:
        return msgspec.json.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _patiently(content)


def dumps(value: Any) -> bytes:
    """The value as JSON bytes. A lone surrogate, which UTF-8 cannot hold, is written as its escape."""
    try:
        return _ENCODER.encode(value)
    except UNFIT:
        return _written(msgspec.to_builtins(value, enc_hook=str)).encode()


def pack(value: Any) -> bytes:
    """The value as MessagePack, or, when that cannot hold it, as JSON after a byte that MessagePack never uses."""
    try:
        return _PACKER.encode(value)
    except UNFIT:
        return _JSON + dumps(value)


def unpack(content: bytes, decoder: msgspec.msgpack.Decoder[T]) -> T:
    """What `pack` made, as the decoder's type."""
    if content.startswith(_JSON):
        return msgspec.convert(loads(content[1:]), decoder.type)
    return decoder.decode(content)


def loads_object(content: bytes) -> dict[str, Any]:
    """`loads` for a row: anything but an object is an `InputError`."""
    value = loads(content)
    if not isinstance(value, dict):
        kind = _KINDS.get(type(value), "null")
        raise InputError(f'the row is {kind}, not an object like {{"completion": ...}}')
    return value


def _patiently(content: bytes) -> Any:
    try:
        return json.loads(content.decode(), parse_int=_integer)
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: byte 0x{content[error.start]:02x} at byte {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg} at character {error.pos + 1}") from None
    except RecursionError:
        raise InputError("nested too deeply to read") from None


def _integer(digits: str) -> int:
    count = len(digits.removeprefix("-"))
    if count > LONGEST_INTEGER:
        raise InputError(f"an integer of {count:,} digits; the limit is {LONGEST_INTEGER:,}")
    return int_of(digits)


def _written(value: Any) -> str:
    """What the fast encoder cannot write, as `json.dumps` would."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {_written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, int) and abs(value) >= _SHORT:
        return "-" * (value < 0) + digits_of(abs(value))
    return json.dumps(value)
