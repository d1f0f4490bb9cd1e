"""Rules of thumb in use, each as a setting in which it comes out, and the words that say when it holds."""

from __future__ import annotations

from typing import Final

from referee.core.types import Record
from referee.plan.setting import Sampler, Setting, Tokens, Work


class Preset(Record, frozen=True, kw_only=True):
    """A setting with a name. claim: the rule of thumb, if it is one; holds: when it does, and what else is true."""

    name: str
    title: str
    claim: str
    holds: str
    setting: Setting


_MATH = Work(name="math", seconds=0.1, spread=0.3)
_CODE = Work(name="code", seconds=0.1, spread=0.3, runs=10)
_ONE = Work(name="code, one test", seconds=0.1, spread=0.3)
_LATE = Work(name="code", seconds=0.08, runs=10, timeouts=0.05, limit_s=2.0, memory_mb=64.0)
_BATCH = 0.014  # of a step of 171 s: 2.4 s

_ALL: Final = (
    Preset(
        name="math",
        title="mathematics, scored as it ends",
        claim="",
        holds="1,024 rollouts of 2,000 tokens on 8 GPUs; 23 ms a verification, of which one in 500 runs into 5 s. That "
        "limit is what GPUs wait for, not the number of cores.",
        setting=Setting(work=(Work(name="math", seconds=0.013, spread=2.0, timeouts=0.002, limit_s=5.0),)),
    ),
    Preset(
        name="code",
        title="programs with ten tests, scored as they end",
        claim="",
        holds="1,024 rollouts of 2,000 tokens on 8 GPUs; ten processes of 80 ms a verification, and one rollout in 20 "
        "runs into 2 s.",
        setting=Setting(work=(_LATE,)),
    ),
    Preset(
        name="math-50",
        title="the rule of 50 cores for mathematics",
        claim="about 50 cores for mathematics",
        holds="when 1,024 rollouts are scored at the end of the batch, each in a process of 100 ms, and GPUs may wait "
        "2.4 s. Scored as they end, one core is enough; without a process for each, one is enough either way.",
        setting=Setting(work=(_MATH,), scoring="batch", target=_BATCH),
    ),
    Preset(
        name="code-500",
        title="the rule of 500 cores for code",
        claim="about 500 cores for code at 100 ms a subprocess",
        holds="when 1,024 rollouts with ten tests each, a process of 100 ms for each test, are scored at the end of "
        "the batch, and GPUs may wait 2.4 s. Scored as they end, 8 cores do; with all tests in one process, 45.",
        setting=Setting(work=(_CODE,), scoring="batch", target=_BATCH),
    ),
    Preset(
        name="node-2000",
        title="the rule of 2,000 verifications a second a node",
        claim="about 2,000 code verifications a second on one node",
        holds="for a node of 200 cores that are all busy, and one process of 100 ms a verification. Ten processes a "
        "verification make it 200 a second; a warm fork of 10 ms makes it 20,000.",
        setting=Setting(
            sampler=Sampler(gpus=64, prompts=512), tokens=Tokens(mean=6_000.0, most=32_768), work=(_ONE,), cores=200
        ),
    ),
    Preset(
        name="spend-10",
        title="the rule of a tenth of the spend",
        claim="about 10 % of the cluster's spend goes to verifiers",
        holds="when code is scored at the end of the batch: 8,192 rollouts on 64 GPUs, 0.86 s each, and GPUs may wait "
        "3 % of a step. At 2.25 a GPU-hour and 0.04 a core-hour a tenth of the spend buys 6 cores a GPU. Scored as "
        "they end, 13 cores do, for less than 1 %.",
        setting=Setting(
            sampler=Sampler(gpus=64, prompts=512),
            tokens=Tokens(mean=6_000.0, most=32_768),
            work=(_LATE,),
            scoring="batch",
            target=0.03,
        ),
    ),
)

PRESETS: Final[dict[str, Preset]] = {one.name: one for one in _ALL}
