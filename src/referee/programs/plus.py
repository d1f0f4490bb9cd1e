"""The test of HumanEval+ and MBPP+: one loop over literal inputs and results.

    inputs = [...]
    results = [...]
    for i, (inp, exp) in enumerate(zip(inputs, results)):
        assertion(candidate(*inp), exp, 0)

`assertion` compares exactly, or, where the result is made of floats, within 1e-6 (relative 1e-7); so do these tests.
"""

from __future__ import annotations

import ast
from typing import Any, Final

from referee.programs.literals import NotLiteral, literal
from referee.programs.suite import Call, Expect, Test

ABS_TOL: Final = 1e-6
REL_TOL: Final = 1e-7


def loop_of_cases(body: list[ast.stmt], candidate: str, entry: str) -> tuple[Test, ...]:
    """The tests of statements of that form, in which `candidate` is called; nothing for any other form."""
    loops = [one for one in body if isinstance(one, ast.For)]
    others = [one for one in body if not isinstance(one, ast.For | ast.Assign)]
    if len(loops) != 1 or others or (atol := _atol(loops[0], candidate)) is None:
        return ()
    try:
        lists = {_target(one): literal(one.value) for one in body if isinstance(one, ast.Assign)}
    except NotLiteral:
        return ()
    inputs, results = lists.get("inputs"), lists.get("results")
    if not isinstance(inputs, list) or not isinstance(results, list) or len(inputs) != len(results):
        return ()
    return tuple(_test(entry, args, wanted, atol) for args, wanted in zip(inputs, results, strict=True))


def called_in_loop(body: list[ast.stmt]) -> str:
    """The function that the loop of an MBPP+ script calls; nothing for any other form."""
    for one in body:
        if isinstance(one, ast.For) and "zip(inputs, results)" in ast.unparse(one.iter):
            calls = [node for node in ast.walk(one) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
            names = [call.func.id for call in calls if isinstance(call.func, ast.Name)]
            return next((name for name in names if name not in ("assertion", "enumerate", "zip")), "")
    return ""


def _test(entry: str, args: Any, wanted: Any, atol: float) -> Test:
    name = f"{entry}(*{args!r})"
    expect = Expect("==", wanted, abs_tol=atol or ABS_TOL, rel_tol=REL_TOL)
    return Test(name if len(name) <= 120 else name[:117] + "...", Call(entry, tuple(args)), expect)


def _target(statement: ast.Assign) -> str:
    target = statement.targets[0]
    return target.id if isinstance(target, ast.Name) else ""


def _atol(loop: ast.For, candidate: str) -> float | None:
    """The tolerance that the loop's only statement, `assertion(candidate(*inp), exp, atol)`, asks for."""
    if "zip(inputs, results)" not in ast.unparse(loop.iter) or len(loop.body) != 1:
        return None
    statement = loop.body[0]
    if not isinstance(statement, ast.Expr) or not isinstance(call := statement.value, ast.Call):
        return None
    if not isinstance(call.func, ast.Name) or call.func.id != "assertion" or len(call.args) != 3:
        return None
    if ast.unparse(call.args[0]) != f"{candidate}(*inp)" or ast.unparse(call.args[1]) != "exp":
        return None
    try:
        atol = literal(call.args[2])
    except NotLiteral:
        return None
    return float(atol) if isinstance(atol, int | float) else None
