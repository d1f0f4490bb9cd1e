"""Lean 4 by trusted restatement: what a candidate may not say, the text that is sent, what came back.

One text holds the task's statement as a definition, then the candidate, then a theorem of the task's statement whose
proof is the candidate's constant, and the question on which axioms it rests. Both names carry a hash of the
candidate's own text, which no text can hold, so that nothing in it can speak of them or print their answer. The
permitted axioms are looked up *before* the candidate, with the statements that they must have.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, NamedTuple

from referee.core.errors import TruthError

LONGEST: Final = 200_000
AXIOMS: Final = {
    "propext": "∀ {a b : Prop}, (a ↔ b) → a = b",
    "Classical.choice": "∀ {α : Sort _}, Nonempty α → α",
    "Quot.sound": "∀ {α : Sort _} {r : α → α → Prop} {a b : α}, r a b → Quot.mk r a = Quot.mk r b",
}
_OPTIONS: Final = re.compile(
    r"set_option\s+(?:maxRecDepth\s+\d{1,6}|maxHeartbeats\s+[1-9]\d{0,6}|linter\.[\w.]+\s+\w+)\b"
)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_'.]*\Z", re.ASCII)

# By what a candidate could do with it: the words, then the reason code.
_WORDS: Final = {
    "proof.admitted": "sorry admit sorryAx stop",
    "proof.axiom": "axiom native_decide ofReduceBool ofReduceNat reduceBool reduceNat trustCompiler",
    "proof.forbidden": """
        macro macro_rules syntax declare_syntax_cat notation notation3 infix infixl infixr prefix postfix mixfix
        elab elab_rules by_elab simproc simproc_decl dsimproc run_cmd run_tac run_elab run_meta eval_expr initialize
        builtin_initialize unsafe unsafeCast implemented_by extern csimp import variable variables include omit
        universe opaque partial Lean IO Elab Meta Environment addDecl ptrEq dbg_trace command_elab term_elab tactic
    """,
}
_WORD_REASON: Final = {word: reason for reason, words in _WORDS.items() for word in words.split()}
_HASH: Final = re.compile(r"#(?:eval|exit|print|reduce|check_failure|synth|guard|guard_msgs|print_axioms)\b")
_TOKEN = re.compile(
    r"""--[^\n]*|/-|"|'(?:\\(?:x[0-9a-fA-F]{2}|u\{?[0-9a-fA-F]{1,4}\}?|[^\n])|[^\\'\n])'|[«»]|r\#*"|[A-Za-z_α-ωΑ-Ω][\w'!?.]*|\#\w+""",
    re.UNICODE,
)
_IN_COMMENT = re.compile(r"/-|-/")
_STRING = re.compile(r'(?:[^"\\]|\\.)*+"', re.DOTALL)


class Refusal(ValueError):
    """Why a script is not sent; `reason` is a code."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Statement(NamedTuple):
    """What is to be proved, and the text before it, imports and all."""

    name: str
    statement: str
    preamble: str = ""


class Answer(NamedTuple):
    """What Lean said: errors, whether something is open, the axioms (None: it did not come to that)."""

    errors: tuple[str, ...] = ()
    sorries: bool = False
    axioms: tuple[str, ...] | None = None


def truth(given: Any) -> Statement:
    """A task's truth. Raises `TruthError`."""
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError as error:
            raise TruthError(f"the truth is no JSON: {error}") from error
    if not isinstance(given, dict):
        raise TruthError('the truth is {"name", "statement", "preamble"}')
    parts = [given.get(key, "") for key in ("name", "statement", "preamble")]
    if not all(isinstance(one, str) for one in parts):
        raise TruthError("name, statement and preamble are texts")
    name, statement, preamble = parts
    if not _NAME.match(name) or not statement.strip():
        raise TruthError("a truth needs the name of the theorem and its statement", "truth.empty")
    if sum(map(len, parts)) > LONGEST:
        raise TruthError(f"a truth of more than {LONGEST:,} characters", "truth.too_long")
    return Statement(name, statement.strip(), preamble)


def words(script: str) -> list[str]:
    """The words of a script outside comments, those in strings too, which may hold code. Raises `Refusal`. Linear."""
    found: list[str] = []
    at = 0
    while match := _TOKEN.search(script, at):
        token, at = match[0], match.end()
        if token == "/-":
            at = _comment(script, at)
        elif token == '"':
            end = _STRING.match(script, at)
            if end is None:
                raise Refusal("proof.unreadable", "a string that never ends")
            if "{" in end[0]:
                raise Refusal("proof.forbidden", "a string with braces may hold code")
            found += re.findall(r"\w+", end[0])
            at = end.end()
        elif token in "«»" or (token.startswith("r") and token.endswith('"')):
            raise Refusal("proof.forbidden", f"{token} could hide what follows")
        elif not token.startswith(("--", "'")):
            found.append(token)
    return found


def _comment(script: str, at: int) -> int:
    depth = 1
    while depth:
        match = _IN_COMMENT.search(script, at)
        if match is None:
            raise Refusal("proof.unreadable", "a comment that never ends")
        depth += 1 if match[0] == "/-" else -1
        at = match.end()
    return at


def refuse(script: str) -> None:
    """Raises `Refusal` for a script that holds what no proof needs."""
    for word in words(script):
        if _HASH.match(word):
            raise Refusal("proof.forbidden", f"the command {word}")
        for part in word.split("."):
            reason = _WORD_REASON.get(part)
            if reason is not None and not (part == "tactic" and "." in word):
                raise Refusal(reason, f"the word '{part}'")
    for found in re.finditer(r"set_option\s+\S+\s+\S+", script):
        if not _OPTIONS.match(found[0]):
            raise Refusal("proof.unsafe", found[0][:80])


def without_imports(preamble: str, script: str) -> str:
    """A script that begins with imports of the preamble, without them: they are loaded."""
    known = {" ".join(line.split()) for line in preamble.split("\n") if line.startswith("import ")}
    lines = script.lstrip().split("\n")
    while lines and (" ".join(lines[0].split()) in known or not lines[0].strip()):
        del lines[0]
    return "\n".join(lines)


def body(asked: Statement, script: str) -> str:
    """A script that states the theorem, as it stands; a proof, behind the statement."""
    if re.search(rf"\b(?:theorem|lemma|def|abbrev|instance)\s+{re.escape(asked.name)}(?![\w'.])", script):
        return script
    proof = script.strip()
    proof = proof.removeprefix(":=").lstrip()
    if not re.match(r"by\b|fun\b|λ|@|⟨|\(", proof):
        proof = "by\n" + "\n".join(f"  {line}" for line in proof.split("\n"))
    return f"theorem {asked.name} : {asked.statement} := {proof}"


def stating(asked: Statement, secret: str, axioms: tuple[str, ...]) -> str:
    """The statement, and the permitted axioms with the statements that they must have."""
    known = "\n".join(f"noncomputable example : {AXIOMS[one]} := @{one}" for one in axioms if one in AXIOMS)
    return f"{known}\ndef referee_statement_{secret} : Prop := {asked.statement}\n"


def judging(asked: Statement, secret: str) -> str:
    """The restatement, and the question for its axioms."""
    proof = f"referee_proof_{secret}"
    return f"\ntheorem {proof} : referee_statement_{secret} := @{asked.name}\n#print axioms {proof}\n"


def split(preamble: str) -> tuple[str, str]:
    """The imports of a preamble, which a REPL loads once, and the rest."""
    lines = preamble.split("\n")
    count = 0
    for number, line in enumerate(lines, 1):
        if line.startswith("import "):
            count = number
    return "\n".join(lines[:count]), "\n".join(lines[count:])


def answer(reply: Any, secret: str) -> Answer:
    """A REPL's reply: every error counts, and the axioms are those of the one message that names our theorem."""
    if not isinstance(reply, dict):
        return Answer(errors=("the reply is no object",))
    messages = [one for one in reply.get("messages") or [] if isinstance(one, dict)]
    errors = [str(one.get("data", ""))[:300] for one in messages if one.get("severity") == "error"]
    if "message" in reply and "env" not in reply:
        errors.append(str(reply["message"])[:300])
    open_ends = bool(reply.get("sorries")) or any(
        "declaration uses 'sorry'" in str(one.get("data")) for one in messages
    )
    mark = f"'referee_proof_{secret}' "
    said = [str(one.get("data", "")) for one in messages if str(one.get("data", "")).startswith(mark)]
    found = _axioms(said[0].removeprefix(mark)) if len(said) == 1 else None
    return Answer(tuple(errors), open_ends, found)


def _axioms(said: str) -> tuple[str, ...] | None:
    if said.strip() == "does not depend on any axioms":
        return ()
    listed = re.fullmatch(r"depends on axioms:\s*\[([^\]]*)\]\s*", said)
    return None if listed is None else tuple(one.strip() for one in listed[1].split(",") if one.strip())
