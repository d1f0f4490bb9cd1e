"""How much of a text is written in a language.

The prose of the text (`referee.text.prose`) is cut into sentences and stretches of one script. Stretches of a script in
which the language is not written are foreign; in Latin, Cyrillic, Arabic and Devanagari the language of some sixty to a
hundred and sixty letters at a time is identified (of more in a very long text), and everyday words of a second language
within them are counted, so that switching in mid-sentence shows. Letters are weighed, an ideograph as two and a half.

What is repeated counts once: the same sentence, or the same words in another order, adds nothing, so that a text is not
made pure by filler. Words of one letter say nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final, NamedTuple

from referee.text.common_words import CODES, apart, counts, foreign
from referee.text.languages import KANA, among, known, pooled, words
from referee.text.prose import prose
from referee.text.scripts import LANGUAGES, SCRIPTS_OF, by_script, folded, weight

MOST_FOREIGN: Final = 3  # languages listed

_SENTENCE = re.compile(r"[^.!?。！？…;；\n।؟]+")
_ORDERLESS = 10_000  # of more different ones, the same words in another order are different too
_DIGITS = re.compile("[0-9]+")
_RUN = re.compile(r"([^\W\d_])\1{3,}")  # of one letter: no word of any language, but "soooo"
_RUNS_IN = 4_000  # characters of a text in which they are looked for; in a longer one they count for little
_CHUNK, _LONGEST = 60.0, 160.0  # letters that are identified together; more of them in a long text
_SHOWN = 240  # characters of a stretch that the model is shown; fewer where the text is very long
_IN_ALL = 25_000
_FEW = 12  # letters that are left over; their script alone decides
_SECOND = 3  # everyday words of a second language that are no accident
_MIXED = 0.75  # share of the target's among the everyday words of two languages; below it both count
_SENTENCES = 2_000  # of more than so many different ones several are read as one
_NAMES = 10.0  # weight of ideographs without kana that Japanese writes too: four


class Foreign(NamedTuple):
    """Another language (or script) in a text: how many letters of it, and an example."""

    language: str
    letters: float
    example: str


class Share(NamedTuple):
    """The share of a text in the language asked for, of how many weighed letters, and what the rest is."""

    share: float
    letters: float
    foreign: tuple[Foreign, ...] = ()


def share(text: str, language: str) -> Share:
    """The share of a text's prose that is written in a language, 0 where there is no prose. Linear.

    Raises `TruthError` for an unknown language, `InfrastructureError` where the model is needed and not installed.
    """
    tally = _Tally(known(language), len(text))
    text = _DIGITS.sub(" ", folded(prose(text)).lower())
    if len(text) <= _RUNS_IN:
        text = _RUN.sub(r"\1", text)
    sentences = list(dict.fromkeys(_SENTENCE.findall(text)))
    if len(sentences) < _ORDERLESS:
        sentences = list({frozenset(sentence.split()): sentence for sentence in sentences}.values())
    step = len(sentences) // _SENTENCES + 1
    for start in range(0, len(sentences), step):
        tally.add(sentences[start] if step == 1 else "\n".join(sentences[start : start + step]))
    return tally.result()


class _Tally:
    """Letters in the target, and letters in what else."""

    def __init__(self, target: str, length: int) -> None:
        self.target = target
        self.scripts = SCRIPTS_OF[target]
        self.chunk = max(min(_LONGEST, length / 16), _CHUNK, length / 250)
        self.shown = int(min(_SHOWN, max(60.0, _IN_ALL * self.chunk / max(length, 1))))
        self.right = 0.0
        self.wrong: defaultdict[str, float] = defaultdict(float)
        self.examples: dict[str, str] = {}
        self.waiting: dict[str, tuple[list[str], float]] = {}
        self.told: set[str] = set()  # scripts of which something was identified

    def add(self, sentence: str) -> None:
        """One sentence in lower case."""
        written = by_script(sentence, self.scripts)
        han, kana = written.pop("han", ""), written.pop("kana", "")
        if han or kana:
            letters = weight("han", han), weight("kana", kana)
            total = sum(letters)
            japanese = letters[1] >= KANA * total or (self.target == "ja" and total <= _NAMES)
            self._count("ja" if japanese else "zh", total, han or kana)
        for script, piece in written.items():
            self._hold(script, piece)

    def _hold(self, script: str, piece: str) -> None:
        """Keep a stretch until there are letters enough to identify; cut a long one."""
        if script not in self.scripts or len(LANGUAGES.get(script, "x")) == 1:
            self._count(_named(script), _worded(script, piece), piece)
            return
        for part in _cut(piece, int(1.5 * self.chunk)):
            new = weight(script, part) if self.chunk <= _LONGEST else float(len(part))
            held, letters = self.waiting.get(script, ([], 0.0))
            if new >= self.chunk / 2 and letters >= self.chunk / 4:  # a sentence of some length stands by itself
                self._identify(script)
                held, letters = [], 0.0
            letters += new
            held.append(part)
            self.waiting[script] = held, letters
            if letters >= self.chunk:
                self._identify(script)

    def _identify(self, script: str) -> None:
        held, letters = self.waiting.pop(script)
        text = " ".join(held)
        if letters < _FEW and script in self.told:
            self._count(self.target, _worded(script, text), text)
            return
        self.told.add(script)
        spoken = words(text)
        letters = _letters(spoken)
        best, _ = among(script, text, spoken, self.shown)
        target = pooled(script, self.target)
        part, rival = _mixed(spoken, best, target)
        self._count(self.target, part * letters, text)
        self._count(rival, (1 - part) * letters, text)

    def _count(self, language: str, letters: float, example: str) -> None:
        if language == self.target:
            self.right += letters
        elif letters:
            self.wrong[language] += letters
            self.examples.setdefault(language, " ".join(example[:200].split())[:60])

    def result(self) -> Share:
        for script in list(self.waiting):
            self._identify(script)
        total = self.right + sum(self.wrong.values())
        most = sorted(self.wrong.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_FOREIGN]
        foreign = tuple(Foreign(name, round(letters, 1), self.examples[name]) for name, letters in most)
        return Share(self.right / total if total else 0.0, total, foreign)


def _mixed(spoken: list[str], best: str, target: str) -> tuple[float, str]:
    """The share of the target in a stretch of which `best` is the likeliest language, and what the rest is."""
    rival = best
    if best == target:
        strange = foreign(spoken, target)
        if len(strange) < _SECOND:
            return 1.0, target
        others = counts(strange)
        rival = CODES[others.index(max(others))]
    ours, theirs = apart(spoken, target, rival)
    fewer, more = sorted((ours, theirs))
    if fewer < _SECOND or more > _MIXED * (ours + theirs):
        return float(best == target), rival
    return ours / (ours + theirs), rival


def _cut(piece: str, longest: int) -> list[str]:
    """A stretch in parts of about `longest` characters, at spaces where there are any."""
    if len(piece) <= longest:
        return [piece]
    parts, at = [], 0
    while len(piece) - at > longest:
        space = piece.rfind(" ", at + 1, at + longest)
        stop = space if space > at else at + longest
        parts.append(piece[at:stop])
        at = stop
    return [*parts, piece[at:]]


def _worded(script: str, text: str) -> float:
    """The weighed letters of a stretch; words of one letter of an alphabet do not count."""
    if script in {"latin", "cyrillic", "greek"}:
        return _letters(words(text))
    return weight(script, text)


def _letters(spoken: list[str]) -> int:
    lengths = list(map(len, spoken))
    return sum(lengths) - lengths.count(1)


def _named(script: str) -> str:
    """The language of a script that only one is written in, else the name of the script."""
    codes = LANGUAGES.get(script, ())
    return codes[0] if len(codes) == 1 else script
