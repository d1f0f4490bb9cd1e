"""The bytes of a pack file -> plain data, by the file's ending; a fault says line, column and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from referee.core.errors import PackError

FORMATS = {".toml": "TOML", ".json": "JSON", ".yaml": "YAML", ".yml": "YAML"}
SUFFIXES = tuple(FORMATS)
_DOTS = re.compile(r"(?:^|[\n\[{,])[ \t]*(?:(?:[\w-]{1,99}|\"[^\"\n]{0,99}\"|'[^'\n]{0,99}')[ \t]*\.[ \t]*){64}")

_TOML = re.compile(rb"^\s*(\[\[?[\w.]+\]\]?|[\w.]+\s*=)", re.MULTILINE)
_BYTE = re.compile(r"\(byte (\d+)\)")


def read(path: Path) -> Any:
    """The plain data of a pack file. Raises `PackError`."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PackError(f"cannot be read: {error.strerror}", source=str(path)) from None
    if not content.strip():
        raise PackError("the file is empty; `referee packs gsm8k` shows a pack", source=str(path))
    return parse(content, FORMATS.get(path.suffix, "YAML"), str(path))


def parse(content: bytes, kind: str, source: str = "") -> Any:
    """The plain data of a pack's text; `kind` is TOML, YAML or JSON. Raises `PackError`."""
    try:
        return _PARSERS[kind](content)
    except (ValueError, msgspec.DecodeError) as error:
        hint = _hint(kind, content)
        raise PackError(f"not readable as {kind}: {_sentence(error, content)}{hint}", source=source) from None
    except RecursionError:
        raise PackError(f"not readable as {kind}: nested too deeply", source=source) from None


def _toml(content: bytes) -> Any:
    text = content.decode()
    if _DOTS.search(text):  # tomllib takes quadratic time over such a key
        raise RecursionError
    return tomllib.loads(text)


def _yaml(content: bytes) -> Any:
    data = msgspec.yaml.decode(content)
    if isinstance(data, str):  # so YAML reads the first line of a TOML file
        raise msgspec.DecodeError("it is one text, not a table of fields")
    return data


_PARSERS: dict[str, Callable[[bytes], Any]] = {"TOML": _toml, "YAML": _yaml, "JSON": msgspec.json.decode}


def _sentence(error: Exception, content: bytes) -> str:
    """What is wrong, with line and column where the parser knows them, in one line."""
    if isinstance(error, UnicodeDecodeError):
        return f"byte 0x{content[error.start]:02x} at byte {error.start + 1} is not UTF-8"
    marked = error.__context__
    mark = getattr(marked, "problem_mark", None) or getattr(marked, "context_mark", None)
    if mark is not None:
        problem = getattr(marked, "problem", None) or getattr(marked, "context", None)
        return f"{problem} in line {mark.line + 1}, column {mark.column + 1}"
    if reason := getattr(marked, "reason", None):  # of YAML's reader, which knows a character's place only
        return f"{reason} at character {marked.position + 1}"  # type: ignore[union-attr]
    text = " ".join(str(error).split())
    if (place := _BYTE.search(text)) is not None:
        before = content[: int(place[1])]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        text = _BYTE.sub(f"in line {line}, column {column}", text)
    return text


def _hint(kind: str, content: bytes) -> str:
    """The next step when the content looks like another format."""
    if kind == "YAML" and _TOML.search(content):
        return "; it looks like TOML, which belongs in a .toml file"
    if kind == "TOML" and content.lstrip().startswith(b"{"):
        return "; it looks like JSON, which belongs in a .json file"
    return ""
