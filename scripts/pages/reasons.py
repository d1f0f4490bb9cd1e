"""docs/reference/reasons.md: every reason code that the source can give.

Two passes over the syntax trees: reasons handed to `passed`, `failed`, `graded`, `unjudged` and the two errors give the
statuses and the families (`answer.`, `limit.`); then every other string of one of these families is counted in.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import referee
from pages.markdown import NOTICE, code, table
from pages.verifiers import catalogue, judged
from referee.cli.words import WORDS
from referee.verifiers import ids

SOURCE = Path(referee.__file__).parent
ROOMS = (
    "core", "text", "group", "maths", "simulators", "structure", "queries", "instructions", "verifiers", "packs",
    "sandbox", "engine", "adapters",
)  # fmt: skip
SHAPE = re.compile(r"^[a-z]+(\.[a-z][a-z0-9_]*)+(?<!\.py)$")
POSITION = {"passed": 0, "failed": 0, "unjudged": 0, "graded": 1, "TruthError": 1, "InfrastructureError": 1}
STATUS = {
    "passed": "pass", "failed": "fail", "graded": "partial", "unjudged": "unjudged",
    "TruthError": "unjudged", "InfrastructureError": "unjudged",
}  # fmt: skip


def page() -> str:
    """A table: reason, meaning, statuses, who gives it, one case."""
    statuses, places, examples = _collect()
    rows = [
        (
            f"`{name}`",
            WORDS.get(name, ""),
            ", ".join(sorted(statuses[name])),
            ", ".join(sorted(places[name])),
            examples.get(name, ""),
        )
        for name in sorted(places)
    ]
    intro = (
        "The reason of a verdict is a code that never changes its meaning. Where the status column is empty, the "
        "reason is found by a helper and the verifier that asked decides the status."
    )
    head = ("reason", "in words", "status", "given in", "for example")
    return "\n\n".join([NOTICE, "# Reason codes", intro, table(head, rows)])


def _collect() -> tuple[dict[str, set[str]], dict[str, set[str]], dict[str, str]]:
    statuses: dict[str, set[str]] = defaultdict(set)
    places: dict[str, set[str]] = defaultdict(set)
    examples: dict[str, str] = {}
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for room in ROOMS for path in _files(room)}
    for path, tree in trees.items():
        for status, name in _given(tree):
            statuses[name].add(status)
            places[name].add(_where(path))
    for verifier in catalogue():
        for case, verdict in judged(verifier):
            if verdict is not None:
                statuses[verdict.reason].add(verdict.status)
                places[verdict.reason].add(f"`{verifier.id}`")
                examples.setdefault(verdict.reason, code(case.completion))
    families = {name.partition(".")[0] for name in places if SHAPE.match(name)}
    for path, tree in trees.items():
        for name in _strings(tree, families):
            places[name].add(_where(path))
    return statuses, places, examples


def _files(room: str) -> list[Path]:
    """The modules of a room; a case table beside a verifier gives no reasons of its own."""
    return sorted(path for path in (SOURCE / room).rglob("*.py") if not path.name.endswith("_cases.py"))


def _where(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    inside = parts[0] == "verifiers" and len(parts) == 3
    return f"`{'.'.join(parts[1:])}`" if inside else f"`{'/'.join(parts)}`"


def _given(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in POSITION:
            continue
        named = [word.value for word in node.keywords if word.arg == "reason"]
        for argument in named or node.args[POSITION[name] : POSITION[name] + 1]:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and SHAPE.match(argument.value):
                yield STATUS[name], argument.value


def _strings(tree: ast.AST, families: set[str]) -> Iterator[str]:
    verifiers = set(ids())
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if SHAPE.match(text) and text.partition(".")[0] in families and text not in verifiers:
            yield text
