"""Assertions taken apart: what is called goes to the candidate's jail, what must come back stays here.

    assert sorted(f([2, 1])) == [1, 2]   ->   call f([2, 1]);  then: sorted, == [1, 2]

What a test prepares (`lst = [2, 1]`, `root = Node(1)`) travels with the call when the call needs it, and only then: a
variable that the right side alone uses stays out. Loops are not unrolled. A test that cannot be taken apart raises
`NotSplit`, and its whole script runs in a second jail instead.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence
from typing import Any, Final

from referee.programs.literals import NotLiteral, literal
from referee.programs.nodes import (
    MustRaise,
    SameNodes,
    bound_by,
    compared_with,
    dotted,
    has_call,
    is_function_call,
    names_in,
    same_nodes,
    says_nothing,
    shown,
    single_target,
)
from referee.programs.suite import Call, Expect, Operation, Probe, Step, Test
from referee.programs.views import FUNCTIONS, METHODS

_BUILTINS: Final = frozenset(dir(builtins))
_COMPARISONS: Final[dict[type[ast.cmpop], Operation]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_MIRRORED: Final[dict[Operation, Operation]] = {
    "==": "==", "!=": "!=", "is": "is", "is not": "is not", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
}  # fmt: skip
_SIGNS: Final[dict[type[ast.operator], str]] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}


_DECIDES: Final = (
    ast.Compare,
    ast.BoolOp,
    ast.IfExp,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


class NotSplit(Exception):
    """The test is more than a call and the value that it must return."""


class Remembered(NotSplit):
    """A call whose result nobody looks at: a later one sees what it left, and both need one process."""


class Splitter:
    """Takes the statements of one test in order; `tests` are what they ask.

    `known` are names that the trusted side gives (helpers of the prompt): a call of one is no call of the candidate.
    `own` are names that are the candidate's though Python has a builtin of that name.
    """

    def __init__(self, known: Iterable[str] = (), own: Iterable[str] = ()) -> None:
        self.tests: list[Test] = []
        self._known = set(known)
        self._builtins = _BUILTINS - set(own)
        self._prior: list[ast.stmt] = []
        self._values: dict[str, Any] = {}
        self._kept: set[str] = set()  # names that stand where expected values do: they never travel

    def take(self, statements: Sequence[ast.stmt]) -> None:
        """Read statements; raises `NotSplit` at the first that holds an assertion of another form."""
        self._kept |= {name for statement in statements for name in compared_with(statement)}
        for statement in statements:
            if isinstance(statement, ast.Assert):
                self._assertion(statement.test)
            elif isinstance(statement, MustRaise):
                self._raises(statement.names, statement.exc)
            elif any(isinstance(node, ast.Assert) for node in ast.walk(statement)):
                raise NotSplit(f"an assertion inside {type(statement).__name__.lower()}")
            elif not says_nothing(statement):
                self._prepare(statement)

    def _raises(self, names: tuple[str, ...], call: ast.expr | None) -> None:
        """The call must end with one of these exceptions."""
        if call is None or not self._is_core(call):
            raise NotSplit("no call of the candidate")
        self.tests.append(Test(shown(call), self._does(call), Expect("raises", names)))

    def _prepare(self, statement: ast.stmt) -> None:
        if isinstance(statement, ast.Expr) and self._leaves_something(statement.value):
            raise Remembered("called for what it leaves behind")
        self._prior.append(statement)
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            self._known.add(statement.name)
        if isinstance(statement, ast.Import | ast.ImportFrom):
            self._known |= {(one.asname or one.name).split(".")[0] for one in statement.names}
        target = single_target(statement)
        for name in names_in(statement):
            self._values.pop(name, None) if name == target or not target else None
        if target and isinstance(statement, ast.Assign):
            try:
                self._values[target] = literal(statement.value, self._values)
            except NotLiteral:
                for name in names_in(statement.value):  # it may have been changed by the call
                    if has_call(statement.value):
                        self._values.pop(name, None)

    def _leaves_something(self, node: ast.expr) -> bool:
        """Whether it is a call of the candidate's function that can only be there for what the program remembers."""
        if (
            not isinstance(node, ast.Call)
            or not isinstance(node.func, ast.Name)
            or not self._is_candidate(node.func.id)
        ):
            return False
        given = (*node.args, *(one.value for one in node.keywords))
        return not any(isinstance(one, ast.Name) for part in given for one in ast.walk(part))

    def _assertion(self, node: ast.expr) -> None:
        if isinstance(node, ast.Constant):
            return  # `assert True` tests nothing
        if (nodes := same_nodes(node)) and self._is_core(nodes.left):
            self._same_nodes(node, nodes)
            return
        expression, operation, wanted, extra = self._sides(node)
        core, steps = self._peel(expression)
        if not self._is_core(core):
            raise NotSplit("the call stands inside another expression")
        abs_tol, rel_tol = extra
        expect = Expect(operation, wanted, steps, abs_tol, rel_tol)
        self.tests.append(Test(shown(node), self._does(core), expect))
        self._prior.append(ast.Expr(core))  # it may have changed what the next one looks at

    def _sides(self, node: ast.expr) -> tuple[ast.expr, Operation, Any, tuple[float, float]]:
        """What is looked at, how, and the value that it is compared with; tolerances."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return node.operand, "false", None, (0.0, 0.0)
        if isinstance(node, ast.Call) and (close := self._isclose(node)):
            return close
        if not isinstance(node, ast.Compare):
            if isinstance(node, ast.BoolOp):
                raise NotSplit("several conditions in one assertion")
            return node, "true", None, (0.0, 0.0)
        if len(node.ops) != 1:
            raise NotSplit("a chain of comparisons")
        operation = _COMPARISONS[type(node.ops[0])]
        left, right = node.left, node.comparators[0]
        if not self._calls_candidate(left) and operation in _MIRRORED:
            left, right, operation = right, left, _MIRRORED[operation]
        if approximately := self._approx(right):
            if operation != "==":
                raise NotSplit("a tolerance without ==")
            return left, "isclose", *approximately
        return left, operation, self._value(right), (0.0, 0.0)

    def _isclose(self, node: ast.Call) -> tuple[ast.expr, Operation, Any, tuple[float, float]] | None:
        """`math.isclose(f(x), y)`, in either order."""
        if dotted(node.func) not in ("math.isclose", "isclose") or len(node.args) != 2:
            return None
        given = {keyword.arg: self._value(keyword.value) for keyword in node.keywords}
        tolerances = float(given.get("abs_tol", 0.0)), float(given.get("rel_tol", 1e-9))
        left, right = node.args
        if not self._calls_candidate(left):
            left, right = right, left
        return left, "isclose", self._value(right), tolerances

    def _approx(self, node: ast.expr) -> tuple[Any, tuple[float, float]] | None:
        """`pytest.approx(y)`: relative 1e-6, absolute 1e-12 unless it says otherwise."""
        if not isinstance(node, ast.Call) or dotted(node.func) not in ("pytest.approx", "approx") or not node.args:
            return None
        given = {keyword.arg: self._value(keyword.value) for keyword in node.keywords}
        rel = float(given.get("rel") or (0.0 if given.get("abs") else 1e-6))
        value = self._value(node.args[0])
        if not isinstance(value, int | float):
            raise NotSplit("a tolerance for more than a number")
        return value, (float(given.get("abs") or 1e-12), rel)

    def _peel(self, node: ast.expr) -> tuple[ast.expr, tuple[Step, ...]]:
        """The call at the core of an expression, and the steps around it, innermost first."""
        steps: list[Step] = []
        while (peeled := self._outermost(node)) is not None:
            node, step = peeled
            steps.append(step)
        return node, tuple(reversed(steps))

    def _outermost(self, node: ast.expr) -> tuple[ast.expr, Step] | None:
        if isinstance(node, ast.Call) and not node.keywords:
            function = node.func
            if isinstance(function, ast.Name) and function.id in FUNCTIONS and not self._is_candidate(function.id):
                if node.args and self._calls_candidate(node.args[0]):
                    return node.args[0], Step(function.id, tuple(self._value(one) for one in node.args[1:]))
            elif isinstance(function, ast.Attribute) and function.attr in METHODS and is_function_call(function.value):
                return function.value, Step("." + function.attr, tuple(self._value(one) for one in node.args))
        elif isinstance(node, ast.Subscript) and self._calls_candidate(node.value):
            return node.value, Step("[]", (self._index(node.slice),))
        elif isinstance(node, ast.BinOp) and (sign := _SIGNS.get(type(node.op))):
            if not self._calls_candidate(node.right):
                return node.left, Step(sign, (self._value(node.right),))
            if not self._calls_candidate(node.left):
                return node.right, Step("r" + sign, (self._value(node.left),))
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
            return node.operand, Step("not") if isinstance(node.op, ast.Not) else Step("*", (-1,))
        return None

    def _index(self, node: ast.expr) -> Any:
        if not isinstance(node, ast.Slice):
            return self._value(node)
        return slice(*[None if one is None else self._value(one) for one in (node.lower, node.upper, node.step)])

    def _value(self, node: ast.expr) -> Any:
        try:
            return literal(node, self._values)
        except NotLiteral as error:
            raise NotSplit(f"compared with something that is not a value: {error}") from None

    def _does(self, core: ast.expr) -> Call | Probe:
        """The call as plain data where it is a function with known values, else the statements that make it."""
        core = self._resolved(core)
        if isinstance(core, ast.Call) and (function := self._function(core.func)):
            try:
                args = tuple(literal(one, self._values) for one in core.args)
                kwargs = {one.arg: literal(one.value, self._values) for one in core.keywords if one.arg}
                if len(kwargs) == len(core.keywords):
                    return Call(function, args, kwargs)
            except NotLiteral:
                pass
        return self._probe(core)

    def _probe(self, core: ast.expr) -> Probe:
        """The statements that make a value: those that it depends on, and nothing of the truth."""
        needed = [*self._slice(names_in(core)), ast.Return(core)]
        for statement in needed:
            self._keep_truth_out(statement)
        return Probe("\n".join(ast.unparse(ast.fix_missing_locations(one)) for one in needed))

    def _same_nodes(self, node: ast.expr, nodes: SameNodes) -> None:
        """`is_same_list(f(...), list_node([1, 2]))`: the nodes are written as a list in the jail, and compared here."""
        wanted = list(self._value(nodes.right) or ())
        while nodes.kind == "TreeNode" and wanted and wanted[-1] is None:
            wanted.pop()
        written = ast.Call(ast.Name("_referee_written", ast.Load()), [ast.Constant(nodes.kind), nodes.left], [])
        self.tests.append(Test(shown(node), self._probe(written), Expect("==", wanted)))

    def _function(self, node: ast.expr) -> str:
        """`f`, or `Solution.f` for `Solution().f`; nothing for anything else."""
        if isinstance(node, ast.Name):
            return node.id.replace("().", ".") if self._is_candidate(node.id) else ""
        made = node.value if isinstance(node, ast.Attribute) else None
        if not isinstance(node, ast.Attribute) or not isinstance(made, ast.Call) or made.args or made.keywords:
            return ""
        owner = dotted(made.func)
        return f"{owner}.{node.attr}" if "." not in owner and self._is_candidate(owner) else ""

    def _keep_truth_out(self, statement: ast.stmt) -> None:
        """Raise `NotSplit` for a statement that may carry what the candidate should not see or decide."""
        if names_in(statement) & self._kept:
            raise NotSplit("a variable stands on both sides")
        if not self._calls_candidate(statement, follow=False):
            return
        if not isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr | ast.Return):
            raise NotSplit(f"the call stands inside {type(statement).__name__.lower()}")
        for node in ast.walk(statement):
            wraps = (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not self._is_candidate(node.func.id)
            )
            if (wraps or isinstance(node, _DECIDES)) and self._calls_candidate(node):
                raise NotSplit("the call stands inside another expression")

    def _is_core(self, node: ast.expr) -> bool:
        """Whether the expression is a call of the candidate, or something that such calls made."""
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                return self._is_candidate(node.func.id)
            if dotted(node.func) == "asyncio.run" and len(node.args) == 1:
                return self._is_core(node.args[0])
            return isinstance(node.func, ast.Attribute) and self._calls_candidate(node.func.value)
        return isinstance(node, ast.Name | ast.Attribute) and self._calls_candidate(node)

    def _resolved(self, core: ast.expr) -> ast.expr:
        """`result` as the call that it was assigned, where nothing touched it since."""
        if isinstance(core, ast.Name) and self._prior:
            last = next((one for one in reversed(self._prior) if core.id in names_in(one)), None)
            if isinstance(last, ast.Assign) and single_target(last) == core.id and isinstance(last.value, ast.Call):
                return last.value
        return core

    def _slice(self, wanted: set[str]) -> list[ast.stmt]:
        """The statements so far that the names depend on, in order."""
        made = {name for statement in self._prior for name in bound_by(statement)}
        needed, kept = wanted & made, []
        for statement in reversed(self._prior):
            bound, used = bound_by(statement), names_in(statement)
            touches = bool(used & needed) and (not bound or self._calls_candidate(statement, follow=False))
            if bound & needed or touches:
                kept.append(statement)
                needed |= used & made
        return kept[::-1]

    def _calls_candidate(self, node: ast.AST, *, follow: bool = True) -> bool:
        """Whether a call of the candidate's function or class is in there, or in what its variables were made by."""
        for one in ast.walk(node):
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and self._is_candidate(one.func.id):
                return True
        if not follow:
            return False
        return any(self._calls_candidate(one, follow=False) for one in self._slice(names_in(node)))

    def _is_candidate(self, name: str) -> bool:
        return name not in self._known and name not in self._builtins and name not in self._values
