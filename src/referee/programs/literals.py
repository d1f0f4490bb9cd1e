"""Values that a trusted test writes down: constants, containers and small arithmetic, read without running anything.

`2.0 / 3.0`, `[1, 0 ** 0]`, `'a' * 30 + 'b'`, `tuple([1, 2])`, `float('inf')` and names bound to such values are all
values. Every operation is bounded; what goes beyond, or is anything else, is `NotLiteral`, and the test is then run
instead of read.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

MOST: Final = 200_000  # nodes of one expression
LONGEST: Final = 1_000_000  # members or characters that an operation may make
_BITS: Final = 4096  # of an integer that an operation may make


class NotLiteral(Exception):
    """The expression is no value that can be read."""


def literal(node: ast.expr, names: Mapping[str, Any] | None = None) -> Any:
    """The value of an expression, or `NotLiteral`. `names`: variables whose values are known."""
    try:
        return _Reader(names or {}).member(node)
    except NotLiteral:
        raise
    except (ArithmeticError, TypeError, ValueError, LookupError, RecursionError) as error:
        raise NotLiteral(str(error)) from None


def is_literal(node: ast.expr) -> bool:
    """Whether the expression is a value without any name."""
    try:
        literal(node)
    except NotLiteral:
        return False
    return True


class _Reader:
    __slots__ = ("_left", "_names")

    def __init__(self, names: Mapping[str, Any]) -> None:
        self._names = names
        self._left = MOST

    def read(self, node: ast.expr) -> Any:
        self._left -= 1
        reader = _READERS.get(type(node))
        if reader is None or self._left < 0:
            raise NotLiteral(type(node).__name__)
        return reader(self, node)

    def member(self, node: ast.expr) -> Any:
        """A value that can travel: a range is one only where something is made of it."""
        value = self.read(node)
        if type(value) is range:
            raise NotLiteral("range")
        return value

    def constant(self, node: ast.Constant) -> Any:
        if node.value is Ellipsis:
            raise NotLiteral("...")
        return node.value

    def name(self, node: ast.Name) -> Any:
        if node.id not in self._names:
            raise NotLiteral(node.id)
        return self._names[node.id]

    def attribute(self, node: ast.Attribute) -> Any:
        known = _MATHS.get(node.attr)
        if known is None or not isinstance(node.value, ast.Name) or node.value.id != "math":
            raise NotLiteral(node.attr)
        return known

    def subscript(self, node: ast.Subscript) -> Any:
        return self.read(node.value)[self.read(node.slice)]

    def list(self, node: ast.List) -> Any:
        return [self.member(one) for one in node.elts]

    def tuple(self, node: ast.Tuple) -> Any:
        return tuple([self.member(one) for one in node.elts])

    def set(self, node: ast.Set) -> Any:
        return {self.read(one) for one in node.elts}

    def dict(self, node: ast.Dict) -> Any:
        if any(key is None for key in node.keys):
            raise NotLiteral("**")
        return {self.read(key): self.member(value) for key, value in zip(node.keys, node.values, strict=True) if key}

    def unary(self, node: ast.UnaryOp) -> Any:
        return _UNARY[type(node.op)](self.read(node.operand))

    def binary(self, node: ast.BinOp) -> Any:
        operation = _BINARY.get(type(node.op))
        if operation is None:
            raise NotLiteral(type(node.op).__name__)
        return operation(self.read(node.left), self.read(node.right))

    def call(self, node: ast.Call) -> Any:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        maker = _MAKERS.get(name)
        if maker is None or node.keywords or name in self._names:
            raise NotLiteral(name or "call")
        return _bounded(maker(*[self.read(one) for one in node.args]))


_READERS: Final[dict[type[ast.expr], Callable[[_Reader, Any], Any]]] = {
    ast.Constant: _Reader.constant,
    ast.Name: _Reader.name,
    ast.Attribute: _Reader.attribute,
    ast.Subscript: _Reader.subscript,
    ast.List: _Reader.list,
    ast.Tuple: _Reader.tuple,
    ast.Set: _Reader.set,
    ast.Dict: _Reader.dict,
    ast.UnaryOp: _Reader.unary,
    ast.BinOp: _Reader.binary,
    ast.Call: _Reader.call,
}
_MATHS: Final = {"inf": math.inf, "nan": math.nan, "pi": math.pi, "e": math.e, "tau": math.tau}
_UNARY: Final[dict[type[ast.unaryop], Callable[[Any], Any]]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
    ast.Not: operator.not_,
}


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > _BITS:
        raise NotLiteral("an integer of too many digits")
    if isinstance(value, str | bytes | list | tuple | set | frozenset | dict) and len(value) > LONGEST:
        raise NotLiteral("a value of too many members")
    return value


def _product(left: Any, right: Any) -> Any:
    for one, times in ((left, right), (right, left)):
        if isinstance(one, str | bytes | list | tuple) and (not isinstance(times, int) or len(one) * times > LONGEST):
            raise NotLiteral("a repetition of too many members")
    return _bounded(left * right)


def _power(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > _BITS:
        raise NotLiteral("a power of too many digits")
    return left**right


def _shift(left: Any, right: Any) -> Any:
    if not isinstance(right, int) or right > _BITS:
        raise NotLiteral("a shift of too many digits")
    return _bounded(left << right)


def _quotient(left: Any, right: Any) -> Any:
    if isinstance(left, str | bytes):
        raise NotLiteral("a format")
    return left % right


_BINARY: Final[dict[type[ast.operator], Callable[[Any, Any], Any]]] = {
    ast.Add: lambda left, right: _bounded(left + right),
    ast.Sub: lambda left, right: _bounded(left - right),
    ast.Mult: _product,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: _quotient,
    ast.Pow: _power,
    ast.LShift: _shift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}


def _range(*bounds: int) -> range:
    made = range(*bounds)
    if len(made) > LONGEST:
        raise NotLiteral("a range of too many members")
    return made


_MAKERS: Final[dict[str, Callable[..., Any]]] = {
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dict": dict,
    "sorted": sorted,
    "range": _range,
    "float": float,
    "int": int,
    "str": lambda value: str(_bounded(value)),
    "bool": bool,
    "len": len,
    "sum": sum,
    "abs": abs,
    "complex": complex,
}
