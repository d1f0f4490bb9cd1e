"""Fields of truths, read with a message that says where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from referee.core.errors import TruthError
from referee.programs.compare import DEEPEST

_PLAIN: Final = (type(None), bool, int, float, complex, str, bytes)


def read(truth: Any) -> Any:
    """A truth that is JSON in a string as the data that it says; anything else as it is."""
    if not isinstance(truth, str) or truth.lstrip()[:1] not in ("{", "["):
        return truth
    try:
        return msgspec.json.decode(truth.encode("utf-8", "surrogatepass"))
    except (msgspec.MsgspecError, RecursionError):
        return truth


def plain(value: Any, path: str, depth: int = 0) -> None:
    """Raise `TruthError` unless the value can cross into a jail and be compared."""
    kind = type(value)
    if kind in _PLAIN:
        return
    if depth > DEEPEST - 2:
        raise TruthError(f"a value is nested too deeply (at {path})")
    if kind is dict:
        members = [*value, *value.values()]
    elif kind in (list, tuple, set, frozenset):
        members = list(value)
    else:
        raise TruthError(f"a value of type {kind.__name__} is not plain data (at {path})")
    for one in members:
        plain(one, path, depth + 1)


def sequence(value: Any, path: str) -> Sequence[Any]:
    """A list, or `TruthError`."""
    if not isinstance(value, list | tuple):
        raise TruthError(f"a list is needed, got {short(value)} (at {path})")
    return value


def text(value: Any, path: str) -> str:
    """A text, or `TruthError`."""
    if not isinstance(value, str):
        raise TruthError(f"a text is needed, got {short(value)} (at {path})")
    return value


def name(value: Any, path: str) -> str:
    """The name of a function, `Class.method` for a method of a fresh object, or `TruthError`."""
    found = value.replace("().", ".") if isinstance(value, str) else ""
    if found.count(".") > 1 or not all(part.isidentifier() for part in found.split(".")):
        raise TruthError(f"the name of a function is needed, got {short(value)} (at {path})")
    return found


def short(value: Any) -> str:
    """A value in a message."""
    return repr(value)[:80] if isinstance(value, str | float | bool | type(None)) else type(value).__name__
