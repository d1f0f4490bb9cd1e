"""The completion's SQL query gives the result of the truth's query, on every database of the task.

## What it checks
The query is the last fenced block of the final segment in SQL, or the whole segment where it has no fence. It runs on
SQLite, on each database of the truth, and its rows are compared with those of the truth's query: as a bag, so that a
row that comes twice must come twice; as a list where the truth's outermost query has `ORDER BY`, in which rows that
are equal by all of its terms may change places. The number of columns is compared first, their names never are.

It must be one statement that only reads. It runs in a jailed process that has the databases in memory and sees no file:
nothing can be changed, and no limit depends on the load of the machine. Functions that would give another value each
time are refused, in any disguise.

A right result that does not depend on the data is no answer: where the truth's result changes when rows are taken
away or mixed and the completion's stays what it was, it is a constant. The task's own databases may tell this already;
otherwise three variants of the first one are asked.

| reason | meaning |
|---|---|
| `sql.same` | the same result on every database |
| `sql.different`, `sql.columns`, `sql.order` | other rows, another number of columns, the right rows in another order |
| `sql.constant` | the right result, whatever the database holds |
| `sql.error` | SQLite refuses it: a table that there is not, a syntax error |
| `sql.refused`, `sql.statements` | it does more than read, or is no query; more than one statement |
| `sql.crash` | SQLite's process ended over it, twice |
| `sql.chance` | it asks for the present or for chance |
| `limit.cpu`, `limit.memory`, `limit.output` | it ran into that limit |
| `code.empty`, `code.language`, `code.too_long`, `answer.*`, `think.*` | it holds no query, or too many |

## Truth
`{"sql": "SELECT ...", "databases": ["geography.sqlite"]}`. `sql` may be a list of queries, any of which is right. A
database is the path of a file, `{"path": ..., "sha256": ...}`, which holds it to a content, or `{"script": "CREATE
TABLE ..."}`. With several databases of the same tables a constant earns nothing.

## Parameters
How rows, columns, types and numbers compare, what a truth without rows is worth, the limits, where files lie, and where
the query stands.

## When it cannot judge
The truth has another shape (`truth.unreadable`), a database cannot be opened (`truth.database`), the truth's own query
fails or passes a limit (`truth.sql`), gives no row on any database while `empty = "refuse"` (`truth.empty`). There
is no jail (`infra.no_sandbox`).

## Known gaps
SQLite's dialect only. A query that is right on these databases and wrong on others passes: bring several. Databases of
more than 512 MB are not opened, of more than 32 MB not varied. A `LIMIT` without `ORDER BY` is compared as it falls.

## Sources
Spider (Yu et al. 2018, arXiv 1809.08887), test-suite accuracy (Zhong et al. 2020, arXiv 2010.02840), BIRD (Li et al.
2023, arXiv 2305.03111).
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Annotated, Any, Final, Literal, NamedTuple

from msgspec import Meta

from referee.core.errors import TruthError
from referee.core.jobs import Database, Flow, Limits, Outcome, QueryJob
from referee.core.types import Rollout, Task, failed, passed
from referee.core.verifier import Case, verifier
from referee.queries.order import Ordering, in_order, ordering, ties
from referee.queries.rows import Row, Rules, column_orders, same_bag
from referee.queries.truth import Expected, expected
from referee.text.channel import NoAnswer
from referee.text.fences import Fenced, Program, program

VARIANTS: Final = ("even", "odd", "turned")
SHOWN: Final = 200
Asked = Generator[tuple[QueryJob, ...], tuple[Outcome, ...], Any]


class Params(Fenced, frozen=True, kw_only=True):
    """order: as the truth's query asks ("gold"), or always as a "list" or a "bag".
    columns: whether columns are compared by "position" or may stand in "any" order.
    types: whether text is never a number ("sql") or is the number that it spells ("loose").
    abs_tol: how far a number may lie from the expected one, where one of the two is a float.
    rel_tol: the same, as a share of the larger; the default forgives the rounding of sums only.
    empty: whether a truth without any row is judged ("judge") or refused as too weak a label ("refuse").
    constants: whether a result that does not depend on the data is refused ("refuse") or accepted ("accept").
    cpu_s: seconds of processor time that one query may use.
    memory_mb: memory that one query may use.
    rows: how many rows a result may have.
    folder: where databases with a relative path lie; empty is the current directory.
    """

    order: Literal["gold", "list", "bag"] = "gold"
    columns: Literal["position", "any"] = "position"
    types: Literal["sql", "loose"] = "sql"
    abs_tol: Annotated[float, Meta(ge=0)] = 0.0
    rel_tol: Annotated[float, Meta(ge=0)] = 1e-9
    empty: Literal["judge", "refuse"] = "judge"
    constants: Literal["refuse", "accept"] = "refuse"
    cpu_s: Annotated[float, Meta(gt=0, le=600)] = 1.0
    memory_mb: Annotated[int, Meta(ge=1, le=4096)] = 256
    rows: Annotated[int, Meta(ge=1, le=1_000_000)] = 100_000
    folder: str = ""

    def job(self, database: Database, sql: str, variant: str = "", *, keep: bool = False) -> QueryJob:
        """One question; those of the truth are kept."""
        limits = Limits(cpu_s=self.cpu_s, memory_mb=self.memory_mb)
        return QueryJob(database=database, sql=sql, variant=variant, keep=keep, rows=self.rows, limits=limits)

    def rules(self) -> Rules:
        return Rules(self.types, self.abs_tol, self.rel_tol)


class Gold(NamedTuple):
    """The truth's result on one database."""

    rows: list[Row]
    width: int
    tables: frozenset[str]
    digest: str


class Miss(NamedTuple):
    """Why a result is not the truth's."""

    reason: str
    evidence: dict[str, Any]


TABLE = "CREATE TABLE town(name TEXT, land TEXT, people INT); INSERT INTO town VALUES"
GERMAN = "('Ulm', 'de', 126000), ('Bonn', 'de', 336000)"
TOWNS = {"script": f"{TABLE} {GERMAN}, ('Lyon', 'fr', 522000), ('Metz', 'fr', 126000), ('Nice', 'fr', 342000)"}
EMPTY_LAND = {"script": f"{TABLE} ('Graz', 'at', 302000)"}
ENDLESS = "WITH t(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM t) SELECT count(*) FROM t"
PRESENT = "SELECT count(*) FROM town WHERE date('n' || 'ow') > '2000'"
FENCED = "Here:\n```sql\nSELECT t.name AS city FROM town t WHERE t.land IN ('fr') ORDER BY 1 DESC;\n```"
TWICE = "SELECT name FROM town WHERE land='fr' UNION ALL SELECT 'Lyon'"
FRENCH = {"sql": "SELECT name FROM town WHERE land = 'fr'", "databases": [TOWNS]}
SIZES = {"sql": "SELECT name, people FROM town ORDER BY people", "databases": [TOWNS]}
LARGEST = {"sql": "SELECT name FROM town ORDER BY people DESC LIMIT 1", "databases": [TOWNS]}
SMALLEST = {"sql": "SELECT name FROM town ORDER BY people LIMIT 1", "databases": [TOWNS]}
COUNT = {"sql": "SELECT count(*) FROM town", "databases": [TOWNS]}
MEAN = {"sql": "SELECT avg(people) FROM town", "databases": [TOWNS]}
NONE = {"sql": "SELECT name FROM town WHERE land = 'it'", "databases": [TOWNS]}
CASES = (
    Case("SELECT name FROM town WHERE land = 'fr'", FRENCH, "pass", reason="sql.same"),
    Case(FENCED, FRENCH, "pass"),
    Case("WITH f AS (SELECT * FROM town WHERE land='fr') SELECT name FROM f", FRENCH, "pass"),
    Case("SELECT name FROM town", FRENCH, "fail", reason="sql.different"),
    Case(TWICE, FRENCH, "fail", "a row twice", reason="sql.different"),
    Case("SELECT name, land FROM town WHERE land='fr'", FRENCH, "fail", reason="sql.columns"),
    Case("SELECT * FROM town", FRENCH, "fail", "attack: every column", reason="sql.columns"),
    Case("SELECT name, people FROM town ORDER BY people ASC, name DESC", SIZES, "pass", "Ulm and Metz are a tie"),
    Case("SELECT name, people FROM town ORDER BY people DESC", SIZES, "fail", reason="sql.order"),
    Case("SELECT name, people FROM town ORDER BY people DESC", SIZES, "pass", "", {"order": "bag"}),
    Case("SELECT people, name FROM town ORDER BY people", SIZES, "fail", reason="sql.different"),
    Case("SELECT people, name FROM town ORDER BY people", SIZES, "pass", "", {"columns": "any"}),
    Case("SELECT name FROM town WHERE people = (SELECT max(people) FROM town)", LARGEST, "pass"),
    Case("SELECT name FROM town WHERE name = 'Ulm' OR name = 'Ulm'", SMALLEST, "pass", "either of a tie"),
    Case("SELECT 'Ulm'", SMALLEST, "fail", "attack: a constant", reason="sql.constant"),
    Case("SELECT 5", COUNT, "fail", "attack: a constant", reason="sql.constant"),
    Case("SELECT 5 FROM town LIMIT 1", COUNT, "fail", "attack: a constant that reads", reason="sql.constant"),
    Case("SELECT 5", {**COUNT, "databases": [TOWNS, EMPTY_LAND]}, "fail", "attack: a constant", reason="sql.different"),
    Case("SELECT sum(1) FROM town", COUNT, "pass"),
    Case("SELECT sum(people) * 1.0 / count(*) FROM town", MEAN, "pass", "rounding"),
    Case("SELECT 1 WHERE 0", NONE, "fail", "attack: nothing for nothing", reason="sql.constant"),
    Case("SELECT name FROM town WHERE land='it'", NONE, "unjudged", "", {"empty": "refuse"}, "truth.empty"),
    Case("DROP TABLE town", COUNT, "fail", "attack", reason="sql.refused"),
    Case("SELECT 1; DROP TABLE town", COUNT, "fail", "attack", reason="sql.statements"),
    Case("SELECT * FROM sqlite_master", COUNT, "fail", "attack: reads what it should not", reason="sql.refused"),
    Case("ATTACH 'x.db' AS x", COUNT, "fail", "attack: a file", reason="sql.refused"),
    Case("SELECT abs(random() % 1) + 5", COUNT, "fail", "attack", reason="sql.chance"),
    Case(PRESENT, COUNT, "fail", "the present", reason="sql.chance"),
    Case("SELECT count(*) FROM city", COUNT, "fail", reason="sql.error"),
    Case(ENDLESS, COUNT, "fail", "attack: no end", {"cpu_s": 0.1}, "limit.cpu"),
    Case("I would count the towns.", COUNT, "fail", reason="sql.error"),
    Case("", COUNT, "fail", reason="code.empty"),
    Case("SELECT 1", {"sql": "SELECT nothing FROM nowhere", "databases": [TOWNS]}, "unjudged", reason="truth.sql"),
    Case("SELECT 1", {"sql": "SELECT 1", "databases": ["/no/such.sqlite"]}, "unjudged", reason="truth.database"),
    Case("SELECT 1", {"sql": "SELECT 1"}, "unjudged", reason="truth.unreadable"),
)  # fmt: skip


@verifier(version=2)
def result(rollout: Rollout, task: Task, params: Params) -> Flow:
    """Judge one completion."""
    truth = expected(task.truth, params.folder)
    found = program(rollout, task, params, "sql")
    if isinstance(found, NoAnswer):
        return failed(found.reason, **({"detail": found.detail} if found.detail else {}))
    golds: list[list[Gold]] = []
    for sql in truth.queries:
        golds += [(yield from _golds(truth, sql, params))]
    if params.empty == "refuse" and not any(one.rows for one in golds[0]):
        raise TruthError("the truth's query gives no row on any database, and so would most wrong ones", "truth.empty")
    misses: list[Miss] = []
    for sql, gold in zip(truth.queries, golds, strict=True):
        miss = yield from _compared(truth, sql, gold, found, params)
        misses = [] if miss is None else [*misses, miss]
        if miss is None or miss.reason not in ("sql.different", "sql.columns", "sql.order"):
            break
    nearest = min(misses, key=lambda one: one.reason == "sql.columns", default=None)
    evidence = {"span": found.span, "databases": [one.digest for one in golds[0]], "expected": len(golds[0][0].rows)}
    if nearest is None:
        return passed("sql.same", **evidence)
    return failed(nearest.reason, **evidence, **nearest.evidence)


def _golds(truth: Expected, sql: str, params: Params) -> Asked:
    """The truth's result on each database. Raises `TruthError` where it has none."""
    outcomes = yield tuple(params.job(database, sql, keep=True) for database in truth.databases)
    golds = []
    for outcome in outcomes:
        value = _value(outcome)
        if value is None:
            raise TruthError(f"the truth's query gives no result: {_said(outcome)}", "truth.sql")
        golds.append(Gold(value["rows"], len(value["names"]), frozenset(value["tables"]), value["digest"]))
    return golds


def _compared(truth: Expected, sql: str, golds: list[Gold], found: Program, params: Params) -> Asked:
    """What keeps a query from being the truth's; None when nothing does."""
    order = Ordering(asked=params.order == "list") if params.order != "gold" else ordering(sql)
    tables: set[str] = set()
    first: list[Row] = []
    for number, (database, gold) in enumerate(zip(truth.databases, golds, strict=True)):
        (outcome,) = yield (params.job(database, found.text),)
        value = _value(outcome)
        if value is None:
            return _refused(outcome)
        tables |= set(value["tables"])
        first = first if number else value["rows"]
        stretches = (yield from _stretches(database, order, gold, params)) if order.keyed else None
        miss = _miss(value, gold, stretches, order, params)
        if miss is not None:
            return miss._replace(evidence={**miss.evidence, "database": number})
    if params.constants == "accept" or any(one.rows != golds[0].rows for one in golds):
        return None
    constant = yield from _constant(truth.databases[0], sql, found, (golds[0], first, tables), params)
    return Miss("sql.constant", {"rows": len(first)}) if constant else None


def _stretches(database: Database, order: Ordering, gold: Gold, params: Params) -> Asked:
    """Which rows of the truth's list may change places; None when nobody knows."""
    assert order.keyed is not None
    (outcome,) = yield (params.job(database, order.keyed.sql, keep=True),)
    value = _value(outcome)
    return None if value is None else ties(order.keyed, value["rows"], gold.rows, params.rules())


def _miss(value: dict[str, Any], gold: Gold, stretches: Any, order: Ordering, params: Params) -> Miss | None:
    """Compare one result with the truth's."""
    rows, rules = value["rows"], params.rules()
    if len(value["names"]) != gold.width:
        return Miss("sql.columns", {"columns": len(value["names"]), "expected_columns": gold.width})
    orders = [tuple(range(gold.width))]
    if params.columns == "any" and rows and gold.width > 1:
        orders = column_orders(gold.rows, rows, rules)
    best = "sql.different"
    for one in orders:
        turned = [[row[column] for column in one] for row in rows]
        if not order.asked:
            if same_bag(gold.rows, turned, rules):
                return None
        elif in_order(turned, gold.rows, stretches, rules):
            return None
        elif same_bag(gold.rows, turned, rules):
            best = "sql.order"
    return Miss(best, {"rows": len(rows), "first": repr(rows[0])[:SHOWN] if rows else ""})


def _constant(
    database: Database, sql: str, found: Program, known: tuple[Gold, list[Row], set[str]], params: Params
) -> Asked:
    """Whether a right result would stay what it is when the data change, while the truth's changes with them."""
    gold, rows, tables = known
    truths = yield tuple(params.job(database, sql, variant, keep=True) for variant in VARIANTS)
    moved = [
        variant
        for variant, outcome in zip(VARIANTS, truths, strict=True)
        if (value := _value(outcome)) is not None and not same_bag(value["rows"], gold.rows, Rules())
    ]
    if not moved:  # so weak a truth can only be told from a constant by what is read
        return bool(gold.tables) and not tables & gold.tables
    outcomes = yield tuple(params.job(database, found.text, variant) for variant in moved)
    values = [_value(outcome) for outcome in outcomes]
    return all(value is not None and same_bag(value["rows"], rows, Rules()) for value in values)


def _value(outcome: Outcome) -> dict[str, Any] | None:
    """The result of a query that ended well."""
    if outcome.status != "ok":
        return None
    value: dict[str, Any] = outcome.results[0].value
    return value


def _said(outcome: Outcome) -> str:
    return outcome.results[0].message if outcome.results else f"limit: {outcome.status}"


def _refused(outcome: Outcome) -> Miss:
    """What a query that gives no result is."""
    if outcome.status == "signal":
        return Miss("sql.crash", {"detail": outcome.detail})
    if not outcome.results:
        return Miss(f"limit.{outcome.status}", {"detail": outcome.detail} if outcome.detail else {})
    return Miss(f"sql.{outcome.results[0].type}", {"detail": outcome.results[0].message[:SHOWN]})
