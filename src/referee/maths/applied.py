"""Functions, and letters before brackets: the f of f(2x), which is not 2f(x), the h of h(a + b), maybe a height.

The reader takes a letter of the usual ones before brackets for a function. Where the truth shows that the letter is a
variable, since it uses it without brackets and never with them, it is a factor in the answer, too. What is equal only
as a product stays undecided.
"""

from __future__ import annotations

from referee.maths.tree import Node, num, render, sym
from referee.text.rational import Number

LETTERS = frozenset("fghFGHPQ") | {"phi", "psi", "zeta", "Gamma", "Phi", "Psi"}


def head(name: str) -> str:
    """The letter of `f`, `f'`, `f_1`, `f^-1`."""
    return name.partition("^")[0].partition("_")[0].rstrip("'")


def called(name: str, args: tuple[Node, ...]) -> Node:
    """A function by its name; roots, exponentials and moduli have kinds of their own."""
    if name in {"sqrt", "cbrt"} and len(args) == 1:
        return Node("root", (args[0], num(Number("2" if name == "sqrt" else "3"))))
    if name == "exp" and len(args) == 1:
        return Node("pow", (sym("e"), args[0]))
    if name == "abs" and len(args) == 1:
        return Node("abs", args)
    return Node("call", args, {"asin": "arcsin", "acos": "arccos", "atan": "arctan"}.get(name, name))


def applies(node: Node) -> bool:
    """Whether it is such a letter with its brackets."""
    return node.kind == "call" and head(node.text) in LETTERS


def applied(function: Node, inside: Node) -> Node:
    """The function (a letter, or a power of it) of what stands in its brackets."""
    name = function.text if function.kind == "sym" else f"{function.args[0].text}^{render(function.args[1])}"
    args = inside.args if inside.kind == "seq" and inside.text == "()" else (inside,)
    return Node("call", args, name)


def name_of_value(node: Node) -> str:
    """`f(3)`, `f(x,y)`."""
    return f"{node.text}({','.join(map(render, node.args))})"


def point(node: Node) -> Node | None:
    """The coordinates of `P(3, 4)`, which reads like a function; None when it is no point."""
    if not applies(node) or len(node.args) < 2 or len(node.text) != 1 or not node.text.isupper():
        return None
    return Node("seq", node.args, "()")


def multiplied(answer: Node, truth: Node) -> Node:
    """The answer with its brackets as factors, where the truth shows that the letter before them is a variable."""
    used = {part.text for part in answer.walk() if applies(part)}
    if not used:
        return answer
    bare = {part.text for part in truth.walk() if part.kind == "sym"}
    known = {head(part.text) for part in truth.walk() if applies(part)}
    return _products(answer, frozenset(name for name in used if name in bare and head(name) not in known))


def _products(node: Node, names: frozenset[str]) -> Node:
    if not names or not node.args:
        return node
    args = tuple(_products(part, names) for part in node.args)
    if node.kind == "call" and node.text in names and len(args) == 1:
        return Node("mul", (sym(node.text), args[0]))
    return node._replace(args=args)
