r"""Reading LaTeX or plain-text mathematics into a tree: an own precedence parser, no `eval`, no other library.

Linear in the text, with caps on length, tokens and depth, so that no answer overflows the stack. All of the text is
read or the answer is refused with a reason. Nothing is evaluated here.

Conventions: `1/2x` is (1/2)x; `\sin 2x` takes `2x`, `\sin(x)y` only `x`; `3\frac{1}{2}` is a mixed number and
`3\frac{5}{2}` is refused; two numbers side by side are refused; `x^{2}^{3}` is refused, as TeX does.
"""

from __future__ import annotations

from referee.maths import units
from referee.maths.atoms import END, RELATIONS, Factors, Unreadable
from referee.maths.grouped import ungrouped
from referee.maths.joined import joined
from referee.maths.lex import lex
from referee.maths.tree import MAX_LEVELS, Kind, Node, negated, num, too_deep
from referee.text.numbers import MAX_LENGTH, Unread
from referee.text.rational import ONE, divided, fraction, plus, shifted

_SET_OPERATORS: dict[str, Kind] = {"cup": "union", "cap": "inter", "setminus": "minus"}
_SIGNS: dict[str, Kind] = {"-": "neg", "pm": "pm", "mp": "mp"}
_SHALLOW = MAX_LEVELS // 3  # a token adds up to two levels, its brackets not counted
_HUNDREDTH = shifted(ONE, -2)


def read(text: str) -> Node | Unread:
    """The tree of the whole text, which is plain LaTeX (see `referee.text.unicode.plain`)."""
    if len(text) > MAX_LENGTH:
        return Unread("answer.too_long", f"{len(text)} characters")
    text = text.strip()
    text = (text if text.endswith("..") else text.removesuffix(".").strip()) if text.endswith(".") else text
    text = ungrouped(text) if "," in text else text
    tokens = lex(text)
    if isinstance(tokens, Unread):
        return tokens
    if not tokens:
        return Unread("answer.empty")
    try:
        found = _Reader(text, tokens).whole()
    except Unreadable as problem:
        return Unread(problem.args[0], problem.args[1])
    if len(tokens) > _SHALLOW and too_deep(found):  # `A \\ B \\ C \\ ...` nests to the left, without brackets
        return Unread("answer.too_deep", f"more than {MAX_LEVELS} levels")
    return found


class _Reader(Factors):
    # Lists and statements

    def whole(self) -> Node:
        members = self.members()
        if self.token is not END:
            raise self.fail("cannot go on")
        return members[0] if len(members) == 1 else Node("seq", tuple(members))

    def members(self) -> list[Node]:
        """Statements between commas, semicolons, "and" and "or", up to something else."""
        found, words = [self.statement()], []
        while self.at("sep"):
            words.append(self.next().text)
            if words[-1] == "," and self.at("sep", "and", "or"):
                words[-1] = self.next().text
            found.append(self.statement())
        return joined(found, words) if words else found

    def statement(self) -> Node:
        """Sides with relations between them, or a text."""
        if self.at("text"):
            words = self.next().text.strip(" .").lower()
            if not words:
                raise self.fail("an empty text")
            return Node("text", (), words)
        sides, signs = [self.quantity()], []
        while self.at("op") and self.token.text in RELATIONS:
            signs.append(self.next().text)
            sides.append(self.quantity())
        return Node("rel", tuple(sides), " ".join(signs)) if signs else sides[0]

    def quantity(self) -> Node:
        """A side with its unit, if it has one."""
        value = self.sets()
        if not self.at_unit():
            return value
        start, stop = self.skip_statement()
        unit = units.parse(self.text[start:stop])
        if unit is None:
            raise Unreadable("read.unit", f"{self.text[start:stop][:40]!r} is not a known unit")
        return Node("unit", (value,), unit) if unit else value

    def sets(self) -> Node:
        left = self.expression()
        while self.at("op", *_SET_OPERATORS):
            kind = _SET_OPERATORS[self.next().text]
            right = self.expression()
            left = Node(kind, (*left.args, right) if left.kind == kind != "minus" else (left, right))
        return left

    # Sums and products

    def expression(self) -> Node:
        terms: list[Node] = []
        while True:
            sign = self.next().text if self.at("op", "+", "-", "pm", "mp") else "+" if not terms else ""
            if not sign:
                break
            inner = self.next().text if terms and self.at("op", "-") else ""  # 14 + -1
            term = negated(self.term()) if inner else self.term()
            terms.append(negated(term) if sign == "-" else Node(_SIGNS[sign], (term,)) if sign in _SIGNS else term)
        return terms[0] if len(terms) == 1 else Node("add", tuple(terms))

    def term(self) -> Node:
        factors = [self.factor()]
        while True:
            if self.at("op", "*", "/"):
                divides = self.next().text == "/"
                sign = self.next().text if self.at("op", "+", "-") else "+"
                factor = self.factor()
                factor = negated(factor) if sign == "-" else factor
                factors.append(Node("inv", (factor,)) if divides else factor)
            elif self.at("op", "%"):
                self.next()
                factors.append(num(_HUNDREDTH))
            elif self.starts_factor():
                factors.append(self.beside(factors))
            else:
                break
        return factors[0] if len(factors) == 1 else Node("mul", tuple(factors))

    def beside(self, factors: list[Node]) -> Node:
        """A factor without a sign of multiplication before it; a whole number and a fraction are a mixed number."""
        if self.at("num"):
            raise self.fail("two numbers side by side")
        whole = factors[-1].value if len(factors) == 1 and self.tokens[self.position - 1].kind == "num" else None
        mixed = whole is not None and whole.integer and self.at("macro", "frac", "dfrac", "tfrac", "cfrac")
        factor = self.factor()
        if not (mixed and whole) or factor.kind != "mul":
            return factor
        above, below = factor.args[0].value, factor.args[1].args[0].value
        if above is None or below is None or not (above.integer and below.integer):
            return factor
        part = divided(above, below) if below.digits != "0" else None
        size = fraction(part) if part else None
        total = plus(whole, part) if part and size is not None and 0 <= size < 1 else None
        if total is None:
            raise Unreadable("read.mixed", "a number beside a fraction that is not less than one has two readings")
        factors.clear()
        return num(total)
