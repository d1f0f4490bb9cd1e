"""Texts beside a ledger: in Parquet that anybody opens, by step, and nothing is lost on the way."""

import hashlib

import pytest

from referee.core.errors import InfrastructureError
from referee.core.types import Rollout
from referee.engine.scored import written
from referee.ledger import texts
from referee.ledger.read import Reader
from referee.ledger.replay import replay
from referee.ledger.verify import verify
from referee.ledger.write import Ledger

from .conftest import PACK, changed, make

pq = pytest.importorskip("pyarrow.parquet", reason="texts beside the ledger need pyarrow")


def files(path):
    return sorted(file.name for file in texts.folder(path).glob("*"))


def kept(path):
    with Reader(path) as reader:
        return [entry.scored for entry in reader.entries()]


def test_texts_of_finished_steps_move_to_their_files(path):
    work = make(24, step=lambda place: place // 2)  # three steps of eight
    with Ledger(path, texts="beside") as ledger:
        ledger.learn(PACK)
        for at in range(0, 24, 4):
            ledger.keep(work[at : at + 4])
    assert files(path) == [
        "step-00000000-000001.parquet", "step-00000001-000002.parquet", "step-00000002-000003.parquet",
    ]  # fmt: skip
    assert kept(path) == work
    assert verify(path).sound
    assert replay(path).identical == 24
    with Ledger(path, texts="beside") as ledger:
        assert ledger.recovered == ()


def test_the_files_say_what_they_hold(path):
    work = make(4, step=5)
    with Ledger(path, texts="beside") as ledger:
        ledger.keep(work)
    file = texts.folder(path) / "step-00000005-000001.parquet"
    assert pq.ParquetFile(file).metadata.row_group(0).column(0).compression == "ZSTD"
    rows = pq.read_table(file).to_pylist()
    assert [row["text"] for row in rows] == [one.rollout.text for one in work]
    assert [row["hash"] for row in rows] == [hashlib.sha256(written(one.rollout)).hexdigest() for one in work]
    assert {row["step"] for row in rows} == {5}


@pytest.mark.parametrize("text", ["\ud800", "\0", "", "a\u202eb"])
def test_every_text_comes_back_from_a_file(path, text):
    odd = changed(
        make(1)[0], rollout=Rollout(text=text, tokens=2**70, finish="length", meta={"b": [1], "a": text}), run="\ud801"
    )
    with Ledger(path, texts="beside") as ledger:
        ledger.keep([odd, *make(2)[1:]])
    assert files(path) == ["step-none-000001.parquet"]
    assert kept(path) == [odd, *make(2)[1:]]
    assert verify(path).sound


def test_a_straggler_gets_a_file_of_its_own(path):
    work = make(12, step=lambda place: place)
    with Ledger(path, texts="beside") as ledger:
        ledger.keep(work[:2] + work[4:8])
        ledger.keep(work[8:])
        ledger.keep(work[2:4])
        ledger.keep(make(16, step=lambda place: place)[12:])
    assert [name[5:13] for name in files(path)] == sorted(["00000000", "00000000", "00000001", "00000002", "00000003"])
    assert sorted(one.key for one in kept(path)) == sorted(one.key for one in make(16, step=lambda place: place))
    assert verify(path).sound


def test_what_a_killed_writer_left_is_removed_and_said(path):
    with Ledger(path) as ledger:
        ledger.keep(make(4, step=0))
    texts.folder(path).mkdir()
    (texts.folder(path) / "step-00000000-000001.parquet").write_bytes(b"half")
    with Ledger(path, texts="beside") as ledger:
        assert "was never finished and is removed" in ledger.recovered[0]
    assert kept(path) == make(4, step=0)


def test_a_file_that_is_changed_or_gone_is_noticed(path):
    with Ledger(path, texts="beside") as ledger:
        ledger.keep(make(8, step=0))
    file = texts.folder(path) / files(path)[0]
    table = pq.read_table(file)
    rows = table.to_pylist()
    rows[3]["text"] = "another"
    pq.write_table(table.from_pylist(rows, schema=table.schema), file)
    assert verify(path).faults == ("the text of entry 4 is not the one that was scored",)
    file.unlink()
    assert not verify(path).sound
    with pytest.raises(InfrastructureError, match="cannot read the texts"):
        kept(path)
