"""The walkthrough: four rollouts of one prompt under the two rules of R1-Zero, to three decimals."""

import pytest

import referee

PROMPT = "Solve x^2 - 5x + 6 = 0. Put the smaller root in \\boxed{}"
THINK = "<think>The factors are (x - 2)(x - 3), so the roots are 2 and 3.</think>"

RIGHT = f"{THINK}\nThe smaller root is \\boxed{{2}}."
WRONG = f"{THINK}\nThe smaller root is \\boxed{{3}}."
BARE = "The smaller root is 2."
TAGGED = f"{THINK}\n<answer>\\boxed{{2}}</answer>"


def score(*completions: str) -> referee.Group:
    return referee.score_group("r1-zero-math", completions, truth="2", prompt=PROMPT)


@pytest.mark.parametrize("right", [RIGHT, TAGGED])
def test_the_walkthrough(right: str) -> None:
    group = score(right, WRONG, BARE, right)
    assert [round(reward or 0.0, 3) for reward in group.rewards] == [1.1, 0.1, 0.0, 1.1]
    assert group.mean is not None
    assert round(group.mean, 3) == 0.575
    assert [round(advantage, 3) for advantage in group.advantages] == [0.998, -0.903, -1.093, 0.998]
    assert not group.silent


@pytest.mark.parametrize("completion", [RIGHT, WRONG, BARE])
def test_four_alike_teach_nothing(completion: str) -> None:
    group = score(*[completion] * 4)
    assert group.silent
    assert group.advantages == (0.0, 0.0, 0.0, 0.0)
