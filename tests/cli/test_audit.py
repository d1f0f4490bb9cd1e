"""`referee audit`: what it prints, how it exits, and the cleaned file."""

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from referee.audit.clean import clean
from referee.cli.main import main
from referee.core.errors import UsageError

ROWS = [
    {"question": "What is 2 + 3?", "answer": "5"},
    {"question": "What is 4 + 4?", "answer": ""},
    {"question": "What is 9 - 2?", "answer": "7"},
    {"question": "What is 9 - 2 ?", "answer": "8"},
    {"question": "What is 6 + 6? (Answer: 12)", "answer": "12"},
    {"question": "What is 1 + 3?", "answer": "4"},
]


def _run(*given: str) -> Result:
    return CliRunner().invoke(main, ["audit", "--second", "0", *given])


def _file(folder: Path, rows: list[object] = ROWS, name: str = "tasks.jsonl") -> Path:
    path = folder / name
    content = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    path.write_bytes(gzip.compress(content, mtime=0) if name.endswith(".gz") else content)
    return path


def test_a_report_names_the_rows_and_the_next_step(tmp_path: Path) -> None:
    result = _run(str(_file(tmp_path)), "--pack", "aime")
    assert result.exit_code == 1
    for told in ("truth.missing", "duplicate.conflict", "prompt.leak", "lines 3, 4", "--write-clean OUT"):
        assert told in result.output


def test_the_exit_code_says_whether_something_that_serious_was_found(tmp_path: Path) -> None:
    fine = _file(tmp_path, ROWS[:1] + ROWS[5:])
    twice = _file(tmp_path, [ROWS[0], ROWS[0]], "twice.jsonl")
    assert _run(str(fine), "--pack", "aime").exit_code == 0
    assert _run(str(twice), "--pack", "aime").exit_code == 0
    assert _run(str(twice), "--pack", "aime", "--fail-on", "warning").exit_code == 1
    assert _run(str(_file(tmp_path)), "--pack", "aime", "--fail-on", "never").exit_code == 0


def test_the_json_report_has_every_line(tmp_path: Path) -> None:
    result = _run(str(_file(tmp_path)), "--pack", "aime", "--json")
    report = json.loads(result.stdout)
    assert report["drop"] == [2, 3, 4, 5]
    assert {one["id"]: one["rows"] for one in report["findings"]} == {
        "duplicate.conflict": [3, 4],
        "prompt.leak": [5],
        "truth.missing": [2],
    }
    assert report["rows"] == 6
    assert report["cost"]["verdicts"] > 6


@pytest.mark.parametrize("name", ["tasks.jsonl", "tasks.jsonl.gz"])
def test_the_clean_file_keeps_format_order_and_bytes(name: str, tmp_path: Path) -> None:
    out = tmp_path / f"clean.{name}"
    source = _file(tmp_path, ROWS, name)
    assert _run(str(source), "--pack", "aime", "--write-clean", str(out)).exit_code == 1
    content = out.read_bytes()
    lines = (gzip.decompress(content) if name.endswith(".gz") else content).splitlines()
    assert lines == [json.dumps(row).encode() for row in (ROWS[0], ROWS[5])]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([name, out.name])
    assert _run(str(out), "--pack", "aime").exit_code == 0


def test_a_clean_parquet_file_keeps_every_column(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    table = pa.table({"question": [row["question"] for row in ROWS], "answer": [row["answer"] for row in ROWS],
                      "other": pa.array(range(6), pa.int16())})  # fmt: skip
    source, out = tmp_path / "tasks.parquet", tmp_path / "clean.parquet"
    pq.write_table(table, source, row_group_size=2)
    assert _run(str(source), "--pack", "aime", "--write-clean", str(out)).exit_code == 1
    kept = pq.read_table(out)
    assert kept.schema == table.schema
    assert kept["other"].to_pylist() == [0, 5]


def test_the_input_is_never_written_over(tmp_path: Path) -> None:
    source = _file(tmp_path)
    before = source.read_bytes()
    result = _run(str(source), "--pack", "aime", "--write-clean", str(source))
    assert result.exit_code == 2
    assert "is the input itself" in result.output
    assert source.read_bytes() == before


def test_a_clean_file_needs_a_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="needs a file"):
        clean("-", [], tmp_path / "out.jsonl")
    with pytest.raises(UsageError, match="no folder"):
        clean(_file(tmp_path), [], tmp_path / "nowhere" / "out.jsonl")


def test_an_unknown_detector_offers_the_nearest(tmp_path: Path) -> None:
    result = _run(str(_file(tmp_path)), "--pack", "aime", "--only", "truth.mising")
    assert result.exit_code == 2
    assert "truth.missing" in result.output


def test_one_detector_alone(tmp_path: Path) -> None:
    result = _run(str(_file(tmp_path)), "--pack", "aime", "--only", "truth.missing", "--json")
    assert [one["id"] for one in json.loads(result.stdout)["findings"]] == ["truth.missing"]


def test_an_empty_file_is_one_sentence(tmp_path: Path) -> None:
    result = _run(str(_file(tmp_path, [])), "--pack", "aime")
    assert result.exit_code == 2
    assert "holds no row" in result.output


def test_the_html_report_is_one_file_and_escapes_what_the_data_says(tmp_path: Path) -> None:
    rows = [{"question": "<script>alert(1)</script>", "answer": "<b>\u202e\ud800"}, ROWS[0]]
    out = tmp_path / "report.html"
    assert _run(str(_file(tmp_path, rows)), "--pack", "aime", "--html", str(out)).exit_code == 1
    text = out.read_text(encoding="utf-8")
    assert "truth.unreadable" in text
    assert "&lt;b&gt;" in text
    assert not any(one in text for one in ("<script", "\u202e", "http:", "https:"))


def test_a_place_for_the_html_report_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    result = _run(str(_file(tmp_path)), "--pack", "aime", "--html", str(tmp_path / "none" / "report.html"))
    assert result.exit_code == 1
    assert "cannot write" in result.output
