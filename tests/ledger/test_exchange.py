"""Rollouts in and out: a ledger as lines and as a table, and the files of TRL and verl."""

import errno
import hashlib
import json

import pytest
from click.testing import CliRunner

from referee.cli.main import main
from referee.core.errors import InputError, UsageError
from referee.engine.scored import written
from referee.ledger import exchange, trainers
from referee.ledger.read import Reader
from referee.ledger.replay import replay
from referee.ledger.verify import verify
from referee.ledger.write import Ledger

from .conftest import PACK, changed, make

PROMPT = [{"role": "user", "content": "What is 1 + 1?"}]


def run(*arguments):
    said = CliRunner().invoke(main, [str(one) for one in arguments], prog_name="referee")
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    return said


@pytest.fixture
def pack(tmp_path):
    file = tmp_path / "p.toml"
    file.write_text('[[rules]]\nname = "answer"\nverifier = "math.number"\n')
    return file


@pytest.fixture
def full(path):
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        ledger.keep(make(16, step=lambda place: 3 + place // 2))
        ledger.keep([changed(make(17)[16], rollout=changed(make(1)[0].rollout, text="\ud800"))])
    return path


def kept(path):
    with Reader(path) as reader:
        return [entry.scored for entry in reader.entries()]


def test_lines_hold_a_whole_ledger(full, tmp_path):
    said = run("ledger", "export", full, tmp_path / "all.jsonl")
    assert said.stdout.startswith("17 entries in ")
    again = run("ledger", "import", tmp_path / "again", tmp_path / "all.jsonl", tmp_path / "all.jsonl")
    assert "17 kept, 17 were there already" in again.stdout
    assert kept(tmp_path / "again") == kept(full)
    assert verify(tmp_path / "again").notes == ()
    assert replay(tmp_path / "again").identical == 16  # the text of the last was exchanged by the fixture
    assert run("ledger", "export", full, tmp_path / "all.jsonl").exit_code == 2


@pytest.mark.parametrize(
    "line", ['{"scored": {"key": 1}}', '{"pack": {"x": 1}, "digest": "00"}', "[]", "nonsense", '{"format": 9}']
)
def test_a_line_that_cannot_be_read_is_named(path, tmp_path, line):
    file = tmp_path / "lines"
    file.write_text('{"ledger":"x"}\n' + line + "\n")
    assert exchange.is_lines(file)
    with Ledger(path) as ledger, pytest.raises((InputError, UsageError), match="lines:2: "):
        exchange.read_lines(ledger, file)


def test_a_table_opens_anywhere(full, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet", reason="Parquet needs pyarrow")
    run("ledger", "export", full, tmp_path / "all.parquet")
    table = pq.read_table(tmp_path / "all.parquet")
    with Reader(full) as reader:
        assert table.schema.metadata[b"referee_root"].decode() == reader.root() == verify(full).root
    first = table.to_pylist()[0]
    assert (first["text"], first["reward"], first["truth"], first["step"]) == ("It is \\boxed{0}.", 1.5, "0", 3)
    assert dict(first["rules"]) == {"answer": 1.0, "brief": 1.0}


def test_what_verl_wrote_is_scored_and_kept(tmp_path, pack):
    rows = [
        {"input": "p", "output": "\\boxed{2}", "gts": "2", "score": 1.0, "step": 12, "acc": True},
        {"input": "p", "output": "\\boxed{3}", "gts": "2", "score": 0.0, "step": 12, "acc": False},
        {"input": "q", "output": "\\boxed{4}", "gts": "4", "score": 1.0, "step": 12, "acc": True},
    ]
    folder = tmp_path / "dump"
    folder.mkdir()
    (folder / "12.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = run("ledger", "import", tmp_path / "l", folder / "12.jsonl", "--pack", pack)
    assert "3 kept, 0 were there already" in said.stdout
    assert (
        "0 kept, 3 were there already"
        in run("ledger", "import", tmp_path / "l", folder / "12.jsonl", "--pack", pack).stdout
    )
    found = kept(tmp_path / "l")
    assert [(one.run, one.group, one.index, one.step, one.score.reward) for one in found] == [
        ("dump", "12.jsonl:1", 0, 12, 1.0), ("dump", "12.jsonl:1", 1, 12, 0.0), ("dump", "12.jsonl:3", 0, 12, 1.0),
    ]  # fmt: skip
    assert replay(tmp_path / "l").same
    run("ledger", "export", tmp_path / "l", tmp_path / "out", "--as", "verl")
    written = [json.loads(line) for line in (tmp_path / "out" / "12.jsonl").read_text().splitlines()]
    assert [{name: row[name] for name in ("input", "output", "gts", "score", "step")} for row in written] == [
        {name: row[name] for name in ("input", "output", "gts", "score", "step")} for row in rows
    ]
    assert [row["rule_answer"] for row in written] == [1.0, 0.0, 1.0]
    assert [row["advantage"] for row in written] == [pytest.approx(1, abs=1e-3), pytest.approx(-1, abs=1e-3), 0.0]


def test_what_trl_wrote_is_scored_with_the_truths_of_its_data_set(tmp_path, pack):
    pq = pytest.importorskip("pyarrow.parquet", reason="Parquet needs pyarrow")
    import pyarrow as pa

    rows = [
        {
            "step": 7,
            "prompt": PROMPT,
            "completion": [{"role": "assistant", "content": text}],
            "reward_a": reward,
            "advantage": 0.1,
        }
        for text, reward in (("\\boxed{2}", 1.0), ("\\boxed{3}", None))
    ]
    folder = tmp_path / "completions"
    folder.mkdir()
    file = folder / "completions_00007.parquet"
    pq.write_table(pa.Table.from_pylist(rows), file)
    (tmp_path / "data.jsonl").write_text(json.dumps({"question": "What is 1 + 1?", "answer": "It is.\n#### 2"}) + "\n")
    said = run("ledger", "import", tmp_path / "l", file, "--pack", pack, "--truths", tmp_path / "data.jsonl")
    assert "2 kept" in said.stdout, said.output
    assert [(one.step, one.score.reward, one.index) for one in kept(tmp_path / "l")] == [(7, 1.0, 0), (7, 0.0, 1)]
    (tmp_path / "data.jsonl").write_text(json.dumps({"question": "Another?", "answer": "2"}) + "\n")
    said = run("ledger", "import", tmp_path / "m", file, "--pack", pack, "--truths", tmp_path / "data.jsonl")
    assert said.exit_code == 2
    assert "lacks the prompt of" in said.stderr

    run("ledger", "export", tmp_path / "l", tmp_path / "out", "--as", "trl")
    (written,) = (tmp_path / "out").iterdir()
    assert written.name == "completions_00007.parquet"
    columns = pq.read_table(written).to_pydict()
    assert list(columns) == ["step", "prompt", "completion", "rule_answer", "reward", "advantage"]
    assert columns["completion"] == ["\\boxed{2}", "\\boxed{3}"]
    assert columns["rule_answer"] == columns["reward"] == [1.0, 0.0]

    # Without truths nothing can be judged: what the rule `answer` gave is no truth.
    said = run("ledger", "import", tmp_path / "n", written, "--pack", pack)
    assert "no column holds the truth" in said.stderr
    assert [one.score.reward for one in kept(tmp_path / "n")] == [None, None]


def test_exports_go_by_run_and_step(full, tmp_path):
    with Reader(full) as reader:
        files = trainers.write_verl(reader, tmp_path / "out")
        assert sorted(file.name for file in files) == ["0.jsonl", "3.jsonl", "4.jsonl"]
        with pytest.raises(UsageError, match="there is no run 's'"):
            trainers.write_verl(reader, tmp_path / "out", "s")
    rows = [json.loads(line) for line in (tmp_path / "out" / "3.jsonl").read_text().splitlines()]
    assert len(rows) == 8


def test_a_rule_that_is_called_like_a_column_does_not_hide_it(path, tmp_path):
    from referee.engine.score import RulePack

    odd = RulePack.load({"name": "odd", "rules": [{"name": "output", "verifier": "math.number"}]})
    with Ledger(path) as ledger:
        ledger.keep(make(2, pack=odd))
    with Reader(path) as reader:
        (file,) = trainers.write_verl(reader, tmp_path / "out")
    row = json.loads(file.read_text().splitlines()[0])
    assert (row["output"], row["rule_output"]) == ("It is \\boxed{0}.", 1.0)


def test_rollouts_need_a_pack(tmp_path):
    (tmp_path / "r.jsonl").write_text('{"completion": "x", "truth": "2"}\n')
    said = run("ledger", "import", tmp_path / "l", tmp_path / "r.jsonl")
    assert said.exit_code == 2
    assert "--pack names what scores them" in said.stderr


@pytest.mark.parametrize("workers", [1, 2])
def test_score_keeps_what_it_scores(tmp_path, pack, workers):
    rows = [
        {"prompt": f"p{number // 4}", "completion": f"\\boxed{{{number % 3}}}", "truth": "1"} for number in range(600)
    ]
    rows[7] = {"nothing": 1}
    rows[8]["completion"] = "\\ud800"
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "r.jsonl").write_text(text.replace("\\\\ud800", "\\ud800"))
    said = run(
        "score", tmp_path / "r.jsonl", "--pack", pack, "--ledger", tmp_path / "l", "--no-out", "--workers", workers
    )
    assert said.exit_code == 0, said.output
    found = kept(tmp_path / "l")
    assert len(found) == 599
    assert sum(one.score.reward for one in found) == sum(row.get("completion") == "\\boxed{1}" for row in rows)
    assert {one.run for one in found} == {"r.jsonl"}
    assert verify(tmp_path / "l").sound
    assert replay(tmp_path / "l").same


def test_what_stands_before_the_damage_can_be_saved(path, tmp_path):
    with Ledger(path) as ledger:
        ledger.learn(PACK)
        ledger.keep(make(3000))
    content = bytearray(path.read_bytes())
    rollout = hashlib.sha256(written(make(3000)[2500].rollout)).digest()  # stands in the entry alone
    at = content.index(rollout) // 4096 * 4096
    content[at : at + 8] = b"\xff" * 8
    path.write_bytes(content)
    assert not verify(path).sound
    said = run("ledger", "export", path, tmp_path / "saved.jsonl")
    assert said.exit_code == 1
    assert "cannot be read" in said.stderr
    again = run("ledger", "import", tmp_path / "again", tmp_path / "saved.jsonl")
    assert again.exit_code == 0, again.output
    assert kept(tmp_path / "again")[:2000] == make(2000)


@pytest.mark.parametrize("name", ["out.jsonl", "out.parquet"])
def test_half_an_export_does_not_stay(full, tmp_path, name, monkeypatch):
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow.parquet", reason="Parquet needs pyarrow")
    out = tmp_path / name

    def entries(_):
        yield from ()
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(Reader, "entries", entries)
    said = run("ledger", "export", full, out)
    assert (said.exit_code, said.stderr) == (1, f"error: cannot write '{out}': No space left on device\n")
    assert not out.exists()
