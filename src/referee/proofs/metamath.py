"""Metamath: databases read, one proof checked. A proof is a list of labels and nothing else can be said in it.

A database is scanned once for its statements; the frame of an assertion (its hypotheses, the pairs of variables that
must stay distinct) is made when a proof first asks for it. The work that a proof may ask for is counted, so that it
ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final, NamedTuple

LONGEST: Final = 1_000_000  # characters of a proof
_WORK: Final = 20_000_000  # symbols that a proof may write
_EXPRESSION: Final = 200_000  # symbols of one step

_COMMENT = re.compile(r"\$\(\s.*?\s\$\)", re.DOTALL)
_STATEMENT = re.compile(
    r"\$(?P<block>[{}])|\$(?P<kind>[cvd])\s+(?P<symbols>[^$]*)\$\.|"
    r"(?P<label>\S+)\s+\$(?P<of>[aefp])\s+(?P<body>[^$]*)\$(?:\.|=[^$]*\$\.)"
)
_LABEL = re.compile(r"[A-Za-z0-9._-]+\Z", re.ASCII)

Symbols = tuple[str, ...]
Pair = tuple[str, str]


class Fault(ValueError):
    """Why a proof is none; `reason` is a code."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class BadDatabase(ValueError):
    """A text that is no database."""


class Scope(NamedTuple):
    """What is in force at a place: labels of the floating and essential hypotheses, lists of distinct variables."""

    floating: tuple[str, ...] = ()
    essential: tuple[str, ...] = ()
    distinct: tuple[Symbols, ...] = ()


class Assertion(NamedTuple):
    """An axiom or a theorem: what it says, what is in force there, and its place in the order of the database."""

    statement: Symbols
    scope: Scope
    order: int


class Frame(NamedTuple):
    """An assertion as a step: floating hypotheses as (type, variable), essential ones, distinct pairs, the result."""

    floating: tuple[tuple[str, str], ...]
    essential: tuple[Symbols, ...]
    hypotheses: tuple[str, ...]
    distinct: frozenset[Pair]
    statement: Symbols


class Target(NamedTuple):
    """What is to be proved: the frame, the pairs that are distinct in its place, what may be used before `order`.

    `own`: hypotheses that are the task's and not of the database.
    """

    frame: Frame
    distinct: frozenset[Pair]
    scope: Scope
    order: int
    own: dict[str, Symbols]


class Asked(NamedTuple):
    """A task: a theorem of the database by its name, or one with a statement and hypotheses of its own."""

    name: str
    statement: Symbols = ()
    hypotheses: tuple[tuple[str, Symbols], ...] = ()
    distinct: tuple[Symbols, ...] = ()


class Database:
    """The statements of a database. Raises `BadDatabase`."""

    def __init__(self, text: str) -> None:
        self.hypotheses: dict[str, Symbols] = {}
        self.assertions: dict[str, Assertion] = {}
        self.variables: set[str] = set()
        self._frames: dict[str, Frame] = {}
        self.end = self._scan(_COMMENT.sub(" ", f" {text} "))

    def _scan(self, text: str) -> Scope:
        scope, outer, at = Scope(), [], 0
        for match in _STATEMENT.finditer(text):
            if text[at : match.start()].strip():
                break
            at = match.end()
            if match["block"] == "{":
                outer.append(scope)
            elif match["block"]:
                if not outer:
                    raise BadDatabase("a block ends that never began")
                scope = outer.pop()
            elif match["kind"]:
                scope = self._declared(match["kind"], tuple(match["symbols"].split()), scope)
            else:
                scope = self._labelled(match["label"], match["of"], tuple(match["body"].split()), scope)
        if text[at:].strip() or outer:
            raise BadDatabase(f"it cannot be read from {text[at:].strip()[:60]!r} on")
        return scope

    def _declared(self, kind: str, symbols: Symbols, scope: Scope) -> Scope:
        if kind == "v":
            self.variables.update(symbols)
        return scope._replace(distinct=(*scope.distinct, symbols)) if kind == "d" else scope

    def _labelled(self, label: str, kind: str, body: Symbols, scope: Scope) -> Scope:
        if label in self.hypotheses or label in self.assertions or not body:
            raise BadDatabase(f"the label '{label[:60]}' says nothing, or stands twice")
        if kind in "ap":
            self.assertions[label] = Assertion(body, scope, len(self.assertions))
            return scope
        self.hypotheses[label] = body
        if kind == "e":
            return scope._replace(essential=(*scope.essential, label))
        if len(body) != 2:
            raise BadDatabase(f"the hypothesis '{label[:60]}' must give one variable a type")
        return scope._replace(floating=(*scope.floating, label))

    def frame(self, label: str) -> Frame:
        """The frame of an assertion."""
        if label not in self._frames:
            found = self.assertions[label]
            self._frames[label] = self.framed(found.statement, found.scope, {})
        return self._frames[label]

    def framed(self, statement: Symbols, scope: Scope, own: dict[str, Symbols]) -> Frame:
        """A statement with the hypotheses in force that it needs: the essential ones, the types of their variables."""
        essential = tuple(own.get(one) or self.hypotheses[one] for one in scope.essential)
        needed = {one for symbols in (statement, *essential) for one in symbols if one in self.variables}
        named = [one for one in scope.floating if self.hypotheses[one][1] in needed]
        floating = tuple((kind, variable) for kind, variable in (self.hypotheses[one] for one in named))
        distinct = frozenset(pair for pair in pairs(scope.distinct) if needed.issuperset(pair))
        return Frame(floating, essential, (*named, *scope.essential), distinct, statement)

    def theorem(self, label: str) -> Target:
        """A theorem of the database as a target: only what stands before it may be used. Raises `KeyError`."""
        found = self.assertions[label]
        return Target(self.frame(label), frozenset(pairs(found.scope.distinct)), found.scope, found.order, {})

    def stated(self, statement: Symbols, own: dict[str, Symbols], distinct: Iterable[Symbols]) -> Target:
        """A theorem that stands behind the end of the database. Raises `BadDatabase`."""
        for label, symbols in own.items():
            if label in self.assertions or label in self.hypotheses or not symbols:
                raise BadDatabase(f"the label '{label[:60]}' is taken, or says nothing")
        scope = Scope(self.end.floating, (*self.end.essential, *own), (*self.end.distinct, *distinct))
        frame = self.framed(statement, scope, own)
        return Target(frame, frozenset(pairs(scope.distinct)), scope, len(self.assertions), own)


def pairs(lists: Iterable[Symbols]) -> Iterator[Pair]:
    """Every pair of the lists, the smaller name first."""
    for symbols in lists:
        for one, other in combinations(symbols, 2):
            yield (one, other) if one < other else (other, one)


class _Check:
    """One proof at work."""

    def __init__(self, database: Database, target: Target) -> None:
        self.database = database
        self.target = target
        self.mine = set(target.frame.hypotheses) | set(target.scope.floating)
        self.stack: list[Symbols] = []
        self.left = _WORK

    def push(self, step: Symbols) -> None:
        self.left -= len(step)
        if len(step) > _EXPRESSION or self.left < 0:
            raise Fault("proof.too_long", "the steps of the proof grow beyond what is read")
        self.stack.append(step)

    def label(self, label: str) -> None:
        """A step by its label."""
        if label in self.mine:
            self.push(self.target.own.get(label) or self.database.hypotheses[label])
            return
        found = self.database.assertions.get(label)
        if found is None or found.order >= self.target.order:
            raise Fault("proof.label", f"'{label[:60]}' is nothing that this theorem may use")
        self.apply(label, self.database.frame(label))

    def apply(self, label: str, frame: Frame) -> None:
        """An assertion on what lies on the stack."""
        count = len(frame.floating) + len(frame.essential)
        if count > len(self.stack):
            raise Fault("proof.error", f"'{label}' needs {count} steps before it")
        given = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        found: dict[str, Symbols] = {}
        for (kind, variable), step in zip(frame.floating, given, strict=False):
            if step[0] != kind:
                raise Fault("proof.error", f"'{label}' needs a {kind} for {variable}, not a {step[0]}")
            found[variable] = step[1:]
        for wanted, step in zip(frame.essential, given[len(frame.floating) :], strict=True):
            if self.replaced(wanted, found) != step:
                raise Fault("proof.error", f"a step before '{label}' is not its hypothesis {' '.join(wanted)[:80]}")
        for one, other in frame.distinct:
            self.apart(label, found[one], found[other])
        self.push(self.replaced(frame.statement, found))

    def replaced(self, symbols: Symbols, found: dict[str, Symbols]) -> Symbols:
        made: list[str] = []
        for one in symbols:
            if one in found:
                made += found[one]
            else:
                made.append(one)
            if len(made) > _EXPRESSION:
                raise Fault("proof.too_long", "a step of the proof grows beyond what is read")
        self.left -= len(made)
        return tuple(made)

    def apart(self, label: str, left: Symbols, right: Symbols) -> None:
        """Two expressions that may share no variable, and whose variables must be distinct here too."""
        variables = self.database.variables
        ours, theirs = variables.intersection(left), variables.intersection(right)
        self.left -= len(ours) * len(theirs)
        if self.left < 0:
            raise Fault("proof.too_long", "the proof asks for too much")
        for one in ours:
            for other in theirs:
                if one == other or ((one, other) if one < other else (other, one)) not in self.target.distinct:
                    raise Fault("proof.distinct", f"'{label}' needs {one} and {other} to be distinct variables")


def check(database: Database, target: Target, proof: list[str]) -> None:
    """Check a proof, as labels or compressed. Raises `Fault`."""
    work = _Check(database, target)
    if "?" in proof or any(one.startswith("?") for one in proof):
        raise Fault("proof.unfinished", "a step of the proof is left open")
    if proof[:1] == ["("]:
        _compressed(work, target, proof)
    else:
        for label in proof:
            work.label(label)
    if len(work.stack) != 1:
        raise Fault("proof.unfinished", f"{len(work.stack)} steps are left where the theorem should be")
    if work.stack[0] != target.frame.statement:
        raise Fault("proof.statement", f"it proves {' '.join(work.stack[0])[:200]}")


def _compressed(work: _Check, target: Target, proof: list[str]) -> None:
    """Labels in brackets, then letters that count them; Z remembers a step."""
    if ")" not in proof:
        raise Fault("proof.unreadable", "the list of labels is never closed")
    end = proof.index(")")
    known = [*target.frame.hypotheses, *proof[1:end]]
    saved: list[Symbols] = []
    number, fresh = 0, False
    for letter in "".join(proof[end + 1 :]):
        if "A" <= letter <= "T":
            at = number * 20 + ord(letter) - ord("A")
            number, fresh = 0, True
            if at < len(known):
                work.label(known[at])
            elif at - len(known) < len(saved):
                work.push(saved[at - len(known)])
            else:
                raise Fault("proof.unreadable", "a letter counts beyond the labels and the remembered steps")
        elif "U" <= letter <= "Y":
            number, fresh = number * 5 + ord(letter) - ord("U") + 1, False
            if number > LONGEST:
                raise Fault("proof.unreadable", "a number without an end")
        elif letter == "Z" and fresh and work.stack:
            saved.append(work.stack[-1])
            fresh = False
        else:
            raise Fault("proof.unfinished" if letter == "?" else "proof.unreadable", f"'{letter}' is no step")
    if number:
        raise Fault("proof.unreadable", "the proof breaks off within a number")


def _without_comments(tokens: list[str]) -> list[str]:
    """Raises `Fault` for a comment that never ends."""
    kept, inside = [], False
    for token in tokens:
        if token == ("$)" if inside else "$("):
            inside = not inside
        elif not inside:
            kept.append(token)
    if inside:
        raise Fault("proof.unreadable", "a comment that never ends")
    return kept


def verdict(database: Database, asked: Asked, proof: list[str]) -> tuple[str, str]:
    """The reason code of a proof, and a sentence. Raises `BadDatabase` when the task does not fit the database."""
    try:
        if asked.statement:
            target = database.stated(asked.statement, dict(asked.hypotheses), asked.distinct)
        else:
            target = database.theorem(asked.name)
    except KeyError:
        raise BadDatabase(f"the database has no assertion '{asked.name[:60]}'") from None
    try:
        check(database, target, proof)
    except Fault as fault:
        return fault.reason, str(fault)
    return "proof.accepted", ""


def proof_of(text: str, name: str) -> list[str]:
    """The proof in a completion: bare, between `$=` and `$.`, or behind a statement of that name. Raises `Fault`.

    What such a statement says does not count: the steps must come to what the task says.
    """
    if len(text) > LONGEST:
        raise Fault("proof.too_long", f"more than {LONGEST:,} characters")
    tokens = _without_comments(text.split())
    if tokens[1:2] == ["$p"]:
        if tokens[0] != name or "$=" not in tokens:
            raise Fault("proof.statement", f"it states {tokens[0][:60]}, not {name[:60]}")
        tokens = tokens[tokens.index("$=") :]
    if tokens[:1] == ["$="]:
        tokens = tokens[1:]
    if tokens[-1:] == ["$."]:
        tokens = tokens[:-1]
    if any("$" in one for one in tokens):
        raise Fault("proof.forbidden", "a proof is a list of labels: it declares nothing")
    if not tokens:
        raise Fault("proof.empty", "there is no proof")
    wrong = next((one for one in tokens if not _LABEL.match(one) and one not in {"(", ")", "?"}), None)
    if wrong is not None:
        raise Fault("proof.unreadable", f"'{wrong[:60]}' is no label")
    return tokens
