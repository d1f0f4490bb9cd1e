"""The candidate's side of a check: load the program, then do what the test's jail asks.

What is not plain stays here and is known outside by a number; only its methods and attributes can be used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

from referee.sandbox.inside import cell, wire

_ITEMS = 100_000
_SIMPLE: dict[str, Callable[[Any], Any]] = {
    "len": len,
    "str": str,
    "repr": repr,
    "bool": bool,
    "type": lambda one: type(one).__name__,
}


class _Side:
    def __init__(self, program: Any, number: int) -> None:
        self.program = program
        self.number = number
        self.held: dict[int, Any] = {}

    def do(self, what: str, target: Any, arguments: Any) -> Any:
        """The result of one request."""
        if what == "names":
            return [name for name in self.program.__dict__ if not name.startswith("_")]
        subject = self.held[target] if type(target) is int else self._global(target)
        if what == "call":
            args, kwargs = arguments
            return subject(*map(self._own, args), **{name: self._own(one) for name, one in kwargs.items()})
        if what == "get":
            return getattr(subject, arguments)
        if what == "set":
            setattr(subject, arguments[0], self._own(arguments[1]))
            return None
        if what == "item":
            return subject[self._own(arguments)]
        if what == "list":
            return [item for item, _ in zip(subject, range(_ITEMS), strict=False)]
        return _SIMPLE[what](subject)

    def _global(self, name: str) -> Any:
        return self.program.__dict__[name]

    def _own(self, argument: tuple[int, Any]) -> Any:
        """An argument: plain, or the number of something held here."""
        return self.held[argument[1]] if argument[0] else argument[1]

    def answer(self, what: str, target: Any, arguments: Any) -> None:
        """Do it and say what came of it."""
        try:
            value = self.do(what, target, arguments)
        except BaseException as error:
            kinds = [kind.__name__ for kind in type.mro(type(error)) if kind.__module__ == "builtins"]
            try:
                message = str(error)[:2000]
            except BaseException:
                message = ""
            wire.send(self.number, "raised", kinds, cell.type_name(type(error)), str(message))
            return
        try:
            wire.send(self.number, "value", value)
        except ValueError:
            self.held[len(self.held) + 1] = value
            wire.send(self.number, "held", len(self.held), cell.type_name(type(value)))


def serve(code: CodeType | str, number: int, names: list[str]) -> int:
    """Until the judge says that it is over."""
    code = cell.compiled(code)
    try:
        program = cell.load(code)
    except BaseException as error:
        cell.note(b"E", cell.error_content(error))
        return 0
    for name in names:
        sys.modules.setdefault(name, program)
    cell.note(b"L", b"")
    side = _Side(program, number)
    while True:
        what, target, arguments = wire.receive(number)
        if what == "end":
            return 0
        side.answer(what, target, arguments)
