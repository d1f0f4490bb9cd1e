"""The whole attack on one target: what every known hack earns, what rewrites keep, and what a search finds beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from referee.core.errors import UnknownName, UsageError
from referee.core.types import Rollout, Task
from referee.redteam.again import again
from referee.redteam.baselines import baselines, constants, crossed
from referee.redteam.fuzz import fuzz
from referee.redteam.hack import Mutator, hacks, rewrites
from referee.redteam.measure import Tally
from referee.redteam.report import Finding, Report
from referee.redteam.sample import Sample
from referee.redteam.search import honest, search
from referee.redteam.shrink import shrink
from referee.redteam.target import EPSILON, Target
from referee.redteam.tasks import Case, Problem, cases

Progress = Callable[[str, float], None]

CHECKS = ("baseline", "cross", "constants", "total", "determinism", "search")
SHRUNK = 40  # findings whose examples are minimised
SHARES = {"hacks": 0.55, "checks": 0.75, "search": 0.92}  # of the budget, when each part has to be over


@dataclass(frozen=True, slots=True)
class Plan:
    """What to try.

    families: names of files of hacks and rewrites, and of `CHECKS`; all when empty. budget: seconds; the list of hacks
    is tried on one task at least, whatever it takes. most_pairs: rollouts of the search at most, so that a run can be
    repeated to the letter; as many as the budget allows when None. also: mutators from elsewhere, of any family.
    """

    families: tuple[str, ...] = ()
    budget: float = 60.0
    seed: int = 0
    group: int = 8
    most_pairs: int | None = None
    again: bool = True
    also: tuple[Mutator, ...] = ()

    def wants(self, name: str) -> bool:
        """Whether this family is asked for."""
        return not self.families or name in self.families


def family_names() -> list[str]:
    """What `--family` knows."""
    return sorted({one.family for one in (*hacks(), *rewrites())} | set(CHECKS))


def attack(
    target: Target, problems: Sequence[Problem], plan: Plan | None = None, progress: Progress | None = None
) -> Report:
    """Attack a target with tasks. Raises `UsageError` when there is nothing to attack with."""
    plan = plan or Plan()
    for name in plan.families:
        if name not in family_names():
            raise UnknownName("family", name, family_names(), f"The families are {', '.join(family_names())}.")
    return _Attack(target, plan, progress or (lambda _phase, _share: None)).on(problems)


@dataclass
class _Attack:
    target: Target
    plan: Plan
    progress: Progress
    began: float = field(default_factory=monotonic)
    rollouts: int = 0

    def on(self, problems: Sequence[Problem]) -> Report:
        self.progress("baselines", 0.0)
        found = list(cases(self.target, problems))
        usable = [one for one in found if isinstance(one, Case)]
        no_gold = [one.id for one in found if isinstance(one, Task)]
        if not usable:
            raise UsageError(
                f"no right answer to any of the {len(found)} tasks is known, so nothing can be compared; "
                f"give the rows a column 'gold' with a bare answer that the target pays in full{self._why(problems[0])}"
            )
        mutators = [
            one
            for one in (*hacks(), *rewrites(), *self.plan.also)
            if (self.plan.wants(one.family) or one in self.plan.also) and one.applies(self.target.form)
        ]
        tallies, covered = self._mutators(mutators, usable)
        tallies += self._checks(usable, tallies)
        fresh, searched, new = self._search(mutators, usable)
        findings = self._findings(tallies + fresh)
        return Report(
            target=self.target.name,
            version=self.target.version,
            about=f"{self.target.form.verifier}, answers on channel {self.target.form.channel}",
            seed=self.plan.seed,
            group=self.plan.group,
            tasks=len(usable),
            covered=covered,
            no_gold=no_gold,
            findings=findings,
            rollouts=sum(one.tried for one in findings) + searched,
            seconds=monotonic() - self.began,
            searched=searched,
            new=new,
        )

    def _why(self, problem: Problem) -> str:
        """What became of the first task's gold answer, where there is one."""
        if not problem.gold:
            return ""
        text = Sample(problem.gold[0].bare, self.target.form).text
        reasons = self.target.pay([(Rollout(text=text), problem.task)])[0].reasons
        return f" ({', '.join(reasons.values())} for that of task {problem.task.id})"

    def _left(self, share: str) -> bool:
        return monotonic() - self.began < self.plan.budget * SHARES[share]

    def _mutators(self, mutators: Sequence[Mutator], usable: Sequence[Case]) -> tuple[list[Tally], int]:
        """Every hack and rewrite on one task after another, as many tasks as there is time for."""
        tallies = {one.id: Tally.of(one) for one in mutators}
        covered = 0
        for place, case in enumerate(usable):
            if place and not self._left("hacks"):
                break
            self.progress(f"{len(mutators)} hacks and rewrites on task {case.task.id}", place / len(usable))
            made = [(one, rollout) for one in mutators for rollout in self._made(one, case, tallies[one.id])]
            pays = self.target.pay([(rollout, case.task) for _, rollout in made])
            for (one, rollout), pay in zip(made, pays, strict=True):
                tallies[one.id].add(case, rollout, pay)
            covered += 1
        return list(tallies.values()), covered

    def _made(self, mutator: Mutator, case: Case, tally: Tally) -> list[Rollout]:
        try:
            return mutator(case.task, case.gold, case.wrong, self.plan.seed)
        except Exception as error:
            tally.note = f"it could not be made of task {case.task.id}: {type(error).__name__}: {error}"
            return []

    def _checks(self, usable: Sequence[Case], tallies: Sequence[Tally]) -> list[Tally]:
        """Baselines, other tasks' answers, constants, hostile texts, and the same again."""
        interesting = [(one.best[0], one.best[1]) for one in tallies if one.best is not None][:10]
        checks: list[tuple[str, Callable[[], Iterable[Tally]]]] = [
            ("baseline", lambda: baselines(self.target, usable)),
            ("cross", lambda: [crossed(self.target, usable)]),
            ("constants", lambda: constants(self.target, usable)),
            ("total", lambda: fuzz(self.target, usable, self.plan.seed)),
            ("determinism", lambda: again(self.target, usable[:8], _few(interesting)) if self.plan.again else ()),
        ]
        made: list[Tally] = []
        for name, check in checks:
            if self.plan.wants(name):
                self.progress(name, len(made) / 50)
                made += list(check())
        return made

    def _search(
        self, mutators: Sequence[Mutator], usable: Sequence[Case]
    ) -> tuple[list[Tally], int, list[dict[str, Any]]]:
        """Pairs of hacks that do not leak by themselves, until the time is up."""
        if not self.plan.wants("search"):
            return [], 0, []
        most = self.plan.most_pairs
        steps = iter(range(10**9 if most is None else -(-most // 16)))
        began = monotonic() - self.began

        def more() -> bool:
            share = (monotonic() - self.began - began) / max(self.plan.budget * SHARES["search"] - began, 1e-9)
            self.progress("search", min(share, 1.0))
            return next(steps, None) is not None and (most is not None or self._left("search"))

        tallies: dict[str, Tally] = {}
        new: list[dict[str, Any]] = []
        known = [one for one in mutators if one.direction == "hack"]
        searched = 0
        for found in search(self.target, known, usable, self.plan.seed, more):
            if isinstance(found, int):
                searched = found
                continue
            kind = " + ".join(f"{name}: {reason}" for name, reason in sorted(found.pay.reasons.items()))
            tally = tallies.get(kind)
            if tally is None:
                tally = tallies[kind] = Tally(
                    f"S{len(tallies) + 1:02}",
                    "search",
                    "search",
                    "found by search",
                    found.way,
                    "this run",
                    "see the rule that paid",
                )
            tally.add(found.case, found.rollout, found.pay)
        if "search" in self.plan.families or not self.plan.families:
            new = [self._row(one) for one in tallies.values()]
        return list(tallies.values()), searched, new

    def _row(self, tally: Tally) -> dict[str, Any]:
        """A find as a row that can be pasted as a test."""
        assert tally.best is not None
        case, rollout, pay = tally.best
        return {
            "id": tally.id,
            "way": tally.mechanism,
            "prompt": case.task.prompt,
            "truth": case.task.truth,
            "completion": self._least(case, rollout),
            "reward": pay.reward,
            "wrong": case.floor,
            "reasons": pay.reasons,
        }

    def _findings(self, tallies: Sequence[Tally]) -> list[Finding]:
        self.progress("minimising", 0.0)
        worst = sorted((one for one in tallies if one.leaks), key=lambda one: -one.above)[:SHRUNK]
        return [one.finding(self.target, self.plan.group, self._least if one in worst else None) for one in tallies]

    def _least(self, case: Case, rollout: Rollout) -> str:
        """The shortest text found that is still paid above the honest wrong answer."""
        if monotonic() - self.began > self.plan.budget * 1.2 and self.plan.most_pairs is None:
            return rollout.text

        def still(text: str) -> bool:
            if honest(case, text):
                return False
            pay = self.target.pay([(Rollout(text=text, finish=rollout.finish, meta=rollout.meta), case.task)])[0]
            return pay.reward is not None and pay.reward > case.floor + EPSILON

        return shrink(rollout.text, still, 150 if self.target.pure else 12)


def _few(items: Sequence[tuple[Case, Rollout]]) -> list[tuple[Case, Rollout]]:
    """Those that can be sent to another process and are quick to judge."""
    return [(case, one) for case, one in items if len(one.text) <= 2000 and one.text.isascii() and not one.meta]
