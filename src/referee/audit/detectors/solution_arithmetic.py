"""A step of a worked solution that does not add up."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from referee.audit.finding import Detector, Found

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict

_STEP = re.compile(r"<<([^<>=]{1,120})=([^<>=]{1,40})>>")
_NUMBER = re.compile(r"-?\d*\.?\d+")
_COLUMNS = ("answer", "solution", "reference_solution")
_ROOM = Fraction(1, 2)  # of the last digit that the result shows


class SolutionArithmetic(Detector):
    """GSM8K notes each calculation as <<48/2=24>>; a result may be rounded to the digits that it shows."""

    id = "solution.arithmetic"
    means = "A calculation in the row's own worked solution is wrong, so the truth may be too."
    fix = "Work the problem out again; correct the truth, or drop the row."
    level = "warning"
    drop = False
    families = ("math",)

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:  # noqa: ARG002
        for name in _COLUMNS:
            text = item.row.get(name)
            for step in _STEP.finditer(text) if isinstance(text, str) else ():
                if told := _wrong(step[1], step[2]):
                    yield Found(item.line, told)


def _wrong(left: str, right: str) -> str:
    """What is wrong with a step; "" where it holds, or cannot be read."""
    result = right.replace(",", "").replace("$", "").strip()
    value = _value(left.replace(",", "").replace("$", "").replace("%", "/100"))
    if value is None or not _NUMBER.fullmatch(result):
        return ""
    digits = len(result.partition(".")[2])
    if abs(value - Fraction(result)) <= _ROOM / 10**digits:
        return ""
    return f"{left}={right}, and it is {float(value):g}"


def _value(text: str) -> Fraction | None:
    """The value of a sum of numbers, exactly."""
    try:
        return _of(ast.parse(re.sub(r"(?<![\d.])0+(?=\d)", "", text.strip()), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        return None


def _of(node: ast.expr) -> Fraction:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
        return Fraction(str(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        return -_of(node.operand) if isinstance(node.op, ast.USub) else _of(node.operand)
    if isinstance(node, ast.BinOp):
        left, right = _of(node.left), _of(node.right)
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        if isinstance(node.op, ast.Div):
            return left / right
    raise ValueError("more than sums and products")
