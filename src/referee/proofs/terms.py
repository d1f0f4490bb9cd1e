"""SMT-LIB terms, read by a reader of our own: one term, of known symbols, and nothing that is a command.

What a policy writes never reaches the solver as it stands: it is read into a tree, every symbol is looked up, and the
tree is written again. The solver only ever sees texts that this module wrote.
"""

from __future__ import annotations

import re
from typing import Final

Tree = str | list["Tree"]

LONGEST: Final = 50_000  # characters
DEEPEST: Final = 150
_TOKEN = re.compile(r'[()]|\|[^|\\]*\||"(?:[^"]|"")*"|[^\s()|";]+|;[^\n]*')
_NUMBER = re.compile(r"(?:0|[1-9]\d*)(?:\.\d+)?\Z|#x[0-9a-fA-F]+\Z|#b[01]+\Z", re.ASCII)
_SYMBOL = re.compile(r"[A-Za-z~!@$%^&*_+=<>.?/-][A-Za-z0-9~!@$%^&*_+=<>.?/-]*\Z")
_BINDERS: Final = ("let", "forall", "exists")

_OPERATORS = """
true false not => and or xor = distinct ite + - * / div mod abs <= < >= > to_real to_int is_int select store
concat bvnot bvneg bvand bvor bvxor bvnand bvnor bvxnor bvadd bvsub bvmul bvudiv bvurem bvsdiv bvsrem bvsmod bvshl
bvlshr bvashr bvult bvule bvugt bvuge bvslt bvsle bvsgt bvsge bvcomp
"""
OPERATORS: Final = frozenset(_OPERATORS.split())
_INDEXED: Final = frozenset(
    ("extract", "repeat", "zero_extend", "sign_extend", "rotate_left", "rotate_right", "divisible")
)
_SORTS: Final = frozenset(("Bool", "Int", "Real"))


class NotATerm(ValueError):
    """A text that is no term; `reason` is a code."""

    def __init__(self, message: str, reason: str = "proof.unreadable") -> None:
        super().__init__(message)
        self.reason = reason


def read(text: str) -> Tree:
    """The one expression that a text holds. Raises `NotATerm`. Linear."""
    if len(text) > LONGEST:
        raise NotATerm(f"a term of more than {LONGEST:,} characters", "proof.too_long")
    found: list[Tree] = []
    stack = [found]
    at = 0
    for match in _TOKEN.finditer(text):
        if text[at : match.start()].strip():
            raise NotATerm("a bar or a quote that is never closed")
        at = match.end()
        token = match[0]
        if token == "(":
            made: list[Tree] = []
            stack[-1].append(made)
            stack.append(made)
            if len(stack) > DEEPEST:
                raise NotATerm(f"a term that is more than {DEEPEST} deep")
        elif token == ")":
            if len(stack) == 1:
                raise NotATerm("a bracket is closed that was never opened")
            stack.pop()
        elif not token.startswith(";"):
            stack[-1].append(token)
    if text[at:].strip():
        raise NotATerm("a bar or a quote that is never closed")
    if len(stack) > 1:
        raise NotATerm("a bracket is never closed")
    if len(found) != 1:
        raise NotATerm(f"{len(found)} terms where one is asked for")
    return found[0]


def checked(tree: Tree, known: frozenset[str]) -> str:
    """A term, written again, when each of its symbols is an operator, known or bound in it. Raises `NotATerm`."""
    if isinstance(tree, str):
        return _atom(tree, known)
    if not tree:
        raise NotATerm("empty brackets")
    head = tree[0]
    if head in _BINDERS:
        return _bound(tree, known)
    if isinstance(head, list):
        return f"({_indexed(head)} {' '.join(checked(one, known) for one in tree[1:])})"
    if head == "_":
        return _literal(tree)
    if len(tree) == 1:
        raise NotATerm(f"brackets around '{head[:40]}' alone", "proof.symbol")
    return f"({' '.join(checked(one, known) for one in tree)})"


def _atom(token: str, known: frozenset[str]) -> str:
    if _NUMBER.match(token) or token in OPERATORS or token in known:
        return token
    raise NotATerm(f"'{token[:40]}' is not a symbol of this task", "proof.symbol")


def _bound(tree: list[Tree], known: frozenset[str]) -> str:
    """`let`, `forall`, `exists`: their names are known inside, and hide nothing that has a meaning."""
    if len(tree) != 3 or not isinstance(tree[1], list) or not tree[1]:
        raise NotATerm(f"'{tree[0]}' needs a list and a body")
    names, parts = [], []
    for pair in tree[1]:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str):
            raise NotATerm(f"'{tree[0]}' binds names, each with one more part")
        name = pair[0]
        if not _SYMBOL.match(name) or name in OPERATORS or name in known or name in {*_BINDERS, "_", "!", "as", "par"}:
            raise NotATerm(f"'{name[:40]}' cannot be bound: it means something already", "proof.symbol")
        names.append(name)
        parts.append(f"({name} {checked(pair[1], known) if tree[0] == 'let' else sort(pair[1])})")
    return f"({tree[0]} ({' '.join(parts)}) {checked(tree[2], known | set(names))})"


def _indexed(head: list[Tree]) -> str:
    """An operator with numbers, as `(_ extract 7 0)`."""
    words = [one for one in head if isinstance(one, str)]
    whole = len(words) == len(head) >= 3 and words[0] == "_" and words[1] in _INDEXED
    if whole and all(one.isdecimal() and one.isascii() and len(one) < 6 for one in words[2:]):
        return f"({' '.join(words)})"
    raise NotATerm("an operator that is not known", "proof.symbol")


def _literal(tree: list[Tree]) -> str:
    """A number of so many bits, as `(_ bv3 8)`."""
    words = [one for one in tree if isinstance(one, str)]
    if len(words) == len(tree) == 3 and re.fullmatch(r"bv\d{1,400}", words[1]) and re.fullmatch(r"\d{1,5}", words[2]):
        return f"({' '.join(words)})"
    raise NotATerm("a literal that is not known", "proof.symbol")


def sort(tree: Tree) -> str:
    """A sort, written again: Bool, Int, Real, bit vectors, arrays of them. Raises `NotATerm`."""
    if isinstance(tree, str) and tree in _SORTS:
        return tree
    if isinstance(tree, list) and len(tree) == 3:
        if tree[0] == "Array":
            return f"(Array {sort(tree[1])} {sort(tree[2])})"
        size = tree[2]
        if tree[:2] == ["_", "BitVec"] and isinstance(size, str) and re.fullmatch(r"[1-9]\d{0,3}", size):
            return f"(_ BitVec {size})"
    raise NotATerm("a sort that is not known", "proof.symbol")
