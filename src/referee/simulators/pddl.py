"""Plans: the actions of a PDDL problem, one after another, from its initial state to its goal.

State: `{"domain": "(define (domain ...) ...)", "problem": "(define (problem ...) ...)"}`. An answer is the plan, an
action in brackets each, `(stack a b)`, as planners write it; `stack(a, b)`, numbers in front (`1.`, `0:`) and costs
behind (`; cost = 4`) are read too. What is read of PDDL is in `pddl_text`. Sets of facts are what a state is; effects
that delete come before those that add.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Any, Final, NamedTuple

from referee.core.errors import TruthError
from referee.simulators import grids, listed
from referee.simulators.base import ACTIONS, Illegal, Judged, Unread
from referee.simulators.pddl_text import Operator, World, typed, world

_WORK: Final = 2_000_000  # conditions looked at for one action
_ACTION = re.compile(
    r"\s*(?:[0-9]{1,6}(?:\.[0-9]{1,4})?\s*[.:)]\s*)?(?:\(([^()\n]*)\)|([A-Za-z][\w-]*)\s*\(([^()\n]*)\))\s*(?:\[[^\]\n]*\])?[,;]?"
)
_REMARK = re.compile(r"(?m)^[^\S\n]*;[^\n]*|;[^\S\n]*cost[^\n]*")
Fact = tuple[str, ...]


class Facts(NamedTuple):
    """What holds; everything else does not."""

    world: World
    facts: frozenset[Fact]
    known: frozenset[str]


class Call(NamedTuple):
    """An action with its objects."""

    name: str
    objects: tuple[str, ...]


class Pddl:
    """The simulator: see the module."""

    def initial(self, given: Any) -> Facts:
        """Raises `TruthError`."""
        given = given if isinstance(given, dict) else {}
        domain, problem = given.get("domain"), given.get("problem")
        if not isinstance(domain, str) or not isinstance(problem, str):
            raise TruthError('a state of pddl is {"domain": TEXT, "problem": TEXT}')
        found = world(domain, problem)
        return Facts(found, found.facts, found.objects["object"])

    def parse(self, text: str, state: Facts) -> list[Call] | Unread:
        """A plan."""
        if len(text) > grids.LONGEST:
            return Unread("answer.too_long", f"{len(text):,} characters")
        text = listed.plain(_REMARK.sub("", text)).strip()
        if "(" not in text:  # an action a line, without its brackets
            text = "\n".join(f"({line})" for line in text.split("\n") if line.strip())
        found: list[Call] = []
        at = 0
        while at < len(text):
            match = _ACTION.match(text, at)
            if match is None:
                return Unread("simulate.unreadable", f"{text[at : at + 60]!r} is no action", at)
            words = match[1].split() if match[1] is not None else [match[2], *match[3].replace(",", " ").split()]
            if not words:
                return Unread("simulate.unreadable", "() is no action", at)
            found.append(Call(words[0].lower(), tuple(word.lower() for word in words[1:])))
            if len(found) > ACTIONS:
                return Unread("answer.too_long", f"more than {ACTIONS:,} actions")
            at = match.end()
        return found or Unread("answer.empty", "")

    def step(self, state: Facts, action: Call) -> Facts | Illegal:
        """What holds after an action."""
        operator = state.world.operators.get(action.name)
        if operator is None:
            return Illegal(f"there is no action {action.name!r:.60}")
        bound = _bound(operator, action, state)
        if isinstance(bound, Illegal):
            return bound
        holds = _Holds(state)
        if not holds.of(operator.condition, bound):
            return Illegal(f"({action.name} {' '.join(action.objects)})"[:120] + " is not possible here")
        add: set[Fact] = set()
        drop: set[Fact] = set()
        holds.effect(operator.effect, bound, add, drop)
        return state._replace(facts=(state.facts - drop) | add)

    def judge(self, initial: Facts, state: Facts) -> Judged:
        """Whether the goal holds. Progress: the share of its parts that did not hold at first and do now."""
        if _Holds(state).of(state.world.goal, {}):
            return Judged(reached=True, progress=1.0)
        goal = state.world.goal
        parts = goal[1:] if goal and goal[0] == "and" else [goal]
        open_ = [part for part in parts if not _Holds(initial).of(part, {})]
        left = [part for part in parts if not _Holds(state).of(part, {})]
        done = max(0.0, 1 - len(left) / len(open_)) if open_ else 0.0
        return Judged(reached=False, progress=done, detail=f"{len(left)} of {len(parts)} parts of the goal do not hold")

    def plain(self, state: Facts) -> Any:
        """JSON data."""
        return sorted(" ".join(fact) for fact in state.facts)


def _bound(operator: Operator, action: Call, state: Facts) -> dict[str, str] | Illegal:
    """The objects of an action in their places, each of the type that is asked for."""
    if len(action.objects) != len(operator.parameters):
        return Illegal(f"{action.name} takes {len(operator.parameters)} objects, not {len(action.objects)}")
    for name, (_, kinds) in zip(action.objects, operator.parameters, strict=True):
        if not any(name in state.world.objects.get(kind, ()) for kind in kinds):
            return Illegal(f"{name!r:.60} is no {' or '.join(kinds)}")
    return {parameter: name for name, (parameter, _) in zip(action.objects, operator.parameters, strict=True)}


class _Holds:
    """Conditions and effects in one state. The work is bounded: a truth that asks for more is said to be too much."""

    def __init__(self, state: Facts) -> None:
        self.state, self.left = state, _WORK

    def of(self, condition: Any, bound: dict[str, str]) -> bool:
        self.left -= 1
        if self.left < 0:
            raise TruthError("a condition of this problem has too many cases", "truth.too_long")
        if not condition:
            return True
        head, *parts = condition
        match head:
            case "and":
                return all(self.of(part, bound) for part in parts)
            case "or":
                return any(self.of(part, bound) for part in parts)
            case "not":
                return not self.of(parts[0], bound)
            case "imply":
                return not self.of(parts[0], bound) or self.of(parts[1], bound)
            case "=":
                return bool(bound.get(parts[0], parts[0]) == bound.get(parts[1], parts[1]))
            case "exists":
                return any(self.of(parts[1], more) for more in self.cases(parts[0], bound))
            case "forall":
                return all(self.of(parts[1], more) for more in self.cases(parts[0], bound))
        return (head, *(bound.get(part, part) for part in parts)) in self.state.facts

    def effect(self, effect: Any, bound: dict[str, str], add: set[Fact], drop: set[Fact]) -> None:
        """What an effect adds and drops, looked at in the state before it."""
        if not effect:
            return
        head, *parts = effect
        if head == "and":
            for part in parts:
                self.effect(part, bound, add, drop)
        elif head == "forall":
            for more in self.cases(parts[0], bound):
                self.effect(parts[1], more, add, drop)
        elif head == "when":
            if self.of(parts[0], bound):
                self.effect(parts[1], bound, add, drop)
        elif head == "not":
            drop.add((parts[0][0], *(bound.get(part, part) for part in parts[0][1:])))
        elif head != "increase":
            add.add((head, *(bound.get(part, part) for part in parts)))

    def cases(self, variables: Any, bound: dict[str, str]) -> Any:
        """Every way to fill some variables."""
        listed = typed(variables)
        pools = [
            sorted({name for kind in kinds for name in self.state.world.objects.get(kind, ())}) for _, kinds in listed
        ]
        for objects in product(*pools):
            self.left -= 1
            yield {**bound, **{name: value for (name, _), value in zip(listed, objects, strict=True)}}


SIMULATOR = Pddl()
