"""What programs that cheat have in common: the name that is called, and the examples that a policy can see."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from referee.core.types import Task
from referee.redteam.sample import Sample


class Example(NamedTuple):
    """One test as a policy might see it: the source of the arguments (or standard input), and of what is expected."""

    given: str
    expected: str


def entry(task: Task, gold: Sample) -> str:
    """The name that the tests call: `add`, `Solution.add`; empty where the program is a stream."""
    truth = task.truth if isinstance(task.truth, Mapping) else {}
    for key in ("entry_point", "fn_name"):
        if isinstance(truth.get(key), str):
            return str(truth[key])
    if "inputs" in truth or "checker" in truth:
        return ""
    try:
        body = ast.parse(gold.bare).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    names = [one.name for one in body if isinstance(one, ast.FunctionDef | ast.ClassDef)]
    return names[-1] if names else ""


def program(task: Task, gold: Sample, inside: str, before: str = "") -> str | None:
    """A program with `before` at its top and `inside` where the answer is made; None where it cannot be written.

    `inside` is the body of a function of `args`; of a stream, what `return` gives there is printed.
    """
    if gold.form.params.get("language", "python") != "python":
        return None
    name = entry(task, gold)
    lines = inside.strip("\n").split("\n")
    if not name:
        body = "".join(f"    {line}\n" for line in lines)
        return f"{before}import sys\n\n\ndef answer(*args):\n{body}\n\ngot = answer(sys.stdin.read())\nprint('' if got is None else got)\n"
    owner, _, method = name.rpartition(".")
    if owner:
        body = "".join(f"        {line}\n" for line in lines)
        return f"{before}class {owner}:\n    def {method}(self, *args, **kwargs):\n{body}"
    body = "".join(f"    {line}\n" for line in lines)
    return f"{before}def {name}(*args, **kwargs):\n{body}"


def made(task: Task, gold: Sample, *tricks: tuple[str, str]) -> Iterator[str]:
    """A completion for each pair of what is done when the program is called, and what before."""
    for inside, before in tricks:
        text = program(task, gold, inside, before)
        if text is not None:
            yield gold.say(text)


def examples(task: Task, gold: Sample) -> list[Example]:
    """The tests of a truth that are a call and a value, or an input and an output."""
    truth = task.truth
    if isinstance(truth, Mapping):
        if isinstance(truth.get("calls"), list):
            return [
                Example(repr(tuple(one["args"])), repr(one["expected"])) for one in truth["calls"] if "expected" in one
            ]
        if isinstance(truth.get("inputs"), list) and isinstance(truth.get("outputs"), list):
            return [Example(repr((i,)), repr(o)) for i, o in zip(truth["inputs"], truth["outputs"], strict=False)]
    return list(_asserted(_text(truth), entry(task, gold)))


def _text(truth: Any) -> str:
    if isinstance(truth, Mapping):
        truth = truth.get("test_list") or truth.get("test")
    if isinstance(truth, list):
        truth = "\n".join(one for one in truth if isinstance(one, str))
    return truth if isinstance(truth, str) else ""


def _asserted(source: str, name: str) -> Iterator[Example]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if (
            not isinstance(node, ast.Compare)
            or not isinstance(node.left, ast.Call)
            or not isinstance(node.ops[0], ast.Eq)
        ):
            continue
        called = node.left.func
        if isinstance(called, ast.Name) and called.id in (name, "candidate") and not node.left.keywords:
            given = ", ".join(map(ast.unparse, node.left.args))
            yield Example(f"({given},)" if given else "()", ast.unparse(node.comparators[0]))


def by_heart(task: Task, gold: Sample) -> tuple[Example, ...]:
    """The first half of the tests, where the rest expect something else; nothing otherwise."""
    found = examples(task, gold)
    seen = found[: (len(found) + 1) // 2]
    rest = {one.expected for one in found[len(seen) :]} - {one.expected for one in seen}
    return tuple(seen) if rest else ()
