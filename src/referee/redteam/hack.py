r"""What a hack and a rewrite are: one pure function each, one file a family, no list to edit.

    def last_of_many(task, gold, wrong, seed) -> rollouts

A **hack** makes completions that must earn no more than an honest wrong answer does. A **rewrite** makes completions
that say what gold says in another way, and must keep all that gold earns. Both get the same four arguments: the `Task`,
two `Sample`s, and a seed for whoever needs chance (`random.Random(seed)`). They yield texts, or `Rollout`s where more
than the text matters. A function that has nothing to try on a task yields nothing.

```python
@hack("A01", "the last of several boxes overrides the reasoning", on="math", channel="boxed",
      source="verl math_reward, slime, tinker-cookbook", fix="exactly one box in the final segment: take = \"only\"")
def last_of_many(task: Task, gold: Sample, wrong: Sample, seed: int) -> Made:
    yield gold.put(f"{wrong.marked} hmm {gold.marked}")
```

A file in `redteam/hacks/` or `redteam/rewrites/` is a family; its name is what `--family` asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Literal, TypeAlias

from referee.core.errors import UsageError
from referee.core.types import Rollout, Task
from referee.redteam.sample import Form, Sample

Made: TypeAlias = Iterable[str | Rollout]
Mutate: TypeAlias = Callable[[Task, Sample, Sample, int], Made]
Direction = Literal["hack", "rewrite"]


@dataclass(frozen=True, slots=True)
class Mutator:
    """A hack or a rewrite: what it does, where it applies, and what is known about it.

    id: the id of the catalogue, with a name after a point where one entry has several ("A07.superscript").
    mechanism: one line, what the trick is.
    on: families ("math") or verifiers ("code.stdio") of the rule that says what is right; empty for all.
    channel: where the answer must be read from for the trick to make sense ("boxed"); empty for all.
    beside: verifiers or families of which the pack must hold one, in any rule ("shape.repetition"); empty for none.
    thinking: whether the pack must ask for thinking (True), must not (False), or either (None).
    alone: whether combining it with others is meaningless (it is slow, or makes no text of its own).
    source: who was caught by it, or who wrote it down first.
    fix: what closes it, in one sentence.
    """

    id: str
    mechanism: str
    make: Mutate
    direction: Direction
    on: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    thinking: bool | None = None
    alone: bool = False
    source: str = ""
    fix: str = ""

    @property
    def family(self) -> str:
        """The name of its file."""
        return self.make.__module__.rpartition(".")[2]

    @property
    def name(self) -> str:
        """Its function's name, in words."""
        return getattr(self.make, "__name__", self.id).strip("_").replace("_", " ")

    def applies(self, form: Form) -> bool:
        """Whether it makes sense against what a pack asks for; a callable's own rules are not known, and stop none."""
        return (
            (not self.on or form.family in self.on or form.verifier in self.on)
            and (not self.channel or form.channel in self.channel)
            and (self.thinking is None or self.thinking == form.thinks)
            and (not self.beside or form.opaque or any(map(form.holds, self.beside)))
        )

    def __call__(self, task: Task, gold: Sample, wrong: Sample, seed: int) -> list[Rollout]:
        """The rollouts that it makes of a task, as records."""
        made = self.make(task, gold, wrong, seed)
        return [one if isinstance(one, Rollout) else Rollout(text=one) for one in made]


def hack(
    id: str,  # noqa: A002 - the word of the catalogue
    mechanism: str,
    *,
    source: str,
    fix: str,
    on: str = "",
    channel: str = "",
    beside: str = "",
    thinking: bool | None = None,
    alone: bool = False,
) -> Callable[[Mutate], Mutator]:
    """Declares a hack; lists (`on`, `channel`, `beside`) are words with spaces between. See `Mutator`."""

    def declare(make: Mutate) -> Mutator:
        return Mutator(
            id, mechanism, make, "hack", _words(on), _words(channel), _words(beside), thinking, alone, source, fix
        )

    return declare


def rewrite(
    id: str,  # noqa: A002 - the word of the catalogue
    mechanism: str,
    *,
    on: str = "",
    channel: str = "",
    beside: str = "",
    thinking: bool | None = None,
    source: str = "",
) -> Callable[[Mutate], Mutator]:
    """Declares a rewrite of gold that must keep its full pay. See `Mutator`."""

    def declare(make: Mutate) -> Mutator:
        lists = (_words(on), _words(channel), _words(beside))
        return Mutator(id, mechanism, make, "rewrite", *lists, thinking=thinking, source=source)

    return declare


@cache
def hacks() -> tuple[Mutator, ...]:
    """All hacks, in the order of their ids; imports the files of `redteam/hacks/`."""
    return _walk("hacks", "hack")


@cache
def rewrites() -> tuple[Mutator, ...]:
    """All rewrites, in the order of their ids; imports the files of `redteam/rewrites/`."""
    return _walk("rewrites", "rewrite")


def _walk(folder: str, direction: Direction) -> tuple[Mutator, ...]:
    package = import_module(f"referee.redteam.{folder}")
    found: dict[str, Mutator] = {}
    for entry in iter_modules(package.__path__):
        if entry.name.startswith("_"):
            continue
        module = import_module(f"{package.__name__}.{entry.name}")
        for one in vars(module).values():
            if not isinstance(one, Mutator) or one.make.__module__ != module.__name__:
                continue
            if one.id in found or one.direction != direction:
                raise UsageError(f"{module.__name__}: '{one.id}' is there twice, or is no {direction}")
            found[one.id] = one
    return tuple(found[id_] for id_ in sorted(found))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())
