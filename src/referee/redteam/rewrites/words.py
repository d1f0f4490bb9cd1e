"""Letters and names, said otherwise: brackets around a letter, its text, articles, case, quotation marks, aliases."""

from __future__ import annotations

from referee.core.types import Task
from referee.redteam.hack import Made, rewrite
from referee.redteam.sample import Sample


@rewrite("R.choice.marks", "brackets, stops and bold around the letter", on="choice")
def marks(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    for said in ("({})", "{}.", "{})", "**{}**", "**({})**"):
        yield gold.say(said.format(gold.bare))
    if gold.form.channel == "boxed":
        yield gold.say(rf"\text{{{gold.bare}}}")
        yield gold.say(rf"\textbf{{({gold.bare})}}")


@rewrite("R.choice.text", "the letter with its text, or the text alone", on="choice")
def text(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    choices = task.truth.get("choices") if isinstance(task.truth, dict) else None
    place = ord(gold.bare) - 65 if len(gold.bare) == 1 else -1
    if isinstance(choices, list) and 0 <= place < len(choices) and choices.count(choices[place]) == 1:
        yield gold.say(f"{gold.bare}) {choices[place]}")
        yield gold.say(f"({gold.bare}) {choices[place]}")
        yield gold.say(f"{gold.bare}. {choices[place]}")
        yield gold.say(choices[place])


@rewrite("R.choice.phrases", "other phrases that announce the letter", on="choice", channel="line")
def phrases(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    for said in (
        "The correct answer is {}.",
        "Antwort: {}",
        "La réponse est {}.",
        "答案是{}。",
        "Therefore, the answer is ({}).",
    ):
        yield gold.put(f"I compared them all.\n{said.format(gold.bare)}")


@rewrite("R.qa.alias", "another name of the same thing", on="qa")
def alias(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield from map(gold.say, gold.also[:4])


@rewrite("R.qa.case", "letter case", on="qa")
def case(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.say(gold.bare.upper())
    yield gold.say(gold.bare.lower())


@rewrite("R.qa.dress", "an article, quotation marks, bold, a full stop", on="qa")
def dress(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.bare[:1].isalpha():
        yield gold.say(f"The {gold.bare}")
        if gold.form.params.get("policy", "typed") == "typed":  # the published scripts know fewer marks
            yield gold.say(f"“{gold.bare}”")
        yield gold.say(f'"{gold.bare}"')
    yield gold.say(f"**{gold.bare}**")
    yield gold.say(f"{gold.bare}.")


@rewrite("R.qa.wide", "full-width letters", on="qa")
def wide(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.bare.isascii() and gold.bare.isalpha() and gold.form.params.get("policy", "typed") == "typed":
        yield gold.say("".join(chr(ord(char) + 0xFEE0) for char in gold.bare))


@rewrite("R.text.strip", "white space around a text, where it is stripped", on="text.exact", channel="whole")
def strip(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.form.params.get("strip", True):
        yield gold.put(f"\n  {gold.bare}\n")


@rewrite("R.language.layout", "the same prose in lines, in a list, in bold", on="language")
def layout(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.put(gold.bare.replace(", ", ",\n"))
    yield gold.put(f"**{gold.bare}**")
    yield gold.put(f"- {gold.bare}\n- {gold.bare}")
    yield gold.put(f"{gold.bare}\n\n```python\nfor item in the_list:\n    print(item)\n```")
    yield gold.put(f"{gold.bare} $x = 7$")
