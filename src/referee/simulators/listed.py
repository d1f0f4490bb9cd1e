"""Lists as people write them, made plain: what stands around the actions and says nothing.

`Move 1: up`, `1. up`, `- up`, `{"moves": ["up", "left"]}`, `[{"action": "up"}]`, `Moves: up, left` all say the actions
that `up` and `left` are. Nothing is guessed: numbers are taken off only where they count 1, 2, 3 through all lines, and
an object is a list only where it holds one list and nothing else that could be one.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

_NAMES: Final = ("action", "move", "step", "direction", "operation", "expression")
_LABEL = re.compile(r"(?i)\A\s*(?:the\s+)?(?:moves|actions|steps|solution|path|plan|answer)\s*(?:(?:is|are)\s*)?:")
_COUNTED = re.compile(r"(?i)(?<![^\s,;])(?:(?:move|step|action)\s*)?#?([0-9]{1,5})\s*[.:)](?!\d)[ \t]*")
_BULLET = re.compile(r"[ \t]*[-*•][ \t]+")


def plain(text: str) -> str:
    """The same list without labels, numbers in front, bullets and JSON around it."""
    held = text.strip()
    if held[:1] in ("{", "["):
        found = _entries(held)
        if found is not None:
            return "\n".join(found)
    text = _LABEL.sub("", text, count=1)
    return _without_bullets(_without_numbers(text))


def _entries(text: str) -> list[str] | None:
    """The entries of a JSON list, of the only list in an object, or None."""
    try:
        value = json.loads(text, parse_float=lambda _: None, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        lists = [one for one in value.values() if isinstance(one, list)]
        value = lists[0] if len(lists) == 1 else None
    if not isinstance(value, list):
        return None
    entries = [_entry(one) for one in value]
    return None if None in entries else [one for one in entries if one is not None]


def _entry(value: Any) -> str | None:
    if isinstance(value, dict):
        named = [value[name] for name in _NAMES if name in value]
        value = named[0] if len(named) == 1 else None
    return str(value) if type(value) in (str, int) else None


def _without_numbers(text: str) -> str:
    """Numbers in front of entries go where they are 1, 2, 3 to the last, and every line has one."""
    found = list(_COUNTED.finditer(text))
    lines = [line for line in text.split("\n") if line.strip()]
    counted = [int(one[1]) for one in found] in (list(range(1, len(found) + 1)), list(range(len(found))))
    if not found or not counted or len(found) < len(lines) or not _COUNTED.match(lines[0].lstrip()):
        return text
    return _COUNTED.sub(" ", text)


def _without_bullets(text: str) -> str:
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2 or not all(_BULLET.match(line) for line in lines):
        return text
    return "\n".join(_BULLET.sub("", line, count=1) for line in lines)
