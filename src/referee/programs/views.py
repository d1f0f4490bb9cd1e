"""What a test does with a value before it looks at it: `sorted(f(x)) == [1, 2]`, `abs(f(x) - 0.5) < 1e-6`.

Such steps are taken outside the jail, on plain data, so that no overridden operator takes part. A step that does not
apply to the value (`len(3)`) makes the test fail, as it would in Python.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from referee.core.hashes import crowded
from referee.programs.compare import Policy, same
from referee.programs.suite import Expect, Step

_BITS: Final = 100_000  # of an integer that is made or written out
_LONGEST: Final = 1_000_000
_DIGITS: Final = 4000  # Python writes no longer integers


def _hashed(kind: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def make(value: Any = ()) -> Any:
        if crowded([one[0] for one in value] if kind is dict and not isinstance(value, dict) else value):
            raise ValueError("members whose hashes agree")
        return kind(value)

    return make


def _sum(value: Any, start: Any = 0) -> Any:
    if not all(map(_is_number, value)) or not _is_number(start):
        raise TypeError("only numbers are summed")
    return sum(value, start)


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "abs": abs,
    "bool": bool,
    "dict": _hashed(dict),
    "float": float,
    "frozenset": _hashed(frozenset),
    "int": int,
    "len": len,
    "list": list,
    "max": max,
    "min": min,
    "round": round,
    "set": _hashed(set),
    "sorted": sorted,
    "str": str,
    "sum": _sum,
    "tuple": tuple,
}
METHODS: Final[dict[str, Callable[..., Any]]] = {
    "lower": str.lower,
    "upper": str.upper,
    "strip": str.strip,
    "rstrip": str.rstrip,
    "lstrip": str.lstrip,
    "split": str.split,
    "splitlines": str.splitlines,
    "keys": lambda value: set(dict.keys(value)),
    "values": lambda value: list(dict.values(value)),
    "items": lambda value: list(dict.items(value)),
}


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str | list | tuple) and len(left) + len(right) > _LONGEST:
        raise ValueError("too long")
    return left + right


def _times(left: Any, right: Any) -> Any:
    if not (_is_number(left) and _is_number(right)):
        raise TypeError("only numbers are multiplied")
    return left * right


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | complex)


_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": _add,
    "-": lambda left, right: left - right,
    "*": _times,
    "/": lambda left, right: left / right,
    "//": lambda left, right: left // right,
    "%": lambda left, right: left % right if _is_number(left) else _times(left, None),
}
_OPEN: Final = frozenset({*FUNCTIONS, "[]", "not"})


def in_jail(expect: Expect) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
    """The steps that can be taken beside the program on what does not cross the wall, and those that stay here.

    Only steps that say nothing about the truth: `sorted`, `len`, an index; not the 0.5 of `f(x) - 0.5`. Whether the
    value is true is asked there too.
    """
    steps = expect.steps
    count = next((at for at, one in enumerate(steps) if one.name not in _OPEN and one.name[:1] != "."), len(steps))
    views, rest = tuple(map(_sent, steps[:count])), steps[count:]
    if expect.operation in ("true", "false") and not rest:
        views += (Step("bool"),)
    return views, rest


def _sent(step: Step) -> Step:
    """A step as it crosses the wall, where a slice is its three numbers."""
    given = step.operands[0] if step.name == "[]" else None
    return Step("[:]", (given.start, given.stop, given.step)) if isinstance(given, slice) else step


def holds(expect: Expect, value: Any, policy: Policy) -> bool:
    """Whether a value that came back is as the test wants it. Never raises."""
    try:
        for step in expect.steps:
            value = _taken(step, value)
        return _holds(expect, value, policy)
    except (ArithmeticError, TypeError, ValueError, LookupError, RecursionError):
        return False


def _taken(step: Step, value: Any) -> Any:
    name, operands = step
    if isinstance(value, int) and value.bit_length() > _BITS:
        raise ValueError("too many digits")
    if name == "[]":
        return value[operands[0]]
    if name == "not":
        return not value
    if name.startswith("."):
        return METHODS[name[1:]](value, *operands)
    if name.startswith("r"):  # the value stands on the right: `3 - f(x)`
        reverse = _OPERATORS.get(name[1:])
        if reverse is not None:
            return reverse(operands[0], value)
    if name in _OPERATORS:
        return _OPERATORS[name](value, operands[0])
    return FUNCTIONS[name](value, *operands)


def _holds(expect: Expect, value: Any, policy: Policy) -> bool:
    operation, wanted = expect.operation, expect.value
    if operation == "each":
        if type(value) is not list or len(value) != len(wanted):
            return False
        pairs = zip(value, wanted, strict=True)
        return all(_holds(expect._replace(operation="==", value=other), one, policy) for one, other in pairs)
    if expect.abs_tol or expect.rel_tol:
        policy = policy._replace(abs_tol=expect.abs_tol, rel_tol=expect.rel_tol)
    if expect.order is not None:
        policy = policy._replace(order=expect.order)
    if operation in ("==", "!="):
        return same(value, wanted, policy) == (operation == "==")
    if operation in ("is", "is not"):
        return same(value, wanted, Policy("strict")) == (operation == "is")
    if operation in ("true", "false"):
        return bool(value) == (operation == "true")
    if operation in ("in", "not in"):
        inside = value in wanted if isinstance(wanted, str) else any(same(value, one, policy) for one in wanted)
        return inside == (operation == "in")
    if operation == "isclose":
        return _close(value, wanted, expect)
    return _ORDER[operation](value, wanted)


def _close(value: Any, wanted: Any, expect: Expect) -> bool:
    if not _is_number(value):
        return False
    return math.isclose(value, wanted, rel_tol=expect.rel_tol, abs_tol=expect.abs_tol)


_ORDER: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
}
