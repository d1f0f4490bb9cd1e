"""Completions and truths in every form in which trainers hand them over, read as plain records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from referee.core.errors import UsageError
from referee.core.types import Rollout

Completion = str | Rollout | Mapping[str, Any] | Sequence[Mapping[str, Any]]

_PLAIN = (str, int, float, bool, type(None))
_POLICY = ("assistant", "gpt", "model")  # how chat formats call the one who answers


def as_rollout(completion: Completion) -> Rollout:
    """A rollout from the forms in which trainers hand over completions.

    A text; a chat message list, of which the last assistant message is the completion; one such message; a `Rollout`.
    Calls of tools that a message carries beside its text (`tool_calls`, blocks of type `tool_use`) are kept in
    `meta["tool_calls"]`. What holds no readable text is refused: read as the empty completion it would be scored,
    silently, as a failure.
    """
    if isinstance(completion, str):
        return Rollout(text=completion)
    if isinstance(completion, Rollout):
        return completion
    if not isinstance(completion, Mapping | Sequence):
        raise UsageError(f"a completion is a text, a list of messages or a Rollout; got {shown(completion)}")
    messages = [completion] if isinstance(completion, Mapping) else list(completion)
    for message in reversed(messages):
        if isinstance(message, Mapping) and message.get("role", message.get("from", "assistant")) in _POLICY:
            calls = _tool_calls(message)
            return Rollout(text=_text(message), meta={"tool_calls": calls} if calls else {})
    raise UsageError(f"a completion must be a text or hold an assistant message; got {shown(completion)}")


def as_rollouts(completions: Sequence[Completion]) -> list[Rollout]:
    """`as_rollout` for each of a list; a fault names the place in the list."""
    if isinstance(completions, str | Mapping | Rollout):
        raise UsageError(f"completions must be a list, got one: {shown(completions)}; put it in a list")
    rollouts: list[Rollout] = []
    for index, completion in enumerate(completions):
        try:
            rollouts.append(as_rollout(completion))
        except UsageError as error:
            raise UsageError(f"completions[{index}]: {error}") from None
    return rollouts


def as_truth(truth: Any) -> Any:
    """A truth as plain JSON data, the same in this process and in a worker.

    Tuples become lists, numbers of other libraries what they stand for; anything else is refused, for no verifier could
    say what it means.
    """
    if truth is None or isinstance(truth, str | bool | int | float):
        return truth if type(truth) in _PLAIN else msgspec.to_builtins(truth)
    if isinstance(truth, Decimal | Fraction):
        return str(truth)
    if callable(plain := getattr(truth, "tolist", None)):  # numpy and torch, scalars too
        truth = plain()
    try:
        return msgspec.to_builtins(truth)
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"a truth must be plain JSON data; got {type(truth).__name__} ({error})") from None


def shown(value: Any) -> str:
    """A value for a message: its type and its first characters."""
    return f"{type(value).__name__} {str(value)[:80]!r}" if value is not None else "None"


def _text(message: Mapping[str, Any]) -> str:
    """The text of a message: a string, or the text parts of a content list; a call of tools alone says nothing."""
    name = "content" if "content" in message else "value"
    content = message.get(name)
    if isinstance(content, str):
        return content
    if content is None and (name in message or "tool_calls" in message):
        return ""
    if isinstance(content, list | tuple):
        parts = [text for part in content if (text := _part(part)) is not None]
        if parts or not content or any(map(_is_call, content)):
            return "".join(parts)
    raise UsageError(f"a message's content must be a text or a list of parts with text; got {shown(content)}")


def _tool_calls(message: Mapping[str, Any]) -> list[Any]:
    """The calls of a message as plain data: OpenAI's list of them, or the blocks among Anthropic's parts."""
    calls = message.get("tool_calls")
    if not isinstance(calls, list | tuple):
        content = message.get("content")
        calls = [part for part in content if _is_call(part)] if isinstance(content, list | tuple) else []
    dumped = [call.model_dump() if hasattr(call, "model_dump") else call for call in calls]  # the client's own records
    return list(as_truth(dumped)) if dumped else []


def _is_call(part: Any) -> bool:
    return isinstance(part, Mapping) and part.get("type") == "tool_use"


def _part(part: Any) -> str | None:
    if _is_call(part):
        return None
    if isinstance(part, str):
        return part
    text = part.get("text", part.get("content")) if isinstance(part, Mapping) else None
    return text if isinstance(text, str) else None
