r"""Sums, products, integrals and limits as trees, for computer algebra.

The reader keeps `\sum_{k=1}^{n} k` whole, as unfinished work. Here it is read: `sum`, `prod` and `int` are calls with
the body, the variable and the bounds, `lim` with the body, the variable and what it tends to. Nothing is evaluated.
"""

from __future__ import annotations

from typing import Any

from referee.core.jobs import AlgebraJob, Flow
from referee.core.types import failed, passed
from referee.maths.atoms import END, MAX_DEPTH, RELATIONS, Unreadable
from referee.maths.lex import Token
from referee.maths.read import _Reader
from referee.maths.tree import Node, num, sym, too_deep
from referee.maths.words import BIG, FUNCTIONS, MACROS, SYMBOLS
from referee.text.rational import ONE, digits_of, int_of

MAX_NODES = 400
MAX_DIGITS = 400
_OPEN, _CLOSE = (
    frozenset({"(", "[", "{", "\\{", "floor(", "ceil("}),
    frozenset({")", "]", "}", "\\}", "floor)", "ceil)"}),
)
_KINDS = frozenset({"num", "sym", "add", "mul", "neg", "inv", "pow", "root", "call", "fact", "abs"})
_KNOWN = frozenset({"sum", "prod", "int", "lim"})


def algebra_job(truth: Node, answer: Node) -> AlgebraJob | None:
    """The question whether two scalars are equal, or None when they are more than computer algebra is asked here."""
    try:
        return AlgebraJob(left=_plain(unfolded(truth)), right=_plain(unfolded(answer)))
    except Unreadable:
        return None


def by_algebra(truth: Node, answer: Node, evidence: dict[str, Any]) -> Flow | None:
    """The rest of a comparison that no tier decided: it asks computer algebra once. None when there is no question."""
    job = algebra_job(truth, answer)
    return None if job is None else _asked(job, evidence, finished=is_unfinished(truth) or not is_unfinished(answer))


def _asked(job: AlgebraJob, evidence: dict[str, Any], *, finished: bool) -> Flow:
    (outcome,) = yield (job,)
    word = outcome.stdout.decode() if outcome.status == "ok" else ""
    evidence = evidence | {"tier": "algebra"}
    if word == "equal":
        evidence["outcome"] = "equal"
        if finished:
            return passed("math.equal.algebra", **evidence)
        return failed("math.unfinished", **evidence | {"detail": "it is equal, but is not worked out"})
    if word == "different":
        return failed("math.different", **evidence | {"outcome": "different"})
    return failed("math.undecided", **evidence | {"detail": outcome.detail or "computer algebra could not tell"})


def is_unfinished(node: Node) -> bool:
    """Whether it holds a sum, an integral or the like."""
    return any(part.kind == "opaque" for part in node.walk())


def unfolded(node: Node) -> Node:
    """The tree with what was kept whole read as calls; raises `Unreadable`."""
    if node.kind == "opaque":
        return _Unfolding(node.text, [_token(text) for text in node.text.split()]).all()
    parts = tuple(unfolded(part) for part in node.args)
    for old, new in zip(node.args, parts, strict=True):
        if old.kind == "opaque" and new.kind == "add" and node.kind != "add":  # 2 \sum k + 1: how far does it reach?
            raise Unreadable("read.syntax", "a sum after unfinished work")
    return node._replace(args=parts)


def _plain(node: Node) -> list[Any]:
    if sum(1 for _ in node.walk()) > MAX_NODES or too_deep(node):
        raise Unreadable("read.size", "too large for computer algebra")
    return _listed(node)


def _listed(node: Node) -> list[Any]:
    if node.kind not in _KINDS:
        raise Unreadable("read.kind", node.kind)
    value: list[str] = []
    if node.value is not None:
        digits, exponent, below = node.value
        if len(digits) + abs(exponent) + below.bit_length() // 3 > MAX_DIGITS:
            raise Unreadable("read.size", "too large a number")
        above = int_of(digits) * 10 ** max(exponent, 0)
        value = ["-" * (above < 0) + digits_of(abs(above)), digits_of(below * 10 ** max(-exponent, 0))]
    return [node.kind, node.text, value, [_listed(part) for part in node.args]]


def _token(text: str) -> Token:
    """A token again from its text, as the reader cut it."""
    if text[0].isdigit() or (text[0] == "." and text[1:].isdigit()):
        kind = "num"
    elif text in _OPEN or text in _CLOSE:
        kind = "open" if text in _OPEN else "close"
    elif text in {",", ";"}:
        kind = "sep"
    elif text in MACROS:
        kind = "macro"
    elif text in BIG - {"inf"}:
        kind = "big"
    elif text in FUNCTIONS:
        kind = "func"
    elif text in RELATIONS or text in {"+", "-", "*", "/", "^", "_", "!", "|", "'", "%"}:
        kind = "op"
    elif text.isalpha() and (len(text) == 1 or text in SYMBOLS.values()):
        kind = "sym"
    else:
        raise Unreadable("read.word", text[:40])
    return Token(kind, text, 0, 0)


def _renamed(node: Node, old: Node, new: Node) -> Node:
    return new if node == old else node._replace(args=tuple(_renamed(part, old, new) for part in node.args))


class _Unfolding(_Reader):
    def all(self) -> Node:
        found = self.expression()
        if self.token is not END:
            raise self.fail("cannot go on")
        return found

    def atom(self) -> Node:
        if not self.at("big"):
            return super().atom()
        name = self.next().text
        if name not in _KNOWN:
            raise self.fail(name)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable("answer.too_deep", f"more than {MAX_DEPTH} levels")
        found = self.integral() if name == "int" else self.big(name)
        self.depth -= 1
        return found

    def big(self, name: str) -> Node:
        """What stands below and above a sum, a product or a limit, and its term."""
        below, above = self.bounds()
        sign = "->" if name == "lim" else "="
        if below is None or below.kind != "rel" or below.text != sign or below.args[0].kind != "sym":
            raise self.fail("bounds")
        if (above is None) != (name == "lim"):
            raise self.fail("bounds")
        variable, start = below.args
        body, bound = self.term(), variable
        if variable.text in {"i", "e"}:  # bound here, whatever it means elsewhere
            bound = sym(f"bound_{variable.text}")
            body = _renamed(body, variable, bound)
        return Node("call", (body, bound, start, *((above,) if above else ())), name)

    def bounds(self) -> tuple[Node | None, Node | None]:
        below = above = None
        for _ in range(2):
            if self.at("op", "_") and below is None:
                self.next()
                below = self.argument()
            elif self.at("op", "^") and above is None:
                self.next()
                above = self.argument()
        return below, above

    def integral(self) -> Node:
        below, above = self.bounds()
        if (below is None) != (above is None):
            raise self.fail("bounds")
        place, inside = self.differential()
        variable = self.tokens[place + 1]
        ends = (below, above) if below and above else ()
        if inside:  # \frac{dx}{x}
            one = [Token("open", "(", 0, 0), Token("num", "1", 0, 0), Token("close", ")", 0, 0)]
            self.tokens[place : place + 2] = one
            body = self.term()
        else:
            self.tokens[place] = Token("close", "d", 0, 0)
            body = num(ONE) if self.position == place else self.expression()
            if self.position != place:
                raise self.fail("before the differential")
            self.position += 2
        return Node("call", (body, Node("sym", (), variable.text), *ends), "int")

    def differential(self) -> tuple[int, bool]:
        """Where `d x` stands, and whether that is within brackets."""
        level, inside, within = 0, -1, 0  # integrals within this one take the first differentials
        for place in range(self.position, len(self.tokens) - 1):
            token, after = self.tokens[place], self.tokens[place + 1]
            level += (token.kind == "open") - (token.kind == "close")
            if level < 0:
                break
            within += token.kind == "big" and token.text == "int" and not level
            if token == Token("sym", "d", 0, 0) and after.kind == "sym":
                if not level and not within:
                    return place, False
                if not level:
                    within -= 1
                inside = place if inside < 0 else inside
        if inside < 0:
            raise self.fail("no differential")
        return inside, True
