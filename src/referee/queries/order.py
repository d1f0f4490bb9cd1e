"""The order that a query asks for: whether it does, and which of its rows may stand in any order all the same.

Rows that are equal by every term of `ORDER BY` are ties: SQL leaves their order open. To know them, the truth's query
is asked once more with its terms as further columns and without its `LIMIT`; the tie that a limit cuts through may
then give any of its rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from referee.core.errors import InfrastructureError, MissingExtra
from referee.queries.rows import Row, Rules, same_list, within

_HIDDEN = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\[[^\]]*\]|--[^\n]*|/\*(?:[^*]|\*(?!/))*\*/")
_INNER = re.compile(r"\([^()]*\)")
_ORDER = re.compile(r"\border\s+by\b", re.IGNORECASE)


class Keyed(NamedTuple):
    """A query that shows its order. `keys`: which of its columns are the terms; negative ones count from the end."""

    sql: str
    keys: tuple[int, ...]
    added: int
    offset: int
    limit: int | None


class Ordering(NamedTuple):
    """`asked`: the result is a list. `keyed`: the query that tells the ties; None where nobody can write it."""

    asked: bool
    keyed: Keyed | None = None


class Ties(NamedTuple):
    """One stretch of a result: its rows may come in any order, out of `among`."""

    size: int
    among: list[Row]


@lru_cache(maxsize=4096)
def ordering(sql: str) -> Ordering:
    """What the outermost query says about order. Raises `InfrastructureError` without sqlglot."""
    try:
        import sqlglot
        from sqlglot import exp
    except ImportError:
        raise InfrastructureError(str(MissingExtra("SQL", "sql")), "infra.extra") from None
    try:
        tree = sqlglot.parse_one(sql, dialect="sqlite")
    except (sqlglot.errors.SqlglotError, RecursionError):
        return Ordering(_says_order(sql))
    order = tree.args.get("order") if isinstance(tree, exp.Query) else None
    if order is None:
        return Ordering(asked=False)
    return Ordering(asked=True, keyed=_keyed(tree, order))


def _says_order(sql: str) -> bool:
    """The same for what sqlglot cannot read: the words stand outside of quotes, comments and brackets."""
    text, before = _HIDDEN.sub(" ", sql), ""
    while text != before:
        before, text = text, _INNER.sub(" ", text)
    return bool(_ORDER.search(text))


def _keyed(tree: Any, order: Any) -> Keyed | None:
    from sqlglot import exp

    offset, limit = _number(tree.args.get("offset"), 0), _number(tree.args.get("limit"), None)
    if offset == -1 or limit == -1:
        return None
    simple = isinstance(tree, exp.Select)
    names = [one.alias_or_name.lower() for one in tree.selects]
    keys: list[int] = []
    more: list[Any] = []
    for term in order.expressions:
        place = _place(term.this, names)
        if place is None:
            if not simple or tree.args.get("distinct"):
                return None  # the terms of these are their columns
            more.append(exp.alias_(exp.paren(_folded(term.this.copy())), f"referee_key_{len(more)}"))
        keys.append(-len(more) if place is None else place)
    keyed = tree.copy()
    keyed.set("limit", None)
    keyed.set("offset", None)
    if more:
        keyed = keyed.select(*more, append=True, copy=False)
    return Keyed(keyed.sql(dialect="sqlite"), _from_end(keys, len(more)), len(more), offset or 0, limit)


def _folded(term: Any) -> Any:
    """A term whose values are the same where its collation calls them equal."""
    from sqlglot import exp

    name = term.expression.name.lower() if isinstance(term, exp.Collate) else ""
    functions = {"nocase": "lower", "rtrim": "rtrim"}
    return exp.Anonymous(this=functions[name], expressions=[term.this]) if name in functions else term


def _from_end(keys: list[int], added: int) -> tuple[int, ...]:
    """Added columns are counted from the end, the first of them being the farthest."""
    return tuple(key if key >= 0 else -added - 1 - key for key in keys)


def _place(term: Any, names: list[str]) -> int | None:
    """The column of the result that a term names, by its number or by its name."""
    from sqlglot import exp

    if isinstance(term, exp.Literal) and not term.is_string and term.this.isdigit():
        return int(term.this) - 1
    if isinstance(term, exp.Column) and not term.table and "*" not in names and names.count(term.name.lower()) == 1:
        return names.index(term.name.lower())
    return None


def _number(clause: Any, otherwise: int | None) -> int | None:
    """The number of a LIMIT or OFFSET; -1 where it is not written as one."""
    if clause is None:
        return otherwise
    text = getattr(clause.expression, "this", None)
    return int(text) if isinstance(text, str) and text.isdigit() else -1


def ties(keyed: Keyed, rows: Sequence[Row], gold: Sequence[Row], rules: Rules) -> list[Ties] | None:
    """The stretches of the truth's result; None when the query that shows the order does not give the same rows."""
    width = len(rows[0]) - keyed.added if rows else 0
    if rows and any(key >= width for key in keyed.keys):
        return None
    end = len(rows) if keyed.limit is None else keyed.offset + keyed.limit
    found: list[Ties] = []
    at = 0
    for _, group in groupby(rows, key=lambda row: tuple(row[key] for key in keyed.keys)):
        among = [row[:width] for row in group]
        size = min(at + len(among), end) - max(at, keyed.offset)
        if size > 0:
            found.append(Ties(size, among))
        at += len(among)
    return found if fits(gold, found, rules) else None


def fits(rows: Sequence[Row], stretches: Sequence[Ties], rules: Rules) -> bool:
    """Whether rows stand in an order that the stretches allow."""
    if len(rows) != sum(one.size for one in stretches):
        return False
    at = 0
    for one in stretches:
        here = rows[at : at + one.size]
        free = len(one.among) > 1
        if not (within(here, one.among, rules) if free else same_list(here, one.among, rules)):
            return False
        at += one.size
    return True


def in_order(rows: Sequence[Row], gold: Sequence[Row], stretches: Sequence[Ties] | None, rules: Rules) -> bool:
    """Whether rows are the truth's result as a list, ties apart."""
    return same_list(rows, gold, rules) if stretches is None else fits(rows, stretches, rules)
