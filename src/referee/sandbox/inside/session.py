"""The candidate's side of a check: load the program, then do what the test's jail asks.

What is not plain stays here and is known outside by a number; only its methods and attributes can be used.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

from referee.sandbox.inside import cell, wire

_ITEMS = 100_000
_COMPARING = frozenset({"count", "index", "remove"})
_SIMPLE: dict[str, Callable[[Any], Any]] = {
    "len": len,
    "str": str,
    "repr": repr,
    "bool": bool,
    "type": lambda one: type(one).__name__,
}


def _packed(values: list[Any]) -> list[bytes]:
    """The bytes of lists, dictionaries and sets, by which a change is seen; nothing for what cannot cross."""
    found = []
    for one in values:
        try:
            found.append(marshal.dumps(one, 2) if type(one) in {list, dict, set} else b"")
        except ValueError:
            found.append(b"")
    return found


class _Side:
    def __init__(self, program: Any, number: int) -> None:
        self.program = program
        self.number = number
        self.held: dict[int, Any] = {}
        self.given: list[Any] = []
        self.before: list[bytes] = []

    def do(self, what: str, target: Any, arguments: Any) -> Any:
        """The result of one request."""
        if what == "names":
            return [name for name in self.program.__dict__ if not name.startswith("_")]
        subject = self.held[target] if type(target) is int else self._global(target)
        if what == "call":
            args = [self._own(one) for one in arguments[0]]
            kwargs = {name: self._own(one) for name, one in arguments[1].items()}
            self.given = [*args, *kwargs.values()]
            self.before = _packed(self.given)
            return subject(*args, **kwargs)
        if what == "get":
            if type(subject) in {list, tuple} and arguments in _COMPARING:
                raise TypeError(f"'{arguments}' would compare objects of the program's")
            return getattr(subject, arguments)
        if what == "set":
            setattr(subject, arguments[0], self._own(arguments[1]))
            return None
        if what == "item":
            return subject[self._own(arguments)]
        if what == "isinstance":
            return isinstance(self.held[arguments] if type(arguments) is int else self._global(arguments), subject)
        if what == "slice":
            return subject[slice(*map(self._own, arguments))]
        if what == "list":
            return [item for item, _ in zip(subject, range(_ITEMS), strict=False)]
        return _SIMPLE[what](subject)

    def _global(self, name: str) -> Any:
        owner, _, method = name.partition(".")
        found = self.program.__dict__[owner]
        return getattr(found(), method) if method else found

    def _own(self, argument: tuple[int, Any]) -> Any:
        """An argument: plain, or the number of something held here."""
        return self.held[argument[1]] if argument[0] else argument[1]

    def _changes(self) -> list[Any] | None:
        """What the call made of its arguments, where it changed one in place."""
        after = _packed(self.given)
        if after == self.before:
            return None
        pairs = zip(self.given, self.before, after, strict=True)
        return [one if new and old != new else None for one, old, new in pairs]

    def answer(self, what: str, target: Any, arguments: Any) -> None:
        """Do it and say what came of it."""
        self.given, self.before = [], []
        try:
            value = self.do(what, target, arguments)
        except BaseException as error:
            kinds = [kind.__name__ for kind in type.mro(type(error))]
            try:
                message = str(error)[:2000]
            except BaseException:
                message = ""
            wire.send(self.number, "raised", kinds, cell.type_name(type(error)), str(message), self._changes())
            return
        changes = self._changes()
        try:
            wire.send(self.number, "value", cell.unwrapped(value), changes)
        except ValueError:
            self.held[len(self.held) + 1] = value
            wire.send(self.number, "held", len(self.held), cell.type_name(type(value)), changes)


def serve(code: CodeType, number: int, names: list[str]) -> int:
    """Until the judge says that it is over."""
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
