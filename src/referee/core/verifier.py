"""How a verifier is written: one file, one pure function, one decorator.

```python
'''One sentence: what must hold.

## What it checks
## Truth
## Parameters
## When it cannot judge
## Known gaps
## Sources
'''
class Params(Parameters, frozen=True, kw_only=True):
    '''fold_case: whether letter case is ignored.'''
    fold_case: bool = False

CASES = (
    Case("x", "x", "pass"),
    Case("y", "x", "fail"),
    Case("x x", "x", "fail", note="attack: says it twice"),
)

@verifier
def exact(rollout: Rollout, task: Task, params: Params) -> Verdict: ...
```

The id is the module path: `referee/verifiers/text/exact.py` holds `text.exact`. A contract test walks every verifier
and runs its cases, hostile texts and the promises below; a new file needs no test code of its own to be covered.

What the house promises a verifier: `rollout.text` is a string, `params` is of the declared type, an exception that
leaves it is recorded as `unjudged`, never as a wrong answer. What it asks: the same call gives an equal verdict, for
ever and on any machine; nothing outside the arguments is read; hostile text costs linear time; a verdict that changes
on any input means `version` goes up by one.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from typing import Any, NamedTuple, cast, overload

import msgspec

from referee.core.errors import ParameterError, nearest
from referee.core.jobs import Flow
from referee.core.types import Record, Rollout, Status, Task, Verdict

HEADINGS = ("What it checks", "Truth", "Parameters", "When it cannot judge", "Known gaps", "Sources")
PACKAGE = "referee.verifiers."

Check = Callable[[Rollout, Task, Any], "Verdict | Flow"]


class Parameters(Record, frozen=True, kw_only=True):
    """Base of every verifier's `Params`: all fields have defaults, an unknown one is an error."""


class Case(NamedTuple):
    """One labelled example: documentation, contract test and regression lock at once.

    A case that a policy might try in order to be paid has a `note` that starts with "attack:".
    """

    completion: str
    truth: Any
    status: Status
    note: str = ""
    params: dict[str, Any] = {}
    reason: str | None = None
    score: float | None = None
    prompt: str | None = None
    tokens: int | None = None


class Verifier:
    """A check with its identity, parameters, cases and page. Made by `@verifier`, found by id, pickled by name."""

    def __init__(self, check: Check, version: int) -> None:
        self.check = check
        self.version = version
        self.plugin = ""  # the entry-point name, set when an installed plugin is found
        self.__module__ = check.__module__
        self._function = check.__name__
        self.__name__ = self.__qualname__ = check.__name__.removesuffix("_")  # `is_` in is.py: a keyword is no name
        self.__doc__ = check.__doc__

    @property
    def id(self) -> str:
        """`family.name`, or `plugin/family.name` outside this package; the file's place decides."""
        if self.__module__.startswith(PACKAGE):
            return self.__module__[len(PACKAGE) :]
        family_and_name = ".".join(self.__module__.split(".")[-2:])
        return f"{self.plugin}/{family_and_name}" if self.plugin else family_and_name

    @property
    def runs_jobs(self) -> bool:
        """Whether it asks a sandbox to run something."""
        return inspect.isgeneratorfunction(self.check)

    @property
    def page(self) -> str:
        """The module docstring: the verifier's page in the docs."""
        return inspect.cleandoc(self._module("__doc__") or "")

    @property
    def cases(self) -> tuple[Case, ...]:
        return cast("tuple[Case, ...]", self._module("CASES"))

    @property
    def params_type(self) -> type[Parameters]:
        return cast("type[Parameters]", self._module("Params"))

    def params(self, given: dict[str, Any]) -> Parameters:
        """The typed parameters, or a `ParameterError` that names the parameter and the nearest valid one."""
        kind = self.params_type
        known = kind.__struct_fields__
        for name in given:
            if name not in known:
                guess = nearest(name, known)
                hint = f"did you mean '{guess}'?" if guess else f"it takes {', '.join(known) or 'none'}."
                raise ParameterError(f"{self.id} has no parameter '{name}'; {hint}", name)
        try:
            return msgspec.convert(given, kind, strict=True)
        except (msgspec.ValidationError, ValueError) as error:
            from referee.core.fields import fault

            path, problem = fault(error, kind, given)
            raise ParameterError(f"{self.id}: {problem}", path.removeprefix(".")) from error

    def __call__(self, rollout: Rollout, task: Task, params: Any) -> Verdict | Flow:
        return self.check(rollout, task, params)

    def __repr__(self) -> str:
        return f"<verifier {self.id} v{self.version}>"

    def __reduce__(self) -> str:
        return self._function

    def _module(self, attribute: str) -> Any:
        return getattr(sys.modules[self.__module__], attribute)


@overload
def verifier(check: Check) -> Verifier: ...
@overload
def verifier(*, version: int) -> Callable[[Check], Verifier]: ...
def verifier(check: Check | None = None, *, version: int = 1) -> Verifier | Callable[[Check], Verifier]:
    """Turn a check into a `Verifier`. `version` goes up by one whenever any input's verdict changes."""
    if check is not None:
        return Verifier(check, version)
    return lambda chosen: Verifier(chosen, version)
