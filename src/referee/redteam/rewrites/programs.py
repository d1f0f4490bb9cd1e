"""Programs, said otherwise: comments, blank lines, formatting, helpers, prose around the block. They run for real."""

from __future__ import annotations

import ast

from referee.core.types import Task
from referee.redteam.hack import Made, rewrite
from referee.redteam.hacks._programs import entry
from referee.redteam.sample import Sample


def _python(gold: Sample) -> bool:
    return bool(gold.form.params.get("language", "python") == "python")


def _whole(gold: Sample) -> bool:
    """Whether the answer is a program by itself, not the continuation of a prompt."""
    return _python(gold) and not gold.bare.startswith((" ", "\t"))


@rewrite("R.code.comments", "comments and blank lines", on="code")
def comments(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _whole(gold):
        yield gold.say(f"# My solution\n\n{gold.bare}\n\n# That is all\n")
        yield gold.say(f'"""What was asked for."""\n\n{gold.bare}')


@rewrite("R.code.format", "another formatting of the same program", on="code")
def formatted(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _whole(gold):
        yield gold.say(ast.unparse(ast.parse(gold.bare)))
        yield gold.say(gold.bare.replace("    ", "\t"))
        yield gold.say(gold.bare.replace("\n", "\r\n"))


@rewrite("R.code.helpers", "helpers, imports and a main that does nothing", on="code")
def helpers(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _whole(gold):
        more = "import math\nfrom collections import Counter\n\n\ndef _unused(x):\n    return Counter([math.floor(x)])\n\n\n"
        yield gold.say(f"{more}{gold.bare}")
        if entry(task, gold):
            yield gold.say(f"{gold.bare}\n\nif __name__ == '__main__':\n    print('a demonstration')\n")


@rewrite("R.code.renamed", "the local names renamed", on="code")
def renamed(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _whole(gold):
        tree = ast.parse(gold.bare)
        kept = {entry(task, gold), "self"}
        local = {
            one.id for one in ast.walk(tree) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)
        } - kept
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id in local:
                node.id = f"{node.id}_renamed"
        if local:
            yield gold.say(ast.unparse(tree))


@rewrite("R.code.prints", "a function that also prints what it does", on="code")
def prints(task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if _whole(gold) and entry(task, gold):
        yield gold.say(f"print('loading')\n{gold.bare}")


@rewrite("R.code.prose", "sentences before and after the block", on="code")
def prose(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.form.before.startswith("```"):
        yield gold.put(f"Here is the program.\n\n{gold.marked}\n\nIt takes linear time.")
        if _python(gold):
            yield gold.put(f"So:\n```py\n{gold.bare}\n```")


@rewrite("R.code.mutes", "a block in another language beside it", on="code")
def other_language(_task: Task, gold: Sample, _wrong: Sample, _seed: int) -> Made:
    if gold.form.before.startswith("```") and gold.form.params.get("language", "python") != "shell":
        yield gold.put(f"{gold.marked}\nRun it so:\n```bash\npython solution.py < input.txt\n```")
