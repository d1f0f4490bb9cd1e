"""Programs: gold is the data set's solution, or a table of the tests' own values; a changed constant is wrong."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from referee.core.types import Task
from referee.redteam.families import Answer, Dress

_FENCES = {"cpp": "cpp", "c": "c", "rust": "rust", "go": "go", "java": "java", "javascript": "javascript"}


def dress(verifier: str, params: Mapping[str, Any]) -> Dress:  # noqa: ARG001 - the same for all
    """A fenced block in the language of the rule."""
    return Dress("code", f"```{_FENCES.get(str(params.get('language', 'python')), 'python')}\n", "\n```")


def golds(task: Task) -> Iterator[Answer]:
    """A table of the truth's calls or cases: a stand-in for a solution that the row does not bring."""
    truth = task.truth if isinstance(task.truth, Mapping) else {}
    calls, entry = truth.get("calls"), truth.get("entry_point")
    if isinstance(calls, list) and isinstance(entry, str) and entry.isidentifier():
        rows = [(one.get("args", []), one.get("expected")) for one in calls if isinstance(one, Mapping)]
        found = "next(b for a, b in ROWS if a == list(args))"
        yield Answer(f"ROWS = {rows!r}\n\n\ndef {entry}(*args):\n    return {found}")
    inputs, outputs = truth.get("inputs"), truth.get("outputs")
    if isinstance(inputs, list) and isinstance(outputs, list) and "fn_name" not in truth:
        table = json.dumps(list(zip(inputs, outputs, strict=False)))
        yield Answer(
            f"import json, sys\n\nROWS = dict(json.loads({table!r}))\nsys.stdout.write(ROWS[sys.stdin.read()])"
        )


def wrongs(task: Task, gold: Answer, others: Sequence[Answer]) -> Iterator[Answer]:
    """The solution with one constant or one operator changed, then one that returns nothing, then another task's."""
    for spoilt in _spoilt(gold.bare):
        yield Answer(spoilt)
    name = _entry(task, gold.bare)
    yield Answer(f"def {name}(*args, **kwargs):\n    return None" if name else "print(0)")
    yield from others


def _entry(task: Task, program: str) -> str:
    if isinstance(task.truth, Mapping) and isinstance(task.truth.get("entry_point"), str):
        return str(task.truth["entry_point"])
    try:
        tree = ast.parse(program)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return names[-1] if names else ""


_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Lt: ast.GtE, ast.Gt: ast.LtE, ast.Eq: ast.NotEq,
    ast.LtE: ast.Gt, ast.GtE: ast.Lt, ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.In: ast.NotIn,
}  # fmt: skip


def _spoilt(program: str) -> Iterator[str]:
    """The program with one thing changed, last things first: the result is near the end."""
    try:
        count = sum(1 for _ in ast.walk(ast.parse(program)))
    except (SyntaxError, ValueError, RecursionError):
        return
    for place in range(count - 1, -1, -1):
        tree = ast.parse(program)
        if _change(list(ast.walk(tree))[place]):
            yield ast.unparse(tree)


def _change(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 1
        return True
    if isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _SWAPS:
        node.op = _SWAPS[type(node.op)]()  # type: ignore[assignment]
        return True
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _SWAPS:
        node.ops[0] = _SWAPS[type(node.ops[0])]()  # type: ignore[call-overload]
        return True
    return False
