"""Where a judge may find itself: another user, no namespaces, no Landlock, a full disk. Each time the right verdict, or why none.

Each place is made for real, in a process of its own: a user without privileges, a filter that refuses what a
container's profile refuses, a file system without room.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import referee
from referee.sandbox import packages, tiers
from referee.sandbox.inside import filters, kernel, numbers

NOBODY = 65534
FEW = (1, 7, 13, 30, 31, 32, 35, 44, 53, 57, 58, 62, 63, 66, 71, 80)
LONG = bool(os.environ.get("REFEREE_SANDBOX_LONG"))
VERDICTS = """
import json, sys
import referee
from referee.engine.sandboxed import close_sandbox
truth = {"entry_point": "f", "calls": [{"args": [1], "expected": 2}, {"args": [5], "expected": 6}]}
found = [referee.verify("code.python", f"def f(x): return {body}", truth=truth) for body in ("x + 1", "2", "[][x]")]
close_sandbox()
print(json.dumps([[one.status, one.reason, one.evidence.get("sandbox", ""), str(one.evidence)] for one in found]))
"""


def run(*arguments: str, place: Callable[[], None] | None = None, **more: str) -> str:
    """What a fresh interpreter prints, which first goes to a place."""
    path = os.pathsep.join(one for one in sys.path if one)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("REFEREE_SANDBOX")}
    environment = {**plain, "PYTHONPATH": path, **more}
    done = subprocess.run(
        [sys.executable, *arguments], preexec_fn=place, env=environment, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def verdicts(place: Callable[[], None] | None = None, **more: str) -> list[list[str]]:
    found: list[list[str]] = json.loads(run("-c", VERDICTS, place=place, **more))
    return found


def refusing(*calls: tuple[int, int], code: int = filters.EPERM) -> Callable[[], None]:
    """A place in which these system calls are refused, as in a container."""

    def place() -> None:
        lines = filters._head()
        for pair in calls:
            lines += filters._when(pair, [filters._return(filters._errno(code))])
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        filters.install(filters._bytes([*lines, filters._return(filters._ALLOW)]))

    return place


def need_kernel() -> None:
    if not tiers.probe("kernel").usable:
        pytest.skip("this machine does not have the sandbox tier 'kernel'")


def test_no_namespaces_and_no_mounts() -> None:
    """The profile of a container: what is left is the tier that needs neither, and no weaker one than asked for."""
    need_kernel()
    place = refusing(numbers.UNSHARE, numbers.MOUNT, (155, 41), (308, 268))
    found = verdicts(place)
    assert [one[:3] for one in found] == [
        ["pass", "code.passed", "kernel"], ["partial", "code.wrong", "kernel"], ["fail", "code.raised", "kernel"],
    ]  # fmt: skip
    strict = verdicts(place, REFEREE_SANDBOX_REQUIRE="namespaces")
    assert {(one[0], one[1]) for one in strict} == {("unjudged", "infra.no_sandbox")}
    assert "no sandbox as strong as 'namespaces'" in strict[0][3]


def test_no_landlock_and_no_namespaces() -> None:
    found = verdicts(refusing(numbers.UNSHARE, *numbers.LANDLOCK, code=filters.ENOSYS))
    assert {(one[0], one[1]) for one in found} == {("unjudged", "infra.no_sandbox")}
    assert "this kernel has no Landlock" in found[0][3]
    assert "referee doctor" in found[0][3]


def test_a_full_disk(tmp_path: Path) -> None:
    """No verdict about a function needs a file of ours."""
    need_kernel()
    full = tmp_path / "full"
    full.mkdir()
    if os.geteuid():
        pytest.skip("only root can mount a file system without room")
    full_name = str(full).encode()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"tmpfs", full_name, b"tmpfs", 0, b"size=4k,mode=777"):
        pytest.skip(f"nothing can be mounted here: {os.strerror(ctypes.get_errno())}")
    try:
        with pytest.raises(OSError, match="No space"):
            (full / "filler").write_bytes(bytes(1 << 20))
        for tier in ("kernel", "namespaces", "oci"):
            if not tiers.probe(tier).usable:
                continue
            found = verdicts(TMPDIR=str(full), REFEREE_SANDBOX=tier)
            states = [one[0] for one in found]
            assert states in (["pass", "partial", "fail"], ["unjudged"] * 3), found
            assert tier == "oci" or states[0] == "pass", found
            assert states[0] == "pass" or "No space" in found[0][3], found
        assert [one.name for one in full.iterdir()] == ["filler"]
    finally:
        libc.umount2(full_name, 2)


def runs_for_anyone(interpreter: str) -> bool:
    """Whether a user without privileges may run it, and it is of our version."""
    said = "import sys; print(*sys.version_info[:2])"
    try:
        done = subprocess.run(
            [interpreter, "-I", "-c", said],
            user=NOBODY,
            group=NOBODY,
            extra_groups=[],
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.stdout.split() == [str(number).encode() for number in sys.version_info[:2]]


@pytest.fixture(scope="module")
def open_place() -> Iterator[tuple[str, str]]:
    """An interpreter that anyone may run, and a copy of what it needs in a folder that anyone may read."""
    if os.geteuid():
        pytest.skip("the tests run without privileges already")
    names = [sys._base_executable, "/usr/bin/python3", shutil.which("python3") or ""]  # type: ignore[attr-defined]
    python = next(filter(runs_for_anyone, names), "")
    if not python:
        pytest.skip("no Python of this version here that a user without privileges may run")
    with tempfile.TemporaryDirectory(prefix="referee-open-") as folder:
        Path(folder).chmod(0o755)
        for place in map(Path, (Path(referee.__file__).parent, *packages.view(("msgspec", "click", "rich"))[0])):
            copy = shutil.copytree if place.is_dir() else shutil.copy
            copy(place, Path(folder, place.name))
        yield python, folder


@pytest.mark.parametrize(("tier", "numbers"), [("kernel", ()), ("namespaces", FEW), ("bubblewrap", FEW), ("oci", FEW)])
def test_no_attack_escapes_from_a_user_without_privileges(
    open_place: tuple[str, str], tier: str, numbers: tuple[int, ...]
) -> None:
    """All eighty where there are no walls but those that need no privileges; of the others some, or all in the long form."""
    python, folder = open_place
    some = [] if LONG else [word for number in numbers for word in ("--number", str(number))]
    environment = {"PYTHONPATH": folder, "PYTHONDONTWRITEBYTECODE": "1", "HOME": "/nonexistent"}
    for _ in range(3):  # a busy machine now and then keeps a container from starting at all
        done = subprocess.run(
            [python, "-m", "referee", "doctor", "--attack", "--json", "--tier", tier, *some],
            user=NOBODY, group=NOBODY, extra_groups=[], env=environment, cwd="/", capture_output=True, text=True, check=False,
        )  # fmt: skip
        if "unable to start container" not in done.stderr:
            break
    if "cannot be used here" in done.stderr:
        pytest.skip(f"a user without privileges does not have this: {done.stderr.strip()}")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert {one["number"] for one in found if one["result"] != "safe"} <= {29}
    assert len(found) == (len(some) // 2 or 80)
