"""docs/reference/instructions.md: every instruction kind, its parameters, its rule and what shows it."""

from __future__ import annotations

import json

from pages.markdown import NOTICE, code, table
from referee.core.fields import fields
from referee.instructions.kinds import Example, Kind, kinds
from referee.instructions.reference import known

INTRO = """
What [`instruct.follow`](../verifiers/instruct.follow.md) judges, by published id. The rule is that of the mode
`corrected`; a star marks the kinds that `mode = "reference"` knows, which follows the published scorer. Words and
sentences are counted as `referee.instructions.words` and `referee.instructions.sentences` say. Every example runs as a
test.
""".strip()


def page() -> str:
    """A table of kinds, then the examples of each."""
    every = list(kinds().values())
    rows = [(f"`{one.id}`{'*' if known(one.id) else ''}", _parameters(one), one.rule) for one in every]
    parts = [
        NOTICE,
        "# Instruction kinds",
        INTRO,
        table((f"{len(every)} kinds", "parameters", "rule"), rows),
        "## Examples",
    ]
    return "\n\n".join([*parts, *(_examples(one) for one in every)])


def _parameters(kind: Kind) -> str:
    return ", ".join(f"`{field.name}`" for field in fields(kind.asked))


def _examples(kind: Kind) -> str:
    rows = [
        (_shown(one), code(_given(one)) if one.kwargs else "", "yes" if one.ok else "no", one.note)
        for one in kind.examples
    ]
    return f"### `{kind.id}`\n\n{table(('response', 'kwargs', 'followed', 'note'), rows)}"


def _shown(example: Example) -> str:
    return code(example.text if len(example.text) <= 160 else f"{example.text[:160]}...")


def _given(example: Example) -> str:
    written = json.dumps(example.kwargs, ensure_ascii=False)
    return written if len(written) <= 120 else f"{written[:120]}..."
