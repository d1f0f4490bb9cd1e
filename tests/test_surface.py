"""The public names: what is promised is there, where it is said to be, documented, and nothing else."""

import inspect
import typing

import pytest

import referee


def test_the_three_lists_of_names_agree() -> None:
    source = inspect.getsource(referee)
    assert sorted(referee._HOME) == referee.__all__
    for name, home in referee._HOME.items():
        assert f"    from referee.{home} import" in source, f"{name} is missing under TYPE_CHECKING"
    assert set(referee.__all__) <= set(dir(referee))


@pytest.mark.parametrize("name", referee.__all__)
def test_every_public_name_is_documented_and_typed(name: str) -> None:
    thing = getattr(referee, name)
    assert inspect.getdoc(thing)
    if inspect.isfunction(thing):
        hints = typing.get_type_hints(thing)
        assert "return" in hints
        assert set(inspect.signature(thing).parameters) <= set(hints)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'vrify'"):
        referee.vrify  # noqa: B018


def test_the_names_called_from_outside_keep_their_shape() -> None:
    assert list(inspect.signature(referee.verify).parameters) == [
        "verifier_id",
        "completion",
        "truth",
        "prompt",
        "params",
    ]
    assert list(inspect.signature(referee.RulePack.score).parameters) == ["self", "completion", "truth", "prompt"]
    assert list(inspect.signature(referee.score_group).parameters)[:4] == ["pack", "completions", "truth", "prompt"]
    assert {"status", "score", "reason", "evidence"} == set(referee.Verdict.__struct_fields__)
    assert {"reward", "verdicts", "contributions"} <= set(referee.Score.__struct_fields__)
    assert {"rewards", "mean", "std", "advantages", "silent"} <= set(referee.Group.__struct_fields__)
