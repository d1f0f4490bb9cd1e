"""inspect_ai, lm-eval, verifiers and open-instruct: whole evaluations of theirs, with our scores in them."""

from __future__ import annotations

import asyncio
import math
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from referee.adapters import inspect_ai, lm_eval, open_instruct, verifiers
from referee.core.errors import RefereeWarning, UsageError

GOOD = "<think>2 * 3 = 6</think> <answer>\\boxed{6}</answer>"
UNREADABLE = "\\frac{1}{"


# Their libraries' warnings, of libraries of theirs.
@pytest.mark.filterwarnings("ignore")
def test_an_evaluation_of_inspect_ai(tmp_path: Any) -> None:
    inspect = pytest.importorskip("inspect_ai", reason="inspect_ai is not installed")
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ModelOutput
    from inspect_ai.solver import solver

    @solver
    def says_six() -> Any:
        async def solve(state: Any, generate: Any) -> Any:
            state.output = ModelOutput.from_content("mockllm/model", GOOD)
            return state

        return solve

    data = MemoryDataset([Sample(input="2 * 3?", target=target) for target in ("6", "7", UNREADABLE, ["6", "six"])])
    task = inspect.Task(dataset=data, solver=says_six(), scorer=inspect_ai.scorer("r1-zero-math"))
    (log,) = inspect.eval(task, model="mockllm/model", log_dir=str(tmp_path), display="none", log_level="error")
    assert log.status == "success", log.error
    found = [sample.scores["referee"] for sample in log.samples]
    assert [score.value for score in found[:2]] == [1.1, 0.1]
    assert [math.isnan(score.as_float()) for score in found] == [False, False, True, True]
    assert found[2].reason == "truth.unreadable"
    assert found[0].answer == "6"
    assert found[0].explanation == "format: format.ok, answer: math.equal.number"
    assert found[1].metadata["verdicts"]["answer"]["status"] == "fail"
    (result,) = log.results.scores
    assert result.metrics["mean"].value == pytest.approx(0.6)  # of the two that were judged
    assert result.unscored_samples == 2


@pytest.mark.filterwarnings("ignore")
def test_an_evaluation_of_lm_eval() -> None:
    pytest.importorskip("lm_eval", reason="lm-eval is not installed")
    from datasets import Dataset
    from lm_eval.api.model import LM
    from lm_eval.api.task import ConfigurableTask
    from lm_eval.evaluator import evaluate

    class Fixed(LM):
        def generate_until(self, requests: Any, **_: Any) -> list[str]:
            return [GOOD for _ in requests]

        def loglikelihood(self, requests: Any, **_: Any) -> Any: ...

        def loglikelihood_rolling(self, requests: Any, **_: Any) -> Any: ...

    rows = [{"question": "2 * 3?", "answer": answer} for answer in ("6", "Six.\n#### 6", "7", UNREADABLE)]
    task = {
        "task": "sums",
        "custom_dataset": lambda **_: {"test": Dataset.from_list(rows)},
        "test_split": "test",
        "output_type": "generate_until",
        "doc_to_text": "{{question}}",
        "doc_to_target": "{{answer}}",
        "process_results": lm_eval.process_results("r1-zero-math"),
        "metric_list": [
            {"metric": "reward", "aggregation": "nanmean", "higher_is_better": True},
            {"metric": "correct", "aggregation": "nanmean", "higher_is_better": True},
            {"metric": "judged", "aggregation": "mean", "higher_is_better": True},
        ],
    }
    made = {"sums": ConfigurableTask(config=task)}
    results = evaluate(Fixed(), made, bootstrap_iters=0)["results"]["sums"]
    assert results["reward,none"] == pytest.approx((1.1 + 1.1 + 0.1) / 3)
    assert results["correct,none"] == pytest.approx(2 / 3)
    assert results["judged,none"] == 0.75


def test_lm_eval_takes_several_responses() -> None:
    process_results = lm_eval.process_results("r1-zero-math")
    found = process_results({"question": "2 * 3?", "target": "6"}, [[GOOD, "6", GOOD, "7"]])
    assert found == {"reward": pytest.approx(0.55), "correct": 0.5, "judged": 1.0}


def test_lm_evals_filter_reads_the_answer() -> None:
    custom = pytest.importorskip("lm_eval.filters.custom", reason="lm-eval is not installed")
    read = custom.CustomFilter(filter_fn=lm_eval.answers(channel="boxed", take="only", missing="[none]"))
    found = read.apply([[GOOD, "\\boxed{1} \\boxed{2}"], ["no box"]], [{}, {}])
    assert found == [["6", "[none]"], ["[none]"]]


@pytest.fixture
def vf() -> Any:
    return pytest.importorskip("verifiers.v1", reason="verifiers is not installed")


def trace_of(vf: Any, text: str | None) -> Any:
    nodes = [vf.MessageNode(message=vf.AssistantMessage(content=text), sampled=True)]
    return vf.Trace.model_construct(nodes=nodes, rewards={}, metrics={}, errors=[])


def test_a_task_of_verifiers(vf: Any) -> None:
    class Row(vf.TaskData):
        answer: str

    class Sums(vf.Task[Row]):
        referee = vf.reward(verifiers.reward("r1-zero-math"))

    async def scored(text: str | None, answer: str) -> Any:
        trace = trace_of(vf, text)
        await Sums(Row(prompt="2 * 3?", answer=answer)).score(trace)
        return trace

    right = asyncio.run(scored(GOOD, "6"))
    assert {name: reward.score for name, reward in right.rewards.items()} == {"format": 0.1, "answer": 1.0}
    assert right.metrics == {"rule/format": 1.0, "rule/answer": 1.0}
    assert right.reward == pytest.approx(1.1)
    assert asyncio.run(scored(None, "6")).reward == 0.0
    with pytest.raises(vf.TaskError, match="1"):
        asyncio.run(scored(GOOD, UNREADABLE))


def test_a_reward_of_verifiers_from_the_configuration(vf: Any, tmp_path: Any) -> None:
    path = tmp_path / "judged.py"
    path.write_text(
        'import referee.adapters.verifiers\n\nreward = referee.adapters.verifiers.reward("r1-zero-math", truth="gold")\n'
    )

    class Row(vf.TaskData):
        gold: str

    class Sums(vf.Task[Row]): ...

    config = vf.TaskConfig(rewards={"referee": {"fn": f"{path}:reward", "weight": 2.0}})

    async def scored() -> Any:
        trace = trace_of(vf, GOOD)
        await Sums(Row(prompt="2 * 3?", gold="6"), config).score(trace)
        return trace

    assert asyncio.run(scored()).reward == pytest.approx(2.2)


def test_a_clipped_pack_is_one_reward_of_verifiers(vf: Any) -> None:
    class Row(vf.TaskData):
        answer: str

    pack = {"name": "short", "clip": [0.0, 1.0], "rules": [{"verifier": "math.number", "weight": 3.0}]}

    class Sums(vf.Task[Row]):
        referee = vf.reward(verifiers.reward(pack))

    trace = trace_of(vf, GOOD)
    asyncio.run(Sums(Row(prompt="2 * 3?", answer="6")).score(trace))
    assert {name: reward.score for name, reward in trace.rewards.items()} == {"referee_short": 1.0}


def test_open_instruct_finds_the_class(open_instruct_module: ModuleType) -> None:
    made = open_instruct.verifier("r1-zero-math", name="math")
    base = open_instruct_module.VerifierFunction
    assert made in base.__subclasses__()
    verifier = made(SimpleNamespace(code_api_url=""))
    assert (verifier.name, verifier.weight) == ("math", 1.0)
    result = verifier([1, 2], GOOD, "6", query="2 * 3?")
    assert (result.score, result.reasoning) == (1.1, "format: format.ok, answer: math.equal.number")
    with pytest.warns(RefereeWarning, match="its reward is 0"):
        assert asyncio.run(verifier.async_call([1], GOOD, UNREADABLE)).reasoning == "not judged: truth.unreadable"


def test_a_field_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match="there is no column 'gold'; the columns are question"):
        lm_eval.process_results("gsm8k", truth="gold")({"question": "x"}, ["y"])


def test_rows_of_code_data_sets_hold_their_tests() -> None:
    tests = {"test_list": ["assert double(2) == 4"], "prompt": "Write double."}
    program = "```python\ndef double(x):\n    return 2 * x\n```"
    assert lm_eval.process_results("mbpp")(tests, [program])["reward"] == 1.0
