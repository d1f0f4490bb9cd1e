"""A kind of instruction: its published id, its parameters, its check, and the responses that show what it means.

```python
class Keywords(Asked, frozen=True, kw_only=True):
    keywords: list[Word]


@kind(
    "keywords:existence",
    Keywords,
    yes("The cat sat.", keywords=["cat"]),
    no("We concatenate.", "inside another word", keywords=["cat"]),
)
def existence(response: Response, asked: Keywords) -> Judged:
    '''Each keyword stands in the response as a word of its own.'''
```

The first line of the docstring is the rule, for the page of kinds. A test walks every kind and every example.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import Meta

from referee.core.errors import TruthError, nearest
from referee.core.fields import fault
from referee.instructions.response import Response, seen

Word = Annotated[str, Meta(pattern=r"\S")]
Count = Annotated[int, Meta(ge=0)]
Ordinal = Annotated[int, Meta(ge=1)]
Relation = Literal["less than", "at least"]

FAMILIES = (
    "keywords", "letters", "language", "length", "content", "lists", "combination", "edges", "count", "ratio",
    "vocabulary", "position", "nesting", "layout", "custom", "tables", "repeating",
)  # fmt: skip


class Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of a kind's parameters. What a data set leaves at None was not given."""


class Nothing(Asked, frozen=True, kw_only=True):
    """A kind without parameters."""


class Judged(NamedTuple):
    """Whether one instruction is followed, and what was found, in a sentence for people."""

    ok: bool
    found: str = ""


def kept(found: str) -> Judged:
    """The instruction is followed."""
    return Judged(ok=True, found=found)


def missed(found: str) -> Judged:
    """It is not."""
    return Judged(ok=False, found=found)


class Example(NamedTuple):
    """A response with the parameters of its instruction, and whether it follows it. `note` says what it shows."""

    text: str
    ok: bool
    note: str
    kwargs: dict[str, Any]


class Kind(NamedTuple):
    """One kind of instruction."""

    id: str
    asked: type[Asked]
    check: Callable[[Response, Any], Judged]
    examples: tuple[Example, ...]

    @property
    def rule(self) -> str:
        """What it asks for, in a sentence."""
        return (self.check.__doc__ or "").strip().split("\n\n")[0].replace("\n    ", " ")


A = TypeVar("A", bound=Asked)
_KINDS: dict[str, Kind] = {}


def yes(text: str, note: str = "", /, **kwargs: Any) -> Example:
    """A response that follows the instruction."""
    return Example(text, ok=True, note=note, kwargs=kwargs)


def no(text: str, note: str = "", /, **kwargs: Any) -> Example:
    """A response that does not."""
    return Example(text, ok=False, note=note, kwargs=kwargs)


def kind(
    name: str, asked: type[A], /, *examples: Example
) -> Callable[[Callable[[Response, A], Judged]], Callable[[Response, A], Judged]]:
    """Register a check under a published id. A check may carry several."""

    def register(check: Callable[[Response, A], Judged]) -> Callable[[Response, A], Judged]:
        _KINDS[name] = Kind(name, asked, check, examples)
        return check

    return register


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its id, in alphabetical order."""
    for family in FAMILIES:
        import_module(f"referee.instructions.{family}")
    return dict(sorted(_KINDS.items()))


def find(name: Any) -> Kind:
    """The kind of that id, or a `TruthError` that offers the nearest."""
    found = kinds().get(name) if isinstance(name, str) else None
    if found is None:
        guess = nearest(name, kinds()) if isinstance(name, str) else None
        hint = f"; did you mean '{guess}'?" if guess else ""
        raise TruthError(f"there is no instruction kind {str(name)[:60]!r}{hint}")
    return found


def parameters(of: Kind, given: Any, *, as_written: bool = False) -> Asked:
    """The typed parameters of a kind, or a `TruthError`: nothing is guessed and nothing is drawn at random.

    Texts are as a reader sees them, as responses are, unless `as_written`; a request stays, as indices count in it.
    """
    if given is not None and not isinstance(given, dict):
        raise TruthError(f"the kwargs of {of.id} must be a table; they are {type(given).__name__}")
    told = {name: _whole(value) for name, value in (given or {}).items() if value is not None}
    names = of.asked.__struct_fields__
    if strange := [name for name in told if name not in names]:
        takes = f"it takes {', '.join(names)}" if names else "it takes none"
        raise TruthError(f"{of.id} has no parameter {str(strange[0])[:60]!r}; {takes}")
    if not as_written:
        told = {name: _seen(value, index=name == "prompt_to_repeat") for name, value in told.items()}
    try:
        return msgspec.convert(told, of.asked, strict=True)
    except (msgspec.ValidationError, ValueError) as error:
        path, problem = fault(error, of.asked, told)
        raise TruthError(f"{of.id}: {path.removeprefix('.')} {problem}".replace(":  ", ": ")) from error


def _whole(value: Any) -> Any:
    """5 for 5.0: columns of integers with gaps become floats in Parquet files."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _seen(value: Any, *, index: bool = False) -> Any:
    """A text as a reader sees it; one that others count in stays as it is, unless a reader sees nothing."""
    if isinstance(value, list):
        return [_seen(member) for member in value]
    if not isinstance(value, str):
        return value
    plain = seen(value)
    return value if index and plain.strip() else plain


def related(count: int, relation: Relation, asked: int, what: str) -> Judged:
    """Whether a count is less than, or at least, what is asked for."""
    ok = count < asked if relation == "less than" else count >= asked
    return Judged(ok, f"{count:,} {what}; {relation} {asked:,} asked for")
