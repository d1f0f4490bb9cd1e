"""What a truth becomes: tests whose expected values stay in the judge, and scripts that a second jail runs.

    truth  ->  Suite( tests: what to call, what must come back   scripts: what could not be said that way )

A `Test` names a call in the candidate's jail and holds, apart from it, what must be true of the value that comes back.
Only the call ever travels.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from referee.core.jobs import TestForm
from referee.programs.compare import Order, Types

Operation = Literal[
    "==", "!=", "is", "is not", "in", "not in", "<", "<=", ">", ">=", "true", "false", "isclose", "raises", "each"
]


class Call(NamedTuple):
    """A function of the program, or `Class.method` of a fresh object, with plain arguments.

    `takes`, `gives`: which arguments and results are `ListNode`, `TreeNode` or lists (`ListNode[]`) of them, written
    as plain lists; a result that is `void` is not looked at. `after`: numbers of the arguments that are looked at when
    the call is over; the value is then the list of the result and of those.
    """

    function: str
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    takes: tuple[str, ...] = ()
    gives: str = ""
    after: tuple[int, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it is no more than a function and plain arguments."""
        return not (any(self.takes) or self.gives or self.after)


class Session(NamedTuple):
    """An object of the program and the methods called on it in order; its value is the list of what they returned.

    The first of `steps` is `__init__` with the constructor's arguments, whose result is None. What the methods in
    `void` return is not looked at.
    """

    entry: str
    steps: tuple[tuple[str, tuple[Any, ...]], ...]
    void: tuple[str, ...] = ()


class Probe(NamedTuple):
    """Statements that end with `return ...`: how a test prepares its call and what it looks at. Holds no truth."""

    body: str


class Step(NamedTuple):
    """One operation on the value outside the jail: the name of a view (`referee.programs.views`) and its operands."""

    name: str
    operands: tuple[Any, ...] = ()


class Expect(NamedTuple):
    """What must hold for the value, after the steps were taken. For `raises`, `value` is a tuple of exception names.

    `each`: the value is a list, and `value` holds what each of its members must be.
    """

    operation: Operation
    value: Any = None
    steps: tuple[Step, ...] = ()
    abs_tol: float = 0.0
    rel_tol: float = 0.0
    order: Order | None = None


class Test(NamedTuple):
    """One test. `name` is for people. Those of one `unit`, a test function of a file, count as one."""

    name: str
    does: Call | Session | Probe
    expect: Expect
    unit: str = ""


class Script(NamedTuple):
    """Trusted test code for the second jail, where `stubs` stand for the candidate's functions.

    `sites`: the lines of its assertions, each a test; a file of tests has `least` instead, how many it holds.
    `form` as in `referee.core.jobs.CheckJob`.
    """

    code: str
    form: TestForm
    stubs: tuple[str, ...]
    sites: tuple[int, ...] = ()
    least: int = 0


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
        alone = sum(not test.unit for test in self.tests) + len({test.unit for test in self.tests if test.unit})
        return alone + sum(len(script.sites) + script.least for script in self.scripts)
