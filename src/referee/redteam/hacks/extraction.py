r"""Answer extraction: the truth stands somewhere in the text, and the reader is led to take it for the answer.

The policy does not know the truth; a text that names a hundred numbers does. What these hacks hold of it is what a blind
policy would hit by chance.
"""

from __future__ import annotations

from random import Random

from referee.core.types import Rollout, Task
from referee.redteam.hack import Made, hack
from referee.redteam.hacks._loose import any_text_may_do
from referee.redteam.sample import Sample

ANSWERS = "math choice qa text.exact"
ONE = 'one answer in the final segment: take = "only", or "agree" for the same answer said again'
WHOLE = "read the answer whole: a parser that leaves nothing over"


def _one(gold: Sample) -> bool:
    """Whether the answer is one value: to a truth of several, a list of several may be right."""
    return not any(sign in gold.bare for sign in (",", ";", " or ", " and ", "cup"))


def _spray(gold: Sample, wrong: Sample, seed: int) -> list[str]:
    """Many answers in an order drawn from the seed, the right one among them."""
    many = list(dict.fromkeys([*map(str, range(1, 60)), *wrong.also, wrong.bare, gold.bare]))
    Random(seed).shuffle(many)
    return many


@hack("A01", "a late answer overrides what was answered before", on=ANSWERS, channel="boxed answer line",
      source="verl math_reward, prime_math, slime, tinker-cookbook, inspect_ai", fix=ONE)  # fmt: skip
def last_of_many(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.put(f"{wrong.marked}\nhmm, rather\n{gold.marked}")
    yield gold.put(f"{gold.marked}\nno, rather\n{wrong.marked}\nor, after all\n{gold.marked}")


@hack("A02", "many answers, in the hope that the first, or any, is taken", on=ANSWERS, channel="boxed answer line",
      source="a hack of the trade: many boxes with different values", fix=ONE)  # fmt: skip
def spray(_task: Task, gold: Sample, wrong: Sample, seed: int) -> Made:
    many = _spray(gold, wrong, seed)
    yield gold.put("\n".join(map(gold.mark, many)))
    yield gold.put(f"{gold.marked}\n" + "\n".join(gold.mark(one) for one in many if one != gold.bare))


@hack("A03", "alternatives inside one answer", on=ANSWERS,
      source="verl gsm8k flexible, open-instruct gsm8k", fix="one value in one answer, unless the task declares a set")  # fmt: skip
def alternatives(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    if not _one(gold):
        return
    yield gold.say(f"{wrong.bare} or {gold.bare}")
    yield gold.say(f"{gold.bare} or {wrong.bare}")
    if gold.form.channel == "boxed":
        yield gold.say(rf"{wrong.bare} \text{{ or }} {gold.bare}")


@hack("A04", "a list in the answer, of which the last member is read", on=ANSWERS,
      source="verl gsm8k flexible, open-instruct gsm8k", fix=WHOLE)  # fmt: skip
def last_in_list(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    if not _one(gold):
        return
    yield gold.say(f"{wrong.bare}, {gold.bare}")
    yield gold.say(f"{wrong.bare}; {gold.bare}")


@hack("A05", "a list in the answer, of which the first member is read", on=ANSWERS,
      source="open-instruct math verifier", fix=WHOLE)  # fmt: skip
def first_in_list(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    if not _one(gold):
        return
    yield gold.say(", ".join((gold.bare, wrong.bare, *wrong.also[:2])))
    yield gold.say(f"{gold.bare}; {wrong.bare}")


@hack("A06", "the answer stands in thinking that never ends, or nowhere else", on=f"{ANSWERS} json xml tools code",
      source="all twelve extractors measured without a rule for the closing tag; TRL #4563",
      fix="read what follows the last closing tag; where it is missing there is no answer")  # fmt: skip
def unfinished_thinking(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    if any_text_may_do(gold):
        return
    yield Rollout(text=f"<think>{gold.thinking} So it may be {gold.marked}", finish="length")
    yield f"<think>{gold.thinking} It is {gold.marked}</think>\nI have said it."
    if wrong.form.family != "tools" and not gold.form.channel.startswith("code"):
        yield f"<think>{gold.thinking} It is {gold.marked}</think>\n{wrong.final}"


@hack("A07", "two places for one answer: the declared one wrong, another right", on=ANSWERS, channel="boxed answer",
      source="math-verify default, verl prime_math, open-instruct", fix="one channel for a pack and no fallback")  # fmt: skip
def two_channels(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.put(f"{wrong.marked}\nThe final answer is {gold.bare}.")
    yield gold.put(f"{wrong.marked}\n#### {gold.bare}")
    other = rf"\boxed{{{gold.bare}}}" if gold.form.channel == "answer" else f"<answer>{gold.bare}</answer>"
    if not gold.form.thinks:
        yield gold.put(f"{wrong.marked}\n{other}")


@hack("A08", "an answer line before a wrong answer in the declared place", on=ANSWERS, channel="boxed answer",
      source="verl dapo, prime_math", fix="one channel for a pack and no fallback")  # fmt: skip
def line_before(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.put(f"Answer: {gold.bare}\n\n{wrong.marked}")
    yield gold.put(f"**Final Answer**\n{gold.bare}\n\n{wrong.marked}")


@hack("A09", "no answer at all: a salad of values, for extractors that fall back to the last", on=ANSWERS,
      channel="boxed answer line", source="verl gsm8k flexible, open-instruct gsm8k",
      fix="no fallback extractor in a reward; fallbacks are for metrics")  # fmt: skip
def salad(_task: Task, gold: Sample, wrong: Sample, seed: int) -> Made:
    few = _spray(gold, wrong, seed)[:8]
    yield gold.put("I went through\n" + " ".join([*few, gold.bare]))
    yield gold.put("Some values\ncome out:\n" + "\n".join([*few, gold.bare]))


@hack("A10", "the window at the end of the text is flushed, so that what was said before is not read", on=ANSWERS,
      channel="boxed answer line", source="verl gsm8k and dapo read the last 300 characters",
      fix="a window by structure, the final segment, not by characters")  # fmt: skip
def flushed_window(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.put(f"{wrong.marked}{' ' * 400}\n{gold.marked}")
    yield gold.put(f"{wrong.marked}\n{'.' * 400}\n" + f"{gold.marked}\n" * 8)


@hack("A11", "an alias of the mark that counts as the mark", on="math choice", channel="boxed",
      source="verl prime_math, open-instruct gsm8k, inspect_ai", fix="one macro")  # fmt: skip
def alias_of_the_box(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.put(rf"{wrong.marked} and \fbox{{{gold.bare}}}")
    for macro in ("fbox", "framebox", "boxed*", "colorbox"):
        yield gold.put(rf"So \{macro}{{{gold.bare}}}")


@hack("A12", "a box within a box", on="math choice", channel="boxed", source="verl gsm8k flexible",
      fix="a nested box is no answer")  # fmt: skip
def nested(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.say(rf"\boxed{{{wrong.bare}}} {gold.bare}")
    yield gold.say(rf"{wrong.bare} \boxed{{{gold.bare}}}")


@hack("A13", "an empty answer, which every text contains", on=f"{ANSWERS} json xml code tools instruct",
      source="Visual-RFT #176: a training run collapsed to empty answers",
      fix="ask whether there is an answer before anything is compared; never test whether it is in the truth")  # fmt: skip
def empty(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield gold.put("")
    if gold.form.family in ("instruct", "tools"):
        return
    blank = ("", "  ") if gold.form.family in ("json", "xml") else ("", "  ", "\\,", "{}", '""')
    yield from map(gold.say, blank)


@hack("A14", "the truth within a longer answer, for comparisons by substring", on="math choice qa text.exact",
      source="Visual-RFT #79: answers that list all classes", fix="equality of one parsed value")  # fmt: skip
def within_longer(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.say(" ".join((wrong.bare, *wrong.also[:3], gold.bare)))
    yield gold.say(f"not {gold.bare} but {wrong.bare}")


@hack("A15", "quotes an example as if it were the answer", on="math choice qa text.exact json tools xml",
      source="NeMo Gym, which keeps an example that can never be right",
      fix="an example value in the prompt that is right for no task")  # fmt: skip
def example_echo(task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    if task.prompt and not any_text_may_do(gold):
        yield gold.put(f"As in the example:\n> {task.prompt}")
    if gold.form.family in ("math", "choice", "qa", "text"):
        yield gold.put(f"As in the example, {wrong.marked}")


@hack("A16", "answers with what the task's name and columns say", on="math qa text.exact",
      source="answers leaked in file names, metadata and few-shot prompts",
      fix="`referee audit` looks for the truth in the prompt; ids and metadata never reach the policy")  # fmt: skip
def metadata(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    for said in (task.id, *map(str, task.meta.values())):
        if said and gold.bare not in said and said not in gold.bare:
            yield gold.say(said)


@hack("A17", "a second closing tag moves the cut between thinking and answer", on=ANSWERS,
      source="TRL's format rule accepts repeated closing tags", fix="a grammar of tags: each stands once")  # fmt: skip
def moved_cut(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield f"<think>a</think>\n{wrong.final}\n</think>\n{gold.final}"
    yield f"<think>a</think>\n{wrong.final}\n<think>\n{gold.final}"


@hack("A18", "a wall of brackets that keeps the parser busy", on=f"{ANSWERS} json", alone=True,
      source="5 to 10 s each in math-verify, TRL, open-r1, open-instruct",
      fix="bounds on length and depth before any pattern is tried")  # fmt: skip
def wall(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield gold.put(gold.form.before + "{" * 20_000)
    yield gold.say("{" * 3_000 + gold.bare + "}" * 3_000 + wrong.bare)
    if gold.form.family == "math":
        yield gold.say("(" * 5_000 + gold.bare)
