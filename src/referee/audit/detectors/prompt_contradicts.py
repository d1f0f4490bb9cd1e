"""An example in the prompt that its own reference solution does not meet."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from referee.audit.families.code import names_called, tests_of
from referee.audit.finding import Detector, Found
from referee.core.types import Task
from referee.programs.suite import Suite

if TYPE_CHECKING:
    from referee.audit.items import Item
    from referee.audit.study import Study
    from referee.core.types import Verdict

MOST: Final = 20  # examples of one prompt
_SAYS = re.compile(
    r"[ \t]*(?:#[ \t]*)?(?:==|=+>|➞|->|→|\n[ \t]*(?=[-\w'\"(\[{]))[ \t]*|[ \t]+(?:should return|returns|return)[ \t]+"
)


class PromptContradicts(Detector):
    """`>>> f(1)` with the line below, `f(1) == 2`, `f(1) => 2`, `f(1) returns 2`: what can be read as two literals."""

    id = "prompt.contradicts"
    means = "An example in the prompt is not what the reference solution returns: who follows the prompt fails."
    fix = "Correct the example, or the tests where they are wrong."
    level = "warning"
    drop = False
    families = ("code",)

    def asks(self, item: Item, study: Study) -> Iterable[str]:
        return study.golds(item)[:1]

    def row(self, item: Item, judged: Mapping[str, Verdict], study: Study) -> Iterator[Found]:
        tests = tests_of(item.truth) if item.prompt and study.has_truth(item) else None
        golds = study.golds(item)
        if not isinstance(tests, Suite) or not golds or judged[golds[0]].status != "pass":
            return
        examples = [one for name in names_called(tests) if name.isidentifier() for one in _examples(item.prompt, name)]
        tasks = [Task(truth=[one], prompt=item.prompt) for one in dict.fromkeys(examples[:MOST])]
        for task, told in zip(tasks, study.judge.judge([(golds[0], task) for task in tasks]), strict=True):
            if told.verdict.reason == "code.wrong":
                yield Found(item.line, f"the prompt says {task.truth[0].removeprefix('assert ')[:160]}")


def _examples(prompt: str | None, name: str) -> Iterator[str]:
    """The examples of a prompt as assertions."""
    text = prompt or ""
    for start in re.finditer(rf"(?<![\w.]){re.escape(name)}\(", text):
        end = _closed(text, start.end())
        said = _SAYS.match(text, end) if end else None
        if not end or said is None:
            continue
        call, want = text[start.start() : end], _literal(text[said.end() :].partition("\n")[0])
        if want and _plain(call):
            yield f"assert {ast.unparse(ast.parse(call, mode='eval'))} == {want}"


def _closed(text: str, start: int) -> int:
    """Where the bracket closes that was opened before `start`; 0 where it does not within a few lines."""
    depth, quote = 1, ""
    for at in range(start, min(len(text), start + 600)):
        char = text[at]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if not depth:
                return at + 1
    return 0


def _literal(line: str) -> str:
    """The literal that is all of a line, but for a full stop or a comment."""
    for text in (line.strip(), line.partition("#")[0].strip().rstrip(".,;")):
        try:
            ast.literal_eval(text)
        except (SyntaxError, ValueError, MemoryError, RecursionError, TypeError):
            continue
        return text
    return ""


def _plain(call: str) -> bool:
    """Whether all arguments are literals."""
    try:
        node = ast.parse(call, mode="eval").body
        if not isinstance(node, ast.Call):
            return False
        for value in (*node.args, *(one.value for one in node.keywords)):
            ast.literal_eval(value)
    except (SyntaxError, ValueError, MemoryError, RecursionError, TypeError):
        return False
    return True
