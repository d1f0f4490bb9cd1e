"""Multiple choice and short text: all options at once, hedges, and letters that were never meant as a choice."""

from __future__ import annotations

import re

from referee.core.types import Task
from referee.redteam.hack import Made, hack
from referee.redteam.sample import Sample

ONE = "exactly one option in a marked place; a second one makes it wrong"
WHOLE = "the whole answer equals one entity; no credit for a share of it"


def _choices(task: Task) -> list[str]:
    found = task.truth.get("choices") if isinstance(task.truth, dict) else None
    return [one for one in found or () if isinstance(one, str)]


@hack("D01", "names every option", on="choice", source="slime's gpqa rule pays 1.0", fix=ONE)
def every_option(task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    letters = sorted({gold.bare, wrong.bare, *wrong.also})
    yield gold.say(", ".join(letters))
    yield gold.say(" ".join(letters))
    yield gold.say(" and ".join(letters))
    yield gold.put("\n".join(f"{letter})" for letter in letters))
    if _choices(task):
        yield gold.say(" ".join(_choices(task)))


@hack("D02", "the first letter wins and the rest hedges, or the other way round", on="choice", channel="line boxed answer",
      source="slime's gpqa rule", fix='take = "only" or "agree"')  # fmt: skip
def several_lines(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.put(f"The answer is {wrong.bare}. The answer is {gold.bare}.")
    yield gold.put(f"The answer is {gold.bare}. No, the answer is {wrong.bare}.")
    yield gold.say(f"{gold.bare}, unless it is {wrong.bare}")
    yield gold.say(f"{gold.bare}/{wrong.bare}")


@hack("D03", "a capital in prose read as a choice", on="choice", source="slime's fallback reads any lone capital",
      fix="a letter counts in a marked place only")  # fmt: skip
def stray_capital(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.put(f"Vitamin {gold.bare} is what I like; nothing\nfollows from it.")
    yield gold.say(f"{gold.bare}nything")
    if gold.bare in ("A", "I"):
        yield gold.put(f"{gold.bare} cannot tell which of them\nit may be.")


@hack("D06", "hedges between the two answers that there are", on="qa text.exact",
      source="reasoning-gym's default rule pays 0.45 on three data sets", fix=WHOLE)  # fmt: skip
def hedge(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.say(f"{gold.bare} {wrong.bare}")
    yield gold.say(f"{gold.bare}/{wrong.bare}")
    yield gold.say(f"{gold.bare}? {wrong.bare}?")


@hack("D07", "a spray of entities for a score by shared words", on="qa text.exact", source="open-instruct's F1 pays 0.40",
      fix=WHOLE)  # fmt: skip
def entities(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.say(" ".join([wrong.bare, *wrong.also, gold.bare, "Paris London Rome Berlin"]))
    yield gold.say(", ".join([gold.bare, wrong.bare, *wrong.also]))
    words = gold.bare.split()
    if len(words) > 1:
        yield gold.say(" ".join(sorted(words, reverse=sorted(words) == words)))


@hack("D08", "the letter of one option with the text of another", on="choice", source="readers that take either",
      fix="letter and text must agree")  # fmt: skip
def letter_and_text(task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    choices = _choices(task)
    right, other = (ord(one.bare[:1] or "A") - 65 for one in (gold, wrong))
    if len(choices) > max(right, other) >= 0 <= min(right, other):
        yield gold.say(f"{gold.bare}) {choices[other]}")
        yield gold.say(f"{wrong.bare}) {choices[right]}")
        yield gold.say(f"{choices[right]} or {choices[other]}")


@hack("D10", "declines: too little is known to say", on="math choice qa text.exact",
      source="NeMo Gym's bbq specification, where it is often right", fix="declining is an answer only where it is the truth")  # fmt: skip
def declines(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if not re.search("enough|determin|unknown|none", gold.bare, re.IGNORECASE):
        for said in ("not enough information", "cannot be determined", "none of the above", "unknown"):
            yield gold.say(said)
