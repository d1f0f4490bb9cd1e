"""Rewards of other projects as targets, by name: an adapter of a few lines each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from referee.core.errors import UnknownName, UsageError
from referee.core.types import Task
from referee.redteam.callables import Call, CallableTarget, calls_of
from referee.redteam.sample import Form
from referee.redteam.tasks import Problem

GYM = "reasoning-gym"
GYM_TASKS = 30


@dataclass(frozen=True, slots=True)
class Peer:
    """package: what to install. like: the pack whose form and tasks fit. load: makes the ways to call it.

    mark: what stands before and after an answer, where it is not what `like` has.
    """

    package: str
    like: str
    load: Callable[[], list[Call]]
    mark: tuple[str, str] | None = None


def _math_verify() -> list[Call]:
    from math_verify import parse, verify

    return [lambda text, task: float(verify(parse(_latex(task)), parse(text)))]


def _trl(name: str) -> Callable[[], list[Call]]:
    def load() -> list[Call]:
        from importlib import import_module

        function = getattr(import_module("trl.rewards"), name)
        return calls_of(lambda completions, **columns: function(completions, **_solved(columns)), "trl")

    return load


def _verl(module: str, name: str = "compute_score") -> Callable[[], list[Call]]:
    def load() -> list[Call]:
        from importlib import import_module

        function = getattr(import_module(f"verl.utils.reward_score.{module}"), name)
        return [lambda text, task: function(text, str(task.truth))]

    return load


def _verl_flexible() -> list[Call]:
    from verl.utils.reward_score.gsm8k import compute_score

    return [lambda text, task: compute_score(text, str(task.truth), method="flexible")]


def _solved(columns: dict[str, Any]) -> dict[str, Any]:
    """TRL's accuracy wants the solution as LaTeX between dollars."""
    return {**columns, "solution": [f"${one}$" for one in columns["solution"]]}


def _latex(task: Task) -> str:
    return f"${task.truth}$"


PEERS: dict[str, Peer] = {
    "math-verify": Peer("math-verify", "r1-zero-math", _math_verify),
    "trl.accuracy": Peer("trl", "r1-zero-math", _trl("accuracy_reward")),
    "trl.reasoning-accuracy": Peer("trl", "r1-zero-math", _trl("reasoning_accuracy_reward")),
    "trl.think-format": Peer("trl", "r1-zero-math", _trl("think_format_reward")),
    "verl.math": Peer("verl", "r1-zero-math", _verl("math_reward")),
    "verl.math-dapo": Peer("verl", "r1-zero-math", _verl("math_dapo"), ("Answer: ", "")),
    "verl.prime-math": Peer("verl", "r1-zero-math", _verl("prime_math")),
    "verl.math-verify": Peer("verl", "r1-zero-math", _verl("math_verify")),
    "verl.gsm8k": Peer("verl", "gsm8k", _verl("gsm8k"), ("#### ", "")),
    "verl.gsm8k-flexible": Peer("verl", "gsm8k", _verl_flexible, ("#### ", "")),
}


def peer_target(name: str, form_like: Callable[[str], Form]) -> CallableTarget:
    """A peer by its name; `reasoning-gym.NAME` is a data set of reasoning-gym. Raises `UsageError`."""
    if name.startswith(f"{GYM}."):
        return _gym_target(name)
    peer = PEERS.get(name)
    if peer is None:
        raise UnknownName("peer", name, PEERS, f"The peers are {', '.join(PEERS)}, {GYM}.DATASET.")
    try:
        calls = peer.load()
    except ImportError as error:
        raise UsageError(f"{name}: {error}; pip install {peer.package}") from error
    form = form_like(peer.like)
    if peer.mark is not None:
        form = replace(form, channel="line", before=peer.mark[0], after=peer.mark[1])
    return CallableTarget(name, form, calls, {"peer": name}, _version(peer.package))


def like_of(name: str) -> str:
    """The pack whose tasks fit a peer; empty where it brings its own."""
    return PEERS[name].like if name in PEERS else ""


def gym_problems(name: str, seed: int, size: int = GYM_TASKS) -> list[Problem]:
    """Tasks that a data set of reasoning-gym makes."""
    rows = _gym().create_dataset(name.partition(".")[2], size=size, seed=seed)
    return [
        Problem(
            Task(
                id=f"{name}-{place + 1}",
                prompt=row["question"],
                truth=row["answer"],
                meta={"place": place, "seed": seed},
            )
        )
        for place, row in enumerate(rows)
    ]


def gym_names() -> Sequence[str]:
    """The data sets of the installed reasoning-gym."""
    return sorted(_gym().factory.DATASETS)


def _gym_target(name: str) -> CallableTarget:
    made: dict[int, tuple[Any, list[Any]]] = {}

    def call(text: str, task: Task) -> Any:
        seed = int(task.meta.get("seed", 0))
        if seed not in made:
            rows = _gym().create_dataset(name.partition(".")[2], size=GYM_TASKS, seed=seed)
            made[seed] = (rows, list(rows))
        rows, entries = made[seed]
        return rows.score_answer(answer=text, entry=entries[int(task.meta["place"])])

    form = Form("reasoning_gym", name, "whole", opaque=True)
    if name.partition(".")[2] not in gym_names():
        raise UnknownName("data set of reasoning-gym", name.partition(".")[2], gym_names())
    return CallableTarget(name, form, [call], {"peer": name}, _version(GYM))


def _gym() -> Any:
    try:
        import reasoning_gym
    except ImportError as error:
        raise UsageError(f"{error}; pip install {GYM}") from error
    return reasoning_gym


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package
