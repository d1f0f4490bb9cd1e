"""Writers that are killed, disks that are full, journals that are torn: what was acknowledged is there.

`make ledger-long` runs more kills; `REFEREE_LEDGER_LONG=1` is what it sets.
"""

import os
import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from referee.core.errors import InfrastructureError
from referee.ledger.read import Reader
from referee.ledger.verify import verify
from referee.ledger.write import Ledger

from .conftest import make

LONG = bool(os.environ.get("REFEREE_LEDGER_LONG"))
HERE = Path(__file__).parent
STEPPED = {"step": lambda place: place // 50}


@pytest.fixture(scope="module")
def work():
    return make(12_000, **STEPPED)


def start(path, first, texts, tmp_path):
    """A writer in a process of its own, once it has opened the ledger."""
    shutil.copy(HERE / "conftest.py", tmp_path / "tests_ledger_work.py")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *filter(None, sys.path)])}
    process = subprocess.Popen(
        [sys.executable, "-P", str(HERE / "writer.py"), str(path), str(first), texts],
        stdout=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stdout.readline() == "open\n"
    return process


@pytest.mark.parametrize("texts", ["inside", "beside"])
def test_a_killed_writer_loses_nothing_that_it_acknowledged(path, tmp_path, work, texts):
    if texts == "beside":
        pytest.importorskip("pyarrow", reason="texts beside the ledger need pyarrow")
    chance = random.Random(7)
    safe, first, recovered = set(), 0, 0
    for _ in range(20 if LONG else 4):
        process = start(path, first, texts, tmp_path)
        reads = chance.randrange(1, 120)
        acknowledged = [int(process.stdout.readline()) for _ in range(reads)]
        time.sleep(chance.random() * 0.003)  # anywhere in a commit
        process.kill()
        acknowledged += [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        process.stdout.close()
        assert process.wait() == -9
        safe |= {work[at + place].key for at in acknowledged for place in range(7) if at + place < len(work)}
        with Ledger(path, texts=texts) as ledger:
            assert any("was stopped before it closed it; recovered" in sentence for sentence in ledger.recovered)
            recovered += len(ledger.recovered)
        assert verify(path).faults == ()
        with Reader(path) as reader:
            found = {entry.scored.key: entry.scored for entry in reader.entries()}
        assert safe <= set(found)
        first = (max(acknowledged) // 7 + 1) * 7 % 8000
    by_key = {one.key: one for one in work}
    assert all(found[key] == by_key[key] for key in found)
    assert recovered >= 4


def test_a_torn_journal_loses_only_what_nobody_was_told_of(path, tmp_path, work):
    process = start(path, 0, "inside", tmp_path)
    for _ in range(60):
        process.stdout.readline()
    process.kill()
    process.wait()
    process.stdout.close()
    journal = path.with_name("run.ledger-wal")
    whole = journal.read_bytes()
    ends = [end for end in range(32 + 4120, len(whole) + 1, 4120) if int.from_bytes(whole[end - 4116 : end - 4112])]
    for cut in random.Random(3).sample(range(ends[-1] - 60_000, ends[-1]), 12 if LONG else 4):
        copy = tmp_path / f"torn-{cut}"
        shutil.copy(path, copy)
        copy.with_name(copy.name + "-wal").write_bytes(whole[:cut])
        with Ledger(copy) as ledger:
            said = " ".join(ledger.recovered)
            assert "a batch that was being written then was torn" in said or cut in ends
            assert "were still missing from the file of roots" in said
        report = verify(copy)
        assert report.sound
        with Reader(copy) as reader:
            assert [entry.scored for entry in reader.entries()] == work[: report.entries]


def keep_until_refused(ledger, work, said):
    """How many were kept, by fifties, before the refusal."""
    kept = 0
    for batch in [work[at : at + 50] for at in range(0, len(work), 50)]:
        future = ledger.send(batch)
        if error := future.exception():
            break
        kept += 50
    assert isinstance(error, InfrastructureError)
    assert said in str(error)
    assert kept
    return kept


def test_a_full_disk_is_said_and_loses_nothing(tmp_path):
    """A small file system of our own, filled to the brim; with room again the writer goes on."""
    place = tmp_path / "disk"
    place.mkdir()
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(place)], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a small file system can only be mounted by root")
    try:
        work = make(2000)
        ballast = place / "ballast"
        ballast.write_bytes(b"x" * 2_500_000)
        kept = 0
        with Ledger(place / "l") as ledger:
            kept = keep_until_refused(ledger, work, "none of these 50 entries was kept; make room")
            with Reader(place / "l") as reader:
                assert [entry.scored for entry in reader.entries()] == work[:kept]
            ballast.unlink()
            ledger.keep(work[kept : kept + 50])
        report = verify(place / "l")
        assert (report.faults, report.entries) == ((), kept + 50)
        with Ledger(place / "l") as ledger:
            assert ledger.recovered == ()
    finally:
        subprocess.run(["umount", str(place)], check=True)


def test_a_file_that_may_not_grow_is_said_and_loses_nothing(path, tmp_path):
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    work = make(2000)
    with Ledger(path) as ledger:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limit[1]))
            kept = keep_until_refused(ledger, work, "cannot write")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        ledger.keep(work[kept:])
    assert verify(path).sound
    with Reader(path) as reader:
        assert [entry.scored for entry in reader.entries()] == work


def test_a_torn_line_of_roots_is_written_again(path):
    with Ledger(path) as ledger:
        for one in make(3):
            ledger.keep([one])
    roots = path.with_name("run.ledger.roots")
    whole = roots.read_bytes()
    roots.write_bytes(whole[:-90])
    with Ledger(path) as ledger:
        ledger.keep(make(4))
    assert roots.read_bytes().startswith(whole)
    assert verify(path).sound


def test_a_killed_creation_leaves_no_half_ledger(path):
    path.with_name("run.ledger.new").write_bytes(b"half of one")
    path.with_name("run.ledger.roots").touch()
    with Ledger(path) as ledger:
        ledger.keep(make(1))
    assert verify(path).entries == 1


def test_a_ledger_on_a_medium_that_nobody_writes_can_be_read(tmp_path):
    place = tmp_path / "medium"
    place.mkdir()
    with Ledger(place / "l") as ledger:
        ledger.keep(make(5))
    before = sorted(file.name for file in place.iterdir())
    if (
        os.geteuid()
        or subprocess.run(["mount", "--bind", str(place), str(place)], capture_output=True, check=False).returncode
    ):
        pytest.skip("a file system can only be made read-only by root")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
        assert verify(place / "l").sound
        with Reader(place / "l") as reader:
            assert len(list(reader.entries())) == 5
        with pytest.raises(Exception, match="cannot write"):
            Ledger(place / "l")
    finally:
        subprocess.run(["umount", str(place)], check=True)
    assert sorted(file.name for file in place.iterdir()) == before
