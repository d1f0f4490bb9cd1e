"""What passes between those who submit rollouts, those who score them and those who keep the scores.

    Submission (rollouts of one task)  ->  Scored (one for each rollout, with the key under which it is kept)

The pool carries submissions to workers and scored rollouts back; the ledger keeps them. Neither knows the other: this
file is all that they share.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, Self

import msgspec

from referee.core.digest import canonical
from referee.core.types import Record, Rollout, Score, Task, Verdict
from referee.data.plain import UNFIT, dumps
from referee.engine.build import Build
from referee.engine.completion import Completion, as_rollouts, as_truth
from referee.packs.spec import PackSpec

if TYPE_CHECKING:
    from referee.engine.score import PackSource, RulePack

# Evidence of how a run went, not of what the rollout is: it differs from run to run and is no part of a score.
VOLATILE = ("usage", "sandbox", "near_limit", "retried")


class Submission(Record, frozen=True, kw_only=True):
    """Rollouts of one task, sampled together, to be scored with one pack: a whole group, or what has ended so far.

    run: who trains; ids are unique within it. group: id of the group; a group may come in several submissions.
    step: the training step, or None. start: the index in the group of the first rollout.

    >>> Submission.of("r1-zero-math", ["<think>1 + 1</think> \\\\boxed{2}"], "2", group="task 7, step 3")
    """

    run: str
    group: str
    task: Task
    rollouts: tuple[Rollout, ...]
    pack: PackSpec
    step: int | None = None
    start: int = 0

    @classmethod
    def of(
        cls,
        pack: PackSource | RulePack,
        completions: Sequence[Completion],
        truth: Any = None,
        prompt: str | None = None,
        *,
        group: str,
        run: str = "run",
        step: int | None = None,
        start: int = 0,
    ) -> Self:
        """The submission of completions of one prompt. Name a bundled pack, or load another once and pass it."""
        from referee.engine.score import as_pack

        return cls(
            run=run,
            group=group,
            task=Task(truth=as_truth(truth), prompt=prompt),
            rollouts=tuple(as_rollouts(completions)),
            pack=as_pack(pack).spec,
            step=step,
            start=start,
        )


class Scored(Record, frozen=True, kw_only=True):
    """One rollout with its score, as it is drained from a pool and kept in a ledger.

    key: SHA-256 over run, group, index, rollout, task, pack digest and build; the same work has the same key wherever
    and how often it is done. build: id of the judge's fingerprint. seconds: wall time that scoring took, waited: wall
    time between submission and the start of scoring. worker: who scored. delivery: how often the queue had handed it
    out, 1 when all went well. spent: seconds of each rule, in the order of the verdicts, where they were measured.
    """

    key: str
    run: str
    group: str
    index: int
    rollout: Rollout
    task: Task
    score: Score
    build: str
    step: int | None = None
    seconds: float = 0.0
    waited: float = 0.0
    worker: str = ""
    delivery: int = 1
    spent: tuple[float, ...] = ()


class Keeper(Protocol):
    """Something that keeps scored rollouts durably, such as a ledger.

    `keep` returns when they are safe: who delivers at least once may acknowledge then, and not before. A key that is
    there already is not kept twice. `learn` notes the pack or the build that scored rollouts will name, so that they
    can be recomputed from what is kept alone; it costs next to nothing when that is known already. Both may be called
    from any thread.
    """

    def keep(self, scored: Sequence[Scored]) -> None: ...

    def learn(self, source: PackSpec | Build) -> None: ...


def key_of(submission: Submission, index: int, pack: str, build: str) -> str:
    """The content key of the rollout at `index` of the submission (0 is its first): 64 hexadecimal digits."""
    return _key(_shared(submission, pack, build), submission, index)


def keys_of(submission: Submission, pack: str, build: str) -> list[str]:
    """`key_of` for each rollout of the submission; what they share is read once."""
    shared = _shared(submission, pack, build)
    return [_key(shared, submission, index) for index in range(len(submission.rollouts))]


def _shared(submission: Submission, pack: str, build: str) -> bytes:
    return hashlib.sha256(written((submission.run, submission.group, submission.task, pack, build))).digest()


def _key(shared: bytes, submission: Submission, index: int) -> str:
    content = written((submission.start + index, submission.rollouts[index]))
    return hashlib.sha256(shared + content).hexdigest()


def written(value: Any) -> bytes:
    """The canonical bytes of anything that a rollout may hold, lone surrogates and very long integers too."""
    try:
        return canonical(value)
    except UNFIT:
        return dumps(msgspec.to_builtins(value, order="sorted"))


def essence(score: Score) -> dict[str, Any]:
    """What must be equal, to the bit, when a score is computed again: all but how long a run took and the like."""
    return {
        "reward": score.reward,
        "contributions": score.contributions,
        "verdicts": {name: _lasting(verdict) for name, verdict in score.verdicts.items()},
        "pack": score.pack,
    }


def mark(score: Score) -> bytes:
    """32 bytes that two scores of a rollout by one pack have in common exactly when they are the `same`."""
    lasting = essence(score)
    del lasting["pack"]  # a pack whose verifiers have new versions may still say the same
    return hashlib.sha256(written(lasting)).digest()


def same(one: Score, other: Score) -> bool:
    """Whether two scores of the same rollout say the same."""
    return one == other or dumps(essence(one)) == dumps(essence(other))


def _lasting(verdict: Verdict) -> dict[str, Any]:
    return {
        "status": verdict.status,
        "score": verdict.score,
        "reason": verdict.reason,
        "evidence": without(verdict.evidence),
    }


def without(evidence: dict[str, Any]) -> dict[str, Any]:
    """Evidence without what differs from run to run, at any depth of parts."""
    return {
        name: without(value) if isinstance(value, dict) else value
        for name, value in evidence.items()
        if name not in VOLATILE
    }
