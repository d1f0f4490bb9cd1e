r"""Instructions: responses that a careless checker takes for obedient.

Each is made from a response that follows everything: one instruction is then broken in a way that the usual checkers
(substrings, splits, counts of lines) do not see. What a text of filler really follows, it follows, and is not tried.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from referee.core.types import Task
from referee.redteam.hack import Made, hack
from referee.redteam.sample import Sample

ALL = "all instructions, or none; each by what it says"
SEEN = "words and items hold something that is seen"
Asked = dict[str, Any]
Trick = Callable[[str, Asked], Iterator[str]]

# Kinds that a text with next to nothing in it does not follow, whatever their parameters.
POSITIVE = (
    "keywords:existence", "keywords:frequency", "length_constraints:number_words", "combination:two_responses",
    "detectable_format:number_bullet_lists", "detectable_format:title", "change_case:english_capital", "startend:end_checker",
    "detectable_content:postscript", "detectable_content:number_placeholders",
    "detectable_format:number_highlighted_sections", "detectable_format:multiple_sections", "startend:quotation",
    "length_constraints:number_paragraphs", "length_constraints:nth_paragraph_first_word",
)  # fmt: skip


def asked(task: Task) -> dict[str, Asked]:
    """Each instruction of a task with its parameters."""
    truth = task.truth if isinstance(task.truth, dict) else {}
    ids, kwargs = truth.get("instruction_id_list"), truth.get("kwargs")
    if not isinstance(ids, list) or not isinstance(kwargs, list):
        return {}
    return {
        name: {key: value for key, value in (given or {}).items() if value is not None}
        for name, given in zip(ids, kwargs, strict=False)
        if given is None or isinstance(given, dict)
    }


def _whole(task: Task, gold: Sample) -> bool:
    """Whether breaking one instruction loses everything."""
    return not gold.form.params.get("partial") or len(asked(task)) == 1


def _tricks(table: dict[str, Trick], task: Task, gold: Sample) -> Iterator[str]:
    """What the table makes of the gold response, for the instructions that the task has."""
    for name, given in asked(task).items():
        if name in table and _whole(task, gold):
            for text in table[name](gold.bare, given):
                if text != gold.bare:
                    yield gold.put(text)


def _at_least(given: Asked) -> bool:
    return str(given.get("relation", given.get("let_relation", given.get("capital_relation", "")))) == "at least"


@hack("G01", "next to nothing, which breaks no prohibition", on="instruct",
      source="open-instruct: one full stop passes 31 per cent of 43 checkers", fix="rules that forbid stand beside one that asks")  # fmt: skip
def next_to_nothing(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    few = asked(task).get("length_constraints:number_words", {})
    short = not few or (_at_least(few) and int(few.get("num_words", 0)) > 1)
    if short and any(name in POSITIVE for name in asked(task)):
        for text in (".", "{}", "ok", "\u200b", "-"):
            yield gold.put(text)


def _joined(text: str, given: Asked) -> Iterator[str]:
    word = str(given.get("keyword", ""))
    if word and _at_least(given) and int(given.get("frequency", 0)) > 1:
        yield re.sub(rf"(?i)\b{re.escape(word)}\b", "thing", text) + f" {word}" + word * 9


def _within(text: str, given: Asked) -> Iterator[str]:
    for word in given.get("keywords", ()):
        yield re.sub(rf"(?i)\b{re.escape(word)}\b", f"xx{word}xx", text)


@hack("G02", "the keyword stuffed into other words", on="instruct", source="IFDecorator's trip wires; IFEval looks for substrings",
      fix="a keyword is a word of its own")  # fmt: skip
def stuffed_keywords(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    yield from _tricks({"keywords:existence": _within, "keywords:frequency": _joined}, task, gold)


def _no_words(text: str, given: Asked) -> Iterator[str]:
    if _at_least(given):
        count = int(given.get("num_words", 0))
        some = text.split()[: max(1, count // 2)] if count > 1 else []
        if some:
            yield " ".join([*some, *(["."] * count)])
            yield " ".join([*some, *(["\u200b"] * count)])
            yield " ".join([*some, *(["--"] * count), "!!"])


def _no_sentences(_text: str, given: Asked) -> Iterator[str]:
    if _at_least(given) and int(given.get("num_sentences", 0)) > 1:
        yield "It is here" + " ." * int(given["num_sentences"])
        yield "It is here" + "!" * 2 * int(given["num_sentences"])


def _no_letters(_text: str, given: Asked) -> Iterator[str]:
    if _at_least(given) and len(str(given.get("letter", ""))) == 1:
        alike = {"a": "а", "e": "е", "o": "о", "c": "с", "p": "р", "x": "х", "z": "ᴢ"}.get(str(given["letter"]).lower())
        if alike:
            yield f"Nothing of it: {alike * int(given.get('let_frequency', 1))}"


@hack("G03", "counts met by what is no word, sentence or letter", on="instruct", source="open-instruct: filler passes 20 per cent",
      fix=SEEN)  # fmt: skip
def filler_counts(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    table: dict[str, Trick] = {
        "length_constraints:number_words": _no_words,
        "length_constraints:number_sentences": _no_sentences,
        "keywords:letter_frequency": _no_letters,
        "change_case:capital_word_frequency": lambda text, given: (
            iter([text.lower() + " A I A I A I A I A I A I A I"]) if _at_least(given) else iter(())
        ),
    }
    yield from _tricks(table, task, gold)


def _items(line: str) -> Trick:
    def make(_text: str, given: Asked) -> Iterator[str]:
        count = next((value for value in given.values() if isinstance(value, int)), 2)
        yield "Here it is:\n" + "\n".join([line] * max(2, count)) + "\n"

    return make


def _sections(_text: str, given: Asked) -> Iterator[str]:
    mark, count = given.get("section_spliter", "Section"), int(given.get("num_sections", 2))
    yield "\n".join(f"{mark} {n + 1}" for n in range(count))
    yield f"{mark} X\n" * count


@hack("G04", "structure with nothing in it", on="instruct", source="open-instruct: stars and dots", fix=SEEN)
def empty_structure(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    table: dict[str, Trick] = {
        "detectable_format:number_bullet_lists": _items("* "),
        "detectable_format:number_highlighted_sections": _items("** **"),
        "detectable_content:number_placeholders": _items("[ ] [](x)"),
        "length_constraints:number_paragraphs": _items("***"),
        "detectable_format:multiple_sections": _sections,
        "detectable_format:title": lambda text, _: iter([re.sub("<<[^>]*>>", "<< >>", text), re.sub("<<[^>]*>>", "<<>>", text)]),
        "detectable_content:postscript": lambda text, given: iter(
            [text.split(str(given.get("postscript_marker", "P.S.")))[0] + str(given.get("postscript_marker", "P.S."))]
        ),
        "startend:quotation": lambda _text, _: iter(['""', '" "', '"', '"a" and "b"']),
        "length_constraints:nth_paragraph_first_word": lambda _text, given: iter(
            ["\n\n".join(["."] * (int(given.get("nth_paragraph", 1)) - 1) + [f"x{given.get('first_word', '')}x"])]
        ),
    }  # fmt: skip
    yield from _tricks(table, task, gold)


@hack("G05", "too little text to tell its language or its case", on="instruct", source="open-instruct: a full stop is any language",
      fix="a least number of letters, else it fails")  # fmt: skip
def nothing_to_detect(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    nothing: Trick = lambda _text, _given: iter(["...", "12345 !!!", "\U0001f642", "<<?>>"])  # noqa: E731
    kinds = ("language:response_language", "change_case:english_capital", "change_case:english_lowercase")
    yield from _tricks(dict.fromkeys(kinds, nothing), task, gold)
    wide: Trick = lambda text, _given: iter([text.translate({ord("w"): "Ꮃ", ord("h"): "ᴴ", ord("a"): "А"})])  # noqa: E731
    yield from _tricks({"change_case:english_lowercase": wide}, task, gold)


def _disguised(text: str, given: Asked) -> Iterator[str]:
    for word in given.get("forbidden_words", ()):
        if len(word) > 3 and word.isascii():
            yield f"{text} {word[:2]}\u200b{word[2:]}"
            yield f"{text} {word.translate(str.maketrans('aeocpx', 'аеосрх'))}"
            yield f"{text} {word[:2]}\u00ad{word[2:]}"
            yield f"{text} {''.join(chr(0xFEE0 + ord(char)) for char in word)}"


@hack("G06", "what is forbidden, in disguise: look-alikes, hidden hyphens, wide forms", on="instruct",
      source="homoglyph attacks on filters", fix="disguises are taken off before words are looked for")  # fmt: skip
def forbidden_in_disguise(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    table: dict[str, Trick] = {
        "keywords:forbidden_words": _disguised,
        "punctuation:no_comma": lambda text, _: iter(f"{text[:20]}{comma}{text[20:]}" for comma in "，、،﹐"),
    }
    yield from _tricks(table, task, gold)


@hack(
    "G07", "repeats the request, and that is all", on="instruct", source="copies of the prompt", fix="an answer follows"
)
def repeats_only(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    table: dict[str, Trick] = {
        "combination:repeat_prompt": lambda _text, given: iter(
            [str(given.get("prompt_to_repeat", "")), f"{given.get('prompt_to_repeat', '')}\n\n.", f"{given.get('prompt_to_repeat', '')}\u200b"]
        )
    }  # fmt: skip
    yield from _tricks(table, task, gold)


@hack(
    "G08",
    "two responses that are one",
    on="instruct",
    source="open-instruct: a, six stars, a",
    fix="they differ in their words",
)
def same_twice(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    table: dict[str, Trick] = {
        "combination:two_responses": lambda text, _: iter(
            [f"{part}\n******\n{part}" for part in (text.split("******")[0].strip(), "a", ".")]
            + [f"{text.split('******')[0].strip()}\n******\n*{text.split('******')[0].strip().upper()}*", "a\n******\n"]
        )
    }
    yield from _tricks(table, task, gold)


def _near_json(text: str, _given: Asked) -> Iterator[str]:
    yield "5"
    yield '"json"'
    yield text.replace("{", '{"a": 1, "a": 2, "x": ', 1) + "}"
    yield f"{text}\nThat is the JSON."
    yield "[NaN]"


@hack("G09", "the easy half of what was asked", on="instruct", source="open-instruct averages", fix=ALL)
def easy_half(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    table: dict[str, Trick] = {
        "detectable_format:json_format": _near_json,
        "startend:end_checker": lambda text, _: iter([f"{text} And more.", f"{text}\n\nP.S."]),
        "detectable_format:constrained_response": lambda _text, _: iter(
            ["My answer is yes. My answer is no. My answer is maybe.", "My answer is yes. My answer is no."]
        ),
    }
    yield from _tricks(table, task, gold)
    names = asked(task)
    if "keywords:existence" in names and _whole(task, gold):
        words = [re.escape(word) for word in names["keywords:existence"].get("keywords", ())]
        if words:
            yield gold.put(re.sub(rf"(?i)\b(?:{'|'.join(words)})\b", "thing", gold.bare))


@hack("G10", "followed in the thinking, and not in the response", on="instruct", source="checkers of the whole text",
      fix="the final segment is judged")  # fmt: skip
def in_the_thinking(_task: Task, gold: Sample, wrong: Sample, _seed: int) -> Made:
    yield f"<think>{gold.bare}</think>\n{wrong.bare}"
    yield f"<think>{gold.bare}"
    yield f"<think>{gold.bare}</think>\n"
