"""Where the thinking ends: a scanner over literal tags, and the final segment that it leaves.

Everything here is one pass over the text: tags are literals, so no pattern can backtrack.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

# What chat templates leave at the end of a decoded completion. Order does not matter; each may repeat.
END_TOKENS = (
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|end_of_text|>",
    "<|end|>",
    "<|return|>",
    "<|eom_id|>",
    "<｜end▁of▁sentence｜>",  # noqa: RUF001 - DeepSeek spells its end token with these characters
    "<end_of_turn>",
    "<eos>",
    "</s>",
)


class Tag(NamedTuple):
    """One literal tag: `<name>` or `</name>`, `start` and `end` as character offsets."""

    name: str
    closing: bool
    start: int
    end: int


class Final(NamedTuple):
    """Where the final segment starts, or why there is none (`problem`, a reason code)."""

    start: int
    problem: str | None = None


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...], fold_case: bool) -> re.Pattern[str]:
    return re.compile(f"<(/?)({'|'.join(map(re.escape, names))})>", re.IGNORECASE if fold_case else 0)


def scan(text: str, names: tuple[str, ...], start: int = 0, *, fold_case: bool = False) -> Iterator[Tag]:
    """Every tag of the given names in order. Linear in the text."""
    for match in _pattern(names, fold_case).finditer(text, start):
        name = match[2].lower() if fold_case else match[2]
        yield Tag(name, bool(match[1]), match.start(), match.end())


def prompt_opens(prompt: str | None, think: str = "think") -> bool:
    """Whether the prompt already holds the opening tag, so that the completion starts inside the thinking."""
    return prompt is not None and prompt.rstrip().endswith(f"<{think}>")


def content_end(text: str) -> int:
    """The offset after the last visible character that is not an end-of-sequence token or white space."""
    end = len(text.rstrip())
    if text.endswith(END_TOKENS, 0, end):
        stripped = True
        while stripped:
            stripped = False
            for token in END_TOKENS:
                if text.endswith(token, 0, end):
                    end -= len(token)
                    stripped = True
            while end and text[end - 1].isspace():
                end -= 1
    return end


def final_segment(text: str, think: str = "think", *, opened: bool = False) -> Final:
    """Where the answer may stand: after the last closed thinking block, or the whole text when nobody thought.

    `opened` says that the prompt already opened the thinking. A first closing tag without an opening one is read as the
    end of thinking that the prompt opened. Thinking that never closes holds no answer (`think.unclosed`); a block
    within a block (`think.nested`) or a second closing tag (`think.stray_close`), which would move the cut to where the
    policy likes it, leaves no final segment either.
    """
    if not opened and f"</{think}>" not in text and f"<{think}>" not in text:
        return Final(0)
    inside, start, seen = opened, 0, False
    for tag in scan(text, (think,)):
        if tag.closing:
            if not inside and seen:
                return Final(tag.start, "think.stray_close")
            inside, start = False, tag.end
        else:
            # A model whose prompt already opened the thinking may say the tag once more, as its first word.
            repeats_prompt = opened and not seen and not text[: tag.start].strip()
            if inside and not repeats_prompt:
                return Final(tag.start, "think.nested")
            inside = True
        seen = True
    return Final(len(text), "think.unclosed") if inside else Final(start)
