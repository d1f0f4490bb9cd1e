"""Rollouts in, scores and groups out: the one implementation of "score" that every door of the house uses."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import msgspec

from referee.core.digest import digest
from referee.core.errors import PackError, ParameterError, RefereeWarning, UsageError
from referee.core.jobs import Runner
from referee.core.types import Group, Rollout, Score, Task, Verdict
from referee.core.verifier import Parameters, Verifier
from referee.engine import sandboxed
from referee.engine.completion import Completion, as_rollout, as_rollouts, as_truth, shown
from referee.engine.drive import AsyncRunner, judge, judge_async
from referee.group import advantage
from referee.packs.combine import contributions, reward, whole
from referee.packs.load import bundled, load
from referee.packs.spec import PackSpec, RuleSpec
from referee.packs.watch import Watched
from referee.verifiers import find

PackSource = str | Path | Mapping[str, Any] | PackSpec


class _Check(NamedTuple):
    """One verifier with its parameters, under the name of its rule or part."""

    name: str
    verifier: Verifier
    params: Parameters


class _Rule(NamedTuple):
    spec: RuleSpec
    checks: tuple[_Check, ...]


class _Version(NamedTuple):
    """A pack as it is in force: swapped as a whole, so that no thread sees half of two."""

    spec: PackSpec
    rules: tuple[_Rule, ...]
    identity: dict[str, Any]
    digest: str

    def score(self, rollout: Rollout, verdicts: dict[str, Verdict]) -> Score:
        added = contributions(self.spec, verdicts)
        return Score(
            reward=None if added is None else reward(self.spec, added),
            verdicts=verdicts,
            contributions=added or {},
            pack=self.digest,
            rollout=rollout.id,
        )


class RulePack:
    """A compiled pack: load it once, then score rollouts with it.

    >>> pack = RulePack.load("r1-zero-math")
    >>> pack.score("<think>2 * 3 = 6</think> \\\\boxed{2}", truth="2").reward
    1.1

    `digest` identifies the pack's content and its verifiers' versions; every `Score` carries it.
    """

    def __init__(self, spec: PackSpec, runner: Runner | None = None, source: str = "") -> None:
        self.runner = runner
        self.source = source or spec.name  # what the pack was asked for by
        self._watched: Watched | None = None
        self._newest = spec
        self._fault = self._told = ""
        self._version = _version(spec, source)

    @classmethod
    def load(cls, source: PackSource | RulePack, *, watch: bool = False, runner: Runner | None = None) -> RulePack:
        """A pack by bundled name, path of a TOML or YAML file, or mapping.

        With `watch` a changed file takes effect at the next `score` or `score_group`, without a restart; while it does
        not load, the last good version stays in force, `fault` says why and a `RefereeWarning` is given. Raises
        `PackError` or `UnknownName`.
        """
        if isinstance(source, RulePack):
            return source
        if not watch:
            return cls(load(source), runner, str(source) if isinstance(source, str | Path) else "")
        if not isinstance(source, str | Path):
            raise UsageError("only a pack file can be watched; this pack came from a mapping")
        watched = Watched(source)
        pack = cls(watched.latest(), runner, str(watched.path))
        pack._watched = watched
        return pack

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def spec(self) -> PackSpec:
        """The pack in force."""
        return self._version.spec

    @property
    def digest(self) -> str:
        """The digest of the pack in force."""
        return self._version.digest

    @property
    def identity(self) -> dict[str, Any]:
        """What the digest is taken of: the `pack` as plain data, and the version of each of its `verifiers`."""
        return self._version.identity

    @property
    def fault(self) -> str:
        """Why the watched file's newest version is not in force; empty when it is."""
        return str(self._watched.fault) if self._watched and self._watched.fault else self._fault

    def score(self, completion: Completion, truth: Any = None, prompt: str | None = None) -> Score:
        """The reward of one completion with every verdict and contribution. Never raises because of the rollout."""
        self.refresh()
        return self.score_rollout(as_rollout(completion), Task(truth=as_truth(truth), prompt=prompt))

    def score_rollout(self, rollout: Rollout, task: Task) -> Score:
        """`score` for records."""
        return self._score(self._version, rollout, task)

    def _score(self, version: _Version, rollout: Rollout, task: Task) -> Score:
        return version.score(rollout, {rule.spec.name: self._judge(rule, rollout, task) for rule in version.rules})

    def score_timed(self, rollout: Rollout, task: Task) -> tuple[Score, tuple[float, ...]]:
        """`score_rollout`, and the seconds that each rule took, in the order of the rules."""
        version = self._version
        verdicts: dict[str, Verdict] = {}
        times = [perf_counter()]
        for rule in version.rules:
            verdicts[rule.spec.name] = self._judge(rule, rollout, task)
            times.append(perf_counter())
        spent = tuple(end - start for start, end in pairwise(times))
        return version.score(rollout, verdicts), spent

    def score_rollouts(self, items: Sequence[tuple[Rollout, Task]]) -> list[Score]:
        """`score_rollout` for many, in order; programs that rules run share the slots of the sandbox."""
        return self._scores(self._version, items)

    def _scores(self, version: _Version, items: Sequence[tuple[Rollout, Task]]) -> list[Score]:
        score = partial(self._score, version)
        if len(items) > 1 and self.runner is None and self.runs_jobs:
            return sandboxed.together(score, items)
        return [score(*item) for item in items]

    @property
    def runs_jobs(self) -> bool:
        """Whether any of its rules runs programs."""
        return any(check.verifier.runs_jobs for rule in self._version.rules for check in rule.checks)

    async def score_async(
        self, completion: Completion, truth: Any = None, prompt: str | None = None, runner: AsyncRunner | None = None
    ) -> Score:
        """`score` for asyncio: only verifiers that run something wait."""
        self.refresh()
        version, rollout, task = self._version, as_rollout(completion), Task(truth=as_truth(truth), prompt=prompt)
        verdicts: dict[str, Verdict] = {}
        for rule in version.rules:
            parts = {
                check.name: await judge_async(check.verifier, rollout, task, check.params, runner)
                for check in rule.checks
            }
            verdicts[rule.spec.name] = whole(rule.spec, parts) if rule.spec.parts else parts[rule.spec.name]
        return version.score(rollout, verdicts)

    def score_group(
        self,
        completions: Sequence[Completion],
        truth: Any = None,
        prompt: str | None = None,
        *,
        estimator: str = "grpo",
        task: str = "",
    ) -> Group:
        """The G completions of one prompt, all judged by the same version of the pack, with their advantages."""
        self.refresh()
        version, shared = self._version, Task(id=task, truth=as_truth(truth), prompt=prompt)
        scores = self._scores(version, [(rollout, shared) for rollout in as_rollouts(completions)])
        return group(scores, estimator=estimator, task=task)

    def refresh(self) -> None:
        """Take a changed file into force; does nothing for a pack that is not watched.

        A version that does not load is said once, as a `RefereeWarning`; the last good one stays in force.
        """
        if self._watched is None:
            return
        if (spec := self._watched.latest()) is not self._newest:
            self._newest, self._fault = spec, ""
            try:
                self._version = _version(spec, str(self._watched.path))
            except UsageError as error:  # it names a verifier or a parameter that does not exist
                self._fault = str(error)
        if (fault := self.fault) != self._told:
            self._told = fault
            if fault:
                warnings.warn(f"{fault}; the last good version stays in force", RefereeWarning, stacklevel=3)

    def _judge(self, rule: _Rule, rollout: Rollout, task: Task) -> Verdict:
        if not rule.spec.parts:
            check = rule.checks[0]
            return judge(check.verifier, rollout, task, check.params, self.runner)
        parts = {check.name: judge(check.verifier, rollout, task, check.params, self.runner) for check in rule.checks}
        return whole(rule.spec, parts)

    def score_verdicts(self, rollout: Rollout, verdicts: dict[str, Verdict]) -> Score:
        """The score that verdicts, one for each rule, add up to."""
        return self._version.score(rollout, verdicts)

    def __repr__(self) -> str:
        rules = ", ".join(f"{rule.name} x {rule.weight:g}" for rule in self.spec.rules)
        return f"<RulePack {self.name} ({rules}) {self.digest[:12]}>"


def _version(spec: PackSpec, source: str) -> _Version:
    rules = tuple(_compiled(rule, f"$.rules[{index}]", source) for index, rule in enumerate(spec.rules))
    versions = {check.verifier.id: check.verifier.version for rule in rules for check in rule.checks}
    identity = {"pack": msgspec.to_builtins(spec), "verifiers": versions}
    return _Version(spec, rules, identity, digest(identity))


def _compiled(rule: RuleSpec, path: str, source: str) -> _Rule:
    if not rule.parts:
        return _Rule(rule, (_check(rule.name, rule.verifier, rule.params, path, source),))
    checks = tuple(
        _check(part.name, part.verifier, part.params, f"{path}.parts[{index}]", source)
        for index, part in enumerate(rule.parts)
    )
    return _Rule(rule, checks)


def _check(name: str, verifier_id: str, params: dict[str, Any], path: str, source: str) -> _Check:
    try:
        verifier = find(verifier_id)
    except UsageError as error:
        raise PackError(str(error), f"{path}.verifier", source) from error
    try:
        return _Check(name, verifier, verifier.params(params))
    except ParameterError as error:
        place = f"{path}.params.{error.parameter}" if error.parameter else f"{path}.params"
        raise PackError(str(error), place, source) from error


def group(scores: Sequence[Score], *, estimator: str = "grpo", task: str = "") -> Group:
    """The statistics and advantages of scores that belong to one prompt. Scores of two packs are refused."""
    packs = {score.pack for score in scores}
    if len(packs) != 1:
        raise UsageError(
            f"a group needs scores of exactly one pack, got {len(packs)}; score all of its completions with one pack"
        )
    rewards_G = tuple(score.reward for score in scores)
    return Group(
        scores=tuple(scores),
        rewards=rewards_G,
        mean=advantage.mean(rewards_G),
        std=advantage.std(rewards_G),
        advantages=tuple(advantage.estimator(estimator)(rewards_G)),
        silent=advantage.is_silent(rewards_G),
        pack=packs.pop(),
        task=task,
    )


def score_group(
    pack: PackSource | RulePack,
    completions: Sequence[Completion],
    truth: Any = None,
    prompt: str | None = None,
    *,
    estimator: str = "grpo",
) -> Group:
    """The rewards and advantages of one prompt's completions: `RulePack.load(pack).score_group(...)`."""
    return as_pack(pack).score_group(completions, truth, prompt, estimator=estimator)


def verify(
    verifier_id: str, completion: Completion, truth: Any = None, prompt: str | None = None, **params: Any
) -> Verdict:
    """The verdict of one verifier on one completion.

    `completion` is a string, a chat message list (the last assistant message counts), or a `Rollout`. `params` are the
    verifier's own; `referee verifiers ID` lists them. Raises `UsageError` for a name or a parameter that does not
    exist, and never because of the completion.
    """
    if not isinstance(verifier_id, str):
        raise UsageError(f"a verifier goes by its id, like 'math.number'; got {shown(verifier_id)}")
    verifier = find(verifier_id)
    return judge(verifier, as_rollout(completion), Task(truth=as_truth(truth), prompt=prompt), verifier.params(params))


def as_pack(source: PackSource | RulePack) -> RulePack:
    """A pack from whatever names it; bundled packs are compiled once."""
    if isinstance(source, RulePack):
        return source
    if isinstance(source, str) and source in bundled():
        return _bundled(source)
    return RulePack.load(source)


@lru_cache(maxsize=64)
def _bundled(name: str) -> RulePack:
    return RulePack.load(name)
