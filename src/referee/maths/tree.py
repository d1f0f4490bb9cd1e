"""The typed tree that an answer is read into. It keeps what was written; `normal` decides what it means.

| kind | args | text |
|---|---|---|
| `num` | | (`value` holds the number) |
| `sym` | | a variable or a constant: `x`, `x_{1}`, `pi`, `e`, `i`, `inf` |
| `add`, `mul` | two and more, flat | |
| `neg`, `inv`, `pm`, `mp`, `fact`, `abs` | one: -x, 1/x, what follows a plus-minus or minus-plus, x!, the modulus | |
| `pow`, `root` | base and exponent; radicand and degree | |
| `call` | the arguments (base first for `log`) | the function's name |
| `seq` | the members | the brackets: `()`, `[]`, `(]`, `[)`, `{}`, or nothing for a bare list |
| `matrix` | its rows, each a `seq` | |
| `rel` | the sides | the signs between them, separated by spaces: `= <= < != in : ~` and so on |
| `union`, `inter`, `minus` | sets | |
| `such` | the variable (or `x in S`) and the conditions of a set | |
| `unit` | the value | the canonical unit |
| `base` | | digits and base: `204_5` |
| `text` | | the words |
| `opaque` | | unfinished work (a sum, an integral, a limit) as written, never evaluated |
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from referee.text.rational import Number, show

MAX_LEVELS = 80  # of a tree: about three frames of Python each
Kind = Literal[
    "num", "sym", "add", "mul", "neg", "inv", "pm", "mp", "fact", "abs", "pow", "root", "call", "seq", "matrix", "rel",
    "union", "inter", "minus", "such", "unit", "base", "text", "opaque",
]  # fmt: skip


class Node(NamedTuple):
    """One node of the tree; immutable and hashable."""

    kind: Kind
    args: tuple[Node, ...] = ()
    text: str = ""
    value: Number | None = None

    def walk(self) -> Iterator[Node]:
        """This node and all below it, without recursion."""
        stack = [self]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(node.args)


def too_deep(root: Node) -> bool:
    """Whether it has more than `MAX_LEVELS` levels, without recursion. Every other function may recurse on a tree."""
    level: tuple[Node, ...] = (root,)
    for _ in range(MAX_LEVELS):
        level = tuple(part for node in level for part in node.args)
        if not level:
            return False
    return True


def num(value: Number) -> Node:
    """A number."""
    return Node("num", (), "", value)


def sym(name: str) -> Node:
    """A variable or a constant."""
    return Node("sym", (), name)


def negated(node: Node) -> Node:
    """-node, without a double sign."""
    return node.args[0] if node.kind == "neg" else Node("neg", (node,))


_SIGNS = {"neg": "-", "pm": "±", "mp": "∓"}
_BETWEEN = {"mul": "*", "union": " ∪ ", "inter": " ∩ ", "minus": " \\ ", "pow": "^"}


def render(node: Node) -> str:
    """The tree on one line, for people: what the reader understood."""
    parts = [render(part) for part in node.args]
    if node.kind == "num" and node.value is not None:
        return show(node.value)
    if node.kind in _SIGNS:
        return f"{_SIGNS[node.kind]}{parts[0]}"
    if node.kind in _BETWEEN:
        return "(" + _BETWEEN[node.kind].join(parts).replace("*1/", "/") + ")"
    if node.kind == "inv":
        return f"1/{parts[0]}"
    if node.kind == "add":
        return "(" + "+".join(parts).replace("+-", "-").replace("+±", "±") + ")"
    if node.kind == "seq":
        ends = (node.text[0], node.text[1]) if len(node.text) == 2 else ("", "")
        return f"{ends[0]}{', '.join(parts)}{ends[1]}"
    if node.kind == "rel":
        signs = node.text.split()
        return parts[0] + "".join(f" {sign} {part}" for sign, part in zip(signs, parts[1:], strict=True))
    if node.kind == "such":
        return f"{{{parts[0]} | {', '.join(parts[1:])}}}"
    if node.kind == "unit":
        return f"{parts[0]} {node.text}"
    name = node.text or node.kind
    return f"{name}({', '.join(parts)})" if parts else name
