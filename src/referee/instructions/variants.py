"""The eight texts that the loose score of IFEval tries: with and without the first and last line and all asterisks."""

from __future__ import annotations


def variants(text: str) -> list[str]:
    """The text itself first, then the seven others, each once."""
    lines = text.split("\n")
    cut = [text, *("\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1]))]
    return list(dict.fromkeys([*cut, *(part.replace("*", "") for part in cut)]))
