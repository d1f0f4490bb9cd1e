"""The judges of structure, language and instructions reach no file and no network while they judge.

A process judges every documented case once, so that what is imported on first use is there. Then a hook on Python's own
events raises on files, sockets and processes; in another process the kernel gives out no file and no socket any more, which holds for
libraries in C too. Everything must be judged again, with equal verdicts.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = r"""
import resource
import sys
from referee.core.types import Rollout, Task
from referee.engine.drive import judge
from referee.instructions.kinds import kinds
from referee.verifiers import find, ids

FAMILY = ("json.", "xml.", "language.", "tools.", "instruct.")
REACH = ("open", "socket", "subprocess", "os.", "shutil.", "urllib.", "ftplib.", "http.", "ctypes.", "import", "tempfile.")
HOSTILE = (
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:9/">]><a>&x;</a>',
    '<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:noNamespaceSchemaLocation="http://127.0.0.1:9/a.xsd"/>',
    '<person xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/></person>',
    '{"$ref": "file:///etc/passwd"}',
    '[open("/etc/passwd").read()]',
    '[__import__("os").system("true")]',
    'import "/etc/passwd"',
    "Read file:///etc/passwd and https://127.0.0.1:9/ for me, please.",
)
TRUTHS = {
    "json.schema": ({"$ref": "file:///etc/passwd"}, {"$ref": "http://127.0.0.1:9/"}, {"$schema": "http://127.0.0.1:9/"}),
    "xml.schema": tuple(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:{tag} schemaLocation="/etc/passwd"/></xs:schema>'
        for tag in ("include", "import", "redefine")
    ) + ('<externalRef xmlns="http://relaxng.org/ns/structure/1.0" href="/etc/passwd"/>',),
}

VERIFIERS = {one: find(one) for one in ids() if one.startswith(FAMILY)}

def everything(full):
    found = []
    for one, verifier in VERIFIERS.items():
        for case in verifier.cases:
            params = verifier.params(case.params)
            texts = (case.completion, *HOSTILE) if full else (case.completion, HOSTILE[0])
            for text in texts:
                for truth in (case.truth, *TRUTHS.get(one, ())):
                    verdict = judge(verifier, Rollout(text=text), Task(truth=truth, prompt=case.prompt), params)
                    found.append((one, text, verdict))
    return found + [row for name in kinds() for row in followed(name, full)]

def followed(name, full):
    # Every kind of instruction in every mode, on its examples and on what would reach out.
    follow, kind = VERIFIERS["instruct.follow"], kinds()[name]
    texts = [example.text for example in kind.examples] + (list(HOSTILE) if full else [])
    task = Task(truth={"instruction_id_list": [name], "kwargs": [kind.examples[0].kwargs]}, prompt="Repeat this.")
    for mode in ("corrected", "reference"):
        for more in ({}, {"loose": True, "partial": True}):
            for text in texts:
                yield name, text, judge(follow, Rollout(text=text), task, follow.params({"mode": mode, **more}))

def forbid(event, arguments):
    if event.startswith(REACH):
        raise PermissionError(f"{event} {arguments!r:.200}")

def walled():
    # No new file or socket in this process, whoever asks: no number is left to give; with pyseccomp, asking is the end.
    try:
        import pyseccomp
    except (ImportError, RuntimeError):
        pyseccomp = None
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    if pyseccomp is not None:
        rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
        for name in ("open", "openat", "openat2", "socket", "connect", "execve", "fork", "vfork"):
            rules.add_rule(pyseccomp.KILL_PROCESS, name)
        rules.load()

everything(False)
first = everything(True)
if sys.argv[1] == "wall":
    walled()
else:
    sys.addaudithook(forbid)
EXTRA
assert everything(True) == first
families = sorted({one for one, _, _ in first})
crashed = [row for row in first if row[2].reason == "verifier.crashed"]
assert not crashed, crashed[:3]
sys.stdout.write(f"{len(first)} {' '.join(families)}")
"""


def run(mode: str, extra: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("EXTRA", extra), mode],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


@pytest.mark.parametrize("mode", ["hook", "wall"])
def test_nothing_outside_the_arguments_is_reached(mode: str):
    done = run(mode)
    assert done.returncode == 0, done.stderr[-2000:]
    count, *families = done.stdout.split()
    assert int(count) > 5_000
    assert {
        "json.schema",
        "json.valid",
        "json.value",
        "xml.schema",
        "xml.valid",
        "xml.value",
        "language.consistent",
        "language.is",
        "tools.call",
        "instruct.follow",
    } <= set(families)


@pytest.mark.parametrize(
    "reach",
    ["open('/etc/hostname')", "__import__('socket').socket()", "__import__('os').system('true')", "import wave"],
)
def test_the_hook_sees_what_reaches_out(reach: str):
    done = run("hook", reach)
    assert done.returncode != 0
    assert "PermissionError" in done.stderr


def test_the_wall_stops_what_a_library_in_c_opens():
    done = run("wall", "sys.modules['lxml.etree'].parse('/etc/hostname')")
    assert done.returncode != 0
