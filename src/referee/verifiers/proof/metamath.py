"""The completion proves a theorem in Metamath, as our own checker follows it over a database.

## What it checks
The proof is the last fenced block of the final segment in Metamath, or the whole segment where it has no fence: labels
in order, or Metamath's compressed form, bare, between `$=` and `$.`, or behind the whole statement. Each step is
carried out on a stack: the types, the hypotheses, the variables that must be distinct, and in the end exactly the
theorem. A proof is a list of labels; nothing can be declared in it, and only what stands before the theorem can be
used.

| reason | meaning |
|---|---|
| `proof.accepted` | the last step is the theorem, and nothing is left |
| `proof.unfinished` | a step is left open (`?`), or more than the theorem is left |
| `proof.statement` | it proves, or states, something else |
| `proof.label` | a label that is not there, or stands behind the theorem, or is the theorem |
| `proof.distinct` | variables that must be distinct are not |
| `proof.error`, `proof.unreadable` | a step does not fit; it is no proof |
| `proof.forbidden` | it declares something: `$a`, `$e`, `$d` ... |

## Truth
`{"database": "set.mm", "name": "2p2e4"}`: a theorem of a database that is installed (Debian's `metamath-databases`, or
a folder in `REFEREE_METAMATH`). `{"database": TEXT, ...}`: the text of a database. With `statement` (`"|- ( 2 + 2 ) =
4"`) the theorem is a new one behind the end of the database; `hypotheses` (`{"h.1": "|- ph"}`) and `distinct`
(`[["x", "ph"]]`) are its own.

## Parameters
Where the proof stands.

## When it cannot judge
The database is not installed (`infra.library`), cannot be read or has no such theorem (`truth.database`); the truth has
none of these shapes (`truth.unreadable`).

## Known gaps
Whether a database is well formed beyond what a proof needs is not checked, nor are files that it includes read. The
first proof over `set.mm` waits some seconds until it is read.

## Sources
Megill, Wheeler, Metamath: A Computer Language for Mathematical Proofs (2019), sections 4.1 and appendix B.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from referee.core.errors import TruthError
from referee.core.jobs import Flow, MetamathJob
from referee.core.types import Rollout, Task, Verdict, failed, passed
from referee.core.verifier import Case, verifier
from referee.proofs.metamath import Asked, BadDatabase, Database, Fault, proof_of, verdict
from referee.text.channel import NoAnswer
from referee.text.fences import Fenced, program


class Params(Fenced, frozen=True, kw_only=True):
    """Only where the proof stands."""


TINY = """
$c |- wff ( -> ) $. $v p q r $. wp $f wff p $. wq $f wff q $. wr $f wff r $. wi $a wff ( p -> q ) $.
k $a |- ( p -> ( q -> p ) ) $. s $a |- ( ( p -> ( q -> r ) ) -> ( ( p -> q ) -> ( p -> r ) ) ) $.
${ min $e |- p $. maj $e |- ( p -> q ) $. mp $a |- q $. $}
${ a1i.1 $e |- p $. a1i $p |- ( q -> p ) $= wp wq wp wi a1i.1 wp wq k mp $. $} id $p |- ( p -> p ) $= ? $.
"""
IDENTITY = "( wi k s mp ) AAABZBZFAACAFABBGFBAFCAFADEE"
LATER = {"database": TINY, "name": "a1i"}
NEW = {"database": TINY, "name": "n", "statement": "|- ( q -> p )", "hypotheses": {"n.1": "|- p"}}
CASES = (
    Case(IDENTITY, {"database": TINY, "name": "id"}, "pass", reason="proof.accepted"),
    Case("wp wq wp wi a1i.1 wp wq k mp", LATER, "pass", "labels"),
    Case("$= wp wq wp wi a1i.1 wp wq k mp $.", LATER, "pass"),
    Case("a1i $p |- ( q -> p ) $= wp wq wp wi a1i.1 wp wq k mp $.", LATER, "pass", "with its statement"),
    Case("wp wq n.1 a1i", NEW, "pass", "a theorem of the task's own"),
    Case("?", LATER, "fail", "attack: a step left open", reason="proof.unfinished"),
    Case("wp wq a1i.1 a1i", LATER, "fail", "attack: the theorem by itself", reason="proof.label"),
    Case("wp id", LATER, "fail", "attack: a later theorem", reason="proof.label"),
    Case("x $a |- ( q -> p ) $. a1i $p |- ( q -> p ) $= x $.", LATER, "fail", "attack", reason="proof.forbidden"),
    Case("a1i $p |- p $= a1i.1 $.", LATER, "fail", "attack: another statement", reason="proof.statement"),
    Case("$( $) x $a |- ( q -> p ) $. x", LATER, "fail", "attack: an axiom", reason="proof.forbidden"),
    Case("a1i.1", LATER, "fail", reason="proof.statement"),
    Case("wp wq k mp", LATER, "fail", reason="proof.error"),
    Case("( k ) ABZZZ", LATER, "fail", reason="proof.unreadable"),
    Case("wp", {"database": TINY, "name": "nothing"}, "unjudged", reason="truth.database"),
    Case("wp", {"database": "$c", "name": "a"}, "unjudged", reason="truth.database"),
    Case("wp", {"name": "a"}, "unjudged", reason="truth.unreadable"),
)


@verifier
def metamath(rollout: Rollout, task: Task, params: Params) -> Flow:
    """Judge one completion."""
    database, asked = _truth(task.truth)
    found = program(rollout, task, params, "metamath")
    if isinstance(found, NoAnswer):
        return failed(found.reason.replace("code.", "proof."), **({"detail": found.detail} if found.detail else {}))
    try:
        proof = proof_of(found.text, asked.name)
    except Fault as fault:
        return failed(fault.reason, detail=str(fault), span=found.span)
    if "$" in database:
        try:
            return _verdict(*verdict(_database(database), asked, proof), found.span)
        except BadDatabase as error:
            raise TruthError(str(error), "truth.database") from error
    (outcome,) = yield (MetamathJob(database=database, proof=tuple(proof), **asked._asdict()),)
    return _verdict(outcome.stdout.decode(), outcome.detail, found.span)


def _verdict(reason: str, words: str, span: list[int]) -> Verdict:
    if reason == "proof.accepted":
        return passed(reason, span=span)
    return failed(reason, detail=words, span=span)


@lru_cache(maxsize=8)
def _database(text: str) -> Database:
    return Database(text)


def _truth(given: Any) -> tuple[str, Asked]:
    """The database, as a name or as its text, and the theorem. Raises `TruthError`."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError as error:
            raise TruthError(f"the truth is no JSON: {error}") from error
    try:
        database, name = given["database"], given["name"]
        statement = tuple(given.get("statement", "").split())
        hypotheses = tuple((label, tuple(text.split())) for label, text in given.get("hypotheses", {}).items())
        distinct = tuple(tuple(one) for one in given.get("distinct", ()))
        names = [name, *(one for some in distinct for one in some)]
        if not isinstance(database, str) or not all(isinstance(one, str) for one in names) or not name:
            raise TypeError("a name is a text")
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise TruthError(f"the truth is {{'database', 'name'}}, and what is new of the theorem: {error}") from error
    return database, Asked(name, statement, hypotheses, distinct)
