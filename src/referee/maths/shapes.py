"""What the structural comparison asks of a shape: its members, its sides, its sign, its scale."""

from __future__ import annotations

from referee.maths.forms import Poly, constant
from referee.maths.relations import INFINITY, MINUS_INFINITY, Labelled, expanded, intervals, labelled, spread
from referee.maths.rename import renamed
from referee.maths.tree import Node, sym
from referee.text.rational import Number, of_fraction, within

_SHAPES = frozenset({"seq", "matrix", "rel", "union", "inter", "minus", "such", "text"})


def is_scalar(node: Node) -> bool:
    """Whether it stands for one value, not for a list, a relation or words."""
    return node.kind not in _SHAPES


def capitals(node: Node) -> bool:
    """Whether it is a run of capitals, `IV`, `HT`, `NW`, whose order counts."""
    return node.kind == "mul" and all(part.kind == "sym" and part.text.isupper() for part in node.args)


def infinite(node: Node) -> int:
    """1 and -1 for the infinities, 0 for all else."""
    return 1 if node == INFINITY else -1 if node == MINUS_INFINITY else 0


def range_label(node: Node) -> Labelled | None:
    """The interval that a relation states, with the name of its variable."""
    known = labelled(node)
    return known if known and node.text == "in" else intervals(node)


def value_of(node: Node) -> Node:
    """The value behind a label, or the node itself."""
    known = labelled(node)
    return known.value if known else node


def members(node: Node) -> list[Node]:
    """The members of a list, with both values of a plus-minus."""
    found: list[Node] = []
    for part in node.args:
        if part.kind == "seq" and part.text == "()":
            found.extend(spread(part))
        else:
            found.extend((expanded(part) if part.kind != "rel" or part.text == "=" else None) or (part,))
    return found


def both_signs(node: Node) -> Node:
    """A plus-minus as the list of its values; any other node as it is."""
    if node.kind == "seq" and node.text == "()":
        tuples = spread(node)
        return Node("seq", tuples) if len(tuples) > 1 else node
    pair = expanded(node) if is_scalar(node) else None
    return Node("seq", pair) if pair else node


def column(node: Node) -> list[Node] | None:
    """The entries of a column vector or of a tuple."""
    if node.kind == "seq" and node.text == "()":
        return list(node.args)
    if node.kind == "matrix" and len(node.args) > 1 and all(len(row.args) == 1 for row in node.args):
        return [row.args[0] for row in node.args]
    return None


def assigned(node: Node) -> bool:
    """Whether it is a bare list of values of different names, each of them labelled."""
    names = {label.name for part in node.args if (label := labelled(part))}
    return not node.text and len(names) == len(node.args)


def numbered(names: list[str]) -> bool:
    """`x_1`, `x_2`: the roots of an equation, in no order."""
    return len({name.partition("_")[0] for name in names}) == 1 and all(
        name.partition("_")[2].isdigit() for name in names
    )


def same_function(one: Labelled, two: Labelled) -> Node | None:
    """The value of the second with the argument of the first: f(z) = z is f(x) = x, and y = x."""
    for function, other in ((one, two), (two, one)):
        named = other.name == "y" and function.name[1:2] == "(" and len(function.name) == 4
        if named and sym("y") not in {*one.value.walk(), *two.value.walk()}:
            return two.value
    arguments = one.name[2:3].isalpha() and two.name[2:3].isalpha()
    if (
        arguments
        and one.name[1:2] == two.name[1:2] == "("
        and one.name[0] == two.name[0]
        and len(one.name) == len(two.name) == 4
    ):
        old, new = two.name[2], one.name[2]
        if not any(part == sym(new) for part in two.value.walk()):
            return renamed(two.value, old, new)
    return None


def has_pi(node: Node) -> bool:
    """Whether pi marks a value as radians."""
    return any(part == sym("pi") for part in node.walk())


def near(one: Poly, two: Poly, tolerance: Number) -> bool:
    """Whether two numbers lie within the tolerance."""
    left, right = constant(one), constant(two)
    return left is not None and right is not None and within(of_fraction(left), of_fraction(right), tolerance)


def ascending(node: Node) -> Node:
    """An inequality with > turned round."""
    signs = node.text.split()
    if not all(sign in {">", ">="} for sign in signs):
        return node
    turned = " ".join(sign.replace(">", "<") for sign in reversed(signs))
    return Node("rel", tuple(reversed(node.args)), turned)


def scaled(form: Poly | None, *, keep_sign: bool = False) -> Poly | None:
    """The form divided by its first coefficient, or by the size of it."""
    if not form:
        return form
    lead = form[min(form)]
    lead = abs(lead) if keep_sign else lead
    return {powers: coefficient / lead for powers, coefficient in form.items()}
