"""docs/reference/api.md: the public names of `referee`, their signatures and docstrings."""

from __future__ import annotations

import builtins
import inspect
import pathlib
import re
import typing
from collections import abc
from importlib import import_module
from typing import Any

import msgspec

import referee
from pages.markdown import NOTICE, block, table
from referee.core.types import Record

SIGNATURE = re.compile(r"^```python\n(.*?)^```|^- `(\..*?)`", re.MULTILINE | re.DOTALL)

NAMES = {
    "PackSource": (
        "referee.engine.score",
        "name of a bundled pack, path of a TOML, YAML or JSON file, mapping with `rules`, or `PackSpec`",
    ),
    "PackSpec": ("referee.packs.spec", "a pack as a record; [the pack file](pack-format.md) lists its fields"),
    "Completion": (
        "referee.engine.score",
        "a text, a list of chat messages (the last one of the assistant counts), one such message, or a `Rollout`",
    ),
    "Runner": ("referee.core.jobs", "function from `Job`s to their `Outcome`s: what runs a verifier's programs"),
    "AsyncRunner": ("referee.engine.drive", "the same, awaited"),
    "Status": ("referee.core.types", "`pass`, `partial`, `fail` or `unjudged`"),
    "Finish": ("referee.core.types", "why sampling ended: `stop`, `length`, `tool` or `abort`"),
    "Queue": ("referee.pool.base", "what carries submissions to workers and scores back; `Pool` makes the usual ones"),
    "Keeper": (
        "referee.engine.scored",
        "what keeps every score, such as a ledger: `keep(scored)`, `learn(pack_or_build)`",
    ),
    "Metrics": ("referee.pool.metrics", "counters, gauges and histograms; `metrics_export` serves and writes them"),
    "Limits": ("referee.pool.local", "`cpu_s`, `wall_s`, `tries`: what judging one rollout may take of a worker"),
    "Settings": ("referee.engine.process", "`nice`, `cores`, `memory_mb`, `environment` of worker processes"),
    "Stream": ("referee.pool.stream", "every `Scored` as it is judged, with `for` or `async for`, once"),
    "Statistics": ("referee.pool.pool", "counts of a pool, the depth of its queue, the states of its workers"),
    "Alarm": ("referee.pool.orders", "two scores of the same work that differ: `first`, its `worker`, `second`"),
    "U": ("referee.adapters.trl", "type of what stands for a missing reward: float, or None"),
}


def page() -> str:
    """One section per public name."""
    intro = "Everything in `referee.__all__`. Names are loaded when they are first used."
    rows = [(f"`{name}`", f"`{_home(name, home)}`", meaning) for name, (home, meaning) in NAMES.items()]
    names = f"## Names in the signatures\n\n{table(('name', 'in', 'what it is'), rows)}"
    sections = "\n\n".join(_section(name) for name in referee.__all__)
    signatures = " ".join(code for found in SIGNATURE.findall(sections) for code in found)
    used = set(re.findall(r"\b[A-Z]\w*", signatures))
    if missing := sorted(name for name in used if name not in NAMES and not _known(name)):
        raise SystemExit(f"docs/reference/api.md uses {', '.join(missing)} in a signature and never says what it is")
    return f"{NOTICE}\n\n# Python\n\n{intro}\n\n{names}\n\n{sections}"


def _home(name: str, module: str) -> str:
    getattr(import_module(module), name)  # it is there
    return module


def _known(name: str) -> bool:
    """Whether a reader knows the name: a public one of ours, or Python's."""
    return name in referee.__all__ or any(hasattr(module, name) for module in (builtins, typing, abc, pathlib))


def _section(name: str) -> str:
    thing = getattr(referee, name)
    parts = [f"## `{name}`"]
    if inspect.isclass(thing):
        parts += [*_class(name, thing)]
    elif callable(thing):
        parts += [block(f"{_kind(thing)} {name}{_signature(thing)}", "python"), inspect.getdoc(thing) or ""]
    else:
        parts += [block(f"{name}: {type(thing).__name__}", "python")]
    return "\n\n".join(part for part in parts if part)


def _class(name: str, kind: type) -> list[str]:
    bases = ", ".join(base.__name__ for base in kind.__bases__ if base is not object and base is not Record)
    head = [f"class {name}({bases}):" if bases else f"class {name}:", *(f"    {line}" for line in _fields(kind))]
    parts = [block("\n".join(head), "python"), inspect.getdoc(kind) or ""]
    for member, value in vars(kind).items():
        method = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if (member.startswith("_") and member != "__call__") or not (
            inspect.isfunction(method) or isinstance(method, property)
        ):
            continue
        text = inspect.getdoc(method) or ""
        title = f".{member}" if isinstance(method, property) else f".{member}{_signature(method)}"
        parts.append(f"- `{title}`" + (f": {' '.join(text.split())}" if text else ""))
    return parts


def _fields(kind: type) -> list[str]:
    if not issubclass(kind, msgspec.Struct):
        return ["..."]
    fields = msgspec.structs.fields(kind)
    bases = reversed(kind.__mro__)
    own = {name: text for base in bases for name, text in vars(base).get("__annotations__", {}).items()}
    return [f"{field.name}: {own[field.name]}{_default(field)}" for field in fields] or ["..."]


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.default_factory is not msgspec.NODEFAULT:
        return f" = {field.default_factory()!r}"
    return "" if field.default is msgspec.NODEFAULT else f" = {field.default!r}"


def _kind(thing: Any) -> str:
    return "async def" if inspect.iscoroutinefunction(thing) else "def"


class _Source:
    """An annotation that prints as it stands in the source."""

    def __init__(self, text: object) -> None:
        self.text = text if isinstance(text, str) else inspect.formatannotation(text)

    def __repr__(self) -> str:
        return self.text


def _signature(thing: Any) -> str:
    """The parameters as the caller sees them."""
    signature = inspect.signature(thing)
    parameters = [
        one if one.annotation is one.empty else one.replace(annotation=_Source(one.annotation))
        for name, one in signature.parameters.items()
        if name not in {"self", "cls"}
    ]
    result = signature.return_annotation
    if result is not signature.empty:
        result = _Source(result)
    return str(signature.replace(parameters=parameters, return_annotation=result))
