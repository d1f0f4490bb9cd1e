"""What one row says, whatever its columns are called."""

import json

import pytest

from referee.core.errors import InputError
from referee.data.columns import Columns
from referee.data.rows import RowReader, prompt_text, task_name

READER = RowReader(Columns())


def row(**columns):
    return READER.row(json.dumps(columns).encode())


def key(**columns):
    return READER.key(json.dumps(columns).encode())


def test_our_own_columns():
    found = row(task_id="t", prompt="p", completion="c", truth=[1], rollout_id="r", tokens=7, is_correct=True)
    assert found.completions == ["c"]
    assert not found.many
    assert (found.task, found.prompt, found.truth) == ("t", "p", [1])
    assert (found.rollouts, found.tokens, found.labels) == (["r"], [7], [True])


def test_gsm8k():
    found = row(question="How many?", answer="9 * 2 = 18\n#### 1,018", response="So 18.")
    assert (found.prompt, found.truth, found.completions) == ("How many?", "1,018", ["So 18."])


def test_an_answer_that_only_mentions_the_marker_stays_whole():
    assert row(completion="x", answer="#### 18").truth == "#### 18"
    assert row(completion="x", truth="a\n#### 18").truth == "a\n#### 18"


def test_trl_with_strings_and_with_messages():
    message = [{"role": "assistant", "content": "2"}]
    assert row(prompt="p", completion="2", solution="2").truth == "2"
    found = row(prompt=[{"role": "user", "content": "p"}], completion=message, solution="2")
    assert (found.completions, found.many) == ([message], False)
    assert prompt_text(found.prompt) == "p"
    several = row(prompt="p", completions=[message, message], ground_truth="2")
    assert (several.completions, several.many) == ([message, message], True)


def test_verl():
    columns = {
        "data_source": "openai/gsm8k",
        "prompt": [{"role": "user", "content": "p"}],
        "reward_model": {"style": "rule", "ground_truth": "72"},
        "extra_info": {"split": "train", "index": 3},
        "responses": ["a", "b"],
    }
    found = row(**columns)
    assert (found.truth, found.task, found.many) == ("72", "openai/gsm8k/train/3", True)
    assert row(input="p", output="o", gts="72").truth == "72"


def test_the_same_index_of_two_sources_is_two_tasks():
    one = key(completion="x", data_source="a", extra_info={"index": 0})
    assert one != key(completion="x", data_source="b", extra_info={"index": 0})
    assert one == key(completion="y", data_source="a", extra_info={"index": 0, "more": 1})


def test_a_list_gives_one_value_to_each_completion():
    found = row(completions=["a", "b"], is_correct=[True, False], tokens=[1, 2], id=["x", "y"])
    assert (found.labels, found.tokens, found.rollouts) == ([True, False], [1, 2], ["x", "y"])
    assert row(completions=["a", "b"], is_correct=[True]).labels == [None, None]


@pytest.mark.parametrize(
    ("columns", "label"),
    [
        ({"is_correct": True}, True),
        ({"is_correct": 0}, False),
        ({"correct": 1.0}, True),
        ({"label": 1}, None),  # it may be a class
        ({"label": False}, False),
        ({"is_correct": "yes"}, None),
        ({}, None),
    ],
)
def test_only_what_plainly_says_right_or_wrong_is_a_label(columns, label):
    assert row(completion="x", **columns).labels == [label]


def test_token_ids_are_not_a_token_count():
    assert row(completion="x", tokens=[1, 2, 3]).tokens == [None]
    assert row(completion="x", tokens=True).tokens == [None]


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'{"completion": ', "not JSON: .* at character"),
        (b"[1]", "a list, not an object"),
        (b'"text"', "a string, not an object"),
        (b"null", "null, not an object"),
        (b'{"a": 1, "b": 2}', "no completion in the row; its columns are a, b"),
        (b'{"completion": 7}', "'completion' must hold text or messages, got 7"),
        (b'{"completions": []}', "'completions' is an empty list"),
        (b'{"completions": ["x", null]}', r"'completions\[1\]' must hold text or messages, got null"),
        (b'{"completion": "\xff"}', "not UTF-8: byte 0xff at byte 17"),
        (b'{"completion": "x", "unused": "\xff"}', "not UTF-8"),
        (b'{"completion": "x", "unused": nope}', "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_a_row_without_a_rollout_says_why(raw, message):
    with pytest.raises(InputError, match=message):
        READER.row(raw)


def test_what_python_writes_beyond_the_standard_is_read():
    assert READER.row(b'{"completion": "\\ud800 x", "logprob": NaN, "truth": 1e400}').completions == ["\ud800 x"]
    assert (
        READER.row(b'{"completion": "x", "truth": 123456789012345678901234567890}').truth
        == 123456789012345678901234567890
    )


def test_a_key_is_the_task_or_else_prompt_and_truth_or_nothing():
    assert key(completion="x", task_id=1, prompt="p") == key(completion="y", task_id=1, prompt="q")
    assert key(completion="x", prompt="p", truth="1") == key(completion="y", truth="1", prompt="p")
    assert key(completion="x", prompt="p", truth="1") != key(completion="x", prompt="p", truth="2")
    assert key(completion="x", truth="1").value is None


@pytest.mark.parametrize(
    ("completion", "many"),
    [
        ("x", False),
        (["x"], True),
        ([["x"]], True),
        ([{"role": "assistant", "content": "x"}], False),
        ([[{"role": "assistant", "content": "x"}]], True),
        ({"role": "assistant", "content": "x"}, False),
    ],
)
def test_a_list_of_messages_is_one_completion(completion, many):
    assert key(completion=completion, prompt="p").many is many
    assert row(completion=completion, prompt="p").many is many
    padded = b'{"completion":' + b" " * 100 + json.dumps(completion).encode() + b"}"
    assert READER.key(padded).many is many


def test_a_group_has_a_name_when_something_names_it():
    assert task_name(row(completion="x", task_id=7)) == "7"
    assert task_name(row(completion="x")) is None
    assert task_name(row(completion="x", prompt="p")) == task_name(row(completion="y", prompt="p"))


def test_a_null_completion_is_named():
    with pytest.raises(InputError, match="'response' is null; a row needs a completion"):
        row(response=None, truth="2")


def test_messages_alone_are_a_completion():
    messages = [{"role": "user", "content": "q"}, {"role": "assistant", "content": "A: 2"}]
    assert row(messages=messages, truth="2").completions == [messages]
    assert row(messages=messages, completion="A: 3").completions == ["A: 3"]
