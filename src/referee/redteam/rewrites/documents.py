"""JSON, XML and calls, said otherwise: order of keys, white space, escapes, quotes, prefixes, the forms of calls."""

from __future__ import annotations

import json
import re
from typing import Any

from referee.core.types import Rollout, Task
from referee.redteam.hack import Made, rewrite
from referee.redteam.hacks.calls import called
from referee.redteam.sample import Sample


def _turned(value: Any) -> Any:
    """The same data with the keys of every object in the other order."""
    if isinstance(value, dict):
        return {key: _turned(value[key]) for key in reversed(value)}
    return [_turned(one) for one in value] if isinstance(value, list) else value


def _floats(value: Any) -> Any:
    """The same data with integers as 36.0."""
    if isinstance(value, dict):
        return {key: _floats(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_floats(one) for one in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


@rewrite("R.json.order", "the keys of objects in another order", on="json tools")
def order(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _turned(gold.value) is not None:
        yield gold.say(json.dumps(_turned(gold.value)))


@rewrite("R.json.space", "white space between tokens", on="json tools")
def space(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.value is not None:
        yield gold.say(json.dumps(gold.value, indent=4))
        yield gold.say(json.dumps(gold.value, separators=(",", ":")))
        yield gold.say(f"\n\t{json.dumps(gold.value)}  \n")


@rewrite("R.json.escapes", "characters written as escapes", on="json tools")
def escapes(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.value is not None:
        text = json.dumps(gold.value)
        spelled = re.sub(r"(?<=\")([a-zA-Z])", lambda found: f"\\u{ord(found[1]):04x}", text)
        yield gold.say(spelled)
        yield gold.say(text.replace("/", "\\/"))


@rewrite("R.json.fence", "a fence around all of it", on="json xml tools", channel="whole")
def fence(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if (
        gold.form.params.get("place", "auto") == "auto"
        and gold.form.params.get("format", "auto") == "auto"
        and (gold.value is not None or gold.form.family == "xml")
    ):
        language = "xml" if gold.form.family == "xml" else "json"
        yield gold.put(f"```{language}\n{gold.bare}\n```")
        yield gold.put(f"```\n{gold.bare}\n```\n")


@rewrite("R.json.numbers", "36.0 and 3.6e1 for 36", on="json")
def numbers(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.say(json.dumps(_floats(gold.value)))


@rewrite("R.xml.quotes", "the other quotation marks around attributes", on="xml")
def quotes(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if "'" not in gold.bare:
        yield gold.say(gold.bare.replace('"', "'"))


@rewrite("R.xml.spellings", "declarations, comments, CDATA and white space in tags", on="xml")
def spellings(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.say(f'<?xml version="1.0" encoding="UTF-8"?>\n{gold.bare}')
    yield gold.say(f"{gold.bare}\n<!-- the end -->")
    yield gold.say(re.sub(r">([^<>&]+)</", r"><![CDATA[\1]]></", gold.bare))
    yield gold.say(re.sub(r"</([\w.:-]+)>", r"</\1 >", gold.bare))
    yield gold.say(re.sub(r">([A-Za-z0-9])([^<>&]*)</", lambda found: f">&#{ord(found[1])};{found[2]}</", gold.bare))


@rewrite("R.xml.layout", "elements on lines of their own", on="xml")
def layout(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.form.params.get("space", "strip") != "exact":
        yield gold.say(gold.bare.replace("><", ">\n  <"))


def _pythonic(call: dict[str, Any]) -> str:
    return f"{call['name']}({', '.join(f'{key}={value!r}' for key, value in call['arguments'].items())})"


@rewrite("R.tools.forms", "the same calls in the forms of other models", on="tools")
def forms(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    calls = called(gold)
    if not calls or gold.form.params.get("format", "auto") != "auto":
        return
    yield gold.put("\n".join(f"<tool_call>\n{json.dumps(one)}\n</tool_call>" for one in calls))
    yield gold.put(f"[{', '.join(map(_pythonic, calls))}]")
    yield gold.put("; ".join(json.dumps({"name": one["name"], "parameters": one["arguments"]}) for one in calls))
    yield gold.put(f"[TOOL_CALLS]{json.dumps(calls)}")
    yield gold.put(
        json.dumps(
            [
                {"type": "tool_use", "id": str(n), "name": one["name"], "input": one["arguments"]}
                for n, one in enumerate(calls)
            ]
        )
    )


@rewrite("R.tools.native", "the calls in the message instead of the text", on="tools")
def native(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    calls = called(gold)
    if calls and gold.form.params.get("format", "auto") in ("auto", "openai"):
        said = [
            {"id": str(n), "type": "function", "function": {**one, "arguments": json.dumps(one["arguments"])}}
            for n, one in enumerate(calls)
        ]
        yield Rollout(text="", meta={"tool_calls": said})
        yield Rollout(text="I will look it up.", meta={"tool_calls": said})


@rewrite("R.tools.order", "parallel calls in another order", on="tools")
def parallel(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    calls = called(gold)
    if len(calls) > 1 and gold.form.params.get("order", "any") == "any":
        yield gold.say(json.dumps(list(reversed(calls))))


@rewrite("R.tools.prose", "words before tagged calls", on="tools")
def prose(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    calls = called(gold)
    if calls and gold.form.params.get("format", "auto") in ("auto", "hermes"):
        tagged = "\n".join(f"<tool_call>\n{json.dumps(one)}\n</tool_call>" for one in calls)
        yield gold.put(f"Let me look at that.\n{tagged}")


@rewrite("R.tools.refusal", "a refusal in other words, where none is right", on="tools")
def refusal(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.value is None:
        yield gold.put("I am sorry, but none of my tools can do that.")
        yield gold.put("That is not possible with the tools at hand. Could you tell me more?")
