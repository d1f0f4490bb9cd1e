r"""The same answer with other words around it: prose, marks of the channel, end tokens, thinking of another shape."""

from __future__ import annotations

from referee.core.types import Task
from referee.redteam.hack import Made, rewrite
from referee.redteam.sample import Sample


@rewrite("R.place.display", "the box in displayed mathematics or in bold", channel="boxed")
def display(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.put(f"$${gold.marked}$$")
    yield gold.put(rf"\[ {gold.marked} \]")
    yield gold.put(f"**{gold.marked}**")


@rewrite("R.place.prose", "sentences before and after the box", channel="boxed")
def prose(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.put(f"I add it all up once more. Therefore the answer is {gold.marked}.")
    yield gold.put(f"{gold.marked}\nThis is what was asked for.")


@rewrite("R.place.tags", "the box within answer tags", channel="boxed", thinking=True)
def tags(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if not gold.form.before.startswith("<answer>"):
        yield gold.put(f"<answer>{gold.marked}</answer>")
        yield gold.put(f"<answer>\nSo it is {gold.marked}.\n</answer>")


@rewrite("R.place.line", "the answer line in its other spellings", channel="line")
def line(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    for said in ("Answer: {}", "The answer is {}.", "**Answer:** {}", "Final answer: {}", "So the answer is: {}"):
        yield gold.put(f"I have looked at it.\n{said.format(gold.bare)}")
    if gold.form.family == "math":
        yield gold.put(f"I have looked at it.\n#### {gold.bare}")
        yield gold.put(f"I have looked at it.\nA: {gold.bare}")


@rewrite("R.place.twice", "the same answer in the reasoning and at the end", channel="line")
def twice(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.form.params.get("take") == "agree":
        yield gold.put(f"The answer is {gold.bare}\nI checked it.\nAnswer: {gold.bare}")


@rewrite(
    "R.place.end", "end tokens and blank lines behind it", on="math choice qa text json xml tools instruct language"
)
def end(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    for token in ("<|im_end|>", "</s>", "\n<|endoftext|>", "<|eot_id|><|eot_id|>"):
        yield f"{gold.text}{token}"
    yield f"{gold.text}\n\n"
    yield f"\n{gold.text}"


@rewrite("R.place.thinking", "thinking in other shapes", thinking=True)
def thinking(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.think(f"\n{gold.thinking}\n")
    yield gold.think(f"{gold.thinking}\n\n- one point\n- another point\n\n$a^2 + b^2 = c^2$\n\n")
    yield f"\n<think>\n{gold.thinking}\n</think>\n\n\n{gold.final}\n"
    yield f"<think>{gold.thinking}</think>{gold.final}"


@rewrite("R.place.second_thoughts", "a wrong answer in the thinking, given up there", thinking=True)
def second_thoughts(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    given_up = wrong.bare if "<answer>" in wrong.form.before else wrong.marked  # answer tags in thoughts break the form
    yield gold.think(f"{gold.thinking} Is it {given_up}? No, I had a sign wrong. {gold.thinking[:60]}")


@rewrite("R.place.thought", "thinking before an answer that asks for none", thinking=False)
def thought(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    if gold.form.family != "language":  # whose thinking counts
        yield f"<think>{gold.thinking}</think>\n{gold.final}"
        yield f"<think>Not {wrong.marked}</think>\n{gold.final}"
