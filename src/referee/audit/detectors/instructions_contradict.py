"""Instructions that no response can follow together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from referee.audit.finding import Detector, Found
from referee.core.errors import InputError
from referee.data.plain import loads

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict

Asked = list[tuple[str, dict[str, Any]]]  # id of the kind, its parameters
_Rule = Callable[[Asked], Iterator[str]]

# What is counted, by kind: the parameters that name the count, its relation, and what it is a count of.
_COUNTS: Final = {
    "length_constraints:number_words": ("num_words", "relation", ""),
    "length_constraints:number_sentences": ("num_sentences", "relation", ""),
    "keywords:frequency": ("frequency", "relation", "keyword"),
    "keywords:letter_frequency": ("let_frequency", "let_relation", "letter"),
    "change_case:capital_word_frequency": ("capital_frequency", "capital_relation", ""),
}
_EXACT: Final = {
    "length_constraints:number_paragraphs": "num_paragraphs",
    "length_constraints:nth_paragraph_first_word": "num_paragraphs",
    "detectable_format:number_bullet_lists": "num_bullets",
    "language:response_language": "language",
}
_CASES: Final = {"change_case:english_capital": "capital letters", "change_case:english_lowercase": "lower case"}
_PHRASES: Final = {"startend:end_checker": "end_phrase", "combination:repeat_prompt": "prompt_to_repeat"}


class InstructionsContradict(Detector):
    """What is named here is certain; two instructions may contradict each other in ways that nobody listed."""

    id = "instructions.contradict"
    means = "Two of the task's instructions exclude each other, or one excludes everything: no response follows them."
    fix = "Correct the parameters, or drop the row."
    families = ("instruct",)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        if study.has_truth(item) and (told := contradiction(item.truth)):
            yield Found(item.line, told)


def contradiction(truth: Any) -> str:
    """What excludes what; "" where nothing is seen to."""
    asked = _asked(truth)
    return next((told for rule in _RULES for told in rule(asked)), "")


def _asked(truth: Any) -> Asked:
    if isinstance(truth, str):
        try:
            truth = loads(truth.encode("utf-8", "surrogatepass"))
        except InputError:
            return []
    truth = truth[0] if isinstance(truth, list) and len(truth) == 1 else truth
    if not isinstance(truth, dict):
        return []
    ids, kwargs = truth.get("instruction_id_list", truth.get("instruction_id")), truth.get("kwargs")
    if not isinstance(ids, list) or not isinstance(kwargs, list):
        return []
    return [
        (
            str(name),
            {key: value for key, value in given.items() if value is not None} if isinstance(given, dict) else {},
        )
        for name, given in zip(ids, kwargs, strict=False)
    ]


def _ranges(asked: Asked) -> Iterator[str]:
    """Less than N and at least M, where M is no less than N."""
    least: dict[tuple[str, str], int] = {}
    below: dict[tuple[str, str], int] = {}
    for name, given in asked:
        if name not in _COUNTS:
            continue
        count, relation, of = (given.get(one) for one in _COUNTS[name])
        if not isinstance(count, int | float):
            continue
        key = name, str(of or "").strip().casefold()
        if relation == "less than":
            below[key] = min(below.get(key, int(count)), int(count))
        elif relation == "at least":
            least[key] = max(least.get(key, int(count)), int(count))
    for key, most in below.items():
        what = f"{key[0]}{f' of {key[1]!r}' if key[1] else ''}"
        if most <= (1 if key[0].startswith("length") else 0):
            yield f"{what}: less than {most}"
        elif least.get(key, 0) >= most:
            yield f"{what}: at least {least[key]} and less than {most}"


def _numbers(asked: Asked) -> Iterator[str]:
    """Two exact values of one thing."""
    seen: dict[str, Any] = {}
    for name, given in asked:
        value = given.get(_EXACT.get(name, ""))
        if value is not None and seen.setdefault(name, value) != value:
            yield f"{name}: {seen[name]} and {value}"


def _words(asked: Asked) -> Iterator[str]:
    """A word that must stand there and must not."""
    forbidden = {
        str(word).casefold().strip()
        for name, given in asked
        if name == "keywords:forbidden_words"
        for word in given.get("forbidden_words") or ()
    }
    for name, word in _needed(asked):
        plain = word.casefold().strip()
        for one in forbidden:
            if plain == one or (name in _PHRASES and one and re.search(rf"\b{re.escape(one)}\b", plain)):
                yield f"{name} needs {word[:60]!r}, and {one!r} is forbidden"


def _needed(asked: Asked) -> Iterator[tuple[str, str]]:
    """Every text that must stand in the response, and the kind that says so."""
    for name, given in asked:
        if name == "keywords:existence":
            yield from ((name, str(word)) for word in given.get("keywords") or ())
        elif name == "keywords:frequency" and given.get("relation") == "at least" and (given.get("frequency") or 0) > 0:
            yield name, str(given.get("keyword", ""))
        elif name in _PHRASES and isinstance(text := given.get(_PHRASES[name]), str):
            yield name, text


def _letters(asked: Asked) -> Iterator[str]:
    """A letter that must not occur, in a word that must; a comma too; a word that occurs less than once."""
    absent = {
        str(given.get("letter", "")).casefold()
        for name, given in asked
        if name == "keywords:letter_frequency"
        and given.get("let_relation") == "less than"
        and given.get("let_frequency") == 1
    }
    if any(name == "punctuation:no_comma" for name, _ in asked):
        absent.add(",")
    never = {
        str(given.get("keyword", "")).casefold().strip()
        for name, given in asked
        if name == "keywords:frequency" and given.get("relation") == "less than" and given.get("frequency") == 1
    }
    for name, word in _needed(asked):
        plain = word.casefold()
        if letter := next((one for one in absent if one and one in plain), ""):
            yield f"{name} needs {word[:60]!r}, and no {letter!r} may occur"
        if plain.strip() in never:
            yield f"{name} needs {word[:60]!r}, which must occur less than once"


def _forms(asked: Asked) -> Iterator[str]:
    """Capital letters and lower case; English and another language; JSON that ends in a phrase."""
    names = dict(asked)
    cases = [name for name in _CASES if name in names]
    if len(cases) > 1:
        yield "all in capital letters and all in lower case"
    language = names.get("language:response_language", {}).get("language")
    if cases and language not in (None, "en"):
        yield f"{cases[0]} is about English, and the response is to be in {language!r}"
    if "change_case:english_lowercase" in names:
        capitals = names.get("change_case:capital_word_frequency", {})
        if capitals.get("capital_relation") == "at least" and (capitals.get("capital_frequency") or 0) > 0:
            yield "all in lower case, with words in capitals"
    end = names.get("startend:end_checker", {}).get("end_phrase")
    if "detectable_format:json_format" in names and isinstance(end, str) and end.strip()[-1:] not in ("}", "]", ""):
        yield f"the whole response is JSON, and ends in {end[:60]!r}"


def _ends(asked: Asked) -> Iterator[str]:
    """Two phrases at the end, neither of which ends in the other."""
    phrases = [
        given["end_phrase"].strip().casefold()
        for name, given in asked
        if name == "startend:end_checker" and isinstance(given.get("end_phrase"), str)
    ]
    for one in phrases[1:]:
        if not one.endswith(phrases[0]) and not phrases[0].endswith(one):
            yield f"it ends in {phrases[0][:40]!r} and in {one[:40]!r}"


def _lengths(asked: Asked) -> Iterator[str]:
    """Fewer words than the texts that must stand there."""
    limits = [
        int(given["num_words"])
        for name, given in asked
        if name == "length_constraints:number_words"
        and given.get("relation") == "less than"
        and isinstance(given.get("num_words"), int | float)
    ]
    for name, text in _needed(asked):
        if name in _PHRASES and limits and (count := len(re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text))) >= min(limits):
            yield f"{name} needs {count} words, and less than {min(limits)} are allowed"


_RULES: Final[tuple[_Rule, ...]] = (_ranges, _numbers, _words, _letters, _forms, _ends, _lengths)
