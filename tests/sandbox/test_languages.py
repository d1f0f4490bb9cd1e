"""Other languages: compile and run in a jail that is used once; what is missing says what to install."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from referee.core.jobs import CompileJob, Language, Limits, RunJob, Tier
from referee.sandbox import compiled, tiers, toolchains
from referee.sandbox.pool import Sandbox

DOUBLE: dict[Language, str] = {
    "c": '#include <stdio.h>\nint main(void){int n; scanf("%d", &n); printf("%d\\n", n * 2);}',
    "cpp": "#include <iostream>\nint main(){int n; std::cin >> n; std::cout << n * 2 << std::endl;}",
    "rust": 'use std::io;\nfn main(){let mut s = String::new(); io::stdin().read_line(&mut s).unwrap(); println!("{}", s.trim().parse::<i32>().unwrap() * 2);}',
    "go": 'package main\nimport "fmt"\nfunc main(){var n int; fmt.Scan(&n); fmt.Println(n * 2)}',
    "java": "import java.util.*;\npublic class Main {public static void main(String[] a){System.out.println(new Scanner(System.in).nextInt() * 2);}}",
    "javascript": 'console.log(parseInt(require("fs").readFileSync(0, "utf8")) * 2)',
    "typescript": 'import * as fs from "fs";\nenum By { Two = 2 }\nconst n: number = parseInt(fs.readFileSync(0, "utf8"));\nconsole.log(n * By.Two)',
    "shell": "read n; echo $((n * 2))",
}
BROKEN: dict[Language, str] = {
    "c": "int main(){return x;}",
    "java": "class Main {",
    "javascript": "let = = 1",
    "typescript": "let n: = 1",
    "go": "package main\nfunc main() { x }",
    "rust": "fn main() { x }",
    "shell": "if then",
}


@pytest.fixture(params=["bubblewrap", "namespaces", "oci"])
def tier(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Tier:
    found = tiers.probe(request.param)
    if not found.usable:
        pytest.skip(f"this machine does not have the sandbox tier '{request.param}': {found.reason}")
    monkeypatch.setattr(compiled, "executing_tier", lambda asked, needs_proc=False: request.param)
    return found.tier


@pytest.fixture
def opened() -> Iterator[Sandbox]:
    with Sandbox(slots=1, cache=0) as sandbox:
        yield sandbox


def need(language: Language) -> None:
    if toolchains.toolchain(language) is None:
        pytest.skip(f"no toolchain for {language} here: {toolchains.INSTALL[language]}")


@pytest.mark.parametrize("language", list(DOUBLE))
def test_a_program_reads_and_prints(opened: Sandbox, tier: Tier, language: Language) -> None:
    need(language)
    if language in {"java", "rust"} and (reason := tiers.executes(tier, proc=True)):
        pytest.skip(f"{language} needs /proc: {reason}")
    limits = Limits(cpu_s=5, wall_s=20)
    (outcome,) = opened.run(
        (RunJob(program=DOUBLE[language], language=language, stdins=(b"21\n", b"21"), limits=limits),)
    )
    assert [run.stdout for run in outcome.runs] == [b"42\n"] * 2, outcome
    assert outcome.tier == tier


@pytest.mark.parametrize("language", list(BROKEN))
def test_what_does_not_compile(opened: Sandbox, language: Language) -> None:
    need(language)
    if compiled.executing_tier(opened.tier) is None:
        pytest.skip("this machine has no jail in which a compiler can be executed")
    for job in (
        CompileJob(program=BROKEN[language], language=language),
        CompileJob(program=DOUBLE[language], language=language),
    ):
        (outcome,) = opened.run((job,))
        assert outcome.status == ("compile" if job.program == BROKEN[language] else "ok"), outcome


@pytest.mark.parametrize(
    ("program", "statuses"),
    [
        ("int main(void){for(;;);}", {"cpu"}),
        (
            "#include <stdlib.h>\n#include <string.h>\nint main(void){for(;;) memset(malloc(1<<20), 1, 1<<20);}",
            {"memory", "signal"},
        ),
        ('#include <stdio.h>\nint main(void){for(;;) puts("xxxxxxxxxxxxxxxxxxxxxxxxxxx");}', {"output"}),
        ("#include <unistd.h>\nint main(void){return fork() != -1;}", {"ok"}),
        ("#include <sys/socket.h>\nint main(void){return socket(2, 1, 0) != -1;}", {"ok"}),
        ('#include <stdio.h>\nint main(void){return fopen("/etc/shadow", "r") != 0;}', {"ok"}),
        ('#include <unistd.h>\nint main(void){return chroot("/box") != -1;}', {"ok"}),
        (
            "#include <signal.h>\n#include <unistd.h>\nint main(void){setsid(); sleep(0); return kill(1, 9) != -1;}",
            {"ok", "nonzero"},
        ),
        ("#include <unistd.h>\nint main(void){sleep(60);}", {"wall"}),
        ("int main(void){*(volatile int*)0 = 1;}", {"signal"}),
    ],
)
def test_the_walls_hold_for_compiled_programs(opened: Sandbox, tier: Tier, program: str, statuses: set[str]) -> None:
    need("c")
    cpu_s = (
        3.0 if "memory" in statuses else 0.2 if "wall" in statuses else 0.5
    )  # 256 MB may take a busy machine a second
    (outcome,) = opened.run((RunJob(program=program, language="c", limits=Limits(cpu_s=cpu_s, wall_s=3 * cpu_s)),))
    assert outcome.status in statuses, outcome


def test_a_shell_may_have_children_and_leaves_none(opened: Sandbox, tier: Tier) -> None:
    (outcome,) = opened.run(
        (
            RunJob(
                program="for i in 1 2 3; do sleep 100 & done; cat /etc/hostname /etc/shadow; echo done",
                language="shell",
            ),
        )
    )
    assert outcome.runs[0].stdout == b"done\n"


def test_a_missing_toolchain_says_what_to_install(opened: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "toolchain", lambda language: None)
    (outcome,) = opened.run((RunJob(program="", language="go"),))
    assert (outcome.status, outcome.reason) == ("infra", "infra.toolchain")
    assert "install go" in outcome.detail


def test_a_run_finds_its_files_and_nothing_of_the_run_before(opened: Sandbox) -> None:
    """In our own namespaces; the box of another program's jail is shared by the runs of one job."""
    if reason := tiers.executes("namespaces", proc=False):
        pytest.skip(f"this machine does not have the sandbox tier 'namespaces': {reason}")
    program = "cat a.txt; ls; echo spoilt > new; echo 'echo spoilt' > /box/main.sh; echo x > \"$TMPDIR/y\"; ls /proc"
    job = RunJob(program=program, language="shell", stdins=(b"", b""), files={"a.txt": b"hello\n"})
    runs = opened.run((job,))[0].runs
    for run in runs:
        assert run.stdout.split()[:2] == [b"hello", b"a.txt"], run
        assert b"spoilt" not in run.stdout
        assert b"Read-only" in run.stderr
        processes = {word for word in run.stdout.split() if word.isdigit()}
        assert len(processes) <= 2, "it sees others' processes"
    full = "head -c 200000000 /dev/zero > big; echo $?; df -B1M --output=size . | tail -1"
    (outcome,) = opened.run((RunJob(program=full, language="shell", limits=Limits(wall_s=10)),))
    assert outcome.runs[0].stdout.split()[-1] == b"64", outcome


def test_processes_of_programs_that_are_executed(opened: Sandbox, tier: Tier) -> None:
    need("c")
    program = """
    #include <stdio.h>
    #include <unistd.h>
    int main(void) {
        int made = 0;
        while (made < 50) {
            int one = fork();
            if (one == 0) { setsid(); for (;;) sleep(1); }
            if (one < 0) break;
            made++;
        }
        printf("%d\\n", made);
    }"""
    counts = []
    for processes in (1, 4):
        limits = Limits(processes=processes, wall_s=10)
        (outcome,) = opened.run((RunJob(program=program, language="c", stdins=(b"",) * 3, limits=limits),))
        assert outcome.status == "ok", outcome
        counts.append({int(run.stdout) for run in outcome.runs})
    assert counts == [{0}, {3}]


def test_files_open_at_once_have_a_firm_limit(tier: Tier, opened: Sandbox) -> None:
    """What pipes and sockets hold is the kernel's, and counts as nobody's memory."""
    need("c")
    program = """
#include <stdio.h>
#include <unistd.h>
#include <sys/resource.h>
int main(void) {
    struct rlimit most;
    getrlimit(RLIMIT_NOFILE, &most);
    most.rlim_cur = most.rlim_max;
    setrlimit(RLIMIT_NOFILE, &most);
    int made = 0, ends[2];
    while (made < 10000 && !pipe(ends)) made++;
    printf("%d", made < 64);
}
"""
    outcome = opened.run((RunJob(program=program, language="c", stdins=(b"",)),))[0]
    assert outcome.runs[0].stdout == b"1"
