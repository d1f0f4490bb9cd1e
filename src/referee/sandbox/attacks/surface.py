"""Attacks 53 to 62: network and kernel surface."""

from __future__ import annotations

from referee.sandbox.attacks.attack import Attack

_SOCKET = """
def attack(pid, canary):
    import _socket
    return passed(**{f"{f},{t},{p}": (lambda f=f, t=t, p=p: _socket.socket(f, t, p).fileno()) for f, t, p in FAMILIES})
"""

ATTACKS = (
    Attack(
        53,
        "TCP and UDP, to anywhere",
        """
def attack(pid, canary):
    import _socket
    def tcp(host, port):
        one = _socket.socket(2, 1)
        one.settimeout(0.3)
        return one.connect((host, port))
    def udp():
        return _socket.socket(2, 2).sendto(b"x", ("127.0.0.1", 9))
    return passed(loop=lambda: tcp("127.0.0.1", 22), metadata=lambda: tcp("169.254.169.254", 80), udp=udp)
""",
    ),
    Attack(
        54,
        "netlink, vsock, crypto, packet, raw",
        "FAMILIES = [(16, 3, 0), (40, 1, 0), (38, 5, 0), (17, 3, 0), (2, 3, 1), (31, 3, 0)]" + _SOCKET,
    ),
    Attack(55, "Unix sockets", "FAMILIES = [(1, 1, 0), (1, 2, 0)]" + _SOCKET),
    Attack(
        56,
        "io_uring",
        "def attack(pid, canary):\n    room = ctypes.create_string_buffer(256)\n    return passed(ring=lambda: sysc(425, 425, 4, room))\n",
    ),
    Attack(
        57,
        "userfaultfd, bpf, perf, keys, kexec, modules, quotas",
        """
def attack(pid, canary):
    room = ctypes.create_string_buffer(256)
    return passed(uffd=lambda: sysc(323, 282, 1), bpf=lambda: sysc(321, 280, 0, room, 72), perf=lambda: sysc(298, 241, room, 0, -1, -1, 0),
                  key=lambda: sysc(248, 217, b"user", b"x", b"y", 1, -3), keyctl=lambda: sysc(250, 219, 0, -3, 0),
                  kexec=lambda: sysc(246, 104, 0, 0, 0, 0), module=lambda: sysc(175, 105, room, 0, b""),
                  quota=lambda: sysc(179, 60, 0, 0, 0, 0))
""",
    ),
    Attack(
        58,
        "new namespaces",
        """
def child(result):
    if result == 0:
        os._exit(0)
    return result
def attack(pid, canary):
    return passed(user=lambda: sysc(272, 97, 0x10000000), net=lambda: sysc(272, 97, 0x40000000), setns=lambda: sysc(308, 268, 0, 0),
                  clone=lambda: child(sysc(56, 220, 0x10000000 | 17, 0, 0, 0, 0)),
                  pid=lambda: child(sysc(56, 220, 0x20000000 | 17, 0, 0, 0, 0)))
""",
    ),
    Attack(
        59,
        "numbers of another ABI",
        """
def attack(pid, canary):
    if _arm:
        return []
    return passed(x32=lambda: sysc(0x40000000 + 39, -1))
""",
        ("held", "signal"),
    ),
    Attack(
        60,
        "personality, segment tables, ports",
        """
def attack(pid, canary):
    room = ctypes.create_string_buffer(64)
    return passed(personality=lambda: sysc(135, 92, 0x0040000), ldt=lambda: sysc(154, -1, 1, room, 16), iopl=lambda: sysc(172, -1, 3))
""",
    ),
    Attack(
        61,
        "clocks, names, limits",
        """
import resource, time
def attack(pid, canary):
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    return passed(clock=lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()), name=lambda: _libc.sethostname(b"x", 1),
                  memory=lambda: resource.setrlimit(resource.RLIMIT_AS, (hard * 2, hard * 2)),
                  cpu=lambda: resource.setrlimit(resource.RLIMIT_CPU, (10**6, 10**6)),
                  trainer=lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE))
""",
    ),
    Attack(
        62,
        "executing anything",
        """
def attack(pid, canary):
    programs = ("/bin/sh", "/usr/bin/env", "/lib64/ld-linux-x86-64.so.2", sys.executable or "/usr/bin/python3")
    acts = {p: (lambda p=p: os.execv(p, [p, "-c", "exit 0"])) for p in programs}
    def spawn():
        return os.posix_spawn("/bin/sh", ["sh", "-c", "exit 0"], {})
    return passed(**acts, spawn=spawn, at=lambda: sysc(322, 281, 3, b"", 0, 0, 0x1000))
""",
    ),
)
