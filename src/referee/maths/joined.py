"""Conditions on one variable with a word between them: `x > 1 and x < 3` is what both allow, `x < 1 or x > 3` either.

A comma leaves open which it is; such a list stays a list (see `referee.maths.ranges`).
"""

from __future__ import annotations

from referee.maths.relations import name_of
from referee.maths.tree import Node

_ORDER = frozenset({"<", ">", "<=", ">=", "!="})
_SIGNS = _ORDER | {"=", "in"}


def joined(members: list[Node], words: list[str]) -> list[Node]:
    """The members, or the one union or intersection that they are. `words` stand between them."""
    linking = set(words) & {"and", "or"}
    if not linking or not all(map(_condition, members)) or not any(map(_orders, members)):
        return members
    shared = bool(frozenset.intersection(*map(_names, members)))
    if linking == {"or"}:
        return [Node("union", tuple(members))]
    excluded = all(part.text == "!=" for part in members)  # x != 1 and x != 2: a comma says the same
    if not shared or excluded:
        return members
    if linking == {"and"}:
        return [Node("inter", tuple(members))]
    if linking != set(words):  # commas beside both words: nobody knows
        return members
    groups: list[list[Node]] = [[members[0]]]
    for word, part in zip(words, members[1:], strict=True):
        if word == "or":
            groups.append([part])
        else:
            groups[-1].append(part)
    return [Node("union", tuple(Node("inter", tuple(group)) if len(group) > 1 else group[0] for group in groups))]


def states(node: Node) -> bool:
    """Whether it says in words or signs which numbers are meant, as an inequality does and an interval does not."""
    if node.kind in {"union", "inter"}:
        return any(states(part) for part in node.args)
    return node.kind in {"rel", "such"} or (node.kind == "seq" and not node.text)


def _condition(node: Node) -> bool:
    return node.kind == "rel" and _SIGNS.issuperset(node.text.split())


def _orders(node: Node) -> bool:
    return not _ORDER.isdisjoint(node.text.split())


def _names(node: Node) -> frozenset[str]:
    sides = (side.args[0] if side.kind == "abs" else side for side in node.args)
    return frozenset(name for side in sides if (name := name_of(side)) is not None)
