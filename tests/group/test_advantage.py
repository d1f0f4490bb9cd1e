"""Literal figures: rewards 1.10, 0.10, 0.00, 1.10; mean 2.3 / 4; variance (2 * 0.275625 + 0.225625 + 0.330625) / 4."""

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.core.errors import UnknownName
from referee.group import advantage

WALKTHROUGH = [1.10, 0.10, 0.00, 1.10]

rewards = st.lists(st.none() | st.floats(-5, 5, allow_nan=False), max_size=12)


def rounded(values: list[float]) -> list[float]:
    return [round(value, 3) for value in values]


def test_walkthrough_mean_and_population_deviation() -> None:
    assert advantage.mean(WALKTHROUGH) == pytest.approx(0.575, abs=1e-12)
    assert advantage.std(WALKTHROUGH) == pytest.approx(0.526189, abs=1e-6)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("grpo", [0.998, -0.903, -1.093, 0.998]),
        ("dr_grpo", [0.525, -0.475, -0.575, 0.525]),
        ("leave_one_out", [0.7, -0.633, -0.767, 0.7]),
        ("seed", [0.998, -0.903, -1.093, 0.998]),
        ("trl", [0.864, -0.782, -0.946, 0.864]),
        ("verl", [0.864, -0.782, -0.946, 0.864]),
        ("openrlhf", [0.864, -0.782, -0.946, 0.864]),
        ("rloo", [0.7, -0.633, -0.767, 0.7]),
    ],
)
def test_walkthrough_advantages(name: str, expected: list[float]) -> None:
    assert rounded(advantage.estimator(name)(WALKTHROUGH)) == expected


@pytest.mark.parametrize("name", advantage.ESTIMATORS)
@pytest.mark.parametrize(
    "group", [[], [None], [None, None], [1.1], [0.1] * 4, [1.1] * 4, [None, 1.1], [0.1 + 1.0, 1.1]]
)
def test_silent_groups_give_exact_zeros(name: str, group: list[float | None]) -> None:
    assert advantage.is_silent(group)
    assert advantage.estimator(name)(group) == [0.0] * len(group)


def test_a_masked_rollout_takes_no_part() -> None:
    assert rounded(advantage.grpo([1.10, None, 0.00, 1.10])) == [0.707, 0.0, -1.414, 0.707]
    assert rounded(advantage.leave_one_out([1.0, None, 0.0])) == [1.0, 0.0, -1.0]


def test_presets_differ_by_what_they_add_to_the_deviation() -> None:
    """0.525 / (0.607591 + epsilon), the sample deviation of the walkthrough: 0.863926 with 1e-4, 0.864066 with 1e-6."""
    first = {name: advantage.estimator(name)(WALKTHROUGH)[0] for name in ("trl", "verl", "openrlhf")}
    assert first == pytest.approx({"trl": 0.863926, "verl": 0.864066, "openrlhf": 0.864068}, abs=1e-6)


def test_a_masked_rollout_takes_no_part_in_the_sample_deviation_either() -> None:
    assert rounded(advantage.estimator("trl")([1.10, None, 0.00, 1.10])) == [0.577, 0.0, -1.155, 0.577]


def test_a_lone_crumb_is_as_loud_as_the_truth() -> None:
    """Why no pay-out is too small to matter: in a group of 16 a lone 0.01 gets what a lone 1.1 gets, sqrt(15)."""
    assert rounded(advantage.grpo([0.01] + [0.0] * 15))[0] == rounded(advantage.grpo([1.1] + [0.0] * 15))[0] == 3.873


def test_an_unknown_estimator_offers_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'dr_grpo'"):
        advantage.estimator("drgrpo")


@given(rewards)
def test_every_estimator_is_centred_masks_and_ignores_order(group: list[float | None]) -> None:
    for estimate in advantage.ESTIMATORS.values():
        values = estimate(group)
        assert len(values) == len(group)
        assert all(value == 0.0 for value, reward in zip(values, group, strict=True) if reward is None)
        assert isclose(sum(values), 0.0, abs_tol=1e-6)
        assert estimate(group[::-1]) == values[::-1]


@given(rewards)
def test_leave_one_out_is_the_centred_one_times_g_over_g_minus_one(group: list[float | None]) -> None:
    count = len(advantage.judged(group))
    scale = count / (count - 1) if count > 1 else 1.0
    for one, other in zip(advantage.leave_one_out(group), advantage.dr_grpo(group), strict=True):
        assert isclose(one, other * scale, rel_tol=1e-9, abs_tol=1e-9)
