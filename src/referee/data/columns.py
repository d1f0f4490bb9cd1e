"""Which column of a row holds what, by the names that data sets in use give them.

A dotted name reaches into a nested object (`reward_model.ground_truth`, as verl writes it). The first name that a row
has wins; `--map truth=answer` on the command line puts a name of the user's choice before all others.
"""

from __future__ import annotations

from typing import Any, Final

# Most specific first: `answer` is the truth in GSM8K and MATH, so it comes after the names that say so outright.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "completion": ("completion", "completions", "response", "responses", "output", "outputs", "generation", "text"),
    "truth": (
        "truth",
        "ground_truth",
        "reward_model.ground_truth",
        "gold",
        "target",
        "reference",
        "label_answer",
        "answer",
        "solution",
    ),
    "prompt": ("prompt", "prompts", "question", "problem", "query", "input"),
    "task": ("task_id", "task", "problem_id", "question_id", "prompt_id", "extra_info.index", "uid"),
    "rollout": ("rollout_id", "id", "sample_id"),
    "tokens": ("tokens", "completion_tokens", "num_tokens", "response_length"),
    "label": ("is_correct", "label", "correct", "expected"),
}


def pick(row: dict[str, Any], name: str) -> Any:
    """The value at a dotted name, or KeyError. A column whose own name holds the dots wins."""
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split("."):
        if not isinstance(value, dict):
            raise KeyError(name)
        value = value[part]
    return value


def first(row: dict[str, Any], role: str) -> Any:
    """The value of the first column that plays `role`, or None."""
    for name in COLUMNS[role]:
        try:
            value = pick(row, name)
        except KeyError:
            continue
        if value is not None:
            return value
    return None
