"""referee: the judge made of code for reinforcement learning on verifiable tasks.

    import referee

    referee.verify("math.number", "The answer is \\\\boxed{1,234}.", truth="1234").status    # "pass"
    pack = referee.RulePack.load("r1-zero-math")
    pack.score(completion, truth="2").reward                                               # 1.1
    referee.score_group(pack, completions, truth="2").advantages                           # one float per completion
    reward = referee.reward_function("r1-zero-math")                                       # for a trainer

Names are loaded on first use, so `import referee` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from referee.core.version import VERSION

__version__ = VERSION

if TYPE_CHECKING:
    from referee.adapters.trl import RewardFunction, reward_function
    from referee.core.errors import (
        InputError,
        MissingExtra,
        PackError,
        ParameterError,
        PluginError,
        RefereeError,
        RefereeWarning,
        TruthError,
        UnknownName,
        UsageError,
    )
    from referee.core.types import Group, Rollout, Score, Task, Verdict
    from referee.engine.batch import score_batch, score_batch_async
    from referee.engine.score import RulePack, score_group, verify
    from referee.engine.scored import Scored, Submission
    from referee.group.signal import pass_at_k
    from referee.pool.pool import Pool

_HOME = {
    "Group": "core.types",
    "InputError": "core.errors",
    "MissingExtra": "core.errors",
    "PackError": "core.errors",
    "ParameterError": "core.errors",
    "PluginError": "core.errors",
    "Pool": "pool.pool",
    "RefereeError": "core.errors",
    "RefereeWarning": "core.errors",
    "RewardFunction": "adapters.trl",
    "Rollout": "core.types",
    "RulePack": "engine.score",
    "Score": "core.types",
    "Scored": "engine.scored",
    "Submission": "engine.scored",
    "Task": "core.types",
    "TruthError": "core.errors",
    "UnknownName": "core.errors",
    "UsageError": "core.errors",
    "Verdict": "core.types",
    "pass_at_k": "group.signal",
    "reward_function": "adapters.trl",
    "score_batch": "engine.batch",
    "score_batch_async": "engine.batch",
    "score_group": "engine.score",
    "verify": "engine.score",
}

__all__ = [
    "Group",
    "InputError",
    "MissingExtra",
    "PackError",
    "ParameterError",
    "PluginError",
    "Pool",
    "RefereeError",
    "RefereeWarning",
    "RewardFunction",
    "Rollout",
    "RulePack",
    "Score",
    "Scored",
    "Submission",
    "Task",
    "TruthError",
    "UnknownName",
    "UsageError",
    "Verdict",
    "pass_at_k",
    "reward_function",
    "score_batch",
    "score_batch_async",
    "score_group",
    "verify",
]


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'referee' has no attribute '{name}'")
    value = getattr(import_module(f"referee.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
