"""Which text of a completion is the program."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.types import Rollout, Task
from referee.text.channel import NoAnswer
from referee.text.fences import LONGEST, Fenced, Program, blocks, program


def found(text: str, language: str = "python", prompt: str | None = None, **params: Any) -> str:
    result = program(Rollout(text=text), Task(prompt=prompt), Fenced(**params), language)
    return result.reason if isinstance(result, NoAnswer) else result.text


PROGRAMS = {
    "a block": ("Hi\n```python\nx = 1\n```\nbye", "x = 1"),
    "tildes": ("~~~py\nx = 1\n~~~", "x = 1"),
    "no language": ("```\nx = 1\n```", "x = 1"),
    "upper case": ("```Python\nx = 1\n```", "x = 1"),
    "attributes": ("```{.python .numberLines}\nx = 1\n```", "x = 1"),
    "a longer fence holds a shorter one": ("````python\nx = '''\n```\n'''\n````", "x = '''\n```\n'''"),
    "tildes hold backticks": ("~~~python\nx = '''\n```\n'''\n~~~", "x = '''\n```\n'''"),
    "the last of two": ("```python\nx = 1\n```\n```python\nx = 2\n```", "x = 2"),
    "output after it is no program": ("```python\nx = 1\n```\nIt prints\n```\n5\n```", "x = 1"),
    "another language after it": ("```python\nx = 1\n```\n```bash\npython x.py\n```", "x = 1"),
    "in a list": ("1. So:\n   ```python\n   def f():\n       return 1\n   ```", "def f():\n    return 1"),
    "after the thinking": ("<think>```python\nx = 0\n```</think>\n```python\nx = 1\n```", "x = 1"),
    "in answer tags": ("<think>a</think><answer>```python\nx = 1\n```</answer>", "x = 1"),
    "an end token": ("```python\nx = 1\n```<|im_end|>", "x = 1"),
    "inline code is no block": ("Use ```x``` here\n```python\nx = 1\n```", "x = 1"),
    "bare": ("x = 1\ny = 2\n", "x = 1\ny = 2"),
    "bare, indented": ("\n\n    return 1\n", "    return 1"),
    "CR LF": ("```python\r\nx = 1\r\n```\r\n", "x = 1\r"),
}


@pytest.mark.parametrize(("text", "wanted"), PROGRAMS.values(), ids=PROGRAMS)
def test_the_program_is(text: str, wanted: str):
    assert found(text) == wanted


REFUSED = {
    "nothing": ("", {}, "code.empty"),
    "an empty block": ("```python\n\n```", {}, "code.empty"),
    "another language": ("```rust\nfn main() {}\n```", {}, "code.language"),
    "never closed": ("```python\nx = 1", {}, "answer.unclosed"),
    "two where one is allowed": ("```\nx\n```\n```\ny\n```", {"take": "only"}, "answer.ambiguous"),
    "no fence where one is asked for": ("x = 1", {"bare": "never"}, "answer.missing"),
    "a NUL": ("x = 1\0", {}, "code.unreadable"),
    "half of a character": ("x = '\ud800'", {}, "code.unreadable"),
    "too long": ("x" * (LONGEST + 1), {}, "code.too_long"),
    "thinking without an end": ("<think>```python\nx = 1\n```", {}, "think.unclosed"),
}


@pytest.mark.parametrize(("text", "params", "reason"), REFUSED.values(), ids=REFUSED)
def test_there_is_no_program(text: str, params: dict[str, Any], reason: str):
    assert found(text, **params) == reason


def test_parameters_decide():
    assert found("```python\nx = 1", unclosed="accept") == "x = 1"
    assert found("```x```", bare="always") == "```x```"
    assert found("```cpp\nint x;\n```\n```python\nx\n```", language="cpp") == "int x;"
    assert found("```c++\nint x;\n```", language="cpp") == "int x;"


def test_a_prompt_that_opens_the_fence_is_continued():
    prompt = "Complete:\n```python\ndef f():\n"
    assert found("    return 1\n```\nThat is all.", prompt=prompt) == "    return 1"
    assert found("    return 1\n", prompt=prompt) == "    return 1"
    assert found("```python\nx = 1\n```", prompt="```python\nwhole\n```\nNow you.") == "x = 1"
    assert found("```python\nx = 1\n```", prompt=prompt) == "x = 1"


def test_the_span_is_where_the_program_stands():
    text = "Hi\n```python\nx = 1\n```"
    result = program(Rollout(text=text), Task(), Fenced())
    assert isinstance(result, Program)
    assert text[slice(*result.span)] == "x = 1"
    assert (result.language, result.fenced) == ("python", True)


@given(st.text(alphabet="`~ \npy#x\t", max_size=200))
def test_blocks_lie_in_the_text_in_order_and_hold_no_fence_of_theirs(text: str):
    at = 0
    for block in blocks(text):
        assert at <= block.start <= block.end <= len(text)
        at = block.end


@given(st.text(max_size=200), st.sampled_from(["last", "only"]), st.sampled_from(["auto", "never", "always"]))
def test_any_text_has_a_program_or_a_reason(text: str, take: Any, bare: Any):
    result = program(Rollout(text=text), Task(), Fenced(take=take, bare=bare))
    assert isinstance(result, NoAnswer) or result.text.strip()
