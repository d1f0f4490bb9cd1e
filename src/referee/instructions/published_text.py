"""What IFEval's scorer counts in a text, in linear time: its bullets, brackets, tokens in capitals, sentences.

Each function gives the number that the scorer's pattern would find, without its steps back: on "\\n" * 300,000 the
pattern for bullets needs hours. Tests compare them with the scorer itself and with NLTK.
"""

from __future__ import annotations

import re
from itertools import accumulate, islice

from referee.instructions.sentences import ABBREVIATIONS

LOOKED_AT = 20_000  # marks that may end a sentence

_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
# The scorer's patterns skip white space over any number of lines; what they find begins on the last of these lines. The
# character after an asterisk may be the line end, and then the next line belongs to the bullet.
_STARRED = re.compile(r"^[^\S\n]*\*[^*].*", re.MULTILINE)
_HYPHENED = re.compile(r"^[^\S\n]*-", re.MULTILINE)

# The cuts of NLTK's Treebank tokenizer, in its order, as far as they tell words in capitals apart. Most only look at
# what stands around a place, which is quicker than to replace it.
_CUTS = (
    (re.compile(r"[«“‘„]|`+"), " "),
    (re.compile(r"(?i)(?<=')(?!re|ve|ll|[mtsdn])(?=\w\b)"), " "),
    (re.compile(r"[:,](?=\D)"), " "),
    (re.compile(r"\.{2,}|[;@#$%&?!*\[\](){}<>»”’\"]|--|''"), " "),
    (re.compile(r"(?<=[^'])(?=' )"), " "),
    (re.compile(r"(?<=[^' ])(?=(?:'[sS]|'[mM]|'[dD]|') )"), " "),
    (re.compile(r"(?<=[^' ])(?=(?:'ll|'LL|'re|'RE|'ve|'VE|n't|N'T) )"), " "),
    (re.compile(r"(?i)\b(can|d|gim|gon|got|lem|more)(not|'ye|me|na|ta|me|'n)\b"), r"\1 \2"),
    (re.compile(r"(?i)\b(wan)(na)\s"), r"\1 \2 "),
    (re.compile(r"(?i) ('t)(is|was)\b"), r" \1 \2"),
)

# What may end a sentence for Punkt, and what then stands there.
_STOP = re.compile(r"[.?!](?=[)\";}\]*:@'({\[!?]|\s+(\S+))")
_WITHIN = re.compile(r"[.?!][)\";}\]*:@'({\[!?]")  # in the next word, which Punkt takes for the same place
_INITIAL = re.compile(r"[^\W\d]")
_NUMBER = re.compile(r"-?[.,]?\d[\d,.-]*")


def bullets(text: str) -> int:
    """Lines that begin with an asterisk and something else than one, and lines that begin with a hyphen."""
    return len(_STARRED.findall(text)) + len(_HYPHENED.findall(text))


def bracketed(text: str) -> int:
    """Opening square brackets with a closing one after them on the line, one after the other."""
    found = 0
    for line in text.split("\n"):
        if "[" not in line:
            continue
        at = line.find("[")
        while at >= 0:
            end = line.find("]", at)
            if end < 0:
                break
            found += 1
            at = line.find("[", end)
    return found


def depth(text: str) -> int:
    """How deep brackets are nested, those within strings included."""
    return max(accumulate(_STEPS[char] for char in text if char in _STEPS), default=0)


def capital_tokens(text: str) -> int:
    """How many of NLTK's word tokens are in capital letters."""
    if not any(map(str.isupper, set(text))):
        return 0
    text = f" {' '.join(text.split())} "
    for pattern, replacement in _CUTS:
        text = pattern.sub(replacement, text)
    return sum(map(str.isupper, text.split()))


def punkt(text: str) -> int:
    """Sentences as NLTK's Punkt counts them, with a short list of abbreviations for its trained tables."""
    text = text.rstrip()
    found, begin = 0, 0
    for match in islice(_STOP.finditer(text), LOOKED_AT):
        at = match.start()
        if text[at] == "." and not _breaks(text, begin, at, match[1]):
            continue
        found, begin = found + 1, match.start(1) if match[1] else at + 1
    rest = text[begin:].strip("\"')]}")
    return found + bool(rest.strip())


def _breaks(text: str, begin: int, at: int, following: str | None) -> bool:
    """Whether a full stop breaks: not after an abbreviation, ellipsis, initial, nor a number before lower case."""
    if following and _WITHIN.search(following):
        return True
    before = text[max(begin, at - 30) : at].split()
    word = before[-1].lstrip("\"'([{*").lower() if before and not text[at - 1].isspace() else ""
    if word.endswith(".") or word in ABBREVIATIONS or word.rpartition("-")[2] in ABBREVIATIONS:
        return False
    first = following[0] if following else ""
    if first and len(word) == 1 and _INITIAL.match(word):
        return not (first.isupper() or first.islower())
    return not (first.islower() and _NUMBER.fullmatch(word))
