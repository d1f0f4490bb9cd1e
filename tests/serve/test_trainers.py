"""The routes that trainers call: the adapters' own answers, in the shapes and at the concurrency of their clients."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from referee.adapters import nemo_gym, openrlhf, slime
from referee.core.errors import RefereeWarning, UsageError
from referee.engine.score import as_pack
from referee.serve.app import application
from referee.serve.settings import Limits, Settings

RIGHT = "<think>The roots are 2 and 3.</think> <answer>\\boxed{2}</answer>"
WRONG = "<think>The roots are 2 and 3.</think> <answer>\\boxed{3}</answer>"
PROMPT = "<|im_start|>user\nSolve it.<|im_end|>\n<|im_start|>assistant\n"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
ROUTES = {
    **openrlhf.routes("r1-zero-math"),
    **slime.routes("r1-zero-math"),
    **nemo_gym.routes("r1-zero-math"),
}


def response(text):
    return {"output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}]}


REQUESTS = {
    "/get_reward": {"query": [PROMPT + RIGHT, PROMPT + WRONG], "prompts": [PROMPT] * 2, "labels": ["2", "2"]},
    "/rm": {"prompt": PROMPT, "response": RIGHT, "label": "2"},
    "/verify": {"responses_create_params": {"input": "Solve it."}, "response": response(RIGHT), "answer": "2"},
    "/seed_session": {},
    "/aggregate_metrics": {"verify_responses": [{"reward": 1.0, "rule/answer": 1.0}, {"reward": 0.0}]},
}


@pytest.mark.parametrize("path", REQUESTS)
def test_a_route_answers_what_the_adapter_answers(served, path):
    expected = json.loads(json.dumps(ROUTES["POST", path](REQUESTS[path])))
    for where in (path, f"/packs/r1-zero-math{path}"):
        answer = served.post(where, json=REQUESTS[path])
        assert answer.status_code == 200, answer.text
        assert answer.json() == expected
    assert served.get("/reverify_mode").json() == {"reverify_mode": "stateless"}


def test_the_pack_in_the_path_judges(served):
    asked = {"response": "It is 9 + 9.\n#### 18", "label": "18"}
    assert served.post("/packs/gsm8k/rm", json=asked).json() == 1.0
    assert served.post("/rm", json=asked).json() == 0.0
    assert served.post("/packs/nothing/rm", json=asked).status_code == 404


def test_empty_lists_are_answered_with_empty_lists(served):
    """OpenRLHF sends them to all endpoints but the first."""
    answer = served.post("/get_reward", json={"query": [], "prompts": [], "labels": []})
    assert answer.json() == {"rewards": [], "scores": [], "extra_logs": {}}


@settings(max_examples=60, deadline=None)
@given(
    value=JSON,
    name=st.sampled_from(
        [
            "query",
            "prompts",
            "labels",
            "response",
            "label",
            "prompt",
            "verify_responses",
            "responses_create_params",
            "answer",
        ]
    ),
)
@pytest.mark.filterwarnings("ignore::referee.core.errors.RefereeWarning")
def test_a_handler_answers_or_says_what_is_wrong(value, name):
    """Whatever stands in a field: never an error of another kind, which would be the service's fault."""
    for (_, path), handler in ROUTES.items():
        request = {**REQUESTS.get(path, {}), name: value}
        with suppress(UsageError):
            json.dumps(handler(request))


@settings(max_examples=60, deadline=None)
@given(value=JSON)
def test_metrics_are_added_up_or_refused(value):
    for one in ({"reward": value}, {"rule/x": value, "reward": 1}, value):
        with suppress(UsageError):
            ROUTES["POST", "/aggregate_metrics"]({"verify_responses": [one, {"reward": 1.0}]})


def test_what_a_trainer_cannot_mask_is_said_once(served):
    with pytest.warns(RefereeWarning, match="could not be judged"):
        assert served.post("/packs/strict-math/rm", json={"response": RIGHT, "label": None}).json() == 0.0
    masked = served.post("/verify", json={"response": response(RIGHT)}).json()
    assert masked["mask_sample"]
    assert masked["failure_kind"].startswith("truth.")


async def _asked_as_openrlhf_asks(url, queries, prompts, labels):
    """One sample a request, a new connection for each, up to five tries a second apart: its loop in shape."""
    for _ in range(5):
        try:
            async with httpx.AsyncClient(timeout=180, verify=False) as client:
                answer = await client.post(url, json={"query": queries, "prompts": prompts, "labels": labels})
                answer.raise_for_status()
                return answer.json()
        except httpx.HTTPError:
            await asyncio.sleep(0.1)
    return None


def test_openrlhfs_request_loop(served):
    """256 samples, 64 at a time."""
    samples = [(f"{PROMPT}{RIGHT if n % 3 else WRONG}{n * ' '}", "2", 1.1 if n % 3 else 0.1) for n in range(256)]
    url = f"{served.base_url}/get_reward"

    async def loop():
        places = asyncio.Semaphore(64)

        async def one(query, label):
            async with places:
                return await _asked_as_openrlhf_asks(url, [query], [PROMPT], [label])

        return await asyncio.gather(*(one(query, label) for query, label, _ in samples))

    answers = asyncio.run(loop())
    assert [answer["rewards"] for answer in answers] == [[reward] for _, _, reward in samples]
    assert [answer["extra_logs"]["judged"] for answer in answers] == [[1.0]] * 256


def test_too_many_rollouts_are_refused(open_service):
    client = open_service(limits=Limits(rollouts=2, characters=50))
    asked = {"query": ["x"] * 3, "prompts": [""] * 3, "labels": ["2"] * 3}
    assert client.post("/get_reward", json=asked).status_code == 413
    assert client.post("/rm", json={"response": "x" * 51, "label": "2"}).status_code == 413


def test_a_pack_that_is_not_there_is_said_before_anything_is_served():
    with pytest.raises(UsageError, match="did you mean 'gsm8k'"):
        application(Settings(packs=("gsm8",)))
    assert as_pack("gsm8k").name == "gsm8k"
