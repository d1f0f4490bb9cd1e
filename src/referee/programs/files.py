"""Files of tests, in the manner of pytest or unittest -> a suite with one test for each test function.

A test whose assertions can be taken apart (`split.py`) becomes calls that are looked at here; the others stay in the
file, which runs in a second jail. The tests are counted without running anything: the count is what a fraction is a
fraction of, and a program that stops the tests half way has not passed the other half.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from referee.core.errors import TruthError
from referee.programs.cases import Unit, assertions, rows
from referee.programs.fields import read, text
from referee.programs.scripts import parsed, preamble
from referee.programs.split import NotSplit, Splitter
from referee.programs.suite import Script, Suite, Test

Form = Literal["pytest", "unittest"]

_MODULES = ("solution", "main", "candidate")


def is_file(code: str) -> bool:
    """Whether a script is a file of tests rather than assertions: functions `test_*`, classes of them, no `check`."""
    if "def test" not in code:
        return False
    tree = parsed(code)
    return not any(isinstance(one, ast.FunctionDef) and one.name == "check" for one in tree.body) and any(_tests(tree))


def file_suite(truth: Any) -> Suite:
    """The tests that a truth holds: the text of the file, or `{"test": text, "form": ..., "setup": ...}`."""
    truth = read(truth)
    given: Any = truth if isinstance(truth, Mapping) else {"test": truth}
    code = given.get("test", given.get("tests"))
    if code is None:
        raise TruthError('the truth is the text of a test file, or {"test": text}', "truth.missing")
    code, setup = text(code, "$.test"), text(given.get("setup") or "", "$.setup")
    parsed(setup)
    entry, prompt = given.get("entry_point") or "", text(given.get("prompt") or "", "$.prompt")
    form: Form | None = given.get("form") if given.get("form") in ("pytest", "unittest") else None
    found = _suite(code, form)
    if isinstance(entry, str) and entry.isidentifier():
        before = preamble(prompt, entry) if prompt else ""
        found = found._replace(entry=entry, prompt=prompt, before=before)
    return found._replace(before="\n".join(part for part in (found.before, setup) if part))


@lru_cache(maxsize=256)
def _suite(code: str, form: Form | None) -> Suite:
    tree = parsed(code)
    units = list(_tests(tree))
    if not units:
        raise TruthError("the file holds no test: functions test_*, classes Test*", "truth.no_tests")
    tests: list[Test] = []
    taken: set[ast.FunctionDef] = set()
    for unit in units:
        try:
            found = _apart(tree, unit)
        except NotSplit:
            continue
        tests += found
        taken.add(unit.function)
    rest = [unit for unit in units if unit.function not in taken]
    if not rest:
        return Suite(tuple(tests))
    chosen: Form = form or ("unittest" if any(unit.case for unit in units) else "pytest")
    script = Script(_without(tree, taken) if taken else code, chosen, (), (), sum(len(rows(one)) for one in rest))
    return Suite(tuple(tests), (script,))


def _tests(tree: ast.Module) -> Iterator[Unit]:
    for one in tree.body:
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test"):
            yield Unit(one, None, case=False)
        elif isinstance(one, ast.ClassDef) and (one.name.startswith("Test") or _is_case(one)):
            for inner in one.body:
                if isinstance(inner, ast.FunctionDef) and inner.name.startswith("test"):
                    yield Unit(inner, one, case=_is_case(one))


def _is_case(one: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith("TestCase") for base in one.bases)


class _Prelude(NamedTuple):
    """What stands in front of a file's tests: its statements, and the names under which it knows the program."""

    statements: list[ast.stmt]
    modules: set[str]
    own: set[str]


def _apart(tree: ast.Module, unit: Unit) -> list[Test]:
    """The tests of a test function, a row of its parameters each a unit; `NotSplit` when it has to be run."""
    prelude = _prelude(tree, unit)
    found: list[Test] = []
    for title, body in assertions(unit, prelude.modules):
        splitter = Splitter(own=prelude.own)
        splitter.take(prelude.statements)
        splitter.take(body)
        if not splitter.tests:
            raise NotSplit("no assertion")
        found += [test._replace(unit=title) for test in splitter.tests]
    return found


def _prelude(tree: ast.Module, unit: Unit) -> _Prelude:
    statements: list[ast.stmt] = []
    modules: set[str] = set()
    own: set[str] = set()
    for one in tree.body:
        if isinstance(one, ast.ImportFrom) and one.module in _MODULES:
            own |= {name.name for name in one.names}
            if any(name.asname not in (None, name.name) for name in one.names):
                raise NotSplit("a function of the program under another name")
        elif isinstance(one, ast.Import) and any(name.name in _MODULES for name in one.names):
            modules |= {name.asname or name.name for name in one.names if name.name in _MODULES}
        elif isinstance(one, ast.Import | ast.ImportFrom | ast.Assign):
            if not _of_runners(one):
                statements.append(one)
        elif isinstance(one, ast.FunctionDef) and not one.name.startswith("test"):
            if one.decorator_list:
                continue  # a fixture; a test that takes it is not taken apart
            statements.append(one)
        elif isinstance(one, ast.ClassDef) and one is not unit.owner and not _is_tests(one):
            statements.append(one)
    return _Prelude(statements, modules, own)


def _of_runners(one: ast.stmt) -> bool:
    names = [name.name for name in one.names] if isinstance(one, ast.Import) else []
    return names in (["pytest"], ["unittest"]) or (
        isinstance(one, ast.ImportFrom) and one.module in ("pytest", "unittest")
    )


def _is_tests(one: ast.ClassDef) -> bool:
    return one.name.startswith("Test") or _is_case(one)


class _Cut(ast.NodeTransformer):
    def __init__(self, taken: set[ast.FunctionDef]) -> None:
        self.taken = taken

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST | None:
        return None if node in self.taken else node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.body = [one for one in node.body if one not in self.taken] or [ast.Pass()]
        return node


def _without(tree: ast.Module, taken: set[ast.FunctionDef]) -> str:
    """The text of the file without some of its tests."""
    return ast.unparse(ast.fix_missing_locations(_Cut(taken).visit(tree)))
