"""What a truth becomes: tests whose expected values stay in the judge, and scripts that a second jail runs.

    truth  ->  Suite( tests: what to call, what must come back   scripts: what could not be said that way )

A `Test` names a call in the candidate's jail and holds, apart from it, what must be true of the value that comes back.
Only the call ever travels.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from referee.core.jobs import TestForm
from referee.programs.compare import Types

Operation = Literal[
    "==", "!=", "is", "is not", "in", "not in", "<", "<=", ">", ">=", "true", "false", "isclose", "raises"
]


class Call(NamedTuple):
    """A function of the program, or `Class.method` of a fresh object, with plain arguments."""

    function: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}


class Session(NamedTuple):
    """An object of the program and the methods called on it in order; its value is the list of what they returned.

    The first of `steps` is `__init__` with the constructor's arguments, whose result is None.
    """

    entry: str
    steps: tuple[tuple[str, tuple[Any, ...]], ...]


class Probe(NamedTuple):
    """Statements that end with `return ...`: how a test prepares its call and what it looks at. Holds no truth."""

    body: str


class Step(NamedTuple):
    """One operation on the value outside the jail: the name of a view (`referee.programs.views`) and its operands."""

    name: str
    operands: tuple[Any, ...] = ()


class Expect(NamedTuple):
    """What must hold for the value, after the steps were taken. For `raises`, `value` is a tuple of exception names."""

    operation: Operation
    value: Any = None
    steps: tuple[Step, ...] = ()
    abs_tol: float = 0.0
    rel_tol: float = 0.0


class Test(NamedTuple):
    """One test. `name` is for people."""

    name: str
    does: Call | Session | Probe
    expect: Expect


class Script(NamedTuple):
    """Trusted test code for the second jail, where `stubs` stand for the candidate's functions.

    `sites`: the lines of its assertions, each a test. `form` as in `referee.core.jobs.CheckJob`.
    """

    code: str
    form: TestForm
    stubs: tuple[str, ...]
    sites: tuple[int, ...]


class Suite(NamedTuple):
    """The tests of one task.

    `before`: trusted code that runs in front of the program (imports, helpers of the prompt). `after`: trusted code
    that runs behind it, once (MBPP's `test_setup_code`). `prompt`: what a completion that does not define `entry`
    continues.
    """

    tests: tuple[Test, ...]
    scripts: tuple[Script, ...] = ()
    before: str = ""
    after: str = ""
    entry: str = ""
    prompt: str = ""
    types: Types = "python"

    @property
    def size(self) -> int:
        """How many tests there are."""
        return len(self.tests) + sum(len(script.sites) for script in self.scripts)
