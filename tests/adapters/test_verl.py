"""verl's own loading, managers and data: the function from a file, and our manager by its address."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from referee.core.errors import RefereeWarning, UsageError

# verl imports a part of Ray that is about to move, and the torch of its own requirements is older.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

WHERE = "verl is not installed: pip install --no-deps -r tests/adapters/frameworks.txt"
GOOD = "<think>2 * 3 = 6</think> <answer>\\boxed{6}</answer>"


class Letters:
    """A tokenizer whose tokens are characters; 0 pads, 1 ends a turn."""

    def decode(self, ids: Any, skip_special_tokens: bool) -> str:
        return "".join(chr(int(one)) for one in ids if int(one) > 1 or not skip_special_tokens)


@pytest.fixture(scope="module")
def verl() -> Any:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pytest.importorskip("verl.experimental.reward_loop.reward_manager.base", reason=WHERE)
        from verl import DataProto
        from verl.experimental.reward_loop import reward_manager  # noqa: F401 - registers the managers
        from verl.trainer.ppo.reward import load_reward_manager
    return DataProto, load_reward_manager


def config(**reward: Any) -> Any:
    from omegaconf import OmegaConf

    manager = {"source": "register", "name": "naive", "module": {"path": None, "name": "x"}}
    function = {"path": None, "name": "compute_score", "reward_kwargs": {}}
    return OmegaConf.create({"reward": {"reward_manager": manager, "custom_reward_function": function, **reward}})


def batch(proto: Any, rows: list[tuple[str, str]], prompt: str = "2 * 3?") -> Any:
    """Prompts padded on the left, responses on the right, as verl's rollouts come."""
    import numpy as np
    import torch

    width = max(len(text) for text, _ in rows) + 1
    prompts, responses, masks = [], [], []
    for text, _ in rows:
        ids = [ord(one) for one in text] + [1]
        prompts.append([0, 0, *map(ord, prompt)])
        responses.append(ids + [0] * (width - len(ids)))
        masks.append([0, 0] + [1] * len(prompt) + [1] * len(ids) + [0] * (width - len(ids)))
    return proto.from_dict(
        tensors={
            "prompts": torch.tensor(prompts),
            "responses": torch.tensor(responses),
            "attention_mask": torch.tensor(masks),
        },
        non_tensors={
            "data_source": np.array(["math"] * len(rows), dtype=object),
            "reward_model": np.array([{"ground_truth": truth} for _, truth in rows], dtype=object),
            "extra_info": np.array([{} for _ in rows], dtype=object),
        },
    )


def loaded(verl: Any, settings: Any) -> Any:
    """The manager on a loop of its own, as a reward worker has one."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    return loop, verl[1](settings, Letters(), reward_router_address=None, reward_model_tokenizer=None)


def run(loop: Any, manager: Any, data: Any) -> list[dict[str, Any]]:
    async def all_of_them() -> list[dict[str, Any]]:
        return await asyncio.gather(*(manager.run_single(data[at : at + 1]) for at in range(len(data))))

    try:
        return loop.run_until_complete(all_of_them())
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        loop.close()


ROWS = [(GOOD, "6"), (GOOD, "7"), ("6", "6"), (GOOD, "\\frac{1}{")]
REWARDS = [1.1, 0.1, 0.0, 0.0]


def arrays(found: list[dict[str, Any]]) -> dict[str, Any]:
    """What verl makes of the extra numbers: one array for each key of the first."""
    import numpy as np

    infos = [one["reward_extra_info"] for one in found]
    return {key: np.array([info[key] for info in infos]) for key in infos[0]}


@pytest.mark.parametrize("name", ["compute_score", "compute_score_async"])
def test_a_function_from_a_file(verl: Any, tmp_path: Any, name: str) -> None:
    path = tmp_path / "my_reward.py"
    path.write_text(f'import referee.adapters.verl\n\ncompute_score = referee.adapters.verl.{name}("r1-zero-math")\n')
    function = {"path": str(path), "name": "compute_score", "reward_kwargs": {}}
    loop, manager = loaded(verl, config(custom_reward_function=function))
    assert manager.is_async_reward_score == (name == "compute_score_async")
    with pytest.warns(RefereeWarning, match=r"truth\.unreadable.*its reward is 0\. The number 'judged' counts them"):
        found = run(loop, manager, batch(verl[0], ROWS))
    assert [one["reward_score"] for one in found] == REWARDS
    logged = arrays(found)
    assert set(logged) == {"score", "judged", "rule/format", "rule/answer"}
    assert all(values.dtype == float for values in logged.values())
    assert logged["judged"].tolist() == [1, 1, 1, 0]
    assert logged["rule/format"].tolist() == [1, 1, 0, 1]


def ours(**options: Any) -> Any:
    place = {"path": "pkg://referee.adapters.verl_manager", "name": "x"}
    manager = {"source": "importlib", "name": "RewardManager", "module": place}
    return config(
        reward_manager=manager,
        custom_reward_function={"path": None, "name": "compute_score", "reward_kwargs": options},
    )


def test_the_manager_scores_what_ends_together_together(verl: Any) -> None:
    import torch

    loop, manager = loaded(verl, ours(pack="r1-zero-math", unjudged=-1.0, window=0.05))
    data = batch(verl[0], ROWS * 8)
    with pytest.warns(RefereeWarning, match="its reward is -1"):
        found = run(loop, manager, data)
    rewards = [one["reward_score"] for one in found]
    assert rewards == [*REWARDS[:3], -1.0] * 8
    assert manager.window.batches == 1
    assert set(arrays(found)) == {"score", "judged", "rule/format", "rule/answer"}
    placed = type(manager).assemble_rm_scores(data, rewards)  # at each response's last token
    assert torch.allclose(placed.sum(dim=1), torch.tensor(rewards))


def test_a_template_that_opens_the_thinking_is_seen(verl: Any) -> None:
    loop, manager = loaded(verl, ours(pack="r1-zero-math"))
    data = batch(verl[0], [(GOOD.removeprefix("<think>"), "6")], prompt="2 * 3?\n<think>\n")
    assert [one["reward_score"] for one in run(loop, manager, data)] == [1.1]


def test_a_manager_without_a_pack_says_what_to_set(verl: Any) -> None:
    with pytest.raises(UsageError, match=r"reward_kwargs\.pack=r1-zero-math"):
        loaded(verl, ours())
    asyncio.get_event_loop_policy().get_event_loop().close()
    asyncio.set_event_loop(None)
