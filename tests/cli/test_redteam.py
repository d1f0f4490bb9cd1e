"""`referee redteam`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from referee.cli.main import main

QUICK = ("--budget", "1s", "--family", "baseline", "--family", "cross")
REWARD = """
def loose(completion, truth):
    return 1.0 if truth in completion or not completion.strip() else 0.0

def strict(completion, truth):
    return float(completion.endswith("{" + truth + "}"))
"""


def run(*arguments):
    return CliRunner().invoke(main, ["redteam", *arguments], prog_name="referee")


def test_a_pack_that_holds():
    result = run("r1-zero-math", *QUICK)
    assert result.exit_code == 0, result.output
    assert "0 fail" in result.stdout
    assert "math.answer, answers on channel boxed" in result.stdout


def test_a_function_that_leaks(tmp_path):
    (tmp_path / "mine.py").write_text(REWARD)
    page = tmp_path / "report.html"
    result = run("--callable", f"{tmp_path / 'mine.py'}:loose", *QUICK, "--html", str(page))
    assert result.exit_code == 1, result.output
    assert "B.empty" in result.stdout
    assert "2.65" in result.stdout, "the advantage in a group of 8"
    assert "says nothing" in page.read_text()
    assert run("--callable", f"{tmp_path / 'mine.py'}:loose", *QUICK, "--fail-on", "never").exit_code == 0
    assert run("--callable", f"{tmp_path / 'mine.py'}:strict", *QUICK).exit_code == 0


def test_json_and_a_file_of_tasks(tmp_path):
    tasks = tmp_path / "tasks.jsonl"
    tasks.write_text('{"question": "6 * 7?", "solution": "42"}\n{"question": "1 + 1?", "solution": "2"}\n')
    result = run("gsm8k", "--tasks", str(tasks), *QUICK, "--json", "--group-size", "16")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["target"], report["tasks"], report["group"]) == ("gsm8k", 2, 16)
    assert {one["id"]: one["result"] for one in report["findings"]} == {
        "B.wrong": "holds", "B.empty": "holds", "B.echo": "holds", "B.refusal": "holds", "X.cross": "holds",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a pack"),
        (("gsm8k", "--callable", "json:loads"), "leave one out"),
        (("gsm8k", "--budget", "soon"), "a time like 60s or 5m"),
        (("gsm8k", "--family", "maths"), "there is no family 'maths'"),
        (("--callable", "jsonn:loads"), "No module named 'jsonn'"),
        (("no-such-pack",), "no-such-pack"),
    ],
)
def test_what_cannot_be_attacked(arguments, said):
    result = run(*arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_lists():
    assert "trl.accuracy" in run("--peers").stdout
    assert "mechanism" in run("--list").stdout
