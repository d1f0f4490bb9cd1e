"""Members whose hashes agree, which make a set or a dictionary of them slow: n of them take n * n steps.

Hashes of numbers and tuples are known to everyone, so a policy can return a list of multiples of 2**61 - 1, or tuples
of -1 and -2, on which `set(...)` does not end. Whoever makes a set of what came out of a jail asks here first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any, Final

ALIKE: Final = 256  # different members that share a hash; honest values have two or three


def crowded(members: Collection[Any]) -> bool:
    """Whether more than `ALIKE` different members share a hash. Raises `TypeError` for one that has none."""
    if len(members) <= ALIKE:
        return False
    counts = Counter(map(hash, members))
    if max(counts.values()) <= ALIKE:
        return False
    seen: dict[int, list[Any]] = {}
    for one in members:
        if counts[key := hash(one)] > ALIKE:
            others = seen.setdefault(key, [])
            if one not in others:
                others.append(one)
            if len(others) > ALIKE:
                return True
    return False
