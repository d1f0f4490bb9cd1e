"""docs/reference/pack-format.md: every field of a pack file, from the records that it is read into."""

from __future__ import annotations

import inspect

from pages.markdown import NOTICE, block, fields_table, first_sentence
from referee.packs import spec
from referee.packs.load import load
from referee.packs.parse import FORMATS

EXAMPLE = """name = "mine"
about = "One sentence for `referee packs`."
answer = "answer"          # pass@k counts this rule
unjudged = "mask"
clip = [-1.0, 1.1]

[[rules]]
name = "format"
weight = 0.1
parts = [
    { name = "structure", verifier = "format.think_answer", weight = 0.8 },
    { name = "thinking", verifier = "format.think_answer", weight = 0.2, params = { min_thinking = 8 } },
]

[[rules]]
name = "answer"
verifier = "math.answer"
weight = 1.0
params = { channel = "boxed", take = "only" }

[[rules]]
name = "brief"
verifier = "shape.length"
weight = 0.5
role = "penalty"
params = { maximum = 8000, cache = 2000 }
"""

RECORDS = ((spec.PackSpec, "The pack", "field"), (spec.RuleSpec, "A rule", "field"), (spec.PartSpec, "A part", "field"))

ENDS = """## What is checked

`referee packs FILE` reads a file as a run would and names the first fault with its path, like `$.rules[1].weight`:
unknown fields and verifiers (with the nearest name), parameters of the wrong kind, two rules of one name, negative or
infinite weights, a pack without rules or with gates only. On the command line `--set rules.answer.weight=0.5` changes a
field for one run. A running trainer takes a changed file at its next call (`reward_function` with a path); while the
file does not load, the last good version stays in force and a `RefereeWarning` says why."""


def page() -> str:
    """An example, then one table for each record."""
    from tomllib import loads

    load(loads(EXAMPLE))  # the example is a pack
    kinds = ", ".join(f"`{suffix}` ({kind})" for suffix, kind in FORMATS.items())
    intro = (
        f"A pack is a file: {kinds}. The ending says how it is read, and the fields are the same in all. The bundled "
        "packs are shown in [rule packs](../packs.md); copy one and give its path instead of a name."
    )
    sections = [
        f"## {title}\n\n{first_sentence(inspect.getdoc(record) or '')}\n\n{fields_table(record, head)}"
        for record, title, head in RECORDS
    ]
    return "\n\n".join([NOTICE, "# The pack file", intro, block(EXAMPLE, "toml"), *sections, ENDS])
