"""A pack from a bundled name, a TOML or YAML file, or a mapping: typed and checked, or refused with the place."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from referee.core.errors import PackError, UnknownName, UsageError, nearest
from referee.core.fields import fault
from referee.core.types import Record
from referee.packs.parse import SUFFIXES, read
from referee.packs.spec import PackSpec, PartSpec, RuleSpec
from referee.verifiers import find

HEAVIEST = 1e9  # of a weight: sums of rewards stay finite
BUNDLED = Path(__file__).parent / "bundled"
_FORM = "{'rules': [{'verifier': 'math.number'}]}"
_R = TypeVar("_R", bound=Record)

_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `([^`]*)`")
_KINDS = {str: "one text", list: "a list", tuple: "a list", type(None): "nothing", int: "a number", float: "a number"}


def bundled() -> list[str]:
    """The names of the packs that come with the package."""
    return sorted(path.stem for path in BUNDLED.glob("*.toml"))


def locate(source: str | Path) -> Path:
    """The file of a pack: a path as given, or the bundled pack of that name."""
    path = Path(source)
    if path.is_dir():
        raise PackError(f"'{path}' is a folder; name the pack's file in it")
    if path.suffix in SUFFIXES or path.exists():
        if not path.is_file():
            raise PackError(f"there is no pack file '{path}'; `referee packs` lists the bundled packs")
        return path
    if (BUNDLED / f"{source}.toml").is_file():
        return BUNDLED / f"{source}.toml"
    hint = "`referee packs` lists them; a path to a .toml or .yaml file works too."
    raise UnknownName("pack", str(source), bundled(), hint)


def load(source: str | Path | Mapping[str, Any] | PackSpec) -> PackSpec:
    """The checked pack. A fault raises `PackError` with its path (`$.rules[1].weight`) and the nearest valid name."""
    if isinstance(source, PackSpec):
        return _checked(source, "")
    if isinstance(source, Mapping):
        return typed(dict(source), "")
    if not isinstance(source, str | Path):
        raise PackError(f"a pack is a name, a path or a mapping like {_FORM}; got {source!r:.80}")
    path = locate(source)
    return typed(read(path), str(path))


def typed(data: Any, source: str) -> PackSpec:
    """Plain data as a checked `PackSpec`. Rules and parts are read one by one, so that a fault has an exact path."""
    if isinstance(data, dict):
        data = {"name": Path(source).stem or "unnamed", **data}
        if isinstance(data.get("rules"), list | tuple):
            rules = tuple(_rule_from(rule, f"$.rules[{index}]", source) for index, rule in enumerate(data["rules"]))
            spec = _convert({**data, "rules": ()}, PackSpec, "$", source)
            return _checked(msgspec.structs.replace(spec, rules=rules), source)
    else:
        raise PackError(
            f"a pack is a table with 'rules'; this is {_KINDS.get(type(data), 'something else')}", "$", source
        )
    return _checked(_convert(data, PackSpec, "$", source), source)


def _rule_from(data: Any, path: str, source: str) -> RuleSpec:
    if isinstance(data, dict) and isinstance(data.get("parts"), list | tuple):
        parts = tuple(
            _convert(part, PartSpec, f"{path}.parts[{index}]", source) for index, part in enumerate(data["parts"])
        )
        return msgspec.structs.replace(_convert({**data, "parts": ()}, RuleSpec, path, source), parts=parts)
    return _convert(data, RuleSpec, path, source)


def _convert(data: Any, record: type[_R], path: str, source: str) -> _R:
    try:
        return msgspec.convert(data, record, strict=True)
    except msgspec.ValidationError as error:
        if match := _UNKNOWN_FIELD.match(str(error)):
            raise PackError(_unknown(match[1], record, data), f"{path}.{match[1]}", source) from None
        below, problem = fault(error, record, data)
        raise PackError(problem, path + below, source) from None


def _unknown(name: str, record: type[Record], data: Mapping[str, Any]) -> str:
    """What to do about a field that does not exist."""
    if "params" in record.__struct_fields__ and name in _parameters(data.get("verifier")):
        return f"'{name}' is a parameter of {data['verifier']}; put it into params: params = {{ {name} = ... }}"
    known = record.__struct_fields__
    guess = nearest(name, known)
    hint = f"did you mean '{guess}'?" if guess else f"known are {', '.join(known)}."
    return f"there is no field '{name}'; {hint}"


def _parameters(verifier_id: Any) -> tuple[str, ...]:
    """The parameters of a verifier, none when there is no such verifier."""
    try:
        return find(verifier_id).params_type.__struct_fields__ if isinstance(verifier_id, str) else ()
    except UsageError:
        return ()


def _checked(spec: PackSpec, source: str) -> PackSpec:
    """Names filled in, and what types cannot say: weights are sane, names unique, a gate carries no weight."""
    if not spec.rules:
        raise PackError("a pack needs at least one rule", "$.rules", source)
    if spec.clip is not None and not -math.inf < spec.clip[0] <= spec.clip[1] < math.inf:
        raise PackError(f"clip must be [low, high] with finite low <= high, got {list(spec.clip)}", "$.clip", source)
    rules = tuple(_rule(rule, f"$.rules[{index}]", source) for index, rule in enumerate(spec.rules))
    _unique([rule.name for rule in rules], "$.rules", source)
    if all(rule.role == "gate" for rule in rules):
        raise PackError("all rules are gates, so nothing ever pays; add a rule of role 'reward'", "$.rules", source)
    return msgspec.structs.replace(spec, rules=rules, answer=_answer(spec.answer, rules, source))


def _answer(name: str, rules: tuple[RuleSpec, ...], source: str) -> str:
    names = [rule.name for rule in rules]
    if name and name not in names:
        guess = nearest(name, names)
        hint = f"did you mean '{guess}'?" if guess else f"the rules are {', '.join(names)}."
        raise PackError(f"there is no rule '{name}'; {hint}", "$.answer", source)
    paying = [rule for rule in rules if rule.role == "reward"]
    return name or (max(paying, key=lambda rule: rule.weight).name if paying else names[0])


def _rule(rule: RuleSpec, path: str, source: str) -> RuleSpec:
    if bool(rule.verifier) == bool(rule.parts):
        raise PackError("a rule needs either 'verifier' or 'parts'", path, source)
    if rule.parts and rule.params:
        raise PackError("a rule with parts has no params of its own; give them to its parts", f"{path}.params", source)
    _weight(rule.weight, path, source)
    if rule.role == "gate" and rule.weight != 1.0:
        raise PackError("a gate carries no weight of its own; remove it", f"{path}.weight", source)
    if rule.parts and not rule.name:
        raise PackError("a rule with parts needs a name", f"{path}.name", source)
    parts = tuple(_part(part, f"{path}.parts[{index}]", source) for index, part in enumerate(rule.parts))
    _unique([part.name for part in parts], f"{path}.parts", source)
    if parts and sum(part.weight for part in parts) <= 0:
        raise PackError("the weights of the parts must add up to more than 0", f"{path}.parts", source)
    return msgspec.structs.replace(rule, name=rule.name or rule.verifier, parts=parts)


def _part(part: PartSpec, path: str, source: str) -> PartSpec:
    _weight(part.weight, path, source)
    return msgspec.structs.replace(part, name=part.name or part.verifier)


def _weight(weight: float, path: str, source: str) -> None:
    if not 0 <= weight <= HEAVIEST:
        hint = "use role = 'penalty' to take away" if weight < 0 else f"it must be finite, at most {HEAVIEST:g}"
        raise PackError(f"the weight {weight} is not allowed; {hint}", f"{path}.weight", source)


def _unique(names: list[str], path: str, source: str) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise PackError(f"two of them are named '{twice}'; give each its own name", path, source)
