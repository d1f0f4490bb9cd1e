"""A real GRPOTrainer, a random model of some thousand weights, a few steps: what the trainer trains on is what we scored.

The pack is a watched file whose weight changes after the second step. A plugin's rule cannot judge completions that
begin with a 7, so rollouts without a reward stand among others of their group.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import referee
from referee.adapters import trl as face
from referee.group import advantage
from referee.verifiers import find

if any(find_spec(name) is None for name in ("trl", "torch", "datasets")):
    pytest.skip("trl, torch and datasets are not installed", allow_module_level=True)

# TRL's own defaults are words that transformers is giving up.
pytestmark = pytest.mark.filterwarnings("ignore:.*gradient_checkpointing.*:FutureWarning")

G = 8
EVEN = "[0-9]*[02468]"  # the truth of text.pattern
PACK = """
name = "sevens"

[[rules]]
name = "even"
verifier = "text.pattern"
weight = {weight}
params = {{ channel = "whole" }}

[[rules]]
name = "luck"
verifier = "unlucky/text.seven"
weight = 0.5
"""
VERIFIER = '''"""Fails to judge what begins with a 7.

## What it checks
Nothing: everything else passes.

## Truth
None.

## Parameters
None.

## When it cannot judge
The completion begins with a 7: `infra.worker_lost`.

## Known gaps
None.

## Sources
None.
"""

from referee import Rollout, Task, Verdict
from referee.core.errors import InfrastructureError
from referee.core.types import passed
from referee.core.verifier import Case, Parameters, verifier


class Params(Parameters, frozen=True, kw_only=True):
    """None."""


CASES = (Case("1", None, "pass"),)


@verifier
def seven(rollout: Rollout, task: Task, params: Params) -> Verdict:
    """Unlucky numbers are lost."""
    if rollout.text.startswith("7"):
        raise InfrastructureError("lost", "infra.worker_lost")
    return passed("text.match")
'''


@pytest.fixture
def unlucky(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An installed plugin with one verifier."""
    family = tmp_path / "unlucky_rules" / "text"
    family.mkdir(parents=True)
    for folder in (family, family.parent):
        (folder / "__init__.py").write_text("")
    (family / "seven.py").write_text(VERIFIER, encoding="utf-8")
    metadata = tmp_path / "unlucky_rules-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: unlucky-rules\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[referee.verifiers]\nunlucky = unlucky_rules\n")
    monkeypatch.syspath_prepend(tmp_path)
    find.cache_clear()
    yield
    find.cache_clear()
    for name in [name for name in sys.modules if name.startswith("unlucky_rules")]:
        del sys.modules[name]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "sevens.toml"
    file.write_text(PACK.format(weight=1.0))
    return file


def tiny() -> tuple[Any, Any]:
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    signs = ["<pad>", "<eos>", *"0123456789?"]
    made = Tokenizer(models.WordLevel({sign: place for place, sign in enumerate(signs)}, unk_token="?"))
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    made.decoder = decoders.Fuse()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<eos>", unk_token="?")
    torch.manual_seed(3)
    shape = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = Qwen2Config(
        vocab_size=len(signs), num_key_value_heads=2, pad_token_id=0, eos_token_id=1, bos_token_id=None, **shape
    )
    return Qwen2ForCausalLM(config), tokenizer


def train(reward_funcs: Any, folder: Path, steps: int, at_step: Any = lambda step: None) -> tuple[list[Any], list[Any]]:
    """What the trainer noted at each step: its table of completions, and its metrics."""
    from datasets import Dataset
    from transformers import TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    model, tokenizer = tiny()
    tables: list[dict[str, Any]] = []

    class Notes(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            logs = trainer._logs
            rewards = {name: list(values) for name, values in logs["rewards"].items()}
            extra = {name: list(values) for name, values in logs["extra"].items()}
            tables.append(
                {
                    "completions": list(logs["completion"]),
                    "rewards": rewards,
                    "advantages": list(logs["advantages"]),
                    "extra": extra,
                }
            )
            at_step(state.global_step)

    args = GRPOConfig(
        output_dir=str(folder / "out"), max_steps=steps, num_generations=G, per_device_train_batch_size=2 * G,
        max_completion_length=2, logging_steps=1, save_strategy="no", report_to="none", use_cpu=True, seed=1,
        disable_tqdm=True, learning_rate=1e-3, bf16=False,
    )  # fmt: skip
    data = Dataset.from_list([{"prompt": f"{number}", "answer": EVEN} for number in range(8)])
    trainer = GRPOTrainer(
        model=model, reward_funcs=reward_funcs, args=args, train_dataset=data, processing_class=tokenizer, callbacks=[Notes()]
    )  # fmt: skip
    trainer.train()
    return tables, [entry for entry in trainer.state.log_history if "reward" in entry]


def scores(pack: Any, table: dict[str, Any]) -> list[referee.Score]:
    judge = referee.RulePack.load(pack)
    return [judge.score(text, EVEN) for text in table["completions"]]


def same(found: float, wanted: float | None) -> bool:
    return math.isnan(found) if wanted is None else abs(found - wanted) < 1e-6


@pytest.mark.usefixtures("unlucky")
def test_the_trainer_trains_on_our_scores(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.toml", tmp_path / "new.toml"
    old.write_text(PACK.format(weight=1.0))
    new.write_text(PACK.format(weight=0.25))

    def at_step(step: int) -> None:
        if step == 2:
            path.write_text(new.read_text())

    tables, metrics = train(referee.reward_function(path), tmp_path, 4, at_step)
    assert len(tables) == len(metrics) == 4
    masked = 0
    for step, (table, logged) in enumerate(zip(tables, metrics, strict=True), start=1):
        ours = scores(old if step <= 2 else new, table)
        rewards = [score.reward for score in ours]
        (found,) = table["rewards"].values()
        assert len(found) == 2 * G
        assert all(map(same, found, rewards))
        # The group's baseline is over the judged alone, and who was not judged moves nothing.
        for at in (0, G):
            wanted = advantage.estimator("trl")(rewards[at : at + G])
            got = table["advantages"][at : at + G]
            assert got == pytest.approx(wanted, abs=1e-4)
            assert all(value == 0.0 for value, reward in zip(got, rewards[at : at + G], strict=True) if reward is None)
        judged = [reward for reward in rewards if reward is not None]
        masked += len(rewards) - len(judged)
        even = [score.verdicts["even"].score for score in ours]
        assert logged["reward"] == pytest.approx(sum(judged) / len(judged), abs=1e-6)
        assert logged["rewards/referee_sevens/mean"] == pytest.approx(sum(judged) / len(judged), abs=1e-6)
        assert logged["referee_sevens/even"] == pytest.approx(sum(even) / len(even), abs=1e-6)
        assert logged["referee_sevens/luck"] == 1.0
        assert logged["referee_sevens/weight/even"] == (1.0 if step <= 2 else 0.25)
        assert logged["referee_sevens/judged"] == pytest.approx(len(judged) / len(rewards), abs=1e-6)
        assert table["extra"]["referee_sevens/luck"] == [score.verdicts["luck"].score for score in ours]
        assert ("infra.worker_lost" in table["extra"]["referee_sevens/reason"]) == (None in rewards)
    assert masked
    seen = [{value for value in next(iter(table["rewards"].values())) if not math.isnan(value)} for table in tables]
    assert (seen[0] | seen[1], seen[2] | seen[3]) == ({0.5, 1.5}, {0.5, 0.75})
    capsys.readouterr()  # the trainer prints its metrics


@pytest.mark.usefixtures("unlucky")
@pytest.mark.parametrize("mode", ["rule by rule", "awaited"])
def test_the_other_callables_train_too(
    path: Path, tmp_path: Path, mode: str, capsys: pytest.CaptureFixture[str]
) -> None:
    functions = face.reward_functions(path) if mode == "rule by rule" else face.async_reward_function(path)
    tables, metrics = train(functions, tmp_path, 3)
    masked = 0
    for table, logged in zip(tables, metrics, strict=True):
        ours = scores(path, table)
        masked += sum(not score.judged for score in ours)
        check(mode, table, logged, ours)
    assert masked
    capsys.readouterr()


def check(mode: str, table: dict[str, Any], logged: dict[str, Any], ours: list[referee.Score]) -> None:
    if mode == "rule by rule":
        assert set(table["rewards"]) == {"referee_sevens_even", "referee_sevens_luck"}
        for rule in ("even", "luck"):
            added = [score.contributions[rule] if score.judged else None for score in ours]
            assert all(map(same, table["rewards"][f"referee_sevens_{rule}"], added))
    else:
        assert all(map(same, table["rewards"]["referee_sevens"], [score.reward for score in ours]))
    judged = [score.reward for score in ours if score.reward is not None]
    assert logged["reward"] == pytest.approx(sum(judged) / len(judged), abs=1e-6)
