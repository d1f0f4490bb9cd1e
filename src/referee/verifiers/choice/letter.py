r"""The completion chooses the right option of a multiple-choice question, by its letter.

## What it checks
A letter counts in a marked place only: in a box, in answer tags, after a phrase such as "Answer:" or "the answer is"
(in some thirty languages), or at the start of the last line where nothing else marks it. A capital in prose ("I cannot
tell", "A perfect answer", "Answer: Carbon") is no choice; a field that names two options is refused. Where the truth
lists the choices, the text of exactly one choice is as good as its letter, and a letter that stands before the text of
another choice is refused.

| reason | meaning |
|---|---|
| `choice.match`, `choice.wrong` | the right option, another one |
| `choice.none` | the field names no option |
| `choice.several` | the field, or the list that ends the text, names more than one |
| `choice.disagree` | the letter of one choice with the text of another |
| `answer.*`, `think.*` | the channel holds no answer, or too many; an invisible character |

## Truth
`"B"`, or the index of the choice from 0 (`1` is B), or an object with `answer` (or `letter`): either of these, or the
text of a choice, and `choices`: the list of texts.

## Parameters
Channel `line` reads the phrases (or a segment that is a single line), `whole` the start of the whole segment, `auto`
box, tags, phrases or the last line, whichever the segment uses first in this order.

## When it cannot judge
The truth names no option, or an index or letter outside the choices (`truth.unreadable`).

## Known gaps
Options are single Latin letters. `E. coli` reads as option E unless the truth lists the choices; a last line
`b. amnion`, which nothing announces, is read only where it does. What stands after the first option of a
line ("Answer: B. London is larger, though") is not understood, only searched for a second letter.

## Sources
MMLU (Hendrycks et al., arXiv 2009.03300); answer phrases collected from multilingual evaluations.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

from referee.core.errors import TruthError, brief
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, verifier
from referee.text.channel import MAX_AGREEING, Extraction, NoAnswer, extract
from referee.text.letters import FIELD, Letter, last_line, line_letters, mentions, read_letter
from referee.text.tags import content_end, final_segment, prompt_opens
from referee.text.visible import hidden

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Params(Extraction, frozen=True, kw_only=True):
    """letters: the letters that name options; with `choices` in the truth, as many of them as there are choices."""

    letters: str = "ABCDEFGHIJ"

    def __post_init__(self) -> None:
        if not self.letters or set(self.letters) - set(ALPHABET) or len(set(self.letters)) < len(self.letters):
            raise ValueError(f"`letters` are different letters from A to Z, like 'ABCD', not {self.letters!r}")


CITIES = {"answer": 1, "choices": ["London", "Paris", "Rome", "Bern"]}
CASES = (
    Case("Answer: B", "B", "pass", reason="choice.match"),
    Case("The answer is (B).", 1, "pass", "the truth is an index from 0"),
    Case("Paris was there first. **B**", "B", "fail", "a letter at the end of prose is not marked"),
    Case("It has to be this one:\n\n**B**", "B", "pass", "a last line of its own"),
    Case(r"So \boxed{\text{(B)}}", "B", "pass"),
    Case("Antwort: B", "B", "pass"),
    Case("答えはBです。", "B", "pass"),
    Case("B) Paris", CITIES, "pass"),
    Case("Answer: Paris", CITIES, "pass", "the text of exactly one choice"),
    Case("Answer: C", "B", "fail", reason="choice.wrong"),
    Case("Answer: B) Rome", CITIES, "fail", "attack: letter and text disagree", reason="choice.disagree"),
    Case("I cannot determine this.", "I", "fail", "attack: a pronoun is no option", reason="choice.none"),
    Case("A perfect answer would need more.", "A", "fail", "attack: an article is no option"),
    Case("Answer: Carbon", "C", "fail", "attack: the first letter of a word", reason="choice.none"),
    Case("Answer: A or B", "B", "fail", "attack: two options", reason="choice.several"),
    Case("A, B, C, D", "A", "fail", "attack: all options", reason="choice.several"),
    Case("A) London\nB) Paris\nC) Rome\nD) Bern", "D", "fail", "attack: repeats the question", reason="choice.several"),
    Case(
        "The answer is C. The answer is A.",
        "A",
        "fail",
        "attack: two tries",
        {"take": "only"},
        reason="answer.ambiguous",
    ),
    Case("The answer is C. The answer is A.", "A", "pass", "the last one, where the pack says so", {"take": "last"}),
    Case("Answer: \u202eB", "B", "fail", "attack: reordered on screen", reason="answer.bidi"),
    Case("Answer: \u200bB", "B", "fail", "attack: a zero-width space", reason="answer.invisible"),
    Case("Answer: \u0412", "B", "fail", "attack: a Cyrillic letter that looks the same", reason="choice.none"),
    Case("Answer: \u216d", "C", "fail", "attack: a Roman numeral that looks the same", reason="choice.none"),
    Case("Answer: B", "Z", "unjudged", "no such option"),
    Case("Answer: B", {"answer": 7, "choices": ["London", "Paris"]}, "unjudged"),
)


class Key(NamedTuple):
    """The truth: the right letter, the valid ones, the choices as they are compared, and whether their case counts."""

    letter: str
    letters: str
    choices: list[str]
    cased: bool = False

    def plain(self, text: str) -> str:
        """Text as the choices are compared."""
        return _plain(text, cased=self.cased)

    def place(self, text: str) -> int | None:
        """The choice whose text this is; a valid letter is a letter, never a text."""
        plain = self.plain(text)
        a_letter = len(plain) == 1 and plain.upper() in self.letters
        return None if a_letter or self.choices.count(plain) != 1 else self.choices.index(plain)

    def begins(self, text: str) -> set[str]:
        """The letters of the choices with whose text this text begins, the longest only."""
        plain = self.plain(text)
        begun = [choice for choice in self.choices if choice and _begins(plain, choice)]
        longest = max(begun, key=len, default=None)
        return {letter for letter, choice in zip(self.letters, self.choices, strict=True) if choice == longest}


class Choice(NamedTuple):
    """What one field names: a letter, or the reason why none."""

    letter: str
    reason: str
    start: int
    end: int


@verifier(version=2)
def letter(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Read one option and hold it against the key."""
    key = _key(task.truth, params.letters)
    chosen = _chosen(rollout, task, params, key)
    if isinstance(chosen, NoAnswer):
        return failed(chosen.reason, detail=chosen.detail, truth=key.letter)
    shown = {"found": rollout.text[chosen.start : chosen.end], "span": [chosen.start, chosen.end], "truth": key.letter}
    if chosen.reason:
        return failed(chosen.reason, **shown)
    if chosen.letter == key.letter:
        return passed("choice.match", value=chosen.letter, **shown)
    return failed("choice.wrong", value=chosen.letter, **shown)


def _chosen(rollout: Rollout, task: Task, params: Params, key: Key) -> Choice | NoAnswer:
    """The one choice of the rollout on its channel."""
    text = rollout.text
    start, problem = final_segment(text, params.think, opened=prompt_opens(task.prompt, params.think))
    if problem:
        return NoAnswer(problem)
    if params.channel in {"boxed", "answer", "whole"} or (params.channel == "auto" and _marked(text, start)):
        answer = extract(rollout, task, params)
        return answer if isinstance(answer, NoAnswer) else _field(text, answer.start, answer.end, key)
    limit = content_end(text)
    named = [_field(text, begin, end, key) for begin, end in mentions(text, start, limit)]
    readable = [choice for choice in named if choice.reason != "choice.none"]
    if readable:
        return _one(readable, params)
    if named and params.channel == "line":
        return named[-1]
    return _bare(text, start, limit, params, key)


def _marked(text: str, start: int) -> bool:
    return text.find("\\boxed", start) >= 0 or text.find("<answer>", start) >= 0


def _one(choices: list[Choice], params: Params) -> Choice | NoAnswer:
    """The choice that counts when several fields name one."""
    if len(choices) > 1 and params.take != "last":
        if params.take == "only" or len({choice.letter or choice.reason for choice in choices}) > 1:
            return NoAnswer("answer.ambiguous", f"{len(choices)} answers where one is allowed")
        if len(choices) > MAX_AGREEING:
            return NoAnswer("answer.repeated", f"the answer is given {len(choices)} times")
    return choices[-1]


def _bare(text: str, start: int, limit: int, params: Params, key: Key) -> Choice | NoAnswer:
    """Nothing names a choice in words: the last line may be the choice itself (the only line, on channel `line`)."""
    begin, end = last_line(text, start, limit)
    if begin >= end or (params.channel == "line" and text[start:begin].strip()):
        return NoAnswer("answer.missing", "nothing in the final segment names a choice")
    if len(line_letters(text, start, limit) & set(key.letters)) > 1:
        return Choice("", "choice.several", begin, end)
    choice = _field(text, begin, end, key, bare=True)
    return choice._replace(end=min(choice.end, begin + FIELD))


def _field(text: str, start: int, end: int, key: Key, *, bare: bool = False) -> Choice:
    """Read the choice that text[start:end] names."""
    if key.choices and (index := key.place(text[start : min(end, start + FIELD)])) is not None:
        return Choice(key.letters[index], "", start, end)
    found = read_letter(text, start, end, key.letters)
    seen = text[start : max(found.end + 8, start + 16)][: end - start]
    if refused := hidden(seen):
        return Choice("", refused.reason, start, end)
    rest = text[found.rest : end][:FIELD] if found.rest else ""
    begun = key.begins(rest) if key.choices else set()
    if found.status == "several" and found.letter not in begun:  # "A and B" may well be the text of option D
        return Choice("", "choice.several", start, end)
    if found.status == "none" or (bare and not _sets_apart(text, found, rest, begun, key)):
        return Choice("", "choice.none", start, end)
    if begun and found.letter not in begun:
        return Choice("", "choice.disagree", start, end)
    return Choice(found.letter, "", found.start, found.end)


def _sets_apart(text: str, found: Letter, rest: str, begun: set[str], key: Key) -> bool:
    """Whether a line that nothing announces is a choice: `B`, `B) Paris`, `B. amnion`; not `A, well`, `b. amnion`.

    Known choices tell `E. coli` from option E.
    """
    if found.mark == "." and rest[:1].islower():
        return found.letter in begun if key.choices else text[found.start].isupper()
    return found.mark in {"end", ")", "(", ".", ":"}


def _begins(plain: str, choice: str) -> bool:
    return plain.startswith(choice) and not plain[len(choice) : len(choice) + 1].isalnum()


_WRAP = re.compile(r"\\(?:text|textbf|mathrm|mathbf|mbox)\s?\{|[{}$*_`\"“”]")


def _plain(text: str, *, cased: bool = False) -> str:
    """Text as choices are compared: NFKC, case folded, white space and wrapping removed."""
    plain = " ".join(unicodedata.normalize("NFKC", _WRAP.sub("", text)).split()).strip(" .:()")
    return plain if cased else plain.casefold()


def _key(truth: Any, letters: str) -> Key:
    """Read the truth."""
    if not isinstance(truth, dict):
        return Key(_key_letter(truth, Key("", letters, [])), letters, [])
    choices = truth.get("choices")
    if not isinstance(choices, list) or not 2 <= len(choices) <= len(ALPHABET):
        raise TruthError(f"`choices` must be a list of 2 to 26 texts; it is {brief(choices)}")
    exact = [_plain(str(choice), cased=True) for choice in choices]
    folded = [choice.casefold() for choice in exact]
    cased = len(set(folded)) < len(set(exact))  # "BB" and "Bb" may be two choices
    key = Key("", ALPHABET[: len(choices)], exact if cased else folded, cased)
    return key._replace(letter=_key_letter(truth.get("letter", truth.get("answer")), key))


def _key_letter(truth: Any, key: Key) -> str:
    letters = key.letters
    if isinstance(truth, int) and not isinstance(truth, bool):
        if 0 <= truth < len(letters):
            return letters[truth]
    elif isinstance(truth, str):
        bare = truth.strip().strip("().").strip().upper()
        if len(bare) == 1 and bare in letters:
            return bare
        if (index := key.place(truth)) is not None:
            return letters[index]
    raise TruthError(f"the truth must be one of {letters} or an index below {len(letters)}; it is {brief(truth)}")
