"""Where the output goes when there is no room for it, when a reader is gone, and when two runs want the same place."""

import fcntl
import gzip
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from referee.core.errors import InfrastructureError, UsageError
from referee.data.read import Line
from referee.engine import write
from referee.engine.run import score_file

PACK = {"name": "p", "rules": [{"name": "answer", "verifier": "math.number", "params": {"channel": "boxed"}}]}


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A folder of our own with a pack and 2,000 rows, which make about 500 kB of verdicts."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.json").write_text(json.dumps(PACK))
    rows = [{"task_id": str(n), "completion": "\\boxed{2}", "truth": "2"} for n in range(2000)]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return tmp_path


def start(*arguments, shell="exec", **options):
    """`referee score` in a process of its own; `shell` stands before the command."""
    line = f'{shell} "$0" -m referee score "$@"'
    command = ["bash", "-c", line, sys.executable, *arguments, "--pack", "p.json", "--quiet"]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **options)


def failed(*arguments, **options):
    """The one sentence on the error stream of a run that ends with 1."""
    process = start(*arguments, **options)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1, errors
    assert errors.count("\n") == 1, errors
    return errors.rstrip()


# No room


def test_a_full_device():
    assert failed("rows.jsonl", "--out", "/dev/full") == "error: cannot write '/dev/full': No space left on device"


@pytest.mark.parametrize("more", [["--out", "-"], ["--no-out", "--json"]])
def test_standard_output_that_is_full(more):
    with Path("/dev/full").open("w") as full:
        process = start("rows.jsonl", *more, stdout=full)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert errors == "error: cannot write standard output: No space left on device\n"


def test_a_table_that_does_not_fit_on_standard_output():
    line = '"$0" -m referee score rows.jsonl --pack p.json --no-out > /dev/full'
    done = subprocess.run(["bash", "-c", line, sys.executable], stderr=subprocess.PIPE, check=False, text=True)
    assert done.returncode == 1
    assert done.stderr == "error: cannot write standard output: No space left on device\n"


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("out", ["o.jsonl", "o.jsonl.gz"])
def test_a_limit_on_the_size_of_files_leaves_whole_lines(place, out, workers):
    limit = "ulimit -f 100; exec" if out == "o.jsonl" else "ulimit -f 8; exec"
    message = failed("rows.jsonl", "--out", out, "--workers", workers, shell=limit)
    opened = gzip.open if out.endswith("gz") else open
    with opened(f"{out}.partial", "rt") as file:
        rows = [json.loads(line) for line in file]
    assert message == (
        f"error: cannot write '{out}.partial': File too large; the run stopped after {len(rows):,} rollouts; "
        f"their verdicts are in '{out}.partial'"
    )
    assert len(rows) >= 128
    assert not Path(out).exists()


def test_parquet_without_its_end_is_not_left_behind(place):
    pytest.importorskip("pyarrow")
    message = failed("rows.jsonl", "--out", "o.parquet", shell="ulimit -f 4; exec")
    assert message.startswith("error: cannot write 'o.parquet.partial': File too large; the run stopped after ")
    assert message.endswith("; no verdicts were kept")
    assert not list(place.glob("o.*"))


def test_rejected_rows_that_do_not_fit(place):
    (place / "rows.jsonl").write_text("no row\n" * 1000 + (place / "rows.jsonl").read_text())
    message = failed("rows.jsonl", "--no-out", shell="ulimit -f 8; exec")
    assert message == "error: cannot write 'rows.jsonl.rejected.jsonl.1.partial': File too large"


def test_a_temporary_folder_that_is_full(place):
    (place / "rows.jsonl").write_text((place / "rows.jsonl").read_text() * 30)  # more than SQLite keeps in memory
    message = failed("rows.jsonl", "--no-out", "--group", "task", shell="ulimit -f 8; exec")
    assert message.startswith(f"error: --group task keeps the rows in '{tempfile.gettempdir()}/referee-")
    assert "which cannot be written (" in message
    assert message.endswith("; name a folder with room for all of them in TMPDIR")


def test_no_temporary_folder(monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", "/dev/null/none")
    with pytest.raises(InfrastructureError, match="keeps the rows in a temporary folder, which cannot be written"):
        score_file("rows.jsonl", PACK, grouping="task")


# Two runs


def waiting():
    """A run that has written its first verdicts to `o.jsonl` and waits for more input."""
    process = start("-", "--out", "o.jsonl", "--workers", "1", stdin=subprocess.PIPE)
    process.stdin.write(Path("rows.jsonl").read_text())
    process.stdin.flush()
    while not (partial := Path("o.jsonl.partial")).exists() or not partial.stat().st_size:
        assert process.poll() is None
        time.sleep(0.01)
    return process


@pytest.mark.parametrize("kind", ["process", "function"])
def test_a_second_run_to_the_same_place_is_refused_and_the_first_unharmed(place, kind):
    first = waiting()
    expected = "another run is writing 'o.jsonl.partial'; wait until it has ended, or choose another place with --out"
    if kind == "process":
        second = start("rows.jsonl", "--out", "o.jsonl")
        _, errors = second.communicate(timeout=60)
        assert (second.returncode, errors) == (2, f"error: {expected}\n")
    else:
        with pytest.raises(UsageError, match=expected):
            score_file("rows.jsonl", PACK, out="o.jsonl")
    first.stdin.write("broken\n")
    _, errors = first.communicate(timeout=60)
    assert first.returncode == 0, errors
    rows = [json.loads(line) for line in (place / "o.jsonl").read_text().splitlines()]
    assert [row["line"] for row in rows] == list(range(1, 2001))
    assert sorted(path.name for path in place.iterdir()) == ["o.jsonl", "p.json", "rows.jsonl", "stdin.rejected.jsonl"]


@pytest.mark.parametrize("out", ["o.jsonl", "o.jsonl.gz", "o.parquet"])
def test_what_a_dead_run_left_is_no_obstacle(place, out):
    if out.endswith("parquet"):
        pytest.importorskip("pyarrow")
    if out == "o.jsonl":
        first = waiting()
        first.send_signal(signal.SIGKILL)
        first.communicate()
    else:
        (place / f"{out}.partial").write_text("left over" * 100_000)
    score_file("rows.jsonl", PACK, out="expected.jsonl")
    assert score_file("rows.jsonl", PACK, out=out).rollouts == 2000
    if out == "o.jsonl":
        assert (place / out).read_bytes() == (place / "expected.jsonl").read_bytes()
    assert not list(place.glob("*.partial"))


def test_a_lock_on_a_file_that_was_renamed_meanwhile_is_not_taken_for_one_on_its_successor(place, monkeypatch):
    partial = place / "x.partial"
    locked = fcntl.flock
    finals = []

    def late(file, how):
        if not finals:  # between opening and locking, the other run ends
            finals.append(partial.rename(place / "x"))
            finals[0].write_text("the verdicts of the other run")
        locked(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    file = write._only(partial)
    file.write(b"ours")
    file.close()
    assert (place / "x").read_text() == "the verdicts of the other run"
    assert partial.read_text() == "ours"


def test_runs_over_one_file_at_the_same_time_keep_their_rejects_apart(place):
    one, two = (write.Rejects(place / "r.rejected.jsonl", "r.jsonl") for _ in range(2))
    for number in (1, 2, 3):
        one.add(Line(number, b"x", "one"))
        two.add(Line(number, b"x", "two"))
    two.add(Line(4, b"x", "two"))
    for rejects, fault, total in ((one, "one", 3), (two, "two", 4)):
        path = rejects.close()
        assert [json.loads(line)["error"] for line in Path(path).read_text().splitlines()] == [fault] * total
    assert sorted(path.name for path in place.glob("r.*")) == ["r.rejected.jsonl"]


def test_files_without_locks_are_written_all_the_same(monkeypatch):
    def refuse(*_):
        raise OSError(95, os.strerror(95))

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert score_file("rows.jsonl", PACK, out="o.jsonl").out == "o.jsonl"
