"""The other commands: explain, verifiers, packs, new, demo, bench; and what all share."""

import importlib
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from referee import __version__
from referee.cli.main import COMMANDS, main
from referee.cli.show import safe, short
from referee.core.verifier import Verifier
from referee.packs.load import bundled
from referee.verifiers import ids


def run(*arguments):
    return CliRunner().invoke(main, list(arguments), prog_name="referee")


def ok(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


# What all share


def test_help_lists_the_commands_and_the_exit_codes():
    text = ok("--help")
    assert all(name in text for name in COMMANDS)
    assert "Exit codes" in text
    assert "130" in text
    for name in COMMANDS:
        assert "Usage: referee" in ok(name, "--help")


def test_the_version():
    assert ok("--version") == f"referee {__version__}\n"


def test_an_unknown_command_offers_the_nearest():
    result = run("explian")
    assert result.exit_code == 2
    assert "did you mean 'explain'?" in result.stderr


def test_every_command_is_documented():
    for name in COMMANDS:
        command = importlib.import_module(f"referee.cli.{name}").command
        assert command.help
        assert command.short_help


def test_the_module_is_the_command():
    done = subprocess.run([sys.executable, "-m", "referee", "--version"], capture_output=True, text=True, check=False)
    assert done.stdout == f"referee {__version__}\n"


def test_a_hostile_text_is_made_harmless():
    assert safe("a\x1b[31m\x00\u202e\u200b\ud800\tb") == "a\\x1b[31m\\x00\\u202e\\u200b\\ud800\\tb"
    assert safe("a\nb") == "a\\nb"
    assert safe("a\nb", lines=True) == "a\nb"
    assert safe("größer 7²") == "größer 7²"
    assert safe("a" + "\u0301" * 6) == "a" + "\u0301" * 4 + "\\u0301" * 2
    assert short("x" * 100, 10) == "x" * 9 + "…"


# explain


def test_explain_shows_what_was_found_and_why():
    text = ok(
        "explain", "--pack", "r1-zero-math", "--truth", "2", "--text", "<think>x</think> <answer>\\boxed{3}</answer>"
    )
    assert "»3«" in text
    assert "answer  fail  math.different: the value differs from the truth" in text
    assert "format  pass  format.ok" in text
    assert "adds 0.100, weight 0.1" in text
    assert "reward   0.100 = 0.100 + 0.000" in text


def test_explain_a_line_of_a_file(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [
        {"completions": ["A: 1", "A: 2"], "answer": "x\n#### 2", "question": "q"},
        {"completion": "A: 3", "answer": "3"},
    ]
    path.write_text("\n".join(json.dumps(row) for row in rows))
    (tmp_path / "empty.jsonl").write_text("\n")
    assert "answer  fail" in ok("explain", str(path), "--pack", "gsm8k")
    second = ok("explain", f"{path}:1", "--pack", "gsm8k", "--index", "1")
    assert "answer  pass" in second
    assert "truth    2" in second
    assert "answer  pass" in ok("explain", f"{path}:2", "--pack", "gsm8k")
    for place, more, message in (
        (f"{path}:9", [], "has no row in line 9"),
        (f"{path}:1", ["--index", "2"], "holds 2 completions"),
        (f"{path}.none", [], "there is no file"),
        (f"{path}:0", [], "lines count from 1"),
        (str(tmp_path / "empty.jsonl"), [], "empty.jsonl' holds no row"),
    ):
        result = run("explain", place, "--pack", "gsm8k", *more)
        assert result.exit_code == 2
        assert message in result.stderr


def test_explain_sends_nothing_of_a_rollout_raw(tmp_path):
    path = tmp_path / "rows.jsonl"
    hostile = "\x1b]0;owned\x07[bold]x[/bold] \x9b31m \ud800 \u202e"
    row = {"completion": f"{hostile}\nA: {hostile}", "truth": hostile, "prompt": hostile, "task_id": hostile}
    path.write_text(json.dumps(row))
    text = ok("explain", str(path), "--pack", "gsm8k")
    assert all(sign.isprintable() or sign == "\n" for sign in text)
    assert "[bold]x[/bold]" in text


def test_explain_a_long_completion_around_its_answer():
    text = ok("explain", "--pack", "gsm8k", "--truth", "7", "--text", "word " * 2000 + "\nA: 7\n" + " and more" * 2000)
    assert len(text) < 3000
    assert "characters ..." in text


def test_explain_weighted_parts_and_what_could_not_be_judged():
    assert "  thinking  " in ok("explain", "--pack", "r1-math", "--truth", "2", "--text", "x")
    masked = ok("explain", "--pack", "gsm8k", "--text", "A: 7")
    assert "answer  unjudged  truth." in masked
    assert "reward   none: 1 of 1 rules could not be judged" in masked


def test_explain_needs_one_rollout():
    assert run("explain", "--pack", "gsm8k").exit_code == 2
    assert run("explain", "x", "--text", "y", "--pack", "gsm8k").exit_code == 2


# verifiers and packs


def test_the_catalogue_lists_every_verifier():
    text = ok("verifiers")
    assert all(name in text for name in ids())


@pytest.mark.parametrize("name", ids())
def test_a_verifier_has_its_page(name):
    text = ok("verifiers", name)
    assert "## What it checks" in text
    assert "verdict" in text
    assert all(sign.isprintable() or sign == "\n" for sign in text)


def test_the_parameters_are_shown_with_what_they_may_be_and_mean():
    text = ok("verifiers", "math.number")
    assert "See `Params`" not in text
    row = next(line for line in text.splitlines() if line.startswith("channel "))
    assert "'answer', 'auto', 'boxed', 'line' or 'whole'" in row
    assert "'auto'" in row
    assert "where the answer stands" in row
    assert "channels" in text
    assert "`" + "boxed`" not in text.partition("channels")[2]
    assert "what follows ####" in text


def test_cases_that_differ_in_tokens_only_look_different():
    rows = [line for line in ok("verifiers", "shape.length").splitlines() if "maximum=20480" in line]
    assert len(rows) == len(set(rows)) > 4
    assert any("20480 tokens" in row for row in rows)


def test_plugins_are_listed_and_a_broken_one_hides_nothing(tmp_path, monkeypatch):
    from referee.verifiers import find

    family = tmp_path / "listed_rules" / "geo"
    family.mkdir(parents=True)
    for folder in (family, family.parent):
        (folder / "__init__.py").write_text("")
    (family / "bad.py").write_text("import nosuchlib\n")
    metadata = tmp_path / "listed_rules-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: listed-rules\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[referee.verifiers]\nlisted = listed_rules\n")
    monkeypatch.syspath_prepend(tmp_path)
    find.cache_clear()
    text = ok("verifiers")
    assert "listed/geo.bad" in text
    assert "(cannot be used) listed/geo.bad: No module named 'nosuchlib' (listed_rules/geo/bad.py:1)" in text
    assert all(name in text for name in ids())
    for arguments in (["verifiers", "listed/geo.bad"], ["check", "listed/geo.bad"]):
        result = run(*arguments)
        assert result.exit_code == 2
        assert result.stderr == "error: listed/geo.bad: No module named 'nosuchlib' (listed_rules/geo/bad.py:1)\n"


def test_an_unknown_verifier_offers_the_nearest():
    result = run("verifiers", "math.nmuber")
    assert result.exit_code == 2
    assert "did you mean 'math.number'?" in result.stderr


def test_the_packs_are_listed_and_shown():
    assert all(name in ok("packs") for name in bundled())
    for name in bundled():
        assert "digest    " in ok("packs", name)
    text = ok("packs", "r1-zero-math")
    assert "format.think_answer" in text
    assert "0.1" in text


def test_naming_a_pack_file_checks_it(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('[[rules]]\nverifier = "math.number"\nparams = { chanel = "boxed" }\n')
    result = run("packs", str(path))
    assert result.exit_code == 2
    assert "did you mean 'channel'?" in result.stderr
    assert "$.rules[0].params.chanel" in result.stderr


# new


def test_a_new_verifier_imports_and_its_cases_hold(tmp_path, monkeypatch):
    folder = tmp_path / "acme_plugin"
    assert "wrote" in ok("new", "verifier", "geo.near", "--dir", str(folder))
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("acme_plugin.geo.near")
    found = module.near
    assert isinstance(found, Verifier)
    from referee.core.types import Rollout, Task
    from referee.core.verifier import HEADINGS
    from referee.engine import contract

    for case in found.cases:
        task = Task(truth=case.truth)
        assert found(Rollout(text=case.completion), task, found.params(case.params)).status == case.status
    assert {case.status for case in found.cases} == {"pass", "fail"}
    assert any(case.note.startswith("attack:") for case in found.cases)
    assert all(f"## {heading}\n" in found.page for heading in HEADINGS)
    assert not list(contract.faults(found))


def test_a_new_verifier_overwrites_nothing(tmp_path):
    ok("new", "verifier", "geo.near", "--dir", str(tmp_path))
    path = tmp_path / "geo" / "near.py"
    path.write_text("mine")
    result = run("new", "verifier", "geo.near", "--dir", str(tmp_path))
    assert result.exit_code == 2
    assert "exists already" in result.stderr
    assert path.read_text() == "mine"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (name, "family.name in lower case, like text.flipped")
        for name in ("near", "Geo.x", "a.b.c", "geo.2", "../x.y", "a/b.c")
    ]
    + [
        ("geo.class", "'class' is a word of Python"),
        (
            "text.reversed",
            "'reversed' is a builtin of Python, and the function carries the file's name; text.reversed_text?",
        ),
    ],
)
def test_a_name_that_cannot_be_a_verifier(tmp_path, name, words):
    result = run("new", "verifier", name, "--dir", str(tmp_path))
    assert result.exit_code == 2
    assert words in result.stderr
    assert not list(tmp_path.iterdir())


# check


def test_a_verifier_is_checked_against_the_contract():
    text = ok("check", "text.exact", "shape.length")
    assert "text.exact: ok (" in text
    assert "shape.length: ok (" in text
    assert run("check").exit_code == 2
    assert "did you mean 'text.exact'?" in run("check", "text.exct").stderr


def test_the_faults_of_a_verifier_are_said(monkeypatch):
    from referee.engine import contract

    monkeypatch.setattr(contract, "faults", lambda verifier: iter([f"fault {n}" for n in range(25)]))
    result = run("check", "text.exact")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == "text.exact: fault 0"
    assert result.stdout.splitlines()[-1] == "text.exact: ... and 5 more"


# demo and bench


def test_the_demo_is_the_walkthrough():
    text = ok("demo")
    lines = [line.split() for line in text.splitlines()]
    start = lines.index(["rollout", "reward", "advantage"])
    assert lines[start + 1 : start + 5] == [
        ["1", "1.100", "+0.998"],
        ["2", "0.100", "-0.903"],
        ["3", "0.000", "-1.093"],
        ["4", "1.100", "+0.998"],
    ]
    assert "mean 0.575," in text
    wrong, right = text.partition("Four wrong: a silent group")[2].split("Four right: a silent group")
    for part, reward in ((wrong, "0.100"), (right, "1.100")):
        rows = [line.split() for line in part.splitlines()]
        assert [[str(n), reward, "0.000"] in rows for n in (1, 2, 3, 4)] == [True] * 4


def test_the_benchmark_prints_a_table(monkeypatch):
    from referee.bench import judge

    figure = judge.Figure(name="x", value=1234.5, unit="us/rollout")
    monkeypatch.setattr(judge, "measure", lambda rollouts, rounds: iter([figure]))
    assert "1,234.5" in ok("bench", "judge")
    assert json.loads(ok("bench", "judge", "--json"))["unit"] == "us/rollout"
