"""Whatever is done to a ledger behind its back is seen, and what was not done is not."""

import shutil
import sqlite3
import time

import pytest

from referee.core.errors import InfrastructureError, UsageError
from referee.ledger import chain
from referee.ledger.read import Reader
from referee.ledger.verify import verify
from referee.ledger.write import Ledger

from .conftest import PACK, changed, make


@pytest.fixture
def written(path):
    """Three batches of eight entries, with an alarm."""
    work = make(24)
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        for at in range(0, 24, 8):
            ledger.keep(work[at : at + 8])
        ledger.keep([changed(work[0], score=changed(work[0].score, reward=0.25))])
    return path


def meddle(path, *statements):
    """What somebody does who can write the file: the guards are taken away first."""
    store = sqlite3.connect(path)
    for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        store.execute(f"DROP TRIGGER {name}")
    for statement, *values in statements:
        store.execute(statement, values)
    store.commit()
    store.close()


def rechain(path):
    """Every link and root computed again, as someone does who read our source and wants to hide a change."""
    store = sqlite3.connect(path)
    name = store.execute("SELECT id FROM ledger").fetchone()[0]
    for table, key in (("entries", "seq"), ("alarms", "seq")):
        link = chain.start(name)
        for row in store.execute(f"SELECT * FROM {table} ORDER BY {key}").fetchall():
            link = chain.link(link, row[1:-1])
            store.execute(f"UPDATE {table} SET link = ? WHERE {key} = ?", (link, row[0]))
    root = chain.start(name)
    for row in store.execute("SELECT * FROM batches ORDER BY number").fetchall():
        number, first, last, _, alarms, _, at, _ = row
        link = store.execute("SELECT link FROM entries WHERE seq = ?", (last,)).fetchone()[0]
        alarm = store.execute("SELECT link FROM alarms WHERE seq = ?", (alarms,)).fetchone()
        alarm = alarm[0] if alarm else chain.start(name)
        root = chain.link(root, (number, first, last, link, alarms, alarm, at))
        store.execute(
            "UPDATE batches SET link = ?, alarm_link = ?, root = ? WHERE number = ?", (link, alarm, root, number)
        )
    store.commit()
    store.close()


def test_a_sound_ledger_is_sound(written):
    report = verify(written)
    assert report.sound
    assert (report.entries, report.batches, report.alarms, report.notes) == (24, 4, 1, ())
    assert len(report.root) == 64


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE entries SET reward = 9 WHERE seq = 10", "entry 10 (run 'r', group 'g2', index 1) is not what was written"),
        ("UPDATE entries SET score = replace(score, 'fail', 'pass') WHERE seq = 2", "entry 2 "),
        ("UPDATE entries SET step = 7 WHERE seq = 24", "entry 24 "),
        ("DELETE FROM entries WHERE seq = 12", "after entry 11 comes entry 13"),
        ("DELETE FROM entries WHERE seq > 20", "the batches end with entry 24, the entries with 20"),
        ("UPDATE texts SET content = '{\"text\":\"\"}' WHERE seq = 5", "the text of entry 5 is not the one that was scored"),
        ("DELETE FROM texts WHERE seq = 5", "the text of entry 5 is missing"),
        ("UPDATE tasks SET content = replace(content, '\"truth\":\"3\"', '\"truth\":\"4\"')", "is not what was written"),
        ("DELETE FROM tasks WHERE rowid = 2", "of 4 entries is gone"),
        ("UPDATE packs SET content = replace(content, '0.5', '0.6')", "in packs is not what was written"),
        ("UPDATE builds SET content = '{}'", "in builds is not what was written"),
        ("UPDATE alarms SET entry = 2", "alarm 1 is not what was written"),
        ("DELETE FROM alarms", "does not stand for what it holds"),
        ("UPDATE batches SET last = 9 WHERE number = 1", "the root of batch 1 (entries 1 to 9) is not what was written"),
        ("DELETE FROM batches WHERE number = 4", "is known to"),
        ("DELETE FROM batches WHERE number = 2", "batch 3 does not follow the one before it"),
    ],
)  # fmt: skip
def test_a_change_is_named(written, statement, said):
    meddle(written, (statement,))
    report = verify(written)
    assert not report.sound
    assert any(said in fault for fault in report.faults), report.faults


def test_a_rewritten_past_is_visible_though_the_chain_was_computed_again(written, tmp_path):
    shutil.copy(f"{written}.roots", tmp_path / "kept-elsewhere")
    meddle(written, ("UPDATE entries SET reward = 9 WHERE seq = 10",))
    rechain(written)
    report = verify(written)
    assert [fault for fault in report.faults if "the past was rewritten" in fault and "entries 9 to 16" in fault]
    assert all("rewritten" in fault for fault in report.faults)  # inside, everything fits
    with pytest.raises(InfrastructureError, match="its past was rewritten"):
        Ledger(written)
    # Whoever changes the file of roots as well is found out by a copy of it.
    rewrite = sqlite3.connect(written)
    roots = rewrite.execute("SELECT number, first, last, lower(hex(root)) FROM batches").fetchall()
    rewrite.close()
    beside = tmp_path / "run.ledger.roots"
    head = beside.read_text().splitlines()[0]
    beside.write_text("\n".join([head, *(" ".join(map(str, row)) for row in roots)]) + "\n")
    assert verify(written).sound
    assert not verify(written, tmp_path / "kept-elsewhere").sound


def test_without_the_roots_the_inside_is_checked_and_that_is_said(written, tmp_path):
    (tmp_path / "run.ledger.roots").unlink()
    report = verify(written)
    assert report.sound
    assert "only what is inside could be checked" in report.notes[0]
    with pytest.raises(UsageError, match="cannot read the roots"):
        verify(written, tmp_path / "none")


def test_roots_of_another_ledger_are_no_roots_of_this_one(written, tmp_path):
    with Ledger(tmp_path / "other") as other:
        other.keep(make(1))
    assert "another ledger" in verify(written, tmp_path / "other.roots").faults[0]


def test_an_older_copy_is_not_written_on(written, tmp_path):
    older = tmp_path / "older"
    shutil.copy(written, older)
    with Ledger(written) as ledger:
        ledger.keep(make(32)[24:])
    shutil.copy(older, written)
    with pytest.raises(InfrastructureError, match="older copy, or was cut"):
        Ledger(written)
    assert any("gone here" in fault for fault in verify(written).faults)


def test_nothing_is_added_to_a_broken_end(written):
    meddle(written, ("UPDATE entries SET reward = 9 WHERE seq = 24",))
    with pytest.raises(InfrastructureError, match="nothing is added"):
        Ledger(written)


@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8])
def test_a_damaged_page_is_found(path, share):
    with Ledger(path) as ledger:
        ledger.keep(make(400))
    content = bytearray(path.read_bytes())
    at = int(len(content) * share) // 4096 * 4096
    content[at + 100 : at + 3000] = b"\xa5" * 2900
    path.write_bytes(content)
    report = verify(path)
    assert not report.sound


def test_many_faults_are_counted(path):
    with Ledger(path) as ledger:
        ledger.keep(make(100))
    meddle(path, ('UPDATE texts SET content = \'{"text":""}\'',))
    report = verify(path)
    assert "and 80 more of the kind 'text'" in report.faults[-1]
    assert len(report.faults) == 21


def test_nothing_depends_on_the_wall_clock(path, monkeypatch):
    work = make(12)
    with Ledger(path) as ledger:
        for batch, at in enumerate((2e9, 1e9, -5.0)):
            monkeypatch.setattr(time, "time", lambda at=at: at)
            ledger.keep(work[batch * 4 : batch * 4 + 4])
    with Ledger(path) as ledger:
        assert ledger.recovered == ()
        ledger.keep(work)
        assert ledger.figures().duplicates == 12
    assert verify(path).sound
    with Reader(path) as reader:
        assert [entry.scored for entry in reader.entries()] == work


def test_a_ledger_that_is_being_written_is_sound_at_any_moment(path):
    work = make(1200)
    with Ledger(path) as ledger:
        futures = [ledger.send(work[at : at + 5]) for at in range(0, 600, 5)]
        while not futures[-1].done():
            assert verify(path).faults == ()
        for at in range(600, 1200, 5):
            ledger.send(work[at : at + 5])
            if at % 100 == 0:
                assert verify(path).faults == ()
    assert verify(path).entries == 1200


def test_a_link_to_a_ledger_is_the_ledger(written, tmp_path):
    link = tmp_path / "other-name"
    link.symlink_to(written)
    assert verify(link).sound
    with Ledger(written), pytest.raises(UsageError, match="is being written by another process"):
        Ledger(link)
