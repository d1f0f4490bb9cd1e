"""`code.*`: a truth is tests; a right answer is a program, which the row may hold as its reference solution."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from referee.audit.families.base import Family
from referee.core.errors import InputError, TruthError
from referee.data.plain import loads
from referee.programs.compare import Policy, same
from referee.programs.scripts import parsed
from referee.programs.stdio import Cases, cases
from referee.programs.suite import Call, Probe, Session, Suite, Test
from referee.programs.truth import suite

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.judge import Judge

MOST: Final = 3  # reference solutions of one row that are run
_PROGRAMS: Final = ("canonical_solution", "code", "reference_solution", "solution", "solutions")

# What a program may return without looking at anything.
CONSTANTS: Final = ("None", "True", "False", "0", "1", "-1", "''", "[]", "args[0] if args else None")
_PRINTS: Final = ("", "0", "1", "-1", "YES", "NO", "Yes", "No")


def tests_of(truth: Any) -> Suite | Cases | None:
    """The tests of a truth; None where they cannot be read."""
    for read in (suite, cases):
        try:
            return read(truth)
        except TruthError:
            continue
    return None


def null_programs(tests: Suite | Cases) -> list[tuple[str, str]]:
    """Programs that look at nothing: what each does, in words, and its text."""
    if isinstance(tests, Cases):
        told = [("prints nothing" if not text else f"prints {text}", f"print({text!r})") for text in _PRINTS]
        return [*told, ("prints its input", "import sys\nprint(sys.stdin.read(), end='')")]
    names = sorted(names_called(tests))
    shown = [(f"returns {'its first argument' if 'args' in value else value}", value) for value in CONSTANTS]
    return [(told, "\n".join(_defines(name, value) for name in names)) for told, value in shown] if names else []


def _defines(name: str, value: str) -> str:
    owner, dot, method = name.rpartition(".")
    if not dot and not name[:1].isupper():
        return f"def {name}(*args, **kwargs):\n    return {value}\n"
    called = f"    def {method}(self, *args, **kwargs):\n        return {value}\n" if dot else ""
    return (
        f"class {owner or name}:\n    def __init__(self, *args, **kwargs):\n        pass\n{called}"
        f"    def __getattr__(self, name):\n        return lambda *args, **kwargs: {value}\n"
    )


def names_called(tests: Suite) -> set[str]:
    """Everything that the tests call of a program."""
    found = {tests.entry} | {name for script in tests.scripts for name in script.stubs}
    for test in tests.tests:
        if isinstance(test.does, Call):
            found.add(test.does.function)
        elif isinstance(test.does, Session):
            found.add(test.does.entry)
        elif isinstance(test.does, Probe):
            found |= _called(test.does.body, f"{tests.before}\n{tests.after}")
    return {name for name in found if name}


def _called(body: str, around: str) -> set[str]:
    try:
        trees = [parsed(f"def _():\n    {body.replace(chr(10), chr(10) + '    ')}"), parsed(around)]
    except TruthError:
        return set()
    known = {one.id for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Name) and _stored(one)}
    known |= {one.name for one in trees[1].body if isinstance(one, ast.FunctionDef | ast.ClassDef)}
    known |= {
        alias.asname or alias.name.partition(".")[0]
        for tree in trees
        for one in ast.walk(tree)
        if isinstance(one, ast.Import | ast.ImportFrom)
        for alias in one.names
    }
    calls = (one.func for one in ast.walk(trees[0]) if isinstance(one, ast.Call))
    return {one.id for one in calls if isinstance(one, ast.Name)} - known - set(dir(builtins))


def _stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def contradictions(tests: Suite | Cases, policy: Policy | None = None) -> Iterator[str]:
    """Tests that ask for the same call and for two results."""
    yield from _contradictory_cases(tests) if isinstance(tests, Cases) else _contradictory_tests(tests, policy)


def _contradictory_cases(tests: Cases) -> Iterator[str]:
    if tests.checker:
        return
    seen: dict[tuple[bytes, ...], bytes] = {}
    for case in tests.cases:
        key = tuple(case.input.split())
        if case.output is None or key not in seen:
            seen.setdefault(key, case.output or b"")
        elif seen[key].split() != case.output.split():
            yield f"for the input {_short(case.input)} both {_short(seen[key])} and {_short(case.output)} are expected"


def _short(content: bytes) -> str:
    return repr(content[:60].decode("utf-8", "replace"))


def _contradictory_tests(tests: Suite, policy: Policy | None) -> Iterator[str]:
    policy = policy or Policy(tests.types)
    first: dict[str, Test] = {}
    for test in tests.tests:
        if not isinstance(test.does, Call) or test.expect.steps or test.expect.operation not in _DECIDES:
            continue
        key = repr(test.does)
        other = first.setdefault(key, test)
        if other is not test and not _agree(other, test, policy):
            yield f"{other.name[:100]!r} and {test.name[:100]!r} cannot both hold"


_DECIDES: Final = ("==", "true", "false", "raises")


def _agree(one: Test, other: Test, policy: Policy) -> bool:
    if "raises" in (one.expect.operation, other.expect.operation):
        return one.expect.operation == other.expect.operation
    values = [_value(test) for test in (one, other)]
    if None in values:  # a comparison with a truth value says less than one with a value
        return True
    (mine,), (yours,) = values  # type: ignore[misc]
    loose = policy._replace(
        abs_tol=max(policy.abs_tol, 2 * one.expect.abs_tol, 2 * other.expect.abs_tol),
        rel_tol=max(policy.rel_tol, 2 * one.expect.rel_tol, 2 * other.expect.rel_tol),
        order=one.expect.order or other.expect.order or policy.order,
    )
    return same(mine, yours, loose) or same(yours, mine, loose)


def _value(test: Test) -> tuple[Any] | None:
    """What the result must be, in a tuple; None where the test says that it is true, or not, in some way."""
    return (test.expect.value,) if test.expect.operation == "==" else None


class Code(Family):
    """Programs."""

    def answers(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        """The reference solutions of the row; none where it has none."""
        found = [text for name in _PROGRAMS for text in _texts(item.row.get(name)) if _is_program(text, name)]
        prompt = item.row.get("prompt")
        whole = [
            prompt + text if isinstance(prompt, str) and text == item.row.get("canonical_solution") else text
            for text in found
        ]
        return tuple(dict.fromkeys(whole))[:MOST]

    def completions(self, answer: str, judge: Judge) -> list[str]:
        from referee.audit.judge import THOUGHT

        return [f"{THOUGHT if judge.thinks else ''}```python\n{answer}\n```"]

    def nonsense(self, item: Item, judge: Judge) -> Sequence[str]:  # noqa: ARG002
        return ()  # programs that look at nothing are run instead

    def same(self, one: Any, other: Any, judge: Judge) -> bool | None:  # noqa: ARG002
        """Tests contradict each other, or nothing is known: other tests may ask for the same program."""
        mine, yours = tests_of(one), tests_of(other)
        if isinstance(mine, Cases) and isinstance(yours, Cases):
            return False if any(contradictions(Cases(mine.cases + yours.cases))) else None
        if isinstance(mine, Suite) and isinstance(yours, Suite):
            return False if any(contradictions(mine._replace(tests=mine.tests + yours.tests))) else None
        return None

    def kind(self, item: Item) -> str:  # noqa: ARG002
        return "tests"

    def constant(self, item: Item, judge: Judge) -> str:  # noqa: ARG002
        return ""


def _texts(value: Any) -> Iterator[str]:
    """The programs in a column: a text, a list of them, a list as JSON, or CodeContests' object."""
    if isinstance(value, Mapping):
        value = value.get("solution")
    if isinstance(value, str) and value.lstrip()[:2] in ('["', "[]"):
        try:
            value = loads(value.encode("utf-8", "surrogatepass"))
        except InputError:
            return
    several: Iterable[Any] = value[:MOST] if isinstance(value, list) else (value,)
    yield from (one for one in several if isinstance(one, str) and one.strip())


def _is_program(text: str, name: str) -> bool:
    """Whether a text is a Python program; what a column called `solution` holds may be anything."""
    if name in ("canonical_solution", "code"):
        return True
    try:
        return any(isinstance(one, _SAYS) for one in parsed(text).body)
    except TruthError:
        return False


_SAYS: Final = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Assign, ast.For, ast.While)

FAMILY = Code()
