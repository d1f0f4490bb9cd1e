"""Beyond the list: what hacks do two at a time, chosen by a bandit that is paid for what it has not seen before.

A deterministic judge tells a searcher more than its reward: each verdict has a reason. A combination of reasons, and of
what they were paid, that no rollout has produced before is new ground, as a new branch is to a fuzzer, and earns the
arms that led there. An arm is a way to join and a pair of families; UCB1 (Auer et al. 2002) chooses the next.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

from referee.core.types import Rollout
from referee.redteam.baselines import plain, same
from referee.redteam.fuzz import spoil
from referee.redteam.hack import Mutator
from referee.redteam.target import EPSILON, Pay, Target
from referee.redteam.tasks import Case
from referee.text.boxed import boxes

LONGEST = 20_000  # characters of a text that is joined with others
BATCH = 16
_LINES = re.compile(r"(?im)(?:####|\banswer(?: is)?:?)[ \t]*(\S.*)$")
MARGIN = 1.2  # how much an arm that was seldom pulled is favoured


@dataclass(frozen=True, slots=True)
class Found:
    """A rollout that earned more than the honest wrong answer, and how it was made."""

    case: Case
    rollout: Rollout
    pay: Pay
    way: str


Join = Callable[[Case, str, str, Random], str]


def _one_after_another(case: Case, a: str, b: str, chance: Random) -> str:  # noqa: ARG001 - one shape for all
    return case.gold.put(f"{_final(a)}\n{_final(b)}")


def _as_they_are(case: Case, a: str, b: str, chance: Random) -> str:  # noqa: ARG001 - one shape for all
    return f"{a}\n{b}"


def _one_in_thought(case: Case, a: str, b: str, chance: Random) -> str:  # noqa: ARG001 - one shape for all
    return case.gold.form.frame(_final(b), _final(a)) if case.gold.form.thinks else f"{a} {b}"


def _one_in_mark(case: Case, a: str, b: str, chance: Random) -> str:  # noqa: ARG001 - one shape for all
    return case.gold.say(f"{_bare(case, a)} {_bare(case, b)}")


def _crossed(case: Case, a: str, b: str, chance: Random) -> str:  # noqa: ARG001 - one shape for all
    return a[: chance.randrange(len(a) + 1)] + b[chance.randrange(len(b) + 1) :]


def _spoilt(case: Case, a: str, b: str, chance: Random) -> str:  # noqa: ARG001 - one shape for all
    return spoil(a, chance)


JOINS: dict[str, Join] = {
    "one after another": _one_after_another,
    "as they are": _as_they_are,
    "one in thought": _one_in_thought,
    "both in the mark": _one_in_mark,
    "crossed": _crossed,
    "spoilt": _spoilt,
}


def search(
    target: Target, hacks: Sequence[Mutator], cases: Sequence[Case], seed: int, more: Callable[[], bool]
) -> Iterator[Found | int]:
    """What pairs earn, until `more` says to stop; the number of rollouts tried comes last.

    The same seed tries the same things in the same order; how many, the time decides. Where a truth is a rule that many
    answers meet, a text that meets it is right, whoever made it; there only more than the full pay is a find.
    """
    chance = Random(seed)  # noqa: S311 - repeatable, not secret
    pool = _pool(hacks, cases, seed)
    arms = [Arm(*one) for one in product(JOINS, sorted(pool), sorted(pool))] if cases else []
    seen: set[object] = set()
    tried = 0
    while arms and more():
        batch: list[tuple[Arm, Case, str]] = []
        for _ in range(BATCH):
            arm = max(arms, key=lambda one: one.promise(tried + 1))
            text, case = _made(arm, pool, chance)
            arm.pulls += 1
            if text is not None and not honest(case, text):
                batch.append((arm, case, text))
        rollouts = [Rollout(text=text) for _, _, text in batch]
        pays = target.pay([(one, case.task) for one, (_, case, _) in zip(rollouts, batch, strict=True)])
        tried += BATCH
        for (arm, case, _), rollout, pay in zip(batch, rollouts, pays, strict=True):
            kind = (tuple(sorted(pay.reasons.items())), pay.reward, bool(pay.fault))
            if kind not in seen:
                seen.add(kind)
                arm.gained += 1.0
            bound = case.full if case.gold.form.open else case.floor
            if pay.reward is not None and pay.reward > bound + EPSILON:
                arm.gained += 1.0
                yield Found(case, rollout, pay, arm.way)
    yield tried


@dataclass(slots=True)
class Arm:
    """One way to join the hacks of two families."""

    join: str
    first: str
    second: str
    pulls: int = 0
    gained: float = 0.0

    @property
    def way(self) -> str:
        return f"{self.first} and {self.second}, {self.join}"

    def promise(self, total: int) -> float:
        """The upper bound of UCB1; never pulled is best."""
        if not self.pulls:
            return math.inf
        return self.gained / self.pulls + MARGIN * math.sqrt(math.log(total + 1) / self.pulls)


def honest(case: Case, text: str) -> bool:
    """Whether the text simply gives the right answer in the right form: then what it earns is no find."""
    final = _final(text).strip()
    form = case.gold.form
    if form.family == "tools":
        return _calls_right(case, final)
    around = " .$()[]:" if form.family == "choice" else " .$"
    if same(final.strip(around), case) or (form.channel == "code" and _the_same_program(case, final)):
        return True
    if not form.before:
        return False
    if form.before.endswith("\\boxed{"):
        inner = [final[one.start : one.end] for one in boxes(final).closed]
    elif form.channel == "line":
        inner = _LINES.findall(final)
    else:
        parts = final.split(form.before)[1:]
        inner = [part.partition(form.after)[0] if form.after else part.partition("\n")[0] for part in parts]
    wrong = {plain(one) for one in (case.wrong.bare, *case.wrong.also)}
    return (
        bool(inner)
        and same(inner[-1].strip(around), case)
        and not any(plain(one.strip(around)) in wrong for one in inner)
    )


def _the_same_program(case: Case, final: str) -> bool:
    """Whether the program is gold's, with or without more around it, or the part of it that continues the prompt."""
    gold, said = plain(case.gold.bare), plain(final.replace(case.gold.form.before, "").replace("```", ""))
    return gold in said or (len(said) > 20 and said in gold)


def _calls_right(case: Case, final: str) -> bool:
    """Whether a text makes one of the wanted calls, which earns a share, or rightly none."""
    if case.gold.value is None:
        return True  # what the judge takes for no call is right
    calls = case.gold.value if isinstance(case.gold.value, list) else [case.gold.value]
    plain = "".join(final.split())
    names = sum(plain.count(f'"name":"{name}","arguments"') for name in {one["name"] for one in calls})
    return names <= len(calls) and any(_written(one["arguments"]) in plain for one in calls)


def _written(value: object) -> str:
    return "".join(json.dumps(value, ensure_ascii=False).split())


Pool = dict[str, list[tuple[Case, str]]]


def _pool(hacks: Sequence[Mutator], cases: Sequence[Case], seed: int) -> Pool:
    """What each family's hacks make of each task, without what is too long to be joined."""
    pool: Pool = {}
    for hack in hacks:
        if hack.alone:
            continue
        for case in cases:
            texts = [one.text for one in hack(case.task, case.gold, case.wrong, seed)]
            pool.setdefault(hack.family, []).extend((case, text) for text in texts if len(text) <= LONGEST)
    pool["wrong"] = [(case, case.wrong.text) for case in cases]
    return {name: texts for name, texts in pool.items() if texts}


def _made(arm: Arm, pool: Pool, chance: Random) -> tuple[str | None, Case]:
    case, a = chance.choice(pool[arm.first])
    partners = [text for other, text in pool[arm.second] if other is case]
    if not partners:
        return None, case
    return JOINS[arm.join](case, a, chance.choice(partners), chance), case


def _final(text: str) -> str:
    return text.rpartition("</think>")[2]


def _bare(case: Case, text: str) -> str:
    """What stands in the first mark, or all of it."""
    form = case.gold.form
    final = _final(text)
    if not form.before or form.before not in final:
        return final.strip()
    inside = final.partition(form.before)[2]
    return inside.partition(form.after)[0] if form.after else inside.partition("\n")[0]
