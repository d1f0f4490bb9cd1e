"""`referee train`, as a person calls it."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from referee.cli.main import main

TOML = """
out = "{out}"
steps = 2
pool = "here"
[model]
path = "{model}"
precision = "float32"
[[data]]
path = "{data}"
pack = "{pack}"
[sample]
prompts = 2
group = 4
max_tokens = 6
"""


@pytest.fixture
def config(run_config, tmp_path):
    made = run_config()
    path = tmp_path / "config.toml"
    path.write_text(TOML.format(out=made.out, model=made.model.path, data=made.data[0].path, pack=made.data[0].pack))
    return path


def call(*arguments):
    return CliRunner().invoke(main, ["train", *map(str, arguments)])


def test_a_run(config, tmp_path):
    found = call(config, "sample.group=3", "steps=1")
    assert found.exit_code == 0, found.stderr
    assert "step 1/1  reward" in found.stderr
    told = json.loads((tmp_path / "run" / "metrics.jsonl").read_text())
    assert told["rollouts"] == 6
    assert (tmp_path / "run" / "checkpoint-000001" / "model.safetensors").exists()


def test_a_dry_run_scores_truths_against_themselves_and_keeps_nothing(config, tmp_path):
    data = Path(tmp_path / "tasks.jsonl")
    truths = ["17", "1/2", "\\\\frac{", "see above"]
    data.write_text("".join(f'{{"prompt": "x", "truth": "{truth}"}}\n' for truth in truths) + '{"truth": "1"}\n')
    found = call(config, "data.0.pack=r1-zero-math", f"ledger={tmp_path}/ledger", "--dry-run")
    assert found.exit_code == 0, found.stderr
    row = next(line for line in found.stdout.splitlines() if "tasks.jsonl" in line)
    assert row.split()[1:] == ["r1-zero-math", "4", "4", "3", "0", "1", "0"]
    assert "row 5: no prompt in the row" in found.stdout
    assert "one group of 4:" in found.stdout
    assert "a step of 2 groups: at most" in found.stdout
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "ledger").exists()


def test_a_truth_that_fails_itself_is_shown(config, tmp_path):
    (tmp_path / "tasks.jsonl").write_text('{"prompt": "x", "truth": "[0-4]x"}\n')
    found = call(config, "--dry-run")
    assert "0:1: '[0-4]x' is text.no_match to itself" in found.stdout


def test_tests_are_no_answers(config, tmp_path):
    row = {"prompt": "Add.", "test_list": ["assert add(1, 2) == 3"]}
    (tmp_path / "tasks.jsonl").write_text(json.dumps(row) + "\n")
    found = call(config, "data.0.pack=r1-zero-code", "--dry-run")
    row = next(line for line in found.stdout.splitlines() if "tasks.jsonl" in line)
    assert row.split()[1:] == ["r1-zero-code", "1", "1", "0", "1", "0", "0"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sample.grup=8"], "did you mean 'group'? (at $.sample.grup)"),
        (["model.path=/nowhere"], "no tokenizer in '/nowhere' (at $.model.path)"),
        (["data.0.path=/nowhere.jsonl"], "there is no file '/nowhere.jsonl'"),
        (["data.0.pack=r1-zero-meth"], "did you mean 'r1-zero-math'"),
        (["sample.stop=['ab']"], "'ab' is 2 tokens, and a stop is one (at $.sample.stop)"),
    ],
)
def test_a_wrong_config_is_one_sentence_and_exits_with_2(arguments, message, config):
    found = call(config, *arguments)
    assert found.exit_code == 2, found.output
    assert message in found.stderr
    assert found.stderr.startswith("error: ")


def test_vllm_that_is_not_installed_is_one_sentence(config, monkeypatch):
    monkeypatch.setitem(sys.modules, "vllm", None)
    found = call(config, "sample.backend=vllm")
    assert found.exit_code == 2
    assert "sampling with vLLM: pip install vllm, or sample.backend=transformers" in found.stderr


def test_training_without_torch_says_what_to_install(config, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    for name in [name for name in sys.modules if name.startswith("referee.train")]:
        monkeypatch.delitem(sys.modules, name)
    found = call(config)
    assert found.exit_code == 2
    assert "pip install 'referee[train]'" in found.stderr
