"""The chain over the entries, and the roots of its batches: what makes a rewritten past visible.

    link[n]  = SHA-256(link[n-1]  +  MessagePack of entry n as stored)          link[0] = SHA-256(name of the ledger)
    root[k]  = SHA-256(root[k-1]  +  MessagePack of batch k: its span, the links at its end, its time)

Alarms have a chain of their own with the same start. Tasks, packs, builds and rollouts are named in an entry by the
hash of their content, so the chain covers them as well. A root stands for everything before it.
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

_ENCODE = msgspec.msgpack.Encoder().encode


def start(name: str) -> bytes:
    """The link before the first, and the root before the first."""
    return hashlib.sha256(f"referee ledger {name}".encode()).digest()


def link(before: bytes, row: tuple[Any, ...] | list[Any]) -> bytes:
    """The next link. `row`: all columns of an entry, alarm or batch but its own link or root, in their order."""
    return hashlib.sha256(before + _ENCODE(row)).digest()
