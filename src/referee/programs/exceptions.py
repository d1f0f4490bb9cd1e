"""Names of exceptions, and which is a kind of which. Only builtin ones have a family; others are known by name."""

from __future__ import annotations

import builtins
from typing import Any


def is_one_of(name: str, wanted: Any) -> bool:
    """Whether an exception of this type name is caught by one of the wanted names."""
    short = name.rpartition(".")[2]
    return any(one == short or _is_kind_of(short, one) for one in map(_last, wanted))


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _is_kind_of(name: str, wanted: str) -> bool:
    kind, family = getattr(builtins, name, None), getattr(builtins, wanted, None)
    if not isinstance(kind, type) or not isinstance(family, type):
        return wanted in ("Exception", "BaseException") and kind is None
    return issubclass(kind, family) and issubclass(family, BaseException)
