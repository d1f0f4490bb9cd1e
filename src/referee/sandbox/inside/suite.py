"""Test files in the manner of pytest and unittest, run in the test's jail with a small runner of our own.

Of pytest: functions `test_*`, classes `Test*`, `raises`, `approx`, `mark.parametrize`, `mark.skip`, `skip`, fixtures of
the file (with yield). What a file needs beyond that makes the check impossible, never wrong. A test that is skipped or
expected to fail was not executed.
"""

from __future__ import annotations

import inspect
import itertools
import re
import sys
from collections.abc import Callable, Iterator
from types import CodeType, ModuleType, TracebackType
from typing import Any, Self

from referee.sandbox.inside.remote import Unsupported


class Skipped(Exception):
    """`pytest.skip`."""


class Raises:
    """`pytest.raises`: the block must raise one of these."""

    def __init__(self, kind: Any, match: str | None = None) -> None:
        self.kind = kind
        self.match = match
        self.value: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if error is None:
            raise AssertionError(f"did not raise {self.kind}")
        if not isinstance(error, self.kind):
            return False
        if self.match is not None and not re.search(self.match, str(error)):
            raise AssertionError(f"{self.match!r} is not in {str(error)!r}")
        self.value = error
        return True


class Approx:
    """`pytest.approx` for numbers and sequences of them; it compares what is plain, exactly typed, and nothing else."""

    def __init__(self, expected: Any, rel: float = 1e-6, abs: float = 1e-12) -> None:  # noqa: A002  pytest's name
        self.expected, self.rel, self.abs = expected, rel, abs

    def __eq__(self, other: object) -> bool:
        return self._same(self.expected, other)

    __hash__ = None  # type: ignore[assignment]

    def _same(self, expected: Any, found: Any) -> bool:
        if isinstance(expected, list | tuple):
            if not isinstance(found, list | tuple) or len(found) != len(expected):
                return False
            return all(self._same(one, other) for one, other in zip(expected, found, strict=True))
        if isinstance(expected, dict):
            return (
                isinstance(found, dict)
                and found.keys() == expected.keys()
                and all(self._same(one, found[key]) for key, one in expected.items())
            )
        if type(found) not in {int, float, complex}:
            return False
        if expected == found:
            return True
        return bool(abs(expected - found) <= max(self.rel * abs(expected), self.abs))


class _Mark:
    def __getattr__(self, name: str) -> Any:
        if name == "parametrize":
            return _parametrize
        if name in {"skip", "xfail"}:
            return lambda *given, **_: _skip(given[0]) if given and callable(given[0]) else _skip
        if name == "skipif":
            return lambda condition, **_: _skip if condition else (lambda test: test)
        return lambda *given, **_: given[0] if given and callable(given[0]) else (lambda test: test)


def _skip(test: Any) -> Any:
    test.referee_skipped = True
    return test


def _parametrize(names: str | list[str] | tuple[str, ...], rows: Any, **_: Any) -> Callable[[Any], Any]:
    keys = [one.strip() for one in names.split(",")] if isinstance(names, str) else list(names)
    single = len(keys) == 1
    sets = [dict(zip(keys, (row,) if single and not _is_param(row) else row, strict=True)) for row in rows]

    def mark(test: Any) -> Any:
        test.referee_parameters = [*getattr(test, "referee_parameters", []), sets]
        return test

    return mark


def _is_param(row: Any) -> bool:
    return isinstance(row, _Param)


class _Param(tuple[Any, ...]):
    """`pytest.param`."""

    __slots__ = ()


def _fixture(*given: Any, **_: Any) -> Any:
    def mark(function: Any) -> Any:
        function.referee_fixture = True
        return function

    return mark(given[0]) if given and callable(given[0]) else mark


def _raises(kind: Any, *call: Any, match: str | None = None, **kwargs: Any) -> Any:
    block = Raises(kind, match)
    if not call:
        return block
    with block:
        call[0](*call[1:], **kwargs)
    return block


def _stop(reason: str = "") -> None:
    raise Skipped(reason)


def _fail(reason: str = "") -> None:
    raise AssertionError(reason)


def pytest() -> ModuleType:
    """What a file gets when it imports pytest."""
    made = ModuleType("pytest")
    made.__dict__.update(
        raises=_raises, approx=Approx, mark=_Mark(), fixture=_fixture, skip=_stop, fail=_fail,
        param=lambda *values, **_: _Param(values),
    )  # fmt: skip
    return made


def run(form: str, code: CodeType, space: dict[str, Any], checks: Any) -> bool:
    """Run every test of a file; whether the file could be loaded."""
    sys.modules["pytest"] = pytest()
    space["__name__"] = "__test__"
    try:
        exec(code, space)
    except ModuleNotFoundError as error:
        raise Unsupported(f"the test file needs the module '{error.name}', which the jail does not have") from error
    except (Exception, SystemExit) as error:
        checks.broken("loading the test file", 0, error)
        return False
    if form == "unittest":
        return _unittest(space, checks)
    fixtures = {name: one for name, one in space.items() if _is_fixture(one)}
    for name, one in list(space.items()):
        if name.startswith("test") and inspect.isfunction(one):
            _function(name, one, fixtures, checks)
        elif isinstance(one, type) and name.startswith("Test"):
            _class(name, one, fixtures, checks)
    return _unittest(space, checks) if "unittest" in sys.modules else True


def _class(name: str, kind: type, fixtures: dict[str, Any], checks: Any) -> None:
    if "unittest" in sys.modules and issubclass(kind, sys.modules["unittest"].TestCase):
        return
    own = {key: one for key, one in vars(kind).items() if _is_fixture(one)}
    for key, method in list(vars(kind).items()):
        if key.startswith("test") and inspect.isfunction(method):
            made = kind()
            bound = {**fixtures, **{one: getattr(made, one) for one in own}}
            before, after = getattr(made, "setup_method", None), getattr(made, "teardown_method", None)
            _function(f"{name}.{key}", getattr(made, key), bound, checks, before=before, after=after)


def _function(
    name: str, test: Any, fixtures: dict[str, Any], checks: Any, *, before: Any = None, after: Any = None
) -> None:
    line = test.__code__.co_firstlineno
    if getattr(test, "referee_skipped", False):
        return
    for number, row in enumerate(_rows(test)):
        title = f"{name}[{number}]" if row else name
        if sys.stdout:
            sys.stdout.flush()
        try:
            if before is not None:
                before(*([test] if len(inspect.signature(before).parameters) else []))
            _call(test, row, fixtures)
            if after is not None:
                after(*([test] if len(inspect.signature(after).parameters) else []))
        except Skipped:
            continue
        except ModuleNotFoundError as error:
            raise Unsupported(f"a test needs the module '{error.name}', which the jail does not have") from error
        except (Exception, SystemExit) as error:
            checks.test(title, error, line)
        else:
            checks.test(title, None, line)


def _rows(test: Any) -> Iterator[dict[str, Any]]:
    for combination in itertools.product(*getattr(test, "referee_parameters", [])):
        merged: dict[str, Any] = {}
        for one in combination:
            merged.update(one)
        yield merged


def _call(test: Any, row: dict[str, Any], fixtures: dict[str, Any]) -> None:
    """One test with its fixtures, made before and finished after."""
    open_: list[Iterator[Any]] = []
    ready: dict[str, Any] = {}

    def value(name: str) -> Any:
        if name in row:
            return row[name]
        if name not in fixtures:
            raise Unsupported(f"the test file needs the fixture '{name}', which is not in it")
        if name not in ready:
            function = fixtures[name]
            made = function(**{one: value(one) for one in inspect.signature(function).parameters})
            if inspect.isgenerator(made):
                open_.append(made)
                made = next(made)
            ready[name] = made
        return ready[name]

    needed = inspect.signature(test).parameters
    try:
        test(**{name: value(name) for name in needed})
    finally:
        for one in reversed(open_):
            next(one, None)


def _unittest(space: dict[str, Any], checks: Any) -> bool:
    import unittest

    class Result(unittest.TestResult):
        def addSuccess(self, test: Any) -> None:  # noqa: N802  unittest's name
            checks.test(_title(test), None)

        def addError(self, test: Any, err: Any) -> None:  # noqa: N802  unittest's name
            if isinstance(err[1], ModuleNotFoundError):
                raise Unsupported(f"a test needs the module '{err[1].name}', which the jail does not have")
            checks.test(_title(test), err[1])

        addFailure = addError  # noqa: N815  unittest's name

        def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:  # noqa: N802, ARG002  unittest's name
            checks.test(str(subtest)[:200], None if err is None else err[1])

    result = Result()
    for one in list(space.values()):
        if isinstance(one, type) and issubclass(one, unittest.TestCase) and one.__module__ != "unittest.case":
            unittest.defaultTestLoader.loadTestsFromTestCase(one).run(result)
    return True


def _title(test: Any) -> str:
    return f"{type(test).__name__}.{getattr(test, '_testMethodName', test)}"


def _is_fixture(one: object) -> bool:
    """A function of the script's: a stub would ask the program, which may answer as it likes."""
    return inspect.isfunction(one) and hasattr(one, "referee_fixture")
