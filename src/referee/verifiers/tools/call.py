"""The completion calls the right tools with the right arguments, or rightly calls none.

## What it checks
The final segment, or the `tool_calls` of a chat message, is read in one form (`format`), by scanners that know strings;
no text of the model is ever evaluated. Each call is bound to the declared parameters, and the calls are paired with
those that are wanted.

| form | looks like |
|---|---|
| `openai` | `tool_calls` of a message, arguments as JSON text; beside the text or as JSON in it |
| `anthropic` | blocks of type `tool_use`; likewise |
| `hermes` | `<tool_call>{"name": ..., "arguments": {...}}</tool_call>` (Qwen too) |
| `llama3_json` | `{"name": ..., "parameters": {...}}`, with `;` between several, maybe behind `<|python_tag|>` |
| `pythonic` | `[f(a=1), g("x")]` |
| `mistral` | `[TOOL_CALLS][{"name": ..., "arguments": {...}}]` or `[TOOL_CALLS]f[ARGS]{...}` |
| `qwen3_coder`, `glm` | `<function=f><parameter=a>1</parameter>`; `<arg_key>a</arg_key><arg_value>1</arg_value>` |
| `json`, `fenced` | one object or an array of them, bare, or in one fenced block |

| reason | meaning |
|---|---|
| `call.ok`, `call.refused` | the right calls; rightly none, in a clean text |
| `call.partly` | with `partial`: some of them |
| `call.none`, `call.unexpected`, `call.count` | no call; a call where none is right; too many or too few |
| `call.unknown_function`, `call.wrong_function` | no such tool; another one |
| `call.missing_argument`, `call.unknown_argument`, `call.unasked_argument`, `call.duplicate_argument` | what is given |
| `call.wrong_type`, `call.wrong_value` | how it is filled |
| `call.malformed`, `call.unclosed`, `call.trailing`, `call.not_literal`, `call.mixed`, `call.form`, `call.too_many`, \
`call.too_deep`, `call.too_long`, `json.*` | no call that can be read, and no clean text: never a correct refusal |

## Truth
`{"tools": [...], "calls": [...]}`. Tools as OpenAI, Anthropic or BFCL write them; without them nothing is known of
parameters. A call is `{"name": "f", "arguments": {"a": 1}}`, or in BFCL's way `{"f": {"a": [1, 2, ""]}}`: what is
allowed for each argument, with "" where it may be left out. No calls (`[]`, or `"relevance": false`): a clean text is
right. With `"relevance": true` in the place of calls, any call that fits the tools is.

## Parameters
`strings = "auto"` compares texts as `fold` does (letter case, white space, curly quotes are free) where the truth is
written in BFCL's way, whose rules say so, and exactly otherwise; `bfcl` takes out all punctuation too, as published:
"1.5" is "15" there, so it is for comparison with published figures, not for a reward.

An optional argument may be given with the default that its schema declares, or with null where none is declared: that
is the same as leaving it out, and right where leaving it out is.

## When it cannot judge
The truth cannot be read (`truth.unreadable`), or no call could meet it (`truth.unsatisfiable`): an argument that must
be given and for which nothing is allowed, or one that the tool has not. With `relevance`: jsonschema-rs is not
installed (`infra.extra`).

## Known gaps
A `<think>` tag inside an argument is taken for thinking. In the XML forms a text that holds a closing tag and the next
opening tag ends there. A pythonic text of more than 20,000 values is refused. Defaults inside nested objects are not
known. Java and JavaScript rows of BFCL are judged by their values, not by source text. Multi-turn conversations are not
judged: they need the tools to run.

## Sources
Berkeley Function Calling Leaderboard (Patil et al. 2025); the tool formats of OpenAI, Anthropic, Llama 3, Qwen, GLM and
Mistral.
"""

from __future__ import annotations

from typing import Any

from referee.core.types import Rollout, Task, Verdict, failed, graded, passed
from referee.core.verifier import verifier
from referee.structure.calls.nouns import Broken, Call, Clean, Form
from referee.structure.calls.read import read
from referee.structure.calls.tools import Fault
from referee.structure.calls.wanted import Compared, Wanted, wanted
from referee.text.tags import content_end, final_segment, prompt_opens
from referee.verifiers.tools._call_cases import CASES

__all__ = ["CASES", "Params", "call"]

_SHOWN = 8  # faults in the evidence
_SPACE = " \t\r\n"


class Params(Compared, frozen=True, kw_only=True):
    """format: the form that calls are written in; "auto": the one form that the completion uses.
    partial: whether the share of the wanted calls that are right is the score; each call too many takes one away.
    order: whether parallel calls come in the order of the truth ("ordered") or not ("any").
    strings: how texts are compared: "exact", "fold", "bfcl", or "auto" (see above).
    lists: whether the elements of lists in arguments come in order ("ordered") or not ("any").
    rel_tol: how far a float may be off, relatively; the default is the rounding of doubles.
    abs_tol: how far a float may be off; the larger of the two bounds counts.
    think: name of the thinking tag; calls are read after its last closing tag.
    """

    format: Form = "auto"
    partial: bool = False
    think: str = "think"


@verifier(version=2)
def call(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Read the calls, bind them, compare them."""
    asked = wanted(task.truth, params)
    text = rollout.text
    start, problem = final_segment(text, params.think, opened=prompt_opens(task.prompt, params.think))
    if problem:
        return failed(problem)
    end = content_end(text)
    while start < end and text[start] in _SPACE:
        start += 1
    native = rollout.meta.get("tool_calls")
    said = read(text, start, max(start, end), form=params.format, names=asked.names, native=native)
    if isinstance(said, Broken):
        return failed(said.reason, detail=said.detail, offset=said.offset)
    if isinstance(said, Clean) or not said.calls:
        if asked.calls == []:
            return passed("call.refused")
        return failed("call.none", detail="a call is wanted, and there is none")
    evidence: dict[str, Any] = {"calls": [one.name[:80] for one in said.calls[:_SHOWN]], "form": said.forms[0]}
    if not native:
        evidence["span"] = [said.start, said.end]
    return _judged(said.calls, asked, params, evidence)


def _judged(calls: list[Call], asked: Wanted, params: Params, evidence: dict[str, Any]) -> Verdict:
    if asked.calls is None:
        return _any(calls, asked, params, evidence)
    if not asked.calls:
        return failed("call.unexpected", detail="no call is right here", **evidence)
    right, faults = asked.matched(calls)
    wanted, extra = len(asked.calls), max(0, len(calls) - len(asked.calls))
    if right == wanted and not extra:
        return passed("call.ok", **evidence)
    if params.partial and right > extra:
        share = (right - extra) / wanted
        return graded(share, "call.partly", faults=_shown(faults), right=right, extra=extra, of=wanted, **evidence)
    if len(calls) != len(asked.calls):
        detail = f"{len(calls)} calls where {len(asked.calls)} are wanted"
        return failed("call.count", detail=detail, faults=_shown(faults), **evidence)
    return failed(faults[0].reason, detail=faults[0].detail[:300], faults=_shown(faults), **evidence)


def _any(calls: list[Call], asked: Wanted, params: Params, evidence: dict[str, Any]) -> Verdict:
    """Any call that fits the tools will do; each of several must."""
    every = asked.faults(calls)
    faults = [one for one in every if one is not None]
    if not faults:
        return passed("call.ok", **evidence)
    if params.partial and len(faults) < len(every):
        return graded(1 - len(faults) / len(every), "call.partly", faults=_shown(faults), **evidence)
    return failed(faults[0].reason, detail=faults[0].detail[:300], faults=_shown(faults), **evidence)


def _shown(faults: list[Fault]) -> list[str]:
    return [f"{one.reason}: {one.detail[:200]}" for one in faults[:_SHOWN]]
