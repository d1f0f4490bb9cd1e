"""Rows out of files of every kind, and out of files that are broken."""

import gzip
import io
import json
import os
import subprocess
import sys
import threading
from importlib.util import find_spec

import pytest

from referee.core.errors import InputError, MissingExtra
from referee.data import read
from referee.data.columns import Columns
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
    ids=["plain", "no last line end", "mark", "crlf", "gzip", "two gzip members"],  # gzip holds the time of day
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


def test_a_source_that_broke_off_says_after_which_line(tmp_path):
    whole = Source(written(tmp_path, gzip.compress(JSONL), "whole.gz"))
    assert (len(list(whole.lines())), whole.incomplete) == (5, "")
    content = gzip.compress(JSONL, 0)
    source = Source(written(tmp_path, content[:-10], "rows.gz"))
    found = list(source.lines())
    assert source.incomplete.startswith(f"{source.path} is incomplete: read as far as line {len(found) - 1}; the file ")


def test_a_line_without_end_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "LONGEST", 1 << 20)
    monkeypatch.setattr(read, "ENDLESS", 64 << 20)
    with pytest.raises(InputError, match=r"/dev/zero holds no rows: no line ends within 64 MiB, .* 1 MiB long"):
        lines("/dev/zero")
    source = Source(written(tmp_path, b'{"completion": "x"}\n' + bytes(65 << 20)))
    found = list(source.lines())
    assert [line.number for line in found] == [1, 2]
    assert found[1].fault == "the row is longer than 1 MiB"
    assert source.incomplete.endswith("is incomplete: read as far as line 1; no line ends within 64 MiB from there on")


def test_a_long_row_in_many_small_parts_takes_no_longer(tmp_path, monkeypatch):
    monkeypatch.setattr(read, "BLOCK", 1 << 10)
    row = b'{"completion": "' + b"x" * (40 << 20) + b'"}'  # joined part by part it would be copied 40,000 times
    assert lines(written(tmp_path, row + b"\n{}")) == [Line(1, row), Line(2, b"{}")]


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
    table = pa.table({"completion": [f"x{number}" for number in range(1000)], "extra_info": [{"index": 1}] * 1000})
    pq.write_table(table, path, row_group_size=300)
    source = Source(path)
    found = list(source.lines())
    assert [line.number for line in found] == list(range(1, 1001))
    assert json.loads(found[999].raw) == {"completion": "x999", "extra_info": {"index": 1}}
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


# Parquet, column by column


def parquet(tmp_path, columns, **options):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table(columns), path, **options)
    return path


def test_bytes_in_parquet_are_text(tmp_path):
    pa = pytest.importorskip("pyarrow")
    texts = ["\\boxed{2}", "é", None]
    kinds = {
        "binary": pa.array([text and text.encode() for text in texts], pa.binary()),
        "large": pa.array([text and text.encode() for text in texts], pa.large_binary()),
        "fixed": pa.array([b"ab", b"cd", None], pa.binary(2)),
        "dictionary": pa.array([text and text.encode() for text in texts], pa.binary()).dictionary_encode(),
        "list": pa.array([[b"x", b"y"], [], None], pa.list_(pa.binary())),
        "object": pa.array([{"role": b"assistant", "n": 1}] * 3, pa.struct([("role", pa.binary()), ("n", pa.int8())])),
    }
    columns = Columns.of([f"completion={name}" for name in kinds])
    found = [json.loads(line.raw) for line in Source(parquet(tmp_path, kinds)).lines(columns)]
    for name in ("binary", "large", "dictionary"):
        assert [row[name] for row in found] == texts
    assert [row["fixed"] for row in found] == ["ab", "cd", None]
    assert [row["list"] for row in found] == [["x", "y"], [], None]
    assert found[0]["object"] == {"role": "assistant", "n": 1}


@pytest.mark.parametrize("kind", ["binary", "large_binary", "list"])
def test_bytes_in_parquet_that_are_not_utf8_reject_their_row_only(tmp_path, kind):
    pa = pytest.importorskip("pyarrow")
    cells = [b"a", b"x\xff", b"c"]
    column = (
        pa.array([[cell] for cell in cells], pa.list_(pa.binary()))
        if kind == "list"
        else pa.array(cells, getattr(pa, kind)())
    )
    path = parquet(tmp_path, {"completion": column})
    for columns in (None, Columns()):
        found = list(Source(path).lines(columns))
        assert [line.fault for line in found] == ["", "'completion' is not UTF-8: byte 0xff at byte 2", ""]


def test_only_the_columns_that_play_a_role_are_read(tmp_path):
    pa = pytest.importorskip("pyarrow")
    columns = {
        "completion": ["a", "b"],
        "reply": ["c", "d"],
        "odd": pa.array([1, 2], pa.timestamp("ns")),
        "odder": pa.array([1, 2], pa.duration("ns")),
        "extra_info": [{"index": 7, "image": b"\xff", "split": "train"}] * 2,
        "meta.key": [1, 2],
    }
    path = parquet(tmp_path, columns)
    source = Source(path)
    (first, _) = source.lines(Columns())
    assert json.loads(first.raw) == {"completion": "a", "extra_info": {"index": 7, "split": "train"}}
    names = ["extra_info.index", "extra_info.image", "extra_info.split"]
    assert source.columns == ["completion", "reply", "odd", "odder", *names, "meta.key"]
    (first, _) = Source(path).lines(Columns.of(["completion=reply", "task=meta.key"]))
    assert json.loads(first.raw).items() >= {"reply": "c", "meta.key": 1}.items()


def test_a_column_that_plays_a_role_and_cannot_be_read_rejects(tmp_path):
    pa = pytest.importorskip("pyarrow")
    path = parquet(tmp_path, {"completion": ["a", "b"], "task": pa.array([1_000, 1], pa.timestamp("ns"))})
    if find_spec("pandas"):
        pytest.skip("pandas reads it")
    found = list(Source(path).lines(Columns()))
    assert [line.fault[:26] for line in found] == ["", "'task' is not readable: Na"]


def test_parquet_rows_that_are_too_long_are_refused(tmp_path, monkeypatch):
    from referee.data import parquet as room

    monkeypatch.setattr(room, "LONGEST", 1000)
    found = lines(parquet(tmp_path, {"completion": ["a", "x" * 2000, "c"]}))
    assert [bool(line.fault) for line in found] == [False, True, False]
    assert found[1].raw.startswith(b'{"completion":"xxx')


def test_a_parquet_file_with_none_of_the_columns_still_has_rows(tmp_path):
    source = Source(parquet(tmp_path, {"a": [1, 2, 3]}))
    assert [line.raw for line in source.lines(Columns())] == [b"{}"] * 3
    assert source.columns == ["a"]


def test_damage_inside_a_parquet_file(tmp_path):
    path = parquet(
        tmp_path, {"completion": [f"{n:x}" * 50 for n in range(5000)]}, row_group_size=1000, compression="gzip"
    )
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 400] = bytes(400)
    path.write_bytes(content)
    source = Source(path)
    found = list(source.lines(Columns()))
    assert found[-1].fault.startswith("the file is damaged from here on")
    assert 0 < len(found) < 5000
    assert f"read as far as line {len(found) - 1}; the file is damaged" in source.incomplete
