"""The compilers and interpreters of other languages: which are here, how they are called, what installs them."""

from __future__ import annotations

import os
import re
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from referee.core.jobs import Language
from referee.sandbox.wrap import tool

BOX = "/box"
_SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/alternatives", "/etc/ld.so.cache")
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": BOX, "TMPDIR": BOX, "LANG": "C.UTF-8", "TZ": "UTC"}


class Toolchain(NamedTuple):
    """How a language is built and run in the box. `vm`: it reserves more than it uses; `children`: it forks."""

    language: Language
    version: str
    source: str
    build: tuple[tuple[str, ...], ...]
    run: tuple[str, ...]
    read: tuple[str, ...] = _SYSTEM
    vm: bool = False
    children: bool = False
    environment: dict[str, str] = _ENVIRONMENT


INSTALL: dict[Language, str] = {
    "c": "install gcc (apt-get install gcc libc6-dev)",
    "cpp": "install g++ (apt-get install g++)",
    "rust": "install rustc (apt-get install rustc, or https://rustup.rs)",
    "go": "install go (apt-get install golang-go, or https://go.dev/dl)",
    "java": "install a JDK (apt-get install default-jdk-headless)",
    "javascript": "install node (apt-get install nodejs)",
    "typescript": "install tsc (apt-get install node-typescript, or npm install -g typescript), or node 22.7 or later",
    "shell": "install bash (apt-get install bash)",
}
# Types are taken away and not checked: whether a name has a type here would depend on what else is installed.
_TRANSPILE = """
const [home, source, target] = process.argv.slice(1), fs = require("fs"), ts = require(home);
const compilerOptions = {target: ts.ScriptTarget.ES2020, module: ts.ModuleKind.CommonJS, esModuleInterop: true};
const made = ts.transpileModule(fs.readFileSync(source, "utf8"), {compilerOptions, reportDiagnostics: true});
for (const one of made.diagnostics) console.error(ts.flattenDiagnosticMessageText(one.messageText, "\\n"));
if (made.diagnostics.length) process.exit(1);
fs.writeFileSync(target, made.outputText);
"""
LANGUAGES: tuple[Language, ...] = tuple(INSTALL)


@lru_cache(maxsize=16)
def toolchain(language: Language) -> Toolchain | None:
    """The toolchain of a language, or None when it is not installed."""
    return {
        "c": lambda: _compiled("c", ("gcc", "clang", "cc"), "main.c", ("-O2", "-std=c17"), ("-lm",)),
        "cpp": lambda: _compiled("cpp", ("g++", "clang++", "c++"), "main.cpp", ("-O2", "-std=c++17"), ()),
        "rust": _rust,
        "go": _go,
        "java": _java,
        "javascript": _node,
        "typescript": _typescript,
        "shell": _shell,
    }[language]()


def _version(command: str, *arguments: str) -> str:
    try:
        done = subprocess.run([command, *arguments], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = (done.stdout or done.stderr).splitlines()
    return lines[0].strip()[:100] if lines and not done.returncode else ""


def _compiled(
    language: Language, names: tuple[str, ...], source: str, before: tuple[str, ...], after: tuple[str, ...]
) -> Toolchain | None:
    found = next((path for name in names if (path := tool(name))), None)
    if found is None:
        return None
    build = (found, *before, "-o", f"{BOX}/main", f"{BOX}/{source}", *after)
    return Toolchain(language, _version(found, "--version"), source, (build,), (f"{BOX}/main",))


def _rust() -> Toolchain | None:
    proxy = tool("rustc")
    root = _version(proxy, "--print", "sysroot") if proxy else ""
    rustc = os.path.join(root, "bin", "rustc")
    if not proxy or not os.path.exists(rustc):
        return None
    build = (rustc, "-O", "--edition", "2021", "-o", f"{BOX}/main", f"{BOX}/main.rs")
    return Toolchain(
        "rust",
        _version(proxy, "--version"),
        "main.rs",
        (build,),
        (f"{BOX}/main",),
        (*_SYSTEM, root),
    )


def _go() -> Toolchain | None:
    go = tool("go") or tool("/usr/local/go/bin/go")
    root = _version(go, "env", "GOROOT") if go else ""
    if not go or not root:
        return None
    environment = {
        **_ENVIRONMENT,
        "GOROOT": root,
        "GOCACHE": f"{BOX}/cache",
        "GOPATH": f"{BOX}/go",
        "GO111MODULE": "off",
    }
    build = (os.path.join(root, "bin", "go"), "build", "-o", f"{BOX}/main", f"{BOX}/main.go")
    read = (*_SYSTEM, os.path.realpath(root), root)
    return Toolchain(
        "go", _version(go, "version"), "main.go", (build,), (f"{BOX}/main",), read, vm=True, environment=environment
    )


def _java() -> Toolchain | None:
    javac, java = tool("javac"), tool("java")
    if not javac or not java:
        return None
    javac, java = os.path.realpath(javac), os.path.realpath(java)
    home = str(Path(java).parents[1])
    settings = tuple(str(path) for path in Path("/etc").glob("java*"))
    build = (javac, "-J-Xmx512m", "-d", BOX, f"{BOX}/Main.java")
    run = (java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss64m", "-cp", BOX, "Main")
    return Toolchain(
        "java", _version(java, "--version"), "Main.java", (build,), run, (*_SYSTEM, home, *settings), vm=True
    )


def _node() -> Toolchain | None:
    node = tool("node")
    if not node:
        return None
    node = os.path.realpath(node)
    run = (node, "--stack-size=4000", f"{BOX}/main.js")
    return Toolchain("javascript", _version(node, "--version"), "main.js", (), run, (*_SYSTEM, node), vm=True)


def _typescript() -> Toolchain | None:
    found = _node()
    if found is None:
        return None
    found = found._replace(language="typescript", source="main.ts")
    tsc = tool("tsc")
    if tsc:
        home = str(Path(os.path.realpath(tsc)).parents[1])
        build = (found.run[0], "-e", _TRANSPILE, home, f"{BOX}/main.ts", f"{BOX}/main.js")
        version = f"tsc {_version(tsc, '--version')}, node {found.version}"
        return found._replace(version=version, build=(build,), read=(*found.read, home))
    numbers = tuple(int(one) for one in re.findall(r"\d+", found.version)[:2])
    if numbers >= (22, 7):
        return found._replace(run=(found.run[0], "--experimental-transform-types", "--no-warnings", f"{BOX}/main.ts"))
    return None


def _shell() -> Toolchain | None:
    bash = tool("bash") or tool("sh")
    if not bash:
        return None
    return Toolchain("shell", _version(bash, "--version"), "main.sh", (), (bash, f"{BOX}/main.sh"), children=True)
