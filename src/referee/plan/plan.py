"""A plan: how many cores the verifier pool needs, what fewer and more of them cost, and one sentence.

plan = make(Setting(work=(Work(name="code", seconds=0.1, runs=10, timeouts=0.05, limit_s=2.0),)))
plan.sentence
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from statistics import fmean, pvariance

import msgspec

from referee.plan import formula
from referee.plan.answer import Lost, Need, Plan, Point, Sensitivity
from referee.plan.setting import Setting, Tokens, Work, checked
from referee.plan.simulate import Steps, percentile
from referee.plan.words import notes, sentence

__all__ = ["Plan", "make"]

TIMEOUTS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2)
FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)


def make(setting: Setting) -> Plan:
    """The plan for a setting. Raises `UsageError` for more rollouts than a plan simulates."""
    return _Maker(checked(setting)).plan()


class _Maker:
    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.steps = Steps(setting)
        self.services = sorted(seconds for one in self.steps.steps for seconds in one.services)
        self.mean_s = fmean(self.services)
        self.spread2 = pvariance(self.services, self.mean_s) / self.mean_s**2 if self.mean_s else 0.0
        self.rate_s = setting.rollouts / self.steps.generation_s

    def plan(self) -> Plan:
        steps, setting = self.steps, self.setting
        streaming = self.need(steps.streaming_s, max(1, math.ceil(steps.work_s / steps.generation_s)))
        batch = self.need(steps.batch_s, streaming.cores)
        wanted = streaming if setting.scoring == "streaming" else batch
        chosen = self.point(setting.cores or wanted.cores)
        mean, worst = steps.lost(chosen.cores)
        made = Plan(
            setting=_light(setting),
            rollouts=setting.rollouts,
            work_s=steps.work_s,
            mean_s=self.mean_s,
            p99_s=percentile(self.services, 0.99),
            max_s=self.services[-1],
            spread=math.sqrt(self.spread2),
            generation_s=steps.generation_s,
            step_s=steps.step_s,
            rate_s=self.rate_s,
            floor_s=steps.streaming_s(steps.most),
            keeps_up=max(1, math.ceil(steps.work_s / steps.step_s)),
            streaming=streaming,
            batch=batch,
            chosen=chosen,
            curve=tuple(self.curve(max(streaming.cores, batch.cores, chosen.cores), chosen)),
            timeouts=tuple(self.timeouts(chosen.cores)),
            limits=tuple(self.limits(chosen.cores)),
            lost=Lost(mean_s=mean, worst_s=worst),
            notes=(),
            sentence="",
        )
        return msgspec.structs.replace(made, notes=tuple(notes(made)), sentence=sentence(made))

    def need(self, idle_s: Callable[[int], float], near: int) -> Need:
        cores, met = self.steps.fewest(idle_s, near)
        wait = idle_s(cores)
        return Need(cores=cores, idle_s=wait, idle_share=self.share(wait), met=met)

    def share(self, idle_s: float) -> float:
        """Of the step with the wait."""
        return idle_s / (self.steps.step_s + idle_s)

    def curve(self, most: int, chosen: Point) -> Iterator[Point]:
        """1, 2, 3, 4, 6, 8, 12 ... cores, to one beyond all that was asked about."""
        size, given = 1, False
        while True:
            for cores in (size,) if size == 1 else (size, size * 3 // 2):
                if not given and chosen.cores <= cores:
                    given = True
                    yield chosen
                if cores != chosen.cores:
                    yield self.point(cores)
                if cores > most:
                    return
            size *= 2

    def point(self, cores: int) -> Point:
        """All about a number of cores."""
        setting, steps = self.setting, self.steps
        courses = steps.courses(cores)
        streaming_s, batch_s = fmean(one.idle_s for one in courses), steps.batch_s(cores)
        waits = sorted(wait for one in courses for wait in one.waits)
        waiting = max(one.waiting for one in courses)
        step_s = steps.step_s + (streaming_s if setting.scoring == "streaming" else batch_s)
        if setting.scoring == "batch":
            waiting = max(0, setting.rollouts - cores)
        wait = formula.wait_beyond(cores, self.rate_s, self.mean_s, 0.01, self.spread2)
        gpus = setting.sampler.gpus * setting.prices.gpu_h
        money = gpus + cores * setting.prices.core_h
        running = min(cores, setting.rollouts) * max(one.memory_mb for one in setting.work)
        return Point(
            cores=cores,
            streaming_s=streaming_s,
            streaming_share=self.share(streaming_s),
            batch_s=batch_s,
            batch_share=self.share(batch_s),
            batch_formula_s=formula.batch_about(setting.rollouts, self.mean_s, self.spread2, cores),
            wait_p99_s=percentile(waits, 0.99),
            wait_formula_s=None if math.isinf(wait) else wait,
            utilisation=steps.work_s / (cores * step_s),
            waiting=waiting,
            memory_mb=cores * setting.pool.worker_mb + running + waiting * setting.pool.text_kb / 1024,
            spend=(money - gpus) / money if money else 0.0,
            step_cost=step_s * money / 3600,
            capacity_s=cores / self.mean_s if self.mean_s else 0.0,
        )

    def changed(self, value: float, cores: int, work: tuple[Work, ...]) -> Sensitivity:
        """The same with other time-outs."""
        steps = Steps(msgspec.structs.replace(self.setting, work=work))
        idle_s = steps.streaming_s if self.setting.scoring == "streaming" else steps.batch_s
        fewest, met = steps.fewest(idle_s, cores)
        return Sensitivity(value=value, cores=fewest, met=met, idle_s=idle_s(cores), floor_s=idle_s(steps.most))

    def timeouts(self, cores: int) -> Iterator[Sensitivity]:
        for share in TIMEOUTS:
            work = (msgspec.structs.replace(one, timeouts=share) for one in self.setting.work)
            yield self.changed(share, cores, tuple(work))

    def limits(self, cores: int) -> Iterator[Sensitivity]:
        """Nothing where nothing runs into a limit."""
        if not any(one.timeouts for one in self.setting.work):
            return
        for factor in FACTORS:
            work = (msgspec.structs.replace(one, limit_s=factor * one.limit_s) for one in self.setting.work)
            yield self.changed(factor, cores, tuple(work))


def _light(setting: Setting) -> Setting:
    """Without samples: a plan is to be read."""
    tokens: Tokens = msgspec.structs.replace(setting.tokens, samples=())
    work = tuple(msgspec.structs.replace(one, samples=()) for one in setting.work)
    return msgspec.structs.replace(setting, tokens=tokens, work=work)
