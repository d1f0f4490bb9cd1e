"""Truths that are Python: HumanEval's `check(candidate)`, MBPP's list of assertions, any script of assertions.

A script that can be taken apart (`split.py`) becomes tests whose values are compared here. One that cannot is kept
whole for a second jail. Only trusted text is parsed, and only up to a size.
"""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from referee.core.errors import TruthError
from referee.programs.nodes import dotted
from referee.programs.plus import called_in_loop, loop_of_cases
from referee.programs.split import NotSplit, Remembered, Splitter
from referee.programs.suite import Script, Suite, Test

LONGEST: Final = 16_000_000  # characters of a test script; HumanEval+ has some of several megabytes
KEPT: Final = 256  # compiled truths: one for each prompt of a batch

# Modules that a test may use without saying so: the reference solutions import them, the assertions rely on it.
MODULES: Final = frozenset({
    "array", "bisect", "cmath", "collections", "copy", "datetime", "decimal", "fractions", "functools", "heapq",
    "itertools", "json", "math", "operator", "random", "re", "statistics", "string", "sys", "typing",
})  # fmt: skip


@lru_cache(maxsize=KEPT)
def from_check(entry: str, prompt: str, test: str) -> Suite:
    """HumanEval: `test` defines `check(candidate)`, and the completion continues `prompt`."""
    tree = parsed(test)
    check = next((one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == "check"), None)
    if check is None or not check.args.args:
        return _whole(entry, prompt, tree)
    before = preamble(prompt, entry)
    suite = Suite((), before=before, entry=entry, prompt=prompt)
    if cases := loop_of_cases(check.body, check.args.args[0].arg, entry):
        return suite._replace(tests=cases)
    rename(check, check.args.args[0].arg, entry.replace(".", "()."))
    splitter = Splitter(_defined(parsed(before).body) - {entry})
    try:
        splitter.take([one for one in tree.body if one is not check])
        splitter.take(check.body)
    except NotSplit:
        code = f"{before}\n{test}"
        return suite._replace(scripts=(Script(code, "check", (entry,), _sites(parsed(code))),))
    return suite._replace(tests=_some(splitter))


@lru_cache(maxsize=KEPT)
def from_assertions(assertions: tuple[str, ...], setup: str = "", imports: str = "") -> Suite:
    """MBPP: each text holds assertions; `setup` prepares what they use, `imports` are the modules they need."""
    parsed(setup)
    known = _defined(parsed(imports).body)
    trees = [parsed(text) for text in assertions]
    if len(trees) == 1 and (entry := called_in_loop(trees[0].body)):
        body: list[ast.stmt] = [one for one in trees[0].body if isinstance(one, ast.Assign | ast.For)]
        if cases := loop_of_cases(body, entry, entry):
            return Suite(cases, after=setup, entry=entry)
    own = _hidden_builtin(trees)
    tests: list[Test] = []
    rest: list[str] = []
    for text, tree in zip(assertions, trees, strict=True):
        splitter = Splitter(known, own)
        try:
            splitter.take(tree.body)
            tests += splitter.tests
        except Remembered:
            tests, rest = [], list(assertions)
            break
        except NotSplit:
            rest.append(text)
    scripts = (_script("\n".join(rest), imports),) if rest else ()
    after = "\n".join(part for part in (imports, setup) if part.strip())
    suite = Suite(tuple(tests), scripts, after=after.replace("\r\n", "\n"))
    if not suite.size:
        raise TruthError("the truth holds no assertion", "truth.no_tests")
    return suite


def preamble(prompt: str, entry: str) -> str:
    """What a HumanEval prompt holds in front of the function: imports and helpers."""
    if "." in entry:  # LeetCodeDataset: the prompt is what stands in front of a class `Solution`
        return _if_python(prompt)
    places = [match.start() for match in re.finditer(rf"^(?:async )?def {re.escape(entry)}\b", prompt, re.MULTILINE)]
    text = prompt[: places[-1]] if places else ""
    return _if_python(text)


def _if_python(text: str) -> str:
    try:
        parsed(text)
    except TruthError:
        return ""
    return text.strip() and text


def parsed(text: str) -> ast.Module:
    """The syntax tree of trusted code, or `TruthError`."""
    if len(text) > LONGEST:
        raise TruthError(f"the test script has {len(text):,} characters, at most {LONGEST:,} are read")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an old escape in a docstring is the data's affair
            return ast.parse(text.replace("\r\n", "\n"))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise TruthError(f"the test script is not Python: {error}") from None


def rename(tree: ast.AST, old: str, new: str) -> None:
    """Replace a name in place."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id == old:
            node.id = new


def _whole(entry: str, prompt: str, tree: ast.Module) -> Suite:
    """A script of assertions without a `check` function."""
    suite = Suite((), before=preamble(prompt, entry), entry=entry, prompt=prompt)
    if "candidate" not in _defined(tree.body):
        rename(tree, "candidate", entry)
    splitter = Splitter()
    try:
        splitter.take(tree.body)
    except NotSplit:
        return suite._replace(scripts=(_script(ast.unparse(tree), suite.before),))
    return suite._replace(tests=_some(splitter))


def _hidden_builtin(trees: list[ast.Module]) -> set[str]:
    """The candidate's name where it is that of a builtin: `assert sum(10, 15) == 6` calls nothing else."""
    calls = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call)]
    names = {dotted(call.func) for call in calls}
    return names if len(names) == 1 and names <= _BUILTINS else set()


def _some(splitter: Splitter) -> tuple[Test, ...]:
    if not splitter.tests:
        raise TruthError("the truth holds no assertion", "truth.no_tests")
    return tuple(splitter.tests)


def _script(code: str, before: str) -> Script:
    """Assertions for the second jail; names that neither they nor Python define are the program's."""
    code = f"{before}\n{code}" if before.strip() else code
    tree = parsed(code)
    used = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}
    free = used - _bound(tree) - _BUILTINS
    needed = sorted(free & MODULES)
    if needed:
        code = f"import {', '.join(needed)}\n{code}"
    return Script(code, "asserts", tuple(sorted(free - MODULES)), _sites(parsed(code)))


def _sites(tree: ast.Module) -> tuple[int, ...]:
    """The lines of the assertions that assert something."""
    found = (one for one in ast.walk(tree) if isinstance(one, ast.Assert) and not isinstance(one.test, ast.Constant))
    lines = tuple(sorted({one.lineno for one in found}))
    if not lines:
        raise TruthError("the truth holds no assertion", "truth.no_tests")
    return lines


def _defined(statements: Iterable[ast.stmt]) -> set[str]:
    names: set[str] = set()
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            names |= {(one.asname or one.name).split(".")[0] for one in statement.names}
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
        elif isinstance(statement, ast.Assign):
            names |= {
                one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
            }
    return names


def _bound(tree: ast.Module) -> set[str]:
    stored = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load)}
    arguments = {one.arg for one in ast.walk(tree) if isinstance(one, ast.arg)}
    return stored | arguments | _defined(one for one in ast.walk(tree) if isinstance(one, ast.stmt))


_BUILTINS: Final = frozenset(dir(builtins))
