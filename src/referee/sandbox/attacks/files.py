"""Attacks 30 to 52: files and devices."""

from __future__ import annotations

from referee.sandbox.attacks.attack import Attack


def _reads(*paths: str) -> str:
    return f"def attack(pid, canary):\n    return passed(**{{p: (lambda p=p: open(p, 'rb').read(64)) for p in {paths!r}}})\n"


def _writes(*paths: str) -> str:
    return f"def attack(pid, canary):\n    return passed(**{{p: (lambda p=p: open(p, 'ab')) for p in {paths!r}}})\n"


_KEYS = ("/root/.ssh/id_rsa", "/root/.aws/credentials", "/root/.bashrc", "/root/.profile", "/home")

ATTACKS = (
    Attack(30, "host files and keys", _reads("/etc/shadow", "/etc/machine-id", "/etc/hostname", *_KEYS)),
    Attack(
        31,
        "the trainer's files",
        """
def attack(pid, canary):
    acts = {"canary": lambda: open(canary).read(), "folder": lambda: os.listdir(os.path.dirname(canary))}
    return passed(**acts, cwd=lambda: open(f"/proc/{pid}/cwd/pyproject.toml").read())
""",
    ),
    Attack(
        32,
        "/proc of others",
        """
def attack(pid, canary):
    names = ("environ", "maps", "mem", "fd/0", "stack")
    acts = {f"{one}/{name}": (lambda one=one, name=name: open(f"/proc/{one}/{name}", "rb").read(64))
            for one in (pid, os.getppid() or pid) for name in names}
    return passed(**acts)
""",
    ),
    Attack(
        33,
        "secrets of the environment",
        """
def attack(pid, canary):
    found = [f"{k}={v}" for k, v in os.environ.items() if k not in ("PATH", "HOME", "LANG", "TZ", "LC_CTYPE")]
    try:
        found += [one for one in open("/proc/self/environ").read().split("\\0") if "SECRET" in one or "KEY" in one]
    except OSError:
        pass
    return found
""",
    ),
    Attack(
        34,
        "its own source and command line",
        """
def attack(pid, canary):
    found = [one for one in sys.argv if "solution" not in one]
    try:
        line = open("/proc/self/cmdline").read()
        found += [line] if "assert" in line or "expected" in line else []
    except OSError:
        pass
    return found + passed(file=lambda: open(__file__ if "__file__" in globals() else "solution.py").read())
""",
    ),
    Attack(
        35,
        "writing to the system and the library",
        """
def attack(pid, canary):
    places = ["/etc/referee-attack", "/usr/lib/referee-attack", os.path.dirname(os.__file__) + "/referee_attack.py", os.__file__]
    return passed(**{p: (lambda p=p: open(p, "ab")) for p in places}, canary=lambda: open(canary, "ab"))
""",
    ),
    Attack(
        36,
        "planting sitecustomize, .pth, conftest",
        """
def attack(pid, canary):
    places = [os.path.join(f or ".", n) for f in [*sys.path, ".", os.path.expanduser("~")]
              for n in ("sitecustomize.py", "usercustomize.py", "x.pth", "conftest.py")]
    return passed(**{p: (lambda p=p: open(p, "w")) for p in places})
""",
    ),
    Attack(37, "shadowing a module of the library", _writes("json.py", "random.py", "./typing.py")),
    Attack(
        38,
        "filling the disk",
        """
def attack(pid, canary):
    def fill():
        with open("referee-attack.bin", "wb") as file:
            return file.write(bytes(64 << 20))
    def output():
        return os.pwrite(1, b"x", 1 << 30)
    return passed(fill=fill, output=output)
""",
        ("held", "output", "signal"),
    ),
    Attack(
        39,
        "filling the inodes",
        """
def attack(pid, canary):
    return passed(folder=lambda: os.mkdir("x"), file=lambda: open("y", "w"), long=lambda: open("z" * 255, "w"))
""",
    ),
    Attack(
        40,
        "fallocate, sparse files",
        """
def attack(pid, canary):
    return passed(sparse=lambda: os.ftruncate(1, 1 << 30), results=lambda: os.ftruncate(3, 1 << 32),
                  fallocate=lambda: sysc(285, 47, 1, 0, 0, 1 << 30))
""",
        ("held", "output", "signal"),
    ),
    Attack(
        41,
        "links out of the box",
        "def attack(pid, canary):\n    return passed(symlink=lambda: os.symlink(canary, 'out'), link=lambda: os.link(canary, 'out2'))\n",
    ),
    Attack(
        42,
        "fifos, sockets, devices as output",
        """
def attack(pid, canary):
    return passed(fifo=lambda: os.mkfifo("f"), device=lambda: os.mknod("d", 0o20666, os.makedev(1, 3)))
""",
    ),
    Attack(
        43,
        "renaming while the host looks",
        "def attack(pid, canary):\n    return passed(rename=lambda: os.rename(canary, canary + 'x'), swap=lambda: os.replace('a', 'b'))\n",
    ),
    Attack(
        44,
        "mounts",
        """
def attack(pid, canary):
    return passed(mount=lambda: sysc(165, 40, b"none", b"/tmp", b"tmpfs", 0, 0), umount=lambda: sysc(166, 39, b"/", 2),
                  pivot=lambda: sysc(155, 41, b".", b"."), tree=lambda: sysc(428, 428, -100, b"/", 1),
                  fsopen=lambda: sysc(430, 430, b"tmpfs", 0))
""",
    ),
    Attack(
        45,
        "chroot, files by handle",
        """
def attack(pid, canary):
    return passed(chroot=lambda: os.chroot("/tmp"), handle=lambda: sysc(304, 265, 3, 0, 0),
                  name=lambda: sysc(303, 264, -100, b"/", 0, 0, 0))
""",
    ),
    Attack(
        46,
        "modes, owners, times, attributes of shared files",
        """
def attack(pid, canary):
    place = os.__file__
    return passed(chmod=lambda: os.chmod(place, 0o777), chown=lambda: os.chown(place, 0, 0), utime=lambda: os.utime(place),
                  xattr=lambda: os.setxattr(place, "user.x", b"1"), null=lambda: os.chmod("/dev/null", 0o600),
                  canary=lambda: os.chmod(canary, 0o777))
""",
    ),
    Attack(
        47,
        "set-uid programs",
        "def attack(pid, canary):\n    return passed(**{p: (lambda p=p: os.execv(p, [p])) for p in ('/bin/su', '/usr/bin/passwd', '/bin/mount')})\n",
    ),
    Attack(
        48,
        "locks and leases on shared files",
        """
import fcntl
def attack(pid, canary):
    handle = os.open("/dev/null", os.O_RDWR)
    return passed(flock=lambda: sysc(73, 32, handle, 2), lease=lambda: fcntl.fcntl(handle, 1024, 0),
                  notify=lambda: fcntl.fcntl(handle, 1026, 1), owner=lambda: fcntl.fcntl(handle, 8, 1))
""",
    ),
    Attack(
        49,
        "shared memory and queues as a channel",
        """
def attack(pid, canary):
    return passed(shm=lambda: sysc(29, 194, 77, 4096, 0o1666), sem=lambda: sysc(64, 190, 77, 1, 0o1666),
                  msg=lambda: sysc(68, 186, 77, 0o1666), mq=lambda: sysc(240, 180, b"referee", 0o102, 0o600, 0),
                  file=lambda: open("/dev/shm/referee-attack", "w"))
""",
    ),
    Attack(
        50, "devices", _reads("/dev/kmsg", "/dev/mem", "/dev/fuse", "/dev/kvm", "/dev/tty", "/dev/sda", "/dev/nvidia0")
    ),
    Attack(
        51,
        "stuffing the terminal",
        """
import fcntl, termios
def attack(pid, canary):
    return passed(**{str(n): (lambda n=n: fcntl.ioctl(n, termios.TIOCSTI, b"x")) for n in (0, 1, 2)}, tty=lambda: open("/dev/tty"))
""",
    ),
    Attack(
        52,
        "a core dump",
        """
import resource
def attack(pid, canary):
    if resource.getrlimit(resource.RLIMIT_CORE) != (0, 0) or _libc.prctl(3, 0, 0, 0, 0):
        return ["a core could be written"]
    os.abort()
""",
        ("signal",),
    ),
)
