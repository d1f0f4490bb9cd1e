"""Values that came out of a jail, compared with the truth. Plain data on both sides; nothing here can raise.

Two policies, by where the truth comes from:

* `python`, for assertions in Python: `got == expected` as Python says for plain values, so 2 equals 2.0, 1 equals True,
  and a list is no tuple. The reference solutions of HumanEval and MBPP need exactly this much and no more.
* `json`, for truths that were born as JSON: `true` is not 1; a tuple may stand for a list, which is all that JSON can
  say; a dictionary's integer keys may stand for the strings that JSON made of them.

`strict` also keeps 2 and 2.0 apart. NaN equals NaN everywhere: a truth that names it means it. A tolerance counts where
the truth is a float; integers are exact whatever their length.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, Final, Literal, NamedTuple

from referee.core.hashes import crowded

Types = Literal["python", "json", "strict"]
Order = Literal["exact", "any", "nested"]

DEEPEST: Final = 100  # levels of nesting; deeper is different
MOST: Final = 400_000  # values looked at in one comparison
_EXACT_BITS: Final = 1000  # an integer beyond this has no float

_SEQUENCES = (list, tuple)
_SETS = (set, frozenset)
_NUMBERS = (int, float, complex, bool)


class Policy(NamedTuple):
    """How values are compared. Tolerances are for floats: |got - expected| <= max(abs_tol, rel_tol * |expected|).

    `order`: the members of the outermost list may come in "any" order, or those of lists in it too ("nested").
    """

    types: Types = "python"
    abs_tol: float = 0.0
    rel_tol: float = 0.0
    order: Order = "exact"


class _TooMuch(Exception):
    """The comparison has looked at enough."""


def same(got: Any, expected: Any, policy: Policy = Policy()) -> bool:  # noqa: B008 - an immutable default
    """Whether a value is the expected one. Bounded in depth and size; what exceeds the bounds is different."""
    try:
        return _Comparison(policy).same(got, expected, DEEPEST)
    except _TooMuch:
        return False


class _Comparison:
    __slots__ = ("_left", "_policy")

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._left = MOST

    def same(self, got: Any, expected: Any, depth: int) -> bool:
        self._left -= 1
        if self._left < 0 or depth < 0:
            raise _TooMuch
        kind, wanted = type(got), type(expected)
        if wanted in _NUMBERS:
            return kind in _NUMBERS and self._number(got, expected)
        if wanted in _SEQUENCES:
            fits = kind is wanted or (self._policy.types == "json" and kind in _SEQUENCES)
            if not fits or len(got) != len(expected):
                return False
            if self._policy.order == "nested" or (self._policy.order == "any" and depth == DEEPEST):
                return self._unordered(got, expected, depth)
            return self._items(got, expected, depth)
        if wanted is dict:
            return kind is dict and len(got) == len(expected) and self._mapping(got, expected, depth)
        if wanted in _SETS:
            fits = kind is wanted or (self._policy.types != "strict" and kind in _SETS)
            return fits and len(got) == len(expected) and self._set(got, expected)
        return kind is wanted and wanted in _PLAIN and bool(got == expected)

    def _items(self, got: Any, expected: Any, depth: int) -> bool:
        return all(self.same(one, other, depth - 1) for one, other in zip(got, expected, strict=True))

    def _unordered(self, got: Any, expected: Any, depth: int) -> bool:
        """Each expected member is one of those that came, and each of those is used once."""
        if not (self._policy.abs_tol or self._policy.rel_tol):
            found, wanted = ([self._key(one, depth - 1) for one in members] for members in (got, expected))
            return not crowded(found) and Counter(found) == Counter(wanted)
        rest = list(got)
        for one in expected:
            at = next((at for at, other in enumerate(rest) if self.same(other, one, depth - 1)), None)
            if at is None:
                return False
            del rest[at]
        return True

    def _key(self, value: Any, depth: int) -> Any:
        """Two values have equal keys when they are the same under this policy."""
        self._left -= 1
        if self._left < 0 or depth < 0:
            raise _TooMuch
        kind, types = type(value), self._policy.types
        if kind in _NUMBERS:
            if value != value:  # noqa: PLR0124 - NaN
                return (float, "nan")
            name = (
                "number" if types == "python" else "bool" if kind is bool else kind if types == "strict" else "number"
            )
            return (name, value)
        if kind in _SEQUENCES:
            keys = [self._key(one, depth - 1) for one in value]
            if self._policy.order == "nested" and crowded(keys):
                raise _TooMuch
            name = "list" if types == "json" else kind
            return (name, frozenset(Counter(keys).items()) if self._policy.order == "nested" else tuple(keys))
        if kind is dict:
            tell = types != "python"
            names = [_json_key(key) if types == "json" else key for key in value]
            keys = [self._key(one, depth - 1) for one in value.values()]
            pairs = [((type(one), one) if tell else one, other) for one, other in zip(names, keys, strict=True)]
            if crowded(pairs):
                raise _TooMuch
            return (dict, frozenset(pairs))
        if kind in _SETS:
            members = value if types == "python" else ((type(one) is bool, one) for one in value)
            return (kind if types == "strict" else set, frozenset(members))
        return (kind, value)

    def _number(self, got: Any, expected: Any) -> bool:
        kind, wanted, policy = type(got), type(expected), self._policy
        if (kind is bool) != (wanted is bool) and policy.types != "python":
            return False
        if policy.types == "strict" and kind is not wanted:
            return False
        if got == expected:
            return True
        if got != got and expected != expected:  # noqa: PLR0124 - both are NaN
            return True
        return wanted is float and kind in (int, float) and self._close(got, expected)

    def _close(self, got: float, expected: float) -> bool:
        policy = self._policy
        if not (policy.abs_tol or policy.rel_tol) or not math.isfinite(expected):
            return False
        if type(got) is int and got.bit_length() > _EXACT_BITS:
            return False
        return abs(got - expected) <= max(policy.abs_tol, policy.rel_tol * abs(expected))

    def _set(self, got: Any, expected: Any) -> bool:
        """Members are hashable plain values; True and 1 are told apart where the policy does."""
        if self._policy.types == "python":
            return bool(got == expected)
        return {(type(one) is bool, one) for one in got} == {(type(one) is bool, one) for one in expected}

    def _mapping(self, got: dict[Any, Any], expected: dict[Any, Any], depth: int) -> bool:
        if self._policy.types == "json":
            got = {_json_key(key): value for key, value in got.items()}
        for key, value in expected.items():
            if key not in got or not self.same(got[key], value, depth - 1):
                return False
        return self._policy.types == "python" or {type(key) for key in got} == {type(key) for key in expected}


_PLAIN: Final = frozenset({type(None), str, bytes})


def _json_key(key: Any) -> Any:
    """An integer key as the string that JSON writes for it."""
    return str(key) if type(key) is int and key.bit_length() < 256 else key
