import json

import pytest

from referee.core.errors import UsageError
from referee.train.config import DataConfig
from referee.train.tasks import Tasks


@pytest.fixture
def source(tmp_path):
    def make(name, count, **changes):
        path = tmp_path / f"{name}.jsonl"
        rows = [{"question": f"{name}{n}", "answer": f"so\n#### {n}"} for n in range(count)]
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return DataConfig(path=str(path), pack="gsm8k", **changes)

    return make


def names(tasks, count, start=0, every=1):
    return [tasks.at(place).task.prompt for place in range(start, count, every)]


def test_tasks_are_read_as_data_sets_write_them(source, tokenizer):
    tasks = Tasks([source("a", 3, prompt="q {prompt}=")], tokenizer, 0)
    found = {one.task.prompt: one for one in tasks.sources[0]}
    assert found["a2"].task.truth == "2"
    assert tokenizer.decode(found["a2"].ids) == "q a2="


def test_every_task_comes_once_before_any_comes_again(source, tokenizer):
    tasks = Tasks([source("a", 5)], tokenizer, 1)
    walks = [names(tasks, 15)[part : part + 5] for part in (0, 5, 10)]
    assert all(sorted(walk) == ["a0", "a1", "a2", "a3", "a4"] for walk in walks)
    assert walks[0] != walks[1]
    assert names(tasks, 15) == names(Tasks([source("a", 5)], tokenizer, 1), 15)
    assert names(tasks, 15) != names(Tasks([source("a", 5)], tokenizer, 2), 15)


def test_processes_share_the_stream(source, tokenizer):
    tasks = Tasks([source("a", 7)], tokenizer, 1)
    parts = [names(tasks, 14, start, 2) for start in (0, 1)]
    assert [name for pair in zip(*parts, strict=True) for name in pair] == names(tasks, 14)


def test_sources_come_in_their_shares(source, tokenizer):
    tasks = Tasks([source("a", 4, share=3.0), source("b", 4), source("c", 4, share=0.0)], tokenizer, 0)
    found = names(tasks, 40)
    assert [sum(name[0] == letter for name in found) for letter in "abc"] == [30, 10, 0]
    assert all(sum(name[0] == "b" for name in found[part : part + 4]) == 1 for part in range(0, 40, 4))


def test_a_task_that_is_too_long_is_left_out_and_a_row_without_a_prompt_is_told(source, tokenizer, tmp_path):
    one = source("a", 12)
    path = tmp_path / "a.jsonl"
    path.write_text(path.read_text() + '{"truth": "3"}\n')
    tasks = Tasks([one], tokenizer, 0, longest=2)
    assert len(tasks) == 10
    assert tasks.left_out == 2
    assert tasks.unreadable == ["row 13: no prompt in the row; its columns are truth"]


def test_a_source_without_tasks_is_named(source, tokenizer):
    with pytest.raises(UsageError, match=r"there are no tasks in .*; row 1: no prompt .* \(at \$.data\[0\].path\)"):
        Tasks([source("a", 2, columns={"prompt": "query"})], tokenizer, 0)


def test_a_limit_takes_the_first(source, tokenizer):
    tasks = Tasks([source("a", 9, limit=2)], tokenizer, 0)
    assert sorted(names(tasks, 2)) == ["a0", "a1"]


def test_a_chat_template_is_used_when_asked_for(source, tokenizer, monkeypatch):
    monkeypatch.setattr(tokenizer, "chat_template", "{% for m in messages %}<{{ m.content }}>{% endfor %}=")
    tasks = Tasks([source("a", 1, chat=True, prompt="q{prompt}")], tokenizer, 0)
    assert tokenizer.decode(tasks.at(0).ids) == "<qa0>="
