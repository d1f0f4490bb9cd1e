"""Files of tests: which tests a pytest or unittest file holds, counted without running it.

The count is what a fraction is a fraction of: a program that stops the tests half way has not passed the other half.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from referee.core.errors import TruthError
from referee.programs.literals import NotLiteral, literal
from referee.programs.scripts import parsed
from referee.programs.truth import read

Form = Literal["pytest", "unittest"]


class TestFile(NamedTuple):
    """The text of a file of tests, its form, how many tests it holds at least, and their functions' names."""

    code: str
    form: Form
    least: int
    names: tuple[str, ...]
    setup: str = ""


def test_file(truth: Any) -> TestFile:
    """The tests that a truth holds: the text of the file, or `{"test": text, "form": ..., "setup": ...}`."""
    truth = read(truth)
    given: Any = truth if isinstance(truth, Mapping) else {"test": truth}
    code = given.get("test", given.get("tests"))
    if code is None:
        raise TruthError('the truth is the text of a test file, or {"test": text}', "truth.missing")
    if not isinstance(code, str):
        raise TruthError(f"the test file must be a text, not {type(code).__name__} (at $.test)")
    setup = given.get("setup") or ""
    if not isinstance(setup, str):
        raise TruthError(f"the setup must be a text, not {type(setup).__name__} (at $.setup)")
    tree = parsed(code)
    form: Form = "unittest" if any(_is_case(one) for one in tree.body) else "pytest"
    if given.get("form") in ("pytest", "unittest"):
        form = given["form"]
    tests = list(_tests(tree.body))
    if not tests:
        raise TruthError("the file holds no test: functions test_*, classes Test*", "truth.no_tests")
    return TestFile(code, form, sum(_times(one) for one in tests), tuple(one.name for one in tests), setup)


def _tests(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for one in body:
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test"):
            yield one
        elif isinstance(one, ast.ClassDef) and (one.name.startswith("Test") or _is_case(one)):
            yield from _tests(one.body)


def _is_case(one: ast.stmt) -> bool:
    return isinstance(one, ast.ClassDef) and any(ast.unparse(base).endswith("TestCase") for base in one.bases)


def _times(test: ast.FunctionDef) -> int:
    """How often `parametrize` makes it run."""
    times = 1
    for decorator in test.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("parametrize"):
            given = decorator.args[1:2] or [one.value for one in decorator.keywords if one.arg == "argvalues"]
            times *= _length(given[0]) if given else 1
    return times


def _length(node: ast.expr) -> int:
    if isinstance(node, ast.List | ast.Tuple):
        return max(len(node.elts), 1)
    try:
        return max(len(literal(node)), 1)
    except (NotLiteral, TypeError):
        return 1
