"""`referee ledger` and `referee replay`: what they print and exit with."""

import json
import sqlite3

import msgspec
import pytest
from click.testing import CliRunner

from referee.cli.main import main
from referee.core.types import Rollout, Task, failed
from referee.engine.build import build
from referee.engine.score import RulePack
from referee.engine.scored import Scored, Submission, key_of
from referee.ledger.write import Ledger

PACK = RulePack.load({"name": "p", "rules": [{"name": "answer", "verifier": "math.number"}]})


def run(*arguments):
    return CliRunner().invoke(main, [str(one) for one in arguments], prog_name="referee")


def made(path, texts, *, run="r", fault=()):
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        for index, text in enumerate(texts):
            work = Submission(
                run=run,
                group="g\x1b[31m",
                task=Task(id="t", truth="2", prompt="1 + 1?"),
                rollouts=(Rollout(text=text),),
                pack=PACK.spec,
                start=index,
            )
            score = PACK.score_rollout(work.rollouts[0], work.task)
            if index in fault:
                score = msgspec.structs.replace(score, reward=0.0, verdicts={"answer": failed("math.different")})
            ledger.keep([
                Scored(key=key_of(work, 0, PACK.digest, build().id), run=run, group=work.group, index=index, rollout=work.rollouts[0], task=work.task, score=score, build=build().id, step=1)
            ])  # fmt: skip
    return path


@pytest.fixture
def ledger(tmp_path):
    return made(tmp_path / "run.ledger", ["\\boxed{2}", "\\boxed{3}", "it is \\boxed{2}"])


def test_verify_says_that_it_is_sound(ledger):
    said = run("ledger", "verify", ledger, "--sample", 2)
    assert said.exit_code == 0
    assert "sound: 3 entries in 3 batches, 0 alarms, root " in said.stdout
    assert "2 scores computed again: 0 differ" in said.stdout
    assert json.loads(run("ledger", "verify", ledger, "--json").stdout)["report"]["entries"] == 3


def test_verify_says_what_is_not(ledger):
    store = sqlite3.connect(ledger)
    store.execute("DROP TRIGGER entries_UPDATE")
    store.execute("UPDATE entries SET reward = 1 WHERE seq = 2")
    store.commit()
    store.close()
    said = run("ledger", "verify", ledger)
    assert said.exit_code == 1
    assert "entry 2 (run 'r', group 'g\\x1b[31m', index 1) is not what was written" in said.stderr.replace("\\\\", "\\")
    assert "NOT SOUND" in said.stdout


def test_show_counts_and_shows_one(ledger):
    said = run("ledger", "show", ledger).stdout
    assert "3 entries of 1 tasks in 3 batches, mean reward 0.6667, 0 masked" in said
    assert PACK.digest[:12] in said
    one = run("ledger", "show", ledger, 2).stdout
    assert "truth    2" in one
    assert "answer  fail  math.different" in one
    assert "\x1b" not in one
    key = json.loads(run("ledger", "show", ledger, 3, "--json").stdout)["key"]
    assert f"key {key}" in run("ledger", "show", ledger, key[:10]).stdout
    for wrong, words in (
        ("9", "has no entry 9; it has 3"),
        ("abcdef123", "no entry whose key"),
        ("xyz", "goes by its number"),
    ):
        said = run("ledger", "show", ledger, wrong)
        assert (said.exit_code, words in said.stderr) == (2, True)


def test_sql_asks_and_changes_nothing(ledger):
    said = run("ledger", "sql", ledger, "SELECT step, count(*) AS n, avg(reward) FROM scores GROUP BY step")
    assert said.stdout.split() == ["step", "n", "avg(reward)", "1", "3", "0.666667"]
    rows = run("ledger", "sql", ledger, "SELECT text, truth FROM scores ORDER BY seq", "--json").stdout.splitlines()
    assert json.loads(rows[0]) == {"text": "\\boxed{2}", "truth": "2"}
    for question in (
        "DELETE FROM texts",
        "ATTACH 'x' AS y",
        "PRAGMA query_only = 0",
        "SELECT load_extension('x')",
        "nonsense",
        "",
    ):
        said = run("ledger", "sql", ledger, question)
        assert said.exit_code == 2, question
        assert said.stderr.startswith("error: ")


def test_diff_names_what_differs(ledger, tmp_path):
    other = made(tmp_path / "other", ["\\boxed{2}", "\\boxed{3}", "it is \\boxed{2}", "\\boxed{5}"], fault=(2,))
    said = run("ledger", "diff", ledger, other).stdout
    assert "2 scored alike, 1 differently, 0 only in the first, 1 only in the second" in said
    assert "rule answer: 1" in said
    assert "entries 3 and 3" in said
    assert json.loads(run("ledger", "diff", ledger, other, "--json").stdout)["differ"] == 1


def test_replay_says_identical(ledger):
    said = run("replay", ledger)
    assert said.exit_code == 0
    assert said.stdout == "3 entries computed again: 100 % identical\n"
    assert json.loads(run("replay", ledger, "--json").stdout)["identical"] == 3


def test_replay_names_the_rule_and_the_row(tmp_path):
    path = made(tmp_path / "x", ["\\boxed{2}", "\\boxed{3}"], fault=(0,))
    said = run("replay", path)
    assert said.exit_code == 1
    assert "2 entries computed again: 50.0000 % identical, 1 differ" in said.stdout
    assert (
        "entry 1 (run r, group g\\x1b[31m, index 0): rule answer (math.number 1): fail (math.different) then, pass (math"
        in said.stdout
    )
    assert "fail > pass: 1" in said.stdout


def test_replay_with_another_pack_shows_what_would_have_changed(ledger, tmp_path):
    other = tmp_path / "heavy.toml"
    other.write_text('[[rules]]\nname = "answer"\nverifier = "math.number"\nweight = 2.0\n')
    said = run("replay", ledger, "--pack", other)
    assert said.exit_code == 0
    assert "3 entries judged with 'heavy': 2 would have a higher reward, 0 a lower one" in said.stdout
    assert "mean reward 0.6667 then, 1.3333 now" in said.stdout


@pytest.mark.parametrize("command", [("ledger", "verify"), ("ledger", "show"), ("replay",)])
def test_what_is_no_ledger_is_a_sentence(command, tmp_path):
    (tmp_path / "x").write_text("not one")
    said = run(*command, tmp_path / "x")
    assert said.exit_code == 2
    assert "is not a ledger" in said.stderr


def test_a_ledger_is_not_imported_and_an_export_needs_a_file(ledger, tmp_path):
    said = run("ledger", "import", tmp_path / "other.ledger", ledger)
    assert said.exit_code == 2
    assert "is a ledger: `referee ledger export" in said.stderr
    assert "name one" in run("ledger", "export", ledger, "-").stderr


def test_no_alarms_are_said(ledger):
    said = run("ledger", "show", ledger, "--alarms")
    assert (said.exit_code, said.stdout) == (0, "")
    assert "no alarms" in said.stderr


def test_nothing_is_put_beside_what_is_no_ledger(tmp_path):
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"completion": "2", "truth": "2"}\n')
    said = run("score", rows, "--pack", "gsm8k", "--no-out", "--ledger", rows)
    assert (said.exit_code, "is not a ledger" in said.stderr) == (2, True)
    assert [file.name for file in tmp_path.iterdir()] == ["rows.jsonl"]
    said = run("score", rows, "--pack", "gsm8k", "--no-out", "--ledger", tmp_path / "nowhere" / "run.ledger")
    assert (said.exit_code, "there is no folder" in said.stderr) == (2, True)


def test_another_pack_that_says_the_same_changes_nothing(ledger, tmp_path):
    other = tmp_path / "same.toml"
    other.write_text('[[rules]]\nname = "answer"\nverifier = "math.answer"\n')
    said = run("replay", ledger, "--pack", other)
    assert "0 would have a higher reward, 0 a lower one" in said.stdout
    assert "then, " not in said.stdout


def test_score_says_what_the_ledger_kept_and_sql_shows_half_a_character(tmp_path):
    rows, ledger = tmp_path / "rows.jsonl", tmp_path / "run.ledger"
    rows.write_text('{"completion": "\\ud800 2", "truth": "2", "prompt": "p"}\n')
    score = ("score", rows, "--pack", "gsm8k", "--no-out", "--ledger", ledger)
    assert f"ledger {ledger}: 1 kept, 0 were there already\n" in run(*score).stderr
    assert f"ledger {ledger}: 0 kept, 1 were there already\n" in run(*score).stderr
    said = run("ledger", "sql", ledger, "SELECT text FROM scores")
    assert (said.exit_code, "\\xed\\xa0\\x80 2" in said.stdout) == (0, True)
