"""A truth about tool calls, compiled: the calls that are wanted, or that there be any, or none.

Two ways of writing a call, told apart by its keys. `{"name": "f", "arguments": {"a": 1}}` is one call: a parameter
whose schema has a default may be left out where the default is what is wanted. `{"f": {"a": [1, 2, ""]}}` is BFCL's:
each argument lists what is allowed, and "" says that it may be left out.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Literal

import msgspec

from referee.core.errors import TruthError, brief
from referee.core.verifier import Parameters
from referee.structure.calls import allowed
from referee.structure.calls.allowed import Allowed, Equality, Lists, Strings, unquoted, written
from referee.structure.calls.nouns import Call, Raw, Refused
from referee.structure.calls.objects import of as said
from referee.structure.calls.tools import Bound, Fault, Tool, Tools, bind_unknown, kinds, of_kind
from referee.structure.matching import matching


class Compared(Parameters, frozen=True, kw_only=True):
    """order: whether parallel calls come in the order of the truth ("ordered") or not ("any").
    strings: how texts are compared: "exact", "fold", "bfcl"; "auto" is `fold` for a truth in BFCL's way, else `exact`.
    lists: whether the elements of lists in arguments come in order ("ordered") or not ("any").
    rel_tol: how far a float may be off, relatively; the default is the rounding of doubles.
    abs_tol: how far a float may be off; the larger of the two bounds counts.
    """

    order: Literal["any", "ordered"] = "any"
    strings: Literal["auto"] | Strings = "auto"
    lists: Lists = "ordered"
    rel_tol: float = 1e-15
    abs_tol: float = 0.0

    def equality(self, *, bfcl: bool) -> Equality:
        """How values are compared, in a truth of BFCL's way or another."""
        by_form: Strings = "fold" if bfcl else "exact"
        return Equality(by_form if self.strings == "auto" else self.strings, self.rel_tol, self.abs_tol, self.lists)


class Expected:
    """One call that is wanted."""

    def __init__(self, name: str, arguments: dict[str, Allowed], tool: Tool | None, equality: Equality) -> None:
        self.name = name
        self.arguments = arguments
        self.tool = tool
        self.equality = equality
        must = tool.required if tool else frozenset()
        self.needed = tuple(one for one, values in arguments.items() if one in must or not values.omissible)
        self._defaults: dict[str, Allowed | None] = {}

    def fault(self, call: Bound) -> Fault | None:
        """What is wrong with a call; None where it is this one."""
        if call.name != self.name:
            return Fault("call.wrong_function", f"{call.name[:80]} is called, {self.name} is wanted")
        given, wanted = call.arguments, self.arguments
        for name, value in given.items():
            values = wanted.get(name)
            if (values is None or not values.fits(value)) and not self._omitted(name, value, values):
                return self._misfit(name, value, values)
        for name in self.needed:
            if name not in given:
                return Fault("call.missing_argument", f"{self.name} is called without {name!r}")
        return None

    def _omitted(self, name: str, value: Any, values: Allowed | None) -> bool:
        """Whether giving this value is the same as leaving out the argument, and that is allowed."""
        if self.tool is None or name in self.needed or name in self.tool.required:
            return False
        if values is not None and not values.omissible:
            return False
        if name not in self._defaults:
            self._defaults[name] = default(self.tool, name, self.equality)
        known = self._defaults[name]
        if known is not None:
            return known.fits(value)
        return value is None or (isinstance(value, Raw) and unquoted(value) is None)

    def _misfit(self, name: str, value: Any, values: Allowed | None) -> Fault:
        shown = f"{name[:60]} = {written(value)}"
        if values is None:
            return Fault("call.unasked_argument", f"{shown}: nobody asked for it")
        if self.tool is not None and not of_kind(value, self.tool.kinds(name)):
            return Fault("call.wrong_type", f"{shown}: {' or '.join(sorted(self.tool.kinds(name)))} is declared")
        return Fault("call.wrong_value", f"{shown} is not what is wanted")


class Wanted:
    """A compiled truth. `calls` is None where any call that fits the tools will do."""

    def __init__(self, tools: Tools | None, calls: list[Expected] | None, how: Compared) -> None:
        self.tools = tools
        self.calls = calls
        self.how = how
        self.names = frozenset(tools.by_name) if tools else frozenset(one.name for one in calls or ())

    def bind(self, call: Call) -> Bound | Fault:
        """The call with named arguments."""
        return self.tools.bind(call) if self.tools is not None else bind_unknown(call)

    def faults(self, calls: list[Call]) -> list[Fault | None]:
        """One for each call where any call will do: what breaks the tool's schema."""
        return [self._valid(self.bind(call)) for call in calls]

    def _valid(self, call: Bound | Fault) -> Fault | None:
        if isinstance(call, Fault) or self.tools is None:
            return call if isinstance(call, Fault) else None
        tool = self.tools.by_name[call.name]
        given = {name: _typed(tool, name, value) for name, value in call.arguments.items()}
        if tool.schema.valid(given):
            return None
        for name in tool.required:
            if name not in given:
                return Fault("call.missing_argument", f"{tool.name} is called without {name!r}")
        violation = tool.schema.violations(given, all_of_them=False)[0]
        return Fault("call.wrong_type" if violation.keyword == "type" else "call.wrong_value", violation.message)

    def matched(self, calls: list[Call]) -> tuple[int, list[Fault]]:
        """How many of the wanted calls are among these, and what is wrong with the others."""
        wanted = self.calls or []
        if len(wanted) == 1 == len(calls):
            fault = _fault(wanted[0], self.bind(calls[0]))
            return (0, [fault]) if fault else (1, [])
        bound = [self.bind(call) for call in calls]
        faults = [_fault(one, call) for one, call in zip(wanted, bound, strict=False)]
        right = faults.count(None)
        # Most completions keep the order of the truth; then there is nothing to pair.
        if right == max(len(wanted), len(bound)) or self.how.order == "ordered":
            return right, [one for one in faults if one is not None]
        pairs = matching(len(wanted), len(bound), lambda i, j: _fault(wanted[i], bound[j]) is None)
        left = [one for i, one in enumerate(wanted) if i not in pairs]
        taken = set(pairs.values())
        return len(pairs), [_nearest(call, left) for j, call in enumerate(bound) if j not in taken]


def _fault(wanted: Expected, call: Bound | Fault) -> Fault | None:
    return call if isinstance(call, Fault) else wanted.fault(call)


def _nearest(call: Bound | Fault, left: list[Expected]) -> Fault:
    """What is wrong with a call that found no partner."""
    if isinstance(call, Fault):
        return call
    same = next((one for one in left if one.name == call.name), None)
    fault = same.fault(call) if same else None
    return fault or Fault("call.wrong_function", f"{call.name[:80]} is called once too often, or was not wanted")


def _typed(tool: Tool, name: str, value: Any) -> Any:
    """A text without quotes, as the type that its parameter declares."""
    if not isinstance(value, Raw):
        return value
    declared = tool.kinds(name)
    if declared == {"string"}:
        return str(value)
    found = unquoted(value)
    return found if not declared or of_kind(found, declared) else str(value)


def default(tool: Tool, name: str, equality: Equality) -> Allowed | None:
    """The value that stands for an argument that is not given, where the schema declares one."""
    declared = tool.parameters.get(name)
    if not isinstance(declared, dict) or "default" not in declared:
        return None
    return allowed.just(declared["default"], equality, declared)


def wanted(truth: Any, how: Compared) -> Wanted:
    """The compiled truth. Raises `TruthError` for one that cannot be read, or that no call can meet."""
    if not isinstance(truth, dict) or not truth.keys() <= {"tools", "calls", "relevance"}:
        raise TruthError(f"the truth has 'tools', and 'calls' or 'relevance'; got {brief(truth)}")
    try:
        return _cached(msgspec.msgpack.encode(truth), how)
    except (ValueError, TypeError, RecursionError) as error:
        raise TruthError(f"the truth is no JSON data: {error}") from None


@lru_cache(maxsize=1024)
def _cached(content: bytes, how: Compared) -> Wanted:
    truth = msgspec.msgpack.decode(content)
    declared = truth.get("tools")
    if not isinstance(declared, list | None):
        raise TruthError(f"$.tools must be a list; got {brief(declared)}")
    tools = None if declared is None else Tools(declared)
    calls, relevance = truth.get("calls"), truth.get("relevance")
    if (calls is None) == (relevance is None):
        raise TruthError("the truth must have 'calls', a list, or 'relevance', true or false; not both, not neither")
    if relevance is not None:
        if not isinstance(relevance, bool):
            raise TruthError(f"$.relevance must be true or false; got {brief(relevance)}")
        if relevance and tools is None:
            raise TruthError("$.relevance needs $.tools: which calls would do?")
        made = Wanted(tools, None if relevance else [], how)
        for tool in tools.by_name.values() if tools and relevance else ():
            tool.schema  # noqa: B018 - compiled here, so that a schema that is none is the truth's fault
        return made
    if not isinstance(calls, list):
        raise TruthError(f"$.calls must be a list; got {brief(calls)}")
    return Wanted(tools, [_expected(one, place, tools, how) for place, one in enumerate(calls)], how)


def _expected(one: Any, place: int, tools: Tools | None, how: Compared) -> Expected:
    where = f"$.calls[{place}]"
    if isinstance(one, dict) and len(one) == 1:
        (name, arguments), *_ = one.items()
        if isinstance(arguments, dict) and not (name == "function" and isinstance(arguments.get("name"), str)):
            return _possible(name, arguments, _declared(name, tools, where), how.equality(bfcl=True), where)
    try:
        call = said(_without_id(one)).calls[0]
    except (Refused, IndexError) as error:
        raise TruthError(
            f"{where}: a call is {{name, arguments}} or {{name: {{argument: [allowed]}}}}; {error}"
        ) from None
    tool, equality = _declared(call.name, tools, where), how.equality(bfcl=False)
    arguments = {}
    for name, value in call.arguments.items():
        arguments[name] = allowed.just(value, equality, tool.parameters.get(name) if tool else None)
        known = default(tool, name, equality) if tool else None
        arguments[name].omissible = known is not None and known.fits(value)
    return _satisfiable(Expected(tool.name if tool else call.name, arguments, tool, equality), where)


def _without_id(one: Any) -> Any:
    if isinstance(one, dict) and "name" in one and "type" not in one:
        return {key: value for key, value in one.items() if key != "id"}
    return one


def _possible(name: str, listed: dict[str, Any], tool: Tool | None, equality: Equality, where: str) -> Expected:
    arguments: dict[str, Allowed] = {}
    for argument, values in listed.items():
        if not isinstance(values, list):
            raise TruthError(f"{where}.{name}.{argument} must list what is allowed; got {brief(values)}")
        declared = tool.parameters.get(argument) if tool else None
        empty_text = tool is not None and argument in tool.required and kinds(declared) <= {"string"}
        arguments[argument] = allowed.alternatives(values, equality, declared, empty_text=empty_text)
    return _satisfiable(Expected(tool.name if tool else name, arguments, tool, equality), where)


def _declared(name: str, tools: Tools | None, where: str) -> Tool | None:
    if tools is None:
        return None
    tool = tools.by_name.get(name)
    if tool is None:
        raise TruthError(f"{where}: '{name[:80]}' is wanted and no such tool is declared", "truth.unsatisfiable")
    return tool


def _satisfiable(made: Expected, where: str) -> Expected:
    """The call, unless no completion could ever make it."""
    for name in made.needed:
        if made.arguments[name].empty:
            raise TruthError(f"{where}: nothing is allowed for {name!r}, and it must be given", "truth.unsatisfiable")
    tool = made.tool
    if tool is None:
        return made
    for name in made.needed:
        if name not in tool.parameters and not tool.open:
            raise TruthError(f"{where}: {tool.name} has no parameter {name!r}", "truth.unsatisfiable")
    for name in sorted(tool.required - made.arguments.keys()):
        raise TruthError(
            f"{where}: {tool.name} requires {name!r}, and nothing is allowed for it", "truth.unsatisfiable"
        )
    return made
