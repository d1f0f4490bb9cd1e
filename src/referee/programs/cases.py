"""One test function of a file as plain assertions: what unittest's methods, `raises` and `parametrize` say.

self.assertEqual(f(1), 2)                    ->   assert f(1) == 2
with pytest.raises(ValueError): f(-1)        ->   `MustRaise` of f(-1)
@pytest.mark.parametrize("n", [1, 2])        ->   n = 1, and the body; n = 2, and the body
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from referee.programs.literals import NotLiteral, literal
from referee.programs.nodes import MustRaise, dotted
from referee.programs.split import NotSplit


class Unit(NamedTuple):
    """A test function, and the class that it is a method of; `case`: that is a `unittest.TestCase`."""

    function: ast.FunctionDef
    owner: ast.ClassDef | None
    case: bool

    @property
    def name(self) -> str:
        return f"{self.owner.name}.{self.function.name}" if self.owner else self.function.name


def rows(unit: Unit) -> list[dict[str, ast.expr]]:
    """The parameters with which `parametrize` runs a test: one row without any where there is none.

    Rows that cannot be read are counted, or taken for one.
    """
    found: list[dict[str, ast.expr]] = [{}]
    for decorator in unit.function.decorator_list:
        if isinstance(decorator, ast.Call) and dotted_end(decorator.func) == "parametrize":
            more = list(_rows(decorator))
            found = [{**one, **other} for one in found for other in more]
    return found


def dotted_end(node: ast.expr) -> str:
    """`raises` of `pytest.raises`."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _rows(decorator: ast.Call) -> Iterator[dict[str, ast.expr]]:
    given = {one.arg: one.value for one in decorator.keywords}
    names = decorator.args[0] if decorator.args else given.get("argnames")
    values = decorator.args[1] if len(decorator.args) > 1 else given.get("argvalues")
    keys = _keys(names)
    if not isinstance(values, ast.List | ast.Tuple):
        try:
            count = len(literal(values)) if values is not None else 1
        except (NotLiteral, TypeError):
            count = 1
        for _ in range(max(count, 1)):
            yield {"": ast.Constant(None)}
        return
    for row in values.elts:
        parts = row.elts if len(keys) > 1 and isinstance(row, ast.List | ast.Tuple) else [row]
        yield dict(zip(keys, parts, strict=True)) if len(parts) == len(keys) else {"": row}


def _keys(names: ast.expr | None) -> list[str]:
    try:
        found = literal(names) if names is not None else ""
    except NotLiteral:
        return []
    parts = found.split(",") if isinstance(found, str) else list(found)
    return [str(one).strip() for one in parts]


def assertions(unit: Unit, modules: set[str]) -> Iterator[tuple[str, list[ast.stmt]]]:
    """Title and statements of a test, one for each row of its parameters. Raises `NotSplit`."""
    function = unit.function
    marks = [
        one
        for one in function.decorator_list
        if not (isinstance(one, ast.Call) and dotted_end(one.func) == "parametrize")
    ]
    wanted = [one.arg for one in function.args.args][1 if unit.owner else 0 :]
    if marks or function.args.vararg or function.args.kwonlyargs:
        raise NotSplit("a decorator")
    before = _prepared(unit)
    every = rows(unit)
    for number, row in enumerate(every):
        if set(row) != set(wanted):
            raise NotSplit("a fixture")
        given: list[ast.stmt] = [ast.Assign([ast.Name(key, ast.Store())], value) for key, value in row.items()]
        if not all(_is_value(value) for value in row.values()):
            raise NotSplit("a parameter that is no value")
        body = [copy.deepcopy(one) for one in (*before, *given, *function.body)]
        named = [_Names(modules).visit(one) for one in body]
        lines = [line for one in named for line in _plainly(one)]
        yield (f"{unit.name}[{number}]" if row else unit.name), [ast.fix_missing_locations(one) for one in lines]


def _is_value(node: ast.expr) -> bool:
    try:
        literal(node)
    except NotLiteral:
        return False
    return True


def _prepared(unit: Unit) -> list[ast.stmt]:
    """What `setUp` and the class itself prepare."""
    before: list[ast.stmt] = []
    for one in unit.owner.body if unit.owner else []:
        if isinstance(one, ast.FunctionDef) and one.name in ("setUp", "setup_method"):
            if len(one.args.args) > 1:
                raise NotSplit("a set-up with arguments")
            before += one.body
        elif isinstance(one, ast.FunctionDef) and one.name.startswith("test"):
            continue
        elif not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)) and not isinstance(one, ast.Pass):
            raise NotSplit("a class with more than tests")
    return before


class _Names(ast.NodeTransformer):
    """`self.x` as a variable, and `solution.f` as `f`; a method of the class that is no assertion cannot be read."""

    def __init__(self, modules: set[str]) -> None:
        self.modules = modules

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id in self.modules:
            return ast.Name(node.attr, node.ctx)
        if isinstance(node.value, ast.Name) and node.value.id == "self" and not node.attr.startswith("assert"):
            return ast.Name(f"self_{node.attr}", node.ctx)
        return node


def _plainly(statement: ast.stmt) -> list[ast.stmt]:
    """A statement as assertions."""
    if isinstance(statement, ast.With):
        return [_raising(statement)]
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return [statement]
    if not isinstance(call.func.value, ast.Name) or call.func.value.id not in ("self", "pytest"):
        return [statement]
    name = call.func.attr
    if name in ("assertRaises", "raises") and len(call.args) > 1:
        return [_must_raise(call.args[0], ast.Call(call.args[1], call.args[2:], call.keywords))]
    made = _METHODS.get(name)
    if made is None:
        raise NotSplit(f"{name}")
    try:
        return [ast.Assert(made(*call.args[: _TAKES.get(name, 2)], **_tolerance(call)), None)]
    except (TypeError, NotLiteral):
        raise NotSplit(f"{name} with other arguments") from None


def _raising(statement: ast.With) -> ast.stmt:
    """`with pytest.raises(E): f(x)` and `with self.assertRaises(E): f(x)`."""
    call = statement.items[0].context_expr
    if len(statement.items) != 1 or len(statement.body) != 1 or not isinstance(call, ast.Call) or call.keywords:
        raise NotSplit("a block")
    inside = statement.body[0]
    if dotted(call.func) not in ("pytest.raises", "raises", "self.assertRaises") or len(call.args) != 1:
        raise NotSplit("a block")
    if statement.items[0].optional_vars is not None or not isinstance(inside, ast.Expr | ast.Assign):
        raise NotSplit("a block that looks at the exception")
    return _must_raise(call.args[0], inside.value)


def _must_raise(kinds: ast.expr, call: ast.expr) -> ast.stmt:
    names = [dotted(one) for one in (kinds.elts if isinstance(kinds, ast.Tuple) else [kinds])]
    if not all(names):
        raise NotSplit("an exception that is no name")
    made = MustRaise(call)
    made.names = tuple(names)
    return made


def _tolerance(call: ast.Call) -> dict[str, Any]:
    return {one.arg: literal(one.value) for one in call.keywords if one.arg not in (None, "msg")}


def _compare(operation: ast.cmpop) -> Callable[[ast.expr, ast.expr], ast.expr]:
    return lambda left, right: ast.Compare(left, [operation], [right])


def _with_none(operation: ast.cmpop) -> Callable[[ast.expr], ast.expr]:
    return lambda value: ast.Compare(value, [operation], [ast.Constant(None)])


def _almost(left: ast.expr, right: ast.expr, places: Any = 7, delta: Any = None) -> ast.expr:
    """unittest's: the difference, rounded to so many places, is 0; or it is at most `delta`."""
    if isinstance(places, ast.expr):
        places = literal(places)
    within = delta if delta is not None else 0.5 * 10.0**-places
    difference = ast.Call(ast.Name("abs", ast.Load()), [ast.BinOp(left, ast.Sub(), right)], [])
    return ast.Compare(difference, [ast.LtE()], [ast.Constant(float(within))])


_METHODS: Final[dict[str, Callable[..., ast.expr]]] = {
    **dict.fromkeys(
        ("assertEqual", "assertListEqual", "assertTupleEqual", "assertSetEqual", "assertDictEqual",
         "assertSequenceEqual", "assertMultiLineEqual"),
        _compare(ast.Eq()),
    ),
    "assertNotEqual": _compare(ast.NotEq()),
    "assertIs": _compare(ast.Is()),
    "assertIsNot": _compare(ast.IsNot()),
    "assertIn": _compare(ast.In()),
    "assertNotIn": _compare(ast.NotIn()),
    "assertLess": _compare(ast.Lt()),
    "assertLessEqual": _compare(ast.LtE()),
    "assertGreater": _compare(ast.Gt()),
    "assertGreaterEqual": _compare(ast.GtE()),
    "assertIsNone": _with_none(ast.Is()),
    "assertIsNotNone": _with_none(ast.IsNot()),
    "assertTrue": lambda value: value,
    "assertFalse": lambda value: ast.UnaryOp(ast.Not(), value),
    "assertAlmostEqual": _almost,
}  # fmt: skip
_TAKES: Final = {"assertTrue": 1, "assertFalse": 1, "assertIsNone": 1, "assertIsNotNone": 1, "assertAlmostEqual": 3}
