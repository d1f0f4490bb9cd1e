"""What is handed in is kept, once, and what comes back is what was handed in."""

import os
import sqlite3
import threading

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import referee
from referee.core.errors import InfrastructureError, UsageError
from referee.core.types import Rollout, Task, failed, unjudged
from referee.engine.build import build
from referee.ledger import schema
from referee.ledger.read import Reader
from referee.ledger.verify import verify
from referee.ledger.write import Ledger

from .conftest import PACK, changed, make


def kept(path):
    with Reader(path) as reader:
        return [entry.scored for entry in reader.entries()]


def test_what_is_kept_is_what_was_handed_in(path):
    work = make(10, step=3)
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        ledger.keep(work[:4])
        ledger.keep(work[4:])
        figures = ledger.figures()
    assert kept(path) == work
    assert (figures.entries, figures.duplicates, figures.alarms, figures.waiting) == (10, 0, 0, 0)
    assert verify(path).sound


@pytest.mark.parametrize("text", ["", "\0", "\ud800 half", "é" * 9, "\u202e", "a\r\nb", "'; DROP TABLE entries; --"])
def test_every_text_comes_back(path, text):
    odd = changed(
        make(1)[0], rollout=Rollout(text=text, id=text, meta={text: 10**30, "x": [1.5, None]}), run=text, group=text, worker=text,
        task=Task(id=text, truth={text: [text, 10**5000]}, prompt=text),
    )  # fmt: skip
    with Ledger(path) as ledger:
        ledger.keep([odd])
    assert kept(path) == [odd]
    assert verify(path).sound


def test_a_key_is_kept_once_whoever_hands_it_in_and_when(path):
    work = make(8)
    with Ledger(path) as ledger:
        ledger.keep(work + work[:3])
        ledger.keep(work[2:5])
        assert ledger.figures().duplicates == 6
    with Ledger(path) as ledger:
        ledger.keep(work)
        assert (ledger.figures().entries, ledger.figures().duplicates) == (0, 8)
    assert kept(path) == work
    with Reader(path) as reader:
        assert reader.overview().alarms == {}


def test_another_score_for_a_key_is_an_alarm_and_changes_nothing(path):
    work = make(4)
    verdicts = {**work[1].score.verdicts, "answer": failed("math.different")}
    other = changed(work[1], score=changed(work[1].score, reward=0.0, verdicts=verdicts), worker="w2", delivery=2)
    with Ledger(path) as ledger:
        ledger.keep(work)
        ledger.keep([other])
        ledger.keep([other])  # a second time it is counted, and recorded once
        assert ledger.figures().alarms == 2
    assert kept(path) == work
    with Reader(path) as reader:
        (alarm,) = reader.alarms()
    assert (alarm.kind, alarm.entry, alarm.worker, alarm.delivery) == ("score", 2, "w2", 2)
    assert alarm.score == other.score
    assert verify(path).alarms == 1
    assert verify(path).sound


def test_an_alarm_is_found_within_one_batch_too(path):
    first = make(1)[0]
    with Ledger(path) as ledger:
        ledger.keep([first, changed(first, score=changed(first.score, reward=0.25))])
        assert (ledger.figures().entries, ledger.figures().alarms) == (1, 1)
    assert kept(path) == [first]


def test_how_a_run_went_is_no_alarm(path):
    first = make(1)[0]
    verdict = first.score.verdicts["answer"]
    slow = changed(verdict, evidence={**verdict.evidence, "near_limit": ["cpu"], "usage": {"cpu_s": 9.0}})
    again = changed(first, score=changed(first.score, verdicts={**first.score.verdicts, "answer": slow}), seconds=9.0)
    with Ledger(path) as ledger:
        ledger.keep([first])
        ledger.keep([again])
        assert (ledger.figures().duplicates, ledger.figures().alarms) == (1, 0)


def test_what_the_infrastructure_lost_is_recorded_and_is_no_determinism_alarm(path):
    good = make(1)[0]
    lost = PACK.score_verdicts(good.rollout, dict.fromkeys(good.score.verdicts, unjudged("infra.worker_lost")))
    with Ledger(path) as ledger:
        ledger.keep([changed(good, score=lost)])
        ledger.keep([good])
        assert (ledger.figures().alarms, ledger.figures().retried) == (0, 1)
    assert kept(path)[0].score == lost
    with Reader(path) as reader:
        assert [(alarm.kind, alarm.score) for alarm in reader.alarms()] == [("infrastructure", good.score)]


@pytest.mark.parametrize(
    "table", ["entries", "alarms", "batches", "tasks", "packs", "builds", "ledger", "openings", "closings"]
)
@pytest.mark.parametrize("action", ["UPDATE {} SET rowid = rowid + 100", "DELETE FROM {}"])
def test_the_tables_refuse_changes(path, table, action):
    first = make(1)[0]
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        ledger.keep([first, changed(first, score=changed(first.score, reward=0.25))])
    store = sqlite3.connect(path)
    assert store.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        store.execute(action.format(table))
    store.close()


def test_a_text_inside_goes_only_when_it_is_in_a_file(path):
    with Ledger(path) as ledger:
        ledger.keep(make(2))
    store = sqlite3.connect(path)
    for action in ("DELETE FROM texts", "UPDATE texts SET content = ''"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            store.execute(action)
    store.close()


def test_one_process_writes_and_any_number_read(path):
    work = make(6)
    with Ledger(path) as ledger:
        ledger.keep(work[:3])
        with pytest.raises(UsageError, match="is being written by another process"):
            Ledger(path)
        with Reader(path) as one, Reader(path) as two:
            assert len(one) == len(two) == 3
            ledger.keep(work[3:])
            assert [entry.scored for entry in one.entries()] == work
        assert verify(path).sound
    with Ledger(path) as ledger:
        assert ledger.recovered == ()


def test_many_producers_at_once(path):
    work = make(640)
    with Ledger(path) as ledger:
        threads = [
            threading.Thread(
                target=lambda first=first: [ledger.keep(work[at : at + 4]) for at in range(first, 640, 32)]
            )
            for first in range(0, 32, 4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert ledger.figures().entries == 640
    assert sorted(one.key for one in kept(path)) == sorted(one.key for one in work)
    assert verify(path).sound


def test_sending_does_not_wait_and_closing_does(path):
    work = make(600)
    ledger = Ledger(path)
    futures = [ledger.send(work[at : at + 3]) for at in range(0, 600, 3)]
    ledger.close()
    ledger.close()
    assert all(future.done() and future.exception() is None for future in futures)
    assert kept(path) == work
    with pytest.raises(UsageError, match="is closed"):
        ledger.keep(work)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.lists(st.integers(0, 15), max_size=12), max_size=8))
def test_whatever_comes_how_often_and_in_whatever_order_is_kept_once(tmp_path_factory, order):
    work = make(16)
    path = tmp_path_factory.mktemp("any") / "l"
    with Ledger(path) as ledger:
        for batch in order:
            ledger.keep([work[number] for number in batch])
    firsts = list(dict.fromkeys(number for batch in order for number in batch))
    assert kept(path) == [work[number] for number in firsts]
    assert verify(path).sound


def test_packs_and_builds_are_kept_whole(path):
    other = msgspec.structs.replace(build(), python="3.99.0")
    with Ledger(path) as ledger:
        ledger.learn(PACK.spec)
        ledger.learn(PACK.spec)
        ledger.learn(other)
        ledger.keep(make(1))
    with Reader(path) as reader:
        assert reader.pack(PACK.digest) == msgspec.json.decode(msgspec.json.encode(PACK.identity))
        assert reader.build(build().id) == build()
        assert reader.build(other.id) == other
        assert reader.pack("0" * 64) is None


def test_a_forked_child_is_told_to_open_its_own(path):
    with Ledger(path) as ledger:
        ledger._process = os.getpid() + 1
        with pytest.raises(UsageError, match="forked"):
            ledger.keep(make(1))
        ledger._process = os.getpid()


@pytest.mark.parametrize(
    "scored", [changed(make(1)[0], index=2**70), changed(make(1)[0], rollout=Rollout(text="", meta={"x": object()}))]
)
def test_what_cannot_be_kept_fails_for_the_one_who_hands_it_in(path, scored):
    with Ledger(path) as ledger:
        with pytest.raises((ValueError, TypeError)):
            ledger.keep([scored])
        ledger.keep(make(1))
    assert len(kept(path)) == 1


def test_foreign_files_are_refused_in_a_sentence(tmp_path):
    (tmp_path / "text").write_text("hello " * 40)
    database = sqlite3.connect(tmp_path / "database")
    database.execute("CREATE TABLE x (y)")
    database.commit()
    database.close()
    for name, said in (
        ("text", "is not a ledger: it begins with"),
        ("database", "not a ledger; name another"),
        (".", "folder"),
    ):
        for opening in (Ledger, Reader, verify):
            with pytest.raises(UsageError, match=said):
                opening(tmp_path / name)
    with pytest.raises(UsageError, match="there is no ledger"):
        Reader(tmp_path / "none")
    with pytest.raises(UsageError, match="there is no folder"):
        Ledger(tmp_path / "no" / "folder")
    with pytest.raises(UsageError, match="'inside' or 'beside'"):
        Ledger(tmp_path / "x", texts="elsewhere")


@pytest.mark.parametrize(
    ("version", "said"), [(schema.FORMAT + 1, "pip install --upgrade referee"), (0, "no longer reads")]
)
def test_other_formats_are_refused_with_the_next_step(path, version, said):
    Ledger(path).close()
    content = bytearray(path.read_bytes())
    content[60:64] = version.to_bytes(4, "big")
    path.write_bytes(content)
    with pytest.raises(UsageError, match=said):
        Reader(path)


def test_a_file_that_cannot_be_written_is_a_sentence(path, monkeypatch):
    with Ledger(path) as ledger:
        ledger.keep(make(2))
    copy = path.with_name("copy")
    copy.write_bytes(b"SQLite format 3\0" + path.read_bytes()[16:5000])
    with pytest.raises(InfrastructureError, match="verify"):
        Ledger(copy)


def test_roots_without_their_ledger_are_noticed(path):
    with Ledger(path) as ledger:
        ledger.keep(make(2))
    path.unlink()
    with pytest.raises(UsageError, match="holds the roots of one"):
        Ledger(path)


def test_a_ledger_imports_nothing_heavy():
    import subprocess
    import sys

    code = "import sys; import referee.ledger.write, referee.ledger.replay; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pyarrow", "duckdb", "sympy", "torch"} & set(said)
    assert referee.__version__


def test_tasks_that_python_calls_equal_are_kept_apart(path):
    work = [changed(one, task=Task(truth=truth)) for one, truth in zip(make(3), (1, True, 1.0), strict=True)]
    with Ledger(path) as ledger:
        ledger.keep(work)
    assert [type(one.task.truth) for one in kept(path)] == [int, bool, float]
