"""`referee score`: what it prints, writes and exits with."""

import gzip
import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from referee.cli.main import main
from referee.data import read

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
        (["rows.jsonl", "--pack", "p.toml", "--set", "rules.anser.weight=1"], "did you mean rules.answer.weight?"),
        (["rows.jsonl", "--pack", "p.toml", "--set", "rules.answer.weight=-1"], "$.rules[0].weight"),
        (["rows.jsonl", "--pack", "p.toml", "--set", "weight"], "--set takes PATH=VALUE"),
        (["rows.jsonl", "--pack", "p.toml", "--set", "answer.weight=2"], "did you mean rules.answer.weight?"),
        (["rows.jsonl", "--pack", "p.toml", "--set", "name.x=2"], "--set name.x=2: there is no 'name.x'"),
        (["rows.jsonl", "--pack", "p.toml", "--set", "clip=2"], "error: --set clip=2: 'clip' must be a list of 2"),
        (
            ["rows.jsonl", "--pack", "p.toml", "--set", "rules.answer.params.chanel=1"],
            "--set rules.answer.params.chanel=1",
        ),
        (["rows.jsonl", "--pack", "p.toml", "--set", "rules.answer.params.channel=lines"], "did you mean 'line'?"),
        (["rows.jsonl", "--pack", "p.toml", "--map", "x=completion"], "the other way round: --map completion=x"),
        (["rows.jsonl", "--pack", "."], "'.' is a folder"),
        (["rows.jsonl", "--pack", "nopack"], "`referee packs` lists them"),
        (["rows.jsonl"], "missing option '--pack'; `referee packs` lists the packs"),
        ([], "missing argument 'FILE'; see `referee score --help`"),
        (["rows.jsonl", "--pack", "p.toml", "--wrkers", "2"], "no such option '--wrkers'"),
        (["rows.jsonl", "--pack", "p.toml", "--group", "x"], "is not one of 'adjacent', 'task', 'none'"),
        (
            ["rows.jsonl", "--pack", "p.toml", "--estimator", "rlo"],
            "did you mean 'rloo'? The estimators are grpo, dr_grpo, leave_one_out, ",
        ),
        (["rows.jsonl", "--pack", "p.toml", "--out", "x.csv"], "use .jsonl, .jsonl.gz or .parquet"),
        (["rows.jsonl", "--pack", "p.toml", "--out", "-", "--json"], "both want standard output"),
        (["rows.jsonl", "--pack", "\x1b[31mred"], "\\x1b[31mred"),
    ],
)
def test_a_wrong_command_says_what_to_do_in_one_line_and_exits_with_2(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert result.stderr.count("(at $") <= 1
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
    rows = [{**ROWS[0], "truth": None}, ROWS[1]]
    (place / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    result = run("rows.jsonl", "--pack", "p.toml", "--no-out")
    assert result.exit_code == 0
    assert "1 of 2 rollouts unjudged by rule 'answer' (truth." in result.stderr
    assert run("rows.jsonl", "--pack", "p.toml", "--no-out", "--strict").exit_code == 3


def test_every_rollout_unjudged_exits_with_1_and_says_what_to_do(place):
    rows = [{"prompt": "p", "llm_out": "\\boxed{2}", "gt_final": "2"}] * 2
    (place / "odd.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    arguments = ["odd.jsonl", "--pack", "p.toml", "--map", "completion=llm_out", "--no-out"]
    for more in ([], ["--strict"], ["--quiet"]):
        result = run(*arguments, *more)
        assert result.exit_code == 1
        assert "error: every rollout is unjudged, for no column holds the truth: the columns are" in result.stderr
        assert "--map truth=COLUMN" in result.stderr
    assert run(*arguments, "--map", "truth=gt_final").exit_code == 0
    wrong = run("rows.jsonl", "--pack", "mmlu", "--no-out")
    assert wrong.exit_code == 1
    assert "`referee explain rows.jsonl:1 --pack mmlu` shows what it reads" in wrong.stderr


def test_a_rule_whose_name_holds_dots_can_be_set(place):
    (place / "dots.toml").write_text('[[rules]]\nverifier = "math.number"\n')
    for path in ("rules.math.number.weight", "rules.0.weight"):
        result = run("rows.jsonl", "--pack", "dots.toml", "--no-out", "--json", "--set", f"{path}=0.5")
        assert json.loads(result.stdout)["mean_reward"] == 0.25


def test_groups_of_one_are_said_apart(place):
    (place / "rows.jsonl").write_text("".join(json.dumps({**row, "prompt": row["completion"]}) + "\n" for row in ROWS))
    result = run("rows.jsonl", "--pack", "p.toml", "--no-out")
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert "groups of fewer than two rewards 2" in lines
    assert "silent groups 0" in lines


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


def test_bytes_in_parquet_score_like_text_and_what_nobody_reads_does_not_matter(place):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    columns = {
        "prompt": pa.array([b"p"] * 3, pa.binary()),
        "completion": pa.array([b"\\boxed{2}", b"\\boxed{2}\xff", b"\\boxed{3}"], pa.large_binary()),
        "truth": pa.array([b"2"] * 3, pa.binary()),
        "at": pa.array([1, 2, 3], pa.timestamp("ns")),
        "extra_info": [{"index": 1, "image": b"\xff"}] * 3,
    }
    pq.write_table(pa.table(columns), "rows.parquet")
    result = run("rows.parquet", "--pack", "p.toml", "--json")
    summary = json.loads(result.stdout)
    assert (summary["rollouts"], summary["rejected"], summary["groups"]) == (2, 1, 1)
    assert summary["mean_reward"] == 0.5
    assert "rows.parquet:2: 'completion' is not UTF-8: byte 0xff at byte 10" in result.stderr
    shown = CliRunner().invoke(main, ["explain", "rows.parquet:3", "--pack", "p.toml"])
    assert shown.exit_code == 0, shown.output
    broken = CliRunner().invoke(main, ["explain", "rows.parquet:2", "--pack", "p.toml"])
    assert broken.stderr == "error: rows.parquet:2: 'completion' is not UTF-8: byte 0xff at byte 10\n"
    wrong = run("rows.parquet", "--pack", "p.toml", "--map", "truth=on")
    assert "The columns are prompt, completion, truth, at, extra_info.index, extra_info.image." in wrong.stderr


def test_a_file_that_breaks_off_exits_with_1_and_says_where(place):
    content = gzip.compress("".join(json.dumps(row) + "\n" for row in ROWS * 500).encode())
    (place / "rows.jsonl.gz").write_bytes(content[:-20])
    for more in ([], ["--quiet"], ["--strict"]):
        result = run("rows.jsonl.gz", "--pack", "p.toml", "--out", "o.jsonl", *more)
        assert result.exit_code == 1
        last = json.loads((place / "o.jsonl").read_text().splitlines()[-1])["line"]
        assert f"error: rows.jsonl.gz is incomplete: read as far as line {last}; the file is damaged" in result.stderr
    (place / "rows.jsonl.gz").write_bytes(content)
    assert run("rows.jsonl.gz", "--pack", "p.toml", "--out", "o.jsonl").exit_code == 0


def test_a_stream_without_line_ends_is_given_up_in_one_sentence(monkeypatch):
    monkeypatch.setattr(read, "LONGEST", 1 << 20)
    monkeypatch.setattr(read, "ENDLESS", 64 << 20)
    result = run("/dev/zero", "--pack", "p.toml", "--no-out")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: /dev/zero holds no rows: no line ends within 64 MiB, and a row may be 1 MiB long\n"
    )


@pytest.mark.parametrize("limit", ["0", "640"])
def test_a_long_integer_is_scored_whatever_the_limit_of_the_process(place, limit):
    digits = "7" * 6000
    row = f'{{"completion": "\\\\boxed{{{digits}}}", "truth": {digits}}}\n'
    (place / "rows.jsonl").write_text(row)
    done = command(
        *("rows.jsonl", "--pack", "p.toml", "--no-out", "--json"), env={**os.environ, "PYTHONINTMAXSTRDIGITS": limit}
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rules"][0]["counts"] == {"pass": 1}
