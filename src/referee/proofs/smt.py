"""What is asked of an SMT solver: the truth, and the texts that are written from it and from the candidate's term."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from referee.core.errors import TruthError
from referee.proofs.terms import NotATerm, checked, read, sort

NAMES: Final = 100
# Runs in a jail that holds no truth but the question; what it returns is one of three words.
SOLVER: Final = """
import z3
def decide(text, resources):
    context = z3.Context()
    solver = z3.Solver(ctx=context)
    solver.set("rlimit", resources)
    solver.from_string(text)
    return str(solver.check())
"""


class Question(NamedTuple):
    """A truth, read and written again: `declared` are commands, `inside` the names that the answer may use."""

    declared: str
    premises: str
    claims: tuple[str, ...]
    answer: str
    arguments: str
    returns: str
    inside: frozenset[str]


def question(given: Any) -> Question:
    """A task's truth. Raises `TruthError`."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError as error:
            raise TruthError(f"the truth is no JSON: {error}") from error
    if not isinstance(given, dict):
        raise TruthError('the truth is {"declare", "assume", "prove"}')
    try:
        return _question(given)
    except NotATerm as error:
        raise TruthError(f"the truth holds {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise TruthError(f"the truth is not of the form {{'declare', 'assume', 'prove', 'answer'}}: {error}") from error


def _question(given: dict[str, Any]) -> Question:
    constants = {_name(name): sort(read(text)) for name, text in given.get("declare", {}).items()}
    answer = given.get("answer", {})
    name = _name(answer.get("name", "answer"))
    arguments = {_name(one): sort(read(text)) for one, text in answer.get("arguments", {}).items()}
    returns = sort(read(answer.get("sort", "Bool")))
    claims, premises = _texts(given.get("prove")), _texts(given.get("assume", []))
    if not claims or name in constants or len(constants) + len(arguments) > NAMES:
        raise ValueError("it says nothing to prove, or its names are not different")
    known = frozenset(constants)
    return Question(
        declared="".join(f"(declare-const {one} {of})\n" for one, of in constants.items()),
        premises="".join(f"(assert {checked(read(one), known)})\n" for one in premises),
        claims=tuple(checked(read(one), known | {name}) for one in claims),
        answer=name,
        arguments=" ".join(f"({one} {of})" for one, of in arguments.items()),
        returns=returns,
        inside=known | set(arguments),
    )


def _texts(given: Any) -> list[str]:
    found = [given] if isinstance(given, str) else list(given or [])
    if not all(isinstance(one, str) for one in found):
        raise TypeError("a term is a text")
    return found


def _name(given: Any) -> str:
    """A name that means nothing yet."""
    if not isinstance(given, str) or not given.isidentifier() or not given.isascii():
        raise ValueError(f"'{given!s:.40}' is no name")
    checked(["let", [[given, "true"]], given], frozenset())
    return given


def possible(asked: Question) -> str:
    """Asks whether the premises can hold at all: what follows from nothing possible is proved by everything."""
    return asked.declared + asked.premises


def refutes(asked: Question, term: str, claim: str) -> str:
    """Asks for a case in which the premises hold and the claim about the candidate's term does not."""
    given = f"(define-fun {asked.answer} ({asked.arguments}) {asked.returns} {term})\n"
    return f"{asked.declared}{given}{asked.premises}(assert (not {claim}))\n"
