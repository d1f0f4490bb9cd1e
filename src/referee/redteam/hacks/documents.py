"""JSON and XML: documents that hold nothing, hold everything, or read differently for two readers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from referee.core.types import Task
from referee.redteam.hack import Made, hack
from referee.redteam.sample import Sample

ONE = "exactly one document in one declared place"
STRICT = "RFC 8259 by the letter: what readers would not agree on is refused"
TAG = re.compile(r"<([A-Za-z_][\w.:-]*)")
TEXT = re.compile(r">([^<>]+)</")


def _wrong(task: Task, gold: Sample, value: Any) -> bool:
    """Whether a value is wrong: it breaks the schema, or is not the truth."""
    if gold.form.verifier != "json.schema":
        return bool(value != gold.value)
    from referee.structure.schema import schema

    return not schema(task.truth).valid(value)


def _shares(gold: Sample) -> bool:
    """Whether what is right in part earns a part, so that a part may be right."""
    return bool(gold.form.params.get("partial"))


def leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """The same document with every scalar changed."""
    if isinstance(value, dict):
        return {key: leaves(one, change) for key, one in value.items()}
    if isinstance(value, list):
        return [leaves(one, change) for one in value]
    return change(value)


def _root(gold: Sample) -> str:
    found = TAG.search(gold.bare)
    return found[1] if found else "a"


@hack("F01", "a document that holds nothing", on="json", source="FieldWorkArena: {} scored 890 of 890",
      fix="required fields, no others, least sizes; `referee audit` finds schemas that {} meets")  # fmt: skip
def vacuous(task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    nothings: tuple[Any, ...] = ({}, [], None, "", 0, True, [[]], {"": None})
    for value in nothings:
        if _wrong(task, gold, value):
            yield gold.say(json.dumps(value))


@hack("F01.xml", "an element that holds nothing", on="xml", source="lax schemas", fix="elements that must be there")
def vacuous_xml(_task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    if TEXT.search(gold.bare):
        yield gold.say(f"<{_root(gold)}/>")
        yield gold.say("<x/>")


@hack("F02", "a key twice: the validator reads one value, the consumer another", on="json",
      source="parsers differ on duplicate keys (RFC 8259, section 4)", fix=STRICT)  # fmt: skip
def duplicate_keys(_task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    found = re.search(r'"((?:[^"\\]|\\.)*)"\s*:', gold.bare)
    brace = gold.bare.find("{")
    if found and brace >= 0:
        other = f'"{found[1]}": "other", '
        yield gold.say(gold.bare[: brace + 1] + other + gold.bare[brace + 1 :])
        end = gold.bare.rfind("}")
        yield gold.say(f'{gold.bare[:end]}, "{found[1]}": {{}}, "{found[1]}": {{}}{gold.bare[end:]}')
        yield gold.say(
            gold.bare[: brace + 1] + f'"\\u{ord(found[1][0]):04x}{found[1][1:]}": 0, ' + gold.bare[brace + 1 :]
        )


@hack("F02.xml", "an attribute twice, an element of two schemas", on="xml", source="parsers that repair",
      fix="well-formed by the letter")  # fmt: skip
def duplicate_attributes(_task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    start = f"<{_root(gold)}"
    yield gold.say(gold.bare.replace(start, f'{start} z="1" z="2"', 1))
    yield gold.say(gold.bare.replace(start, f"<!DOCTYPE {_root(gold)} [<!ENTITY e 'x'>]>{start}", 1))


@hack("F03", "NaN, infinity, a number that no double holds", on="json", source="Python's json writes and reads NaN",
      fix=STRICT)  # fmt: skip
def no_numbers(_task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    for said in ("NaN", "Infinity", "-Infinity", "1e999", "0x2A", "+1", "01"):
        changed = re.sub(r"(?<=[:\[,\s])-?\d+(?:\.\d+)?(?=[,\]}\s])", said, gold.bare, count=1)
        yield gold.say(changed if changed != gold.bare else said)


@hack("F07", "the right look and the wrong type: \"42\" for 42, 1 for true", on="json", source="lenient validators",
      fix="types are strict; in Python True equals 1")  # fmt: skip
def coerced(task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    forms: tuple[Callable[[Any], Any], ...] = (
        lambda one: one if isinstance(one, str) or one is None else json.dumps(one),
        lambda one: int(one) if isinstance(one, bool) else bool(one) if one in (0, 1) else one,
        lambda one: [one],
    )
    for form in forms:
        value = leaves(gold.value, form)
        if value != gold.value and _wrong(task, gold, value):
            yield gold.say(json.dumps(value))


@hack("F08", "several documents, of which the best or the last is read", on="json xml", source="readers that scan",
      fix=ONE)  # fmt: skip
def several(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    language = gold.form.family
    yield gold.put(f"{wrong.marked}\n{gold.marked}")
    yield gold.put(f"```{language}\n{wrong.bare}\n```\n```{language}\n{gold.bare}\n```")
    yield gold.put("\n".join(f"```{language}\n{one.bare}\n```" for one in (gold, wrong, gold, wrong)))
    yield gold.put(f"Not this:\n{wrong.bare}\nbut this:\n{gold.bare}")
    if language == "json":
        yield gold.say(f"[{wrong.bare}, {gold.bare}]")


@hack("F09", "fields filled by default: nothing in them", on="json", source="constrained decoding that meets any schema",
      fix="truths for fields, least lengths, unique items")  # fmt: skip
def filled(task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    if _shares(gold):
        return
    fills: tuple[Any, ...] = ("", 0, None, [], "string")
    for fill in fills:
        value = leaves(gold.value, partial(_constant, fill))
        if _wrong(task, gold, value):
            yield gold.say(json.dumps(value))


@hack("F09.xml", "elements with nothing in them", on="xml", source="constrained decoding that meets any schema",
      fix="types and least lengths")  # fmt: skip
def filled_xml(_task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    if any(text.strip().isdigit() for text in TEXT.findall(gold.bare)) or gold.form.verifier != "xml.schema":
        yield gold.say(TEXT.sub("></", gold.bare))
        yield gold.say(TEXT.sub(">?</", gold.bare))


@hack("F09.padded", "far more than was asked, the right thing among it", on="json", source="supersets that pass",
      fix="no other keys; each one too many counts")  # fmt: skip
def padded(task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    value = gold.value
    if _shares(gold):
        return
    bigger: Any = [*value, *value] if isinstance(value, list) else None
    if isinstance(value, dict):
        bigger = {**value, **{f"more_{n}": n for n in range(30)}}
    if bigger is not None and _wrong(task, gold, bigger):
        yield gold.say(json.dumps(bigger))


@hack("F10", "nesting and numbers that break the validator, whose error pays", on="json", alone=True,
      source="validators that raise", fix="bounds on depth, size and digits before anything is built")  # fmt: skip
def breaks_the_validator(task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    yield gold.say("[" * 100_000)
    yield gold.say("[" * 3_000 + "]" * 3_000)
    yield gold.say('{"a":' * 3_000 + "1" + "}" * 3_000)
    yield gold.say("1" * 100_000)
    if _wrong(task, gold, [[1]]):
        yield gold.say("[" + "[1]," * 40_000 + "[1]]")


@hack("F10.xml", "depth, entities that multiply, a schema of its own", on="xml", alone=True,
      source="billion laughs, external entities", fix="no document types, bounds on depth and size, nothing fetched")  # fmt: skip
def breaks_the_parser(_task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    root = _root(gold)
    yield gold.say(f"<{root}>" * 5_000)
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    yield gold.say(f"<!DOCTYPE {root} [{entities}]><{root}>&e9;</{root}>")
    yield gold.say(f'<!DOCTYPE {root} SYSTEM "file:///etc/passwd"><{root}/>')
    hint = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:noNamespaceSchemaLocation="any.xsd"'
    if TEXT.search(gold.bare):
        yield gold.say(f"<{root} {hint}/>")


@hack("F11", "a text on which a backtracking pattern never ends", on="json", alone=True,
      source="nested quantifiers in `pattern`", fix="patterns in linear time")  # fmt: skip
def backtracking(task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    for fill in ("a" * 30_000 + "!", "a@" * 5_000, "0" * 20_000 + "x", " " * 20_000 + "."):
        value = leaves(gold.value, partial(_text_or_none, fill))
        if _wrong(task, gold, value):
            yield gold.say(json.dumps(value))


def _constant(fill: Any, _leaf: Any) -> Any:
    return fill


def _text_or_none(fill: str, leaf: Any) -> str | None:
    return fill if isinstance(leaf, str) else None


def _near(bare: str) -> Iterator[str]:
    yield f"{bare},"
    yield f"{bare};"
    yield f"[{bare}"
    yield f"// a comment\n{bare}"
    yield f"{bare} // a comment"


@hack("F08.near", "a document and a little more, for readers that repair", on="json", source="json-repair and its kin",
      fix=STRICT)  # fmt: skip
def nearly_a_document(_task: Task, gold: Sample, _other: Sample, _seed: int) -> Made:
    yield from map(gold.say, _near(gold.bare))
    yield gold.say(gold.bare.replace('"', "'")) if '"' in gold.bare else gold.say(f"'{gold.bare}'")
    yield gold.put(f"Here it is: {gold.bare}" if gold.form.channel == "whole" else f"Here it is: {gold.bare} and so on")
