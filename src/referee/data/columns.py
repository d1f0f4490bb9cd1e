"""Which column of a row holds what, by the names that data sets in use give them.

A dotted name reaches into a nested object (`reward_model.ground_truth`, as verl writes it). The first name that a row
has wins; a column that `--map truth=answer` names is the only one that plays its role, and plays no other by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from referee.core.errors import UnknownName, UsageError, nearest
from referee.core.types import Record
from referee.data.code_tasks import READ

# Most specific first: `answer` is the truth in GSM8K and MATH, so it comes after the names that say so outright, and
# `final_answer`, which may be what a model said, comes after `answer`.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "completion": (
        "completion",
        "completions",
        "response",
        "responses",
        "output",
        "outputs",
        "generation",
        "text",
        "messages",
    ),
    "truth": (
        "truth",
        "ground_truth",
        "reward_model.ground_truth",
        "gt",
        "gts",
        "gold",
        "gold_answer",
        "expected_answer",
        "correct_answer",
        "reference_answer",
        "target",
        "reference",
        "label_answer",
        "answer",
        "final_answer",
        "solution",
    ),
    "prompt": ("prompt", "prompts", "question", "problem", "query", "input"),
    "task": ("task_id", "task", "problem_id", "question_id", "prompt_id", "extra_info.index", "uid"),
    "rollout": ("rollout_id", "id", "sample_id"),
    "tokens": ("tokens", "completion_tokens", "num_tokens", "response_length"),
    "label": ("is_correct", "label", "correct", "expected"),
    "step": ("step", "global_step"),
}

ROLES: Final[dict[str, str]] = {
    "completion": "what the policy wrote: a text, a list of messages of which the last of the assistant counts, or a "
    "list of several completions of one prompt",
    "truth": "what is right, as plain data; the verifier's page says in which form",
    "prompt": "what the policy was asked: a text or a list of messages; rows of one prompt and truth form a group",
    "task": "name of the task; rows of one task form a group",
    "rollout": "name of the rollout, copied to the output",
    "tokens": "number of tokens sampled, for budgets in tokens",
    "label": "what the file itself says about right and wrong, only to be compared with the verdicts: true or false, "
    "and in `is_correct` and `correct` also 1 or 0",
    "step": "the training step in which the completion was sampled, kept in a ledger",
}

# An index that starts again in every source and split names a task only together with them.
BESIDE: Final[dict[str, tuple[str, ...]]] = {"extra_info.index": ("data_source", "extra_info.split")}


class Columns(Record, frozen=True, kw_only=True):
    """The names that play each role in one file. `mapped`: what the user chose, role to names."""

    mapped: dict[str, tuple[str, ...]] = {}

    @classmethod
    def of(cls, choices: Iterable[str]) -> Columns:
        """From the command line's `role=column` texts; a role given twice tries its columns in that order."""
        mapped: dict[str, tuple[str, ...]] = {}
        for choice in choices:
            role, equals, name = (part.strip() for part in choice.partition("="))
            if not (role and equals and name):
                raise UsageError(f"--map takes ROLE=COLUMN, like truth=answer; got '{choice}'")
            if role not in COLUMNS and name in COLUMNS and nearest(role, COLUMNS) != name:
                raise UsageError(f"--map takes ROLE=COLUMN, the other way round: --map {name}={role}")
            if role not in COLUMNS:
                raise UnknownName("role", role, COLUMNS, f"The roles are {', '.join(COLUMNS)}.")
            mapped[role] = (*mapped.get(role, ()), name)
        return cls(mapped=mapped)

    def names(self, role: str) -> tuple[str, ...]:
        """The columns that may play `role`, first choice first."""
        if role in self.mapped:
            return self.mapped[role]
        taken = {name for names in self.mapped.values() for name in names}
        return tuple(name for name in COLUMNS[role] if name not in taken)

    def wanted(self) -> tuple[str, ...]:
        """Every column that may play a role, or be read together with one that does."""
        names = [name for role in COLUMNS for name in self.names(role)]
        return tuple(dict.fromkeys([*names, *(name for beside in BESIDE.values() for name in beside), *READ]))

    def check(self, row: Mapping[str, Any], known: list[str] | None = None) -> None:
        """Raise `UsageError` when a mapped column, or any column of completions, is not in this row.

        `known`: the columns to name; a row may hold fewer, where a file reads only those that play a role.
        """
        known = known or existing(row)
        for role, names in self.mapped.items():
            if not any(has(row, name) for name in names):
                guess = nearest(names[0], known)
                offer = f"; did you mean '{guess}'?" if guess else "."
                raise UsageError(f"--map {role}={names[0]}: no such column{offer} The columns are {listed(known)}.")
        if not any(has(row, name) for name in self.names("completion")):
            raise UsageError(
                f"no column holds completions; the columns are {listed(known)}. "
                "Name the one that does: --map completion=COLUMN"
            )


def pick(row: Mapping[str, Any], name: str) -> Any:
    """The value at a dotted name, or KeyError. A column whose own name holds the dots wins."""
    if name in row:
        return row[name]
    value: Any = row
    for part in name.split("."):
        if not isinstance(value, Mapping):
            raise KeyError(name)
        value = value[part]
    return value


def has(row: Mapping[str, Any], name: str) -> bool:
    """Whether the row has a column at that dotted name."""
    try:
        pick(row, name)
    except KeyError:
        return False
    return True


def first(row: Mapping[str, Any], role: str) -> Any:
    """The value of the first column that plays `role`, or None."""
    for name in COLUMNS[role]:
        try:
            value = pick(row, name)
        except KeyError:
            continue
        if value is not None:
            return value
    return None


def existing(row: Mapping[str, Any]) -> list[str]:
    """The names of a row's columns; an object is listed by its members, dotted."""
    names: list[str] = []
    for name, value in row.items():
        names += [f"{name}.{member}" for member in value] if isinstance(value, dict) and value else [name]
    return names


def listed(names: list[str]) -> str:
    """The names in a sentence, the first 20 of many."""
    shown = ", ".join(names[:20]) or "none"
    return f"{shown} and {len(names) - 20} more" if len(names) > 20 else shown
