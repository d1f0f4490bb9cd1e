from itertools import combinations
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referee.group.signal import pass_at_k, silent_share


def test_silent_share() -> None:
    assert silent_share([]) == 0.0
    assert silent_share([[0.0, 0.0], [1.0, 0.0], [1.1, 1.1], [None, 1.0]]) == 0.75


def test_pass_at_k_by_hand() -> None:
    assert pass_at_k(4, 0, 2) == 0.0
    assert pass_at_k(4, 1, 1) == 0.25
    assert pass_at_k(4, 2, 2) == pytest.approx(5 / 6)  # one of the six pairs holds no right one
    assert pass_at_k(4, 3, 2) == 1.0


def test_pass_at_k_survives_counts_whose_factorials_do_not() -> None:
    assert pass_at_k(100_000, 1, 1_000) == pytest.approx(0.01)


@pytest.mark.parametrize(("n", "correct", "k"), [(4, 5, 1), (4, -1, 1), (4, 2, 0), (4, 2, 5)])
def test_pass_at_k_refuses_nonsense(n: int, correct: int, k: int) -> None:
    with pytest.raises(ValueError, match="must lie in"):
        pass_at_k(n, correct, k)


@given(st.integers(1, 8), st.data())
def test_pass_at_k_counts_subsets(n: int, data: st.DataObject) -> None:
    correct = data.draw(st.integers(0, n))
    k = data.draw(st.integers(1, n))
    draws = list(combinations([True] * correct + [False] * (n - correct), k))
    assert isclose(pass_at_k(n, correct, k), sum(map(any, draws)) / len(draws), abs_tol=1e-12)
