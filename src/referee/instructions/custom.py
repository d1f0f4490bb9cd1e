"""Requests that are a task of their own: counting, listing, writing backwards."""

from __future__ import annotations

import re
from itertools import pairwise

from referee.instructions.geography import CAPITAL, CAPITALS, COUNTRY, DISPUTED, OPTIONAL_CAPITALS, plain
from referee.instructions.kinds import Judged, Nothing, kept, kind, missed, no, yes
from referee.instructions.response import Response

MULTIPLES = ("14", "21", "28", "35", "42", "49")
MOST_LINES = 120
LONGEST = 2_000  # characters of one sentence
LEAST_COUNTRIES = 52  # of 54: the published check leaves out two as well
FIRST_BATTLE, LAST_BATTLE = 1793, 1815

_ONLY_NUMBERS = re.compile(r"(?:\d+|and|[\s,;.|*•\-–])+", re.IGNORECASE)
_QUESTION = re.compile(r"^[ \t#*_]*Question\b[ \t]*(?:\d+)?[ \t]*[.:)]?[*_ \t]*", re.MULTILINE)
_OPTION = re.compile(r"[ \t*_-]*\(?([A-Ea-e])[.):][*_]*[ \t]+\S")
_LEAD = re.compile(r"[\s*•#>_-]*(?:\d+[.):])?[\s*_]*")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FORWARD = frozenset(
    {"the", "is", "of", "national", "symbol", "eagle", "bald", "united", "states", "animal", "bird", "america"}
)
# Pairs of words that only stand in this order when nothing is reversed.
_IN_ORDER = re.compile(
    r"\b(?:is (?:the|a)|of (?:the|america)|(?:the|a) (?:bald|national|united|us)|national (?:symbol|animal|bird)"
    r"|symbol of|united states|bald eagle)\b"
)

_FOUR = (
    "Question 1\nWho?\nA) a\nB) b\nC) c\nD) d\nE) e\n\nQuestion 2\nWho is?\nA) a\nB) b\nC) c\nD) d\nE) e\n\n"
    "Question 3\nWho is it?\nA) a\nB) b\nC) c\nD) d\nE) e\n\nQuestion 4\nWho is it now?\nA) a\nB) b\nC) c\nD) d\nE) e"
)
_BACKWARDS = "\n".join(sorted({name.title() for name in COUNTRY.values()}, reverse=True))
_CITIES = ", ".join(names[0] for names in CAPITALS)
_STORY = " ".join(f"{chr(65 + at)}nd so it went." for at in range(26))


@kind(
    "custom:multiples",
    Nothing,
    yes("14, 21, 28, 35, 42, 49"),
    yes("14\n21\n28\n35\n42\n49"),
    no("14, 21, 28, 35, 42"),
    no("10, 14, 21, 28, 35, 42, 49"),
    no("Sure: 14, 21, 28, 35, 42, 49", "more than the multiples"),
)
def multiples(response: Response, _asked: Nothing) -> Judged:
    """The multiples of 7 from 10 to 50 in order, and nothing else but what stands between them."""
    found = tuple(re.findall(r"\d+", response.text)[:20])
    ok = found == MULTIPLES and _ONLY_NUMBERS.fullmatch(response.stripped) is not None
    return Judged(
        ok, f"numbers {', '.join(found)}" if found != MULTIPLES else "the multiples" + ("" if ok else ", and words")
    )


@kind(
    "custom:mcq_count_length",
    Nothing,
    yes(_FOUR),
    no(_FOUR.replace("E) e\n\nQuestion 3", "\nQuestion 3"), "four options"),
    no(_FOUR.replace("Who is it now?", "Who?"), "not longer each time"),
    no(f"Here you go:\n{_FOUR}", "text before them"),
    no(f"{_FOUR}\nAnswer: A", "an explanation"),
)
def mcq_count_length(response: Response, _asked: Nothing) -> Judged:
    """Four questions labelled "Question", each longer than the one before, with options A to E and nothing else."""
    parts = _QUESTION.split(response.stripped)
    if len(parts) != 5 or parts[0].strip():
        return missed("text before the first question" if parts[0].strip() else f"{len(parts) - 1:,} questions")
    lengths = []
    for number, part in enumerate(parts[1:], 1):
        lines = [line for line in part.split("\n") if line.strip() and line.strip("-* \t")]
        marks = [match[1].upper() if (match := _OPTION.match(line)) else "" for line in lines]
        first = next((at for at, mark in enumerate(marks) if mark), len(marks))
        if "".join(marks[first:]) != "ABCDE" or len(marks) - first != 5 or not first:
            return missed(f"question {number} has no options A to E, or more than these")
        lengths.append(len(" ".join(line.strip() for line in lines[:first])))
    return Judged(all(a < b for a, b in pairwise(lengths)), f"questions of {', '.join(map(str, lengths))} characters")


@kind(
    "custom:reverse_newline",
    Nothing,
    yes(_BACKWARDS),
    yes(_BACKWARDS.replace("Gambia", "The Gambia"), "an article does not count"),
    no("\n".join(reversed(_BACKWARDS.split("\n"))), "from a to z"),
    no("\n".join(_BACKWARDS.split("\n")[:40]), "too few"),
    no("\n".join(f"Zz{at:03}" for at in range(60, 0, -1)), "attack: no countries"),
    no(_BACKWARDS.replace("\n", ", "), "on one line"),
)
def reverse_newline(response: Response, _asked: Nothing) -> Judged:
    """The countries of Africa, each on a line, from z to a; two of the 54 may be missing, nothing else be there."""
    if len(response.lines) > MOST_LINES:
        return missed(f"{len(response.lines):,} lines")
    names = [_country(line) for line in response.lines]
    if names and names[0] not in COUNTRY and response.lines[0].rstrip(" *_").endswith(":"):
        names = names[1:]
    strange = next((name for name in names if name not in COUNTRY and name not in DISPUTED), None)
    if strange is not None:
        return missed(f"{strange!r:.60} is no country of Africa")
    found = {COUNTRY[name] for name in names if name in COUNTRY}
    if len(found) < LEAST_COUNTRIES or len(found) < sum(name in COUNTRY for name in names):
        return missed(f"{len(found)} different countries on {len(names):,} lines")
    wrong = _unsorted(names) and _unsorted([name.removeprefix("the ") for name in names])
    return Judged(not wrong, wrong or f"{len(found)} countries")


def _unsorted(names: list[str]) -> str:
    """The first two names that do not stand from z to a."""
    return next((f"{one!r} before {other!r}" for one, other in pairwise(names) if one < other), "")


def _country(line: str) -> str:
    """The name on a line, without bullet, number and end mark."""
    return plain(_LEAD.sub("", line, count=1).rstrip(" \t.,;*_"))


@kind(
    "custom:word_reverse",
    Nothing,
    yes("States United the of symbol national the is eagle bald The."),
    no("The bald eagle is the national symbol of the United States."),
    no("The eagle bald is the national symbol of the United States.", "attack: two words swapped"),
    no("eagle bald", "attack: no sentence"),
)
def word_reverse(response: Response, _asked: Nothing) -> Judged:
    """One sentence on the bald eagle, its words in reverse order."""
    said = " ".join(response.folded) if len(response.text) <= LONGEST else ""
    if said.count(" ") < 2 or "eagle bald" not in said:
        return missed("no sentence with the bald eagle backwards")
    forward = _IN_ORDER.search(said)
    return missed(f"not reversed: {forward[0]!r}") if forward else kept("a reversed sentence")


@kind(
    "custom:character_reverse",
    Nothing,
    yes(".setatS detinU eht fo lobmys lanoitan eht si elgae dlab ehT"),
    no("The bald eagle is the national symbol of the United States."),
    no("The elgae dlab is the national symbol of the United States.", "attack: two words reversed"),
)
def character_reverse(response: Response, _asked: Nothing) -> Judged:
    """One sentence on the bald eagle, its letters in reverse order."""
    if len(response.text) > LONGEST or "elgae dlab" not in " ".join(response.text.lower().split()):
        return missed("no bald eagle backwards")
    forward = _FORWARD.intersection(response.folded)
    return missed(f"not reversed: {min(forward)!r}") if forward else kept("a reversed sentence")


@kind(
    "custom:sentence_alphabet",
    Nothing,
    yes(_STORY),
    no(_STORY.replace("Bnd", "Cnd")),
    no(_STORY.rpartition("Z")[0], "25 sentences"),
    no(f"{_STORY} And so on.", "27 sentences"),
)
def sentence_alphabet(response: Response, _asked: Nothing) -> Judged:
    """26 sentences that begin with the letters from a to z in order."""
    first = [next((char.lower() for char in one.text if char.isalpha()), "") for one in response.sentences[:40]]
    ok = len(response.sentences) == 26 and "".join(first) == "abcdefghijklmnopqrstuvwxyz"
    return Judged(ok, f"{len(response.sentences):,} sentences that begin with {''.join(first)!r}")


@kind(
    "custom:european_capitals_sort",
    Nothing,
    yes(_CITIES),
    yes(_CITIES.replace("Kyiv, ", ""), "as the published key has it"),
    no(_CITIES.replace("Helsinki, Oslo", "Oslo, Helsinki"), "two swapped"),
    no(_CITIES.replace("Paris, ", ""), "one missing"),
    no(f"{_CITIES}, Rome", "one too many"),
    no(_CITIES.replace(", ", "\n"), "no commas"),
)
def european_capitals_sort(response: Response, _asked: Nothing) -> Judged:
    """The capitals of Europe north of 45 degrees, from north to south, with commas between and nothing else."""
    found = [CAPITAL.get(plain(part.strip(" \t\n.*")), part.strip()) for part in response.stripped.split(",")[:100]]
    wanted = [plain(names[0]) for names in CAPITALS]
    required = [name for name in wanted if name not in OPTIONAL_CAPITALS]
    if found in (wanted, required):
        return kept(f"{len(found)} capitals")
    wrong = next((one for one, other in zip(found, wanted, strict=False) if one != other), f"{len(found):,} capitals")
    return missed(f"wrong from {wrong!r:.60} on")


@kind(
    "custom:date_format_list",
    Nothing,
    yes("1796-05-10, 1805-12-02, 1815-06-18"),
    no("10 May 1796, 2 December 1805"),
    no("1796-02-30, 1805-12-02", "no such day"),
    no("Austerlitz: 1805-12-02, 1815-06-18", "an explanation"),
    no("2005-12-02, 2015-06-18", "not in Napoleon's time"),
    no("1805-12-02, 1805-12-02", "attack: one date twice"),
)
def date_format_list(response: Response, _asked: Nothing) -> Judged:
    """Two or more dates of Napoleon's time (1793 to 1815) as YYYY-MM-DD, all different, with commas between."""
    parts = [part.strip() for part in response.stripped.rstrip(".").split(",")]
    wrong = next((part for part in parts if not _battle(part)), None)
    if wrong is not None:
        return missed(f"{wrong!r:.60} is no such date")
    ok = len(parts) > 1 and len(set(parts)) == len(parts)
    return Judged(ok, f"{len(parts):,} dates, {len(set(parts)):,} different")


def _battle(part: str) -> bool:
    match = _DATE.fullmatch(part)
    if match is None or not part.isascii():
        return False
    year, month, day = map(int, match.groups())
    leap = month == 2 and year % 4 == 0 and year != 1800
    return FIRST_BATTLE <= year <= LAST_BATTLE and 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] + leap
