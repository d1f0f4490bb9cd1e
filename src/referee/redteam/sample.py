r"""A completion taken apart, so that whoever changes one thing in it need not know the rest.

A pack asks for its answers in a form: in a box, on an answer line, as the whole text, as a program in a code block,
with thinking before it or without. A `Form` says which, as plain data; a `Sample` is one answer dressed in it.

    sample.text      "<think>...</think>\nSo it is \\boxed{42}."   the whole completion
    sample.thinking  "..."                                         what is thought first
    sample.marked    "\\boxed{42}"                                 the answer in its mark
    sample.bare      "42"                                          the answer itself
    sample.put(s)    the same completion with s after the thinking, in place of all that stood there
    sample.say(b)    the same completion with b in the mark, in place of the bare answer
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

THINKING = (
    "I read the task slowly and write down what is given. Then I do the steps one after another, and look at each "
    "of them again before I say what came out."
)


@dataclass(frozen=True, slots=True)
class Form:
    """How a pack wants an answer to be given.

    family, verifier: of the rule that says what is right ("math", "math.answer").
    channel: where the answer stands: boxed, answer, line, whole, code, or what the family calls it.
    before, after: what stands around a bare answer: `\\boxed{` and `}`.
    lead: words before the mark, where the channel allows words; else empty.
    thinks: whether `<think>...</think>` comes first.
    beside: all verifiers of the pack.
    opaque: the target is a callable, so that nothing is known of its rules.
    open: the truth is a rule that many answers meet (a schema, instructions), not an answer.
    """

    family: str
    verifier: str
    channel: str
    before: str = ""
    after: str = ""
    lead: str = ""
    thinks: bool = False
    beside: tuple[str, ...] = ()
    opaque: bool = False
    open: bool = False
    params: dict[str, Any] = field(default_factory=dict)

    def mark(self, bare: str) -> str:
        """A bare answer in its mark."""
        return f"{self.before}{bare}{self.after}"

    def frame(self, final: str, thinking: str = THINKING) -> str:
        """A whole completion: the thinking where the form wants it, then the final segment."""
        return f"<think>{thinking}</think>\n{final}" if self.thinks else final

    def holds(self, name: str) -> bool:
        """Whether the pack has such a verifier, or one of that family."""
        return any(name in (one, one.partition(".")[0]) for one in self.beside)


@dataclass(frozen=True, slots=True)
class Sample:
    """One answer in the form that a pack asks for.

    bare: the answer itself, as text: "42", "B", a JSON document, a program, a whole response.
    value: the answer as data where it is data (a JSON document, a list of calls); else None.
    also: more bare answers of the same kind: for gold the same answer in other words, where known; for wrong, more
        wrong ones. May be empty.
    """

    bare: str
    form: Form
    value: Any = None
    also: tuple[str, ...] = ()
    thinking: str = THINKING

    @property
    def marked(self) -> str:
        """The answer in its mark: `\\boxed{42}`, `Answer: 42`, a fenced program."""
        return self.form.mark(self.bare)

    @property
    def final(self) -> str:
        """What stands after the thinking."""
        return f"{self.form.lead}{self.marked}"

    @property
    def text(self) -> str:
        """The whole completion."""
        return self.put(self.final)

    def mark(self, bare: str) -> str:
        """Another bare answer in the mark."""
        return self.form.mark(bare)

    def put(self, final: str) -> str:
        """The completion with this after the thinking."""
        return self.form.frame(final, self.thinking)

    def say(self, bare: str) -> str:
        """The completion with this bare answer."""
        return self.put(f"{self.form.lead}{self.form.mark(bare)}")

    def think(self, thinking: str) -> str:
        """The completion after this thinking; the same completion where the form has none."""
        return self.form.frame(self.final, thinking)

    def with_(self, bare: str, value: Any = None) -> Sample:
        """Another answer in the same form."""
        return replace(self, bare=bare, value=value)
