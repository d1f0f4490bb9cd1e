r"""The verdicts of two published string normalisers, so that a pass@1 can be compared with a paper's.

`math-reference`: the normaliser of the MATH benchmark (Hendrycks et al. 2021, `is_equiv`): equal when the normalised
strings are; when normalising fails on either, equal when the strings are. `minerva`: the normaliser in the appendix of
Lewkowycz et al. 2022 (Minerva), as evaluation harnesses publish it, without the symbolic comparison that some add.
Both are reproduced with their faults; they are for comparison, never for a reward.
"""

from __future__ import annotations

import re
from typing import Literal

Reference = Literal["math-reference", "minerva"]

MAX_LENGTH = 1_500  # some of the published patterns are quadratic


class _Failed(Exception):
    """Where the published code raises."""


def equal(truth: str, answer: str, mode: Reference) -> bool | None:
    """Whether the published normaliser calls them equal; None when one of them is too long for it."""
    if max(len(truth), len(answer)) > MAX_LENGTH:
        return None
    if mode == "minerva":
        return minerva(truth) == minerva(answer)
    try:
        return hendrycks(truth) == hendrycks(answer)
    except _Failed:
        return truth == answer


def normalised(text: str, mode: Reference) -> str:
    """The normal form, for evidence."""
    try:
        return minerva(text) if mode == "minerva" else hendrycks(text)
    except _Failed:
        return text


# MATH

_DROPPED = ("\\left", "\\right", "^{\\circ}", "^\\circ", "\\$")
_REWRITTEN = (("\n", ""), ("\\!", ""), ("\\\\", "\\"), ("tfrac", "frac"), ("dfrac", "frac"))


def hendrycks(text: str) -> str:
    """The normal form of the MATH benchmark."""
    for old, new in _REWRITTEN:
        text = text.replace(old, new)
    for dropped in _DROPPED:
        text = text.replace(dropped, "")
    text = _without_unit(text).replace("\\%", "")
    text = text.replace(" .", " 0.").replace("{.", "{0.")
    if not text:
        return text
    if text.startswith("."):
        text = "0" + text
    left, *rest = text.split("=")
    if len(rest) == 1 and len(left) <= 2:
        text = rest[0]
    text = _braced_fractions(_braced_roots(text).replace(" ", ""))
    return _slash("\\frac{1}{2}" if text == "0.5" else text)


def _without_unit(text: str) -> str:
    parts = text.split("\\text{ ")
    if len(parts) > 2:
        raise _Failed
    return parts[0]


def _braced_roots(text: str) -> str:
    first, *rest = text.split("\\sqrt")
    if any(not part for part in rest):
        raise _Failed
    return first + "".join("\\sqrt" + (part if part[0] == "{" else f"{{{part[0]}}}{part[1:]}") for part in rest)


def _braced_fractions(text: str) -> str:
    first, *rest = text.split("\\frac")
    out = [first]
    for part in rest:
        if not part:
            raise _Failed
        if part[0] != "{":
            if len(part) < 2:
                return text
            below = part[1] if part[1] == "{" else f"{{{part[1]}}}"
            part = f"{{{part[0]}}}{below}{part[2:]}"
        out.append("\\frac" + part)
    return "".join(out)


_WHOLE = re.compile(r"0|-?[1-9][0-9]*")


def _slash(text: str) -> str:
    parts = text.split("/")
    if len(parts) != 2 or not all(_WHOLE.fullmatch(part) for part in parts):
        return text
    return f"\\frac{{{parts[0]}}}{{{parts[1]}}}"


# Minerva

_SUBSTITUTED = (
    ("an ", ""), ("a ", ""), (".$", "$"), ("\\$", ""), ("\\ ", ""), (" ", ""), ("mbox", "text"),
    (",\\text{and}", ","), ("\\text{and}", ","), ("\\text{m}", "\\text{}"),
)  # fmt: skip
_REMOVED = (
    "square", "ways", "integers", "dollars", "mph", "inches", "ft", "hours", "km", "units", "\\ldots", "sue", "points",
    "feet", "minutes", "digits", "cents", "degrees", "cm", "gm", "pounds", "meters", "meals", "edges", "students",
    "childrentickets", "multiples", "\\text{s}", "\\text{.}", "\\text{\ns}", "\\text{}^2", "\\text{}^3",
    "\\text{\n}", "\\text{}", "\\mathrm{th}", "^\\circ", "^{\\circ}", "\\;", ",\\!", "{,}", '"', "\\dots",
)  # fmt: skip
_BETWEEN_DOLLARS = re.compile(r"(.*?)(\$)(.*?)(\$)(.*)")
_UNWRAPPED = tuple(re.compile(rf"\\{name}\{{(.*?)\}}") for name in ("text", "textbf", "overline"))
_BOX = re.compile(r"\\boxed\{(.*)\}")
_BARE_FRACTION = re.compile(r"(frac)([^{])(.)")
_BARE_ROOT = re.compile(r"(sqrt)([^{])")


def minerva(text: str) -> str:
    """The normal form of the Minerva paper."""
    text = text.rsplit("=", maxsplit=1)[-1]
    for old, new in _SUBSTITUTED:
        text = text.replace(old, new)
    for removed in _REMOVED:
        text = text.replace(removed, "")
    if text.count("$") > 1:
        text = _BETWEEN_DOLLARS.sub(r"$\3$", text)
    for pattern in _UNWRAPPED:
        text = pattern.sub(r"\1", text)
    text = _BOX.sub(r"\1", text)
    text = _BARE_FRACTION.sub(r"frac{\2}{\3}", text)
    text = _BARE_ROOT.sub(r"sqrt{\2}", text).replace("$", "")
    digits = text.replace(",", "")
    return digits if digits.isdigit() else text
