"""Coq by trusted restatement: the truth, the text that a candidate compiles, the text that judges it, its answer.

The statement is elaborated in the judge's process before the candidate's library is required there, and never imported:
no notation, name, scope or setting of the candidate's can change what it means. Then the candidate's constant is given
to the kernel as its proof, and the kernel says on which axioms it rests.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from referee.core.errors import TruthError
from referee.proofs.sentences import Sentence, Unreadable, declares, ends_proof, sentences

# What the real numbers of the standard library rest on, and extensionality of functions.
STANDARD: Final = (
    "Coq.Logic.FunctionalExtensionality.functional_extensionality_dep",
    "Coq.Reals.ClassicalDedekindReals.sig_forall_dec",
    "Coq.Reals.ClassicalDedekindReals.sig_not_dec",
)
CLASSICAL: Final = ("Coq.Logic.Classical_Prop.classic",)
CANDIDATE: Final = "Referee.Candidate"
MARK: Final = "referee: the statement is read"
LONGEST: Final = 200_000  # characters of a truth

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_']*\Z")
_THEOREM = re.compile(r"(?:Theorem|Lemma|Fact|Remark|Corollary|Proposition|Property)\s+([A-Za-z_][\w']*)", re.ASCII)
# Sentences that say how texts are read: they are repeated; everything else of a preamble makes a library.
_AMBIENT = re.compile(r"(?:Require|From|Import|Export|Open|Close|Set|Unset|Local\s+Open|Global\s+Open|Locate|Check)\b")
_POSTULATES = re.compile(r"(?:Axioms?|Parameters?|Conjectures?|Hypothes[ie]s|Variables?)\s+([^:]*)")
_AXIOM = re.compile(r"([^ :]+)(?: *:| +is | +relies |\Z)")  # a name may hold a no-break space, which is `\s`
_UNSAFE = re.compile(r"is assumed to be|relies on|is not safe|Type hierarchy is collapsed|Theory:")


class Statement(NamedTuple):
    """What is to be proved: a name, a statement, what stands before it, steps that were taken, axioms allowed."""

    name: str
    statement: str
    preamble: str = ""
    tactics: str = ""
    axioms: tuple[str, ...] = ()


class Context(NamedTuple):
    """A preamble as both processes find it: the sentences that are repeated, and definitions that are compiled."""

    preamble: str
    library: str


class Answer(NamedTuple):
    """What the judging text printed: whether the statement was read, the axioms, or what went wrong."""

    read: bool
    checked: bool = False
    axioms: tuple[str, ...] = ()
    unsafe: tuple[str, ...] = ()


def truth(given: Any) -> Statement:
    """A task's truth. Raises `TruthError`."""
    if isinstance(given, str) and given.lstrip().startswith("{"):
        try:
            given = json.loads(given)
        except ValueError as error:
            raise TruthError(f"the truth is no JSON: {error}") from error
    if isinstance(given, dict) and isinstance(given.get("source"), str):
        given = {**_stated(given["source"], given.get("name")), **{k: v for k, v in given.items() if k != "source"}}
    if not isinstance(given, dict):
        raise TruthError('the truth is {"name", "statement", "preamble"} or {"source"}')
    texts = [given.get(key, "") for key in ("name", "statement", "preamble", "tactics")]
    axioms = given.get("axioms", ())
    listed = isinstance(axioms, list | tuple) and all(isinstance(one, str) for one in axioms)
    if not listed or not all(isinstance(one, str) for one in texts):
        raise TruthError("name, statement, preamble and tactics are texts, and axioms a list of names")
    if sum(map(len, texts)) > LONGEST:
        raise TruthError(f"a truth of more than {LONGEST:,} characters", "truth.too_long")
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for one in texts for letter in one):
        raise TruthError("the truth holds half of a character, or a NUL")
    name, statement, preamble, tactics = texts
    statement = statement.strip().removesuffix(".")
    if not _NAME.match(name) or not statement:
        raise TruthError("a truth needs the name of the theorem and its statement", "truth.empty")
    _whole(statement, "the statement")
    _whole(preamble, "the preamble")
    return Statement(name, statement, preamble, tactics, tuple(axioms))


def _whole(text: str, what: str) -> None:
    try:
        sentences(text)
    except Unreadable as error:
        raise TruthError(f"{what} holds {error}") from error


def _stated(source: str, name: str | None) -> dict[str, str]:
    """The parts of a file that ends with a theorem: what stands before it is the preamble. Raises `TruthError`."""
    try:
        script = sentences(source)
    except Unreadable as error:
        raise TruthError(f"the source holds {error}") from error
    for sentence in reversed(script):
        found = _THEOREM.match(sentence.command)
        if found is None or (name is not None and found[1] != name):
            continue
        rest = sentence.command[found.end() :]
        at = _colon(rest)
        if at < 0:
            continue
        binders, statement = rest[:at].strip(), rest[at + 1 :].strip()
        whole = f"forall {binders}, {statement}" if binders else statement
        return {"name": found[1], "statement": whole, "preamble": source[: sentence.start].strip()}
    raise TruthError("the source states no theorem")


def _colon(text: str) -> int:
    """Where the first colon outside brackets stands; -1 when there is none."""
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if letter == ":" and not depth:
            return at
    return -1


def context(preamble: str) -> Context:
    """A preamble in two parts. One that only says how texts are read needs no library."""
    parts = sentences(preamble)
    ambient = [one.text.strip() + "." for one in parts if _AMBIENT.match(one.clean)]
    if len(ambient) == len(parts):
        return Context("\n".join(ambient), "")
    return Context("\n".join([*ambient, "Require Import Referee.Statement."]), preamble)


def program(asked: Statement, script: str, parts: list[Sentence]) -> str:
    """The text that the candidate's process compiles: a whole script, or a proof put behind the statement."""
    if declares(parts, asked.name):
        return _without(asked.preamble, script, parts)
    return f"Theorem {asked.name} : {asked.statement}.\n{body(asked, script, parts)}"


def body(asked: Statement, script: str, parts: list[Sentence]) -> str:
    """A proof from its first word to `Qed.`, whatever of that the script leaves out."""
    opens = "" if parts and re.match(r"Proof\b", parts[0].command) else "Proof.\n"
    steps = f"{asked.tactics}\n" if asked.tactics else ""
    closing = "" if ends_proof(parts) else "\nQed."
    if opens or not steps:
        return f"{opens}{steps}{script}{closing}"
    return f"{script[: parts[0].end]}\n{steps}{script[parts[0].end :]}{closing}"


def _without(preamble: str, script: str, parts: list[Sentence]) -> str:
    """A script that repeats the preamble word for word, without it: its definitions stand in the library."""
    before = [" ".join(one.clean.split()) for one in sentences(preamble)]
    if before and [" ".join(one.clean.split()) for one in parts[: len(before)]] == before:
        return script[parts[len(before) - 1].end :]
    return script


def stating(asked: Statement) -> str:
    """The text that only reads the statement."""
    return f'Theorem referee_proof : {asked.statement}.\nProof.\nidtac "{MARK}".\n'


def judging(asked: Statement) -> str:
    """The text that gives the candidate's constant to the kernel as a proof of the statement."""
    return (
        f"{stating(asked)}Require {CANDIDATE}.\n"
        "Set Guard Checking.\nSet Positivity Checking.\nSet Universe Checking.\n"
        "Set Printing Width 1000000.\nSet Printing Depth 1000000.\n"
        f"exact (@{CANDIDATE}.{asked.name}).\nQed.\nPrint Assumptions referee_proof.\n"
    )


def answer(printed: str) -> Answer:
    """What the judging text printed. Only the exact form is believed: every line that names an axiom counts."""
    before, mark, rest = printed.partition(MARK + "\n")
    if not mark or before.strip():
        return Answer(read=bool(mark))
    lines = [line for line in rest.split("\n") if line.strip()]
    if lines == ["Closed under the global context"]:
        return Answer(read=True, checked=True)
    if not lines or lines[0] != "Axioms:":
        return Answer(read=True, checked=bool(lines), unsafe=tuple(lines[:3]))
    heads = [line for line in lines[1:] if not line.startswith((" ", "used in "))]  # where, behind the axiom itself
    unsafe = tuple(line for line in heads if _UNSAFE.search(line) or not _AXIOM.match(line))
    names = tuple(found[1] for line in heads if (found := _AXIOM.match(line)) and line not in unsafe)
    return Answer(read=True, checked=True, axioms=names, unsafe=unsafe)


def postulates(preamble: str) -> tuple[str, ...]:
    """The names of the axioms that a preamble lays down itself."""
    found = (_POSTULATES.match(one.command) for one in sentences(preamble))
    return tuple(f"Referee.Statement.{name}" for one in found if one for name in re.findall(r"[\w']+", one[1]))


def allowed(axiom: str, names: tuple[str, ...]) -> bool:
    """Whether an axiom, as Coq shortens its name, is one of these. A candidate's own name shows whose it is."""
    if axiom.startswith(("Candidate.", CANDIDATE)):
        return False
    return any(full == axiom or full.endswith(f".{axiom}") for full in names)
