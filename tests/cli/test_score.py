"""`referee score`: what it prints, writes and exits with."""

import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from referee.cli.main import main

PACK = """
name = "p"
[[rules]]
name = "answer"
verifier = "math.number"
params = { channel = "boxed" }
[[rules]]
name = "brief"
verifier = "shape.length"
weight = 0.5
role = "penalty"
params = { maximum = 40 }
"""

ROWS = [
    {"prompt": "p", "completion": "\\boxed{2}", "truth": "2"},
    {"prompt": "p", "completion": "\\boxed{3}", "truth": "2"},
]


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.toml").write_text(PACK)
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return tmp_path


def run(*arguments, text=None):
    return CliRunner().invoke(main, ["score", *arguments], input=text, prog_name="referee")


def command(*arguments, **options):
    return subprocess.run(
        [sys.executable, "-m", "referee", "score", *arguments], capture_output=True, check=False, **options
    )


def test_the_tables_and_the_verdicts(place):
    result = run("rows.jsonl", "--pack", "p.toml")
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    lines = [line.split() for line in result.stdout.splitlines()]
    assert ["answer", "1", "0", "1", "0", "0.5000"] in lines
    assert ["brief", "2", "0", "0", "0", "0.0000"] in lines
    assert ["answer", "fail", "math.different", "1"] in lines
    assert ["pass@1", "0.5000"] in lines
    assert ["pass@2", "1.0000"] in lines
    assert ["groups", "1"] in lines
    assert ["silent", "groups", "0", "(0.0%)"] in lines
    assert len((place / "rows.jsonl.scored.jsonl").read_text().splitlines()) == 2


def test_out_and_no_out(place):
    assert run("rows.jsonl", "--pack", "p.toml", "--out", "o.jsonl").exit_code == 0
    assert run("rows.jsonl", "--pack", "p.toml", "--no-out").exit_code == 0
    assert sorted(path.name for path in place.iterdir()) == ["o.jsonl", "p.toml", "rows.jsonl"]
    assert run("rows.jsonl", "--pack", "p.toml", "--no-out", "--out", "x").exit_code == 2


def test_verdicts_on_standard_output_leave_the_tables_to_the_error_stream():
    result = run("rows.jsonl", "--pack", "p.toml", "--out", "-")
    assert [json.loads(line)["line"] for line in result.stdout.splitlines()] == [1, 2]
    assert "mean contribution" in result.stderr


def test_json_is_the_summary():
    result = run("rows.jsonl", "--pack", "p.toml", "--no-out", "--json")
    summary = json.loads(result.stdout)
    assert (summary["rollouts"], summary["pass_at"]) == (2, {"1": 0.5, "2": 1.0})
    assert run("rows.jsonl", "--pack", "p.toml", "--no-out", "--quiet").output == ""


def test_a_changed_weight():
    result = run("rows.jsonl", "--pack", "p.toml", "--no-out", "--json", "--set", "rules.answer.weight=0.25")
    assert json.loads(result.stdout)["mean_reward"] == 0.125
    assert run("rows.jsonl", "--pack", "p.toml", "--set", "rules.0.weight=0").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.jsonl", "--pack", "p.toml"], "there is no file 'none.jsonl'"),
        (["rows.jsonl", "--pack", "gsmk"], "did you mean 'gsm8k'?"),
        (["rows.jsonl", "--pack", "p.toml", "--map", "truth=trut"], "did you mean 'truth'?"),
        (["rows.jsonl", "--pack", "p.toml", "--map", "tru=truth"], "there is no role 'tru'"),
        (["rows.jsonl", "--pack", "p.toml", "--out", "rows.jsonl"], "is the input itself"),
        (["rows.jsonl", "--pack", "p.toml", "--estimator", "ppo"], "there is no advantage estimator 'ppo'"),
        (["rows.jsonl", "--pack", "p.toml", "--set", "rules.anser.weight=1"], "did you mean 'answer'?"),
        (["rows.jsonl", "--pack", "p.toml", "--set", "rules.answer.weight=-1"], "$.rules[0].weight"),
        (["rows.jsonl", "--pack", "p.toml", "--set", "weight"], "--set takes PATH=VALUE"),
        (["rows.jsonl", "--pack", "\x1b[31mred"], "\\x1b[31mred"),
    ],
)
def test_a_wrong_command_says_what_to_do_in_one_line_and_exits_with_2(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_a_bad_pack_names_the_place(place):
    (place / "bad.toml").write_text(PACK.replace("weight = 0.5", "wieght = 0.5"))
    result = run("rows.jsonl", "--pack", "bad.toml")
    assert result.exit_code == 2
    assert "did you mean 'weight'?" in result.stderr
    assert "$.rules[1].wieght" in result.stderr


def test_rejected_rows_are_said_and_strict_makes_them_count(place):
    with (place / "rows.jsonl").open("a") as file:
        file.write("{\n")
    result = run("rows.jsonl", "--pack", "p.toml", "--no-out")
    assert result.exit_code == 0
    assert "rows.jsonl:3: not JSON" in result.stderr
    assert "1 row rejected, see rows.jsonl.rejected.jsonl" in result.stderr
    assert run("rows.jsonl", "--pack", "p.toml", "--no-out", "--strict").exit_code == 3


def test_unjudged_rollouts_are_said_and_strict_makes_them_count(place):
    (place / "rows.jsonl").write_text(json.dumps({**ROWS[0], "truth": None}) + "\n")
    result = run("rows.jsonl", "--pack", "p.toml", "--no-out")
    assert result.exit_code == 0
    assert "1 of 1 rollouts unjudged by rule 'answer' (truth." in result.stderr
    assert run("rows.jsonl", "--pack", "p.toml", "--no-out", "--strict").exit_code == 3


def test_nothing_to_score_exits_with_1(place):
    (place / "rows.jsonl").write_text("\n\n")
    result = run("rows.jsonl", "--pack", "p.toml")
    assert result.exit_code == 1
    assert "error: nothing could be scored" in result.stderr


def test_standard_input_through_a_shell(place):
    text = (place / "rows.jsonl").read_bytes()
    done = command("-", "--pack", "p.toml", "--workers", "2", input=text + b"broken\n")
    assert done.returncode == 0, done.stderr
    assert (place / "stdin.scored.jsonl").read_bytes().count(b"\n") == 2
    rejected = json.loads((place / "stdin.rejected.jsonl").read_text())
    assert (rejected["file"], rejected["line"], rejected["row"]) == ("standard input", 3, "broken")
    assert b"standard input:3: not JSON" in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr


def test_a_reader_that_goes_away_is_no_fault(place):
    (place / "rows.jsonl").write_text((json.dumps(ROWS[0]) + "\n") * 20_000)
    read, write = os.pipe()
    argv = [sys.executable, "-m", "referee", "score", "rows.jsonl", "--pack", "p.toml", "--out", "-", "--quiet"]
    process = subprocess.Popen(argv, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    os.read(read, 100)
    os.close(read)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 141
    assert errors == b""


def test_the_walkthrough_of_the_docs_works_on_the_bundled_file():
    from referee.cli.demo import EXAMPLES

    result = run(str(EXAMPLES / "rollouts.jsonl"), "--pack", "r1-zero-math", "--no-out", "--json")
    assert json.loads(result.stdout)["agreement"] == {"agree": 24, "disagree": 0, "lines": []}
