"""One run, in its own process: what the program returns is written down as plain values, and that is all.

Everything here runs beside the program and may have been tampered with by it. Nothing that it writes is believed: a
record is a claim, and the judge compares it with a truth that was never here.

Records, on descriptor 3: one letter, a length, content. `L` the program is loaded; `V` a call's value; `O` a call's
value is not plain, its type's name; `X` a call raised: type and message; `E` the program raised before any call. Values
are written as CPython's marshal, version 2, lays them out: that writer takes exact builtin types only. The judge reads
them with a reader of its own.
"""

from __future__ import annotations

import gc
import marshal
import os
import resource
import struct
import sys
from collections.abc import Callable
from types import CodeType, ModuleType
from typing import Any, NoReturn

from referee.sandbox.inside import post

RESULTS = 3
_HEAD = struct.Struct("<cI")
_NAME = "solution"
_MESSAGE = 2000
_DEEP = 100  # what lies deeper is not plain

_dumps, _loads, _write, _pack = marshal.dumps, marshal.loads, os.write, _HEAD.pack
_done, _usage = post.DONE.pack, resource.getrusage


def note(kind: bytes, content: bytes) -> None:
    """Write one record."""
    _write(RESULTS, _pack(kind, len(content)) + content)


def value_record(value: Any) -> bytes:
    """The record of what a call returned."""
    value = unwrapped(value)
    try:
        content = _dumps(value, 2)
    except ValueError:
        name = type_name(type(value)) if not _is_container(value) else type_name(type(_odd(value, 0)))
        kind, content = b"O", name.encode("utf-8", "replace")
    else:
        kind = b"V"
    return _pack(kind, len(content)) + content


class _Array:
    """Stands for an array, which marshal would take for bytes."""


_Array.__module__, _Array.__qualname__ = "numpy", "ndarray"


def unwrapped(value: Any) -> Any:
    """A value with numpy's scalars as the numbers that they are, and its arrays as nothing plain."""
    numpy = sys.modules.get("numpy")
    return value if numpy is None else _unwrapped(value, (numpy.generic, numpy.ndarray), 0)


def _unwrapped(value: Any, kinds: tuple[Any, Any], depth: int) -> Any:
    if type(value) is dict and depth < _DEEP:
        return {_unwrapped(key, kinds, depth + 1): _unwrapped(one, kinds, depth + 1) for key, one in value.items()}
    if _is_container(value) and depth < _DEEP:
        return type(value)([_unwrapped(one, kinds, depth + 1) for one in value])
    if isinstance(value, kinds[0]):
        return value.item()
    return _Array() if isinstance(value, kinds[1]) else value


def _is_container(value: Any) -> bool:
    return type(value) in {list, tuple, dict, set, frozenset}


def _odd(value: Any, depth: int) -> Any:
    """The first part of a container that is not plain, or the container itself."""
    if depth > 20:
        return value
    parts = list(value.items()) if type(value) is dict else value
    for part in parts:
        if _is_container(part):
            found = _odd(part, depth + 1)
            if found is not part:
                return found
        elif type(part) not in {int, str, float, bool, bytes, complex, type(None)}:
            return part
    return value


def type_name(kind: type) -> str:
    """`int`, or `numpy.int64`: the name under which a person knows the type."""
    module = type.__getattribute__(kind, "__module__")
    name = type.__getattribute__(kind, "__qualname__")
    return f"{name}" if module in {"builtins", _NAME, "__main__"} else f"{module}.{name}"[:200]


def error_content(error: BaseException) -> bytes:
    """Type and message of an exception."""
    try:
        message = str(error)[:_MESSAGE]
    except BaseException:
        message = ""
    return _dumps((str(type_name(type(error))), str(message).encode("utf-8", "replace")), 2)


def module(name: str) -> ModuleType:
    """A fresh module for the program, known under its name."""
    made = ModuleType(name)
    made.__dict__["__builtins__"] = __builtins__
    sys.modules[name] = made
    return made


Code = bytes | str | tuple[bytes]


def compiled(code: Code) -> CodeType:
    """The program's code, from what the compiler made of it, or from its source.

    One that does not compile ends this process, noted as such.
    """
    if isinstance(code, tuple):
        note(b"C", code[0])
        finish(0)
    try:
        made: CodeType = _loads(code) if isinstance(code, bytes) else _compile(code)
    except BaseException as error:
        note(b"C", error_content(error))
        finish(0)
    return made


def _compile(source: str) -> Any:
    return compile(source, "solution.py", "exec", dont_inherit=True)


def load(code: CodeType, name: str = _NAME) -> ModuleType:
    """Run the program's top level."""
    made = module(name)
    exec(code, made.__dict__)
    return made


Entry = Callable[..., Any]


class Calls:
    """The calls of a job on a loaded program."""

    def __init__(self, program: ModuleType, entry: str) -> None:
        owner, _, method = entry.partition(".")
        if owner not in program.__dict__:
            raise NameError(f"the program does not define '{owner}'")
        self.found = program.__dict__[owner]
        self.method = method
        self.object: Any = None
        if not callable(self.found):
            raise TypeError(f"{owner} is not callable")

    def one(self, method: str, args: Any, kwargs: Any) -> Any:
        """The value of one call."""
        if method == "__init__":
            self.object = self.found(*args, **kwargs)
            return None
        if method:
            return getattr(self.object, method)(*args, **kwargs)
        if self.method:
            return getattr(self.found(), self.method)(*args, **kwargs)
        return self.found(*args, **kwargs)


def calls(code: CodeType, entry: str, wanted: list[tuple[str, bytes]], stop_early: bool) -> None:
    """Load, call, write down. Each call has its own copy of its arguments, decoded only when it is its turn."""
    try:
        program = load(code)
        made = Calls(program, entry)
    except BaseException as error:
        note(b"E", error_content(error))
        return
    note(b"L", b"")
    for method, packed in wanted:
        args, kwargs = _loads(packed)
        try:
            record = value_record(made.one(method, args, kwargs))
        except BaseException as error:
            content = error_content(error)
            record = _pack(b"X", len(content)) + content
        _write(RESULTS, record)
        if stop_early and record[:1] != b"V":
            return


def whole(code: CodeType, argv: list[str]) -> int:
    """Run a program as `python solution.py` would; its exit code."""
    sys.argv = ["solution.py", *argv]
    status = 0
    try:
        load(code, "__main__")
    except SystemExit as error:
        status = _exit_code(error)
    except BaseException as error:
        note(b"E", error_content(error))
        trace = error.__traceback__
        for _ in range(2):  # our own frames
            trace = trace.tb_next if trace is not None else None
        sys.__excepthook__(type(error), error.with_traceback(trace), trace)
        status = 1
    threading = sys.modules.get("threading")
    if threading is not None:
        threading._shutdown()
    atexit = sys.modules.get("atexit")
    if atexit is not None:
        atexit._run_exitfuncs()
    return status


def _exit_code(error: SystemExit) -> int:
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return int(code) & 0xFF
    print(code, file=sys.stderr)  # noqa: T201  as the interpreter does
    return 1


def finish(status: int) -> NoReturn:
    """Flush what the program printed and end, without running anything more of it."""
    for stream in (sys.stdout, sys.__stdout__, sys.stderr, sys.__stderr__):
        try:
            if stream is not None:
                stream.flush()
        except BaseException:
            status = status or 120
    try:
        _write(post.OVER, _done(status, _usage(resource.RUSAGE_SELF).ru_maxrss))
    finally:
        os._exit(status)


_REHEARSAL = _dumps(compile("def f(x: list) -> list: return [str(one) for one in x]", "rehearsal", "exec"))


def warm() -> None:
    """Go once through what every run does, so that the pages of it are its own before there is work."""
    made = Calls(load(_loads(_REHEARSAL), "rehearsal"), "f")
    args, kwargs = _loads(_dumps((([1, 2.0, "three"],), {}), 2))
    value_record(made.one("", args, kwargs))
    _done(0, _usage(resource.RUSAGE_SELF).ru_maxrss)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    del sys.modules["rehearsal"]


def ready(seed: int) -> None:
    """The last touches that make two runs of one program equal."""
    gc.enable()
    if seed:
        random = sys.modules.get("random")
        if random is not None:
            random.seed(seed)
        seed_numpy(seed)


def seed_numpy(seed: int) -> None:
    """numpy's random numbers start from a seed where it is loaded, those of generators that nobody seeds too."""
    numpy = sys.modules.get("numpy.random")
    if numpy is None:
        return
    numpy.seed(seed % (1 << 32))
    source = sys.modules["random"].Random(seed)
    sys.modules["numpy.random.bit_generator"].randbits = source.getrandbits  # type: ignore[attr-defined]
