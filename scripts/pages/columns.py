"""docs/reference/columns.md: which columns of a file or a data set are read, and as what."""

from __future__ import annotations

from pages.markdown import NOTICE, table
from referee.data.columns import BESIDE, COLUMNS, ROLES

INTRO = """A row is one rollout, or a prompt with a list of completions. Each column plays a role by its name; the first
name of a role that the row has, and that is not null, wins. A dotted name reaches into an object.

`referee score FILE --map truth=gt_final` names a column by hand: it is then the only one of its role, and plays no
other by itself. `--map` may be given several times. In Python, `reward_function(pack, truth="gt_final")` does the same
for the columns that a trainer passes."""


def page() -> str:
    """A table of roles and names."""
    rows = [(f"`{role}`", ROLES[role], ", ".join(f"`{name}`" for name in names)) for role, names in COLUMNS.items()]
    beside = "; ".join(
        f"`{name}` names a task only together with {' and '.join(f'`{one}`' for one in others)}, where they are there"
        for name, others in BESIDE.items()
    )
    notes = f"""## Notes

- In a column named `answer` a GSM8K solution counts by its last line, `#### 18`.
- {beside}.
- Of `messages` the last one of the assistant is the completion; the prompt is then not known.
- A `label` is only compared with the verdicts (agreement, disagreement by line); it never changes a score.
- Rows of one task form a group when they follow each other; `--group task` gathers them from the whole file."""
    return "\n\n".join([NOTICE, "# Columns", INTRO, table(("role", "what it is", "names, in order"), rows), notes])
