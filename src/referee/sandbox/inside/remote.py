"""The test's side of a check: stubs that stand for what the program defines, in another jail.

What a stub returns is plain, or a handle. A handle equals nothing, is greater than nothing and contains nothing, so
that no object of the program's can answer a comparison; its methods, attributes, length and items can be asked for.
"""

from __future__ import annotations

import builtins
import itertools
from collections.abc import Iterator
from types import BuiltinMethodType, ModuleType
from typing import Any, NoReturn, TypeVar

from referee.sandbox.inside import wire

T = TypeVar("T")
_VIEWS: tuple[type[Any], ...] = (type({}.keys()), type({}.values()), type({}.items()))


class Gone(BaseException):
    """The program's process has ended; nothing can be asked any more."""


class Unsupported(BaseException):
    """The script does what cannot be done across the wall; nobody's rollout is to blame."""


class RemoteError(Exception):
    """An exception of a class that the program defines; `kinds` are the names of that and of those it is made of."""

    kinds: tuple[str, ...] = ()


class Link:
    """The way to the program's jail."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.calls = 0
        self.exceptions: dict[str, type[RemoteError]] = {}

    def exception(self, name: str) -> type[RemoteError]:
        """The class that stands for an exception of the program's where the script catches it."""
        return self.exceptions.setdefault(name, type(name, (RemoteError,), {}))

    def ask(self, what: str, target: Any, arguments: Any = None, given: tuple[Any, ...] = ()) -> Any:
        """One request and its answer. `given`: arguments that the program may change in place."""
        self.calls += 1
        try:
            wire.send(self.number, what, target, arguments)
        except ValueError as error:
            if self.calls == 1:  # nothing of it can be the program's
                raise Unsupported(str(error)) from error
            raise
        kind, *rest = wire.receive(self.number)
        if kind == "gone":
            raise Gone(*rest)
        for mine, theirs in zip(given, rest.pop() or (), strict=False):
            _change(mine, theirs)
        if kind == "value":
            return rest[0]
        if kind == "held":
            return Handle(self, rest[0], rest[1])
        raise self._exception(*rest)

    def _exception(self, kinds: list[str], name: str, message: str) -> BaseException:
        """The nearest of those that the script knows: of the program's own classes, or a builtin one."""
        own = next((self.exceptions[one] for one in kinds if one in self.exceptions), None)
        made = own(message) if own is not None else _exception(kinds, name, message)
        if isinstance(made, RemoteError):
            made.kinds = tuple(map(str, kinds))
        return made

    def pack(self, argument: Any) -> tuple[int, Any]:
        """An argument as it crosses: a plain value, or the number of what the program holds."""
        if isinstance(argument, Handle):
            object.__setattr__(argument, "_items", None)
            return (1, object.__getattribute__(argument, "_target"))
        if isinstance(argument, _VIEWS):
            argument = list(argument)
        if not _plain(argument):
            if isinstance(argument, BuiltinMethodType) and _plain(argument.__self__):  # `f(made.index)`: it made a list
                raise TypeError(f"'{argument.__name__}' is a method of a plain value")
            if _holds_handle(argument):
                raise TypeError("an object of the program's cannot be sent back inside a container")
            raise Unsupported(f"an argument of type {type(argument).__name__} cannot cross to the program's jail")
        return (0, argument)


def _change(mine: Any, theirs: Any) -> None:
    """Make a list, dictionary or set what the program made of its copy, and keep the parts that are still the same."""
    if type(mine) is not type(theirs):
        return
    if type(mine) is list:
        mine[:] = [_changed(*pair) for pair in itertools.zip_longest(mine[: len(theirs)], theirs)]
    elif type(mine) is dict:
        kept = dict(mine)
        mine.clear()
        mine.update({key: _changed(kept.get(key), one) for key, one in theirs.items()})
    elif type(mine) is set:
        mine.clear()
        mine.update(theirs)


def _changed(mine: Any, theirs: Any) -> Any:
    if type(mine) is type(theirs) and type(mine) in {list, dict, set}:
        _change(mine, theirs)
        return mine
    return theirs


def _plain(value: Any) -> bool:
    kind = type(value)
    if kind in {list, tuple, set, frozenset}:
        return all(_plain(one) for one in value)
    if kind is dict:
        return all(_plain(key) and _plain(one) for key, one in value.items())
    return kind in {int, str, float, bool, bytes, complex, type(None)}


def _holds_handle(value: Any) -> bool:
    if isinstance(value, Handle):
        return True
    if isinstance(value, dict):
        return any(_holds_handle(one) for pair in value.items() for one in pair)
    return isinstance(value, list | tuple | set | frozenset) and any(_holds_handle(one) for one in value)


def _exception(kinds: list[str], name: str, message: str) -> BaseException:
    """The nearest builtin exception; never one that would end the test."""
    for one in kinds:
        kind = getattr(builtins, str(one), None)
        if kind is ModuleNotFoundError:  # to the test it would say that a library of ours is missing
            continue
        if isinstance(kind, type) and issubclass(kind, Exception) and kind is not Exception:
            try:
                return kind(message)
            except TypeError:
                continue
    return RemoteError(f"{name}: {message}")


class Handle:
    """Something that the program holds. Its items are asked for once, until it may change: its length is theirs."""

    def __init__(self, link: Link, target: int | str, kind: str = "") -> None:
        object.__setattr__(self, "_link", link)
        object.__setattr__(self, "_target", target)
        object.__setattr__(self, "_kind", kind)
        object.__setattr__(self, "_items", None)

    def _ask(self, what: str, arguments: Any = None) -> Any:
        get = object.__getattribute__
        return get(self, "_link").ask(what, get(self, "_target"), arguments)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        pack = object.__getattribute__(self, "_link").pack
        return self._ask("call", ([pack(one) for one in args], {name: pack(one) for name, one in kwargs.items()}))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in {"__name__", "__doc__", "__dict__"}:
            raise AttributeError(name)
        object.__setattr__(self, "_items", None)
        return self._ask("get", name)

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, "_items", None)
        self._ask("set", (name, object.__getattribute__(self, "_link").pack(value)))

    def __getitem__(self, key: Any) -> Any:
        pack = object.__getattribute__(self, "_link").pack
        if isinstance(key, slice):
            return self._ask("slice", [pack(one) for one in (key.start, key.stop, key.step)])
        try:
            return self._ask("item", pack(key))
        except Unsupported as error:  # a plain value would have taken it: what the program returned is to blame
            raise TypeError(str(error)) from error

    def __len__(self) -> int:
        length = _exact(self._ask("len"), int)
        try:
            items = [*iter(self)]
        except TypeError:
            return length
        if len(items) != length:
            raise TypeError(f"its length is {length}, and it has {len(items)} items")
        return length

    def __bool__(self) -> bool:
        return _exact(self._ask("bool"), bool)

    def __iter__(self) -> Iterator[Any]:
        items = object.__getattribute__(self, "_items")
        if items is None:
            items = self._ask("list")
            if isinstance(items, Handle):
                raise TypeError("the items are not plain values")
            object.__setattr__(self, "_items", _exact(items, list))
        return iter(items)

    def __str__(self) -> str:
        return _exact(self._ask("str"), str)

    def __repr__(self) -> str:
        return _exact(self._ask("repr"), str)

    def __instancecheck__(self, one: Any) -> bool:
        get = object.__getattribute__
        if isinstance(one, RemoteError):
            return get(self, "_target") in one.kinds
        return type(one) in {Handle, Stub} and _exact(self._ask("isinstance", get(one, "_target")), bool)

    def __contains__(self, item: object) -> bool:
        return item in [*iter(self)]

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def _no(self, _: object) -> NoReturn:
        raise TypeError("an object of the program's cannot be compared here")

    __lt__ = __le__ = __gt__ = __ge__ = _no


def _exact(value: Any, kind: type[T]) -> T:
    if type(value) is not kind:
        raise TypeError(f"the program answered {type(value).__name__}, not {kind.__name__}")
    made: T = value
    return made


def in_place(function: Any, *args: Any, **kwargs: Any) -> Any:
    """A call whose result nobody looks at: it is made for what it does to its arguments, so these change as well.

    Nowhere else: in `assert f(x) == sorted(x)` a program could clear x and return nothing.
    """
    if not isinstance(function, Handle):
        return function(*args, **kwargs)
    get = object.__getattribute__
    link = get(function, "_link")
    packed = [link.pack(one) for one in args], {name: link.pack(one) for name, one in kwargs.items()}
    return link.ask("call", get(function, "_target"), packed, (*args, *kwargs.values()))


class Program(ModuleType):
    """The module that the script imports: each name of it is a stub."""

    def __init__(self, name: str, link: Link) -> None:
        super().__init__(name)
        self.__dict__["_link"] = link

    def __getattr__(self, name: str) -> Any:
        link: Link = self.__dict__["_link"]
        if name in link.exceptions:
            return link.exceptions[name]
        if name == "__all__":
            names = link.ask("names", "")
            return [one for one in names if type(one) is str] if type(names) is list else []
        if name.startswith("__"):
            raise AttributeError(name)
        return stub(link, name)


def stub(link: Link, name: str) -> Any:
    """A function or class of the program, or the value of a plain global."""
    return Stub(link, name)


class Stub(Handle):
    """A name that the program is to define. It is looked up when it is used."""

    def __init__(self, link: Link, name: str) -> None:
        super().__init__(link, name, name)
