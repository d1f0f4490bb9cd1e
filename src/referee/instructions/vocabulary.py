"""What every word of a response must be like: its letters, its length, its syllables."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from referee.instructions.count import Small
from referee.instructions.english import syllables
from referee.instructions.kinds import Judged, Nothing, kept, kind, missed, no, yes
from referee.instructions.response import Response
from referee.instructions.verbs import forms
from referee.instructions.words import fold, words

PALINDROMES = 10
SHORTEST = 5
CLAUSES = 5_000  # that are looked at
LONGEST = 1_000  # characters of a clause or text that may be one palindrome

_BEGINNING = 200  # characters in which a first word is looked for
_NUMBERED = re.compile(r"[\W_]*\d{1,3}[.)][ \t]+")

_CLUSTER = re.compile(r"[bcdfghjklmnpqrstvwxyz]{2}")
_LETTERS = re.compile(r"[^\W\d_]")
_NOT_LETTERS = re.compile(r"[\W_]+")


def _latin(word: str) -> str:
    """A word in lower case, its accents taken off: é counts as e."""
    word = word.lower()
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))


def _first_letters(response: Response) -> list[str]:
    first = [word[0] for word in response.tokens]
    plain = {char: _latin(char) for char in set(first)}
    return [plain[char] for char in first]


@kind(
    "words:alphabet",
    Nothing,
    yes("A big cat dozes."),
    yes("Xylophones yield zany arias.", "from z to a"),
    no("A cat dozes."),
    no("Apple", "attack: one word"),
    no("1 b c", "no letter"),
)
def alphabet(response: Response, _asked: Nothing) -> Judged:
    """Each word begins with the letter that follows that of the word before; a follows z."""
    found = _first_letters(response)
    if len(found) < 2:
        return missed("fewer than two words")
    for at, (one, other) in enumerate(pairwise(found)):
        if not ("a" <= one <= "z") or other != (chr(ord(one) + 1) if one < "z" else "a"):
            return missed(f"{response.tokens[at]!r:.40} before {response.tokens[at + 1]!r:.40}")
    return kept(f"{len(found):,} words")


@kind(
    "words:vowel",
    Nothing,
    yes("The eel eats a fig."),
    no("The eel eats a fig on a sofa, thus full."),
    no("The eel\n\nate.", "two paragraphs"),
    no("Thé ëel ātē à fïg öf ügh.", "attack: accents"),
    no("123 !", "attack: no words"),
)
def vowel(response: Response, _asked: Nothing) -> Judged:
    """One paragraph with words, in which at most three of the vowels a, e, i, o, u stand."""
    if "\n" in response.stripped:
        return missed("more than one line")
    used = sorted(set(_latin("".join(set(response.text)))) & set("aeiou"))
    ok = len(used) <= 3 and bool(_LETTERS.search(response.text))
    return Judged(ok, f"vowels: {', '.join(used) or 'none'}")


@kind(
    "words:consonants",
    Nothing,
    yes("Three strong plants bloom."),
    no("Three strong plants are here."),
    no("123 456", "attack: no words"),
)
def consonants(response: Response, _asked: Nothing) -> Judged:
    """Each word has two consonants side by side; y is one."""
    found = [word for word in response.tokens if _LETTERS.search(word)]
    bare = next((word for word in found if not _CLUSTER.search(_latin(word))), None)
    if not found or bare is not None:
        return missed(f"none in {bare!r:.60}" if found else "no words")
    return kept(f"{len(found):,} words")


@kind(
    "words:palindrome",
    Nothing,
    yes("Racecar, radar, level, madam, civic, refer, tenet, deified, rotor, kayak!"),
    no("Racecar, radar, level, madam, civic, refer, tenet, deified, rotor."),
    no("level " * 10, "attack: one of them ten times"),
    no(" ".join(5 * char for char in "abcdefghij"), "attack: one letter again and again"),
    no("Anna Otto Eve Bob noon deed peep toot pop mum", "too short"),
)
def palindrome(response: Response, _asked: Nothing) -> Judged:
    """At least ten different words of five letters or more that read the same backwards."""
    longer = (word for word in response.folded if len(word) >= SHORTEST and word == word[::-1])
    found = {word for word in longer if _LETTERS.search(word) and len(set(word)) > 1}
    return Judged(len(found) >= PALINDROMES, f"{len(found):,} different palindromes; at least {PALINDROMES} asked for")


@kind(
    "keywords:palindrome",
    Nothing,
    yes("I like my kayak."),
    yes("He said: A man, a plan, a canal: Panama!", "over several words"),
    no("I like my boat."),
    no("a I", "attack: one letter"),
    no("aaa zzz", "attack: one letter again and again"),
)
def any_palindrome(response: Response, _asked: Nothing) -> Judged:
    """A word of three letters or more, or a clause, reads the same backwards, and is not one letter repeated."""
    single = [word for word in set(response.folded) if len(word) > 2 and word == word[::-1] and word.isalpha()]
    if different := [word for word in single if len(set(word)) > 1]:
        return kept(f"{min(different)!r:.60}")
    clauses = [response.text, *re.split(r"[.!?;\n“”\"]", response.text, maxsplit=CLAUSES)[:CLAUSES]]
    for clause in clauses:
        for said in (clause, clause.partition(":")[2]) if len(clause) <= LONGEST else ():
            letters = _NOT_LETTERS.sub("", _latin(said))
            if len(letters) > 4 and letters == letters[::-1] and len(set(letters)) > 2:
                return kept(f"{said.strip()!r:.60}")
    return missed("no palindrome")


@kind(
    "words:prime_lengths",
    Nothing,
    yes("The cat ran to me."),
    no("The cat went home."),
    no("I", "one is no prime"),
    no("!!! ---", "attack: no words"),
)
def prime_lengths(response: Response, _asked: Nothing) -> Judged:
    """The length of each word, in letters and digits, is a prime number."""
    lengths = Counter(len(_NOT_LETTERS.sub("", word)) for word in response.tokens)
    wrong = sorted(length for length in lengths if not _prime(length))
    return Judged(bool(lengths) and not wrong, f"lengths {', '.join(map(str, wrong[:8]))}" if wrong else "all prime")


def _prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, int(number**0.5) + 1))


@kind(
    "words:start_verb",
    Nothing,
    yes("Begin with a plan."),
    yes("**Running** is fun."),
    yes("1. Don't go.", "a list, and a contraction"),
    no("The plan is simple."),
    no("Runner up.", "not a form of the verb"),
)
def start_verb(response: Response, _asked: Nothing) -> Judged:
    """The first word is a form of a verb, as `referee.instructions.verbs` lists them."""
    lead = _NUMBERED.match(response.stripped)
    begun = response.stripped[lead.end() if lead else 0 :][:_BEGINNING]
    first = next(iter(words(fold(begun))), "")
    known = {first, first.split("-")[0], first.removesuffix("n't")}
    return Judged(not known.isdisjoint(forms()), f"it begins with {first!r:.40}")


@kind(
    "words:repeats",
    Small,
    yes("The cat saw the dog.", small_n=2),
    no("The cat, the dog, THE cow.", "in any case", small_n=2),
    no("no-no-no-no-no", "attack: joined by hyphens", small_n=2),
)
def repeats(response: Response, asked: Small) -> Judged:
    """No word stands more than so many times, whatever its case."""
    most = Counter(response.folded).most_common(1)
    word, times = most[0] if most else ("", 0)
    return Judged(0 < times <= asked.small_n, f"{word!r:.40} {times:,} times; at most {asked.small_n:,} asked for")


@kind(
    "words:odd_even_syllables",
    Nothing,
    yes("The garden blooms slowly."),
    no("The cat sat."),
    no("Hello", "attack: one word"),
)
def odd_even_syllables(response: Response, _asked: Nothing) -> Judged:
    """Words with an odd and with an even number of syllables alternate, as `referee.instructions.english` counts."""
    before, last, seen = "", 0, 0
    for word in response.folded:
        if not (count := syllables(word)):
            continue
        if seen and count % 2 == last % 2:
            return missed(f"{before!r:.40} has {last}, {word!r:.40} {count}")
        before, last, seen = word, count, seen + 1
    return Judged(seen > 1, f"{seen:,} words" if seen > 1 else "fewer than two words")


@kind(
    "words:no_consecutive",
    Nothing,
    yes("The cat saw a dog."),
    no("The tall cat."),
    no("Big 'bad wolf", "a mark before the word"),
    no("!!!", "attack: no words"),
)
def no_consecutive(response: Response, _asked: Nothing) -> Judged:
    """No two words side by side begin with the same letter."""
    return _neighbours(response, lambda one, other: one == other)


@kind(
    "keywords:no_adjacent_consecutive",
    Nothing,
    yes("The cat ran; bats ate."),
    no("A bat."),
    no("'A' (bat)", "marks before the words"),
    no("!!!", "attack: no words"),
)
def no_adjacent_consecutive(response: Response, _asked: Nothing) -> Judged:
    """No word begins with the letter that follows, in the alphabet, that of the word before."""
    return _neighbours(response, lambda one, other: len(one) == len(other) == 1 and ord(other) - ord(one) == 1)


def _neighbours(response: Response, wrong: Callable[[str, str], bool]) -> Judged:
    if not response.tokens:
        return missed("no words")
    first = _first_letters(response)
    for at, (one, other) in enumerate(pairwise(first)):
        if wrong(one, other):
            return missed(f"{response.tokens[at]!r:.40} before {response.tokens[at + 1]!r:.40}")
    return kept(f"{len(first):,} words")
