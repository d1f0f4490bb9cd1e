"""The process that does computer algebra: questions as JSON lines on standard input, answers on standard output.

Run as a script in a fresh interpreter, never imported by the judge. Expressions arrive as trees of plain lists and
become sympy objects node by node; no text is parsed as code. Whatever runs too long is killed from outside; memory and
CPU time are capped from within.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

MEMORY = 192 * 1024 * 1024  # address space beyond what is taken when sympy is loaded
CPU_S = 2  # for one question; the deadline of the caller comes first


def limit_memory() -> None:
    """Cap the address space a little above what is in use."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 - pathlib is not loaded here
        pages = int(file.read().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def limit_cpu() -> None:
    """Cap the CPU time of the next question."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + 1 + CPU_S
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


class Builder:
    """Trees to sympy objects."""

    def __init__(self, sympy: Any, whole: set[str]) -> None:
        self.sympy = sympy
        self.whole = whole

    def symbol(self, name: str) -> Any:
        constants = {"pi": self.sympy.pi, "e": self.sympy.E, "i": self.sympy.I, "inf": self.sympy.oo}
        if name in constants:
            return constants[name]
        if name in self.whole:
            return self.sympy.Symbol(name, integer=True, positive=True)
        return self.sympy.Symbol(name, real=True)

    def of(self, node: list[Any]) -> Any:
        kind, text, value, parts = node
        sympy = self.sympy
        if kind == "num":
            return sympy.Rational(int(value[0]), int(value[1]))
        if kind == "sym":
            return self.symbol(text)
        if kind == "call" and text in {"sum", "prod", "int", "lim"}:
            return self.big(text, parts)
        args = [self.of(part) for part in parts]
        if kind == "call":
            return self.call(text, args)
        return {
            "add": sympy.Add,
            "mul": sympy.Mul,
            "neg": lambda a: -a,
            "inv": lambda a: 1 / a,
            "pow": sympy.Pow,
            "root": lambda a, n: sympy.real_root(a, n) if n.is_odd else sympy.Pow(a, 1 / n),
            "fact": sympy.factorial,
            "abs": sympy.Abs,
        }[kind](*args)

    def call(self, name: str, args: list[Any]) -> Any:
        sympy = self.sympy
        if name == "log":
            return sympy.log(args[-1]) / (sympy.log(args[0]) if len(args) == 2 else 1)
        if name == "lg":
            return sympy.log(args[0]) / sympy.log(10)
        names = {
            "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arccot": "acot", "ceil": "ceiling",
            "binom": "binomial", "max": "Max", "min": "Min", "sgn": "sign", "Re": "re", "Im": "im",
        }  # fmt: skip
        known = {"sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "coth", "floor", "gcd", "lcm"}
        if name not in known and name not in names:
            raise ValueError(name)
        return getattr(sympy, names.get(name, name))(*args)

    def big(self, name: str, parts: list[Any]) -> Any:
        body, variable, *ends = parts
        symbol = self.symbol(variable[1])
        bounds = [self.of(end) for end in ends]
        inner = self.of(body)
        if name == "lim":
            return self.sympy.Limit(inner, symbol, bounds[0], "+-" if bounds[0].is_finite else "-")
        if name == "int":
            return self.sympy.Integral(inner, (symbol, *bounds) if bounds else symbol)
        return (self.sympy.Sum if name == "sum" else self.sympy.Product)(inner, (symbol, *bounds))


def whole_names(node: list[Any]) -> set[str]:
    """The variables that count: the index of a sum and the names in its bounds, and those in factorials."""
    kind, text, _, parts = node
    found: set[str] = set().union(*(whole_names(part) for part in parts)) if parts else set()
    if kind == "call" and text in {"sum", "prod"}:
        for part in parts[1:]:
            found |= names(part)
    elif kind == "fact" or (kind == "call" and text == "binom"):
        found |= names(node)
    return found


def names(node: list[Any]) -> set[str]:
    """All names in a tree."""
    found = {node[1]} if node[0] == "sym" else set()
    return found.union(*(names(part) for part in node[3]))


def compare(left: list[Any], right: list[Any]) -> str:
    """`equal`, `different` or `undecided`."""
    import sympy

    build = Builder(sympy, whole_names(left) | whole_names(right))
    one, two = (build.of(side).doit() for side in (left, right))
    difference = one - two
    if difference == 0 or one == two:
        return "equal"
    if one.has(sympy.oo, sympy.zoo, sympy.nan) or two.has(sympy.oo, sympy.zoo, sympy.nan):
        return "undecided"
    simple = sympy.simplify(difference)
    found = True if simple == 0 else simple.equals(0)
    return {True: "equal", False: "different"}.get(found, "undecided")


def answer(line: str) -> str:
    """One question, one word; a question that breaks the algebra is undecided."""
    try:
        left, right = json.loads(line)
        return compare(left, right)
    except MemoryError:
        return "memory"
    except Exception:  # noqa: BLE001 - sympy raises many kinds; the process lives on
        return "undecided"


def say(word: str) -> None:
    """One line to the judge."""
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def main() -> None:
    """Say what is installed, then answer until the input ends."""
    try:
        import sympy
    except ImportError:
        say("missing")
        return
    sympy.simplify(sympy.Integral(sympy.Symbol("x", real=True), sympy.Symbol("x", real=True)).doit())  # warm
    limit_memory()
    say(f"ready {sympy.__version__}")
    for line in sys.stdin:
        limit_cpu()
        say(answer(line))


if __name__ == "__main__":
    main()
