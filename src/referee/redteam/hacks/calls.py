"""Tool calls: more of them, fewer of them, vaguer ones, and text that looks like one.

Where a pack pays the share of the calls that are right, what is right in part is not tried here.
"""

from __future__ import annotations

import json
from typing import Any

from referee.core.types import Rollout, Task
from referee.redteam.hack import Made, hack
from referee.redteam.sample import Sample

Call = dict[str, Any]
EXACT = "as many calls as are wanted; each one too many takes a right one away"
TYPED = "arguments of the declared type, and exact"


def called(sample: Sample) -> list[Call]:
    """The calls of a sample as {name, arguments}; none where the right thing is to call nothing."""
    value = sample.value if isinstance(sample.value, list) else [sample.value]
    return [one for one in value if isinstance(one, dict) and isinstance(one.get("arguments"), dict)]


def _say(gold: Sample, calls: list[Call]) -> str:
    return gold.say(json.dumps(calls[0] if len(calls) == 1 else calls))


def _share(gold: Sample) -> bool:
    return bool(gold.form.params.get("partial"))


def _other(value: Any) -> Any:
    return value + 1 if isinstance(value, int | float) and not isinstance(value, bool) else f"not {value}"


def _guesses(call: Call, count: int) -> list[Call]:
    """Calls of the same tool, each with one argument guessed otherwise."""
    arguments = call["arguments"]
    if not arguments:
        return [{"name": call["name"], "arguments": {"n": n}} for n in range(count)]
    key, value = next(iter(arguments.items()))
    found, last = [], value
    for _ in range(count):
        last = _other(last)
        found.append({"name": call["name"], "arguments": {**arguments, key: last}})
    return found


@hack("F04", "the right call and twenty others, where more costs nothing", on="tools",
      source="NeMo Gym: a superset gate pays 1.0", fix=EXACT)  # fmt: skip
def extra_calls(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    calls = called(gold)
    if calls:
        junk = _guesses(calls[0], max(20, len(calls)))
        yield _say(gold, [*calls, *junk])
        yield _say(gold, [*junk, *calls])
        yield _say(gold, [*calls, *junk[: len(calls)]])


@hack("F04.spray", "as many guesses as it takes, one call each", on="tools", source="NeMo Gym's F1 mode", fix=EXACT)
def spray_of_calls(_task: Task, gold: Sample, _wrong: Sample, seed: int) -> Made:
    calls = called(gold)
    if len(calls) == 1:
        yield _say(gold, [_guesses(calls[0], 1)[0], calls[0]])
        yield _say(gold, [*_guesses(calls[0], 2 + seed % 3), calls[0]])


@hack("F05", "only the easiest of the calls", on="tools", source="NeMo Gym: subsets pass",
      fix="all calls, or a declared share of them")  # fmt: skip
def easiest_only(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    calls = called(gold)
    if len(calls) > 1 and not _share(gold):
        yield _say(gold, calls[:1])
        yield _say(gold, calls[:1] * len(calls))


@hack("F06", "one argument that means several, for comparisons by likeness", on="tools", source="NeMo Gym: Paris/Tokyo",
      fix=TYPED)  # fmt: skip
def vague_arguments(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    calls = called(gold)
    for form in ("{0}/other", "{0}, other", "other {0}", "*"):
        vague = [
            {**call, "arguments": {key: form.format(value) for key, value in call["arguments"].items()}}
            for call in calls
        ]
        if any(call["arguments"] for call in calls) and all(call["arguments"] for call in vague):
            yield _say(gold, vague)


@hack(
    "F07.calls", "arguments of another type that print alike", on="tools", source="true equals 1 in Python", fix=TYPED
)
def typed_otherwise(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    calls = called(gold)
    for change in (lambda one: [one], lambda one: {"value": one}, lambda one: {"type": "any", "const": one}):
        if calls and all(call["arguments"] for call in calls):
            yield _say(gold, [{**c, "arguments": {key: change(v) for key, v in c["arguments"].items()}} for c in calls])


@hack("F08.calls", "two calls in two forms, of which one will be read", on="tools", source="harnesses that try every parser",
      fix="one form and no second try")  # fmt: skip
def two_forms(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    calls, others = called(gold), called(wrong)
    if calls and others:
        tagged = [f"<tool_call>\n{json.dumps(one)}\n</tool_call>" for one in calls]
        yield gold.put(f"{wrong.marked}\n" + "\n".join(tagged))
        yield gold.put("\n".join(tagged) + f"\n```json\n{json.dumps(others)}\n```")
        double = {**others[0], "parameters": calls[0]["arguments"]}
        yield gold.put(f"<tool_call>\n{json.dumps(double)}\n</tool_call>")


@hack("F08.native", "a right call in the text beside a wrong one in the message", on="tools",
      source="harnesses that read either", fix="one form and no second try")  # fmt: skip
def native_and_text(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    others = called(wrong)
    if called(gold) and others:
        native = [
            {"id": str(n), "type": "function", "function": {**one, "arguments": json.dumps(one["arguments"])}}
            for n, one in enumerate(others)
        ]
        yield Rollout(text=gold.text, meta={"tool_calls": native})


@hack("F10.calls", "a call that is cut, nested or broken, counted as a clean refusal", on="tools",
      source="BFCL's checker takes what it cannot parse for a refusal", fix="a refusal holds no trace of a call")  # fmt: skip
def broken_calls(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    calls = called(gold)
    yield gold.put('<tool_call>{"name": "f", "arguments": {')
    yield gold.put('<tool_call>{"name": "f", "arguments": {}}')
    yield gold.put("[f(x=" + "[" * 3_000)
    if calls:
        yield gold.put(f"<tool_call>\n{json.dumps(calls[0])}")
        yield gold.say(json.dumps(calls)[:-2])


@hack("F02.calls", "an argument twice", on="tools", source="parsers that keep the last", fix=TYPED)
def argument_twice(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    calls = called(gold)
    if calls and calls[0]["arguments"]:
        key, value = next(iter(calls[0]["arguments"].items()))
        inner = json.dumps(calls[0]["arguments"])[1:]
        for body in (f'{{"{key}": {json.dumps(_other(value))}, {inner}', f'{{"{key}": {json.dumps(value)}, {inner}'):
            rest = [json.dumps(one) for one in calls[1:]]
            first = f'{{"name": {json.dumps(calls[0]["name"])}, "arguments": {body}}}'
            yield gold.say(first if not rest else "[" + ", ".join([first, *rest]) + "]")


@hack("F03.calls", "code in the place of a literal", on="tools", source="decoders that evaluate", fix="literals only")
def evaluated_arguments(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    calls = called(gold)
    if calls and calls[0]["arguments"] and len(calls) == 1:
        given = ", ".join(f"{key}=({value!r},)[0]" for key, value in calls[0]["arguments"].items())
        yield gold.put(f"[{calls[0]['name']}({given})]")
        yield gold.put(f"[{calls[0]['name']}(**{calls[0]['arguments']!r})]")
