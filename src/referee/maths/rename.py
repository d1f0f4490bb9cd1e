r"""Letters that only count: `k\pi` is `n\pi`, `f(z) = z` is `f(x) = x`.

A letter may stand for another one when it is bound: the argument of a labelled function, a letter that a trailer of
the truth declares (`k \in \mathbb{Z}`; of the answer, where the truth is an equation or a tuple), or an integer
parameter, which is the one of the usual letters and multiplies a period. The
renaming must be the only one possible: one letter of the truth that the answer lacks for one of the answer that the
truth lacks.
"""

from __future__ import annotations

from referee.maths.relations import labelled
from referee.maths.tree import Node, sym

_INTEGERS = frozenset("kmnlKMN") | {"ell"}
_CONSTANTS = frozenset({"pi", "e", "i", "inf", "emptyset", "ldots"})


def renamed(node: Node, old: str, new: str) -> Node:
    """The tree with one letter for another."""
    if node.kind == "sym":
        return sym(new) if node.text == old else node
    return node._replace(args=tuple(renamed(part, old, new) for part in node.args)) if node.args else node


def aligned(truth: Node, answer: Node, declared: tuple[frozenset[str], frozenset[str]]) -> Node | None:
    """The answer with its one free parameter named as the truth names it; None when there is no such renaming."""
    one, two = _letters(_valued(truth)), _letters(_valued(answer))
    mine, theirs = one - two, two - one
    if len(mine) != 1 or len(theirs) != 1:
        return None
    (old,), (new,) = theirs, mine
    if not (one & two & _INTEGERS or new in declared[0] or (old in declared[1] and truth.kind in {"rel", "seq"})):
        both = old in _INTEGERS and new in _INTEGERS
        return renamed(answer, old, new) if both and _counts(truth, new) and _counts(answer, old) else None
    if _valued(truth) == sym(new) or not (new in declared[0] or old in declared[1]):
        return None
    return renamed(answer, old, new)


def _valued(node: Node) -> Node:
    """The value of a labelled answer, also where the label stands on the first member of a list."""
    if (known := labelled(node)) is not None:
        return known.value
    if node.kind == "seq" and not node.text:
        return node._replace(args=tuple(_valued(part) for part in node.args))
    return node


def _letters(node: Node) -> set[str]:
    return {part.text for part in node.walk() if part.kind == "sym" and part.text not in _CONSTANTS}


def _counts(node: Node, letter: str) -> bool:
    """Whether the letter only ever multiplies a period: pi, or degrees."""
    if node == sym(letter):
        return False
    if not any(part == sym(letter) for part in node.walk()):
        return True
    if node.kind in {"mul", "unit"} and all(part.kind != "pow" for part in node.walk()):
        return node.text == "degree" or any(part == sym("pi") for part in node.walk())
    return bool(node.args) and all(_counts(part, letter) for part in node.args)
