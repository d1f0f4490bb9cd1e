"""Columns by the names that data sets in use give them, and by the user's choice."""

import pytest

from referee.core.errors import UnknownName, UsageError
from referee.data.columns import COLUMNS, ROLES, Columns, existing, first, pick


def test_a_dotted_name_reaches_into_an_object():
    assert pick({"reward_model": {"ground_truth": "7"}}, "reward_model.ground_truth") == "7"
    assert pick({"a.b": 1, "a": {"b": 2}}, "a.b") == 1
    with pytest.raises(KeyError):
        pick({"a": "text"}, "a.b")


def test_the_first_name_that_has_a_value_wins():
    assert first({"answer": "6", "truth": None, "ground_truth": "7"}, "truth") == "7"
    assert first({"x": 1}, "truth") is None


def test_a_mapped_column_is_the_only_one_of_its_role():
    columns = Columns.of(["truth=gold", "truth=meta.key"])
    assert columns.names("truth") == ("gold", "meta.key")
    assert "prompt" in columns.names("prompt")


def test_a_mapped_column_plays_no_other_role_by_itself():
    assert "answer" in Columns().names("truth")
    assert "answer" not in Columns.of(["completion=answer"]).names("truth")


@pytest.mark.parametrize("choice", ["truth", "=x", "truth=", ""])
def test_a_choice_needs_both_sides(choice):
    with pytest.raises(UsageError, match="ROLE=COLUMN"):
        Columns.of([choice])


def test_an_unknown_role_offers_the_nearest():
    with pytest.raises(UnknownName, match="did you mean 'truth'"):
        Columns.of(["thruth=answer"])


def test_a_mapped_column_that_does_not_exist_names_those_that_do():
    with pytest.raises(UsageError, match=r"did you mean 'answer'\? The columns are completion, answer\."):
        Columns.of(["truth=anwser"]).check({"completion": "x", "answer": "1"})


def test_no_column_of_completions_says_how_to_name_one():
    with pytest.raises(UsageError, match=r"the columns are question, info\.a\. .*--map completion=COLUMN"):
        Columns().check({"question": "x", "info": {"a": 1}})


def test_a_row_with_a_null_completion_has_the_column():
    Columns().check({"completion": None})


def test_objects_are_listed_by_their_members():
    assert existing({"a": {"b": 1, "c": 2}, "d": {}, "e": 3}) == ["a.b", "a.c", "d", "e"]


def test_a_choice_the_wrong_way_round_is_turned():
    with pytest.raises(UsageError, match="the other way round: --map completion=llm_out"):
        Columns.of(["llm_out=completion"])


def test_every_role_says_what_it_is():
    assert list(ROLES) == list(COLUMNS)
    assert len({name for names in COLUMNS.values() for name in names}) == sum(map(len, COLUMNS.values()))
