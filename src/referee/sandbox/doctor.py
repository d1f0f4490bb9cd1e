"""What a machine can do for a sandbox: kernel features, tiers with the reason where one is missing, toolchains."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

from referee.core.types import Record
from referee.sandbox import cgroups, tiers, toolchains
from referee.sandbox.compiled import executing_tier
from referee.sandbox.inside import kernel, landlock


class Feature(Record, frozen=True, kw_only=True):
    """One line of the doctor's report."""

    name: str
    usable: bool
    words: str = ""


class Report(Record, frozen=True, kw_only=True):
    """All of it. `default`: the tier in which Python runs when nobody chooses; `executing`: that of other languages.

    Each is empty when none holds.
    """

    system: str
    features: tuple[Feature, ...]
    tiers: tuple[Feature, ...]
    toolchains: tuple[Feature, ...]
    default: str
    executing: str


def examine() -> Report:
    """Look, and try: a tier counts only when it was built and the smoke test could not get out."""
    found = tuple(tiers.probe(one) for one in tiers.ALL)
    holding = [one.tier for one in found if one.usable and one.tier in tiers.STRENGTH[1:]]
    return Report(
        system=f"{platform.system()} {platform.release()} {platform.machine()}, Python {sys.version.split()[0]}",
        features=tuple(_features()),
        tiers=tuple(Feature(name=one.tier, usable=one.usable, words=one.reason) for one in found),
        toolchains=tuple(_toolchains()),
        default=max(holding, key=tiers.STRENGTH.index, default=""),
        executing=executing_tier("namespaces", needs_proc=False) or "",
    )


def _features() -> list[Feature]:
    abi = landlock.version()
    return [
        Feature(name="machine", usable=kernel.SUPPORTED, words=f"{kernel.MACHINE}; x86_64 and aarch64 are supported"),
        Feature(
            name="landlock", usable=abi > 0, words=f"version {abi}" if abi else "needs Linux 5.13 with Landlock on"
        ),
        Feature(
            name="seccomp", usable=_reads("/proc/sys/kernel/seccomp/actions_avail"), words="filters by system call"
        ),
        _namespaces(),
        Feature(name="user", usable=True, words=_user()),
        _cgroup(),
        Feature(
            name="kvm",
            usable=os.access("/dev/kvm", os.R_OK | os.W_OK),
            words="for microVM runtimes (kata); a file is no proof",
        ),
    ]


def _namespaces() -> Feature:
    try:
        most = int(Path("/proc/sys/user/max_user_namespaces").read_text())
    except (OSError, ValueError):
        most = 0
    blocked = _text("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1"
    words = "restricted by AppArmor (kernel.apparmor_restrict_unprivileged_userns)" if blocked else f"at most {most:,}"
    return Feature(name="user namespaces", usable=most > 0 and not blocked, words=words)


def _toolchains() -> list[Feature]:
    found = [Feature(name="python", usable=True, words=f"{sys.version.split()[0]}, in the warm zygote")]
    for language in toolchains.LANGUAGES:
        one = toolchains.toolchain(language)
        words = one.version if one else toolchains.INSTALL[language]
        found.append(Feature(name=language, usable=one is not None, words=words))
    return found


def _user() -> str:
    if os.geteuid():
        return f"uid {os.geteuid()}, without privileges"
    return "root; each jail becomes a user that owns nothing"


def _cgroup() -> Feature:
    found = cgroups.homes()
    words = found.reason or f"version {found.version}: memory and processes of a jail together"
    if found.reason:
        words += "; each process has its own limits all the same"
    return Feature(name="cgroup", usable=not found.reason, words=words)


def _text(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def _reads(path: str) -> bool:
    return bool(_text(path))
