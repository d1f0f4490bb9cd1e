"""Which rows ask the same, or nearly: an index of normalised prompts that stays small.

Two prompts are the same when they differ in letter case, white space, articles, end marks and dollar signs only. They
are near when at least four in five of their runs of three words are shared and all their numbers, signs and single
letters are the same in the same order; candidates are found by a one-permutation MinHash in bands (Li, Owen, Zhang
2012; Broder 1997), which is cheap and has no randomness of its own.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from array import array
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from referee.data.plain import dumps, loads

NEAR: Final = 0.8  # of the runs of words
SHORTEST: Final = 12  # words of a prompt that is compared loosely
BUDGET: Final = 256 << 20  # bytes of truths that are kept to be compared
_BINS, _BAND = 32, 4
_CROWDED: Final = 32  # rows of one band: a template, whose every pair is no news
_RUNS: Final = 400  # of one prompt that are kept
_WORDS = re.compile(r"\\?[^\W\d_]+|\d+(?:[.,]\d+)*|[^\w\s]|_")
_LITTLE: Final = {"a", "an", "the", "please", "?", "!", "$", '"', "'"}
_ENDS: Final = ".,:;"


class Row(NamedTuple):
    """One row as kept: its line, and its truth where there was room for it."""

    line: int
    truth: bytes
    content: bytes | None

    def value(self) -> Any:
        """The truth."""
        return loads(self.content or b"null")


class Near(NamedTuple):
    """Two rows whose prompts are nearly the same."""

    one: Row
    other: Row
    share: float


class Prompts:
    """All prompts of a data set."""

    def __init__(self) -> None:
        self._rows: dict[bytes, list[Row]] = defaultdict(list)
        self._sketches: dict[bytes, tuple[array[int], bytes]] = {}
        self._left = BUDGET

    def add(self, line: int, prompt: str, truth: Any) -> None:
        """Note a row."""
        words = normal(prompt)
        key = hashlib.blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=12).digest()
        content = dumps(truth)
        mark = hashlib.blake2b(content, digest_size=12).digest()
        self._left -= len(content)
        if key not in self._rows and len(words) >= SHORTEST:
            self._sketches[key] = _runs(words), _fixed(words)
        self._rows[key].append(Row(line, mark, content if self._left > 0 else None))

    def repeated(self) -> Iterator[list[Row]]:
        """Rows with the same prompt, by the first of them."""
        return (rows for rows in self._rows.values() if len(rows) > 1)

    def near(self) -> Iterator[Near]:
        """Pairs of different prompts that are nearly the same; of repeated ones the first row."""
        bands: dict[tuple[int, ...], list[bytes]] = defaultdict(list)
        for key, (runs, _) in self._sketches.items():
            sketch = _sketch(runs)
            for at in range(0, _BINS, _BAND):
                bands[at, *sketch[at : at + _BAND]].append(key)
        seen: set[tuple[bytes, bytes]] = set()
        for keys in bands.values():
            for number, one in enumerate(keys if len(keys) <= _CROWDED else ()):
                for other in keys[number + 1 :]:
                    if (one, other) not in seen:
                        seen.add((one, other))
                        yield from self._pair(one, other)

    def _pair(self, one: bytes, other: bytes) -> Iterator[Near]:
        (mine, signs), (yours, others) = self._sketches[one], self._sketches[other]
        if signs == others:
            left, right = set(mine), set(yours)
            share = len(left & right) / len(left | right)
            if share >= NEAR:
                yield Near(self._rows[one][0], self._rows[other][0], share)


def normal(prompt: str) -> list[str]:
    """The words of a prompt that count."""
    words = _WORDS.findall(unicodedata.normalize("NFC", prompt).casefold())
    found = [word for word in words if word not in _LITTLE]
    return [
        word.replace(",", "") if word[0].isdigit() else word
        for at, word in enumerate(found)
        if not (word in _ENDS and at + 1 == len(found))
    ]


def _runs(words: list[str]) -> array[int]:
    """Checksums of the runs of three words."""
    texts = [" ".join(words[at : at + 3]).encode("utf-8", "surrogatepass") for at in range(len(words) - 2)]
    return array("L", [zlib.crc32(text) for text in texts[:_RUNS]])


def _fixed(words: list[str]) -> bytes:
    """What must be the same in prompts that are near: numbers, signs, single letters and macros."""
    fixed = [word for word in words if len(word) == 1 or not word.isalpha()]
    return hashlib.blake2b(" ".join(fixed).encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _sketch(runs: array[int]) -> list[int]:
    """The least checksum of each bin; an empty bin borrows from the next (Shrivastava, Li 2014)."""
    least = [-1] * _BINS
    for run in runs:
        at, value = run % _BINS, run // _BINS
        if least[at] < 0 or value < least[at]:
            least[at] = value
    filled = [at for at in range(_BINS) if least[at] >= 0]
    for at in range(_BINS):
        if least[at] < 0:
            step, lender = min(((one - at) % _BINS, one) for one in filled)
            least[at] = least[lender] + step * 0x1000003
    return least
