"""The trusted test script, in a jail of its own, where the program's names are stubs.

Assertions are counted by rewriting the script: each counts when it is reached and once more when it has held. One that
fails is noted and the script goes on, except where the script itself would catch it. What counts in the end is one
message that carries this session's number; no code of the program ever ran in this process.
"""

from __future__ import annotations

import ast
import builtins
import marshal
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any, NamedTuple

from referee.sandbox.inside import cell
from referee.sandbox.inside.remote import Gone, Link, Program, Stub, Unsupported, in_place
from referee.sandbox.inside.wire import Closed

_LISTED = 1000
_COUNTER = "__referee_checks__"
_IN_PLACE = "__referee_in_place__"


class Checks:
    """What was executed and what held."""

    def __init__(self) -> None:
        self.executed = self.passed = 0
        self.listed: list[tuple[str, bool, int, str]] = []
        self.reached: set[int] = set()
        self.unsupported = ""

    def begin(self, line: int) -> None:
        """An assertion is reached."""
        self.executed += 1
        self.reached.add(line)

    def held(self, line: int) -> None:
        """It held."""
        self.passed += 1
        self._list(f"line {line}", line, "", passed=True)

    def lost(self, line: int, error: BaseException) -> None:
        """It did not."""
        self._list(f"line {line}", line, _words(error), passed=False)

    def broken(self, name: str, line: int, error: BaseException) -> None:
        """Something else than an assertion failed."""
        self.executed += 1
        self._list(name, line, _words(error), passed=False)

    def test(self, name: str, error: BaseException | None, line: int = 0) -> None:
        """A whole test function ended."""
        self.executed += 1
        self.passed += error is None
        self._list(name, line, "" if error is None else _words(error), passed=error is None)

    def _list(self, name: str, line: int, message: str, *, passed: bool) -> None:
        if len(self.listed) < _LISTED:
            self.listed.append((name, passed, line, message))


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:500].encode("utf-8", "replace").decode()


class Counting(ast.NodeTransformer):
    """Rewrites assertions so that they are counted; `caught` is how deep inside something that would catch one."""

    def __init__(self) -> None:
        self.caught = 0
        self.lines: set[int] = set()

    def visit_Try(self, node: ast.Try) -> Any:
        guarded = bool(node.handlers)
        self.caught += guarded
        node.body = [one for line in node.body for one in _many(self.visit(line))]
        self.caught -= guarded
        for handler in node.handlers:
            self.visit(handler)
        node.orelse = [one for line in node.orelse for one in _many(self.visit(line))]
        node.finalbody = [one for line in node.finalbody for one in _many(self.visit(line))]
        return node

    def visit_With(self, node: ast.With) -> Any:
        self.caught += 1
        self.generic_visit(node)
        self.caught -= 1
        return node

    def visit_Assert(self, node: ast.Assert) -> Any:
        if isinstance(node.test, ast.Constant) and node.test.value:
            return node  # it says nothing about the program
        self.lines.add(node.lineno)
        begin, held = (_note(name, node) for name in ("begin", "held"))
        if self.caught:
            return [begin, node, held]
        name = "__referee_error__"
        lost = _note("lost", node, ast.Name(name, ast.Load()))
        handler = ast.ExceptHandler(ast.Name("Exception", ast.Load()), name, [lost])
        made = ast.Try(body=[node], handlers=[handler], orelse=[held], finalbody=[])
        return [begin, ast.fix_missing_locations(ast.copy_location(made, node))]


class InPlace(ast.NodeTransformer):
    """A call that is a statement of its own is made for what it does to its arguments."""

    def visit_Expr(self, node: ast.Expr) -> Any:
        call = node.value
        if isinstance(call, ast.Call):
            call.args.insert(0, call.func)
            call.func = ast.copy_location(ast.Name(_IN_PLACE, ast.Load()), call.func)
        return node


def _many(found: Any) -> list[Any]:
    return found if isinstance(found, list) else [found]


def _note(name: str, node: ast.Assert, *more: ast.expr) -> ast.stmt:
    function = ast.Attribute(ast.Name(_COUNTER, ast.Load()), name, ast.Load())
    made = ast.Expr(ast.Call(function, [ast.Constant(node.lineno), *more], []))
    return ast.fix_missing_locations(ast.copy_location(made, node))


def free_names(tree: ast.AST) -> set[str]:
    """Names that a script uses and nowhere defines: what it takes from the program."""
    used: set[str] = set()
    made: set[str] = set(dir(builtins)) | {"__name__", "__file__"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else made).add(node.id)
        elif isinstance(node, ast.arg):
            made.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            made |= {(one.asname or one.name).split(".")[0] for one in node.names}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            made.add(node.name)
    return used - made


def caught_names(tree: ast.AST) -> set[str]:
    """Names that stand where an exception's class does: of `except`, `raises`, `assertRaises`."""
    found: list[ast.expr | None] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            found.append(node.type)
        elif isinstance(node, ast.Call) and node.args:
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in {"raises", "assertRaises", "assertRaisesRegex"}:
                found.append(node.args[0])
    parts = [part for one in found for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
    return {one.id for one in parts if isinstance(one, ast.Name)}


def main(job: dict[str, Any]) -> int:
    """Run the script and report."""
    checks = Checks()
    complete = False
    try:
        complete = _run(job, checks)
    except Unsupported as error:
        checks.unsupported = str(error)
    except (Gone, Closed) as error:
        checks.broken("the program", 0, error)
    except Exception as error:
        checks.broken("the script", 0, error)
    report = (job["nonce"], checks.executed, checks.passed, complete, checks.listed, checks.unsupported)
    content = marshal.dumps(report, 2)
    cell.note(b"R", content)
    return 0


class Prepared(NamedTuple):
    """A script, taken apart and compiled: what does not depend on the program."""

    setup: CodeType
    statements: list[tuple[int, CodeType]]  # each with its line; a whole file as one
    lines: list[int]  # of the assertions
    free: list[str]
    caught: list[str]


def prepared(job: dict[str, Any]) -> bytes:
    """What the compiler makes of a script: a `Prepared`, or why it cannot, as bytes."""
    try:
        tree = ast.parse(job["test"])
        setup = compile(job["setup"], "setup.py", "exec")
        free, caught, counting = free_names(tree), caught_names(tree), Counting()
        tree = InPlace().visit(tree)
        if job["form"] in {"pytest", "unittest"}:
            statements = [(0, compile(tree, "test.py", "exec"))]
        else:
            body = counting.visit(tree).body
            statements = [(one.lineno, compile(ast.Module([one], []), "test.py", "exec")) for one in body]
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        return marshal.dumps(f"the test script does not compile: {error}")
    return marshal.dumps((setup, statements, sorted(counting.lines), sorted(free), sorted(caught)))


def _run(job: dict[str, Any], checks: Checks) -> bool:
    """Whether the script came to its end."""
    found = marshal.loads(job["program"])
    if isinstance(found, str):
        raise Unsupported(found)
    made = Prepared(*found)
    link = Link(job["number"])
    space = cell.module("__test__").__dict__
    _guarded(lambda: exec(made.setup, space))
    for name in job["modules"]:
        sys.modules[name] = Program(name, link)
    names = set(job["entries"]) or set(made.free) - set(space)
    for name in set(made.caught) - set(dir(builtins)):
        link.exception(name)
    for name in names:
        space[name] = link.exceptions.get(name) or Stub(link, name)
    space[_COUNTER] = checks
    space[_IN_PLACE] = in_place
    form = job["form"]
    if form in {"pytest", "unittest"}:
        from referee.sandbox.inside import suite

        return suite.run(form, made.statements[0][1], space, checks)
    complete = _statements(made.statements, space, checks)
    if form == "check":
        complete = _check(space, job["entries"], link, checks) and complete
    if not complete:
        for line in sorted(set(made.lines) - checks.reached):
            checks.broken(f"line {line}", line, AssertionError("not reached"))
    return complete


def _statements(statements: list[tuple[int, CodeType]], space: dict[str, Any], checks: Checks) -> bool:
    """Each statement by itself, so that one that raises does not hide the others."""
    complete = True
    for line, code in statements:
        try:
            _guarded(lambda code=code: exec(code, space))  # type: ignore[misc]
        except Exception as error:
            checks.broken(f"line {line}", line, error)
            complete = False
    return complete


def _check(space: dict[str, Any], entries: list[str], link: Link, checks: Checks) -> bool:
    check = space.get("check")
    if not callable(check) or not entries:
        raise Unsupported("the script defines no check(candidate), or no entry is named")
    try:
        _guarded(lambda: check(Stub(link, entries[0])))
    except Exception as error:
        checks.broken("check", 0, error)
        return False
    return True


def _guarded(action: Callable[[], Any]) -> None:
    """A module that the jail does not have is our fault, and an early exit is no end."""
    try:
        action()
    except ModuleNotFoundError as error:
        raise Unsupported(f"the test script needs the module '{error.name}', which the jail does not have") from error
    except SystemExit as error:
        raise RuntimeError("the script ended itself") from error
