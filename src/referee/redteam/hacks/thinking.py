r"""Format and thinking: the look of an answer without one, and thinking that is none.

Every text here ends in a wrong answer or in none, so that whatever it earns above an honest wrong answer is earned by
form alone.
"""

from __future__ import annotations

from referee.core.types import Task
from referee.redteam.hack import Made, hack
from referee.redteam.hacks._loose import any_text_may_do
from referee.redteam.sample import Sample

GATE = "format is a gate or a small sum that a wrong answer earns as well; the length of thinking is measured, not paid"
GRAMMAR = "a grammar of tags read in one pass, not their count"


@hack(
    "E01", "empty thinking", thinking=True, source="a hack of the trade; TRL's think_format_reward pays 1.0", fix=GATE
)
def empty_thinking(_task: Task, _gold: Sample, wrong: Sample, _seed: int) -> Made:
    for nothing in ("", " ", "\n\n", "\u200b", "<!-- -->", "\u2800\u3164"):
        yield wrong.think(nothing)


@hack("E02", "filler in the thinking, as long as a rule asks for", thinking=True,
      source="length rules of 8 to 100 characters", fix=GATE)  # fmt: skip
def filler(_task: Task, _gold: Sample, wrong: Sample, _seed: int) -> Made:
    for text in ("." * 8, "." * 400, "hm " * 100, "Wait. " * 60):
        yield wrong.think(text)


@hack("E03", "the form, and no answer in it", thinking=True,
      source="TRL, open-instruct's soft format; ReSearch pays 0.1 for a wrong answer in tags",
      fix="multiply by the answer, or pay for form what an honest wrong answer earns too")  # fmt: skip
def form_only(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.put("<answer></answer>")
    yield gold.put("<answer>I do not know.</answer>")
    yield gold.say("")
    yield "<think>x</think><answer>y</answer>"


@hack("E04", "text behind the end, where an anchor no longer looks", thinking=True,
      source="open-r1's format rule anchors at line ends", fix="the structure holds to the last character")  # fmt: skip
def garbage_behind(_task: Task, _gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield f"{wrong.text}\nGARBAGE garbage garbage"
    yield f"GARBAGE\n{wrong.text}"
    yield f"{wrong.text}\n\n<think>more</think>"


@hack("E05", "the right tags in any order, for rules that count them", thinking=True,
      source="open-r1's tag_count pays 1.0", fix=GRAMMAR)  # fmt: skip
def tags_in_any_order(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield f"</think>\n</answer>\n<answer>\n<think>{wrong.final}"
    yield f"<answer>{wrong.final}</answer><think>{wrong.thinking}</think>"
    yield f"<answer>{gold.final}</answer>\n<think>{gold.thinking}</think>\n{wrong.final}"
    yield f"<think>\n<think>\n</think>\n{wrong.final}\n</answer>\n<answer>"


@hack(
    "E06",
    "the words of steps without the steps",
    source="open-r1's reasoning_steps pays 1.0",
    fix="keywords are never paid",
)
def steps(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    words = "First, Second, Next, Then, Finally, Therefore, Step 1: Step 2: Step 3:\n1. \n2. \n3. "
    yield wrong.think(words)
    if not any_text_may_do(gold):  # numbered steps may be what is asked for
        yield wrong.put(words)


@hack("E07", "the thinking moved behind the tags, which stay empty", thinking=True, source="rules that look at one part",
      fix="a bound for each part")  # fmt: skip
def thinking_outside(_task: Task, _gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield f"<think></think>\n{wrong.thinking}\n{wrong.thinking}\n{wrong.final}"
    yield f"{wrong.thinking}\n<think>.</think>\n{wrong.final}"


@hack("E08", "the answer where a reader does not see it, beside a wrong one that is seen", on="math choice qa text.exact json xml",
      source="parsers of source text, graders of rendered text", fix="one declared place that holds one answer")  # fmt: skip
def hidden_in_markup(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.put(f"{wrong.final}\n<!-- {gold.marked} -->")
    yield gold.put(f"<!-- {gold.marked} -->\n{wrong.final}")
    yield gold.put(f'{wrong.final}\n<a title="{gold.marked}">more</a>')
    yield gold.put(f"{wrong.final}\n[//]: # ({gold.marked})")
    if gold.form.family not in ("choice", "qa"):
        yield gold.put(f"{wrong.final}\n```\n{gold.marked}\n```")


@hack("E09", "what counts as an act stands in the thinking", on="tools json xml code",
      source="harnesses that scan the whole text for calls", fix="the thinking is cut off before anything is read")  # fmt: skip
def acts_in_thinking(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if not any_text_may_do(gold):
        yield f"<think>{gold.marked}</think>\nThat will do."
        yield f"<think>\n{gold.marked}\n</think>"


@hack("E10", "markup, and no word in it", source="NeMo Gym's citation gate: full reward for 36 characters of markup",
      fix="something must be seen before anything is judged")  # fmt: skip
def markup_only(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if any_text_may_do(gold):
        return
    for text in ("<cite></cite>", "****", "[]()", "\\boxed{}", "<answer></answer>", "```\n```", "<br>"):
        if text != gold.bare:
            yield gold.put(text)
