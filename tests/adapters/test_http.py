"""The doors that answer requests: OpenRLHF's agent with its own HTTP client, slime's payload, NeMo-Gym's routes."""

from __future__ import annotations

import asyncio
import json
import logging
import urllib.error
import urllib.request
from types import SimpleNamespace
from typing import Any

import pytest

from referee.adapters import nemo_gym, openrlhf, slime
from referee.core.errors import RefereeWarning, UsageError

GOOD = "<think>2 * 3 = 6</think> <answer>\\boxed{6}</answer>"
PROMPT = "<|im_start|>user\n2 * 3?<|im_end|>\n<|im_start|>assistant\n"
UNREADABLE = "\\frac{1}{"


def post(address: str, body: Any) -> Any:
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as response:
        return json.loads(response.read())


class Letters:
    """A tokenizer whose tokens are characters."""

    def __call__(self, text: str, **_: Any) -> dict[str, Any]:
        import torch

        return {"input_ids": torch.tensor([[ord(one) for one in text]])}

    def decode(self, ids: Any, skip_special_tokens: bool) -> str:
        assert not skip_special_tokens
        return "".join(chr(int(one)) for one in ids)


class Engine:
    """Answers every prompt with one text, as vLLM does."""

    def __init__(self, text: str) -> None:
        self.text = text

    async def generate(self, *_: Any, **__: Any) -> Any:
        output = SimpleNamespace(token_ids=[ord(one) for one in self.text], finish_reason="stop", logprobs=None)
        return SimpleNamespace(outputs=[output])


@pytest.fixture
def executed() -> Any:
    """What OpenRLHF's agent notes for one rollout: `executed(where, text, label)`."""
    agent = pytest.importorskip(
        "openrlhf.utils.agent", reason="OpenRLHF is not installed: tests/adapters/frameworks.txt"
    )
    logger = logging.getLogger("openrlhf.utils.agent")
    before = logger.level
    logger.setLevel(logging.ERROR)

    def run(where: str, text: str, label: Any) -> dict[str, Any]:
        sampling = SimpleNamespace(max_tokens=1000, logprobs=None)
        executor = agent.SingleTurnAgentExecutor(where)
        return asyncio.run(executor.execute(PROMPT, label, sampling, 5000, Letters(), Engine(text)))

    yield run
    logger.setLevel(before)


def test_openrlhf_reads_the_file(executed: Any, tmp_path: Any) -> None:
    path = tmp_path / "reward.py"
    path.write_text(
        'import referee.adapters.openrlhf\n\nreward_func = referee.adapters.openrlhf.reward_func("r1-zero-math")\n'
    )
    found = executed(str(path), GOOD + "<|im_end|>\n", "6")
    assert found["reward"].tolist() == pytest.approx([1.1])
    assert found["scores"].tolist() == pytest.approx([1.1])
    logged = {name: value.flatten()[0].item() for name, value in found["extra_logs"].items()}  # as OpenRLHF does
    assert logged == {"judged": 1.0, "rule/format": 1.0, "rule/answer": 1.0}
    assert executed(str(path), "<|im_end|>", "6")["reward"].tolist() == [0.0]


def test_openrlhf_asks_over_http(executed: Any, serve: Any) -> None:
    where = serve(openrlhf.routes("r1-zero-math")) + "/get_reward"
    found = executed(where, GOOD + "<|im_end|>", "6")
    assert found["reward"] == found["scores"] == [1.1]
    assert found["extra_logs"] == {"judged": [1.0], "rule/format": [1.0], "rule/answer": [1.0]}
    assert post(where, {"query": [], "prompts": [], "labels": []}) == {"rewards": [], "scores": [], "extra_logs": {}}
    many = {"query": [PROMPT + GOOD, PROMPT + "6"], "prompts": [PROMPT] * 2, "labels": ["6", "6"]}
    assert post(where, many)["rewards"] == [1.1, 0.0]


def test_what_the_prompt_cannot_be_told_from_is_not_judged() -> None:
    answer = openrlhf.routes("r1-zero-math", unjudged=-1.0)["POST", "/get_reward"]
    with pytest.warns(RefereeWarning, match=r"infra\.unsplit: the query does not begin with the prompt"):
        found = answer({"query": ["im_start|>user" + GOOD], "prompts": [PROMPT], "labels": ["6"]})
    assert (found["rewards"], found["extra_logs"]["judged"]) == ([-1.0], [0.0])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "'query', a list of texts"),
        ({"query": "x", "prompts": ["x"], "labels": None}, "'query', a list of texts"),
        ({"query": ["x"], "prompts": [], "labels": None}, "'prompts' must be a list with one entry for each of the 1"),
        ({"query": ["x"], "prompts": ["x"], "labels": []}, "'labels' must be a list"),
    ],
)
def test_a_wrong_request_says_what_is_wrong(body: dict[str, Any], words: str, serve: Any) -> None:
    with pytest.raises(UsageError, match=words):
        openrlhf.routes("r1-zero-math")["POST", "/get_reward"](body)
    with pytest.raises(urllib.error.HTTPError, match="400") as caught:
        post(serve(openrlhf.routes("r1-zero-math")) + "/get_reward", body)
    assert words in json.loads(caught.value.read())["error"]
    caught.value.close()


def test_only_the_end_is_taken_off_a_completion() -> None:
    answer = openrlhf.routes({"rules": [{"verifier": "text.exact", "params": {"channel": "whole"}}]})[
        "POST", "/get_reward"
    ]
    texts = ["a<|im_end|>b</s>\n<|endoftext|>", "a<|im_end|>b"]
    found = answer({"query": texts, "prompts": ["", ""], "labels": ["a<|im_end|>b"] * 2})
    assert found["rewards"] == [1.0, 1.0]


def test_slime_takes_a_number_or_a_dict(serve: Any) -> None:
    body = {"prompt": [{"role": "user", "content": "2 * 3?"}], "response": GOOD, "label": "6"}
    assert post(serve(slime.routes("r1-zero-math")) + "/rm", body) == 1.1
    wide = post(serve(slime.routes("r1-zero-math", details=True)) + "/rm", body)
    assert wide == {"score": 1.1, "judged": 1.0, "rule/format": 1.0, "rule/answer": 1.0}
    with pytest.raises(UsageError, match="the request needs 'response'"):
        slime.routes("r1-zero-math")["POST", "/rm"]({"prompt": "x"})


def test_slime_leaves_out_what_was_not_judged(slime_sample: Any) -> None:
    rm = slime.custom_rm("r1-zero-math", details=True)
    texts = [(GOOD, "6"), ("6", "6"), (GOOD, UNREADABLE), (GOOD, "6")]
    samples = [slime_sample(prompt="2 * 3?", response=text, label=label, group_index=4) for text, label in texts]
    samples += [slime_sample(prompt="2 * 3?", response=GOOD, label="6", group_index=5) for _ in range(2)]
    for sample, reward in zip(samples, asyncio.run(rm(None, samples)), strict=True):
        sample.reward = reward
    assert [sample.remove_sample for sample in samples] == [False, False, True, False, False, False]
    assert samples[2].metadata["referee"]["reasons"]["answer"] == "truth.unreadable"
    raw, normal = slime.normalize()(SimpleNamespace(reward_key="score"), samples)
    assert raw == [1.1, 0.0, 0.0, 1.1, 1.1, 1.1]
    # 1.1, 0, 1.1: mean 0.7333, population deviation 0.5185
    assert normal == pytest.approx([0.7071, -1.4142, 0.0, 0.7071, 0.0, 0.0], abs=1e-4)


def gym_request(**row: Any) -> dict[str, Any]:
    said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": GOOD}]}
    asked = {"input": [{"role": "user", "content": "2 * 3?"}]}
    return {"responses_create_params": asked, "response": {"output": [said], "id": "r1"}, **row}


def test_nemo_gym(serve: Any) -> None:
    address = serve(nemo_gym.routes("r1-zero-math"))
    assert post(address + "/seed_session", {}) == {}
    answer = post(address + "/verify", gym_request(expected_answer="6", uid=17))
    assert answer["uid"] == 17
    assert answer["response"]["id"] == "r1"
    assert answer["reward"] == 1.1
    assert answer["reward_components"] == {"format": 0.1, "answer": 1.0}
    assert (answer["judged"], answer["rule/answer"], answer["mask_sample"]) == (1.0, 1.0, False)
    lost = post(address + "/verify", gym_request(expected_answer=UNREADABLE))
    assert (lost["mask_sample"], lost["failure_kind"], lost["judged"]) == (True, "truth.unreadable", 0.0)
    assert lost["failure_reason"]
    wrong = post(address + "/verify", gym_request(expected_answer="7"))
    found = post(address + "/aggregate_metrics", {"verify_responses": [answer, lost, wrong]})
    assert found["agent_metrics"] == {
        "mean/reward": pytest.approx(0.6), "mean/rule/format": 1.0, "mean/rule/answer": 0.5, "rollouts": 3, "masked": 1,
    }  # fmt: skip
    with urllib.request.urlopen(address + "/reverify_mode") as response:
        assert json.loads(response.read()) == {"reverify_mode": "stateless"}


def test_nemo_gym_reads_the_last_message() -> None:
    calls = [{"type": "function_call", "name": "f", "arguments": "{}"}]
    first = {"type": "message", "content": [{"type": "output_text", "text": "a"}]}
    last = {"type": "message", "content": [{"type": "output_text", "text": "b"}, {"type": "refusal", "refusal": "no"}]}
    assert nemo_gym.response_text({"output": [first, *calls, last]}) == "b"
    assert nemo_gym.response_text({"output": [first, *calls]}) == "a"
    assert nemo_gym.response_text({"output": calls}) == ""
    for wrong in (None, {}, {"output": "text"}):
        with pytest.raises(UsageError, match=r"response\.output"):
            nemo_gym.response_text(wrong)


def test_nemo_gym_names_the_column() -> None:
    verify = nemo_gym.routes("r1-zero-math", truth="verifier_metadata.gold")["POST", "/verify"]
    assert verify(gym_request(verifier_metadata={"gold": "6"}))["reward"] == 1.1
    with pytest.raises(UsageError, match=r"there is no column 'verifier_metadata\.gold'"):
        verify(gym_request(gold="6"))
