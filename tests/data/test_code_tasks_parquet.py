"""The columns that make a truth of tests are read from Parquet files too."""

import json
import re
from pathlib import Path

import pytest

from referee.data import code_tasks
from referee.data.columns import Columns
from referee.data.read import Source
from referee.data.rows import RowReader

ROWS = {
    "humaneval": {"prompt": "def f(n):\n", "entry_point": "f", "test": "def check(candidate):\n    assert candidate(1)"},
    "mbpp": {"text": "Write f.", "test_list": ["assert f(1) == 2"], "test_setup_code": "", "challenge_test_list": []},
    "kodcode": {"question": "f?", "test_code": "def test_f():\n    assert f(1)", "test_entry_point": "f"},
    "contests": {
        "question": "?", "public_tests": {"input": ["1"], "output": ["2"]}, "private_tests": None, "generated_tests": None,
    },
    "apps": {"question": "?", "input_output": '{"inputs": ["1"], "outputs": ["2"]}'},
    "ifeval": {"prompt": "p", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{"num_words": 3}]},
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_a_parquet_row_has_the_truth_of_its_json_row(name: str, tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    row = {"completion": "x", **ROWS[name]}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "rows.parquet")
    (line,) = Source(tmp_path / "rows.parquet").lines(Columns())
    reader = RowReader(Columns())
    assert reader.row(line.raw).truth == reader.row(json.dumps(row).encode()).truth is not None


def test_every_column_that_is_asked_for_is_read() -> None:
    source = Path(code_tasks.__file__).read_text(encoding="utf-8")
    asked = set(re.findall(r"\bget\(\"(\w+)\"\)", source))
    inside = {"input", "output", "testtype", "func_name", "ground_truth"}  # of an object in a column
    assert asked - inside <= set(code_tasks.READ)
    assert set(code_tasks.READ) <= set(Columns().wanted())
