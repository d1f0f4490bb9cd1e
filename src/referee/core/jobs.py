"""What a verifier may ask a sandbox to run, and what came of it.

A verifier that must run something stays pure: it is a generator that yields a tuple of jobs and is sent a tuple of
`Outcome`s of the same length. It never starts a process itself. The engine drives it, with a real sandbox or, in tests,
with any function of that shape. An outcome with status `infra` never reaches the verifier: the engine closes the
generator and records `unjudged`.

```
CallJob     call functions of a program with plain values; the values they return come back     -> Outcome.results
RunJob      run a program once for each standard input                                          -> Outcome.runs
CheckJob    a trusted test script in a second jail, which calls into the program's jail         -> Outcome.checks
CompileJob  only compile                                                                        -> Outcome.status
MetamathJob check a proof over a Metamath database                                              -> Outcome.stdout
LeanJob     a text for a Lean REPL                                                              -> Outcome.results
QueryJob    one query on a database, read-only, in a process of its own                         -> Outcome.results
CoqJob      compile a library with Coq, alone, then let a trusted text look at it                -> Outcome.runs
AlgebraJob  ask computer algebra whether two expressions are equal; needs no sandbox            -> Outcome.stdout
```

**No job but `CheckJob` may hold a truth**, and its `test` goes to the second jail only: a verifier keeps expected
values to itself and compares when the outcome is back.

**Plain values** are what crosses the wall: None, bool, int, float, complex, str, bytes and lists, tuples, dicts, sets
and frozensets of them, each of exactly that type, at most `DEPTH` deep, integers of at most `INT_BITS` bits. Anything
else, an instance of a subclass too, comes back as an `opaque` result that names its type.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, Literal

from referee.core.types import Record, Verdict

Language = Literal["python", "c", "cpp", "rust", "go", "java", "javascript", "typescript", "shell"]
Tier = Literal["none", "kernel", "namespaces", "bubblewrap", "firejail", "oci"]
TestForm = Literal["asserts", "check", "pytest", "unittest"]
OutcomeStatus = Literal[
    "ok",  # it ran to its end; each call, run or check says more
    "compile",  # it does not compile
    "raised",  # it raised before any call: while loading, or because there is no such entry
    "nonzero",  # it ended itself with another exit code than 0
    "exit",  # it ended its process, whatever the code, before all calls were made
    "signal",  # it crashed
    "cpu",
    "memory",
    "output",
    "processes",
    "files",
    "wall",
    "infra",  # our fault: never reaches a verifier
]
LIMITS = ("cpu", "memory", "output", "processes", "files", "wall")

DEPTH = 100
INT_BITS = 200_000


class Limits(Record, frozen=True, kw_only=True):
    """What one run may use. CPU, memory, output, processes and files decide; wall time is the safety net.

    `output_kb` is what is kept of standard output and of standard error, each; a program run for its output that
    writes more is stopped with `output`, a function that is called may print 16 times as much. `result_kb` bounds
    the returned values together. `scratch_mb`: size of a private, empty, writable directory, then the working
    directory; 0 is none. `processes`: 1 is no process beside its own, and threads up to 64; more is so many processes
    and threads at once, together, and `memory_mb` is then shared out among them evenly.
    """

    cpu_s: float = 1.5
    wall_s: float = 2.0
    memory_mb: int = 256
    processes: int = 1
    output_kb: int = 64
    result_kb: int = 4096
    scratch_mb: int = 0


class Call(Record, frozen=True, kw_only=True):
    """One call with plain values.

    `method`: empty calls the entry itself; `__init__` makes a new object of the entry, which must be a class (its
    result is None); any other name calls that method of the object made last: a design problem is a sequence of
    these.
    """

    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] = {}
    method: str = ""


class CallJob(Record, frozen=True, kw_only=True, tag="call"):
    """Load `setup + program` once, then make the calls in order, in one process.

    `entry`: `add`, or `Solution.two_sum` (a fresh `Solution()` for each call), or a class with `Call.method`s.
    `fresh`: each call in a process of its own, so that nothing is remembered between them.
    `stop_early`: no further calls after one that did not return a value.
    `packages`: installed packages that the program may import (`numpy`), loaded beforehand; here and in the jobs below.
    """

    program: str
    entry: str
    calls: tuple[Call, ...]
    setup: str = ""
    fresh: bool = False
    stop_early: bool = False
    seed: int = 0
    packages: tuple[str, ...] = ()
    limits: Limits = Limits()
    language: Literal["python"] = "python"


class RunJob(Record, frozen=True, kw_only=True, tag="run"):
    """Run a whole program, once for each of `stdins`, each time from a clean state; compiled once.

    `files`: relative path to content, in the working directory (implies a scratch directory). `stop_early`: no further
    inputs after one that did not end with `ok`.
    """

    program: str
    stdins: tuple[bytes, ...] = (b"",)
    argv: tuple[str, ...] = ()
    files: dict[str, bytes] = {}
    stop_early: bool = False
    seed: int = 0
    packages: tuple[str, ...] = ()
    limits: Limits = Limits()
    language: Language = "python"


class CheckJob(Record, frozen=True, kw_only=True, tag="check"):
    """Run a trusted test script in a second jail, where the program's names are stubs that call into the first.

    `form`: `asserts` (a script whose assertions are counted one by one), `check` (a script that defines
    `check(candidate)`, as HumanEval does; `entries[0]` is the candidate), `pytest` (functions `test_*`, classes
    `Test*`, parametrize, raises, approx, fixtures of the script), `unittest` (`TestCase` classes).
    `entries`: names that the script takes from the program; empty means whatever the script uses and does not define.
    `modules`: names under which the script may import the program (`from solution import add`).
    Only plain values cross; an object of the program's is a handle whose methods and attributes can be used, and that
    equals nothing.
    """

    program: str
    test: str
    form: TestForm = "asserts"
    entries: tuple[str, ...] = ()
    modules: tuple[str, ...] = ("solution", "main", "candidate")
    setup: str = ""
    seed: int = 0
    packages: tuple[str, ...] = ()
    limits: Limits = Limits()
    language: Literal["python"] = "python"


class CompileJob(Record, frozen=True, kw_only=True, tag="compile"):
    """Only compile: status `ok` or `compile` with the compiler's words in `detail`."""

    program: str
    limits: Limits = Limits()
    language: Language = "python"


class CoqJob(Record, frozen=True, kw_only=True, tag="coq"):
    """Compile `program` with Coq as the library `Referee.Candidate`; then run `check`, which may require it.

    Both stand behind `preamble`, in processes of their own that never heard of each other or of another job.
    `library`: definitions that are compiled beforehand as `Referee.Statement`, which the preamble may import.
    `runs` holds the compilation and, when that went well, the check; what the check printed is what counts.
    """

    program: str
    check: str
    preamble: str = ""
    library: str = ""
    limits: Limits = Limits(cpu_s=10.0, wall_s=30.0, memory_mb=2048)
    language: Literal["coq"] = "coq"


class AlgebraJob(Record, frozen=True, kw_only=True, tag="algebra"):
    """A question for computer algebra: whether two expressions are equal. The engine runs it in a process of its own.

    Each is a tree of plain lists `[kind, text, value, parts]`. The outcome's `stdout` is `equal`, `different` or
    `undecided`; a limit that was passed is its status, and `infra` stands for a missing library.
    """

    left: list[Any] = []
    right: list[Any] = []


class Database(Record, frozen=True, kw_only=True):
    """A SQLite database: the path of a file, or a script of statements that makes it (`CREATE`, `INSERT`).

    `sha256`: what the file's content must be, in hexadecimal digits; empty: whatever it is.
    """

    path: str = ""
    script: str = ""
    sha256: str = ""


class QueryJob(Record, frozen=True, kw_only=True, tag="query"):
    """One SQL query on a database that nothing can change; the engine asks SQLite in a jailed process of its own.

    The outcome's one result is a value `{"names": [...], "rows": [[...]], "tables": [...], "digest": "..."}`: the names
    of the columns, the rows, the tables that were read, the SHA-256 of the database. With status `raised` the result's
    `type` says what SQLite refused: `error`, `refused` (it does more than read), `chance` (it would give another value
    each time), `statements` (more than one). A database that cannot be opened is `infra` with `truth.database`.

    `variant`: ask a database of the same tables with other rows, `even`, `odd` or `turned`. `keep`: the outcome may be
    kept for the next one who asks the same. `rows`: more are `output`.
    """

    database: Database
    sql: str
    variant: str = ""
    keep: bool = False
    rows: int = 100_000
    limits: Limits = Limits()


class MetamathJob(Record, frozen=True, kw_only=True, tag="metamath"):
    """Check a Metamath proof over a database that is installed here, by its name; the engine does it by itself.

    The theorem is the database's own of that name or, with `statement`, a new one behind its end. The outcome's
    `stdout` is the reason code, `detail` a sentence. A database that cannot be had is `infra`.
    """

    database: str
    name: str
    proof: tuple[str, ...]
    statement: tuple[str, ...] = ()
    hypotheses: tuple[tuple[str, tuple[str, ...]], ...] = ()
    distinct: tuple[tuple[str, ...], ...] = ()


class LeanJob(Record, frozen=True, kw_only=True, tag="lean"):
    """A text for a Lean REPL behind the imports of a header, which are loaded once.

    The outcome's one result is the REPL's own reply as plain data. Only `wall_s` of the limits is kept, and no sandbox
    is between the REPL and this machine. `infra` when there is none.
    """

    header: str
    body: str
    limits: Limits = Limits(wall_s=120.0)


Job = CallJob | RunJob | CheckJob | CompileJob | CoqJob  # what a sandbox runs
Own = tuple[QueryJob, ...] | tuple[MetamathJob, ...] | tuple[LeanJob, ...]  # what has a runner of its own
Jobs = tuple[Job, ...] | tuple[AlgebraJob, ...] | Own


class CallResult(Record, frozen=True, kw_only=True):
    """What one call came to.

    `value`: it returned `value`. `opaque`: it returned something that is no plain value, of type `type`. `raised`: an
    exception of type `type` with `message`. `stopped`: it was never finished; the outcome's status says why.
    """

    kind: Literal["value", "opaque", "raised", "stopped"]
    value: Any = None
    type: str = ""
    message: str = ""


class RunResult(Record, frozen=True, kw_only=True):
    """What one run came to; `status` is one of `ok`, `nonzero`, `signal`, `wall` and the other limits, `skipped`."""

    status: OutcomeStatus | Literal["skipped"]
    code: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0
    near: str = ""


class CheckResult(Record, frozen=True, kw_only=True):
    """One assertion (`asserts`, `check`) or one test (`pytest`, `unittest`): where, whether it held, why not."""

    name: str
    passed: bool
    line: int = 0
    message: str = ""


class Outcome(Record, frozen=True, kw_only=True):
    """How a job ended. `status` names the limit that stopped it, or `infra` when the fault is ours.

    `results`: one for each call of a `CallJob`. `runs`: one for each input of a `RunJob`, whose `status` is the first
    that is not `ok`. `checks`: the assertions or tests of a `CheckJob` that were executed, at most 1,000 of them
    listed; `executed` and `passed` count them all, and only `complete` says that the script came to its end.
    `near`: the limit (`cpu`, `memory` ...) of which it used more than 80 % without being stopped. `retried`: it was
    stopped by wall time alone, and this is the second try. `tier` is what isolated it. `reason` refines `infra`:
    `infra.toolchain`, `infra.tier` ...
    """

    status: OutcomeStatus
    results: tuple[CallResult, ...] = ()
    runs: tuple[RunResult, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    executed: int = 0
    passed: int = 0
    complete: bool = False
    code: int | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    cpu_s: float = 0.0
    wall_s: float = 0.0
    peak_mb: float = 0.0
    near: str = ""
    retried: bool = False
    tier: str = ""
    detail: str = ""
    reason: str = ""


Flow = Generator[Jobs, tuple[Outcome, ...], Verdict]
Runner = Callable[[tuple[Job, ...]], tuple[Outcome, ...]]
