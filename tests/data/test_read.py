"""Rows out of files of every kind, and out of files that are broken."""

import gzip
import io
import json
import os
import subprocess
import sys
import threading

import pytest

from referee.core.errors import InputError, MissingExtra
from referee.data import read
from referee.data.read import Line, Source

ROWS = [{"completion": f"x{number}"} for number in range(5)]


def lines(path):
    return list(Source(path).lines())


def written(tmp_path, content, name="rows.jsonl"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


JSONL = b"".join(json.dumps(row).encode() + b"\n" for row in ROWS)


@pytest.mark.parametrize(
    "content",
    [
        JSONL,
        JSONL.rstrip(b"\n"),
        b"\xef\xbb\xbf" + JSONL,
        JSONL.replace(b"\n", b"\r\n"),
        gzip.compress(JSONL),
        gzip.compress(JSONL[:40]) + gzip.compress(JSONL[40:]),
    ],
)
def test_jsonl_in_every_form(tmp_path, content):
    found = lines(written(tmp_path, content))
    assert [line.number for line in found] == [1, 2, 3, 4, 5]
    assert [json.loads(line.raw) for line in found] == ROWS


def test_what_a_file_is_its_first_bytes_say(tmp_path):
    assert len(lines(written(tmp_path, gzip.compress(JSONL), "rows.txt"))) == 5
    assert len(lines(written(tmp_path, JSONL, "rows.gz"))) == 5


def test_blank_lines_count_but_are_no_rows(tmp_path):
    assert lines(written(tmp_path, b"\n  \r\n{}\n\n{}")) == [Line(3, b"{}"), Line(5, b"{}")]
    assert lines(written(tmp_path, b"")) == []


@pytest.mark.parametrize("block", [1, 3, 7])
def test_rows_do_not_depend_on_the_blocks_that_are_read(tmp_path, monkeypatch, block):
    monkeypatch.setattr(read, "BLOCK", block)
    assert [json.loads(line.raw) for line in lines(written(tmp_path, JSONL))] == ROWS


def test_a_row_too_long_is_refused_and_the_next_one_read(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "LONGEST", 1 << 20)
    monkeypatch.setattr(read, "BLOCK", 1 << 16)
    long = b'{"completion": "' + b"x" * (3 << 20) + b'"}'
    found = lines(written(tmp_path, b"{}\n" + long + b"\n{}\n" + long))
    assert [line.number for line in found] == [1, 2, 3, 4]
    assert found[1].fault == found[3].fault == "the row is longer than 1 MiB"
    assert found[1].raw == long[: read.EXCERPT]
    assert found[2] == Line(3, b"{}")


def test_damaged_compression_keeps_the_rows_before_it(tmp_path):
    content = gzip.compress(b"".join(b'{"completion": "%d"}\n' % number for number in range(200_000)))
    found = lines(written(tmp_path, content[: len(content) // 2]))
    assert len(found) > 1000
    assert [line.number for line in found] == list(range(1, len(found) + 1))
    assert found[-1].fault.startswith("the file is damaged from here on")
    assert not any(line.fault for line in found[:-1])


def test_utf16_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match="iconv"):
        lines(written(tmp_path, JSONL.decode().encode("utf-16")))


def test_a_file_that_is_not_there_and_a_folder(tmp_path):
    with pytest.raises(InputError, match="there is no file"):
        Source(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="is a folder"):
        Source(tmp_path)


def test_a_pipe_is_opened_once(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(gzip.compress(JSONL),))
    writer.start()
    assert len(lines(path)) == 5
    writer.join()


def test_standard_input(monkeypatch):
    for content in (JSONL, gzip.compress(JSONL), b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        assert len(lines("-")) == (5 if content else 0)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"PAR1....")))
    with pytest.raises(InputError, match="name the file"):
        lines("-")


def test_progress_is_a_share_of_the_file(tmp_path):
    source = Source(written(tmp_path, JSONL))
    assert source.fraction() == 0.0
    list(source.lines())
    assert Source("-").fraction() is None


def test_parquet(tmp_path):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "rows.bin"
    table = pa.table({"completion": [f"x{number}" for number in range(1000)], "extra": [{"index": 1}] * 1000})
    pq.write_table(table, path, row_group_size=300)
    source = Source(path)
    found = list(source.lines())
    assert [line.number for line in found] == list(range(1, 1001))
    assert json.loads(found[999].raw) == {"completion": "x999", "extra": {"index": 1}}
    assert source.fraction() == 1.0


def test_parquet_with_text_that_is_not_utf8(tmp_path):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "rows.parquet"
    bad = pa.Array.from_buffers(pa.string(), 3, pa.array([b"a", b"\xff", b"c"], pa.binary()).buffers())
    pq.write_table(pa.table({"completion": bad}), path)
    found = lines(path)
    assert [bool(line.fault) for line in found] == [False, True, False]
    assert json.loads(found[2].raw) == {"completion": "c"}


def test_a_broken_parquet_file_is_named(tmp_path):
    pytest.importorskip("pyarrow")
    with pytest.raises(InputError, match=r"rows\.parquet' as Parquet"):
        lines(written(tmp_path, b"PAR1 and nothing more", "rows.parquet"))


def test_parquet_without_pyarrow_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtra, match=r"pip install 'referee\[parquet\]'"):
        lines(written(tmp_path, b"PAR1", "rows.parquet"))


@pytest.mark.parametrize(
    "content", [b'[{"completion": "x"}]', b'\n \n [\n  {"completion": "x"}\n]\n', b"\xef\xbb\xbf[]"]
)
def test_a_json_array_is_refused_with_the_command_that_helps(tmp_path, monkeypatch, content):
    path = written(tmp_path, content, "b.json")
    with pytest.raises(
        InputError, match=r"is a JSON array, not JSON lines; jq -c '\.\[\]' '.*b\.json' > '.*b\.jsonl' makes"
    ):
        lines(path)
    packed = written(tmp_path, gzip.compress(content), "b.json.gz")
    with pytest.raises(InputError, match=r"a pipe through `jq -c '\.\[\]'` makes it that"):
        lines(packed)


@pytest.mark.parametrize(("name", "separator"), [("r.csv", ","), ("r.TSV", "\t")])
def test_a_table_of_text_is_refused_with_the_command_that_helps(tmp_path, name, separator):
    path = written(tmp_path, separator.join(["completion", "truth\nx", "1\n"]).encode(), name)
    with pytest.raises(InputError) as caught:
        Source(path)
    command = str(caught.value).partition("; ")[2].removesuffix(" makes it JSON lines")
    subprocess.run(["sh", "-c", command], check=True, cwd=tmp_path)
    assert [json.loads(line.raw) for line in lines(path.with_suffix(".jsonl"))] == [{"completion": "x", "truth": "1"}]
