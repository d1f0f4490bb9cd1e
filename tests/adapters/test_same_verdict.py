"""One table of cases through every door: the same reward, and what could not be judged is never a number by chance.

A door to a trainer that is installed goes through the trainer's own code: verl's manager base and DataProto, OpenRLHF's
agent and its HTTP client, a task and a trace of verifiers, a scorer of inspect_ai. slime, NeMo-Gym and open-instruct are
on no index; their doors are called as the published contract says.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from math import fsum
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import pytest

import referee
from referee.adapters import inspect_ai, lm_eval, nemo_gym, open_instruct, openrlhf, slime, trl, verifiers, verl
from referee.core.errors import RefereeWarning
from referee.engine.completion import as_rollout
from referee.verifiers import find

UNJUDGED = -7.5  # what a trainer that takes numbers only gets in its place
PROMPT = "Solve it."
THINK = "<think>The factors are (x - 2)(x - 3), so the roots are 2 and 3.</think>"
PACKS = ("aime", "gsm8k", "mmlu", "triviaqa", "r1-math", "r1-zero-math", "strict-math")


class Item(NamedTuple):
    pack: str
    completion: Any
    truth: Any


def table() -> list[Item]:
    """Every case of the packs' own verifiers, scored by the whole pack; the walkthrough; and odd forms."""
    items: list[Item] = []
    for name in PACKS:
        rules = referee.RulePack.load(name).spec.rules
        used = sorted({part.verifier for rule in rules for part in (rule.parts or (rule,))})
        items += [Item(name, case.completion, case.truth) for one in used for case in find(one).cases]
    walk = (
        f"{THINK}\nIt is \\boxed{{2}}.",
        f"{THINK}\nIt is \\boxed{{3}}.",
        "It is 2.",
        f"{THINK}<answer>\\boxed{{2}}</answer>",
    )
    items += [Item("r1-zero-math", text, "2") for text in walk]
    right = walk[0]
    odd = [
        "", " \n", "\0", "\udfff7\ud800", "\\boxed{\ud8002}", "\u202e\\boxed{2}", "\\boxed{2}" * 50, right + "  \n", "\n" + right,
        {"role": "assistant", "content": right},
        [{"role": "assistant", "content": right}],
        [{"role": "user", "content": "\\boxed{9}"}, {"role": "assistant", "content": right}],
        [{"role": "assistant", "content": [{"type": "text", "text": THINK}, {"type": "text", "text": "\\boxed{2}"}]}],
        [{"role": "assistant", "content": None, "tool_calls": []}],
    ]  # fmt: skip
    items += [Item("r1-zero-math", text, "2") for text in odd]
    items += [
        Item("r1-zero-math", right, truth) for truth in ("north of the river", None, "", ["2", "3"], {"a": 1}, 2, 2.0)
    ]
    program = "<think>Read, then print.</think>\n```python\nprint(int(input()) * 2)\n```"
    cases = {"inputs": ["2\n", "5\n"], "outputs": ["4\n", "10\n"]}
    items += [Item("r1-zero-code", text, cases) for text in (program, program.replace("* 2", "* 3"), "print(4)")]
    return items


TABLE = table()
Rewards = list[float | None]


def text_of(item: Item) -> str:
    return as_rollout(item.completion).text


def back(value: float) -> float | None:
    """None for what stands for a missing reward."""
    return None if math.isnan(value) or value == UNJUDGED else float(value)


def by_pack(score: Callable[[str, list[Item]], Rewards]) -> Rewards:
    """The rewards of the whole table from a function that scores one pack's items."""
    packs = dict.fromkeys(item.pack for item in TABLE)
    found = {pack: iter(score(pack, [item for item in TABLE if item.pack == pack])) for pack in packs}
    return [next(found[item.pack]) for item in TABLE]


def columns(items: list[Item]) -> dict[str, Any]:
    return {
        "prompts": [PROMPT] * len(items),
        "completions": [item.completion for item in items],
        "completion_ids": [[0]] * len(items),
        "ground_truth": [item.truth for item in items],
        "trainer_state": None,
    }


@pytest.fixture(scope="module")
def expected() -> Rewards:
    """What the judge says itself, one by one."""
    return [referee.RulePack.load(item.pack).score(item.completion, item.truth, PROMPT).reward for item in TABLE]


def agree(expected: Rewards, found: Rewards, kept: Callable[[Item], bool] = lambda _: True) -> None:
    """Equal but for the trainer's own rounding; None only beside None."""
    assert len(found) == len(TABLE)
    apart = [
        (item, want, got)
        for item, want, got in zip(TABLE, expected, found, strict=True)
        if kept(item) and ((want is None) != (got is None) or (want is not None and abs(want - got) > 1e-6))
    ]
    assert not apart, apart[:3]


def whole(item: Item) -> bool:
    """Whether pydantic takes the text: it refuses lone surrogates before any reward function is asked."""
    text = text_of(item)
    return text == text.encode(errors="replace").decode()


def test_the_table_is_worth_its_name(expected: Rewards) -> None:
    assert len(TABLE) >= 300
    assert sum(reward is None for reward in expected) >= 10
    kinds = {round(reward, 2) for reward in expected if reward is not None}
    assert {0.0, 0.1, 1.0, 1.1} <= kinds
    assert sum(not whole(item) for item in TABLE) >= 2
    assert expected[[item.completion for item in TABLE].index(f"{THINK}\nIt is \\boxed{{2}}.")] == 1.1


@pytest.mark.filterwarnings("ignore:none of the .* truths")
def test_trl(expected: Rewards) -> None:
    agree(expected, by_pack(lambda pack, items: referee.reward_function(pack, unjudged=None)(**columns(items))))


@pytest.mark.filterwarnings("ignore:none of the .* truths")
def test_trl_awaited(expected: Rewards) -> None:
    agree(expected, by_pack(lambda pack, items: asyncio.run(trl.async_reward_function(pack)(**columns(items)))))


@pytest.mark.filterwarnings("ignore:none of the .* truths")
def test_trl_rule_by_rule(expected: Rewards) -> None:
    def added(pack: str, items: list[Item]) -> Rewards:
        rows = zip(*(function(**columns(items)) for function in trl.reward_functions(pack)), strict=True)
        return [None if row[0] is None else fsum(row) for row in rows]

    agree(expected, by_pack(added))


def verl_call(item: Item) -> dict[str, Any]:
    return {
        "data_source": "x",
        "solution_str": text_of(item),
        "ground_truth": item.truth,
        "extra_info": {"num_turns": None},
    }


def told(items: list[Item]) -> Any:
    """The warning that is due, once, where a trainer that masks nothing gets a rollout that could not be judged."""
    due = any(not referee.RulePack.load(item.pack).score(item.completion, item.truth).judged for item in items)
    return (
        pytest.warns(RefereeWarning, match="this trainer masks none, so its reward is -7.5") if due else nullcontext()
    )


def test_verl(expected: Rewards) -> None:
    keys: set[tuple[str, frozenset[str]]] = set()

    def scored(pack: str, items: list[Item]) -> Rewards:
        compute_score = verl.compute_score(pack, unjudged=UNJUDGED)
        with told(items):
            found = [compute_score(**verl_call(item)) for item in items]
        keys.update((pack, frozenset(one)) for one in found)
        assert all(type(value) is float for one in found for value in one.values())
        assert [one["judged"] == 0.0 for one in found] == [one["score"] == UNJUDGED for one in found]
        return [back(one["score"]) for one in found]

    agree(expected, by_pack(scored))
    assert len(keys) == len({pack for pack, _ in keys})


def test_verl_awaited(expected: Rewards) -> None:
    def scored(pack: str, items: list[Item]) -> Rewards:
        compute_score = verl.compute_score_async(pack, unjudged=UNJUDGED)

        async def together() -> list[Mapping[str, float]]:
            return await asyncio.gather(*(compute_score(**verl_call(item)) for item in items))

        with told(items):
            return [back(one["score"]) for one in asyncio.run(together())]

    agree(expected, by_pack(scored))


class Letters:
    """A tokenizer whose tokens are characters."""

    def decode(self, ids: Any, skip_special_tokens: bool) -> str:
        return "".join(chr(int(one)) for one in ids)


@pytest.fixture
def quiet_openrlhf() -> Any:
    logger = logging.getLogger("openrlhf.utils.agent")
    before = logger.level
    logger.setLevel(logging.ERROR)
    yield
    logger.setLevel(before)


def openrlhf_pack(tmp_path: Any, pack: str) -> str:
    """The user's file."""
    path = tmp_path / f"{pack}.py"
    path.write_text(
        f"from referee.adapters import openrlhf\n\nreward_func = openrlhf.reward_func({pack!r}, unjudged={UNJUDGED})\n"
    )
    return str(path)


def openrlhf_calls(pack: str, items: list[Item], method: str, where: str) -> Rewards:
    agent = pytest.importorskip(
        "openrlhf.utils.agent", reason="OpenRLHF is not installed: tests/adapters/frameworks.txt"
    )
    executor = agent.SingleTurnAgentExecutor(where)

    async def all_of_them() -> list[Any]:
        fetch = getattr(executor, method)
        return [await fetch([PROMPT + text_of(item) + "<|im_end|>"], [PROMPT], [item.truth]) for item in items]

    found = [one for answers in asyncio.run(all_of_them()) for one in answers]
    assert all(len(one["rewards"]) == len(one["scores"]) == 1 for one in found)
    return [back(float(one["rewards"][0])) for one in found]


@pytest.mark.usefixtures("quiet_openrlhf")
def test_openrlhf_file(expected: Rewards, tmp_path: Any) -> None:
    def scored(pack: str, items: list[Item]) -> Rewards:
        with told(items):
            return openrlhf_calls(pack, items, "_fetch_rewards_via_func", openrlhf_pack(tmp_path, pack))

    agree(expected, by_pack(scored))


@pytest.mark.filterwarnings("ignore:a rollout could not be judged")
@pytest.mark.usefixtures("quiet_openrlhf")
def test_openrlhf_http(expected: Rewards, serve: Any) -> None:
    def scored(pack: str, items: list[Item]) -> Rewards:
        address = serve(openrlhf.routes(pack, unjudged=UNJUDGED))
        return openrlhf_calls(pack, items, "_fetch_rewards_via_http", f"{address}/get_reward")

    agree(expected, by_pack(scored))


@pytest.mark.parametrize("group", [False, True], ids=["one by one", "groups"])
def test_slime(expected: Rewards, slime_sample: Any, group: bool) -> None:
    def scored(pack: str, items: list[Item]) -> Rewards:
        rm = slime.custom_rm(pack, unjudged=UNJUDGED)
        samples = [slime_sample(prompt=PROMPT, response=text_of(item), label=item.truth) for item in items]

        async def all_of_them() -> list[float]:
            return await rm(None, samples) if group else await asyncio.gather(*(rm(None, sample) for sample in samples))

        rewards = [back(one) for one in asyncio.run(all_of_them())]
        assert [sample.remove_sample for sample in samples] == [one is None for one in rewards]
        return rewards

    agree(expected, by_pack(scored))


@pytest.mark.filterwarnings("ignore:a rollout could not be judged")
def test_slime_http(expected: Rewards) -> None:
    def scored(pack: str, items: list[Item]) -> Rewards:
        rm = slime.routes(pack, unjudged=UNJUDGED)["POST", "/rm"]
        wired = [json.dumps({"prompt": PROMPT, "response": text_of(item), "label": item.truth}) for item in items]
        return [back(json.loads(json.dumps(rm(json.loads(one)), allow_nan=False))) for one in wired]

    agree(expected, by_pack(scored))


def test_nemo_gym(expected: Rewards) -> None:
    def scored(pack: str, items: list[Item]) -> Rewards:
        verify = nemo_gym.routes(pack)["POST", "/verify"]
        rewards: Rewards = []
        for item in items:
            said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text_of(item)}]}
            request = {
                "responses_create_params": {"input": [{"role": "user", "content": PROMPT}]},
                "response": {"object": "response", "output": [{"type": "reasoning", "summary": []}, said]},
                "expected_answer": item.truth,
            }
            answer = json.loads(json.dumps(verify(json.loads(json.dumps(request))), allow_nan=False))
            assert answer["response"]["output"][1]["content"][0]["text"] == text_of(item)
            assert (answer["failure_kind"] is not None) == answer["mask_sample"]
            rewards.append(None if answer["mask_sample"] else answer["reward"])
        return rewards

    agree(expected, by_pack(scored))


def test_verifiers(expected: Rewards) -> None:
    vf = pytest.importorskip("verifiers.v1", reason="verifiers is not installed")
    from verifiers.v1.errors import TaskError

    class Row(vf.TaskData):
        truth: Any = None

    def scored(pack: str, items: list[Item]) -> Rewards:
        class Judged(vf.Task[Row]):
            referee = vf.reward(verifiers.reward(pack))

        async def one(item: Item) -> float | None:
            if not whole(item):
                return None
            task = Judged(Row(prompt=PROMPT, truth=item.truth))
            said = vf.MessageNode(message=vf.AssistantMessage(content=text_of(item)), sampled=True)
            trace = vf.Trace.model_construct(nodes=[said], rewards={}, metrics={}, errors=[])
            try:
                await task.score(trace)
            except TaskError:
                return None
            assert all(f"rule/{rule.name}" in trace.metrics for rule in referee.RulePack.load(pack).spec.rules)
            return trace.reward

        async def all_of_them() -> Rewards:
            return await asyncio.gather(*(one(item) for item in items))

        return asyncio.run(all_of_them())

    agree(expected, by_pack(scored), whole)


def test_rubric(expected: Rewards) -> None:
    def scored(pack: str, items: list[Item]) -> Rewards:
        function = verifiers.rubric_reward(pack, unjudged=UNJUDGED)

        async def all_of_them() -> list[float]:
            calls = (
                function(prompt=PROMPT, completion=item.completion, answer=item.truth, state={}, info={}, task="")
                for item in items
            )
            return await asyncio.gather(*calls)

        with told(items):
            return [back(one) for one in asyncio.run(all_of_them())]

    agree(expected, by_pack(scored))


@pytest.mark.parametrize("awaited", [False, True])
def test_open_instruct(expected: Rewards, open_instruct_module: ModuleType, awaited: bool) -> None:
    def scored(pack: str, items: list[Item]) -> Rewards:
        made = open_instruct.verifier(pack, unjudged=UNJUDGED)
        assert made.__bases__ == (open_instruct_module.VerifierFunction,)
        verifier = made(SimpleNamespace())
        calls = [([0], text_of(item), item.truth, PROMPT) for item in items]

        async def all_of_them() -> list[Any]:
            return await asyncio.gather(*(verifier.async_call(*call) for call in calls))

        with told(items):
            results = asyncio.run(all_of_them()) if awaited else [verifier(*call) for call in calls]
        return [back(one.score) for one in results]

    agree(expected, by_pack(scored))


def test_inspect_ai(expected: Rewards) -> None:
    pytest.importorskip("inspect_ai", reason="inspect_ai is not installed")
    from inspect_ai.model import ModelOutput
    from inspect_ai.scorer import Target
    from inspect_ai.solver import TaskState

    def scored(pack: str, items: list[Item]) -> Rewards:
        judge = inspect_ai.scorer(pack, truth="truth")

        async def one(item: Item) -> float | None:
            if not whole(item):
                return None
            output = ModelOutput.from_content("mockllm/model", text_of(item))
            about = {"metadata": {"truth": item.truth}, "output": output}
            state = TaskState("mockllm/model", "1", 1, PROMPT, [], Target(""), **about)
            score = await judge(state, Target(""))
            assert score.explanation
            return back(score.as_float())

        async def all_of_them() -> Rewards:
            return await asyncio.gather(*(one(item) for item in items))

        return asyncio.run(all_of_them())

    agree(expected, by_pack(scored), whole)


def test_lm_eval(expected: Rewards) -> None:
    def scored(pack: str, items: list[Item]) -> Rewards:
        process_results = lm_eval.process_results(pack)
        found = [process_results({"question": PROMPT, "target": item.truth}, [text_of(item)]) for item in items]
        assert [one["judged"] for one in found] == [0.0 if math.isnan(one["reward"]) else 1.0 for one in found]
        return [back(one["reward"]) for one in found]

    agree(expected, by_pack(scored))
