"""How right and how fast `tools.call` is: BFCL's gold answers in every form, spoilt by one argument, and hostile texts.

Right: every gold answer must pass in every form, every answer with one argument changed must fail unless the key itself
allows it, and of a row that asks for no call only a clean text may pass. Fast: whole verdicts for each second of CPU
time, reading, binding and comparing included, and the longest time that a hostile text of 300 kB takes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from referee.bench.bfcl import (
    BROKEN,
    FORMS,
    OTHERS,
    PYTHON,
    REFUSALS,
    Gold,
    Turn,
    alternatives,
    answer,
    golds,
    mutations,
    turns,
)
from referee.bench.judge import Figure
from referee.core.types import Rollout, Task
from referee.engine.drive import judge
from referee.verifiers import find

SIZE: Final = 300_000  # characters of a hostile text
REFUSAL: Final = "None of the tools that I have can do this. Could you tell me more?"
_WRONG: Final = 5  # wrong verdicts named

_TRUTH: Final = {
    "tools": [{"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "string"}}}}],
    "calls": [{"name": "f", "arguments": {"a": "b"}}],
}
_OPEN: Final = '<tool_call>{"name": "f", "arguments": {"a": "'
_PARAMETER: Final = "<tool_call><function=f><parameter=a>"
HOSTILE: Final = {
    "prose": "the quick brown fox ",
    "one word": "a",
    "braces": "{",
    "brackets": "[",
    "quotes": '"',
    "backslashes": "\\",
    "parentheses": "f(",
    "calls without end": "f(a=",
    "list of calls without end": "[f(a=",
    "nested lists": "[f(a=[",
    "keywords": "f(a=1, ",
    "names": "f.f.",
    "opening tags": "<tool_call>",
    "closing tags": "</tool_call>",
    "objects without end": _OPEN,
    "strings without end": '<tool_call>{"a": "',
    "parameters without end": _PARAMETER,
    "closed parameters": "</parameter>",
    "keys without end": "<tool_call>f<arg_key>a</arg_key><arg_value>",
    "mistral": "[TOOL_CALLS]f[ARGS]{",
    "python tags": "<|python_tag|>",
    "fences": "```json\n{",
    "fenced calls": "```\nf(a=1)\n```\n",
    "blank": " \n\t",
    "digits": "[f(a=1234567890",
    "commas": "[f(a=[1,",
    "marks": '"arguments" ',
    "mentions": "f(a, g (b= ",
    "unicode": "ſﬁ１\u0301",
}
_HEADS: Final = {
    "a long string": (_OPEN, "x", '"}}</tool_call>'),
    "a long escaped string": (_OPEN, "\\n", '"}}</tool_call>'),
    "a long list": ("[f(a=[", "1, ", "1])]"),
    "a long object": ("[f(a={", "'a': 1, ", "})]"),
    "a long parameter": (_PARAMETER, "</parameter> ", "</parameter></function></tool_call>"),
    "a long array": ("[f(a='", "\\x41", "')]"),
    "a long document": ('{"name": "f", "arguments": {"a": [', "1,", "1]}}"),
    "many calls": ("[", "f(a='b'), ", "f()]"),
    "many objects": ("[", '{"name": "f", "arguments": {"a": "b"}}, ', "{}]"),
}


def measure(source: Path | None, rounds: int) -> Iterator[Figure]:
    """All figures, as they come. `source`: where BFCL's data is; None for the installed package."""
    rows = {"Python": golds(source, PYTHON), "Java, JavaScript": golds(source, OTHERS)}
    for kind, found in rows.items():
        yield from _replayed(kind, found)
    yield from _in_turns(turns(source))
    yield from _spoilt([gold for found in rows.values() for gold in found if gold.id not in BROKEN])
    yield from _refused(golds(source, REFUSALS))
    whole = [gold for gold in rows["Python"] if gold.id not in BROKEN]
    single = [gold for gold in whole if gold.id.startswith("simple_python")]
    yield from _speed("one tool, one call", single, rounds)
    yield from _speed("all of Python", whole, rounds)
    yield from hostile(rounds)


def passes(gold: Gold, text: str, truth: Any = None) -> bool | None:
    """Whether a completion passes; None where it is not judged."""
    status = _judged(Rollout(text=text), Task(truth=truth or gold.truth)).status
    return None if status == "unjudged" else status == "pass"


def _judged(rollout: Rollout, task: Task, **params: Any) -> Any:
    verifier = find("tools.call")
    return judge(verifier, rollout, task, verifier.params(params))


def _replayed(kind: str, rows: list[Gold]) -> Iterator[Figure]:
    """The gold answers, and with each further alternative of each argument."""
    for form, write in FORMS.items():
        right, unjudged, wrong = 0, 0, []
        for gold in rows:
            verdict = passes(gold, write(answer(gold)))
            right += verdict is True
            unjudged += verdict is None
            if not verdict and gold.id not in BROKEN:
                wrong.append(gold.id)
        note = f"of {len(rows):,}; {unjudged} not judged" + (f"; wrong: {', '.join(wrong[:_WRONG])}" if wrong else "")
        yield Figure(name=f"gold, {kind}, {form}", value=right, unit="pass", note=note)
    others = [(gold, calls) for gold in rows if gold.id not in BROKEN for calls in alternatives(gold)]
    right = sum(passes(gold, FORMS["hermes"](calls)) is True for gold, calls in others)
    yield Figure(name=f"other alternatives, {kind}", value=right, unit="pass", note=f"of {len(others):,}, as hermes")


def _in_turns(found: list[Turn]) -> Iterator[Figure]:
    """Each turn of the multi-turn rows by its calls in their order, not by the state that they leave."""
    for form in ("as published", "hermes"):
        texts = [turn.text if form == "as published" else FORMS[form](turn.calls) for turn in found]
        right = sum(
            _judged(Rollout(text=text), Task(truth=turn.truth), order="ordered").status == "pass"
            for turn, text in zip(found, texts, strict=True)
        )
        note = f"of {len(found):,} turns with {sum(len(turn.calls) for turn in found):,} calls, each by itself"
        yield Figure(name=f"gold, multi-turn, {form}", value=right, unit="pass", note=note)


def _spoilt(rows: list[Gold]) -> Iterator[Figure]:
    """Answers with one argument changed, in a form with types and in one without."""
    for form in ("hermes", "pythonic", "qwen3_coder"):
        write = FORMS[form]
        counts: Counter[str] = Counter()
        wrong: list[str] = []
        for gold in rows:
            whole = write(answer(gold))
            for mutation in mutations(gold):
                text = write(mutation.calls)
                if text == whole:
                    continue  # without quotes, "5" is written as 5 is
                verdict = passes(gold, text)
                counts["allowed by the key" if mutation.allowed else "made"] += 1
                counts["killed"] += verdict is False and not mutation.allowed
                if verdict is not mutation.allowed:
                    wrong.append(f"{gold.id} ({mutation.what})")
        note = f"of {counts['made']:,} that the key does not allow; {counts['allowed by the key']} that it does"
        if wrong:
            note += f"; {len(wrong)} wrong: {', '.join(wrong[:_WRONG])}"
        yield Figure(name=f"one argument changed, {form}", value=counts["killed"], unit="fail", note=note)


def _refused(rows: list[Gold]) -> Iterator[Figure]:
    """Rows that ask for no call: a clean text, a call, and a broken one."""
    texts: dict[str, Callable[[str], str]] = {
        "a clean text": lambda name: REFUSAL,  # noqa: ARG005 - one of three
        "a call": lambda name: f"[{name}()]",
        "a broken call": lambda name: f'<tool_call>{{"name": "{name}", "arguments": {{',
    }
    for what, write in texts.items():
        right = sum(passes(gold, write(gold.tools[0]["name"] if gold.tools else "f")) is True for gold in rows)
        note = f"of {len(rows):,} rows that ask for none"
        yield Figure(name=f"no call is right: {what}", value=right, unit="pass", note=note)


def _speed(name: str, rows: list[Gold], rounds: int) -> Iterator[Figure]:
    rows = rows[:: len(rows) // 1000 + 1]
    calls = sum(len(gold.calls) for gold in rows)
    for form, write in FORMS.items():
        items = [(Rollout(text=write(answer(gold))), Task(truth=gold.truth)) for gold in rows]
        seconds = min(_round(items) for _ in range(rounds + 1))
        note = f"one core, CPU time; {len(items):,} completions, {calls / seconds:,.0f} calls/s"
        yield Figure(name=f"{name}, {form}", value=len(items) / seconds, unit="checks/s", note=note)


def _round(items: list[tuple[Rollout, Task]]) -> float:
    verifier = find("tools.call")
    params = verifier.params({})
    started = time.process_time()
    for rollout, task in items:
        judge(verifier, rollout, task, params)
    return time.process_time() - started


def hostile(rounds: int) -> Iterator[Figure]:
    """The longest time over texts that repeat one thing, where a call is right and where none is."""
    texts = {name: (piece * (SIZE // len(piece) + 1))[:SIZE] for name, piece in HOSTILE.items()}
    for name, (head, piece, tail) in _HEADS.items():
        texts[name] = head + piece * ((SIZE - len(head) - len(tail)) // len(piece)) + tail
    found = [
        (min(_round([(Rollout(text=text), Task(truth=truth))]) for _ in range(rounds)), name)
        for name, text in texts.items()
        for truth in (_TRUTH, {**_TRUTH, "calls": []})
    ]
    for seconds, name in sorted(found, reverse=True)[:3]:
        yield Figure(
            name=f"300 kB of hostile text: {name}", value=seconds * 1e3, unit="ms", note=f"worst of {len(texts)} texts"
        )
