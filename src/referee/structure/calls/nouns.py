"""What a completion says about tools: calls, a text without any, or something broken."""

from __future__ import annotations

from typing import Any, Final, Literal, NamedTuple

Form = Literal[
    "auto",
    "openai",
    "anthropic",
    "hermes",
    "llama3_json",
    "pythonic",
    "mistral",
    "qwen3_coder",
    "glm",
    "json",
    "fenced",
]

MOST_CALLS: Final = 128  # of one completion; more are refused before they are compared


class Call(NamedTuple):
    """One call as it is written. `positional`: arguments without a name, which only Python's form has."""

    name: str
    arguments: dict[str, Any]
    positional: tuple[Any, ...] = ()


class Raw(str):
    """An argument from a form that writes text without quotes, so that the text alone does not tell its type."""

    __slots__ = ()


class Calls(NamedTuple):
    """What was read: calls, maybe none (`[]`). `forms`: every form that the text is an instance of."""

    calls: list[Call]
    forms: tuple[Form, ...]
    start: int = 0
    end: int = 0


class Clean(NamedTuple):
    """A text without any trace of a call."""


class Broken(NamedTuple):
    """Neither a call nor a clean text: a reason, a sentence, and where it shows."""

    reason: str
    detail: str
    offset: int = 0


Reading = Calls | Clean | Broken


class Refused(Exception):
    """Carries a `Broken` out of a reader."""

    def __init__(self, reason: str, detail: str, offset: int = 0) -> None:
        super().__init__(detail)
        self.broken = Broken(reason, detail, offset)
