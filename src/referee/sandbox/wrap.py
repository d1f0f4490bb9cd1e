"""Other programs' jails, with a zygote inside: bubblewrap, firejail, and any OCI runtime.

Each puts its own walls around the zygote, which then locks itself in as in the tier `kernel`. What they add is a view,
a network and a process space of their own, or with runsc and kata another kernel.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from referee.core.errors import InfrastructureError
from referee.sandbox import leftovers
from referee.sandbox.slot import ENVIRONMENT, Wrap

Undo = Callable[[], None] | None
_INSIDE = str(Path(__file__).resolve().parent / "inside")
RUNTIMES = ("crun", "runc", "runsc", "kata-runtime")

# The runtime passes on descriptors 3 and 4: the two pipes, wherever they are now. crun refuses to work where both
# versions of control groups are mounted, which it is not to use: it gets a view without the second.
_PLACE = """
import os, sys, fcntl
high = [fcntl.fcntl(int(one), fcntl.F_DUPFD, 100) for one in sys.argv[1:3]]
for number, place in zip(high, (3, 4)):
    os.dup2(number, place)
    os.close(number)
if sys.argv[3].endswith("/crun") and os.geteuid() == 0 and os.path.ismount("/sys/fs/cgroup/unified"):
    import ctypes
    libc = ctypes.CDLL(None)
    if libc.unshare(0x20000) == 0 and libc.mount(b"none", b"/", None, 0x44000, None) == 0:
        libc.umount2(b"/sys/fs/cgroup/unified", 2)
os.execv(sys.argv[3], sys.argv[3:])
"""


def tool(name: str) -> str | None:
    """Where a program is, also when the path of this process lacks the administrator's folders."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin")


def _needed(name: str) -> str:
    found = tool(name)
    if found is None:
        raise InfrastructureError(f"{name} is not installed", "infra.tier")
    return found


def _view(command: list[str], read: tuple[str, ...]) -> list[str]:
    """What the zygote itself needs to see: its interpreter, its libraries, its own source."""
    interpreter = os.path.realpath(command[0])
    prefix = Path(interpreter).parents[1] / "lib"
    shared = [str(one) for one in prefix.glob("libpython*.so*")]
    linked = [os.path.realpath(path) for path in read if os.path.islink(path)]
    return list(dict.fromkeys([*linked, *read, command[0], interpreter, *shared, _INSIDE]))


def bubblewrap(command: list[str], pipes: tuple[int, int], read: tuple[str, ...]) -> tuple[list[str], Undo]:
    """`bwrap` with every namespace it can have and a root that holds only what is read."""
    del pipes
    made = [_needed("bwrap"), "--die-with-parent", "--new-session", "--hostname", "jail", "--unshare-uts"]
    made += ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-cgroup-try", "--cap-drop", "ALL"]
    if os.geteuid() == 0:  # the zygote then becomes a user that owns nothing
        made += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        made += ["--unshare-user"]
    made += ["--proc", "/proc", "--dev", "/dev", "--perms", "0755", "--tmpfs", "/tmp"]  # noqa: S108  the jail's own
    made += ["--perms", "0777", "--size", str(512 << 20), "--tmpfs", "/box"]
    made_already: set[str] = set()
    for path in _view(command, read):
        for parent in [str(one) for one in reversed(Path(path).parents)][1:]:  # or only root could pass them
            if parent not in made_already and not any(parent.startswith(one + "/") or parent == one for one in read):
                made += ["--perms", "0755", "--dir", parent]
                made_already.add(parent)
        if Path(path).is_symlink() and path.count("/") == 1:
            made += ["--symlink", str(Path(path).readlink()), path]
        else:
            made += ["--ro-bind-try", path, path]
    return [*made, "--remount-ro", "/", "--chdir", "/", "--", *command], None


def firejail(command: list[str], pipes: tuple[int, int], read: tuple[str, ...]) -> tuple[list[str], Undo]:
    """`firejail` without a profile: no network, its own ipc and processes; files are the zygote's own affair."""
    del read
    made = [_needed("firejail"), "--quiet", "--noprofile", "--net=none", "--ipc-namespace", "--private-dev"]
    made += [f"--keep-fd={','.join(map(str, pipes))}", "--deterministic-shutdown"]
    made += ["--caps.keep=setuid,setgid"] if os.geteuid() == 0 else ["--caps.drop=all", "--noroot"]
    return [*made, "--", *command], None


def oci(runtime: str = "") -> Wrap:
    """A container runtime: `crun`, `runc`, `runsc` or `kata-runtime`, or the first of them that is installed."""
    name = runtime or next((one for one in RUNTIMES if tool(one)), RUNTIMES[0])

    def wrap(command: list[str], pipes: tuple[int, int], read: tuple[str, ...]) -> tuple[list[str], Undo]:
        program = _needed(name)
        _sweep()
        folder = os.path.join(tempfile.gettempdir(), leftovers.fresh("oci"))
        os.mkdir(folder, 0o700)  # fails where it exists
        os.chmod(folder, 0o755)  # noqa: S103  the root of the container: its user must pass it
        Path(folder, "rootfs").mkdir()
        inside = [*command[:-2], "3", "4"]  # where the runtime leaves the pipes
        Path(folder, "config.json").write_text(json.dumps(_bundle(inside, _view(command, read))))
        identity = Path(folder).name
        state = Path(folder, "state")
        argv = [command[0], "-I", "-S", "-c", _PLACE, str(pipes[0]), str(pipes[1]), program, "--root", str(state)]

        def undo() -> None:
            subprocess.run(
                [program, "--root", str(state), "delete", "--force", identity], check=False, capture_output=True
            )
            shutil.rmtree(folder, ignore_errors=True)

        if name == "crun":
            argv.append("--cgroup-manager=disabled")
        return [*argv, "run", "--preserve-fds", "2", "--bundle", folder, identity], undo

    return wrap


def _sweep() -> None:
    """Bundles of trainers that were killed: their containers ended with them."""
    for one in leftovers.stale(Path(tempfile.gettempdir()), "oci"):
        if one.lstat().st_uid == os.geteuid() and not one.is_symlink():
            shutil.rmtree(one, ignore_errors=True)


def _bundle(command: list[str], view: list[str]) -> dict[str, object]:
    """The configuration of a container that holds a zygote and nothing else."""
    mounts: list[dict[str, object]] = [
        {"destination": "/proc", "type": "proc", "source": "proc"},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=64k"]},
        {
            "destination": "/tmp",  # noqa: S108  the jail's own
            "type": "tmpfs",
            "source": "tmpfs",
            "options": ["nosuid", "nodev", "mode=755", "size=64k"],
        },
        {
            "destination": "/box",
            "type": "tmpfs",
            "source": "tmpfs",
            "options": ["nosuid", "nodev", "mode=777", "size=512m"],
        },
    ]
    for path in view:
        if os.path.exists(path):
            real = os.path.realpath(path)
            mounts.append({"destination": path, "type": "bind", "source": real, "options": ["rbind", "ro", "nosuid"]})
    spaces = ["pid", "network", "ipc", "uts", "mount"] + ([] if os.geteuid() == 0 else ["user"])
    root = os.geteuid() == 0
    capabilities = ["CAP_SETUID", "CAP_SETGID"] if root else []
    linux: dict[str, object] = {"namespaces": [{"type": one} for one in spaces]}
    if not root:
        linux["uidMappings"] = [{"containerID": 0, "hostID": os.getuid(), "size": 1}]
        linux["gidMappings"] = [{"containerID": 0, "hostID": os.getgid(), "size": 1}]
    return {
        "ociVersion": "1.0.2",
        "root": {"path": "rootfs", "readonly": True},
        "hostname": "jail",
        "mounts": mounts,
        "linux": linux,
        "process": {
            "terminal": False,
            "cwd": "/",
            "args": command,
            "env": [f"{name}={value}" for name, value in ENVIRONMENT.items()],
            "user": {"uid": 0, "gid": 0},  # without its powers; outside it is who we are
            "noNewPrivileges": True,
            "capabilities": dict.fromkeys(("bounding", "effective", "permitted"), capabilities),
        },
    }
