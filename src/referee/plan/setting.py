"""What a plan is made from: the sampler, the lengths of rollouts, the work of the verifiers, the pool and the prices.

Every field has a default, so that a file or a form names only what it knows. Times are seconds, shares are in [0, 1].
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from referee.core.errors import UsageError, nearest
from referee.core.fields import fault
from referee.core.types import Record

ROLLOUTS = 65_536  # of a step, at most: a plan is a matter of seconds
CORES = 65_536
KINDS = 16
SAMPLES = 4_096
_UNKNOWN = re.compile(r"contains unknown field `([^`]*)`")

Whole = Annotated[int, Meta(ge=1, le=1_000_000)]
Core = Annotated[int, Meta(ge=1, le=CORES)]
Seconds = Annotated[float, Meta(ge=0, le=86_400)]
Share = Annotated[float, Meta(ge=0, le=1)]
Amount = Annotated[float, Meta(ge=0, le=1e9)]
Positive = Annotated[float, Meta(gt=0, le=1e9)]
Spread = Annotated[float, Meta(ge=0, le=10)]


class Sampler(Record, frozen=True, kw_only=True):
    """Who writes the rollouts.

    gpus: GPUs that sample.
    tokens_s: tokens a second of one GPU, all the rollouts that it decodes at once together.
    prompts: prompts of a step.
    group: rollouts of a prompt.
    slots: rollouts that are decoded at once on all GPUs; without it, all of a step.
    update_s: seconds of the rest of a step, in which the GPUs train; without it, a quarter of the sampling.
    """

    gpus: Whole = 8
    tokens_s: Positive = 7_680.0
    prompts: Whole = 64
    group: Whole = 16
    slots: Whole | None = None
    update_s: Seconds | None = None


class Tokens(Record, frozen=True, kw_only=True):
    """How long rollouts are, in tokens.

    mean: of all rollouts, before they are cut.
    spread: standard deviation over mean, of a log-normal distribution.
    most: where sampling is cut.
    samples: measured lengths; then mean and spread are not used.
    """

    mean: Positive = 2_000.0
    spread: Spread = 0.8
    most: Whole = 8_192
    samples: Annotated[tuple[Annotated[float, Meta(ge=0, le=1e9)], ...], Meta(max_length=SAMPLES)] = ()


class Work(Record, frozen=True, kw_only=True):
    """One kind of task and what judging a rollout of it takes.

    name: for people.
    share: of the rollouts, relative to the other kinds.
    seconds: mean time of one run on one core, time-outs apart.
    spread: standard deviation over mean of one run, log-normal.
    runs: runs one after another that one verification takes, such as a process for each test.
    timeouts: share of the rollouts that run into the time limit.
    limit_s: the time limit of a verification, where it ends.
    memory_mb: what a run takes in the sandbox.
    samples: measured times of whole verifications, time-outs apart; then seconds, spread and runs are not used.
    """

    name: str = "math"
    share: Positive = 1.0
    seconds: Seconds = 0.02
    spread: Spread = 1.0
    runs: Whole = 1
    timeouts: Share = 0.0
    limit_s: Seconds = 5.0
    memory_mb: Amount = 0.0
    samples: Annotated[tuple[Seconds, ...], Meta(max_length=SAMPLES)] = ()


class Workers(Record, frozen=True, kw_only=True):
    """The pool that judges; a worker has one core.

    overhead_s: seconds of a worker that carrying one rollout costs.
    worker_mb: memory of an idle worker.
    lease_s: seconds until work of a lost worker is handed out again.
    text_kb: size of a rollout that waits.
    """

    overhead_s: Seconds = 0.0001
    worker_mb: Amount = 60.0
    lease_s: Seconds = 15.0
    text_kb: Amount = 8.0


class Prices(Record, frozen=True, kw_only=True):
    """What an hour costs, in any currency.

    gpu_h: of a GPU.
    core_h: of a core.
    """

    gpu_h: Amount = 2.25
    core_h: Amount = 0.04


class Setting(Record, frozen=True, kw_only=True):
    """The whole question.

    sampler, tokens, work, pool, prices: see their records.
    target: share of a step that GPUs may wait for the judge.
    scoring: `streaming` scores each rollout as it ends, `batch` all of them when the last one has ended.
    cores: a number of cores to say everything about; without it, the recommended one.
    repeats: simulated steps, of which every figure is the mean; fewer where a step is large.
    seed: of the simulation; the same setting gives the same plan on any machine.
    """

    sampler: Sampler = Sampler()
    tokens: Tokens = Tokens()
    work: Annotated[tuple[Work, ...], Meta(min_length=1, max_length=KINDS)] = (Work(),)
    pool: Workers = Workers()
    prices: Prices = Prices()
    target: Annotated[float, Meta(gt=0, lt=1)] = 0.01
    scoring: Literal["streaming", "batch"] = "streaming"
    cores: Core | None = None
    repeats: Annotated[int, Meta(ge=1, le=64)] = 8
    seed: Annotated[int, Meta(ge=0, le=2**32)] = 1

    @property
    def rollouts(self) -> int:
        """Rollouts of a step."""
        return self.sampler.prompts * self.sampler.group


def setting(data: Any, source: str = "") -> Setting:
    """The setting that plain data describe. Raises `UsageError` with the place of what is wrong."""
    try:
        made = msgspec.convert(data, Setting)
    except msgspec.ValidationError as error:
        path, problem = fault(error, Setting, data)
        if unknown := _UNKNOWN.search(str(error)):
            problem = _unknown(unknown[1], path)
        raise UsageError(f"{source + ': ' if source else ''}{problem} (at ${path})") from None
    return checked(made)


def _unknown(name: str, path: str) -> str:
    """The sentence for a field that the record at a path does not have."""
    parts = {".sampler": Sampler, ".tokens": Tokens, ".pool": Workers, ".prices": Prices, "": Setting}
    known = parts.get(path, Work).__struct_fields__
    guess = nearest(name, known)
    return f"there is no '{name}'; " + (f"did you mean '{guess}'?" if guess else f"there are {', '.join(known)}")


def checked(made: Setting) -> Setting:
    """The setting, when it can be planned for. Raises `UsageError` otherwise."""
    if made.rollouts > ROLLOUTS:
        raise UsageError(
            f"a step of {made.rollouts:,} rollouts is more than a plan simulates ({ROLLOUTS:,}); plan for a part of "
            "it: cores, GPUs and rollouts scale together (at $.sampler.prompts)"
        )
    if made.tokens.samples and not any(made.tokens.samples):
        raise UsageError("all lengths are 0, so that nothing is sampled; give tokens (at $.tokens.samples)")
    return made
