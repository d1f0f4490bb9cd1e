"""Small questions about the syntax tree of a trusted test."""

from __future__ import annotations

import ast
from typing import Final, NamedTuple

NAMED: Final = 120  # characters of a test's name


class MustRaise(ast.Raise):
    """A statement that is no Python: the expression must end with one of the exceptions that `names` holds."""

    names: tuple[str, ...] = ()


class SameNodes(NamedTuple):
    """A comparison of linked lists or trees: what is compared, the kind of its nodes, and the list that is wanted."""

    left: ast.expr
    kind: str
    right: ast.expr


def same_nodes(node: ast.expr) -> SameNodes | None:
    """`is_same_list(f(x), list_node([1, 2]))`, as LeetCodeDataset writes it."""
    if not isinstance(node, ast.Call) or len(node.args) != 2 or node.keywords or not isinstance(node.func, ast.Name):
        return None
    kind, maker = {"is_same_list": ("ListNode", "list_node"), "is_same_tree": ("TreeNode", "tree_node")}.get(
        node.func.id, ("", "")
    )
    left, right = node.args
    if isinstance(right, ast.Constant) and right.value is None and kind:
        return SameNodes(left, kind, right)
    if not kind or not isinstance(right, ast.Call) or dotted(right.func) != maker or len(right.args) != 1:
        return None
    return SameNodes(left, kind, right.args[0])


def compared_with(statement: ast.stmt) -> set[str]:
    """The names on the right side of the assertions in a statement."""
    sides = (
        one.test.comparators
        for one in ast.walk(statement)
        if isinstance(one, ast.Assert) and isinstance(one.test, ast.Compare)
    )
    return {name for comparators in sides for side in comparators for name in names_in(side)}


def says_nothing(statement: ast.stmt) -> bool:
    """A docstring, `pass`, or something printed."""
    if isinstance(statement, ast.Expr):
        value = statement.value
        return isinstance(value, ast.Constant) or (isinstance(value, ast.Call) and dotted(value.func) == "print")
    return isinstance(statement, ast.Pass)


def shown(node: ast.expr) -> str:
    """An expression as text, cut."""
    text = ast.unparse(node)
    return text if len(text) <= NAMED else text[: NAMED - 3] + "..."


def names_in(node: ast.AST) -> set[str]:
    """The names that a node uses or defines."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)} | defined_by(node)


def defined_by(node: ast.AST) -> set[str]:
    """The names that a definition or an import gives."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(one.asname or one.name).split(".")[0] for one in node.names}
    return set()


def bound_by(statement: ast.stmt) -> set[str]:
    """The names that a statement gives a value to."""
    stored = {one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return stored | defined_by(statement)


def single_target(statement: ast.stmt) -> str:
    """The variable that a plain assignment gives a value to."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        return target.id if isinstance(target, ast.Name) else ""
    return ""


def has_call(node: ast.AST) -> bool:
    """Whether anything is called."""
    return any(isinstance(one, ast.Call) for one in ast.walk(node))


def is_function_call(node: ast.expr) -> bool:
    """A call of a function rather than of a class, told by the first letter: `f(x).lower()`, not `Stack().keys()`."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.func.id[:1].isupper()


def dotted(node: ast.expr) -> str:
    """`f` or `module.f`; nothing for anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
