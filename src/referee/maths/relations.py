"""Equations, inequalities, intervals and labels as data for the comparison."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from referee.maths.applied import applies, name_of_value, point
from referee.maths.rounded import rounds_to
from referee.maths.tree import Node, negated, num, sym
from referee.text.rational import ZERO

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_FUNCTION_NAMES = frozenset("fghFGHPQpqWTSVNL")
MAX_SIGNS = 6
INFINITY = sym("inf")
MINUS_INFINITY = Node("neg", (INFINITY,))


class Labelled(NamedTuple):
    """`name = value` or `name in value`."""

    name: str
    value: Node


_NUMBERS = frozenset({"pi", "e", "i"})
_NO_NAMES = frozenset({"pi", "e", "i", "inf", "emptyset", "ldots", "*"})
_VECTORS = frozenset({"vec", "overrightarrow", "hat", "overline"})
_MEASURES = _VECTORS | {"sin", "cos", "tan", "cot"}


def name_of(node: Node) -> str | None:
    """The name that may stand on the left of an answer: a variable, a point like `AB`, `f(x)`; never a number."""
    plain = _plain_name(node)
    if plain is not None:
        return plain
    if applies(node):
        return name_of_value(node)
    if node.kind == "mul" and node.args[0] == sym("angle") and all(part.kind == "sym" for part in node.args):
        return "angle " + "".join(part.text for part in node.args[1:])
    if node.kind == "mul" and len(node.args) == 2 and node.args[1].kind == "inv":  # AB/CD
        above, below = _points(node.args[0]), _points(node.args[1].args[0])
        return f"{above}/{below}" if above and below else None
    if node.kind == "rel" and node.text == ":":
        names = [_points(part) for part in node.args]
        return ":".join(name for name in names if name) if all(names) else None
    if node.kind == "abs":
        inner = _points(node.args[0]) or (node.args[0].kind == "call" and name_of(node.args[0])) or ""
        return f"|{inner}|" if inner else None
    if node.kind == "call" and node.text in _MEASURES and len(node.args) == 1:
        inner = _points(node.args[0]) or _angle(node.args[0], vector=node.text in _VECTORS)
        return f"{node.text} {inner}" if inner else None
    return None


def _angle(node: Node, *, vector: bool) -> str:
    """A Greek letter, as angles have, or the small letter of a vector."""
    if node.kind != "sym" or node.text in {"pi", "inf", "ldots", "emptyset"}:
        return ""
    return node.text if vector or len(node.text) > 1 else ""


def _points(node: Node) -> str | None:
    """`AB`, `S`, `V_1`: names in capitals, of points and measures."""
    names = [part.text for part in (node.args if node.kind == "mul" else (node,))]
    parts = node.args if node.kind == "mul" else (node,)
    return "".join(names) if all(part.kind == "sym" and part.text[0].isupper() for part in parts) else None


def _plain_name(node: Node) -> str | None:
    if node.kind == "sym" and node.text not in {"pi", "e", "i", "inf", "emptyset"}:
        return node.text
    if node.kind == "mul" and all(part.kind == "sym" for part in node.args):
        names = [part.text for part in node.args]
        if len(names) == 2 and (names[0][0] in _FUNCTION_NAMES or names[1] == "t"):
            return f"{names[0]}({names[1]})"
        if all(name.isupper() for name in names):
            return "".join(names)
    if node.kind == "seq" and node.text == "()" and all(part.kind == "sym" for part in node.args):
        return "(" + ",".join(part.text for part in node.args) + ")"
    return None


def exactly(node: Node) -> Node:
    """Without the approximation at the end of `a = b ~ 0.577`, when it is one: what is stated exactly counts."""
    if node.kind == "such":
        return _described(node)
    if node.kind == "call" and (place := point(node)) is not None and all(part.kind != "sym" for part in node.walk()):
        return place
    if node.kind == "mul" and len(node.args) == 2 and node.args[1].kind == "seq" and node.args[1].text == "()":
        name = node.args[0]  # A(3, 4)
        return node.args[1] if name.kind == "sym" and len(name.text) == 1 and name.text.isupper() else node
    if node.kind != "rel" or not node.text.endswith("~") or not rounds_to(node.args[-2], node.args[-1]):
        return node
    sides = node.args[:-1]
    return sides[0] if len(sides) == 1 else Node("rel", sides, node.text[:-2])


def _described(node: Node) -> Node:
    r"""`\{x | x = k\pi, k \in \mathbb{Z}\}` as `x = k\pi`."""
    _, first, *rest = node.args
    known = labelled(first) if first.text == "=" else None
    free = all(part.kind == "rel" and part.text == "in" and part.args[1].text.startswith("mathbb") for part in rest)
    return first if known and free and known.name == node.args[0].text else node


def labelled(node: Node) -> Labelled | None:
    """The label and the value of `x = 5` and `x in [0, 1]`; chains and `4 = 5` have none."""
    if node.kind != "rel" or node.text not in {"=", "in"}:
        return _ratio(node) if node.kind == "rel" and node.text.count("=") == 1 else None
    name, value = name_of(node.args[0]), node.args[1]
    if name is None and node.text == "=":  # 5 = x
        name, value = _plain_name(value), node.args[0]
    if name is not None and _is_choice(name) and value.kind == "sym" and _is_choice(value.text):
        return None  # C = B says something of both
    return Labelled(name, value) if name is not None else None


def _is_choice(name: str) -> bool:
    return len(name) == 1 and name.isupper()


def _ratio(node: Node) -> Labelled | None:
    """`S : T = 7 : 32`, which reads as a chain, as a label and a ratio."""
    signs = node.text.split()
    if any(sign not in {":", "="} for sign in signs):
        return None
    cut = signs.index("=") + 1
    left, right = node.args[:cut], node.args[cut:]
    name = name_of(Node("rel", left, " ".join(signs[: cut - 1])) if len(left) > 1 else left[0])
    value = Node("rel", right, " ".join(signs[cut:])) if len(right) > 1 else right[0]
    return Labelled(name, value) if name is not None else None


def interval(node: Node) -> Labelled | None:
    """The interval of `x < 3`, `2 >= x`, `0 < x <= 1`, with the name of its variable."""
    if node.kind != "rel":
        return None
    signs, sides = node.text.split(), node.args
    if any(sign not in _FLIPPED for sign in signs):
        return None
    if len(signs) == 1:
        sign = signs[0]
        name, bound = name_of(sides[0]), sides[1]
        if name is None:
            name, bound, sign = name_of(sides[1]), sides[0], _FLIPPED[sign]
        if name is None:
            return None
        closed = sign.endswith("=")
        if sign[0] == "<":
            return Labelled(name, Node("seq", (MINUS_INFINITY, bound), "(]" if closed else "()"))
        return Labelled(name, Node("seq", (bound, INFINITY), "[)" if closed else "()"))
    if len(signs) != 2 or signs[0][0] != signs[1][0] or (name := name_of(sides[1])) is None:
        return None
    if signs[0][0] == ">":
        signs, sides = [_FLIPPED[sign] for sign in reversed(signs)], tuple(reversed(sides))
    brackets = ("[" if signs[0] == "<=" else "(") + ("]" if signs[1] == "<=" else ")")
    return Labelled(name, Node("seq", (sides[0], sides[2]), brackets))


def intervals(node: Node) -> Labelled | None:
    """The same for a list of inequalities of one variable, `x < 1 or x > 3`: a union."""
    if node.kind != "seq" or node.text or len(node.args) < 2:
        return interval(node)
    parts = [interval(part) for part in node.args]
    found = [part for part in parts if part is not None]
    if len(found) != len(parts) or len({part.name for part in found}) != 1:
        return None
    return Labelled(found[0].name, Node("union", tuple(part.value for part in found)))


def grouped(node: Node) -> Node:
    """`p = 5, q = 2; p = 7, q = 2` as `(5, 2), (7, 2)`: names that come round again begin a new tuple."""
    found = [label for part in node.args if (label := labelled(part))]
    names = [label.name for label in found]
    size = names.index(names[0], 1) if len(found) == len(node.args) > 3 and names[0] in names[1:] else 0
    if size < 2 or len(names) % size or names != names[:size] * (len(names) // size) or len(set(names)) != size:
        return node
    values = [label.value for label in found]
    tuples = (Node("seq", tuple(values[n : n + size]), "()") for n in range(0, len(values), size))
    return Node("seq", tuple(tuples))


def ratio_value(node: Node) -> Node | None:
    """a/b of `a : b`."""
    if node.kind != "rel" or node.text != ":" or any(part.kind in {"rel", "seq"} for part in node.args):
        return None
    return Node("mul", (node.args[0], Node("inv", (node.args[1],))))


def spoken_of(node: Node) -> str | None:
    """What an answer gives the value of: a name, or an expression of letters, `a + b`, each of them once."""
    name = name_of(node)
    if name is not None or any(part.kind not in {"sym", "add", "mul", "neg", "inv"} for part in node.walk()):
        return name
    letters = [part.text for part in node.walk() if part.kind == "sym"]
    plain = _NO_NAMES.isdisjoint(letters) and len(set(letters)) == len(letters)
    return " ".join(sorted(letters)) if plain else None


def valued(node: Node) -> Node | None:
    """The number that `a + b = 42` states; None when it is another kind of statement."""
    if node.kind != "rel" or node.text != "=" or spoken_of(node.args[0]) is None:
        return None
    value = node.args[1]
    return None if any(part.kind == "sym" and part.text not in _NUMBERS for part in value.walk()) else value


def difference(left: Node, right: Node) -> Node:
    """left - right."""
    return left if right == num(ZERO) else Node("add", (left, negated(right)))


def expanded(node: Node) -> tuple[Node, Node] | None:
    """The two values of an expression with plus-minus signs, which all go together; None when it has none."""
    if not any(part.kind in {"pm", "mp"} for part in node.walk()):
        return None
    return _signed(node, upper=True), _signed(node, upper=False)


def spread(node: Node) -> tuple[Node, ...]:
    """Every tuple that a tuple with plus-minus signs stands for: each member takes its signs by itself."""
    choices = [expanded(part) or (part,) for part in node.args]
    if len(choices) > MAX_SIGNS or all(len(choice) == 1 for choice in choices):
        return (node,)
    if any(part.kind == "mp" for part in node.walk()):
        return tuple(_signed(node, upper=upper) for upper in (True, False))
    return tuple(node._replace(args=members) for members in product(*choices))


def _signed(node: Node, *, upper: bool) -> Node:
    if node.kind in {"pm", "mp"}:
        inside = _signed(node.args[0], upper=upper)
        return inside if upper == (node.kind == "pm") else negated(inside)
    return node._replace(args=tuple(_signed(part, upper=upper) for part in node.args)) if node.args else node
