"""PDDL as text: brackets to lists, a domain and a problem to records.

Read are `:strips`, `:typing`, `:equality`, `:negative-preconditions`, `:disjunctive-preconditions`, quantified
conditions and effects, `:conditional-effects`, constants, and costs (`increase`, `:metric`), which decide nothing
here. Numeric conditions, durations, derived predicates and axioms are refused: a domain with them is judged by nobody
rather than wrongly. Names are the same in upper and lower case, as the standard says (PDDL 2.2, Edelkamp and Hoffmann
2004).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final, NamedTuple

from referee.core.errors import TruthError

_LONGEST: Final = 2_000_000
_DEPTH: Final = 60
_WORD = re.compile(r"[()]|[^\s();]+|;[^\n]*")
_CONDITIONS: Final = frozenset(("and", "or", "not", "imply", "=", "exists", "forall", "when"))
_REFUSED: Final = frozenset((":durative-action", ":derived", ":axiom", ":constraints", ":process", ":event"))


class Operator(NamedTuple):
    """An action's schema: parameters as (name, types), condition and effect as lists."""

    name: str
    parameters: tuple[tuple[str, tuple[str, ...]], ...]
    condition: Any
    effect: Any


class World(NamedTuple):
    """A domain and a problem together. `objects`: of each type, its own and its subtypes' objects."""

    operators: dict[str, Operator]
    objects: dict[str, frozenset[str]]
    facts: frozenset[tuple[str, ...]]
    goal: Any


def brackets(text: str) -> list[Any]:
    """Nested lists of words in lower case. Raises `ValueError` with what is wrong."""
    if len(text) > _LONGEST:
        raise ValueError("it is too long")
    found: list[Any] = []
    open_: list[list[Any]] = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word[0] == ";":
            continue
        if word == "(":
            open_.append([])
            if len(open_) > _DEPTH:
                raise ValueError("it is nested too deeply")
        elif word == ")":
            if not open_:
                raise ValueError("a bracket closes that was never opened")
            done = open_.pop()
            (open_[-1] if open_ else found).append(done)
        else:
            (open_[-1] if open_ else found).append(word.lower())
    if open_:
        raise ValueError("a bracket is not closed")
    return found


@lru_cache(maxsize=256)
def world(domain: str, problem: str) -> World:
    """Both texts, read. Raises `TruthError`."""
    try:
        return _world(_define(domain, "domain"), _define(problem, "problem"))
    except (ValueError, IndexError, TypeError, AttributeError) as error:
        raise TruthError(f"the PDDL of this task cannot be read: {error}") from None


def _define(text: str, kind: str) -> list[Any]:
    found = brackets(text)
    if len(found) != 1 or found[0][:1] != ["define"] or not isinstance(found[0][1], list) or found[0][1][0] != kind:
        raise ValueError(f"a {kind} is (define ({kind} NAME) ...)")
    sections: list[Any] = found[0][2:]
    for section in sections:
        if section[0] in _REFUSED:
            raise ValueError(f"{section[0]} is not supported")
    return sections


def _world(domain: list[Any], problem: list[Any]) -> World:
    parents: dict[str, tuple[str, ...]] = {}
    for section in domain:
        if section[0] == ":types":
            parents.update(typed(section[1:]))
    listed = [
        one for section in (*domain, *problem) if section[0] in (":constants", ":objects") for one in typed(section[1:])
    ]
    objects: dict[str, set[str]] = {"object": set()}
    for name, types in listed:
        for kind in types:
            _add(name, kind, parents, objects, 0)
    operators = {}
    for section in domain:
        if section[0] == ":action":
            parts = dict(zip(section[2::2], section[3::2], strict=True))
            for condition in (parts.get(":precondition"), parts.get(":effect")):
                _check(condition)
            parameters = tuple(typed(parts.get(":parameters", [])))
            operators[section[1]] = Operator(section[1], parameters, parts.get(":precondition"), parts.get(":effect"))
    facts = frozenset(
        tuple(fact)
        for section in problem
        if section[0] == ":init"
        for fact in section[1:]
        if fact[0] not in ("=", "not")
    )
    goals = [section[1] for section in problem if section[0] == ":goal"]
    if len(goals) != 1 or not operators:
        raise ValueError("a problem has one :goal, and a domain at least one :action")
    _check(goals[0])
    return World(operators, {kind: frozenset(names) for kind, names in objects.items()}, facts, goals[0])


def _add(name: str, kind: str, parents: dict[str, tuple[str, ...]], objects: dict[str, set[str]], depth: int) -> None:
    """An object belongs to its type and to all above it."""
    if depth > _DEPTH:
        raise ValueError(f"the type {kind} is its own ancestor")
    objects.setdefault(kind, set()).add(name)
    objects["object"].add(name)
    for above in parents.get(kind, ()):
        _add(name, above, parents, objects, depth + 1)


def typed(words: list[Any]) -> list[tuple[str, tuple[str, ...]]]:
    """`a b - t c` as [(a, (t,)), (b, (t,)), (c, (object,))]; `(either t u)` gives several."""
    found: list[tuple[str, tuple[str, ...]]] = []
    waiting: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "-":
            kind = next(rest, None)
            if kind is None:
                raise ValueError("a type is missing behind '-'")
            kinds = tuple(kind[1:]) if isinstance(kind, list) else (kind,)
            found += [(name, kinds) for name in waiting]
            waiting = []
        elif isinstance(word, str):
            waiting.append(word)
        else:
            raise ValueError(f"{word} is no name")
    return found + [(name, ("object",)) for name in waiting]


def _check(condition: Any) -> None:
    """Refuse what is not understood, wherever it stands."""
    if condition in (None, []):
        return
    if not isinstance(condition, list) or not isinstance(condition[0], str):
        raise ValueError(f"{condition} is no condition")
    head = condition[0]
    if head in (
        "<",
        ">",
        "<=",
        ">=",
        "assign",
        "decrease",
        "scale-up",
        "scale-down",
        "preference",
        "at-most-once",
        "sometime",
        "always",
    ):
        raise ValueError(f"'{head}' is not supported")
    if head == "=" and not all(isinstance(part, str) for part in condition[1:]):
        raise ValueError("numeric conditions are not supported")
    if head == "increase" or head not in _CONDITIONS:
        return
    for part in condition[2:] if head in ("exists", "forall") else condition[1:]:
        if head != "=":
            _check(part)
