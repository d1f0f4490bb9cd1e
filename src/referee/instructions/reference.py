"""The verdicts of IFEval's own scorer on its 25 kinds, its faults included, for comparing with published figures.

Written from what the scorer does (google-research `instruction_following_eval/instructions.py`, 2025), in linear time
where its patterns are not. Three things cannot be the same: the scorer detects languages with a library that answers at
random, and draws a parameter that is missing or out of range at random; here the language is that of
`referee.text.languages`, and such a task is unjudged. Its sentences are those of NLTK's trained English tables,
which are not here: `published_text.punkt` follows the same procedure with a short list of abbreviations.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from itertools import islice
from typing import Any

from referee.core.errors import TruthError
from referee.instructions import published_text
from referee.instructions.combination import OPTIONS
from referee.instructions.kinds import Judged, related
from referee.instructions.language import code, dominant
from referee.instructions.response import Response

DEEPEST = 500  # levels of JSON; beyond some depth the scorer fails in its reader

_PUBLISHED: dict[str, Callable[[str, Any], Judged | bool]] = {}
_META = re.compile(r"[\\^$.|?*+()\[\]{}]")
_POSTSCRIPTS = {"P.P.S": re.compile(r"p\.\s?p\.\s?s"), "P.S.": re.compile(r"p\.\s?s\.")}
_DIVIDER = re.compile(r"\s?\*\*\*\s?")
_EMPHASIS, _STRONG = re.compile(r"\*[^\n*]*\*"), re.compile(r"\*\*[^\n*]*\*\*")


def published(name: str, response: Response, asked: Any) -> Judged:
    """What IFEval's scorer says. Raises `TruthError` for a kind that is not IFEval's."""
    check = _PUBLISHED.get(name)
    if check is None:
        raise TruthError(f"{name} is no kind of IFEval's: there is no published scorer to follow")
    text = response.raw
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()  # half a character is none, and RE2 reads none
    judged = check(text, asked)
    return judged if isinstance(judged, Judged) else Judged(judged, "by the published scorer")


def known(name: str) -> bool:
    """Whether the kind has a published verdict."""
    return name in _PUBLISHED


def _of(name: str) -> Callable[[Callable[[str, Any], Judged | bool]], Callable[[str, Any], Judged | bool]]:
    def register(check: Callable[[str, Any], Judged | bool]) -> Callable[[str, Any], Judged | bool]:
        _PUBLISHED[name] = check
        return check

    return register


def _pattern(keyword: str) -> Any:
    return _sensitive(keyword, fold_case=True)


@lru_cache(maxsize=4096)
def _sensitive(pattern: str, *, fold_case: bool = False) -> Any:
    """What the scorer reads as a pattern: a plain word by `re`, another by RE2, which is linear."""
    if not _META.search(pattern):
        return re.compile(re.escape(pattern), re.IGNORECASE if fold_case else 0)
    import re2

    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = not fold_case
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise TruthError(f"the published scorer fails on {pattern[:60]!r}: it is no pattern") from error


@_of("keywords:existence")
def _existence(text: str, asked: Any) -> bool:
    return all(_pattern(word).search(text) for word in asked.keywords)


@_of("keywords:frequency")
def _frequency(text: str, asked: Any) -> Judged:
    found = _up_to(asked.frequency + 1, _pattern(asked.keyword.strip()), text)
    return related(found, asked.relation, asked.frequency, "matches or more")


def _up_to(most: int, pattern: Any, text: str) -> int:
    """How often a pattern is found; no more than what decides is counted."""
    return sum(1 for _ in islice(pattern.finditer(text), most))


@_of("keywords:forbidden_words")
def _forbidden(text: str, asked: Any) -> bool:
    return not any(_bounded(word, text) for word in asked.forbidden_words)


def _bounded(word: str, text: str) -> bool:
    if not _META.search(word):
        return re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) is not None
    return _pattern(rf"\b{word}\b").search(text) is not None


@_of("keywords:letter_frequency")
def _letter(text: str, asked: Any) -> Judged:
    letter = asked.letter.strip().lower()
    return related(text.lower().count(letter), asked.let_relation, asked.let_frequency, "times")


@_of("language:response_language")
def _language(text: str, asked: Any) -> bool:
    return not any(map(str.isalpha, text)) or dominant(text) == code(asked.language)


@_of("length_constraints:number_sentences")
def _sentences(text: str, asked: Any) -> Judged:
    return related(published_text.punkt(text), asked.relation, asked.num_sentences, "sentences")


@_of("length_constraints:number_words")
def _words(text: str, asked: Any) -> Judged:
    return related(len(re.findall(r"\w+", text)), asked.relation, asked.num_words, "words")


@_of("length_constraints:number_paragraphs")
def _paragraphs(text: str, asked: Any) -> bool:
    parts = _DIVIDER.split(text)
    empty = [at for at, part in enumerate(parts) if not part.strip()]
    if any(at not in {0, len(parts) - 1} for at in empty):
        return False
    return bool(len(parts) - len(empty) == asked.num_paragraphs)


@_of("length_constraints:nth_paragraph_first_word")
def _nth_paragraph(text: str, asked: Any) -> bool:
    parts = text.split("\n\n")
    found = sum(1 for part in parts if part.strip())
    if asked.nth_paragraph > found or not (part := parts[asked.nth_paragraph - 1].strip()):
        return False
    word = re.split("[.,?!'\"]", part.split()[0].lstrip("'").lstrip('"'), maxsplit=1)[0]
    return bool(found == asked.num_paragraphs and word.lower() == asked.first_word.lower())


@_of("detectable_content:number_placeholders")
def _placeholders(text: str, asked: Any) -> bool:
    return bool(published_text.bracketed(text) >= asked.num_placeholders)


@_of("detectable_content:postscript")
def _postscript(text: str, asked: Any) -> bool:
    marker = asked.postscript_marker.strip()
    pattern = _POSTSCRIPTS.get(marker) or _sensitive(marker.lower())
    return bool(pattern.search(text.lower()))


@_of("detectable_format:number_bullet_lists")
def _bullets(text: str, asked: Any) -> Judged:
    found = published_text.bullets(text)
    return Judged(found == asked.num_bullets, f"{found:,} bullets")


@_of("detectable_format:constrained_response")
def _constrained(text: str, _asked: Any) -> bool:
    return any(option in text.strip() for option in OPTIONS)


@_of("detectable_format:number_highlighted_sections")
def _highlights(text: str, asked: Any) -> bool:
    single = sum(1 for found in _EMPHASIS.findall(text) if found.strip("*").strip())
    double = sum(1 for found in _STRONG.findall(text) if found.removeprefix("**").removesuffix("**").strip())
    return bool(single + double >= asked.num_highlights)


@_of("detectable_format:multiple_sections")
def _sections(text: str, asked: Any) -> bool:
    word = asked.section_spliter.strip()
    head = _sensitive(rf"{word}\s?\d+") if _META.search(word) else re.compile(rf"{re.escape(word)}\s?\d+")
    return bool(sum(1 for _ in head.finditer(text)) >= asked.num_sections)


@_of("detectable_format:json_format")
def _json(text: str, _asked: Any) -> bool:
    text = text.strip()
    for fence in ("```json", "```Json", "```JSON", "```"):
        text = text.removeprefix(fence)
    text = text.removesuffix("```").strip()
    if text.count("[") + text.count("{") > DEEPEST and published_text.depth(text) > DEEPEST:
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


@_of("detectable_format:title")
def _title(text: str, _asked: Any) -> bool:
    for line in text.split("\n"):
        start = line.find("<<")
        end = line.rfind(">>")
        if 0 <= start <= end - 3 and line[start : end + 2].lstrip("<").rstrip(">").strip():
            return True
    return False


@_of("combination:two_responses")
def _two(text: str, _asked: Any) -> bool:
    parts = text.split("******")
    if any(not part.strip() for part in parts[1:-1]):
        return False
    told = [part.strip() for part in parts if part.strip()]
    return len(told) == 2 and told[0] != told[1]


@_of("combination:repeat_prompt")
def _repeat(text: str, asked: Any) -> bool:
    return text.strip().lower().startswith(asked.prompt_to_repeat.strip().lower())


@_of("startend:end_checker")
def _end(text: str, asked: Any) -> bool:
    return text.strip().strip('"').lower().endswith(asked.end_phrase.strip().lower())


@_of("startend:quotation")
def _quotation(text: str, _asked: Any) -> bool:
    text = text.strip()
    return len(text) > 1 and text[0] == '"' and text[-1] == '"'


@_of("change_case:capital_word_frequency")
def _capital_words(text: str, asked: Any) -> Judged:
    found = published_text.capital_tokens(text)
    return related(found, asked.capital_relation, asked.capital_frequency, "tokens in capitals")


@_of("change_case:english_capital")
def _capital(text: str, _asked: Any) -> bool:
    return text.isupper() and dominant(text) == "en"


@_of("change_case:english_lowercase")
def _lowercase(text: str, _asked: Any) -> bool:
    return text.islower() and dominant(text) == "en"


@_of("punctuation:no_comma")
def _comma(text: str, _asked: Any) -> bool:
    return "," not in text
