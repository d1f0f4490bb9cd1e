r"""The factors of a term: numbers, names, groups, functions, fractions, roots, matrices, and what is raised to them.

The upper half of the parser (lists, statements, sums, products) is `referee.maths.read`.
"""

from __future__ import annotations

from collections.abc import Callable

from referee.maths import units
from referee.maths.applied import LETTERS, applied, called
from referee.maths.lex import Token
from referee.maths.tree import Node, negated, num, sym
from referee.text.numbers import MAX_LENGTH, quick
from referee.text.rational import ONE, Number

MAX_DEPTH = 24

RELATIONS = frozenset(
    {"=", "<", ">", "<=", ">=", "!=", "~", "in", "notin", "==", ":", "->", "=>", "<=>"}
    | {"subset", "subseteq", "perp", "parallel", "cong", "propto"}
)
_CLOSING = {"(": (")", "]"), "[": ("]", ")"), "{": ("}",), "\\{": ("\\}",), "floor(": ("floor)",), "ceil(": ("ceil)",)}
_INVERSE = frozenset({"sin", "cos", "tan", "cot", "sec", "csc"})
_MATRICES = frozenset({"matrix", "pmatrix", "bmatrix", "Bmatrix", "smallmatrix", "array"})
END = Token("end-of-text", "", 0, 0)


class Unreadable(Exception):
    """Leaves the parser: (reason, detail). Never leaves the reader."""


class Factors:
    """A cursor over tokens, and everything below a product."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.tokens.append(END)
        self.position = 0
        self.depth = 0
        self.bars = 0  # open moduli: whether | closes or opens

    @property
    def token(self) -> Token:
        return self.tokens[self.position]

    def next(self) -> Token:
        token = self.tokens[self.position]
        self.position += token is not END
        return token

    def at(self, kind: str, *texts: str) -> bool:
        token = self.tokens[self.position]
        return token.kind == kind and (not texts or token.text in texts)

    def fail(self, what: str = "") -> Unreadable:
        token = self.token
        where = f"at {self.text[token.start : token.start + 20]!r}" if token is not END else "at the end"
        return Unreadable("read.syntax", f"{what + ' ' if what else ''}{where}")

    # What the upper half of the parser adds

    def members(self) -> list[Node]:
        raise NotImplementedError

    def statement(self) -> Node:
        raise NotImplementedError

    def expression(self) -> Node:
        raise NotImplementedError

    # Where things begin and end

    def at_unit(self) -> bool:
        token = self.token
        if token.kind == "letter":
            return token.text in units.UNITS and self.tokens[self.position + 1].text != "_"
        return token.kind in {"text", "unit"}

    def skip_statement(self) -> tuple[int, int]:
        """Pass over the tokens up to the end of the statement; their offsets."""
        start, level = self.token.start, 0
        stop = start
        while self.token is not END:
            token = self.token
            level += (token.kind == "open") - (token.kind == "close")
            if level < 0 or (
                not level and (token.kind in {"sep", "end"} or token.text in RELATIONS or token.text == "&")
            ):
                break
            stop = self.next().end
        return start, stop

    def starts_factor(self) -> bool:
        kind, text = self.token.kind, self.token.text
        if kind == "macro":
            return text not in {"circ", "degree", "degrees"}
        if kind == "letter":
            return not self.at_unit()
        return kind in {"num", "sym", "func", "open", "begin", "big"} or (
            kind == "op" and text == "|" and not self.bars
        )

    # Factors

    def factor(self) -> Node:
        function = self.token.kind in {"sym", "letter"} and self.token.text in LETTERS
        node, powered = self.atom(), False
        for _ in range(8):
            if self.at("op", "^"):
                self.next()
                if powered:
                    raise self.fail("two exponents")
                node = self.raised(node)
                powered = node.kind == "pow"
            elif self.at("op", "_"):
                self.next()
                node = self.lowered(node)
            elif self.at("op", "!"):
                self.next()
                node = Node("fact", (node,))
            elif self.at("op", "'") and node.kind == "sym":
                node = sym(node.text + self.next().text)
            elif self.at("macro", "circ", "degree", "degrees"):
                self.next()
                node = Node("unit", (node,), "degree")
            elif function and self.at("open", "(") and self.applicable(node):
                node, function, powered = applied(node, self.atom()), False, False
            else:
                break
        return node

    def applicable(self, node: Node) -> bool:
        """A letter that may be a function; `f^{-1}` is one, but `h^2(a + b)` is a product, as is `f(x)(x + 1)`."""
        if node.kind == "pow":
            return node.args[0].kind == "sym" and (
                node.args[0].text[0] == "f" or node.args[1] == Node("neg", (num(ONE),))
            )
        return node.kind == "sym"

    def raised(self, base: Node) -> Node:
        if self.at("macro", "circ"):
            self.next()
            return Node("unit", (base,), "degree")
        if self.at("open", "{") and self.tokens[self.position + 1].text in {"circ", "'"}:
            mark = self.tokens[self.position + 1].text
            self.position += 2
            self.close("{")
            return Node("unit", (base,), "degree") if mark == "circ" else sym(base.text + "'")
        return Node("pow", (base, self.argument()))

    def lowered(self, base: Node) -> Node:
        start = self.token.start
        self.argument()
        name = "".join(self.text[start : self.tokens[self.position - 1].end].split()).strip("{}")
        name = name.removeprefix("\\text{").removeprefix("\\mathrm{").strip("{}")
        found = self.named(base.args[0] if base.kind == "pow" else base, name)
        return Node("pow", (found, base.args[1])) if base.kind == "pow" else found

    def named(self, base: Node, name: str) -> Node:
        """A variable with its subscript, or a number with its base."""
        if base.kind == "num" and base.value is not None and base.value.integer and name.isdigit():
            digits, exponent, _ = base.value
            return base if name == "10" else Node("base", (), f"{digits}{'0' * min(exponent, MAX_LENGTH)}_{name}")
        if base.kind != "sym":
            raise self.fail("a subscript on something without a name")
        return sym(f"{base.text}_{name}")

    def argument(self, *, single_digit: bool = False) -> Node:
        r"""What follows `^`, `_` or `\frac`: a group, or one token. `\frac12` takes one digit at a time."""
        sign = ""
        if not single_digit and self.at("op", "+", "-"):
            sign = self.next().text
        if self.at("num"):
            token = self.next()
            if single_digit and len(token.text) > 1:
                self.position -= 1
                self.tokens[self.position] = token._replace(text=token.text[1:], start=token.start + 1, space=False)
                token = token._replace(text=token.text[0])
            node = self.number(token.text)
        elif self.at("op", "*") and not single_digit:
            self.next()
            node = sym("*")
        else:
            node = self.atom()
        return negated(node) if sign == "-" else node

    def number(self, text: str) -> Node:
        value = quick(text)
        if value is None:
            raise self.fail("a number")
        return num(value)

    def atom(self) -> Node:
        """One thing. The only place that recursion goes through, so the depth is capped here."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unreadable("answer.too_deep", f"more than {MAX_DEPTH} levels")
        token = self.next()
        if token.kind == "num":
            node = self.number(token.text)
        elif token.kind in {"sym", "letter"}:
            node = sym(token.text)
        elif token.kind in _ATOMS:
            node = _ATOMS[token.kind](self, token)
        elif token.kind == "op" and token.text == "|":
            self.bars += 1
            node = Node("abs", (self.expression(),))
            if not self.at("op", "|"):
                raise self.fail("an open |")
            self.next()
            self.bars -= 1
        else:
            self.position -= token is not END
            raise self.fail("something is missing")
        self.depth -= 1
        return node

    def close(self, opener: str) -> str:
        if not self.at("close", *_CLOSING[opener]):
            raise self.fail(f"an open {opener}")
        return self.next().text

    def group(self, token: Token) -> Node:
        opener, bars, self.bars = token.text, self.bars, 0
        if opener == "\\{" and self.at("close", "\\}"):
            self.next()
            self.bars = bars
            return sym("emptyset")
        variable = self.variable() if opener in {"{", "\\{"} else None
        members = self.members()
        closer = self.close(opener)
        self.bars = bars
        if variable is not None:
            return Node("such", (variable, *members))
        if opener in {"floor(", "ceil("}:
            return Node("call", tuple(members), opener[:-1])
        if opener in {"{", "\\{"}:
            return members[0] if len(members) == 1 and opener == "{" else Node("seq", tuple(members), "{}")
        if len(members) > 1:
            return Node("seq", tuple(members), opener + closer)
        if _CLOSING[opener][0] != closer:
            raise self.fail("an interval with one end")
        return members[0]

    def variable(self) -> Node | None:
        r"""The `x |` or `x \in S :` that opens a set of all x with a property; None when none stands here."""
        start = self.position
        if self.token.kind != "sym" or self.token.text in {"pi", "e", "i", "inf"}:
            return None
        after = self.tokens[start + 1]
        end = start + 1
        if after.kind == "op" and after.text == "in":
            stop = min(len(self.tokens), start + 8)
            end = next((n for n in range(start + 2, stop) if self.tokens[n].text in {"|", ":"}), 0)
        if not end or self.tokens[end].kind != "op" or self.tokens[end].text not in {"|", ":"}:
            return None
        name = sym(self.token.text)
        self.position = end + 1
        return name

    def function(self, token: Token) -> Node:
        name, lowered, raised = token.text, None, None
        for _ in range(2):
            if self.at("op", "_") and lowered is None:
                self.next()
                lowered = self.argument()
            elif self.at("op", "^") and raised is None:
                self.next()
                raised = self.argument()
        if raised is not None and name in _INVERSE and raised == Node("neg", (num(ONE),)):
            name, raised = "arc" + name, None
        if self.at("open", "(", "[", "{"):
            inside = self.atom()
            args = inside.args if inside.kind == "seq" and inside.text == "()" else (inside,)
        else:
            args = (self.run(),)
        node = called(name, (lowered, *args) if lowered is not None else args)
        return node if raised is None else Node("pow", (node, raised))

    def run(self) -> Node:
        r"""The argument of a function without brackets: `2x` in `\sin 2x \cos x`."""
        factors = [self.factor()]
        while self.starts_factor() and not self.at("func") and not self.at("num") and not self.at("big"):
            factors.append(self.factor())
        return factors[0] if len(factors) == 1 else Node("mul", tuple(factors))

    def macro(self, token: Token) -> Node:
        name = token.text
        if name.endswith("frac"):
            above = self.argument(single_digit=True)
            return Node("mul", (above, Node("inv", (self.argument(single_digit=True),))))
        if name == "sqrt":
            degree: Node | None = None
            if self.at("open", "["):
                self.next()
                degree = self.expression()
                self.close("[")
            return Node("root", (self.argument(), degree or num(Number("2"))))
        if name.endswith("binom"):
            above = self.argument(single_digit=True)
            return Node("call", (above, self.argument(single_digit=True)), "binom")
        if name in {"circ", "degree", "degrees"}:
            raise self.fail("a degree sign without a number")
        inside = self.argument()
        if name in {"mathbb", "mathcal"} and inside.kind == "sym":
            return sym(f"{name}_{inside.text}")
        return inside if name == "boldsymbol" else Node("call", (inside,), name)

    def matrix(self, token: Token) -> Node:
        if token.text not in _MATRICES and token.text != "vmatrix":
            raise Unreadable("read.command", f"the environment {token.text}")
        if token.text == "array":
            self.argument()
        rows, row = [], [self.statement()]
        while not self.at("end"):
            separator = self.next()
            if separator.text == "\\\\":
                rows.append(Node("seq", tuple(row), "row"))
                row = []
                if self.at("end"):
                    break
            elif separator.text != "&":
                raise self.fail("in a matrix")
            row.append(self.statement())
        if row:
            rows.append(Node("seq", tuple(row), "row"))
        self.next()
        matrix = Node("matrix", tuple(rows))
        return matrix if token.text != "vmatrix" else Node("call", (matrix,), "det")

    def unfinished(self, _: Token) -> Node:
        """A sum, an integral, a limit: kept as it is written up to the end of the statement, never evaluated."""
        start = self.position - 1
        self.skip_statement()
        return Node("opaque", (), " ".join(part.text for part in self.tokens[start : self.position]))


_ATOMS: dict[str, Callable[[Factors, Token], Node]] = {
    "open": Factors.group,
    "func": Factors.function,
    "macro": Factors.macro,
    "begin": Factors.matrix,
    "big": Factors.unfinished,
}
