"""The bytes of a body -> a record, and a record -> the bytes of an answer. Hostile texts come through whole."""

from __future__ import annotations

import asyncio
import re
from typing import Any, TypeVar

import msgspec

from referee.core.errors import InputError
from referee.data.plain import dumps, loads
from referee.serve.faults import Fault

T = TypeVar("T")
_AT = re.compile(r" - at `(\$[^`]*)`$")


class Reader:
    """Bodies of one record."""

    def __init__(self, record: type[T]) -> None:
        self.record: Any = record
        self._decoder = msgspec.json.Decoder(record)

    async def __call__(self, body: bytes) -> Any:
        """The record. Raises `Fault` 400 for what is no JSON and 422 for JSON of another shape."""
        try:
            return self._decoder.decode(body)
        except msgspec.ValidationError as error:
            if b"\\u" not in body and "out of range" not in str(error):
                raise misshapen(error) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        return await asyncio.to_thread(self._patiently, body)

    def _patiently(self, body: bytes) -> Any:
        """Lone surrogates, NaN and long integers too: slower, and only when there is need."""
        try:
            return msgspec.convert(loads(body), self.record)
        except msgspec.ValidationError as error:
            raise misshapen(error) from None
        except InputError as error:
            raise Fault(400, f"the body is {error}" if str(error).startswith("not ") else str(error)) from None
        except RecursionError:
            raise Fault(400, "the body is nested too deeply to read") from None


def misshapen(error: Exception, start: str = "$") -> Fault:
    """What is wrong with data of the wrong shape, and where."""
    message = str(error)
    place = _AT.search(message)
    path = start + place[1][1:] if place else start
    problem = _AT.sub("", message)
    return Fault(
        422, problem[:1].lower() + problem[1:] if problem.startswith(("Expected", "Object")) else problem, path
    )


def convert(data: Any, record: type[T], path: str) -> T:
    """Plain data as a record; a fault names its place below `path`."""
    try:
        return msgspec.convert(data, record)
    except (msgspec.ValidationError, ValueError) as error:
        raise misshapen(error, path) from None


def encode(answer: Any) -> bytes:
    """An answer as JSON."""
    return dumps(answer)


def arguments(given: list[tuple[str, str]], record: type[T]) -> T:
    """The query of an address as a record: a name may be repeated where the record holds a list."""
    lists = {field.name for field in msgspec.structs.fields(record) if _several(field.type)}  # type: ignore[arg-type]
    found: dict[str, Any] = {}
    for name, value in given:
        if name in lists:
            found.setdefault(name, []).append(value)
        elif name in found:
            raise Fault(422, f"{name} is given twice", f"$.{name}")
        else:
            found[name] = value
    try:
        return msgspec.convert(found, record, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise misshapen(error) from None


def _several(kind: Any) -> bool:
    return "tuple[" in str(kind) or "list[" in str(kind)
