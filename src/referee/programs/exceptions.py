"""Names of exceptions, and which is a kind of which. Only builtin ones have a family; others are known by name."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any


def is_one_of(name: str, wanted: Any) -> bool:
    """Whether an exception of this type name is caught by one of the wanted names."""
    short = name.rpartition(".")[2]
    return any(one == short or _is_kind_of(short, one) for one in map(_last, wanted))


def is_one_of_kinds(names: Sequence[Any], wanted: Any) -> bool:
    """Whether an exception of these classes, its own first, is caught by one of the wanted names.

    The names are a claim; the first builtin one says which others can be true.
    """
    for name in names:
        if type(name) is not str:
            return False
        if isinstance(getattr(builtins, name, None), type):
            return is_one_of(name, wanted)
        if name in map(_last, wanted):
            return True
    return False


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _is_kind_of(name: str, wanted: str) -> bool:
    kind, family = getattr(builtins, name, None), getattr(builtins, wanted, None)
    if not isinstance(kind, type) or not isinstance(family, type):
        return wanted in ("Exception", "BaseException") and kind is None
    return issubclass(kind, family) and issubclass(family, BaseException)
