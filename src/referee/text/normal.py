"""Normal forms of short answers: names, phrases, numbers in words. Two answers are equal when their forms are.

`triviaqa` and `squad` are the official normalisations of these data sets, to the character. They lose what carries
meaning ("-5" is "5" to both, "C++" is "C", "The" is nothing), so `typed` exists: it drops what only shows (quotation
marks, the full stop of a sentence, one leading article) and keeps signs, units, letters and digits.
"""

from __future__ import annotations

import re
import string
import unicodedata
from itertools import groupby

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_TRIVIAQA = {ord(char): " " for char in string.punctuation + "\u2018\u2019\u00b4`"}
_SQUAD = dict.fromkeys(map(ord, string.punctuation))

_SIGNS = str.maketrans(
    {
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u00b4`\u02bc\u2032", "'"),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        "_": " ",
        "\u2044": "/",
    }
)
_POWERS = {**{sign: str(value) for value, sign in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")}, "⁻": "-", "⁺": "+"}
_LEADING = re.compile(r"(?:the|an?) ")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_INITIAL = re.compile(r"(?<!\w)([^\W\d_])\.")
_PAUSE = re.compile(r"\.+(?=\s|$)|[,;:](?=\s|$)|(?<=[^\W\d_])-(?=[^\W\d_])")
_AND = re.compile(r"(?<=\s)&(?=\s)")


def triviaqa(text: str) -> str:
    """The official TriviaQA form: lower case, punctuation to spaces, articles removed, white space squeezed."""
    return " ".join(_ARTICLES.sub(" ", text.replace("_", " ").lower().translate(_TRIVIAQA)).split())


def squad(text: str) -> str:
    """The official SQuAD form: like TriviaQA's, but punctuation is deleted."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_SQUAD)).split())


def typed(text: str) -> str:
    """Case folded and compatible (NFKC, except where that would join digits), without what only shows. Linear."""
    if not text.isascii():
        text = _compatible(text)
    text = " ".join(text.casefold().translate(_SIGNS).replace('"', " ").split())
    text = _without_article(_unquoted(text))
    text = _THOUSANDS.sub("", text)
    text = _INITIAL.sub(r"\1 ", text)  # "J.K. Rowling" and "J. K. Rowling"; "a.m." stays apart from "am"
    text = _AND.sub("and", _PAUSE.sub(" ", text))
    if (bare := text.rstrip("!? ")) and bare[-1].isalpha():
        text = bare
    return " ".join(text.split())


def _unquoted(text: str) -> str:
    """Without one pair of single quotes or brackets around the whole."""
    for left, right in ("''", "()"):
        if len(text) > 2 and text[0] == left and text[-1] == right and not {left, right} & set(text[1:-1]):
            return text[1:-1].strip()
    return text


def _without_article(text: str) -> str:
    """Without one leading article, if something that is no article remains."""
    article = _LEADING.match(text)
    if article and any(word not in {"a", "an", "the"} for word in text[article.end() :].split(" ", 8)):
        return text[article.end() :]
    return text


def _compatible(text: str) -> str:
    """NFKC with digits of any script as ASCII; `x²` becomes `x^2`, `4½` becomes `4 1/2`, `④②` stays what it is."""
    parts = []
    for kind, run in groupby(text, _kind):
        chars = "".join(run)
        if kind == "power":
            parts.append("^" + "".join(_POWERS[char] for char in chars))
        elif kind == "number":
            parts.append("".join(map(_number_form, chars)))
        elif kind == "digit":
            parts.append("".join(str(unicodedata.digit(char)) for char in chars))
        else:
            parts.append(unicodedata.normalize("NFKC", chars))
    return "".join(parts)


def _kind(char: str) -> str:
    if char < "\x80":
        return ""
    if char in _POWERS:
        return "power"
    return {"Nd": "digit", "No": "number"}.get(unicodedata.category(char), "")


def _number_form(char: str) -> str:
    """A vulgar fraction or a subscript in ASCII; a circled digit has no reading and stays."""
    kind = unicodedata.decomposition(char).partition(" ")[0]
    plain = unicodedata.normalize("NFKC", char)
    if kind == "<fraction>":
        return f" {plain}"
    return plain if kind == "<sub>" else char
