"""A file through the judge: groups, output, counts, broken rows, killed workers, interruption."""

import gzip
import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from referee.core.errors import PackError, UsageError
from referee.data.columns import Columns
from referee.engine import chunk, groups
from referee.engine.run import score_file

PACK = {
    "name": "p",
    "rules": [
        {"name": "answer", "verifier": "math.number", "params": {"channel": "boxed"}},
        {"name": "tags", "verifier": "format.think_answer", "weight": 0.5},
    ],
}

PLUGIN = '''"""Kills the process when the completion says so.

## What it checks
## Truth
## Parameters
## When it cannot judge
## Known gaps
## Sources
"""
import os
from pathlib import Path
from referee.core.types import failed, passed
from referee.core.verifier import Parameters, verifier

class Params(Parameters, frozen=True, kw_only=True):
    """None."""

CASES = ()

@verifier
def kill(rollout, task, params):
    """Dies."""
    if "die" in rollout.text:
        os._exit(9)
    if "surrogate" in rollout.text:
        return failed("x.no", found=rollout.text, number=float("nan"))
    return passed("x.yes", found=rollout.text)
'''


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of our own to stand in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def killer(place, monkeypatch):
    """A pack whose verifier, an installed plugin, ends the process on the word "die"."""
    site = place / "site"
    (site / "deadly" / "x").mkdir(parents=True)
    (site / "deadly" / "__init__.py").touch()
    (site / "deadly" / "x" / "__init__.py").touch()
    (site / "deadly" / "x" / "kill.py").write_text(PLUGIN)
    (site / "deadly-1.dist-info").mkdir()
    (site / "deadly-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: deadly\nVersion: 1\n")
    (site / "deadly-1.dist-info" / "entry_points.txt").write_text("[referee.verifiers]\ndeadly = deadly\n")
    monkeypatch.syspath_prepend(site)
    return {"name": "k", "rules": [{"name": "answer", "verifier": "deadly/x.kill"}]}


def write(place, rows, name="rows.jsonl"):
    path = place / name
    path.write_bytes(b"".join((row if isinstance(row, bytes) else json.dumps(row).encode()) + b"\n" for row in rows))
    return path


def read(path):
    opened = gzip.open if str(path).endswith(".gz") else open
    with opened(path, "rt") as file:
        return [json.loads(line) for line in file]


def boxed(value, truth="2", task="a", **columns):
    return {"task_id": task, "completion": f"\\boxed{{{value}}}", "truth": truth, **columns}


def advantages(path):
    return [row["advantage"] for row in read(path)]


# Rows and groups


def test_consecutive_rows_of_a_task_are_a_group(place):
    path = write(place, [boxed(2), boxed(3), boxed(2, task="b"), boxed(2, task="b"), boxed(3, task="c")])
    summary = score_file(path, PACK, out="o.jsonl")
    assert (summary.rollouts, summary.groups, summary.silent, summary.single, summary.masked) == (5, 3, 1, 1, 0)
    assert summary.mean_reward == pytest.approx(3 / 5)
    assert summary.pass_at == {1: pytest.approx((0.5 + 1 + 0) / 3)}
    assert [rule.counts for rule in summary.rules] == [{"pass": 3, "fail": 2}, {"fail": 5}]
    assert summary.rules[0].contribution == pytest.approx(3 / 5)
    assert summary.notes == ()
    rows = read("o.jsonl")
    assert [(row["line"], row["task"], row["index"], row["reward"]) for row in rows] == [
        (1, "a", 0, 1.0),
        (2, "a", 1, 0.0),
        (3, "b", 0, 1.0),
        (4, "b", 1, 1.0),
        (5, "c", 0, 0.0),
    ]
    assert [row["advantage"] for row in rows] == pytest.approx([1, -1, 0, 0, 0])
    assert rows[0]["contributions"] == {"answer": 1.0, "tags": 0.0}
    assert rows[0]["verdicts"]["answer"]["status"] == "pass"
    assert rows[0]["verdicts"]["answer"]["evidence"]["span"] == [7, 8]
    assert rows[0]["pack"] == summary.digest
    assert "label" not in rows[0]


def test_without_a_task_prompt_and_truth_tell_groups_apart(place):
    rows = [boxed(2, task=None, prompt=prompt, truth=truth) for prompt, truth in ("p2", "p2", "q2", "q3")]
    summary = score_file(write(place, rows), PACK, out="o.jsonl")
    assert (summary.groups, summary.rollouts) == (3, 4)
    names = [row["task"] for row in read("o.jsonl")]
    assert names[0] == names[1]
    assert len(set(names)) == 3


def test_rows_with_neither_task_nor_prompt_stand_alone_and_it_is_said(place):
    summary = score_file(write(place, [boxed(2, task=None)] * 3), PACK)
    assert summary.groups == 3
    (note,) = summary.notes
    assert note.startswith("3 rows with neither a task nor a prompt, each a group by itself: name the column with ")
    assert note.endswith("--map task=COLUMN or --map prompt=COLUMN.")


def test_rejected_rows_and_lists_of_completions_are_not_rows_without_a_task(place):
    rows = [boxed(2, task=None), {"truth": "2"}, {"completions": ["\\boxed{2}"], "truth": "2"}]
    path = write(place, rows)
    with path.open("a") as file:
        file.write("{\n")
    for workers in (1, 2):
        summary = score_file(path, PACK, workers=workers)
        assert summary.rejected == 2
        assert summary.notes[-1].startswith("1 row with neither a task nor a prompt")
    assert score_file(path, PACK, grouping="none").notes == ()


@pytest.mark.parametrize("truth", ["2", "not a number"])
def test_groups_with_nothing_to_compare_are_not_silent(place, truth):
    rows = [boxed(2, truth=truth, task=task) for task in "aab"] + [boxed(2, task="z")] * 2
    summary = score_file(write(place, rows), PACK)
    masked = truth != "2"
    assert (summary.groups, summary.single, summary.silent) == (3, 2 if masked else 1, 1 if masked else 2)


def test_a_file_without_truths_names_its_columns(place):
    path = write(place, [{"q": "x", "llm_out": "\\boxed{2}", "gt_final": "2"}] * 2)
    columns = Columns(mapped={"completion": ("llm_out",)})
    assert score_file(path, PACK, columns=columns).fault == (
        "every rollout is unjudged, for no column holds the truth: the columns are q, llm_out, gt_final; "
        "name the one that does: --map truth=COLUMN"
    )
    with_truth = Columns(mapped={"completion": ("llm_out",), "truth": ("gt_final",)})
    assert score_file(path, PACK, columns=with_truth).fault == ""


def test_a_pack_that_does_not_fit_says_how_to_see_why(place):
    path = write(place, [boxed(2)] * 2)
    fault = score_file(path, "mmlu").fault
    assert "every rollout is unjudged (truth.unreadable): is 'mmlu' the pack for this file?" in fault
    assert f"`referee explain {path}:1 --pack mmlu` shows what it reads" in fault
    assert score_file(write(place, [boxed(2), boxed(2, truth="A")]), "mmlu").fault == ""


def test_a_list_of_completions_is_a_group(place):
    row = {"prompt": "p", "truth": "2", "completions": ["\\boxed{2}", "\\boxed{3}"], "is_correct": [True, True]}
    summary = score_file(write(place, [row, row]), PACK, out="o.jsonl")
    assert (summary.groups, summary.rollouts) == (2, 4)
    rows = read("o.jsonl")
    assert [(row["line"], row["index"], row["advantage"]) for row in rows] == [
        (1, 0, pytest.approx(1)),
        (1, 1, pytest.approx(-1)),
        (2, 0, pytest.approx(1)),
        (2, 1, pytest.approx(-1)),
    ]
    assert (summary.agreement.agree, summary.agreement.disagree, summary.agreement.lines) == (2, 2, (1, 2))


def test_a_task_that_returns_is_said_and_may_be_gathered(place):
    path = write(place, [boxed(2), boxed(2, task="b"), boxed(3), boxed(3, task="b"), boxed(2, task="c")])
    summary = score_file(path, PACK, out="o.jsonl")
    assert summary.groups == 5
    assert "2 groups of a task that had a group before" in summary.notes[0]
    assert "--group task" in summary.notes[0]
    gathered = score_file(path, PACK, out="o.jsonl", grouping="task")
    assert (gathered.groups, gathered.notes) == (3, ())
    rows = read("o.jsonl")
    assert [(row["line"], row["task"], row["index"]) for row in rows] == [
        (1, "a", 0),
        (3, "a", 1),
        (2, "b", 0),
        (4, "b", 1),
        (5, "c", 0),
    ]
    assert [row["advantage"] for row in rows] == pytest.approx([1, -1, 1, -1, 0])


def test_the_return_of_a_task_is_forgotten_after_many_groups(place, monkeypatch):
    monkeypatch.setattr(groups, "REMEMBERED", 2)
    rows = [boxed(2, task=task) for task in "abcab"]
    assert score_file(write(place, rows), PACK).notes == ()
    assert "1 group of" in score_file(write(place, rows[:2] + rows[3:4]), PACK).notes[0]


def test_no_groups_when_none_are_wanted(place):
    row = {"prompt": "p", "truth": "2", "completions": ["\\boxed{2}", "\\boxed{3}"]}
    summary = score_file(write(place, [boxed(2), boxed(3), row]), PACK, out="o.jsonl", grouping="none")
    assert summary.groups == summary.rollouts == 4
    assert advantages("o.jsonl") == [0, 0, 0, 0]


@pytest.mark.parametrize("grouping", ["adjacent", "task"])
def test_a_group_that_never_ends_is_cut(place, monkeypatch, grouping):
    monkeypatch.setattr(groups, "LARGEST", 3)
    summary = score_file(write(place, [boxed(2)] * 7 + [boxed(2, task="b")]), PACK, grouping=grouping, workers=1)
    assert (summary.groups, summary.rollouts) == (4, 8)
    assert summary.notes[0].startswith("2 groups longer than")


def test_the_mean_over_groups_of_pass_at_k_by_hand(place):
    rows = [boxed(value) for value in (2, 2, 3, 3)] + [boxed(value, task="b") for value in (2, 3, 3, 3)]
    summary = score_file(write(place, rows), PACK)
    # n = 4: two right: 1 - C(2,2)/C(4,2) = 5/6; one right: 1 - C(3,2)/C(4,2) = 1/2
    assert summary.pass_at == {1: pytest.approx((0.5 + 0.25) / 2), 2: pytest.approx((5 / 6 + 1 / 2) / 2), 4: 1.0}


def test_what_cannot_be_judged_is_masked_and_takes_no_part(place):
    rows = [boxed(2), boxed(3), boxed(2, truth={"no": "number"}, is_correct=True), boxed(2)]
    summary = score_file(write(place, rows), PACK, out="o.jsonl")
    assert (summary.rollouts, summary.masked, summary.unjudged) == (4, 1, 1)
    assert summary.mean_reward == pytest.approx(2 / 3)
    assert summary.pass_at == {1: pytest.approx(2 / 3), 2: 1.0}  # of the three that were judged
    assert summary.agreement is None
    assert [row["reward"] for row in read("o.jsonl")] == [1.0, 0.0, None, 1.0]
    assert advantages("o.jsonl")[2] == 0.0


def test_agreement_with_labels(place):
    rows = [boxed(2, is_correct=True), boxed(3, is_correct=True), boxed(3, is_correct=False), boxed(3)]
    summary = score_file(write(place, rows), PACK, out="o.jsonl")
    assert (summary.agreement.agree, summary.agreement.disagree, summary.agreement.lines) == (2, 1, (2,))
    assert [row.get("label") for row in read("o.jsonl")] == [True, True, False, None]


def test_the_limit_counts_rows(place):
    assert score_file(write(place, [boxed(2)] * 9), PACK, limit=4).rollouts == 4


# Output


def test_the_output_is_the_same_for_any_number_of_workers(place):
    rows = [boxed(number % 4, task=str(number // 6)) for number in range(3000)]
    path = write(place, [*rows, b"broken", *rows])
    summaries = [score_file(path, PACK, out=f"{count}.jsonl", workers=count) for count in (1, 3)]
    assert (place / "1.jsonl").read_bytes() == (place / "3.jsonl").read_bytes()
    one, three = (msgspec.structs.replace(s, out="", seconds=0, rollouts_per_second=0, workers=0) for s in summaries)
    assert one == three
    assert one.rollouts == 6000


def test_compressed_output(place):
    path = write(place, [boxed(2, task=str(number)) for number in range(1000)])
    score_file(path, PACK, out="o.jsonl")
    score_file(path, PACK, out="o.jsonl.gz")
    assert read("o.jsonl") == read("o.jsonl.gz")


def test_parquet_in_and_out(place):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    rows = [boxed(2), boxed(3), boxed(2, truth="no number"), boxed(2, is_correct=True)]
    pq.write_table(pa.Table.from_pylist(rows), "in.parquet")
    summary = score_file("in.parquet", PACK, out="o.parquet")
    assert summary.rollouts == 4
    table = pq.read_table("o.parquet").to_pylist()
    assert [row["line"] for row in table] == [1, 2, 3, 4]
    assert table[0]["verdicts"]["answer"]["status"] == "pass"
    assert json.loads(table[0]["verdicts"]["answer"]["evidence"])["span"] == [7, 8]
    assert table[0]["contributions"] == {"answer": 1.0, "tags": 0.0}


def test_surrogates_and_nul_survive(place, killer):
    text = "surrogate \ud800 \x00 \U0001f600"
    path = write(place, [{"completion": text, "task": "t\udfff"}, {"completion": "fine", "task": "t"}])
    for workers in (1, 2):
        summary = score_file(path, killer, out="o.jsonl", workers=workers)
        assert summary.rollouts == 2
        rows = read("o.jsonl")
        assert rows[0]["verdicts"]["answer"]["evidence"]["found"] == text
        assert rows[0]["task"] == "t\udfff"
        assert rows[1]["reward"] == 1.0
    pq = pytest.importorskip("pyarrow.parquet")
    score_file(path, killer, out="o.parquet")
    assert pq.read_table("o.parquet").to_pylist()[0]["task"] == "t\\udfff"


def test_nothing_half_written_bears_the_name(place, monkeypatch):
    path = write(place, [boxed(2)])
    score_file(path, PACK, out="o.jsonl")
    assert not (place / "o.jsonl.partial").exists()
    before = (place / "o.jsonl").read_bytes()
    with pytest.raises(UsageError):
        score_file(write(place, [{"no": 1}], "bad.jsonl"), PACK, out="o.jsonl")
    assert (place / "o.jsonl").read_bytes() == before
    assert sorted(p.name for p in place.iterdir()) == ["bad.jsonl", "o.jsonl", "rows.jsonl"]


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("rows.jsonl", "is the input itself"),
        ("link.jsonl", "is the input itself"),
        (".", "is a folder"),
        ("none/o.jsonl", "there is no folder 'none'"),
        ("rows.jsonl.rejected.jsonl", "where rejected rows go"),
    ],
)
def test_an_output_that_cannot_be_is_refused_before_anything_is_scored(place, out, message):
    path = write(place, [boxed(2)])
    (place / "link.jsonl").symlink_to(path)
    with pytest.raises(UsageError, match=message):
        score_file(path, PACK, out=out)
    assert read(path) == [boxed(2)]


def test_a_device_keeps_its_place(place):
    score_file(write(place, [boxed(2)]), PACK, out="/dev/null")
    assert not Path("/dev/null").is_file()


# Rows that cannot be read


def test_a_broken_row_is_named_kept_and_stops_nothing(place):
    path = write(place, [boxed(2), b'{"completion": ', boxed(3), b"\xff", {"task_id": "a"}, b"", [1], boxed(2)])
    summary = score_file(path, PACK, out="o.jsonl")
    assert (summary.rollouts, summary.groups, summary.rejected) == (3, 1, 4)
    assert summary.rejected_to == f"{path}.rejected.jsonl"
    rejected = read(summary.rejected_to)
    assert [(row["file"], row["line"]) for row in rejected] == [(str(path), line) for line in (2, 4, 5, 7)]
    assert rejected[0]["row"] == '{"completion": '
    assert rejected[1]["row"] == "\\xff"
    assert "not JSON" in rejected[0]["error"]
    assert "no completion in the row; its columns are task_id" in rejected[2]["error"]
    assert summary.faults[0].startswith(f"{path}:2: not JSON")


def test_a_clean_run_removes_the_rejects_of_an_earlier_one(place):
    path = write(place, [boxed(2), b"x"])
    score_file(path, PACK)
    assert (place / "rows.jsonl.rejected.jsonl").exists()
    score_file(write(place, [boxed(2)]), PACK)
    assert not (place / "rows.jsonl.rejected.jsonl").exists()


def test_nothing_readable_leaves_no_output(place):
    summary = score_file(write(place, [b"x", b"y"]), PACK, out="o.jsonl")
    assert (summary.rollouts, summary.rejected, summary.out, summary.mean_reward) == (0, 2, None, None)
    assert summary.pass_at == {}
    assert not list(place.glob("o.jsonl*"))


def test_the_wrong_columns_stop_at_once(place):
    path = write(place, [b"broken", {"answer": "2", "reply": "\\boxed{2}"}])
    with pytest.raises(UsageError, match="--map completion=COLUMN"):
        score_file(path, PACK)
    with pytest.raises(UsageError, match="did you mean 'reply'"):
        score_file(path, PACK, columns=Columns.of(["completion=repli"]))
    summary = score_file(path, PACK, columns=Columns.of(["completion=reply", "truth=answer"]))
    assert (summary.rollouts, summary.rejected, summary.mean_reward) == (1, 1, 1.0)


def test_a_bad_pack_or_estimator_stops_before_the_file_is_read(place):
    path = write(place, [boxed(2)])
    with pytest.raises(PackError, match=r"\$\.rules\[0\]\.verifier"):
        score_file(path, {"name": "p", "rules": [{"verifier": "math.numbr"}]})
    with pytest.raises(UsageError, match="did you mean 'grpo'"):
        score_file(path, PACK, estimator="grop")


def test_a_read_only_folder_is_left_alone(place):
    folder = place / "data"
    folder.mkdir()
    path = write(folder, [boxed(2), b"x"])
    folder.chmod(0o555)
    summary = score_file(path, PACK)
    folder.chmod(0o755)
    assert summary.rejected_to == "rows.jsonl.rejected.jsonl"
    assert "is not writable" in summary.notes[0]


# Workers


def test_the_row_that_kills_its_worker_is_unjudged_and_its_neighbours_keep_their_score(place, killer):
    texts = ["fine", "die now", "surrogate \ud800", "fine"]
    rows = [{"completion": text, "task": "a"} for text in texts]
    several = {"completions": ["fine", "die", "fine"], "task": "b"}
    summary = score_file(write(place, [*rows, several, b"x"]), killer, out="o.jsonl", workers=2)
    found = read("o.jsonl")
    assert [row["reward"] for row in found] == [1.0, None, 0.0, 1.0, 1.0, None, 1.0]
    assert found[1]["verdicts"]["answer"]["reason"] == "infra.worker_lost"
    assert found[1]["advantage"] == 0.0
    assert found[0]["advantage"] == pytest.approx((1 - 2 / 3) / math.sqrt(2 / 9))
    assert (summary.unjudged, summary.masked, summary.rejected) == (2, 2, 1)


def test_workers_that_do_not_start_are_our_fault(place, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Exception, match="--workers 1 needs none"):
        score_file(write(place, [boxed(2)]), PACK, workers=2)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupt_keeps_what_was_scored(place, workers):
    feed = f"""
import json, sys, time
from referee.cli.main import main
sys.argv = ["referee", "score", "-", "--pack", "p.json", "--out", "o.jsonl", "--workers", "{workers}"]
main()
"""
    (place / "p.json").write_text(json.dumps(PACK))
    process = subprocess.Popen(
        [sys.executable, "-c", feed],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    for number in range(4000):
        process.stdin.write(json.dumps(boxed(2, task=str(number))).encode() + b"\n")
    process.stdin.flush()
    while not (place / "o.jsonl.partial").exists() or not (place / "o.jsonl.partial").stat().st_size:
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130, errors
    assert b"interrupted after" in errors
    assert b"o.jsonl.partial" in errors
    assert b"Traceback" not in errors
    assert not (place / "o.jsonl").exists()
    rows = read("o.jsonl.partial")
    assert len(rows) >= 128
    assert all(row["reward"] == 1.0 for row in rows)


def peak_mib(path, pack=PACK):
    """The most memory of a process that scores a file, in MiB."""
    code = (
        "import resource, sys; from referee.engine.run import score_file; "
        f"score_file(sys.argv[1], {pack!r}, out='o.jsonl', workers=1); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    return int(subprocess.run([sys.executable, "-c", code, path], capture_output=True, check=True).stdout)


def test_a_row_is_not_copied_more_than_a_few_times(place):
    small = peak_mib(write(place, [boxed(2)], "small.jsonl"))
    long = peak_mib(write(place, [boxed(2, more="x" * (20 << 20)), boxed(2)], "long.jsonl"))
    assert long - small < 6 * 20


def test_the_verdicts_of_a_long_row_do_not_wait_in_memory_until_its_end(place, monkeypatch):
    alive, most = set(), []

    class Counted(chunk.Output, omit_defaults=True):
        def __post_init__(self):
            alive.add(id(self))
            most.append(len(alive))

        def __del__(self):
            alive.discard(id(self))

    monkeypatch.setattr(chunk, "Output", Counted)
    monkeypatch.setattr(chunk, "LARGEST", 10)
    row = {"completions": ["\\boxed{2}"] * 100, "truth": "2"}
    assert score_file(write(place, [row]), PACK, out="o.jsonl").groups == 10
    assert len(most) == 100
    assert max(most) <= 20
