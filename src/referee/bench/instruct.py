"""How fast each kind of instruction is: on its own examples, on a page of prose, and on 300 kB written to cost much."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from referee.bench.judge import Figure
from referee.core.types import Rollout, Task
from referee.engine.drive import judge
from referee.instructions.kinds import Kind, kinds
from referee.instructions.reference import known
from referee.verifiers import find

SIZE: Final = 300_000  # bytes
SHOWN: Final = 5  # the slowest kinds are listed
_TIMES: Final = 20  # that a kind judges the page for its own figure
_SLOW: Final = 0.015  # seconds; what takes longer is measured again
_PAGE: Final = (
    "**The history of tea** is long and rich. It began, as the story goes, in 2737 BC, when leaves fell into the pot "
    "of an emperor. Did he like it? He did!\n\n* Green tea is mild.\n* Black tea is strong.\n\nIn Europe, tea came "
    "late: it was dear, and few people could buy it. Today we drink 6,000,000 tonnes a year; *nobody* knows why.\n\n"
) * 4
# Repeated to 300 kB.
PIECES: Final = (
    "a", "a ", "\n", "a\n", "a. ", "A. ", ". ", ".", "*", "* a\n", "- a\n", "** ", "*a* ", "[", "[a] ", "<<", "<<a>>\n",
    "Section 1\n", "P.S. a\n", "p.", "'", "a'", "a-", "é ", "e\u0301\u0316", "\u0301", "你", "你。", "ก", "ฉันรัก ", "1,",
    "1.1 ", '"', "“”", "(", "{}", "```\n", "~~~\na\n", "# a\n", "x\u200b", "a😀. ", "Question 1\n", "a,b\n", "\t", "> ",
    "The quick brown fox jumps. ", "<i>a</i>\n", "!?", '"a",', "\u202e", "aa.Aa ", "******\n", "a\n\n", "Zimbabwe\n",
    "\uff41", "А ", "\u2028", "-", "...", "My answer is yes. ", "level ", "\ud800a ",
    "aб", "б а ", "w-", "a-b-c-d-e-f ", "a_", "a b ", "a's ", "’", "U.S. ", "क्ष", "✓", "<<a b>> ", "“a” ", "* a\n- b\n",
    "A) b\n", "Section I\na\n", "a.-", "\n\n***\n\n", "<b>", "w<b>a</b>", "~~a~~", "İ", "𝐚", "1️⃣", "👨‍👩‍👧", '{"a":1},',
    "1796-05-10, ", "Paris, ", "eagle bald ",
)  # fmt: skip


def measure(rounds: int) -> Iterator[Figure]:
    """All figures, as they come."""
    every = list(kinds().values())
    yield Figure(name="instructions: kinds", value=len(every), unit="kinds", note="by their published ids")
    for mode in ("corrected", "reference"):
        asked = [kind for kind in every if mode == "corrected" or known(kind.id)]
        yield from _speed(asked, mode, rounds)
        yield from _hostile(asked, mode, rounds)


def _speed(asked: list[Kind], mode: str, rounds: int) -> Iterator[Figure]:
    """Checks a second of whole verdicts, one instruction each."""
    examples = [(kind, example.text, example.kwargs) for kind in asked for example in kind.examples]
    pages = [(kind, _PAGE, kind.examples[0].kwargs) for kind in asked]
    for name, items in (("their examples", examples), (f"a page of {len(_PAGE):,} characters", pages)):
        runs = [_run(kind, text, kwargs, mode) for kind, text, kwargs in items]
        took = min(_timed(lambda: [run() for run in runs]) for _ in range(rounds + 1))  # noqa: B023 - called here
        note = f"{len(asked)} kinds, {mode}, one core, CPU time"
        yield Figure(name=f"instructions: {name}", value=len(runs) / took, unit="checks/s", note=note)
    took, slowest = max(
        (min(_timed(lambda: _again(run)) for _ in range(rounds + 1)), kind.id)  # noqa: B023 - called here
        for (kind, *_), run in zip(pages, runs, strict=True)
    )
    note = f"{slowest}, the slowest of {len(asked)} kinds on the same page, {mode}"
    yield Figure(name="instructions: the slowest kind", value=_TIMES / took, unit="checks/s", note=note)


def _hostile(asked: list[Kind], mode: str, rounds: int) -> Iterator[Figure]:
    """The kinds that a hostile text costs most."""
    worst = []
    for kind in asked:
        slowest, where = 0.0, ""
        for piece in (*PIECES, *(f"{example.text}\n" for example in kind.examples)):
            text = piece * (SIZE // len(piece.encode("utf-8", "surrogatepass")))
            run = _run(kind, text, kind.examples[0].kwargs, mode)
            took = _timed(run)
            if took > _SLOW:
                took = min(took, *(_timed(run) for _ in range(rounds)))
            if took > slowest:
                slowest, where = took, piece
        worst.append((slowest, kind.id, where))
    for slowest, name, where in sorted(worst, reverse=True)[:SHOWN]:
        note = f"{mode}, the worst of {len(PIECES)} texts and its examples, repeated to {SIZE:,} bytes: {where!r:.30}"
        yield Figure(name=f"hostile: {name}", value=slowest * 1e3, unit="ms", note=note)


def _run(kind: Kind, text: str, kwargs: dict[str, Any], mode: str) -> Callable[[], Any]:
    follow = find("instruct.follow")
    params = follow.params({"mode": mode})
    rollout = Rollout(text=text)
    task = Task(truth={"instruction_id_list": [kind.id], "kwargs": [kwargs]})
    return lambda: judge(follow, rollout, task, params)


def _again(run: Callable[[], Any]) -> None:
    for _ in range(_TIMES):
        run()


def _timed(action: Callable[[], Any]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started
