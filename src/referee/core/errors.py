"""What can go wrong, and who is told.

Three parties can be at fault, and the failure model keeps them apart:

* **The rollout.** No answer, two answers, an endless loop: that is *judged*. A verifier says so with `failed(reason)`;
  no exception is involved.
* **The data or this machine.** A truth that cannot be read, a sandbox that broke: the verifier (or the engine) says
  `unjudged(reason)`. Inside a verifier, raise `TruthError` or `InfrastructureError`; the engine turns them into
  `unjudged`. Any other exception that leaves a verifier is a bug of the verifier, and is `unjudged` too.
* **The caller.** A misspelt name, a parameter that does not exist, a broken pack file: raised at once, before anything
  is scored, as a `UsageError` whose message shows the value, where it stands, and the next step.

```
RefereeError
├── UsageError              the caller's mistake; the command line exits with 2
│   ├── UnknownName         no verifier, pack, rule or column of that name; offers the nearest
│   ├── ParameterError      a verifier was given a parameter it does not have, or of the wrong type
│   ├── PackError           a pack file is wrong; carries the path of the fault, like $.rules[1].weight
│   ├── InputError          a file or a row cannot be read
│   ├── PluginError         the file of a verifier cannot be imported; names file and line
│   └── MissingExtra        an optional library is not installed; carries the install line
├── TruthError              the task's truth cannot be read      -> verdict `unjudged`, reason truth.*
└── InfrastructureError     our machinery failed                 -> verdict `unjudged`, reason infra.*
```

`RefereeWarning` is said with `warnings.warn` where the work goes on and a person should look all the same.
"""

from __future__ import annotations

from collections.abc import Iterable


class RefereeError(Exception):
    """The root of everything this package raises on purpose."""


class UsageError(RefereeError):
    """The caller asked for something that cannot be done; the message says what to do instead."""


class UnknownName(UsageError):
    """A name that nothing answers to. The nearest known name is offered."""

    def __init__(self, kind: str, name: str, known: Iterable[str], hint: str = "") -> None:
        self.kind = kind
        self.name = name
        self.nearest = nearest(name, known)
        guess = f"; did you mean '{self.nearest}'?" if self.nearest else ""
        super().__init__(f"there is no {kind} '{name}'{guess or '.'}{' ' + hint if hint else ''}")


class ParameterError(UsageError):
    """A verifier was called with a parameter it does not take, or with a value of the wrong type.

    `parameter` is its name, empty when several do not go together.
    """

    def __init__(self, message: str, parameter: str = "") -> None:
        self.parameter = parameter
        super().__init__(message)


class PackError(UsageError):
    """A pack is wrong. `path` is where, in JSONPath form: `$.rules[1].weight`; `problem` is the sentence without it."""

    def __init__(self, message: str, path: str = "$", source: str = "") -> None:
        self.problem = message
        self.path = path
        self.source = source
        place = "" if path == "$" else f" (at {path})"
        super().__init__(f"{source + ': ' if source else ''}{message}{place}")


class InputError(UsageError):
    """A file or a row of it cannot be read; the message names file and line."""


class MissingExtra(UsageError):
    """An optional library is not installed."""

    def __init__(self, purpose: str, extra: str) -> None:
        super().__init__(f"{purpose} needs an optional library: pip install 'referee[{extra}]'")


class PluginError(UsageError):
    """The file of a verifier, mostly a plugin's, cannot be imported."""


class RefereeWarning(UserWarning):
    """Something that needs a person while the work goes on: a pack file with a broken edit, truths nobody can read."""


class TruthError(RefereeError):
    """The task's truth cannot be read. The engine records `unjudged` with this reason."""

    def __init__(self, message: str, reason: str = "truth.unreadable") -> None:
        self.reason = reason
        super().__init__(message)


class InfrastructureError(RefereeError):
    """Our own machinery failed. The engine records `unjudged` with this reason."""

    def __init__(self, message: str, reason: str = "infra.failed") -> None:
        self.reason = reason
        super().__init__(message)


def brief(value: object, longest: int = 80) -> str:
    """`repr(value)` for a message, its first `longest` characters. Never raises, whatever the value.

    Python refuses to write out a long integer (`PYTHONINTMAXSTRDIGITS`); a message does not depend on that limit.
    """
    if isinstance(value, int) and value.bit_length() > 1_000:
        return f"an integer of {value.bit_length():,} bits"
    try:
        return repr(value)[:longest]
    except (ValueError, RecursionError):  # one of those inside something else, or a list without end
        return f"a value of type {type(value).__name__} that cannot be written out"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name closest to `name`, or None when nothing is close."""
    from difflib import get_close_matches

    found = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else None
