"""Plans as a whole: figures worked out by hand, an independent simulation of a whole step, and what must always hold."""

from __future__ import annotations

import random

import msgspec
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from referee.core.errors import UsageError
from referee.data.plain import dumps
from referee.plan import draw
from referee.plan.plan import Plan, make
from referee.plan.setting import Prices, Sampler, Setting, Tokens, Work, Workers, setting
from referee.plan.simulate import Steps

FREE = Workers(overhead_s=0.0, worker_mb=100.0, lease_s=15.0, text_kb=1024.0)
# Eight rollouts of 100 tokens end together after 10 s; each takes 1 s to judge.
EVEN = Setting(
    sampler=Sampler(gpus=2, tokens_s=40.0, prompts=2, group=4, update_s=30.0),
    tokens=Tokens(mean=100.0, spread=0.0, most=1000),
    work=(Work(name="even", seconds=0.5, spread=0.0, runs=2, memory_mb=50.0),),
    pool=FREE,
    prices=Prices(gpu_h=3.6, core_h=0.36),
    target=0.05,
)
CODE = Setting(work=(Work(name="code", seconds=0.08, runs=10, timeouts=0.05, limit_s=2.0),))


class TestByHand:
    def test_what_a_step_is(self):
        plan = make(EVEN)
        assert (plan.rollouts, plan.generation_s, plan.step_s) == (8, 10.0, 40.0)
        assert (plan.work_s, plan.mean_s, plan.p99_s, plan.rate_s) == (8.0, 1.0, 1.0, 0.8)
        assert plan.floor_s == pytest.approx(1.0)
        assert plan.keeps_up == 1

    def test_the_fewest_cores_for_two_seconds(self):
        # 5 % of a step of 40 + 2.105 s: two rounds, so four cores.
        plan = make(EVEN)
        assert (plan.streaming.cores, plan.streaming.idle_s, plan.streaming.met) == (4, 2.0, True)
        assert plan.batch == plan.streaming  # all end at once

    def test_everything_about_three_cores(self):
        point = make(msgspec.structs.replace(EVEN, cores=3)).chosen
        assert (point.streaming_s, point.batch_s, point.batch_formula_s) == (3.0, 3.0, 3.0)
        assert point.streaming_share == pytest.approx(3 / 43)
        assert point.utilisation == pytest.approx(8 / (3 * 43))
        assert point.waiting == 5
        assert point.memory_mb == 3 * 100 + 3 * 50 + 5
        assert point.spend == pytest.approx(3 * 0.36 / (2 * 3.6 + 3 * 0.36))
        assert point.step_cost == pytest.approx(43 * (2 * 3.6 + 3 * 0.36) / 3600)
        assert point.capacity_s == 3.0
        assert point.wait_p99_s == 2.0

    def test_a_target_out_of_reach_is_said(self):
        plan = make(msgspec.structs.replace(EVEN, target=0.01))
        assert (plan.streaming.cores, plan.streaming.met) == (8, False)
        assert "cores do not" in plan.notes[0]
        assert "to come near 1.0 s" in plan.sentence

    def test_a_loop_with_fewer_slots_than_rollouts_samples_in_turns(self):
        few = msgspec.structs.replace(EVEN, sampler=Sampler(gpus=2, tokens_s=40.0, prompts=2, group=4, slots=4))
        # Four at once are twice as fast each, and there are two rounds: 5 s and 10 s.
        assert draw.step(few, random.Random(1)).ends == [5.0] * 4 + [10.0] * 4

    def test_time_outs_take_their_limit(self):
        late = msgspec.structs.replace(EVEN, work=(Work(seconds=0.5, spread=0.0, timeouts=1.0, limit_s=3.0),))
        assert make(late).mean_s == 3.0

    def test_a_lost_worker_costs_its_lease_at_the_worst_moment(self):
        # Two cores, four rounds of 1 s. The worst: the last one begins again 15 s after its end.
        lost = make(msgspec.structs.replace(EVEN, cores=2)).lost
        assert lost.worst_s == pytest.approx(15 + 1, abs=1e-3)
        assert 0 < lost.mean_s < lost.worst_s


def whole_step(one, cores, *, streaming):
    """The wait of a step, by simpy's events."""
    world = simpy.Environment()
    room = simpy.Resource(world, capacity=cores)

    def rollout(at, seconds):
        yield world.timeout(at if streaming else one.generation_s)
        with room.request() as turn:
            yield turn
            yield world.timeout(seconds)

    for at, seconds in zip(one.ends, one.services, strict=True):
        world.process(rollout(at, seconds))
    world.run()
    return world.now - one.generation_s


@pytest.mark.parametrize("cores", [4, 7, 8, 64])
def test_the_wait_is_what_simpy_finds(cores):
    steps = Steps(CODE)
    for streaming, ours in ((True, steps.streaming_s), (False, steps.batch_s)):
        theirs = [whole_step(one, cores, streaming=streaming) for one in steps.steps]
        assert ours(cores) == pytest.approx(sum(theirs) / len(theirs), rel=0.05)


def test_the_batch_is_what_the_formula_says():
    for point in make(CODE).curve:
        if 2 * point.cores < 128:  # many rounds: the tail does not count
            assert point.batch_s == pytest.approx(point.batch_formula_s, rel=0.05)


class TestWhatAlwaysHolds:
    def test_the_same_setting_gives_the_same_plan(self):
        assert make(CODE) == make(CODE)
        assert make(CODE) != make(msgspec.structs.replace(CODE, seed=2))

    def test_streaming_never_waits_longer_than_a_batch(self):
        assert all(point.streaming_s <= point.batch_s + 1e-9 for point in make(CODE).curve)

    def test_more_cores_never_wait_longer(self):
        waits = [point.batch_s for point in make(CODE).curve]
        assert waits == sorted(waits, reverse=True)

    def test_the_chosen_one_is_on_the_curve_once(self):
        plan = make(msgspec.structs.replace(CODE, cores=37))
        sizes = [point.cores for point in plan.curve]
        assert sizes == sorted(set(sizes))
        assert plan.chosen in plan.curve
        assert plan.chosen.cores == 37

    def test_more_time_outs_and_longer_limits_never_wait_less(self):
        plan = make(CODE)
        for rows in (plan.timeouts, plan.limits):
            assert [one.idle_s for one in rows] == sorted(one.idle_s for one in rows)
            assert [one.floor_s for one in rows] == sorted(one.floor_s for one in rows)

    def test_without_time_outs_nothing_is_said_of_limits(self):
        assert make(EVEN).limits == ()

    def test_a_plan_is_plain_json(self):
        plan = make(msgspec.structs.replace(CODE, tokens=Tokens(samples=(10.0, 20.0))))
        assert msgspec.json.decode(dumps(plan), type=Plan) == plan
        assert plan.setting.tokens.samples == ()

    @settings(max_examples=25, deadline=None)
    @given(
        st.builds(Sampler, prompts=st.integers(1, 12), group=st.integers(1, 6)),
        st.builds(
            Work, seconds=st.floats(0, 2), runs=st.integers(1, 5), timeouts=st.floats(0, 1), limit_s=st.floats(0, 5)
        ),
        st.sampled_from(["streaming", "batch"]),
        st.floats(0.001, 0.9),
    )
    def test_the_need_is_the_fewest(self, sampler, work, scoring, target):
        made = Setting(sampler=sampler, work=(work,), scoring=scoring, target=target, repeats=2)
        plan, steps = make(made), Steps(made)
        for need, idle_s in ((plan.streaming, steps.streaming_s), (plan.batch, steps.batch_s)):
            assert need.idle_s == idle_s(need.cores)
            if need.met:
                assert need.idle_share <= target + 1e-9
            if need.met and need.cores > 1:
                wait = idle_s(need.cores - 1)
                assert wait / (plan.step_s + wait) > target - 1e-9


class TestSettings:
    def test_a_wrong_value_is_named_with_its_place(self):
        with pytest.raises(
            UsageError, match=r"plan.toml: 'sampler.gpus' must be a whole number .* got the text 'eight'"
        ):
            setting({"sampler": {"gpus": "eight"}}, "plan.toml")

    def test_an_unknown_field_is_named(self):
        with pytest.raises(UsageError, match=r"there is no 'core'; did you mean 'cores'\? \(at \$\)"):
            setting({"core": 3})
        with pytest.raises(UsageError, match=r"there is no 'x'; there are name, share, .* \(at \$\.work\[0\]\)"):
            setting({"work": [{"x": 3}]})

    def test_too_many_rollouts_are_refused(self):
        with pytest.raises(UsageError, match="65,792 rollouts is more than a plan simulates"):
            make(Setting(sampler=Sampler(prompts=257, group=256)))

    def test_kinds_share_the_rollouts(self):
        made = msgspec.structs.replace(
            EVEN,
            sampler=Sampler(prompts=500, group=16),
            work=(Work(seconds=1.0, spread=0.0, share=3.0), Work(seconds=2.0, spread=0.0)),
        )
        assert make(made).mean_s == pytest.approx(1.25, rel=0.05)
