"""Where in a pack's text a fault stands: the path `$.rules[1].weight` as line and columns, for an editor.

YAML and JSON are composed with their marks. For TOML there is no library that keeps them, so its text is gone through
here, after `tomllib` has read it without complaint.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import yaml

from referee.core.errors import PackError

Place = tuple[int, int, int]  # line, column and the column after the end, all from 1
_Step = str | int
_Path = tuple[_Step, ...]

_SAID = re.compile(r"\bline (\d+), column (\d+)")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r]+|\#[^\n]*)|(?P<line>\n)
    |(?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<mark>\[\[|\]\]|[\[\]{}=,.])|(?P<bare>[^\s\[\]{}=,.\#"']+)""",
    re.VERBOSE | re.DOTALL,
)


def place(text: str, kind: str, error: PackError) -> Place | None:
    """Line and columns of what a `PackError` says about a text in TOML, YAML or JSON; None when nobody knows."""
    if said := _SAID.search(error.problem):
        line, column = int(said[1]), int(said[2])
        return line, column, column + 1
    steps = tuple(name or int(index) for name, index in _STEP.findall(error.path))
    if not steps:
        return None
    try:
        found = _toml(text) if kind.lower() == "toml" else _yaml(text)
    except (yaml.YAMLError, IndexError, RecursionError):
        return None
    return next((found[steps[:end]] for end in range(len(steps), 0, -1) if steps[:end] in found), None)


def _yaml(text: str) -> dict[_Path, Place]:
    found: dict[_Path, Place] = {}
    stack: list[tuple[_Path, Any]] = [((), yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))]
    while stack:
        path, node = stack.pop()
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                below = (*path, str(key.value))
                found[below] = _marked(key.start_mark, value.end_mark, key.end_mark)
                stack.append((below, value))
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                found[(*path, index)] = _marked(value.start_mark, value.end_mark, None)
                stack.append(((*path, index), value))
    return found


def _marked(start: Any, end: Any, otherwise: Any) -> Place:
    """From `start` to `end` where that is one line; else to the end of the key."""
    last = end if end.line == start.line else otherwise
    return start.line + 1, start.column + 1, (last.column + 1 if last is not None else start.column + 2)


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


class _Toml:
    """One pass over the tokens of a TOML text that is known to be well formed."""

    def __init__(self, text: str) -> None:
        self.found: dict[_Path, tuple[int, int]] = {}
        self._tokens = [token for token in _tokens(text) if token.kind != "space"]
        self._tokens.append(_Token("end", "", len(text), len(text)))
        self._at = 0
        self._counts: dict[_Path, int] = {}

    def read(self) -> None:
        """Every table, key and element of the text."""
        table: _Path = ()
        while self._here.kind != "end":
            if self._here.kind == "line":
                self._at += 1
            elif self._here.text in {"[", "[["}:
                table = self._header()
            else:
                self._pair(table)

    @property
    def _here(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._here
        self._at += 1
        return token

    def _header(self) -> _Path:
        opened = self._next()
        name = self._key(())
        path: _Path = ()
        for step in name[:-1]:  # a table below an array of tables belongs to the last of them
            path = (*path, step)
            if path in self._counts:
                path = (*path, self._counts[path])
        path = (*path, name[-1])
        closed = self._next()
        if opened.text == "[[":
            self._counts[path] = self._counts.get(path, -1) + 1
            self.found.setdefault(path, (opened.start, closed.end))
            path = (*path, self._counts[path])
        self.found[path] = (opened.start, closed.end)
        return path

    def _key(self, table: _Path) -> _Path:
        path = (*table, _plain(self._next().text))
        while self._here.text == ".":
            self._at += 1
            path = (*path, _plain(self._next().text))
        return path

    def _pair(self, table: _Path) -> None:
        start = self._here.start
        path = self._key(table)
        self._at += 1  # the sign between key and value
        self._value(path)
        self.found[path] = (start, self._tokens[self._at - 1].end)

    def _value(self, path: _Path) -> None:
        if self._here.text in {"[", "[["}:
            self._elements(path)
        elif self._here.text == "{":
            self._members("}", lambda _: self._pair(path))
        else:
            while self._here.kind in {"bare", "text"} or self._here.text == ".":
                self._at += 1

    def _elements(self, path: _Path) -> None:
        if self._here.text == "[[":  # an array within an array: one token, two brackets
            self._split()

        def element(index: int) -> None:
            start = self._here.start
            self._value((*path, index))
            self.found[(*path, index)] = (start, self._tokens[self._at - 1].end)

        self._members("]", element)

    def _members(self, closing: str, one: Callable[[int], None]) -> None:
        """What stands between two brackets, separated by commas."""
        self._at += 1
        index = 0
        while True:
            if self._here.text == "]]" and closing == "]":
                self._split()
            if self._here.text == closing:
                self._at += 1
                return
            if self._here.kind == "line" or self._here.text == ",":
                self._at += 1
                continue
            one(index)
            index += 1

    def _split(self) -> None:
        kind, text, start, end = self._here
        self._tokens[self._at : self._at + 1] = [
            _Token(kind, text[0], start, start + 1),
            _Token(kind, text[1], start + 1, end),
        ]


def _tokens(text: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(text):
        yield _Token(match.lastgroup or "", match[0], match.start(), match.end())


def _plain(key: str) -> str:
    return key[1:-1] if key[:1] in {'"', "'"} else key


def _toml(text: str) -> dict[_Path, Place]:
    walk = _Toml(text)
    walk.read()
    return {path: _counted(text, start, end) for path, (start, end) in walk.found.items()}


def _counted(text: str, start: int, end: int) -> Place:
    line, before = text.count("\n", 0, start) + 1, text.rfind("\n", 0, start)
    stop = text.find("\n", start, end)
    return line, start - before, (end if stop < 0 else stop) - before
