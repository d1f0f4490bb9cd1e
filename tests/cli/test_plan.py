"""`referee plan`: what it prints, and how it is asked."""

import json

import pytest
from click.testing import CliRunner

from referee.cli.main import main
from referee.cli.plan import plot
from referee.plan.plan import make
from referee.plan.presets import PRESETS
from referee.plan.setting import Sampler, Setting, Work


def run(*arguments):
    return CliRunner().invoke(main, ["plan", *[str(one) for one in arguments]], prog_name="referee")


def plan(*arguments):
    found = run(*arguments, "--json")
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


SMALL = ("--prompts", 4, "--group", 4)


def test_a_preset_in_words():
    found = run("--preset", "code", *SMALL)
    assert found.exit_code == 0, found.output
    assert "rollouts scored as they end: 8 GPUs wait" in found.stdout.splitlines()[0]
    for heading in ("judging a step", "one lost worker", "p99 in line", "time limit", "100% |"):
        assert heading in found.stdout


def test_the_presets_say_their_rules():
    found = run("--presets")
    assert found.exit_code == 0
    for preset in PRESETS.values():
        assert preset.name in found.stdout
        assert preset.holds in found.stdout
    assert [json.loads(line)["name"] for line in run("--presets", "--json").stdout.splitlines()] == list(PRESETS)


def test_options_change_the_setting():
    found = plan(
        *SMALL, "--gpus", 3, "--service", 0.5, "--runs", 2, "--timeouts", 0.25, "--limit-s", 7, "--scoring", "batch",
        "--cores", 5, "--length", 100, "--longest", 500, "--gpu-h", 1, "--core-h", 2, "--target", 0.1, "--update-s", 9,
        "--slots", 8, "--tokens-s", 100, "--seed", 4,
    )  # fmt: skip
    made = found["setting"]
    assert made["sampler"] == {
        "gpus": 3, "tokens_s": 100.0, "prompts": 4, "group": 4, "slots": 8, "update_s": 9.0
    }  # fmt: skip
    (work,) = made["work"]
    assert (work["seconds"], work["runs"], work["timeouts"], work["limit_s"]) == (0.5, 2, 0.25, 7.0)
    assert (made["tokens"]["mean"], made["tokens"]["most"]) == (100.0, 500)
    assert (made["prices"], made["target"], made["seed"]) == ({"gpu_h": 1.0, "core_h": 2.0}, 0.1, 4)
    assert found["chosen"]["cores"] == 5
    assert found["rollouts"] == 16


def test_a_file_is_a_setting(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text('target = 0.02\n[sampler]\nprompts = 4\n[[work]]\nname = "sql"\nseconds = 0.3\n')
    found = plan("--config", path)
    assert found["setting"]["work"][0]["name"] == "sql"
    assert found["setting"]["target"] == 0.02
    assert found["rollouts"] == 64


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--preset", "cod"], "there is no preset 'cod'; did you mean 'code'?"),
        (["rollouts.jsonl"], "--pack names what judges them"),
        (["plan.toml"], "--config plan.toml"),
        (["--pack", "gsm8k"], "name one"),
        (["--run", "r"], "give --ledger too"),
        (["--target", "2"], "'target' must be a number"),
        (["--ledger", "none.ledger"], "there is no ledger"),
    ],
)
def test_what_is_wrong_is_one_sentence(arguments, said):
    found = run(*arguments)
    assert found.exit_code == 2
    assert said in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_broken_file_is_one_sentence(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text("target = ")
    assert run("--config", path).exit_code == 2
    assert str(path) in run("--config", path).stderr
    path.write_text("[sampler]\ngpus = 0\n")
    assert "'sampler.gpus' must be a whole number" in run("--config", path).stderr


def test_rollouts_of_a_file_are_measured(tmp_path):
    path = tmp_path / "rollouts.jsonl"
    path.write_text("\n".join(json.dumps({"completion": "\\boxed{1}", "truth": "1"}) for _ in range(8)))
    found = run(path, "--pack", "gsm8k", *SMALL)
    assert found.exit_code == 0, found.output
    assert "8 rollouts judged by one worker here" in found.stderr
    assert "gsm8k" in found.stdout


def test_the_plot_falls_with_the_cores():
    lines = plot(make(Setting(sampler=Sampler(prompts=8, group=8), work=(Work(seconds=20.0, limit_s=60.0),))))
    rows = [line for line in lines if " |" in line]
    assert len(rows) == 11
    heights = {column: height for height, line in enumerate(rows) for column, sign in enumerate(line) if sign == "*"}
    assert [heights[column] for column in sorted(heights)] == sorted(heights.values())
    assert len(heights) > 4


def test_one_core_is_one_core():
    assert "with 1 core," in run(*SMALL, "--cores", 1).output
    assert "with 2 cores," in run(*SMALL, "--cores", 2).output
